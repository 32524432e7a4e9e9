"""Connections on their way in: TCP connect, handshake, hello, welcome, none of it blocking."""

import errno
import select
import socket
from collections.abc import Callable
from dataclasses import dataclass

from hearth_loadtest.admission import Target
from hearth_loadtest.entry import Door, Entry
from hearth_protocol.control import Welcome

#: A node that says nothing for so long is not going to. Slow is not silent.
SILENCE_S = 30.0
READ_BYTES = 64 * 1024
#: Connections looked at in one go.
_LOOKS = 16


@dataclass(frozen=True)
class Arrival:
    """A bot that is in: its socket, what the server said, and bytes that followed."""

    row: int
    sock: socket.socket
    welcome: Welcome
    rest: bytes


@dataclass(frozen=True)
class Failure:
    """A bot that did not get in, and why."""

    row: int
    reason: str


@dataclass
class _Opening:
    row: int
    sock: socket.socket
    entry: Entry
    deadline_s: float
    unsent: bytes


class Openings:
    """All connections of a worker that are not in yet."""

    def __init__(self, target: Target, clock: Callable[[], float]) -> None:
        self._target = target
        self._clock = clock
        self._poll = select.epoll()
        self._openings: dict[int, _Opening] = {}
        self._buffer = bytearray(READ_BYTES)

    @property
    def count(self) -> int:
        """How many are under way."""
        return len(self._openings)

    def start(self, row: int, path: str, ticket: str) -> Failure | None:
        """Begin to connect a row."""
        entry = Entry(Door(self._target.socket_url(path), ticket))
        family = socket.AF_INET6 if ":" in self._target.host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = sock.connect_ex((self._target.host, self._target.port))
        if code not in (0, errno.EINPROGRESS):
            sock.close()
            return Failure(row, f"connect: {errno.errorcode.get(code, code)}")
        deadline_s = self._clock() + SILENCE_S
        self._openings[sock.fileno()] = _Opening(row, sock, entry, deadline_s, entry.opening)
        self._poll.register(sock.fileno(), select.EPOLLIN | select.EPOLLOUT)
        return None

    def step(self, until_s: float) -> list[Arrival | Failure]:
        """Move on what can be moved on without waiting: one at least, none after `until_s`."""
        if not self._openings:
            return []
        done: list[Arrival | Failure] = []
        for fileno, events in self._poll.poll(0, _LOOKS):
            opening = self._openings[fileno]
            outcome = self._move(opening, events)
            opening.deadline_s = self._clock() + SILENCE_S
            if outcome is not None:
                self._forget(opening, keep=isinstance(outcome, Arrival))
                done.append(outcome)
            if self._clock() >= until_s:
                return done
        now_s = self._clock()
        for opening in [o for o in self._openings.values() if o.deadline_s < now_s]:
            self._forget(opening, keep=False)
            done.append(Failure(opening.row, "timeout"))
        return done

    def drop_silent(self) -> None:
        """Drop those who have not said hello yet."""
        for opening in [o for o in self._openings.values() if not o.entry.said_hello]:
            self._forget(opening, keep=False)

    def close(self) -> None:
        """Drop everything that is under way."""
        for opening in list(self._openings.values()):
            self._forget(opening, keep=False)
        self._poll.close()

    def _forget(self, opening: _Opening, *, keep: bool) -> None:
        fileno = opening.sock.fileno()
        del self._openings[fileno]
        self._poll.unregister(fileno)
        if not keep:
            opening.sock.close()

    def _move(self, opening: _Opening, events: int) -> Arrival | Failure | None:
        try:
            if events & select.EPOLLOUT and opening.unsent:
                self._send(opening)
            if events & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
                size = opening.sock.recv_into(self._buffer)
                if size == 0:
                    return Failure(opening.row, opening.entry.failure or "closed while entering")
                opening.unsent += opening.entry.feed(memoryview(self._buffer)[:size])
                self._send(opening)
        except BlockingIOError:
            return None
        except OSError as fault:
            return Failure(opening.row, f"connect: {errno.errorcode.get(fault.errno or 0, fault)}")
        if opening.entry.failure is not None:
            return Failure(opening.row, opening.entry.failure)
        if opening.entry.welcome is not None and not opening.unsent:
            entry = opening.entry
            assert entry.welcome is not None
            return Arrival(opening.row, opening.sock, entry.welcome, entry.rest)
        return None

    def _send(self, opening: _Opening) -> None:
        if opening.unsent:
            written = opening.sock.send(opening.unsent)
            opening.unsent = opening.unsent[written:]
        if not opening.unsent:
            self._poll.modify(opening.sock.fileno(), select.EPOLLIN)
