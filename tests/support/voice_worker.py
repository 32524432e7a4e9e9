"""A real voice worker process with the test as its node."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from hearth_server.clock import Clock, SystemClock
from hearth_server.voice import link
from hearth_server.voice.supervisor import NURSERY, VoiceSupervisor
from tests.support.voice_board import Told

CONFIG = link.Config(hosts=("127.0.0.1",), plane="python", log_level="warning")


class Worker:
    """A supervised worker and what it says."""

    def __init__(self, config: link.Config, clock: Clock, nursery: Sequence[str]) -> None:
        self.told = Told()
        self.supervisor = VoiceSupervisor(config, clock, self.told, nursery)
        self._rid = 0

    async def ready(self, *, since: int = 0) -> link.Ready:
        return await self.told.until(link.Ready, since=since)

    async def offer(self, peer: int, text: str) -> str:
        """Offer, and return the answer."""
        self._rid += 1
        rid = self._rid
        assert self.supervisor.send(link.Offer(peer, rid, text))
        return (await self.told.until(link.Answer, lambda told: told.rid == rid)).sdp


@asynccontextmanager
async def running_worker(
    config: link.Config = CONFIG,
    clock: Clock | None = None,
    nursery: Sequence[str] = NURSERY,
) -> AsyncIterator[Worker]:
    """Run a worker (and its successors) as long as the block lasts."""
    worker = Worker(config, clock or SystemClock(), nursery)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(worker.supervisor.run())
        try:
            yield worker
        finally:
            await worker.supervisor.stop()
