"""Transactions as services see them: every repository on one connection."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.store.engine import Database
from hearth_server.store.groups import SqlGroups
from hearth_server.store.identity import SqlIdentities
from hearth_server.store.moderation import SqlModeration
from hearth_server.store.rooms import SqlRooms
from hearth_server.store.talk import SqlLines


class SqlTx:
    """Satisfies `services.store.Tx`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.identity = SqlIdentities(connection)
        self.groups = SqlGroups(connection)
        self.moderation = SqlModeration(connection)
        self.rooms = SqlRooms(connection)
        self.talk = SqlLines(connection)


class SqlStore:
    """Satisfies `services.store.Store`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlTx]:
        """Begin a transaction that only reads."""
        async with self.database.reading() as connection:
            yield SqlTx(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[SqlTx]:
        """Begin a transaction that is durable once its block has ended without an exception."""
        async with self.database.writing() as connection:
            yield SqlTx(connection)
