"""Guests whom members bring: counted, in by a link of their own, never more than there is room."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hearth_server.community.events.records import Doors
from tests.support.evening import Evening, evening
from tests.support.events import ORIGINAL, day, go_to
from tests.support.groups import token_of

pytestmark = pytest.mark.asyncio


async def brings(it: Evening, who: str, guests: int) -> dict[str, Any]:
    return await it.here.do(who, "PUT", day(it.event, "/rsvp"), {"guests": guests})


async def refused(it: Evening, who: str, guests: int) -> tuple[int, str]:
    return await it.here.refused(who, "PUT", day(it.event, "/rsvp"), {"guests": guests})


async def link_of(it: Evening, who: str) -> str:
    made = await it.here.do(who, "POST", day(it.event, "/rsvp/guest-link"))
    return token_of(made["link"])


async def come_by(it: Evening, token: str, name: str) -> int:
    """Let somebody come by a link, and sign; return what was answered."""
    here = it.here
    came = await here.client.post("/api/v1/guests", json={"invite": token, "name": name})
    if came.status_code != 200:
        return came.status_code
    here.tokens[name] = came.cookies["hearth_session"]
    here.client.cookies.clear()
    me = await here.get(name, "/me")
    async with here.node.services.store.reading() as tx:
        account = await tx.identity.account(me["account"]["id"])
    assert account is not None
    here.people[name] = account
    await here.do(
        name, "POST", f"/groups/{it.group}/norms/sign", await here.signature(name, it.group)
    )
    return 200


async def full(it: Evening) -> tuple[int, int]:
    """Return how many places are taken, and how many are waited for."""
    seen = await it.here.get("Robin", day(it.event))
    return seen["going"], seen["waiting"]


async def test_guests_take_places_and_are_less_at_once(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", capacity=4, guests_max=3) as it:
        seen = await it.here.get("Ada", day(it.event))
        assert seen["guests_max"] == 3
        said = await brings(it, "Ada", 2)
        assert (said["state"], said["guests"], said["guests_here"]) == ("going", 2, 0)
        assert await full(it) == (3, 0)
        # What is left out stays as it was.
        assert (await it.go("Ada", access=True))["guests"] == 2
        said = await brings(it, "Bo", 1)
        assert (said["state"], said["position"]) == ("waiting", 1)
        assert await full(it) == (3, 2)
        assert await refused(it, "Bo", 2) == (409, "party_full")
        assert await refused(it, "Ada", 3) == (409, "party_full")
        assert (await it.here.get("Ada", day(it.event)))["mine"]["guests"] == 2
        # One fewer is room for Bo and whom he brings, both at once.
        assert (await brings(it, "Ada", 1))["guests"] == 1
        assert await it.states("Ada", "Bo") == ["going", "offered"]
        await it.here.do("Bo", "POST", day(it.event, "/rsvp/accept"))
        assert await full(it) == (4, 0)
        rows = await it.here.get("Robin", day(it.event, "/rsvps"))
        told = [(each["person"]["name"], each["guests"]) for each in rows["items"]]
        assert told == [("Ada", 1), ("Bo", 1)]


async def test_a_large_party_is_not_overtaken(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", "Di", capacity=3, guests_max=2) as it:
        for name in ("Ada", "Di"):
            await it.go(name)
        assert (await brings(it, "Bo", 1))["position"] == 1
        # One place is free, but Bo waited for two before Cy came.
        assert (await it.go("Cy"))["position"] == 2
        await it.offers.look()
        assert await it.states("Bo", "Cy") == ["waiting", "waiting"]
        await it.begin()
        assert await it.join("Cy") == "gathering_waits"
        await it.here.do("Di", "DELETE", day(it.event, "/rsvp"))
        assert await it.states("Bo", "Cy") == ["offered", "waiting"]
        # Bo takes it alone: the other place is the next one's.
        assert (await brings(it, "Bo", 0))["state"] == "going"
        assert await it.states("Bo", "Cy") == ["going", "offered"]


async def test_only_so_many_and_only_where_guests_come_at_all(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", capacity=2, guests_max=2) as it:
        here = it.here
        assert await refused(it, "Ada", 3) == (409, "no_guests")
        assert await refused(it, "Ada", 2) == (409, "party_large")
        assert await refused(it, "Ada", 4) == (422, "invalid_input")
        assert await here.refused("Ada", "POST", day(it.event, "/rsvp/guest-link")) == (
            409,
            "no_guests",
        )
        group = await here.get("Robin", f"/groups/{it.group}")
        change = {"version": group["version"], "guests_allowed": False}
        await here.do("Robin", "PATCH", f"/groups/{it.group}", change)
        assert (await here.get("Ada", day(it.event)))["guests_max"] == 0
        assert await refused(it, "Ada", 1) == (403, "guests_off")
        wish = {"version": 1, "guests_max": 1}
        path = f"/events/{it.event.id}"
        assert await here.refused("Robin", "PATCH", path, wish) == (403, "guests_off")
        assert (await here.do("Robin", "PATCH", path, {**wish, "guests_max": 0}))["guests_max"] == 0


async def test_a_guest_comes_in_on_the_places_of_who_brings_them(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", capacity=3, guests_max=2) as it:
        here = it.here
        await brings(it, "Ada", 1)
        await it.go("Bo")
        await go_to(here, 3600)
        token = await link_of(it, "Ada")
        assert await come_by(it, token, "Gil") == 200
        # It leads to the event's doors: before them and for no other time the room stays shut.
        shut = await here.ask("Gil", "POST", f"/rooms/{it.room}/join", {})
        assert (shut.status_code, shut.json()["code"]) == (409, "gathering_waits")
        assert (shut.json()["event"], shut.json()["original"]) == (it.event.id, ORIGINAL)
        assert await it.stands("Gil") == ("waiting", "early")
        await it.begin()
        assert await full(it) == (3, 0)
        # A link for one lets one come; and who is not brought has no place here.
        assert await come_by(it, token, "Hob") == 410
        assert await it.stands("Gil") == ("open", "")
        assert await it.join("Gil") == "in"
        assert await full(it) == (3, 0)
        mine = (await here.get("Ada", day(it.event)))["mine"]
        assert (mine["guests"], mine["guests_here"]) == (1, 1)
        assert await refused(it, "Ada", 0) == (409, "guests_here")
        rows = await here.get("Robin", day(it.event, "/rsvps"))
        told = {each["person"]["name"]: (each["guests"], each["brought"]) for each in rows["items"]}
        assert told == {"Ada": (1, False), "Bo": (0, False), "Gil": (0, True)}
        assert await refused(it, "Gil", 1) == (409, "no_guests")


async def test_a_party_has_as_many_places_as_it_said_and_no_more(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", capacity=3, guests_max=2) as it:
        await brings(it, "Ada", 2)
        await go_to(it.here, 3600)
        old = await link_of(it, "Ada")
        new = await link_of(it, "Ada")
        assert await come_by(it, old, "Nobody") == 410
        for name in ("Gil", "Hob"):
            assert await come_by(it, new, name) == 200
        # Fewer after all: the second who comes by the link has no place, and Bo has one.
        await brings(it, "Ada", 1)
        await it.go("Bo")
        await it.begin()
        assert await it.join("Gil") == "in"
        assert await it.join("Hob") == "gathering_waits"
        assert await it.stands("Hob") == ("waiting", "full")
        assert await it.states("Gil", "Hob", "Bo") == ["going", "none", "going"]
        assert await full(it) == (3, 0)
        # Whoever brought them may be late; the guest may come back, the places stay three.
        it.leave("Gil")
        assert await it.join("Gil") == "in"
        assert await it.join("Ada") == "in"
        assert await it.join("Bo") == "in"
        assert await full(it) == (3, 0)


async def test_guests_who_did_not_come_are_given_on_and_those_before_the_doors_did(
    tmp_path: Path,
) -> None:
    names = ("Ada", "Bo", "Cy")
    by_hand = Doors("admit_each")
    async with evening(tmp_path, *names, capacity=4, guests_max=2, doors=by_hand) as it:
        here = it.here
        await brings(it, "Ada", 2)
        await it.go("Bo")
        await it.go("Cy")
        await go_to(here, 3600)
        token = await link_of(it, "Ada")
        assert await come_by(it, token, "Gil") == 200
        await it.begin()
        for name in ("Ada", "Bo"):
            await it.wait(name)
            assert await it.admit(name) == 204
            assert await it.join(name) == "in"
        await go_to(here, -299)
        it.rooms.change(it.room, state="live", began_ms=here.node.now_ms)
        assert await it.stands("Gil") == ("waiting", "admit")
        await it.offers.look()
        assert await full(it) == (4, 1)
        here.node.clock.advance(6)
        assert await it.stands("Gil") == ("waiting", "admit")
        await it.offers.look()
        await it.offers.look()
        # One of two did not come: Cy is offered that place, and Gil still has the other.
        assert await it.state("Cy") == "offered"
        assert (await here.get("Ada", day(it.event)))["mine"]["guests"] == 1
        assert await it.admit("Gil") == 204
        assert await it.join("Gil") == "in"
        assert await it.states("Ada", "Bo", "Gil") == ["going", "going", "going"]


async def test_a_moment_inside_takes_no_place_from_a_party(tmp_path: Path) -> None:
    by_hand = Doors("admit_each")
    async with evening(tmp_path, "Ada", capacity=2, guests_max=1, doors=by_hand) as it:
        await brings(it, "Ada", 1)
        await go_to(it.here, 3600)
        assert await come_by(it, await link_of(it, "Ada"), "Gil") == 200
        await it.begin()
        await it.stands("Gil", asks=True)
        assert await it.admit("Gil", seconds=60) == 204
        assert await it.join("Gil") == "in"
        await it.offers.look()
        it.here.node.clock.advance(61)
        await it.offers.look()
        assert it.rooms.where(it.here.id("Gil")) is None
        mine = (await it.here.get("Ada", day(it.event)))["mine"]
        assert (mine["guests"], mine["guests_here"]) == (1, 0)
        assert await full(it) == (2, 0)


async def test_less_capacity_than_a_party_needs_holds_nobody_up(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", capacity=4, guests_max=3) as it:
        await brings(it, "Ada", 1)
        assert (await brings(it, "Bo", 3))["state"] == "waiting"
        async with it.here.node.services.store.writing() as tx:
            assert await tx.events.save(replace(it.event, capacity=3), 1, None)
        said = await it.go("Cy")
        assert said["state"] == "offered"
        assert await it.state("Bo") == "waiting"


async def test_what_is_known_of_a_party_goes_with_whoever_deletes_their_account(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada", capacity=3, guests_max=1) as it:
        await brings(it, "Ada", 1)
        await go_to(it.here, 3600)
        assert await come_by(it, await link_of(it, "Ada"), "Gil") == 200
        await it.begin()
        assert await it.join("Gil") == "in"
        store = it.here.node.services.store
        async with store.writing() as tx:
            await tx.identity.erase(it.here.id("Ada"), it.here.node.now_ms)
        async with store.reading() as tx:
            gil = await tx.rsvps.get(it.key, it.here.id("Gil"))
        assert gil is not None
        assert (gil.state, gil.brought_by) == ("going", None)


async def test_a_link_goes_with_its_day_when_that_begins_at_another_time(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", capacity=3, guests_max=1) as it:
        await brings(it, "Ada", 1)
        await go_to(it.here, 3600)
        token = await link_of(it, "Ada")
        change = {"version": 1, "starts": "2027-03-01T19:00"}
        await it.here.do("Robin", "PATCH", f"/events/{it.event.id}", change)
        assert await come_by(it, token, "Gil") == 200
        key = (it.event.id, "20270301T190000")
        async with it.here.node.services.store.reading() as tx:
            found = await tx.rsvps.brought(key, [it.here.id("Gil")])
            ada = await tx.rsvps.get(key, it.here.id("Ada"))
        assert found == {it.here.id("Gil"): [it.here.id("Ada")]}
        assert ada is not None
        assert ada.guests == 1
