import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hearth_sim import allocation
from hearth_sim.kernels.grid import build_grid
from hearth_sim.rooms import RoomTable, fit_cells
from hearth_sim.settings import RoomShape


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 5))
def test_everybody_stands_in_their_cell_and_room(seed: int, people: int, room_count: int) -> None:
    rng = np.random.default_rng(seed)
    capacity = 64
    rooms = allocation.allocate_rooms(8)
    table = RoomTable(rooms, radius_m=float(rng.uniform(2.0, 30.0)))
    shapes = [
        RoomShape((-5.0 - i, 0.0, -9.0), (4.0, 5.0, 6.0 + 7 * i), int(rng.integers(1, 50)))
        for i in range(room_count)
    ]
    indices = [table.take(shape) for shape in shapes]
    grid = fit_cells(allocation.allocate_grid(capacity, 8, 0), table.cells)
    slots = allocation.allocate_slots(capacity)
    bodies = allocation.allocate_bodies(capacity)
    taken = rng.permutation(capacity)[:people]
    for slot in taken:
        which = int(rng.integers(room_count))
        slots.occupied[slot] = 1
        slots.room[slot] = indices[which]
        slots.hidden[slot] = rng.random() < 0.2
        slots.stage[slot] = rng.random() < 0.2
        slots.talking[slot] = rng.random() < 0.2
        bodies.pose[slot, :3] = rng.uniform(shapes[which].minimum, shapes[which].maximum)

    assert build_grid(slots, bodies, rooms, grid) == people

    assert sorted(grid.order[:people]) == sorted(taken)
    boosted = (slots.stage | slots.talking) & (1 - slots.hidden) & slots.occupied
    for room, shape in zip(indices, shapes, strict=True):
        members = np.flatnonzero((slots.room == room) & (slots.occupied == 1))
        span = slice(grid.room_starts[room], grid.room_starts[room + 1])
        assert grid.by_room[span].tolist() == members.tolist()
        assert sorted(grid.order[span]) == members.tolist()
        span = slice(grid.boosted_starts[room], grid.boosted_starts[room + 1])
        assert grid.boosted[span].tolist() == [s for s in members if boosted[s]]
        base, wide = rooms.cell_base[room], rooms.cells_x[room]
        for place in range(grid.room_starts[room], grid.room_starts[room + 1]):
            slot = grid.order[place]
            x, _, z = (bodies.pose[slot, :3] - shape.minimum) / rooms.cell_m[room]
            cell = base + min(int(z), rooms.cells_z[room] - 1) * wide + min(int(x), wide - 1)
            assert abs(int(grid.cell[slot]) - cell) in (0, 1, wide)  # rounding at a cell's edge
            assert grid.starts[grid.cell[slot]] <= place < grid.starts[grid.cell[slot] + 1]
            assert (abs(grid.x[place]) > 1e5) == bool(slots.hidden[slot])


def test_cells_are_given_back_when_a_room_closes() -> None:
    rooms = allocation.allocate_rooms(3)
    table = RoomTable(rooms, radius_m=10.0)
    first, second = table.take(RoomShape()), table.take(RoomShape())
    both = table.cells
    table.give_back(first)
    assert table.cells == both // 2
    assert rooms.cell_base[second] == 0
    assert table.take(RoomShape()) == first
    assert table.cells == both
