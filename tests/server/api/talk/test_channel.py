"""The channel over HTTP: written once, shown to whom it may be shown, changed by whom it may."""

from pathlib import Path
from uuid import uuid4

import pytest

from hearth_server.community.permissions import Role
from tests.support.groups import JSON, Town, town

pytestmark = pytest.mark.asyncio


async def say(here: Town, who: str, group: str, text: str, key: str | None = None) -> JSON:
    here.node.clock.advance(2)
    body = {"key": key or str(uuid4()), "text": text}
    return await here.do(who, "POST", f"/groups/{group}/lines", body)


async def texts(here: Town, who: str | None, group: str, query: str = "") -> list[str]:
    page = await here.get(who, f"/groups/{group}/lines{query}")
    return [line["text"] for line in page["items"]]


async def settled(here: Town, *members: str) -> str:
    """A group of Robin's, with these members, signed."""
    started = await here.start("Robin")
    group = started["group"]["slug"]
    for name in members:
        await here.join(name, group)
    return str(group)


async def test_a_line_is_kept_once_however_often_it_is_sent(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo") as here:
        group = await settled(here, "Bodo")
        first = await say(here, "Robin", group, "hello", key="a1")
        again = await say(here, "Robin", group, "hello", key="a1")
        assert again["id"] == first["id"]
        # Another person's key is another line.
        assert (await say(here, "Bodo", group, "hello", key="a1"))["id"] != first["id"]
        assert await texts(here, "Bodo", group) == ["hello", "hello"]


async def test_history_is_read_from_the_newest_and_back(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        group = await settled(here)
        ids = [(await say(here, "Robin", group, f"line {n}"))["id"] for n in range(7)]
        newest = await here.get("Robin", f"/groups/{group}/lines?limit=3")
        assert [line["text"] for line in newest["items"]] == ["line 4", "line 5", "line 6"]
        assert newest["more_before"]
        assert await texts(here, "Robin", group, f"?limit=3&before={ids[4]}") == [
            "line 1",
            "line 2",
            "line 3",
        ]
        oldest = await here.get("Robin", f"/groups/{group}/lines?limit=3&before={ids[1]}")
        assert [line["text"] for line in oldest["items"]] == ["line 0"]
        assert not oldest["more_before"]
        assert await texts(here, "Robin", group, f"?limit=2&after={ids[2]}") == ["line 3", "line 4"]


async def test_mentions_name_members_and_count_as_such(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo", "Cleo") as here:
        group = await settled(here, "Bodo")
        line = await say(here, "Robin", group, "@bodo and @cleo and me@bodo.example: @BODO")
        assert [each["name"] for each in line["mentions"]] == ["Bodo"]  # Cleo is not in the group
        read = await here.get("Bodo", f"/groups/{group}/lines")
        assert read["items"][0]["mentions_me"]
        me = await here.get("Bodo", "/me")
        assert (me["groups"][0]["unread"], me["groups"][0]["mentions"]) == (1, 1)
        await here.do("Bodo", "PUT", f"/groups/{group}/read", {"line": line["id"]})
        me = await here.get("Bodo", "/me")
        assert (me["groups"][0]["unread"], me["groups"][0]["mentions"]) == (0, 0)
        assert (await here.get("Bodo", f"/groups/{group}/lines"))["read"] == line["id"]


async def test_a_read_marker_never_goes_back_or_past_what_there_is(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        group = await settled(here)
        first, second = [await say(here, "Robin", group, text) for text in ("one", "two")]
        await here.do("Robin", "PUT", f"/groups/{group}/read", {"line": 2**50})
        await here.do("Robin", "PUT", f"/groups/{group}/read", {"line": first["id"]})
        assert (await here.get("Robin", f"/groups/{group}/lines"))["read"] == second["id"]


async def test_one_changes_ones_own_lines_only(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo", "Cleo") as here:
        group = await settled(here, "Bodo", "Cleo")
        line = await say(here, "Bodo", group, "helo")
        path = f"/groups/{group}/lines/{line['id']}"
        edited = await here.do("Bodo", "PATCH", path, {"text": "hello @cleo"})
        assert (edited["text"], edited["edited_ms"] is not None) == ("hello @cleo", True)
        assert [each["name"] for each in edited["mentions"]] == ["Cleo"]
        assert await here.refused("Cleo", "PATCH", path, {"text": "no"}) == (403, "not_allowed")
        assert await here.refused("Robin", "PATCH", path, {"text": "no"}) == (403, "not_allowed")
        assert await here.refused("Cleo", "DELETE", path) == (403, "not_allowed")
        await here.do("Bodo", "DELETE", path)
        gone = (await here.get("Cleo", f"/groups/{group}/lines"))["items"][0]
        assert (gone["deleted"], gone["text"], gone["mentions"]) == (True, "", [])
        assert await here.refused("Bodo", "PATCH", path, {"text": "x"}) == (409, "line_deleted")
        await here.do("Bodo", "DELETE", path)  # twice is once


async def test_moderators_take_lines_away_and_that_is_noted(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo", "Cleo") as here:
        group = await settled(here, "Bodo", "Cleo")
        group_id = (await here.get("Robin", f"/groups/{group}"))["id"]
        await here.give(group_id, "Bodo", Role.MODERATOR)
        line = await say(here, "Cleo", group, "rude words")
        owners = await say(here, "Robin", group, "mine")
        await here.do("Bodo", "DELETE", f"/groups/{group}/lines/{line['id']}")
        refused = await here.refused("Bodo", "DELETE", f"/groups/{group}/lines/{owners['id']}")
        assert refused == (403, "not_allowed")
        acts = (await here.get("Robin", f"/groups/{group}/audit"))["items"]
        assert "line_deleted" in [act["action"] for act in acts]


async def test_reactions_are_given_once_and_taken_back(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo") as here:
        group = await settled(here, "Bodo")
        line = await say(here, "Robin", group, "hello")
        path = f"/groups/{group}/lines/{line['id']}/reactions"
        for _ in range(2):
            shown = await here.do("Bodo", "PUT", f"{path}/heart")
        assert shown["reactions"] == [{"kind": "heart", "count": 1, "mine": True}]
        seen = (await here.get("Robin", f"/groups/{group}/lines"))["items"][0]["reactions"]
        assert seen == [{"kind": "heart", "count": 1, "mine": False}]
        assert await here.refused("Bodo", "PUT", f"{path}/skull") == (422, "reaction_unknown")
        assert (await here.do("Bodo", "DELETE", f"{path}/heart"))["reactions"] == []


async def test_a_block_hides_lines_mentions_reactions_and_counts(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo", "Cleo", "Dana") as here:
        group = await settled(here, "Bodo", "Cleo", "Dana")
        line = await say(here, "Bodo", group, "from bodo")
        await say(here, "Dana", group, "hi @bodo and @cleo")
        await here.do("Bodo", "PUT", f"/groups/{group}/lines/{line['id']}/reactions/heart")
        await here.do("Cleo", "POST", "/me/blocks", {"account": here.id("Bodo")})
        own = await say(here, "Cleo", group, "from cleo")
        for who, other in (("Cleo", "Bodo"), ("Bodo", "Cleo")):
            answer = await here.ask(who, "GET", f"/groups/{group}/lines")
            for trace in (here.id(other), f"from {other.lower()}", f'"name":"{other}"'):
                assert trace not in answer.text
        unread = (await here.get("Bodo", "/me"))["groups"][0]["unread"]
        assert unread == 1  # Dana's line; neither his own nor hers
        refused = await here.refused(
            "Bodo", "PUT", f"/groups/{group}/lines/{own['id']}/reactions/yes"
        )
        assert refused == (404, "line_not_found")
        # Whoever keeps the peace sees everybody.
        assert len(await texts(here, "Robin", group)) == 3


async def test_who_may_not_write_is_told_why(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo", "Cleo") as here:
        group = await settled(here, "Bodo")
        body = {"key": "k1", "text": "hello"}
        path = f"/groups/{group}/lines"
        assert await here.refused(None, "POST", path, body) == (401, "sign_in_needed")
        assert await here.refused("Cleo", "POST", path, body) == (403, "not_a_member")
        assert await here.refused("Cleo", "GET", path) == (403, "not_a_member")
        ban = {"account": here.id("Bodo"), "kind": "mute", "reason": "cooling off", "minutes": 5}
        await here.do("Robin", "POST", f"/groups/{group}/sanctions", ban)
        assert await here.refused("Bodo", "POST", path, body) == (403, "muted")
        await here.do("Robin", "POST", f"/groups/{group}/archive", {"on": True})
        assert await here.refused("Robin", "POST", path, body) == (409, "group_archived")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "line_empty"),
        ("\u200b\u2060 \u202e", "line_empty"),
        ("x" * 2001, "line_too_long"),
    ],
)
async def test_texts_that_cannot_be_lines_are_refused(tmp_path: Path, text: str, code: str) -> None:
    async with town(tmp_path, "Robin") as here:
        group = await settled(here)
        body = {"key": "k1", "text": text}
        assert await here.refused("Robin", "POST", f"/groups/{group}/lines", body) == (422, code)


async def test_markup_stays_text_and_direction_marks_go(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        group = await settled(here)
        hostile = "<script>alert(1)</script> [x](javascript:1)"
        assert (await say(here, "Robin", group, hostile))["text"] == hostile
        assert (await say(here, "Robin", group, "a\u202eb\x00c"))["text"] == "abc"


async def test_another_groups_line_is_not_found_through_ones_own(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo") as here:
        group = await settled(here)
        line = await say(here, "Robin", group, "secret")
        mine = (await here.start("Bodo", name="Bodos"))["group"]["slug"]
        path = f"/groups/{mine}/lines/{line['id']}"
        assert await here.refused("Bodo", "DELETE", path) == (404, "line_not_found")
        assert await here.refused("Bodo", "PATCH", path, {"text": "x"}) == (404, "line_not_found")


async def test_shouting_is_slowed_down(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        group = await settled(here)
        for n in range(6):
            body = {"key": f"k{n}", "text": "!"}
            await here.do("Robin", "POST", f"/groups/{group}/lines", body)
        answer = await here.ask(
            "Robin", "POST", f"/groups/{group}/lines", {"key": "k7", "text": "!"}
        )
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
