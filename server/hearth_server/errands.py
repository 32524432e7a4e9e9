"""What an operator does to a node from its command line: links for the locked out, migrations.

Works on the database itself, so the node may run meanwhile or not.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hearth_server.api.announce import node_url, setup_url
from hearth_server.clock import SystemClock, wall_ms
from hearth_server.community.handles import clean_handle
from hearth_server.errors import Refusal
from hearth_server.keeping import StoreFault, connect, open_database
from hearth_server.services.identity import links
from hearth_server.services.store import Store
from hearth_server.settings import Settings
from hearth_server.store.engine import Database
from hearth_server.store.schema import NEWEST
from hearth_server.store.unit_of_work import SqlStore


class ErrandFault(Exception):
    """It could not be done; one line says why and what to do."""


async def make_owner_link(settings: Settings) -> str:
    """Return a link that makes an operator's account.

    Raises:
        ErrandFault: the database cannot be used.
    """
    async with _store(settings) as store:
        return _link(settings, await links.make_owner_link(store, _now_ms()))


async def make_reset_link(settings: Settings, name: str) -> str:
    """Return a link that gives an account a new password.

    Raises:
        ErrandFault: there is no such account, or the database cannot be used.
    """
    handle = clean_handle(name)
    if handle is None:
        raise ErrandFault(f"'{name}' is no handle. Fix: give the name they sign in with.")
    async with _store(settings) as store:
        made = await links.make_reset_link(store, handle, _now_ms())
    if isinstance(made, Refusal):
        raise ErrandFault(f"{made.text} Fix: look their handle up on the admin page.")
    return _link(settings, made)


async def migrate(settings: Settings) -> str:
    """Bring the database to the newest form, and return what was done.

    Raises:
        ErrandFault: the database cannot be used.
    """
    from hearth_server.store.migrate import current  # noqa: PLC0415

    async with _database(settings) as database:
        before = await current(database)
    async with _store(settings):
        pass
    if before == NEWEST:
        return f"The database has the newest form already ({NEWEST}). Nothing was changed."
    return f"The database was brought from {before or 'nothing'} to {NEWEST}."


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    """Connect without changing anything."""
    _prepare(settings)
    try:
        database = connect(settings)
    except StoreFault as fault:
        raise ErrandFault(str(fault)) from None
    try:
        yield database
    except Exception as error:  # drivers fail in their own ways
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ErrandFault(f"the database cannot be used: {reason}") from None
    finally:
        await database.close()


@asynccontextmanager
async def _store(settings: Settings) -> AsyncIterator[Store]:
    _prepare(settings)
    try:
        database = await open_database(settings)
    except StoreFault as fault:
        raise ErrandFault(str(fault)) from None
    try:
        yield SqlStore(database)
    finally:
        await database.close()


def _prepare(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ErrandFault(
            f"{error.filename}: no folder that can be written to. Fix: choose another --data-dir."
        ) from None


def _link(settings: Settings, token: str) -> str:
    return setup_url(node_url(settings, settings.port), token)


def _now_ms() -> int:
    return wall_ms(SystemClock())
