"""Ways into a group: open, asked for, invited. Once each, within its size, never if banned."""

import asyncio
from pathlib import Path

import pytest

from tests.support.groups import Town, token_of, town

pytestmark = pytest.mark.asyncio
DAY_S = 86_400


async def started(here: Town, **changes: object) -> tuple[str, str]:
    """Start a group of Robin's; return its id and the token of its first invite."""
    made = await here.start("Robin", **changes)
    return made["group"]["id"], token_of(made["invite"]["link"])


async def test_joining_an_open_group_twice_is_joining_once(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await started(here)
        for _ in range(2):
            page = await here.join("Alex", group)
            assert page["standing"]["state"] == "member"
            assert (page["members"], page["standing"]["signed"]) == (2, True)
        assert [each.account_id for each in here.rooms.standings] == [here.id("Alex")]


async def test_whoever_has_not_signed_waits_outside_a_closed_group(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, token = await started(here, visibility="private", name="Circle")
        page = await here.do("Alex", "POST", f"/groups/{group}/join", {"invite": token})
        standing = page["standing"]
        assert (standing["state"], standing["sign_needed"], standing["rights"]) == (
            "waiting",
            True,
            [],
        )
        assert (page["rooms"], page["members"], page["tags"], page["name"]) == ([], 0, [], "Circle")
        assert page["norms"]["items"]
        refused = await here.refused("Alex", "GET", f"/groups/{group}/members")
        assert refused == (403, "norms_unsigned")
        signed = await here.do(
            "Alex", "POST", f"/groups/{group}/norms/sign", await here.signature("Alex", group)
        )
        assert (signed["standing"]["state"], signed["members"]) == ("member", 2)
        assert len(signed["rooms"]) == 1


async def test_a_question_has_to_be_answered_and_a_request_accepted(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Sam") as here:
        group, _ = await started(here, joining="request")
        await here.do("Robin", "PATCH", f"/groups/{group}", {"version": 1, "question": "Why yoga?"})
        path = f"/groups/{group}/join"
        assert await here.refused("Alex", "POST", path, {}) == (422, "answer_needed")
        assert await here.refused("Alex", "POST", path, {"answer": "\u200b"}) == (
            422,
            "answer_needed",
        )
        for answer in ("I miss it <3", "again"):
            page = await here.do("Alex", "POST", path, {"answer": answer})
            assert (page["standing"]["state"], page["standing"]["role"]) == ("requested", None)
        await here.do("Sam", "POST", path, {"answer": "me too"})
        assert (await here.get("Robin", f"/groups/{group}"))["counts"]["requests"] == 2
        assert await here.refused("Alex", "GET", f"/groups/{group}/requests") == (
            403,
            "not_a_member",
        )
        first, second = (await here.get("Robin", f"/groups/{group}/requests"))["items"]
        assert {each["answer"] for each in (first, second)} == {"I miss it <3", "me too"}
        by_name = {each["person"]["name"]: each["id"] for each in (first, second)}
        one = f"/groups/{group}/requests/{by_name['Alex']}"
        await here.do("Robin", "POST", one, {"accept": True})
        assert await here.refused("Robin", "POST", one, {"accept": False}) == (404, "not_found")
        await here.do(
            "Robin", "POST", f"/groups/{group}/requests/{by_name['Sam']}", {"accept": False}
        )
        assert (await here.get("Alex", f"/groups/{group}"))["standing"]["role"] == "member"
        assert (await here.get("Alex", f"/groups/{group}"))["standing"]["declined_ms"] is None

        async def sams() -> tuple[str, int | None]:
            standing = (await here.get("Sam", f"/groups/{group}"))["standing"]
            return standing["state"], standing["declined_ms"]

        # The answer is on the page; after a while that is over, and so it is once they ask again.
        declined_ms = here.node.now_ms
        assert await sams() == ("none", declined_ms)
        here.node.clock.advance(14 * 86_400 - 1)
        assert await sams() == ("none", declined_ms)
        here.node.clock.advance(1)
        assert await sams() == ("none", None)
        await here.do("Sam", "POST", path, {"answer": "once more"})
        assert (await sams())[0] == "requested"
        await here.do("Sam", "POST", f"/groups/{group}/leave")
        assert await sams() == ("none", None)


async def test_a_request_can_be_taken_back(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await started(here, joining="request")
        await here.do("Alex", "POST", f"/groups/{group}/join", {})
        await here.do("Alex", "POST", f"/groups/{group}/leave")
        assert (await here.get("Robin", f"/groups/{group}/requests"))["items"] == []
        assert (await here.get("Alex", f"/groups/{group}"))["standing"]["state"] == "none"


async def test_an_invite_counts_once_for_each_person(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Sam") as here:
        group, _ = await started(here, joining="invite")
        assert await here.refused("Alex", "POST", f"/groups/{group}/join", {}) == (
            403,
            "invite_needed",
        )
        made = await here.do(
            "Robin", "POST", f"/groups/{group}/invites", {"kind": "member", "uses": 1, "days": 1}
        )
        token = token_of(made["link"])
        await here.join("Alex", group, invite=token)
        await here.do("Alex", "POST", f"/groups/{group}/leave")
        await here.join("Alex", group, invite=token)
        listed = (await here.get("Robin", f"/groups/{group}/invites"))["items"]
        assert {each["id"]: each["uses_left"] for each in listed}[made["id"]] == 0
        assert all(each["link"] is None for each in listed)
        body = {"invite": token}
        assert await here.refused("Sam", "POST", f"/groups/{group}/join", body) == (
            410,
            "invite_used",
        )
        assert (await here.get("Robin", f"/groups/{group}"))["members"] == 2


async def test_invites_end_by_time_and_by_hand(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, first = await started(here, joining="invite")
        path = f"/groups/{group}/join"
        other, strange = await started(here, joining="invite")
        assert await here.refused("Alex", "POST", path, {"invite": strange}) == (
            404,
            "invite_unknown",
        )
        assert await here.refused("Alex", "POST", path, {"invite": "x" * 43}) == (
            404,
            "invite_unknown",
        )
        (mine,) = (await here.get("Robin", f"/groups/{group}/invites"))["items"]
        wrong = f"/groups/{other}/invites/{mine['id']}"
        assert await here.refused("Robin", "DELETE", wrong) == (404, "not_found")
        await here.do("Robin", "DELETE", f"/groups/{group}/invites/{mine['id']}")
        assert await here.refused("Alex", "POST", path, {"invite": first}) == (
            404,
            "invite_unknown",
        )
        here.node.clock.advance(7 * DAY_S)
        elsewhere = f"/groups/{other}/join"
        assert await here.refused("Alex", "POST", elsewhere, {"invite": strange}) == (
            410,
            "invite_expired",
        )


async def test_the_invites_of_somebody_who_is_gone_let_nobody_in(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Sam") as here:
        group, _ = await started(here)
        await here.join("Alex", group)
        role = {"role": "host"}
        await here.do("Robin", "PATCH", f"/groups/{group}/members/{here.id('Alex')}", role)
        made = await here.do("Alex", "POST", f"/groups/{group}/invites", {"kind": "member"})
        await here.do("Robin", "DELETE", f"/groups/{group}/members/{here.id('Alex')}")
        body = {"invite": token_of(made["link"])}
        assert await here.refused("Sam", "POST", f"/groups/{group}/join", body) == (
            404,
            "invite_unknown",
        )


async def test_a_private_group_is_not_there_for_strangers(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await started(here, visibility="private", joining="open")
        nothing = (404, "group_not_found")
        for path in ("", "/norms", "/norms/history", "/members"):
            for who in ("Alex", None):
                assert await here.refused(who, "GET", f"/groups/{group}{path}") == nothing
        for path in ("/requests", "/invites", "/reports", "/sanctions", "/audit"):
            assert await here.refused("Alex", "GET", f"/groups/{group}{path}") == nothing
        for body in ({}, {"invite": "x" * 43}, {"signature": {"version": 1, "hash": "0" * 64}}):
            assert await here.refused("Alex", "POST", f"/groups/{group}/join", body) == nothing
        missing = await here.ask("Alex", "GET", "/groups/no-such-group")
        there = await here.ask("Alex", "GET", f"/groups/{group}")
        assert missing.json() == there.json()


async def test_an_unlisted_group_shows_name_and_norms_at_its_door(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await started(
            here, visibility="unlisted", joining="open", tags=["yoga"], language="en"
        )
        for who in (None, "Alex"):
            page = await here.get(who, f"/groups/{group}")
            assert (page["name"], page["rooms"], page["members"], page["tags"]) == (
                "Evening Yoga",
                [],
                0,
                [],
            )
            assert page["norms"]["items"]
        assert (await here.join("Alex", group))["members"] == 2


async def test_many_at_once_never_exceed_the_size(tmp_path: Path) -> None:
    names = [f"p{number}" for number in range(30)]
    async with town(tmp_path, "Robin", *names) as here:
        group, token = await started(here)
        await here.do("Robin", "PATCH", f"/groups/{group}", {"version": 1, "size_limit": 8})

        async def come(number: int, name: str) -> int:
            body = {"invite": token} if number % 2 else {}
            response = await here.ask(name, "POST", f"/groups/{group}/join", body)
            return response.status_code

        codes = await asyncio.gather(*(come(*each) for each in enumerate(names)))
        assert sorted(codes) == [200] * 7 + [409] * 23
        page = await here.get("Robin", f"/groups/{group}")
        assert page["members"] == 8
        assert len((await here.get("Robin", f"/groups/{group}/members"))["items"]) == 8
        smaller = {"version": 2, "size_limit": 7}
        assert await here.refused("Robin", "PATCH", f"/groups/{group}", smaller) == (
            422,
            "invalid_input",
        )


async def test_the_last_use_of_an_invite_goes_to_one(tmp_path: Path) -> None:
    names = [f"p{number}" for number in range(12)]
    async with town(tmp_path, "Robin", *names) as here:
        group, _ = await started(here, joining="invite")
        made = await here.do(
            "Robin", "POST", f"/groups/{group}/invites", {"kind": "member", "uses": 3}
        )
        body = {"invite": token_of(made["link"])}
        answers = await asyncio.gather(
            *(here.ask(name, "POST", f"/groups/{group}/join", body) for name in names)
        )
        assert sorted(each.status_code for each in answers) == [200] * 3 + [410] * 9


async def test_one_person_twice_at_once_is_one_member(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, token = await started(here, joining="invite")
        body = {"invite": token}
        answers = await asyncio.gather(
            *(here.ask("Alex", "POST", f"/groups/{group}/join", body) for _ in range(8))
        )
        assert {each.status_code for each in answers} == {200}
        assert (await here.get("Robin", f"/groups/{group}"))["members"] == 2
        (mine,) = (await here.get("Robin", f"/groups/{group}/invites"))["items"]
        assert mine["uses_left"] == 24


async def test_a_stale_signature_joins_nothing(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await started(here)
        good = await here.signature(None, group)
        for wrong in ({**good, "version": 2}, {**good, "hash": "0" * 64}):
            body = {"signature": wrong}
            assert await here.refused("Alex", "POST", f"/groups/{group}/join", body) == (
                409,
                "stale_version",
            )
        assert (await here.get("Alex", f"/groups/{group}"))["standing"]["role"] is None


async def test_the_banned_come_in_by_no_way(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        await here.person("Mallory", device="the browser on the desk")
        await here.person("Mallory2", device="the browser on the desk")
        await here.person("Guest", device="the browser on the desk", kind="guest", handle=None)
        await here.person("Alex", device="another browser")
        group, token = await started(here)
        await here.join("Mallory", group)
        ban = {"account": here.id("Mallory"), "kind": "ban", "reason": "No."}
        await here.do("Robin", "POST", f"/groups/{group}/sanctions", ban)
        for who in ("Mallory", "Mallory2"):
            for body in ({}, {"invite": token}, {"signature": await here.signature(None, group)}):
                assert await here.refused(who, "POST", f"/groups/{group}/join", body) == (
                    403,
                    "banned",
                )
        page = await here.get("Mallory", f"/groups/{group}")
        assert page["standing"]["sanction"] == {"kind": "ban", "until_ms": None, "reason": "No."}
        assert (page["rooms"], page["standing"]["rights"], page["members"]) == ([], [], 0)
        assert (await here.get("Guest", f"/groups/{group}"))["standing"]["rights"] == []
        await here.join("Alex", group)


async def test_a_ban_counts_also_for_a_request_that_waits(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Mallory") as here:
        group, _ = await started(here, joining="request")
        await here.do("Mallory", "POST", f"/groups/{group}/join", {})
        (asked,) = (await here.get("Robin", f"/groups/{group}/requests"))["items"]
        ban = {"account": here.id("Mallory"), "kind": "ban", "reason": "No."}
        await here.do("Robin", "POST", f"/groups/{group}/sanctions", ban)
        path = f"/groups/{group}/requests/{asked['id']}"
        assert await here.refused("Robin", "POST", path, {"accept": True}) == (404, "not_found")


async def test_nobody_is_let_in_before_the_bans_are_known(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await started(here)
        here.node.services.sanctions.loaded = False
        assert await here.refused("Alex", "POST", f"/groups/{group}/join", {}) == (503, "starting")


async def test_joining_without_end_is_slowed_down(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await started(here, joining="invite")
        codes = [
            (await here.ask("Alex", "POST", f"/groups/{group}/join", {})).status_code
            for _ in range(31)
        ]
        assert codes == [403] * 30 + [429]
        here.node.clock.advance(20)
        assert await here.refused("Alex", "POST", f"/groups/{group}/join", {}) == (
            403,
            "invite_needed",
        )


async def test_guests_need_an_account_to_join(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        group, _ = await started(here)
        guest = await here.person("Gast", kind="guest", handle=None)
        async with here.node.services.store.writing() as tx:
            await tx.groups.add_guest(group, guest.id, here.node.now_ms)
        assert await here.refused("Gast", "POST", f"/groups/{group}/join", {}) == (
            403,
            "not_allowed",
        )
        assert (await here.get("Robin", f"/groups/{group}"))["members"] == 1
        signed = await here.do(
            "Gast", "POST", f"/groups/{group}/norms/sign", await here.signature("Gast", group)
        )
        assert (signed["standing"]["role"], signed["standing"]["signed"]) == ("guest", True)


async def test_a_guest_who_made_an_account_becomes_a_member_once(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await started(here)
        async with here.node.services.store.writing() as tx:
            await tx.groups.add_guest(group, here.id("Alex"), here.node.now_ms)
        page = await here.join("Alex", group)
        assert (page["standing"]["role"], page["members"]) == ("member", 2)
