"""Histograms: percentiles of bulk records, and sums over processes."""

import numpy as np
import pytest

from hearth_loadtest.latency import Latencies


def test_percentiles_are_those_of_the_sample() -> None:
    rng = np.random.default_rng(1)
    sample = rng.gamma(2.0, 0.02, 50_000)
    latencies = Latencies()
    latencies.record(sample)
    assert latencies.count == 50_000
    for percentile in (50, 90, 99, 99.9):
        expected = float(np.percentile(sample, percentile)) * 1000
        assert latencies.percentile_ms(percentile) == pytest.approx(expected, rel=0.01)


def test_what_two_processes_recorded_adds_up() -> None:
    rng = np.random.default_rng(2)
    sample = rng.uniform(0.001, 0.2, 4000)
    whole, parts = Latencies(), Latencies()
    whole.record(sample)
    for part in np.split(sample, 4):
        one = Latencies()
        one.record(part)
        parts.merge_encoded(one.encode())
    assert parts.summary() == pytest.approx(whole.summary())


def test_nothing_recorded_is_all_zero() -> None:
    latencies = Latencies()
    latencies.record(np.zeros(0))
    assert set(latencies.summary().values()) == {0.0}
    other = Latencies()
    other.merge_encoded(latencies.encode())
    assert other.count == 0


def test_what_is_out_of_range_is_kept_at_the_edge() -> None:
    latencies = Latencies()
    latencies.record(np.array([-0.5, 0.0, 3600.0]))
    assert latencies.count == 3
    assert latencies.summary()["max"] == pytest.approx(60_000, rel=0.01)
