"""One worker's bots: lets them in, sends their poses, reads what comes, lets them go.

A single-threaded loop, paced by the send times. Nothing in it waits for the server.
"""

import gc
import socket
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import numpy as np

from hearth_loadtest import clock
from hearth_loadtest.admission import Guest, TicketOffice
from hearth_loadtest.casting import build_crowd, sampled_bots
from hearth_loadtest.clock import ServerClock
from hearth_loadtest.entry import close_frame, reply_to
from hearth_loadtest.observer import Observer
from hearth_loadtest.opening import Arrival, Openings
from hearth_loadtest.plan import Plan
from hearth_loadtest.reader import MALFORMED, BulkReader, Message
from hearth_loadtest.sender import Sender
from hearth_loadtest.watch import Watch
from hearth_protocol.kernels.bots import SNAPSHOT_BYTES, SNAPSHOTS

SHORTEST_SLEEP_S = 0.00005
#: Chunks of reads in every turn of the loop, however late it is.
FEWEST_CHUNKS = 3
#: Updates an observer keeps for the judge: 64 lanes at 20 Hz for a minute and some.
RECORDS_KEPT = 90_000


class Fleet:
    """All bots of one worker, as rows 0 … n-1."""

    def __init__(self, plan: Plan, worker: int) -> None:
        """Build the crowd and empty seats; nothing is connected yet."""
        self.plan = plan
        self.bots = plan.company.rows_of(worker)
        self.crowd = build_crowd(plan.company, plan.stage, plan.pulse)
        rows = len(self.bots)
        self._reader = BulkReader(rows)
        self._server = ServerClock(plan.offset_ms)
        self._sender = Sender(self.crowd, self.bots, plan.pulse, self._reader.streams, self._server)
        sampled = set(sampled_bots(plan.company, plan.sampled).tolist())
        self._watch = Watch()
        self._sampled = [int(bot) in sampled for bot in self.bots]
        self._sockets: list[socket.socket | None] = [None] * rows
        self._openings = Openings(plan.target, clock.monotonic_s)
        self._office: TicketOffice | None = None
        self._row_of = {int(bot): row for row, bot in enumerate(self.bots)}
        self.participants = np.zeros(rows, dtype=np.int64)
        self.failures: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.failed = 0

    # --- what others may know ----------------------------------------------------------------

    @property
    def live(self) -> int:
        """Bots that are in now."""
        return self._reader.count + self._watch.count

    @property
    def settled(self) -> bool:
        """Whether every bot has either got in or failed."""
        return int((self.participants > 0).sum()) + self.failed >= len(self.bots)

    def close_door(self) -> None:
        """Let nobody else in: who is not in by now was too late."""
        late = len(self.bots) - int((self.participants > 0).sum()) - self.failed
        if late > 0:
            self.failures["not in time"] += late
            self.failed += late
        self._openings.close()
        self._openings = Openings(self.plan.target, clock.monotonic_s)

    @property
    def sender(self) -> Sender:
        """The sending half."""
        return self._sender

    @property
    def observers(self) -> list[Observer]:
        """Bots that decode everything and are or were in."""
        return self._watch.observers

    @property
    def offset_ms(self) -> float:
        """Server time minus local time, as poses are stamped."""
        return self._server.offset_ms

    def traffic(self) -> tuple[int, int, int]:
        """(bytes read, snapshots, snapshot bytes) so far, over all bots."""
        streams = self._reader.streams
        watch = self._watch
        return (
            self._reader.bytes_read + watch.bytes_read,
            int(streams[:, SNAPSHOTS].sum()) + sum(o.snapshots for o in watch.observers),
            int(streams[:, SNAPSHOT_BYTES].sum()) + sum(o.snapshot_bytes for o in watch.observers),
        )

    # --- the loop ----------------------------------------------------------------------------

    def begin(self, start_s: float) -> None:
        """Fix the start: sample 0, and the first join, are due then."""
        plan = self.plan
        room_of = plan.company.room_of()
        guests = [
            Guest(int(bot), plan.room_name(int(room_of[bot])), start_s + bot / plan.spawn_rate)
            for bot in self.bots
        ]
        self._sender.begin(start_s, clock.monotonic_s())
        self._due_s = {guest.bot: guest.due_s for guest in guests}
        self._waiting: list[tuple[float, int, str, str]] = []
        self._office = TicketOffice(plan.target, guests, clock.monotonic_s)
        gc.collect()
        gc.freeze()
        gc.disable()

    def run_until(self, when: Callable[[float], bool], idle: Callable[[float], None]) -> None:
        """Drive the bots until `when(now)` says so.

        Args:
            when: Asked about once a millisecond.
            idle: Called when nothing is due, with the seconds until something is.
        """
        sender = self._sender
        while True:
            now_s = sender.send_due(clock.monotonic_s, clock.monotonic_s())
            self._handle(self._watch.read(clock.monotonic_s))
            if when(now_s):
                return
            if not self.settled:
                self._admit()
            if self._read_until(sender.next_due_s):
                idle(sender.next_due_s - clock.monotonic_s())
                rest_s = sender.next_due_s - clock.monotonic_s()
                if rest_s > SHORTEST_SLEEP_S:
                    clock.sleep_s(rest_s)
            self._clear_away()

    def _read_until(self, due_s: float) -> bool:
        """Read what is there until a local time; say whether there is nothing left and time to.

        A few chunks are read even when that time is past: a generator that is behind must not
        stop reading, or the server would be blamed.
        """
        chunks = 0
        while True:
            ready, messages = self._reader.read(0)
            if messages:
                self._handle(messages)
            chunks += 1
            late = clock.monotonic_s() >= due_s
            if ready == 0:
                return not late
            if late and chunks >= FEWEST_CHUNKS:
                return False
            self._handle(self._watch.read(clock.monotonic_s))

    def _admit(self) -> None:
        """Let the next guests in, at most a few at a time, and none before its turn."""
        office = self._office
        assert office is not None
        while (ticket := office.ready()) is not None:
            if ticket.refused is not None:
                self._fail(ticket.refused.code)
            else:
                due_s = self._due_s[ticket.bot]
                self._waiting.append((due_s, ticket.bot, ticket.path, ticket.ticket))
                self._waiting.sort()
        now_s = clock.monotonic_s()
        for _ in range(4):
            if not self._waiting or self._waiting[0][0] > now_s:
                break
            _, bot, path, word = self._waiting.pop(0)
            failure = self._openings.start(self._row_of[bot], path, word)
            if failure is not None:
                self._fail(failure.reason)
        for outcome in self._openings.step():
            if isinstance(outcome, Arrival):
                self._seat(outcome)
            else:
                self._fail(outcome.reason)

    def _fail(self, reason: str) -> None:
        self.failures[reason] += 1
        self.failed += 1

    def _seat(self, arrival: Arrival) -> None:
        """A bot is in: it sends, and is read from, from now on."""
        row, sock = arrival.row, arrival.sock
        self._sockets[row] = sock
        self.participants[row] = arrival.welcome.participant
        self._sender.add(row, arrival.welcome.participant, sock.send)
        if self._sampled[row]:
            observer = Observer(int(self.bots[row]), RECORDS_KEPT)
            tick = self._reader.streams[row]
            messages = self._watch.add(
                row, sock, (observer, tick), arrival.rest, clock.monotonic_s()
            )
        else:
            messages = self._reader.add(row, sock.fileno(), sock.recv_into, arrival.rest)
        self._handle(messages)

    def _handle(self, messages: list[Message]) -> None:
        for row, kind, payload in messages:
            if kind == MALFORMED:
                what = payload.decode("ascii", "replace") if self._sampled[row] else "frame"
                self._drop(row, f"malformed: {what}")
                continue
            reply = reply_to(kind, payload)
            if reply.answer:
                self._sender.interject(row, reply.answer)
            if reply.error is not None:
                self.errors[reply.error] += 1
            if reply.over is not None:
                self._drop(row, reply.over)

    def _clear_away(self) -> None:
        """Let go of bots whose connection ended."""
        for ended in (self._reader.ended, self._watch.ended, self._sender.broken):
            for row in ended:
                self._drop(row, "connection lost")
            ended.clear()

    def _drop(self, row: int, reason: str) -> None:
        sock = self._sockets[row]
        if sock is None:
            return
        self.lost[reason] += 1
        self._release(row, sock)

    def _release(self, row: int, sock: socket.socket) -> None:
        self._sockets[row] = None
        self._sender.remove(row)
        self._reader.remove(sock.fileno())
        self._watch.remove(sock.fileno())
        sock.close()

    def leave(self) -> None:
        """Close every connection politely."""
        if self._office is not None:
            self._office.close()
        self._openings.close()
        for row, sock in enumerate(self._sockets):
            if sock is not None:
                with suppress(OSError):
                    sock.send(close_frame())
                self._release(row, sock)
        self._reader.close()
        self._watch.close()
        gc.enable()
