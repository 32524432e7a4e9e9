"""What a connection promises: who is told that something is kept can pull the plug."""

from pathlib import Path

import pytest
from sqlalchemy import Connection

from hearth_server.store.engine import Database, database_url

pytestmark = pytest.mark.asyncio
#: `synchronous`: a commit waits until the disk has it.
FULL = 2


def promises(connection: Connection) -> tuple[object, object]:
    asked = ("PRAGMA synchronous", "PRAGMA journal_mode")
    synchronous, journal = [connection.exec_driver_sql(each).scalar_one() for each in asked]
    return synchronous, journal


async def test_sqlite_waits_for_the_disk_at_every_commit(tmp_path: Path) -> None:
    database = Database(database_url(None, tmp_path))
    try:
        for opening in (database.reading, database.writing):
            async with opening() as connection:
                assert await connection.run_sync(promises) == (FULL, "wal")
        assert await database.in_one_go(promises) == (FULL, "wal")
    finally:
        await database.close()
