"""What is left of whoever deleted their account, in every column of both databases."""

from pathlib import Path

import pytest
from sqlalchemy import JSON, MetaData, Text, select

import hearth_server.store.tables_events  # noqa: F401 - so that `metadata` has every table
from hearth_server.community.permissions import Role
from hearth_server.store.columns import metadata
from hearth_server.store.engine import SQLITE_FILE
from hearth_server.store.unit_of_work import SqlStore
from tests.support.groups import Town, group_of, town
from tests.support.people import PASSWORD

pytestmark = pytest.mark.asyncio
NAME = "Zibeline"
WORDS = "a heron by the weir"


async def words_in(store: SqlStore) -> dict[str, str]:
    """Return all text of a database, by the table and column it stands in."""
    found: dict[str, str] = {}
    async with store.database.reading() as connection:
        there = MetaData()
        await connection.run_sync(there.reflect)
        assert set(there.tables) >= set(metadata.tables)
        for table in there.tables.values():
            for column in table.columns:
                if isinstance(column.type, Text | JSON):
                    rows = (await connection.execute(select(column))).scalars()
                    found[f"{table.name}.{column.name}"] = "\n".join(str(each) for each in rows)
    return found


async def places_of(store: SqlStore, *words: str) -> set[str]:
    """Return where one of these words stands, in whatever case."""
    return {
        place
        for place, text in (await words_in(store)).items()
        if any(word.lower() in text.lower() for word in words)
    }


def only_file(folder: Path) -> bytes:
    """Return all that is kept in a folder, in small letters: SQLite's file alone."""
    assert [each.name for each in folder.iterdir() if each.is_file()] == [SQLITE_FILE]
    return (folder / SQLITE_FILE).read_bytes().lower()


async def a_life(here: Town) -> str:
    """Let somebody do all that leaves a name or words behind; return the group."""
    group, room = await group_of(here, NAME, "Mod", "Alex")
    await here.give(group, "Mod", Role.MODERATOR)
    hashed = await here.node.services.passwords.hash(PASSWORD)
    assert isinstance(hashed, str)
    async with here.node.services.store.writing() as tx:
        await tx.identity.set_password(here.id(NAME), hashed)
    lines = [
        await here.do(NAME, "POST", f"/groups/{group}/lines", {"key": f"k{number}", "text": WORDS})
        for number in range(2)
    ]
    reports = f"/groups/{group}/reports"
    await here.do("Alex", "POST", reports, {"line": lines[0]["id"], "text": "Unkind."})
    number = here.rooms.put(room, here.people[NAME])
    pointed = {"room": room, "participant": number, "text": "Too close."}
    await here.do("Alex", "POST", reports, pointed)
    await here.do("Mod", "DELETE", f"/groups/{group}/lines/{lines[0]['id']}")
    other = {"account": here.id("Alex")}
    await here.do(NAME, "POST", reports, {**other, "text": "He shouted."})
    await here.do(NAME, "POST", "/me/friends", other)
    measure = {"account": here.id(NAME), "kind": "mute", "reason": "Loud.", "minutes": 5}
    await here.do("Mod", "POST", f"/groups/{group}/sanctions", measure)
    return group


async def test_no_name_and_no_line_is_left_of_whoever_is_gone(
    tmp_path: Path, database_url: str | None
) -> None:
    async with town(tmp_path, "Robin", "Mod", "Alex", NAME, url=database_url) as here:
        group = await a_life(here)
        store = here.node.services.store
        assert isinstance(store, SqlStore)
        assert {"accounts.name", "accounts.handle", "reports.subject_name"} <= await places_of(
            store, NAME
        )
        assert {"lines.text", "reports.line_text"} <= await places_of(store, WORDS)
        await here.do(NAME, "DELETE", "/me", {"password": PASSWORD})
        assert await places_of(store, NAME, WORDS) == set()
        # What happened stays with the moderators.
        kept = (await here.get("Mod", f"/groups/{group}/reports"))["items"]
        by_text = {each["text"]: each for each in kept}
        assert set(by_text) == {"Unkind.", "Too close.", "He shouted."}
        assert {each["line_text"] for each in kept} == {""}
        for text in ("Unkind.", "Too close."):
            subject = by_text[text]["subject"]
            assert (subject["id"], subject["name"], subject["name_then"]) == (here.id(NAME), "", "")
        assert by_text["He shouted."]["reporter"]["name"] == ""
        (muted,) = (await here.get("Mod", f"/groups/{group}/sanctions"))["items"]
        assert (muted["reason"], muted["subject"]["name"]) == ("Loud.", "")


async def test_nothing_of_it_stays_in_the_free_pages_of_the_file(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Mod", "Alex", NAME) as here:
        await a_life(here)
        await here.do(NAME, "DELETE", "/me", {"password": PASSWORD})
    # Closed: what stood in the log is in the file.
    kept = only_file(tmp_path)
    assert b"alex" in kept
    for word in (NAME, WORDS):
        assert word.lower().encode() not in kept


async def test_a_line_that_was_taken_away_is_nowhere_but_in_its_report(
    tmp_path: Path, database_url: str | None
) -> None:
    async with town(tmp_path, "Robin", "Alex", url=database_url) as here:
        group, _ = await group_of(here, "Alex")
        path = f"/groups/{group}/lines"
        said = await here.do("Alex", "POST", path, {"key": "k", "text": WORDS})
        store = here.node.services.store
        assert isinstance(store, SqlStore)
        assert await places_of(store, WORDS) == {"lines.text"}
        await here.do("Robin", "DELETE", f"{path}/{said['id']}")
        assert await places_of(store, WORDS) == set()
        acts = (await here.get("Robin", f"/groups/{group}/audit"))["items"]
        (noted,) = [each["details"] for each in acts if each["action"] == "line_deleted"]
        assert noted == {"line": said["id"]}
        # What was reported before is what moderators judge by.
        again = await here.do("Alex", "POST", path, {"key": "k2", "text": WORDS})
        await here.do(
            "Robin", "POST", f"/groups/{group}/reports", {"line": again["id"], "text": "?"}
        )
        await here.do("Robin", "DELETE", f"{path}/{again['id']}")
        assert await places_of(store, WORDS) == {"reports.line_text"}
