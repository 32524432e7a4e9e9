"""Transactions as services see them: every repository on one connection."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.talk import Line, NewLine
from hearth_server.store.engine import Database
from hearth_server.store.events import SqlEvents
from hearth_server.store.groups import SqlGroups
from hearth_server.store.identity import SqlIdentities
from hearth_server.store.moderation import SqlModeration
from hearth_server.store.plans import SqlPlans
from hearth_server.store.rooms import SqlRooms
from hearth_server.store.rsvps import SqlRsvps
from hearth_server.store.runs import SqlRuns
from hearth_server.store.talk import SqlLines
from hearth_server.store.talk_lines import keep_lines


class SqlTx:
    """Satisfies `services.store.Tx`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection
        self.talk = SqlLines(connection)
        #: Whether anything but talk was asked for, and anything but that and runs.
        self.beyond_talk = False
        self.beyond_runs = False

    @property
    def identity(self) -> SqlIdentities:
        """People and devices."""
        return SqlIdentities(self._beyond())

    @property
    def groups(self) -> SqlGroups:
        """Groups, members, norms."""
        return SqlGroups(self._beyond())

    @property
    def moderation(self) -> SqlModeration:
        """Reports, sanctions, audit."""
        return SqlModeration(self._beyond())

    @property
    def rooms(self) -> SqlRooms:
        """Rooms and designs."""
        return SqlRooms(self._beyond())

    @property
    def events(self) -> SqlEvents:
        """Events, and when they are."""
        return SqlEvents(self._beyond())

    @property
    def plans(self) -> SqlPlans:
        """Session plans, and groups' own poses."""
        return SqlPlans(self._beyond())

    @property
    def rsvps(self) -> SqlRsvps:
        """Who goes to which event."""
        return SqlRsvps(self._beyond())

    @property
    def runs(self) -> SqlRuns:
        """Gatherings that go on."""
        self.beyond_talk = True
        return SqlRuns(self._db)

    def _beyond(self) -> AsyncConnection:
        self.beyond_talk = self.beyond_runs = True
        return self._db


class SqlStore:
    """Satisfies `services.store.Store`."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.epoch = 0
        self.facts_epoch = 0

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlTx]:
        """Begin a transaction that only reads."""
        async with self.database.reading() as connection:
            yield SqlTx(connection)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[SqlTx]:
        """Begin a transaction that is durable once its block has ended without an exception."""
        tx = None
        try:
            async with self.database.writing() as connection:
                tx = SqlTx(connection)
                yield tx
        finally:
            if tx is None or tx.beyond_talk:
                self.epoch += 1
            if tx is None or tx.beyond_runs:
                self.facts_epoch += 1

    async def keep_lines(self, lines: Sequence[NewLine], /) -> Sequence[Line | None]:
        """Keep lines in this order, all or none; they are durable once this returns."""
        return await self.database.in_one_go(lambda connection: keep_lines(connection, lines))
