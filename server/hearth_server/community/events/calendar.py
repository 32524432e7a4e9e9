"""The occurrences of an event: what its rule gives, with every change put in, and how each stands.

An occurrence keeps the name it had from its rule (`original`) however it is moved, so answers and
changes stay with it. One that was held stays an occurrence, whatever became of the rule since; if
only the hour is another by now, it is that day's, and the rule gives no second.
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from hearth_server.community.events.records import (
    EventRecord,
    Occurrence,
    OccurrenceChange,
    OccurrenceState,
)
from hearth_server.community.events.recurrence import (
    RESULTS_MAX,
    Series,
    Steps,
    is_original,
    kept_rule,
    originals,
)
from hearth_server.community.events.runs import RunState
from hearth_server.community.events.times import (
    LONGEST_OFFSET,
    at_ms,
    date_of,
    kept_zone,
    key_of,
    local_at,
    read_key,
    read_local,
)
from hearth_server.community.spans import MINUTE_MS

WINDOW_DAYS_MAX: Final = 400
#: Occurrences with something of their own, per event.
CHANGES_MAX: Final = 400
#: Nothing lasts longer, and clocks differ by less: so far apart local times and moments can be.
MARGIN: Final = timedelta(days=1) + LONGEST_OFFSET


@dataclass(frozen=True, slots=True)
class RunMark:
    """How far an occurrence got, and where."""

    state: RunState
    room_id: str
    ended_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of single occurrences of an event, by `original`."""

    changes: Mapping[str, OccurrenceChange] = field(default_factory=dict)
    runs: Mapping[str, RunMark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Window:
    """Which occurrences: those of which any part lies in `[from_ms, until_ms)`."""

    from_ms: int
    until_ms: int
    limit: int = RESULTS_MAX


NOTHING: Final = Known()


def series_of(event: EventRecord) -> Series:
    """Return when an event is."""
    starts = read_local(event.starts)
    assert starts is not None, event.starts  # checked when it was kept
    return Series(starts, kept_zone(event.zone), kept_rule(event.rule))


def occurrence(event: EventRecord, original: str, known: Known, now_ms: int) -> Occurrence | None:
    """Return one occurrence by its name; None if the event has none of that name."""
    local = read_key(original)
    if local is None:
        return None
    if original not in known.runs and (
        date_of(original) in held_days(event, known) or not is_original(series_of(event), local)
    ):
        return None
    return on_day(event, local, known, now_ms)


def occurrences(
    event: EventRecord, known: Known, window: Window, now_ms: int, steps: Steps | None = None
) -> list[Occurrence]:
    """Return an event's occurrences in a window, the earliest first, cancelled ones too."""
    if window.until_ms <= window.from_ms or not _may_reach(event, window):
        return []
    series = series_of(event)
    begin = local_at(window.from_ms, series.zone) - MARGIN
    end = local_at(window.until_ms, series.zone) + LONGEST_OFFSET
    held = held_days(event, known)
    names = {
        name: local
        for local in originals(series, begin, end, window.limit + _own(known), steps)
        if (name := key_of(local)) in known.runs or date_of(name) not in held
    }
    # What was moved into the window, and what was held before the rule was another.
    kept = {each: read_key(each) for each in (*known.changes, *known.runs) if each not in names}
    for original, local in kept.items():
        if local is None:
            continue
        change = known.changes.get(original)
        moved = change is not None and change.starts is not None and date_of(original) not in held
        moved = moved and is_original(series, local)
        if moved or (original in known.runs and begin <= local < end):
            names[original] = local
    made = (on_day(event, local, known, now_ms) for local in names.values())
    found = [
        each for each in made if each.ends_ms > window.from_ms and each.starts_ms < window.until_ms
    ]
    found.sort(key=lambda each: (each.starts_ms, each.original))
    return found[: window.limit]


def held_days(event: EventRecord, known: Known) -> Mapping[str, str]:
    """Return what was held at another hour than the rule has now: names, by their date.

    A rule has one hour a day, so its hour was another when these began.
    """
    if not event.rule or not known.runs:
        return {}
    starts = read_local(event.starts)
    assert starts is not None, event.starts  # checked when it was kept
    now = key_of(starts)
    hour = now.removeprefix(date_of(now))
    return {date_of(name): name for name in known.runs if not name.endswith(hour)}


def next_occurrence(event: EventRecord, known: Known, after_ms: int) -> Occurrence | None:
    """Return the first occurrence that is not over at a moment and was not begun.

    Cancelled ones are left out. Its state is that of the moment `after_ms`.
    """
    candidates = _coming(event, known, after_ms)
    return min(candidates, key=lambda each: (each.starts_ms, each.original), default=None)


def _coming(event: EventRecord, known: Known, after_ms: int) -> Iterator[Occurrence]:
    """Yield the occurrences among which the next one is: the rule's, and every moved one."""
    series = series_of(event)
    begin = local_at(after_ms, series.zone) - MARGIN

    held = held_days(event, known)

    def counts(each: Occurrence) -> bool:
        begun = each.original in known.runs or date_of(each.original) in held
        return each.ends_ms > after_ms and each.state != "cancelled" and not begun

    found = 0
    for local in originals(series, begin, None, _own(known) + 8):
        change = known.changes.get(key_of(local))
        if change is None or change.starts is None:
            each = on_day(event, local, known, after_ms)
            if counts(each):
                yield each
                found += 1
                if found == 2:  # where clocks are set back, the second can be the earlier
                    break
    for original, change in known.changes.items():
        day = read_key(original)
        if change.starts is not None and day is not None and is_original(series, day):
            each = on_day(event, day, known, after_ms)
            if counts(each):
                yield each


def doors_ms(occurrence: Occurrence) -> int:
    """Return when its doors open, in milliseconds since the Unix epoch."""
    return occurrence.starts_ms - occurrence.event.doors.open_min * MINUTE_MS


def until_ms(event: EventRecord, changes: Mapping[str, OccurrenceChange]) -> int | None:
    """Return a moment after which nothing of an event is; None if it has no end."""
    series = series_of(event)
    rule = series.rule
    longest = event.minutes
    if rule is None:
        last = at_ms(series.starts, series.zone)
    elif rule.until_ms is not None:
        last = rule.until_ms
    elif rule.count is not None:
        everyone = originals(series, series.starts, None, rule.count)
        last = max(at_ms(each, series.zone) for each in everyone)
    else:
        return None
    ends = [last + longest * MINUTE_MS]
    for change in changes.values():
        local = read_local(change.starts) if change.starts else read_key(change.original)
        if local is not None:
            minutes = change.minutes or event.minutes
            ends.append(at_ms(local, series.zone) + minutes * MINUTE_MS)
    return max(ends)


def overlap(one: Occurrence, other: Occurrence) -> bool:
    """Say whether two are in the same room at the same time; the cancelled and ended need none."""
    return (
        one.room_id == other.room_id
        and one.starts_ms < other.ends_ms
        and other.starts_ms < one.ends_ms
        and {"cancelled", "ended"}.isdisjoint((one.state, other.state))
        and (one.event.id, one.original) != (other.event.id, other.original)
    )


def first_overlap(
    mine: list[Occurrence], others: list[Occurrence]
) -> tuple[Occurrence, Occurrence] | None:
    """Return the first two of two lists that need the same room at the same time.

    Args:
        mine: ordered by their beginning.
        others: ordered by their beginning; may be the same list.
    """
    waiting = 0
    open_now: list[Occurrence] = []
    for one in mine:
        while waiting < len(others) and others[waiting].starts_ms < one.ends_ms:
            open_now.append(others[waiting])
            waiting += 1
        open_now = [each for each in open_now if each.ends_ms > one.starts_ms]
        for other in open_now:
            if overlap(one, other):
                return one, other
    return None


def merged(*lists: list[Occurrence]) -> list[Occurrence]:
    """Return lists of occurrences as one, ordered by their beginning."""
    return list(heapq.merge(*lists, key=lambda each: (each.starts_ms, each.event.id)))


def _own(known: Known) -> int:
    return len(known.changes) + len(known.runs)


def _may_reach(event: EventRecord, window: Window) -> bool:
    return event.until_ms is None or event.until_ms > window.from_ms


def on_day(event: EventRecord, local: datetime, known: Known, now_ms: int) -> Occurrence:
    """Return the occurrence that begins at a local time by the rule, which is not asked again."""
    original = key_of(local)
    change = known.changes.get(original) or OccurrenceChange(event.id, original)
    run = known.runs.get(original)
    zone = kept_zone(event.zone)
    moved = read_local(change.starts) if change.starts is not None else None
    starts_ms = at_ms(moved or local, zone)
    minutes = event.minutes if change.minutes is None else change.minutes
    made = Occurrence(
        event=event,
        original=original,
        starts_ms=starts_ms,
        ends_ms=starts_ms + minutes * MINUTE_MS,
        title=event.title if change.title is None else change.title,
        room_id=event.room_id if change.room_id is None else change.room_id,
        capacity=event.capacity if change.capacity is None else change.capacity,
        # Empty is what says that this one has none.
        plan_id=event.plan_id if change.plan_id is None else change.plan_id or None,
        state="scheduled",
        moved=moved is not None and moved != local,
        note=change.note or event.note,
        change_version=change.version,
    )
    if run is not None:
        # Where people are is where it is.
        made = replace(made, room_id=run.room_id)
    return replace(made, state=_state(made, cancelled=change.cancelled, run=run, now_ms=now_ms))


def _state(
    each: Occurrence, *, cancelled: bool, run: RunMark | None, now_ms: int
) -> OccurrenceState:
    if each.event.state == "draft":
        return "draft"
    if run is not None and run.state == "ended":
        return "ended"
    if cancelled or each.event.state == "cancelled":
        return "cancelled"
    if run is not None:
        return run.state
    if now_ms >= each.ends_ms:
        return "ended"
    return "doors" if now_ms >= doors_ms(each) else "scheduled"
