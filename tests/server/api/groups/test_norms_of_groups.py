"""Norms: signed as they were read, changed by version, asked for again when it matters."""

from pathlib import Path

import pytest

from hearth_server.community.permissions import Role
from tests.support.groups import JSON, Town, group_of, town

pytestmark = pytest.mark.asyncio
ITEMS = [{"text": "Be kind.", "mechanism": None}, {"text": "No guests.", "mechanism": "no_guests"}]


async def change(here: Town, group: str, who: str = "Robin", **changes: object) -> JSON:
    norms = await here.get(who, f"/groups/{group}/norms")
    body = {
        "version": norms["version"],
        "items": [{"text": "Be kind.", "mechanism": None}],
        "material": True,
        "note": "",
        **changes,
    }
    return await here.do(who, "PUT", f"/groups/{group}/norms", body)


async def standing(here: Town, who: str, group: str) -> JSON:
    return dict((await here.get(who, f"/groups/{group}"))["standing"])


async def test_a_material_change_asks_everybody_to_sign_again(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await group_of(here, "Alex")
        old = await here.signature("Alex", group)
        here.rooms.standings.clear()
        await change(here, group, note="Shorter.")
        assert here.rooms.standings == []  # whoever is in a room keeps their voice until they leave
        alex = await standing(here, "Alex", group)
        assert (alex["signed"], alex["sign_needed"], alex["state"]) == (False, True, "member")
        assert alex["rights"] == ["enter_rooms", "read", "see_group"]
        assert (await standing(here, "Robin", group))["signed"] is True
        sign = f"/groups/{group}/norms/sign"
        assert await here.refused("Alex", "POST", sign, old) == (409, "stale_version")
        page = await here.do("Alex", "POST", sign, await here.signature("Alex", group))
        assert page["standing"]["sign_needed"] is False
        assert [each.signed for each in here.rooms.standings] == [True]


async def test_a_small_change_leaves_signatures_in_force(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await group_of(here, "Alex")
        await change(here, group, material=False, note="A comma.")
        assert (await standing(here, "Alex", group))["signed"] is True
        await change(here, group, material=True)
        await change(here, group, material=False, note="Another comma.")
        assert (await standing(here, "Alex", group))["signed"] is False
        versions = (await here.get("Alex", f"/groups/{group}/norms/history"))["items"]
        assert [each["version"] for each in versions] == [4, 3, 2, 1]
        assert [each["material"] for each in versions] == [False, True, False, True]
        assert len({each["hash"] for each in versions}) == 4


async def test_norms_against_guests_close_the_group_to_guests(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        group, _ = await group_of(here)
        room = (await here.get("Robin", f"/groups/{group}"))["rooms"][0]["id"]
        guests = {"kind": "guest", "room": room}
        await here.do("Robin", "POST", f"/groups/{group}/invites", guests)
        await change(here, group, items=ITEMS)
        page = await here.get("Robin", f"/groups/{group}")
        assert page["guests_allowed"] is False
        assert here.rooms.changed == [room]
        invites = f"/groups/{group}/invites"
        assert await here.refused("Robin", "POST", invites, guests) == (403, "not_allowed")
        edit = {"version": page["version"], "guests_allowed": True}
        assert await here.refused("Robin", "PATCH", f"/groups/{group}", edit) == (
            403,
            "not_allowed",
        )
        await change(here, group)
        page = await here.do("Robin", "PATCH", f"/groups/{group}", edit)
        assert page["guests_allowed"] is True


async def test_a_guest_link_leads_into_a_room_of_this_group(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        group, _ = await group_of(here)
        other = await here.start("Robin", name="Other")
        invites = f"/groups/{group}/invites"
        for room in (None, other["room"]["id"], "attic"):
            body = {"kind": "guest", "room": room}
            assert await here.refused("Robin", "POST", invites, body) == (404, "room_not_found")


async def test_norms_are_changed_by_those_who_may_at_the_version_they_saw(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Lee") as here:
        group, _ = await group_of(here, "Alex", "Lee")
        await here.give(group, "Lee", Role.LEADER)
        path = f"/groups/{group}/norms"
        body: JSON = {"version": 1, "items": ITEMS, "material": False, "note": ""}
        assert await here.refused("Alex", "PUT", path, body) == (403, "not_allowed")
        await here.do("Lee", "PUT", path, body)
        assert await here.refused("Robin", "PUT", path, body) == (409, "stale_version")
        body["version"] = 2
        for items in (
            ITEMS * 6,
            [{"text": "x" * 201}],
            [{"text": "\u200b"}],
            [{"text": "a", "mechanism": "lasers"}],
            [{"text": "Same."}, {"text": "SAME."}],
            [{"text": "a", "weight": 3}],
            "be kind",
        ):
            refused = await here.refused("Robin", "PUT", path, {**body, "items": items})
            assert refused == (422, "invalid_input")
        kept = await here.do("Robin", "PUT", path, {**body, "items": [{"text": "<i>Hi</i>\u202e"}]})
        assert kept["items"] == [{"text": "<i>Hi</i>", "mechanism": None}]
        assert (await here.do("Robin", "PUT", path, {**body, "version": 3, "items": []}))[
            "items"
        ] == []


async def test_an_owner_can_always_mend_the_norms(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Lee") as here:
        group, _ = await group_of(here, "Lee")
        await here.give(group, "Lee", Role.LEADER)
        await change(here, group, who="Lee")
        robin = await standing(here, "Robin", group)
        assert robin["signed"] is False
        assert "edit_norms" in robin["rights"]
        assert "assign_roles" not in robin["rights"]
        await change(here, group)
        assert (await standing(here, "Robin", group))["signed"] is True
        assert (await standing(here, "Lee", group))["signed"] is False


async def test_strangers_sign_nothing(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await group_of(here)
        signature = await here.signature(None, group)
        sign = f"/groups/{group}/norms/sign"
        assert await here.refused("Alex", "POST", sign, signature) == (403, "not_a_member")
        assert await here.refused(None, "POST", sign, signature) == (401, "sign_in_needed")
