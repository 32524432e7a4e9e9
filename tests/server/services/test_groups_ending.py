"""A mute for a time ends in the rooms by itself, and nothing is remembered of what is over."""

from pathlib import Path

import pytest

from hearth_server.services.moderation.ending import end_sanctions
from tests.support.groups import town

pytestmark = pytest.mark.asyncio


async def test_who_was_muted_for_a_time_gets_their_voice_back(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Sam") as here:
        group = (await here.start("Robin"))["group"]["id"]
        for name, minutes in (("Alex", 1), ("Sam", 5)):
            await here.join(name, group)
            body = {"account": here.id(name), "kind": "mute", "reason": "x", "minutes": minutes}
            await here.do("Robin", "POST", f"/groups/{group}/sanctions", body)
        here.rooms.standings.clear()
        services = here.node.services
        assert await end_sanctions(services) == 0
        here.node.clock.advance(61)
        assert await end_sanctions(services) == 1
        assert await end_sanctions(services) == 0
        (told,) = here.rooms.standings
        assert (told.account_id, "mute" in told.sanctions) == (here.id("Alex"), False)
        assert services.sanctions.kinds(group, here.id("Sam"), here.node.now_ms) == {"mute"}
