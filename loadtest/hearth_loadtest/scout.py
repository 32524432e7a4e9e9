"""Goes in once before the run: is the node there, what are its rules, what time is it there?"""

import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

from websockets.frames import Opcode

from hearth_loadtest import clock
from hearth_loadtest.admission import Api, Refused, Target
from hearth_loadtest.clock import ServerClock
from hearth_loadtest.entry import (
    Door,
    Entry,
    FrameCutter,
    client_frame,
    close_frame,
    message_frame,
    reply_to,
)
from hearth_loadtest.errors import TargetFault
from hearth_protocol import control
from hearth_protocol.errors import MalformedFrame
from hearth_protocol.kernels.scan import CONTROL
from hearth_protocol.limits import HOLD_NONE, HOT_MARK, KIND_SNAPSHOT
from hearth_protocol.pose import Pose, encode_pose
from hearth_protocol.quantize import State

#: Poses sent to learn the time: odd gaps, so that they meet ticks at every phase.
POSES = 48
GAP_S = 0.037
TIMEOUT_S = 10.0
SNAPSHOT_START = bytes([HOT_MARK, KIND_SNAPSHOT])
#: server_ms, last_seq, hold_ms, from byte 8 of a snapshot.
SNAPSHOT_TIMES = struct.Struct("<IHH")
#: A node that is still warming up is waited for.
STARTING_S = 60.0


@dataclass(frozen=True)
class Report:
    """What the scout brings back."""

    welcome: control.Welcome
    server: ServerClock


def explore(
    target: Target,
    room: str,
    now: Callable[[], float] = clock.monotonic_s,
    features: tuple[str, ...] = (),
) -> Report:
    """Join a room, ask the time, leave.

    Args:
        target: The node.
        room: Which room.
        now: Local time.
        features: What to offer; `welcome` says which of them the node speaks too.

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
    url, ticket = target.socket_url(str(answer["url"])), str(answer["ticket"])
    entry = Entry(Door(url, ticket, features=features))
    try:
        with socket.create_connection((target.host, target.port), TIMEOUT_S) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.sendall(entry.opening)
            while (welcome := entry.welcome) is None:
                data = sock.recv(65536)
                if not data and entry.failure is None:
                    raise TargetFault(f"{target.origin}: closed while entering")
                sock.sendall(entry.feed(data))
                if entry.failure is not None:
                    raise TargetFault(f"{target.origin}: {entry.failure}")
            server = _ask_the_time(sock, welcome, entry.rest, now)
            sock.sendall(message_frame(control.Leave()))
            sock.sendall(close_frame())
    except (OSError, MalformedFrame) as fault:
        raise TargetFault(f"{target.origin}: {fault}") from fault
    return Report(welcome, server)


def _ask_the_time(
    sock: socket.socket, welcome: control.Welcome, rest: bytes, now: Callable[[], float]
) -> ServerClock:
    """Send poses and learn from the headers of snapshots when they arrived there."""
    server = ServerClock()
    cutter = FrameCutter(rest)
    sent_s: dict[int, float] = {}
    begin_s = now()
    while len(sent_s) < POSES:
        due_s = begin_s + len(sent_s) * GAP_S
        if now() >= due_s:
            seq = len(sent_s) + 1
            frame = client_frame(Opcode.BINARY, _standing(welcome, seq))
            sent_s[seq] = now()
            sock.sendall(frame)
        sock.settimeout(max(0.001, due_s + GAP_S - now()))
        try:
            data = sock.recv(65536)
        except TimeoutError:
            continue
        if not data:
            raise TargetFault("closed while asking the time")
        received_s = now()
        cutter.add(data)
        while (found := cutter.next_frame()) is not None:
            _learn(server, found, sent_s, received_s)
    sock.settimeout(TIMEOUT_S)
    if not server.samples:
        raise TargetFault("the node sent no snapshots")
    return server


def _standing(welcome: control.Welcome, seq: int) -> bytes:
    """A pose of somebody who stands where they came in, hands out of sight."""
    x, y, z = welcome.spawn.position
    turn = (0.0, 0.0, 0.0, 1.0)
    numbers = (x, y + 1.6, z, *turn, x, y + 1.0, z, *turn, x, y + 1.0, z, *turn)
    return encode_pose(Pose(seq, welcome.participant, 0, welcome.tick, State(), numbers))


def _learn(
    server: ServerClock, found: tuple[int, bytes], sent_s: dict[int, float], received_s: float
) -> None:
    """Take the time out of a snapshot; anything else only matters when it is the end."""
    opcode, payload = found
    if payload[:2] != SNAPSHOT_START:
        reply = reply_to(CONTROL if opcode == Opcode.BINARY else opcode, payload)
        if reply.over is not None:
            raise TargetFault(f"closed while asking the time: {reply.over}")
        return
    server_ms, last_seq, hold_ms = SNAPSHOT_TIMES.unpack_from(payload, 8)
    if hold_ms != HOLD_NONE and last_seq in sent_s:
        server.add(sent_s[last_seq], received_s, server_ms, hold_ms)
