"""The server's clock, known from both sides."""

import numpy as np
import pytest

from hearth_loadtest.clock import ServerClock


def test_the_estimate_is_within_its_spread_and_close() -> None:
    rng = np.random.default_rng(4)
    truth_ms = 123_456.7
    clock = ServerClock()
    for tick in range(60):
        tick_s = 10.0 + tick * 0.05
        sent_s = tick_s - float(rng.uniform(0.001, 0.05))
        arrived_ms = int((sent_s + float(rng.exponential(0.001)) + 0.0001) * 1000 + truth_ms)
        server_ms = int(tick_s * 1000 + truth_ms)
        received_s = tick_s + 0.001 + float(rng.exponential(0.002))
        clock.add(sent_s, received_s, server_ms, max(0, server_ms - arrived_ms))
    assert clock.spread_ms >= 0
    assert abs(clock.offset_ms - truth_ms) <= clock.spread_ms / 2 + 1
    assert clock.offset_ms == pytest.approx(truth_ms, abs=1.5)


def test_a_long_wait_at_the_server_does_no_harm() -> None:
    clock = ServerClock()
    clock.add(1.0, 1.040, server_ms=5038, hold_ms=37)
    assert clock.offset_ms == pytest.approx(4000, abs=2.1)


def test_stamps_wrap() -> None:
    clock = ServerClock(float((1 << 32) - 1500))
    assert clock.stamp_ms(1.0) == (1 << 32) - 500
    assert clock.stamp_ms(2.0) == 500


def test_nothing_known_is_zero() -> None:
    assert ServerClock().offset_ms == 0.0
