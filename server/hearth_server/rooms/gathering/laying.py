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
#: Mats of neighbouring lines this far apart cannot come too near, wherever they lie.
_CLEAR_M: Final = APART_M
_DIRECTIONS: Final = 8192
_TURN: Final = 2.0 * math.pi


@dataclass(frozen=True, slots=True)
class Line:
    """A line along which mats lie: spots from its left end to its right, every `STEP_M`.

    Attributes:
        xz: [k, 2] metres.
        yaw_deg: [k], where a mat there faces.
        middle: index of the spot that looks straight at the stage.
        along_m: how much of the line lies between two mats that are `APART_M` apart.
        closed: its ends meet.
    """

    xz: F64
    yaw_deg: F64
    middle: int
    along_m: float = APART_M
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Manner:
    """How generously mats are laid.

    Attributes:
        gap_m: a mat may lie this much further from its neighbour, to see the stage.
        most: mats in a line.
    """

    gap_m: float
    most: int


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
        around = np.arange(direction - bins, direction + bins + 1) % _DIRECTIONS
        self._from_m[around] = np.minimum(self._from_m[around], distance_m)


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
    before: F64 = np.zeros((0, 2))
    for row, line in enumerate(lines):
        wanted = min(count - len(laid.row), manner.most)
        if wanted <= 0:
            break
        may = floor.free(line.xz) & _clear_of(line.xz, before)
        spots = _Spots(line, may, shade)
        chosen = spots.fill(wanted, manner.gap_m)
        if not chosen:
            continue
        before = line.xz[chosen]
        for spot in sorted(chosen, key=lambda at: (abs(at - line.middle), at)):
            laid.xz.append(line.xz[spot])
            laid.yaw_deg.append(float(line.yaw_deg[spot]))
            laid.row.append(row)
        laid.hidden += spots.hidden
    return laid


def _clear_of(xz: F64, others: F64) -> Bool:
    """Say which points, [n, 2], are far enough from every one of `others`, [m, 2]."""
    away = xz[:, None, :] - others[None, :, :]
    found: Bool = (away[:, :, 0] ** 2 + away[:, :, 1] ** 2 >= _CLEAR_M**2 - 1e-9).all(axis=1)
    return found


class _Spots:
    """The spots of one line, and which of them were chosen."""

    def __init__(self, line: Line, may: Bool, shade: Shade) -> None:
        self._line = line
        self._shade = shade
        direction, distance_m = shade.seen(line.xz)
        self._direction: list[int] = direction.tolist()
        self._distance_m: list[float] = distance_m.tolist()
        self._may: list[int] = np.flatnonzero(may).tolist()
        self._good: list[int] = np.flatnonzero(may & ~shade.hides(direction, distance_m)).tolist()
        self._step = math.ceil(line.along_m / STEP_M - 1e-9)
        self.hidden = 0

    def fill(self, wanted: int, gap_m: float) -> list[int]:
        """Choose spots from the middle outwards; note what they hide."""
        gap = round(gap_m / STEP_M)
        middle, half = self._line.middle, (self._step + 1) // 2
        # One in the middle with others beside it, or none: whatever gives more, and hides less.
        odd = self._both(middle, middle + self._step, middle - self._step, gap, wanted)
        even = self._both(None, middle + half, middle - half, gap, wanted)
        chosen = min(odd, even, key=lambda found: self._worth(found, wanted))
        good = set(self._good)
        self.hidden = sum(spot not in good for spot in chosen)
        for spot in chosen:
            self._shade.add(self._direction[spot], self._distance_m[spot])
        return chosen

    def _worth(self, found: list[int], wanted: int) -> tuple[int, int, int]:
        good = set(self._good)
        wide = max(found, default=0) - min(found, default=0)
        short = wanted - len(found)
        return short + 2 * sum(spot not in good for spot in found), short, wide

    def _both(self, middle: int | None, right: int, left: int, gap: int, wanted: int) -> list[int]:
        """Choose from both sides in turn, so that what is chosen stays in the middle."""
        chosen: list[int] = []
        if middle is not None:
            near = self._next(middle, gap=0, sign=1)
            if near != middle:
                return []
            chosen.append(middle)
        ends = {1: right, -1: left}
        while ends and len(chosen) < wanted:
            # The side that reaches less far comes next, the right one first.
            sign = min(ends, key=lambda side: (abs(ends[side] - self._line.middle), -side))
            spot = self._next(ends[sign], gap, sign)
            if spot is None or self._meets(spot, chosen):
                del ends[sign]
                continue
            chosen.append(spot)
            ends[sign] = spot + sign * self._step
        return chosen

    def _next(self, start: int, gap: int, sign: int) -> int | None:
        """Give the next spot from `start` on that sees the stage, or the next one at all."""
        good = _beyond(self._good, start, sign)
        if good is not None and abs(good - start) <= gap:
            return good
        may = _beyond(self._may, start, sign)
        if good is not None and may is not None and abs(good - may) <= gap:
            return good
        return may

    def _meets(self, spot: int, chosen: list[int]) -> bool:
        """Say whether the two ends of a ring meet here."""
        if not self._line.closed or not chosen:
            return False
        ends = self._line.xz[[min(chosen), max(chosen)]] - self._line.xz[spot]
        return bool((np.hypot(ends[:, 0], ends[:, 1]) < _CLEAR_M - 1e-9).any())


def _beyond(spots: list[int], start: int, sign: int) -> int | None:
    """Give the first of ascending `spots` from `start` on in a direction."""
    if sign > 0:
        at = bisect_left(spots, start)
        return spots[at] if at < len(spots) else None
    at = bisect_left(spots, start + 1) - 1
    return spots[at] if at >= 0 else None
