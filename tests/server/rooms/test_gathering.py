"""The rules of a gathering: roles, hands, asks, the ladder; and that a restart forgets nothing."""

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hearth_protocol.gathering import AnyRole, FloorAct, LeadAct
from hearth_server.community.plans.leading import Edit
from hearth_server.community.plans.records import NO_PLAN, CompiledPlan
from hearth_server.errors import Refusal
from hearth_server.rooms.gathering import staging
from hearth_server.rooms.gathering.asks import WAITS_MS, Ask
from hearth_server.rooms.gathering.gathering import WINDING_MS, Gathering, Now, begin
from hearth_server.rooms.gathering.ladder import ALONE_MS, ASKED_MS, AWAY_MS
from hearth_server.rooms.gathering.leading import Actor, lead
from hearth_server.rooms.gathering.roles import MEGAPHONES_MAX
from tests.support.gathering import account
from tests.support.runs import PLAN, STARTS_MS, run_of

ANN, BOB, CEM, DEE = (account(name) for name in ("Ann", "Bob", "Cem", "Dee"))
EVERYBODY = [each.id for each in (ANN, BOB, CEM, DEE)]
TO_WALL_MS = STARTS_MS - 600_000


def now_at(ms: int) -> Now:
    return Now(ms, ms + TO_WALL_MS)


def opened(plan: CompiledPlan = PLAN, ms: int = 0, **changes: Any) -> Gathering:
    """Ann hosts, Bob takes over, everybody is here."""
    gathering = begin(run_of(ANN, BOB, plan=plan, **changes), now_at(ms))
    for each in EVERYBODY:
        gathering.arrive(each)
    gathering.look(EVERYBODY, ms)
    return gathering


def act(gathering: Gathering, who: str, what: LeadAct, ms: int, cue: str | None = None) -> None:
    edit = Edit(what, gathering.timeline.version, cue)
    assert lead(gathering, Actor(who), edit, ms) is None


def live(plan: CompiledPlan = PLAN, **changes: Any) -> Gathering:
    gathering = opened(plan, **changes)
    act(gathering, ANN.id, "start", 0)
    return gathering


def pass_time(gathering: Gathering, here: list[str], until_ms: int, from_ms: int = 0) -> None:
    """Let time pass the way a shard does, a few looks a second."""
    for ms in range(from_ms, until_ms + 1, 250):
        gathering.look(here, ms)


def asked(gathering: Gathering, who: str) -> Ask:
    (ask,) = gathering.asks.of(who)
    return ask


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


# --- anything, in any order ----------------------------------------------------------------------

PEOPLE = st.sampled_from(EVERYBODY)
ROLES: st.SearchStrategy[AnyRole] = st.sampled_from(["host", "co_host", "speaker", "audience"])
ACTS: st.SearchStrategy[LeadAct] = st.sampled_from(
    ["start", "hold", "next", "pause", "resume", "skip", "back", "forward", "wind_down", "end"]
)
FLOORS: st.SearchStrategy[FloorAct] = st.sampled_from(["next", "give", "lower", "clear"])
_ORDER = ["doors", "live", "winding_down", "ended"]


class Evening(RuleBasedStateMachine):
    """Random leaders, students, losses and returns; a plain list says how the queue stands."""

    def __init__(self) -> None:
        super().__init__()
        self.ms = 1_000
        self.gathering = opened(ms=self.ms)
        self.here = set(EVERYBODY)
        self.queue: list[str] = []
        self.gone: dict[str, int] = {}
        self.reached = 0
        self.version = 0

    @rule(ms=st.integers(1, 30_000))
    def time_passes(self, ms: int) -> None:
        for _ in range(0, ms, 250):
            self.ms += 250
            self.gathering.look(self.here, self.ms)
            for who, since in list(self.gone.items()):
                if who in self.queue and self.ms - since >= 60_000:
                    self.queue.remove(who)

    @rule(who=PEOPLE)
    def comes_or_goes(self, who: str) -> None:
        if who in self.here:
            self.here.discard(who)
            self.gone[who] = self.ms
        else:
            self.here.add(who)
            self.gone.pop(who)
            self.gathering.arrive(who)
        # What the queue saw last is what counts; a shard looks four times a second.
        self.gathering.look(self.here, self.ms)
        self.gone = {
            each: self.gathering.hands._seen.get(each, since) for each, since in self.gone.items()
        }

    @rule(who=PEOPLE, act=ACTS, stale=st.booleans())
    def leads(self, who: str, act: LeadAct, stale: bool) -> None:
        gathering = self.gathering
        version = gathering.timeline.version - stale
        may = gathering.stage.leads(who)
        before = (gathering.state, gathering.timeline)
        outcome = lead(gathering, Actor(who), Edit(act, version), self.ms)
        if not may:
            assert isinstance(outcome, Refusal)
            assert (gathering.state, gathering.timeline) == before

    @rule(who=PEOPLE, on=st.booleans())
    def raises_a_hand(self, who: str, on: bool) -> None:
        if who not in self.here:
            return
        refusal = staging.raise_hand(self.gathering, who, on, self.ms)
        if refusal is None:
            if on and who not in self.queue:
                self.queue.append(who)
            elif not on and who in self.queue:
                self.queue.remove(who)

    @rule(who=PEOPLE, whom=PEOPLE, act=FLOORS, seconds=st.sampled_from([None, 5, 60]))
    def gives_the_floor(self, who: str, whom: str, act: FloorAct, seconds: int | None) -> None:
        gathering = self.gathering
        wish = staging.FloorWish(act, whom, seconds)
        outcome = staging.floor(gathering, Actor(who), wish, self.ms, Random(1))
        if outcome is not None:
            return
        if act == "clear":
            self.queue.clear()
        elif act in ("lower", "give") and whom in self.queue:
            self.queue.remove(whom)
        elif act == "next":
            called = next((each for each in self.queue if each in self.here), None)
            if called is not None:
                self.queue.remove(called)

    @rule(who=PEOPLE, whom=PEOPLE, role=ROLES)
    def gives_a_role(self, who: str, whom: str, role: AnyRole) -> None:
        gathering, stage = self.gathering, self.gathering.stage
        before = {each: stage.role_of(each) for each in EVERYBODY}
        staging.give_role(gathering, Actor(who), whom, role, self.ms)
        for each in EVERYBODY:
            # Nobody is anything more without having been asked, but for what one takes oneself.
            if each != who and stage.role_of(each) != before[each]:
                assert stage.role_of(each) in ("audience", "speaker") or each == stage.co_hosts[0]

    @rule(who=PEOPLE, yes=st.booleans())
    def answers(self, who: str, yes: bool) -> None:
        for ask in self.gathering.asks.of(who)[:1]:
            staging.answer(self.gathering, who, ask.id, yes, self.ms)

    @rule(who=PEOPLE, whom=PEOPLE, on=st.booleans())
    def switches_a_megaphone(self, who: str, whom: str, on: bool) -> None:
        staging.megaphone(self.gathering, Actor(who), whom, on, self.ms)

    @rule(who=PEOPLE, whom=PEOPLE, kind=st.sampled_from(["none", "soft", "hard"]))
    def mutes(self, who: str, whom: str, kind: Any) -> None:
        before = dict(self.gathering.stage.hushes)
        if staging.hush(self.gathering, Actor(who), whom, kind) is not None:
            assert self.gathering.stage.hushes == before

    @precondition(lambda self: self.gathering.state != "ended")
    @rule()
    def the_node_starts_anew(self) -> None:
        before, self.ms = self.gathering, self.ms + 250
        kept = before.kept(now_at(self.ms))
        live = json.loads(json.dumps(kept.live))
        moved = self.ms - 900  # another node, another axis
        facts = replace(before.facts, state=kept.state, live=live)
        after = begin(facts, Now(moved, self.ms + TO_WALL_MS))
        for ms in (0, 1_500, 90_000):
            assert after.position(moved + ms) == before.position(self.ms + ms)
        assert [who for who, _ in after.hands.queue()] == [who for who, _ in before.hands.queue()]
        assert after.stage.kept(self.ms - moved) == before.stage.kept(0)
        assert (after.state, after.late, after.came) == (before.state, before.late, before.came)
        again = after.kept(Now(moved, self.ms + TO_WALL_MS))
        assert {**again.live, "ladder": 0} == {**live, "ladder": 0}

    @invariant()
    def one_leads_and_nobody_is_two_things(self) -> None:
        stage = self.gathering.stage
        several = [*stage.co_hosts, *stage.speakers]
        assert stage.host not in several
        assert len(set(several)) == len(several)
        assert not set(stage.floor) & {stage.host, *several}
        assert len(stage.megaphones) <= MEGAPHONES_MAX

    @invariant()
    def the_queue_is_that_of_the_plain_list(self) -> None:
        assert [who for who, _ in self.gathering.hands.queue()] == self.queue

    @invariant()
    def it_only_goes_forward(self) -> None:
        reached = _ORDER.index(self.gathering.state)
        assert reached >= self.reached
        assert self.gathering.timeline.version >= self.version
        self.reached, self.version = reached, self.gathering.timeline.version

    @invariant()
    def nobody_is_asked_one_thing_twice(self) -> None:
        asks = [(ask.to, ask.kind) for ask in self.gathering.asks.open()]
        assert len(asks) == len(set(asks))


TestEvening = Evening.TestCase
TestEvening.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


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
