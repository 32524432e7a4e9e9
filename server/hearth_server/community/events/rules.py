"""Rule texts of RFC 5545, read strictly: what repeats within a day is refused, numbers are bounded.

A text comes from a person; what is wrong with it is said so that they can mend it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Final, Literal

from hearth_server.community.events.times import at_ms, key_of, local_at, read_key

Freq = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
FREQS: Final[tuple[Freq, ...]] = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
RULE_LENGTH: Final = 300
COUNT_MAX: Final = 520
INTERVAL_MAX: Final = 99
#: Each is looked for among all days of a period.
POSITIONS_MAX: Final = 8
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


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


class BadRule(Exception):
    """A rule cannot be used; the message says why and what to do."""


def parsed(text: str, zone: tzinfo) -> Rule:
    """Read a rule; a last day without a zone is meant in the one given.

    Raises:
        BadRule: it cannot be used.
    """
    if len(text) > RULE_LENGTH:
        raise BadRule(f"Write at most {RULE_LENGTH} characters.")
    given = text.strip().upper().removeprefix("RRULE:")
    parts: dict[str, str] = {}
    for part in given.rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or not given.isascii():
            raise BadRule("Write it like FREQ=WEEKLY;BYDAY=TU,TH;COUNT=10.")
        if name in parts:
            raise BadRule(f"{name} is there twice. Name it once.")
        if name not in _READERS and name != "FREQ":
            raise BadRule(_why_not(name))
        parts[name] = value
    freq = next((each for each in FREQS if each == parts.get("FREQ")), None)
    if freq is None:
        raise BadRule("Say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY; nothing repeats within a day.")
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
        raise BadRule("It has two ends, COUNT and UNTIL. Keep one of them.")
    if rule.positions and not (rule.days or rule.month_days):
        raise BadRule("BYSETPOS chooses among days: name them with BYDAY or BYMONTHDAY.")
    if len(rule.positions) > POSITIONS_MAX:
        raise BadRule(f"BYSETPOS takes {POSITIONS_MAX} numbers at most: name the days themselves.")
    if rule.positions and rule.freq not in ("MONTHLY", "YEARLY"):
        raise BadRule("BYSETPOS is for FREQ=MONTHLY and YEARLY: leave it out.")
    if any(n for n, _ in rule.days) and rule.freq not in ("MONTHLY", "YEARLY"):
        raise BadRule("A number before a weekday is for FREQ=MONTHLY and YEARLY: leave it out.")
    if rule.month_days and rule.freq == "WEEKLY":
        raise BadRule("BYMONTHDAY does not go with FREQ=WEEKLY: use FREQ=MONTHLY.")


def _number(text: str, name: str, least: int, most: int) -> int:
    sign, digits = text[:1] in ("-", "+"), text.lstrip("+-")
    if len(text) > 5 or not digits.isdecimal() or len(text) - len(digits) > int(sign):
        raise BadRule(f"{name} needs whole numbers.")
    value = int(text)
    if not least <= value <= most or (value == 0 and least < 0):
        raise BadRule(f"{name} goes from {least} to {most}.")
    return value


def _numbers(text: str, name: str, least: int, most: int) -> tuple[int, ...]:
    return tuple(sorted({_number(each, name, least, most) for each in text.split(",")}))


def _until(rule: Rule, text: str, zone: tzinfo) -> Rule:
    """Read an end: a moment of UTC, a local time, or a day, which is meant as a whole."""
    local = read_key(text.removesuffix("Z") if "T" in text else text + "T235959")
    if local is None:
        raise BadRule("UNTIL is a day such as 20270101, of this century or the next.")
    return replace(rule, until_ms=at_ms(local, UTC if text.endswith("Z") else zone))


def _by_day(rule: Rule, text: str, _zone: tzinfo) -> Rule:
    days = set()
    for each in text.split(","):
        if each[-2:] not in _DAYS:
            raise BadRule("BYDAY names weekdays: MO, TU, WE, TH, FR, SA, SU, or 2TU and -1FR.")
        number = _number(each[:-2], "A number before a weekday", -53, 53) if each[:-2] else 0
        days.add((number, _DAYS.index(each[-2:])))
    return replace(rule, days=tuple(sorted(days)))


def _week_start(rule: Rule, text: str, _zone: tzinfo) -> Rule:
    if text not in _DAYS:
        raise BadRule("WKST is a weekday such as MO.")
    return replace(rule, week_start=_DAYS.index(text))


def _every(rule: Rule, text: str, _zone: tzinfo) -> Rule:
    return replace(rule, interval=_number(text, "INTERVAL", 1, INTERVAL_MAX))


def _count(rule: Rule, text: str, _zone: tzinfo) -> Rule:
    return replace(rule, count=_number(text, "COUNT", 1, COUNT_MAX))


def _by_month(rule: Rule, text: str, _zone: tzinfo) -> Rule:
    return replace(rule, months=_numbers(text, "BYMONTH", 1, 12))


def _by_month_day(rule: Rule, text: str, _zone: tzinfo) -> Rule:
    return replace(rule, month_days=_numbers(text, "BYMONTHDAY", -31, 31))


def _by_position(rule: Rule, text: str, _zone: tzinfo) -> Rule:
    return replace(rule, positions=_numbers(text, "BYSETPOS", -366, 366))


_READERS: Final[Mapping[str, Callable[[Rule, str, tzinfo], Rule]]] = {
    "INTERVAL": _every,
    "COUNT": _count,
    "UNTIL": _until,
    "BYMONTH": _by_month,
    "BYMONTHDAY": _by_month_day,
    "BYDAY": _by_day,
    "BYSETPOS": _by_position,
    "WKST": _week_start,
}
