"""Everything about talk, put together once for a node."""

import asyncio
from typing import Final

from hearth_server.services.live import LiveRooms
from hearth_server.services.parts import ServiceParts
from hearth_server.services.talk.channel import Channel
from hearth_server.services.talk.desk import RoomTalk
from hearth_server.services.talk.hub import LiveHub
from hearth_server.services.talk.news import NewsDesk
from hearth_server.services.talk.presence import PresenceWatch
from hearth_server.services.talk.writer import LineWriter

PRESENCE_EVERY_S: Final = 1.0


class Talk:
    """The channels of a node, and who listens to them.

    Building it puts a hub into `parts.live`, so that pages hear what rooms hear.
    """

    def __init__(self, parts: ServiceParts) -> None:
        self.news = NewsDesk(parts)
        writer = LineWriter(parts.store)
        self.channel = Channel(parts, writer, self.news)
        self.rooms = RoomTalk(parts, writer, self.news)
        self.presence = PresenceWatch(parts, self.news)
        self._hub = LiveHub(parts.live, self.news)
        parts.live, parts.announcer = self._hub, self.news
        self._ended = asyncio.Event()

    def open_rooms(self, rooms: LiveRooms) -> None:
        """The live rooms are there."""
        self._hub.rooms = rooms

    async def run(self) -> None:
        """Keep what rooms say and watch who comes and goes, until `stop`."""
        try:
            async with asyncio.TaskGroup() as tasks:
                watching = tasks.create_task(self._watch())
                await self.rooms.run()
                watching.cancel()
        finally:
            self._ended.set()

    async def stop(self) -> None:
        """Let go of every page; end `run` once everything said is kept. Waits for that."""
        self.news.end_all()
        await self.rooms.stop()
        await self._ended.wait()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(PRESENCE_EVERY_S)
            self.presence.look()
