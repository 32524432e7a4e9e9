"""Changes an event on one day: moves it, cancels it, holds it elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from hearth_server.community.accounts import Caller
from hearth_server.community.events.calendar import (
    CHANGES_MAX,
    Known,
    occurrence,
    until_ms,
)
from hearth_server.community.events.records import EventRecord, Occurrence, OccurrenceChange
from hearth_server.community.events.times import read_local, written
from hearth_server.community.spans import DAY_MS
from hearth_server.errors import Refusal
from hearth_server.services.events.calendar import Calendar
from hearth_server.services.events.checking import BAD_START, NO_SUCH_ROOM, OVER, room_refusal
from hearth_server.services.events.editing import IS_CANCELLED, EventEditing
from hearth_server.services.events.occurring import NO_OCCURRENCE, due_ms
from hearth_server.services.events.parties import follow
from hearth_server.services.events.plans import day_plan_refusal
from hearth_server.services.events.rooms import taken
from hearth_server.services.events.telling import News, Telling
from hearth_server.services.events.viewing import OccurrenceView
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx

#: A day can be moved so far from where its rule has it.
MOVED_MS_MAX: Final = 366 * DAY_MS
STALE_DAY: Final = Refusal(
    "stale_version", "Somebody else changed this day meanwhile. Look at it again, then save."
)
_FULL: Final = Refusal(
    "list_full",
    f"{CHANGES_MAX} days of this event are different already. Plan a new event for what follows.",
)
_TOO_FAR: Final = Refusal(
    "invalid_input", "That is more than a year from where it was. Plan a new event for it."
)
_IS_OVER: Final = Refusal("event_over", "This day is over. Change one that is still to come.")
_RUNNING: Final = Refusal(
    "event_running", "People are coming in already: it stays where and when it is, or is cancelled."
)


@dataclass(frozen=True, slots=True)
class _Day:
    """A day of an event that is held: as it is, and with what is kept of all of them."""

    event: EventRecord
    known: Known
    now: Occurrence

    @property
    def change(self) -> OccurrenceChange:
        """What is different about it now."""
        kept = self.known.changes.get(self.now.original)
        return kept or OccurrenceChange(self.event.id, self.now.original)


class DayEditing:
    """Changes single days of events."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._calendar = Calendar(parts)
        self._editing = EventEditing(parts)
        self._telling = Telling(parts)

    async def change(
        self, key: tuple[str, str], version: int, changes: Mapping[str, Any], caller: Caller
    ) -> OccurrenceView | Refusal:
        """Let a day differ from the rest of its event; None lets it be as they are again."""
        async with self._parts.store.writing() as tx:
            day = await self._own(tx, key, version, caller)
            if isinstance(day, Refusal):
                return day
            if day.now.state == "cancelled":
                return IS_CANCELLED
            if day.now.original in day.known.runs and {"starts", "room_id"} & changes.keys():
                return _RUNNING
            if changes.get("starts") is not None:
                starts = read_local(changes["starts"])
                if starts is None:
                    return BAD_START
                changes = {**changes, "starts": written(starts)}
            wanted = replace(day.change, **changes)
            result = await self._keep(tx, day, wanted, caller, "occurrence_changed")
            if isinstance(result, Refusal):
                return result
            view = await self._calendar.occurrence_in(tx, *key, caller)
        self._telling.tell(result)
        return view

    async def cancel(
        self, key: tuple[str, str], version: int, note: str | None, caller: Caller
    ) -> OccurrenceView | Refusal:
        """Cancel a day, saying why; None lets it take place after all."""
        async with self._parts.store.writing() as tx:
            day = await self._own(tx, key, version, caller)
            if isinstance(day, Refusal):
                return day
            on = note is not None
            wanted = replace(day.change, cancelled=on, note=note or "")
            action = "occurrence_cancelled" if on else "occurrence_restored"
            result = await self._keep(tx, day, wanted, caller, action)
            if isinstance(result, Refusal):
                return result
            view = await self._calendar.occurrence_in(tx, *key, caller)
        self._telling.tell(result)
        return view

    async def _own(
        self, tx: Tx, key: tuple[str, str], version: int, caller: Caller
    ) -> _Day | Refusal:
        event_id, original = key
        event = await self._editing.own(tx, event_id, caller, None)
        if isinstance(event, Refusal):
            return event
        known = (await tx.events.known([event_id]))[event_id]
        now = occurrence(event, original, known, self._parts.now_ms())
        if now is None:
            return NO_OCCURRENCE
        if event.state == "cancelled":
            return IS_CANCELLED
        if now.state == "ended":
            return _IS_OVER
        return STALE_DAY if now.change_version != version else _Day(event, known, now)

    async def _keep(
        self, tx: Tx, day: _Day, wanted: OccurrenceChange, caller: Caller, action: str
    ) -> News | Refusal:
        event, original, now_ms = day.event, day.now.original, self._parts.now_ms()
        if original not in day.known.changes and len(day.known.changes) >= CHANGES_MAX:
            return _FULL
        wanted = replace(wanted, version=day.now.change_version + 1)
        known = Known({**day.known.changes, original: wanted}, day.known.runs)
        after = occurrence(event, original, known, now_ms)
        assert after is not None  # it was there before, and keeps its name
        refusal = await self._in_the_way(tx, day, after, known)
        if refusal is not None:
            return refusal
        await tx.events.put_change(wanted, caller.account.id, now_ms)
        await follow(tx, after)
        event = replace(event, until_ms=until_ms(event, known.changes))
        await tx.events.save(event, event.version, due_ms(event, known, now_ms))
        details = {"event": event.id, "title": after.title, "original": original}
        await tx.moderation.note(action, caller.account.id, event.group_id, None, details, now_ms)
        return await self._telling.of_day(tx, day.now, after)

    async def _in_the_way(
        self, tx: Tx, day: _Day, after: Occurrence, known: Known
    ) -> Refusal | None:
        """Say why a day cannot be as somebody wants it; what they leave alone is not asked for."""
        before, event = day.now, day.event
        if after.state == "cancelled":
            return None
        back = before.state == "cancelled"
        timed = back or (after.starts_ms, after.ends_ms) != (before.starts_ms, before.ends_ms)
        placed = back or after.room_id != before.room_id
        refusal = self._bad_time(event, after) if timed else None
        if refusal is None and (placed or after.capacity != before.capacity):
            refusal = await _bad_room(tx, event, after)
        if refusal is None and after.plan_id != before.plan_id:
            refusal = await day_plan_refusal(tx, event.group_id, after.plan_id)
        if refusal is None and (timed or placed) and event.state == "scheduled":
            refusal = await taken(tx, event, known, self._parts.now_ms(), before.original)
        return refusal

    def _bad_time(self, event: EventRecord, after: Occurrence) -> Refusal | None:
        now_ms = self._parts.now_ms()
        plain = occurrence(event, after.original, Known(), now_ms)
        if after.ends_ms <= now_ms:
            return OVER
        moved_ms = 0 if plain is None else abs(after.starts_ms - plain.starts_ms)
        return _TOO_FAR if moved_ms > MOVED_MS_MAX else None


async def _bad_room(tx: Tx, event: EventRecord, after: Occurrence) -> Refusal | None:
    room = await tx.rooms.get(after.room_id)
    if room is None or room.group_id != event.group_id:
        return NO_SUCH_ROOM
    return room_refusal(room, after.capacity)
