"""The tables, the migrations and the databases say the same, forward and back, in both kinds."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

import hearth_server.store.tables_events  # noqa: F401 - so that `metadata` has every table
from hearth_server.store import migrate
from hearth_server.store.columns import metadata
from hearth_server.store.engine import Database, database_url
from hearth_server.store.schema import NEWEST, at_newest
from tests.support.postgres import Cluster

pytestmark = pytest.mark.asyncio
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
