"""The knobs of a world, frozen at its start, and the shape of a room."""

from dataclasses import dataclass
from typing import Literal

from hearth_protocol.limits import (
    MAX_COARSE,
    MAX_LANES,
    POSITION_XZ_MAX,
    POSITION_Y_MAX,
    REACH_MAX_M,
    SPEED_MAX_M_S,
    TELEPORT_MAX_M,
    TELEPORTS_MAX_PER_S,
)

Vector = tuple[float, float, float]

#: Zones of a room have the numbers 0 (outside every box) to ZONES - 1.
ZONES = 32
ZONE_BOXES = 16


@dataclass(frozen=True, slots=True)
class Motion:
    """What a body may do: metres, metres a second, teleports a second."""

    speed_max_m_s: float = SPEED_MAX_M_S
    reach_max_m: float = REACH_MAX_M
    teleport_max_m: float = TELEPORT_MAX_M
    teleports_max_per_s: float = float(TELEPORTS_MAX_PER_S)


@dataclass(frozen=True, slots=True)
class Weights:
    """How attention bends distance: each is a factor on the distance that ranks a subject.

    `behind` applies outside a 120° view cone and beyond `personal_m`; it is at least 1, the
    others are at most 1. `incumbent` is the hysteresis: who has a lane keeps it until somebody
    is clearly nearer.
    """

    behind: float = 1.5
    personal_m: float = 3.0
    speaking: float = 0.6
    friend: float = 0.7
    incumbent: float = 0.85


@dataclass(frozen=True, slots=True)
class Acoustics:
    """How a room carries voices.

    One begins to hear somebody at `enter_m` and stops at `leave_m`. The gain falls with the
    distance as in Web Audio's inverse model: `ref_m` / (`ref_m` + `rolloff` * (d - `ref_m`)).
    Inside the talker's inner cone it is whole; from there it falls with the cosine of the angle
    to `cone_outer_gain` at the outer cone. A portal between two zones adds `portal_db`.
    """

    ref_m: float = 1.5
    rolloff: float = 1.0
    enter_m: float = 20.0
    leave_m: float = 24.0
    cone_inner_deg: float = 200.0
    cone_outer_deg: float = 360.0
    cone_outer_gain: float = 0.6
    portal_db: float = -12.0

    def __post_init__(self) -> None:
        """Refuse what would let a voice grow with the distance or never end."""
        checks = (
            ("ref_m", 0.1 <= self.ref_m <= 100.0),
            ("rolloff", 0.0 <= self.rolloff <= 10.0),
            ("enter_m and leave_m", 0.5 <= self.enter_m <= self.leave_m <= 300.0),
            ("cone angles", 0.0 <= self.cone_inner_deg <= self.cone_outer_deg <= 360.0),
            ("cone_outer_gain", 0.0 <= self.cone_outer_gain <= 1.0),
            ("portal_db", -60.0 <= self.portal_db <= 0.0),
        )
        for name, sound in checks:
            if not sound:
                raise ValueError(f"{name} of {self} cannot be used")


@dataclass(frozen=True, slots=True)
class Hearing:
    """How the few voice slots of a listener are given to talkers; docs/tiers.md has the rules.

    `voice_slots` is what a newcomer can receive. A candidate's score is its gain times
    (`level_floor` + level); who has a slot counts `incumbent` times. Levels rise at once and
    fall with the time constant `release_ms`. Somebody counts as talking until `hangover_ms`
    after they stopped, and as having just begun for `fresh_ms`.
    """

    acoustics: Acoustics = Acoustics()
    voice_slots: int = 8
    megaphones_per_room: int = 5
    hold_ms: int = 500
    hangover_ms: int = 400
    fresh_ms: int = 100
    release_ms: int = 300
    incumbent: float = 1.5
    level_floor: float = 0.05
    zone_margin_m: float = 0.3

    def __post_init__(self) -> None:
        """Refuse numbers the kernels were not written for."""
        if not 0 <= self.voice_slots <= 8:
            raise ValueError(f"voice_slots is {self.voice_slots}; it must be within 0 and 8")
        if self.incumbent < 1.0:
            raise ValueError("incumbent is below 1: voices would flutter")
        if self.release_ms < 1:
            raise ValueError("release_ms must be at least 1")


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """Everything a world is built with. Lengths in metres, rates in Hz, sizes in bytes."""

    capacity: int = 8192
    rooms: int = 4096
    tick_hz: int = 20
    lanes: int = 32
    interest_radius_m: float = 20.0
    interest_margin_m: float = 1.0
    refresh_hz: float = 4.0
    tiers: Literal["on", "off"] = "on"
    tier_full: int = 12
    tier_half: int = 12
    budget_bytes: int = 4096
    coarse_per_frame: int = MAX_COARSE
    coarse_hz: float = 4.0
    exclusions_per_slot: int = 64
    friends_per_slot: int = 64
    motion: Motion = Motion()
    weights: Weights = Weights()
    hearing: Hearing = Hearing()

    def __post_init__(self) -> None:
        """Refuse numbers the kernels were not written for."""
        ranges = (
            ("capacity", self.capacity, 1, 1 << 20),
            ("rooms", self.rooms, 1, 1 << 20),
            ("tick_hz", self.tick_hz, 1, 120),
            ("lanes", self.lanes, 1, MAX_LANES),
            ("coarse_per_frame", self.coarse_per_frame, 0, MAX_COARSE),
            ("interest_radius_m", self.interest_radius_m, 0.5, 150.0),
            ("interest_margin_m", self.interest_margin_m, 0.0, 50.0),
            ("budget_bytes", self.budget_bytes, 512, 1 << 16),
            ("refresh_hz", self.refresh_hz, 0.1, 120.0),
            ("coarse_hz", self.coarse_hz, 0.1, 120.0),
            ("exclusions_per_slot", self.exclusions_per_slot, 1, 4096),
            ("friends_per_slot", self.friends_per_slot, 1, 4096),
        )
        for name, value, low, high in ranges:
            if not low <= value <= high:
                raise ValueError(f"{name} is {value}; it must be within {low} and {high}")
        if self.weights.behind < 1.0:
            raise ValueError("weights.behind is below 1: who is behind would count as nearer")


@dataclass(frozen=True, slots=True)
class ZoneBox:
    """A box, room-local metres, whose people are in zone `zone` (1 to 31) of their room."""

    zone: int
    minimum: Vector
    maximum: Vector


@dataclass(frozen=True, slots=True)
class RoomShape:
    """Where people can be in a room: corners in room-local metres, and how many to expect.

    `capacity` only sizes the room's share of the grid; admission is decided elsewhere. Voices
    stay in their zone: who stands in no box is in zone 0, in overlapping boxes the first holds.
    `portals` names the pairs of zones that hear each other a little.
    """

    minimum: Vector = (-16.0, 0.0, -16.0)
    maximum: Vector = (16.0, 8.0, 16.0)
    capacity: int = 64
    acoustics: Acoustics | None = None
    zones: tuple[ZoneBox, ...] = ()
    portals: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a room that the wire's integers or the zones' arrays cannot hold."""
        reach_m = (POSITION_XZ_MAX / 1000.0, POSITION_Y_MAX / 1000.0, POSITION_XZ_MAX / 1000.0)
        for low, high, most in zip(self.minimum, self.maximum, reach_m, strict=True):
            if not -most <= low < high <= most:
                raise ValueError(f"room bounds {self.minimum} to {self.maximum} are not usable")
        if len(self.zones) > ZONE_BOXES:
            raise ValueError(f"a room has at most {ZONE_BOXES} zone boxes")
        for box in self.zones:
            ordered = all(a < b for a, b in zip(box.minimum, box.maximum, strict=True))
            if not (ordered and 1 <= box.zone < ZONES):
                raise ValueError(f"{box} is not usable; zones are numbered 1 to {ZONES - 1}")
        for pair in self.portals:
            if not all(0 <= zone < ZONES for zone in pair):
                raise ValueError(f"the portal {pair} names a zone that cannot be")
