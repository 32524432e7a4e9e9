"""The voice worker: a process that forwards voice, forked by the nursery, watched by the node.

It ends when its link closes or at SIGTERM, and leaves no peer waiting for packets that do not
come. Imports neither the web server nor the simulation.
"""

import asyncio
import contextlib
import os
import signal
import socket
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

import uvloop

from hearth_server import logs
from hearth_server.clock import SystemClock
from hearth_server.voice import link, mux, sdp
from hearth_server.voice.dtls import ContractError, SharedCertificate, check_contract
from hearth_server.voice.plane_choice import NoSuchPlaneError, open_plane
from hearth_server.voice.reporting import Reporter
from hearth_server.voice.switchboard import Surroundings, Switchboard
from hearth_server.voice.tcp import TcpListener
from hearth_server.warmup import prepare_cache

CONFIG_WITHIN_S: Final = 10.0
ROUND_S: Final = 0.02
LEVELS_S: Final = 0.1
#: Removed peers keep their plane index for a moment.
SPARE_INDEXES: Final = 64
MAX_ADVERTISED: Final = 8

_log = logs.logger("hearth.voice")


class _Inability(Exception):
    """The worker cannot work; the node gets code and text."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


class Worker:
    """One worker from its configuration to its end."""

    def __init__(self) -> None:
        self._ending = asyncio.Event()
        self._link = link.LinkEnd(self._on_message, self._on_closed)
        self._config: asyncio.Future[link.Config] = asyncio.get_running_loop().create_future()
        self._board: Switchboard | None = None
        self._clock = SystemClock()
        self._counts: Counter[str] = Counter()
        self._inability: _Inability | None = None

    async def run(self, fd: int) -> int:
        """Work until the link closes; return the exit status."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._ending.set)
        await loop.create_unix_connection(lambda: self._link, sock=socket.socket(fileno=fd))
        self._link.send(link.Born(os.getpid()))
        try:
            config = await asyncio.wait_for(self._config, CONFIG_WITHIN_S)
            logs.configure(config.log_format, config.log_level)
            await self._work(config)
        except _Inability as fault:
            self._link.send(link.Fault(fault.code, str(fault)))
            return 1
        except Exception:
            _log.exception("the voice worker failed")
            return 1
        finally:
            self._link.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._link.closed.wait(), 1.0)
        return 0

    def _on_closed(self) -> None:
        self._ending.set()
        if not self._config.done():
            self._config.set_exception(_Inability("node_gone", "The node went before it spoke."))

    def _on_message(self, message: link.Message) -> None:
        if isinstance(message, link.Config):
            self._config.set_result(message)
        elif self._board is not None:
            self._board.take(message)

    async def _work(self, config: link.Config) -> None:
        certificate = SharedCertificate.generateCertificate()
        try:
            await check_contract(certificate)
            sockets = mux.bind(config.hosts, config.port)
        except ContractError as fault:
            raise _Inability("voice_libraries", str(fault)) from fault
        except mux.BindError as fault:
            raise _Inability(fault.code, str(fault)) from fault
        try:
            async with asyncio.TaskGroup() as tasks:
                await self._serve(config, sockets, certificate, tasks)
        finally:
            sockets.close()
        if self._inability is not None:
            raise self._inability

    async def _serve(
        self,
        config: link.Config,
        sockets: mux.Mux,
        certificate: SharedCertificate,
        tasks: asyncio.TaskGroup,
    ) -> None:
        advertised = (config.advertise or sockets.addresses)[:MAX_ADVERTISED]
        around = Surroundings(
            mux=sockets,
            certificate=certificate,
            candidates=sdp.candidates(advertised, sockets.port),
            max_peers=config.max_peers,
            clock=self._clock,
            tell=self._link.send,
        )
        board = Switchboard(around, tasks, self._counts)
        prepare_cache(Path(config.data_dir or tempfile.gettempdir()))
        try:
            choice = open_plane(config.plane, board, self._clock, config.max_peers + SPARE_INDEXES)
        except NoSuchPlaneError as fault:
            raise _Inability("plane_unfit", f"{fault}; choose the voice plane auto.") from fault
        plane = choice.plane
        plane.start(sockets.udp)
        board.use_plane(plane)
        reporter = Reporter(plane, board, self._counts, self._link.send)
        pace = asyncio.Event()

        def on_talk() -> None:
            reporter.edges()
            pace.set()

        board.on_talk = on_talk
        board.on_routes = pace.set
        listener = TcpListener(board.on_frame, board.on_gone, self._counts, self._clock)
        await listener.listen(sockets.tcp)
        self._board = board
        self._link.send(
            link.Ready(
                port=sockets.port,
                addresses=tuple(advertised),
                plane=plane.name,
                plane_reason=config.plane_reason or choice.reason,
                receive_buffer_bytes=sockets.buffer_bytes(socket.SO_RCVBUF),
                send_buffer_bytes=sockets.buffer_bytes(socket.SO_SNDBUF),
            )
        )

        def each_second() -> None:
            if not plane.alive():
                self._give_up("plane_stalled", f"The {plane.name} voice plane stands still.")
            board.sweep()
            listener.sweep()
            reporter.counters()
            reporter.quality(self._clock.monotonic_s())

        def each_tenth() -> None:
            reporter.round()
            reporter.levels()
            board.send_reports()

        timers = [
            tasks.create_task(_rounds(reporter, pace)),
            tasks.create_task(_every(LEVELS_S, each_tenth)),
            tasks.create_task(_every(1.0, each_second)),
        ]
        await self._ending.wait()
        for timer in timers:
            timer.cancel()
        reporter.counters()
        for peer in list(board.peers.values()):
            board.end(peer, "stopping")
        listener.close()
        plane.stop()

    def _give_up(self, code: str, text: str) -> None:
        """End this process: packet numbers of a half-dead plane are lost, so its keys are too."""
        self._inability = _Inability(code, text)
        self._ending.set()


async def _rounds(reporter: Reporter, pace: asyncio.Event) -> None:
    """Look often while there may be news, so that a worker without any sleeps."""
    while True:
        await pace.wait()
        await asyncio.sleep(ROUND_S)
        reporter.round()
        if reporter.calm():
            pace.clear()


async def _every(period_s: float, do: Callable[[], None]) -> None:
    while True:
        await asyncio.sleep(period_s)
        do()


def work(fd: int) -> int:
    """Run a worker on one end of a link; return the exit status."""

    async def run() -> int:
        return await Worker().run(fd)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())
