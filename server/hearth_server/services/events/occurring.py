"""Looks up events and occurrences for every other use case, and who leads them now."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from hearth_server.community.events.calendar import (
    Known,
    doors_ms,
    next_occurrence,
)
from hearth_server.community.events.calendar import occurrence as occurrence_of
from hearth_server.community.events.leading import succession
from hearth_server.community.events.records import EventRecord, Occurrence
from hearth_server.community.events.runs import GatheringNow
from hearth_server.community.events.seats import places_beside
from hearth_server.community.permissions import RIGHTS, Right
from hearth_server.errors import Refusal
from hearth_server.services.store import Tx

NO_EVENT: Final = Refusal("event_not_found", "There is no such event here. Check the link.")
NO_OCCURRENCE: Final = Refusal(
    "occurrence_not_found", "This event is not on that day any more. Look at its page."
)


async def occurrence(tx: Tx, event_id: str, original: str, now_ms: int) -> Occurrence | Refusal:
    """Return an event on one day, as it stands now; whoever asks has looked who may see it.

    Args:
        tx: a transaction.
        event_id: which event.
        original: which day: `Occurrence.original`.
        now_ms: Unix epoch.
    """
    event = await tx.events.event(event_id)
    return NO_EVENT if event is None else await occurrence_in(tx, event, original, now_ms)


async def occurrence_in(
    tx: Tx, event: EventRecord, original: str, now_ms: int
) -> Occurrence | Refusal:
    """Return the same of an event that was read, or is held, already.

    No more places than its room has beside those who lead, whatever became of either since.
    """
    known = (await tx.events.known([event.id]))[event.id]
    found = occurrence_of(event, original, known, now_ms)
    if found is None:
        return NO_OCCURRENCE
    return in_room(found, await tx.rooms.capacity(found.room_id))


def in_room(found: Occurrence, room_capacity: int | None) -> Occurrence:
    """Return an occurrence with as many places as its room has for it."""
    if room_capacity is None:
        return found
    return replace(found, capacity=min(found.capacity, places_beside(found.event, room_capacity)))


async def fit_to_lead(tx: Tx, group_id: str, account_ids: Collection[str]) -> frozenset[str]:
    """Return those of these accounts that may host events in a group now, sanctions apart."""
    members = await tx.groups.roles(group_id, account_ids)
    able = {each for each, role in members.items() if Right.HOST_EVENTS in RIGHTS[role]}
    accounts = await tx.identity.accounts(able)
    return frozenset(each for each in able if each in accounts and accounts[each].usable)


async def leaders_of(tx: Tx, event: EventRecord) -> tuple[str, ...]:
    """Return who leads an event now: the host and then the co-hosts, who can not any more left out.

    Whoever is first is the host; nobody may be left.
    """
    named = [each for each in (event.host_id, *event.co_hosts) if each is not None]
    return succession(event, await fit_to_lead(tx, event.group_id, named))


def due_ms(event: EventRecord, known: Known, after_ms: int) -> int | None:
    """Return when the next doors of an event open, or opened without anybody having seen to it.

    That is what `tx.events` keeps; who opens doors keeps it anew, with what was begun in `known`.
    """
    if event.state != "scheduled":
        return None
    following = next_occurrence(event, known, after_ms)
    return None if following is None else doors_ms(following)


async def occurrence_now(tx: Tx, now: GatheringNow, now_ms: int) -> Occurrence | None:
    """Return the occurrence that goes on in a room, None where it is no more."""
    event = await tx.events.event(now.event_id)
    if event is None:
        return None
    found = await occurrence_in(tx, event, now.original, now_ms)
    return None if isinstance(found, Refusal) else found
