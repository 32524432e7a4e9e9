"""Reads the sampled bots' connections: few, read first, and decoded completely."""

import select
import socket
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from hearth_loadtest.observer import Observer
from hearth_loadtest.reader import MALFORMED, Message
from hearth_protocol.kernels.bots import TICK

I64 = npt.NDArray[np.int64]

#: A sampled bot, and its row in the table where the sender looks up the newest tick.
Watched = tuple[Observer, I64]


class Watch:
    """Sockets of the bots that decode everything."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._watched: dict[int, tuple[int, socket.socket, Observer, I64]] = {}
        self.observers: list[Observer] = []
        self.bytes_read = 0
        self.ended: list[int] = []

    @property
    def count(self) -> int:
        """How many are connected."""
        return len(self._watched)

    def add(
        self, row: int, sock: socket.socket, watched: Watched, already: bytes, now_s: float
    ) -> list[Message]:
        """Follow a socket from now on; `already` are bytes of its stream read before."""
        observer, stream = watched
        self._watched[sock.fileno()] = (row, sock, observer, stream)
        self._poll.register(sock.fileno(), select.EPOLLIN)
        self.observers.append(observer)
        observer.room[: len(already)] = already
        return self._take(row, observer, stream, len(already), now_s)

    def remove(self, fileno: int) -> None:
        """Follow a socket no longer."""
        if self._watched.pop(fileno, None) is not None:
            self._poll.unregister(fileno)

    def read(self, clock: Callable[[], float]) -> list[Message]:
        """Read everything that is ready; updates are stamped when their bytes have been read."""
        messages: list[Message] = []
        for fileno, _ in self._poll.poll(0):
            row, sock, observer, stream = self._watched[fileno]
            try:
                size = sock.recv_into(observer.room[observer.fill :])
            except BlockingIOError:
                continue
            except OSError:
                size = 0
            if size == 0:
                self.ended.append(row)
                continue
            self.bytes_read += size
            messages += self._take(row, observer, stream, size, clock())
        return messages

    @staticmethod
    def _take(row: int, observer: Observer, stream: I64, size: int, now_s: float) -> list[Message]:
        found, malformed = observer.received(size, now_s)
        stream[TICK] = observer.newest_tick
        messages: list[Message] = [(row, kind, payload) for kind, payload in found]
        if malformed is not None:
            messages.append((row, MALFORMED, malformed.encode()))
        return messages

    def close(self) -> None:
        """Give the poller back."""
        self._poll.close()
