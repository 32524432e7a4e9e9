"""Starting a group brings all it needs at once; listing shows groups that want to be found."""

from pathlib import Path

import pytest

from hearth_server.community.norms import NormItem, norms_hash
from hearth_server.community.templates import STARTERS
from tests.support.api import ShellOptions
from tests.support.groups import token_of, town

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("template", sorted(STARTERS))
async def test_a_group_starts_with_norms_a_room_and_an_invite(
    tmp_path: Path, template: str
) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        started = await here.start(
            "Robin", template=template, joining="invite", visibility="private", tags=["Yoga "]
        )
        group, norms = started["group"], started["group"]["norms"]
        assert (group["slug"], group["tags"], group["members"]) == ("evening-yoga", ["yoga"], 1)
        assert group["standing"]["role"] == "owner"
        assert (group["standing"]["signed"], group["standing"]["sign_needed"]) == (True, False)
        assert 4 <= len(norms["items"]) <= 10
        items = [NormItem(each["text"], each["mechanism"]) for each in norms["items"]]
        assert norms["hash"] == norms_hash(1, items)
        assert [room["id"] for room in group["rooms"]] == [started["room"]["id"]]
        assert started["room"]["template"] == template
        assert started["room"]["link"] == f"/r/{started['room']['id']}"
        joined = await here.join("Alex", group["id"], invite=token_of(started["invite"]["link"]))
        assert joined["standing"]["role"] == "member"


async def test_two_groups_of_a_name_have_different_slugs(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        first = (await here.start("Robin"))["group"]
        second = (await here.start("Robin"))["group"]
        assert first["slug"] == "evening-yoga"
        assert second["slug"].startswith("evening-yoga-")


async def test_a_name_that_looks_like_an_id_is_no_other_groups_address(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Mallory") as here:
        group = (await here.start("Robin"))["group"]
        (await here.start("Mallory", name=group["id"]))
        page = await here.get("Mallory", f"/groups/{group['id']}")
        assert page["name"] == "Evening Yoga"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\u202e\u200b\u0000"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"name": 7}, "name"),
        ({"name": None}, "name"),
        ({"purpose": "x" * 281}, "purpose"),
        ({"tags": ["a"] * 6}, "tags"),
        ({"tags": [""]}, "tags"),
        ({"tags": ["x" * 25]}, "tags"),
        ({"tags": "yoga"}, "tags"),
        ({"language": "klingon!"}, "language"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"visibility": "secret"}, "visibility"),
        ({"joining": ""}, "joining"),
        ({"template": "castle"}, "template"),
        ({"owner": True}, "owner"),
    ],
)
async def test_what_cannot_be_used_is_refused_by_name(
    tmp_path: Path, changes: dict[str, object], field: str
) -> None:
    async with town(tmp_path, "Robin") as here:
        answers = {"name": "Yoga", "template": "studio", **changes}
        response = await here.ask("Robin", "POST", "/groups", answers)
        assert (response.status_code, response.json()["code"]) == (422, "invalid_input")
        assert response.json()["errors"][0]["field"].split(".")[0] == field
        assert (await here.get("Robin", "/groups"))["items"] == []


async def test_markup_is_text_and_what_hides_is_taken_out(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        started = await here.start(
            "Robin",
            name="<script>alert(1)</script>\u202e & 'co' \u200b\u0000",
            purpose="one\r\n\r\n\r\n\r\ntwo\u2066 <b>",
        )
        group = started["group"]
        assert group["name"] == "<script>alert(1)</script> & 'co'"
        assert group["purpose"] == "one\n\ntwo <b>"


async def test_a_lone_surrogate_is_bad_input_not_a_fault(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        response = await here.client.post(
            "/api/v1/groups",
            content=b'{"name": "a\\ud800b", "template": "studio"}',
            headers={
                "content-type": "application/json",
                "cookie": f"hearth_session={here.tokens['Robin']}",
            },
        )
        assert (response.status_code, response.json()["code"]) == (422, "invalid_input")


async def test_nobody_starts_groups_without_end(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        for _ in range(10):
            await here.start("Robin")
        response = await here.ask(
            "Robin", "POST", "/groups", {"name": "One more", "template": "studio"}
        )
        assert (response.status_code, response.json()["code"]) == (429, "too_many_attempts")
        assert int(response.headers["retry-after"]) > 0


async def test_guests_and_strangers_start_nothing(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        await here.person("Gast", kind="guest", handle=None)
        body = {"name": "Yoga", "template": "studio"}
        assert await here.refused("Gast", "POST", "/groups", body) == (403, "not_allowed")
        assert await here.refused(None, "POST", "/groups", body) == (401, "sign_in_needed")


async def test_only_listed_groups_are_found(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        await here.start("Robin", name="Open Yoga", tags=["move"], language="en")
        await here.start("Robin", name="Hidden Yoga", visibility="unlisted")
        await here.start("Robin", name="Secret Yoga", visibility="private")
        old = await here.start("Robin", name="Old Yoga")
        await here.do("Robin", "POST", f"/groups/{old['group']['id']}/archive", {"on": True})
        await here.start("Robin", name="Chess 100%", language="pt-BR", purpose="for yoga fans, too")

        async def names(who: str | None, query: str) -> list[str]:
            return [each["name"] for each in (await here.get(who, f"/groups?{query}"))["items"]]

        for who in (None, "Alex", "Robin"):
            assert await names(who, "") == ["Chess 100%", "Open Yoga"]
        assert await names(None, "q=YOGA") == ["Chess 100%", "Open Yoga"]
        assert await names(None, "q=open") == ["Open Yoga"]
        assert await names(None, "q=mov") == ["Open Yoga"]
        assert await names(None, "tag=Move") == ["Open Yoga"]
        assert await names(None, "tag=mov") == []
        assert await names(None, "language=pt") == ["Chess 100%"]
        assert await names(None, "q=100%25") == ["Chess 100%"]
        assert await names(None, "q=1%25%25") == []
        assert await names(None, "q=_") == []


async def test_the_list_goes_on_where_it_stopped(tmp_path: Path) -> None:
    options = ShellOptions()
    async with town(tmp_path, "Robin", "Alex", options=options) as here:
        for number in range(7):
            await here.start(("Robin", "Alex")[number % 2], name=f"Group {number % 3}")
        seen: list[str] = []
        path = "/groups?limit=2"
        while True:
            page = await here.get(None, path)
            seen += [each["id"] for each in page["items"]]
            assert len(page["items"]) <= 2
            if page["next"] is None:
                break
            path = f"/groups?limit=2&cursor={page['next']}"
        assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("cursor", ["x", "e30", "WyJhIl0", "W3t9LDFd", "%00", "A" * 600])
async def test_a_made_up_cursor_is_refused(tmp_path: Path, cursor: str) -> None:
    async with town(tmp_path, "Robin") as here:
        status, code = await here.refused(None, "GET", f"/groups?cursor={cursor}")
        assert status == 422
        assert code in ("bad_cursor", "invalid_input")


async def test_a_group_stays_found_though_its_owner_blocked_the_viewer(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group = (await here.start("Robin"))["group"]["id"]
        here.node.services.relations.block(here.id("Robin"), here.id("Alex"), True)
        (found,) = (await here.get("Alex", "/groups"))["items"]
        assert (found["id"], found["members"]) == (group, 0)  # the group, without its owner
        assert (await here.get("Alex", f"/groups/{group}"))["members"] == 0
        assert (await here.get(None, "/groups"))["items"][0]["members"] == 1
