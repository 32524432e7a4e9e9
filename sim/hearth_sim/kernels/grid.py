"""Sort everybody by room and cell: one counting sort for all rooms of the world."""

import numpy as np

from hearth_protocol.kernels._jit import inner, kernel
from hearth_sim.arrays import I32, Bodies, Grid, Rooms, Slots

#: Where the hidden stand in the sorted arrays: beyond every radius, squares still exact enough.
FAR_AWAY_M = 3.0e5


@kernel
def build_grid(slots: Slots, bodies: Bodies, rooms: Rooms, grid: Grid) -> int:
    """Fill every array of `grid`; give the number of people.

    Two sorts by counting: by room (slots ascending, for turns that do not depend on where
    people walk) and by cell. Cells of a room follow each other row by row, and rooms follow
    each other, so a search reads a few straight stretches of memory.
    """
    starts = grid.starts
    room_starts = grid.room_starts
    boosted_starts = grid.boosted_starts
    capacity = slots.occupied.shape[0]
    starts[:] = 0
    room_starts[:] = 0
    boosted_starts[:] = 0
    for slot in range(capacity):
        if slots.occupied[slot] == 0:
            continue
        room = slots.room[slot]
        inverse = np.float32(1.0) / rooms.cell_m[room]
        cell_x = int((bodies.pose[slot, 0] - rooms.minimum[room, 0]) * inverse)
        cell_z = int((bodies.pose[slot, 2] - rooms.minimum[room, 2]) * inverse)
        cell_x = min(max(cell_x, 0), rooms.cells_x[room] - 1)
        cell_z = min(max(cell_z, 0), rooms.cells_z[room] - 1)
        cell = rooms.cell_base[room] + cell_z * rooms.cells_x[room] + cell_x
        grid.cell[slot] = cell
        starts[cell] += 1
        room_starts[room] += 1
        if slots.hidden[slot] == 0 and (slots.stage[slot] | slots.talking[slot]) != 0:
            boosted_starts[room] += 1
    _accumulate(starts)
    _accumulate(room_starts)
    _accumulate(boosted_starts)
    # From the back: each total steps down to its group's first place while the group fills.
    for slot in range(capacity - 1, -1, -1):
        if slots.occupied[slot] == 0:
            continue
        room = slots.room[slot]
        room_starts[room] -= 1
        grid.by_room[room_starts[room]] = slot
        seen = slots.hidden[slot] == 0
        if seen and (slots.stage[slot] | slots.talking[slot]) != 0:
            boosted_starts[room] -= 1
            grid.boosted[boosted_starts[room]] = slot
        cell = grid.cell[slot]
        starts[cell] -= 1
        place = starts[cell]
        grid.order[place] = slot
        grid.place[slot] = place
        grid.x[place] = bodies.pose[slot, 0] if seen else np.float32(FAR_AWAY_M)
        grid.y[place] = bodies.pose[slot, 1]
        grid.z[place] = bodies.pose[slot, 2]
    grid.counts[0] = starts[starts.shape[0] - 1]
    grid.counts[1] = boosted_starts[boosted_starts.shape[0] - 1]
    return int(grid.counts[0])


@inner
def _accumulate(totals: I32) -> None:
    """Replace counts by running totals, in place."""
    total = totals[0]
    for at in range(1, totals.shape[0]):
        total += totals[at]
        totals[at] = total
