"""Answers to events: going, waiting, taking an offered place, taking it back, and who did."""

from dataclasses import dataclass
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.events.attending import (
    NOT_ASKED,
    Places,
    Wish,
    accept,
    answer,
    guests_refused,
    may_answer,
)
from hearth_server.community.events.calendar import WINDOW_DAYS_MAX
from hearth_server.community.events.doors import hosts
from hearth_server.community.events.records import Occurrence, Rsvp, RsvpPerson
from hearth_server.community.groups import Group, Standing
from hearth_server.community.membership import days_of
from hearth_server.community.permissions import Right, Role
from hearth_server.community.ports.rsvps import Key, MyRsvp
from hearth_server.community.spaces import RoomRecord, may_enter
from hearth_server.community.spans import DAY_MS
from hearth_server.errors import Refusal
from hearth_server.services.events.occurring import NO_EVENT, occurrence_in
from hearth_server.services.events.places import host_of, key_of, settle, tell_offered
from hearth_server.services.identity.guests import guest_refusal, no_guests_in
from hearth_server.services.paging import Page, cut, pack, unpack
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import SIGN_IN, hidden, refused, standing_for
from hearth_server.services.store import Tx

_LEADS: Final = Refusal("place_kept", "You lead this one: your place is kept without an answer.")
_BROUGHT: Final = Refusal(
    "place_kept", "Whoever brings you keeps a place for you: come to the door without an answer."
)
_OTHER_EVENT: Final = Refusal(
    "not_allowed", "Your guest link is for another event in this room. Use its page."
)
_HERE: Final = Refusal("rsvp_here", "You are in it now. Leave the room, and your place is free.")
#: Whatever changes all of an event looks at each day that somebody has answered to.
_FAR: Final = Refusal(
    "invalid_input", f"This is more than {WINDOW_DAYS_MAX} days away. Answer when it is nearer."
)
_TAKEN_BACK: Final = "You took your answer back. Answer again to come in."


@dataclass(frozen=True, slots=True)
class Found:
    """An occurrence, and what whoever asks is to its group."""

    occurrence: Occurrence
    standing: Standing

    @property
    def hosts(self) -> bool:
        """Whether it is theirs to lead."""
        return hosts(self.standing, self.occurrence.event)


@dataclass(frozen=True, slots=True)
class Day:
    """An occurrence and its group, whoever asks."""

    occurrence: Occurrence
    group: Group


async def day_of(parts: ServiceParts, tx: Tx, key: Key, *, held: bool = False) -> Day | Refusal:
    """Return an occurrence; who may know of it is `seen_by`'s to say.

    Args:
        parts: time.
        tx: a transaction.
        key: of which occurrence.
        held: nobody else is to change its answers until the end.
    """
    event_id, original = key
    event = await (tx.events.held(event_id) if held else tx.events.event(event_id))
    group = await tx.groups.group(event.group_id) if event is not None else None
    if event is None or group is None:
        return NO_EVENT
    found = await occurrence_in(tx, event, original, parts.now_ms())
    return found if isinstance(found, Refusal) else Day(found, group)


async def seen_by(
    parts: ServiceParts, tx: Tx, day: Day | Refusal, caller: Caller | None
) -> Found | Refusal:
    """Return an occurrence to somebody who may know of it."""
    if isinstance(day, Refusal):
        return day
    standing = await standing_for(parts, tx, day.group, caller)
    if hidden(standing):
        return NO_EVENT
    if day.occurrence.event.state == "draft" and not standing.may(Right.HOST_EVENTS):
        return NO_EVENT
    return Found(day.occurrence, standing)


async def find(
    parts: ServiceParts, tx: Tx, key: Key, caller: Caller | None, *, held: bool = False
) -> Found | Refusal:
    """Return `day_of` to somebody, as `seen_by` says."""
    return await seen_by(parts, tx, await day_of(parts, tx, key, held=held), caller)


async def room_refuses(
    parts: ServiceParts, tx: Tx, found: Found, caller: Caller, room: RoomRecord | None = None
) -> Refusal | None:
    """Say why the room of an occurrence would not let somebody in, its gathering's doors apart.

    Args:
        parts: books and time.
        tx: a transaction.
        found: the occurrence, and what they are to its group.
        caller: who would come in.
        room: its room, where that was read already.
    """
    occurrence, standing = found.occurrence, found.standing
    room = room or await tx.rooms.get(occurrence.room_id)
    if room is None:
        return NO_EVENT
    if (refusal := may_enter(room, standing)) is not None:
        return refusal
    if standing.role is Role.GUEST:
        own, group = caller.account.id, standing.group
        refusal = await guest_refusal(parts, tx, own, group, room.id)
        if refusal is not None:
            return refusal
        links = await tx.identity.guest_invites([group.id], own)
        days = days_of(links, room.id, parts.now_ms())
        if days and key_of(occurrence) not in days:
            return _OTHER_EVENT
    session = caller.session
    if session.kind == "guest" and session.room_id != room.id:
        return Refusal("not_allowed", "Your guest link is for another room. Use its link.")
    return None


class Attending:
    """What people answer to events."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def answer(self, key: Key, caller: Caller, wish: Wish) -> MyRsvp | Refusal:
        """Say that one is going: a place at once, or one on the waiting list."""
        parts, own = self._parts, caller.account.id
        async with parts.store.writing() as tx:
            found = await find(parts, tx, key, caller, held=True)
            if isinstance(found, Refusal):
                return found
            occurrence = found.occurrence
            refusal = await self._may_answer(tx, found, caller)
            if refusal is not None:
                return refusal
            now_ms = parts.now_ms()
            # What ran out meanwhile is free, and goes to who waits already.
            offered = await settle(parts, tx, occurrence)
            places = Places(occurrence.capacity, await tx.rsvps.count(key))
            mine = await tx.rsvps.get(key, own) or new_rsvp(key, own)
            here = await tx.rsvps.guests_here(key, own)
            answered: Rsvp | Refusal | None
            answered = await self._may_bring(tx, found, wish.guests, mine.guests + here)
            if mine.state == "released" and await _is_brought(tx, found):
                answered = _BROUGHT
            if answered is None:
                turn = await tx.rsvps.next_turn(key)
                answered = answer(mine, places, wish, turn, now_ms, here)
            if not isinstance(answered, Refusal):
                await tx.rsvps.put(answered)
                if answered.guests < mine.guests:
                    await tx.groups.spend_invites(key, own, answered.guests)
                fewer = answered.guests < mine.guests or mine.state == "waiting"
                if fewer or (answered.state == "waiting" and places.free):
                    # Fewer guests are places for others, and what never fits is in nobody's way.
                    offered += await settle(parts, tx, occurrence)
            said = await tx.rsvps.mine(key, own, parts.relations.unseen_by(found.standing))
        tell_offered(parts, occurrence, offered)
        if isinstance(answered, Refusal):
            return answered
        assert said is not None
        return said

    async def take_back(self, key: Key, caller: Caller) -> Refusal | None:
        """Take one's answer back; who gave none has done so already.

        Also once it is over: what was kept of it is forgotten with it.
        """
        parts, own = self._parts, caller.account.id
        async with parts.store.writing() as tx:
            found = await find(parts, tx, key, caller, held=True)
            if isinstance(found, Refusal):
                return found
            occurrence = found.occurrence
            seat = parts.live.seat_of(own)
            now = parts.live.gathering_in(occurrence.room_id)
            here = now is not None and (now.event_id, now.original) == key
            goes_on = here and occurrence.state != "ended"
            if goes_on and seat is not None and seat.room_id == occurrence.room_id:
                return _HERE
            await tx.rsvps.drop(key, own)
            await tx.groups.spend_invites(key, own)
            offered = await settle(parts, tx, occurrence)
        if goes_on:
            # A ticket may be on its way: it stands on this answer.
            parts.live.put_out(own, [occurrence.room_id], _TAKEN_BACK)
        tell_offered(parts, occurrence, offered)
        return None

    async def accept(self, key: Key, caller: Caller) -> MyRsvp | Refusal:
        """Take the place that one is offered."""
        parts, own = self._parts, caller.account.id
        async with parts.store.writing() as tx:
            found = await find(parts, tx, key, caller, held=True)
            if isinstance(found, Refusal):
                return found
            occurrence = found.occurrence
            refusal = may_answer(occurrence) or await room_refuses(parts, tx, found, caller)
            if refusal is not None:
                return refusal
            mine = await tx.rsvps.get(key, own)
            taken = accept(mine, parts.now_ms())
            if not isinstance(taken, Refusal):
                await tx.rsvps.put(taken)
            offered = await settle(parts, tx, occurrence)
            said = await tx.rsvps.mine(key, own, parts.relations.unseen_by(found.standing))
        tell_offered(parts, occurrence, offered)
        if isinstance(taken, Refusal):
            return taken
        return said if said is not None else NOT_ASKED

    async def listing(
        self, key: Key, cursor: str | None, limit: int, caller: Caller
    ) -> Page[RsvpPerson] | Refusal:
        """List who answered, the first first; for those whose event it is.

        Once it is over, those with a place are those who came: of them only who lets it be kept.
        """
        after = unpack(cursor, int)
        if isinstance(after, Refusal):
            return after
        parts = self._parts
        async with parts.store.reading() as tx:
            found = await find(parts, tx, key, caller)
            if isinstance(found, Refusal):
                return found
            if (refusal := not_hosting(found)) is not None:
                return refusal
            apart = parts.relations.unseen_by(found.standing)
            turn = int(after[0]) if after else None
            people = await tx.rsvps.people(key, turn, limit + 1, apart)
        items, more = cut(people, limit)
        over = found.occurrence.state == "ended"
        shown = [each for each in items if each.rsvp.attendance or not over]
        return Page(shown, pack(items[-1].rsvp.turn) if more else None)

    async def _may_bring(
        self, tx: Tx, found: Found, guests: int | None, before: int
    ) -> Refusal | None:
        """Say why somebody may not bring so many guests; what was promised stays so."""
        refusal = guests_refused(guests, before, _brings(found))
        if refusal is None and guests is not None and guests > before:
            room = await tx.rooms.get(found.occurrence.room_id)
            return await no_guests_in(tx, found.standing.group, room)
        return refusal

    async def _may_answer(self, tx: Tx, found: Found, caller: Caller) -> Refusal | None:
        """Say why somebody may not say that they are going: as the room, but nobody unsigned."""
        standing = found.standing
        if (refusal := may_answer(found.occurrence)) is not None:
            return refusal
        if found.occurrence.starts_ms > self._parts.now_ms() + WINDOW_DAYS_MAX * DAY_MS:
            return _FAR
        if standing.listener or "ban" in standing.sanctions:
            return refused(standing, Right.CLAIM_PLACE)
        if (refusal := await room_refuses(self._parts, tx, found, caller)) is not None:
            return refusal
        own = caller.account.id
        event = found.occurrence.event
        return _LEADS if own in (event.host_id, *event.co_hosts) and found.hosts else None


def _brings(found: Found) -> int:
    """Return how many guests somebody may bring, as far as they and the event have a say."""
    return 0 if found.standing.role is Role.GUEST else found.occurrence.event.guests_max


async def _is_brought(tx: Tx, found: Found) -> bool:
    """Say whether somebody keeps a place for a guest, who would take another one beside it."""
    standing = found.standing
    if standing.role is not Role.GUEST or standing.account_id is None:
        return False
    return await host_of(tx, key_of(found.occurrence), standing.account_id) is not None


def not_hosting(found: Found) -> Refusal | None:
    """Say why something is not for whoever does not lead an event, None for those who do."""
    standing = found.standing
    if found.hosts:
        return None
    if standing.account_id is None:
        return SIGN_IN
    if standing.role is None or not standing.signed:
        return refused(standing, Right.HOST_EVENTS)
    return Refusal("not_allowed", "This is for those who lead this event.")


def new_rsvp(key: Key, account_id: str) -> Rsvp:
    """Return the answer of somebody who did not give any."""
    return Rsvp(key[0], key[1], account_id, "released", 0, 0)
