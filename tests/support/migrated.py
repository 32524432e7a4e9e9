"""Databases in the newest form: SQLite's is made once a run and copied, as PostgreSQL's is.

What migrations do is tested by themselves; hundreds of tests only need what comes of them.
"""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from hearth_server.store.engine import SQLITE_FILE, Database, database_url
from hearth_server.store.migrate import upgrade


async def opened(folder: Path, url: str | None = None, wait_s: float = 30.0) -> Database:
    """Open a database in the newest form, in `folder` or at `url`."""
    file = folder / SQLITE_FILE
    if url is None and not file.exists():
        shutil.copyfile(await _template(), file)
    database = Database(database_url(url, folder), wait_s)
    await upgrade(database)
    return database


async def _template() -> Path:
    folder = Path(_kept().name)
    file = folder / SQLITE_FILE
    if not file.exists():
        making = folder / "making"
        making.mkdir()
        database = Database(database_url(None, making))
        await upgrade(database)
        # Closing writes the log back, so that the file is all there is.
        await database.close()
        (making / SQLITE_FILE).rename(file)
    return file


@cache
def _kept() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="hearth-template-")
