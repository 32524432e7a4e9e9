"""Groups' rooms over HTTP: made, shown, arranged, entered or not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hearth_server.community.accounts import Caller
from hearth_server.community.entering import GroupGrant
from hearth_server.community.permissions import Role
from hearth_server.community.spaces import CAPACITY_MAX, ObjectKept
from hearth_server.services import joining
from hearth_server.services.live import LiveSeat
from hearth_server.services.rooms.keeper import RoomKeeper
from tests.support.groups import JSON, Town, town

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, "Ada", "Bo", "Cleo") as built:
        yield built


@pytest_asyncio.fixture
async def room(here: Town) -> JSON:
    """Ada's studio; Bo is a member."""
    started = await here.start("Ada")
    await here.join("Bo", started["group"]["slug"])
    return await here.get("Ada", f"/rooms/{started['room']['id']}")


async def test_a_room_is_made_by_those_who_may(here: Town, room: JSON) -> None:
    path = f"/groups/{room['group']['slug']}/rooms"
    made = await here.do(
        "Ada", "POST", path, {"name": "Späti & Café", "template": "terrace", "description": "Late."}
    )
    assert made["id"].startswith("spati-cafe-")
    assert (made["link"], made["space"]) == (f"/r/{made['id']}", "terrace")
    assert (made["access"], made["version"], made["may_enter"]) == ("members", 1, True)
    assert made["design"]["template"] == "terrace"
    cards = (await here.get("Bo", path))["items"]
    assert {card["name"] for card in cards} == {"Studio", "Späti & Café"}
    body = {"name": "Attic", "template": "studio"}
    assert await here.refused("Bo", "POST", path, body) == (403, "not_allowed")
    assert await here.refused("Cleo", "POST", path, body) == (403, "not_a_member")
    assert await here.refused(None, "POST", path, body) == (401, "sign_in_needed")
    assert (await here.refused("Ada", "POST", path, {**body, "template": "moon"}))[0] == 422


async def test_a_door_changes_for_who_saw_its_newest_version(here: Town, room: JSON) -> None:
    path = f"/rooms/{room['id']}"
    changed = await here.do("Ada", "PATCH", path, {"version": 1, "access": "hosts", "capacity": 5})
    assert (changed["access"], changed["capacity"], changed["version"]) == ("hosts", 5, 2)
    assert here.rooms.changed == [room["id"]]
    assert changed["name"] == room["name"]
    assert not (await here.get("Bo", path))["may_enter"]
    late = {"version": 1, "name": "Old"}
    assert await here.refused("Ada", "PATCH", path, late) == (409, "stale_version")
    assert (await here.refused("Ada", "PATCH", path, {"version": 2, "capacity": 1}))[0] == 422
    too_many = {"version": 2, "capacity": CAPACITY_MAX + 1}
    assert (await here.refused("Ada", "PATCH", path, too_many))[0] == 422
    assert await here.refused("Bo", "PATCH", path, {"version": 2}) == (403, "not_allowed")


async def test_designs_are_checked_kept_and_undone(here: Town, room: JSON) -> None:
    path = f"/rooms/{room['id']}"
    first = room["design"]
    async with here.node.services.store.writing() as tx:
        lantern = first["objects"][0]["id"]
        await tx.rooms.keep_objects(room["id"], [ObjectKept(lantern, (1, 0, 1), 0.0, False)])
    outside = {**first, "spawn": [{"x": 15, "z": 0, "yaw_deg": 0}]}
    body = {"version": 1, "design": outside}
    assert await here.refused("Ada", "PUT", f"{path}/design", body) == (422, "design_outside")
    bad = {"version": 1, "design": {**first, "size": "vast"}}
    assert await here.refused("Ada", "PUT", f"{path}/design", bad) == (422, "invalid_input")
    second = {**first, "light": "dusk"}
    body = {"version": 1, "design": second, "note": "Evening"}
    changed = await here.do("Ada", "PUT", f"{path}/design", body)
    assert changed["design"] == second
    assert await here.refused("Ada", "PUT", f"{path}/design", body) == (409, "stale_version")
    async with here.node.services.store.reading() as tx:
        assert len(await tx.rooms.objects(room["id"])) == 1  # the lantern is where it was in both
    versions = (await here.get("Ada", f"{path}/versions"))["items"]
    assert [(each["version"], each["note"]) for each in versions] == [(2, "Evening"), (1, "")]
    moved = {**first, "objects": [{**first["objects"][0], "x": 2.0}]}
    body = {"version": 2, "design": moved}
    await here.do("Ada", "PUT", f"{path}/design", body)
    async with here.node.services.store.reading() as tx:
        assert not await tx.rooms.objects(room["id"])  # it was put elsewhere by hand
    for version, expected in ((3, second), (4, first)):
        undone = await here.do("Ada", "POST", f"{path}/undo", {"version": version})
        assert undone["design"] == expected
    nothing = await here.refused("Ada", "POST", f"{path}/undo", {"version": 5})
    assert nothing == (409, "nothing_to_undo")
    assert here.rooms.changed == [room["id"]] * 4
    audit = (await here.get("Ada", f"/groups/{room['group']['id']}/audit"))["items"]
    assert {"room_arranged", "room_undone"} <= {each["action"] for each in audit}


async def test_an_archived_room_lets_nobody_in_until_it_is_opened_again(
    here: Town, room: JSON
) -> None:
    path = f"/rooms/{room['id']}"
    await here.do("Ada", "POST", f"{path}/archive", {"on": True})
    assert await here.refused("Bo", "POST", f"{path}/join", {}) == (409, "room_archived")
    rooms = f"/groups/{room['group']['id']}/rooms"
    assert (await here.get("Ada", rooms))["items"] == []
    found = (await here.get("Ada", f"{rooms}?archived=true"))["items"]
    assert [(each["id"], each["may_enter"]) for each in found] == [(room["id"], False)]
    assert await here.refused("Bo", "GET", f"{rooms}?archived=true") == (403, "not_allowed")
    await here.do("Ada", "POST", f"{path}/archive", {"on": False})
    assert (await here.get("Ada", f"{rooms}?archived=true"))["items"] == []
    assert (await here.do("Bo", "POST", f"{path}/join", {}))["room"]["id"] == room["id"]


async def test_a_ticket_is_for_the_account_and_nobody_else(here: Town, room: JSON) -> None:
    joined = await here.do(
        "Bo", "POST", f"/rooms/{room['id']}/join", {"name": "Ada", "device": "vr"}
    )
    tickets, clock = here.node.shell.tickets, here.node.clock
    grant = tickets.redeem(joined["ticket"], clock.monotonic_s())
    assert isinstance(grant, GroupGrant)
    assert (grant.account.id, grant.profile.name) == (here.id("Bo"), "Bo")
    assert (grant.standing.role, grant.facts.room.id) == (Role.MEMBER, room["id"])
    assert grant.facts.mechanisms == {"boundary_all", "listen_first"} | {"no_recording"}
    assert "design" in joined["room"]
    asked = ["boundary_all", "listen_first", "no_recording"]
    assert (await here.get("Bo", f"/rooms/{room['id']}"))["mechanisms"] == asked


async def test_who_may_not_come_in_is_told_why(here: Town, room: JSON) -> None:
    path = f"/rooms/{room['id']}/join"
    assert await here.refused(None, "POST", path, {"name": "X"}) == (401, "sign_in_needed")
    assert await here.refused("Cleo", "POST", path, {}) == (403, "not_a_member")
    group = room["group"]["id"]
    await here.do(
        "Ada",
        "POST",
        f"/groups/{group}/sanctions",
        {"account": here.id("Bo"), "kind": "bar", "room": room["id"], "reason": "Shouting."},
    )
    assert await here.refused("Bo", "POST", path, {}) == (403, "barred")
    await here.do(
        "Ada",
        "POST",
        f"/groups/{group}/sanctions",
        {"account": here.id("Bo"), "kind": "ban", "reason": "Shouting."},
    )
    assert await here.refused("Bo", "POST", path, {}) == (403, "banned")
    assert await here.refused("Bo", "POST", "/rooms/attic-aaaaaa/join", {}) == (
        404,
        "room_not_found",
    )


async def test_while_the_book_is_not_read_nobody_comes_in(here: Town, room: JSON) -> None:
    here.node.services.sanctions.loaded = False
    path = f"/rooms/{room['id']}/join"
    assert await here.refused("Ada", "POST", path, {}) == (503, "starting")


async def test_anybody_may_listen_where_a_listed_group_lets_everybody_in(
    here: Town, room: JSON
) -> None:
    path = f"/rooms/{room['id']}"
    await here.do("Ada", "PATCH", path, {"version": 1, "access": "everyone"})
    shown = await here.get("Cleo", path)
    assert (shown["may_enter"], shown["listener"]) == (True, True)
    await here.do("Cleo", "POST", f"{path}/join", {})
    shown = await here.get("Bo", path)
    assert (shown["may_enter"], shown["listener"]) == (True, False)


@pytest.mark.parametrize(("visibility", "seen"), [("private", False), ("unlisted", True)])
async def test_hidden_groups_show_strangers_little_or_nothing(
    here: Town, visibility: str, seen: bool
) -> None:
    started = await here.start("Ada", visibility=visibility, joining="invite")
    path = f"/rooms/{started['room']['id']}"
    here.rooms.put(started["room"]["id"], here.people["Ada"])
    for who in ("Cleo", None):
        if not seen:
            assert await here.refused(who, "GET", path) == (404, "room_not_found")
            continue
        shown = await here.get(who, path)
        assert (shown["design"], shown["present"], shown["may_enter"]) == (None, 0, False)
        assert shown["group"]["name"] == "Evening Yoga"
    if not seen:
        assert await here.refused("Cleo", "POST", f"{path}/join", {}) == (404, "room_not_found")


async def test_the_headcount_leaves_out_whom_one_is_kept_apart_from(here: Town, room: JSON) -> None:
    for name in ("Ada", "Bo"):
        here.rooms.put(room["id"], here.people[name])
    here.node.services.relations.block(here.id("Ada"), here.id("Bo"), True)
    path = f"/rooms/{room['id']}"
    assert (await here.get("Bo", path))["present"] == 1
    # Ada answers reports here and sees everybody.
    assert (await here.get("Ada", path))["present"] == 2


async def test_a_full_room_and_an_account_that_is_there_already(here: Town, room: JSON) -> None:
    path = f"/rooms/{room['id']}/join"
    here.rooms.seats_taken = lambda _: room["capacity"]  # type: ignore[method-assign]
    assert await here.refused("Bo", "POST", path, {}) == (409, "room_full")
    await here.do("Ada", "POST", path, {})
    here.rooms.seats_taken = lambda _: room["capacity"] + 2  # type: ignore[method-assign]
    assert await here.refused("Ada", "POST", path, {}) == (409, "room_full")
    seat = LiveSeat(room["id"], True)
    here.rooms.seat_of = lambda _: seat  # type: ignore[method-assign]
    refused = await here.ask("Bo", "POST", path, {})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_here")
    assert refused.json()["room"] == room["id"]
    for how in ("companion", "move"):
        await here.do("Bo", "POST", path, {"how": how})
    seat = LiveSeat("elsewhere-aaaaaa", True)
    here.rooms.seats_taken = lambda _: 0  # type: ignore[method-assign]
    refused = await here.ask("Bo", "POST", path, {"how": "companion"})
    assert (refused.status_code, refused.json()["code"]) == (409, "already_here")
    # So that nobody is offered what would be refused: a companion is in its avatar's room.
    assert refused.json()["room"] == "elsewhere-aaaaaa"
    await here.do("Bo", "POST", path, {"how": "move"})
    # A seat that is only kept for a lost line is in nobody's way.
    seat = LiveSeat(room["id"], False)
    await here.do("Bo", "POST", path, {})


async def test_what_rooms_put_down_is_kept_and_only_what_there_is(here: Town, room: JSON) -> None:
    keeper = RoomKeeper(here.node.services)
    name = room["design"]["objects"][0]["id"]
    keeper.keep(room["id"], [ObjectKept(name, (1.0, 0.0, 1.0), 0.0, False)])
    keeper.keep(room["id"], [ObjectKept(name, (2.0, 0.0, 1.0), 0.5, True)])
    keeper.keep(room["id"], [ObjectKept("no-such", (0.0, 0.0, 0.0), 0.0, False)])
    keeper.keep("no-room-aaaaaa", [ObjectKept(name, (0.0, 0.0, 0.0), 0.0, False)])
    await keeper.flush()
    async with here.node.services.store.reading() as tx:
        assert list(await tx.rooms.objects(room["id"])) == [
            ObjectKept(name, (2.0, 0.0, 1.0), 0.5, True)
        ]
    keeper.recheck(here.id("Bo"), room["group"]["id"])
    await keeper.read()
    assert here.rooms.standings[-1].account_id == here.id("Bo")


async def test_whose_rooms_are_is_remembered_of_so_many(
    here: Town, room: JSON, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "GROUPS_KNOWN_MAX", 2)
    rooms = [room["id"]]
    for name in ("Attic", "Cellar", "Porch"):
        body = {"name": name, "template": "studio"}
        made = await here.do("Ada", "POST", f"/groups/{room['group']['slug']}/rooms", body)
        rooms.append(made["id"])
    opened = await here.node.session(here.people["Ada"])
    caller, doors = Caller(here.people["Ada"], opened.session), joining.Joining(here.node.services)
    for room_id in rooms * 2:
        found = await doors.join(room_id, caller, joining.JoinWish())
        assert isinstance(found, GroupGrant)
        assert (found.room_id, found.facts.group.slug) == (room_id, room["group"]["slug"])
        assert len(doors._group_of) <= 2
    assert list(doors._group_of) == rooms[-2:]
