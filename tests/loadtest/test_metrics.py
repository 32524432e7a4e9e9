"""The server's page of metrics: read, subtracted, and its histograms understood."""

import pytest

from hearth_loadtest.metrics import Scrape, compare, parse_metrics, quantile_ms

BEFORE = """
# HELP hearth_tick_duration_seconds Time one tick took.
# TYPE hearth_tick_duration_seconds histogram
hearth_tick_duration_seconds_bucket{le="0.001"} 10.0
hearth_tick_duration_seconds_bucket{le="0.01"} 10.0
hearth_tick_duration_seconds_bucket{le="+Inf"} 10.0
hearth_tick_duration_seconds_count 10.0
process_cpu_seconds_total 5.0
hearth_drops_total{reason="flood"} 2.0
"""
AFTER = """
hearth_tick_duration_seconds_bucket{le="0.001"} 60.0
hearth_tick_duration_seconds_bucket{le="0.01"} 110.0
hearth_tick_duration_seconds_bucket{le="+Inf"} 110.0
hearth_tick_duration_seconds_count 110.0
process_cpu_seconds_total 8.5
process_resident_memory_bytes 1.048576e+08
hearth_messages_total{direction="in",kind="pose"} 700.0
hearth_drops_total{reason="flood"} 2.0
hearth_drops_total{reason="with \\"quotes\\""} 3.0
a line that is none
"""


@pytest.fixture
def scrapes() -> tuple[Scrape, Scrape]:
    return Scrape(100.0, parse_metrics(BEFORE)), Scrape(107.0, parse_metrics(AFTER))


def test_quantiles_are_of_what_happened_in_between(scrapes: tuple[Scrape, Scrape]) -> None:
    name = "hearth_tick_duration_seconds"
    assert quantile_ms(*scrapes, name, 0.5) == pytest.approx(1.0)
    assert quantile_ms(*scrapes, name, 0.75) == pytest.approx(5.5)
    assert quantile_ms(*scrapes, "hearth_nothing", 0.5) is None


def test_a_comparison_tells_rates(scrapes: tuple[Scrape, Scrape]) -> None:
    told = compare(*scrapes)
    assert told["cpu_s_per_s"] == 0.5
    assert told["memory_mb"] == 100.0
    assert told["poses_per_s"] == 100
    assert told["ticks_per_s"] == pytest.approx(100 / 7, abs=0.01)
    assert sum(told["drops"].values()) == 3
    assert "flood" not in told["drops"]
