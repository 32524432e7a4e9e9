"""What becomes of single days of an event when all of it changes.

Changes and answers stay with the days that the new rule has, too. Where only the time of day is
another, a day stays itself and goes on under its new name. What was held, or is over, stays as it
was; of the rest nothing is left, and whoever changed the event is told.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from hearth_server.community.events.calendar import Known, occurrence, series_of
from hearth_server.community.events.records import EventRecord, Occurrence
from hearth_server.community.events.recurrence import Series, is_original, originals
from hearth_server.community.events.times import key_of, read_key


@dataclass(frozen=True, slots=True)
class Carried:
    """What becomes of the days of which something is kept.

    Attributes:
        before: what is kept of them now.
        known: and afterwards.
        renamed: from the old name of a day to its new one.
        dropped: names of days that are no more, the earliest first.
        answered: old names of those that somebody has answered to and that are still to come.
    """

    before: Known
    known: Known
    renamed: Mapping[str, str]
    dropped: tuple[str, ...]
    answered: frozenset[str]


def carried(
    old: EventRecord, new: EventRecord, known: Known, answered: Collection[str], now_ms: int
) -> Carried:
    """Decide what becomes of days when an event changes.

    Args:
        old: the event before.
        new: and after.
        known: what is kept of its days.
        answered: days that somebody has answered to.
        now_ms: Unix epoch.
    """
    coming = {
        name: each
        for name in {*known.changes, *answered}
        if (each := occurrence(old, name, known, now_ms)) is not None and each.ends_ms > now_ms
    }
    series = series_of(new)
    renamed: dict[str, str] = {}
    dropped: set[str] = set()
    taken = {*known.changes, *answered}
    for name in coming:
        local = read_key(name)
        assert local is not None  # it is an occurrence
        if name in known.runs or is_original(series, local):
            continue
        other = _same_day(series, local)
        if other is None or key_of(other) in taken:
            dropped.add(name)
        else:
            renamed[name] = key_of(other)
    changes = {
        renamed.get(name, name): replace(change, original=renamed.get(name, name))
        for name, change in known.changes.items()
        if name not in dropped
    }
    return Carried(
        before=known,
        known=Known(changes, known.runs),
        renamed=renamed,
        dropped=tuple(sorted(dropped)),
        answered=frozenset(coming) & frozenset(answered),
    )


def became(new: EventRecord, moving: Carried, name: str, now_ms: int) -> Occurrence | None:
    """Return what became of a day, by its old name; None if it is no more."""
    if name in moving.dropped:
        return None
    return occurrence(new, moving.renamed.get(name, name), moving.known, now_ms)


def _same_day(series: Series, local: datetime) -> datetime | None:
    begin = datetime.combine(local.date(), time.min)
    return next(originals(series, begin, begin + timedelta(days=1), 1), None)
