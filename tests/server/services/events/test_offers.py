"""Places are given on in time: offers run out, no-shows let go, and a start catches up."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from hearth_server.community.events.records import Doors
from hearth_server.community.spans import DAY_MS, HOUR_MS, MINUTE_MS
from hearth_server.services.events.offers import Offers
from hearth_server.services.events.waiting import WaitingRooms
from tests.support.evening import evening
from tests.support.events import day, go_to

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("before_ms", "kept_ms"),
    [
        (DAY_MS + HOUR_MS, 12 * HOUR_MS),
        (3 * HOUR_MS, 10 * MINUTE_MS),
        (10 * MINUTE_MS, MINUTE_MS),
    ],
)
async def test_an_offer_is_kept_for_so_long_and_then_goes_to_the_next(
    tmp_path: Path, before_ms: int, kept_ms: int
) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", capacity=1) as it:
        here = it.here
        for name in ("Ada", "Bo", "Cy"):
            await it.go(name)
        await go_to(here, before_ms / 1000)
        await it.offers.look()
        await here.do("Ada", "DELETE", day(it.event, "/rsvp"))
        await it.offers.look()
        here.node.clock.advance((kept_ms - 1000) / 1000)
        await it.offers.look()
        assert await it.states("Bo", "Cy") == ["offered", "waiting"]
        here.node.clock.advance(1)
        await it.offers.look()
        assert await it.states("Bo", "Cy") == ["released", "offered"]
        refused = await here.refused("Bo", "POST", day(it.event, "/rsvp/accept"))
        assert refused == (409, "no_offer")
        # Whoever missed it may answer again, and waits behind the others.
        assert (await it.go("Bo"))["position"] == 1
        await here.do("Cy", "POST", day(it.event, "/rsvp/accept"))
        assert await it.state("Cy") == "going"


async def test_a_restart_in_the_middle_of_an_offer_loses_nothing(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", capacity=1) as it:
        here = it.here
        for name in ("Ada", "Bo", "Cy"):
            await it.go(name)
        await go_to(here, 3 * 3600)
        await here.do("Ada", "DELETE", day(it.event, "/rsvp"))
        # Another node comes up an hour later: it was in no one's memory that an offer ran.
        here.node.clock.advance(3600)
        await Offers(here.node.services).look()
        assert await it.states("Bo", "Cy") == ["released", "offered"]
        # And one that comes up in time leaves it as it is.
        here.node.clock.advance(60)
        await Offers(here.node.services).look()
        assert await it.states("Bo", "Cy") == ["released", "offered"]


async def test_more_room_is_offered_by_itself(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", capacity=1) as it:
        for name in ("Ada", "Bo", "Cy"):
            await it.go(name)
        await it.offers.look()
        async with it.here.node.services.store.writing() as tx:
            assert await tx.events.save(replace(it.event, capacity=2), 1, None)
        it.here.node.clock.advance(60)
        await it.offers.look()
        assert await it.states("Ada", "Bo", "Cy") == ["going", "offered", "waiting"]


async def test_five_minutes_after_the_start_places_of_those_who_did_not_come_go_on(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", "Di", capacity=2) as it:
        here = it.here
        for name in ("Ada", "Bo", "Cy", "Di"):
            await it.go(name, attendance=True)
        await it.begin()
        assert await it.join("Ada") == "in"
        assert await it.join("Cy") == "gathering_waits"
        await it.offers.look()
        await go_to(here, -299)
        it.rooms.change(it.room, state="live", began_ms=here.node.now_ms)
        await it.offers.look()
        assert await it.state("Bo") == "going"
        here.node.clock.advance(1)
        here.node.clock.advance(5)
        await it.offers.look()
        await it.offers.look()
        assert await it.states("Ada", "Bo", "Cy", "Di") == [
            "going",
            "released",
            "offered",
            "waiting",
        ]
        assert await it.join("Bo") == "gathering_waits"
        assert await it.join("Cy") == "in"
        assert await it.state("Cy") == "going"
        # That Ada came is kept, as she wished; nothing is of the others.
        came = await here.get("Robin", day(it.event, "/attendance"))
        assert [each["person"]["name"] for each in came["items"]] == ["Ada"]


async def test_a_lost_line_is_no_reason_to_lose_ones_place_at_once(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada") as it:
        clock = it.here.node.clock
        await it.go("Ada")
        await it.begin()
        assert await it.join("Ada") == "in"
        await go_to(it.here, -600)
        await it.offers.look()
        it.leave("Ada")
        clock.advance(115)
        await it.offers.look()
        assert await it.state("Ada") == "going"
        clock.advance(5)
        await it.offers.look()
        assert await it.state("Ada") == "released"
        # There is room: she simply comes in again.
        assert await it.join("Ada") == "in"
        assert await it.state("Ada") == "going"


async def test_whoever_stands_before_a_closed_door_did_come(tmp_path: Path) -> None:
    doors = Doors("host_present")
    async with evening(tmp_path, "Ada", doors=doors) as it:
        await it.go("Ada")
        await it.begin()
        await go_to(it.here, -400)
        await it.wait("Ada")
        await it.offers.look()
        assert await it.state("Ada") == "going"
        it.here.node.clock.advance(31)
        await it.offers.look()
        assert await it.state("Ada") == "released"


async def test_after_a_start_nobody_is_taken_for_absent_before_they_can_be_back(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada") as it:
        services = it.here.node.services
        await it.go("Ada")
        await it.begin(-900, state="live")
        services.waiting = WaitingRooms(services.clock)
        offers = Offers(services)
        await offers.look()
        it.here.node.clock.advance(110)
        await offers.look()
        assert await it.state("Ada") == "going"
        it.here.node.clock.advance(10)
        await offers.look()
        assert await it.state("Ada") == "released"


async def test_after_a_start_late_comers_who_were_in_come_back(tmp_path: Path) -> None:
    doors = Doors(late_min=5)
    async with evening(tmp_path, "Ada", "Bo", doors=doors) as it:
        services = it.here.node.services
        await it.go("Ada")
        await it.begin()
        assert await it.join("Ada") == "in"
        await go_to(it.here, -900)
        it.rooms.change(it.room, state="live", began_ms=it.here.node.now_ms - 900_000)
        it.leave("Ada")
        services.waiting = WaitingRooms(services.clock)
        assert await it.join("Bo") == "gathering_waits"
        assert await it.join("Ada") == "in"


async def test_what_is_over_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", capacity=1) as it:
        for name in ("Ada", "Bo", "Cy"):
            await it.go(name)
        await it.here.do("Ada", "DELETE", day(it.event, "/rsvp"))
        await go_to(it.here, -3700)
        await it.offers.look()
        assert await it.states("Bo", "Cy") == ["none", "none"]
        async with it.here.node.services.store.reading() as tx:
            assert await tx.rsvps.with_waiting() == []


async def test_whoever_was_in_the_room_before_takes_a_place_or_waits_like_the_others(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", capacity=2) as it:
        await it.go("Ada")
        await go_to(it.here, 1200)
        for name in ("Bo", "Cy", "Robin"):
            assert await it.join(name) == "in"
        await it.begin()
        await it.offers.look()
        found = await it.states("Bo", "Cy", "Robin")
        assert sorted(found[:2]) == ["going", "none"]
        assert found[2] == "none"
        out = "Bo" if found[0] == "none" else "Cy"
        ((who, _, text),) = it.rooms.out
        assert who == it.here.id(out)
        assert text == "Slow Flow begins here. You may wait at its door."


async def test_whoever_lost_their_place_but_not_their_seat_is_counted_again(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", capacity=1) as it:
        await it.begin()
        assert await it.join("Ada") == "in"
        async with it.here.node.services.store.writing() as tx:
            await tx.rsvps.drop(it.key, it.here.id("Ada"))
        await it.offers.look()
        assert await it.state("Ada") == "going"
        assert await it.join("Bo") == "gathering_waits"
        assert it.rooms.out == []


async def test_the_task_gives_places_on_by_itself(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", capacity=1) as it:
        await it.go("Ada")
        await it.go("Bo")
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(it.offers.run())
            async with it.here.node.services.store.writing() as tx:
                await tx.rsvps.drop(it.key, it.here.id("Ada"))
            it.here.node.services.due.put(it.key)
            async with asyncio.timeout(10):
                while await it.state("Bo") != "offered":  # noqa: ASYNC110  # the task is real
                    await asyncio.sleep(0.01)
            working.cancel()
