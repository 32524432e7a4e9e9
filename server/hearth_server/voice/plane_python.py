"""The readable plane: what voice forwarding does, one packet at a time, on the event loop.

It is the reference that the compiled plane is tested against, and the fallback where that one
cannot run. `take` decides everything from a datagram and the time; `start` merely reads sockets.
"""

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pylibsrtp import Error, Session

from hearth_server.clock import Clock
from hearth_server.voice.addresses import Address, pack_address, unpack_address
from hearth_server.voice.inbound import Spoken, authentic, take_apart
from hearth_server.voice.plane import (
    COUNTERS,
    MAX_DATAGRAM,
    VOICE_SLOTS,
    MediaPeer,
    Sink,
)
from hearth_server.voice.plane_state import (
    RouteTable,
    Seats,
    Voices,
    clear_stats,
    mic_stats,
    receive,
    slot_stats,
)
from hearth_server.voice.rewrite import Mic, Slot
from hearth_server.voice.srtp import listener_session, mic_session

#: Datagrams read from one socket before the loop gets its turn.
READ_AT_ONCE = 64


@dataclass(slots=True)
class _Peer:
    """One peer: its keys, its mic, its slots, and where it is."""

    media: MediaPeer
    rx: Session
    tx: Session
    mic: Mic
    slots: list[Slot]
    #: (socket index, address) of a UDP path; None: not known, or on TCP.
    source: tuple[int, bytes] | None = None
    tcp: bool = False
    out: socket.socket | None = None
    address: Address | None = None


class PythonPlane:
    """A data plane on the event loop; see `plane.DataPlane` for what each method promises."""

    name = "python"

    def __init__(self, sink: Sink, clock: Clock, capacity: int) -> None:
        self._sink = sink
        self._clock = clock
        self.mics = mic_stats(capacity)
        self.slots = slot_stats(capacity)
        self._seats = Seats(capacity)
        self._routes = RouteTable(self._seats)
        self._voices = Voices.of(capacity)
        self._peers: list[_Peer | None] = [None] * capacity
        #: Who may hear each talker: (listener, slot) → nothing, in the order of the routes.
        self._fans: list[dict[tuple[int, int], None]] = [{} for _ in range(capacity)]
        self._rows = [[-1] * VOICE_SLOTS for _ in range(capacity)]
        self._sources: dict[tuple[int, bytes], int] = {}
        self._counts = dict.fromkeys(COUNTERS, 0)
        self._epoch = 0
        self._sockets: list[socket.socket] = []
        # Plain views of the statistics: numpy's own indexing costs more than a packet's header.
        self._packets = self.slots.packets.reshape(-1).data
        self._octets = self.slots.octets.reshape(-1).data
        self._last_ts = self.slots.last_ts.reshape(-1).data
        self._last_ns = self.slots.last_ns.reshape(-1).data
        self._talkers = self.slots.talker.reshape(-1).data

    # --- life ----------------------------------------------------------------------------------

    def prepare(self, sockets: Sequence[socket.socket]) -> None:
        """Send by these sockets from now on."""
        self._sockets = list(sockets)

    def start(self, sockets: Sequence[socket.socket]) -> None:
        """Begin to read these sockets on the running loop."""
        self.prepare(sockets)
        loop = asyncio.get_running_loop()
        for index, sock in enumerate(sockets):
            loop.add_reader(sock, self._readable, index, sock)

    def stop(self) -> None:
        """Stop reading and forget all peers."""
        if self._sockets:
            loop = asyncio.get_running_loop()
            for sock in self._sockets:
                loop.remove_reader(sock)
        self._sockets = []
        for index in np.flatnonzero(self._seats.taken):
            self.remove(int(index))

    def alive(self) -> bool:
        """Say whether the plane runs: it does whenever somebody can ask."""
        return True

    def poll(self) -> None:
        """Do nothing: here nothing waits for time."""

    # --- peers and routes ----------------------------------------------------------------------

    def add(self, peer: MediaPeer) -> int:
        """Take a peer in; return its index."""
        rx = mic_session(peer.rx_key, peer.profile)
        tx = listener_session(peer.tx_key, peer.profile)
        index = self._seats.take()
        slots = [
            Slot(ssrc, peer.listen_pt, clock, (first - 1) & 0xFFFF)
            for ssrc, first, clock in zip(
                peer.slot_ssrcs, peer.slot_seqs, peer.slot_clocks, strict=True
            )
        ]
        self._peers[index] = _Peer(peer, rx, tx, Mic(), slots)
        clear_stats(self.mics, self.slots, index)
        return index

    def set_path(self, index: int, socket_index: int, address: bytes | None) -> None:
        """Say where a peer is."""
        peer = self._peers[index]
        if peer is None:
            return
        place = None if address is None else unpack_address(address)
        if place is not None and not 0 <= socket_index < len(self._sockets):
            raise ValueError(f"no such socket: {socket_index}")
        if peer.source is not None:
            self._sources.pop(peer.source, None)
        peer.source, peer.address, peer.tcp = None, place, address is None
        if address is None:
            return
        peer.source = (socket_index, address)
        before = self._sources.get(peer.source)
        if before is not None:
            self._evict(before)
        self._sources[peer.source] = index
        peer.out = self._sockets[socket_index]

    def _evict(self, index: int) -> None:
        """Leave a peer without a path: somebody else has its address now."""
        peer = self._peers[index]
        if peer is not None:
            peer.source = peer.address = None

    def remove(self, index: int) -> None:
        """Forget a peer."""
        if not self._seats.holds(index):
            return
        peer = self._peers[index]
        if peer is not None and peer.source is not None:
            self._sources.pop(peer.source, None)
        for listener, slot in list(self._fans[index]):
            self._route(listener, slot, -1)
        for slot in range(VOICE_SLOTS):
            self._route(index, slot, -1)
        self._peers[index] = None
        self._routes.forget(index)
        self._voices.forget(index)
        self._seats.leave(index)
        self._seats.free(index)

    def set_routes(self, epoch: int, rows: Sequence[tuple[int, Sequence[int]]]) -> None:
        """Set who is heard in the slots of some listeners."""
        for listener, talkers in rows:
            for slot, talker in self._routes.change(listener, talkers):
                self._route(listener, slot, talker)
        self._epoch = epoch

    def _route(self, listener: int, slot: int, talker: int) -> None:
        before = self._rows[listener][slot]
        if before >= 0:
            self._fans[before].pop((listener, slot), None)
        self._rows[listener][slot] = talker
        peer = self._peers[listener]
        if peer is not None:
            peer.slots[slot].talker = -1  # whoever comes begins anew, also the same one
            self.slots.talker[listener, slot] = -1
        if talker >= 0:
            self._fans[talker][listener, slot] = None

    def acked_epoch(self) -> int:
        """Return the epoch in force."""
        return self._epoch

    def set_muted(self, index: int, on: bool) -> None:
        """Drop everything a peer says, from now on or no more."""
        peer = self._peers[index]
        if peer is not None:
            peer.mic.muted = on
            if on:
                self._voices.hush(index)

    # --- reports -------------------------------------------------------------------------------

    def edges(self) -> list[tuple[int, bool]]:
        """Return who began or stopped talking."""
        return self._voices.edges(self._now_ns())

    def levels(self) -> NDArray[np.uint8]:
        """Return [capacity] smoothed levels in -dBov."""
        return self._voices.levels(self._now_ns())

    def counters(self) -> dict[str, int]:
        """Return totals since the start."""
        return {**self._counts, "unknown_route": self._routes.unknown}

    def _now_ns(self) -> int:
        return round(self._clock.monotonic_s() * 1e9)

    # --- packets -------------------------------------------------------------------------------

    def _readable(self, socket_index: int, sock: socket.socket) -> None:
        now_ns = self._now_ns()
        for _ in range(READ_AT_ONCE):
            try:
                data, address = sock.recvfrom(MAX_DATAGRAM + 1)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue  # an error report about something sent earlier: read on
            self.take(socket_index, data, pack_address(sock.family, address), now_ns)

    def take(self, socket_index: int, data: bytes, address: bytes, now_ns: int) -> None:
        """Deal with one datagram (RFC 7983 says which kind it is by its first byte)."""
        counts = self._counts
        counts["datagrams_in"] += 1
        counts["bytes_in"] += len(data)
        if not data:
            counts["too_short"] += 1
        elif len(data) > MAX_DATAGRAM:
            counts["too_long"] += 1
        elif data[0] <= 3 or 20 <= data[0] <= 63:
            counts["control_in"] += 1
            self._sink.on_datagram(socket_index, data, address)
        elif not 128 <= data[0] <= 191:
            counts["bad_version"] += 1
        else:
            index = self._sources.get((socket_index, address), -1)
            if index < 0:
                counts["unknown_source"] += 1
            elif len(data) >= 2 and 192 <= data[1] <= 223:
                counts["control_in"] += 1
                self._sink.on_datagram(socket_index, data, address)
            else:
                self._media(index, data, now_ns)

    def feed(self, index: int, packet: bytes) -> None:
        """Take an encrypted RTP packet that a peer sent by TCP."""
        self.take_fed(index, packet, self._now_ns())

    def take_fed(self, index: int, packet: bytes, now_ns: int) -> None:
        """Deal with a packet whose sender is known by its connection."""
        self._counts["feed_in"] += 1
        if not self._seats.holds(index):
            self._counts["removed"] += 1
        elif not packet or not 128 <= packet[0] <= 191:
            self._counts["bad_version"] += 1
        else:
            self._media(index, packet, now_ns)

    def _media(self, index: int, data: bytes, now_ns: int) -> None:
        """Deal with an RTP packet from a peer's own address."""
        peer = self._peers[index]
        assert peer is not None
        packet = authentic(peer.media, peer.rx, data)
        if isinstance(packet, str):
            self._counts[packet] += 1
            return
        self._counts["media_in"] += 1
        seq, ts = int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[4:8], "big")
        receive(self.mics, index, seq, ts, now_ns)
        refused = peer.mic.refuses(len(data), now_ns)
        spoken = take_apart(packet, peer.media.level_ext)
        if refused is not None:
            self._counts[refused] += 1
        elif isinstance(spoken, str):
            self._counts[spoken] += 1
        else:
            self._speak(index, peer, spoken, now_ns)

    def _speak(self, index: int, peer: _Peer, spoken: Spoken, now_ns: int) -> None:
        """Place a packet in its run, hear how loud it is, and forward it if the gate is open."""
        mic = peer.mic
        refused = mic.place(spoken.seq, spoken.ts, now_ns)
        if refused is not None:
            self._counts[refused] += 1
            return
        if self._voices.hear(index, spoken.level, spoken.is_silent, now_ns):
            self._sink.on_talk()
        marker = spoken.marker
        if mic.passes(spoken.level, now_ns):
            marker |= 0x80 if mic.held else 0
            mic.held = False
        elif spoken.is_silent:
            self._counts["dtx"] += 1
        else:
            mic.hold(spoken.seq)
            self._counts["gated"] += 1
            return
        self._forward(index, peer, spoken, marker, now_ns)

    def _forward(
        self, index: int, speaker: _Peer, spoken: Spoken, first_marker: int, now_ns: int
    ) -> None:
        """Send a packet to every slot that its talker is routed to."""
        counts, mic, participant = self._counts, speaker.mic, speaker.media.participant
        seq, ts, payload = spoken.seq, spoken.ts, spoken.payload
        size, sent, octets = len(payload), 0, 0
        for listener, number in self._fans[index]:
            peer = self._peers[listener]
            if peer is None:
                continue
            slot = peer.slots[number]
            if peer.address is None and not peer.tcp:
                counts["no_path"] += 1
                continue
            if not slot.ssrc:
                continue
            marker = first_marker
            if slot.talker != index or slot.run != mic.run:
                slot.take_up(index, mic, seq, ts, now_ns)
                self._talkers[listener * VOICE_SLOTS + number] = index
                counts["switches"] += 1
                marker = 0x80
            header = slot.header(mic, seq, ts, (marker, participant), now_ns)
            if isinstance(header, str):
                counts[header] += 1
                continue
            try:
                packet = peer.tx.protect(header + payload)
            except Error:
                counts["protect_failed"] += 1
                continue
            row = listener * VOICE_SLOTS + number
            self._packets[row] += 1
            self._octets[row] += size
            self._last_ts[row] = slot.last_ts
            self._last_ns[row] = slot.last_ns
            sent += 1
            octets += len(packet)
            self._send(listener, peer, packet)
        counts["packets_out"] += sent
        counts["bytes_out"] += octets

    def _send(self, listener: int, peer: _Peer, packet: bytes) -> None:
        if peer.tcp:
            self._sink.tcp_out(listener, packet)
        elif peer.out is not None and peer.address is not None:
            try:
                peer.out.sendto(packet, peer.address)
            except BlockingIOError:
                self._counts["send_full"] += 1
            except OSError:
                self._counts["send_failed"] += 1
