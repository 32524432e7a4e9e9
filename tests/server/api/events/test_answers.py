"""Answers to events over HTTP: who may, what hosts see, and what is left when somebody goes."""

from pathlib import Path

import pytest

from hearth_server.community.permissions import Role
from hearth_server.services.events.attendance import Attendance
from tests.support.evening import evening
from tests.support.events import ORIGINAL, day, go_to, keep, record
from tests.support.groups import Town, group_of, token_of, town
from tests.support.people import PASSWORD

pytestmark = pytest.mark.asyncio


async def test_first_come_first_served_and_the_others_wait_in_order(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", capacity=1) as it:
        went = await it.go("Ada", access=True)
        assert went == {
            "state": "going",
            "position": 0,
            "offer_until_ms": None,
            "offer_left_ms": None,
            "missed": None,
            "access": True,
            "attendance": False,
            "guests": 0,
            "guests_here": 0,
        }
        assert (await it.go("Bo"))["position"] == 1
        second = await it.go("Cy")
        assert (second["state"], second["position"]) == ("waiting", 2)
        # Saying it again, otherwise, costs nobody their turn.
        assert (await it.go("Bo", attendance=True))["position"] == 1


async def test_a_free_place_is_offered_to_the_first_and_is_theirs_to_take(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy", capacity=1) as it:
        here = it.here
        for name in ("Ada", "Bo", "Cy"):
            await it.go(name)
        assert await here.refused("Bo", "POST", day(it.event, "/rsvp/accept")) == (409, "no_offer")
        await here.do("Ada", "DELETE", day(it.event, "/rsvp"))
        assert await it.states("Ada", "Bo", "Cy") == ["none", "offered", "waiting"]
        # It is kept for Bo: Ada, who comes back, waits behind Cy.
        assert (await it.go("Ada"))["position"] == 2
        taken = await here.do("Bo", "POST", day(it.event, "/rsvp/accept"))
        assert (taken["state"], taken["offer_until_ms"]) == ("going", None)
        assert await it.states("Bo", "Cy", "Ada") == ["going", "waiting", "waiting"]


async def test_the_host_needs_no_place(tmp_path: Path) -> None:
    async with evening(tmp_path) as it:
        path = day(it.event, "/rsvp")
        assert await it.here.refused("Robin", "PUT", path, {}) == (409, "place_kept")


async def test_only_members_answer_and_guests_of_that_room(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada") as it:
        here, path = it.here, day(it.event, "/rsvp")
        await here.person("Stranger")
        assert await here.refused("Stranger", "PUT", path, {}) == (403, "not_a_member")
        made = await here.do("Robin", "POST", f"/groups/{it.group}/rooms", NEW_ROOM)
        for name, room in (("Gast", it.event.room_id), ("Other", made["id"])):
            await guest(here, it.group, name, room)
        assert (await it.go("Gast"))["state"] == "going"
        assert await here.refused("Other", "PUT", path, {}) == (403, "not_allowed")


NEW_ROOM = {"name": "Garden", "template": "terrace"}


async def guest(here: Town, group: str, name: str, room: str) -> None:
    """Let a guest come by a link to a room, and sign."""
    link = {"kind": "guest", "room": room}
    made = await here.do("Robin", "POST", f"/groups/{group}/invites", link)
    body = {"invite": token_of(made["link"]), "name": name}
    came = await here.client.post("/api/v1/guests", json=body)
    assert came.status_code == 200, came.text
    here.tokens[name] = came.cookies["hearth_session"]
    here.client.cookies.clear()
    me = await here.get(name, "/me")
    async with here.node.services.store.reading() as tx:
        account = await tx.identity.account(me["account"]["id"])
    assert account is not None
    here.people[name] = account
    signature = await here.signature(name, group)
    await here.do(name, "POST", f"/groups/{group}/norms/sign", signature)


async def test_a_draft_is_there_for_hosts_only_and_nobody_answers_what_is_over(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada", "Hal", state="draft") as it:
        here, path = it.here, day(it.event, "/rsvp")
        await here.give(it.group, "Hal", Role.HOST)
        assert await here.refused("Ada", "PUT", path, {}) == (404, "event_not_found")
        assert await here.refused("Hal", "PUT", path, {}) == (409, "event_over")
        store = here.node.services.store
        gone = record(it.group, it.event.room_id, here.id("Robin"), state="cancelled")
        await keep(store, gone)
        refused = await here.refused("Ada", "PUT", day(gone, "/rsvp"), {})
        assert refused == (409, "event_cancelled")
        past = record(it.group, it.event.room_id, here.id("Robin"))
        await keep(store, past)
        await go_to(here, -3601)
        assert await here.refused("Ada", "PUT", day(past, "/rsvp"), {}) == (409, "event_over")
        elsewhere = f"/events/{past.id}/occurrences/20270302T183000/rsvp"
        assert await here.refused("Ada", "PUT", elsewhere, {}) == (404, "occurrence_not_found")


async def test_hosts_see_who_answered_in_pages_and_without_those_apart(tmp_path: Path) -> None:
    names = ("Ada", "Bo", "Cy", "Di")
    async with evening(tmp_path, *names, "Hal", capacity=2) as it:
        here = it.here
        for name in names:
            await it.go(name, access=name == "Bo")
        path = day(it.event, "/rsvps")
        assert await here.refused("Ada", "GET", path) == (403, "not_allowed")
        first = await here.get("Robin", path + "?limit=3")
        assert [each["person"]["name"] for each in first["items"]] == ["Ada", "Bo", "Cy"]
        assert [each["state"] for each in first["items"]] == ["going", "going", "waiting"]
        assert [each["access"] for each in first["items"]] == [False, True, False]
        rest = await here.get("Robin", f"{path}?limit=3&cursor={first['next']}")
        assert [each["person"]["name"] for each in rest["items"]] == ["Di"]
        assert rest["next"] is None
        assert (await here.refused("Robin", "GET", path + "?cursor=x"))[1] == "bad_cursor"
        # A co-host who is no moderator does not see whom they are kept apart from.
        await here.give(it.group, "Hal", Role.HOST)
        own = record(it.group, it.event.room_id, here.id("Robin"), co_hosts=(here.id("Hal"),))
        await keep(here.node.services.store, own)
        for name in ("Ada", "Bo"):
            await here.do(name, "PUT", day(own, "/rsvp"), {})
        await here.do("Bo", "POST", "/me/blocks", {"account": here.id("Hal")})
        seen = await here.get("Hal", day(own, "/rsvps"))
        assert [each["person"]["name"] for each in seen["items"]] == ["Ada"]
        all_seen = await here.get("Robin", day(own, "/rsvps"))
        assert [each["person"]["name"] for each in all_seen["items"]] == ["Ada", "Bo"]


@pytest.mark.parametrize("how", ["leave", "remove", "ban", "delete"])
async def test_whoever_goes_for_good_gives_their_place_on(tmp_path: Path, how: str) -> None:
    async with evening(tmp_path, "Ada", "Bo", capacity=1) as it:
        here, services = it.here, it.here.node.services
        await it.go("Ada")
        await it.go("Bo")
        group, ada = f"/groups/{it.group}", here.id("Ada")
        if how == "leave":
            await here.do("Ada", "POST", f"{group}/leave")
        elif how == "remove":
            await here.do("Robin", "DELETE", f"{group}/members/{ada}")
        elif how == "ban":
            body = {"account": ada, "kind": "ban", "reason": "x"}
            await here.do("Robin", "POST", f"{group}/sanctions", body)
        else:
            hashed = await services.passwords.hash(PASSWORD)
            assert isinstance(hashed, str)
            async with services.store.writing() as tx:
                await tx.identity.set_password(ada, hashed)
            await here.do("Ada", "DELETE", "/me", {"password": PASSWORD})
        assert await it.state("Ada") == "none"
        await it.offers.look()
        assert await it.state("Bo") == "offered"


async def test_an_export_has_ones_answers(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada") as it:
        await it.go("Ada", access=True)
        kept = (await it.here.get("Ada", "/me/export"))["rsvps"]
        assert [(each["event_id"], each["original"], each["access"]) for each in kept] == [
            (it.event.id, ORIGINAL, True)
        ]


async def test_it_is_kept_that_one_came_only_if_one_lets_it(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada", "Bo", "Cy") as it:
        here, attendance = it.here, Attendance(it.here.node.services)
        await it.go("Ada", attendance=True)
        await it.go("Bo")
        await it.go("Cy", attendance=True)
        await go_to(here, 60)
        for name in ("Ada", "Bo"):
            await attendance.came(it.key, here.id(name))
        path = day(it.event, "/attendance")
        assert await here.refused("Ada", "GET", path) == (403, "not_allowed")

        async def came() -> list[str]:
            found = await here.get("Robin", path)
            return [each["person"]["name"] for each in found["items"]]

        assert await came() == ["Ada"]
        # Said in the room, and taken back there: what was kept is forgotten.
        here.node.clock.advance(1)
        await attendance.consent(it.key, here.id("Bo"), on=True)
        await attendance.consent(it.key, here.id("Robin"), on=True)
        assert await came() == ["Ada", "Bo", "Robin"]
        await attendance.consent(it.key, here.id("Ada"), on=False)
        assert await came() == ["Bo", "Robin"]
        async with here.node.services.store.reading() as tx:
            kept = await tx.rsvps.get(it.key, here.id("Ada"))
            count = await tx.rsvps.count(it.key)
        assert kept is not None
        assert kept.came_ms is None
        # Whoever leads takes nobody's place by it.
        assert count.going == 3


async def test_nobody_answers_or_asks_without_end(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Ada") as here:
        group, room = await group_of(here, "Ada")
        event = await keep(here.node.services.store, record(group, room, here.id("Robin")))
        for rest, method, most in (("/rsvp", "PUT", 60), ("/waiting", "PUT", 30)):
            for _ in range(most):
                await here.do("Ada", method, day(event, rest), {})
            refused = await here.refused("Ada", method, day(event, rest), {})
            assert refused == (429, "too_many_attempts")
