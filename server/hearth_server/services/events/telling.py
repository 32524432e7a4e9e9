"""Tells open pages, waiting lists and live rooms what became of an event, after it is kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from hearth_server.community.events.calendar import Known, occurrence
from hearth_server.community.events.carrying import Carried, became
from hearth_server.community.events.records import EventRecord, Occurrence, RsvpState
from hearth_server.community.ports.rsvps import Key
from hearth_server.services.announcer import EventNews, Happened
from hearth_server.services.events.places import concerned, key_of, news_of
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx

#: Answers of those who are to know what becomes of a day.
CONCERNED: Final[frozenset[RsvpState]] = frozenset({"going", "waiting", "offered"})


@dataclass(slots=True)
class News:
    """What is to be told once it is kept.

    Attributes:
        told: each piece with the accounts that it concerns.
        freed: days of which places may have become free.
        over: days that go on now and are cancelled.
    """

    told: list[tuple[EventNews, frozenset[str]]] = field(default_factory=list)
    freed: list[Key] = field(default_factory=list)
    over: list[Occurrence] = field(default_factory=list)


class Telling:
    """Works out inside a transaction whom a change concerns, and tells them afterwards."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def of_change(self, tx: Tx, old: EventRecord, new: EventRecord, moving: Carried) -> News:
        """Return what is to be told of an event that was changed; answers are renamed already."""
        news = News()
        if new.state != "scheduled":
            return news
        now_ms = self._parts.now_ms()
        for name in sorted(moving.answered - set(moving.dropped)):
            before = occurrence(old, name, moving.before, now_ms)
            after = became(new, moving, name, now_ms)
            if after is not None:
                await self._compared(tx, news, before, after)
        return news

    async def of_dropped(
        self, tx: Tx, old: EventRecord, known: Known, names: Iterable[str]
    ) -> News:
        """Return what is to be told of days that are no more, before their answers are let go."""
        news = News()
        for name in names:
            gone = occurrence(old, name, known, self._parts.now_ms())
            if gone is not None:
                await self._add(tx, news, gone, "cancelled")
        return news

    async def of_day(self, tx: Tx, before: Occurrence, after: Occurrence) -> News:
        """Return what is to be told of one day that was changed."""
        news = News()
        if after.event.state != "draft":
            await self._compared(tx, news, before, after)
        return news

    async def of_cancelling(self, tx: Tx, event: EventRecord, known: Known, note: str) -> News:
        """Return what is to be told of all days of an event that are still to come."""
        news, now_ms = News(), self._parts.now_ms()
        for name in sorted(await tx.events.answered_days(event.id) | set(known.runs)):
            each = occurrence(event, name, known, now_ms)
            if each is not None and each.state not in ("ended", "cancelled"):
                await self._add(tx, news, replace(each, note=note), "cancelled")
        return news

    def tell(self, *news: News) -> None:
        """Tell it; it is kept now."""
        for each in news:
            for said, whom in each.told:
                self._parts.announcer.event(said, whom)
            self._parts.due.put(*each.freed)
            for gone in each.over:
                text = gone.note or f"{gone.title} was cancelled."
                self._parts.live.end_gathering(gone.event.id, gone.original, text)

    async def _compared(
        self, tx: Tx, news: News, before: Occurrence | None, after: Occurrence
    ) -> None:
        if before is not None and (before.state == "cancelled") != (after.state == "cancelled"):
            happened: Happened = "cancelled" if after.state == "cancelled" else "restored"
            await self._add(tx, news, after, happened, before)
        elif before is None or _where(before) != _where(after):
            await self._add(tx, news, after, "moved", before)
        if before is None or after.capacity > before.capacity:
            news.freed.append(key_of(after))

    async def _add(
        self,
        tx: Tx,
        news: News,
        each: Occurrence,
        what: Happened,
        before: Occurrence | None = None,
    ) -> None:
        if what == "cancelled":
            news.over.append(each)
        room = None
        if before is not None and before.room_id != each.room_id:
            room = await tx.rooms.get(each.room_id)
        said = news_of(each, what, room.name if room is not None else "")
        news.told.append((said, await concerned(self._parts, tx, each)))


def _where(each: Occurrence) -> tuple[int, str]:
    return each.starts_ms, each.room_id
