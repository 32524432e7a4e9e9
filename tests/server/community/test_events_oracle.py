"""When events are, held against programs that share none of our code.

What we say of any series with any changes has to be what `recurring-ical-events` reads out of the
calendar that we write of it.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import recurring_ical_events
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth_server.community.events.calendar import Known, Window, occurrences
from hearth_server.community.events.ics import SeriesEntry, calendar_text
from hearth_server.community.events.records import EventRecord
from hearth_server.community.events.times import at_ms
from tests.support.series import at_turns, changed, held_before, local, series

DAY = timedelta(days=1)
DAY_MS = 86_400_000


def told(of: EventRecord, known: Known) -> str:
    return calendar_text("Test", [SeriesEntry(of, known, {}, "http://x/e/1")], 0).decode()


def by_oracle(text: str, window: Window) -> list[tuple[int, int, str]]:
    """Return what another program reads: beginning, length in ms, title."""
    calendar = icalendar.Calendar.from_ical(text)
    moments = [moment(window.from_ms) - 2 * DAY, moment(window.until_ms) + 2 * DAY]
    found = recurring_ical_events.of(calendar).between(*moments)
    spans = [
        (_ms(each.start), _wall_ms(each.end) - _wall_ms(each.start), str(each["summary"]))
        for each in found
    ]
    return sorted(span for span in spans if window.from_ms <= span[0] < window.until_ms)


def by_us(of: EventRecord, known: Known, window: Window) -> list[tuple[int, int, str]]:
    found = occurrences(of, known, window, 0)
    return sorted(
        (each.starts_ms, each.ends_ms - each.starts_ms, each.title)
        for each in found
        if each.state != "cancelled" and window.from_ms <= each.starts_ms < window.until_ms
    )


def moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _wall_ms(at: Any) -> int:
    """Return what clocks show: the oracle adds a DURATION to that, where RFC 5545 means time."""
    return round(at.replace(tzinfo=UTC).timestamp() * 1000)


def _ms(at: Any) -> int:
    return round(at.timestamp() * 1000)


def window_of(data: st.DataObject, of: EventRecord) -> Window:
    begin = at_ms(local(of.starts), UTC) + data.draw(st.integers(-30, 300)) * DAY_MS
    return Window(begin, begin + data.draw(st.integers(20, 380)) * DAY_MS)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_series_with_changes_are_what_other_programs_read(data: st.DataObject) -> None:
    of = data.draw(series())
    changes = data.draw(changed(of))
    window = window_of(data, of)
    known = Known(changes)
    assert by_us(of, known, window) == by_oracle(told(of, known), window)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_so_they_are_in_the_hours_in_which_clocks_change(data: st.DataObject) -> None:
    of = data.draw(at_turns())
    changes = data.draw(changed(of)) if data.draw(st.booleans()) else {}
    begin = at_ms(local(of.starts), UTC) - DAY_MS
    window = Window(begin, begin + 60 * DAY_MS)
    known = Known(changes)
    assert by_us(of, known, window) == by_oracle(told(of, known), window)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_days_that_were_held_at_another_hour_are_there_once(data: st.DataObject) -> None:
    of = data.draw(series())
    changes = data.draw(changed(of))
    known = Known(changes, data.draw(held_before(of)))
    window = window_of(data, of)
    assert by_us(of, known, window) == by_oracle(told(of, known), window)
    dates = [name[:8] for name in known.runs]
    whole = Window(0, at_ms(local("2199-01-01T00:00"), UTC))
    names = [each.original for each in occurrences(of, known, whole, 0)]
    assert [name for name in names if name[:8] in dates and name not in known.runs] == []
    assert known.runs.keys() <= set(names) or len(names) == whole.limit
