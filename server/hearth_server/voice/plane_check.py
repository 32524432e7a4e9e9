"""Proves at start that the compiled plane's assumptions hold on this machine.

It relies on the layout of Linux structures and on parts of pylibsrtp that may change without
notice. A wrong guess would not raise, it would write over memory: so each is checked against the
public way of doing the same, and one packet goes all the way through real sockets.
"""

import platform
import socket
import sys
from dataclasses import replace

from pylibsrtp import Policy

from hearth_server.clock import SystemClock
from hearth_server.voice.addresses import pack_address
from hearth_server.voice.kernels import layout, rounds
from hearth_server.voice.plane import VOICE_SLOTS, MediaPeer
from hearth_server.voice.plane_numba import NumbaPlane
from hearth_server.voice.srtp import listener_session, mic_session
from hearth_server.voice.srtp_handles import SIGNATURE, signatures

_KEY_BYTES = 44
_PROFILE = Policy.SRTP_PROFILE_AEAD_AES_256_GCM
_PT, _SSRC, _SLOT_SSRC, _PARTICIPANT = 111, 0x1234_5678, 0x2345_6789, 77
_WORDS = bytes(range(80))
_PACKET = (
    bytes([0x80, _PT]) + (500).to_bytes(2, "big") + bytes(4) + _SSRC.to_bytes(4, "big") + _WORDS
)


class PlaneUnfitError(Exception):
    """The compiled plane cannot run here; the text says why."""


class _Nobody:
    """A sink for a plane that has nothing to tell."""

    def on_datagram(self, socket_index: int, data: bytes, address: bytes) -> None:
        """Ignore it."""

    def tcp_out(self, index: int, packet: bytes) -> None:
        """Ignore it."""

    def on_talk(self) -> None:
        """Ignore it."""


def check() -> None:
    """Return if the compiled plane works, after having compiled it (or read it from the cache).

    Raises:
        PlaneUnfitError: it does not.
    """
    _check_machine()
    if signatures() != {SIGNATURE}:
        raise PlaneUnfitError(f"libsrtp's functions have changed: {signatures()}")
    _check_round_trip(socket.AF_INET, "127.0.0.1")


def _check_machine() -> None:
    if sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"):
        raise PlaneUnfitError("it knows Linux on x86_64 and aarch64 only")
    if sys.byteorder != "little" or sys.maxsize <= 2**32:
        raise PlaneUnfitError("it knows little-endian 64-bit machines only")


def _check_round_trip(family: int, host: str) -> None:
    """Let one member speak to another through real sockets, and compare byte by byte."""
    with (
        socket.socket(family, socket.SOCK_DGRAM) as ours,
        socket.socket(family, socket.SOCK_DGRAM) as mouth,
        socket.socket(family, socket.SOCK_DGRAM) as ear,
    ):
        for sock in (ours, mouth, ear):
            sock.bind((host, 0))
            sock.setblocking(False)
        plane = NumbaPlane(_Nobody(), SystemClock(), 2)
        try:
            plane.prepare([ours])
            _converse(plane, ours, mouth, ear)
        finally:
            plane.stop()


def _converse(
    plane: NumbaPlane, ours: socket.socket, mouth: socket.socket, ear: socket.socket
) -> None:
    def key(first: int) -> bytes:
        return bytes(range(first, first + _KEY_BYTES))

    speaker = MediaPeer(
        participant=_PARTICIPANT,
        mic_ssrc=_SSRC,
        mic_pt=_PT,
        level_ext=0,
        listen_pt=_PT,
        slot_ssrcs=(_SLOT_SSRC,) + (0,) * (VOICE_SLOTS - 1),
        rx_key=key(0),
        tx_key=key(50),
        profile=_PROFILE,
    )
    talker = plane.add(speaker)
    listener = plane.add(replace(speaker, rx_key=key(100), tx_key=key(150)))
    for index, sock in ((talker, mouth), (listener, ear)):
        plane.set_path(index, 0, pack_address(sock.family, sock.getsockname()))
    plane.set_routes(1, [(listener, [talker] + [-1] * (VOICE_SLOTS - 1))])
    speech = listener_session(speaker.rx_key, _PROFILE).protect(_PACKET)
    for _ in range(2):  # the second is a replay
        mouth.sendto(speech, ours.getsockname())
    rounds.serve(plane.state, 3, 0)
    _compare(plane, ear)


def _compare(plane: NumbaPlane, ear: socket.socket) -> None:
    try:
        packet = ear.recv(2_048)
    except BlockingIOError:
        raise PlaneUnfitError(f"a packet did not get through: {_seen(plane)}") from None
    heard = mic_session(bytes(range(150, 150 + _KEY_BYTES)), _PROFILE).unprotect(packet)
    ts = int(plane.slots.last_ts[1, 0])
    expected = (
        bytes([0x81, 0x80 | _PT])
        + bytes(2)
        + ts.to_bytes(4, "big")
        + _SLOT_SSRC.to_bytes(4, "big")
        + _PARTICIPANT.to_bytes(4, "big")
        + _WORDS
    )
    again = listener_session(bytes(range(150, 150 + _KEY_BYTES)), _PROFILE).protect(expected)
    if heard != expected or packet != again:
        raise PlaneUnfitError("a packet came out changed")
    counters = plane.counters()
    if (counters["media_in"], counters["replayed"], counters["packets_out"]) != (1, 1, 1):
        raise PlaneUnfitError(f"libsrtp's answers have changed: {_seen(plane)}")
    if plane.acked_epoch() != 1 or plane.state.flags[layout.OBEYED] != 6:
        raise PlaneUnfitError("orders were not obeyed")


def _seen(plane: NumbaPlane) -> str:
    return ", ".join(f"{name} {count}" for name, count in plane.counters().items() if count)
