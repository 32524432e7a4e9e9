"""A world full of walkers to measure the sim with, and the CPU time of one thread."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearth_sim.settings import RoomShape, WorldSettings
from hearth_sim.world import World
from tests.support.crowds import Crowd

TICK_MS = 50
Row = dict[str, Any]


def cpu_ms(work: Callable[[], object]) -> float:
    """Milliseconds of CPU this thread spends on `work`."""
    before = time.thread_time()
    work()
    return (time.thread_time() - before) * 1e3


def half_side_m(people: int, radius_m: float, neighbours: float) -> float:
    """Half the side of a square in which so many people have so many neighbours each."""
    return math.sqrt(people * math.pi * radius_m**2 / neighbours) / 2.0


@dataclass
class Plaza:
    """A world full of walkers, ready to be ticked."""

    world: World
    crowd: Crowd
    slots: NDArray[np.int64]
    arena: NDArray[np.uint8]
    tick: int = 0

    @property
    def now_ms(self) -> int:
        """Server time of this tick."""
        return 1000 + TICK_MS * self.tick

    def move(self) -> None:
        """Everybody walks for a tick and sends a pose."""
        self.tick += 1
        self.crowd.walk(TICK_MS / 1e3)
        participants = np.arange(1, self.crowd.n + 1, dtype=np.uint32)
        self.crowd.frames(participants, self.now_ms - 20, self.world.inbox)
        self.world.arrived_ms[self.slots] = self.now_ms - 10

    def step(self) -> None:
        """The decisions of this tick."""
        self.world.step(self.tick, self.now_ms)

    def encode(self) -> int:
        """The frames of this tick."""
        return self.world.encode(self.tick, self.now_ms, self.arena)


def make_plaza(settings: WorldSettings, people: int, half_m: float, rooms: int = 1) -> Plaza:
    """Give a world in which seeded walkers are spread evenly over rooms of this half side."""
    world = World(settings)
    crowd = Crowd(people, half_m, np.random.default_rng(1))
    wall = half_m + 1.0
    shape = RoomShape((-wall, 0.0, -wall), (wall, 8.0, wall), people // rooms)
    indices = [world.open_room(shape) for _ in range(rooms)]
    slots = [
        world.join(indices[i % rooms], i + 1, (float(x), 0.0, float(z)), 0.0, 1000)
        for i, (x, z) in enumerate(crowd.position)
    ]
    world.may_write[:] = True
    return Plaza(world, crowd, np.array(slots), np.zeros(world.arena_bytes(), np.uint8))
