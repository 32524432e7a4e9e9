"""Checks of single fields, as a stranger writes them who knows WIRE.md and nothing else."""

import math
import re
from collections.abc import Callable
from typing import Any

Message = dict[str, Any]
Check = Callable[[Any], bool]
Table = dict[str, Check]

TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
KEBAB = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
SNAKE = re.compile("[a-z0-9]+(_[a-z0-9]+)*")
COLOUR = re.compile("#[0-9a-fA-F]{6}")


class BadField(Exception):
    """A message of a known kind with a field that is missing or beyond its limit."""


class UnknownKind(Exception):
    """A message to pass over."""


def integer(low: int, high: int = 2**64) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def number(low: float = -math.inf, high: float = math.inf) -> Check:
    return lambda value: (
        type(value) in (int, float) and math.isfinite(value) and low <= value <= high
    )


def above_zero(value: Any) -> bool:
    return number()(value) and value > 0


def text(low: int, high: int, pattern: re.Pattern[str] | None = None) -> Check:
    return lambda value: (
        isinstance(value, str)
        and low <= len(value) <= high
        and (pattern is None or bool(pattern.fullmatch(value)))
    )


def one_of(*choices: str) -> Check:
    return lambda value: isinstance(value, str) and value in choices


def boolean(value: Any) -> bool:
    return isinstance(value, bool)


def name(value: Any) -> bool:
    return _plain(value, 32) and not CONTROLS.search(value)


def chat_text(value: Any) -> bool:
    return _plain(value, 500) and not CONTROLS.search(value.replace("\n", ""))


def _plain(value: Any, longest: int) -> bool:
    return (
        isinstance(value, str) and 1 <= len(value.strip()) <= longest and not TURNING.search(value)
    )


def part(table: Table) -> Check:
    return lambda value: isinstance(value, dict) and not faults(table, value)


def many(check: Check, most: int) -> Check:
    return lambda value: isinstance(value, list) and len(value) <= most and all(map(check, value))


def three(value: Any) -> bool:
    return many(number(), 3)(value) and len(value) == 3


def faults(table: Table, fields: Message) -> list[str]:
    """Name the fields that break the table; a name that ends in `?` may be absent."""
    broken = []
    for entry, check in table.items():
        key = entry.removesuffix("?")
        if key in fields:
            if not check(fields[key]):
                broken.append(key)
        elif key == entry:
            broken.append(key)
    return broken


U32 = integer(0, 2**32 - 1)
ID = integer(1, 2**32 - 1)
TOKEN = text(1, 512)
MILLISECONDS = integer(0, 2**53 - 1)
DEVICE = one_of("vr", "desktop", "phone", "text")
REACTION = one_of("wave", "clap", "heart", "laugh", "yes", "no", "hand", "sparkle")
MIC = one_of("none", "off", "on", "soft_muted", "hard_muted")
MUTED_BY = one_of("zone", "safe", "unsigned", "group", "rights", "gathering")
REASON = one_of("near", "stage", "zone", "bubble", "moderator")
SDP = text(1, 15000)
FEATURES = many(text(0, 32, KEBAB), 32)
PEOPLE_TEXT = text(0, 500)
COLOR = text(7, 7, COLOUR)
