"""How the packets of one mic become packets of a listener's slot: RTP in, RTP out, no I/O.

A slot is one RTP stream to the listener, whoever is heard in it, and a receiver's jitter buffer
goes silent for seconds if its timestamps ever step back. Therefore:

- A **run** is a stretch of a mic's packets that keep their distances: out = in + offset. Loss and
  reordering on the way to the server stay visible to the listener. A mute, a flood, a leap of the
  sequence number or of the timestamp begin a new run.
- A slot that takes up a talker, or a new run, goes on one sequence number after its last, at the
  time of its own 48 kHz clock, with the marker bit. Packets from before that are dropped.
- Packets that the gate holds back leave no hole: what follows moves up by one.

Two packets never leave a slot with the same sequence number: within a run the offset changes only
at a packet newer than all before it, and older ones are dropped from then on.

The compiled plane does the same on arrays (`kernels/rules.py`); a test holds them together.
"""

import struct
from dataclasses import dataclass

from hearth_server.voice.plane import (
    FLOOD_BURST_NS,
    FLOOD_BYTES_S,
    FLOOD_PACKETS_S,
    FRAME_SAMPLES,
    GATE_DBOV,
    HANGOVER_NS,
    MAX_DROPOUT,
    MAX_TIMESTAMP_SLIP,
    REPLAY_WINDOW,
)

_S = 1_000_000_000
_HEADER = struct.Struct(">BBHIII")
#: Version 2, no padding, no extension, one CSRC (RFC 3550 5.1).
_FIRST_BYTE = 0x81


def signed16(number: int) -> int:
    """Return the distance that a difference of sequence numbers means, -32768..32767."""
    return ((number + 0x8000) & 0xFFFF) - 0x8000


def signed32(number: int) -> int:
    """Return the distance that a difference of timestamps means."""
    return ((number + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000


def samples(time_ns: int) -> int:
    """Return nanoseconds as 48 kHz samples."""
    return time_ns * 48 // 1_000_000


def following(base_seq: int, seq: int) -> int:
    """Return a base that stays near the newest packet, or its meaning would flip after 2^15."""
    behind = (seq - base_seq) & 0xFFFF
    return base_seq if behind <= REPLAY_WINDOW else (seq - REPLAY_WINDOW) & 0xFFFF


@dataclass(slots=True)
class Mic:
    """What is remembered of one microphone between its packets."""

    muted: bool = False
    #: Number of the present run; slots compare it with the one they took up.
    run: int = 0
    #: The next packet begins a new run.
    broken: bool = True
    #: The newest packet so far.
    high_seq: int = 0
    high_ts: int = 0
    high_ns: int = 0
    #: Packets older than this are dropped.
    base_seq: int = 0
    #: Packets that the gate held back in this run.
    shift: int = 0
    #: Something was held back since the last packet that was not.
    held: bool = False
    #: The gate is open until then.
    open_until_ns: int = 0
    #: Theoretical arrival times of the two flood limits (ITU-T I.371, virtual scheduling).
    flood_packets_ns: int = 0
    flood_bytes_ns: int = 0

    def refuses(self, size: int, now_ns: int) -> str | None:
        """Return why nothing is heard of this packet, whatever it says; else charge its size.

        size: bytes of the datagram.
        """
        refused = "muted" if self.muted else self._floods(size, now_ns)
        if refused is not None:
            self.broken = True
        return refused

    def _floods(self, size: int, now_ns: int) -> str | None:
        """Return the limit that this packet breaks, or charge both and return None."""
        packets_ns = max(self.flood_packets_ns, now_ns) + _S // FLOOD_PACKETS_S
        bytes_ns = max(self.flood_bytes_ns, now_ns) + size * (_S // FLOOD_BYTES_S)
        if packets_ns - now_ns > FLOOD_BURST_NS:
            return "flood_packets"
        if bytes_ns - now_ns > FLOOD_BURST_NS:
            return "flood_bytes"
        self.flood_packets_ns, self.flood_bytes_ns = packets_ns, bytes_ns
        return None

    def place(self, seq: int, ts: int, now_ns: int) -> str | None:
        """Place a packet in its run, a new one if need be; return a reason to drop it."""
        step, slip = signed16(seq - self.high_seq), signed32(ts - self.high_ts)
        if self.broken:
            self._begin(seq)
        elif step > 0:
            late = abs(slip - samples(now_ns - self.high_ns)) > MAX_TIMESTAMP_SLIP
            if step > MAX_DROPOUT or slip < 0 or late:
                self._begin(seq)
        else:
            if step == 0 or signed16(seq - self.base_seq) < 0:
                return "stale"
            return "bad_timestamp" if slip > 0 or slip < -MAX_TIMESTAMP_SLIP else None
        self.high_seq, self.high_ts, self.high_ns = seq, ts, now_ns
        self.base_seq = following(self.base_seq, seq)
        return None

    def _begin(self, seq: int) -> None:
        self.run += 1
        self.broken = False
        self.base_seq = seq
        self.shift = 0

    def passes(self, level: int, now_ns: int) -> bool:
        """Say whether the gate is open, and keep it open if this packet is loud.

        level: -dBov, or -1 for a mic that tells none: it is never held back.
        """
        if level < 0:
            return True
        if level < GATE_DBOV:
            self.open_until_ns = now_ns + HANGOVER_NS
        return now_ns < self.open_until_ns

    def hold(self, seq: int) -> None:
        """Note that the gate held a packet back."""
        self.held = True
        if seq == self.high_seq:
            self.shift += 1
            self.base_seq = (seq + 1) & 0xFFFF


@dataclass(slots=True)
class Slot:
    """One receive slot of a listener: an RTP stream that many talkers share in turn."""

    ssrc: int
    payload_type: int
    #: Where its free-running clock stood at time zero.
    clock: int
    #: The highest sequence number sent; one below the first in the beginning.
    high_seq: int
    last_ts: int = 0
    last_ns: int = 0
    used: bool = False
    #: Index and run that the offsets belong to.
    talker: int = -1
    run: int = 0
    base_seq: int = 0
    seq_offset: int = 0
    ts_offset: int = 0

    def take_up(self, talker: int, mic: Mic, seq: int, ts: int, now_ns: int) -> None:
        """Let this packet be the slot's next, now by the slot's clock, never before its last."""
        self.talker, self.run = talker, mic.run
        begin = (self.clock + samples(now_ns)) & 0xFFFF_FFFF
        if self.used and signed32(begin - self.last_ts) < FRAME_SAMPLES:
            begin = self.last_ts + FRAME_SAMPLES
        self.base_seq = seq
        self.seq_offset = self.high_seq + 1 - seq + mic.shift
        self.ts_offset = begin - ts

    def header(
        self, mic: Mic, seq: int, ts: int, marked_participant: tuple[int, int], now_ns: int
    ) -> bytes | str:
        """Return the header of this slot's next packet, or the reason to drop it.

        The slot must have taken up this mic's run.

        Args:
            mic: who speaks.
            seq: sequence number at the mic.
            ts: timestamp at the mic.
            marked_participant: marker bit (0 or 0x80), and the CSRC.
            now_ns: when this is.
        """
        if seq == mic.high_seq:
            self.base_seq = following(self.base_seq, seq)
        elif signed16(seq - self.base_seq) < 0:
            return "stale"
        out_seq = (seq + self.seq_offset - mic.shift) & 0xFFFF
        out_ts = (ts + self.ts_offset) & 0xFFFF_FFFF
        if signed16(out_seq - self.high_seq) > 0:
            if self.used and signed32(out_ts - self.last_ts) < 0:
                return "bad_timestamp"
            self.high_seq, self.last_ts, self.last_ns = out_seq, out_ts, now_ns
            self.used = True
        marker, participant = marked_participant
        return _HEADER.pack(
            _FIRST_BYTE, marker | self.payload_type, out_seq, out_ts, self.ssrc, participant
        )
