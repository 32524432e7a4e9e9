"""Who stands before the doors of gatherings now: waiting rooms, who was let in, who was inside.

All of it is in memory: whoever waits says so every few seconds, so that after a restart everybody
is back by themselves. Whom a leader let in, or turned away, is forgotten then, and asked again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hearth_server.clock import Clock, wall_ms
from hearth_server.community.events.attending import GRACE_MS
from hearth_server.community.events.records import RsvpState
from hearth_server.community.ports.rsvps import Key

#: Who has not said for so long that they wait is gone.
GONE_S: Final = 30.0
#: Whom a leader let in comes within this time, or waits again.
ADMITTED_S: Final = 300.0
#: Who was turned away may ask again after this.
TURNED_AWAY_S: Final = 600.0
#: Their moment begins when they are there, or this long after they got their ticket.
ARRIVING_S: Final = 30.0
#: So many wait at most before one door; others are told that it is full.
WAITING_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody in a waiting room.

    Attributes:
        since_ms: Unix epoch.
        asks: they would like to step in for a moment.
        late: they came after the late-comers' minute.
    """

    account_id: str
    name: str
    since_ms: int
    asks: bool = False
    late: bool = False


@dataclass(slots=True)
class StepIn:
    """Somebody is in for a moment.

    Attributes:
        key: of the occurrence.
        room_id: from which they are put out again.
        seconds: for how long, from when they are there.
        before: what they had answered when they came.
        until_s: on the monotonic clock.
        begun: they are there.
    """

    key: Key
    account_id: str
    room_id: str
    seconds: int
    before: RsvpState | None
    until_s: float
    begun: bool = False


@dataclass(slots=True)
class _Decision:
    """What a leader decided about somebody. `seconds` for a moment only."""

    admitted: bool
    until_s: float
    seconds: int | None = None


@dataclass(slots=True)
class _Waiting:
    waiter: Waiter
    seen_s: float


class WaitingRooms:
    """The waiting rooms of a node.

    Args:
        clock: tells who is gone.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began_s = clock.monotonic_s()
        #: Of each occurrence those who wait, in the order in which they came.
        self._rooms: dict[Key, dict[str, _Waiting]] = {}
        self._decided: dict[Key, dict[str, _Decision]] = {}
        self._inside: dict[Key, dict[str, float]] = {}
        self._steps: dict[tuple[Key, str], StepIn] = {}

    # --- waiting -------------------------------------------------------------------------------

    def knock(
        self, key: Key, account_id: str, name: str, *, asks: bool, late: bool = False
    ) -> bool:
        """Somebody waits, or still does; False: too many do.

        Who waited before it was late came in time, however long they wait.
        """
        room = self._rooms.setdefault(key, {})
        now_s = self._clock.monotonic_s()
        found = room.get(account_id)
        if found is None:
            if len(room) >= WAITING_MAX:
                return False
            waiter = Waiter(account_id, name, wall_ms(self._clock), asks, late)
            room[account_id] = _Waiting(waiter, now_s)
        else:
            found.seen_s = now_s
            found.waiter = replace(found.waiter, name=name, asks=asks)
        return True

    def leave(self, key: Key, account_id: str) -> None:
        """Somebody does not wait any more."""
        room = self._rooms.get(key)
        if room is not None:
            room.pop(account_id, None)
            if not room:
                del self._rooms[key]

    def people(self, key: Key) -> Sequence[Waiter]:
        """Return who waits, in the order in which they came."""
        self._let_go(key)
        return [each.waiter for each in self._rooms.get(key, {}).values()]

    def waits(self, key: Key, account_id: str) -> bool:
        """Say whether somebody waits."""
        self._let_go(key)
        return account_id in self._rooms.get(key, {})

    # --- what leaders decide -------------------------------------------------------------------

    def admit(self, key: Key, account_id: str, seconds: int | None = None) -> bool:
        """Let somebody in who waits, for good or for a moment; False: they do not wait.

        Whoever stepped in for a moment stays when they are let in for good; whoever was turned
        away is let in after all.
        """
        known = (key, account_id) in self._steps or self.decided(key, account_id) is False
        if not known and not self.waits(key, account_id):
            return False
        if seconds is None:
            self._steps.pop((key, account_id), None)
        until_s = self._clock.monotonic_s() + ADMITTED_S
        self._decided.setdefault(key, {})[account_id] = _Decision(True, until_s, seconds)
        return True

    def turn_away(self, key: Key, account_id: str) -> bool:
        """Send somebody away who waits; False: they do not wait."""
        if not self.waits(key, account_id):
            return False
        until_s = self._clock.monotonic_s() + TURNED_AWAY_S
        self._decided.setdefault(key, {})[account_id] = _Decision(False, until_s)
        self.leave(key, account_id)
        return True

    def decided(self, key: Key, account_id: str) -> bool | None:
        """Say whether somebody was let in (True) or turned away (False); None: neither."""
        decision = self._decision(key, account_id)
        return decision.admitted if decision is not None else None

    def seconds_of(self, key: Key, account_id: str) -> int | None:
        """Return for how long somebody was let in; None: for good, or not at all."""
        decision = self._decision(key, account_id)
        return decision.seconds if decision is not None else None

    def _decision(self, key: Key, account_id: str) -> _Decision | None:
        decision = self._decided.get(key, {}).get(account_id)
        if decision is None or self._clock.monotonic_s() >= decision.until_s:
            return None
        return decision

    # --- inside --------------------------------------------------------------------------------

    def step_in(
        self, key: Key, account_id: str, room_id: str, before: RsvpState | None = None
    ) -> None:
        """Somebody who was let in for a moment has their ticket; a second makes it no longer."""
        seconds = self.seconds_of(key, account_id)
        if seconds is not None and (key, account_id) not in self._steps:
            until_s = self._clock.monotonic_s() + ARRIVING_S + seconds
            self._steps[key, account_id] = StepIn(
                key, account_id, room_id, seconds, before, until_s
            )

    def steps(self) -> Sequence[StepIn]:
        """Return who is in for a moment."""
        return tuple(self._steps.values())

    def begin(self, step: StepIn) -> None:
        """Somebody who steps in is there: their moment begins."""
        if not step.begun:
            step.begun = True
            step.until_s = self._clock.monotonic_s() + step.seconds

    def take_ended_steps(self) -> Sequence[StepIn]:
        """Return those whose moment is over, once; they are to go out and wait again."""
        now_s = self._clock.monotonic_s()
        over = [step for step in self._steps.values() if now_s >= step.until_s]
        for step in over:
            del self._steps[step.key, step.account_id]
            self._forget(step.key, step.account_id)
        return over

    def seen(self, key: Key, account_id: str) -> None:
        """Somebody is inside, or has a ticket in their hand."""
        self._inside.setdefault(key, {})[account_id] = self._clock.monotonic_s()

    def lately(self, key: Key) -> frozenset[str]:
        """Return who was inside a moment ago."""
        since_s = self._clock.monotonic_s() - GRACE_MS / 1000
        inside = self._inside.get(key, {})
        return frozenset(who for who, at_s in inside.items() if at_s > since_s)

    @property
    def young(self) -> bool:
        """Whether the node came up a moment ago: whoever was inside is still on their way back."""
        return self._clock.monotonic_s() - self._began_s < GRACE_MS / 1000

    # --- time ----------------------------------------------------------------------------------

    def sweep(self) -> None:
        """Let go of all who do not say any more that they wait."""
        for key in list(self._rooms):
            self._let_go(key)

    def idle(self, key: Key) -> bool:
        """Say whether nobody waits, and nothing holds any more that a leader decided."""
        return not self.people(key) and all(
            self._decision(key, who) is None for who in self._decided.get(key, ())
        )

    def known(self) -> frozenset[Key]:
        """Return the occurrences of which anything is remembered."""
        return frozenset((*self._rooms, *self._decided, *self._inside))

    def forget(self, key: Key) -> None:
        """An occurrence is over."""
        self._decided.pop(key, None)
        self._inside.pop(key, None)
        for step in [step for step in self._steps if step[0] == key]:
            del self._steps[step]
        self._rooms.pop(key, None)

    def put_out(self, account_id: str) -> None:
        """Somebody was put out, or is gone for good: whatever let them in does no more."""
        for key in {*self._rooms, *self._decided, *self._inside}:
            self.leave(key, account_id)
            self._forget(key, account_id)
            self._steps.pop((key, account_id), None)

    def _forget(self, key: Key, account_id: str) -> None:
        self._decided.get(key, {}).pop(account_id, None)
        self._inside.get(key, {}).pop(account_id, None)

    def _let_go(self, key: Key) -> None:
        room = self._rooms.get(key)
        if room is None:
            return
        before_s = self._clock.monotonic_s() - GONE_S
        gone = [who for who, each in room.items() if each.seen_s <= before_s]
        for who in gone:
            del room[who]
        if not room:
            del self._rooms[key]
