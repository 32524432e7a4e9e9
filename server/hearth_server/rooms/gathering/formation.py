"""Formations: how mats lie before a stage, who gets which, and where a late comer goes. Pure.

`lay_out` gives mats from the front to the rear, `assign` gives people the front ones of them, and
`late` a further one. Nobody who has a mat is moved by any of it.
"""

import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.gathering import Anchor, FormationKind
from hearth_server.rooms.gathering.ground import (
    F64,
    MAT_REACH_M,
    Floor,
    floor_of,
    in_the_round,
    stage_of,
)
from hearth_server.rooms.gathering.laying import STEP_M, Laid, Line, Manner, Shade, lay
from hearth_server.rooms.gathering.layout import APART_M, Mats, hidden_by_others
from hearth_server.rooms.gathering.seating import People, assign, late

__all__ = [
    "Floor", "Laying", "Mats", "People", "assign", "floor_of", "hidden_by_others", "late",
    "lay_out", "stage_of",
]  # fmt: skip

#: From the stage's middle to the first mat, metres.
FIRST_M: Final = 2.6
#: Once all mats fit, so many are laid in vain at most to find a better way.
MATS_TRIED: Final = 300
#: After so many others have their turn, if one way does not take more.
MATS_AT_ONCE: Final = 300
_RADIUS_STEP_M: Final = 0.2
_AROUND: Final = 360
#: How much further apart mats may lie, how much wider the rows be, and how far behind each other.
_TRIES: Final = ((1.6, 1.0, 2.4), (2.2, 1.3, APART_M), (1.2, 1.3, APART_M), (2.8, 1.6, APART_M))
#: The same on an arc, with how far around it may go, degrees.
_ARC_TRIES: Final = (
    (1.6, 2.4, 60.0),
    (1.6, APART_M, 60.0),
    (1.6, APART_M, 75.0),
    (2.4, APART_M, 85.0),
    (1.0, APART_M, 85.0),
    (0.5, APART_M, 95.0),
    (0.0, APART_M, 110.0),
)
_MANY: Final = 150
#: Where many lie, spots are looked at this far from each other.
_MANY_STEP_M: Final = 0.1
#: A floor is full when so much of it is taken: edges and corners are not of use.
_FULL: Final = 0.96


@dataclass(frozen=True, slots=True)
class _Plan:
    """One way to lay mats out: how far apart the lines are, and how far they go around."""

    manner: Manner
    pitch_m: float
    span_deg: float = 180.0
    step_m: float = STEP_M


def lay_out(kind: FormationKind, count: int, floor: Floor, stage: Anchor) -> Mats:
    """Lay out mats: apart, in sight of the stage, inside the floor; fewer if no more fit.

    Args:
        kind: rows that look the way the stage is; arcs that look at it; a circle that the stage
            is part of, or rings around a stage in the middle or of too many for one circle.
        count: of mats wished for.
        floor: where they may lie, see `floor_of`.
        stage: see `stage_of`.
    """
    ways = _ways(kind, count, floor, stage)
    while True:
        try:
            next(ways)
        except StopIteration as all_tried:
            found: Mats = all_tried.value
            return found


class Laying:
    """Mats that are laid out a part at a time, because others cannot wait for all of it.

    Args:
        kind, count, floor, stage: as of `lay_out`, which gives the same.

    Attributes:
        mats: how they lie, once that is found.
        least: so many fit at least, as far as is known.
    """

    def __init__(self, kind: FormationKind, count: int, floor: Floor, stage: Anchor) -> None:
        self.mats: Mats | None = None
        self.least = 0
        self._count = count
        self._ways = _ways(kind, count, floor, stage)

    def go_on(self) -> Mats | None:
        """Lay some more, and on until any mat is found to fit.

        Returns:
            The mats, if they all lie and there is time left to do something with them.
        """
        laid = 0
        while self.mats is None and (laid < MATS_AT_ONCE or not self.least):
            try:
                self.least = next(self._ways)
            except StopIteration as all_tried:
                self.mats = all_tried.value
                self.least = len(self.mats)
            laid += self._count
        return self.mats if laid < MATS_AT_ONCE else None


def _ways(
    kind: FormationKind, count: int, floor: Floor, stage: Anchor
) -> Generator[int, None, Mats]:
    """Try one way to lay mats out after the other; give how many fit, in the end the mats."""
    if kind == "none" or count <= 0:
        return _mats("none", Laid([], [], []), stage)
    if kind == "circle" and not in_the_round(stage, floor):
        ring = _one_ring(count, floor, stage)
        if ring is not None:
            return _mats(kind, ring, stage)
    best: Laid | None = None
    plans, area_m2, tried = list(_plans(kind, count)), _area_m2(kind, floor, stage), 0
    for plan in plans:
        if best is not None and len(best.row) == count and tried * count >= MATS_TRIED:
            break
        if plan is not plans[-1] and area_m2 < count * APART_M * plan.pitch_m * _FULL:
            continue
        if best is not None:
            yield len(best.row)
        tried += 1
        shade = Shade(stage.x, stage.z)
        laid = lay(_lines(kind, floor, stage, plan), count, floor, shade, plan.manner)
        if best is None or (-len(laid.row), laid.hidden) < (-len(best.row), best.hidden):
            best = laid
        if len(laid.row) == count and laid.hidden == 0:
            break
    assert best is not None
    return _mats(kind, best, stage)


def _mats(kind: FormationKind, laid: Laid, stage: Anchor) -> Mats:
    return Mats(
        kind=kind,
        xz=np.array(laid.xz, np.float64).reshape(-1, 2),
        yaw_deg=np.array(laid.yaw_deg, np.float64),
        row=np.array(laid.row, np.int64),
        stage=stage,
    )


def _plans(kind: FormationKind, count: int) -> Iterator[_Plan]:
    """Give the ways to lay mats out, the most generous first."""
    step_m = STEP_M if count <= _MANY else _MANY_STEP_M
    if kind == "rows":
        # A block about half as deep as wide looks like a class and not like a queue.
        wide = max(3, math.ceil(math.sqrt(count * 1.6)))
        if count <= _MANY:
            yield _Plan(Manner(1.6, wide, alike=True), 2.4)
        yield _Plan(Manner(1.6, wide), 2.4, step_m=step_m)
        for gap_m, wider, pitch_m in _TRIES:
            manner = Manner(gap_m, math.ceil(wide * wider), snug=True)
            yield _Plan(manner, pitch_m, step_m=step_m)
        yield _Plan(Manner(1.0, count, snug=True), APART_M, step_m=step_m)
        # As close as can be, every second line between the mats of the one before.
        close_m = math.ceil(APART_M * math.sin(math.pi / 3) * 100) / 100
        yield _Plan(Manner(0.3, count, snug=True), close_m, step_m=step_m)
        yield _Plan(Manner(0.0, count), close_m, step_m=step_m)
        return
    # Many do not fit into the narrower arcs.
    tries = _ARC_TRIES if count <= _MANY else _ARC_TRIES[-3:]
    for gap_m, pitch_m, span_deg in tries:
        manner = Manner(gap_m, count, snug=pitch_m == APART_M and gap_m > 0.0)
        yield _Plan(manner, pitch_m, span_deg if kind == "arc" else 180.0, step_m)


# --- lines ---------------------------------------------------------------------------------------


def _lines(kind: FormationKind, floor: Floor, stage: Anchor, plan: _Plan) -> Iterator[Line]:
    first_m = _first_m(floor, stage) if kind != "circle" else FIRST_M
    most_m = 2.0 * floor.reach_m * math.sqrt(2.0)
    for at in range(math.ceil(most_m / plan.pitch_m)):
        away_m = first_m + at * plan.pitch_m
        line = (
            _row(stage, away_m, most_m, plan)
            if kind == "rows"
            else _arc(stage, away_m, plan.span_deg, plan.step_m)
        )
        within = np.flatnonzero((np.abs(line.xz) <= floor.reach_m).all(axis=1))
        if within.size == 0:
            continue
        begin, end = int(within[0]), int(within[-1]) + 1
        yield replace(
            line,
            xz=line.xz[begin:end],
            yaw_deg=line.yaw_deg[begin:end],
            middle=line.middle - begin,
        )


def _ahead(stage: Anchor) -> tuple[F64, F64]:
    """Return where the stage faces, and what is to its right."""
    yaw = math.radians(stage.yaw_deg)
    ahead = np.array([-math.sin(yaw), -math.cos(yaw)])
    return ahead, np.array([-ahead[1], ahead[0]])


def _area_m2(kind: FormationKind, floor: Floor, stage: Anchor) -> float:
    """Return about how much floor there is for mats; before the stage, unless all around it."""
    steps = np.arange(-floor.reach_m, floor.reach_m + 0.5)
    xz = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    ahead, _ = _ahead(stage)
    before = (xz - np.array([stage.x, stage.z])) @ ahead >= _first_m(floor, stage) - 1.0
    return float((floor.free(xz) & (before | (kind != "rows"))).sum())


def _first_m(floor: Floor, stage: Anchor) -> float:
    """Return how far before the stage's middle the first mats lie: off the stage's own floor."""
    ahead, _ = _ahead(stage)
    first_m = FIRST_M
    for box in floor.kept_free:
        if box.x0 <= stage.x <= box.x1 and box.z0 <= stage.z <= box.z1:
            reach = max(
                float(ahead @ np.array([x - stage.x, z - stage.z]))
                for x in (box.x0, box.x1)
                for z in (box.z0, box.z1)
            )
            first_m = max(first_m, reach + MAT_REACH_M)
    return first_m


def _row(stage: Anchor, away_m: float, half_m: float, plan: _Plan) -> Line:
    ahead, right = _ahead(stage)
    steps = math.ceil(half_m / plan.step_m)
    along_m = np.arange(-steps, steps + 1) * plan.step_m
    xz = np.array([stage.x, stage.z]) + ahead * away_m + right * along_m[:, None]
    yaw_deg = np.full(along_m.size, _turned(stage.yaw_deg + 180.0))
    aside_m = math.sqrt(max(APART_M**2 - plan.pitch_m**2, 0.0))
    return Line(xz, yaw_deg, steps, aside_m=aside_m, step_m=plan.step_m)


def _arc(stage: Anchor, radius_m: float, span_deg: float, step_m: float) -> Line:
    ahead, right = _ahead(stage)
    steps = math.floor(math.radians(span_deg) * radius_m / step_m)
    turn = np.arange(-steps, steps + 1) * (step_m / radius_m)
    away = ahead * np.cos(turn)[:, None] + right * np.sin(turn)[:, None]
    along_m = 2.0 * radius_m * math.asin(min(1.0, APART_M / (2.0 * radius_m)))
    xz = np.array([stage.x, stage.z]) + away * radius_m
    around = math.floor(2.0 * math.pi * radius_m / step_m) if span_deg >= 180.0 else 0
    return Line(xz, _looking_back(away), steps, along_m, around, step_m=step_m)


def _looking_back(away: F64) -> F64:
    """Return the yaw of who looks back to where they were sent from along `away`, [n, 2]."""
    degrees: F64 = np.degrees(np.arctan2(away[:, 0], away[:, 1]))
    return degrees


def _turned(degrees: float) -> float:
    return (degrees + 180.0) % 360.0 - 180.0


# --- one circle ----------------------------------------------------------------------------------


def _one_ring(count: int, floor: Floor, stage: Anchor) -> Laid | None:
    """Lay one circle with the stage on it, as small as it can be; None if none fits."""
    ahead, right = _ahead(stage)
    around = np.arange(1, _AROUND) * (2.0 * math.pi / _AROUND)
    radius_m = max(FIRST_M, APART_M / (2.0 * math.sin(math.pi / (count + 1))))
    while radius_m <= floor.reach_m:
        middle = np.array([stage.x, stage.z]) + ahead * radius_m

        def on(turn: NDArray[np.floating], middle: F64 = middle, radius_m: float = radius_m) -> F64:
            spots: F64 = middle + radius_m * (
                right * np.sin(turn)[:, None] - ahead * np.cos(turn)[:, None]
            )
            return spots

        blocked = np.minimum(around, 2.0 * math.pi - around)[~floor.free(on(around))]
        gap = max(float(blocked.max(initial=0.0)) + around[0], 2.0 * math.pi / (count + 1))
        turns: F64 = np.array([math.pi])
        if count > 1:
            turns = np.linspace(gap, 2.0 * math.pi - gap, count)
        step = (2.0 * math.pi - 2.0 * gap) / max(count - 1, 1)
        far_enough = count == 1 or 2.0 * radius_m * math.sin(step / 2.0) >= APART_M - 1e-9
        if gap < math.pi and far_enough and step > 0.0 and bool(floor.free(on(turns)).all()):
            order = np.argsort(np.minimum(turns, 2.0 * math.pi - turns).round(9), kind="stable")
            spots = on(turns[order])
            return Laid(list(spots), _looking_back(spots - middle).tolist(), [0] * count)
        radius_m += _RADIUS_STEP_M
    return None
