"""Calendars for other programs: of an event, of a group, and one's own by a secret address."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.accounts import Account, Caller, Session
from hearth_server.community.events.calendar import Known, Window
from hearth_server.community.events.ics import DayEntry, SeriesEntry, Status, calendar_text
from hearth_server.community.events.records import EventRecord
from hearth_server.community.permissions import Right
from hearth_server.community.spans import DAY_MS
from hearth_server.errors import Refusal
from hearth_server.services.events.calendar import EVENTS_KEPT
from hearth_server.services.events.upcoming import Upcoming
from hearth_server.services.events.viewing import Eyes, OccurrenceView, eyes_of, seen_event
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import entitled
from hearth_server.services.store import Tx
from hearth_server.tokens import digest_of, fresh_token

#: What a calendar reaches back and ahead.
BACK_DAYS: Final = 31
AHEAD_DAYS: Final = 180
DAYS_MAX: Final = 500
NO_CALENDAR: Final = Refusal(
    "calendar_not_found",
    "There is no such calendar, or its address was replaced. Make a new one on the page.",
)


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar as a file."""

    name: str
    text: bytes


class Feeds:
    """Writes calendars.

    Args:
        parts: store and time.
    """

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._upcoming = Upcoming(parts)

    async def of_event(self, event_id: str, caller: Caller | None, base: str) -> Feed | Refusal:
        """Return the calendar of one event.

        Args:
            event_id: which event.
            caller: who asks.
            base: address of this node, without a slash at its end.
        """
        async with self._parts.store.reading() as tx:
            found = await seen_event(self._parts, tx, event_id, caller)
            if isinstance(found, Refusal):
                return found
            event, eyes = found
            entries = await self._entries(tx, [event], eyes, base)
        return await self._written(event.title, entries)

    async def of_group(self, ref: str, caller: Caller | None, base: str) -> Feed | Refusal:
        """Return the calendar of a group, as far as whoever asks may know of it."""
        parts = self._parts
        async with parts.store.reading() as tx:
            standing = await entitled(parts, tx, ref, caller, Right.SEE_GROUP)
            if isinstance(standing, Refusal):
                return standing
            since_ms = parts.now_ms() - BACK_DAYS * DAY_MS
            events = await tx.events.of_group(standing.group.id, since_ms, EVENTS_KEPT)
            eyes = await eyes_of(tx, standing)
            told = [each for each in events if each.state != "draft" and eyes.sees(each)]
            entries = await self._entries(tx, told, eyes, base)
        return await self._written(standing.group.name, entries)

    async def of_account(self, token: str, base: str) -> Feed | Refusal:
        """Return the calendar of whoever has this secret address."""
        async with self._parts.store.reading() as tx:
            account_id = await tx.events.linked(digest_of(token))
            account = await tx.identity.account(account_id) if account_id is not None else None
            if account is None or not account.usable:
                return NO_CALENDAR
            now_ms = self._parts.now_ms()
            window = Window(now_ms - BACK_DAYS * DAY_MS, now_ms + AHEAD_DAYS * DAY_MS, DAYS_MAX)
            views = await self._upcoming.between(tx, _reader(account), window)
        entries = [
            DayEntry(view.occurrence, view.room.name, _page(base, view), _status(view))
            for view in views
        ]
        return await self._written("Hearth", entries)

    async def make_link(self, caller: Caller) -> str:
        """Make somebody's secret address, in place of the one before; return its secret."""
        token = fresh_token()
        async with self._parts.store.writing() as tx:
            now_ms = self._parts.now_ms()
            await tx.events.put_link(caller.account.id, digest_of(token), now_ms)
        return token

    async def link_made_ms(self, caller: Caller) -> int | None:
        """Return when somebody's secret address was made; None if there is none."""
        async with self._parts.store.reading() as tx:
            return await tx.events.link_made_ms(caller.account.id)

    async def drop_link(self, caller: Caller) -> None:
        """Let somebody's secret address lead nowhere any more."""
        async with self._parts.store.writing() as tx:
            await tx.events.drop_link(caller.account.id)

    async def _entries(
        self, tx: Tx, events: Sequence[EventRecord], eyes: Eyes, base: str
    ) -> list[SeriesEntry]:
        group = eyes.standing.group
        doors = (await tx.rooms.doors([group.id]))[group.id]
        rooms = {
            each.id: each.name for each in doors if eyes.rooms is None or each.id in eyes.rooms
        }
        known = await tx.events.known([each.id for each in events])
        return [
            SeriesEntry(event, _seen(known[event.id], eyes), rooms, f"{base}/e/{event.id}")
            for event in events
        ]

    async def _written(self, name: str, entries: Sequence[SeriesEntry | DayEntry]) -> Feed:
        # Beside the loop: a full calendar takes longer than a tick.
        now_ms = self._parts.now_ms()
        return Feed(name, await asyncio.to_thread(calendar_text, name, entries, now_ms))


def _seen(known: Known, eyes: Eyes) -> Known:
    """Leave out the days on which an event is in a room that a guest does not know."""
    if eyes.rooms is None:
        return known
    changes = {
        name: replace(change, cancelled=True)
        if change.room_id is not None and change.room_id not in eyes.rooms
        else change
        for name, change in known.changes.items()
    }
    return Known(changes, known.runs)


def _page(base: str, view: OccurrenceView) -> str:
    each = view.occurrence
    return f"{base}/e/{each.event.id}/{each.original}"


def _status(view: OccurrenceView) -> Status:
    if view.occurrence.state == "cancelled":
        return "CANCELLED"
    waits = view.mine is not None and view.mine.rsvp.state in ("waiting", "offered")
    return "TENTATIVE" if waits else "CONFIRMED"


def _reader(account: Account) -> Caller:
    """Return a caller without a device: a calendar's secret is no session, and opens nothing."""
    return Caller(account, Session("", account.id, "browser", "", 0, 0, 0))
