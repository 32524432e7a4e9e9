"""The databases of these tests: every repository has to work in SQLite and in PostgreSQL.

`database_url` gives a test both in turn, migrated: None stands for the file in `tmp_path`.
Where PostgreSQL is missing its half is skipped, loudly; in CI and in `make test` that is a failure.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pytest_asyncio

from hearth_server.store.engine import Database
from hearth_server.store.engine import database_url as resolved
from hearth_server.store.migrate import upgrade
from hearth_server.store.unit_of_work import SqlStore
from tests.support.migrated import opened
from tests.support.postgres import Cluster, find_programs, running_cluster

_MISSING = "PostgreSQL is not installed (Debian: postgresql), so its half of the tests did not run"
_skipped: list[str] = []


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private PostgreSQL, with a migrated template."""
    programs = find_programs()
    if programs is None:
        if os.environ.get("CI") == "true" or os.environ.get("HEARTH_POSTGRES_NEEDED") == "1":
            pytest.fail(_MISSING)
        _skipped.append(_MISSING)
        pytest.skip(_MISSING)
    with running_cluster(programs) as running:
        url = running.template()
        # In a thread: an async test that asks for this has a loop running already.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(_migrated(url))).result()
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str | None:
    """Return the address of a database of the test's own; None for SQLite's default file."""
    if request.param == "sqlite":
        return None
    running: Cluster = request.getfixturevalue("cluster")
    return running.fresh()


@pytest_asyncio.fixture
async def store(database_url: str | None, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """Give the store of a database of the test's own."""
    database = await opened(tmp_path, database_url)
    try:
        yield SqlStore(database)
    finally:
        await database.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what did not run."""
    for line in _skipped:
        terminalreporter.write_line(f"NOTE: {line}.", yellow=True, bold=True)


async def _migrated(url: str) -> None:
    database = Database(resolved(url, Path("unused")))
    try:
        await upgrade(database)
    finally:
        await database.close()
