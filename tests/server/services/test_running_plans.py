"""Plans of gatherings that go on: worked out once for each version, whatever else is written."""

import gc
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from hearth_server.community.plans.records import NO_PLAN, CueDraft, PlanRecord, PlanVersion
from hearth_server.services.gatherings.plans import RunningPlans
from tests.support.groups import Town, group_of, town

pytestmark = pytest.mark.asyncio
PLAN = "plan-aaaaaaaaaaaa"


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, "Robin") as opened:
        group, _ = await group_of(opened)
        cues = (CueDraft("sit", None, 60.0, "Sit."), CueDraft("lie", None, 60.0, "Lie."))
        async with opened.node.services.store.writing() as tx:
            await tx.plans.add(PlanRecord(PLAN, group, "Evening", 1, cues, None, 0), _first(cues))
        yield opened


def _first(cues: tuple[CueDraft, ...]) -> PlanVersion:
    return PlanVersion(1, None, "Evening", cues, "", None, 0)


async def rewrite(here: Town, title: str, seconds: float) -> None:
    """Keep another version of the plan."""
    async with here.node.services.store.writing() as tx:
        before = await tx.plans.get(PLAN)
        assert before is not None
        cues = (replace(before.cues[0], seconds=seconds), before.cues[1])
        number = before.version + 1
        changed = replace(before, title=title, cues=cues, version=number)
        made = PlanVersion(number, before.version, title, cues, "", None, 0)
        assert await tx.plans.save(changed, made, before.version)


async def test_it_is_the_same_plan_until_it_is_changed(here: Town) -> None:
    store, plans = here.node.services.store, RunningPlans()
    async with store.reading() as tx:
        first = await plans.get(tx, PLAN)
    await here.do("Robin", "PATCH", "/me", {"name": "Robin Red"})
    async with store.writing() as tx:
        await tx.plans.archive(PLAN, 1)  # which changes nothing of what it says
    async with store.reading() as tx:
        assert await plans.get(tx, PLAN) is first
    await rewrite(here, "Night", 90.0)
    async with store.reading() as tx:
        second = await plans.get(tx, PLAN)
        assert (second.version, second.title, second.ms) == (2, "Night", 150_000)
        assert await plans.get(tx, PLAN) is second
        # The one that a gathering began with is still what it was.
        assert await plans.get(tx, PLAN, 1) is first
        assert (first.version, first.title, first.ms) == (1, "Evening", 120_000)


async def test_a_version_that_is_kept_no_more_never_hides_the_next(here: Town) -> None:
    store, plans = here.node.services.store, RunningPlans()
    async with store.reading() as tx:
        newest = await plans.get(tx, PLAN, 2)
    assert newest.version == 1
    await rewrite(here, "Night", 90.0)
    async with store.reading() as tx:
        assert (await plans.get(tx, PLAN, 2)).title == "Night"


async def test_no_plan_is_none(here: Town) -> None:
    async with here.node.services.store.reading() as tx:
        assert await RunningPlans().get(tx, None) is NO_PLAN
        assert await RunningPlans().get(tx, "nothing") is NO_PLAN


async def test_nothing_stays_of_what_is_over(here: Town) -> None:
    plans = RunningPlans()
    async with here.node.services.store.reading() as tx:
        made = await plans.get(tx, PLAN)
        assert dict(plans._made) == {(PLAN, 1): made}
        del made
    gc.collect()
    assert not dict(plans._made)
