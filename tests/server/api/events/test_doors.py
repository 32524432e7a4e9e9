"""The doors of a gathering over HTTP: waiting rooms, tickets, being let in, a moment inside."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from hearth_server.api.talk.live import event as as_sent
from hearth_server.community.accounts import Caller
from hearth_server.community.entering import GroupGrant
from hearth_server.community.events.doors import DoorPass
from hearth_server.community.events.records import Doors
from hearth_server.community.events.runs import LeaderHere
from hearth_server.community.permissions import Role
from hearth_server.errors import Refusal
from hearth_server.services.sessions import Sessions
from tests.support.evening import Evening, evening
from tests.support.events import ORIGINAL, day, go_to

pytestmark = pytest.mark.asyncio

BY_HAND = Doors("admit_each")


async def test_the_waiting_room_says_when_and_what_to_do(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada") as it:
        await go_to(it.here, 3600)
        door = await it.wait("Ada")
        assert (door["state"], door["reason"]) == ("waiting", "early")
        assert door["room"]["id"] == it.room
        assert door["starts_ms"] - door["doors_ms"] == 15 * 60_000
        # Before its doors count, the room is a room like any other.
        assert await it.join("Ada") == "in"


async def test_a_join_takes_a_place_and_is_refused_when_there_is_none(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", capacity=2) as it:
        await it.go("Ada")
        await it.begin()
        assert await it.stands("Bo") == ("open", "")
        assert await it.join("Bo") == "in"
        assert await it.states("Ada", "Bo") == ["going", "going"]
        assert await it.stands("Cy") == ("waiting", "full")
        refused = await it.here.ask("Cy", "POST", f"/rooms/{it.room}/join", {})
        assert refused.status_code == 409
        problem = refused.json()
        assert problem["code"] == "gathering_waits"
        assert (problem["event"], problem["original"]) == (it.event.id, ORIGINAL)
        # The place that was promised is kept, and the one who leads needs none.
        assert await it.join("Ada") == "in"
        assert await it.join("Robin") == "in"
        assert await it.state("Robin") == "none"


async def test_a_ticket_carries_whose_doors_it_passed(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada") as it:
        tickets = it.here.node.shell.tickets
        now_s = it.here.node.clock.monotonic_s()

        async def passed() -> DoorPass | None:
            answer = await it.here.do("Ada", "POST", f"/rooms/{it.room}/join", {})
            grant = tickets.redeem(answer["ticket"], now_s)
            assert isinstance(grant, GroupGrant)
            return grant.passed

        assert await passed() is None
        await it.begin()
        now_s = it.here.node.clock.monotonic_s()
        assert await passed() == DoorPass(*it.key)
        it.rooms.change(it.room, state="ended")
        assert await passed() is None


async def test_without_a_host_one_waits_and_then_comes_in(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", doors=Doors("host_present")) as it:
        await it.go("Ada")
        await it.begin()
        assert await it.stands("Ada") == ("waiting", "host_absent")
        assert await it.join("Ada") == "gathering_waits"
        assert await it.join("Robin") == "in"
        it.rooms.change(it.room, host_here=True)
        assert await it.stands("Ada") == ("open", "")
        assert await it.join("Ada") == "in"


async def test_one_by_one_the_host_lets_people_in_or_does_not(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Hal", doors=BY_HAND) as it:
        here, waiting = it.here, it.here.node.services.waiting
        await here.give(it.group, "Hal", Role.HOST)
        await it.go("Ada")
        await it.begin(host_here=True)
        for name in ("Bo", "Ada"):
            assert await it.stands(name) == ("waiting", "admit")
        assert [each.name for each in waiting.people(it.key)] == ["Bo", "Ada"]
        # Only those who lead decide, and only about those who wait.
        assert await it.admit("Ada", by="Bo") == 403
        assert await it.admit("Ada", by="Hal") == 403
        assert await it.admit("Hal") == 404
        assert await it.admit("Ada") == 204
        assert await it.admit("Bo", admit=False) == 204
        assert await it.stands("Ada") == ("open", "")
        assert await it.stands("Bo") == ("closed", "admit")
        assert await it.join("Ada") == "in"
        assert await it.join("Bo") == "gathering_waits"
        assert waiting.people(it.key) == []
        # Ada's line is lost for longer than a seat is kept: she comes back without being asked.
        it.leave("Ada")
        assert await it.join("Ada") == "in"
        # After a while Bo may ask again.
        here.node.clock.advance(600)
        assert await it.stands("Bo") == ("waiting", "admit")
        # Whoever leads may change their mind at once, though nobody stands there any more.
        assert await it.admit("Bo", admit=False) == 204
        assert waiting.people(it.key) == []
        assert await it.admit("Bo") == 204
        assert await it.join("Bo") == "in"


async def test_a_host_who_is_kept_apart_from_somebody_does_not_meet_them_at_the_door(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada", "Hal", doors=BY_HAND) as it:
        here = it.here
        await here.give(it.group, "Hal", Role.HOST)
        both = replace(it.event, co_hosts=(here.id("Hal"),))
        async with here.node.services.store.writing() as tx:
            assert await tx.events.save(both, 1, None)
        await here.do("Ada", "POST", "/me/blocks", {"account": here.id("Hal")})
        await it.begin(host_here=True)
        await it.wait("Ada")
        assert await it.admit("Ada", by="Hal") == 404
        assert await it.admit("Ada") == 204


async def test_by_role_some_come_in_by_themselves(tmp_path: Path) -> None:
    doors = Doors("by_role", roles=frozenset({Role.HOST}))
    async with evening(tmp_path, "Ada", "Hal", doors=doors) as it:
        await it.here.give(it.group, "Hal", Role.HOST)
        await it.begin()
        assert await it.stands("Hal") == ("open", "")
        assert await it.stands("Ada") == ("waiting", "admit")


async def test_late_comers_wait_but_nobody_who_was_there(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", doors=Doors(late_min=4)) as it:
        for name in ("Ada", "Bo"):
            await it.go(name)
        await it.begin()
        assert await it.join("Ada") == "in"
        await go_to(it.here, -239)
        it.rooms.change(it.room, state="live", began_ms=it.here.node.now_ms - 239_000)
        assert await it.stands("Bo") == ("open", "")
        it.here.node.clock.advance(1)
        assert await it.stands("Bo") == ("waiting", "late")
        assert await it.join("Bo") == "gathering_waits"
        it.leave("Ada")
        assert await it.join("Ada") == "in"


async def late(it: Evening, **changes: object) -> None:
    """Half an hour into a class that takes late-comers for four minutes."""
    await it.begin()
    await go_to(it.here, -1800)
    began_ms = it.here.node.now_ms - 1_800_000
    it.rooms.change(it.room, state="live", began_ms=began_ms, host_here=True, **changes)


async def test_whoever_leads_lets_late_comers_in_one_by_one(tmp_path: Path) -> None:
    doors = Doors(late_min=4)
    async with evening(tmp_path, "Ada", "Bo", "Cy", "Hal", capacity=2, doors=doors) as it:
        here, waiting = it.here, it.here.node.services.waiting
        await here.give(it.group, "Hal", Role.HOST)
        both = replace(it.event, co_hosts=(here.id("Hal"),))
        async with here.node.services.store.writing() as tx:
            assert await tx.events.save(both, 1, None)
        await late(it, leader=LeaderHere(here.id("Robin"), "Robin"))
        door = await it.wait("Ada")
        assert (door["state"], door["reason"]) == ("waiting", "late")
        assert door["text"].startswith("The class has begun. Robin can still let you in")
        for name in ("Bo", "Cy"):
            assert await it.stands(name) == ("waiting", "late")
        assert [(each.name, each.late) for each in waiting.people(it.key)] == [
            ("Ada", True),
            ("Bo", True),
            ("Cy", True),
        ]
        # Only who leads decides, the co-host as well as the host, about one at a time.
        assert await it.admit("Ada", by="Bo") == 403
        assert await it.admit("Ada", by="Hal") == 204
        assert await it.stands("Ada") == ("open", "")
        assert await it.join("Ada") == "in"
        assert await it.join("Bo") == "gathering_waits"
        assert await it.admit("Bo") == 204
        assert await it.join("Bo") == "in"
        # There are two places: being let in is none.
        assert await it.admit("Cy") == 204
        assert await it.stands("Cy") == ("waiting", "full")
        assert await it.join("Cy") == "gathering_waits"
        assert await it.states("Ada", "Bo", "Cy") == ["going", "going", "none"]


async def test_late_comers_who_are_all_let_in_at_once_are_never_more_than_there_are_places(
    tmp_path: Path,
) -> None:
    names = [f"Late {letter}" for letter in "abcdefgh"]
    async with evening(tmp_path, "Ada", *names, capacity=4, doors=Doors(late_min=4)) as it:
        await it.go("Ada")  # hers is promised, and she is not there yet
        await late(it)
        for name in names:
            assert await it.stands(name) == ("waiting", "late")
            assert await it.admit(name) == 204
        answers = await asyncio.gather(*(it.join(name) for name in names))
        assert sorted(answers) == ["gathering_waits"] * 5 + ["in"] * 3
        states = await it.states("Ada", *names)
        assert sorted(states) == ["going"] * 4 + ["none"] * 5


async def test_a_late_comer_may_be_told_no_and_is_not_told_whom_they_blocked(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada", "Bo", doors=Doors(late_min=4)) as it:
        here = it.here
        await late(it, leader=LeaderHere(here.id("Robin"), "Robin"))
        await here.do("Ada", "POST", "/me/blocks", {"account": here.id("Robin")})
        door = await it.wait("Ada")
        assert (door["state"], door["reason"]) == ("waiting", "late")
        assert "Robin" not in door["text"]
        assert "Whoever leads can still let you in" in door["text"]
        await it.wait("Bo")
        assert await it.admit("Bo", admit=False) == 204
        assert await it.stands("Bo") == ("closed", "admit")
        assert await it.join("Bo") == "gathering_waits"


async def test_who_may_not_be_there_at_all_does_not_wait_as_a_late_comer(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", doors=Doors(late_min=4)) as it:
        here, waiting = it.here, it.here.node.services.waiting
        await late(it)
        ban = {"account": here.id("Bo"), "kind": "ban", "reason": "Loud.", "minutes": 1440}
        await here.do("Robin", "POST", f"/groups/{it.group}/sanctions", ban)
        refused = await here.ask("Bo", "PUT", day(it.event, "/waiting"), {})
        assert refused.status_code in (403, 404)
        assert waiting.people(it.key) == []
        assert await it.admit("Bo") == 404


async def test_who_came_in_time_and_still_waits_is_not_called_late(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", doors=Doors("admit_each", late_min=1)) as it:
        waiting = it.here.node.services.waiting
        await it.begin(host_here=True)
        await go_to(it.here, -59)
        began_ms = it.here.node.now_ms - 59_000
        it.rooms.change(it.room, state="live", began_ms=began_ms)
        assert await it.stands("Ada") == ("waiting", "admit")
        it.here.node.clock.advance(5)
        assert await it.stands("Ada") == ("waiting", "late")
        assert [each.late for each in waiting.people(it.key)] == [False]


async def test_whoever_did_not_sign_hears_of_the_norms(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada") as it:
        norms = await it.here.get("Robin", f"/groups/{it.group}/norms")
        items = [*norms["items"], {"text": "Arrive on time.", "mechanism": None}]
        body = {"version": norms["version"], "items": items, "material": True, "note": ""}
        await it.here.do("Robin", "PUT", f"/groups/{it.group}/norms", body)
        group = (await it.here.get("Robin", f"/groups/{it.group}"))["version"]
        unlisted = {"version": group, "visibility": "unlisted"}
        await it.here.do("Robin", "PATCH", f"/groups/{it.group}", unlisted)
        await go_to(it.here, 3600)
        door = await it.wait("Ada")
        assert (door["state"], door["reason"]) == ("closed", "norms")
        assert "Sign the norms" in door["text"]


async def test_who_says_nothing_more_for_half_a_minute_is_gone(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", doors=BY_HAND) as it:
        waiting = it.here.node.services.waiting
        await it.begin()
        await it.wait("Ada")
        it.here.node.clock.advance(20)
        await it.wait("Bo", asks=True)
        it.here.node.clock.advance(10)
        assert [(each.name, each.asks) for each in waiting.people(it.key)] == [("Bo", True)]
        assert await it.admit("Ada") == 404
        await it.here.do("Bo", "DELETE", day(it.event, "/waiting"))
        assert waiting.people(it.key) == []


async def test_a_moment_inside_ends_by_itself(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", doors=BY_HAND) as it:
        clock = it.here.node.clock
        await it.begin(host_here=True)
        await it.offers.look()
        assert await it.stands("Ada", asks=True) == ("waiting", "admit")
        assert await it.admit("Ada", seconds=60) == 204
        assert await it.join("Ada") == "in"
        await it.offers.look()
        clock.advance(59)
        await it.offers.look()
        assert it.rooms.out == []
        clock.advance(1)
        await it.offers.look()
        ((who, rooms, text),) = it.rooms.out
        assert (who, rooms) == (it.here.id("Ada"), (it.room,))
        assert "moment" in text
        assert it.rooms.to_the_door == [who]
        # Outside again, as before: no place of hers is left, and she is asked for anew.
        assert await it.state("Ada") == "none"
        assert await it.join("Ada") == "gathering_waits"
        assert await it.stands("Ada") == ("waiting", "admit")


async def test_whoever_asks_for_a_moment_gets_what_the_leader_says(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada", doors=BY_HAND) as it:
        clock = it.here.node.clock
        await it.begin(host_here=True)
        await it.wait("Ada", asks=True)
        assert await it.admit("Ada", seconds=90) == 204
        assert it.here.node.services.waiting.seconds_of(it.key, it.here.id("Ada")) == 90
        assert await it.join("Ada") == "in"
        await it.offers.look()
        clock.advance(60)
        # Let in means let in, also after a moment was given.
        assert await it.admit("Ada") == 204
        clock.advance(300)
        await it.offers.look()
        assert it.rooms.out == []
        assert await it.state("Ada") == "going"


async def test_an_answer_is_not_taken_back_inside_and_outside_it_voids_the_ticket(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada") as it:
        await it.go("Ada")
        await it.begin()
        assert await it.join("Ada") == "in"
        refused = await it.here.refused("Ada", "DELETE", day(it.event, "/rsvp"))
        assert refused == (409, "rsvp_here")
        it.leave("Ada")
        await it.here.do("Ada", "DELETE", day(it.event, "/rsvp"))
        assert [(who, rooms) for who, rooms, _ in it.rooms.out] == [(it.here.id("Ada"), (it.room,))]


async def test_open_pages_are_told_what_concerns_them(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", capacity=1, doors=BY_HAND) as it:
        here, news = it.here, it.here.node.talk.news
        await it.go("Ada")
        await it.go("Bo")
        listeners = {}
        for name in ("Ada", "Bo"):
            caller = await caller_of(it, name)
            listener = await news.listen(caller)
            assert not isinstance(listener, Refusal)
            listeners[name] = listener
        await here.do("Ada", "DELETE", day(it.event, "/rsvp"))
        told = await listeners["Bo"].next(1)
        assert told is not None
        assert as_sent(told).startswith(b"event: event\n")
        assert b'"what": "offer"' in as_sent(told)
        assert it.event.id.encode() in as_sent(told)
        await it.begin()
        await it.wait("Bo")
        await it.admit("Bo")
        let_in = await listeners["Bo"].next(1)
        assert let_in is not None
        assert b'"what": "admitted"' in as_sent(let_in)
        # Nobody else hears of it.
        assert await listeners["Ada"].next(0) is None


async def caller_of(it: Evening, name: str) -> Caller:
    caller = await Sessions(it.here.node.services).caller(it.here.tokens[name])
    assert caller is not None
    return caller
