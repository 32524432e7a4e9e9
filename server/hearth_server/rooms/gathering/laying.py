"""Lays mats along rows, arcs or rings, each where it can see the stage past those before it. Pure.

What a mat hides from those behind it is a narrow wedge as seen from the stage. The wedges are
kept as one number a direction: from how far on it is hidden. A new mat goes to the next spot of
its line that is not, unless that would cost too much floor.
"""

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hearth_server.rooms.gathering.ground import F64, Bool, Floor
from hearth_server.rooms.gathering.layout import APART_M, SIGHT_M

I64 = npt.NDArray[np.int64]

#: Spots along a line are looked at this far from each other, metres.
STEP_M: Final = 0.05
_DIRECTIONS: Final = 8192
_TURN: Final = 2.0 * math.pi


@dataclass(frozen=True, slots=True)
class Line:
    """A line along which mats lie: spots from its left end to its right, every `step_m`.

    Attributes:
        xz: [k, 2] metres.
        yaw_deg: [k], where a mat there faces.
        middle: index of the spot that looks straight at the stage.
        along_m: how much of the line lies between two mats that are `APART_M` apart.
        around: spots of the whole circle that the line is, 0 if its ends never meet.
        aside_m: a mat lies this much further along than any of the line before it.
        step_m: from spot to spot.
    """

    xz: F64
    yaw_deg: F64
    middle: int
    along_m: float = APART_M
    around: int = 0
    aside_m: float = 0.0
    step_m: float = STEP_M


@dataclass(frozen=True, slots=True)
class Manner:
    """How generously mats are laid.

    Attributes:
        gap_m: a mat may lie this much further from its neighbour, to see the stage.
        most: mats in a line.
        snug: mats lie at the edge of what others hide, so that wedges overlap and many fit.
        alike: a line may have one mat more, so that its left side looks like its right.
    """

    gap_m: float
    most: int
    snug: bool = False
    alike: bool = False


class Shade:
    """What is hidden from the stage's middle, by direction.

    Args:
        x, z: the stage's middle, metres.
    """

    def __init__(self, x: float, z: float) -> None:
        self._middle = np.array([x, z])
        self._from_m = np.full(_DIRECTIONS, np.inf)

    def seen(self, xz: F64) -> tuple[I64, F64]:
        """Return the direction and the distance of points, [n, 2]: [n] and [n]."""
        away = xz - self._middle
        turn = np.arctan2(away[:, 1], away[:, 0]) * (_DIRECTIONS / _TURN)
        direction: I64 = np.floor(turn).astype(np.int64) % _DIRECTIONS
        return direction, np.hypot(away[:, 0], away[:, 1])

    def hides(self, direction: I64, distance_m: F64) -> Bool:
        """Say which of these are hidden: [n]."""
        found: Bool = self._from_m[direction] < distance_m
        return found

    def hides_one(self, direction: int, distance_m: float) -> bool:
        """Say whether one spot is hidden."""
        return bool(self._from_m[direction] < distance_m)

    def add(self, direction: int, distance_m: float) -> None:
        """Note that a mat lies there."""
        half = math.asin(min(1.0, SIGHT_M / max(distance_m, SIGHT_M)))
        bins = math.ceil(half * _DIRECTIONS / _TURN) + 1
        begin, end = direction - bins, direction + bins + 1
        for low, high in ((begin, end), (begin + _DIRECTIONS, _DIRECTIONS), (0, end - _DIRECTIONS)):
            part = self._from_m[max(low, 0) : max(min(high, _DIRECTIONS), 0)]
            np.minimum(part, distance_m, out=part)


@dataclass(slots=True)
class Laid:
    """What was laid so far."""

    xz: list[F64]
    yaw_deg: list[float]
    row: list[int]
    hidden: int = 0


def lay(lines: Iterator[Line], count: int, floor: Floor, shade: Shade, manner: Manner) -> Laid:
    """Lay at most `count` mats along lines, the front one first.

    Args:
        lines: from the stage away.
        count: of mats.
        floor: where they may lie.
        shade: of the stage; what is laid is added to it.
        manner: how generously.
    """
    laid = Laid([], [], [])
    before: list[int] = []
    for row, line in enumerate(lines):
        wanted = min(count - len(laid.row), manner.most)
        if wanted <= 0:
            break
        may = floor.free(line.xz)
        aside = math.ceil(line.aside_m / line.step_m - 1e-9)
        for spot in before if aside else ():
            may[max(line.middle + spot - aside + 1, 0) : max(line.middle + spot + aside, 0)] = False
        spots = _Spots(line, may, shade)
        chosen = spots.fill(wanted, count - len(laid.row), manner)
        before = [spot - line.middle for spot in chosen]
        chosen.sort(key=lambda at: (abs(at - line.middle), at))
        laid.xz.extend(line.xz[chosen])
        laid.yaw_deg.extend(line.yaw_deg[chosen].tolist())
        laid.row.extend([row] * len(chosen))
        laid.hidden += spots.hidden
    return laid


class _Spots:
    """The spots of one line, and which of them were chosen."""

    def __init__(self, line: Line, may: Bool, shade: Shade) -> None:
        self._line = line
        self._shade = shade
        self._direction, self._distance_m = shade.seen(line.xz)
        seen = may & ~shade.hides(self._direction, self._distance_m)
        self._seen = seen.tobytes()
        self._may: list[int] = np.flatnonzero(may).tolist()
        self._good: list[int] = np.flatnonzero(seen).tolist()
        # Where a wedge ends: there a mat hides least that was not hidden anyway.
        beside = np.zeros(seen.size, np.bool_)
        beside[1:] |= ~seen[:-1] & may[:-1]
        beside[:-1] |= ~seen[1:] & may[1:]
        self._edge: list[int] = np.flatnonzero(seen & beside).tolist()
        self._step = math.ceil(line.along_m / line.step_m - 1e-9)
        self.hidden = 0

    def fill(self, wanted: int, left: int, manner: Manner) -> list[int]:
        """Choose about so many spots from the middle outwards; note what they hide.

        `left` is how many there may be at most: one more where that makes both sides alike.
        """
        middle, half = self._line.middle, (self._step + 1) // 2
        # One in the middle with others beside it, or none: whatever gives more, and hides less.
        odds = min(wanted | 1, left) if manner.alike else wanted
        evens = min(wanted + wanted % 2, left) if manner.alike else wanted
        odd = self._both(middle, middle + self._step, middle - self._step, manner, odds)
        even = self._both(None, middle + half, middle - half, manner, evens)
        chosen = min(
            (self._worth(odd, odds, manner), odd), (self._worth(even, evens, manner), even)
        )[1]
        self.hidden = self._hidden(chosen)
        for spot in chosen:
            self._shade.add(int(self._direction[spot]), float(self._distance_m[spot]))
        return chosen

    def _hidden(self, spots: list[int]) -> int:
        return len(spots) - sum(self._seen[spot] for spot in spots)

    def _worth(self, found: list[int], wanted: int, manner: Manner) -> tuple[int, int, int]:
        """Say how good a choice is, less is better: all in sight, or where floor is short all."""
        wide = max(found, default=0) - min(found, default=0)
        short, hidden = wanted - len(found), self._hidden(found)
        return (short + 2 * hidden, short, wide) if manner.gap_m > 0.0 else (short, hidden, wide)

    def _both(
        self, middle: int | None, right: int, left: int, manner: Manner, wanted: int
    ) -> list[int]:
        """Choose from both sides in turn, so that what is chosen stays in the middle."""
        chosen: list[int] = []
        if middle is not None:
            if self._next(middle, Manner(0.0, 1), sign=1) != middle:
                return []
            chosen.append(middle)
        around = self._line.around or 2 * len(self._direction)
        ends, centre = {1: right, -1: left}, self._line.middle
        while ends and len(chosen) < wanted:
            # The side that reaches less far comes next, the right one first.
            sign = 1 if 1 in ends else -1
            if len(ends) == 2 and centre - ends[-1] < ends[1] - centre:
                sign = -1
            spot = self._next(ends[sign], manner, sign)
            # Where the ends of a circle meet there is no room for one more.
            if spot is None or abs(spot - ends.get(-sign, spot)) > around - 2 * self._step:
                del ends[sign]
                continue
            chosen.append(spot)
            ends[sign] = spot + sign * self._step
        return chosen

    def _next(self, start: int, manner: Manner, sign: int) -> int | None:
        """Give the next spot from `start` on that sees the stage, or the next one at all."""
        may = _beyond(self._may, start, sign)
        if may is None:
            return None
        reach = round(manner.gap_m / self._line.step_m)
        for wanted in (self._edge, self._good) if manner.snug else (self._good,):
            spot = _beyond(wanted, may, sign)
            if spot is not None and abs(spot - may) <= reach:
                return spot
        return may


def _beyond(spots: list[int], start: int, sign: int) -> int | None:
    """Give the first of ascending `spots` from `start` on in a direction."""
    if sign > 0:
        at = bisect_left(spots, start)
        return spots[at] if at < len(spots) else None
    at = bisect_left(spots, start + 1) - 1
    return spots[at] if at >= 0 else None
