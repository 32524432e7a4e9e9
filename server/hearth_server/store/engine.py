"""The one place where SQLite and PostgreSQL differ: how to connect, and how to write.

SQLite has one writer: writers queue here, on a lock of our own, instead of in its busy handler.
`synchronous=FULL` makes a commit survive a power cut; writers that come often share commits.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from hearth_server.errors import Overloaded

SQLITE_FILE = "hearth.db"
_BUSY_MS = 10_000
_READERS = 8
#: A failed statement is logged without its values: hashes of secrets, and people's words.
_QUIET: Final[dict[str, Any]] = {"hide_parameters": True}
T = TypeVar("T")


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
    """Connections to one database: many readers, and writers one at a time where need be.

    Args:
        url: where it is.
        wait_s: how long to wait for a free connection before `Overloaded` is raised.
    """

    def __init__(self, url: str, wait_s: float = 30.0) -> None:
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {**_QUIET, "pool_size": _READERS, "pool_timeout": wait_s}
        if not self.is_sqlite:
            options["pool_pre_ping"] = True
        self.engine: AsyncEngine = create_async_engine(url, **options)
        self._writer = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "hearth-store")
        self._direct: Engine | None = None
        if self.is_sqlite:
            file = make_url(url).set(drivername="sqlite")
            self._direct = create_engine(file, poolclass=StaticPool, **_QUIET)
            for engine in (self.engine.sync_engine, self._direct):
                event.listen(engine, "connect", _prepare_sqlite)
                event.listen(engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection inside a transaction that sees one moment and writes nothing."""
        with _in_time():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection whose work is kept when the block ends well, else undone."""
        if not self.is_sqlite:
            with _in_time():
                async with self.engine.begin() as connection:
                    yield connection
            return
        with _in_time():
            async with self._writer, self.engine.connect() as connection:
                await connection.execution_options(hearth_writes=True)
                async with connection.begin():
                    yield connection

    @asynccontextmanager
    async def rebuilding(self) -> AsyncIterator[AsyncConnection]:
        """Yield what `writing` does, for changing tables themselves.

        SQLite changes most of a table by making another in its place. Dropping the old one would
        delete all that refers to its rows; nothing of that is to be while foreign keys are off.
        They can be switched outside of a transaction only.
        """
        if not self.is_sqlite:
            async with self.writing() as connection:
                yield connection
            return
        with _in_time():
            async with self._writer, self.engine.connect() as connection:
                await connection.execution_options(hearth_writes=True)
                driver: Any = (await connection.get_raw_connection()).driver_connection
                await driver.execute("PRAGMA foreign_keys=OFF")
                try:
                    async with connection.begin():
                        yield connection
                finally:
                    await driver.execute("PRAGMA foreign_keys=ON")

    async def in_one_go(self, work: Callable[[Connection], T]) -> T:
        """Run a short piece of work in a transaction of its own; durable once this returns.

        On SQLite it has one thread to itself from begin to commit. Otherwise each statement goes
        to a thread and back several times, on the loop that also has the rooms' ticks to begin.
        """
        if self._direct is None:
            with _in_time():
                async with self.engine.begin() as shared:
                    return await shared.run_sync(work)
        connecting = self._direct.connect

        def begin_to_commit() -> T:
            with connecting() as plain:
                connection = plain.execution_options(hearth_writes=True)
                with connection.begin():
                    return work(connection)

        async with self._writer:
            done = asyncio.get_running_loop().run_in_executor(self._thread, begin_to_commit)
            try:
                return await asyncio.shield(done)
            except asyncio.CancelledError:
                await asyncio.wait([done])  # a commit cannot be called back
                raise

    async def close(self) -> None:
        """Close every connection."""
        self._thread.shutdown()
        if self._direct is not None:
            self._direct.dispose()
        await self.engine.dispose()


@contextmanager
def _in_time() -> Iterator[None]:
    """Say by its name that no connection was free for too long."""
    try:
        yield
    except PoolTimeout as error:
        raise Overloaded from error


def _prepare_sqlite(raw: Any, _record: object) -> None:  # noqa: ANN401  # a DBAPI connection
    raw.isolation_level = None  # transactions are begun below, not by the driver's guess
    cursor = raw.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_MS}",
        # What is deleted is overwritten: otherwise it stays in the file's free pages.
        "secure_delete=ON",
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
