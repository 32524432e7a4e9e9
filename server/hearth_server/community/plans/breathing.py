"""Breath patterns in time: how long a breath is, and where in it one is. Pure."""

import math
from dataclasses import dataclass
from typing import Final, Literal

from hearth_protocol.gathering import Breath

BreathPart = Literal["in", "hold", "out", "rest"]
_ORDER: Final[tuple[BreathPart, ...]] = ("in", "hold", "out", "rest")


@dataclass(frozen=True, slots=True)
class BreathPhase:
    """Where in a breath one is.

    Attributes:
        fraction: of the part, 0 to below 1.
        fullness: of the lungs, 0 empty to 1 full, eased at both ends.
    """

    part: BreathPart
    fraction: float
    fullness: float


def milliseconds(seconds: float) -> int:
    """Round to whole milliseconds, halves upwards, as the clients do."""
    return math.floor(seconds * 1000.0 + 0.5)


def parts_ms(breath: Breath) -> tuple[int, int, int, int]:
    """Give how long the four parts of a breath last, in their order."""
    return (
        milliseconds(breath.in_s),
        milliseconds(breath.hold_s),
        milliseconds(breath.out_s),
        milliseconds(breath.rest_s),
    )


def cycle_ms(breath: Breath) -> int:
    """Give how long one breath lasts."""
    return sum(parts_ms(breath))


def phase_at(breath: Breath, clock_ms: int) -> BreathPhase | None:
    """Say where in a breath one is after `clock_ms` of breathing; None: there is no pattern."""
    lengths = parts_ms(breath)
    cycle = sum(lengths)
    if cycle == 0:
        return None
    left = clock_ms % cycle
    for part, length in zip(_ORDER, lengths, strict=True):
        if left < length:
            fraction = left / length
            return BreathPhase(part, fraction, _fullness(part, fraction))
        left -= length
    raise AssertionError("a remainder is smaller than what it is the remainder of")


def _fullness(part: BreathPart, fraction: float) -> float:
    if part == "hold":
        return 1.0
    if part == "rest":
        return 0.0
    eased = 0.5 - 0.5 * math.cos(math.pi * fraction)
    return eased if part == "in" else 1.0 - eased
