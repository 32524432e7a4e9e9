"""The calendar of a group: what is when, and each event by itself."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.events.calendar import (
    WINDOW_DAYS_MAX,
    Window,
    merged,
    occurrences,
)
from hearth_server.community.events.records import EventRecord, Occurrence
from hearth_server.community.events.recurrence import RESULTS_MAX
from hearth_server.community.permissions import Right
from hearth_server.community.spans import DAY_MS
from hearth_server.errors import Refusal
from hearth_server.services.events.occurring import NO_OCCURRENCE, occurrence_in
from hearth_server.services.events.viewing import (
    EventView,
    OccurrenceView,
    Viewing,
    eyes_of,
    seen_event,
)
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import entitled
from hearth_server.services.store import Tx

#: Events of one group that are not over, the cancelled included.
EVENTS_MAX: Final = 100
#: So many are looked at, with those that were over long ago.
EVENTS_KEPT: Final = 1_000
SHOWN_DAYS: Final = 60
SHOWN_MAX: Final = 200
#: The first part of a window that is worked out.
FIRST_SPAN_MS: Final = 7 * DAY_MS
_TOO_WIDE: Final = Refusal(
    "invalid_input", f"Ask for at most {WINDOW_DAYS_MAX} days at once, from an earlier to a later."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a calendar; None: from now on, and for `SHOWN_DAYS`."""

    from_ms: int | None = None
    until_ms: int | None = None
    limit: int = 100

    def window(self, now_ms: int) -> Window | Refusal:
        """Return the part of time that was asked for."""
        from_ms = now_ms if self.from_ms is None else self.from_ms
        until_ms = from_ms + SHOWN_DAYS * DAY_MS if self.until_ms is None else self.until_ms
        if not 0 <= until_ms - from_ms <= WINDOW_DAYS_MAX * DAY_MS:
            return _TOO_WIDE
        return Window(from_ms, until_ms, self.limit)


class Calendar:
    """Reads calendars."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._viewing = Viewing(parts)

    async def of_group(
        self, ref: str, asked: Asked, caller: Caller | None
    ) -> list[OccurrenceView] | Refusal:
        """Return occurrences of a group's events, the earliest first."""
        parts = self._parts
        now_ms = parts.now_ms()
        window = asked.window(now_ms)
        if isinstance(window, Refusal):
            return window
        async with parts.store.reading() as tx:
            standing = await entitled(parts, tx, ref, caller, Right.SEE_GROUP)
            if isinstance(standing, Refusal):
                return standing
            eyes = await eyes_of(tx, standing)
            events = await tx.events.of_group(standing.group.id, window.from_ms, EVENTS_KEPT)
            known = [each for each in events if each.state != "draft" or eyes.drafts]
            if eyes.rooms is not None:
                # Some are left out below, so that more are looked at.
                window = replace(window, limit=RESULTS_MAX)
            found = await expanded(tx, known, window, now_ms)
            found = [each for each in found if eyes.sees(each.event, each.room_id)]
            return await self._viewing.occurrences(tx, found[: asked.limit], eyes)

    async def event(self, event_id: str, caller: Caller | None) -> EventView | Refusal:
        """Return an event."""
        async with self._parts.store.reading() as tx:
            return await self.event_in(tx, event_id, caller)

    async def event_in(self, tx: Tx, event_id: str, caller: Caller | None) -> EventView | Refusal:
        """Return the same inside a transaction: what it changed is seen already."""
        found = await seen_event(self._parts, tx, event_id, caller)
        return found if isinstance(found, Refusal) else await self._viewing.event(tx, *found)

    async def occurrence(
        self, event_id: str, original: str, caller: Caller | None
    ) -> OccurrenceView | Refusal:
        """Return an event on one day."""
        async with self._parts.store.reading() as tx:
            return await self.occurrence_in(tx, event_id, original, caller)

    async def occurrence_in(
        self, tx: Tx, event_id: str, original: str, caller: Caller | None
    ) -> OccurrenceView | Refusal:
        """Return the same inside a transaction: what it changed is seen already."""
        found = await seen_event(self._parts, tx, event_id, caller)
        if isinstance(found, Refusal):
            return found
        event, eyes = found
        one = await occurrence_in(tx, event, original, self._parts.now_ms())
        if isinstance(one, Refusal):
            return one
        views = await self._viewing.occurrences(tx, [one], eyes)
        return views[0] if views else NO_OCCURRENCE


async def expanded(
    tx: Tx, events: Sequence[EventRecord], window: Window, now_ms: int
) -> list[Occurrence]:
    """Return the occurrences of several events in a window, the earliest first.

    It is worked through from its beginning in growing parts, until there are enough: of a full
    calendar no more is worked out than is shown. Between two events others have their turn, so
    that no room's tick waits for it.
    """
    known = await tx.events.known([each.id for each in events])
    found: list[Occurrence] = []
    begin, span_ms = window.from_ms, FIRST_SPAN_MS
    while len(found) < window.limit and begin < window.until_ms:
        part = Window(begin, min(begin + span_ms, window.until_ms), window.limit)
        lists = []
        for event in events:
            each = occurrences(event, known[event.id], part, now_ms)
            # What began in an earlier part was in that one.
            first = begin == window.from_ms
            lists.append([day for day in each if first or day.starts_ms >= begin])
            await asyncio.sleep(0)
        found += merged(*lists)
        begin, span_ms = part.until_ms, 2 * span_ms
    return found[: window.limit]
