"""What a party's link opens: its own event, for as many as are brought, and nothing beside it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hearth_server.community.events.records import EventRecord
from hearth_server.ids import new_id
from hearth_server.services.events.found_inside import FoundInside
from tests.server.api.events.test_parties import brings, come_by, full, link_of, refused
from tests.support.evening import Evening, evening
from tests.support.events import ORIGINAL, STARTS_MS, day, go_to, keep
from tests.support.groups import token_of

pytestmark = pytest.mark.asyncio
LATER = "20270301T200000"


async def next_event(it: Evening) -> EventRecord:
    """Keep another event in the same room, an hour and a half later."""
    later = replace(it.event, id=new_id(), title="Talk", starts="2027-03-01T20:00:00")
    return await keep(it.here.node.services.store, later)


async def code_of(it: Evening, who: str, method: str, path: str, body: Any = None) -> str:
    answer = await it.here.ask(who, method, path, body)
    return "" if answer.status_code < 300 else str(answer.json()["code"])


async def test_it_says_what_it_is_for_and_that_nothing_is_kept_of_it(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", capacity=3, guests_max=1) as it:
        here = it.here
        await brings(it, "Ada", 1)
        await go_to(here, 3600)
        token = await link_of(it, "Ada")
        shown = await here.do(None, "POST", "/invites/look", {"token": token})
        (told,) = [await here.get("Ada", day(it.event))]
        assert shown["event"] == {name: told[name] for name in ("title", "starts_ms", "ends_ms")}
        assert await come_by(it, token, "Gil") == 200
        assert (await here.get("Gil", "/me"))["session"]["brought"] is True
        keep = {"handle": "gil", "password": "a lantern at the river"}
        assert await here.refused("Gil", "POST", "/me/upgrade", keep) == (403, "not_allowed")
        # Nor once the party is over and its links are gone, for as long as they are signed in.
        here.node.clock.advance(4 * 3600)
        async with here.node.services.store.writing() as tx:
            assert await tx.groups.drop_party_links(here.node.now_ms)
        assert (await here.get("Gil", "/me"))["session"]["brought"] is True
        assert await here.refused("Gil", "POST", "/me/upgrade", keep) == (403, "not_allowed")
        # A link into a room is for no event, and whoever came by it may keep their place.
        wanted = {"kind": "guest", "room": it.room}
        made = await here.do("Robin", "POST", f"/groups/{it.group}/invites", wanted)
        plain = token_of(made["link"])
        assert (await here.do(None, "POST", "/invites/look", {"token": plain}))["event"] is None
        assert await come_by(it, plain, "Hob") == 200
        assert (await here.get("Hob", "/me"))["session"]["brought"] is False


async def test_it_opens_no_other_event_in_the_same_room(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", capacity=3, guests_max=1) as it:
        other = await next_event(it)
        path = f"/events/{other.id}/occurrences/{LATER}"
        await brings(it, "Ada", 1)
        await go_to(it.here, 3600)
        assert await come_by(it, await link_of(it, "Ada"), "Gil") == 200
        # Neither a place there, nor one before its doors.
        assert await code_of(it, "Gil", "PUT", f"{path}/rsvp", {}) == "not_allowed"
        assert await code_of(it, "Gil", "PUT", f"{path}/waiting", {}) == "not_allowed"
        assert await code_of(it, "Ada", "PUT", f"{path}/rsvp", {}) == ""


async def test_who_stays_after_their_event_takes_no_place_at_the_next(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", capacity=3, guests_max=1) as it:
        other = await next_event(it)
        await brings(it, "Ada", 1)
        await go_to(it.here, 3600)
        assert await come_by(it, await link_of(it, "Ada"), "Gil") == 200
        await it.begin()
        assert await it.join("Gil") == "in"
        assert await it.join("Ada") == "in"
        store, gil, ada = it.here.node.services.store, it.here.id("Gil"), it.here.id("Ada")
        at = {"original": LATER, "starts_ms": STARTS_MS + 90 * 60_000}
        now = it.rooms.begin(other, **at)
        found = FoundInside(it.here.node.services)
        # Once while the link holds, once when it ran out.
        for minutes in (0, 90):
            it.here.node.clock.advance(minutes * 60)
            if it.rooms.where(gil) is None:
                it.rooms.put(it.room, it.here.people["Gil"])
            await found.see_to(now, (gil, ada))
            async with store.reading() as tx:
                assert await tx.rsvps.get((other.id, now.original), gil) is None
                assert await tx.rsvps.get((other.id, now.original), ada) is not None
            assert it.rooms.where(gil) is None
            assert it.rooms.where(ada) == it.room
        assert it.rooms.to_the_door == []


async def test_whoever_is_brought_takes_one_place_and_not_two(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", capacity=3, guests_max=2) as it:
        await brings(it, "Ada", 1)
        await go_to(it.here, 3600)
        assert await come_by(it, await link_of(it, "Ada"), "Gil") == 200
        assert await refused(it, "Gil", 0) == (409, "place_kept")
        assert await full(it) == (2, 0)
        await it.begin()
        assert await it.join("Gil") == "in"
        assert await full(it) == (2, 0)
        # Inside it is their own, and they say what they like with it.
        assert (await it.go("Gil", attendance=True))["attendance"] is True
        assert await full(it) == (2, 0)


async def test_nobody_new_comes_by_the_link_of_who_does_not_come_or_brings_fewer(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada", capacity=5, guests_max=3) as it:
        await brings(it, "Ada", 3)
        await go_to(it.here, 3600)
        token = await link_of(it, "Ada")
        await brings(it, "Ada", 1)
        assert await come_by(it, token, "Gil") == 200
        assert await come_by(it, token, "Hob") == 410
        await brings(it, "Ada", 2)
        token = await link_of(it, "Ada")
        await it.here.do("Ada", "DELETE", day(it.event, "/rsvp"))
        assert await come_by(it, token, "Ina") == 410


@pytest.mark.parametrize("way", ["removed", "banned", "left"])
async def test_whom_somebody_brought_goes_when_they_are_gone(tmp_path: Path, way: str) -> None:
    async with evening(tmp_path, "Ada", capacity=3, guests_max=1) as it:
        here = it.here
        await brings(it, "Ada", 1)
        await go_to(here, 3600)
        assert await come_by(it, await link_of(it, "Ada"), "Gil") == 200
        await it.begin()
        assert await it.join("Gil") == "in"
        members = f"/groups/{it.group}/members"
        if way == "removed":
            await here.do("Robin", "DELETE", f"{members}/{here.id('Ada')}")
        elif way == "left":
            await here.do("Ada", "POST", f"/groups/{it.group}/leave")
        else:
            wish = {"account": here.id("Ada"), "kind": "ban", "reason": "Enough."}
            await here.do("Robin", "POST", f"/groups/{it.group}/sanctions", wish)
        out = {who: text for who, _, text in it.rooms.out}
        assert out[here.id("Gil")].startswith("Your guest link was taken back.")


async def test_whoever_is_brought_makes_no_account_of_it(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", capacity=3, guests_max=1) as it:
        await brings(it, "Ada", 1)
        await go_to(it.here, 3600)
        assert await come_by(it, await link_of(it, "Ada"), "Gil") == 200
        wish = {"handle": "gilbert", "password": "a lantern at the river"}
        assert await code_of(it, "Gil", "POST", "/me/upgrade", wish) == "not_allowed"


async def test_a_guest_sees_no_faces_in_the_room_before_their_event(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", capacity=3, guests_max=1) as it:
        await brings(it, "Ada", 1)
        await go_to(it.here, 3600)
        assert await come_by(it, await link_of(it, "Ada"), "Gil") == 200
        it.rooms.put(it.room, it.here.people["Robin"])

        async def faces(who: str) -> list[str]:
            page = await it.here.get(who, f"/groups/{it.group}")
            (door,) = [each for each in page["rooms"] if each["id"] == it.room]
            return [each["name"] for each in door["faces"]]

        assert (await faces("Ada"), await faces("Gil")) == (["Robin"], [])
        await it.begin()
        assert await faces("Gil") == ["Robin"]


@pytest.mark.parametrize("alone", [False, True])
async def test_it_holds_until_the_end_of_a_day_that_was_moved(tmp_path: Path, alone: bool) -> None:
    async with evening(tmp_path, "Ada", capacity=3, guests_max=2) as it:
        await brings(it, "Ada", 2)
        await go_to(it.here, 3600)
        token = await link_of(it, "Ada")
        assert await come_by(it, token, "Gil") == 200
        path = f"/events/{it.event.id}"
        version = {"change_version": 0} if alone else {"version": 1}
        moved = {**version, "starts": "2027-03-01T21:30"}
        await it.here.do("Robin", "PATCH", day(it.event) if alone else path, moved)
        # When it would have been over for a while, had it stayed as it was.
        await go_to(it.here, -7200)
        original = ORIGINAL if alone else "20270301T213000"
        waiting = f"{path}/occurrences/{original}/waiting"
        assert (await it.here.do("Gil", "PUT", waiting, {}))["reason"] == "early"
        assert await come_by(it, token, "Hob") == 200
        await go_to(it.here, -5 * 3600)
        assert await come_by(it, token, "Ina") == 410


async def test_who_came_by_it_goes_along_when_the_day_is_held_elsewhere(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", capacity=3, guests_max=2) as it:
        await brings(it, "Ada", 1)
        await go_to(it.here, 3600)
        assert await come_by(it, await link_of(it, "Ada"), "Gil") == 200
        body = {"name": "Attic", "template": "studio"}
        attic = (await it.here.do("Robin", "POST", f"/groups/{it.group}/rooms", body))["id"]
        moved = {"change_version": 0, "room": attic}
        await it.here.do("Robin", "PATCH", day(it.event), moved)
        assert (await it.here.get("Gil", "/me"))["session"]["room"] == attic
        assert (await it.here.do("Gil", "PUT", day(it.event, "/waiting"), {}))["reason"] == "early"
        back = {"change_version": 1, "room": None}
        await it.here.do("Robin", "PATCH", day(it.event), back)
        assert (await it.here.get("Gil", "/me"))["session"]["room"] == it.room


async def test_who_opens_it_days_before_is_still_there_on_the_day(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", capacity=3, guests_max=1) as it:
        await brings(it, "Ada", 1)
        await go_to(it.here, 5 * 86_400)
        assert await come_by(it, await link_of(it, "Ada"), "Gil") == 200
        await it.begin()
        assert await it.stands("Gil") == ("open", "")
        assert await it.join("Gil") == "in"
        await go_to(it.here, -2 * 3600)
        late = await it.here.ask("Gil", "PUT", day(it.event, "/waiting"), {})
        assert (late.status_code, late.json()["code"]) == (401, "sign_in_needed")
