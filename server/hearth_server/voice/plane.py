"""What a voice data plane is: the interface that the worker codes against.

A plane reads the worker's UDP sockets, decrypts what members say, rewrites each packet for each
listener who may hear it, encrypts and sends it. It knows plane indexes, keys, routes and time;
never people, rooms or signalling. Two planes behave alike packet for packet: the readable one
(`plane_python`) and the compiled one (`plane_numba`). `plane_choice.open_plane` picks one.

All methods are called on the event loop's thread, and so are the sink's callbacks.

Life of a peer: `add` (after DTLS, with its keys) → `set_path` (and again whenever ICE moves it) →
`set_routes`, `set_muted`, `feed` … → `remove`. An index is handed out again only when nothing can
use its old keys or its old address any more.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

#: Receive slots of a listener.
VOICE_SLOTS = 8
#: Clock rate of Opus in RTP, Hz (RFC 7587).
RTP_RATE_HZ = 48_000
#: Samples of a 20 ms packet.
FRAME_SAMPLES = 960
#: Datagrams beyond this are not read whole: nobody here has a reason to send one.
MAX_DATAGRAM = 2_048
#: The longest encrypted RTP packet (Ethernet's 1500 without IP and UDP headers).
MAX_SRTP = 1_472
#: The longest Opus payload that is forwarded (RFC 6716: one frame).
MAX_PAYLOAD = 1_275
#: An Opus payload of so few bytes says "still silent" (discontinuous transmission).
DTX_BYTES = 3
#: A mic is silent unless it is louder than this, in -dBov as RFC 6464 writes it.
GATE_DBOV = 60
#: A mic counts as talking when it is louder than this.
TALK_DBOV = 50
#: What a level of "no sound at all" is.
SILENCE_DBOV = 127
#: Gate and talk mark stay open for so long after the last loud packet.
HANGOVER_NS = 400_000_000
#: What stands for the level of a mic that tells none: while it speaks.
ASSUMED_DBOV = 30
#: A mic that sent nothing for so long has no level.
LEVEL_STALE_NS = 200_000_000
#: Flood limits of one mic, and how much may come at once (as time at the full rate).
FLOOD_PACKETS_S = 60
FLOOD_BYTES_S = 16_000
FLOOD_BURST_NS = 1_000_000_000
#: Packets that may come late and still count as new (RFC 3711 3.3.2 asks for 64 at least).
REPLAY_WINDOW = 1_024
#: A sequence number that leaps further is a new run (RFC 3550 A.1, MAX_DROPOUT).
MAX_DROPOUT = 3_000
#: A timestamp that differs from the time passed by more than so many samples is a new run.
MAX_TIMESTAMP_SLIP = RTP_RATE_HZ
#: The most that one packet counts for in the jitter, samples.
MAX_JITTER = 1 << 20

#: Names of what a plane counts, in the order of the compiled plane's array. The first nine are
#: traffic, the rest are reasons for which a packet was dropped.
COUNTERS = (
    "datagrams_in",
    "bytes_in",
    "media_in",  # authentic, new packets of a mic
    "packets_out",  # given to a socket or to `tcp_out`
    "bytes_out",
    "dtx",  # forwarded though the gate was closed
    "switches",  # a slot took up a talker, or a new run of the same one
    "feed_in",  # packets of peers on TCP
    "control_in",  # handed to `on_datagram`
    "too_short",
    "too_long",
    "bad_version",  # neither STUN, DTLS, RTP nor RTCP
    "bad_extension",
    "bad_padding",
    "bad_timestamp",
    "wrong_ssrc",
    "wrong_pt",
    "auth_failed",
    "replayed",
    "unknown_source",
    "removed",
    "muted",
    "flood_packets",
    "flood_bytes",
    "gated",
    "stale",  # older than the run or the switch it would belong to
    "protect_failed",
    "send_failed",
    "send_full",
    "no_path",  # a listener without an address yet
    "control_full",  # Python did not keep up with STUN, DTLS, RTCP or TCP packets
    "unknown_route",  # a route names an index that is not in use
)


class PlaneFullError(Exception):
    """All indexes are in use."""


@dataclass(frozen=True, slots=True)
class MediaPeer:
    """What a plane has to know of one peer, from its SDP and its DTLS handshake.

    Raises:
        ValueError: a field does not fit on the wire.
    """

    #: Participant id, u32: the CSRC of what this peer says.
    participant: int
    #: SSRC of its microphone, u32. 0: it has none, all its RTP is refused.
    mic_ssrc: int
    #: Payload type in which it sends Opus.
    mic_pt: int
    #: Id of the one-byte header extension ssrc-audio-level (RFC 6464); 0: it sends none.
    level_ext: int
    #: Payload type in which it wants Opus.
    listen_pt: int
    #: SSRC of each of its 8 receive slots; 0: not negotiated, routes there are silent.
    slot_ssrcs: tuple[int, ...]
    #: Master key and salt of what it sends, and of what it receives.
    rx_key: bytes = field(repr=False)
    tx_key: bytes = field(repr=False)
    #: `pylibsrtp.Policy.SRTP_PROFILE_…`.
    profile: int
    #: First sequence number of each slot, below 2^15 (RFC 3711 3.3.1: a lost first packet must
    #: not hide a wrap), random.
    slot_seqs: tuple[int, ...] = (0,) * VOICE_SLOTS
    #: Where each slot's free-running 48 kHz clock stood at the clock's zero, u32, random.
    slot_clocks: tuple[int, ...] = (0,) * VOICE_SLOTS

    def __post_init__(self) -> None:
        words = (self.participant, self.mic_ssrc, *self.slot_ssrcs, *self.slot_clocks)
        if any(not 0 <= word < 2**32 for word in words):
            raise ValueError("ids, SSRCs and clocks are 32-bit numbers")
        if any(not 0 <= kind < 128 for kind in (self.mic_pt, self.listen_pt)):
            raise ValueError("payload types are 7-bit numbers")
        if not 0 <= self.level_ext < 15:
            raise ValueError("a one-byte extension id is 1 to 14")
        if any(not 0 <= seq < 2**15 for seq in self.slot_seqs):
            raise ValueError("first sequence numbers lie below 2^15")
        for row in (self.slot_ssrcs, self.slot_seqs, self.slot_clocks):
            if len(row) != VOICE_SLOTS:
                raise ValueError(f"a listener has {VOICE_SLOTS} slots")


@dataclass(frozen=True, slots=True)
class MicStats:
    """Reception of each mic since its `add`, one row per plane index (RFC 3550 6.4.1, A.3, A.8).

    Only authentic, new packets count. Rows are written by the plane at any time: a reader gets a
    figure that was true a moment ago.
    """

    #: [capacity] packets received; 0: the rest of the row means nothing yet.
    received: NDArray[np.int64]
    #: [capacity] first sequence number received, 0..65535: expected = highest_seq - base_seq + 1.
    base_seq: NDArray[np.int64]
    #: [capacity] extended highest sequence number (wraps counted), not reduced to 32 bits.
    highest_seq: NDArray[np.int64]
    #: [capacity] interarrival jitter in 1/16 RTP samples: report `jitter_q4 >> 4`.
    jitter_q4: NDArray[np.int64]
    #: [capacity] RTP timestamp and monotonic time of the last packet, ns.
    last_ts: NDArray[np.int64]
    last_ns: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SlotStats:
    """What was sent in each slot since its listener's `add` (RFC 3550 6.4.1)."""

    #: [capacity, 8] packets sent; 0: nothing yet, no sender report is due.
    packets: NDArray[np.int64]
    #: [capacity, 8] payload octets sent.
    octets: NDArray[np.int64]
    #: [capacity, 8] RTP timestamp of the newest packet sent.
    last_ts: NDArray[np.int64]
    #: [capacity, 8] monotonic time at which that packet was sent, ns. A report at `now_ns` writes
    #: `(last_ts + (now_ns - last_ns) * 48 // 10**6) % 2**32`.
    last_ns: NDArray[np.int64]
    #: [capacity, 8] plane index of the talker heard in the slot; -1: none since its route changed.
    talker: NDArray[np.int64]


class Sink(Protocol):
    """Who takes what a plane does not deal with. Called on the event loop's thread."""

    def on_datagram(self, socket_index: int, data: bytes, address: bytes) -> None:
        """Take STUN and DTLS of anybody, and RTCP of a peer's address.

        `address` is the sender's `sockaddr` (see `addresses`). Datagrams of other kinds, and
        RTP or RTCP of unknown addresses, are dropped and counted by the plane.
        """

    def tcp_out(self, index: int, packet: bytes) -> None:
        """Send an encrypted RTP packet to a peer that has no UDP path."""

    def on_talk(self) -> None:
        """Somebody has begun to talk: `edges` has news. Time alone tells that somebody stopped."""


class DataPlane(Protocol):
    """Forwards voice. See the module's docstring for the order of calls."""

    #: "python" or "numba".
    name: str
    mics: MicStats
    slots: SlotStats

    def start(self, sockets: Sequence[socket.socket]) -> None:
        """Begin to read these non-blocking UDP sockets; from now on nobody else does.

        Call once, before the first `add`, with the event loop running. `socket_index` elsewhere
        is the place in this sequence. The caller keeps the sockets open until after `stop`, and
        may send on them at any time.
        """

    def stop(self) -> None:
        """Stop reading and forget all peers. Takes at most 0.2 s."""

    def alive(self) -> bool:
        """Say whether the plane has made a round within the last second."""

    def poll(self) -> None:
        """Do what waits for time: call every 20 ms or so (frees what was removed)."""

    def add(self, peer: MediaPeer) -> int:
        """Take a peer in; return its index. It hears and says nothing before `set_path`.

        Raises:
            PlaneFullError: no index is free (or not yet free again).
            ValueError: the keys do not fit the profile.
        """

    def set_path(self, index: int, socket_index: int, address: bytes | None) -> None:
        """Say where a peer is: its `sockaddr` behind that socket, or None for one on TCP.

        An address that another peer had is that peer's no more. Raises ValueError for bytes that
        are no address.
        """

    def remove(self, index: int) -> None:
        """Forget a peer: it hears and says nothing from now on. Unknown indexes are ignored."""

    def set_routes(self, epoch: int, rows: Sequence[tuple[int, Sequence[int]]]) -> None:
        """Set who is heard in the slots of some listeners: (listener, 8 talkers or -1).

        Listeners not named keep their rows. A talker stands at most once in a row (a second time
        is ignored), and never in its own. Indexes not in use count as -1.
        """

    def acked_epoch(self) -> int:
        """Return the epoch of the newest `set_routes` that is in force for every later packet."""

    def set_muted(self, index: int, on: bool) -> None:
        """Drop everything a peer says, from now on or no more."""

    def feed(self, index: int, packet: bytes) -> None:
        """Take an encrypted RTP packet that a peer sent by TCP."""

    def edges(self) -> list[tuple[int, bool]]:
        """Return which peers began (True) or stopped talking since the last call."""

    def levels(self) -> NDArray[np.uint8]:
        """Return [capacity] smoothed levels in -dBov: 0 is loudest, 127 silent or no mic."""

    def counters(self) -> dict[str, int]:
        """Return totals since the start by the names in `COUNTERS`."""
