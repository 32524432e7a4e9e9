from dataclasses import dataclass

import pytest

from hearth_server.api.limits import RATES, AddressLimits, Budget, Rate
from tests.support.clock import ManualClock


@dataclass(frozen=True)
class Caller:
    bucket: str = "203.0.113.9"
    exempt: bool = False


SMALL: dict[str, Rate] = {budget: Rate(3, 0.5) for budget in Budget}


def test_a_budget_runs_out_and_refills() -> None:
    clock = ManualClock()
    limits = AddressLimits(clock, SMALL)
    assert [limits.take("join", Caller()) for _ in range(3)] == [None] * 3
    refusal = limits.take("join", Caller())
    assert refusal is not None
    assert refusal.code == "too_many_attempts"
    assert refusal.retry_after_s == pytest.approx(2.0)
    clock.advance(2.0)
    assert limits.take("join", Caller()) is None
    assert limits.take("join", Caller()) is not None


def test_a_whole_school_behind_one_address_gets_in() -> None:
    """1,500 people join within a minute and a half, each arriving a second later."""
    clock = ManualClock()
    limits = AddressLimits(clock)
    for arrival in range(1500):
        assert limits.take(Budget.JOIN, Caller()) is None
        if arrival >= 16:
            limits.give_back(Budget.JOIN, Caller())
        clock.advance(0.06)


def test_tickets_that_are_never_used_run_into_the_limit() -> None:
    limits = AddressLimits(ManualClock())
    taken = sum(limits.take(Budget.JOIN, Caller()) is None for _ in range(5000))
    assert taken == RATES[Budget.JOIN].burst


def test_giving_back_never_exceeds_the_burst() -> None:
    limits = AddressLimits(ManualClock(), SMALL)
    limits.take("join", Caller())
    for _ in range(10):
        limits.give_back("join", Caller())
    assert [limits.take("join", Caller()) is None for _ in range(4)] == [True] * 3 + [False]


def test_addresses_and_budgets_do_not_share() -> None:
    limits = AddressLimits(ManualClock(), SMALL)
    for _ in range(4):
        limits.take("join", Caller())
    assert limits.take("join", Caller("198.51.100.1")) is None
    assert limits.take("bad_hello", Caller()) is None


def test_looking_counts_nothing() -> None:
    limits = AddressLimits(ManualClock(), SMALL)
    assert limits.spent("join_code", Caller()) is None
    assert len(limits) == 0
    for _ in range(3):
        limits.take("join_code", Caller())
    assert limits.spent("join_code", Caller()) is not None


def test_the_exempt_are_never_refused() -> None:
    limits = AddressLimits(ManualClock(), SMALL)
    assert all(limits.take("join", Caller(exempt=True)) is None for _ in range(100))


def test_memory_is_bounded() -> None:
    limits = AddressLimits(ManualClock(), SMALL, max_buckets=100)
    for number in range(1000):
        limits.take("join", Caller(f"10.0.{number // 256}.{number % 256}"))
    assert len(limits) == 100
