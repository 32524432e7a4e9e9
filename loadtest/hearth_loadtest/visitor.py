"""A friendly visitor: decides what to do next and moves like somebody at a campfire.

Pure: takes time steps and what others do, gives poses. All visitors of one party share a `Party`,
so that they take different seats and keep a polite distance.
"""

import math
import random
from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np
import numpy.typing as npt

from hearth_loadtest.turns import euler_quaternion
from hearth_protocol.quantize import Gesture, Posture, State

F64 = npt.NDArray[np.float64]
Place = tuple[float, float]

FIRE_M = 2.0  # walks stay out of this circle
SEATS = 7
SEAT_M = 2.75
STROLL_M = (3.6, 7.5)
TURN_RAD_S = 2.4
PERSONAL_M = 0.75
STANDING_M, SEATED_M = 1.62, 1.14


class Doing(Enum):
    """What a visitor is up to."""

    WALK = auto()
    SIT = auto()
    STAND = auto()
    TALK = auto()
    WARM_HANDS = auto()


@dataclass
class Party:
    """What visitors know of each other and of the people they meet."""

    visitors: "list[Visitor]" = field(default_factory=list)
    guests: list[Place] = field(default_factory=list)

    def seat_is_free(self, seat: int, visitor: "Visitor") -> bool:
        """Whether nobody else sits there, is on the way there, or stands in it."""
        x, z = seat_place(seat)
        taken = any(v.seat == seat for v in self.visitors if v is not visitor)
        return not taken and all(math.hypot(x - gx, z - gz) > 0.8 for gx, gz in self.guests)

    def others(self, visitor: "Visitor") -> list[Place]:
        """Where everyone else is."""
        return [(v.x, v.z) for v in self.visitors if v is not visitor] + self.guests


def seat_place(seat: int) -> Place:
    """Where a seat of the ring round the fire is."""
    angle = 2 * math.pi * (seat + 0.5) / SEATS
    return SEAT_M * math.sin(angle), SEAT_M * math.cos(angle)


def _turn_towards(now: float, wanted: float, step: float) -> float:
    gap = (wanted - now + math.pi) % (2 * math.pi) - math.pi
    return now + max(-step, min(step, gap))


def _yaw_to(x: float, z: float, to: Place) -> float:
    return math.atan2(-(to[0] - x), -(to[1] - z))


class Visitor:
    """One body and its mind."""

    def __init__(self, party: Party, place: Place, rng: random.Random) -> None:
        """Arrive at a place, looking at the fire."""
        self.party = party
        party.visitors.append(self)
        self.rng = rng
        self.x, self.z = place
        self.yaw = _yaw_to(self.x, self.z, (0.0, 0.0))
        self.seat: int | None = None
        self.doing = Doing.STAND
        self.speed_m_s = 0.0
        self._pace_m_s = rng.uniform(0.8, 1.2)
        self._tall_m = rng.uniform(-0.12, 0.1)
        self._height_m = STANDING_M
        self._until_s = rng.uniform(1.0, 5.0)
        self._goal: Place = place
        self._then = Doing.STAND
        self._partner: Place | None = None
        self._walked_m = 0.0
        self._look = 0.0
        self._pitch = -0.05
        self._time_s = rng.uniform(0, 100)
        self._shift = [rng.uniform(0, 6.28) for _ in range(8)]
        self._wave_s = 0.0
        self._lift = 0.0
        self._talk_lift = 0.0
        self._numbers = np.zeros(21)

    # --- deciding ----------------------------------------------------------------------------

    def _decide(self) -> None:
        """Choose what to do next; called when the last thing is over."""
        self.seat = None
        choice = self.rng.random()
        if choice < 0.38:
            free = [s for s in range(SEATS) if self.party.seat_is_free(s, self)]
            if free:
                self.seat = min(
                    free,
                    key=lambda s: (
                        math.dist(seat_place(s), (self.x, self.z)) + self.rng.uniform(0, 2.5)
                    ),
                )
                self._walk(seat_place(self.seat), Doing.SIT)
                return
        others = self.party.others(self)
        if choice < 0.68 and others:
            whom = self.rng.choice(others)
            away = math.hypot(self.x - whom[0], self.z - whom[1]) or 1.0
            near = 1.35 / away
            spot = (whom[0] + (self.x - whom[0]) * near, whom[1] + (self.z - whom[1]) * near)
            if math.hypot(*spot) > FIRE_M + 0.2 and self._is_clear(spot, 1.0):
                self._partner = whom
                self._walk(spot, Doing.TALK)
                return
        warm = choice < 0.8
        for _ in range(8):
            angle = self.rng.uniform(0, 2 * math.pi)
            reach = FIRE_M + 0.15 if warm else self.rng.uniform(*STROLL_M)
            spot = (reach * math.sin(angle), reach * math.cos(angle))
            if self._is_clear(spot, 1.2):
                break
        self._walk(spot, Doing.WARM_HANDS if warm else Doing.STAND)

    def _walk(self, goal: Place, then: Doing) -> None:
        self._goal, self._then, self.doing = goal, then, Doing.WALK
        self._until_s = self._time_s + 25.0

    def _arrive(self) -> None:
        self.doing = self._then
        low, high = {
            Doing.SIT: (18.0, 45.0),
            Doing.TALK: (8.0, 20.0),
            Doing.WARM_HANDS: (6.0, 12.0),
        }.get(self.doing, (3.0, 9.0))
        self._until_s = self._time_s + self.rng.uniform(low, high)

    def wave(self) -> None:
        """Greet somebody: a raised, waving hand for two seconds."""
        self._wave_s = 2.2

    # --- moving ------------------------------------------------------------------------------

    def step(self, dt_s: float) -> None:
        """Let time pass."""
        self._time_s += dt_s
        if self.doing is Doing.WALK:
            self._stride(dt_s)
        else:
            self.speed_m_s = max(0.0, self.speed_m_s - 3.0 * dt_s)
            self.yaw = _turn_towards(self.yaw, self._rest_yaw(), TURN_RAD_S * 0.6 * dt_s)
            if self._time_s > self._until_s and self._wave_s <= 0:
                self._decide()
        self._keep_distance(dt_s)
        seated = self.doing is Doing.SIT
        wanted_m = (SEATED_M if seated else STANDING_M) + self._tall_m
        self._height_m += (wanted_m - self._height_m) * min(1.0, dt_s * 2.5)
        self._attend(dt_s)

    def _keep_distance(self, dt_s: float) -> None:
        """Step aside from whoever is too close; those who sit stay where they are."""
        if self.doing is Doing.SIT:
            return
        for x, z in self.party.others(self):
            gap = math.hypot(self.x - x, self.z - z)
            if gap < PERSONAL_M:
                aside = min(PERSONAL_M - gap, 0.9 * dt_s)
                ux, uz = ((self.x - x) / gap, (self.z - z) / gap) if gap > 0.01 else (1.0, 0.0)
                self.x += ux * aside
                self.z += uz * aside

    def _is_clear(self, spot: Place, room_m: float) -> bool:
        """Whether nobody stands there or is on the way there."""
        goals = [v._goal for v in self.party.visitors if v is not self]
        return all(math.dist(spot, place) > room_m for place in [*self.party.others(self), *goals])

    def _rest_yaw(self) -> float:
        if self.doing is Doing.TALK and self._partner is not None:
            nearest = min(
                self.party.others(self),
                key=lambda place: math.dist(place, self._partner or place),
                default=self._partner,
            )
            return _yaw_to(self.x, self.z, nearest)
        return _yaw_to(self.x, self.z, (0.0, 0.0))

    def _stride(self, dt_s: float) -> None:
        """Walk towards the goal, round the fire and round others."""
        dx, dz = self._goal[0] - self.x, self._goal[1] - self.z
        far = math.hypot(dx, dz)
        if far < 0.12 or self._time_s > self._until_s:
            self._arrive()
            return
        heading = self._heading(dx / far, dz / far, far)
        self.yaw = _turn_towards(self.yaw, heading, TURN_RAD_S * dt_s)
        off = abs((heading - self.yaw + math.pi) % (2 * math.pi) - math.pi)
        wanted = self._pace_m_s * min(1.0, 0.35 + far / 0.8) * max(0.2, 1.0 - off / 2.0)
        change = max(-2.0 * dt_s, min(1.4 * dt_s, wanted - self.speed_m_s))
        self.speed_m_s += change
        step_m = min(self.speed_m_s * dt_s, far)
        self.x -= math.sin(self.yaw) * step_m
        self.z -= math.cos(self.yaw) * step_m
        self._walked_m += step_m

    def _heading(self, ux: float, uz: float, far: float) -> float:
        """The way to go: to the goal, pushed aside by the fire and by people."""
        from_fire = math.hypot(self.x, self.z) or 0.01
        ahead = max(0.0, min(far, -(self.x * ux + self.z * uz)))
        closest = math.hypot(self.x + ux * ahead, self.z + uz * ahead)
        if ahead > 0 and closest < FIRE_M + 0.3 and math.hypot(*self._goal) > FIRE_M - 0.1:
            # the straight way leads through the fire: go round on the shorter side
            side = 1.0 if self.x * uz - self.z * ux > 0 else -1.0
            out = max(0.0, (FIRE_M + 1.0 - from_fire) / 1.0)
            ux = side * self.z / from_fire * -1.0 + out * self.x / from_fire + 0.3 * ux
            uz = side * self.x / from_fire + out * self.z / from_fire + 0.3 * uz
        for x, z in self.party.others(self):
            gap = math.hypot(self.x - x, self.z - z)
            if 0.01 < gap < 1.3 and far > 0.4:
                push = (1.3 - gap) * 1.8
                ux += (self.x - x) / gap * push + (self.z - z) / gap * 0.3
                uz += (self.z - z) / gap * push - (self.x - x) / gap * 0.3
        return math.atan2(-ux, -uz)

    def _attend(self, dt_s: float) -> None:
        """Look about: at the way, at a partner, at the fire; hands follow the mood."""
        drift = 0.35 * math.sin(self._time_s * 0.31 + self._shift[0]) + 0.2 * math.sin(
            self._time_s * 0.73 + self._shift[1]
        )
        wanted = drift * (0.35 if self.doing in (Doing.WALK, Doing.TALK) else 1.0)
        self._look += (wanted - self._look) * min(1.0, 3.0 * dt_s)
        down = -0.16 if self.doing in (Doing.SIT, Doing.WARM_HANDS) else -0.04
        nod = 0.05 * math.sin(self._time_s * 2.1) if self.doing is Doing.TALK else 0.0
        self._pitch += (down + nod - self._pitch) * min(1.0, 3.0 * dt_s)
        self._wave_s = max(0.0, self._wave_s - dt_s)
        self._lift += ((1.0 if self._wave_s > 0.3 else 0.0) - self._lift) * min(1.0, 6.0 * dt_s)
        talking = (
            self.doing is Doing.TALK
            and math.sin(self._time_s * 0.9 + self._shift[2])
            + math.sin(self._time_s * 1.7 + self._shift[3])
            > 0.2
        )
        self._talk_lift += ((1.0 if talking else 0.0) - self._talk_lift) * min(1.0, 3.0 * dt_s)

    # --- showing -----------------------------------------------------------------------------

    def state(self) -> State:
        """Wire state: posture, hands, gestures."""
        warming = self.doing is Doing.WARM_HANDS
        right = Gesture.OPEN if self._lift > 0.4 or warming else Gesture.RELAXED
        left = Gesture.OPEN if warming else Gesture.RELAXED
        low = self.doing is Doing.SIT and self._height_m < 1.35
        return State(
            posture=Posture.SEATED if low else Posture.STANDING,
            left_tracked=True,
            right_tracked=True,
            left_gesture=left,
            right_gesture=right,
        )

    def numbers(self) -> F64:
        """The pose: 21 numbers, metres and quaternions (reused buffer)."""
        t, s, out = self._time_s, self._shift, self._numbers
        gait = self._walked_m / 0.72 * math.pi
        moving = min(1.0, self.speed_m_s / 0.8)
        breath = 0.005 * math.sin(t * 1.6 + s[4])
        bob = 0.018 * math.cos(2 * gait) * moving
        sway = 0.012 * math.sin(t * 0.9 + s[5])
        height = self._height_m + breath + bob
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        lean = 0.06 if self.doing is Doing.SIT else 0.0
        head = (sway, height, -lean)
        out[0:3] = self._placed(head, cos, sin)
        out[3:7] = euler_quaternion(
            np.array(self.yaw + self._look),
            np.array(self._pitch),
            np.array(0.02 * math.sin(t * 0.5)),
        )
        for side, outward in ((0, -1.0), (1, 1.0)):
            at = 7 + 7 * side
            hand, turn = self._hand(side, outward, height, gait, moving)
            out[at : at + 3] = self._placed(hand, cos, sin)
            out[at + 3 : at + 7] = euler_quaternion(
                np.array(self.yaw + turn[0]), np.array(turn[1]), np.array(turn[2])
            )
        return out

    def _placed(self, local: tuple[float, float, float], cos: float, sin: float) -> F64:
        x, y, z = local
        return np.array([self.x + cos * x + sin * z, y, self.z + cos * z - sin * x])

    def _hand(
        self, side: int, outward: float, height: float, gait: float, moving: float
    ) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
        """One hand in the body's frame, and its yaw, pitch and roll."""
        t, s = self._time_s, self._shift
        swing = 0.17 * math.sin(gait + (math.pi if side else 0.0)) * moving
        if self.doing is Doing.SIT:
            rest = (outward * 0.2, height - 0.52, -0.34)
        elif self.doing is Doing.WARM_HANDS:
            rest = (outward * 0.16, height - 0.42, -0.46)
        else:
            rest = (outward * 0.25, height - 0.68, -0.1 - swing)
        talk = (
            outward * (0.2 + 0.05 * math.sin(t * 2.9 + s[6] + side)),
            height - 0.4 + 0.07 * math.sin(t * 3.7 + s[7] + 2 * side),
            -0.36,
        )
        lift = self._talk_lift * (0.9 if side else 0.65)
        x, y, z = (a + (b - a) * lift for a, b in zip(rest, talk, strict=True))
        roll, pitch = 0.0, -0.35 + 0.5 * lift
        if self.doing is Doing.WARM_HANDS:
            pitch = 0.7
        if side == 1 and self._lift > 0.01:
            waving = 0.11 * math.sin(t * 9.0)
            x += (0.34 + waving - x) * self._lift
            y += (height + 0.08 - y) * self._lift
            z += (-0.25 - z) * self._lift
            pitch += (1.3 - pitch) * self._lift
            roll = -1.2 * waving * 3.0 * self._lift
        wobble = 0.008 * math.sin(t * 1.3 + s[side])
        return (x + wobble, max(y + wobble, 0.05), z), (outward * -0.15, pitch, roll)
