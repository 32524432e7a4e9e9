"""Opens what a node keeps: the database at its newest form, and the books in memory."""

import asyncio
from dataclasses import dataclass

from hearth_server.clock import Clock
from hearth_server.community.relations import RelationBook
from hearth_server.community.sanctions import SanctionBook
from hearth_server.logs import logger
from hearth_server.metrics import Metrics
from hearth_server.realtime.ports import Community
from hearth_server.services.events.offers import Offers
from hearth_server.services.gatherings.bundle import Gatherings
from hearth_server.services.live import EmptyRooms, LiveRooms
from hearth_server.services.parts import ServiceParts, load_books
from hearth_server.services.rooms.keeper import RoomKeeper
from hearth_server.services.talk.bundle import Talk
from hearth_server.settings import Settings
from hearth_server.store.engine import Database, database_url
from hearth_server.store.schema import at_newest
from hearth_server.store.unit_of_work import SqlStore

_log = logger("hearth.store")


class StoreFault(Exception):
    """The database cannot be used; one line says why and what to do."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """The database, the use cases' parts on top of it, and what works beside requests."""

    database: Database
    services: ServiceParts
    talk: Talk
    rooms: RoomKeeper
    gatherings: Gatherings

    def community(self) -> Community:
        """Return what groups' rooms need of all this."""
        services = self.services
        return Community(
            services.relations,
            services.sanctions,
            talk=self.talk.rooms,
            keeper=self.rooms,
            runs=self.gatherings.keeper,
            waiting=services.waiting,
        )

    def open_rooms(self, live: LiveRooms) -> None:
        """The live rooms are there: use cases reach them, and gatherings go on in them."""
        self.talk.open_rooms(live)
        self.gatherings.open_rooms()

    async def run(self) -> None:
        """Work until cancelled; nothing that was put down is left unwritten."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.rooms.run())
            tasks.create_task(self.talk.run())
            tasks.create_task(Offers(self.services).run())
            tasks.create_task(self.gatherings.run())


async def open_keeping(settings: Settings, clock: Clock, metrics: Metrics) -> Keeping:
    """Open the database, bring it to its newest form, and read what has to be in memory.

    Raises:
        StoreFault: it cannot be reached, read, or brought to this version's form.
    """
    database = await open_database(settings)
    services = ServiceParts(
        store=SqlStore(database),
        clock=clock,
        metrics=metrics,
        settings=settings,
        relations=RelationBook(),
        sanctions=SanctionBook(),
        live=EmptyRooms(),
    )
    async with services.store.reading() as tx:
        await load_books(tx, services)
    talk, gatherings = Talk(services), Gatherings(services)
    await gatherings.load()
    return Keeping(database, services, talk, RoomKeeper(services), gatherings)


def connect(settings: Settings) -> Database:
    """Return the database as it is; nothing is asked of it yet.

    Raises:
        StoreFault: the settings name none that this server can use.
    """
    given = settings.database.get_secret_value() if settings.database else None
    try:
        return Database(database_url(given, settings.data_dir))
    except ValueError as error:
        raise StoreFault(
            f"{error}. Fix: --database postgresql://user:password@host/name."
        ) from None


async def open_database(settings: Settings) -> Database:
    """Connect to the database and bring it to its newest form.

    Raises:
        StoreFault: see `open_keeping`.
    """
    database = connect(settings)
    try:
        if not await at_newest(database):
            # Imported late: Alembic costs a quarter of a second that most starts do not need.
            from hearth_server.store.migrate import upgrade  # noqa: PLC0415

            await upgrade(database)
            _log.info("database brought to the newest form")
    except Exception as error:
        await database.close()
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise StoreFault(f"the database cannot be used: {reason}") from error
    return database
