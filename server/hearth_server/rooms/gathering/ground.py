"""The floor that a formation may use: inside the walls, off the stage, around the fire. Pure."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hearth_protocol.design import Design
from hearth_protocol.gathering import Anchor
from hearth_server.community.spaces import WALL_CLEAR_M

F64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]

#: From a mat's middle to its farthest corner, metres: no corner reaches over an edge.
MAT_REACH_M: Final = 1.0
#: A campfire's stones, logs and sparks, from the fire's middle to a mat's.
FIRE_CLEAR_M: Final = 3.4
#: A stage whose middle lies within this share of the half width stands in the middle.
_IN_THE_MIDDLE: Final = 0.25
_STAGE_AT: Final = 0.7


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the floor, metres."""

    x0: float
    z0: float
    x1: float
    z1: float


@dataclass(frozen=True, slots=True)
class Floor:
    """Where a mat's middle may be.

    Attributes:
        reach_m: from the room's middle, along each axis.
        rounded: the corners are cut off as a clearing's are.
        clear_m: the middle of the room stays free this far.
        kept_free: where no part of a mat may lie.
    """

    reach_m: float
    rounded: bool = False
    clear_m: float = 0.0
    kept_free: tuple[Box, ...] = ()

    def free(self, xz: F64) -> Bool:
        """Say which points, [n, 2], can be a mat's middle: [n]."""
        x, z = np.abs(xz[:, 0]), np.abs(xz[:, 1])
        found = (x <= self.reach_m) & (z <= self.reach_m)
        if self.rounded:
            found &= (x / self.reach_m) ** 8 + (z / self.reach_m) ** 8 <= 1.0
        if self.clear_m:
            found &= xz[:, 0] ** 2 + xz[:, 1] ** 2 >= self.clear_m**2
        for box in self.kept_free:
            across = (xz[:, 0] > box.x0 - MAT_REACH_M) & (xz[:, 0] < box.x1 + MAT_REACH_M)
            found &= ~(
                across & (xz[:, 1] > box.z0 - MAT_REACH_M) & (xz[:, 1] < box.z1 + MAT_REACH_M)
            )
        result: Bool = found
        return result


def floor_of(design: Design) -> Floor:
    """Return the floor of a room's design: stages and private corners are kept free."""
    kept_free = tuple(
        Box(zone.x0, zone.z0, zone.x1, zone.z1)
        for zone in design.zones
        if zone.kind in ("stage", "private")
    )
    fire = design.template == "campfire"
    return Floor(
        reach_m=design.half_width_m - WALL_CLEAR_M - MAT_REACH_M,
        rounded=fire,
        clear_m=FIRE_CLEAR_M if fire else 0.0,
        kept_free=kept_free,
    )


def stage_of(design: Design) -> Anchor:
    """Return where the stage is and where it faces.

    The first stage zone's middle, facing the room's middle straight on. Without a zone it is at
    the front (-z), where nobody arrives, facing the room. One in the middle faces the arrivals.
    """
    zone = next((each for each in design.zones if each.kind == "stage"), None)
    if zone is None:
        far_m = -_STAGE_AT * design.half_width_m
        return Anchor(x=0.0, z=-4.0 if design.template == "campfire" else far_m, yaw_deg=180.0)
    x, z = (zone.x0 + zone.x1) / 2, (zone.z0 + zone.z1) / 2
    return Anchor(x=x, z=z, yaw_deg=_facing_the_middle(x, z, design.half_width_m))


def _facing_the_middle(x: float, z: float, half_m: float) -> float:
    if max(abs(x), abs(z)) <= _IN_THE_MIDDLE * half_m or abs(z) >= abs(x):
        return 0.0 if z > _IN_THE_MIDDLE * half_m else 180.0
    return 90.0 if x > 0 else -90.0


def in_the_round(stage: Anchor, floor: Floor) -> bool:
    """Say whether the stage stands so much in the middle that people gather around it."""
    return math.hypot(stage.x, stage.z) <= _IN_THE_MIDDLE * floor.reach_m
