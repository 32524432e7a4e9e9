"""Members: who sees whom, who gives which role, how people go, and that a group keeps an owner."""

from dataclasses import replace
from pathlib import Path

import pytest

from hearth_server.community.permissions import Role
from tests.support.groups import Town, group_of, town
from tests.support.people import PASSWORD, neighbourhood

pytestmark = pytest.mark.asyncio


async def names(here: Town, who: str | None, group: str, query: str = "") -> list[str]:
    page = await here.get(who, f"/groups/{group}/members?{query}")
    return sorted(each["name"] for each in page["items"])


async def test_members_are_listed_searched_and_paged(tmp_path: Path) -> None:
    people = [f"Person{number}" for number in range(5)]
    async with town(tmp_path, "Robin", *people, "Stranger") as here:
        group, _ = await group_of(here, *people)
        assert await names(here, "Person1", group) == [*people, "Robin"]
        assert await names(here, "Person1", group, "q=ROB") == ["Robin"]
        assert await names(here, "Person1", group, "q=person3") == ["Person3"]
        assert await names(here, "Person1", group, "q=%25") == []
        seen: list[str] = []
        query = "limit=2"
        while True:
            page = await here.get("Robin", f"/groups/{group}/members?{query}")
            seen += [each["id"] for each in page["items"]]
            if page["next"] is None:
                break
            query = f"limit=2&cursor={page['next']}"
        assert len(seen) == len(set(seen)) == 6
        path = f"/groups/{group}/members"
        assert await here.refused("Stranger", "GET", path) == (403, "not_a_member")
        assert await here.refused(None, "GET", path) == (401, "sign_in_needed")


async def test_blocked_people_are_not_there_for_each_other(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Sam", "Mod") as here:
        group, _ = await group_of(here, "Alex", "Sam", "Mod")
        await here.give(group, "Mod", Role.MODERATOR)
        room = (await here.get("Robin", f"/groups/{group}"))["rooms"][0]["id"]
        here.rooms.put(room, here.people["Sam"])
        here.rooms.put(room, here.people["Robin"])
        relations = here.node.services.relations
        for a, b in (("Alex", "Sam"), ("Sam", "Alex")):
            relations.block(here.id(a), here.id(b), True)
            for who, gone in (("Alex", "Sam"), ("Sam", "Alex")):
                assert gone not in await names(here, who, group)
                assert await names(here, who, group, f"q={gone}") == []
                assert (await here.get(who, f"/groups/{group}"))["members"] == 3
            page = await here.get("Alex", f"/groups/{group}")
            assert (page["present"], page["rooms"][0]["present"]) == (1, 1)
            assert [each["name"] for each in page["rooms"][0]["faces"]] == ["Robin"]
            assert (await here.get("Alex", "/groups"))["items"][0]["present"] == 1
            relations.block(here.id(a), here.id(b), False)
        relations.block(here.id("Sam"), here.id("Mod"), True)
        assert await names(here, "Mod", group) == ["Alex", "Mod", "Robin", "Sam"]
        assert (await here.get("Mod", f"/groups/{group}"))["present"] == 2


async def test_a_member_is_shown_in_rooms_of_this_group_only(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await group_of(here, "Alex")
        other = await here.start("Robin", name="Other", visibility="private")
        here.rooms.put(other["room"]["id"], here.people["Robin"])
        items = (await here.get("Alex", f"/groups/{group}/members"))["items"]
        assert {each["present_room"] for each in items} == {None}


async def test_faces_are_for_those_who_could_go_in(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Passing") as here:
        group, _ = await group_of(here, "Alex")
        made = {"name": "Office", "template": "studio"}
        office = await here.do("Robin", "POST", f"/groups/{group}/rooms", made)
        here.rooms.put(office["id"], here.people["Robin"])
        version = office["version"]
        for access, seeing in (("everyone", {"Alex", "Passing"}), ("leaders", set())):
            door = {"version": version, "access": access}
            version = (await here.do("Robin", "PATCH", f"/rooms/{office['id']}", door))["version"]
            for who in ("Robin", "Alex", "Passing", None):
                page = await here.get(who, f"/groups/{group}")
                (room,) = [each for each in page["rooms"] if each["id"] == office["id"]]
                sees = who == "Robin" or who in seeing
                assert ([each["name"] for each in room["faces"]], room["present"]) == (
                    ["Robin"] if sees else [],
                    1,
                ), (access, who)
            items = (await here.get("Alex", f"/groups/{group}/members"))["items"]
            (robin,) = [each for each in items if each["name"] == "Robin"]
            assert robin["present_room"] == (office["id"] if "Alex" in seeing else None)


ROLES = ("owner", "leader", "moderator", "host", "member")


@pytest.mark.parametrize("actor", ROLES)
async def test_roles_are_given_below_ones_own(tmp_path: Path, actor: str) -> None:
    async with town(tmp_path, "Robin", "Actor", *ROLES) as here:
        group, _ = await group_of(here, "Actor", *ROLES)
        await here.give(group, "Actor", Role(actor))
        rank = list(reversed(ROLES)).index
        for subject in ROLES:
            for role in ROLES:
                await here.give(group, subject, Role(subject))
                here.rooms.standings.clear()
                path = f"/groups/{group}/members/{here.id(subject)}"
                response = await here.ask("Actor", "PATCH", path, {"role": role})
                weaker = rank(subject) < rank(actor) and rank(role) < rank(actor)
                allowed = actor == "owner" or (actor == "leader" and weaker)
                assert response.status_code == (200 if allowed else 403), (actor, subject, role)
                told = [(each.account_id, each.role) for each in here.rooms.standings]
                assert told == ([(here.id(subject), Role(role))] if allowed else [])


@pytest.mark.parametrize("role", ["guest", "king", "", 3, None])
async def test_there_are_no_other_roles_to_give(tmp_path: Path, role: object) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await group_of(here, "Alex")
        path = f"/groups/{group}/members/{here.id('Alex')}"
        assert await here.refused("Robin", "PATCH", path, {"role": role}) == (422, "invalid_input")


async def test_members_of_another_group_cannot_be_reached_from_here(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Sam") as here:
        mine, _ = await group_of(here)
        theirs = str((await here.start("Sam"))["group"]["id"])
        await here.join("Alex", theirs)
        alex = f"/groups/{mine}/members/{here.id('Alex')}"
        gone = (404, "member_not_found")
        assert await here.refused("Robin", "PATCH", alex, {"role": "host"}) == gone
        assert await here.refused("Robin", "DELETE", alex) == gone
        transfer = f"/groups/{mine}/transfer"
        assert await here.refused("Robin", "POST", transfer, {"account": here.id("Alex")}) == gone
        there = f"/groups/{theirs}/members/{here.id('Alex')}"
        assert await here.refused("Robin", "DELETE", there) == (403, "not_a_member")


async def test_who_is_taken_out_is_put_out_of_its_rooms(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Mod") as here:
        group, _ = await group_of(here, "Alex", "Mod")
        await here.give(group, "Mod", Role.MODERATOR)
        room = (await here.get("Robin", f"/groups/{group}"))["rooms"][0]["id"]
        robin = f"/groups/{group}/members/{here.id('Robin')}"
        assert await here.refused("Mod", "DELETE", robin) == (403, "not_allowed")
        mod = f"/groups/{group}/members/{here.id('Mod')}"
        assert await here.refused("Mod", "DELETE", mod) == (403, "not_allowed")
        await here.do("Mod", "DELETE", f"/groups/{group}/members/{here.id('Alex')}")
        ((account, rooms, text),) = here.rooms.out
        assert (account, rooms) == (here.id("Alex"), (room,))
        assert text == "You were taken out of Evening Yoga."
        assert (await here.get("Alex", f"/groups/{group}"))["standing"]["role"] is None
        assert (await here.get("Robin", f"/groups/{group}"))["members"] == 2


async def test_a_group_keeps_an_owner(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await group_of(here, "Alex")
        last = (409, "last_owner")
        robin = f"/groups/{group}/members/{here.id('Robin')}"
        assert await here.refused("Robin", "POST", f"/groups/{group}/leave") == last
        assert await here.refused("Robin", "PATCH", robin, {"role": "leader"}) == last
        refused = await here.ask("Robin", "DELETE", "/me", {"password": PASSWORD})
        assert (refused.status_code, refused.json()["code"]) == last
        assert "Evening Yoga" in refused.json()["detail"]
        await here.do("Robin", "POST", f"/groups/{group}/transfer", {"account": here.id("Alex")})
        roles = {
            each["name"]: each["role"]
            for each in (await here.get("Robin", f"/groups/{group}/members"))["items"]
        }
        assert roles == {"Robin": "leader", "Alex": "owner"}
        await here.do("Robin", "POST", f"/groups/{group}/leave")
        assert await here.refused("Alex", "POST", f"/groups/{group}/leave") == last
        await here.do("Alex", "POST", f"/groups/{group}/archive", {"on": True})
        await here.do("Alex", "POST", f"/groups/{group}/leave")


async def test_an_account_leaves_everything_at_once(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Alex") as here:
        one, _ = await group_of(here, "Alex")
        two, _ = await group_of(here, joining="request", name="Two")
        await here.give(one, "Alex", Role.HOST)
        await here.do("Alex", "POST", f"/groups/{one}/invites", {"kind": "member"})
        await here.do("Alex", "POST", f"/groups/{two}/join", {})
        before = (await here.get("Robin", f"/groups/{one}/invites"))["items"]
        await here.do("Alex", "DELETE", "/me", {"password": PASSWORD})
        assert (await here.get("Robin", f"/groups/{one}"))["members"] == 1
        after = (await here.get("Robin", f"/groups/{one}/invites"))["items"]
        assert len(after) == len(before) - 1
        assert (await here.get("Robin", f"/groups/{two}"))["counts"]["requests"] == 0


async def test_a_transfer_goes_to_a_member_who_can_sign_in(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Gone") as here:
        group, _ = await group_of(here, "Alex", "Gone")
        path = f"/groups/{group}/transfer"
        async with here.node.services.store.writing() as tx:
            gone = replace(here.people["Gone"], disabled_ms=1)
            await tx.identity.change_account(gone)
        for account, expected in (
            (here.id("Gone"), (404, "member_not_found")),
            (here.id("Robin"), (403, "not_allowed")),
            ("nobody", (404, "member_not_found")),
            ("a\u0000b", (422, "invalid_input")),
        ):
            assert await here.refused("Robin", "POST", path, {"account": account}) == expected
        assert await here.refused("Alex", "POST", path, {"account": here.id("Alex")}) == (
            403,
            "not_allowed",
        )


async def test_an_archived_group_is_read_and_nothing_else(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Sam") as here:
        group, _ = await group_of(here, "Alex")
        room = (await here.get("Robin", f"/groups/{group}"))["rooms"][0]["id"]
        here.rooms.put(room, here.people["Alex"])
        assert await here.refused("Alex", "POST", f"/groups/{group}/archive", {"on": True}) == (
            403,
            "not_allowed",
        )
        await here.do("Robin", "POST", f"/groups/{group}/archive", {"on": True})
        assert here.rooms.out[0][:2] == (here.id("Alex"), (room,))
        resting = (409, "group_archived")
        assert await here.refused("Sam", "POST", f"/groups/{group}/join", {}) == resting
        edit = {"version": 2, "name": "New"}
        assert await here.refused("Robin", "PATCH", f"/groups/{group}", edit) == resting
        invite = {"kind": "member"}
        assert await here.refused("Robin", "POST", f"/groups/{group}/invites", invite) == resting
        assert await names(here, "Alex", group) == ["Alex", "Robin"]
        page = await here.do("Robin", "POST", f"/groups/{group}/archive", {"on": False})
        assert (page["archived"], "speak" in page["standing"]["rights"]) == (False, True)


async def test_an_edit_names_the_version_it_changed(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await group_of(here, "Alex")
        path = f"/groups/{group}"
        edit = {"version": 1, "name": "Morning Yoga", "tags": ["B", "a", "b"], "size_limit": 40}
        page = await here.do("Robin", "PATCH", path, edit)
        assert (page["name"], page["tags"], page["version"]) == ("Morning Yoga", ["a", "b"], 2)
        assert (page["slug"], page["purpose"], page["size_limit"]) == ("evening-yoga", "", 40)
        assert await here.refused("Robin", "PATCH", path, edit) == (409, "stale_version")
        assert await here.refused("Alex", "PATCH", path, {**edit, "version": 2}) == (
            403,
            "not_allowed",
        )
        page = await here.do("Robin", "PATCH", path, {"version": 2, "question": "Why?"})
        assert page["question"] == "Why?"
        page = await here.do("Robin", "PATCH", path, {"version": 3, "question": None})
        assert page["question"] is None
        for wrong in (
            {"size_limit": 1},
            {"size_limit": 10_001},
            {"slug": "mine"},
            {"version": "3"},
        ):
            body = {"version": 4, **wrong}
            assert await here.refused("Robin", "PATCH", path, body) == (422, "invalid_input")
