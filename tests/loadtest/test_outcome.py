"""What workers found, added up."""

from collections import Counter

import numpy as np
import pytest

from hearth_loadtest.admission import Target
from hearth_loadtest.casting import Company, Pulse, Stage
from hearth_loadtest.doorway import Queueing
from hearth_loadtest.expectation import Rates
from hearth_loadtest.judge import Findings
from hearth_loadtest.latency import Latencies
from hearth_loadtest.outcome import Outcome, Surroundings
from hearth_loadtest.plan import Plan
from hearth_loadtest.report import markdown
from hearth_loadtest.scenario import load_scenario
from hearth_loadtest.verdict import parse_slo
from hearth_loadtest.worker import WorkerResult
from tests.loadtest.crowds import GROUND
from tests.loadtest.test_entry import WELCOME

PLAN = Plan(
    target=Target("127.0.0.1", 1),
    company=Company(10, 1, 2, 1),
    stage=Stage(load_scenario("plaza"), GROUND),
    pulse=Pulse(20.0),
    rates=Rates(4, 5.0),
    room_prefix="load-",
    spawn_rate=10.0,
    sampled=4,
    offset_ms=0.0,
    spread_ms=0.0,
)
MACHINE = {"processor": "p", "cores": 2, "system": "s", "python": "3"}
AROUND = Surroundings(MACHINE, 0.0, None, None, False, "plaza")


def histogram(*seconds: float) -> bytes:
    latencies = Latencies()
    latencies.record(np.array(seconds))
    return latencies.encode()


def result(findings: Findings, queueing: Queueing, latecomers: list[int]) -> WorkerResult:
    empty = histogram()
    wait = histogram(*[0.5] * queueing.joined)
    return WorkerResult(
        findings,
        empty,
        empty,
        empty,
        histogram(0.004),
        wait,
        queueing=queueing,
        latecomers=latecomers,
    )


@pytest.fixture
def outcome() -> Outcome:
    """Two workers; participant 77, whom the first gave up, was seen by the second's observers."""
    one = Findings(updates=100, stranger=2, strangers=Counter({9000: 2}))
    two = Findings(updates=100, stranger=5, strangers=Counter({77: 4, 9001: 1}))
    return Outcome.of(
        PLAN,
        WELCOME,
        [result(one, Queueing(10.0, 11.0, 3), [77]), result(two, Queueing(10.1, 12.5, 2), [])],
        AROUND,
    )


def test_who_was_given_up_and_got_in_later_is_no_wrong_identity(outcome: Outcome) -> None:
    assert outcome.findings.stranger == 3
    assert outcome.latecomer_updates == 4
    assert outcome.wrong_ratio == pytest.approx(3 / 200)
    assert any("given up" in note for note in outcome.notes())


def test_a_rush_that_was_too_much_is_told(outcome: Outcome) -> None:
    document = outcome.document(parse_slo("wrong<=5%"))
    assert document["joins"]["wanted_per_s"] == 10.0
    assert document["joins"]["per_s"] == pytest.approx(5 / 2.5)
    assert document["joins"]["wait_ms"]["count"] == 5
    assert document["generator_read_delay_ms"]["count"] == 2
    assert any("joins a second" in note for note in document["notes"])
    assert "2 a second for 2.5 s (10 asked for)" in markdown(document)
