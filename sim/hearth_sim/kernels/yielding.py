"""Parts of `hold_apart`: who of two yields, how far, and what pushing leads to."""

import math

import numpy as np

from hearth_protocol.kernels._jit import inlined
from hearth_sim.arrays import Bodies, Grid, Rooms, Slots
from hearth_sim.boundary_arrays import (
    HOLD_M,
    INSIDE_M,
    MOVED,
    PAUSE_S,
    PUSH_M,
    PUSH_S,
    QUEUED,
    STEPS,
    Boundaries,
)
from hearth_sim.kernels.nearness import apart_m, find_record, make_record, tell_change

_TINY_M = 1e-6
#: Turns by this angle never come back to where they began: whoever stand on one spot part ways.
_GOLDEN_ANGLE = 2.399963


@inlined
def _shares(
    a: int, b: int, ax: float, az: float, bx: float, bz: float, boundary: Boundaries
) -> tuple[float, float]:
    """Give which part of the way back each of the two has to go; (0, 0): neither.

    Who came just now goes all of it. Who sits at a place, or is already where they were, goes
    nowhere.
    """
    last = boundary.last
    part_a = float(boundary.fresh[a])
    part_b = float(boundary.fresh[b])
    if part_a + part_b == 0.0:
        before_m = apart_m(
            float(last[a, 0]), float(last[a, 1]), float(last[b, 0]), float(last[b, 1])
        )
        # By how much each came nearer to where the other was.
        part_a = max(before_m - apart_m(ax, az, float(last[b, 0]), float(last[b, 1])), 0.0)
        part_b = max(before_m - apart_m(bx, bz, float(last[a, 0]), float(last[a, 1])), 0.0)
        if part_a + part_b < _TINY_M:
            part_a = apart_m(ax, az, float(last[a, 0]), float(last[a, 1]))
            part_b = apart_m(bx, bz, float(last[b, 0]), float(last[b, 1]))
    if boundary.seated[a] != 0 or boundary.moved[a] == 2:
        part_a = 0.0
    if boundary.seated[b] != 0 or boundary.moved[b] == 2:
        part_b = 0.0
    total = part_a + part_b
    if total < _TINY_M:
        part_a = 0.0
        part_b = 0.0
        total = 1.0
    return part_a / total, part_b / total


@inlined
def enqueue(slot: int, boundary: Boundaries) -> None:
    """Have somebody looked at (again)."""
    if boundary.queued[slot] == 0:
        boundary.queued[slot] = 1
        boundary.queue[boundary.counts[QUEUED] % boundary.queue.shape[0]] = slot
        boundary.counts[QUEUED] += 1


@inlined
def _place_at(
    slot: int,
    x: float,
    z: float,
    slots: Slots,
    bodies: Bodies,
    rooms: Rooms,
    grid: Grid,
    boundary: Boundaries,
) -> None:
    """Hold somebody at (x, z), or as near to it as the room's bounds allow."""
    room = slots.room[slot]
    place = grid.place[slot]
    grid.x[place] = min(max(np.float32(x), rooms.minimum[room, 0]), rooms.maximum[room, 0])
    grid.z[place] = min(max(np.float32(z), rooms.minimum[room, 2]), rooms.maximum[room, 2])
    if boundary.moved[slot] == 0:
        boundary.moved[slot] = 1
        boundary.mover[boundary.counts[MOVED]] = slot
        boundary.counts[MOVED] += 1
    held = apart_m(
        float(grid.x[place]),
        float(grid.z[place]),
        float(bodies.pose[slot, 0]),
        float(bodies.pose[slot, 2]),
    )
    boundary.drift[0] = max(boundary.drift[0], np.float32(held))
    enqueue(slot, boundary)


@inlined
def _note_push(a: int, b: int, slots: Slots, boundary: Boundaries, tick_hz: int) -> None:
    """Count a tick of pushing, once; after `PUSH_S` of it the pair vanishes for each other."""
    at = find_record(a, b, slots.generation, boundary)
    if at < 0:
        at = make_record(a, b, slots.generation, boundary)
    step = boundary.counts[STEPS]
    if at >= 0 and (boundary.pushed[at] == 0 or boundary.pushed_at[at] != step):
        passed = step - boundary.pushed_at[at]
        boundary.pushed_at[at] = step
        if passed > PAUSE_S * tick_hz:
            boundary.pushed[at] = 0
            passed = 1
        boundary.pushed[at] += max(passed, 1)
        if boundary.pushed[at] > PUSH_S * tick_hz:
            boundary.faded[at] = 1
            tell_change(at, 1, boundary)


@inlined
def was_parted(a: int, b: int, wide: float, slots: Slots, boundary: Boundaries) -> bool:
    """Say whether the two vanished for each other, or were this near before it was forbidden."""
    at = find_record(a, b, slots.generation, boundary)
    last = boundary.last
    before_m = apart_m(float(last[a, 0]), float(last[a, 1]), float(last[b, 0]), float(last[b, 1]))
    came = boundary.fresh[a] | boundary.fresh[b] != 0
    return (at >= 0 and boundary.faded[at] != 0) or (not came and before_m < wide + INSIDE_M)


@inlined
def push(
    a: int,
    b: int,
    wide: float,
    slots: Slots,
    bodies: Bodies,
    rooms: Rooms,
    grid: Grid,
    boundary: Boundaries,
    tick_hz: int,
) -> None:
    """Send the two back along the line between them, each their share."""
    ax = float(grid.x[grid.place[a]])
    az = float(grid.z[grid.place[a]])
    bx = float(grid.x[grid.place[b]])
    bz = float(grid.z[grid.place[b]])
    share_a, share_b = _shares(a, b, ax, az, bx, bz, boundary)
    away = apart_m(ax, az, bx, bz)
    depth = wide + HOLD_M - away
    if away > _TINY_M:
        to_x = (ax - bx) / away
        to_z = (az - bz) / away
    else:
        to_x = math.cos(_GOLDEN_ANGLE * a)
        to_z = math.sin(_GOLDEN_ANGLE * a)
    if depth > PUSH_M and share_a + share_b > 0.0:
        _note_push(a, b, slots, boundary, tick_hz)
    # One after the other, in a loop, so that the code of a move stands here once.
    for turn in range(2):
        share = share_a if turn == 0 else share_b
        if share > 0.0:
            slot = a if turn == 0 else b
            x = ax + to_x * depth * share if turn == 0 else bx - to_x * depth * share
            z = az + to_z * depth * share if turn == 0 else bz - to_z * depth * share
            _place_at(slot, x, z, slots, bodies, rooms, grid, boundary)


@inlined
def stay(
    a: int,
    b: int,
    slots: Slots,
    bodies: Bodies,
    rooms: Rooms,
    grid: Grid,
    boundary: Boundaries,
) -> None:
    """Hold `a`, or `b` if that does not help, where they were at the end of the last step."""
    slot = -1
    if boundary.moved[a] != 2 and boundary.fresh[a] == 0 and boundary.seated[a] == 0:
        slot = a
    elif boundary.moved[b] != 2 and boundary.fresh[b] == 0 and boundary.seated[b] == 0:
        slot = b
    if slot >= 0:
        last_x = float(boundary.last[slot, 0])
        last_z = float(boundary.last[slot, 1])
        _place_at(slot, last_x, last_z, slots, bodies, rooms, grid, boundary)
        boundary.moved[slot] = 2
