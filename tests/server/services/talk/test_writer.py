"""Lines are kept in batches, each exactly once, and one that cannot be kept fails alone."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from hearth_server.community.ports.talk import Window
from hearth_server.community.talk import Line, NewLine
from hearth_server.errors import Refusal
from hearth_server.services.live import RoomLine, Said
from hearth_server.services.talk.bundle import Talk
from hearth_server.services.talk.writer import LineWriter
from hearth_server.store.unit_of_work import SqlStore
from tests.support.groups import Town, town
from tests.support.listening import heard, listening

pytestmark = pytest.mark.asyncio


def new(group_id: str, author_id: str, key: str) -> NewLine:
    return NewLine(group_id, author_id, key, f"text {key}", 1)


class HeldCommits:
    """Commits of lines that wait to be let go; everything is written by then, nothing durable."""

    def __init__(self, here: Town) -> None:
        store = here.node.services.store
        assert isinstance(store, SqlStore)
        assert store.database._direct is not None
        self._loop = asyncio.get_running_loop()
        self._free = threading.Event()
        self._fails = False
        self.reached = asyncio.Event()
        event.listen(store.database._direct, "commit", self._hold)

    def _hold(self, _: Connection) -> None:
        # In the thread that keeps lines.
        self._loop.call_soon_threadsafe(self.reached.set)
        assert self._free.wait(30)
        if self._fails:
            raise OSError("no space left on device")

    def let_go(self, *, failing: bool) -> None:
        """Let commits happen, or fail."""
        self._fails = failing
        self._free.set()


async def idle() -> None:
    """Let everything run that can."""
    for _ in range(50):
        await asyncio.sleep(0)


@pytest.mark.parametrize("failing", [False, True])
async def test_nobody_is_told_that_a_line_is_kept_before_it_is(
    tmp_path: Path, failing: bool
) -> None:
    async with town(tmp_path, "Robin") as here:
        group_id = (await here.start("Robin"))["group"]["id"]
        store, held = here.node.services.store, HeldCommits(here)
        writer = LineWriter(store)
        async with asyncio.TaskGroup() as tasks:
            keeping = tasks.create_task(writer.keep(new(group_id, here.id("Robin"), "a")))
            await held.reached.wait()
            await idle()
            assert not keeping.done()
            held.let_go(failing=failing)
        assert isinstance(keeping.result(), Refusal if failing else Line)
        async with store.reading() as tx:
            kept = await tx.talk.read(group_id, Window(limit=10))
        assert [line.key for line in kept] == ([] if failing else ["a"])


@pytest.mark.parametrize("failing", [False, True])
async def test_no_room_is_told_that_a_line_is_kept_before_it_is(
    tmp_path: Path, failing: bool
) -> None:
    async with town(tmp_path, "Robin") as here:
        made = await here.start("Robin")
        talk, held = Talk(here.node.services), HeldCommits(here)
        robin = await listening(talk, here, "Robin")
        answers: list[RoomLine | Refusal] = []
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(talk.rooms.run())
            said = Said(made["room"]["id"], made["group"]["id"], here.id("Robin"), "k", "Hello")
            talk.rooms.say(said, answers.append)
            await held.reached.wait()
            await idle()
            assert answers == []
            assert await heard(robin) == []
            held.let_go(failing=failing)
            await talk.rooms.stop()
        assert [type(each) for each in answers] == [Refusal if failing else RoomLine]
        assert len(await heard(robin)) == (0 if failing else 1)


async def test_lines_that_come_together_share_commits(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        group_id = (await here.start("Robin"))["group"]["id"]
        writer = LineWriter(here.node.services.store)
        commits = 0
        in_one_go = here.node.services.store.keep_lines

        async def counted(lines: Sequence[NewLine], /) -> Sequence[Line | None]:
            nonlocal commits
            commits += 1
            return await in_one_go(lines)

        here.node.services.store.keep_lines = counted  # type: ignore[method-assign]
        posts = [writer.keep(new(group_id, here.id("Robin"), f"k{n}")) for n in range(120)]
        kept = await asyncio.gather(*posts)
        assert all(isinstance(line, Line) for line in kept)
        ids = [line.id for line in kept if isinstance(line, Line)]
        assert ids == sorted(set(ids))
        assert 1 <= commits <= 3


async def test_a_line_that_cannot_be_kept_fails_alone(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        group_id = (await here.start("Robin"))["group"]["id"]
        writer = LineWriter(here.node.services.store)
        kept = await asyncio.gather(
            writer.keep(new(group_id, here.id("Robin"), "a")),
            writer.keep(new("nosuchgroupnosuch", here.id("Robin"), "b")),
            writer.keep(new(group_id, "nosuchaccountnos", "c")),
            writer.keep(new(group_id, here.id("Robin"), "d")),
        )
        assert [isinstance(each, Refusal) for each in kept] == [False, True, True, False]


async def test_the_same_key_in_one_batch_is_one_line(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        group_id = (await here.start("Robin"))["group"]["id"]
        writer = LineWriter(here.node.services.store)
        same = [writer.keep(new(group_id, here.id("Robin"), "a")) for _ in range(5)]
        kept = await asyncio.gather(*same)
        assert len({line.id for line in kept if isinstance(line, Line)}) == 1


async def test_who_gives_up_takes_no_other_line_along(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        group_id = (await here.start("Robin"))["group"]["id"]
        writer = LineWriter(here.node.services.store)
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(writer.keep(new(group_id, here.id("Robin"), "a")))
            await asyncio.sleep(0)  # it commits now, for itself
            others = [
                tasks.create_task(writer.keep(new(group_id, here.id("Robin"), f"b{n}")))
                for n in range(3)
            ]
            await asyncio.sleep(0)
            first.cancel()
        assert all(isinstance(other.result(), Line) for other in others)
