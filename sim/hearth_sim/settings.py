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
class Hearing:
    """How far voices carry: metres, and how many talkers one listener gets at once."""

    full_gain_m: float = 1.5
    enter_m: float = 20.0
    leave_m: float = 24.0
    talkers_max: int = 8


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
    friends_per_slot: int = 32
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
class RoomShape:
    """Where people can be in a room: corners in room-local metres, and how many to expect.

    `capacity` only sizes the room's share of the grid; admission is decided elsewhere.
    """

    minimum: Vector = (-16.0, 0.0, -16.0)
    maximum: Vector = (16.0, 8.0, 16.0)
    capacity: int = 64

    def __post_init__(self) -> None:
        """Refuse a room that the wire's integers cannot address."""
        reach_m = (POSITION_XZ_MAX / 1000.0, POSITION_Y_MAX / 1000.0, POSITION_XZ_MAX / 1000.0)
        for low, high, most in zip(self.minimum, self.maximum, reach_m, strict=True):
            if not -most <= low < high <= most:
                raise ValueError(f"room bounds {self.minimum} to {self.maximum} are not usable")
