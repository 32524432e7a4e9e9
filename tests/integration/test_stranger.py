"""Strangers meet on a real node: what WIRE.md promises is what `hearth serve` does."""

import ast
import asyncio
import contextlib
import math
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.integration.stranger import Stranger, ask_to_join
from tests.integration.stranger_hot import (
    Place,
    Pose,
    Quaternion,
    State,
    Update,
    Vector,
    quaternion_of,
)
from tests.support.node import Node, running_node

ROOT = Path(__file__).parents[2]
ROOM = "campfire"
POSES = 60  # three seconds at 20 Hz
WITHIN_M = 0.001
WITHIN_DEGREES = 0.2
WITHIN_MS = 5.0


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with running_node(tmp_path_factory.mktemp("data")) as running:
        yield running


class Gathering:
    """Strangers who are here; somebody listens for each of them."""

    def __init__(self, node: Node, listeners: asyncio.TaskGroup) -> None:
        self._node = node
        self._listeners = listeners
        self.guests: list[Stranger] = []

    async def enter(self, name: str) -> Stranger:
        admission = await asyncio.to_thread(ask_to_join, self._node.url, ROOM, name)
        return self._listen(await Stranger.enter(admission["url"], ticket=admission["ticket"]))

    async def come_back(self, lost: Stranger) -> Stranger:
        return self._listen(await Stranger.enter(lost.url, resume=lost.resume))

    async def part(self) -> None:
        for guest in self.guests:
            with contextlib.suppress(ConnectionClosed):  # gone already
                await guest.tell(t="leave")
            await guest.socket.wait_closed()

    def _listen(self, guest: Stranger) -> Stranger:
        self.guests.append(guest)
        self._listeners.create_task(guest.listen())
        return guest


@contextlib.asynccontextmanager
async def gathering(node: Node) -> AsyncIterator[Gathering]:
    async with asyncio.TaskGroup() as listeners:
        people = Gathering(node, listeners)
        try:
            yield people
        finally:
            await people.part()


def turned(yaw: float, pitch: float, roll: float) -> Quaternion:
    """Turn about y, then x, then z."""
    (sy, cy), (sx, cx), (sz, cz) = (
        (math.sin(angle / 2), math.cos(angle / 2)) for angle in (yaw, pitch, roll)
    )
    return (
        cy * sx * cz + sy * cx * sz,
        sy * cx * cz - cy * sx * sz,
        cy * cx * sz - sy * sx * cz,
        cy * cx * cz + sy * sx * sz,
    )


def shifted(base: Vector, x: float, y: float, z: float) -> Vector:
    return (base[0] + x, base[1] + y, base[2] + z)


def dance(guest: Stranger, step: int) -> Pose:
    """Walk a small circle from the spawn place, nod, wave, and change hands now and then."""
    x, y, z = guest.welcome["spawn"]["position"]
    angle = step * 0.1 + guest.me
    head = (
        x + 0.4 * math.cos(angle) - 0.4 * math.cos(guest.me),
        y + 1.6 + 0.1 * math.sin(3 * angle),
        z + 0.4 * math.sin(angle) - 0.4 * math.sin(guest.me),
    )
    third = step // 20
    state = State(
        posture=third % 2,
        left_tracked=True,
        right_tracked=third != 1,
        left_gesture=third + 1,
        right_gesture=7 - third,
        away=third == 2,
    )
    return Pose(
        (head, turned(angle, 0.5 * math.sin(angle), 0.2 * math.cos(2 * angle))),
        (shifted(head, -0.3, -0.4, -0.3 * math.sin(angle)), turned(2 * angle, 1.0, angle)),
        (shifted(head, 0.3, -0.3 * math.cos(angle), -0.4), turned(-angle, angle, 0.7)),
        state,
    )


async def act(steps: range, *guests: Stranger) -> None:
    """Send a pose of each every tick interval, steadily."""
    loop = asyncio.get_running_loop()
    next_at = loop.time()
    for step in steps:
        for guest in guests:
            await guest.pose(dance(guest, step))
        next_at += 1 / guests[0].welcome["tick_hz"]
        await asyncio.sleep(next_at - loop.time())


def updates_of(watcher: Stranger, subject: Stranger) -> list[Update]:
    return [
        update
        for snapshot in watcher.snapshots
        for update in snapshot.updates
        if update.told.id == subject.me
    ]


def metres_off(place: Place, sent: tuple[Vector, Quaternion]) -> float:
    return math.dist([value / 1000 for value in place.mm], sent[0])


def degrees_off(place: Place, sent: tuple[Vector, Quaternion]) -> float:
    seen = quaternion_of(place.rotation)
    norm = math.hypot(*sent[1])
    # the chord between two unit quaternions, for an arc cosine is blind near 1
    chord = min(math.dist(seen, [sign * value / norm for value in sent[1]]) for sign in (1.0, -1.0))
    return math.degrees(4 * math.asin(min(1.0, chord / 2)))


def sent_at(subject: Stranger, captured_ms: int) -> Pose | None:
    """Find the pose captured then; ages are told in units of 2 ms."""
    for off_ms in (0, 1, -1):
        if captured_ms + off_ms in subject.sent:
            return subject.sent[captured_ms + off_ms]
    return None


def compare(watcher: Stranger, subject: Stranger) -> int:
    """Hold everything the watcher was told of the subject against what it sent; count samples."""
    compared = 0
    for update in updates_of(watcher, subject):
        pose = sent_at(subject, update.captured_ms)
        if pose is None:  # captured before the clock was known
            continue
        compared += 1
        told = update.told
        assert State.of(told.state) == pose.state
        places = [(told.head, pose.head)]
        if update.code >> 2:
            if pose.state.left_tracked and told.left is not None:
                places.append((told.left, pose.left))
            if pose.state.right_tracked and told.right is not None:
                places.append((told.right, pose.right))
        for seen, sent in places:
            assert metres_off(seen, sent) <= WITHIN_M
            assert degrees_off(seen, sent) <= WITHIN_DEGREES
    return compared


def test_the_client_is_a_strangers() -> None:
    allowed = {"websockets", "msgpack", "tests", *sys.stdlib_module_names}
    for file in Path(__file__).parent.glob("stranger*.py"):
        imported = {
            name.split(".")[0]
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names]
            )
        }
        assert imported <= allowed
    listing = "import sys, tests.integration.stranger; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", listing], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "tests.integration.stranger_hot" in loaded
    assert [module for module in loaded if module.startswith("hearth")] == []


@pytest.mark.asyncio
async def test_two_strangers_see_each_other_as_they_are(node: Node) -> None:
    async with gathering(node) as people:
        ash, bjork = await people.enter("Ash"), await people.enter("Björk")
        await act(range(POSES), ash, bjork)
        for watcher, subject, name in ((ash, bjork, "Björk"), (bjork, ash, "Ash")):
            assert watcher.people[subject.me]["name"] == name
            assert watcher.people[subject.me]["device"] == "vr"
            assert watcher.people[watcher.me]["pattern"] == 2
            assert compare(watcher, subject) >= POSES / 2
            hands = {update.code >> 2 for update in updates_of(watcher, subject)}
            assert {2, 3} <= hands  # told in full, and as differences
        assert all(snapshot.correction is None for snapshot in ash.snapshots)


@pytest.mark.asyncio
async def test_clocks_agree(node: Node) -> None:
    async with gathering(node) as people:
        ash, bjork = await people.enter("Ash"), await people.enter("Björk")
        await act(range(40), ash, bjork)
        # A pong says what time it is when it is written: never later than when it arrives.
        latest_ms = -math.inf
        for attempt in range(10):
            client_ms = round(ash.clock.local_ms())
            await ash.tell(t="ping", id=attempt, client_ms=client_ms)
            pong = await ash.arrived("pong", id=attempt)
            latest_ms = max(latest_ms, pong["server_ms"] - ash.clock.local_ms())
            assert pong["client_ms"] == client_ms
        assert abs(ash.clock.offset_ms - latest_ms) <= WITHIN_MS
        # Both run on this machine's clock.
        assert abs(ash.clock.offset_ms - bjork.clock.offset_ms) <= WITHIN_MS
        assert -1 <= ash.clock.rtt_ms < 50


@pytest.mark.asyncio
async def test_a_chat_line_arrives(node: Node) -> None:
    async with gathering(node) as people:
        ash, bjork = await people.enter("Ash"), await people.enter("Björk")
        await act(range(10), bjork)
        await ash.tell(t="chat", rid=7, text="  góða kvöldið 🔥\n")
        await ash.arrived("ack", rid=7)
        line = await bjork.arrived("chat", text="góða kvöldið 🔥")
        assert line["from"] == ash.me
        assert line["name"] == "Ash"
        assert abs(line["at_ms"] - bjork.clock.server_ms()) < 1000
        assert await ash.arrived("chat", id=line["id"]) == line  # one's own comes back too
        await bjork.tell(t="react", kind="wave")
        for guest in (ash, bjork):
            assert (await guest.arrived("reaction", kind="wave"))["from"] == bjork.me


@pytest.mark.asyncio
async def test_a_visit_goes_on_after_a_lost_connection(node: Node) -> None:
    async with gathering(node) as people:
        ash, bjork = await people.enter("Ash"), await people.enter("Björk")
        await act(range(20), ash, bjork)
        ash.socket.transport.abort()
        await ash.until(lambda: ash.closed_with is not None)
        again = await people.come_back(ash)
        assert again.me == ash.me
        assert again.resume != ash.resume
        assert [message["t"] for message in again.messages[:2]] == ["welcome", "roster"]
        assert again.messages[1]["reset"] is True
        assert set(again.people) == {ash.me, bjork.me}
        assert ash.me not in bjork.left
        await act(range(20, 60), again, bjork)
        assert compare(bjork, again) >= 20
        assert compare(again, bjork) >= 20
        with pytest.raises(ConnectionClosed) as refused:
            await people.come_back(ash)  # with a token that was used
        assert refused.value.rcvd is not None
        assert refused.value.rcvd.code == 4403
        assert refused.value.rcvd.reason == "ticket_replayed"


@pytest.mark.asyncio
async def test_leaving_is_seen(node: Node) -> None:
    async with gathering(node) as people:
        ash, bjork = await people.enter("Ash"), await people.enter("Björk")
        await act(range(10), ash, bjork)
        await bjork.until(lambda: ash.me in {lane.id for lane in bjork.lanes.told.values()})
        await ash.tell(t="leave")
        await ash.until(lambda: ash.closed_with is not None)
        assert ash.closed_with == 1000
        assert (await ash.arrived("closing"))["reason"] == "normal"
        await bjork.until(lambda: ash.me in bjork.left)
        heard = len(bjork.snapshots)
        await act(range(10, 20), bjork)
        assert len(bjork.snapshots) > heard
        assert set(bjork.people) == {bjork.me}
        assert bjork.lanes.told == {}
        with pytest.raises(ConnectionClosed) as refused:
            await people.come_back(ash)
        assert refused.value.rcvd is not None
        assert refused.value.rcvd.code == 4401


@pytest.mark.asyncio
async def test_impossible_poses_are_put_right(node: Node) -> None:
    async with gathering(node) as people:
        ash = await people.enter("Ash")
        await act(range(3), ash)
        pose = dance(ash, 3)
        await ash.pose(replace(pose, head=((0.0, 100.0, 0.0), pose.head[1])))
        wrong = ash.seq
        await ash.until(lambda: any(snapshot.correction for snapshot in ash.snapshots))
        correction = next(shot.correction for shot in ash.snapshots if shot.correction)
        assert correction.seq == wrong
        assert correction.reason in (1, 2)
        bounds = ash.welcome["room"]["bounds"]
        assert bounds["min"][1] <= correction.position[1] <= bounds["max"][1]
        await ash.pose(replace(pose, head=(pose.head[0], (0.0, 0.0, 0.0, 0.0))))
        assert (await ash.arrived("error"))["code"] == "pose_rejected"
