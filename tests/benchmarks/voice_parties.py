"""Both ends of the voice benchmark: the process with the plane, and one with everybody's sockets.

Everyone who talks and listens has a UDP socket of their own. Sixteen talk, eight to each half of
the listeners, all the time and evenly spread; the generator is compiled, so that it is not what is
measured.
"""

# ruff: noqa: ANN001, ANN201, ANN202 -- numba finds the types of compiled functions itself
import asyncio
import os
import socket
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import numba
import numpy as np
import uvloop
from numba import types
from numba.types import ExternalFunction
from numpy.typing import NDArray

from hearth_server.clock import SystemClock
from hearth_server.voice.addresses import pack_address
from hearth_server.voice.kernels.layout import _addresses
from hearth_server.voice.kernels.native import (
    MSG_DONTWAIT,
    POLLIN,
    call_srtp,
    poll,
    recvmmsg,
    sendmmsg,
)
from hearth_server.voice.plane_choice import open_plane
from hearth_server.voice.srtp_handles import PROTECT, session_address
from tests.server.voice.plane_rig import Member, Notes, row_of

I64, U8 = NDArray[np.int64], NDArray[np.uint8]
#: A talker's packet every 20 ms, of a size that speech at 32 kb/s has.
PACKET_NS, PAYLOAD = 20_000_000, 80
SLOTS = 8
READ = 64
#: Width and number of the latency histogram's bins.
BIN_NS, BINS = 10_000, 50_000
CLOCK_REALTIME, CLOCK_MONOTONIC = 0, 1
SO_TIMESTAMPNS = 35
FIRST_LISTENER = 100
#: What runs in place of a plane, to compare with.
BARE = ("floor", "flatout", "relay")
SCHEDULING_BYTES = 4 << 20

_long, _int, _address = types.int64, types.int32, types.uintp
_send = ExternalFunction("send", _long(_int, _address, types.uint64, _int))
_recv = ExternalFunction("recv", _long(_int, _address, types.uint64, _int))
_usleep = ExternalFunction("usleep", _int(types.uint32))
_clock = ExternalFunction("clock_gettime", _int(_int, _address))


@dataclass(frozen=True)
class Party:
    """Who is there: `talkers` in groups of eight, each heard by `fan` listeners."""

    talkers: int = 16
    fan: int = 100

    @property
    def groups(self) -> int:
        """How many separate companies."""
        return -(-self.talkers // SLOTS)

    @property
    def listeners(self) -> int:
        """How many listen in all."""
        return self.groups * self.fan

    @property
    def rate(self) -> int:
        """Forwarded packets a second."""
        return self.talkers * self.fan * 1_000_000_000 // PACKET_NS


@dataclass(frozen=True)
class Measured:
    """What came of one stretch of talking."""

    sent: int
    received: int
    wanted: int
    #: CPU seconds of the plane's process, and how long the stretch was.
    cpu_s: float
    wall_s: float
    #: Share of its core that the generator used.
    generator: float
    #: Time from a talker's send to the arrival at a listener's socket, ms.
    p50_ms: float
    p99_ms: float

    @property
    def loss(self) -> float:
        """Share of the packets that did not arrive."""
        return 1 - self.received / self.wanted

    @property
    def us_a_packet(self) -> float:
        """CPU microseconds of the plane for each packet that arrived."""
        return self.cpu_s / max(self.received, 1) * 1e6


# --- the plane's process -----------------------------------------------------------------------


def serve(conn: Connection, kind: str, party: Party, core: int, hog: bool) -> None:
    """Run a plane, or the floor, until the other side says "end". Runs in a process of its own."""
    os.sched_setaffinity(0, {core})
    ours = _udp()
    conn.send(ours.getsockname())
    talkers, listeners = conn.recv()
    if kind in BARE:
        _serve_bare(conn, kind, ours, listeners, party)
    else:
        uvloop.run(_serve_plane(conn, kind, ours, (talkers, listeners), party, hog))


async def _serve_plane(
    conn: Connection, kind: str, ours: socket.socket, ends: tuple[Any, Any], party: Party, hog: bool
) -> None:
    talkers, listeners = ends
    plane = open_plane(kind, Notes(), SystemClock(), len(talkers) + len(listeners)).plane
    plane.start([ours])
    spoken = []
    for number, address in enumerate(talkers):
        spoken.append(plane.add(Member(number).media))
        plane.set_path(spoken[-1], 0, pack_address(ours.family, address))
    rows = []
    for number, address in enumerate(listeners):
        index = plane.add(Member(FIRST_LISTENER + number).media)
        plane.set_path(index, 0, pack_address(ours.family, address))
        group = SLOTS * (number // party.fan)
        rows.append((index, row_of(*spoken[group : group + SLOTS])))
    plane.set_routes(1, rows)
    await asyncio.sleep(0.3)
    assert plane.acked_epoch() == 1
    conn.send("ready")
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def told() -> None:
        if conn.recv() == "end":
            ended.set()
        else:
            conn.send((time.process_time(), plane.counters()))

    def burn() -> None:
        begin = time.perf_counter()
        loop.call_at(loop.time() + 1 / 30, burn)
        while time.perf_counter() - begin < 0.02:
            pass

    loop.add_reader(conn.fileno(), told)
    if hog:
        burn()
    while not ended.is_set():
        plane.poll()
        await asyncio.sleep(0.02)
    plane.stop()


def _serve_bare(
    conn: Connection, kind: str, ours: socket.socket, listeners: Any, party: Party
) -> None:
    """Do the least of what a plane does: see `floor` and `relay`."""
    members = [Member(FIRST_LISTENER + number) for number in range(len(listeners))]
    # Made as the plane makes them, so that both pay the same for encryption.
    from hearth_server.voice.srtp import listener_session  # noqa: PLC0415

    kept = [listener_session(member.media.tx_key, member.media.profile) for member in members]
    sessions = np.array([session_address(session) for session in kept], np.int64)
    places = np.zeros((len(listeners), 32), np.uint8)
    for number, address in enumerate(listeners):
        sockaddr = pack_address(ours.family, address)
        places[number, : len(sockaddr)] = np.frombuffer(sockaddr, np.uint8)
    packets = np.zeros((READ, 256), np.uint8)
    headers, vectors = np.zeros((READ, 8), np.int64), np.zeros((READ, 2), np.int64)
    vectors[:, 0], headers[:, 2], headers[:, 3] = _addresses(packets), _addresses(vectors), 1
    arrays = (sessions, places, packets, headers, vectors)
    rates = np.array([party.talkers, party.fan, ours.fileno(), PROTECT], np.int64)
    floor(*arrays, rates, np.zeros(8, np.int64), 0, 1, PACKET_NS)
    relay(*arrays[1:], rates, np.zeros(8, np.int64), 0)
    conn.send("ready")
    first = 1
    while (word := conn.recv()) != "end":
        if isinstance(word, float) and kind == "relay":
            relay(*arrays[1:], rates, np.zeros(8, np.int64), int((word + 0.1) * 1e9))
        elif isinstance(word, float):
            pace_ns = PACKET_NS if kind == "floor" else 0
            scratch = np.zeros(8, np.int64)
            first = floor(*arrays, rates, scratch, first, int(word * 50), pace_ns)
        conn.send((time.process_time(), {}))


@numba.njit(nogil=True, cache=True)
def floor(sessions, places, packets, headers, vectors, rates, scratch, first, rounds, pace_ns):
    """Encrypt and send `rounds` packets of each talker to each of its listeners.

    They are evenly spread over time, one of each talker in `pace_ns`; 0: without a pause.
    """
    talkers, fan, fd, protect = rates[0], rates[1], rates[2], rates[3]
    _clock(CLOCK_MONOTONIC, scratch.ctypes.data)
    begin = scratch[0] * 1_000_000_000 + scratch[1]
    for turn in range(rounds * talkers):
        due = begin + turn * pace_ns // talkers
        talker, seq = turn % talkers, first + turn // talkers
        group = talker // SLOTS
        waiting = 0
        for k in range(fan):
            listener = group * fan + k
            packet = packets[waiting]
            packet[0], packet[1] = 0x81, 109
            packet[2], packet[3] = (seq >> 8) & 0xFF, seq & 0xFF
            packet[8], packet[9] = 0x70, talker
            packet[10], packet[11] = listener >> 8, listener & 0xFF
            scratch[4] = 16 + PAYLOAD
            at = packets.ctypes.data + waiting * packets.shape[1]
            call_srtp(protect, sessions[listener], at, scratch.ctypes.data + 32)
            vectors[waiting, 1] = scratch[4] & 0xFFFF_FFFF
            headers[waiting, 0] = places.ctypes.data + 32 * listener
            headers[waiting, 1] = 16
            waiting += 1
            if waiting == READ or k == fan - 1:
                sendmmsg(fd, headers.ctypes.data, waiting, 0)
                waiting = 0
        _clock(CLOCK_MONOTONIC, scratch.ctypes.data)
        ahead = due - (scratch[0] * 1_000_000_000 + scratch[1])
        if ahead > 1_000:
            _usleep(ahead // 1_000)
    return first + rounds


@numba.njit(nogil=True, cache=True)
def relay(places, packets, headers, vectors, rates, scratch, wait_ns):
    """Send what comes to each of its talker's listeners as it is, for so long.

    What a packet waits for here, it waits for on its way through any process.
    """
    fan, fd = rates[1], rates[2]
    end = 0
    while True:
        _clock(CLOCK_MONOTONIC, scratch.ctypes.data)
        now = scratch[0] * 1_000_000_000 + scratch[1]
        end = end if end else now + wait_ns
        if now >= end:
            return
        scratch[6] = fd | (POLLIN << 32)
        poll(scratch.ctypes.data + 48, 1, 20)
        size = _recv(fd, packets.ctypes.data, packets.shape[1], MSG_DONTWAIT)
        if size < 20:
            continue
        index, talker = (packets[0, 2] << 8) | packets[0, 3], packets[0, 11]
        waiting = 0
        for k in range(fan):
            number = FIRST_LISTENER + (talker // SLOTS) * fan + k
            stream = 0x7000_0000 + 16 * number + talker % SLOTS
            seq = number * 1_000 + (talker % SLOTS) * 37
            seq = (seq % 32_768 + index) & 0xFFFF
            for byte in range(20 if waiting else 0, size):
                packets[waiting, byte] = packets[0, byte]
            packet = packets[waiting]
            packet[0], packet[1], packet[2], packet[3] = 0x81, 109, seq >> 8, seq & 0xFF
            packet[8], packet[9] = 0x70, (stream >> 16) & 0xFF
            packet[10], packet[11] = (stream >> 8) & 0xFF, stream & 0xFF
            vectors[waiting, 1] = size
            headers[waiting, 0] = places.ctypes.data + 32 * (number - FIRST_LISTENER)
            headers[waiting, 1] = 16
            waiting += 1
            if waiting == READ or k == fan - 1:
                sendmmsg(fd, headers.ctypes.data, waiting, 0)
                waiting = 0


# --- everybody else ----------------------------------------------------------------------------


class Crowd:
    """All talkers and listeners of a party, in this process."""

    def __init__(self, party: Party, server: tuple[str, int], stamps: bool) -> None:
        self.party = party
        self.mouths = [_udp() for _ in range(party.talkers)]
        self.ears = [_udp() for _ in range(party.listeners)]
        for sock in self.mouths:
            sock.connect(server)
        for sock in self.ears:
            if stamps:
                sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.members = [Member(number) for number in range(party.talkers)]
        self.sessions = np.array(
            [session_address(member.saying) for member in self.members], np.int64
        )
        self.fds = np.array([sock.fileno() for sock in (*self.mouths, *self.ears)], np.int64)
        self.packet = np.zeros(512, np.uint8)
        self.bytes = np.zeros((READ, 64), np.uint8)
        self.control = np.zeros((READ, 8), np.int64)
        self.headers, self.vectors = np.zeros((READ, 8), np.int64), np.zeros((READ, 2), np.int64)
        self.vectors[:, 0], self.vectors[:, 1] = _addresses(self.bytes), 16
        self.headers[:, 2], self.headers[:, 3] = _addresses(self.vectors), 1
        self.headers[:, 4] = _addresses(self.control)
        self.said_ns = np.zeros((party.talkers, 1 << 16), np.int64)
        self.bins = np.zeros(BINS, np.int64)
        self.first = 0
        self.drive(0)

    def addresses(self) -> tuple[list[Any], list[Any]]:
        """Where talkers and listeners are."""
        return [s.getsockname() for s in self.mouths], [s.getsockname() for s in self.ears]

    def drive(self, seconds: float, speak: bool = True) -> tuple[int, int]:
        """Talk and listen for so long; return packets said and heard."""
        rounds = int(seconds * 1e9) // PACKET_NS
        numbers = np.array([self.party.talkers, self.party.fan, PROTECT, int(speak)], np.int64)
        self.bins[:] = 0
        scratch = np.zeros(8, np.int64)
        arrays = (self.fds, self.sessions, self.packet, self.bytes, self.control, self.headers)
        heard = drive(*arrays, self.said_ns, self.bins, numbers, scratch, self.first, rounds)
        if speak:
            self.first += rounds
        return rounds * self.party.talkers * speak, heard

    def quantile_ms(self, share: float) -> float:
        """The latency that so large a share stayed below."""
        total = np.cumsum(self.bins)
        if total[-1] == 0:
            return float("nan")
        return float(np.searchsorted(total, share * total[-1])) * BIN_NS / 1e6

    def close(self) -> None:
        """Close all sockets."""
        for sock in (*self.mouths, *self.ears):
            sock.close()


@numba.njit(nogil=True, cache=True)
def drive(
    fds,
    sessions,
    packet,
    data,
    control,
    headers,
    said_ns,
    bins,
    numbers,
    scratch,
    first,
    rounds,
):
    """Say `rounds` packets of each talker, evenly spread, and read every listener's socket."""
    talkers, fan, protect, speak = numbers[0], numbers[1], numbers[2], numbers[3]
    ears = fds.shape[0] - talkers
    heard, ear = 0, 0
    _clock(CLOCK_MONOTONIC, scratch.ctypes.data)
    begin = scratch[0] * 1_000_000_000 + scratch[1]
    turns = rounds * talkers
    turn = 0
    while turn < turns:
        _clock(CLOCK_MONOTONIC, scratch.ctypes.data)
        now = scratch[0] * 1_000_000_000 + scratch[1]
        while turn < turns and begin + turn * PACKET_NS // talkers <= now:
            if speak != 0:
                _say(fds, sessions, packet, said_ns, protect, scratch, turn, talkers, first)
            turn += 1
        # Every socket in its turn, a part of them between two packets.
        for _ in range(min(ears, 64)):
            heard += _listen(
                fds[talkers + ear], data, control, headers, said_ns, bins, scratch, fan
            )
            ear = (ear + 1) % ears
        _clock(CLOCK_MONOTONIC, scratch.ctypes.data)
        now = scratch[0] * 1_000_000_000 + scratch[1]
        ahead = begin + turn * PACKET_NS // talkers - now
        if ahead > 150_000:
            _usleep(100)
    return heard


@numba.njit(nogil=True, cache=True)
def _say(fds, sessions, packet, said_ns, protect, scratch, turn, talkers, first):
    talker, index = turn % talkers, first + turn // talkers
    ts, ssrc = (index * 960) & 0xFFFF_FFFF, 0x5000_0000 + talker
    packet[0], packet[1] = 0x90, 111
    packet[2], packet[3] = (index >> 8) & 0xFF, index & 0xFF
    for k in range(4):
        packet[4 + k] = (ts >> (24 - 8 * k)) & 0xFF
        packet[8 + k] = (ssrc >> (24 - 8 * k)) & 0xFF
    packet[12], packet[13], packet[14], packet[15] = 0xBE, 0xDE, 0, 1
    packet[16], packet[17], packet[18], packet[19] = 0x10, 0x80 | 30, 0, 0
    scratch[4] = 20 + PAYLOAD
    call_srtp(protect, sessions[talker], packet.ctypes.data, scratch.ctypes.data + 32)
    _clock(CLOCK_REALTIME, scratch.ctypes.data)
    said_ns[talker, index & 0xFFFF] = scratch[0] * 1_000_000_000 + scratch[1]
    _send(fds[talker], packet.ctypes.data, scratch[4] & 0xFFFF_FFFF, MSG_DONTWAIT)


@numba.njit(nogil=True, cache=True)
def _listen(fd, data, control, headers, said_ns, bins, scratch, fan):
    heard = 0
    while True:
        for row in range(READ):
            headers[row, 5], headers[row, 6] = 64, 0
        count = recvmmsg(fd, headers.ctypes.data, READ, MSG_DONTWAIT, 0)
        if count <= 0:
            return heard
        heard += count
        for row in range(count):
            if headers[row, 5] < 32:
                continue
            # SSRC → listener and slot; the distance from its first number → the talker's packet.
            stream = ((data[row, 9] & 0x0F) << 16) | (data[row, 10] << 8) | data[row, 11]
            number, slot = stream >> 4, stream & 0x0F
            talker = slot + SLOTS * ((number - FIRST_LISTENER) // fan)
            start = (number * 1_000 + slot * 37) % 32_768
            index = (((data[row, 2] << 8) | data[row, 3]) - start) & 0xFFFF
            if talker >= said_ns.shape[0]:
                continue
            arrived = control[row, 2] * 1_000_000_000 + control[row, 3]
            at = (arrived - said_ns[talker, index]) // BIN_NS
            bins[min(max(at, 0), bins.shape[0] - 1)] += 1
        if count < READ:
            return heard


def _udp() -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        sock.setsockopt(socket.SOL_SOCKET, option, SCHEDULING_BYTES)
    sock.bind(("127.0.0.1", 0))
    sock.setblocking(False)
    return sock
