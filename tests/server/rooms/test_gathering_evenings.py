"""Random evenings by the rules alone.

Nobody is two things, the queue is a plain list, and a restart forgets nothing.
"""

import json
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hearth_protocol.gathering import AnyRole, FloorAct, LeadAct
from hearth_server.community.plans.leading import Edit
from hearth_server.errors import Refusal
from hearth_server.rooms.gathering import staging
from hearth_server.rooms.gathering.gathering import Now, begin
from hearth_server.rooms.gathering.leading import Actor, lead
from hearth_server.rooms.gathering.roles import MEGAPHONES_MAX
from tests.server.rooms.evening import EVERYBODY, TO_WALL_MS, now_at, opened

PEOPLE = st.sampled_from(EVERYBODY)
ROLES: st.SearchStrategy[AnyRole] = st.sampled_from(["host", "co_host", "speaker", "audience"])
ACTS: st.SearchStrategy[LeadAct] = st.sampled_from(
    ["start", "hold", "next", "pause", "resume", "skip", "back", "forward", "wind_down", "end"]
)
FLOORS: st.SearchStrategy[FloorAct] = st.sampled_from(["next", "give", "lower", "skip", "clear"])
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
        outcome = staging.floor(gathering, Actor(who), wish, self.ms, Random(1).shuffle)
        if outcome is not None:
            return
        if act == "clear":
            self.queue.clear()
        elif act in ("lower", "give", "skip") and whom in self.queue:
            self.queue.remove(whom)
            if act == "skip":
                self.queue.append(whom)
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
        again = after.kept(Now(moved, self.ms + TO_WALL_MS)).live
        # Who is to take over is asked until the time that was set, or did not answer in it.
        open_still = [each for each in live["asks"] if each["until"] > self.ms + TO_WALL_MS]
        missed = {each["to"] for each in live["asks"]} - {each["to"] for each in open_still}
        ladder = live["ladder"]
        if ladder["gone"] is None:
            ladder = {"lead": "host", "gone": None, "asked": [], "missed": []}
        ladder = {**ladder, "missed": sorted({*ladder["missed"], *missed})}
        assert again == {**live, "asks": open_still, "ladder": ladder}

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
