"""The doors of gatherings: how they stand for somebody, who waits before them, who comes in."""

from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.entering import AtDoor, RoomFacts, kept_out
from hearth_server.community.events.attending import Places
from hearth_server.community.events.doors import (
    Comer,
    DoorAnswer,
    DoorPass,
    Doorway,
    at_the_door,
    leads,
    refusal_of,
)
from hearth_server.community.events.records import Occurrence, OccurrenceState
from hearth_server.community.events.runs import GatheringNow
from hearth_server.community.events.seats import NO_SEAT, Seats, seat_for
from hearth_server.community.groups import Standing
from hearth_server.community.permissions import Role
from hearth_server.community.ports.rsvps import Key, MyRsvp
from hearth_server.community.spaces import RoomRecord
from hearth_server.errors import Refusal
from hearth_server.services.announcer import EventNews
from hearth_server.services.events.attending import (
    Day,
    Found,
    day_of,
    find,
    not_hosting,
    room_refuses,
    seen_by,
)
from hearth_server.services.events.occurring import NO_EVENT, occurrence_now
from hearth_server.services.events.parties import elsewhere
from hearth_server.services.events.places import host_of, news_of, settle, tell_offered
from hearth_server.services.events.seating import place_in, seats_now, with_others
from hearth_server.services.events.waiting import WAITING_MAX
from hearth_server.services.memory import Memory
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx

_NOBODY: Final = Refusal("nobody_waits", "They do not wait any more. Look at the list again.")
_CROWDED: Final = DoorAnswer(
    "waiting", "full", f"{WAITING_MAX} people wait already. Try again in a few minutes."
)


@dataclass(frozen=True, slots=True)
class DoorView:
    """How the doors stand for somebody, and before which room they are."""

    answer: DoorAnswer
    occurrence: Occurrence
    doors_ms: int
    room_name: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Admission:
    """What a leader decides about somebody who waits; `seconds`: for a moment only."""

    admit: bool
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class _Before:
    """What somebody who waits stands before, whoever it is."""

    day: Day
    room: RoomRecord
    places: Places


class EventDoors:
    """The doors of a node's gatherings."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._known: Memory[Key, _Before] = Memory(parts.store, parts.clock)

    # --- waiting -------------------------------------------------------------------------------

    async def wait(self, key: Key, caller: Caller, *, asks: bool) -> DoorView | Refusal:
        """Say how the doors stand; whoever has to wait is in the waiting room from now on."""
        parts, own = self._parts, caller.account
        async with parts.store.reading() as tx:
            before = await self._before(tx, key)
            if isinstance(before, Refusal):
                return before
            found = await seen_by(parts, tx, before.day, caller)
            if isinstance(found, Refusal):
                return found
            refusal = self._kept_out(found, caller) or await room_refuses(
                parts, tx, found, caller, before.room
            )
            if refusal is not None and refusal.code != "norms_unsigned":
                return refusal
            mine = await tx.rsvps.mine(key, own.id, parts.relations.unseen_by(found.standing))
            brought = await _brought(tx, key, found.standing)
        occurrence = found.occurrence
        now = self._now_in(occurrence)
        way = _way(occurrence, now, before.places)
        leader = now.leader if now is not None else None
        if leader is not None and not parts.relations.unseen(found.standing, leader.account_id):
            way = replace(way, leader=leader.name)
        if refusal is not None:
            answer = DoorAnswer("closed", "norms", refusal.text)
        else:
            who = self._comer(key, found.standing, occurrence, mine, now)
            who = replace(who, brought=brought)
            answer = at_the_door(who, way, parts.now_ms())
        if answer.state != "waiting":
            parts.waiting.leave(key, own.id)
        elif not parts.waiting.knock(key, own.id, own.name, asks=asks, late=answer.late):
            answer = _CROWDED
        position = mine.position if mine is not None else 0
        return DoorView(answer, occurrence, way.doors_ms, before.room.name, position)

    async def _before(self, tx: Tx, key: Key) -> "_Before | Refusal":
        """Return what all who wait stand before: hundreds ask, every few seconds."""
        known = self._known.get(key)
        if known is not None:
            return known
        epoch = self._parts.store.epoch
        day = await day_of(self._parts, tx, key)
        if isinstance(day, Refusal):
            return day
        room = await tx.rooms.get(day.occurrence.room_id)
        if room is None:
            return NO_EVENT
        places = Places(day.occurrence.capacity, await tx.rsvps.count(key))
        before = _Before(day, room, places)
        self._known.put(epoch, key, before)
        return before

    async def leave(self, key: Key, caller: Caller) -> Refusal | None:
        """Leave the waiting room; who is not in it has left already."""
        async with self._parts.store.reading() as tx:
            found = await find(self._parts, tx, key, caller)
        if isinstance(found, Refusal):
            return found
        self._parts.waiting.leave(key, caller.account.id)
        return None

    async def admit(
        self, key: Key, account_id: str, admission: Admission, caller: Caller
    ) -> Refusal | None:
        """Let somebody in who waits, or turn them away; for those who lead."""
        parts = self._parts
        async with parts.store.reading() as tx:
            found = await find(parts, tx, key, caller)
        if isinstance(found, Refusal):
            return found
        if (refusal := not_hosting(found)) is not None:
            return refusal
        # Whom they are kept apart from they do not see waiting either.
        if parts.relations.unseen(found.standing, account_id):
            return _NOBODY
        return self.decide(news_of(found.occurrence, "admitted"), account_id, admission)

    def decide(self, news: EventNews, account_id: str, admission: Admission) -> Refusal | None:
        """Put in force what a leader decided about somebody who waits; does not wait.

        Args:
            news: of which occurrence, as whoever waits is told of it.
            account_id: who waits.
            admission: what was decided.
        """
        parts, key = self._parts, (news.event_id, news.original)
        if not admission.admit:
            done = parts.waiting.turn_away(key, account_id)
        else:
            done = parts.waiting.admit(key, account_id, admission.seconds)
        if not done:
            return _NOBODY
        parts.announcer.event(news, [account_id])
        return None

    # --- coming in -----------------------------------------------------------------------------

    async def enter(
        self, facts: RoomFacts, standing: Standing, caller: Caller
    ) -> DoorPass | Refusal | None:
        """Let somebody through whom the room lets in; None: nothing goes on there.

        Whoever comes in has a place from now on. Asked when a ticket is made.
        """
        parts, own = self._parts, caller.account.id
        now = parts.live.gathering_in(facts.room.id)
        if now is not None and now.state == "ended":
            now = None
        if (refusal := await self._elsewhere(standing, facts, now)) is not None or now is None:
            return refusal
        key = (now.event_id, now.original)
        passed = DoorPass(*key)
        async with parts.store.reading() as tx:
            occurrence = await occurrence_now(tx, now, parts.now_ms())
            mine = await tx.rsvps.mine(key, own)
            places = Places(occurrence.capacity if occurrence else 0, await tx.rsvps.count(key))
            brought = await _brought(tx, key, standing)
            seats: Seats | None = None
            if occurrence is not None and leads(standing, occurrence.event):
                seats = await seats_now(parts, tx, key, facts.room.id)
        if occurrence is None or self._inside(key, facts.room.id, own):
            return passed
        who = replace(self._comer(key, standing, occurrence, mine, now), brought=brought)
        answer = at_the_door(who, _way(occurrence, now, places), parts.now_ms())
        if (refusal := refusal_of(answer, *key)) is not None:
            return refusal
        if mine is None or mine.rsvp.state != "going":
            if seats is not None and who.rsvp != "offered":
                refusal = await self._seat(key, occurrence, own, seats)
            else:
                refusal = await self._take_place(key, occurrence, own)
            if refusal is not None:
                return refusal
        if not who.leads:
            before = mine.rsvp.state if mine is not None else None
            parts.waiting.step_in(key, own, facts.room.id, before)
        parts.waiting.seen(key, own)
        parts.waiting.leave(key, own)
        return passed

    async def _seat(
        self, key: Key, occurrence: Occurrence, own: str, seats: Seats
    ) -> Refusal | None:
        """Say why somebody who leads, or may put people out, finds no seat; None: they have one."""
        seat = seat_for(own, occurrence.event, with_others(self._parts, key, seats))
        if seat == "own":
            # At once, so that two who ask together do not both find the last one.
            self._parts.waiting.seen(key, own)
            return None
        placed = seat == "place" and await self._take_place(key, occurrence, own) is None
        return None if placed else NO_SEAT

    async def _take_place(self, key: Key, occurrence: Occurrence, own: str) -> Refusal | None:
        """Give somebody a place; only here it is sure that there is one."""
        parts = self._parts
        async with parts.store.writing() as tx:
            await tx.rsvps.hold(key[0])
            offered = await settle(parts, tx, occurrence)
            refusal = await place_in(parts, tx, key, occurrence, own)
        tell_offered(parts, occurrence, offered)
        return refusal

    async def _elsewhere(
        self, standing: Standing, facts: RoomFacts, now: GatheringNow | None
    ) -> Refusal | None:
        """Say why somebody's guest link does not lead into a room now, None where it does."""
        if standing.role is not Role.GUEST:
            return None
        key = (now.event_id, now.original) if now is not None else None
        async with self._parts.store.reading() as tx:
            return await elsewhere(tx, standing, facts.room.id, key, self._parts.now_ms())

    def _inside(self, key: Key, room_id: str, account_id: str) -> bool:
        """Say whether somebody is inside already, on another device or with a lost line."""
        seat = self._parts.live.seat_of(account_id)
        if seat is None or seat.room_id != room_id:
            return False
        self._parts.waiting.seen(key, account_id)
        return True

    def _now_in(self, occurrence: Occurrence) -> GatheringNow | None:
        """Return what goes on in the room if it is this very occurrence."""
        now = self._parts.live.gathering_in(occurrence.room_id)
        key = (occurrence.event.id, occurrence.original)
        return now if now is not None and (now.event_id, now.original) == key else None

    def _comer(
        self,
        key: Key,
        standing: Standing,
        occurrence: Occurrence,
        mine: MyRsvp | None,
        now: GatheringNow | None,
    ) -> Comer:
        waiting = self._parts.waiting
        own = standing.account_id or ""
        rsvp = mine.rsvp if mine is not None else None
        return Comer(
            role=standing.role,
            leads=leads(standing, occurrence.event),
            rsvp=rsvp.state if rsvp is not None else None,
            admitted=waiting.decided(key, own),
            was_in=now is not None and own in now.came,
        )

    def _kept_out(self, found: Found, caller: Caller) -> Refusal | None:
        standing, occurrence = found.standing, found.occurrence
        at = AtDoor(
            group_id=standing.group.id,
            group_name=standing.group.name,
            room_id=occurrence.room_id,
            account_id=caller.account.id,
            role=standing.role,
            device=caller.session.device_hash,
            now_ms=self._parts.now_ms(),
        )
        return kept_out(self._parts.sanctions, at)


async def _brought(tx: Tx, key: Key, standing: Standing) -> bool:
    """Say whether somebody is a guest for whom a place is kept by who brings them."""
    if standing.role is not Role.GUEST or standing.account_id is None:
        return False
    return await host_of(tx, key, standing.account_id) is not None


def _way(occurrence: Occurrence, now: GatheringNow | None, places: Places) -> Doorway:
    state: OccurrenceState = occurrence.state if now is None else now.state
    doors = occurrence.event.doors if now is None else now.doors
    template = occurrence.event.template
    way = Doorway(doors, state, occurrence.starts_ms, now, places.open, template)
    return way if now is None else replace(way, starts_ms=now.starts_ms)
