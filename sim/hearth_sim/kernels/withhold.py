"""The last word of boundaries: what is not told to whom, of where everybody is held now.

A pair within its boundary, for whatever reason, vanishes for each other until it is well apart.
Hands within somebody's boundary are withheld from that one.
"""

import numpy as np

from hearth_protocol.kernels._jit import inlined, uncounted_kernel
from hearth_sim.arrays import F32, I32, Bodies, Grid, Pairs, Slots, Tuning
from hearth_sim.boundary_arrays import (
    ALL_OF_THEM,
    BACK,
    BACK_M,
    BLIND,
    ENTRIES,
    HAND_M,
    HANDS,
    INSIDE_M,
    NEAR,
    PAUSE_S,
    RECORDS,
    STEPS,
    Boundaries,
)
from hearth_sim.kernels.nearness import (
    apart_m,
    find_record,
    make_record,
    pair_radius,
    tell_change,
    withhold_from,
)

_LEFT_TRACKED = 1 << 2
_RIGHT_TRACKED = 1 << 3
_LEFT = 7
_RIGHT = 14


@inlined
def _hands_within(
    slot: int, state: I32, pose: F32, x: np.float32, z: np.float32, within: float
) -> bool:
    """Say whether a tracked hand of this slot is within so many metres of (x, z)."""
    within2 = within * within
    left_x = pose[slot, _LEFT] - x
    left_z = pose[slot, _LEFT + 2] - z
    right_x = pose[slot, _RIGHT] - x
    right_z = pose[slot, _RIGHT + 2] - z
    left = state[slot] & _LEFT_TRACKED != 0 and left_x * left_x + left_z * left_z < within2
    right = state[slot] & _RIGHT_TRACKED != 0 and right_x * right_x + right_z * right_z < within2
    return bool(left or right)


@inlined
def _vanish(at: int, boundary: Boundaries) -> None:
    """Withhold the two of a record from each other."""
    low = int(boundary.lower[at])
    high = int(boundary.upper[at])
    withhold_from(low, high, ALL_OF_THEM, boundary)
    withhold_from(high, low, ALL_OF_THEM, boundary)


@inlined
def _keep_records(
    slots: Slots, bodies: Bodies, pairs: Pairs, boundary: Boundaries, tick_hz: int
) -> None:
    """Drop what is over: pushing that paused, people who left, pairs that are well apart."""
    size = int(boundary.counts[RECORDS])
    kept = 0
    boundary.first[:] = -1
    for at in range(size):
        low = int(boundary.lower[at])
        high = int(boundary.upper[at])
        here = slots.occupied[low] != 0 and slots.occupied[high] != 0
        here &= slots.generation[low] == boundary.lower_who[at]
        here &= slots.generation[high] == boundary.upper_who[at]
        if not here:
            continue
        if boundary.faded[at] != 0:
            wide = float(
                pair_radius(
                    low,
                    high,
                    boundary.mode,
                    boundary.radius,
                    boundary.seated,
                    pairs.friend_count,
                    pairs.friend,
                    pairs.excluded_count,
                    pairs.excluded,
                    pairs.excluded_hint,
                    boundary.consent_count,
                    boundary.consent,
                )
            )
            away = apart_m(
                float(bodies.pose[low, 0]),
                float(bodies.pose[low, 2]),
                float(bodies.pose[high, 0]),
                float(bodies.pose[high, 2]),
            )
            over = wide <= 0.0 or away >= max(BACK * wide, wide + BACK_M)
            if over or slots.hidden[low] | slots.hidden[high] != 0:
                tell_change(at, 0, boundary)
                slots.refresh[low] = 1
                slots.refresh[high] = 1
                continue
            _vanish(at, boundary)
        elif boundary.counts[STEPS] - boundary.pushed_at[at] > PAUSE_S * tick_hz:
            continue
        boundary.lower[kept] = low
        boundary.upper[kept] = high
        boundary.lower_who[kept] = boundary.lower_who[at]
        boundary.upper_who[kept] = boundary.upper_who[at]
        boundary.pushed[kept] = boundary.pushed[at]
        boundary.pushed_at[kept] = boundary.pushed_at[at]
        boundary.faded[kept] = boundary.faded[at]
        boundary.next[kept] = boundary.first[low]
        boundary.first[low] = kept
        kept += 1
    boundary.counts[RECORDS] = kept


@inlined
def _part(a: int, b: int, slots: Slots, boundary: Boundaries) -> None:
    """Let a pair that is too near vanish for each other now."""
    at = find_record(a, b, slots.generation, boundary)
    if at < 0:
        at = make_record(a, b, slots.generation, boundary)
    if at < 0:
        # No room to note it: better nothing at all than somebody within a boundary.
        boundary.withheld_first[a] = BLIND
        boundary.withheld_first[b] = BLIND
    elif boundary.faded[at] == 0:
        boundary.faded[at] = 1
        tell_change(at, 1, boundary)
        _vanish(at, boundary)


@inlined
def _has_vanished(a: int, b: int, slots: Slots, boundary: Boundaries) -> bool:
    at = find_record(a, b, slots.generation, boundary)
    return at >= 0 and boundary.faded[at] != 0


@uncounted_kernel
def withhold(
    slots: Slots,
    bodies: Bodies,
    pairs: Pairs,
    grid: Grid,
    boundary: Boundaries,
    tuning: Tuning,
) -> None:
    """Fill `withheld_first` and its entries, bring the records up to date.

    The grid must be built of the poses as held, and of pairs none may be missing in `near`.
    """
    boundary.counts[ENTRIES] = 0
    boundary.withheld_first[:] = -1
    _keep_records(slots, bodies, pairs, boundary, tuning.tick_hz)
    for at in range(boundary.counts[NEAR]):
        a = int(boundary.near[at, 0])
        b = int(boundary.near[at, 1])
        wide = float(boundary.near_m[at])
        here = grid.place[a]
        there = grid.place[b]
        away = apart_m(
            float(grid.x[here]), float(grid.z[here]), float(grid.x[there]), float(grid.z[there])
        )
        within = wide + HAND_M
        if away >= max(wide + INSIDE_M, within + float(max(boundary.hand[a], boundary.hand[b]))):
            continue
        if boundary.seated[a] & boundary.seated[b] != 0:
            continue
        if away < wide + INSIDE_M:
            _part(a, b, slots, boundary)
            continue
        state = bodies.state
        pose = bodies.pose
        of_a = _hands_within(a, state, pose, grid.x[there], grid.z[there], within)
        of_b = _hands_within(b, state, pose, grid.x[here], grid.z[here], within)
        if not (of_a or of_b) or _has_vanished(a, b, slots, boundary):
            continue
        if of_a:
            withhold_from(b, a, HANDS, boundary)
        if of_b:
            withhold_from(a, b, HANDS, boundary)
    for place in range(grid.counts[0]):
        # No room to note whom they are near to.
        if boundary.lost[grid.order[place]] != 0:
            boundary.withheld_first[grid.order[place]] = BLIND
