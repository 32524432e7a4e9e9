"""When rooms are needed, in numbers: the same as what comes of looking at every day."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth_server.community.events import hours as numbers
from hearth_server.community.events.calendar import (
    NOTHING,
    Known,
    RunMark,
    Window,
    first_overlap,
    occurrence,
    occurrences,
)
from hearth_server.community.events.hours import (
    Needed,
    hours,
    meet,
    meets_itself,
    meets_more,
    of_one,
)
from hearth_server.community.events.records import EventRecord, Occurrence, OccurrenceChange
from hearth_server.community.events.times import at_ms, kept_zone, local_at, read_key, written
from hearth_server.community.spans import DAY_MS, HOUR_MS
from tests.support.series import ZONES, event, first_of, local, rules

FROM_MS = at_ms(local("2027-03-01T00:00"), kept_zone("UTC"))
ALL = 5_000
HARD = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def days_of(of: EventRecord, known: Known, window: Window) -> list[Occurrence]:
    """Return every day one by one, however many."""
    return occurrences(of, known, replace(window, limit=ALL), window.from_ms)


def told(needed: Needed) -> list[tuple[str, int, int]]:
    return sorted(
        (room, start, end)
        for room, each in needed.items()
        for start, end in zip(each.starts_ms.tolist(), each.ends_ms.tolist(), strict=True)
    )


@st.composite
def windows(draw: st.DrawFn) -> Window:
    from_ms = FROM_MS + draw(st.integers(-40, 500)) * DAY_MS + draw(st.integers(0, 86_399_999))
    return Window(from_ms, from_ms + draw(st.integers(1, 400 * 24)) * HOUR_MS)


@st.composite
def events(draw: st.DrawFn) -> EventRecord:
    """Make events with any rule in any zone, from a year before the windows on."""
    zone = draw(st.sampled_from(ZONES))
    begin = local("2026-03-20T00:00") + timedelta(minutes=draw(st.integers(0, 500 * 1440)))
    rule = draw(st.one_of(st.just(""), st.just("FREQ=DAILY"), rules()))
    if rule:
        first = first_of(rule, begin, zone)
        if first is None:
            rule = ""
        else:
            begin = first
    made = event(written(begin)[:16], zone, rule, minutes=draw(st.integers(5, 720)))
    return replace(made, id=f"event{draw(st.integers(0, 9))}")


@st.composite
def with_days(draw: st.DrawFn) -> tuple[EventRecord, Known]:
    """Make an event some days of which are moved, shortened, elsewhere, cancelled or held."""
    made = draw(events())
    year = Window(FROM_MS - 30 * DAY_MS, FROM_MS + 500 * DAY_MS)
    days = [each.original for each in days_of(made, NOTHING, year)]
    changes, runs = {}, {}
    for day in draw(st.lists(st.sampled_from(days), max_size=6, unique=True)) if days else ():
        moved = None
        if draw(st.booleans()):
            there = read_key(day)
            assert there is not None
            moved = written(there + timedelta(minutes=draw(st.integers(-300_000, 300_000))))
        changes[day] = OccurrenceChange(
            made.id,
            day,
            cancelled=draw(st.integers(0, 3)) == 0,
            starts=moved,
            minutes=draw(st.one_of(st.none(), st.integers(5, 720))),
            room_id=draw(st.sampled_from([None, None, "room", "other"])),
        )
    for day in draw(st.lists(st.sampled_from(days), max_size=2, unique=True)) if days else ():
        state = draw(st.sampled_from(["doors", "live", "ended"]))
        runs[day] = RunMark(state, draw(st.sampled_from(["room", "other"])))
    return made, Known(changes, runs)


@HARD
@given(with_days(), windows())
def test_hours_are_those_of_the_days_that_are_not_cancelled(
    made: tuple[EventRecord, Known], window: Window
) -> None:
    one, known = made
    expected = sorted(
        (each.room_id, each.starts_ms, each.ends_ms)
        for each in days_of(one, known, window)
        if each.state != "cancelled"
    )
    assert told(hours(one, known, window)) == expected


@HARD
@given(with_days(), with_days(), windows())
def test_two_meet_when_any_of_their_days_overlap(
    a: tuple[EventRecord, Known], b: tuple[EventRecord, Known], window: Window
) -> None:
    one, other = (replace(a[0], id="one"), a[1]), (replace(b[0], id="other"), b[1])
    mine, theirs = days_of(*one, window), days_of(*other, window)
    assert meet(hours(*one, window), hours(*other, window)) == bool(first_overlap(mine, theirs))
    assert meets_itself(hours(*one, window)) == bool(first_overlap(mine, mine))


@HARD
@given(with_days(), windows(), st.data())
def test_a_day_meets_another_of_its_event_when_they_overlap(
    made: tuple[EventRecord, Known], window: Window, data: st.DataObject
) -> None:
    days = days_of(*made, window)
    if not days:
        return
    day = data.draw(st.sampled_from(days))
    one = of_one(occurrence(made[0], day.original, made[1], window.from_ms), window)
    assert meets_more(one, hours(*made, window)) == bool(first_overlap([day], days))


def test_a_cancelled_event_needs_no_room() -> None:
    daily = event("2027-03-01T18:30", "UTC", "FREQ=DAILY")
    window = Window(FROM_MS, FROM_MS + 3 * DAY_MS)
    assert len(told(hours(daily, NOTHING, window))) == 3
    assert not hours(replace(daily, state="cancelled"), NOTHING, window)


def test_of_hours_that_only_touch_none_meet() -> None:
    early = event("2027-03-01T18:00", "UTC", "FREQ=DAILY", minutes=30, id="early")
    later = event("2027-03-01T18:30", "UTC", "FREQ=DAILY", minutes=30, id="later")
    window = Window(FROM_MS, FROM_MS + 400 * DAY_MS)
    mine, theirs = hours(early, NOTHING, window), hours(later, NOTHING, window)
    assert not meet(mine, theirs)
    assert not meet(theirs, mine)
    longer = hours(replace(early, minutes=31), NOTHING, window)
    assert meet(longer, theirs)
    assert meet(theirs, longer)


def test_what_was_worked_out_holds_for_any_window_and_follows_another_rule() -> None:
    numbers._stretch.cache_clear()
    daily = event("2027-03-01T18:30", "Europe/Berlin", "FREQ=DAILY")
    for days in range(5):
        window = Window(FROM_MS + days * DAY_MS, FROM_MS + (400 + days) * DAY_MS)
        assert len(told(hours(daily, NOTHING, window))) == 400
    assert numbers._stretch.cache_info().misses <= 9
    again = event("2027-03-01T19:30", "Europe/Berlin", "FREQ=DAILY;INTERVAL=2")
    window = Window(FROM_MS, FROM_MS + 4 * DAY_MS)
    begins = [
        local_at(start, kept_zone(again.zone))
        for _, start, _ in told(hours(again, NOTHING, window))
    ]
    assert begins == [local("2027-03-01T19:30"), local("2027-03-03T19:30")]


def test_what_is_shared_cannot_be_written() -> None:
    daily = event("2027-03-01T18:30", "UTC", "FREQ=DAILY")
    for shared in numbers.given(daily, Window(FROM_MS + 5 * DAY_MS, FROM_MS + 6 * DAY_MS)):
        with pytest.raises(ValueError, match="read-only"):
            shared[0] = 0
