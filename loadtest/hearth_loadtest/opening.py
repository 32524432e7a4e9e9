"""Connections on their way in: TCP connect, handshake, hello, welcome, none of it blocking."""

import errno
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from hearth_loadtest.admission import Target
from hearth_loadtest.entry import Door, Entry

#: A node that says nothing for so long is not going to. Slow is not silent.
SILENCE_S = 30.0
#: The node hung up before the handshake was over: it seated nobody.
CLOSED_EARLY = "closed before the handshake"
READ_BYTES = 64 * 1024
_LOOK_EVERY_S = 0.5
#: Connections looked at in one go.
_LOOKS = 16


@dataclass(frozen=True)
class Arrival:
    """A bot that is in: its socket, who it is to the server, and bytes that followed."""

    row: int
    sock: socket.socket
    participant: int
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
    wants_out: bool


class Openings:
    """All connections of a worker that are not in yet."""

    def __init__(self, target: Target, clock: Callable[[], float]) -> None:
        self._target = target
        self._clock = clock
        self._poll = select.epoll()
        self._openings: dict[int, _Opening] = {}
        self._buffer = bytearray(READ_BYTES)
        self._next_look_s = 0.0

    @property
    def count(self) -> int:
        """How many are under way."""
        return len(self._openings)

    @property
    def speechless(self) -> int:
        """How many of them have not said hello; a node gives each only a few seconds for that."""
        return sum(not opening.entry.said_hello for opening in self._openings.values())

    def start(
        self, row: int, path: str, ticket: str, features: tuple[str, ...] = ()
    ) -> Failure | None:
        """Begin to connect a row."""
        door = Door(self._target.socket_url(path), ticket, features=features)
        entry = Entry(door)
        family = socket.AF_INET6 if ":" in self._target.host else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        code = sock.connect_ex((self._target.host, self._target.port))
        if code not in (0, errno.EINPROGRESS):
            sock.close()
            return Failure(row, f"connect: {errno.errorcode.get(code, code)}")
        unsent, interest = entry.opening, select.EPOLLIN | select.EPOLLOUT
        if code == 0:
            with suppress(OSError):
                unsent = unsent[sock.send(unsent) :]
                interest = select.EPOLLIN | (select.EPOLLOUT if unsent else 0)
        deadline_s = self._clock() + SILENCE_S
        self._openings[sock.fileno()] = _Opening(
            row, sock, entry, deadline_s, unsent, bool(interest & select.EPOLLOUT)
        )
        self._poll.register(sock.fileno(), interest)
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
        if now_s < self._next_look_s:
            return done
        self._next_look_s = now_s + _LOOK_EVERY_S
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
                    hello = opening.entry.said_hello
                    ended = "closed while entering" if hello else CLOSED_EARLY
                    return Failure(opening.row, opening.entry.failure or ended)
                opening.unsent += opening.entry.feed(memoryview(self._buffer)[:size])
                self._send(opening)
        except BlockingIOError:
            return None
        except OSError as fault:
            return Failure(opening.row, f"connect: {errno.errorcode.get(fault.errno or 0, fault)}")
        if opening.entry.failure is not None:
            return Failure(opening.row, opening.entry.failure)
        participant = opening.entry.participant
        if participant is not None and not opening.unsent:
            return Arrival(opening.row, opening.sock, participant, opening.entry.rest)
        return None

    def _send(self, opening: _Opening) -> None:
        if opening.unsent:
            written = opening.sock.send(opening.unsent)
            opening.unsent = opening.unsent[written:]
        wanted = bool(opening.unsent)
        if wanted is not opening.wants_out:
            opening.wants_out = wanted
            out = select.EPOLLOUT if wanted else 0
            self._poll.modify(opening.sock.fileno(), select.EPOLLIN | out)
