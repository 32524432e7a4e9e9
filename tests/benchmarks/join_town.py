"""A town for measuring joins: one group, a room for two hundred, members with sessions, a crowd.

The crowd comes in and moves from a process of its own, through the load generator's compiled
plane, so that measuring does not wait for it.
"""

import http.client
import json
import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import Insert, insert

from hearth_loadtest import clock
from hearth_loadtest.casting import Company, Pulse, Stage, build_crowd
from hearth_loadtest.clock import ServerClock
from hearth_loadtest.entry import Door, Entry, reply_to
from hearth_loadtest.environment import many_files
from hearth_loadtest.placement import Ground
from hearth_loadtest.plane import BotPlane, Message
from hearth_loadtest.scenario import load_scenario
from hearth_protocol.control import Welcome
from hearth_protocol.kernels.bots import SNAPSHOTS
from hearth_server.clock import wall_s
from hearth_server.community.permissions import Role
from hearth_server.ids import new_id
from hearth_server.store import tables as t
from hearth_server.store.engine import Database, database_url
from hearth_server.tokens import digest_of, fresh_token
from tests.support.groups import API, town

CAPACITY = 200
POSES_HZ = 20.0
HOUR_MS = 3_600_000
LINES = 60
#: So many of those who come later have blocked somebody who is there.
ONE_BLOCKS_OF = 4


@dataclass(frozen=True)
class JoinTown:
    """A group's room, and the session tokens of its owner, of those there, of those who come."""

    group: str
    room: str
    owner: str
    present: tuple[str, ...]
    coming: tuple[str, ...]


@dataclass(frozen=True)
class Hall:
    """The room they meet in."""

    template: str = "gallery"
    size: str = "large"
    capacity: int = CAPACITY


@dataclass(frozen=True)
class Life:
    """What a crowd does besides being there: how it moves, what it understands, what it says."""

    scenario: str = "plaza"
    features: tuple[str, ...] = ("channel",)
    #: Whole frames, of which each is sent by somebody so many times a second.
    says: tuple[tuple[bytes, float], ...] = ()


@dataclass(frozen=True)
class Pace:
    """What the crowd has sent and been sent so far."""

    at_s: float
    poses: int
    snapshots: int


# --- filling -----------------------------------------------------------------------------------


async def settle(folder: Path, present: int, coming: int, hall: Hall = Hall()) -> JoinTown:
    """Make the database: members, their sessions, a channel with something in it."""
    async with town(folder, "Robin") as here:
        group = str(
            (await here.start("Robin", name="Evening circle", template=hall.template))["group"][
                "id"
            ]
        )
        room = (await here.get("Robin", f"/groups/{group}/rooms"))["items"][0]["id"]
        door = await here.get("Robin", f"/rooms/{room}")
        change = {"version": door["version"], "capacity": hall.capacity}
        door = await here.do("Robin", "PATCH", f"/rooms/{room}", change)
        design = {"version": door["version"], "design": door["design"] | {"size": hall.size}}
        await here.do("Robin", "PUT", f"/rooms/{room}/design", design)
        owner = here.tokens["Robin"]
    ids = [new_id() for _ in range(present + coming)]
    tokens = [fresh_token() for _ in ids]
    database = Database(database_url(None, folder))
    async with database.writing() as db:
        for statement, rows in _rows(group, room, ids, tokens, present):
            await db.execute(statement, rows)
        members = t.groups.update().where(t.groups.c.id == group)
        await db.execute(members.values(members=len(ids) + 1))
    await database.close()
    return JoinTown(group, room, owner, tuple(tokens[:present]), tuple(tokens[present:]))


def _rows(
    group: str, room: str, ids: list[str], tokens: list[str], present: int
) -> Iterator[tuple[Insert, list[dict[str, Any]]]]:
    """Yield what to insert. Sessions were last used an hour ago, so that their use is noted."""
    now_ms = round(wall_s() * 1000)
    yield (
        insert(t.accounts),
        [
            {"id": each, "handle": f"h{n}", "name": f"Person {n}", "created_ms": now_ms}
            for n, each in enumerate(ids)
        ],
    )
    yield (
        insert(t.memberships),
        [
            {
                "group_id": group,
                "account_id": each,
                "role": str(Role.MEMBER),
                "joined_ms": now_ms,
                "signed_version": 1,
            }
            for each in ids
        ],
    )
    yield (
        insert(t.sessions),
        [
            {
                "id": new_id(),
                "account_id": each,
                "token_hash": digest_of(token),
                "created_ms": now_ms - HOUR_MS,
                "seen_ms": now_ms - HOUR_MS,
                "expires_ms": now_ms + 24 * HOUR_MS,
            }
            for each, token in zip(ids, tokens, strict=True)
        ],
    )
    yield (
        insert(t.blocks),
        [
            {"account_id": each, "blocked_id": ids[n % present], "created_ms": now_ms}
            for n, each in enumerate(ids[present::ONE_BLOCKS_OF])
        ],
    )
    yield (
        insert(t.lines),
        [
            {
                "group_id": group,
                "author_id": ids[n % len(ids)],
                "room_id": room if n % 2 else None,
                "key": f"k{n}",
                "text": f"Line {n} of what was said before.",
                "created_ms": now_ms - LINES + n,
            }
            for n in range(LINES)
        ],
    )


# --- a way in ----------------------------------------------------------------------------------


def ticket_for(address: tuple[str, int], room: str, token: str) -> dict[str, Any]:
    """Ask for a ticket on a fresh connection, as a click does that has none open.

    Raises:
        RuntimeError: the node does not give one.
    """
    headers = {"cookie": f"hearth_session={token}", "content-type": "application/json"}
    connection = http.client.HTTPConnection(*address)
    connection.request("POST", f"{API}/rooms/{room}/join", b'{"device":"vr"}', headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{response.status} {body[:200]!r}")
    return dict(json.loads(body))


def welcomed(
    address: tuple[str, int], ticket: dict[str, Any], features: tuple[str, ...] = ("channel",)
) -> tuple[socket.socket, Entry]:
    """Upgrade, say hello, and return once the welcome is there.

    Raises:
        RuntimeError: the node does not welcome.
    """
    host, port = address
    line = socket.create_connection(address, timeout=10.0)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    url = f"ws://{host}:{port}{ticket['url']}"
    entry = Entry(Door(url, ticket["ticket"], "vr", features))
    line.sendall(entry.opening)
    while entry.participant is None:
        data = line.recv(1 << 16)
        answer = entry.feed(data)
        if answer:
            line.sendall(answer)
        if not data or entry.failure is not None:
            raise RuntimeError(entry.failure or "the node hung up")
    return line, entry


# --- the crowd ---------------------------------------------------------------------------------


class Crowd:
    """People in a room, in a process of their own."""

    def __init__(self, line: Connection) -> None:
        self._line = line

    def pace(self) -> Pace:
        """Ask what was sent and received so far.

        Raises:
            RuntimeError: somebody of the crowd is not there any more.
        """
        self._line.send("pace")
        told = self._line.recv()
        if not isinstance(told, Pace):
            raise RuntimeError(str(told))
        return told


@contextmanager
def crowd(address: tuple[str, int], here: JoinTown, life: Life = Life()) -> Iterator[Crowd]:
    """Let everybody come who is to be present, and move about."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=_live, args=(theirs, address, here, life), daemon=True)
    process.start()
    try:
        if ours.recv() != "here":
            raise RuntimeError("the crowd did not come")
        yield Crowd(ours)
        ours.send("leave")
    finally:
        process.join(timeout=10)
        if process.is_alive():
            process.kill()


def _live(line: Connection, address: tuple[str, int], here: JoinTown, life: Life) -> None:
    """Come, move until told to leave; runs in the crowd's process."""
    many_files()
    people = len(here.present)
    sockets: list[socket.socket] = []
    plane: BotPlane | None = None
    for row, token in enumerate(here.present):
        sock, entry = welcomed(address, ticket_for(address, here.room, token), life.features)
        sock.setblocking(False)
        sockets.append(sock)
        if plane is None:
            assert entry.welcome is not None
            plane = _plane(people, entry.welcome, life.scenario)
        plane.add(row, entry.participant or 0, sock.fileno())
        _answer(plane, plane.follow(row, entry.rest))
        _move(plane)
    assert plane is not None
    line.send("here")
    talk = _Talk(life, people)
    while True:
        _move(plane)
        talk.go_on(plane)
        if line.poll(max(0.0, plane.next_due_s - clock.monotonic_s())):
            if line.recv() == "leave":
                return
            gone = len(plane.ended)
            heard = int(plane.streams[:, SNAPSHOTS].sum())
            pace = Pace(time.perf_counter(), plane.sent, heard)
            line.send(f"{gone} of the crowd are gone" if gone else pace)


class _Talk:
    """Sends what the crowd says, each time by the next of them."""

    def __init__(self, life: Life, people: int) -> None:
        self._says = life.says
        self._people = people
        self._next_s = [clock.monotonic_s()] * len(life.says)
        self._turn = 0

    def go_on(self, plane: BotPlane) -> None:
        """Send what is due."""
        now_s = clock.monotonic_s()
        for number, (frame, rate_hz) in enumerate(self._says):
            while self._next_s[number] <= now_s:
                self._next_s[number] += 1.0 / rate_hz
                self._turn += 1
                plane.interject(self._turn % self._people, frame)


def _plane(people: int, welcome: Welcome, scenario: str) -> BotPlane:
    low, high = welcome.room.bounds.min, welcome.room.bounds.max
    ground = Ground(low[0], low[2], high[0], high[2], 1000.0)
    company, pulse = Company(people, 1, 1, 1), Pulse(POSES_HZ)
    motion = build_crowd(company, Stage(load_scenario(scenario), ground), pulse)
    now_s = clock.monotonic_s()
    server = ServerClock(welcome.server_ms - now_s * 1000.0)
    plane = BotPlane(motion, company.rows_of(0), pulse, server)
    plane.begin(now_s, now_s)
    return plane


def _move(plane: BotPlane) -> None:
    """Take the turns that are due."""
    while (now_s := clock.monotonic_s()) >= plane.next_due_s:
        _answer(plane, plane.take_turn(now_s))


def _answer(plane: BotPlane, messages: list[Message]) -> None:
    for row, kind, payload in messages:
        # The payloads of rosters and lines are many and long, and need no answer.
        if len(payload) < 128:
            reply = reply_to(kind, payload)
            if reply.answer:
                plane.interject(row, reply.answer)
            if reply.over:
                plane.ended.append(row)
