"""Hold whoever closes in at the edge of the other's boundary, horizontally.

Heads are looked at from above: a boundary is a column. Until the end of the kernel the poses
stay as they arrived and `grid.x` and `grid.z` say where people are held. Nobody leaves the
room's bounds, nobody is moved who did not come closer, and who cannot be held at an edge (because
of others, or a wall) stays where they were. Pairs that are then still too near are left to
`withhold`.
"""

import math

import numpy as np

from hearth_protocol.kernels._jit import inlined, uncounted_kernel
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
    PUSH_M,
    PUSH_S,
    QUEUED,
    RAN,
    ROUNDING_M,
    STEPS,
    TAKEN,
    Boundaries,
)
from hearth_sim.kernels.nearness import (
    apart_m,
    find_record,
    is_seated,
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


@inlined
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
        boundary.seated[slot] = is_seated(
            slot, boundary.placed, boundary.spot, grid.x[place], grid.z[place]
        )


@inlined
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


@inlined
def _closing(ax: float, az: float, a: int, b: int, before_m: float, boundary: Boundaries) -> float:
    """Give by how much `a`, now at (ax, az), came nearer to where `b` was."""
    last = boundary.last
    return max(before_m - apart_m(ax, az, float(last[b, 0]), float(last[b, 1])), 0.0)


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
def _enqueue(slot: int, boundary: Boundaries) -> None:
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
    _enqueue(slot, boundary)


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
def _was_parted(a: int, b: int, wide: float, slots: Slots, boundary: Boundaries) -> bool:
    """Say whether the two vanished for each other, or were this near before it was forbidden."""
    at = find_record(a, b, slots.generation, boundary)
    last = boundary.last
    before_m = apart_m(float(last[a, 0]), float(last[a, 1]), float(last[b, 0]), float(last[b, 1]))
    came = boundary.fresh[a] | boundary.fresh[b] != 0
    return (at >= 0 and boundary.faded[at] != 0) or (not came and before_m < wide + INSIDE_M)


@inlined
def _push(
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
def _stay(
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


@inlined
def _take_over(
    slots: Slots, bodies: Bodies, links: Links, grid: Grid, report: Report, boundary: Boundaries
) -> int:
    """Move the bodies to where people are held, hands along; give how many that were."""
    held = 0
    for at in range(boundary.counts[MOVED]):
        slot = boundary.mover[at]
        boundary.moved[slot] = 0
        place = grid.place[slot]
        dx = grid.x[place] - bodies.pose[slot, 0]
        dz = grid.z[place] - bodies.pose[slot, 2]
        if dx == 0.0 and dz == 0.0:
            continue
        held += 1
        for part in (0, _LEFT, _RIGHT):
            bodies.pose[slot, part] += dx
            bodies.pose[slot, part + 2] += dz
        # The sums may be off by a rounding.
        bodies.pose[slot, 0] = grid.x[place]
        bodies.pose[slot, 2] = grid.z[place]
        slots.touched[slot] = max(slots.touched[slot], 1)
        report.corrections[_BOUNDARY] += 1
        if links.has_pose[slot] != 0:
            links.correction[slot] = _BOUNDARY
            links.correction_seq[slot] = links.last_seq[slot]
    return held


@uncounted_kernel
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
    Whoever moved and has somebody near is looked at; whoever is moved is looked at again, and
    from the last of `_PASSES` on put where they were. Nobody is put there twice, so it ends.
    """
    counts = boundary.counts
    counts[STEPS] += 1
    _come_in(int(counts[RAN]), slots, bodies, rooms, grid, boundary)
    counts[RAN] = 1
    counts[MOVED] = 0
    counts[QUEUED] = 0
    counts[TAKEN] = 0
    boundary.drift[0] = 0.0
    radius = boundary.radius
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
            _enqueue(slot, boundary)
    while counts[TAKEN] < counts[QUEUED]:
        a = int(boundary.queue[counts[TAKEN] % boundary.queue.shape[0]])
        counts[TAKEN] += 1
        boundary.queued[a] = 0
        boundary.visits[a] += boundary.visits[a] < _PASSES
        room = int(slots.room[a])
        here = grid.place[a]
        # Cells are those of the poses as they arrived; both may have been held back since.
        reach = boundary.widest[room] + np.float32(INSIDE_M) + boundary.drift[0]
        wider = reach + np.float32(ROUNDING_M)
        inverse = np.float32(1.0) / rooms.cell_m[room]
        local_x = grid.x[here] - rooms.minimum[room, 0]
        local_z = grid.z[here] - rooms.minimum[room, 2]
        first_x = max(int((local_x - wider) * inverse), 0)
        last_x = min(int((local_x + wider) * inverse), int(rooms.cells_x[room]) - 1)
        first_z = max(int((local_z - wider) * inverse), 0)
        last_z = min(int((local_z + wider) * inverse), int(rooms.cells_z[room]) - 1)
        for cell_z in range(first_z, last_z + 1):
            row = int(rooms.cell_base[room]) + cell_z * int(rooms.cells_x[room])
            for place in range(grid.starts[row + first_x], grid.starts[row + last_x + 1]):
                dx = grid.x[here] - grid.x[place]
                dz = grid.z[here] - grid.z[place]
                d2 = dx * dx + dz * dz
                if d2 >= reach * reach or place == here:
                    continue
                b = int(grid.order[place])
                away = math.sqrt(float(d2))
                if away >= float(max(radius[a], radius[b])) + INSIDE_M:
                    continue
                wide = float(
                    pair_radius(
                        a,
                        b,
                        boundary.mode,
                        radius,
                        boundary.seated,
                        pairs.friend_count,
                        pairs.friend,
                        pairs.excluded_count,
                        pairs.excluded,
                        boundary.consent_count,
                        boundary.consent,
                    )
                )
                if wide <= 0.0 or away >= wide + INSIDE_M:
                    continue
                if _was_parted(a, b, wide, slots, boundary):
                    continue
                if boundary.visits[a] < _PASSES:
                    _push(a, b, wide, slots, bodies, rooms, grid, boundary, tuning.tick_hz)
                else:
                    _stay(a, b, slots, bodies, rooms, grid, boundary)
    for place in range(people):
        slot = int(grid.order[place])
        boundary.last[slot, 0] = grid.x[place]
        boundary.last[slot, 1] = grid.z[place]
        boundary.fresh[slot] = 0
        boundary.visits[slot] = 0
    return _take_over(slots, bodies, links, grid, report, boundary)
