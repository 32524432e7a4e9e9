"""Groups' rooms as records, who may enter them, and what a design has to keep to.

A design is checked as a whole whenever somebody arranges a room, so that everything that opens
a room can trust it: all of it lies inside the walls, and nobody arrives or sits inside anything.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from hearth_protocol.design import Design, DesignPlace, DesignZone
from hearth_server.community.groups import Standing
from hearth_server.community.permissions import Right, Role
from hearth_server.errors import Refusal
from hearth_server.settings import Bounds, RoomSettings, SpawnPoint

Access = Literal["everyone", "members", "hosts", "leaders"]
CAPACITY_MIN: Final = 2
CAPACITY_MAX: Final = 400
#: Beyond the capacity, for those who may put people out: somebody has to be able to come and help.
RESERVED_SEATS: Final = 2
NAME_LONGEST: Final = 64
DESCRIPTION_LONGEST: Final = 280
NOTE_LONGEST: Final = 120
ROOMS_MAX: Final = 50
VERSIONS_KEPT: Final = 50
#: From middle to middle, metres: shoulders on seats, arms on mats.
SEAT_APART_M: Final = 0.6
MAT_APART_M: Final = 1.2
ARRIVAL_CLEAR_M: Final = 0.8
WALL_CLEAR_M: Final = 0.3
ZONE_LEAST_M: Final = 1.0
#: What a sum of two coordinates in centimetres may be off by in floating point.
_CLOSE_ENOUGH_M: Final = 1e-6
_FLOOR_Y_M: Final = -0.5
_CEILING_Y_M: Final = 6.0


@dataclass(frozen=True, slots=True)
class RoomRecord:
    """A group's room as it is kept, whether anybody is in it or not.

    Attributes:
        id: part of its lasting link.
        version: of everything about it, the design included; counts up with each change.
        design_version: of the design alone.
    """

    id: str
    group_id: str
    name: str
    design: Design
    description: str = ""
    access: Access = "members"
    capacity: int = 20
    version: int = 1
    design_version: int = 1
    created_ms: int = 0
    archived_ms: int | None = None

    @property
    def archived(self) -> bool:
        """Whether it is closed for now."""
        return self.archived_ms is not None

    def settings(self) -> RoomSettings:
        """Return the room as everything that opens rooms wants it."""
        half_m = self.design.half_width_m
        return RoomSettings(
            id=self.id,
            name=self.name,
            description=self.description,
            capacity=self.capacity,
            bounds=Bounds(
                min=(-half_m, _FLOOR_Y_M, -half_m),
                max=(half_m, _CEILING_Y_M, half_m),
            ),
            spawn_points=tuple(
                SpawnPoint(x=point.x, z=point.z, yaw_deg=point.yaw_deg)
                for point in self.design.spawn
            ),
        )


@dataclass(frozen=True, slots=True)
class Door:
    """What a list needs to know of a group's room: its name, whom it lets in, how many."""

    id: str
    group_id: str
    name: str
    access: Access
    capacity: int
    archived_ms: int | None = None

    @property
    def archived(self) -> bool:
        """Whether it is closed for now."""
        return self.archived_ms is not None


@dataclass(frozen=True, slots=True)
class DesignVersion:
    """One version of a room's design."""

    version: int
    design: Design
    note: str
    created_by: str | None
    created_ms: int


@dataclass(frozen=True, slots=True)
class ObjectKept:
    """Where a shared object stands, between visits."""

    id: str
    position: tuple[float, float, float]
    yaw: float
    locked: bool


_LEAST: Final[dict[Access, Role]] = {"hosts": Role.HOST, "leaders": Role.LEADER}


def may_enter(room: RoomRecord, standing: Standing) -> Refusal | None:
    """Say why somebody may not enter a room, as far as room and group have a say.

    Whoever may put people out enters every room: nowhere is out of a moderator's reach.
    """
    group = standing.group
    if group.archived:
        return Refusal("group_archived", f"{group.name} is archived: nobody can go in now.")
    if room.archived:
        return Refusal("room_archived", f"{room.name} is archived: nobody can go in now.")
    if not standing.may(Right.ENTER_ROOMS) and not standing.may(Right.REMOVE_MEMBERS):
        return _kept_out(standing)
    if lets_in(room.access, standing):
        return None
    if standing.role is None:
        return Refusal("not_a_member", f"{room.name} is for members of {group.name}.")
    return Refusal("not_allowed", f"{room.name} is for the {room.access} of {group.name}.")


def lets_in(access: Access, standing: Standing) -> bool:
    """Say whether a door of this kind is open to somebody; what was said behind it, too."""
    role = standing.role
    if access == "everyone" or standing.may(Right.REMOVE_MEMBERS):
        return True
    if role is None:
        return False
    return access == "members" or role.rank >= _LEAST[access].rank


def _kept_out(standing: Standing) -> Refusal:
    group = standing.group
    if "ban" in standing.sanctions:
        return Refusal("banned", f"You are banned from {group.name}.")
    if standing.account_id is None:
        return Refusal("sign_in_needed", "Sign in first, then try again.")
    if standing.role is None:
        return Refusal("not_a_member", f"This is for members of {group.name}. Join it first.")
    if not standing.signed:
        return Refusal("norms_unsigned", f"Sign the norms of {group.name} first.")
    return Refusal("not_allowed", "Your role does not let you into rooms.")


def is_full(
    room: RoomRecord, standing: Standing, present: int, *, promised: bool = False
) -> Refusal | None:
    """Say why nobody more fits in, or None. A few seats more are kept for moderators.

    Args:
        room: it.
        standing: whose.
        present: how many are in it.
        promised: they come through the doors of an event there, which keep a seat for each who has
            a place, beside those who lead (`events.seats`).
    """
    spare = RESERVED_SEATS if promised or standing.may(Right.REMOVE_MEMBERS) else 0
    if present < room.capacity + spare:
        return None
    return Refusal(
        "room_full",
        f"{room.name} is full ({room.capacity} people). Try again in a minute.",
        retry_after_s=60.0,
    )


# --- designs -----------------------------------------------------------------------------------


def check_design(design: Design) -> Refusal | None:
    """Say what is wrong with a design, by name of the part, or None."""
    return (
        _ids_differ(design)
        or _all_inside(design)
        or _zones_have_size(design.zones)
        or _places_apart(design.places)
        or _arrivals_clear(design)
    )


def _ids_differ(design: Design) -> Refusal | None:
    for what, ids in (
        ("places", [each.id for each in design.places]),
        ("zones", [each.id for each in design.zones]),
        ("objects", [each.id for each in design.objects]),
    ):
        twice = _repeated(ids)
        if twice is not None:
            return Refusal("design_twice", f"Two {what} are called '{twice}'. Rename one.")
    return None


def _repeated(ids: Sequence[str]) -> str | None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            return each
        seen.add(each)
    return None


def _all_inside(design: Design) -> Refusal | None:
    half_m = design.half_width_m
    clear_m = half_m - WALL_CLEAR_M
    for name, x, z in _spots(design):
        if abs(x) > clear_m or abs(z) > clear_m:
            return Refusal(
                "design_outside",
                f"{name} stands at {x:g}, {z:g}: outside the walls at {half_m:g} m. Move it in.",
            )
    for zone in design.zones:
        if max(abs(zone.x0), abs(zone.z0), abs(zone.x1), abs(zone.z1)) > half_m:
            return Refusal(
                "design_outside", f"The zone '{zone.id}' reaches through the walls. Make it less."
            )
    return None


def _spots(design: Design) -> Iterable[tuple[str, float, float]]:
    for place in design.places:
        yield f"The {place.kind} '{place.id}'", place.x, place.z
    for thing in design.objects:
        yield f"The {thing.kind} '{thing.id}'", thing.x, thing.z
    for index, point in enumerate(design.spawn):
        yield f"Arrival point {index + 1}", point.x, point.z


def _zones_have_size(zones: Sequence[DesignZone]) -> Refusal | None:
    for zone in zones:
        if min(zone.x1 - zone.x0, zone.z1 - zone.z0) < ZONE_LEAST_M - _CLOSE_ENOUGH_M:
            return Refusal(
                "design_zone",
                f"The zone '{zone.id}' is too narrow: {ZONE_LEAST_M:g} m each way at least, "
                "the lesser corner first.",
            )
    for index, zone in enumerate(zones):
        for other in zones[index + 1 :]:
            if "private" in (zone.kind, other.kind) and _overlap(zone, other):
                return Refusal(
                    "design_zone",
                    f"The zones '{zone.id}' and '{other.id}' overlap. A private zone stands alone.",
                )
    return None


def _overlap(a: DesignZone, b: DesignZone) -> bool:
    return a.x0 < b.x1 and b.x0 < a.x1 and a.z0 < b.z1 and b.z0 < a.z1


def _places_apart(places: Sequence[DesignPlace]) -> Refusal | None:
    for index, place in enumerate(places):
        for other in places[index + 1 :]:
            kinds = {place.kind, other.kind}
            least_m = MAT_APART_M if kinds == {"mat"} else SEAT_APART_M
            if kinds == {"mat", "seat"}:
                least_m = (MAT_APART_M + SEAT_APART_M) / 2
            gap_m = math.hypot(place.x - other.x, place.z - other.z)
            if gap_m < least_m - _CLOSE_ENOUGH_M:
                return Refusal(
                    "design_close",
                    f"'{place.id}' and '{other.id}' are {gap_m:.2f} m apart: {least_m:g} m at "
                    "least.",
                )
    return None


def _arrivals_clear(design: Design) -> Refusal | None:
    for index, point in enumerate(design.spawn):
        for place in design.places:
            if math.hypot(point.x - place.x, point.z - place.z) < ARRIVAL_CLEAR_M - _CLOSE_ENOUGH_M:
                return Refusal(
                    "design_arrival",
                    f"Arrival point {index + 1} lies on the {place.kind} '{place.id}'. "
                    f"Leave {ARRIVAL_CLEAR_M:g} m between.",
                )
        for zone in design.zones:
            if zone.kind == "private" and inside(zone, point.x, point.z):
                return Refusal(
                    "design_arrival",
                    f"Arrival point {index + 1} lies in the private zone '{zone.id}'. Move it.",
                )
    return None


def inside(zone: DesignZone, x: float, z: float) -> bool:
    """Say whether a point of the floor lies in a zone."""
    return zone.x0 <= x <= zone.x1 and zone.z0 <= z <= zone.z1
