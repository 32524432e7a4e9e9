"""Bots on their way in: when each is due, its ticket, its connection; who is late waits.

Only so many are at the door at once, so that a node or a generator that cannot keep up makes a
queue, not timeouts. How long each waited is kept for the report.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass

from hearth_loadtest.admission import Guest, Target, Ticket, TicketOffice
from hearth_loadtest.opening import CLOSED_EARLY, Arrival, Failure, Openings

#: Connections under way at once; those of them that have not said hello, for which a node gives
#: a few seconds only.
AT_THE_DOOR = 192
SPEECHLESS = 16
#: Tickets in hand at once, and how often somebody is given another where all was too slow.
IN_HAND = 48
TRIES = 4
#: Failures that seated nobody and only say that something took too long.
TOO_SLOW = {"ticket_expired", "hello_timeout", "closed 4408", CLOSED_EARLY}


@dataclass
class Queueing:
    """How joining went: local seconds, the first due time and the last arrival among them."""

    first_due_s: float = float("inf")
    last_in_s: float = 0.0
    joined: int = 0


class Doorway:
    """Lets guests in at their times or, where that is not possible, one after the other."""

    def __init__(
        self,
        target: Target,
        guests: list[Guest],
        row_of: dict[int, int],
        office: TicketOffice,
        clock: Callable[[], float],
    ) -> None:
        """Wait for tickets.

        Args:
            target: The node.
            guests: Who wants in, and when.
            row_of: Their rows by bot number.
            office: Where their tickets come from; closed with this.
            clock: Local time.
        """
        self._row_of = row_of
        self._clock = clock
        self._guests = {row_of[guest.bot]: guest for guest in guests}
        self._tries = dict.fromkeys(self._guests, 1)
        self._office = office
        self._openings = Openings(target, clock)
        self._waiting: list[tuple[float, int, Ticket]] = []
        self._open = True
        self.queueing = Queueing(first_due_s=min((guest.due_s for guest in guests), default=0.0))
        #: How long each that is in took from its due time, seconds.
        self.waited_s: list[float] = []

    @property
    def speechless(self) -> int:
        """Connections under way that have not said hello."""
        return self._openings.speechless

    def step(self, until_s: float) -> list[Arrival | Failure]:
        """Move on without waiting; begins nothing after `until_s`, but always moves somebody."""
        done: list[Arrival | Failure] = []
        self._take_tickets(done)
        self._knock(done)
        for outcome in self._openings.step(until_s):
            if isinstance(outcome, Arrival):
                now_s = self._clock()
                self.waited_s.append(now_s - self._guests[outcome.row].due_s)
                self.queueing.joined += 1
                self.queueing.last_in_s = now_s
            elif self._tries_again(outcome):
                continue
            done.append(outcome)
        return done

    def _tries_again(self, failure: Failure) -> bool:
        row = failure.row
        if failure.reason not in TOO_SLOW or not self._open or self._tries[row] >= TRIES:
            return False
        self._tries[row] += 1
        self._office.again(self._guests[row])
        return True

    def _take_tickets(self, done: list[Arrival | Failure]) -> None:
        while self._open and len(self._waiting) < IN_HAND:
            ticket = self._office.ready()
            if ticket is None:
                break
            row = self._row_of[ticket.bot]
            if ticket.refused is not None:
                done.append(Failure(row, ticket.refused.code))
            else:
                heapq.heappush(self._waiting, (self._guests[row].due_s, row, ticket))

    def _knock(self, done: list[Arrival | Failure]) -> None:
        """Begin one connection, if somebody's turn has come and there is room at the door."""
        openings = self._openings
        if not self._waiting or openings.count >= AT_THE_DOOR or self.speechless >= SPEECHLESS:
            return
        if self._waiting[0][0] > self._clock():
            return
        _, row, ticket = heapq.heappop(self._waiting)
        features = self._guests[row].features
        failure = self._openings.start(row, ticket.path, ticket.ticket, features)
        if failure is not None:
            done.append(failure)

    def shut(self) -> None:
        """Begin nothing any more.

        Whoever has said hello may be seated already, so they are still waited for: their arrival
        tells who the avatar is that others see.
        """
        self._open = False
        self._office.stop()
        self._waiting.clear()
        self._openings.drop_silent()

    def close(self) -> None:
        """Drop everything; waits for a request under way."""
        self.shut()
        self._office.close()
        self._openings.close()
