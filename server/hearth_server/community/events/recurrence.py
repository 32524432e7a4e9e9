"""Which days a rule gives, expanded within bounds, over local times without a zone.

Rules come from people. An expansion ends at its window, at a number of results, and at a number
of periods looked at: a rule that has no day for a thousand years costs no more than another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import islice, takewhile
from typing import Final, Literal

from dateutil.rrule import DAILY, FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, YEARLY, rrule

from hearth_server.community.events.rules import BadRule, Freq, Rule, parsed
from hearth_server.community.events.times import LAST_YEAR, at_ms, local_at
from hearth_server.errors import Refusal

RESULTS_MAX: Final = 500
#: How many periods one expansion looks at, at most; those with many days count for more.
STEPS_MAX: Final = 1_000
#: The same for a rule with COUNT, which is worked out from its beginning, once.
COUNTED_STEPS_MAX: Final = 6_000
_WEIGHTS: Final[dict[Freq, int]] = {"DAILY": 1, "WEEKLY": 1, "MONTHLY": 2, "YEARLY": 10}
_FREQS: Final[dict[Freq, Literal[0, 1, 2, 3]]] = {
    "DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY,
}  # fmt: skip
_WEEKDAYS: Final = (MO, TU, WE, TH, FR, SA, SU)


@dataclass(frozen=True, slots=True)
class Series:
    """When something is: a first local time, its zone, and perhaps a rule."""

    starts: datetime
    zone: tzinfo
    rule: Rule | None = None


def read_rule(text: str, starts: datetime, zone: tzinfo) -> Rule | Refusal:
    """Read the rule of a series that begins at a local time, or say what is wrong with it.

    The first day has to be one that the rule gives, so that the rule alone says when it is.
    """
    try:
        rule = parsed(text, zone)
        first = next(originals(Series(starts, zone, rule), starts, None), None)
        if first is None:
            raise BadRule(
                "It ends before it begins, or gives no day for a long time. "
                "Choose a later end, or a simpler rule."
            )
        if first != starts:
            raise BadRule(
                f"The first day, {starts:%A} {starts.date().isoformat()}, is none that it gives: "
                f"begin on {first:%A} {first.date().isoformat()}, or change the rule."
            )
    except BadRule as bad:
        return Refusal("bad_rule", f"This rule for repeating cannot be used. {bad}")
    return rule


@lru_cache(maxsize=4096)
def kept_rule(text: str) -> Rule | None:
    """Read the rule of a record, which was accepted once; None for none."""
    return parsed(text, UTC) if text else None


class _StepLimit(Exception):
    """The expansion looked at enough periods."""


@dataclass(slots=True)
class Steps:
    """How many periods expansions may still look at, together."""

    left: int = STEPS_MAX

    def take(self, weight: int) -> None:
        """Look at one more."""
        self.left -= weight
        if self.left < 0:
            raise _StepLimit


class _Ahead(Steps):
    """Some of the periods that may be looked at: those of one window."""

    def __init__(self, whole: Steps, left: int) -> None:
        super().__init__(left)
        self._whole = whole

    def take(self, weight: int) -> None:
        """Look at one more."""
        super().take(weight)
        self._whole.take(weight)


class _Interval(int):
    """An interval that counts how often it is taken, which dateutil does once for each period.

    Between two results dateutil goes on by itself until it finds one, which may be never.
    """

    steps: Steps
    weight: int

    def __radd__(self, other: int) -> int:
        """Years, months and days go on by adding it."""
        self.steps.take(self.weight)
        return other + int(self)

    def __mul__(self, other: int) -> int:
        """Weeks go on by seven times it."""
        self.steps.take(self.weight)
        return int(self) * other


def originals(
    series: Series,
    begin: datetime,
    end: datetime | None,
    limit: int = RESULTS_MAX,
    steps: Steps | None = None,
) -> Iterator[datetime]:
    """Yield the local times that a series has in `[begin, end)`, in order, at most `limit`.

    Args:
        series: when it is.
        begin: local time from which on they count.
        end: local time from which on they do not; None for no such end.
        limit: how many at most.
        steps: how long to look; STEPS_MAX periods if not said.
    """
    return islice(_within(series, begin, end, steps or Steps()), limit)


def is_original(series: Series, local: datetime) -> bool:
    """Say whether a series has an occurrence at exactly this local time."""
    return local in originals(series, local, local + timedelta(seconds=1), 1)


def _within(
    series: Series, begin: datetime, end: datetime | None, steps: Steps
) -> Iterator[datetime]:
    for local in _all_from(series, begin, end, steps):
        if end is not None and local >= end:
            return
        if local >= begin:
            yield local


def _all_from(
    series: Series, begin: datetime, end: datetime | None, steps: Steps
) -> Iterator[datetime]:
    """Yield local times in order, from `begin` or somewhat before until about `end`."""
    rule, starts = series.rule, series.starts
    if rule is None:
        yield starts
    elif rule.count is not None:
        yield from _counted(starts, rule)
    else:
        until_ms = rule.until_ms
        # Where clocks are set back, a later local time can be the earlier moment.
        last = None
        if until_ms is not None:
            last = local_at(until_ms, series.zone) + timedelta(days=1)
        anchor = _anchor(starts, rule, begin)
        if end is not None:
            # Beyond the window there may be no other day for a thousand periods.
            steps = _Ahead(steps, _periods(anchor, rule, end) * _WEIGHTS[rule.freq])
        for local in _expanded(starts, rule, anchor, steps):
            if last is not None and local > last:
                return
            if local >= starts and (until_ms is None or at_ms(local, series.zone) <= until_ms):
                yield local


@lru_cache(maxsize=2048)
def _counted(starts: datetime, rule: Rule) -> tuple[datetime, ...]:
    """Return all of a rule with COUNT: it can be counted from its beginning only."""
    return tuple(islice(_expanded(starts, rule, starts, Steps(COUNTED_STEPS_MAX)), rule.count))


def _expanded(starts: datetime, rule: Rule, anchor: datetime, steps: Steps) -> Iterator[datetime]:
    months, month_days, days = _spelled_out(starts, rule)
    interval = _Interval(rule.interval)
    interval.steps, interval.weight = steps, _WEIGHTS[rule.freq]
    found = rrule(
        _FREQS[rule.freq],
        dtstart=anchor,
        interval=interval,
        wkst=_WEEKDAYS[rule.week_start],
        bymonth=months or None,
        bymonthday=month_days or None,
        byweekday=[_WEEKDAYS[day](n) if n else _WEEKDAYS[day] for n, day in days] or None,
        bysetpos=rule.positions or None,
    )
    try:
        # Later days have no name, and the last there are cannot be reckoned with.
        yield from takewhile(lambda local: local.year <= LAST_YEAR, found)
    except _StepLimit:
        return


def _spelled_out(
    starts: datetime, rule: Rule
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Return months, days of the month and weekdays, with those that the first day implies."""
    months, month_days, days = rule.months, rule.month_days, rule.days
    if not month_days and not days:
        if rule.freq == "WEEKLY":
            days = ((0, starts.weekday()),)
        elif rule.freq != "DAILY":
            month_days = (starts.day,)
            if rule.freq == "YEARLY" and not months:
                months = (starts.month,)
    return months, month_days, days


def _anchor(starts: datetime, rule: Rule, begin: datetime) -> datetime:
    """Return the beginning of a period of the rule, close before `begin`, not before `starts`.

    Whole intervals are left out, so that a window far from the beginning costs no more.
    """
    every = rule.interval
    if rule.freq in ("DAILY", "WEEKLY"):
        period_days = every * (7 if rule.freq == "WEEKLY" else 1)
        skipped = (begin - starts).days // period_days - 1
        return starts + timedelta(days=skipped * period_days) if skipped > 0 else starts
    if rule.freq == "MONTHLY":
        month = starts.year * 12 + starts.month - 1
        skipped = (begin.year * 12 + begin.month - 1 - month) // every - 1
        month += skipped * every
        return _first_of(starts, month // 12, month % 12 + 1) if skipped > 0 else starts
    skipped = (begin.year - starts.year) // every - 1
    return _first_of(starts, starts.year + skipped * every, 1) if skipped > 0 else starts


def _periods(anchor: datetime, rule: Rule, end: datetime) -> int:
    """Return how many periods of a rule reach from its anchor to beyond `end`, or a few more."""
    if rule.freq in ("DAILY", "WEEKLY"):
        whole = max(0, (end - anchor).days) // (7 if rule.freq == "WEEKLY" else 1)
    else:
        years = max(0, end.year - anchor.year)
        whole = years if rule.freq == "YEARLY" else 12 * years + end.month - anchor.month
    return max(0, whole) // rule.interval + 2


def _first_of(starts: datetime, year: int, month: int) -> datetime:
    return starts.replace(year=year, month=month, day=1)
