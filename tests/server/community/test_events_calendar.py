"""Occurrences: windows, changes, how each stands, what is next, what a new rule leaves of them."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth_server.community.events.calendar import (
    NOTHING,
    Known,
    RunMark,
    Window,
    doors_ms,
    first_overlap,
    next_occurrence,
    occurrence,
    occurrences,
    until_ms,
)
from hearth_server.community.events.carrying import became, carried
from hearth_server.community.events.leading import succession
from hearth_server.community.events.records import EventRecord, Occurrence, OccurrenceChange
from hearth_server.community.events.times import at_ms, kept_zone
from hearth_server.community.spans import DAY_MS, HOUR_MS, MINUTE_MS
from tests.support.series import changed, event, local, series

TUESDAYS = event("2027-03-02T18:30", "Europe/Berlin", "FREQ=WEEKLY;BYDAY=TU")
FIRST, SECOND, THIRD = "20270302T183000", "20270309T183000", "20270316T183000"


def ms(text: str, zone: str = "Europe/Berlin") -> int:
    return at_ms(local(text), kept_zone(zone))


def moved(original: str, starts: str, of: EventRecord = TUESDAYS) -> Known:
    change = OccurrenceChange(of.id, original, starts=f"{starts}:00", version=1)
    return Known({original: change})


def one(of: EventRecord, original: str, known: Known, now_ms: int = 0) -> Occurrence:
    found = occurrence(of, original, known, now_ms)
    assert found is not None
    return found


MARCH = Window(ms("2027-03-01T00:00"), ms("2027-04-01T00:00"))


def test_a_moved_day_is_found_where_it_is_and_keeps_its_name() -> None:
    known = moved(SECOND, "2027-04-20T09:00")
    names = [each.original for each in occurrences(TUESDAYS, known, MARCH, 0)]
    assert SECOND not in names
    april = Window(MARCH.until_ms, ms("2027-05-01T00:00"))
    found = next(each for each in occurrences(TUESDAYS, known, april, 0) if each.moved)
    assert (found.original, found.starts_ms) == (SECOND, ms("2027-04-20T09:00"))
    assert one(TUESDAYS, SECOND, known) == found


def test_what_the_rule_does_not_give_is_no_day() -> None:
    for name in ("20270303T183000", "20270302T183001", "20260303T183000", "x", "20270230T183000"):
        assert occurrence(TUESDAYS, name, NOTHING, 0) is None


def test_what_was_held_stays_whatever_becomes_of_the_rule() -> None:
    known = Known({}, {"20270303T190000": RunMark("ended", "elsewhere", 1)})
    held = one(TUESDAYS, "20270303T190000", known)
    assert (held.state, held.room_id) == ("ended", "elsewhere")
    assert held in occurrences(TUESDAYS, known, MARCH, 0)


def test_a_day_that_is_going_on_is_in_the_window() -> None:
    now = ms("2027-03-02T19:00")
    found = occurrences(TUESDAYS, NOTHING, Window(now, now + 1), now)
    assert [each.original for each in found] == [FIRST]
    assert occurrences(TUESDAYS, NOTHING, Window(now + HOUR_MS, now + HOUR_MS + 1), now) == []


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("2027-03-02T18:14", "scheduled"),
        ("2027-03-02T18:15", "doors"),
        ("2027-03-02T19:29", "doors"),
        ("2027-03-02T19:30", "ended"),
    ],
)
def test_times_say_how_a_day_stands(at: str, state: str) -> None:
    assert one(TUESDAYS, FIRST, NOTHING, ms(at)).state == state


def test_what_goes_on_says_more_than_times_and_cancelling_more_than_that() -> None:
    for state in ("doors", "live", "winding_down", "ended"):
        known = Known({}, {FIRST: RunMark(state, "room")})
        assert one(TUESDAYS, FIRST, known, 0).state == state
        gone = replace(TUESDAYS, state="cancelled", note="Ill")
        assert one(gone, FIRST, known, 0).state == ("ended" if state == "ended" else "cancelled")
    assert one(replace(TUESDAYS, state="draft"), FIRST, NOTHING, 0).state == "draft"


def test_a_day_can_have_no_plan_where_the_event_has_one() -> None:
    with_plan = replace(TUESDAYS, plan_id="flow")
    none = Known({FIRST: OccurrenceChange(with_plan.id, FIRST, plan_id="")})
    assert one(with_plan, FIRST, none).plan_id is None
    assert one(with_plan, SECOND, none).plan_id == "flow"


def test_the_next_is_the_first_that_is_neither_over_nor_begun_nor_cancelled() -> None:
    cancelled = OccurrenceChange(TUESDAYS.id, SECOND, cancelled=True)
    known = Known({SECOND: cancelled}, {FIRST: RunMark("live", "room")})
    following = next_occurrence(TUESDAYS, known, ms("2027-03-02T18:40"))
    assert following is not None
    assert following.original == THIRD
    assert doors_ms(following) == ms("2027-03-16T18:15")
    # Its doors are open already, and nobody has seen to it yet.
    late = next_occurrence(TUESDAYS, NOTHING, ms("2027-03-02T18:40"))
    assert late is not None
    assert late.original == FIRST


@given(st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_next_is_the_first_of_all_that_are_left(data: st.DataObject) -> None:
    of = data.draw(series())
    known = Known(data.draw(changed(of)))
    begins = ms(of.starts[:16], of.zone)
    now = begins + data.draw(st.integers(-40 * DAY_MS, 300 * DAY_MS))
    window = Window(now, now + 380 * DAY_MS)
    left = [each for each in occurrences(of, known, window, now) if each.state != "cancelled"]
    following = next_occurrence(of, known, now)
    if left:
        assert following == left[0]
    else:
        assert following is None or following.starts_ms >= window.until_ms


@given(st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_is_after_the_end_that_is_kept(data: st.DataObject) -> None:
    of = data.draw(series())
    known = Known(data.draw(changed(of)))
    end = until_ms(of, known.changes)
    if end is not None:
        kept = replace(of, until_ms=end)
        wide = Window(end, end + 380 * DAY_MS)
        # The record's end is not looked at here, so that the days themselves speak.
        assert occurrences(replace(kept, until_ms=None), known, wide, 0) == []
        assert next_occurrence(kept, known, end) is None


@given(st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_two_in_one_room_are_found_as_if_each_were_held_against_each(data: st.DataObject) -> None:
    one_of, other_of = data.draw(series()), data.draw(series())
    other_of = replace(other_of, id="other")
    begin = ms("2026-06-01T00:00")
    window = Window(begin, begin + 300 * DAY_MS, 60)
    mine, others = (occurrences(each, NOTHING, window, 0) for each in (one_of, other_of))
    slow = any(a.starts_ms < b.ends_ms and b.starts_ms < a.ends_ms for a in mine for b in others)
    assert (first_overlap(mine, others) is not None) == slow


def test_one_that_begins_when_the_other_ends_is_in_nobodys_way() -> None:
    after = replace(event("2027-03-02T19:30", "Europe/Berlin"), id="after")
    window = Window(0, ms("2028-01-01T00:00"))
    both = [occurrences(each, NOTHING, window, 0) for each in (TUESDAYS, after)]
    assert first_overlap(*both) is None


def test_what_ended_before_its_time_leaves_the_room_to_others() -> None:
    other = replace(TUESDAYS, id="other")
    window = Window(ms("2027-03-02T18:40"), ms("2027-03-03T00:00"))
    wanted = occurrences(other, NOTHING, window, window.from_ms)
    for state, taken in (("live", True), ("winding_down", True), ("ended", False)):
        known = Known(runs={FIRST: RunMark(state, TUESDAYS.room_id)})
        there = occurrences(TUESDAYS, known, window, window.from_ms)
        assert (first_overlap(wanted, there) is not None) == taken


# --- a new rule -------------------------------------------------------------------------------


def days(*names: str, **changes: object) -> Known:
    return Known({name: OccurrenceChange(TUESDAYS.id, name, **changes) for name in names})  # type: ignore[arg-type]


def test_days_that_the_new_rule_has_too_keep_what_is_different_about_them() -> None:
    known = days(FIRST, SECOND, title="By candles")
    every_second = event("2027-03-02T18:30", "Europe/Berlin", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU")
    moving = carried(TUESDAYS, replace(every_second, id=TUESDAYS.id), known, {THIRD}, 0)
    assert moving.dropped == (SECOND,)
    assert set(moving.known.changes) == {FIRST}
    assert moving.answered == {THIRD}
    assert not moving.renamed


def test_another_time_of_day_is_the_same_day_under_a_new_name() -> None:
    later = replace(TUESDAYS, starts="2027-03-02T19:00:00")
    moving = carried(TUESDAYS, later, days(SECOND, title="By candles"), {SECOND, THIRD}, 0)
    new = "20270309T190000"
    assert moving.renamed == {SECOND: new, THIRD: "20270316T190000"}
    assert moving.dropped == ()
    assert moving.known.changes[new].title == "By candles"
    after = became(later, moving, SECOND, 0)
    assert after is not None
    assert after.starts_ms == ms("2027-03-09T19:00")


def test_another_weekday_leaves_nothing_of_what_is_to_come_and_all_that_was() -> None:
    fridays = event("2027-03-05T18:30", "Europe/Berlin", "FREQ=WEEKLY;BYDAY=FR")
    known = Known(days(FIRST, SECOND, title="x").changes, {FIRST: RunMark("ended", "room")})
    now = ms("2027-03-08T12:00")
    moving = carried(TUESDAYS, replace(fridays, id=TUESDAYS.id), known, {FIRST, THIRD}, now)
    assert moving.dropped == (SECOND, THIRD)
    assert FIRST in moving.known.changes
    assert became(fridays, moving, SECOND, now) is None


def test_a_day_that_was_held_does_not_come_again_because_the_hour_is_another() -> None:
    later = replace(TUESDAYS, starts="2027-03-02T20:00:00")
    known = Known(runs={FIRST: RunMark("ended", "room", ms("2027-03-02T19:30"))})
    assert occurrence(later, "20270302T200000", known, 0) is None
    names = [each.original for each in occurrences(later, known, MARCH, 0)]
    assert names[:2] == [FIRST, "20270309T200000"]
    following = next_occurrence(later, known, ms("2027-03-02T19:40"))
    assert following is not None
    assert following.original == "20270309T200000"
    # What does not repeat is held once more by whoever moves it.
    once = replace(later, rule="")
    assert one(once, "20270302T200000", known).starts_ms == ms("2027-03-02T20:00")


@given(st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_of_what_is_kept_everything_is_a_day_afterwards(data: st.DataObject) -> None:
    old, new = data.draw(series()), data.draw(series())
    known = Known(data.draw(changed(old)))
    moving = carried(old, new, known, set(known.changes), 0)
    for name in moving.known.changes:
        assert occurrence(new, name, moving.known, 0) is not None
    kept = len(moving.known.changes) + len(moving.dropped)
    assert kept == len(known.changes)


def test_who_leads_is_the_first_who_still_can() -> None:
    of = replace(TUESDAYS, host_id="ada", co_hosts=("bo", "cy", "ada"))
    assert succession(of, {"ada", "bo", "cy"}) == ("ada", "bo", "cy")
    assert succession(of, {"cy"}) == ("cy",)
    assert succession(replace(of, host_id=None), {"ada", "cy"}) == ("cy", "ada")
    assert succession(of, ()) == ()


def test_minutes_of_a_day_can_be_others() -> None:
    known = days(FIRST, minutes=30)
    found = one(TUESDAYS, FIRST, known)
    assert found.ends_ms - found.starts_ms == 30 * MINUTE_MS
