"""Both data planes fed by hand: datagrams and time go in, packets come out, nothing is sent."""

import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from pylibsrtp import Error, Policy, Session

from hearth_server.voice.addresses import pack_address
from hearth_server.voice.kernels import inbound, layout, orders
from hearth_server.voice.plane import MediaPeer
from hearth_server.voice.plane_numba import NumbaPlane
from hearth_server.voice.plane_python import PythonPlane

GCM = Policy.SRTP_PROFILE_AEAD_AES_256_GCM
CM = Policy.SRTP_PROFILE_AES128_CM_SHA1_80
KEY_BYTES = {GCM: 44, CM: 30}
PT, LISTEN_PT, LEVEL_EXT = 111, 109, 1
RTP = struct.Struct(">BBHII")


class NanoClock:
    """A clock that a test moves by hand, without rounding."""

    def __init__(self, now_ns: int = 100_000_000_000) -> None:
        self.now_ns = now_ns

    def advance(self, seconds: float) -> None:
        self.now_ns += round(seconds * 1e9)

    def monotonic_s(self) -> float:
        return self.now_ns / 1e9

    def wall_s(self) -> float:
        return self.now_ns / 1e9


@dataclass
class Sent:
    """A packet that left a plane."""

    to: bytes | int
    data: bytes


@dataclass
class Notes:
    """A sink that remembers."""

    datagrams: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    tcp: list[Sent] = field(default_factory=list)
    talks: int = 0

    def on_datagram(self, socket_index: int, data: bytes, address: bytes) -> None:
        self.datagrams.append((socket_index, data, address))

    def tcp_out(self, index: int, packet: bytes) -> None:
        self.tcp.append(Sent(index, packet))

    def on_talk(self) -> None:
        self.talks += 1


class Outlet:
    """Stands where a UDP socket is, and keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []

    def sendto(self, packet: bytes, address: Any) -> None:
        family = socket.AF_INET if len(address) == 2 else socket.AF_INET6
        self.sent.append(Sent(pack_address(family, address), packet))


class PythonRig:
    """The readable plane."""

    def __init__(self, clock: NanoClock, capacity: int) -> None:
        self.notes, self.clock = Notes(), clock
        self.plane = PythonPlane(self.notes, clock, capacity)
        self.outlet = Outlet()
        self.plane.prepare([self.outlet, self.outlet])  # type: ignore[list-item]

    def settle(self) -> None:
        pass

    def take(self, data: bytes, address: bytes, socket_index: int = 0) -> None:
        now_ns = self.clock.now_ns
        self.plane.take(socket_index, data, address, now_ns)

    def sent(self) -> list[Sent]:
        packets, self.outlet.sent = self.outlet.sent, []
        tcp, self.notes.tcp = self.notes.tcp, []
        return packets + tcp

    def close(self) -> None:
        pass


class NumbaRig:
    """The compiled plane without its thread: its kernels, called with the clock's time."""

    def __init__(self, clock: NanoClock, capacity: int) -> None:
        self.notes, self.clock = Notes(), clock
        self.plane = NumbaPlane(self.notes, clock, capacity)
        self.sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        self.plane.prepare(self.sockets)

    @property
    def state(self) -> layout.State:
        return self.plane.state

    def settle(self) -> None:
        """Make the round that the thread would make."""
        state = self.state
        try:
            count = os.eventfd_read(int(state.natives[layout.ORDER_FD]))
        except BlockingIOError:
            count = 0
        orders.obey(state, count, self.clock.now_ns)
        state.flags[layout.ROUNDS] += 1
        self.plane.poll()

    def take(self, data: bytes, address: bytes, socket_index: int = 0) -> None:
        state, size = self.state, min(len(data), layout.READ_LIMIT)
        state.read_bytes[0, :size] = np.frombuffer(data, np.uint8)[:size]
        state.read_headers[0, 1], state.read_headers[0, 7] = len(address), size
        state.read_names[0] = np.frombuffer(address.ljust(32, b"\0"), np.int64)
        inbound.take_batch(state, socket_index, 1, self.clock.now_ns)
        new = state.flags[layout.NEXT_MESSAGE] - state.flags[layout.READ_MESSAGES]
        self.plane.read_messages(int(new))

    def sent(self) -> list[Sent]:
        state, packets = self.state, []
        for lane in range(2):
            for row in range(state.waiting[lane]):
                size = int(state.send_vectors[lane, row, 1])
                data = state.send_words[lane, row].view(np.uint8)[:size].tobytes()
                name, name_size = (int(word) for word in state.send_headers[lane, row, :2])
                at = name - state.places.ctypes.data
                address = state.places.view(np.uint8).reshape(-1)[at : at + name_size]
                packets.append(Sent(address.tobytes(), data))
            state.waiting[lane] = 0
        new = state.flags[layout.NEXT_MESSAGE] - state.flags[layout.READ_MESSAGES]
        self.plane.read_messages(int(new))  # of what was fed
        tcp, self.notes.tcp = self.notes.tcp, []
        return packets + tcp

    def close(self) -> None:
        self.plane.stop()
        for sock in self.sockets:
            sock.close()


Rig = PythonRig | NumbaRig
RIGS: dict[str, Callable[[NanoClock, int], Rig]] = {"python": PythonRig, "numba": NumbaRig}


class Member:
    """The far end of a peer: it says and hears with sessions of its own."""

    def __init__(self, number: int, profile: int = GCM, level_ext: int = LEVEL_EXT) -> None:
        size = KEY_BYTES[profile]
        self.rx_key = bytes((number * 7 + i) & 0xFF for i in range(size))
        self.tx_key = bytes((number * 11 + i + 128) & 0xFF for i in range(size))
        self.address = pack_address(socket.AF_INET, ("127.0.0.1", 20_000 + number))
        self.participant = 1_000 + number
        self.ssrc = 0x5000_0000 + number
        self.level_ext = level_ext
        self.media = MediaPeer(
            participant=self.participant,
            mic_ssrc=self.ssrc,
            mic_pt=PT,
            level_ext=level_ext,
            listen_pt=LISTEN_PT,
            slot_ssrcs=tuple(0x7000_0000 + 16 * number + slot for slot in range(8)),
            rx_key=self.rx_key,
            tx_key=self.tx_key,
            profile=profile,
            slot_seqs=tuple((number * 1_000 + slot * 37) % 2**15 for slot in range(8)),
            slot_clocks=tuple((number << 28) + slot * 99_991 & 0xFFFF_FFFF for slot in range(8)),
        )
        saying = Policy(self.rx_key, Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile)
        saying.allow_repeat_tx = True
        saying.window_size = 4_096
        self.saying = Session(saying)
        hearing = Policy(self.tx_key, Policy.SSRC_ANY_INBOUND, srtp_profile=profile)
        hearing.window_size = 4_096
        self.hearing = Session(hearing)

    def says(self, packet: bytes) -> bytes | None:
        """Return a packet encrypted, None where libsrtp will not."""
        try:
            return self.saying.protect(packet)
        except Error:
            return None

    def speech(self, seq: int, ts: int, payload: bytes, level: int | None = 30) -> bytes:
        """Return an encrypted packet as a browser sends one."""
        packet = self.says(rtp(seq, ts, self.ssrc, payload, level_ext(self.level_ext, level)))
        assert packet is not None
        return packet

    def hears(self, packet: bytes) -> "Heard":
        """Return a packet to this member in the clear."""
        return Heard.parse(self.hearing.unprotect(packet))


def rtp(
    seq: int, ts: int, ssrc: int, payload: bytes, ext: bytes = b"", *, marker: int = 0, pt: int = PT
) -> bytes:
    """Return an RTP packet; `ext` is a whole header extension."""
    first = 0x90 if ext else 0x80
    return RTP.pack(first, marker | pt, seq & 0xFFFF, ts & 0xFFFF_FFFF, ssrc) + ext + payload


def level_ext(number: int, level: int | None) -> bytes:
    """Return a header extension with an audio level, as Chromium writes it."""
    if not number or level is None:
        return b""
    return struct.pack(">HHBBH", 0xBEDE, 1, number << 4, 0x80 | level, 0)


@dataclass(frozen=True)
class Heard:
    """A packet in the clear at a listener."""

    marker: int
    payload_type: int
    seq: int
    ts: int
    ssrc: int
    csrc: int
    payload: bytes

    @classmethod
    def parse(cls, packet: bytes) -> "Heard":
        first, kind, seq, ts, ssrc, csrc = struct.unpack_from(">BBHIII", packet)
        assert first == 0x81
        return cls(kind >> 7, kind & 0x7F, seq, ts, ssrc, csrc, packet[16:])


def row_of(*talkers: int) -> list[int]:
    """Return a row of 8 slots with these talkers first."""
    return [*talkers, *([-1] * (8 - len(talkers)))]
