"""What a config file says of a room: its door, its size, where people arrive."""

import math
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

LOAD_ROOM_CAPACITY = 5_000
# What the wire can carry (WIRE.md 2.1): x and z to ±131.072 m, y to ±16.384 m.
WIRE_REACH_XZ_M = 131.0
WIRE_REACH_Y_M = 16.0

ROOM_ID_PATTERN = r"^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$"


class Bounds(BaseModel):
    """The box a room's participants stay in: room-local metres, y up."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min: tuple[float, float, float] = (-16.0, -0.5, -16.0)
    max: tuple[float, float, float] = (16.0, 6.0, 16.0)

    @model_validator(mode="after")
    def _inside_the_wire(self) -> Self:
        reach = (WIRE_REACH_XZ_M, WIRE_REACH_Y_M, WIRE_REACH_XZ_M)
        for axis, low, high, limit in zip("xyz", self.min, self.max, reach, strict=True):
            if not (math.isfinite(low) and math.isfinite(high) and low < high):
                raise PydanticCustomError(
                    "bounds", "min must be below max on {axis}", {"axis": axis}
                )
            if low < -limit or high > limit:
                raise PydanticCustomError(
                    "bounds",
                    "{axis} must lie within ±{limit} m",
                    {"axis": axis, "limit": f"{limit:g}"},
                )
        return self


class SpawnPoint(BaseModel):
    """Where people arrive: floor point in room-local metres and where they look."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    x: float
    z: float
    y: float = 0.0
    yaw_deg: float = Field(0.0, description="Turn about +y in degrees; 0 looks along -z.")


def _ring(count: int, radius_m: float) -> tuple[SpawnPoint, ...]:
    """Return `count` points around the fire, each looking at it."""
    points = []
    for index in range(count):
        angle = 2 * math.pi * index / count
        points.append(
            SpawnPoint(
                x=round(radius_m * math.sin(angle), 3),
                z=round(radius_m * math.cos(angle), 3),
                yaw_deg=round(math.degrees(angle), 3),
            )
        )
    return tuple(points)


class RoomSettings(BaseModel):
    """One room from the config file: `[[rooms]]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(
        pattern=ROOM_ID_PATTERN,
        description="Part of the lasting link `/r/<id>`: lower-case letters, digits, hyphens.",
        examples=["campfire"],
    )
    name: str = Field("", max_length=64, description="Shown on the door; the id if empty.")
    description: str = Field("", max_length=280, description="One or two sentences for newcomers.")
    space: Literal["campfire"] = Field("campfire", description="The design of the room.")
    capacity: int = Field(
        50, ge=1, le=LOAD_ROOM_CAPACITY, description="People in the room at most."
    )
    bounds: Bounds = Field(Bounds(), description="Box people stay in, metres, y up.")
    spawn_points: tuple[SpawnPoint, ...] = Field(
        _ring(12, 4.0), min_length=1, max_length=256, description="Where people arrive, in turn."
    )

    @model_validator(mode="after")
    def _spawn_inside(self) -> Self:
        low, high = self.bounds.min, self.bounds.max
        for index, point in enumerate(self.spawn_points):
            spot = (point.x, point.y, point.z)
            if not all(lo <= at <= hi for lo, at, hi in zip(low, spot, high, strict=True)):
                raise PydanticCustomError(
                    "spawn_point",
                    "spawn_points[{index}] lies outside the bounds",
                    {"index": index},
                )
        return self

    @property
    def title(self) -> str:
        """The name as shown."""
        return self.name or self.id


DEFAULT_ROOM = RoomSettings(
    id="campfire",
    name="Campfire",
    description="A clearing with a fire. Sit down, say hello.",
)
