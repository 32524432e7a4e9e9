"""Where bots of one room stand or walk: a plaza of a given density, rings round a fire, a class.

Knows geometry only; the numbers come from the scenario and from what the server says of the room.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hearth_loadtest.motion import Paths
from hearth_loadtest.turns import facing

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ground:
    """The room as the server describes it: bounds in metres, and how far interest reaches."""

    min_x: float
    min_z: float
    max_x: float
    max_z: float
    radius_m: float

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the floor, x and z."""
        return (self.min_x + self.max_x) / 2, (self.min_z + self.max_z) / 2

    @property
    def usable_m(self) -> float:
        """Side of the largest square that keeps a metre and a half from the walls."""
        return min(self.max_x - self.min_x, self.max_z - self.min_z) - 3.0


def share_within(radius_m: float, side_m: float) -> float:
    """Chance that two uniform points of a square are within `radius_m` of each other.

    The distribution of distances in a square (Philip, 2007), for radius ≤ side; beyond it the
    square is treated as wholly within reach once its diagonal is.
    """
    r = radius_m / side_m
    if r <= 1.0:
        return math.pi * r**2 - 8.0 / 3.0 * r**3 + r**4 / 2.0
    if r >= math.sqrt(2.0):
        return 1.0
    root = math.sqrt(r**2 - 1.0)
    return (
        1.0 / 3.0
        - 2.0 * r**2
        - r**4 / 2.0
        + 4.0 / 3.0 * root * (2.0 * r**2 + 1.0)
        + 2.0 * r**2 * (math.asin(1.0 / r) - math.acos(1.0 / r))
    )


def side_for(people: int, neighbours: float, radius_m: float) -> float:
    """Side of the square in which each of `people` has `neighbours` others within reach on average.

    Edges are accounted for. Where everyone is to be within reach, the largest such square.
    """
    everyone_m = radius_m / math.sqrt(2.0) * 0.97
    if neighbours >= people - 1:
        return everyone_m
    low, high = everyone_m, radius_m * math.sqrt(math.pi * people / max(neighbours, 0.1)) * 2
    for _ in range(60):
        middle = (low + high) / 2
        if (people - 1) * share_within(radius_m, middle) > neighbours:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def plaza(rng: np.random.Generator, people: int, side_m: float, ground: Ground) -> Paths:
    """Walkers at 0.7 to 1.3 m/s in every direction over a square of `side_m`, evenly dense."""
    half = max(0.5, min(side_m, ground.usable_m) / 2 - 0.15)
    angle = rng.uniform(0, 2 * np.pi, people)
    speed = rng.uniform(0.7, 1.3, people)
    weave = np.zeros((people, 2, 3))
    weave[:, :, 0] = rng.uniform(0.02, 0.15, (people, 2))
    weave[:, :, 1] = rng.uniform(0.4, 1.2, (people, 2))
    weave[:, :, 2] = rng.uniform(0, 2 * np.pi, (people, 2))
    return Paths(
        centre=np.tile(np.array(ground.centre), (people, 1)),
        half=np.full((people, 2), half),
        start=rng.uniform(-2 * half, 2 * half, (people, 2)),
        velocity=np.stack([np.cos(angle), np.sin(angle)], axis=1) * speed[:, None],
        weave=weave,
        yaw=np.zeros(people),
    )


def still(places: F64, yaw: F64) -> Paths:
    """People who stay where they are: places [n, 2] as x and z, yaw [n]."""
    people = len(places)
    return Paths(
        centre=places,
        half=np.zeros((people, 2)),
        start=np.zeros((people, 2)),
        velocity=np.zeros((people, 2)),
        weave=np.zeros((people, 2, 3)),
        yaw=yaw,
    )


def circle(people: int, ground: Ground) -> Paths:
    """Rings round the middle of the floor, a metre apart, everyone looking inwards."""
    places: list[tuple[float, float]] = []
    ring = 0
    while len(places) < people:
        radius = 2.2 + 1.1 * ring
        seats = min(int(2 * math.pi * radius / 0.95), people - len(places))
        for seat in range(seats):
            angle = 2 * math.pi * (seat + 0.5 * (ring % 2)) / seats
            places.append((radius * math.cos(angle), radius * math.sin(angle)))
        ring += 1
    at = np.array(places)
    return still(at + np.array(ground.centre), facing(-at[:, 0], -at[:, 1]))


def lesson(people: int, ground: Ground) -> Paths:
    """One instructor in front, looking at rows of mats; everyone else looks at the instructor."""
    across = max(1, math.ceil(math.sqrt(people)))
    index = np.arange(max(0, people - 1))
    x = (index % across - (across - 1) / 2) * 1.6
    z = (index // across) * 2.0
    z = z - (z.mean() if len(z) else 0.0)
    front = (z.min() if len(z) else 0.0) - 3.0
    mats = np.stack([x, z], axis=1) if len(index) else np.zeros((0, 2))
    places = np.concatenate([np.array([[0.0, front]]), mats])
    yaw = facing(-places[:, 0], front - places[:, 1])
    yaw[0] = math.pi
    return still(places + np.array(ground.centre), yaw)
