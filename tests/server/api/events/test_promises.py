"""What is promised to whoever answers: a seat, and what is kept of them once it is over."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hearth_server.community.events.records import Doors, Rsvp
from hearth_server.community.events.runs import RunKept, RunState
from hearth_server.community.permissions import Role
from hearth_server.services.events.attendance import Attendance
from hearth_server.services.events.offers import OVER_EVERY_S, Offers
from tests.server.api.events.test_parties import brings, come_by, link_of
from tests.support.evening import Evening, evening
from tests.support.events import day, go_to

pytestmark = pytest.mark.asyncio
MINUTE_MS = 60_000


async def holds(it: Evening, capacity: int) -> None:
    """Let the room hold so many."""
    async with it.here.node.services.store.writing() as tx:
        room = await tx.rooms.get(it.room)
        assert room is not None
        changed = replace(room, capacity=capacity, version=room.version + 1)
        assert await tx.rooms.save(changed, room.version)


async def co_hosts(it: Evening, *names: str) -> None:
    """Name co-hosts."""
    for name in names:
        await it.here.give(it.group, name, Role.HOST)
    it.event = replace(it.event, co_hosts=tuple(it.here.id(name) for name in names))
    async with it.here.node.services.store.writing() as tx:
        held = await tx.events.held(it.event.id)
        assert held is not None
        changed = replace(held, co_hosts=it.event.co_hosts, version=held.version + 1)
        assert await tx.events.save(changed, held.version, None)


async def moderators(it: Evening, *names: str) -> None:
    for name in names:
        await it.here.give(it.group, name, Role.MODERATOR)


async def goes_on(it: Evening, state: RunState) -> None:
    """Keep how far the evening got."""
    now_ms = it.here.node.now_ms
    ended_ms = now_ms if state == "ended" else None
    async with it.here.node.services.store.writing() as tx:
        await tx.runs.put(RunKept(*it.key, it.room, state, {}, now_ms, ended_ms, now_ms))
    it.rooms.change(it.room, state=state)


async def kept(it: Evening) -> Sequence[Rsvp]:
    async with it.here.node.services.store.reading() as tx:
        return await tx.rsvps.answers(it.key, ("going", "waiting", "offered", "released"))


async def mine(it: Evening, who: str) -> Any:
    return (await it.here.get(who, day(it.event)))["mine"]


# --- a seat ------------------------------------------------------------------------------------


async def test_whoever_answered_finds_a_seat_though_all_who_lead_came_first(
    tmp_path: Path,
) -> None:
    names = ("Ada", "Bo", "Cy", "Di", "Hal", "Mo", "Mi", "Ma")
    async with evening(tmp_path, *names, capacity=10) as it:
        await holds(it, 5)
        await co_hosts(it, "Hal")
        await moderators(it, "Mo", "Mi", "Ma")
        # A seat for the host, one for the co-host, and three that can be promised.
        assert (await it.here.get("Ada", day(it.event)))["capacity"] == 3
        answers = [(await it.go(name))["state"] for name in ("Ada", "Bo", "Cy", "Di")]
        assert answers == ["going", "going", "going", "waiting"]
        await it.begin()
        came = [await it.join(name) for name in ("Mo", "Mi", "Ma", "Hal", "Robin")]
        assert came == ["in", "in", "room_full", "in", "in"]
        assert await it.join("Di") == "gathering_waits"
        assert [await it.join(name) for name in ("Ada", "Bo", "Cy")] == ["in", "in", "in"]
        assert it.rooms.seats_taken(it.room) == 7
        assert await it.states("Robin", "Hal", "Mo", "Mi", "Ma") == ["none"] * 5


async def test_co_hosts_who_were_named_later_take_nobodys_seat(tmp_path: Path) -> None:
    names = ("Ada", "Bo", "Cy", "Hal", "Hel", "Hip", "Mo")
    async with evening(tmp_path, *names, capacity=3) as it:
        await holds(it, 4)
        for name in ("Ada", "Bo", "Cy"):
            assert (await it.go(name))["state"] == "going"
        await co_hosts(it, "Hal", "Hel", "Hip")
        await moderators(it, "Mo")
        await it.begin()
        came = [await it.join(name) for name in ("Hal", "Hel", "Hip", "Mo")]
        assert came == ["in", "in", "room_full", "room_full"]
        came = [await it.join(name) for name in ("Ada", "Bo", "Cy", "Robin")]
        assert came == ["in"] * 4
        assert it.rooms.seats_taken(it.room) == 6


async def test_a_third_moderator_takes_a_place_while_one_is_free(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Mo", "Mi", "Ma", "Mu", capacity=2) as it:
        await moderators(it, "Mo", "Mi", "Ma", "Mu")
        await it.go("Ada")
        await it.begin()
        came = [await it.join(name) for name in ("Mo", "Mi", "Ma", "Mu")]
        assert came == ["in", "in", "in", "room_full"]
        assert await it.states("Mo", "Mi", "Ma", "Mu") == ["none", "none", "going", "none"]


async def test_moderators_who_come_at_once_do_not_share_a_seat(tmp_path: Path) -> None:
    names = [f"Mo{letter}" for letter in "abcdef"]
    async with evening(tmp_path, "Ada", *names, capacity=1) as it:
        await moderators(it, *names)
        await it.go("Ada")
        await it.begin()
        came = await asyncio.gather(*(it.join(name) for name in names))
        assert sorted(came) == ["in"] * 2 + ["room_full"] * 4


async def test_moderators_who_were_in_before_the_doors_keep_no_promised_seat(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada", "Mo", "Mi", "Ma", "Mu", capacity=2) as it:
        await moderators(it, "Mo", "Mi", "Ma", "Mu")
        await it.go("Ada")
        await go_to(it.here, 1200)
        for name in ("Mo", "Mi", "Ma", "Mu"):
            assert await it.join(name) == "in"
        await it.begin()
        await it.offers.look()
        assert sorted(await it.states("Mo", "Mi", "Ma", "Mu")) == ["going", "none", "none", "none"]
        assert len(it.rooms.out) == 1
        assert it.rooms.seats_taken(it.room) == 3


# --- nothing is kept ---------------------------------------------------------------------------


async def test_once_it_is_over_only_that_those_came_who_let_it_is_kept(tmp_path: Path) -> None:
    names = ("Ada", "Bo", "Cy", "Di", "Ed")
    async with evening(tmp_path, *names, capacity=4) as it:
        here, attendance = it.here, Attendance(it.here.node.services)
        await it.go("Ada", attendance=True, access=True)
        await it.go("Bo", access=True)
        await it.go("Cy", attendance=True)  # who does not come
        await it.begin()
        for name in ("Ada", "Bo", "Di"):
            assert await it.join(name) == "in"
            await attendance.came(it.key, here.id(name))
        await it.go("Ed")
        assert await it.state("Ed") == "waiting"
        await attendance.consent(it.key, here.id("Robin"), on=True)
        await goes_on(it, "ended")
        here.node.services.due.put(it.key)
        await it.offers.look()
        left = {each.account_id: each for each in await kept(it)}
        assert set(left) == {here.id("Ada"), here.id("Robin")}
        ada = left[here.id("Ada")]
        assert (ada.access, ada.asked_ms, ada.guests) == (False, 0, 0)
        assert (await here.get("Bo", "/me/export"))["rsvps"] == []
        came = await here.get("Robin", day(it.event, "/attendance"))
        assert {each["person"]["name"] for each in came["items"]} == {"Ada", "Robin"}
        # Nothing is left to be done, so nothing is written again and again.
        async with here.node.services.store.reading() as tx:
            assert not await tx.rsvps.remembers(it.key)
            assert await tx.rsvps.remembered() == []


async def test_a_start_forgets_what_was_over_before(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada") as it:
        await it.go("Ada", access=True)
        await go_to(it.here, -3700)
        # Nobody held it, and no task was there to see it end.
        await Offers(it.here.node.services).look()
        assert await kept(it) == []


async def test_what_ends_without_a_word_is_forgotten_within_the_hour(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada") as it:
        await it.go("Ada")
        await it.offers.look()
        await go_to(it.here, -3600)
        assert await it.state("Ada") == "going"
        it.here.node.clock.advance(OVER_EVERY_S)
        await it.offers.look()
        assert await kept(it) == []


async def test_a_cancelled_day_keeps_its_answers_until_its_time_is_over(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", capacity=1) as it:
        for name in ("Ada", "Bo"):
            await it.go(name)
        path = day(it.event, "/cancel")
        await it.here.do("Robin", "POST", path, {"change_version": 0, "note": ""})
        await it.offers.look()
        # It may take place after all; who only waited is let go, and lost no place.
        assert await it.states("Ada", "Bo") == ["going", "none"]
        await go_to(it.here, -3600)
        await Offers(it.here.node.services).look()
        assert await kept(it) == []


async def test_of_a_party_those_alone_are_counted_who_let_it_be_kept(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", capacity=9, guests_max=2) as it:
        here, attendance = it.here, Attendance(it.here.node.services)
        await here.do("Ada", "PUT", day(it.event, "/rsvp"), {"attendance": True, "guests": 2})
        await brings(it, "Bo", 1)
        links = {"Gil": await link_of(it, "Ada"), "Gus": await link_of(it, "Bo")}
        links["Gia"] = links["Gil"]
        await it.begin()
        for name, link in links.items():
            assert await come_by(it, link, name) == 200
        for name in ("Ada", "Bo", *links):
            assert await it.join(name) == "in"
            await attendance.came(it.key, here.id(name))
        for name in ("Gil", "Gus"):
            await attendance.consent(it.key, here.id(name), on=True)

        async def came() -> dict[str, int]:
            found = await here.get("Robin", day(it.event, "/attendance"))
            return {each["person"]["name"]: each["guests"] for each in found["items"]}

        # Ada brought two; one of them let it be kept.
        assert await came() == {"Ada": 1, "Gil": 0, "Gus": 0}
        await goes_on(it, "ended")
        here.node.services.due.put(it.key)
        await it.offers.look()
        assert await came() == {"Ada": 1, "Gil": 0, "Gus": 0}
        # And nothing says any more that Bo, who did not, brought somebody.
        by = {each.account_id: each.brought_by for each in await kept(it)}
        assert by[here.id("Gus")] is None
        assert by[here.id("Gil")] == here.id("Ada")

        async def traces() -> tuple[int, int]:
            """Count the links that Bo made, and those by which Gus came."""
            made = (await here.get("Bo", "/me/export"))["invites"]
            async with here.node.services.store.reading() as tx:
                used = await tx.identity.guest_invites([it.group], here.id("Gus"))
            return len(made), len(used)

        # Who is still there may come back for a quarter of an hour; then the links go, too.
        await go_to(here, -75 * 60)
        await Offers(here.node.services).look()
        assert await traces() == (1, 1)
        here.node.clock.advance(1)
        await Offers(here.node.services).look()
        assert await traces() == (0, 0)


async def test_that_one_came_can_be_forgotten_after_the_end_too(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo") as it:
        here, attendance = it.here, Attendance(it.here.node.services)
        await it.begin()
        for name in ("Ada", "Bo"):
            await it.go(name, attendance=True)
            assert await it.join(name) == "in"
            await attendance.came(it.key, here.id(name))
        assert await here.refused("Ada", "DELETE", day(it.event, "/rsvp")) == (409, "rsvp_here")
        await goes_on(it, "ended")
        here.node.services.due.put(it.key)
        await it.offers.look()
        assert (await mine(it, "Ada"))["attendance"] is True
        assert await here.refused("Ada", "PUT", day(it.event, "/rsvp"), {}) == (409, "event_over")
        # She may still be there, to talk: the room is a room like any other again.
        await here.do("Ada", "DELETE", day(it.event, "/rsvp"))
        assert await mine(it, "Ada") is None
        assert it.rooms.out == []
        came = await here.get("Robin", day(it.event, "/attendance"))
        assert [each["person"]["name"] for each in came["items"]] == ["Bo"]
        await it.offers.look()
        assert [each.account_id for each in await kept(it)] == [here.id("Bo")]


async def test_a_co_host_who_was_made_one_in_the_room_sees_who_came_while_it_goes_on(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada", "Bo") as it:
        here, path = it.here, day(it.event, "/attendance")
        await it.begin()
        await it.go("Ada", attendance=True)
        await Attendance(here.node.services).came(it.key, here.id("Ada"))
        assert await here.refused("Bo", "GET", path) == (403, "not_allowed")
        it.rooms.change(it.room, leads=frozenset({here.id("Robin"), here.id("Bo")}))
        came = await here.get("Bo", path)
        assert [each["person"]["name"] for each in came["items"]] == ["Ada"]
        await goes_on(it, "ended")
        assert await here.refused("Bo", "GET", path) == (403, "not_allowed")


# --- a place that went on ----------------------------------------------------------------------


async def test_why_a_place_went_on_is_told_apart(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", capacity=1) as it:
        here, attendance = it.here, Attendance(it.here.node.services)
        for name in ("Ada", "Bo", "Cy"):
            await it.go(name)
        await it.begin(300)
        await it.offers.look()
        assert [(await mine(it, name))["missed"] for name in ("Ada", "Bo")] == [None, None]
        here.node.clock.advance(610)
        await it.offers.look()
        await it.offers.look()
        # Ada did not come; it is offered to Bo, who does not take it.
        assert ((await mine(it, "Ada"))["state"], (await mine(it, "Ada"))["missed"]) == (
            "released",
            "start",
        )
        said = await mine(it, "Bo")
        assert (said["state"], said["missed"]) == ("offered", None)
        here.node.clock.advance(15)
        assert (await mine(it, "Bo"))["offer_left_ms"] == 45_000
        here.node.clock.advance(45)
        await it.offers.look()
        said = await mine(it, "Bo")
        assert (said["state"], said["missed"]) == ("released", "offer")
        assert (said["offer_until_ms"], said["offer_left_ms"]) == (None, None)
        assert (await mine(it, "Cy"))["state"] == "offered"
        # Who leads had no place that could go on.
        await attendance.consent(it.key, here.id("Robin"), on=True)
        said = await mine(it, "Robin")
        assert (said["state"], said["missed"]) == ("released", None)
        # Who answers again and waits until the end lost nothing either.
        await it.go("Ada")
        await goes_on(it, "ended")
        here.node.services.due.put(it.key)
        await it.offers.look()
        assert [await mine(it, name) for name in ("Ada", "Bo", "Cy")] == [None] * 3


async def test_a_late_start_makes_nobody_late_who_waits_for_a_place(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", capacity=1, doors=Doors(late_min=5)) as it:
        here = it.here
        for name in ("Ada", "Bo", "Cy"):
            await it.go(name)
        await it.begin(60)
        assert await it.join("Ada") == "in"
        await go_to(here, -600)
        await goes_on(it, "live")
        it.rooms.change(it.room, began_ms=here.node.now_ms)
        it.leave("Ada")
        here.node.clock.advance(60)
        await here.do("Ada", "DELETE", day(it.event, "/rsvp"))
        await it.offers.look()
        # Eleven minutes after the planned start, one after the real one.
        assert await it.states("Bo", "Cy") == ["offered", "waiting"]
        assert await it.join("Bo") == "in"
        it.leave("Bo")
        here.node.clock.advance(240)
        await here.do("Bo", "DELETE", day(it.event, "/rsvp"))
        await it.offers.look()
        # The doors let nobody in by themselves now, and so no place is offered.
        assert await it.state("Cy") == "waiting"
        assert (await it.wait("Cy"))["text"].startswith("The class has begun.")


async def test_who_stands_before_a_full_room_is_not_promised_the_next_place(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", capacity=1) as it:
        for name in ("Ada", "Bo"):
            await it.go(name)
        await it.begin()
        door = await it.wait("Cy")
        assert door["reason"] == "full"
        assert "once it is your turn" in door["text"]
        assert "next free place" not in door["text"]
        refused = await it.here.ask("Cy", "POST", f"/rooms/{it.room}/join", {})
        assert "next free place" not in refused.json()["detail"]
