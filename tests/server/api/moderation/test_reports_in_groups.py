"""Reports: what reaches the moderators, who sees it, and how it is worked through."""

from pathlib import Path

import pytest
from sqlalchemy import insert

from hearth_server.community.permissions import Role
from hearth_server.store import tables as t
from hearth_server.store.unit_of_work import SqlStore
from tests.support.groups import JSON, Town, group_of, town

pytestmark = pytest.mark.asyncio


async def watched_group(here: Town, *members: str) -> tuple[str, str]:
    """Start a group that whoever is called Mod… moderates; return it and its room."""
    group, room = await group_of(here, *members)
    for name in members:
        if name.startswith("Mod"):
            await here.give(group, name, Role.MODERATOR)
    return group, room


async def line(here: Town, group: str, author: str, text: str, room: str | None = None) -> int:
    """Keep a line of the channel."""
    store = here.node.services.store
    assert isinstance(store, SqlStore)
    async with store.database.writing() as connection:
        kept = await connection.execute(
            insert(t.lines).values(
                group_id=group,
                author_id=here.id(author),
                key=text[:30],
                text=text,
                room_id=room,
                created_ms=1,
            )
        )
    return int(kept.inserted_primary_key[0])


async def queue(here: Town, who: str, group: str, query: str = "") -> list[JSON]:
    return list((await here.get(who, f"/groups/{group}/reports?{query}"))["items"])


async def test_a_report_reaches_the_moderators_and_nobody_else(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Mod", "Alex", "Sam") as here:
        group, room = await watched_group(here, "Mod", "Alex", "Sam")
        number = here.rooms.put(room, here.people["Sam"])
        path = f"/groups/{group}/reports"
        sent = await here.do(
            "Alex",
            "POST",
            path,
            {"room": room, "participant": number, "norm_item": 0, "text": "Too\n\n\nclose <b>"},
        )
        assert sorted(sent) == ["created_ms", "id", "state"]
        for who in ("Alex", "Sam"):
            assert await here.refused(who, "GET", path) == (403, "not_allowed")
            assert (await here.get(who, f"/groups/{group}"))["counts"]["reports"] is None
        (report,) = await queue(here, "Mod", group)
        assert (report["reporter"]["name"], report["subject"]["name"]) == ("Alex", "Sam")
        assert (report["text"], report["room"], report["norm_item"]) == (
            "Too\n\nclose <b>",
            room,
            0,
        )
        assert report["norms_version"] == 1
        assert (await here.get("Mod", f"/groups/{group}"))["counts"]["reports"] == 1


async def test_a_report_keeps_the_line_as_it_was(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Sam") as here:
        group, _ = await watched_group(here, "Alex", "Sam")
        said = await line(here, group, "Sam", "something bad")
        other, _ = await watched_group(here)
        path = f"/groups/{group}/reports"
        await here.do("Alex", "POST", path, {"line": said, "text": "Look"})
        store = here.node.services.store
        assert isinstance(store, SqlStore)
        async with store.database.writing() as connection:
            await connection.execute(t.lines.update().values(text="harmless", deleted_ms=5))
        (report,) = await queue(here, "Robin", group)
        assert (report["line"], report["line_text"]) == (said, "something bad")
        assert report["subject"]["name_then"] == "Sam"
        for wrong in (said, said + 1):
            body = {"line": wrong, "text": "Look"}
            assert await here.refused("Alex", "POST", path, body) == (404, "line_not_found")
        body = {"line": said, "text": "Look"}
        elsewhere = f"/groups/{other}/reports"
        assert await here.refused("Alex", "POST", elsewhere, body) == (404, "line_not_found")


async def test_a_report_tells_nothing_about_lines_and_people_one_may_not_see(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, "Robin", "Alex", "Sam", "Passing") as here:
        group, room = await watched_group(here, "Alex", "Sam")
        path = f"/groups/{group}/reports"
        open_line = await line(here, group, "Sam", "for every member")
        office = await here.do(
            "Robin", "POST", f"/groups/{group}/rooms", {"name": "Office", "template": "studio"}
        )
        door = {"version": office["version"], "access": "leaders"}
        await here.do("Robin", "PATCH", f"/rooms/{office['id']}", door)
        closed = await line(here, group, "Robin", "for leaders", room=office["id"])
        said = await line(here, group, "Sam", "to all in the room", room=room)
        shown = await here.get("Robin", f"/rooms/{room}")
        door = {"version": shown["version"], "access": "everyone"}
        await here.do("Robin", "PATCH", f"/rooms/{room}", door)
        for who, number in (("Alex", closed), ("Passing", closed), ("Passing", open_line)):
            body = {"line": number, "text": "What is it"}
            assert await here.refused(who, "POST", path, body) == (404, "line_not_found")
        await here.do("Passing", "POST", path, {"line": said, "text": "I heard this"})
        # Whoever was blocked after it was said can still report it.
        await here.do("Sam", "POST", "/me/blocks", {"account": here.id("Alex")})
        await here.do("Alex", "POST", path, {"line": open_line, "text": "Look"})
        number = here.rooms.put(room, here.people["Sam"])
        body = {"room": room, "participant": number, "text": "Whoever it is"}
        await here.do("Alex", "POST", path, body)
        kept = (await here.ask("Alex", "GET", "/me/export")).text
        assert "Whoever it is" in kept
        assert "for every member" not in kept
        assert "Sam" not in kept
        assert here.id("Sam") not in kept


async def test_a_moderator_sees_no_reports_about_themselves_but_an_owner_does(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, "Robin", "Mod", "Mod2", "Alex") as here:
        group, _ = await watched_group(here, "Mod", "Mod2", "Alex")
        path = f"/groups/{group}/reports"
        for who in ("Mod", "Robin"):
            body = {"account": here.id(who), "text": f"About {who}"}
            await here.do("Alex", "POST", path, body)
        assert [each["text"] for each in await queue(here, "Mod", group)] == ["About Robin"]
        assert len(await queue(here, "Mod2", group)) == 2
        assert len(await queue(here, "Robin", group)) == 2
        assert (await here.get("Mod", f"/groups/{group}"))["counts"]["reports"] == 1
        about = next(
            each for each in await queue(here, "Robin", group) if each["text"] == "About Mod"
        )
        one = f"{path}/{about['id']}"
        claim = {"act": "claim"}
        assert await here.refused("Mod", "POST", one, claim) == (404, "report_not_found")
        await here.do("Mod2", "POST", one, claim)
        audit = (await here.get("Mod", f"/groups/{group}/audit"))["items"]
        assert here.id("Mod") not in {
            each["subject"]["id"]
            for each in audit
            if each["action"].startswith("report") and each["subject"]
        }


async def test_nobody_is_told_who_wrote_about_them_not_even_an_owner(tmp_path: Path) -> None:
    """Neither name nor account is in the bytes; the other moderators and co-owners see both."""
    async with town(tmp_path, "Robin", "Mod", "Alexandra") as here:
        group, _ = await watched_group(here, "Mod", "Alexandra")
        await here.give(group, "Mod", Role.OWNER)
        path = f"/groups/{group}/reports"
        body = {"account": here.id("Robin"), "text": "Shouts"}
        made = await here.do("Alexandra", "POST", path, body)
        one = f"{path}/{made['id']}"
        told = [
            await here.ask("Robin", "GET", path),
            await here.ask("Robin", "POST", one, {"act": "claim"}),
            await here.ask("Robin", "POST", one, {"act": "release"}),
        ]
        assert [each.status_code for each in told] == [200] * 3
        for each in told:
            assert "Alexandra" not in each.text
            assert here.id("Alexandra") not in each.text
        assert told[0].json()["items"][0]["reporter"] is None
        audit = (await here.get("Robin", f"/groups/{group}/audit"))["items"]
        acts = [each for each in audit if each["action"].startswith("report")]
        assert len(acts) == 2
        assert "Alexandra" not in str(acts)
        (report,) = await queue(here, "Mod", group)
        assert report["reporter"]["id"] == here.id("Alexandra")
        closed = {"act": "close", "outcome": "Talked to both"}
        assert (await here.do("Mod", "POST", one, closed))["reporter"]["name"] == "Alexandra"


async def test_a_report_is_claimed_released_and_closed(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Mod", "Mod2", "Alex") as here:
        group, _ = await watched_group(here, "Mod", "Mod2", "Alex")
        path = f"/groups/{group}/reports"
        one = f"{path}/{(await here.do('Alex', 'POST', path, {'text': 'Noise'}))['id']}"
        assert await here.refused("Mod", "POST", one, {"act": "release"}) == (409, "report_open")
        for _ in range(2):
            claimed = await here.do("Mod", "POST", one, {"act": "claim"})
            assert (claimed["state"], claimed["claimed_by"]["name"]) == ("claimed", "Mod")
        for act in ("claim", "release", "close"):
            assert await here.refused("Mod2", "POST", one, {"act": act}) == (409, "report_claimed")
        await here.do("Robin", "POST", one, {"act": "claim"})  # an owner takes over
        await here.do("Robin", "POST", one, {"act": "release"})
        closed = await here.do("Mod2", "POST", one, {"act": "close", "outcome": "Talked to them."})
        assert (closed["state"], closed["outcome"], closed["closed_by"]["name"]) == (
            "closed",
            "Talked to them.",
            "Mod2",
        )
        assert await here.refused("Mod", "POST", one, {"act": "claim"}) == (409, "report_closed")
        assert await queue(here, "Mod", group) == []
        assert len(await queue(here, "Mod", group, "state=closed")) == 1
        assert await here.refused("Mod", "GET", f"{path}?state=lost") == (422, "invalid_input")
        other, _ = await watched_group(here, "Mod")
        elsewhere = f"/groups/{other}/reports/{closed['id']}"
        assert await here.refused("Mod", "POST", elsewhere, {"act": "claim"}) == (
            404,
            "report_not_found",
        )


async def test_the_queue_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await watched_group(here, "Alex")
        for number in range(7):
            await here.do("Alex", "POST", f"/groups/{group}/reports", {"text": f"Nr {number}"})
            if number % 3 == 0:
                here.node.clock.advance(60)
        texts: list[str] = []
        query = "limit=2"
        while True:
            page = await here.get("Robin", f"/groups/{group}/reports?{query}")
            texts += [each["text"] for each in page["items"]]
            if page["next"] is None:
                break
            query = f"limit=2&cursor={page['next']}"
        assert sorted(texts) == [f"Nr {number}" for number in range(7)]
        assert texts[0] == "Nr 0"


async def test_reports_are_limited_by_account(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Sam") as here:
        group, _ = await watched_group(here, "Alex", "Sam")
        path = f"/groups/{group}/reports"
        codes = [
            (await here.ask("Alex", "POST", path, {"text": "Again"})).status_code for _ in range(11)
        ]
        assert codes == [201] * 10 + [429]
        await here.do("Sam", "POST", path, {"text": "My first"})
        here.node.clock.advance(60)
        await here.do("Alex", "POST", path, {"text": "Later"})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "\u200b"},
        {"text": "x" * 2001},
        {"text": "x", "norm_item": 10},
        {"text": "x", "norm_item": 9},
        {"text": "x", "participant": 3},
        {"text": "x", "line": 0},
        {"text": "x", "line": 2**63},
        {"text": "x", "account": {"$ne": 1}},
        {"text": "x", "nobody": 1},
    ],
)
async def test_bad_reports_are_refused(tmp_path: Path, body: JSON) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await watched_group(here, "Alex")
        path = f"/groups/{group}/reports"
        assert await here.refused("Alex", "POST", path, body) == (422, "invalid_input")
        own = {"text": "me", "account": here.id("Alex")}
        assert await here.refused("Alex", "POST", path, own) == (403, "not_allowed")


async def test_a_visitor_of_a_listed_group_and_a_guest_may_report(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Visitor") as here:
        await here.person("Gast", kind="guest", handle=None)
        group, _ = await watched_group(here)
        path = f"/groups/{group}/reports"
        for who in ("Visitor", "Gast"):
            await here.do(who, "POST", path, {"account": here.id("Robin"), "text": "Rude"})
        assert await here.refused(None, "POST", path, {"text": "x"}) == (401, "sign_in_needed")
