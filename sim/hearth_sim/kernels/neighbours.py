"""Note the pairs whose boundary may matter in a step: once, for holding and for withholding.

Each pair is looked at once, from the earlier sorted place. Those between whom no boundary holds
are left out, so that neither kernel asks again.
"""

import numpy as np

from hearth_protocol.kernels._jit import inlined, uncounted_kernel
from hearth_sim.arrays import Bodies, Grid, Pairs, Rooms, Slots
from hearth_sim.boundary_arrays import (
    HAND_M,
    INSIDE_M,
    NEAR,
    ROUNDING_M,
    SLACK_M,
    Boundaries,
)
from hearth_sim.kernels.nearness import is_seated, pair_radius

_LEFT_TRACKED = 1 << 2
_RIGHT_TRACKED = 1 << 3
_LEFT = 7
_RIGHT = 14


@inlined
def _measure(slots: Slots, bodies: Bodies, grid: Grid, boundary: Boundaries) -> None:
    """Find the widest wish and the longest reach in each room, and who is at their place."""
    boundary.widest[:] = 0.0
    boundary.hand_most[:] = 0.0
    pose = bodies.pose
    people = int(grid.counts[0])
    for place in range(people):
        slot = grid.order[place]
        room = slots.room[slot]
        if slots.hidden[slot] == 0:
            boundary.widest[room] = max(boundary.widest[room], boundary.radius[slot])
    for place in range(people):
        slot = grid.order[place]
        room = slots.room[slot]
        boundary.lost[slot] = 0
        boundary.near_first[slot] = -1
        if boundary.widest[room] == 0.0 or slots.hidden[slot] != 0:
            continue
        boundary.seated[slot] = is_seated(
            slot, boundary.placed, boundary.spot, grid.x[place], grid.z[place]
        )
        state = bodies.state[slot]
        most2 = np.float32(0.0)
        if state & _LEFT_TRACKED != 0:
            dx = pose[slot, _LEFT] - pose[slot, 0]
            dz = pose[slot, _LEFT + 2] - pose[slot, 2]
            most2 = dx * dx + dz * dz
        if state & _RIGHT_TRACKED != 0:
            dx = pose[slot, _RIGHT] - pose[slot, 0]
            dz = pose[slot, _RIGHT + 2] - pose[slot, 2]
            most2 = max(most2, dx * dx + dz * dz)
        hand = np.sqrt(most2)
        boundary.hand[slot] = hand
        boundary.hand_most[room] = max(boundary.hand_most[room], hand)


@uncounted_kernel
def note_near(
    slots: Slots, bodies: Bodies, pairs: Pairs, rooms: Rooms, grid: Grid, boundary: Boundaries
) -> None:
    """Fill `near`; the grid must be built of the poses as they are."""
    _measure(slots, bodies, grid, boundary)
    radius = boundary.radius
    candidate = boundary.candidate
    most = boundary.near.shape[0]
    count = 0
    least = np.float32(INSIDE_M)
    margin = np.float32(HAND_M)
    slack = np.float32(SLACK_M)
    for here in range(grid.counts[0]):
        a = int(grid.order[here])
        room = int(slots.room[a])
        widest = boundary.widest[room]
        if widest == 0.0 or slots.hidden[a] != 0:
            continue
        x = grid.x[here]
        z = grid.z[here]
        reach = widest + max(least, boundary.hand_most[room] + margin) + slack
        reach2 = reach * reach
        inverse = np.float32(1.0) / rooms.cell_m[room]
        local_x = x - rooms.minimum[room, 0]
        local_z = z - rooms.minimum[room, 2]
        wider = reach + np.float32(ROUNDING_M)
        cells_x = int(rooms.cells_x[room])
        own_z = min(int(local_z * inverse), int(rooms.cells_z[room]) - 1)
        first_x = max(int((local_x - wider) * inverse), 0)
        last_x = min(int((local_x + wider) * inverse), cells_x - 1)
        last_z = min(int((local_z + wider) * inverse), int(rooms.cells_z[room]) - 1)
        gathered = np.uintp(0)
        row = int(rooms.cell_base[room]) + own_z * cells_x
        first = np.uintp(here + 1)
        for cell_z in range(own_z, last_z + 1):
            if cell_z > own_z:
                row += cells_x
                first = np.uintp(grid.starts[row + first_x])
            last = np.uintp(grid.starts[row + last_x + 1])
            # Each is written, and stepped over only if near: no branch, nothing to mispredict.
            for place in range(first, last):
                dx = grid.x[place] - x
                dz = grid.z[place] - z
                candidate[gathered] = place
                gathered += np.uintp(dx * dx + dz * dz < reach2)
        own = boundary.hand[a]
        wish = radius[a]
        for at in range(gathered):
            spot = np.uintp(candidate[at])
            b = int(grid.order[spot])
            larger = max(wish, radius[b])
            dx = grid.x[spot] - x
            dz = grid.z[spot] - z
            d2 = dx * dx + dz * dz
            more = max(least, max(own, boundary.hand[b]) + margin) + slack
            if larger == 0.0 or d2 >= (larger + more) * (larger + more):
                continue
            wide = pair_radius(
                a,
                b,
                boundary.mode,
                radius,
                boundary.seated,
                pairs.friend_count,
                pairs.friend,
                pairs.excluded_count,
                pairs.excluded,
                pairs.excluded_hint,
                boundary.consent_count,
                boundary.consent,
            )
            if wide <= 0.0 or d2 >= (wide + more) * (wide + more):
                continue
            if count < most:
                boundary.near[count, 0] = a
                boundary.near[count, 1] = b
                boundary.near_m[count] = wide
                boundary.near_next[2 * count] = boundary.near_first[a]
                boundary.near_first[a] = 2 * count
                boundary.near_next[2 * count + 1] = boundary.near_first[b]
                boundary.near_first[b] = 2 * count + 1
                count += 1
            else:
                boundary.lost[a] = 1
                boundary.lost[b] = 1
    boundary.counts[NEAR] = count
