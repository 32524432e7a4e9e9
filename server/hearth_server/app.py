"""The composition root: builds a node's parts, starts them, and stops them in order.

Here, and only here, the HTTP shell and the realtime shell meet. Order of a start: sockets (a
taken port is known at once), HTTP (so that /healthz answers), kernels, rooms and ticker, ready.
Order of a stop: not ready, people told, WebSockets closed, HTTP closed.
"""

import asyncio
import contextlib
import gc
import importlib
import importlib.metadata
import resource
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import uvicorn
import uvloop
from uvicorn.server import ServerState

from hearth_protocol.version import SUBPROTOCOL
from hearth_server.api.addresses import AddressRules
from hearth_server.api.announce import Ready
from hearth_server.api.application import build_application
from hearth_server.api.codes import JoinCodes, load_secret
from hearth_server.api.door import Door, DoorParts, LanFacts
from hearth_server.api.guard import Guard
from hearth_server.api.limits import AddressLimits
from hearth_server.api.listening import (
    ServedCertificate,
    StartupFault,
    bind,
    certificate_for,
    lan_facts,
)
from hearth_server.api.ports import RoomDirectory
from hearth_server.api.visitors import ApiParts
from hearth_server.clock import Clock, SystemClock
from hearth_server.keeping import Keeping, StoreFault, open_keeping
from hearth_server.late import LateRooms
from hearth_server.logs import logger
from hearth_server.metrics import Metrics
from hearth_server.realtime.http_deadline import DeadlineHttpProtocol
from hearth_server.realtime.ports import Community
from hearth_server.services.identity.links import make_first_link
from hearth_server.services.live import LiveRooms
from hearth_server.services.moderation.ending import keep_ending
from hearth_server.settings import Settings
from hearth_server.tokens import Grant, TicketBook
from hearth_server.voice.ports import Desk
from hearth_server.voice.service import VoiceService
from hearth_server.warmup import Progress, warm_kernels

WEB_FOLDER = Path(__file__).parent / "web"
# Threads are few and short here; the default of 5 ms would make each a late tick.
SWITCH_INTERVAL_S = 0.0005
KEEP_ALIVE_S = 30

T = TypeVar("T")
_log = logger("hearth.node")


class Shell(Protocol):
    """What realtime gives a node: its rooms, its WebSocket protocol, its life."""

    @property
    def rooms(self) -> RoomDirectory:
        """The rooms as the API sees them."""
        ...

    @property
    def live(self) -> LiveRooms:
        """Groups' rooms as the use cases see them."""
        ...

    @property
    def voice(self) -> Desk:
        """Who is to hear of the voice worker."""
        ...

    @property
    def ticking(self) -> bool:
        """Whether the first tick has run and the ticker lives."""
        ...

    def protocol(
        self, config: uvicorn.Config, server_state: ServerState, app_state: dict[str, Any]
    ) -> asyncio.Protocol:
        """Build what uvicorn hands an upgraded connection to (its `ws=` hook)."""
        ...

    async def run(self) -> None:
        """Own ticker and tasks; return once `stop` is complete."""
        ...

    async def stop(self) -> None:
        """Tell everybody, close their sockets with a reason, end `run`. May be called twice."""
        ...


@dataclass(frozen=True, slots=True)
class NodeParts:
    """What realtime is built from."""

    settings: Settings
    clock: Clock
    metrics: Metrics
    tickets: TicketBook[Grant]
    limits: AddressLimits
    addresses: AddressRules
    voice: VoiceService | None = None
    community: Community | None = None


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Whom to tell about a start; the CLI prints, tests collect."""

    on_progress: Callable[[Progress], None]
    on_ready: Callable[[Ready], None]


class _Listener(uvicorn.Server):
    """A uvicorn server that leaves signals to the node and so ends with exit code 0."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ended = asyncio.Event()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop, and say when that is done."""
        try:
            await super().serve(sockets)
        finally:
            self.ended.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class Node:
    """One running node."""

    def __init__(self, settings: Settings, callbacks: Callbacks) -> None:
        self._settings = settings
        self._callbacks = callbacks
        self._rooms = LateRooms()
        self._asked = asyncio.Event()
        self._insisted = asyncio.Event()
        self._voice: VoiceService | None = None
        self._shell: Shell | None = None
        clock = SystemClock()
        self._clock = clock
        self._parts = NodeParts(
            settings=settings,
            clock=clock,
            metrics=Metrics(),
            tickets=TicketBook(),
            limits=AddressLimits(clock),
            addresses=AddressRules(settings),
        )
        self._codes = JoinCodes(load_secret(settings.data_dir / "join-code.key"))
        for room in settings.rooms:
            self._codes.code(room.id)

    async def run(self) -> None:
        """Serve until a signal; return when everything is closed."""
        settings = self._settings
        sockets = [bind(settings.bind_host, settings.port)]
        if settings.lan:
            sockets.append(bind(settings.bind_host, settings.http_port))
        ports = [int(sock.getsockname()[1]) for sock in sockets]
        served = certificate_for(settings, self._clock.wall_s()) if settings.https else None
        keeping = await _kept(settings, self._clock, self._parts.metrics)
        owner_token = await make_first_link(keeping.services.store, keeping.services.now_ms())
        self._parts = replace(self._parts, community=keeping.community())
        lan = lan_facts(settings, served, ports) if served is not None and settings.lan else None
        listeners = self._listeners(served, lan, keeping)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal)
        async with asyncio.TaskGroup() as tasks:
            for listener, sock in zip(listeners, sockets, strict=True):
                tasks.create_task(listener.serve(sockets=[sock]))
            ready = Ready(settings, ports[0], lan, self._codes, owner_token)
            if settings.voice:
                # Its worker gets ready while the node's kernels do.
                self._voice = VoiceService(settings, self._clock, self._parts.metrics, ports[0])
                self._parts = replace(self._parts, voice=self._voice)
                tasks.create_task(_never_fatal(self._voice.run()))
            tasks.create_task(keep_ending(keeping.services, self._asked))
            working = tasks.create_task(keeping.run())
            life = tasks.create_task(self._live(listeners[0], ready, keeping))
            await self._asked.wait()
            keeping.talk.news.end_all()
            await self._wind_down(life, listeners, tasks)
            await keeping.talk.stop()
            working.cancel()
        await keeping.database.close()
        _log.info("stopped")

    async def _live(self, listener: uvicorn.Server, ready: Ready, keeping: Keeping) -> None:
        """Ready the kernels, then run realtime until it is stopped."""
        count = await _in_thread(lambda: warm_kernels(self._callbacks.on_progress))
        realtime = await _in_thread(lambda: importlib.import_module("hearth_server.realtime.shell"))
        shell = cast("Shell", realtime.build(self._parts))
        self._rooms.shell = self._shell = shell
        keeping.open_rooms(shell.live)
        if self._voice is not None:
            self._voice.attach(shell.voice)
        # Read by uvicorn for each new connection: upgrades go to the rooms from here on.
        listener.config.ws_protocol_class = cast("type[asyncio.Protocol]", shell.protocol)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(shell.run())
            while not shell.ticking:  # noqa: ASYNC110  # a few ms, once
                await asyncio.sleep(0.002)
            # What exists now lives as long as the node: keep the collector away from it.
            gc.collect()
            gc.freeze()
            _log.info("ready", port=ready.port, kernels=count, rooms=len(self._settings.rooms))
            self._callbacks.on_ready(ready)

    async def _wind_down(
        self,
        life: asyncio.Task[None],
        listeners: Sequence[_Listener],
        tasks: asyncio.TaskGroup,
    ) -> None:
        """Not ready; people told; WebSockets closed; HTTP closed. A second signal hurries it."""
        self._rooms.stopping = True
        _log.info("stopping")
        hurry = tasks.create_task(self._insisted.wait())
        shell = self._shell
        if shell is not None:
            goodbye = tasks.create_task(shell.stop())
            await asyncio.wait(
                (goodbye, hurry),
                timeout=self._settings.stop_timeout_s,
                return_when=asyncio.FIRST_COMPLETED,
            )
            goodbye.cancel()
        life.cancel()
        if self._voice is not None:
            await self._voice.stop()
        for listener in listeners:
            listener.should_exit = True
        # Requests under way are waited for, but not against a second signal.
        closing = [tasks.create_task(listener.ended.wait()) for listener in listeners]
        await asyncio.wait((asyncio.gather(*closing), hurry), return_when=asyncio.FIRST_COMPLETED)
        for listener in listeners:
            listener.force_exit = True
        hurry.cancel()

    def _on_signal(self) -> None:
        """The first signal asks, the second insists."""
        if self._asked.is_set():
            self._insisted.set()
        self._asked.set()

    def _listeners(
        self, served: ServedCertificate | None, lan: LanFacts | None, keeping: Keeping
    ) -> list[_Listener]:
        settings = self._settings
        names = {room.id: room.title for room in settings.rooms}
        parts = self._parts
        door = Door(DoorParts(self._codes, parts.limits, parts.addresses, lambda: names, lan))
        public = settings.public_url or ""
        api = ApiParts(
            settings=settings,
            version=version(),
            protocol=SUBPROTOCOL,
            clock=parts.clock,
            metrics=parts.metrics,
            tickets=parts.tickets,
            limits=parts.limits,
            addresses=parts.addresses,
            codes=self._codes,
            rooms=self._rooms,
            readiness=self._rooms,
            vr_url=public if public.startswith("https") else None,
        )
        app = build_application(api, door, WEB_FOLDER, keeping.services, keeping.talk)
        configs = [_config(app, settings, served)]
        if lan is not None:
            configs.append(_config(door.plain_http(), settings, None))
        return [_Listener(config) for config in configs]


def run_node(settings: Settings, callbacks: Callbacks) -> None:
    """Run a node on uvloop until a signal stops it.

    Raises:
        StartupFault: it cannot run here; one line says why.
    """
    raise_file_limit()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(settings, callbacks))
    except (PermissionError, FileExistsError, NotADirectoryError) as error:
        raise StartupFault(
            f"{error.filename}: no folder that can be written to. Fix: choose another --data-dir."
        ) from None


async def _run(settings: Settings, callbacks: Callbacks) -> None:
    await Node(settings, callbacks).run()


async def _kept(settings: Settings, clock: Clock, metrics: Metrics) -> Keeping:
    try:
        return await open_keeping(settings, clock, metrics)
    except StoreFault as fault:
        raise StartupFault(str(fault)) from None


def version() -> str:
    """Return the installed version."""
    return importlib.metadata.version("hearth")


def raise_file_limit() -> None:
    """Allow as many open files, so connections, as the system lets us without special rights."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= hard:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _config(app: Guard, settings: Settings, served: ServedCertificate | None) -> uvicorn.Config:
    config = uvicorn.Config(
        app,
        http=DeadlineHttpProtocol,
        ws="none",
        loop="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        # Our own rules decide whom to believe; uvicorn would trust any local peer unasked.
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=max(1, round(settings.stop_timeout_s)),
        ssl_certfile=served.cert if served else None,
        ssl_keyfile=served.key if served else None,
    )
    try:
        config.load()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise StartupFault(
            f"the certificate cannot be used ({error}). Fix: give --cert a PEM chain and --key "
            "its PEM private key."
        ) from None
    return config


async def _never_fatal(work: Coroutine[Any, Any, None]) -> None:
    """Run something whose failure must not take the rooms with it."""
    try:
        await work
    except Exception:
        _log.exception("voice failed; rooms go on without it")


async def _in_thread(work: Callable[[], T]) -> T:
    """Run slow work beside the loop, in a thread that does not keep the process alive.

    The default executor is joined on exit: a stop while kernels compile would wait for them.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(setter: Callable[..., None], value: object) -> None:
        if not done.done():
            setter(value)

    def body() -> None:
        try:
            outcome: tuple[Callable[..., None], object] = (done.set_result, work())
        except BaseException as error:  # belongs to who waits
            outcome = (done.set_exception, error)
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits
            loop.call_soon_threadsafe(settle, *outcome)

    threading.Thread(target=body, name="hearth-warmup", daemon=True).start()
    return await done
