"""Goes in once before the run: is the node there, what are its rules, what time is it there?"""

import socket
from collections.abc import Callable
from dataclasses import dataclass

from websockets.frames import Opcode

from hearth_loadtest import clock
from hearth_loadtest.admission import Api, Refused, Target
from hearth_loadtest.clock import ServerClock
from hearth_loadtest.entry import Door, Entry, FrameCutter, close_frame, message_frame, reply_to
from hearth_loadtest.errors import TargetFault
from hearth_protocol import control
from hearth_protocol.kernels.scan import CONTROL

PINGS = 25
#: On a busy machine more pings are sent until one was quick.
QUICK_MS = 1.5
PINGS_MOST = 400
TIMEOUT_S = 10.0
#: A node that is still warming up is waited for.
STARTING_S = 60.0


@dataclass(frozen=True)
class Report:
    """What the scout brings back."""

    welcome: control.Welcome
    server: ServerClock


def explore(target: Target, room: str, now: Callable[[], float] = clock.monotonic_s) -> Report:
    """Join a room, ask the time, leave.

    Raises:
        TargetFault: Nobody answers, or nobody is let in; the text has the server's reason.
    """
    api = Api(target)
    patience_s = now() + STARTING_S
    person = {
        "name": "Scout",
        "primary": "#7a9e7e",
        "secondary": "#e8d8b8",
        "pattern": 0,
        "device": "desktop",
    }
    answer = api.join(room, person)
    while isinstance(answer, Refused) and answer.code == "starting" and now() < patience_s:
        clock.sleep_s(0.5)
        answer = api.join(room, person)
    if isinstance(answer, Refused):
        # off loopback a load room is opened by the operator's key only
        bulk = api.bulk(room, 1)
        if isinstance(bulk, Refused):
            api.close()
            raise TargetFault(f"{target.origin}, room {room}: {answer.code}: {answer.detail}")
        answer = {"ticket": bulk["tickets"][0], "url": bulk["url"]}
    api.close()
    entry = Entry(Door(target.socket_url(str(answer["url"])), str(answer["ticket"])))
    try:
        with socket.create_connection((target.host, target.port), TIMEOUT_S) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.sendall(entry.opening)
            while entry.welcome is None:
                data = sock.recv(65536)
                if not data and entry.failure is None:
                    raise TargetFault(f"{target.origin}: closed while entering")
                sock.sendall(entry.feed(data))
                if entry.failure is not None:
                    raise TargetFault(f"{target.origin}: {entry.failure}")
            server = _ask_the_time(sock, entry.rest, now)
            sock.sendall(message_frame(control.Leave()))
            sock.sendall(close_frame())
    except OSError as fault:
        raise TargetFault(f"{target.origin}: {fault}") from fault
    return Report(entry.welcome, server)


def _ask_the_time(sock: socket.socket, rest: bytes, now: Callable[[], float]) -> ServerClock:
    """Ping a few times, one after the other."""
    server = ServerClock()
    cutter = FrameCutter(rest)
    for number in range(PINGS_MOST):
        if number >= PINGS and server.best_rtt_ms < QUICK_MS:
            break
        if number:
            clock.sleep_s(0.005)
        sent_s = now()
        sock.sendall(message_frame(control.Ping(id=number, client_ms=round(sent_s * 1000))))
        reading = _await_pong(sock, cutter, number, now)
        server.add(sent_s, reading.received_s, reading.server_ms)
    return server


@dataclass(frozen=True)
class _Reading:
    received_s: float
    server_ms: int


def _await_pong(
    sock: socket.socket, cutter: FrameCutter, number: int, now: Callable[[], float]
) -> _Reading:
    """Read until the answer to one ping."""
    received_s = now()
    while True:
        frame = cutter.next_frame()
        if frame is None:
            data = sock.recv(65536)
            received_s = now()
            if not data:
                raise TargetFault("closed while asking the time")
            cutter.add(data)
            continue
        opcode, payload = frame
        if payload[:1] == b"\xc1":
            continue
        reply = reply_to(CONTROL if opcode == Opcode.BINARY else opcode, payload)
        if reply.over is not None:
            raise TargetFault(f"closed while asking the time: {reply.over}")
        if reply.answer:
            sock.sendall(reply.answer)
        if reply.pong is not None and reply.pong.id == number:
            return _Reading(received_s, reply.pong.server_ms)
