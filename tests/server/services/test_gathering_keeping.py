"""What rooms said of a gathering is written in the end, if not the first time it is tried."""

from pathlib import Path

import pytest

from hearth_server.community.events.runs import RunKept
from hearth_server.store.runs import SqlRuns
from tests.server.services.test_gatherings import stage
from tests.support.events import go_to

pytestmark = pytest.mark.asyncio


async def test_a_gathering_that_ended_while_the_disk_was_full_is_over_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path) as at:
        await go_to(at.it.here, 0)
        await at.look()
        put = SqlRuns.put

        async def full(_: SqlRuns, __: RunKept, /) -> None:
            raise OSError("no space left")

        monkeypatch.setattr(SqlRuns, "put", full)
        at.rooms.end_gathering(*at.it.key, "It is over.")
        await at.gatherings.keeper.flush()
        monkeypatch.setattr(SqlRuns, "put", put)
        kept = await at.run()
        assert kept is not None
        assert kept.state == "doors"
        await at.gatherings.keeper.flush()
        kept = await at.run()
        assert kept is not None
        assert kept.state == "ended"


async def test_what_became_of_an_event_that_is_gone_is_let_go(tmp_path: Path) -> None:
    async with stage(tmp_path) as at:
        await go_to(at.it.here, 0)
        await at.look()
        async with at.it.here.node.services.store.writing() as tx:
            await tx.events.drop(at.it.event.id)
        at.rooms.end_gathering(*at.it.key, "It is over.")
        await at.gatherings.keeper.flush()
        assert not at.gatherings.keeper._runs
        assert await at.run() is None
