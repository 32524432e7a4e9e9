"""Bodies and paths: the kernel against its naive twin, and movement a person could make."""

import math

import numpy as np
import pytest

from hearth_loadtest.clips import Body, Posture, made_up_clip
from hearth_loadtest.motion import Crowd
from hearth_loadtest.turns import euler_quaternion, facing, multiply, rotate_y, yaw_of
from hearth_protocol.kernels import bodies
from tests.loadtest.crowds import small_crowd


def naive_ground(path: np.ndarray, time_s: float) -> list[float]:
    """Fold a straight walk back at the walls, step by step."""
    out = []
    for axis in (0, 1):
        half = path[bodies.HALF + axis]
        at = 0.0
        if half > 0:
            at = path[bodies.START + axis] + path[bodies.VELOCITY + axis] * time_s
            while not -half <= at <= half:
                at = 2 * half - at if at > half else -2 * half - at
        size, speed, shift = path[bodies.WEAVE_X + 3 * axis : bodies.WEAVE_X + 3 * axis + 3]
        out.append(path[bodies.CENTRE + axis] + at + size * math.sin(speed * time_s + shift))
    return out


def naive_pose(crowd: Crowd, bot: int, sample: int) -> np.ndarray:
    path, (begin, length, offset) = crowd._paths[bot], crowd._parts[bot]
    time_s = sample * crowd.beat.period_s + crowd.beat.phase_s[bot]
    x, z = naive_ground(path, time_s)
    yaw = path[bodies.YAW]
    if path[bodies.WALKS]:
        after = naive_ground(path, time_s + bodies.LOOK_AHEAD_S)
        before = naive_ground(path, time_s - bodies.LOOK_AHEAD_S)
        yaw = float(facing(np.array(after[0] - before[0]), np.array(after[1] - before[1])))
    row = crowd._loops[begin + (sample + offset) % length]
    turn = euler_quaternion(np.array(yaw), np.array(0.0), np.array(0.0))
    out = []
    for at in (0, 7, 14):
        point = rotate_y(row[at : at + 3], np.array(yaw)) + np.array([x, 0.0, z])
        out += [*point, *multiply(turn, row[at + 3 : at + 7])]
    return np.array(out)


@pytest.mark.parametrize("scenario", ["plaza", "circle", "class"])
def test_the_kernel_carries_bodies_as_its_twin_does(scenario: str) -> None:
    crowd = small_crowd(users=20, scenario=scenario)
    floats, state = np.zeros((20, 21), np.float32), np.zeros(20, np.uint16)
    for sample in (0, 1, 17, 403, 20_000):
        crowd.poses(np.arange(20), sample, floats, state)
        expected = np.array([naive_pose(crowd, bot, sample) for bot in range(20)])
        assert np.abs(floats - expected).max() < 2e-5
        heads = crowd.heads(np.arange(20), np.array([sample]))[:, 0]
        assert np.array_equal(heads, floats[:, 0:3])


@pytest.mark.parametrize("scenario", ["plaza", "circle", "class"])
def test_people_move_as_people_do(scenario: str) -> None:
    crowd = small_crowd(users=40, scenario=scenario)
    bots, samples = np.arange(40), np.arange(0, 600)
    heads = crowd.heads(bots, samples)
    speed = np.linalg.norm(np.diff(heads, axis=1), axis=2) / crowd.beat.period_s
    assert speed.max() < 3.0
    if scenario == "plaza":
        assert 0.7 < speed.mean() < 1.4
    floats, state = np.zeros((40, 21), np.float32), np.zeros(40, np.uint16)
    for sample in range(0, 400, 7):
        crowd.poses(bots, sample, floats, state)
        for at in (3, 10, 17):
            assert np.abs(np.linalg.norm(floats[:, at : at + 4], axis=1) - 1).max() < 1e-5
        for at in (7, 14):
            assert np.linalg.norm(floats[:, at : at + 3] - floats[:, 0:3], axis=1).max() < 1.3
        assert (state & 0b1100 == 0b1100).all()
        assert (state >> 10 == 0).all()


def test_walkers_look_where_they_go() -> None:
    crowd = small_crowd(users=30)
    ahead = crowd.heads(np.arange(30), np.array([100, 108]))
    way = ahead[:, 1] - ahead[:, 0]
    floats, state = np.zeros((30, 21), np.float32), np.zeros(30, np.uint16)
    crowd.poses(np.arange(30), 104, floats, state)
    yaw = yaw_of(floats[:, 3:7].astype(np.float64))
    off = (yaw - facing(way[:, 0], way[:, 2]) + np.pi) % (2 * np.pi) - np.pi
    assert np.median(np.abs(off)) < 0.35


def test_the_same_seed_gives_the_same_crowd() -> None:
    one, two = small_crowd(), small_crowd()
    assert np.array_equal(
        one.heads(np.arange(30), np.arange(50)), two.heads(np.arange(30), np.arange(50))
    )


@pytest.mark.parametrize("posture", list(Posture))
def test_made_up_loops_have_no_jump(posture: Posture) -> None:
    rng = np.random.default_rng(3)
    clip = made_up_clip(rng, Body(posture, walking=posture is Posture.STANDING), 20.0, 24.0)
    around = np.concatenate([clip.rows, clip.rows[:1]])
    steps = np.linalg.norm(np.diff(around[:, 0:3], axis=0), axis=1)
    assert steps[-1] <= steps[:-1].max() * 1.5
    assert (clip.rows[:, [1, 8, 15]] > 0).all()
    assert (clip.state & 3 == int(posture)).all()
