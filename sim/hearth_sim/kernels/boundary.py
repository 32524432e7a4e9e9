"""Hold whoever closes in at the edge of the other's boundary, horizontally.

Heads are looked at from above: a boundary is a column. Until the end of the kernel the poses
stay as they arrived and `grid.x` and `grid.z` say where people are held. Nobody leaves the
room's bounds, nobody is moved who did not come closer, and who cannot be held at an edge (because
of others, or a wall) stays where they were. Pairs that are then still too near are left to
`withhold`.
"""

import numpy as np

from hearth_protocol.kernels._jit import inlined, uncounted_kernel
from hearth_sim.arrays import Bodies, Grid, Links, Pairs, Report, Rooms, Slots, Tuning
from hearth_sim.boundary_arrays import (
    INSIDE_M,
    MOVED,
    NEAR,
    QUEUED,
    RAN,
    ROUNDING_M,
    SLACK_M,
    STEPS,
    TAKEN,
    Boundaries,
)
from hearth_sim.kernels.nearness import apart_m, is_seated, pair_radius
from hearth_sim.kernels.yielding import enqueue, push, stay, was_parted
from hearth_sim.reasons import Correction

_BOUNDARY = int(Correction.BOUNDARY)
_LEFT = 7
_RIGHT = 14
_PASSES = 8


@inlined
def _look_at(slot: int, grid: Grid, boundary: Boundaries) -> bool:
    """Have somebody looked at if they just came, or are not where they were; say whether."""
    place = grid.place[slot]
    came = grid.x[place] != boundary.last[slot, 0] or grid.z[place] != boundary.last[slot, 1]
    needed = bool(came or boundary.fresh[slot] != 0)
    if needed:
        enqueue(slot, boundary)
    return needed


@inlined
def _gather_near(a: int, boundary: Boundaries) -> int:
    """Make those with whom somebody is noted as near candidates; give how many they are."""
    found = 0
    side = int(boundary.near_first[a])
    while side >= 0:
        boundary.candidate[found] = boundary.near[side >> 1, 1 - (side & 1)]
        boundary.candidate_m[found] = boundary.near_m[side >> 1]
        found += 1
        side = int(boundary.near_next[side])
    return found


@inlined
def _gather_around(
    a: int, slots: Slots, pairs: Pairs, rooms: Rooms, grid: Grid, boundary: Boundaries
) -> int:
    """Make whoever is too near to somebody now candidates; give how many they are."""
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
    found = 0
    for cell_z in range(first_z, last_z + 1):
        row = int(rooms.cell_base[room]) + cell_z * int(rooms.cells_x[room])
        for place in range(grid.starts[row + first_x], grid.starts[row + last_x + 1]):
            dx = grid.x[here] - grid.x[place]
            dz = grid.z[here] - grid.z[place]
            if dx * dx + dz * dz >= reach * reach or place == here:
                continue
            b = int(grid.order[place])
            wide = pair_radius(
                a,
                b,
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
            if wide > 0.0:
                boundary.candidate[found] = b
                boundary.candidate_m[found] = wide
                found += 1
    return found


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
        boundary.seated[slot] = is_seated(
            slot, boundary.placed, boundary.spot, grid.x[place], grid.z[place]
        )
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

    The grid must be built of the poses of this step, and the pairs that are `near` be noted; if
    anybody was moved, the grid must be built anew.
    Whoever came too near to somebody is looked at; whoever is moved is looked at again, and
    from the last of `_PASSES` on put where they were. Nobody is put there twice, so it ends.
    """
    counts = boundary.counts
    counts[STEPS] += 1
    counts[MOVED] = 0
    counts[QUEUED] = 0
    counts[TAKEN] = 0
    boundary.drift[0] = 0.0
    people = int(grid.counts[0])
    if counts[RAN] == 0:
        # Nobody looked before: everybody is where they were.
        for place in range(people):
            slot = int(grid.order[place])
            boundary.last[slot, 0] = bodies.pose[slot, 0]
            boundary.last[slot, 1] = bodies.pose[slot, 2]
        counts[RAN] = 1
    for at in range(counts[NEAR]):
        a = int(boundary.near[at, 0])
        b = int(boundary.near[at, 1])
        dx = grid.x[grid.place[a]] - grid.x[grid.place[b]]
        dz = grid.z[grid.place[a]] - grid.z[grid.place[b]]
        edge = boundary.near_m[at] + np.float32(INSIDE_M)
        # One of them will do: whoever is moved is looked at again.
        if dx * dx + dz * dz < edge * edge and not _look_at(a, grid, boundary):
            _look_at(b, grid, boundary)
    for place in range(people):
        if boundary.lost[grid.order[place]] != 0:
            _look_at(int(grid.order[place]), grid, boundary)
    while counts[TAKEN] < counts[QUEUED]:
        a = int(boundary.queue[counts[TAKEN] % boundary.queue.shape[0]])
        counts[TAKEN] += 1
        boundary.queued[a] = 0
        boundary.visits[a] += boundary.visits[a] < _PASSES
        if boundary.lost[a] != 0 or boundary.drift[0] > np.float32(0.5 * SLACK_M - ROUNDING_M):
            found = _gather_around(a, slots, pairs, rooms, grid, boundary)
        else:
            found = _gather_near(a, boundary)
        for at in range(found):
            b = int(boundary.candidate[at])
            wide = float(boundary.candidate_m[at])
            here = grid.place[a]
            there = grid.place[b]
            away = apart_m(
                float(grid.x[here]),
                float(grid.z[here]),
                float(grid.x[there]),
                float(grid.z[there]),
            )
            if away >= wide + INSIDE_M or was_parted(a, b, wide, slots, boundary):
                continue
            if boundary.visits[a] < _PASSES:
                push(a, b, wide, slots, bodies, rooms, grid, boundary, tuning.tick_hz)
            else:
                stay(a, b, slots, bodies, rooms, grid, boundary)
    for place in range(people):
        slot = int(grid.order[place])
        boundary.last[slot, 0] = grid.x[place]
        boundary.last[slot, 1] = grid.z[place]
        boundary.fresh[slot] = 0
        boundary.visits[slot] = 0
    return _take_over(slots, bodies, links, grid, report, boundary)
