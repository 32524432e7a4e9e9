"""Compile every kernel of the sim by running a tiny world with production types."""

from collections.abc import Callable

import numpy as np

from hearth_sim.settings import RoomShape, WorldSettings
from hearth_sim.world import World


def _world() -> World:
    world = World(WorldSettings(capacity=4, rooms=1, lanes=2))
    room = world.open_room(RoomShape())
    for participant in (1, 2):
        slot = world.join(room, participant, (float(participant), 0.0, 0.0), 0.0, 1000)
        world.may_write[slot] = True
    return world


def _step() -> None:
    world = _world()
    slot = world.join(0, 3, (0.0, 0.0, 0.0), 0.0, 1000)
    world.voice.set_mic(slot, True)
    world.set_boundary(slot, "all", 0.6)
    world.step(1, 1000)
    world.leave(slot)
    world.step(2, 1050)


def _encode() -> None:
    world = _world()
    world.encode(1, 1000, np.zeros(world.arena_bytes(), np.uint8))


#: Name of a group of kernels, and a call that compiles it.
WARMUPS: list[tuple[str, Callable[[], None]]] = [
    ("placing people, holding them apart and choosing who sees and hears whom", _step),
    ("encoding snapshots", _encode),
]
