"""Snapshots on their way: a window in snapshots, not in time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hearth_server.realtime.flow import WINDOW_MIN, Flow


def run(round_trip: int, ticks: int = 400) -> int:
    """Return how many snapshots one observer got whose acknowledgements come back late."""
    flow, sent_at, got = Flow(2, 20), list[int](), 0
    acked = np.zeros(2, np.uint32)
    for tick in range(1, ticks + 1):
        back = [at for at in sent_at if at + round_trip <= tick]
        acked[1] = back[-1] if back else 0
        length = np.zeros(2, np.int32)
        if not flow.look(tick, acked)[1]:
            length[1] = 100
            sent_at.append(tick)
            got += 1
        flow.sent(tick, length)
    return got


def test_a_short_way_gets_every_tick() -> None:
    assert run(round_trip=5) == 400


def test_a_long_way_gets_a_lower_rate_and_never_stops() -> None:
    assert 230 <= run(round_trip=10) <= 250
    assert 110 <= run(round_trip=20) <= 130
    assert 20 <= run(round_trip=100) <= 30


def test_who_acknowledges_nothing_gets_one_window() -> None:
    assert run(round_trip=10_000) == WINDOW_MIN


def test_a_new_connection_in_the_slot_owes_nothing() -> None:
    flow = Flow(1, 20)
    nothing = np.zeros(1, np.uint32)
    for tick in range(1, 20):
        full = flow.look(tick, nothing)
        flow.sent(tick, np.where(full, 0, 50).astype(np.int32))
    assert flow.full[0]
    flow.reset(0)
    assert not flow.look(20, nothing)[0]


@given(st.lists(st.integers(0, 2**32 - 1), max_size=30))
def test_invented_acknowledgements_never_count_more_than_was_sent(acks: list[int]) -> None:
    flow = Flow(1, 20)
    sent = 0
    for tick, ack in enumerate(acks, start=1):
        full = flow.look(tick, np.array([ack], np.uint32))
        length = np.where(full, 0, 50).astype(np.int32)
        sent += int(length[0] > 0)
        flow.sent(tick, length)
        assert flow.acked[0] <= sent
