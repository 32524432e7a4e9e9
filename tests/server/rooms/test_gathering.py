"""The rules of a gathering: the ladder of those who lost their host, going live, asks, plans."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_server.community.plans.records import NO_PLAN, CompiledPlan
from hearth_server.errors import Refusal
from hearth_server.rooms.gathering import staging
from hearth_server.rooms.gathering.asks import WAITS_MS, Ask
from hearth_server.rooms.gathering.gathering import WINDING_MS, Gathering, begin
from hearth_server.rooms.gathering.ladder import ALONE_MS, ASKED_MS, AWAY_MS
from hearth_server.rooms.gathering.leading import Actor
from tests.server.rooms.evening import (
    ANN,
    BOB,
    CEM,
    DEE,
    EVERYBODY,
    act,
    asked,
    live,
    now_at,
    opened,
    pass_time,
)
from tests.support.runs import PLAN, run_of

# --- the ladder ----------------------------------------------------------------------------------

STATES = {
    "running": (PLAN, ["start"], 30_000),
    "holding": (PLAN, ["start", "hold"], 30_000),
    "paused": (PLAN, ["start", "pause"], 30_000),
    "no plan": (NO_PLAN, ["start"], 30_000),
}


def in_state(name: str) -> tuple[Gathering, int]:
    plan, acts, at_ms = STATES[name]
    gathering = opened(plan)
    act(gathering, ANN.id, "start", 0)
    pass_time(gathering, EVERYBODY, at_ms)
    for each in acts[1:]:
        act(gathering, ANN.id, each, at_ms)  # type: ignore[arg-type]
    return gathering, at_ms


@pytest.mark.parametrize("name", STATES)
def test_a_host_who_is_gone_is_waited_for_then_somebody_is_asked(name: str) -> None:
    gathering, at_ms = in_state(name)
    without = [BOB.id, CEM.id]
    run_before = gathering.timeline.segments[-1].run
    pass_time(gathering, without, at_ms + AWAY_MS - 500, at_ms)
    assert gathering.ladder.lead == "host"
    pass_time(gathering, without, at_ms + AWAY_MS + 500, at_ms + AWAY_MS - 500)
    assert gathering.ladder.lead == "host_away"
    pass_time(gathering, without, at_ms + ASKED_MS + 500, at_ms + AWAY_MS + 500)
    assert gathering.ladder.lead == "successor_asked"
    assert asked(gathering, BOB.id).kind == "take_over"
    assert gathering.timeline.segments[-1].run == run_before
    staging.answer(gathering, BOB.id, asked(gathering, BOB.id).id, True, at_ms + ASKED_MS + 600)
    assert gathering.stage.host == BOB.id
    assert gathering.stage.co_hosts == [ANN.id]
    assert gathering.ladder.lead == "host"
    # Whoever led before comes back as the first to take over again.
    pass_time(gathering, [ANN.id, *without], at_ms + 60_000, at_ms + ASKED_MS + 750)
    assert gathering.stage.host == BOB.id
    assert gathering.state == "live"


@pytest.mark.parametrize("name", STATES)
def test_without_a_successor_the_plan_goes_on_alone_or_it_comes_to_a_close(name: str) -> None:
    gathering, at_ms = in_state(name)
    pass_time(gathering, [CEM.id], at_ms + ALONE_MS + 500, at_ms)
    if name == "no plan":
        assert gathering.ladder.lead == "nobody"
        assert gathering.state == "winding_down"
        assert gathering.said
        return
    assert gathering.ladder.lead == "autopilot"
    assert gathering.position(at_ms + ALONE_MS + 500).run == "running"
    pass_time(gathering, [CEM.id], at_ms + ALONE_MS + PLAN.ms, at_ms + ALONE_MS + 750)
    assert gathering.state == "winding_down"
    done_ms = at_ms + ALONE_MS + PLAN.ms
    pass_time(gathering, [CEM.id], done_ms + WINDING_MS, done_ms)
    assert gathering.state == "ended"


def test_near_the_end_of_the_plan_it_closes_instead_of_going_on_alone() -> None:
    gathering = opened()
    act(gathering, ANN.id, "start", 0)
    gone_ms = PLAN.ms - ALONE_MS - 20_000
    pass_time(gathering, EVERYBODY, gone_ms)
    pass_time(gathering, [CEM.id], gone_ms + ALONE_MS + 500, gone_ms)
    assert gathering.state == "winding_down"


def test_the_host_who_comes_back_leads_again() -> None:
    gathering, at_ms = in_state("running")
    pass_time(gathering, [BOB.id], at_ms + ASKED_MS + 500, at_ms)
    assert asked(gathering, BOB.id).kind == "take_over"
    gathering.look([ANN.id, BOB.id], at_ms + ASKED_MS + 750)
    assert gathering.ladder.lead == "host"
    assert gathering.stage.host == ANN.id
    assert not gathering.asks.of(BOB.id)


def test_a_successor_who_does_not_answer_is_followed_by_the_next() -> None:
    gathering = begin(run_of(ANN, BOB, CEM), now_at(0))
    gathering.look(EVERYBODY, 0)
    act(gathering, ANN.id, "start", 0)
    pass_time(gathering, [BOB.id, CEM.id], ASKED_MS + 500)
    assert asked(gathering, BOB.id)
    pass_time(gathering, [BOB.id, CEM.id], ASKED_MS + WAITS_MS["take_over"] + 1000, ASKED_MS + 750)
    assert not gathering.asks.of(BOB.id)
    assert asked(gathering, CEM.id).kind == "take_over"


def test_who_comes_late_to_a_class_on_its_own_is_asked_too() -> None:
    gathering, at_ms = in_state("running")
    pass_time(gathering, [CEM.id], at_ms + ALONE_MS + 500, at_ms)
    assert gathering.ladder.lead == "autopilot"
    gathering.look([BOB.id, CEM.id], at_ms + ALONE_MS + 750)
    ask = asked(gathering, BOB.id)
    staging.answer(gathering, BOB.id, ask.id, True, at_ms + ALONE_MS + 900)
    assert (gathering.stage.host, gathering.ladder.lead) == (BOB.id, "host")


def test_a_host_who_was_put_out_is_not_waited_for() -> None:
    gathering, at_ms = in_state("running")
    gathering.forget(ANN.id, at_ms)
    gathering.look([BOB.id, CEM.id], at_ms + 250)
    assert gathering.stage.host is None
    assert asked(gathering, BOB.id).kind == "take_over"
    assert gathering.stage.role_of(ANN.id) == "audience"


def test_before_the_start_nobody_is_in_a_hurry() -> None:
    gathering = opened()
    pass_time(gathering, [CEM.id], ALONE_MS * 2)
    assert (gathering.state, gathering.ladder.lead) == ("doors", "nobody")
    assert not gathering.asks.open()


# --- going live and ending -----------------------------------------------------------------------


def test_whoever_starts_it_without_the_host_leads_it() -> None:
    gathering = opened()
    gathering.look([BOB.id, CEM.id], 100)
    act(gathering, BOB.id, "start", 200)
    assert gathering.stage.host == BOB.id
    assert gathering.stage.co_hosts == [ANN.id]


def test_a_plan_that_is_over_brings_it_to_its_end_by_itself() -> None:
    gathering = live()
    pass_time(gathering, EVERYBODY, PLAN.ms + 3_000)
    assert gathering.state == "winding_down"
    pass_time(gathering, EVERYBODY, PLAN.ms + 3_000 + WINDING_MS, PLAN.ms + 3_000)
    assert gathering.state == "ended"


def test_who_comes_after_the_start_is_late_and_the_leaders_are_not() -> None:
    gathering = begin(run_of(ANN, BOB), now_at(0))
    gathering.arrive(ANN.id)
    gathering.look([ANN.id], 0)
    act(gathering, ANN.id, "start", 0)
    for each in (BOB.id, CEM.id):
        gathering.arrive(each)
    assert gathering.late == {CEM.id}


def test_another_version_of_the_plan_goes_on_at_the_same_cue() -> None:
    gathering = live()
    pass_time(gathering, EVERYBODY, 92_000)  # 30 s into the second cue
    longer = tuple(
        each.model_copy(update={"ms": each.ms + (20_000 if each.id == "arrive" else 0)})
        for each in PLAN.cues
    )
    starts = 0
    shifted = []
    for each in longer:
        shifted.append(each.model_copy(update={"from_ms": starts}))
        starts += each.ms
    plan = CompiledPlan(4, PLAN.title, tuple(shifted))
    before = gathering.position(92_000)
    gathering.update(replace(gathering.facts, plan=plan), 92_000)
    after = gathering.position(92_000)
    assert plan.cues[after.cue].id == PLAN.cues[before.cue].id == "warrior"
    assert (after.cue_ms, after.breath_ms) == (before.cue_ms, before.breath_ms)
    assert {"cues", "timeline"} <= gathering.changed


def test_a_plan_without_the_cue_one_is_in_does_not_stop_the_class() -> None:
    gathering = live()
    pass_time(gathering, EVERYBODY, 92_000)
    plan = CompiledPlan(4, "Shorter", (PLAN.cues[0],))
    gathering.update(replace(gathering.facts, plan=plan), 92_000)
    gathering.look(EVERYBODY, 92_250)
    assert gathering.state == "winding_down"
    other = live()
    other.update(replace(other.facts, plan=NO_PLAN), 5_000)
    other.look(EVERYBODY, 5_250)
    assert other.state in ("live", "winding_down")


# --- who says yes first --------------------------------------------------------------------------


@given(order=st.permutations([BOB.id, CEM.id, DEE.id]))
def test_of_all_who_are_asked_to_lead_the_first_yes_counts(order: list[str]) -> None:
    gathering = live()
    for whom in order:
        assert staging.give_role(gathering, Actor(ANN.id), whom, "host", 10) is None
    asks = {who: asked(gathering, who).id for who in order}
    assert gathering.stage.host == ANN.id
    outcomes = [staging.answer(gathering, who, asks[who], True, 20) for who in order]
    assert isinstance(outcomes[0], Ask)
    assert [each.code for each in outcomes[1:] if isinstance(each, Refusal)] == ["taken", "taken"]
    assert gathering.stage.host == order[0]


def test_what_was_not_asked_cannot_be_answered() -> None:
    gathering = live()
    staging.give_role(gathering, Actor(ANN.id), CEM.id, "speaker", 10)
    ask = asked(gathering, CEM.id)
    other = staging.answer(gathering, DEE.id, ask.id, True, 20)
    assert isinstance(other, Refusal)
    assert other.code == "no_such_ask"
    gathering.look(EVERYBODY, 10 + WAITS_MS["speaker"])
    late = staging.answer(gathering, CEM.id, ask.id, True, 40_000)
    assert isinstance(late, Refusal)
    assert gathering.stage.role_of(CEM.id) == "audience"


def test_what_cannot_be_read_again_is_named() -> None:
    gathering = live()
    kept = gathering.kept(now_at(0))
    with pytest.raises(KeyError):
        begin(replace(gathering.facts, live={"began": 1}), now_at(0))
    with pytest.raises((TypeError, ValueError)):
        begin(replace(gathering.facts, live={**kept.live, "began": "soon"}), now_at(0))
