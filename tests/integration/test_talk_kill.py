"""A node is killed while people write: what it had acknowledged is there, and only once."""

import asyncio
import contextlib
from collections import Counter
from pathlib import Path

import pytest

from tests.support.channel import Group, calling, settled
from tests.support.node import Node, running_node

pytestmark = pytest.mark.asyncio

NAMES = ("Ada", "Bo", "Cleo", "Dana", "Emil", "Fritz", "Gus", "Hedy")
GONE = (OSError, asyncio.IncompleteReadError)


class Author:
    """Somebody who writes line after line, and remembers what they were told."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kept: dict[str, int] = {}
        self.unsure: list[str] = []
        self._count = 0

    async def write(self, url: str, group: Group) -> None:
        """Write until the node is gone; what was on its way then may or may not be kept."""
        with contextlib.suppress(*GONE):
            async with calling(url, group.tokens[self.name]) as caller:
                while True:
                    key = f"{self.name}-{self._count}"
                    self._count += 1
                    self.unsure.append(key)
                    self.kept[key] = await caller.say(group.id, key, f"words of {key}")
                    self.unsure.remove(key)

    async def make_sure(self, url: str, group: Group) -> None:
        """Send again what was not acknowledged, and some lines that were."""
        async with calling(url, group.tokens[self.name]) as caller:
            for key in self.unsure:
                self.kept[key] = await caller.say(group.id, key, f"words of {key}")
            self.unsure.clear()
            for key in list(self.kept)[-5:]:
                assert await caller.say(group.id, key, f"words of {key}") == self.kept[key]


async def killed_while(authors: list[Author], node: Node, group: Group, lines: int) -> None:
    """Kill the node once so many lines more are kept, in the middle of everybody's writing."""
    before = sum(len(author.kept) for author in authors)
    async with asyncio.TaskGroup() as tasks, asyncio.timeout(120):
        for author in authors:
            tasks.create_task(author.write(node.url, group))
        while sum(len(author.kept) for author in authors) < before + lines:  # noqa: ASYNC110
            await asyncio.sleep(0)
        node.process.kill()


async def test_acknowledged_lines_outlive_a_killed_node_exactly_once(tmp_path: Path) -> None:
    group = await settled(tmp_path, *NAMES)
    authors = [Author(name) for name in NAMES]
    interrupted = 0
    for lines in (150, 233):
        with running_node(tmp_path, "--no-voice") as node:
            await killed_while(authors, node, group, lines)
        interrupted += sum(len(author.unsure) for author in authors)
    assert interrupted > 0  # it was killed at work
    with running_node(tmp_path, "--no-voice") as node:
        async with calling(node.url, group.tokens["Ada"]) as reader:
            found = {str(line["key"]): line async for line in reader.history(group.id)}
        for author in authors:
            for key, line_id in author.kept.items():
                assert (found[key]["id"], found[key]["text"]) == (line_id, f"words of {key}")
        for author in authors:
            await author.make_sure(node.url, group)
        async with calling(node.url, group.tokens["Ada"]) as reader:
            after = Counter([str(line["key"]) async for line in reader.history(group.id)])
    everything = {key for author in authors for key in author.kept}
    assert after == Counter(everything)
