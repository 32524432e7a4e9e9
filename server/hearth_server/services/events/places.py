"""Who has a place, in a transaction: what is free is offered on, and whom it concerns is told.

Whatever changes who has a place settles the occurrence in the same transaction, or asks for it
(`ServiceParts.due`).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from hearth_server.community.events.attending import (
    Places,
    awaits,
    due,
    forgets,
    lapse,
    offer,
    offer_until,
    ran_out,
    release,
)
from hearth_server.community.events.calendar import doors_ms
from hearth_server.community.events.doors import late_from_ms
from hearth_server.community.events.records import Occurrence, Rsvp, RsvpState
from hearth_server.community.ports.rsvps import Key
from hearth_server.services.announcer import EventNews, Happened
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx

_OFFERED: Final[frozenset[RsvpState]] = frozenset({"offered"})


def key_of(occurrence: Occurrence) -> Key:
    """Return what names an occurrence."""
    return occurrence.event.id, occurrence.original


async def settle(parts: ServiceParts, tx: Tx, occurrence: Occurrence) -> list[Rsvp]:
    """Let offers end that ran out, and offer free places; return the new offers.

    Once an occurrence is over nothing is kept of it but that those came who let it be kept. Once it
    is cancelled nobody waits for it any more. The event is held.
    """
    key, now_ms = key_of(occurrence), parts.now_ms()
    if forgets(occurrence, now_ms):
        await tx.rsvps.forget(key)
        return []
    if occurrence.state == "cancelled":
        for each in await tx.rsvps.answers(key, ("waiting", "offered")):
            await _let_go(tx, each)
        return []
    count = await tx.rsvps.count(key)
    if count.offered:
        for each in await tx.rsvps.answers(key, _OFFERED):
            if ran_out(each, now_ms):
                await tx.rsvps.put(lapse(each))
        count = await tx.rsvps.count(key)
    places = Places(occurrence.capacity, count)
    if not (count.waiting and places.free) or _too_late(parts, occurrence):
        return []
    until_ms = offer_until(now_ms, occurrence.starts_ms, doors_ms(occurrence))
    waiting = await tx.rsvps.waiting(key, places.capacity, places.free)
    offered = [offer(each, until_ms) for each in due(waiting, places)]
    for each in offered:
        await tx.rsvps.put(each)
    return offered


async def _let_go(tx: Tx, waiting: Rsvp) -> None:
    """Let somebody wait no more: as if they had not asked, but that they came stays kept."""
    if waiting.came_ms is None:
        await tx.rsvps.drop((waiting.event_id, waiting.original), waiting.account_id)
    else:
        await tx.rsvps.put(replace(release(waiting), asked_ms=0))


async def unsettled(parts: ServiceParts, tx: Tx, occurrence: Occurrence) -> bool:
    """Say whether settling an occurrence would change anything."""
    key, now_ms = key_of(occurrence), parts.now_ms()
    if forgets(occurrence, now_ms):
        return await tx.rsvps.remembers(key)
    count = await tx.rsvps.count(key)
    if occurrence.state == "cancelled":
        return count.waiting + count.offered > 0
    places = Places(occurrence.capacity, count)
    first: Sequence[Rsvp] = ()
    if count.waiting and places.free and not _too_late(parts, occurrence):
        first = await tx.rsvps.waiting(key, places.capacity, 1)
    if due(first, places):
        return True
    offered = await tx.rsvps.answers(key, _OFFERED) if count.offered else ()
    return any(ran_out(each, now_ms) for each in offered)


async def host_of(tx: Tx, key: Key, account_id: str) -> Rsvp | None:
    """Return the answer of who brings a guest and still awaits one, if somebody does."""
    for by in (await tx.rsvps.brought(key, [account_id])).get(account_id, ()):
        host = await tx.rsvps.get(key, by)
        if awaits(host):
            return host
    return None


def news_of(occurrence: Occurrence, what: Happened, room: str = "") -> EventNews:
    """Return the news that something happened to an occurrence; `room` where it is another now."""
    event, original = occurrence.event, occurrence.original
    title, starts_ms = occurrence.title, occurrence.starts_ms
    return EventNews(event.group_id, event.id, original, what, title, starts_ms, room)


def tell_offered(parts: ServiceParts, occurrence: Occurrence, offered: Sequence[Rsvp]) -> None:
    """Tell people that a place is kept for them, and the task that it is not for ever."""
    if offered:
        parts.due.put(key_of(occurrence))
        news = news_of(occurrence, "offer")
        parts.announcer.event(news, [each.account_id for each in offered])


async def concerned(parts: ServiceParts, tx: Tx, occurrence: Occurrence) -> frozenset[str]:
    """Return whom it concerns what becomes of an occurrence: hosts, who answered, who waits."""
    key, event = key_of(occurrence), occurrence.event
    answered = await tx.rsvps.answers(key, ("going", "waiting", "offered"))
    named = {each for each in (event.host_id, *event.co_hosts) if each is not None}
    waiting = {each.account_id for each in parts.waiting.people(key)}
    return frozenset(named | waiting | {each.account_id for each in answered})


def tell_concerned(
    parts: ServiceParts, occurrence: Occurrence, what: Happened, whom: Collection[str]
) -> None:
    """Tell them; after it is durable."""
    parts.announcer.event(news_of(occurrence, what), whom)


async def give_on(
    parts: ServiceParts, tx: Tx, account_id: str, group_id: str | None = None
) -> None:
    """Take all of somebody's answers away, of a group or everywhere; the next ones move up.

    Those are told in a moment by the task: this transaction may not end well.
    """
    keys = await tx.rsvps.keys_of(account_id, group_id)
    # In one order always: two of these must not wait for each other.
    for event_id in sorted({event_id for event_id, _ in keys}):
        await tx.rsvps.hold(event_id)
    for key in keys:
        await tx.rsvps.drop(key, account_id)
    parts.due.put(*keys)


def _too_late(parts: ServiceParts, occurrence: Occurrence) -> bool:
    """Say whether nobody comes in any more, so that a place is of no use: as the doors count it."""
    if occurrence.state not in ("live", "winding_down"):
        return False
    now = parts.live.gathering_in(occurrence.room_id)
    began_ms = occurrence.starts_ms
    if now is not None and (now.event_id, now.original) == key_of(occurrence):
        began_ms = now.began_ms or began_ms
    late_ms = late_from_ms(occurrence.event.doors, occurrence.starts_ms, began_ms)
    return late_ms is not None and parts.now_ms() >= late_ms
