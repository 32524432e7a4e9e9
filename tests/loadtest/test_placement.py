"""Places: the wished density, everyone inside, everyone looking the right way."""

import math

import numpy as np
import pytest

from hearth_loadtest.casting import Company, Pulse, Stage, build_crowd, sampled_bots
from hearth_loadtest.placement import Ground, circle, lesson, share_within, side_for
from hearth_loadtest.scenario import load_scenario

GROUND = Ground(-128.0, -128.0, 128.0, 128.0, 10.0)


@pytest.mark.parametrize("ratio", [0.05, 0.4, 0.9, 1.1, 1.3, 1.5])
def test_the_share_within_reach_is_that_of_random_points(ratio: float) -> None:
    rng = np.random.default_rng(1)
    gap = rng.uniform(size=(200_000, 2)) - rng.uniform(size=(200_000, 2))
    found = float((np.hypot(gap[:, 0], gap[:, 1]) <= ratio).mean())
    assert share_within(ratio, 1.0) == pytest.approx(found, abs=0.004)


@pytest.mark.parametrize(("users", "neighbours"), [(400, 32), (1500, 32), (600, 10)])
def test_a_plaza_has_the_wished_neighbours_at_any_time(users: int, neighbours: float) -> None:
    stage = Stage(load_scenario("plaza").with_neighbours(neighbours), GROUND)
    crowd = build_crowd(Company(users, 1, 1, 2), stage, Pulse(20.0))
    counts = []
    for sample in (0, 400, 4000):
        heads = crowd.heads(np.arange(users), np.array([sample]))[:, 0]
        gap = heads[:, None, :] - heads[None, :, :]
        within = np.hypot(gap[..., 0], gap[..., 2]) <= GROUND.radius_m
        counts.append(within.sum(axis=1).mean() - 1)
    assert np.mean(counts) == pytest.approx(neighbours, rel=0.12)


def test_a_small_party_is_wholly_within_reach() -> None:
    side_m = side_for(16, 32, 10.0)
    assert side_m * math.sqrt(2) <= 10.0


def test_nobody_leaves_a_room_that_is_too_small() -> None:
    small = Ground(-16.0, -16.0, 16.0, 16.0, 3.0)
    stage = Stage(load_scenario("plaza").with_neighbours(4), small)
    crowd = build_crowd(Company(300, 1, 1, 2), stage, Pulse(20.0))
    heads = crowd.heads(np.arange(300), np.arange(0, 2000, 13))
    assert np.abs(heads[..., [0, 2]]).max() < 16.0


def test_a_circle_looks_at_its_middle_and_nobody_sits_in_another() -> None:
    paths = circle(40, GROUND)
    distance = np.hypot(paths.centre[:, 0], paths.centre[:, 1])
    assert distance.min() >= 2.2
    looks = np.stack([-np.sin(paths.yaw), -np.cos(paths.yaw)], axis=1)
    assert np.allclose(looks, -paths.centre / distance[:, None])
    gap = np.linalg.norm(paths.centre[:, None] - paths.centre[None], axis=2)
    assert gap[~np.eye(40, dtype=bool)].min() > 0.8


@pytest.mark.parametrize("people", [1, 2, 25])
def test_a_lesson_has_its_instructor_in_front(people: int) -> None:
    paths = lesson(people, GROUND)
    assert paths.count == people
    if people > 1:
        assert paths.centre[0, 1] < paths.centre[1:, 1].min() - 2.5
        towards = paths.centre[0] - paths.centre[1:]
        looks = np.stack([-np.sin(paths.yaw[1:]), -np.cos(paths.yaw[1:])], axis=1)
        assert (np.sum(looks * towards, axis=1) > 0.99 * np.linalg.norm(towards, axis=1)).all()


@pytest.mark.parametrize(("users", "workers", "rooms"), [(1, 1, 1), (100, 3, 7), (3500, 2, 200)])
def test_sends_are_spread_evenly_over_the_period(users: int, workers: int, rooms: int) -> None:
    company, pulse = Company(users, rooms, workers, 1), Pulse(20.0)
    phases = pulse.phases_s(company)
    assert phases.min() >= 0
    assert phases.max() < pulse.period_s
    counts = np.bincount(np.rint(phases * 1000).astype(int), minlength=pulse.slices)
    assert counts.max() - counts.min() <= workers
    assert sorted(np.concatenate([company.rows_of(w) for w in range(workers)])) == list(
        range(users)
    )


def test_sampled_bots_are_in_many_rooms() -> None:
    company = Company(3200, 200, 2, 1)
    sampled = sampled_bots(company, 48)
    assert len(sampled) == 48
    assert len(set(company.room_of()[sampled])) >= 40
    assert sampled_bots(Company(10, 1, 1, 1), 48).tolist() == list(range(10))
