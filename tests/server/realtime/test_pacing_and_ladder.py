"""Ticks skip what they missed; the ladder climbs when strained and comes down when rested."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_server.realtime.overload import Ladder, LadderRules
from hearth_server.realtime.pacing import Pacer
from hearth_sim.reasons import Overload


def test_a_tick_is_due_once_per_interval() -> None:
    pacer = Pacer(0.05, 100.0)
    assert pacer.due(100.04) is None
    first = pacer.due(100.06)
    assert first is not None
    assert (first.tick, first.missed, round(first.lateness_s, 6)) == (1, 0, 0.01)
    assert pacer.due(100.07) is None
    assert pacer.wait_s(100.07) == pytest.approx(0.03)


def test_a_late_node_runs_one_tick_and_leaves_the_others_out() -> None:
    pacer = Pacer(0.05, 0.0)
    late = pacer.due(1.02)
    assert late is not None
    assert (late.tick, late.missed) == (1, 19)
    assert pacer.due(1.03) is None
    following = pacer.due(1.06)
    assert following is not None
    assert (following.tick, following.missed) == (2, 0)


@given(st.lists(st.floats(0.0, 0.4), min_size=1, max_size=60))
def test_ticks_and_missed_ones_add_up_to_the_time_that_passed(steps: list[float]) -> None:
    pacer, now_s, ran, missed = Pacer(0.05, 0.0), 0.0, 0, 0
    for step in steps:
        now_s += step
        due = pacer.due(now_s)
        if due is not None:
            ran += 1
            missed += due.missed
            assert due.tick == ran
            assert pacer.wait_s(now_s) > -1e-9
    assert abs(ran + missed - now_s / 0.05) <= 1.0 + 1e-6


def ladder() -> Ladder:
    return Ladder(LadderRules(), interval_s=0.05)


def test_a_short_peak_changes_nothing() -> None:
    subject = ladder()
    assert not any(subject.feed(0.2, 0.0) for _ in range(30))
    assert not any(subject.feed(0.01, 0.0) for _ in range(100))
    assert subject.rung is Overload.NORMAL


def test_lasting_strain_climbs_one_rung_at_a_time_to_the_top() -> None:
    subject = ladder()
    changes = [subject.feed(0.049, 0.0) for _ in range(400)]
    assert changes.count(True) == len(Overload) - 1
    assert subject.rung is max(Overload)
    first = changes.index(True)
    assert 59 <= first <= 61  # three seconds


def test_coming_down_takes_longer_than_going_up() -> None:
    subject = ladder()
    while subject.rung is Overload.NORMAL:
        subject.feed(0.06, 0.0)
    rested = 0
    while subject.rung is not Overload.NORMAL:
        subject.feed(0.01, 0.0)
        rested += 1
    assert 79 <= rested <= 81  # four seconds


def test_between_the_marks_it_stays_where_it_is() -> None:
    subject = ladder()
    while subject.rung is Overload.NORMAL:
        subject.feed(0.06, 0.0)
    assert not any(subject.feed(0.042, 0.0) for _ in range(1000))


def test_beginning_late_strains_as_much_as_taking_long() -> None:
    subject = ladder()
    assert any(subject.feed(0.02, 0.03) for _ in range(70))


def test_peaks_now_and_then_never_add_up() -> None:
    subject = ladder()
    assert not any(subject.feed(0.2 if tick % 4 == 0 else 0.03, 0.0) for tick in range(4000))
