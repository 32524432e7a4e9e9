"""Whoever leads is gone, and then the node is, too: who was asked is asked until time is up."""

import json
from dataclasses import replace

import pytest

from hearth_server.community.plans.records import NO_PLAN, CompiledPlan
from hearth_server.errors import Refusal
from hearth_server.rooms.gathering import staging
from hearth_server.rooms.gathering.asks import WAITS_MS
from hearth_server.rooms.gathering.gathering import Gathering, Now, begin
from hearth_server.rooms.gathering.ladder import ALONE_MS, ASKED_MS, RETURN_MS
from hearth_server.rooms.gathering.leading import Actor
from tests.server.rooms.evening import (
    ANN,
    BOB,
    CEM,
    DEE,
    EVERYBODY,
    TO_WALL_MS,
    act,
    asked,
    now_at,
    pass_time,
)
from tests.support.runs import PLAN, run_of

#: Another node counts from another zero.
MOVED_MS = -1_000_000
WAITS = WAITS_MS["take_over"]


def without_ann(until_ms: int, plan: CompiledPlan = PLAN) -> Gathering:
    """Ann leads from 0 on and is gone at once; Bob and Cem are there to follow her."""
    gathering = begin(run_of(ANN, BOB, CEM, plan=plan), now_at(0))
    gathering.look(EVERYBODY, 0)
    act(gathering, ANN.id, "start", 0)
    pass_time(gathering, [BOB.id, CEM.id], until_ms)
    return gathering


def restarted(before: Gathering, kept_ms: int, back_ms: int) -> Gathering:
    """What was written at `kept_ms` is read by a node that is there at `back_ms`."""
    kept = before.kept(now_at(kept_ms))
    live = json.loads(json.dumps(kept.live))
    facts = replace(before.facts, state=kept.state, live=live)
    return begin(facts, Now(back_ms + MOVED_MS, back_ms + TO_WALL_MS))


def pass_on(gathering: Gathering, here: list[str], until_ms: int, from_ms: int) -> None:
    pass_time(gathering, here, until_ms + MOVED_MS, from_ms + MOVED_MS)


def test_who_was_asked_has_the_time_that_was_left() -> None:
    before = without_ann(ASKED_MS + 10_000)
    ask = asked(before, BOB.id)
    gathering = restarted(before, ASKED_MS + 10_000, ASKED_MS + 15_000)
    assert gathering.ladder.lead == "successor_asked"
    again = asked(gathering, BOB.id)
    assert (again.kind, again.text, again.by) == ("take_over", ask.text, None)
    assert again.until_ms - MOVED_MS == ask.until_ms
    # He is back, and says yes before it is over.
    last_ms = ask.until_ms - 250
    pass_on(gathering, [BOB.id, CEM.id], last_ms, ASKED_MS + 15_000)
    assert asked(gathering, BOB.id) == again
    staging.answer(gathering, BOB.id, again.id, True, last_ms + MOVED_MS)
    assert (gathering.stage.host, gathering.ladder.lead) == (BOB.id, "host")


def test_who_does_not_answer_in_the_time_that_was_left_is_followed_by_the_next() -> None:
    before = without_ann(ASKED_MS + 10_000)
    until_ms = asked(before, BOB.id).until_ms
    gathering = restarted(before, ASKED_MS + 10_000, ASKED_MS + 15_000)
    pass_on(gathering, [BOB.id, CEM.id], until_ms + 500, ASKED_MS + 15_000)
    assert not gathering.asks.of(BOB.id)
    assert asked(gathering, CEM.id).until_ms - MOVED_MS >= until_ms + WAITS


def test_time_that_ran_out_while_the_node_was_down_leads_to_the_next() -> None:
    before = without_ann(ASKED_MS + 10_000)
    back_ms = ASKED_MS + WAITS + 20_000
    gathering = restarted(before, ASKED_MS + 10_000, back_ms)
    assert not gathering.asks.open()
    # Everybody is on their way back: nobody is passed over before they could be.
    pass_on(gathering, [], back_ms + RETURN_MS - 500, back_ms)
    assert not gathering.asks.open()
    here = [BOB.id, CEM.id]
    asked_ms = back_ms + RETURN_MS
    pass_on(gathering, here, asked_ms + 250, asked_ms)
    assert asked(gathering, CEM.id).kind == "take_over"
    # Bob could not answer a node that was not there, so he is asked once more, after the others.
    pass_on(gathering, here, asked_ms + WAITS + 500, asked_ms + 250)
    assert asked(gathering, BOB.id).kind == "take_over"
    assert not gathering.asks.of(CEM.id)
    pass_on(gathering, here, asked_ms + 2 * WAITS + 1_000, asked_ms + WAITS + 500)
    assert not gathering.asks.open()
    pass_on(gathering, here, ALONE_MS + 1_000, asked_ms + 2 * WAITS + 1_000)
    assert gathering.ladder.lead == "autopilot"


@pytest.mark.parametrize(("plan", "lead"), [(PLAN, "autopilot"), (NO_PLAN, "nobody")])
def test_a_long_time_down_leads_to_autopilot_or_to_a_close(plan: CompiledPlan, lead: str) -> None:
    gathering = restarted(without_ann(ASKED_MS + 10_000, plan), ASKED_MS + 10_000, ALONE_MS + 9_000)
    back_ms = ALONE_MS + 9_000
    pass_on(gathering, [DEE.id], back_ms + RETURN_MS - 500, back_ms)
    assert gathering.state == "live"
    pass_on(gathering, [DEE.id], back_ms + RETURN_MS + 500, back_ms + RETURN_MS - 500)
    assert gathering.ladder.lead == lead
    assert gathering.state == ("live" if plan.cues else "winding_down")


@pytest.mark.parametrize("plan", [PLAN, NO_PLAN])
def test_whoever_is_back_is_asked_before_it_goes_on_alone_or_closes(plan: CompiledPlan) -> None:
    gathering = restarted(without_ann(ASKED_MS + 10_000, plan), ASKED_MS + 10_000, ALONE_MS * 2)
    back_ms = ALONE_MS * 2
    pass_on(gathering, [BOB.id], back_ms + RETURN_MS + 500, back_ms)
    assert (gathering.state, gathering.ladder.lead) == ("live", "successor_asked")
    ask = asked(gathering, BOB.id)
    staging.answer(gathering, BOB.id, ask.id, True, back_ms + RETURN_MS + 750 + MOVED_MS)
    assert gathering.stage.host == BOB.id


def test_the_host_who_comes_back_after_a_restart_leads_again() -> None:
    gathering = restarted(without_ann(ASKED_MS + 10_000), ASKED_MS + 10_000, ASKED_MS + 15_000)
    gathering.look([ANN.id], ASKED_MS + 15_250 + MOVED_MS)
    assert (gathering.stage.host, gathering.ladder.lead) == (ANN.id, "host")
    assert not gathering.asks.open()
    # And the next time that she is gone everybody is asked anew.
    pass_on(gathering, [BOB.id], ASKED_MS * 2 + 16_000, ASKED_MS + 15_500)
    assert asked(gathering, BOB.id)


def test_a_host_who_was_there_is_waited_for_from_the_start_on() -> None:
    gathering = begin(run_of(ANN, BOB), now_at(0))
    gathering.look(EVERYBODY, 0)
    act(gathering, ANN.id, "start", 0)
    pass_time(gathering, EVERYBODY, 20_000)
    gathering = restarted(gathering, 20_000, 20_000 + ALONE_MS)
    back_ms = 20_000 + ALONE_MS
    pass_on(gathering, [BOB.id], back_ms + ASKED_MS - 500, back_ms)
    assert not gathering.asks.open()
    pass_on(gathering, [BOB.id], back_ms + ASKED_MS + 500, back_ms + ASKED_MS - 500)
    assert asked(gathering, BOB.id)


def test_who_said_no_is_not_asked_again_by_another_node() -> None:
    before = without_ann(ASKED_MS + 1_000)
    before.unsaved = False
    staging.answer(before, BOB.id, asked(before, BOB.id).id, False, ASKED_MS + 1_000)
    assert before.unsaved
    gathering = restarted(before, ASKED_MS + 1_000, ASKED_MS + 2_000)
    pass_on(gathering, [BOB.id], ALONE_MS - 1_000, ASKED_MS + 2_000)
    assert not gathering.asks.open()
    assert gathering.ladder.lead == "host_away"


def test_each_step_is_written_as_it_is_made() -> None:
    gathering = without_ann(ASKED_MS)
    gathering.unsaved = False
    pass_time(gathering, [BOB.id, CEM.id], ASKED_MS + WAITS + 500, ASKED_MS + 250)
    # Cem follows Bob, and nothing else changed for anybody.
    assert asked(gathering, CEM.id)
    assert gathering.unsaved
    (kept,) = gathering.kept(now_at(ASKED_MS + WAITS + 500)).live["asks"]
    assert kept["to"] == CEM.id


def test_what_was_kept_before_the_asks_were_is_read() -> None:
    before = without_ann(ASKED_MS + 10_000)
    live = dict(before.kept(now_at(ASKED_MS + 10_000)).live)
    del live["asks"]
    live["ladder"] = {key: live["ladder"][key] for key in ("lead", "gone")}
    facts = replace(before.facts, state="live", live=live)
    gathering = begin(facts, Now(MOVED_MS, ASKED_MS + 20_000 + TO_WALL_MS))
    pass_time(gathering, [BOB.id], RETURN_MS + MOVED_MS + 500, MOVED_MS)
    assert asked(gathering, BOB.id)


def test_who_may_not_lead_any_more_does_not_after_a_restart() -> None:
    before = begin(run_of(ANN, BOB, CEM), now_at(0))
    before.look(EVERYBODY, 0)
    act(before, ANN.id, "start", 0)
    staging.give_role(before, Actor(ANN.id), DEE.id, "co_host", 100)
    staging.answer(before, DEE.id, asked(before, DEE.id).id, True, 200)
    live = json.loads(json.dumps(before.kept(now_at(1_000)).live))
    # Bob is no host of the group any more; Dee was never one, and leads by the host's word.
    facts = replace(before.facts, state="live", live=live, co_hosts=(CEM.id,))
    after = begin(facts, now_at(2_000))
    assert (after.stage.host, after.stage.co_hosts) == (ANN.id, [CEM.id, DEE.id])
    assert after.facts == facts
    gone = begin(replace(facts, host_id=None), now_at(2_000))
    assert (gone.stage.host, gone.stage.role_of(ANN.id)) == (None, "audience")


@pytest.mark.parametrize("down", [False, True])
def test_who_is_no_co_host_any_more_is_not_asked_to_take_over_any_more(down: bool) -> None:
    before = without_ann(ASKED_MS + 10_000)
    ask = asked(before, BOB.id)
    facts, now = replace(before.facts, co_hosts=(CEM.id,)), now_at(ASKED_MS + 15_000)
    if down:
        live = json.loads(json.dumps(before.kept(now_at(ASKED_MS + 10_000)).live))
        gathering = begin(replace(facts, state="live", live=live), now)
    else:
        gathering = before
        gathering.update(facts, now.ms)
    assert not gathering.asks.of(BOB.id)
    assert isinstance(staging.answer(gathering, BOB.id, ask.id, True, now.ms), Refusal)
    assert gathering.stage.host == ANN.id
    pass_time(gathering, [BOB.id, CEM.id], now.ms + RETURN_MS + 500, now.ms)
    assert asked(gathering, CEM.id).kind == "take_over"
