"""Realtime as the composition root sees it: build it, run it, stop it."""

import asyncio
from typing import Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from hearth_server.realtime.company import Company
from hearth_server.realtime.ports import Parts
from hearth_server.realtime.protocol import RealtimeProtocol
from hearth_server.realtime.shard import Shard
from hearth_server.realtime.socket_plane import SocketPlane
from hearth_server.realtime.ticker import Sleep, Ticker
from hearth_server.realtime.voice_desk import VoiceDesk


class Shell:
    """A shard, its ticker, and the door uvicorn hands connections to."""

    def __init__(self, parts: Parts, with_plane: bool, sleep: Sleep = asyncio.sleep) -> None:
        self.shard = Shard(parts, with_plane)
        self.ticker = Ticker(self.shard, parts.clock, sleep)
        self._stopped = asyncio.Event()

    @property
    def rooms(self) -> Shard:
        """The rooms as the HTTP side sees them."""
        return self.shard

    @property
    def live(self) -> Company:
        """Groups' rooms as services see them (`services.live.LiveRooms`)."""
        return self.shard.company

    @property
    def voice(self) -> VoiceDesk:
        """Who is to hear of the voice worker."""
        return self.shard.voice

    @property
    def ticking(self) -> bool:
        """Whether the first tick has run and the ticker lives."""
        return self.ticker.running and self.shard.tick > 0

    def protocol(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> RealtimeProtocol:
        """Build what uvicorn hands an upgraded connection to (its `ws=` hook)."""
        del config, app_state
        return RealtimeProtocol(self.shard, server_state, _loop or asyncio.get_running_loop())

    async def run(self) -> None:
        """Tick until `stop` has said goodbye to everybody."""
        async with asyncio.TaskGroup() as tasks:
            ticking = tasks.create_task(self.ticker.run())
            await self._stopped.wait()
            ticking.cancel()

    async def stop(self) -> None:
        """Tell everybody, wait for their goodbyes, end `run`. May be called twice.

        Each connection has its own deadline after the close frame, so this ends by itself.
        """
        self.shard.stop()
        while self.shard.connections:  # noqa: ASYNC110  # connections end in callbacks
            await asyncio.sleep(0.02)
        self._stopped.set()


def build(parts: Parts) -> Shell:
    """Build realtime from the node's parts. Imports kernels: call it once they are compiled."""
    return Shell(parts, SocketPlane.available())
