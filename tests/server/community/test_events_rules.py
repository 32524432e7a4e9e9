"""Rules of repeating events: what is taken, what is refused by name, what an expansion costs."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from dateutil import rrule as dateutil_rrule
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth_server.community.events.recurrence import (
    RESULTS_MAX,
    STEPS_MAX,
    Series,
    Steps,
    is_original,
    originals,
    read_rule,
)
from hearth_server.community.events.rules import COUNT_MAX, RULE_LENGTH, Rule
from hearth_server.community.events.times import (
    at_ms,
    kept_zone,
    key_of,
    local_at,
    read_key,
    read_local,
    shown_at,
    written,
    zone_of,
)
from hearth_server.errors import HTTP_STATUS, TITLES, Refusal
from tests.support.series import local, rules, series

BERLIN = kept_zone("Europe/Berlin")
TUESDAY = local("2026-12-01T18:30")

REFUSED = {
    "": "Write it like",
    "yoga": "Write it like",
    "FREQ=": "Write it like",
    "BYDAY=TU": "Say FREQ=",
    "FREQ=SECONDLY": "nothing repeats within a day",
    "FREQ=MINUTELY;INTERVAL=5": "nothing repeats within a day",
    "FREQ=HOURLY": "nothing repeats within a day",
    "FREQ=DAILY;BYHOUR=0,1,2,3": "an event for each time of day",
    "FREQ=YEARLY;BYHOUR=0,1;BYMINUTE=0,1;BYSECOND=0,1": "an event for each time of day",
    "FREQ=YEARLY;BYWEEKNO=20": "use BYMONTH",
    "FREQ=YEARLY;BYEASTER=0": "use BYMONTH",
    "FREQ=DAILY;FOO=1": "no part 'FOO'",
    "FREQ=DAILY;FREQ=WEEKLY": "there twice",
    f"FREQ=DAILY;COUNT={COUNT_MAX + 1}": "from 1 to 520",
    "FREQ=DAILY;COUNT=0": "from 1 to 520",
    "FREQ=DAILY;COUNT=99999999999999999999": "whole numbers",
    "FREQ=DAILY;COUNT=-1": "from 1 to 520",
    "FREQ=DAILY;COUNT=1e3": "whole numbers",
    "FREQ=DAILY;COUNT=٣": "Write it like",
    "FREQ=DAILY;INTERVAL=0": "from 1 to 99",
    "FREQ=DAILY;INTERVAL=100": "from 1 to 99",
    "FREQ=DAILY;COUNT=3;UNTIL=20270101": "two ends",
    "FREQ=DAILY;UNTIL=20261301": "UNTIL is a day",
    "FREQ=DAILY;UNTIL=99991231": "UNTIL is a day",
    "FREQ=DAILY;UNTIL=20260101": "ends before it begins",
    "FREQ=WEEKLY;BYDAY=XX": "names weekdays",
    "FREQ=WEEKLY;BYDAY=2TU": "leave it out",
    "FREQ=MONTHLY;BYDAY=54TU": "from -53 to 53",
    "FREQ=MONTHLY;BYDAY=0TU": "from -53 to 53",
    "FREQ=MONTHLY;BYMONTHDAY=32": "from -31 to 31",
    "FREQ=MONTHLY;BYMONTHDAY=0": "from -31 to 31",
    "FREQ=WEEKLY;BYMONTHDAY=1": "use FREQ=MONTHLY",
    "FREQ=YEARLY;BYMONTH=13": "from 1 to 12",
    "FREQ=DAILY;BYDAY=TU;BYSETPOS=1": "leave it out",
    "FREQ=MONTHLY;BYSETPOS=1": "name them with BYDAY",
    "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=400": "from -366 to 366",
    "FREQ=YEARLY;BYDAY=TU;BYSETPOS=1,2,3,4,5,6,7,8,9": "8 numbers at most",
    "FREQ=WEEKLY;WKST=1": "WKST is a weekday",
    "FREQ=DAILY;BYDAY=TU\r\nDTSTART:20200101T000000": "names weekdays",
    "FREQ=DAILY;BYDAY=TU\x00": "names weekdays",
    # None of these has a day, for a long time or ever.
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30": "gives no day",
    "FREQ=DAILY;INTERVAL=7;BYDAY=WE": "gives no day",
    "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=6": "gives no day",
    "FREQ=DAILY;INTERVAL=98;BYMONTH=2;BYMONTHDAY=31": "gives no day",
    # And this one does not begin when it is said to.
    "FREQ=WEEKLY;BYDAY=MO": "begin on Monday 2026-12-07",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_used_is_refused_by_name_and_says_what_to_do(text: str) -> None:
    refusal = read_rule(text, TUESDAY, BERLIN)
    assert isinstance(refusal, Refusal), refusal
    assert refusal.code == "bad_rule"
    assert REFUSED[text] in refusal.text


def test_a_long_text_is_not_even_looked_at() -> None:
    refusal = read_rule("FREQ=DAILY;BYDAY=" + "TU," * RULE_LENGTH, TUESDAY, BERLIN)
    assert isinstance(refusal, Refusal)
    assert f"at most {RULE_LENGTH}" in refusal.text


def test_the_refusal_has_a_status_and_a_title() -> None:
    assert HTTP_STATUS["bad_rule"] == 422
    assert "bad_rule" in TITLES


@given(
    st.text(max_size=80) | st.text(alphabet="FREQ=DAILYWEKMONTHUCB;,-+0123456789ZT", max_size=80)
)
def test_any_text_is_a_rule_or_a_refusal(text: str) -> None:
    found = read_rule(text, TUESDAY, BERLIN)
    assert isinstance(found, Rule) or found.code == "bad_rule"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("rrule:freq=weekly", "FREQ=WEEKLY"),
        ("FREQ=WEEKLY;INTERVAL=1;WKST=MO;", "FREQ=WEEKLY"),
        ("BYDAY=TH,TU,TU;FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=TU,TH"),
        # A last day is meant as a whole, where the event is; it is kept as a moment.
        ("FREQ=DAILY;UNTIL=20270101", "FREQ=DAILY;UNTIL=20270101T225959Z"),
        ("FREQ=DAILY;UNTIL=20270701T183000", "FREQ=DAILY;UNTIL=20270701T163000Z"),
        ("FREQ=DAILY;UNTIL=20270701T163000Z", "FREQ=DAILY;UNTIL=20270701T163000Z"),
    ],
)
def test_rules_are_kept_in_one_way_of_writing(text: str, kept: str) -> None:
    rule = read_rule(text, TUESDAY, BERLIN)
    assert isinstance(rule, Rule)
    assert rule.text == kept
    assert read_rule(kept, TUESDAY, BERLIN) == rule


def test_weeks_begin_when_the_rule_says() -> None:
    # The example of RFC 5545 3.8.5.3, for which Monday and Sunday make the difference.
    begin = local("2027-08-03T09:00")  # a Tuesday
    expected = {"MO": [3, 8, 17, 22], "SU": [3, 15, 17, 29]}
    for day, days in expected.items():
        rule = read_rule(f"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST={day}", begin, BERLIN)
        assert isinstance(rule, Rule)
        found = originals(Series(begin, BERLIN, rule), begin, None)
        assert [each.day for each in found] == days


@given(series(), st.integers(-20, 900), st.integers(1, 200))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_window_far_away_has_what_counting_from_the_beginning_gives(
    event: Any, after_days: int, days: int
) -> None:
    of = Series(local(event.starts), kept_zone(event.zone), None)
    rule = read_rule(event.rule, of.starts, of.zone)
    assert isinstance(rule, Rule)
    of = Series(of.starts, of.zone, rule)
    begin = of.starts + timedelta(days=after_days)
    end = begin + timedelta(days=days)
    found = list(originals(of, begin, end, 10_000, Steps(100_000)))
    assert found == [each for each in twin(of, rule) if begin <= each < end]
    assert all(is_original(of, each) for each in found[:3])


def twin(of: Series, rule: Rule) -> Iterator[datetime]:
    """Yield everything from the beginning to 2030, as dateutil alone reads the text."""
    text = ";".join(part for part in rule.text.split(";") if not part.startswith("UNTIL"))
    whole = dateutil_rrule.rrulestr(text, dtstart=of.starts)
    for each in islice(whole, 4_000):
        if each.year > 2030:
            return
        if rule.until_ms is None or at_ms(each, of.zone) <= rule.until_ms:
            yield each


# --- what it costs ----------------------------------------------------------------------------


class Counter:
    """Counts the lines that dateutil runs through: the same on every machine."""

    def __init__(self) -> None:
        self.lines = 0

    def count(self, work: Callable[[], Any]) -> Any:
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            return work()
        finally:
            sys.settrace(before)

    def _enter(self, frame: Any, _event: str, _arg: Any) -> Any:
        return self._line if frame.f_code.co_filename == dateutil_rrule.__file__ else None

    def _line(self, _frame: Any, event: str, _arg: Any) -> Any:
        self.lines += event == "line"
        return self._line


HOSTILE = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=7;BYDAY=WE",
    "FREQ=DAILY;INTERVAL=98;BYMONTH=2;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30,31",
    "FREQ=YEARLY;BYDAY=TU;BYSETPOS=" + ",".join(map(str, range(300, 308))),
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=" + ",".join(map(str, range(32, 40))),
    "FREQ=DAILY;COUNT=520;INTERVAL=99;BYDAY=TU",
    "FREQ=DAILY;BYMONTH=1,12;BYDAY=TU;COUNT=520",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_rule_costs_more_steps_than_are_allowed(text: str) -> None:
    counter = Counter()
    counter.count(lambda: read_rule(text, TUESDAY, BERLIN))
    # About a tenth of a second anywhere.
    assert 0 < counter.lines < 1_200_000, counter.lines


@given(rules())
@settings(max_examples=20, deadline=None)
def test_looking_at_one_window_takes_bounded_steps(text: str) -> None:
    rule = read_rule(text, TUESDAY, BERLIN)
    if isinstance(rule, Refusal):
        return
    of = Series(TUESDAY, BERLIN, rule)
    for years in (0, 1, 60):
        steps = Steps()
        begin = TUESDAY.replace(year=2026 + years)
        found = list(originals(of, begin, begin + timedelta(days=400), steps=steps))
        assert len(found) <= RESULTS_MAX
        assert STEPS_MAX - steps.left <= 450


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY;BYMONTH=12;BYMONTHDAY=1",
        "FREQ=DAILY;INTERVAL=7;BYMONTH=12;BYMONTHDAY=1",
        "FREQ=WEEKLY;BYMONTH=12;BYDAY=TU",
        "FREQ=MONTHLY;BYMONTH=12;BYMONTHDAY=1;BYDAY=TU",
        "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1;BYDAY=TU",
    ],
)
def test_a_window_without_a_day_costs_no_more_than_its_own_periods(text: str) -> None:
    rule = read_rule(text, TUESDAY, BERLIN)
    assert isinstance(rule, Rule)
    of = Series(TUESDAY, BERLIN, rule)
    for days in (0, 3, 40, 4_000):
        steps = Steps()
        begin = TUESDAY + timedelta(days=days)
        list(originals(of, begin, begin + timedelta(days=7), steps=steps))
        # A week and the periods around it: a year of them counts for ten.
        assert STEPS_MAX - steps.left <= 50, text


def test_steps_are_counted_where_dateutil_takes_them() -> None:
    """Its loops add the interval once for each period; were that another way, this would tell."""
    periods = (("DAILY", 1, 1), ("WEEKLY", 7, 1), ("MONTHLY", 31, 2), ("YEARLY", 366, 10))
    for freq, days, weight in periods:
        rule = read_rule(f"FREQ={freq}", TUESDAY, BERLIN)
        assert isinstance(rule, Rule)
        steps = Steps()
        end = TUESDAY + timedelta(days=10 * days)
        found = list(originals(Series(TUESDAY, BERLIN, rule), TUESDAY, end, steps=steps))
        assert (STEPS_MAX - steps.left) // weight == pytest.approx(len(found), abs=1)
        assert len(found) in (10, 11)


def test_an_expansion_that_may_go_no_further_ends() -> None:
    rule = read_rule("FREQ=DAILY", TUESDAY, BERLIN)
    assert isinstance(rule, Rule)
    found = list(originals(Series(TUESDAY, BERLIN, rule), TUESDAY, None, 10_000, Steps(20)))
    assert len(found) == 21


# --- local times ------------------------------------------------------------------------------


def utc(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]


def test_an_hour_that_does_not_exist_is_moved_forward_by_the_gap() -> None:
    assert at_ms(local("2027-03-28T02:30"), BERLIN) == utc(2027, 3, 28, 1, 30)
    assert shown_at(utc(2027, 3, 28, 1, 30), BERLIN) == "2027-03-28T03:30+02:00"
    howe = kept_zone("Australia/Lord_Howe")  # by half an hour
    assert at_ms(local("2027-10-03T02:15"), howe) == utc(2027, 10, 2, 15, 45)


def test_of_an_hour_that_comes_twice_the_first_counts() -> None:
    assert at_ms(local("2027-10-31T02:30"), BERLIN) == utc(2027, 10, 31, 0, 30)
    assert local_at(utc(2027, 10, 31, 1, 30), BERLIN) == local("2027-10-31T02:30")


def test_the_hour_stays_when_clocks_change() -> None:
    rule = read_rule("FREQ=WEEKLY", local("2027-03-21T18:30"), BERLIN)
    assert isinstance(rule, Rule)
    of = Series(local("2027-03-21T18:30"), BERLIN, rule)
    found = [at_ms(each, BERLIN) for each in originals(of, of.starts, None, 2)]
    assert found == [utc(2027, 3, 21, 17, 30), utc(2027, 3, 28, 16, 30)]


@pytest.mark.parametrize(
    "name", ["Mars/Base", "localtime", "../../etc/passwd", "", "europe/berlin"]
)
def test_a_zone_is_one_by_its_right_name_or_none(name: str) -> None:
    assert zone_of(name) is None
    assert kept_zone(name) is UTC


@given(st.text(max_size=24) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}"))
def test_any_text_is_a_local_time_or_none(text: str) -> None:
    found = read_local(text)
    if found is not None:
        assert found.tzinfo is None
        assert read_local(written(found)) == found
        assert read_key(key_of(found)) == found
