"""The node's side of the voice worker: starts it, listens to it, replaces it when it dies.

Knows no room and no route: messages go to a callback and come from `send`. Workers come from a
nursery process, which is started once and again only if it ends.
"""

import asyncio
import contextlib
import dataclasses
import os
import signal
import socket
import struct
import sys
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, cast

from hearth_server.clock import Clock
from hearth_server.logs import logger
from hearth_server.voice.link import (
    Born,
    Config,
    Fault,
    FromNode,
    FromWorker,
    LinkEnd,
    Lost,
    Message,
    Ready,
)

FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 2.0
#: A worker that lived so long died of something new: no pause before the next.
SETTLED_S: Final = 10.0
SILENT_S: Final = 3.0
#: An empty cache of compiled code takes its time.
START_WITHIN_S: Final = 120.0
GRACE_S: Final = 2.0
#: So many ends within so long: the compiled plane is not to be trusted here.
FALLS: Final = 3
FALLS_WITHIN_S: Final = 60.0

NURSERY: Final = (sys.executable, "-m", "hearth_server.voice.nursery")

#: What a nursery says of a worker that has ended: pid and exit code, -N for signal N.
ENDED: Final = struct.Struct("<ii")

_log = logger("hearth.voice")


class VoiceSupervisor:
    """Keeps one voice worker running.

    `on_message` is called on the event loop with everything the worker says, in order: `Ready`
    after each start (send the whole route table then: a new worker knows nothing), `Lost` after
    each end (every peer is gone with it; clients must offer anew), `Fault` with a text for the
    operator when it cannot work.

    Args:
        config: what the worker gets; a port of 0 becomes the first worker's port for later ones.
        clock: tells how long the link was silent.
        on_message: receives the worker's messages; must not raise.
        nursery: how to start a nursery; its options are appended.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock,
        on_message: Callable[[FromWorker], None],
        nursery: Sequence[str] = NURSERY,
    ) -> None:
        self._config = config
        self._clock = clock
        self._on_message = on_message
        self._nursery = _Nursery(nursery)
        self._stopping = False
        self._changed = asyncio.Event()
        self._gone = asyncio.Event()
        self._gone.set()
        self._end: LinkEnd | None = None
        self._pidfd = -1
        self._started_s = 0.0
        self._heard_s = 0.0
        self._falls: deque[float] = deque(maxlen=FALLS)
        self._fault = ""
        self.ready: Ready | None = None
        self.pid: int | None = None

    async def run(self) -> None:
        """Keep a worker running until `stop` or cancellation; leaves no process behind."""
        pause_s = 0.0
        self._gone.clear()
        try:
            while not self._stopping:
                began_s = self._clock.monotonic_s()
                reason = await self._generation()
                if self._stopping:
                    return
                now_s = self._clock.monotonic_s()
                settled = now_s - began_s > SETTLED_S
                pause_s = 0.0 if settled else min(max(FIRST_PAUSE_S, pause_s * 2), LONGEST_PAUSE_S)
                _log.warning("the voice worker ended", reason=reason, next_in_s=pause_s)
                self._note_fall(now_s)
                self._changed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), pause_s)
        finally:
            await self._nursery.close()
            self._gone.set()

    def send(self, message: FromNode) -> bool:
        """Send to the worker; False (and nothing kept) while none is ready."""
        return self.ready is not None and self._end is not None and self._end.send(message)

    async def stop(self) -> None:
        """End the worker and `run`; returns when the processes are gone."""
        self._stopping = True
        self._changed.set()
        await self._gone.wait()

    async def _generation(self) -> str:
        """Run one worker to its end; return why it ended."""
        self._started_s = self._heard_s = self._clock.monotonic_s()
        self._fault = ""
        try:
            ours = await self._nursery.ask(self._config)
        except OSError as fault:
            return f"cannot start: {fault}"
        end = LinkEnd(self._on_link, self._changed.set)
        reason, pid = "stopped", None
        try:
            await asyncio.get_running_loop().create_unix_connection(lambda: end, sock=ours)
            self._end = end
            end.send(self._config)
            reason = await self._watch(end)
        finally:
            was_ready, self.ready, self._end = self.ready is not None, None, None
            pid = self.pid
            await self._bury(end)
            if was_ready:
                self._on_message(Lost(reason))
        return f"{reason}, exit code {await self._nursery.exit_code(pid)}"

    async def _watch(self, end: LinkEnd) -> str:
        """Return why the worker has to be replaced, when it has."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), 0.5)
            self._changed.clear()
            if self._stopping:
                return "stopped"
            if end.closed.is_set():
                return "the link closed" if end.fault is None else str(end.fault)
            silent_s = self._clock.monotonic_s() - self._heard_s
            if silent_s > (START_WITHIN_S if self.ready is None else SILENT_S):
                return "it was silent"

    async def _bury(self, end: LinkEnd) -> None:
        """End a worker and wait until it is gone; time for goodbyes only if it is to stop."""
        if self._pidfd < 0:
            if self.pid is None:  # Not born yet: the nursery is busy, or was and is dead.
                await self._nursery.close()
            end.close()
            self.pid = None
            return
        try:
            self._signal(signal.SIGTERM if self._stopping else signal.SIGKILL)
            await self._until_gone(GRACE_S)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self._until_gone(GRACE_S)
        finally:
            self._signal(signal.SIGKILL)
            with contextlib.suppress(TimeoutError):  # its last words
                await asyncio.wait_for(end.closed.wait(), GRACE_S)
            end.close()
            os.close(self._pidfd)
            self._pidfd, self.pid = -1, None

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

    async def _until_gone(self, timeout_s: float) -> None:
        """Wait until the worker's process has ended: its pidfd is readable then."""
        loop = asyncio.get_running_loop()
        gone = asyncio.Event()
        loop.add_reader(self._pidfd, gone.set)
        try:
            await asyncio.wait_for(gone.wait(), timeout_s)
        finally:
            loop.remove_reader(self._pidfd)

    def _on_link(self, message: Message) -> None:
        self._heard_s = self._clock.monotonic_s()
        if isinstance(message, Born):
            self.pid = message.pid
            # One that ended at once may be fetched by the nursery before its word arrives here.
            with contextlib.suppress(ProcessLookupError):
                self._pidfd = os.pidfd_open(message.pid)
            return
        if isinstance(message, Ready):
            took_ms = round((self._heard_s - self._started_s) * 1000)
            message = self.ready = dataclasses.replace(message, start_ms=took_ms)
            self._config = dataclasses.replace(self._config, port=message.port)
            _log.info(
                "voice is ready",
                port=message.port,
                plane=message.plane,
                why=message.plane_reason,
                start_ms=took_ms,
                receive_buffer_bytes=message.receive_buffer_bytes,
            )
        elif isinstance(message, Fault):
            self._fault = message.code
            _log.error("voice cannot work", code=message.code, what_to_do=message.text)
        self._on_message(cast("FromWorker", message))

    def _note_fall(self, now_s: float) -> None:
        """After several ends in a short time, go on without compiled code.

        A plane that stands still counts twice; a taken port and the like do not count.
        """
        if self._fault not in ("", "plane_stalled"):
            return
        self._falls.extend([now_s] * (2 if self._fault else 1))
        if len(self._falls) == FALLS and now_s - self._falls[0] < FALLS_WITHIN_S:
            self._config = dataclasses.replace(
                self._config, plane="python", plane_reason=f"{FALLS} ends within a minute"
            )


class _Nursery:
    """The process that workers come from; started when the first is asked for.

    Args:
        command: how to start it; its options are appended.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._requests: socket.socket | None = None

    async def ask(self, config: Config) -> socket.socket:
        """Ask for a worker; return our end of its link.

        Raises:
            OSError: no process can be started.
        """
        if self._process is None or self._process.returncode is not None:
            await self.close()
            await self._start(config)
        assert self._requests is not None
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._requests, [b"w"], [theirs.fileno()])
        except OSError:
            ours.close()
            await self.close()
            raise
        ours.setblocking(False)
        return ours

    async def _start(self, config: Config) -> None:
        self._requests, theirs = socket.socketpair()
        self._requests.setblocking(False)
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                *("--plane", config.plane),
                *("--data-dir", config.data_dir),
                *("--fd", str(theirs.fileno())),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                # A forking process must have no threads, not even those of linear algebra.
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            )

    async def exit_code(self, pid: int | None) -> int | None:
        """Return how a worker that has ended did so: -N is signal N; None if nobody knows."""
        if self._requests is None or pid is None:
            return None
        loop = asyncio.get_running_loop()
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(GRACE_S):
                while said := await loop.sock_recv(self._requests, ENDED.size):
                    ended, code = ENDED.unpack(said)
                    if ended == pid:
                        return int(code)
        return None

    async def close(self) -> None:
        """End the process."""
        if self._requests is not None:
            self._requests.close()
            self._requests = None
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
