"""Checks what somebody wants an event to be, against its group, its rooms and its people."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from hearth_server.community.events.calendar import (
    Known,
    Window,
    occurrences,
    until_ms,
)
from hearth_server.community.events.leading import named_in
from hearth_server.community.events.records import CO_HOSTS_MAX, EventRecord
from hearth_server.community.events.recurrence import read_rule
from hearth_server.community.events.rules import Rule
from hearth_server.community.events.times import read_local, written, zone_of
from hearth_server.community.spaces import RoomRecord
from hearth_server.errors import Refusal
from hearth_server.services.events.occurring import fit_to_lead
from hearth_server.services.events.plans import plan_refusal
from hearth_server.services.events.rooms import taken
from hearth_server.services.identity.guests import no_guests_in
from hearth_server.services.store import Tx

#: What says when an event is.
WHEN: Final = frozenset({"starts", "zone", "rule", "minutes"})
BAD_START: Final = Refusal(
    "invalid_input", "Say when it begins as a local time, for example 2026-12-01T18:30."
)
BAD_ZONE: Final = Refusal(
    "invalid_input", "Name the time zone it is meant in, for example Europe/Berlin."
)
OVER: Final = Refusal(
    "event_over", "This is in the past. Choose a day and a time that are still to come."
)
NO_SUCH_ROOM: Final = Refusal(
    "room_not_found", "There is no such room in this group. Choose one of its rooms."
)


@dataclass(frozen=True, slots=True)
class Wish:
    """An event as it is to be.

    Attributes:
        event: with the new values put in, not checked yet.
        changed: names of the fields that are new.
        known: what is kept of its days.
        named: who hosted or co-hosted it already; whether they still can is not asked again.
    """

    event: EventRecord
    changed: Collection[str]
    known: Known
    named: Collection[str] = ()


def put_in(event: EventRecord, changes: Mapping[str, Any]) -> tuple[EventRecord, frozenset[str]]:
    """Return an event with other values, and which of them are other than before."""
    wanted = replace(event, **changes)
    return wanted, frozenset(
        name for name in changes if getattr(wanted, name) != getattr(event, name)
    )


def timed(event: EventRecord, changed: Collection[str]) -> EventRecord | Refusal:
    """Return an event whose times can be, written the way they are kept."""
    if WHEN.isdisjoint(changed):
        return event
    starts, zone = read_local(event.starts), zone_of(event.zone)
    if starts is None:
        return BAD_START
    if zone is None:
        return BAD_ZONE
    starts = starts.replace(microsecond=0)
    rule: Rule | Refusal | None = None
    if event.rule:
        rule = read_rule(event.rule, starts, zone)
        if isinstance(rule, Refusal):
            return rule
    return replace(event, starts=written(starts), rule="" if rule is None else rule.text)


async def checked(tx: Tx, wish: Wish, now_ms: int) -> EventRecord | Refusal:
    """Return an event that can be kept, or say what is in its way.

    Its group is held. Times were looked at already (`timed`); only what is new is asked for, so
    that a title can be mended while something else is out of order.
    """
    event, changed = wish.event, wish.changed
    refusal = (
        await _room(tx, event, changed)
        or await _guests(tx, event, changed)
        or await _people(tx, wish)
        or await plan_refusal(tx, event, changed)
    )
    if refusal is not None:
        return refusal
    event = replace(event, until_ms=until_ms(event, wish.known.changes))
    announced = event.state == "scheduled"
    if announced and not {*WHEN, "state", "room_id"}.isdisjoint(changed):
        if _nothing_left(event, wish.known, now_ms):
            return OVER
        refusal = await taken(tx, event, wish.known, now_ms)
        if refusal is not None:
            return refusal
    return event


def _nothing_left(event: EventRecord, known: Known, now_ms: int) -> bool:
    if event.until_ms is None:
        return False
    rest = occurrences(event, known, Window(now_ms, event.until_ms + 1, 1), now_ms)
    return not rest


async def _room(tx: Tx, event: EventRecord, changed: Collection[str]) -> Refusal | None:
    if {"room_id", "capacity", "state"}.isdisjoint(changed):
        return None
    room = await tx.rooms.get(event.room_id)
    if room is None or room.group_id != event.group_id:
        return NO_SUCH_ROOM
    return room_refusal(room, event.capacity)


async def _guests(tx: Tx, event: EventRecord, changed: Collection[str]) -> Refusal | None:
    """Say why guests cannot be brought to it."""
    if event.guests_max == 0 or {"guests_max", "room_id"}.isdisjoint(changed):
        return None
    group = await tx.groups.group(event.group_id)
    room = await tx.rooms.get(event.room_id)
    return await no_guests_in(tx, group, room) if group is not None else NO_SUCH_ROOM


def room_refusal(room: RoomRecord, capacity: int) -> Refusal | None:
    """Say why so many cannot come to a room; one seat is for whoever leads."""
    if room.archived:
        return Refusal(
            "room_archived", f"{room.name} is archived. Open it again, or choose another room."
        )
    if capacity > places_in(room):
        return Refusal(
            "room_small",
            f"{room.name} holds {room.capacity}, so {places_in(room)} besides whoever leads. "
            "Allow fewer, or choose a larger room.",
        )
    return None


def places_in(room: RoomRecord) -> int:
    """Return how many can be invited to a room: everybody but whoever leads."""
    return room.capacity - 1


async def _people(tx: Tx, wish: Wish) -> Refusal | None:
    event = wish.event
    if {"host_id", "co_hosts"}.isdisjoint(wish.changed):
        return None
    named = named_in(event)
    if len(event.co_hosts) > CO_HOSTS_MAX or len(set(named)) < len(named):
        return Refusal(
            "invalid_input", f"Name up to {CO_HOSTS_MAX} co-hosts, each once, besides the host."
        )
    new = [each for each in named if each not in wish.named]
    fit = await fit_to_lead(tx, event.group_id, new)
    for each in new:
        if each not in fit:
            who = await tx.identity.account(each)
            member = who is not None and who.usable and await _belongs(tx, event.group_id, each)
            name = who.name if who is not None and member else "One of them"
            return Refusal(
                "not_a_host",
                f"{name} may not host events in this group. Make them a host first.",
            )
    return None


async def _belongs(tx: Tx, group_id: str, account_id: str) -> bool:
    return await tx.groups.membership(group_id, account_id) is not None
