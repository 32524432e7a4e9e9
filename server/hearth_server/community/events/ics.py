"""Events as iCalendar texts (RFC 5545): whole series with their exceptions, and single days.

Times are local with their zone, so that calendars keep the hour when clocks change; zones are
described in the text itself. A length is a DURATION: the end of an hour that comes twice could not
be told as a local time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final, Literal

import icalendar

from hearth_server.community.events.calendar import (
    Known,
    held_days,
    next_occurrence,
    series_of,
)
from hearth_server.community.events.records import EventRecord, Occurrence, OccurrenceChange
from hearth_server.community.events.recurrence import Series, is_original, originals
from hearth_server.community.events.times import (
    date_of,
    kept_zone,
    key_of,
    local_at,
    read_key,
    read_local,
    written,
)

PRODUCT: Final = "-//Hearth//Events//EN"
#: How often a calendar is asked to look again.
REFRESHED: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
#: Zones are described for so long after the last time that a text names.
_ZONES_AHEAD: Final = timedelta(days=5 * 365)
_STATUS: Final = {"draft": "TENTATIVE", "scheduled": "CONFIRMED", "cancelled": "CANCELLED"}
Status = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]


@dataclass(frozen=True, slots=True)
class SeriesEntry:
    """An event with all its days.

    Attributes:
        rooms: names by id, of its own and of those it is in on single days.
        page: address of its days' pages; the name of a day follows.
    """

    event: EventRecord
    known: Known
    rooms: Mapping[str, str]
    page: str


@dataclass(frozen=True, slots=True)
class DayEntry:
    """An event on one day, for somebody's own calendar."""

    occurrence: Occurrence
    room: str
    url: str
    status: Status


def calendar_text(name: str, entries: Sequence[SeriesEntry | DayEntry], now_ms: int) -> bytes:
    """Write a calendar.

    Args:
        name: what programs call it.
        entries: what is in it.
        now_ms: when it is written, Unix epoch.
    """
    stamp = local_at(now_ms, UTC).replace(tzinfo=UTC, microsecond=0)
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", icalendar.vText(name))
    calendar.add("x-wr-calname", icalendar.vText(name))
    calendar.add("refresh-interval", REFRESHED, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(REFRESHED))
    moments: list[datetime] = [stamp]
    for entry in entries:
        made = _day(entry) if isinstance(entry, DayEntry) else _series(entry, now_ms)
        for each in made:
            each.add("dtstamp", stamp)
            moments.append(each.decoded("dtstart"))
            calendar.add_component(each)
    days = [each.date() for each in moments]
    calendar.add_missing_timezones(_first_of_year(min(days)), max(days) + _ZONES_AHEAD)
    text: bytes = calendar.to_ical()
    return text


def _series(entry: SeriesEntry, now_ms: int) -> list[icalendar.Event]:
    event, changes = entry.event, entry.known.changes
    series = series_of(event)
    following = next_occurrence(event, entry.known, now_ms)
    shown = key_of(series.starts) if following is None else following.original
    if series.rule is None:
        change = changes.get(key_of(series.starts))
        version = event.version + (0 if change is None else change.version)
        return [_vevent(entry, change, series.starts, version, shown)]
    master = _vevent(entry, None, series.starts, event.version, shown)
    master.add("rrule", icalendar.vRecur.from_ical(event.rule))
    held = held_days(event, entry.known)
    made = [master]
    for original, change in sorted(changes.items()):
        local = read_key(original)
        if local is None or date_of(original) in held or not is_original(series, local):
            continue
        at = local.replace(tzinfo=series.zone)
        if change.cancelled:
            master.add("exdate", at)
        elif _differs(change):
            version = event.version + change.version
            override = _vevent(entry, change, local, version, original)
            override.add("recurrence-id", at)
            made.append(override)
    return made + _held(entry, series, master, held) if held else made


def _held(
    entry: SeriesEntry, series: Series, master: icalendar.Event, held: Mapping[str, str]
) -> list[icalendar.Event]:
    """Say of days that were held at another hour when that was: the rule has them at its own."""
    event, known = entry.event, entry.known
    begun = {name: local for name in held.values() if (local := read_key(name)) is not None}
    first, last = min(begun.values()), max(begun.values())
    made = []
    for local in originals(series, first - _DAY, last + _DAY):
        name = held.get(date_of(key_of(local)))
        if name is None or key_of(local) in known.runs:
            continue
        at = local.replace(tzinfo=series.zone)
        change = known.changes.get(name) or OccurrenceChange(event.id, name)
        run = known.runs[name]
        if change.cancelled and run.state != "ended":
            master.add("exdate", at)
            continue
        starts = change.starts or written(begun[name])
        change = replace(change, starts=starts, room_id=run.room_id, cancelled=False)
        override = _vevent(entry, change, local, event.version + change.version, name)
        override.add("recurrence-id", at)
        made.append(override)
    return made


def _vevent(
    entry: SeriesEntry, change: OccurrenceChange | None, local: datetime, version: int, shown: str
) -> icalendar.Event:
    event = entry.event
    change = change or OccurrenceChange(event.id, "")
    zone = kept_zone(event.zone)
    starts = read_local(change.starts) if change.starts is not None else None
    made = icalendar.Event()
    made.add("uid", f"{event.id}@hearth")
    made.add("sequence", version - 1)
    made.add("dtstart", (starts or local).replace(tzinfo=zone))
    made.add("duration", timedelta(minutes=change.minutes or event.minutes))
    status = "CANCELLED" if change.cancelled else _STATUS[event.state]
    room_id = event.room_id if change.room_id is None else change.room_id
    texts = _Texts(
        title=event.title if change.title is None else change.title,
        description=event.description,
        note=change.note or event.note,
        room=entry.rooms.get(room_id, ""),
        url=f"{entry.page}/{shown}",
    )
    _describe(made, texts, status)
    return made


def _day(entry: DayEntry) -> list[icalendar.Event]:
    each = entry.occurrence
    event = each.event
    zone = kept_zone(event.zone)
    made = icalendar.Event()
    # A name of its own: without the series, programs leave out what only refers to it.
    made.add("uid", f"{event.id}-{each.original}@hearth")
    made.add("sequence", event.version - 1 + each.change_version)
    made.add("dtstart", _shown(each.starts_ms, zone))
    made.add("duration", timedelta(milliseconds=each.ends_ms - each.starts_ms))
    texts = _Texts(each.title, event.description, each.note, entry.room, entry.url)
    _describe(made, texts, entry.status)
    return [made]


@dataclass(frozen=True, slots=True)
class _Texts:
    title: str
    description: str
    note: str
    room: str
    url: str


def _describe(made: icalendar.Event, texts: _Texts, status: str) -> None:
    made.add("summary", texts.title)
    parts = [each for each in (texts.note, texts.description, texts.url) if each]
    made.add("description", "\n\n".join(parts))
    if texts.room:
        made.add("location", texts.room)
    made.add("url", texts.url)
    made.add("status", status)


def _differs(change: OccurrenceChange) -> bool:
    parts = (change.starts, change.minutes, change.title, change.room_id, change.note or None)
    return any(part is not None for part in parts)


def _shown(moment_ms: int, zone: tzinfo) -> datetime:
    return local_at(moment_ms, zone).replace(tzinfo=zone)


def _first_of_year(day: date) -> date:
    # A year before, so that the zone is described from before the first time on.
    return date(day.year - 1, 1, 1)
