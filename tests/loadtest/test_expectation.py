"""Dues: who ought to be told to whom, and when an update counts as come."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_loadtest.expectation import Rates, covered, expected
from tests.loadtest.crowds import small_crowd

TIERS = ((2, 1), (2, 2), (4, 4))


def test_tiers_give_each_rank_its_rate() -> None:
    rates = Rates(8, 10.0, TIERS)
    assert rates.every_by_rank().tolist() == [1, 1, 2, 2, 4, 4, 4, 4]
    assert not rates.all_full
    assert Rates(8, 10.0, ((8, 1),)).all_full
    assert Rates(5, 10.0).every_by_rank().tolist() == [1] * 5


def test_with_lanes_to_spare_everyone_within_the_radius_is_due() -> None:
    crowd = small_crowd(users=60, neighbours=8)
    samples = np.arange(40, 60)
    due = expected(crowd, 7, np.arange(60), samples, Rates(64, 6.0))
    for column, sample in enumerate(samples):
        heads = crowd.heads(np.arange(60), np.array([sample]))[:, 0].astype(np.float64)
        distance = np.linalg.norm(heads - heads[7], axis=1)
        near = {bot for bot in range(60) if bot != 7 and distance[bot] <= 6.0}
        assert set(due.subjects[due.every[:, column] == 1]) == near
        nearest = min((bot for bot in range(60) if bot != 7), key=lambda bot: distance[bot])
        assert due.subjects[due.nearest[:, column] == 0].tolist() == [nearest]


def test_in_a_crowd_only_those_sure_of_a_lane_are_due() -> None:
    crowd = small_crowd(users=80, neighbours=200)
    due = expected(crowd, 3, np.arange(80), np.arange(20, 40), Rates(16, 6.0))
    per_sample = (due.every > 0).sum(axis=0)
    assert (per_sample <= 16).all()
    assert per_sample.mean() > 6
    # whoever is due is among the nearest by bent distance, hence within 1.5 / 0.85 of the last
    assert due.nearest[due.every > 0].max() < 16 * (1.5 / 0.85) ** 2 + 8


def test_with_tiers_the_nearest_are_due_most_often() -> None:
    crowd = small_crowd(users=80, neighbours=200)
    due = expected(crowd, 3, np.arange(80), np.arange(20, 40), Rates(8, 6.0, TIERS))
    ranks = [due.nearest[due.every == every].mean() for every in (1, 2, 4)]
    assert ranks == sorted(ranks)


def naive_covered(arrived: np.ndarray, every: np.ndarray, lead: int) -> tuple[float, float]:
    delivered = total = 0.0
    for row in range(arrived.shape[0]):
        for at in range(lead, arrived.shape[1]):
            rate = every[row, at]
            if rate:
                total += 1 / rate
                delivered += arrived[row, max(0, at - rate + 1) : at + 1].any() / rate
    return delivered, total


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), rows=st.integers(0, 6), lead=st.integers(0, 7))
def test_counting_agrees_with_its_twin(seed: int, rows: int, lead: int) -> None:
    rng = np.random.default_rng(seed)
    arrived = rng.random((rows, lead + 20)) < rng.random()
    every = rng.choice([0, 1, 2, 4, 8], size=arrived.shape)
    assert covered(arrived, every, lead) == pytest.approx(naive_covered(arrived, every, lead))


def test_full_rate_counts_each_sample() -> None:
    arrived = np.array([[True, False, True, True]])
    assert covered(arrived, np.ones((1, 4), dtype=np.int64), 0) == (3.0, 4.0)


def test_too_much_of_one_does_not_make_up_for_too_little_of_another() -> None:
    arrived = np.zeros((2, 23), dtype=bool)
    arrived[0] = True
    delivered, owed = covered(arrived, np.full((2, 23), 4), 3)
    assert (delivered, owed) == (5.0, 10.0)


def test_quarter_rate_is_whole_when_every_fourth_sample_comes() -> None:
    arrived = np.zeros((1, 27), dtype=bool)
    arrived[0, 1::4] = True
    delivered, owed = covered(arrived, np.full((1, 27), 4), 7)
    assert delivered == owed == 5.0
