"""What somebody could get out of a calendar, a waiting list or a plan that is not theirs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hearth_server.community.events.runs import RunKept
from hearth_server.community.permissions import Role
from hearth_server.community.spans import DAY_MS
from tests.support.evening import Evening, evening
from tests.support.events import day, go_to
from tests.support.planning import Stage, planned

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with planned(tmp_path) as made:
        yield made


async def test_a_rule_that_reaches_beyond_every_calendar_is_planned_like_any_other(
    stage: Stage,
) -> None:
    rule = "FREQ=YEARLY;INTERVAL=78;COUNT=101"
    event = await stage.plan(starts="2199-12-31T23:59", zone="America/New_York", rule=rule)
    assert event["rule"] == rule
    look = {"starts": "2199-12-31T23:59", "zone": "UTC", "rule": rule}
    path = f"/groups/{stage.group}/events/preview"
    assert len((await stage.here.do("Robin", "POST", path, look))["items"]) == 1
    ics = await stage.here.ask("Robin", "GET", f"/events/{event['id']}/event.ics")
    assert ics.status_code == 200


async def test_the_place_on_a_waiting_list_does_not_count_who_is_apart(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", "Di", capacity=1) as it:
        here = it.here
        await it.go("Ada")
        await it.go("Bo")
        await here.do("Bo", "POST", "/me/blocks", {"account": here.id("Cy")})
        assert (await it.go("Cy"))["position"] == 1
        assert (await it.go("Di"))["position"] == 3
        shown = await here.get("Cy", day(it.event))
        assert (shown["waiting"], shown["mine"]["position"]) == (2, 1)
        mine = (await here.get("Cy", f"/groups/{it.group}/events?from_ms={_long_ago(it)}"))["items"]
        assert [each["mine"]["position"] for each in mine] == [1]
        assert (await it.wait("Cy"))["position"] == 1


def _long_ago(it: Evening) -> int:
    return it.here.node.now_ms - DAY_MS


async def test_taking_back_that_ones_coming_is_kept_forgets_that_one_came(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada") as it:
        await it.go("Ada", attendance=True)
        await it.begin()
        assert await it.join("Ada") == "in"
        await it.offers.look()
        assert (await it.here.get("Robin", day(it.event, "/attendance")))["items"]
        await it.go("Ada", attendance=False)
        async with it.here.node.services.store.reading() as tx:
            kept = await tx.rsvps.get(it.key, it.here.id("Ada"))
        assert kept is not None
        assert kept.came_ms is None


async def test_who_was_sent_away_before_the_doors_open_stays_so_for_its_time(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada") as it:
        clock = it.here.node.clock
        await it.wait("Ada")
        path = day(it.event, f"/waiting/{it.here.id('Ada')}")
        await it.here.do("Robin", "POST", path, {"admit": False})
        clock.advance(6)
        await it.offers.look()
        assert it.here.node.services.waiting.decided(it.key, it.here.id("Ada")) is False
        clock.advance(600)
        await it.offers.look()
        assert it.key not in it.here.node.services.waiting.known()


async def test_a_guest_reads_no_plan_of_what_is_in_another_room(stage: Stage) -> None:
    here = stage.here
    attic = await here.do(
        "Robin", "POST", f"/groups/{stage.group}/rooms", {"name": "Attic", "template": "studio"}
    )
    plan = await here.do(
        "Robin", "POST", f"/groups/{stage.group}/plans", {"starter": "morning-yoga"}
    )
    await stage.plan(room=attic["id"], plan=plan["id"])
    # Bo came by a guest link once, and has an account by now: no link leads to that room.
    await here.give(stage.group, "Bo", Role.GUEST)
    assert (await here.ask("Bo", "GET", f"/plans/{plan['id']}")).status_code == 403


async def test_another_zone_does_not_end_what_goes_on(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", rule="FREQ=WEEKLY;BYDAY=MO", until_ms=None) as it:
        await it.begin()
        change = {"version": 1, "zone": "Asia/Tokyo"}
        refused = await it.here.refused("Robin", "PATCH", f"/events/{it.event.id}", change)
        assert refused == (409, "event_running")


async def test_nobody_answers_to_days_of_years_to_come(stage: Stage) -> None:
    event = await stage.plan()
    path = f"/events/{event['id']}/occurrences/20280222T183000/rsvp"
    assert (await stage.here.refused("Bo", "PUT", path, {}))[0] == 422
    assert (await stage.here.ask("Bo", "GET", path.removesuffix("/rsvp"))).status_code == 200


async def test_a_co_host_takes_the_lead_from_nobody_on_a_page(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo") as it:
        here, path = it.here, f"/events/{it.event.id}"
        for name in ("Ada", "Bo"):
            await here.give(it.group, name, Role.HOST)
        made = await here.do("Robin", "PATCH", path, {"version": 1, "co_hosts": [here.id("Ada")]})
        await it.begin()
        for change in ({"host": here.id("Ada"), "co_hosts": []}, {"co_hosts": [here.id("Bo")]}):
            wish = {"version": made["version"], **change}
            assert await here.refused("Ada", "PATCH", path, wish) == (403, "not_allowed")
        await here.do("Ada", "PATCH", path, {"version": made["version"], "title": "Slow"})
        given = {"version": made["version"] + 1, "host": here.id("Ada"), "co_hosts": []}
        assert (await here.do("Robin", "PATCH", path, given))["host"]["name"] == "Ada"


async def test_who_came_and_did_not_let_it_be_kept_is_in_no_list_afterwards(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy") as it:
        await it.go("Ada", attendance=True)
        await it.go("Cy")
        await it.begin()
        for name in ("Ada", "Bo", "Cy"):
            assert await it.join(name) == "in"
        await it.offers.look()

        async def names() -> set[str]:
            rows = (await it.here.get("Robin", day(it.event, "/rsvps?limit=1")))["items"]
            rows += (await it.here.get("Robin", day(it.event, "/rsvps")))["items"]
            return {each["person"]["name"] for each in rows}

        assert await names() == {"Ada", "Bo", "Cy"}
        await go_to(it.here, -61 * 60)
        async with it.here.node.services.store.writing() as tx:
            now_ms = it.here.node.now_ms
            kept = RunKept(*it.key, it.room, "ended", {}, now_ms, now_ms, now_ms)
            await tx.runs.put(kept)
        assert await names() == {"Ada"}
