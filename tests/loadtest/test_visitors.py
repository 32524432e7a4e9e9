"""Demo visitors move like people: never through the fire, never into each other."""

import math
import random
from collections import Counter

import numpy as np
import pytest

from hearth_loadtest.visitor import PERSONAL_M, Doing, Party, Visitor

STEP_S = 0.05


@pytest.fixture(scope="module")
def evening() -> tuple[Counter[str], dict[str, float]]:
    """Two and a half minutes of six visitors: what they did, and extremes."""
    party = Party()
    visitors = [
        Visitor(party, (4 * math.sin(i), 4 * math.cos(i)), random.Random(i)) for i in range(6)
    ]
    party.guests = [(0.0, -4.0)]
    did: Counter[str] = Counter()
    last = [visitor.numbers().copy() for visitor in visitors]
    worst = {"speed": 0.0, "reach": 0.0, "fire": 9.0, "far": 0.0, "gap": 9.0, "norm": 0.0}
    strides = []
    for step in range(int(150 / STEP_S)):
        for index, visitor in enumerate(visitors):
            visitor.step(STEP_S)
            now = visitor.numbers()
            did[visitor.doing.name] += 1
            worst["speed"] = max(
                worst["speed"], float(np.linalg.norm(now[:3] - last[index][:3])) / STEP_S
            )
            for at in (7, 14):
                reach = float(np.linalg.norm(now[at : at + 3] - now[:3]))
                worst["reach"] = max(worst["reach"], reach)
            for at in (3, 10, 17):
                off = abs(float(np.linalg.norm(now[at : at + 4])) - 1)
                worst["norm"] = max(worst["norm"], off)
            from_fire = math.hypot(visitor.x, visitor.z)
            worst["fire"] = min(worst["fire"], from_fire)
            worst["far"] = max(worst["far"], from_fire)
            if visitor.doing is Doing.WALK:
                strides.append(visitor.speed_m_s)
            last[index] = now.copy()
        if step % 10 == 0:
            for i, one in enumerate(visitors):
                for two in visitors[:i]:
                    worst["gap"] = min(worst["gap"], math.dist((one.x, one.z), (two.x, two.z)))
    worst["stride"] = float(np.percentile(strides, 75))
    return did, worst


def test_they_do_a_bit_of_everything(evening: tuple[Counter[str], dict[str, float]]) -> None:
    did, _ = evening
    assert set(did) == {doing.name for doing in Doing}
    assert did["SIT"] > did["STAND"]


def test_they_move_within_reason(evening: tuple[Counter[str], dict[str, float]]) -> None:
    _, worst = evening
    assert worst["speed"] < 3.0
    assert worst["reach"] < 1.2
    assert worst["norm"] < 1e-6
    assert worst["far"] < 10.0
    assert 0.7 < worst["stride"] < 1.25


def test_they_keep_clear_of_fire_and_people(
    evening: tuple[Counter[str], dict[str, float]],
) -> None:
    _, worst = evening
    assert worst["fire"] > 1.5
    assert worst["gap"] > PERSONAL_M * 0.7


def test_a_wave_raises_the_right_hand() -> None:
    visitor = Visitor(Party(), (4.0, 0.0), random.Random(1))
    before = visitor.numbers().copy()
    visitor.wave()
    for _ in range(20):
        visitor.step(STEP_S)
    after = visitor.numbers()
    assert after[15] > before[15] + 0.5
    assert after[15] > after[1] - 0.1
    assert int(visitor.state().right_gesture) == 1
