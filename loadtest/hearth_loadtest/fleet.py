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
from hearth_loadtest.doorway import Doorway, Queueing
from hearth_loadtest.entry import close_frame, message_frame, reply_to
from hearth_loadtest.observer import Observer
from hearth_loadtest.opening import Arrival
from hearth_loadtest.plan import Plan
from hearth_loadtest.plane import MALFORMED, BotPlane, Message
from hearth_loadtest.voice.relay import Relay
from hearth_loadtest.watch import SO_TIMESTAMPNS, SOL_SOCKET, Watch
from hearth_protocol.control import Leave
from hearth_protocol.kernels.bots import SNAPSHOT_BYTES, SNAPSHOTS

SHORTEST_SLEEP_S = 0.00005
#: Between two looks at the sampled bots' sockets: short enough that two snapshots of one bot are
#: hardly ever read at once, when both would count as arrived with the second.
WATCH_EVERY_S = 0.008
#: Joining takes this share of the time at least, however late everything is.
DOOR_SHARE = 0.15
#: Updates an observer keeps for the judge: 64 lanes at 20 Hz for a minute and some.
RECORDS_KEPT = 90_000


class Fleet:
    """All bots of one worker, as rows 0 … n-1."""

    def __init__(self, plan: Plan, worker: int, relay: Relay | None = None) -> None:
        """Build the crowd and empty seats; nothing is connected yet. A relay gives bots voice."""
        self.plan = plan
        self._relay = relay
        self.bots = plan.company.rows_of(worker)
        self.crowd = build_crowd(plan.company, plan.stage, plan.pulse)
        rows = len(self.bots)
        self._server = ServerClock(plan.offset_ms)
        self._plane = BotPlane(self.crowd, self.bots, plan.pulse, self._server)
        sampled = set(sampled_bots(plan.company, plan.sampled).tolist())
        watched = [row for row, bot in enumerate(self.bots.tolist()) if bot in sampled]
        self._seat_of = {row: number for number, row in enumerate(watched)}
        self._watch = Watch(self.bots[watched].tolist(), RECORDS_KEPT, self._plane.streams)
        self._next_watch_s = 0.0
        self._sockets: list[socket.socket | None] = [None] * rows
        self._doorway: Doorway | None = None
        self._row_of = {int(bot): row for row, bot in enumerate(self.bots)}
        self._closed = False
        self._door_credit_s = self._door_seen_s = 0.0
        self.participants = np.zeros(rows, dtype=np.int64)
        self.joined = 0
        self.live = 0
        self.failures: Counter[str] = Counter()
        self.lost: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.failed = 0
        #: Participants that the node seated after they had been given up.
        self.latecomers: list[int] = []

    # --- what others may know ----------------------------------------------------------------

    @property
    def settled(self) -> bool:
        """Whether every bot has either got in or failed."""
        return self.joined + self.failed >= len(self.bots)

    @property
    def queueing(self) -> Queueing:
        """How joining went."""
        return self._doorway.queueing if self._doorway is not None else Queueing()

    @property
    def waited_s(self) -> list[float]:
        """How long each bot that is in took from the time it was due, seconds."""
        return self._doorway.waited_s if self._doorway is not None else []

    def close_door(self) -> None:
        """Let nobody else in: who is not in by now was too late."""
        late = len(self.bots) - self.joined - self.failed
        if late > 0:
            self.failures["not in time"] += late
            self.failed += late
        self._closed = True
        if self._doorway is not None:
            self._doorway.shut()

    @property
    def plane(self) -> BotPlane:
        """The sending half, and the reading of all but the sampled bots."""
        return self._plane

    @property
    def watch(self) -> Watch:
        """The reading of the sampled bots."""
        return self._watch

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
        streams = self._plane.streams
        observers = self._watch.observers
        return (
            self._plane.bytes_read + self._watch.bytes_read,
            int(streams[:, SNAPSHOTS].sum()) + sum(o.snapshots for o in observers),
            int(streams[:, SNAPSHOT_BYTES].sum()) + sum(o.snapshot_bytes for o in observers),
        )

    # --- the loop ----------------------------------------------------------------------------

    def begin(self, start_s: float) -> None:
        """Fix the start: sample 0, and the first join, are due then."""
        plan = self.plan
        room_of = plan.company.room_of()
        relay = self._relay
        guests = [
            Guest(
                bot,
                plan.room_name(int(room_of[bot])),
                start_s + bot / plan.spawn_rate,
                relay.features(bot) if relay is not None else (),
            )
            for bot in self.bots.tolist()
        ]
        self._plane.begin(start_s, clock.monotonic_s())
        office = TicketOffice(plan.target, guests, clock.monotonic_s)
        self._doorway = Doorway(plan.target, guests, self._row_of, office, clock.monotonic_s)
        gc.collect()
        gc.freeze()
        gc.disable()

    def run_until(self, when: Callable[[float], bool], idle: Callable[[float], None]) -> None:
        """Drive the bots until `when(now)` says so.

        Args:
            when: Asked about once a millisecond.
            idle: Called when nothing is due, with the seconds until something is.
        """
        plane, watch = self._plane, self._watch
        while True:
            now_s = clock.monotonic_s()
            if now_s >= plane.next_due_s:
                self._handle(plane.take_turn(now_s))
            if now_s >= self._next_watch_s:
                self._next_watch_s = now_s + WATCH_EVERY_S
                self._handle(watch.read(*clock.now_and_wall_s()))
            if plane.ended or watch.ended:
                self._clear_away()
            if when(now_s):
                return
            if not self.settled or self._closed:
                self._admit(plane.next_due_s)
            rest_s = plane.next_due_s - clock.monotonic_s()
            if rest_s > SHORTEST_SLEEP_S:
                idle(rest_s)
                rest_s = plane.next_due_s - clock.monotonic_s()
                if rest_s > SHORTEST_SLEEP_S:
                    clock.sleep_s(rest_s)

    def _admit(self, until_s: float) -> None:
        """Let the next guests in as far as there is time, but spend a share of it at least.

        Those who are in must go on sending in time while others join; yet somebody has to get in
        even when there is never any time left.
        """
        doorway = self._doorway
        assert doorway is not None
        begin_s = clock.monotonic_s()
        earned_s = self._door_credit_s + (begin_s - self._door_seen_s) * DOOR_SHARE
        self._door_credit_s = min(earned_s, DOOR_SHARE)
        self._door_seen_s = begin_s
        if begin_s >= until_s and self._door_credit_s < 0.0:
            return
        for outcome in doorway.step(until_s):
            if not isinstance(outcome, Arrival):
                if not self._closed:
                    self._fail(outcome.reason)
            elif self._closed:
                self._send_home(outcome)
            else:
                self._seat(outcome)
        if begin_s >= until_s:
            self._door_credit_s -= clock.monotonic_s() - begin_s

    def _send_home(self, arrival: Arrival) -> None:
        """Say goodbye for a bot that got in after it had been given up."""
        self.latecomers.append(arrival.participant)
        with suppress(OSError):
            arrival.sock.send(message_frame(Leave()) + close_frame())
        arrival.sock.close()

    def _fail(self, reason: str) -> None:
        self.failures[reason] += 1
        self.failed += 1

    def _seat(self, arrival: Arrival) -> None:
        """A bot is in: it sends, and is read from, from now on."""
        row, sock = arrival.row, arrival.sock
        self._sockets[row] = sock
        self.participants[row] = arrival.participant
        self.joined += 1
        self.live += 1
        self._plane.add(row, arrival.participant, sock.fileno())
        number = self._seat_of.get(row)
        if number is None:
            messages = self._plane.follow(row, arrival.rest)
        else:
            sock.setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, 1)
            now_s = clock.monotonic_s()
            messages = self._watch.add(number, row, sock.fileno(), arrival.rest, now_s)
        self._handle(messages)

    def _handle(self, messages: list[Message]) -> None:
        for row, kind, payload in messages:
            if kind == MALFORMED:
                what = payload.decode("ascii", "replace") if row in self._seat_of else "frame"
                self._drop(row, f"malformed: {what}")
                continue
            reply = reply_to(kind, payload)
            if self._relay is not None:
                self._relay.overheard(row, kind, payload)
            if reply.answer:
                self._plane.interject(row, reply.answer)
            if reply.error is not None:
                self.errors[reply.error] += 1
            if reply.over is not None:
                self._drop(row, reply.over)

    def _clear_away(self) -> None:
        """Let go of bots whose connection ended."""
        for ended in (self._plane.ended, self._watch.ended):
            for row in ended:
                self._drop(row, "connection lost")
            ended.clear()

    def _drop(self, row: int, reason: str) -> None:
        sock = self._sockets[row]
        if sock is None:
            return
        self.lost[reason] += 1
        if self._relay is not None:
            self._relay.gone(row)
        self._release(row, sock)

    def _release(self, row: int, sock: socket.socket) -> None:
        self._sockets[row] = None
        self.live -= 1
        self._plane.remove(row)
        if row in self._seat_of:
            self._watch.remove(self._seat_of[row])
        sock.close()

    def pump_voice(self) -> None:
        """Send what bots have to say of their voices."""
        if self._relay is not None:
            self._relay.pump(self._plane.interject)

    def leave(self) -> None:
        """Close every connection politely."""
        if self._doorway is not None:
            self._doorway.close()
        for row, sock in enumerate(self._sockets):
            if sock is not None:
                with suppress(OSError):
                    sock.send(close_frame())
                self._release(row, sock)
        gc.enable()
