"""The design of a group's room: what kind of place it is, and what people put into it.

The same record travels in `welcome` and in the HTTP API. It says what is where; how a template's
trees and walls look is the client's business. Metres, room-local; the floor's middle is 0, 0.
"""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from hearth_protocol import limits as L
from hearth_protocol.fields import PLAIN, Colour, WireModel

Template = Literal["campfire", "studio", "gallery", "classroom", "terrace"]
Size = Literal["small", "medium", "large", "great"]
Light = Literal["dawn", "day", "dusk", "night"]
PlaceKind = Literal["mat", "seat"]
ZoneKind = Literal["quiet", "stage", "private"]
ObjectKind = Literal["lantern"]

#: From the middle of the floor to each wall, metres.
HALF_WIDTH_M: Final[dict[Size, float]] = {
    "small": 6.0, "medium": 10.0, "large": 16.0, "great": 24.0,
}  # fmt: skip

PartId = Annotated[
    str, StringConstraints(min_length=1, max_length=L.PART_ID_LENGTH, pattern=r"^[a-z][a-z0-9-]*$")
]
ZoneName = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=L.ZONE_NAME_LENGTH, pattern=PLAIN
    ),
]
Across = Annotated[float, Field(ge=-24.0, le=24.0)]
Degrees = Annotated[float, Field(ge=-360.0, le=360.0)]


class DesignPlace(WireModel):
    """A mat to sit or lie on, or a seat; one person at a time claims it."""

    id: PartId
    kind: PlaceKind
    x: Across
    z: Across
    yaw_deg: Degrees


class DesignZone(WireModel):
    """A part of the floor with a rule of its own, from x0, z0 to x1, z1."""

    id: PartId
    name: ZoneName
    kind: ZoneKind
    x0: Across
    z0: Across
    x1: Across
    z1: Across


class DesignSpawn(WireModel):
    """Where people arrive, and where they look."""

    x: Across
    z: Across
    yaw_deg: Degrees


class DesignObject(WireModel):
    """A thing that people may carry, where it stands in a fresh room."""

    id: PartId
    kind: ObjectKind
    x: Across
    y: Annotated[float, Field(ge=0.0, le=4.0)]
    z: Across
    yaw_deg: Degrees
    colour: Colour


class Design(WireModel):
    """All that a room's people chose about it."""

    template: Template
    size: Size
    light: Light
    places: Annotated[list[DesignPlace], Field(max_length=L.PLACES_MAX)]
    zones: Annotated[list[DesignZone], Field(max_length=L.ZONES_MAX)]
    spawn: Annotated[list[DesignSpawn], Field(min_length=1, max_length=L.SPAWN_MAX)]
    objects: Annotated[list[DesignObject], Field(max_length=L.OBJECTS_MAX)]

    @property
    def half_width_m(self) -> float:
        """Give the distance from the middle to each wall."""
        return HALF_WIDTH_M[self.size]
