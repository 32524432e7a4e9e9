"""Histograms: percentiles of bulk records, and sums over processes."""

import numpy as np
import pytest
from hdrh.histogram import HdrHistogram

from hearth_loadtest.latency import DIGITS, HIGHEST_US, LOWEST_US, Latencies


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


def test_cells_are_those_of_the_hdr_histogram() -> None:
    rng = np.random.default_rng(3)
    micros = np.unique(np.concatenate([np.arange(1, 5000), rng.integers(1, HIGHEST_US, 3000)]))
    latencies, histogram = Latencies(), HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)
    latencies.record(micros / 1e6, np.full(len(micros), 2))
    for value in micros.tolist():
        histogram.record_value(value, 2)
    assert HdrHistogram.decode(latencies.encode()).get_total_count() == 2 * len(micros)
    for percentile in (0.1, 1, 25, 50, 75, 99, 99.9, 100):
        wanted = histogram.get_value_at_percentile(percentile) / 1000.0
        assert latencies.percentile_ms(percentile) == pytest.approx(wanted)
    mean = histogram.get_mean_value() / 1000.0
    assert latencies.summary()["mean"] == pytest.approx(mean, rel=1e-3)


def test_nothing_recorded_is_all_zero() -> None:
    latencies = Latencies()
    latencies.record(np.zeros(0))
    assert set(latencies.summary().values()) == {0.0}
    other = Latencies()
    other.merge_encoded(latencies.encode())
    assert other.count == 0


def test_what_is_out_of_range_is_kept_at_the_edge() -> None:
    latencies = Latencies()
    latencies.record(np.array([-0.5, 0.0, 36_000.0]))
    assert latencies.count == 3
    assert latencies.summary()["max"] == pytest.approx(3_600_000, rel=0.01)
