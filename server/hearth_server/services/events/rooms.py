"""Rooms at a time: no two events of a group need the same one at once."""

import asyncio
from datetime import datetime
from typing import Final

from hearth_server.community.events.calendar import (
    WINDOW_DAYS_MAX,
    Known,
    Window,
    first_overlap,
    occurrences,
)
from hearth_server.community.events.records import EventRecord, Occurrence
from hearth_server.community.events.times import kept_zone, local_at
from hearth_server.community.spans import DAY_MS
from hearth_server.errors import Refusal
from hearth_server.services.events.calendar import EVENTS_KEPT
from hearth_server.services.store import Tx

#: How far ahead rooms are looked at; beyond that it is told when the days come closer.
AHEAD_DAYS: Final = WINDOW_DAYS_MAX


async def taken(
    tx: Tx, event: EventRecord, known: Known, now_ms: int, original: str | None = None
) -> Refusal | None:
    """Say which other event, or other day of this one, needs the same room at the same time.

    Whoever asks holds the group, so that nobody else takes the room meanwhile.

    Args:
        tx: a transaction.
        event: as it is to be.
        known: what is to be kept of its days.
        now_ms: Unix epoch; what is over disturbs nobody.
        original: the only day that is looked at; None for all.
    """
    window = Window(now_ms, now_ms + AHEAD_DAYS * DAY_MS)
    all_mine = occurrences(event, known, window, now_ms)
    mine = [each for each in all_mine if original is None or each.original == original]
    rooms = {each.room_id for each in mine}
    others = await tx.events.of_group(event.group_id, now_ms, EVENTS_KEPT)
    days = await tx.events.known([each.id for each in others])
    clash = first_overlap(mine, all_mine)
    for other in others:
        if clash is not None:
            break
        if other.id == event.id or other.state != "scheduled":
            continue
        if _never_in(other, days[other.id], rooms):
            continue
        clash = first_overlap(mine, occurrences(other, days[other.id], window, now_ms))
        await asyncio.sleep(0)  # rooms have their ticks meanwhile
    if clash is None:
        return None
    room = await tx.rooms.get(clash[0].room_id)
    return room_taken(room.name if room is not None else "The room", event, *clash)


def room_taken(name: str, event: EventRecord, mine: Occurrence, other: Occurrence) -> Refusal:
    """Say what is in a room already, and when, in the time of the event that wants it."""
    zone = kept_zone(event.zone)
    wanted, begins = local_at(mine.starts_ms, zone), local_at(other.starts_ms, zone)
    ends = local_at(other.ends_ms, zone)
    what = "another day of it" if other.event.id == event.id else f"“{other.title}”"
    return Refusal(
        "room_taken",
        f"{name} is taken on {_day(wanted)}: {what} is there from {begins:%H:%M} to {ends:%H:%M}. "
        "Choose another room or time.",
    )


def _day(local: datetime) -> str:
    return f"{local:%A}, {local.date().isoformat()}"


def _never_in(event: EventRecord, known: Known, rooms: set[str]) -> bool:
    """Say whether an event is in other rooms only, on all its days."""
    moved = {each.room_id for each in known.changes.values() if each.room_id is not None}
    return rooms.isdisjoint({event.room_id, *moved})
