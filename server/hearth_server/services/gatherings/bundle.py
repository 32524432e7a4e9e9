"""Everything about gatherings outside the rooms, put together once for a node."""

import asyncio

from hearth_server.services.gatherings.book import RunBook
from hearth_server.services.gatherings.keeper import GatheringKeeper
from hearth_server.services.gatherings.lifecycle import Lifecycle
from hearth_server.services.parts import ServiceParts


class Gatherings:
    """What begins, keeps and ends gatherings.

    Attributes:
        keeper: for the rooms.
    """

    def __init__(self, parts: ServiceParts) -> None:
        book = RunBook()
        self.keeper = GatheringKeeper(parts, book)
        self._lifecycle = Lifecycle(parts, book, self.keeper)

    async def load(self) -> None:
        """Read what went on when the node stopped."""
        await self._lifecycle.load()

    def open_rooms(self) -> None:
        """The live rooms are there."""
        self._lifecycle.open_rooms()

    async def run(self) -> None:
        """Work until cancelled; nothing that the rooms said is left unwritten."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.keeper.run())
            tasks.create_task(self._lifecycle.run())
