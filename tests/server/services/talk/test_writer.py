"""Lines are kept in batches, each exactly once, and one that cannot be kept fails alone."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from hearth_server.community.talk import Line, NewLine
from hearth_server.errors import Refusal
from hearth_server.services.talk.writer import LineWriter
from tests.support.groups import town

pytestmark = pytest.mark.asyncio


def new(group_id: str, author_id: str, key: str) -> NewLine:
    return NewLine(group_id, author_id, key, f"text {key}", 1)


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
