"""A real node's realtime side on a real port, in this process, with a clock that tests push on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
import uvloop

from hearth_server.api.addresses import AddressRules
from hearth_server.api.limits import AddressLimits
from hearth_server.api.listening import ServedCertificate
from hearth_server.clock import SystemClock
from hearth_server.metrics import Metrics
from hearth_server.realtime.http_deadline import DeadlineHttpProtocol
from hearth_server.realtime.ports import Community, VoiceLine
from hearth_server.realtime.shell import Shell
from hearth_server.realtime.socket_plane import SocketPlane
from hearth_server.settings import RoomSettings, Settings
from hearth_server.tokens import Grant, Profile, TicketBook


class PushedClock(SystemClock):
    """The system's time plus what a test pushed it ahead; pushing wakes who sleeps on it."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._pushed = asyncio.Event()

    def monotonic_s(self) -> float:
        return super().monotonic_s() + self._ahead_s

    def push(self, seconds: float) -> None:
        self._ahead_s += seconds
        self._pushed.set()

    async def sleep(self, seconds: float) -> None:
        until_s = self.monotonic_s() + seconds
        while (rest_s := until_s - self.monotonic_s()) > 0:
            self._pushed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest_s):
                    await self._pushed.wait()
        await asyncio.sleep(0)


@dataclass
class Parts:
    settings: Settings
    clock: PushedClock
    metrics: Metrics
    tickets: TicketBook[Grant]
    limits: AddressLimits
    addresses: AddressRules
    voice: VoiceLine | None = None
    community: Community | None = None


@dataclass
class Node:
    """A running realtime side."""

    parts: Parts
    shell: Shell
    port: int
    server: uvicorn.Server
    encrypted: bool = False

    @property
    def url(self) -> str:
        return f"{'wss' if self.encrypted else 'ws'}://127.0.0.1:{self.port}/rt"

    @property
    def clock(self) -> PushedClock:
        return self.parts.clock

    def ticket(self, name: str = "Ann", room: str = "campfire") -> str:
        grant = Grant(room, Profile(name=name))
        return self.parts.tickets.issue(grant, self.clock.monotonic_s())

    def count(self, metric: str, **labels: str) -> float:
        return self.parts.metrics.registry.get_sample_value(metric, labels) or 0.0

    async def ticks(self, count: int = 2) -> None:
        """Let `count` ticks run, with just time enough between them for clients to answer."""
        for _ in range(count):
            before = self.shell.shard.tick
            self.clock.push(self.shell.ticker.interval_s)
            while self.shell.shard.tick == before:  # noqa: ASYNC110  # runs out of our sight
                await asyncio.sleep(0)
            await asyncio.sleep(0.002)

    async def until(self, condition: Callable[[], bool], timeout_s: float = 5.0) -> None:
        """Wait until something has become true in the node."""
        async with asyncio.timeout(timeout_s):
            while not condition():  # noqa: ASYNC110  # anything may be the condition
                await asyncio.sleep(0.005)


async def _no_http(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@asynccontextmanager
async def running_node(
    with_plane: bool,
    served: ServedCertificate | None = None,
    voice: VoiceLine | None = None,
    **changes: Any,
) -> AsyncIterator[Node]:
    rooms = (
        RoomSettings(id="campfire", capacity=50),
        RoomSettings(id="nook", capacity=1),
    )
    settings = Settings(max_participants=64, rooms=rooms, **changes)
    clock = PushedClock()
    parts = Parts(
        settings,
        clock,
        Metrics(),
        TicketBook(),
        AddressLimits(clock),
        AddressRules(settings),
        voice,
    )
    shell = Shell(parts, with_plane, clock.sleep)
    config = uvicorn.Config(
        _no_http,
        http=DeadlineHttpProtocol,
        ws="none",
        loop="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        port=0,
        timeout_graceful_shutdown=2,
        ssl_certfile=served.cert if served else None,
        ssl_keyfile=served.key if served else None,
    )
    config.load()
    config.ws_protocol_class = shell.protocol  # type: ignore[assignment]
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(shell.run())
        node = Node(parts, shell, port, server, served is not None)
        await node.until(lambda: shell.ticking, 120.0)
        try:
            yield node
        finally:
            await shell.stop()
            for listener in server.servers:
                listener.close()


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"loop": uvloop.new_event_loop}


@pytest_asyncio.fixture(params=[True, False], ids=["plane", "uvloop"])
async def node(request: pytest.FixtureRequest) -> AsyncIterator[Node]:
    """A node, once with the socket plane and once without: both keep the same promises."""
    if request.param and not SocketPlane.available():
        pytest.skip("this system has no socket plane")
    async with running_node(request.param) as built:
        yield built
