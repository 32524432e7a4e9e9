"""The judge: an honest server gets full marks, each kind of lie is found out by its name."""

from dataclasses import replace

import numpy as np
import pytest

from hearth_loadtest.clips import Clip
from hearth_loadtest.expectation import Rates
from hearth_loadtest.judge import LEAD, Findings, Judge, Records, Roster
from hearth_loadtest.motion import Beat, Crowd
from tests.loadtest.crowds import OFFSET_MS, START_S, perfect_records, small_crowd

WINDOW = (100, 120)
SAMPLES = range(100 - LEAD, 120)


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    return small_crowd(users=40, neighbours=8)


@pytest.fixture(scope="module")
def judge(crowd: Crowd) -> Judge:
    return Judge(crowd, Roster(np.arange(40) + 101, np.zeros(40, int)), Rates(64, 6.0), START_S)


def window(judge: Judge, records: Records, observer: int = 4) -> Findings:
    return judge.window(observer, WINDOW, records, OFFSET_MS)


def test_an_honest_server_gets_full_marks(judge: Judge, crowd: Crowd) -> None:
    found = window(judge, perfect_records(crowd, 4, SAMPLES))
    assert found.expected > 20
    assert found.delivered == found.expected
    assert found.verified == found.updates == 39 * 20
    assert (found.wrong_position, found.wrong_capture, found.stranger, found.duplicates) == (0,) * 4
    assert found.recall_hits == found.recall_of > 0
    assert found.worst_position_mm < 0.9
    latency = np.concatenate(found.latency_s)
    assert latency == pytest.approx(np.full(39 * 20, 0.03), abs=1e-9)
    assert np.abs(np.concatenate(found.capture_error_ms)).max() <= 0.51


def test_latency_counts_from_the_planned_time_however_late_the_capture_is_said_to_be(
    judge: Judge, crowd: Crowd
) -> None:
    records = perfect_records(crowd, 4, SAMPLES, delay_s=0.2)
    late = replace(records, captured_ms=records.captured_ms + np.uint32(2))
    assert np.concatenate(window(judge, late).latency_s).mean() == pytest.approx(0.2, abs=1e-6)


def test_half_of_the_samples_are_half_delivered(judge: Judge, crowd: Crowd) -> None:
    found = window(judge, perfect_records(crowd, 4, SAMPLES, keep_every=2))
    assert found.delivered / found.expected == pytest.approx(0.5, abs=0.03)


def test_nothing_is_nothing(judge: Judge, crowd: Crowd) -> None:
    found = window(judge, perfect_records(crowd, 4, range(0)))
    assert found.delivered == 0
    assert found.expected > 20
    assert found.recall_hits == 0


def test_a_wrong_age_is_found_out(judge: Judge, crowd: Crowd) -> None:
    records = perfect_records(crowd, 4, SAMPLES)
    found = window(judge, replace(records, captured_ms=records.captured_ms - np.uint32(6)))
    assert found.wrong_capture == found.updates > 0
    assert found.delivered == 0


def test_a_sample_sold_as_the_next_one_is_found_out(judge: Judge, crowd: Crowd) -> None:
    records = perfect_records(crowd, 4, SAMPLES)
    found = window(judge, replace(records, captured_ms=records.captured_ms + np.uint32(50)))
    assert found.wrong_position > 0.9 * found.updates


def test_a_wrong_place_is_found_out(judge: Judge, crowd: Crowd) -> None:
    records = perfect_records(crowd, 4, SAMPLES)
    moved = records.head_mm.copy()
    moved[::2, 0] += 4
    found = window(judge, replace(records, head_mm=moved))
    assert found.wrong_position == pytest.approx(found.updates / 2, abs=20)


def test_held_back_for_speed_is_not_wrong_but_only_where_somebody_was_too_fast() -> None:
    rows = np.zeros((40, 21))
    rows[:, 1], rows[:, 6::7] = 1.6, 1.0
    rows[20:, 0] = 1.0  # a metre in a twentieth of a second, at samples 20, 60, 100 …
    clip = Clip(rows, np.zeros(40, dtype=np.uint16))
    beat = Beat(0.05, np.zeros(2))
    still = (np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64))
    crowd = Crowd(np.zeros((2, 16)), [clip], still, beat)
    judge = Judge(crowd, Roster(np.array([1, 2]), np.zeros(2, int)), Rates(8, 6.0), START_S)
    samples = np.arange(95, 120)
    due_s = START_S + samples * 0.05
    heads = np.rint(crowd.heads(np.array([1]), samples)[0] * 1000).astype(np.int32)
    heads[samples == 100, 0] -= 400
    heads[samples == 110, 0] -= 400
    records = Records(
        np.full(25, 2, np.uint32),
        np.rint(due_s * 1000 + OFFSET_MS).astype(np.int64).astype(np.uint32),
        due_s + 0.03,
        heads,
        np.zeros(25, bool),
    )
    found = judge.window(0, WINDOW, records, OFFSET_MS)
    assert (found.clamped, found.wrong_position, found.verified) == (1, 1, 18)


def test_a_stranger_is_counted(judge: Judge, crowd: Crowd) -> None:
    records = perfect_records(crowd, 4, SAMPLES)
    found = window(judge, replace(records, subject=records.subject + np.uint32(5000)))
    # who is unknown has no phase, so a few at the edges fall into the next window
    assert found.stranger == found.updates > 700
    assert found.strangers.total() == found.stranger
    assert set(found.strangers) <= set(range(5101, 5141))
    assert found.delivered == 0


def test_what_comes_twice_counts_once(judge: Judge, crowd: Crowd) -> None:
    records = perfect_records(crowd, 4, SAMPLES)
    twice = type(records)(
        *(
            np.concatenate([getattr(records, name)] * 2)
            for name in ("subject", "captured_ms", "received_s", "head_mm", "repeated")
        )
    )
    found = window(judge, twice)
    assert found.verified == found.duplicates == 39 * 20
    assert found.delivered == found.expected


def test_server_time_may_wrap(crowd: Crowd) -> None:
    start_s = START_S
    judge = Judge(crowd, Roster(np.arange(40) + 101, np.zeros(40, int)), Rates(64, 6.0), start_s)
    offset_ms = float(1 << 32) - (start_s + 5.5) * 1000.0
    records = perfect_records(crowd, 4, SAMPLES)
    shift = np.int64(round(offset_ms - OFFSET_MS))
    wrapped = (records.captured_ms.astype(np.int64) + shift) % (1 << 32)
    found = judge.window(
        4, WINDOW, replace(records, captured_ms=wrapped.astype(np.uint32)), offset_ms
    )
    assert found.delivered == found.expected > 0


def test_rooms_are_apart() -> None:
    crowd = small_crowd(users=40, neighbours=30, rooms=2)
    roster = Roster(np.arange(40) + 101, np.arange(40) % 2)
    judge = Judge(crowd, roster, Rates(64, 60.0), START_S)
    found = judge.window(4, WINDOW, perfect_records(crowd, 4, SAMPLES), OFFSET_MS)
    assert found.neighbours == pytest.approx(19.0)


def test_those_who_did_not_get_in_are_not_due() -> None:
    crowd = small_crowd(users=40, neighbours=60)
    participants = np.arange(40) + 101
    participants[10:20] = 0
    judge = Judge(crowd, Roster(participants, np.zeros(40, int)), Rates(64, 60.0), START_S)
    found = judge.window(4, WINDOW, perfect_records(crowd, 4, SAMPLES), OFFSET_MS)
    assert found.neighbours == pytest.approx(29.0)
    assert found.stranger > 0


def test_findings_add_up() -> None:
    one, two = Findings(expected=2.0, worst_position_mm=0.3), Findings(expected=3.0, updates=4)
    one.strangers.update({7: 1})
    two.strangers.update({7: 2, 8: 1})
    one.add(two)
    assert one.strangers == {7: 3, 8: 1}
    assert (one.expected, one.updates, one.worst_position_mm) == (5.0, 4, 0.3)
