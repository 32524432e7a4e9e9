"""The tables, the migrations and the databases say the same, forward and back, in both kinds."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, text
from sqlalchemy.exc import DBAPIError

import hearth_server.store.tables_events  # noqa: F401 - so that `metadata` has every table
from hearth_server.store import migrate
from hearth_server.store.columns import metadata
from hearth_server.store.engine import Database, database_url
from hearth_server.store.schema import NEWEST, at_newest
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio
_DAY: dict[str, object] = {"event_id": "e", "original": "20270101T180000"}
#: One row of each, those that others refer to first.
_ROWS: dict[str, dict[str, object]] = {
    "accounts": {"id": "a"},
    "groups": {"id": "g"},
    "rooms": {"id": "r", "group_id": "g"},
    "events": {"id": "e", "group_id": "g", "room_id": "r", "host_id": "a", "created_by": "a"},
    "rsvps": {**_DAY, "account_id": "a"},
    "event_runs": {**_DAY, "room_id": "r"},
    "event_changes": _DAY,
    "invites": {"id": "i", "group_id": "g", "created_by": "a"},
    "invite_uses": {"invite_id": "i", "account_id": "a"},
}
SCRIPTS = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    url = None
    if request.param == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        url = cluster.empty()
    database = Database(database_url(url, tmp_path))
    yield database
    await database.close()


async def test_a_failed_statement_says_nothing_of_its_values(empty: Database) -> None:
    with pytest.raises(DBAPIError) as failed:
        async with empty.writing() as connection:
            await connection.execute(text("SELECT :told FROM nowhere"), {"told": "a secret"})
    assert "nowhere" in str(failed.value)
    assert "a secret" not in str(failed.value)


async def test_the_newest_form_is_the_head_of_the_migrations() -> None:
    assert SCRIPTS.get_heads() == [NEWEST]


async def test_migrations_lead_to_the_tables_and_back(empty: Database) -> None:
    assert not await at_newest(empty)
    assert await migrate.upgrade(empty) is True
    assert await at_newest(empty)
    assert await migrate.upgrade(empty) is False
    async with empty.reading() as connection:
        assert await connection.run_sync(_differences) == []
    await downgrade(empty)
    async with empty.reading() as connection:
        left = await connection.run_sync(lambda raw: inspect(raw).get_table_names())
    assert [name for name in left if name != "alembic_version"] == []
    # And forward again, over what a way back leaves behind.
    assert await migrate.upgrade(empty) is True
    assert await at_newest(empty)


async def test_every_step_can_be_taken_back(empty: Database) -> None:
    for script in reversed(list(SCRIPTS.walk_revisions())):
        await migrate.upgrade(empty, script.revision)
        await downgrade(empty, script.down_revision or "base")
        await migrate.upgrade(empty, script.revision)
        assert await migrate.current(empty) == script.revision


async def test_what_was_kept_stays_on_the_way_forward_and_back(empty: Database) -> None:
    await migrate.upgrade(empty, "0003")
    async with empty.writing() as connection:
        await connection.run_sync(_an_evening)
    every = {name: 1 for name in _ROWS}
    await migrate.upgrade(empty)
    assert await rows_of(empty) == every
    await downgrade(empty, "0003")
    assert await rows_of(empty) == every
    await migrate.upgrade(empty)
    assert await rows_of(empty) == every
    async with empty.writing() as connection:
        # What refers to an event goes with it again.
        await connection.execute(text("DELETE FROM groups"))
    left = {name: number for name, number in (await rows_of(empty)).items() if number}
    assert left == {"accounts": 1}


async def test_words_that_were_taken_away_leave_an_older_database(empty: Database) -> None:
    await migrate.upgrade(empty, "0004")
    told = {"line": 7, "text": "rude words"}
    person = {"kind": "member", "created_ms": 1}
    async with empty.writing() as connection:
        await connection.run_sync(_keep, "accounts", {**person, "id": "gone", "deleted_ms": 2})
        await connection.run_sync(_keep, "accounts", {**person, "id": "here", "name": "Alex"})
        await connection.run_sync(_keep, "groups", {"id": "g"})
        for number, action in enumerate(("line_deleted", "event_changed")):
            note = {"id": number + 1, "action": action, "details": told}
            await connection.run_sync(_keep, "audit", note)
        for whom in ("gone", "here"):
            report = {"id": whom, "group_id": "g", "subject_id": whom, "subject_name": "Alex"}
            await connection.run_sync(_keep, "reports", {**report, "line_text": "rude words"})
    await migrate.upgrade(empty, "0005")
    async with empty.reading() as connection:
        notes = await connection.execute(text("SELECT details FROM audit ORDER BY id"))
        about = await connection.execute(
            text("SELECT id, subject_name, line_text FROM reports ORDER BY id")
        )
        kept = [json.loads(each) if isinstance(each, str) else each for (each,) in notes]
        assert kept == [{"line": 7}, told]
        assert [tuple(each) for each in about] == [("gone", "", ""), ("here", "Alex", "rude words")]


async def test_a_newer_form_is_left_alone(empty: Database) -> None:
    await migrate.upgrade(empty)
    async with empty.writing() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(migrate.NewerDatabase, match="newer Hearth"):
        await migrate.upgrade(empty)
    assert await migrate.current(empty) == "9999"


async def downgrade(database: Database, to: str = "base") -> None:
    """Take a database back. No command of the server does, for what newer tables held is lost."""
    await migrate._run(database, lambda config: command.downgrade(config, to))


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def _an_evening(connection: Connection) -> None:
    """Keep a row in each of `_ROWS`."""
    for name, said in _ROWS.items():
        _keep(connection, name, said)


def _keep(connection: Connection, name: str, said: dict[str, object]) -> None:
    """Keep a row, whatever else its columns want."""
    table = Table(name, MetaData(), autoload_with=connection)
    plain = {int: 0, bytes: b"", dict: {}, bool: False}
    wants = [each for each in table.c if not each.nullable and each.server_default is None]
    values = {each.name: plain.get(each.type.python_type, "") for each in wants}
    connection.execute(table.insert().values({**values, **said}))


async def rows_of(database: Database) -> dict[str, int]:
    async with database.reading() as connection:
        return {
            name: (await connection.execute(text(f"SELECT count(*) FROM {name}"))).scalar_one()
            for name in _ROWS
        }
