"""The one place where SQLite and PostgreSQL differ: how to connect, and how to write.

SQLite has one writer: writers queue here, on a lock of our own, instead of in its busy handler.
`synchronous=FULL` makes a commit survive a power cut; writers that come often share commits.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

SQLITE_FILE = "hearth.db"
_BUSY_MS = 10_000
_READERS = 8


def database_url(given: str | None, data_dir: Path) -> str:
    """Return the URL to connect to: the operator's, with the asyncio driver, or a file's.

    Raises:
        ValueError: the URL is neither PostgreSQL's nor SQLite's.
    """
    if given is None:
        return f"sqlite+aiosqlite:///{data_dir / SQLITE_FILE}"
    url = make_url(given)
    drivers = {"postgresql": "postgresql+asyncpg", "sqlite": "sqlite+aiosqlite"}
    driver = drivers.get(url.get_backend_name())
    if driver is None:
        raise ValueError(f"'{url.drivername}' is no database this server can use")
    return url.set(drivername=driver).render_as_string(hide_password=False)


class Database:
    """Connections to one database: many readers, and writers one at a time where need be."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        # A failed statement is logged without its values: hashes of secrets, and people's words.
        options: dict[str, Any] = {"hide_parameters": True}
        if not self.is_sqlite:
            options["pool_pre_ping"] = True
        self.engine: AsyncEngine = create_async_engine(url, pool_size=_READERS, **options)
        self._writer = asyncio.Lock()
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection inside a transaction that sees one moment and writes nothing."""
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection whose work is kept when the block ends well, else undone."""
        if not self.is_sqlite:
            async with self.engine.begin() as connection:
                yield connection
            return
        async with self._writer, self.engine.connect() as connection:
            await connection.execution_options(hearth_writes=True)
            async with connection.begin():
                yield connection

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _prepare_sqlite(raw: Any, _record: object) -> None:  # noqa: ANN401  # a DBAPI connection
    raw.isolation_level = None  # transactions are begun below, not by the driver's guess
    cursor = raw.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_MS}",
        "temp_store=MEMORY",
        "mmap_size=268435456",
        "cache_size=-32768",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401  # sqlalchemy's sync Connection
    # A writer takes the lock at once: upgrading a read lock later can fail for no fault of ours.
    writes = connection.get_execution_options().get("hearth_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
