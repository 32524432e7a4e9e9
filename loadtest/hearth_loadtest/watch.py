"""Reads the sampled bots' connections: often, and decoded completely.

An update arrived when the system says its bytes reached this machine, so how busy the generator
is does not change what it measures; how long bytes lay there is measured beside it.
"""

import numpy as np
import numpy.typing as npt

from hearth_loadtest.kernels import calls, watching
from hearth_loadtest.observer import Observer, Tables
from hearth_loadtest.plane import MALFORMED, Message
from hearth_protocol.errors import Malformed
from hearth_protocol.kernels.bots import TICK

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

#: `setsockopt` for arrival stamps on what `recvmsg` reads (Linux).
SOL_SOCKET, SO_TIMESTAMPNS = 1, 35
_EVENTS = 1024
_DELAYS = 1 << 14


class Watch:
    """Sockets of the bots that decode everything."""

    def __init__(self, bots: list[int], records: int, streams: I64) -> None:
        """Prepare tables for some bots.

        Args:
            bots: Their numbers, in the order that `add` will name them by.
            records: Updates to keep of each.
            streams: [rows, 6] where the sender looks up the newest tick.
        """
        self._tables = Tables.of(len(bots), records)
        self._columns = self._tables.columns()
        self._streams = streams
        self._seats = [Observer(bot, number, self._tables) for number, bot in enumerate(bots)]
        self._fds = np.full(len(bots), -1, dtype=np.int32)
        self._rows = np.zeros(len(bots), dtype=np.int64)
        self._live = np.zeros(0, dtype=np.int64)
        self._message = np.zeros(calls.MESSAGE_WORDS, dtype=np.int64)
        calls.prepare_message(self._message)
        self._events = np.zeros((_EVENTS, watching.EVENT_COLUMNS), dtype=np.int64)
        self._aside = np.zeros(1 << 16, dtype=np.uint8)
        self._found = np.zeros(2, dtype=np.int64)
        most = len(bots) * watching.READS_AT_ONCE
        self._delay = np.zeros(_DELAYS + most, dtype=np.int64)
        self._delays = 0
        #: Those who are or were in.
        self.observers: list[Observer] = []
        #: Rows whose socket ended or failed; for the owner to empty.
        self.ended: list[int] = []

    @property
    def bytes_read(self) -> int:
        """Bytes read from all observers' sockets."""
        return int(self._tables.counters[:, watching.BYTES_READ].sum())

    def add(
        self, number: int, row: int, fileno: int, already: bytes, now_s: float
    ) -> list[Message]:
        """Follow a socket from now on.

        Args:
            number: Which of the bots it is.
            row: What to call it in messages, and its row of `streams`.
            fileno: Its descriptor, with arrival stamps switched on; stays ours.
            already: Bytes of its stream read before.
            now_s: Local time.
        """
        tables = self._tables
        self._fds[number] = fileno
        self._rows[number] = row
        self._live = np.flatnonzero(self._fds >= 0)
        self.observers.append(self._seats[number])
        counters = tables.counters[number]
        counters[watching.EMPTIED_NS] = round(now_s * 1e9)
        tables.buffers[number, : len(already)] = np.frombuffer(already, dtype=np.uint8)
        counters[watching.FILL] = len(already)
        self._found[:] = 0
        watching.follow(
            np.array([number]), now_s, self._events, self._aside, self._found, *self._columns
        )
        return self._messages()

    def remove(self, number: int) -> None:
        """Follow a socket no longer."""
        self._fds[number] = -1
        self._live = np.flatnonzero(self._fds >= 0)

    def read(self, now_s: float, wall_s: float) -> list[Message]:
        """Read everything that is there; updates count from when they reached this machine.

        Args:
            now_s: Local time.
            wall_s: The wall clock at the same moment: arrival stamps are wall time.
        """
        live = self._live
        if not len(live):
            return []
        self._delays += watching.watch(
            live,
            self._fds,
            (round(now_s * 1e9), round(wall_s * 1e9)),
            self._message,
            self._delay[self._delays :],
            self._events,
            self._aside,
            self._found,
            *self._columns,
        )
        if self._delays > _DELAYS:
            self._delays = 0  # nobody collects them
        self._streams[self._rows[live], TICK] = self._tables.counters[live, watching.TICK]
        return self._messages() if self._found[0] else []

    def take_delay(self) -> F64:
        """Hand over how long what was read had lain there, seconds [n], since the last call."""
        taken = self._delay[: self._delays].astype(np.float64) * 1e-9
        self._delays = 0
        return taken

    def _messages(self) -> list[Message]:
        messages: list[Message] = []
        for number, kind, at, length in self._events[: self._found[0]].tolist():
            row = int(self._rows[number])
            payload = self._aside[at : at + length].tobytes()
            if kind == watching.ENDED:
                self.ended.append(row)
            elif kind == watching.MALFORMED:
                reason = Malformed(payload[0]).name.lower()
                messages.append((row, MALFORMED, reason.encode()))
            else:
                messages.append((row, kind, payload))
        return messages
