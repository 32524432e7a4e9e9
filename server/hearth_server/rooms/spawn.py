"""Where somebody arrives: facing the fire at the room's spawn points, never inside anyone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hearth_server.settings import RoomSettings, SpawnPoint

# Closer than this two people would stand in each other (an arm's length is 0.7 m).
CLEAR_M = 1.2
# Rings of arrival spots once the room's own points are taken.
_RING_FIRST_M = 3.0
_RING_STEP_M = 1.3
_SPOTS_TRIED = 64
_GOLDEN_ANGLE = math.pi * (3.0 - math.sqrt(5.0))


@dataclass(frozen=True, slots=True)
class Spot:
    """An arrival: floor point in room-local metres and turn about +y in radians."""

    x: float
    y: float
    z: float
    yaw: float


def choose_spot(room: RoomSettings, occupied: npt.NDArray[np.float32], arrivals: int) -> Spot:
    """Return a spot clear of everybody, or the one farthest from the nearest person.

    The room's spawn points come first, in turn; when all are taken, rings around the middle of
    the points, looking inwards, so that newcomers face the others at 3 m and more.

    Args:
        room: bounds and spawn points.
        occupied: [n, 2], x and z of everybody in the room, metres.
        arrivals: how many came before; spreads people over the points.
    """
    points = room.spawn_points
    start = arrivals % len(points)
    best = _clearest([_at(p) for p in (*points[start:], *points[:start])], occupied)
    if best[1] >= CLEAR_M:
        return best[0]
    outer = _clearest(_rings(room, points, arrivals), occupied)
    return outer[0] if outer[1] > best[1] else best[0]


def spot_under(pose: npt.NDArray[np.float32]) -> Spot:
    """Return the floor spot of somebody who is already there.

    Args:
        pose: [21], head position and quaternion first, room-local metres.
    """
    x, _, z, qx, qy, qz, qw = (float(value) for value in pose[:7])
    # Where -z points after the rotation, seen from above.
    yaw = math.atan2(2.0 * (qx * qz + qw * qy), 1.0 - 2.0 * (qx * qx + qy * qy))
    return Spot(x, 0.0, z, yaw)


def _at(point: SpawnPoint) -> Spot:
    return Spot(point.x, point.y, point.z, math.radians(point.yaw_deg))


def _clearest(spots: Sequence[Spot], occupied: npt.NDArray[np.float32]) -> tuple[Spot, float]:
    """Return the first clear spot, else the clearest, with its distance to the nearest person."""
    if occupied.shape[0] == 0:
        return spots[0], math.inf
    at = np.array([(spot.x, spot.z) for spot in spots], np.float32)
    gaps = np.sqrt(((at[:, None, :] - occupied[None, :, :]) ** 2).sum(axis=2)).min(axis=1)
    clear = np.flatnonzero(gaps >= CLEAR_M)
    index = int(clear[0]) if clear.size else int(gaps.argmax())
    return spots[index], float(gaps[index])


def _rings(room: RoomSettings, points: Sequence[SpawnPoint], arrivals: int) -> list[Spot]:
    middle_x = sum(point.x for point in points) / len(points)
    middle_z = sum(point.z for point in points) / len(points)
    low, high = room.bounds.min, room.bounds.max
    reach = min(middle_x - low[0], high[0] - middle_x, middle_z - low[2], high[2] - middle_z)
    span = max(0.1, reach - _RING_FIRST_M - 0.5)
    spots = []
    for index in range(_SPOTS_TRIED):
        # Sunflower order keeps the spacing even at any number of people.
        turn = arrivals + index
        radius = _RING_FIRST_M + (_RING_STEP_M * math.sqrt(turn * 0.5)) % span
        angle = turn * _GOLDEN_ANGLE
        dx, dz = math.sin(angle) * radius, math.cos(angle) * radius
        spots.append(Spot(middle_x + dx, points[0].y, middle_z + dz, math.atan2(dx, dz)))
    return spots
