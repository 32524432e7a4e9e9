"""Who may enter which room: pure decisions, refusals a person can understand."""

import re
from typing import Final

from hearth_server.errors import Refusal
from hearth_server.settings import LOAD_ROOM_CAPACITY, Bounds, RoomSettings, SpawnPoint

_LOAD_ROOM: Final = re.compile(r"load-[1-9][0-9]{0,5}|load-0")
# Wide enough that a crowd of the full capacity can stand with about 32 within 12 m of each.
_LOAD_BOUNDS: Final = Bounds(min=(-128.0, -0.5, -128.0), max=(128.0, 6.0, 128.0))


def may_enter(room: RoomSettings, present: int, node_present: int, node_max: int) -> Refusal | None:
    """Say why nobody more may enter this room, or None if one may.

    Args:
        room: the room asked for.
        present: people in it, those with a lost connection who may come back included.
        node_present: people on the whole node.
        node_max: as many as the node may hold.
    """
    if present >= room.capacity:
        return Refusal(
            "room_full",
            f"{room.title} is full ({room.capacity} people). "
            "Try again in a minute or choose another room.",
            retry_after_s=60.0,
        )
    return node_is_full(node_present, node_max)


def node_is_full(node_present: int, node_max: int) -> Refusal | None:
    """Say why nobody more may come to this node, or None if one may."""
    if node_present < node_max:
        return None
    return Refusal(
        "room_full",
        f"This server is full ({node_max} people). Try again in a minute.",
        retry_after_s=60.0,
    )


def no_such_room(room_id: str) -> Refusal:
    """Refuse a room that is not on this node."""
    return Refusal(
        "room_not_found",
        f"There is no room called '{room_id[:32]}' here. Check the link or choose a room.",
    )


def load_room(room_id: str) -> RoomSettings | None:
    """Return the settings of a `load-N` room, or None if the id names none."""
    if not _LOAD_ROOM.fullmatch(room_id):
        return None
    return RoomSettings(
        id=room_id,
        name=f"Load test {room_id.removeprefix('load-')}",
        description="A wide room for load tests; closes when the last one left.",
        capacity=LOAD_ROOM_CAPACITY,
        bounds=_LOAD_BOUNDS,
        spawn_points=tuple(
            SpawnPoint(x=x, z=z, yaw_deg=0.0)
            for x in (-96.0, -48.0, 0.0, 48.0, 96.0)
            for z in (-96.0, -48.0, 0.0, 48.0, 96.0)
        ),
    )
