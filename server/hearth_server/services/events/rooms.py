"""Rooms at a time: no two events of a group need the same one at once."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from hearth_server.community.events.calendar import (
    CHANGES_MAX,
    WINDOW_DAYS_MAX,
    Known,
    Window,
    first_overlap,
    occurrence,
    occurrences,
)
from hearth_server.community.events.hours import (
    Needed,
    extent,
    given,
    hours,
    meet,
    meets_itself,
    meets_more,
    of_one,
)
from hearth_server.community.events.records import EventRecord, Occurrence
from hearth_server.community.events.recurrence import RESULTS_MAX
from hearth_server.community.events.times import kept_zone, local_at
from hearth_server.community.spans import DAY_MS
from hearth_server.errors import Refusal
from hearth_server.services.events.calendar import EVENTS_KEPT
from hearth_server.services.store import Tx

#: How far ahead rooms are looked at; beyond that it is told when the days come closer.
AHEAD_DAYS: Final = WINDOW_DAYS_MAX
#: No day of an event is left out when two that meet are looked for.
_ALL: Final = RESULTS_MAX + 2 * CHANGES_MAX


async def foresee(events: Iterable[EventRecord], now_ms: int) -> None:
    """Work out what rules of a group's events give, so that `taken` finds it worked out.

    For before a transaction that writes, in which everybody waits who has something to write.
    """
    window = _ahead(now_ms)
    for event in events:
        if event.state == "scheduled":
            given(event, window)
            await asyncio.sleep(0)  # rooms have their ticks meanwhile


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
    wish = _Wish(event, known, now_ms, original)
    mine = wish.needed()
    if not mine:
        return None
    clash = wish.clash_with_itself(mine)
    if clash is None:
        window = Window(max(now_ms, extent(mine)[0]), extent(mine)[1])
        others = await tx.events.of_group(event.group_id, now_ms, EVENTS_KEPT)
        others = [each for each in others if each.id != event.id and each.state == "scheduled"]
        days = await tx.events.known([each.id for each in others])
        for other in others:
            theirs = days[other.id]
            if _may_be_in(other, theirs, mine) and meet(mine, hours(other, theirs, window)):
                clash = wish.clash_with(other, theirs)
                await asyncio.sleep(0)  # rooms have their ticks meanwhile
            if clash is not None:
                break
    if clash is None:
        return None
    room = await tx.rooms.get(clash[0].room_id)
    return room_taken(room.name if room is not None else "The room", event, *clash)


@dataclass(frozen=True, slots=True)
class _Wish:
    """An event as it is to be, or only one day of it; what it clashes with is found by day."""

    event: EventRecord
    known: Known
    now_ms: int
    original: str | None

    def needed(self) -> Needed:
        """Return when it needs which rooms."""
        window = _ahead(self.now_ms)
        if self.original is None:
            return hours(self.event, self.known, window)
        return of_one(occurrence(self.event, self.original, self.known, self.now_ms), window)

    def clash_with_itself(self, mine: Needed) -> tuple[Occurrence, Occurrence] | None:
        """Return two days of it that need one room at once."""
        if self.original is None:
            meets = meets_itself(mine)
        else:
            around = Window(max(self.now_ms, extent(mine)[0]), extent(mine)[1])
            meets = meets_more(mine, hours(self.event, self.known, around))
        if not meets:
            return None
        days = self._days(self.event, self.known)
        return first_overlap(self._mine(days), days)

    def clash_with(self, other: EventRecord, known: Known) -> tuple[Occurrence, Occurrence] | None:
        """Return a day of it and one of another event that need one room at once."""
        mine = self._mine(self._days(self.event, self.known))
        return first_overlap(mine, self._days(other, known))

    def _days(self, event: EventRecord, known: Known) -> list[Occurrence]:
        return occurrences(event, known, _ahead(self.now_ms, _ALL), self.now_ms)

    def _mine(self, days: list[Occurrence]) -> list[Occurrence]:
        return [each for each in days if self.original in (None, each.original)]


def _ahead(now_ms: int, limit: int = RESULTS_MAX) -> Window:
    return Window(now_ms, now_ms + AHEAD_DAYS * DAY_MS, limit)


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


def _may_be_in(event: EventRecord, known: Known, rooms: Needed) -> bool:
    """Say whether an event may be in one of these rooms, on any of its days."""
    elsewhere = {each.room_id for each in known.changes.values() if each.room_id is not None}
    ran_in = {each.room_id for each in known.runs.values()}
    return not rooms.keys().isdisjoint({event.room_id, *elsewhere, *ran_in})
