"""The node's side of the voice worker: starts it, listens to it, replaces it when it dies.

Knows no room and no route: messages go to a callback and come from `send`.
"""

import asyncio
import contextlib
import dataclasses
import socket
import sys
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, cast

from hearth_server.clock import Clock
from hearth_server.logs import logger
from hearth_server.voice.link import (
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

COMMAND: Final = (sys.executable, "-m", "hearth_server.voice.worker", "--fd")

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
        command: how to start a worker; the link's file descriptor number is appended.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock,
        on_message: Callable[[FromWorker], None],
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._config = config
        self._clock = clock
        self._on_message = on_message
        self._command = command
        self._stopping = False
        self._changed = asyncio.Event()
        self._gone = asyncio.Event()
        self._gone.set()
        self._end: LinkEnd | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._started_s = 0.0
        self._heard_s = 0.0
        self._falls: deque[float] = deque(maxlen=FALLS)
        self.ready: Ready | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the worker, None while there is none."""
        return None if self._process is None else self._process.pid

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
            self._gone.set()

    def send(self, message: FromNode) -> bool:
        """Send to the worker; False (and nothing kept) while none is ready."""
        return self.ready is not None and self._end is not None and self._end.send(message)

    async def stop(self) -> None:
        """End the worker and `run`; returns when the process is gone."""
        self._stopping = True
        self._changed.set()
        await self._gone.wait()

    async def _generation(self) -> str:
        """Run one worker to its end; return why it ended."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                str(theirs.fileno()),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        except OSError as fault:
            ours.close()
            return f"cannot start: {fault}"
        finally:
            theirs.close()
        self._process = process
        self._started_s = self._heard_s = self._clock.monotonic_s()
        reason = "stopped"
        try:
            end = LinkEnd(self._on_link, self._changed.set)
            await asyncio.get_running_loop().create_unix_connection(lambda: end, sock=ours)
            self._end = end
            end.send(self._config)
            reason = await self._watch(end)
        finally:
            was_ready, self.ready, self._end = self.ready is not None, None, None
            await self._reap(process)
            self._process = None
            with contextlib.suppress(TimeoutError):  # its last words
                await asyncio.wait_for(end.closed.wait(), GRACE_S)
            end.close()
            if was_ready:
                self._on_message(Lost(reason))
        return f"{reason}, status {process.returncode}"

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

    async def _reap(self, process: asyncio.subprocess.Process) -> None:
        """Wait for the end of a worker; one that was not asked to stop gets no time for it."""
        try:
            with contextlib.suppress(ProcessLookupError):
                (process.terminate if self._stopping else process.kill)()
            await asyncio.wait_for(process.wait(), GRACE_S)
        except TimeoutError:
            pass
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    def _on_link(self, message: Message) -> None:
        self._heard_s = self._clock.monotonic_s()
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
            _log.error("voice cannot work", code=message.code, what_to_do=message.text)
        self._on_message(cast("FromWorker", message))

    def _note_fall(self, now_s: float) -> None:
        """After several ends in a short time, go on without compiled code."""
        self._falls.append(now_s)
        if len(self._falls) == FALLS and now_s - self._falls[0] < FALLS_WITHIN_S:
            self._config = dataclasses.replace(
                self._config, plane="python", plane_reason=f"{FALLS} ends within a minute"
            )
