"""Reads the streams of many bots with one buffer, looking only at frame headers.

The bytes of a chunk of reads lie behind each other in one arena and one kernel call follows all
of their streams, so no Python object is made per frame.
"""

import select
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from hearth_protocol.kernels.bots import (
    CARRY_BYTES,
    EVENT_COLUMNS,
    STATE_COLUMNS,
    scan_reads,
)
from hearth_protocol.kernels.scan import CLOSE, CONTROL, PING, PONG

I64 = npt.NDArray[np.int64]

READ_BYTES = 16 * 1024
CHUNK = 48
_EVENTS = 1024
_KINDS = {2: CONTROL, 8: CLOSE, 9: PING, 10: PONG}

#: Row, kind (as in `kernels.scan`; -1 malformed) and payload of a message to look at.
Message = tuple[int, int, bytes]
Receive = Callable[[memoryview], int]
MALFORMED = -1


class BulkReader:
    """Sockets of rows whose frames are only counted."""

    def __init__(self, rows: int) -> None:
        """Prepare for rows 0 … rows-1; `streams` [rows, 6] is what is known of each stream."""
        self.streams: I64 = np.zeros((rows, STATE_COLUMNS), dtype=np.int64)
        self._carry = np.zeros((rows, CARRY_BYTES), dtype=np.uint8)
        self._arena = np.zeros(CHUNK * (READ_BYTES + CARRY_BYTES), dtype=np.uint8)
        self._room = memoryview(self._arena.data)
        self._reads = np.zeros((CHUNK, 3), dtype=np.int64)
        self._cells = memoryview(self._reads.reshape(-1).data)
        self._events = np.zeros((_EVENTS, EVENT_COLUMNS), dtype=np.int64)
        self._poll = select.epoll()
        self._receive: dict[int, tuple[int, Receive]] = {}
        self.bytes_read = 0
        self.ended: list[int] = []

    @property
    def count(self) -> int:
        """How many are connected."""
        return len(self._receive)

    def add(self, row: int, fileno: int, receive: Receive, already: bytes) -> list[Message]:
        """Follow a socket from now on; `already` are bytes of its stream read before."""
        self._receive[fileno] = (row, receive)
        self._poll.register(fileno, select.EPOLLIN)
        messages: list[Message] = []
        for begin in range(0, len(already), READ_BYTES):
            piece = already[begin : begin + READ_BYTES]
            self._room[CARRY_BYTES : CARRY_BYTES + len(piece)] = piece
            self._reads[0] = (row, CARRY_BYTES, len(piece))
            messages += self._scan(1)
        return messages

    def remove(self, fileno: int) -> None:
        """Follow a socket no longer."""
        if self._receive.pop(fileno, None) is not None:
            self._poll.unregister(fileno)

    def read(self, timeout_s: float) -> tuple[int, list[Message]]:
        """Read a chunk of what is ready: (number of sockets that were, messages to look at)."""
        ready = self._poll.poll(timeout_s, CHUNK)
        if not ready:
            return 0, []
        room, cells, receive = self._room, self._cells, self._receive
        at, cell, count, total = CARRY_BYTES, 0, 0, 0
        for fileno, _ in ready:
            row, receive_into = receive[fileno]
            try:
                size = receive_into(room[at : at + READ_BYTES])
            except BlockingIOError:
                continue
            except OSError:
                size = 0
            if size == 0:
                self.ended.append(row)
                continue
            cells[cell] = row
            cells[cell + 1] = at
            cells[cell + 2] = size
            cell += 3
            count += 1
            total += size
            at += size + CARRY_BYTES
        self.bytes_read += total
        return len(ready), self._scan(count) if count else []

    def _scan(self, count: int) -> list[Message]:
        found = scan_reads(self._arena, self._reads, count, self.streams, self._carry, self._events)
        if not found:
            return []
        messages: list[Message] = []
        for row, opcode, offset, length in self._events[:found].tolist():
            kind = _KINDS.get(opcode, MALFORMED)
            messages.append((row, kind, self._room[offset : offset + length].tobytes()))
        return messages

    def close(self) -> None:
        """Give the poller back."""
        self._poll.close()
