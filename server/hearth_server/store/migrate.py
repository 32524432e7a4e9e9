"""Brings a database to the newest form. Migrations are Alembic's, in `migrations/`."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from hearth_server.store.engine import Database
from hearth_server.store.schema import NEWEST

# It tells of each of its plugins; what happened is told by whoever calls.
logging.getLogger("alembic").setLevel(logging.WARNING)
Work: TypeAlias = Callable[[Config], None]
_FOLDER: Final = Path(__file__).parent / "migrations"
#: PostgreSQL's advisory lock of whoever migrates; any number will do that nobody else uses.
_LOCK: Final = 4_021_973_640


class NewerDatabase(Exception):
    """The database has a form that this version does not know: a newer one wrote it."""


async def current(database: Database) -> str | None:
    """Return the migration a database is at, None when it is empty."""
    async with database.reading() as connection:
        return await connection.run_sync(_current)


async def upgrade(database: Database, to: str = "head") -> bool:
    """Bring a database forward; say whether there was anything to do.

    Several nodes may start at once: the first one migrates, the others wait and find it done.

    Raises:
        NewerDatabase: this version cannot use it.
    """
    found = await current(database)
    if found == (NEWEST if to == "head" else to):
        return False
    known = {script.revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions()}
    if found is not None and found not in known:
        raise NewerDatabase(
            f"a newer Hearth wrote it (form {found}, this one knows {NEWEST}). Fix: use the newer."
        )
    await _run(database, lambda config: command.upgrade(config, to))
    return True


async def _run(database: Database, work: Work) -> None:
    async with database.rebuilding() as connection:
        if not database.is_sqlite:
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")

        def body(raw: Connection) -> None:
            config = _config()
            config.attributes["connection"] = raw
            work(config)

        await connection.run_sync(body)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
