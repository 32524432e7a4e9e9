"""A group in which plans are made: its owner, a host, a member, and somebody from outside."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from hearth_server.community.permissions import Role
from tests.support.groups import JSON, Town, town


def cue(name: str, seconds: float = 30, **rest: Any) -> JSON:
    return {"id": name, "seconds": seconds, **rest}


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, "Ada", "Bo", "Cleo", "Dara") as built:
        yield built


@pytest_asyncio.fixture
async def group(here: Town) -> str:
    """Ada's group; Bo hosts, Cleo is a member, Dara is nothing there."""
    started = await here.start("Ada", visibility="unlisted", joining="open")
    slug = str(started["group"]["slug"])
    for name in ("Bo", "Cleo"):
        await here.join(name, slug)
    await here.give(started["group"]["id"], "Bo", Role.HOST)
    return slug
