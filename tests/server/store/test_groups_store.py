"""Groups and moderation on both databases: what is kept comes back, and races have one winner."""

import asyncio
from pathlib import Path

import pytest

from hearth_server.community.permissions import Role
from hearth_server.community.ports.groups import Search
from hearth_server.community.sanctions import SanctionBook
from hearth_server.ids import new_id
from hearth_server.services.parts import load_books
from tests.support.groups import JSON, Town, token_of, town

pytestmark = pytest.mark.asyncio


async def pages(here: Town, who: str | None, path: str) -> list[JSON]:
    """Read a whole list, two at a time."""
    items: list[JSON] = []
    cursor = ""
    while True:
        page = await here.get(who, f"{path}{'&' if '?' in path else '?'}limit=2{cursor}")
        items += page["items"]
        if page["next"] is None:
            return items
        cursor = f"&cursor={page['next']}"


async def test_groups_are_found_by_name_tag_and_language(
    tmp_path: Path, database_url: str | None
) -> None:
    async with town(tmp_path, "Robin", url=database_url) as here:
        for number in range(5):
            name, tag = f"Yoga {number % 2}", f"t{number % 2}"
            await here.start("Robin", name=name, tags=[tag, "all"], language="en-GB")
        assert len(await pages(here, None, "/groups")) == 5
        assert len(await pages(here, None, "/groups?q=yOGA")) == 5
        assert len(await pages(here, None, "/groups?tag=t1")) == 2
        assert len(await pages(here, None, "/groups?language=en&q=0")) == 3
        assert await pages(here, None, "/groups?q=%25_%5C") == []


async def test_two_of_a_name_at_once_are_two_groups(
    tmp_path: Path, database_url: str | None
) -> None:
    async with town(tmp_path, "Robin", "Alex", url=database_url) as here:
        made = await asyncio.gather(*(here.start(who) for who in ("Robin", "Alex") * 3))
        assert len({each["group"]["slug"] for each in made}) == 6


async def test_the_last_seats_go_to_so_many(tmp_path: Path, database_url: str | None) -> None:
    names = [f"p{number}" for number in range(16)]
    async with town(tmp_path, "Robin", *names, url=database_url) as here:
        made = await here.start("Robin")
        group = made["group"]["id"]
        await here.do("Robin", "PATCH", f"/groups/{group}", {"version": 1, "size_limit": 6})
        token = token_of(made["invite"]["link"])
        answers = await asyncio.gather(
            *(
                here.ask(name, "POST", f"/groups/{group}/join", {"invite": token} if odd else {})
                for odd, name in enumerate(names)
            )
        )
        assert sorted(each.status_code for each in answers) == [200] * 5 + [409] * 11
        assert len(await pages(here, "Robin", f"/groups/{group}/members")) == 6


async def test_the_last_use_of_an_invite_goes_to_so_many(
    tmp_path: Path, database_url: str | None
) -> None:
    names = [f"p{number}" for number in range(8)]
    async with town(tmp_path, "Robin", *names, url=database_url) as here:
        group = (await here.start("Robin", joining="invite"))["group"]["id"]
        made = await here.do(
            "Robin", "POST", f"/groups/{group}/invites", {"kind": "member", "uses": 2}
        )
        body = {"invite": token_of(made["link"])}
        # Each of them twice at once: that counts as one.
        answers = await asyncio.gather(
            *(here.ask(name, "POST", f"/groups/{group}/join", body) for name in names * 2)
        )
        assert sorted(each.status_code for each in answers) == [200] * 4 + [410] * 12


async def test_two_owners_who_leave_at_once_do_not_both_go(
    tmp_path: Path, database_url: str | None
) -> None:
    async with town(tmp_path, "Robin", "Alex", url=database_url) as here:
        group = (await here.start("Robin"))["group"]["id"]
        await here.join("Alex", group)
        alex = f"/groups/{group}/members/{here.id('Alex')}"
        await here.do("Robin", "PATCH", alex, {"role": "owner"})
        answers = await asyncio.gather(
            *(here.ask(who, "POST", f"/groups/{group}/leave") for who in ("Robin", "Alex"))
        )
        assert sorted(each.status_code for each in answers) == [204, 409]


async def test_members_requests_and_norms_come_back(
    tmp_path: Path, database_url: str | None
) -> None:
    names = [f"Person{number}" for number in range(5)]
    async with town(tmp_path, "Robin", *names, url=database_url) as here:
        group = (await here.start("Robin", joining="request"))["group"]["id"]
        for name in names:
            body = {"answer": f"{name} asks"}
            await here.do(name, "POST", f"/groups/{group}/join", body)
        asked = await pages(here, "Robin", f"/groups/{group}/requests")
        assert sorted(each["answer"] for each in asked) == [f"{name} asks" for name in names]
        for each in asked:
            path = f"/groups/{group}/requests/{each['id']}"
            await here.do("Robin", "POST", path, {"accept": True})
        assert len(await pages(here, "Robin", f"/groups/{group}/members")) == 6
        (found,) = await pages(here, "Robin", f"/groups/{group}/members?q=PERSON3")
        assert found["handle"] == "person3"
        norms = await here.get("Robin", f"/groups/{group}/norms")
        body = {"version": 1, "items": [{"text": "Ünï ☀"}], "material": True}
        await here.do("Robin", "PUT", f"/groups/{group}/norms", body)
        history = (await here.get("Robin", f"/groups/{group}/norms/history"))["items"]
        assert history[1] == norms
        await here.do(
            "Person1",
            "POST",
            f"/groups/{group}/norms/sign",
            await here.signature("Person1", group),
        )
        async with here.node.services.store.reading() as tx:
            member = await tx.groups.membership(group, here.id("Person1"))
            assert member is not None
            assert member.signed_version == 2
            without = Search(without=frozenset({here.id("Person1")}))
            assert len(await tx.groups.members(group, without)) == 5
            counted = await tx.groups.count_among([group], [here.id("Person1"), new_id()])
            assert counted == {group: 1}
            assert await tx.groups.count_among([], [here.id("Person1")]) == {}


async def test_sanctions_reports_and_audit_come_back(
    tmp_path: Path, database_url: str | None
) -> None:
    async with town(tmp_path, "Robin", url=database_url) as here:
        await here.person("Alex", device="one browser")
        group = (await here.start("Robin"))["group"]["id"]
        await here.join("Alex", group)
        await here.give(group, "Alex", Role.HOST)
        for number in range(3):
            body = {"text": f"Nr {number}", "account": here.id("Robin"), "norm_item": 0}
            await here.do("Alex", "POST", f"/groups/{group}/reports", body)
        reports = await pages(here, "Robin", f"/groups/{group}/reports")
        assert sorted(each["text"] for each in reports) == ["Nr 0", "Nr 1", "Nr 2"]
        path = f"/groups/{group}/sanctions"
        ban = {"account": here.id("Alex"), "kind": "ban", "reason": "x", "minutes": 5}
        mute = {**ban, "kind": "mute"}
        made = [await here.do("Robin", "POST", path, body) for body in (mute, ban)]
        services = here.node.services
        before = services.sanctions.of(group, here.id("Alex"), here.node.now_ms)
        services.sanctions = SanctionBook()
        async with services.store.reading() as tx:
            await load_books(tx, services)
        after = services.sanctions.of(group, here.id("Alex"), here.node.now_ms)
        assert sorted(after, key=lambda each: each.id) == sorted(before, key=lambda each: each.id)
        assert {len(each.devices) for each in after} == {0, 1}
        await here.do("Robin", "DELETE", f"{path}/{made[1]['id']}")
        assert (await here.get("Alex", f"/groups/{group}"))["standing"]["role"] == "host"
        assert {each["id"] for each in await pages(here, "Robin", path)} == {
            each["id"] for each in made
        }
        actions = [each["action"] for each in await pages(here, "Robin", f"/groups/{group}/audit")]
        assert actions == ["lifted", "banned", "muted", "joined", "group_started"]
