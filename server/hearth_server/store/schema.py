"""Whether a database has the newest form, asked without loading Alembic."""

from typing import Final

from sqlalchemy import inspect, text

from hearth_server.store.engine import Database

#: Id of the newest migration; a test compares it with `migrations/versions`.
NEWEST: Final = "0006"


async def at_newest(database: Database) -> bool:
    """Say whether nothing has to be migrated."""
    async with database.reading() as connection:
        known = await connection.run_sync(lambda raw: inspect(raw).has_table("alembic_version"))
        if not known:
            return False
        rows = await connection.execute(text("SELECT version_num FROM alembic_version"))
        return [version for (version,) in rows] == [NEWEST]
