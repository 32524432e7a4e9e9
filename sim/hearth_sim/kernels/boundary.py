"""Hold whoever closes in at the edge of the other's boundary, horizontally.

Heads are looked at from above: a boundary is a column. Until the end of the kernel the poses
stay as they arrived and `grid.x` and `grid.z` say where people are held. Nobody leaves the
room's bounds, nobody is moved who did not come closer, and who cannot be held at an edge (because
of others, or a wall) stays where they were. Pairs that are then still too near are left to
`withhold`.
"""

import math

import numpy as np

from hearth_protocol.kernels._jit import inner, kernel
from hearth_sim.arrays import (
    F32,
    I32,
    Bodies,
    Grid,
    Links,
    Pairs,
    Report,
    Rooms,
    Slots,
    Tuning,
)
from hearth_sim.boundary_arrays import (
    HOLD_M,
    INSIDE_M,
    MOVED,
    PAUSE_S,
    PLACE_REACH_M,
    PUSH_M,
    PUSH_S,
    RAN,
    ROUNDING_M,
    STEPS,
    Boundaries,
)
from hearth_sim.kernels.nearness import (
    apart_m,
    find_record,
    make_record,
    pair_radius,
    tell_change,
)
from hearth_sim.reasons import Correction

_BOUNDARY = int(Correction.BOUNDARY)
_LEFT = 7
_RIGHT = 14
_PASSES = 8
_TINY_M = 1e-6
#: Turns by this angle never come back to where they began: whoever stand on one spot part ways.
_GOLDEN_ANGLE = 2.399963


@inner
def _come_in(
    ran: int, slots: Slots, bodies: Bodies, rooms: Rooms, grid: Grid, boundary: Boundaries
) -> None:
    """Find the widest wish in each room and who is at their place."""
    boundary.widest[:] = 0.0
    for place in range(grid.counts[0]):
        slot = grid.order[place]
        room = slots.room[slot]
        if slots.hidden[slot] == 0:
            boundary.widest[room] = max(boundary.widest[room], boundary.radius[slot])
        if ran == 0:
            # Nobody looked before: everybody is where they were.
            boundary.last[slot, 0] = bodies.pose[slot, 0]
            boundary.last[slot, 1] = bodies.pose[slot, 2]
        boundary.seated[slot] = 0
        if boundary.placed[slot] != 0:
            dx = bodies.pose[slot, 0] - boundary.spot[slot, 0]
            dz = bodies.pose[slot, 2] - boundary.spot[slot, 1]
            boundary.seated[slot] = dx * dx + dz * dz <= PLACE_REACH_M * PLACE_REACH_M


@inner
def _near_anybody(
    here: int,
    room: int,
    reach: np.float32,
    cell_base: I32,
    cell_m: F32,
    cells_x: I32,
    cells_z: I32,
    minimum: F32,
    starts: I32,
    x: F32,
    z: F32,
) -> bool:
    """Say whether anybody else stands within `reach` of the person at this sorted place."""
    inverse = np.float32(1.0) / cell_m[room]
    local_x = x[here] - minimum[room, 0]
    local_z = z[here] - minimum[room, 2]
    wider = reach + np.float32(ROUNDING_M)
    first_x = max(int((local_x - wider) * inverse), 0)
    last_x = min(int((local_x + wider) * inverse), int(cells_x[room]) - 1)
    first_z = max(int((local_z - wider) * inverse), 0)
    last_z = min(int((local_z + wider) * inverse), int(cells_z[room]) - 1)
    reach2 = reach * reach
    found = 0
    for cell_z in range(first_z, last_z + 1):
        row = int(cell_base[room]) + cell_z * int(cells_x[room])
        for place in range(np.uintp(starts[row + first_x]), np.uintp(starts[row + last_x + 1])):
            dx = x[place] - x[here]
            dz = z[place] - z[here]
            found += dx * dx + dz * dz < reach2
    return found > 1


@inner
def _closing(ax: float, az: float, a: int, b: int, before_m: float, boundary: Boundaries) -> float:
    """Give by how much `a`, now at (ax, az), came nearer to where `b` was."""
    last = boundary.last
    return max(before_m - apart_m(ax, az, float(last[b, 0]), float(last[b, 1])), 0.0)


@inner
def _shares(
    a: int, b: int, ax: float, az: float, bx: float, bz: float, boundary: Boundaries
) -> tuple[float, float]:
    """Give which part of the way back each of the two has to go; (0, 0): neither.

    Who came just now goes all of it. Who sits at a place goes nowhere.
    """
    last = boundary.last
    if boundary.fresh[a] | boundary.fresh[b] != 0:
        part_a = float(boundary.fresh[a])
        part_b = float(boundary.fresh[b])
    else:
        before_m = apart_m(
            float(last[a, 0]), float(last[a, 1]), float(last[b, 0]), float(last[b, 1])
        )
        part_a = _closing(ax, az, a, b, before_m, boundary)
        part_b = _closing(bx, bz, b, a, before_m, boundary)
        if part_a + part_b < _TINY_M:
            part_a = apart_m(ax, az, float(last[a, 0]), float(last[a, 1]))
            part_b = apart_m(bx, bz, float(last[b, 0]), float(last[b, 1]))
    if boundary.seated[a] != 0:
        part_a = 0.0
    if boundary.seated[b] != 0:
        part_b = 0.0
    total = part_a + part_b
    if total < _TINY_M:
        return 0.0, 0.0
    return part_a / total, part_b / total


@inner
def _place_at(
    slot: int, x: float, z: float, slots: Slots, rooms: Rooms, grid: Grid, boundary: Boundaries
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


@inner
def _note_push(a: int, b: int, slots: Slots, boundary: Boundaries, tick_hz: int) -> None:
    """Count a tick of pushing; after `PUSH_S` of it the pair vanishes for each other."""
    at = find_record(a, b, slots.generation, boundary)
    if at < 0:
        at = make_record(a, b, slots.generation, boundary)
    if at < 0:
        return
    step = boundary.counts[STEPS]
    passed = step - boundary.pushed_at[at]
    boundary.pushed_at[at] = step
    if passed > PAUSE_S * tick_hz:
        boundary.pushed[at] = 0
    boundary.pushed[at] += max(passed, 1)
    if boundary.pushed[at] > PUSH_S * tick_hz:
        boundary.faded[at] = 1
        tell_change(at, 1, boundary)


@inner
def _was_parted(a: int, b: int, wide: float, slots: Slots, boundary: Boundaries) -> bool:
    """Say whether the two vanished for each other, or were this near before it was forbidden."""
    at = find_record(a, b, slots.generation, boundary)
    if at >= 0 and boundary.faded[at] != 0:
        return True
    if boundary.fresh[a] | boundary.fresh[b] != 0:
        return False
    last = boundary.last
    before_m = apart_m(float(last[a, 0]), float(last[a, 1]), float(last[b, 0]), float(last[b, 1]))
    return before_m < wide + INSIDE_M


@inner
def _push(
    a: int,
    b: int,
    wide: float,
    turn: int,
    slots: Slots,
    bodies: Bodies,
    rooms: Rooms,
    grid: Grid,
    boundary: Boundaries,
    tick_hz: int,
) -> bool:
    """Send the two back along the line between them, each their share; say whether one moved."""
    place_a = grid.place[a]
    place_b = grid.place[b]
    ax = float(grid.x[place_a])
    az = float(grid.z[place_a])
    bx = float(grid.x[place_b])
    bz = float(grid.z[place_b])
    share_a, share_b = _shares(a, b, ax, az, bx, bz, boundary)
    if share_a + share_b == 0.0:
        return False
    away = apart_m(ax, az, bx, bz)
    depth = wide + HOLD_M - away
    if away > _TINY_M:
        to_x = (ax - bx) / away
        to_z = (az - bz) / away
    else:
        to_x = math.cos(_GOLDEN_ANGLE * a)
        to_z = math.sin(_GOLDEN_ANGLE * a)
    if turn == 0 and depth > PUSH_M:
        _note_push(a, b, slots, boundary, tick_hz)
    if share_a > 0.0:
        _place_at(
            a, ax + to_x * depth * share_a, az + to_z * depth * share_a,
            slots, rooms, grid, boundary,
        )  # fmt: skip
    if share_b > 0.0:
        _place_at(
            b, bx - to_x * depth * share_b, bz - to_z * depth * share_b,
            slots, rooms, grid, boundary,
        )  # fmt: skip
    for slot in (a, b):
        held = apart_m(
            float(grid.x[grid.place[slot]]),
            float(grid.z[grid.place[slot]]),
            float(bodies.pose[slot, 0]),
            float(bodies.pose[slot, 2]),
        )
        boundary.drift[0] = max(boundary.drift[0], np.float32(held))
    return True


@inner
def _stay(slot: int, slots: Slots, rooms: Rooms, grid: Grid, boundary: Boundaries) -> bool:
    """Hold somebody where they were at the end of the last step; False if that was done before."""
    if boundary.moved[slot] == 2 or boundary.fresh[slot] != 0 or boundary.seated[slot] != 0:
        return False
    last_x = float(boundary.last[slot, 0])
    last_z = float(boundary.last[slot, 1])
    _place_at(slot, last_x, last_z, slots, rooms, grid, boundary)
    boundary.moved[slot] = 2
    boundary.mover[boundary.counts[MOVED]] = slot
    boundary.counts[MOVED] += 1
    return True


@inner
def _settle(
    a: int,
    turn: int,
    slots: Slots,
    bodies: Bodies,
    pairs: Pairs,
    rooms: Rooms,
    grid: Grid,
    boundary: Boundaries,
    tick_hz: int,
) -> bool:
    """Part `a` from everybody too near; say whether somebody moved.

    turn: counts the passes; negative: who is too near stays where they were.
    """
    room = slots.room[a]
    here = grid.place[a]
    # Cells are those of the poses as they arrived; both may have been held back since.
    reach = boundary.widest[room] + np.float32(INSIDE_M) + boundary.drift[0]
    inverse = np.float32(1.0) / rooms.cell_m[room]
    local_x = grid.x[here] - rooms.minimum[room, 0]
    local_z = grid.z[here] - rooms.minimum[room, 2]
    wider = reach + np.float32(ROUNDING_M)
    first_x = max(int((local_x - wider) * inverse), 0)
    last_x = min(int((local_x + wider) * inverse), int(rooms.cells_x[room]) - 1)
    first_z = max(int((local_z - wider) * inverse), 0)
    last_z = min(int((local_z + wider) * inverse), int(rooms.cells_z[room]) - 1)
    moved = False
    for cell_z in range(first_z, last_z + 1):
        row = int(rooms.cell_base[room]) + cell_z * int(rooms.cells_x[room])
        for place in range(grid.starts[row + first_x], grid.starts[row + last_x + 1]):
            b = grid.order[place]
            wish = float(max(boundary.radius[a], boundary.radius[b])) + INSIDE_M
            away = apart_m(
                float(grid.x[here]), float(grid.z[here]), float(grid.x[place]), float(grid.z[place])
            )
            if b == a or away >= wish:
                continue
            wide = float(
                pair_radius(
                    a,
                    b,
                    boundary.mode,
                    boundary.radius,
                    boundary.seated,
                    pairs.friend_count,
                    pairs.friend,
                    pairs.excluded_count,
                    pairs.excluded,
                    boundary.consent_count,
                    boundary.consent,
                )
            )
            if wide <= 0.0 or away >= wide + INSIDE_M or _was_parted(a, b, wide, slots, boundary):
                continue
            if turn >= 0:
                if _push(a, b, wide, turn, slots, bodies, rooms, grid, boundary, tick_hz):
                    moved = True
            elif _stay(a, slots, rooms, grid, boundary) or _stay(b, slots, rooms, grid, boundary):
                moved = True
    return moved


@inner
def _take_over(
    slots: Slots, bodies: Bodies, links: Links, grid: Grid, report: Report, boundary: Boundaries
) -> int:
    """Move the bodies to where people are held, hands along; give how many that were."""
    held = 0
    for at in range(boundary.counts[MOVED]):
        slot = boundary.mover[at]
        boundary.moved[slot] = 0
        place = grid.place[slot]
        pose = bodies.pose[slot]
        dx = grid.x[place] - pose[0]
        dz = grid.z[place] - pose[2]
        if dx == 0.0 and dz == 0.0:
            continue
        held += 1
        for part in (0, _LEFT, _RIGHT):
            pose[part] += dx
            pose[part + 2] += dz
        # The sums may be off by a rounding.
        pose[0] = grid.x[place]
        pose[2] = grid.z[place]
        slots.touched[slot] = max(slots.touched[slot], 1)
        report.corrections[_BOUNDARY] += 1
        if links.has_pose[slot] != 0:
            links.correction[slot] = _BOUNDARY
            links.correction_seq[slot] = links.last_seq[slot]
    return held


@kernel
def hold_apart(
    slots: Slots,
    bodies: Bodies,
    links: Links,
    pairs: Pairs,
    rooms: Rooms,
    grid: Grid,
    report: Report,
    boundary: Boundaries,
    tuning: Tuning,
) -> int:
    """Hold people out of each other's boundaries; give how many were moved.

    The grid must be built of the poses of this step; if anybody was moved, it must be built anew.
    """
    counts = boundary.counts
    counts[STEPS] += 1
    _come_in(int(counts[RAN]), slots, bodies, rooms, grid, boundary)
    counts[RAN] = 1
    counts[MOVED] = 0
    boundary.drift[0] = 0.0
    people = int(grid.counts[0])
    for place in range(people):
        slot = int(grid.order[place])
        room = int(slots.room[slot])
        if boundary.widest[room] == 0.0 or slots.hidden[slot] != 0:
            continue
        came = grid.x[place] != boundary.last[slot, 0] or grid.z[place] != boundary.last[slot, 1]
        if not came and boundary.fresh[slot] == 0:
            continue
        reach = boundary.widest[room] + np.float32(INSIDE_M)
        if _near_anybody(
            place, room, reach, rooms.cell_base, rooms.cell_m, rooms.cells_x, rooms.cells_z,
            rooms.minimum, grid.starts, grid.x, grid.z,
        ):  # fmt: skip
            _settle(slot, 0, slots, bodies, pairs, rooms, grid, boundary, tuning.tick_hz)
    for turn in range(1, _PASSES):
        changed = False
        at = 0
        while at < counts[MOVED]:
            slot = int(boundary.mover[at])
            if _settle(slot, turn, slots, bodies, pairs, rooms, grid, boundary, tuning.tick_hz):
                changed = True
            at += 1
        if not changed:
            break
    at = 0
    while at < counts[MOVED]:
        slot = int(boundary.mover[at])
        _settle(slot, -1, slots, bodies, pairs, rooms, grid, boundary, tuning.tick_hz)
        at += 1
    for place in range(people):
        slot = int(grid.order[place])
        boundary.last[slot, 0] = grid.x[place]
        boundary.last[slot, 1] = grid.z[place]
        boundary.fresh[slot] = 0
    return _take_over(slots, bodies, links, grid, report, boundary)
