"""Events for tests of when they are: records of a few words, and rules that people could write."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from hearth_server.community.events.calendar import RunMark, until_ms
from hearth_server.community.events.records import EventRecord, OccurrenceChange
from hearth_server.community.events.recurrence import Series, originals, read_rule
from hearth_server.community.events.times import kept_zone, key_of, read_local, written
from hearth_server.errors import Refusal
from tests.support.events import record

#: Clocks that change in spring and in autumn, north and south, by an hour and by half of one, at
#: midnight, once a year the other way round, and never.
ZONES: Final = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Cairo",
    "Europe/Dublin",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "UTC",
)
WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def local(text: str) -> datetime:
    """Read a local time of a test."""
    found = read_local(text)
    assert found is not None, text
    return found


def event(starts: str, zone: str = "UTC", rule: str = "", **changes: Any) -> EventRecord:
    """Return an event as it would be kept."""
    read = read_rule(rule, local(starts), kept_zone(zone)) if rule else None
    assert not isinstance(read, Refusal), read.text
    made = record("group", "room", "host", starts=written(local(starts)), zone=zone)
    made = replace(made, rule="" if read is None else read.text, **changes)
    return replace(made, until_ms=until_ms(made, {}))


def first_of(rule: str, begin: datetime, zone: str) -> datetime | None:
    """Return the first day from `begin` on that a rule gives; None for a rule that gives none."""
    read = read_rule(rule, begin, kept_zone(zone))
    if not isinstance(read, Refusal):
        return begin
    # The refusal names the day; here it is looked for without reading words.
    for days in range(1, 800):
        there = begin + timedelta(days=days)
        if not isinstance(read_rule(rule, there, kept_zone(zone)), Refusal):
            return there
    return None


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Make rules that are right, if perhaps odd."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 5))}")
    by_month = freq != "WEEKLY" and draw(st.integers(0, 4)) == 0
    if by_month:
        months = draw(st.sets(st.integers(1, 12), min_size=1, max_size=6))
        parts.append("BYMONTH=" + ",".join(map(str, sorted(months))))
    days = draw(st.sets(st.sampled_from(WEEKDAYS), max_size=3))
    if days:
        numbered = freq in ("MONTHLY", "YEARLY") and draw(st.booleans())
        number = str(draw(st.sampled_from([1, 2, 3, -1, -2]))) if numbered else ""
        parts.append("BYDAY=" + ",".join(number + day for day in sorted(days)))
        if freq == "MONTHLY" and not number and draw(st.booleans()):
            parts.append(f"BYSETPOS={draw(st.sampled_from([1, 2, -1]))}")
    elif freq in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        of_month = draw(st.sets(st.sampled_from([1, 13, 28, 30, 31, -1, -3]), min_size=1))
        parts.append("BYMONTHDAY=" + ",".join(map(str, sorted(of_month))))
    if draw(st.booleans()):
        parts.append(f"WKST={draw(st.sampled_from(WEEKDAYS))}")
    end = draw(st.sampled_from(["", "", "COUNT", "UNTIL"]))
    if end == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, 60))}")
    elif end == "UNTIL":
        last = draw(st.dates(date(2026, 6, 1), date(2029, 1, 1)))
        parts.append(f"UNTIL={last:%Y%m%d}")
    return ";".join(parts)


@st.composite
def series(draw: st.DrawFn) -> EventRecord:
    """Make events with a rule, of which many are near a change of clocks."""
    zone = draw(st.sampled_from(ZONES))
    day = draw(st.integers(0, 800))
    # Small hours are where clocks change.
    hour = draw(st.sampled_from([0, 1, 2, 3, 9, 18, 23]))
    begin = local("2026-01-01T00:00") + timedelta(
        days=day, hours=hour, minutes=draw(st.sampled_from([0, 15, 30]))
    )
    rule = draw(rules())
    first = first_of(rule, begin, zone)
    if first is None:
        return event(written(begin), zone, "FREQ=DAILY")
    return event(written(first), zone, rule, minutes=draw(st.sampled_from([5, 60, 180, 720])))


def turns(zone: str, year: int) -> list[datetime]:
    """Return what clocks of a zone show in the hours before and after they are changed."""
    tz = kept_zone(zone)
    first = datetime(year, 1, 1, tzinfo=UTC)
    hours = [first + timedelta(hours=count) for count in range(366 * 24)]
    found = []
    for before, after in itertools.pairwise(hours):
        if before.astimezone(tz).utcoffset() != after.astimezone(tz).utcoffset():
            found += [each.astimezone(tz).replace(tzinfo=None, fold=0) for each in (before, after)]
    return found


@st.composite
def at_turns(draw: st.DrawFn) -> EventRecord:
    """Make series of which a day is in the very hours in which clocks are changed."""
    zone = draw(st.sampled_from([zone for zone in ZONES if turns(zone, 2027)]))
    turn = draw(st.sampled_from(turns(zone, 2027)))
    at = turn.replace(minute=0) + timedelta(minutes=15 * draw(st.integers(-5, 5)))
    every = draw(st.sampled_from([1, 2, 7]))
    starts = at - timedelta(days=every * draw(st.integers(0, 6)))
    end = draw(st.sampled_from(["", ";COUNT=9", f";UNTIL={key_of(at)}", f";UNTIL={key_of(at)}Z"]))
    rule = f"FREQ=DAILY;INTERVAL={every}{end}"
    if isinstance(read_rule(rule, starts, kept_zone(zone)), Refusal):
        rule = f"FREQ=DAILY;INTERVAL={every}"
    return event(written(starts), zone, rule, minutes=draw(st.sampled_from([15, 90])))


def first_days(of: EventRecord) -> list[datetime]:
    """Return the first days of an event with a rule, 40 at most."""
    read = read_rule(of.rule, local(of.starts), kept_zone(of.zone))
    assert not isinstance(read, Refusal)
    whole = Series(local(of.starts), kept_zone(of.zone), read)
    return list(originals(whole, whole.starts, None, 40))


@st.composite
def held_before(draw: st.DrawFn, of: EventRecord) -> dict[str, RunMark]:
    """Let days of an event have been held while its rule had another hour."""
    chosen = draw(st.lists(st.sampled_from(first_days(of)), unique=True, min_size=1, max_size=5))
    hour = draw(st.integers(0, 23))
    return {key_of(at.replace(hour=hour, minute=7)): RunMark("ended", of.room_id) for at in chosen}


@st.composite
def changed(draw: st.DrawFn, of: EventRecord) -> dict[str, OccurrenceChange]:
    """Make changes of single days of an event: moved, shortened, called otherwise, cancelled."""
    days = first_days(of)
    chosen = draw(st.lists(st.sampled_from(days), unique=True, max_size=6))
    found = {}
    for at in chosen:
        kind = draw(st.sampled_from(["moved", "cancelled", "shorter", "title", "both"]))
        by = timedelta(minutes=draw(st.integers(-60 * 24 * 20, 60 * 24 * 20)))
        found[key_of(at)] = OccurrenceChange(
            event_id=of.id,
            original=key_of(at),
            cancelled=kind == "cancelled",
            version=1,
            starts=written(at + by) if kind in ("moved", "both") else None,
            minutes=30 if kind in ("shorter", "both") else None,
            title="Another" if kind in ("title", "both") else None,
        )
    return found
