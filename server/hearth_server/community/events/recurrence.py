"""Which days a rule gives: RFC 5545 rule texts, read strictly and expanded within bounds.

Rules come from people. What is below a day is refused, numbers are bounded, and an expansion ends
at its window, at a number of results, and at a number of periods looked at: a rule that has no day
for a thousand years costs no more than another. Expansion is over local times without a zone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import islice
from typing import Final, Literal

from dateutil.rrule import DAILY, FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, YEARLY, rrule

from hearth_server.community.events.times import at_ms, kept_zone, key_of, local_at, read_key
from hearth_server.errors import Refusal

Freq = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
RULE_LENGTH: Final = 300
COUNT_MAX: Final = 520
INTERVAL_MAX: Final = 99
RESULTS_MAX: Final = 500
#: Periods (days, weeks, months, years) that one expansion looks at, at most.
STEPS_MAX: Final = 1_000
#: The same for a rule with COUNT, which is worked out from its beginning, once.
COUNTED_STEPS_MAX: Final = 4_000
_FREQS: Final[dict[Freq, int]] = {
    "DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY, "YEARLY": YEARLY,
}  # fmt: skip
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEKDAYS: Final = (MO, TU, WE, TH, FR, SA, SU)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read.

    Attributes:
        count: how many there are in all; None for no such end.
        until_ms: none begins later, Unix epoch; None for no such end.
        days: which of them (0: all, 2: second, -1: last) and the weekday from Monday 0.
        positions: which of a period's days; () for all.
        week_start: weekday from Monday 0.
    """

    freq: Freq
    interval: int = 1
    count: int | None = None
    until_ms: int | None = None
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    days: tuple[tuple[int, int], ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0

    @property
    def text(self) -> str:
        """Write it as RFC 5545 does, in one order, an end as a moment of UTC."""
        parts = [f"FREQ={self.freq}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until_ms is not None:
            parts.append(f"UNTIL={key_of(local_at(self.until_ms, UTC))}Z")
        lists = (
            ("BYMONTH", map(str, self.months)),
            ("BYMONTHDAY", map(str, self.month_days)),
            ("BYDAY", (f"{n or ''}{_DAYS[day]}" for n, day in self.days)),
            ("BYSETPOS", map(str, self.positions)),
        )
        parts += [f"{name}={joined}" for name, values in lists if (joined := ",".join(values))]
        if self.week_start:
            parts.append(f"WKST={_DAYS[self.week_start]}")
        return ";".join(parts)


@dataclass(frozen=True, slots=True)
class Series:
    """When something is: a first local time, its zone, and perhaps a rule."""

    starts: datetime
    zone: tzinfo
    rule: Rule | None = None


class _Bad(Exception):
    """A rule cannot be used; the message says why and what to do."""


# --- reading --------------------------------------------------------------------------------


def read_rule(text: str, starts: datetime, zone: tzinfo) -> Rule | Refusal:
    """Read the rule of a series that begins at a local time, or say what is wrong with it.

    The first day has to be one that the rule gives, so that the rule alone says when it is.
    """
    try:
        rule = _parsed(text, zone)
        first = next(originals(Series(starts, zone, rule), starts, None), None)
        if first is None:
            raise _Bad(
                "It ends before it begins, or gives no day for a long time. "
                "Choose a later end, or a simpler rule."
            )
        if first != starts:
            raise _Bad(
                f"The first day, {starts:%A} {starts.date().isoformat()}, is none that it gives: "
                f"begin on {first:%A} {first.date().isoformat()}, or change the rule."
            )
    except _Bad as bad:
        return Refusal("bad_rule", f"This rule for repeating cannot be used. {bad}")
    return rule


@lru_cache(maxsize=4096)
def kept_rule(text: str) -> Rule | None:
    """Read the rule of a record, which was accepted once; None for none."""
    return _parsed(text, UTC) if text else None


def _parsed(text: str, zone: tzinfo) -> Rule:
    if len(text) > RULE_LENGTH:
        raise _Bad(f"Write at most {RULE_LENGTH} characters.")
    given = text.strip().upper().removeprefix("RRULE:")
    parts: dict[str, str] = {}
    for part in given.rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or not given.isascii():
            raise _Bad("Write it like FREQ=WEEKLY;BYDAY=TU,TH;COUNT=10.")
        if name in parts:
            raise _Bad(f"{name} is there twice. Name it once.")
        if name not in _READERS and name != "FREQ":
            raise _Bad(_why_not(name))
        parts[name] = value
    freq = next((each for each in _FREQS if each == parts.get("FREQ")), None)
    if freq is None:
        raise _Bad("Say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY; nothing repeats within a day.")
    rule = Rule(freq)
    for name, value in parts.items():
        if name != "FREQ":
            rule = _READERS[name](rule, value, zone)
    _check_together(rule)
    return rule


def _why_not(name: str) -> str:
    if name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        return f"{name} is not taken: make an event for each time of day."
    if name in ("BYWEEKNO", "BYYEARDAY", "BYEASTER"):
        return f"{name} is not taken: use BYMONTH, BYMONTHDAY or BYDAY."
    return f"There is no part '{name[:20]}'. Write it like FREQ=WEEKLY;BYDAY=TU,TH;COUNT=10."


def _check_together(rule: Rule) -> None:
    if rule.count is not None and rule.until_ms is not None:
        raise _Bad("It has two ends, COUNT and UNTIL. Keep one of them.")
    if rule.positions and not (rule.days or rule.month_days):
        raise _Bad("BYSETPOS chooses among days: name them with BYDAY or BYMONTHDAY.")
    if rule.positions and rule.freq not in ("MONTHLY", "YEARLY"):
        raise _Bad("BYSETPOS is for FREQ=MONTHLY and YEARLY: leave it out.")
    if any(n for n, _ in rule.days) and rule.freq not in ("MONTHLY", "YEARLY"):
        raise _Bad("A number before a weekday is for FREQ=MONTHLY and YEARLY: leave it out.")
    if rule.month_days and rule.freq == "WEEKLY":
        raise _Bad("BYMONTHDAY does not go with FREQ=WEEKLY: use FREQ=MONTHLY.")


def _number(text: str, name: str, least: int, most: int) -> int:
    sign, digits = text[:1] in ("-", "+"), text.lstrip("+-")
    if len(text) > 5 or not digits.isdecimal() or len(text) - len(digits) > int(sign):
        raise _Bad(f"{name} needs whole numbers.")
    value = int(text)
    if not least <= value <= most or (value == 0 and least < 0):
        raise _Bad(f"{name} goes from {least} to {most}.")
    return value


def _numbers(text: str, name: str, least: int, most: int) -> tuple[int, ...]:
    return tuple(sorted({_number(each, name, least, most) for each in text.split(",")}))


def _until(rule: Rule, text: str, zone: tzinfo) -> Rule:
    """Read an end: a moment of UTC, a local time, or a day, which is meant as a whole."""
    local = read_key(text.removesuffix("Z") if "T" in text else text + "T235959")
    if local is None:
        raise _Bad("UNTIL is a day such as 20270101, of this century or the next.")
    return replace(rule, until_ms=at_ms(local, UTC if text.endswith("Z") else zone))


def _by_day(rule: Rule, text: str, _zone: tzinfo) -> Rule:
    days = set()
    for each in text.split(","):
        if each[-2:] not in _DAYS:
            raise _Bad("BYDAY names weekdays: MO, TU, WE, TH, FR, SA, SU, or 2TU and -1FR.")
        number = _number(each[:-2], "A number before a weekday", -53, 53) if each[:-2] else 0
        days.add((number, _DAYS.index(each[-2:])))
    return replace(rule, days=tuple(sorted(days)))


def _week_start(rule: Rule, text: str, _zone: tzinfo) -> Rule:
    if text not in _DAYS:
        raise _Bad("WKST is a weekday such as MO.")
    return replace(rule, week_start=_DAYS.index(text))


def _listed(attribute: str, name: str, least: int, most: int) -> Callable[..., Rule]:
    def read(rule: Rule, text: str, _zone: tzinfo) -> Rule:
        return replace(rule, **{attribute: _numbers(text, name, least, most)})

    return read


def _single(attribute: str, name: str, most: int) -> Callable[..., Rule]:
    def read(rule: Rule, text: str, _zone: tzinfo) -> Rule:
        return replace(rule, **{attribute: _number(text, name, 1, most)})

    return read


_READERS: Final[Mapping[str, Callable[[Rule, str, tzinfo], Rule]]] = {
    "INTERVAL": _single("interval", "INTERVAL", INTERVAL_MAX),
    "COUNT": _single("count", "COUNT", COUNT_MAX),
    "UNTIL": _until,
    "BYMONTH": _listed("months", "BYMONTH", 1, 12),
    "BYMONTHDAY": _listed("month_days", "BYMONTHDAY", -31, 31),
    "BYDAY": _by_day,
    "BYSETPOS": _listed("positions", "BYSETPOS", -366, 366),
    "WKST": _week_start,
}


# --- expanding ------------------------------------------------------------------------------


class _StepLimit(Exception):
    """The expansion looked at enough periods."""


@dataclass(slots=True)
class _Budget:
    left: int


class _Interval(int):
    """An interval that counts how often it is taken, which dateutil does once for each period.

    Between two results dateutil goes on by itself until it finds one, which may be never.
    """

    budget: _Budget

    def _step(self) -> int:
        self.budget.left -= 1
        if self.budget.left < 0:
            raise _StepLimit
        return int(self)

    def __radd__(self, other: int) -> int:
        """Years, months and days go on by adding it."""
        return other + self._step()

    def __mul__(self, other: int) -> int:
        """Weeks go on by seven times it."""
        return self._step() * other


@dataclass(slots=True)
class Steps:
    """How many periods expansions may still look at, together."""

    most: int = STEPS_MAX
    budget: _Budget = field(init=False)

    def __post_init__(self) -> None:
        self.budget = _Budget(self.most)

    @property
    def left(self) -> int:
        """How many are left; less than none once an expansion was ended."""
        return self.budget.left

    def interval(self, value: int) -> _Interval:
        """Return an interval that counts against these steps."""
        counting = _Interval(value)
        counting.budget = self.budget
        return counting


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
    for local in _all_from(series, begin, steps):
        if end is not None and local >= end:
            return
        if local >= begin:
            yield local


def _all_from(series: Series, begin: datetime, steps: Steps) -> Iterator[datetime]:
    """Yield local times in order, beginning at `begin` or somewhat before."""
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
        for local in _expanded(starts, rule, _anchor(starts, rule, begin), steps):
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
    try:
        yield from rrule(
            _FREQS[rule.freq],
            dtstart=anchor,
            interval=steps.interval(rule.interval),
            wkst=_WEEKDAYS[rule.week_start],
            bymonth=months or None,
            bymonthday=month_days or None,
            byweekday=[_WEEKDAYS[day](n) if n else _WEEKDAYS[day] for n, day in days] or None,
            bysetpos=rule.positions or None,
        )
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


def _first_of(starts: datetime, year: int, month: int) -> datetime:
    return starts.replace(year=year, month=month, day=1)


def series_of(starts: datetime, zone: str, rule: str) -> Series:
    """Return the series of a record."""
    return Series(starts, kept_zone(zone), kept_rule(rule))
