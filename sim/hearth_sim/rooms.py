"""The open rooms and their blocks of grid cells."""

import heapq
import math

import numpy as np

from hearth_sim.arrays import Grid, Rooms
from hearth_sim.settings import RoomShape
from hearth_sim.slots import WorldFullError

#: A full room has about this many people a cell: few enough to skip, enough to be worth a look.
_PEOPLE_PER_CELL = 3.5
#: Cells are at most this share of the radius, and at least that.
_LARGEST = 1.0 / 3.0
_SMALLEST = 1.0 / 16.0


class RoomTable:
    """Opens and closes rooms; a room is an index into `Rooms`, recycled."""

    def __init__(self, rooms: Rooms, radius_m: float) -> None:
        self._rooms = rooms
        self._radius_m = radius_m
        self._free = list(range(rooms.open.shape[0]))

    def take(self, shape: RoomShape) -> int:
        """Open a room and size its cells; `cells` then tells how many there are in all.

        Raises:
            WorldFullError: no room is free.
        """
        if not self._free:
            raise WorldFullError("no room is free")
        room = heapq.heappop(self._free)
        self._rooms.open[room] = 1
        self.reshape(room, shape)
        return room

    def reshape(self, room: int, shape: RoomShape) -> None:
        """Give an open room other walls; its cells are sized anew."""
        rooms = self._rooms
        width_m = shape.maximum[0] - shape.minimum[0]
        depth_m = shape.maximum[2] - shape.minimum[2]
        cell_m = math.sqrt(width_m * depth_m * _PEOPLE_PER_CELL / max(shape.capacity, 1))
        cell_m = min(max(cell_m, self._radius_m * _SMALLEST), self._radius_m * _LARGEST)
        rooms.minimum[room] = shape.minimum
        rooms.maximum[room] = shape.maximum
        rooms.cell_m[room] = cell_m
        rooms.cells_x[room] = max(1, math.ceil(width_m / cell_m))
        rooms.cells_z[room] = max(1, math.ceil(depth_m / cell_m))
        self._place_cells()

    def give_back(self, room: int) -> None:
        """Close a room in which nobody is."""
        self._rooms.open[room] = 0
        self._rooms.cells_x[room] = 0
        self._rooms.cells_z[room] = 0
        self._place_cells()
        heapq.heappush(self._free, room)

    @property
    def cells(self) -> int:
        """Cells of all open rooms."""
        return int(np.sum(self._rooms.cells_x * self._rooms.cells_z))

    def _place_cells(self) -> None:
        """Give each open room its own block of cells, in index order."""
        sizes = self._rooms.cells_x * self._rooms.cells_z
        self._rooms.cell_base[1:] = np.cumsum(sizes)[:-1]


def fit_cells(grid: Grid, cells: int) -> Grid:
    """Give a grid with exactly `cells` cells, sharing everything else with `grid`."""
    if grid.starts.shape[0] == cells + 1:
        return grid
    return grid._replace(starts=np.zeros(cells + 1, np.int32))
