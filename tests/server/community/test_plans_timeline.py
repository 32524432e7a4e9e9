"""The timeline of a plan: held to the golden vectors, to a slow twin, and to what it promises."""

from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_protocol import limits as L
from hearth_protocol.gathering import Breath, LeadAct
from hearth_server.community.plans.compile import compiled
from hearth_server.community.plans.leading import Edit, edited
from hearth_server.community.plans.records import NO_PLAN, CompiledPlan, CueDraft
from hearth_server.community.plans.timeline import Segment, Timeline, place_of, position
from hearth_server.errors import HTTP_STATUS, TITLES, Refusal
from tests.protocol import vector_timeline

ACTS: tuple[LeadAct, ...] = get_args(LeadAct)
_BREATHS = st.none() | st.builds(
    Breath,
    in_s=st.sampled_from([2.0, 4.0, 5.5]),
    hold_s=st.sampled_from([0.0, 4.0]),
    out_s=st.sampled_from([2.0, 6.0]),
    rest_s=st.sampled_from([0.0, 1.5]),
)
_TRACKS = st.sampled_from([None, None, "none", "rain", "bowls"])


def _plan(cues: list[tuple[int, Breath | None, Any]]) -> CompiledPlan:
    drafts = [
        CueDraft(f"cue-{n}", None, seconds, breath=breath, music=track)
        for n, (seconds, breath, track) in enumerate(cues)
    ]
    made = compiled(1, "A plan", drafts)
    assert isinstance(made, CompiledPlan)
    return made


PLANS = st.lists(st.tuples(st.integers(1, 60), _BREATHS, _TRACKS), min_size=1, max_size=12).map(
    _plan
)
#: How long after the one before, what, and at which cue.
PRESSES = st.lists(
    st.tuples(st.integers(0, 40_000), st.sampled_from(ACTS), st.integers(0, 12)), max_size=14
)


def _evening(plan: CompiledPlan, presses: list[Any]) -> list[tuple[int, LeadAct | None, Timeline]]:
    """Everything that was done, with the timeline from then on; what was refused is not in it."""
    line = Timeline.waiting(0)
    done: list[tuple[int, LeadAct | None, Timeline]] = [(0, None, line)]
    now = 0
    for wait, act, cue in [(0, "start", 0), *presses]:
        now += wait
        found = edited(line, plan, Edit(act, line.version, f"cue-{cue}"), now)
        if isinstance(found, Refusal):
            assert found.code in HTTP_STATUS
            assert found.code in TITLES
            continue
        assert found.version == line.version + 1
        line = found
        done.append((now, act, line))
    return done


def test_a_plan_runs_by_itself_with_numbers_that_were_worked_out_by_hand() -> None:
    plan = vector_timeline.plan()
    line = Timeline(1, (Segment(5000, "running"),))
    # 35 s: 30 s into the plan, 10 s into the box, in the middle of breathing out.
    place = position(line, plan, 35_000)
    assert (place.plan_ms, place.cue, place.cue_ms, place.ms_to_next) == (30_000, 1, 10_000, 54_000)
    assert place.breath is not None
    assert (place.breath.part, place.breath.fraction, place.breath.fullness) == ("out", 0.5, 0.5)
    assert (place.track, place.music_ms, place.light) == ("rain", 30_000, "dawn")
    # 160 s: five seconds into the rest, whose bowls began with it.
    place = position(line, plan, 160_000)
    assert (place.cue, place.breath, place.track, place.music_ms) == (4, None, "bowls", 5000)
    assert position(line, plan, 205_000).run == "over"


def _tick_by_tick(
    plan: CompiledPlan, segment: Segment, until_ms: int
) -> tuple[str, int, int, int, int]:
    """The slow twin: what a metronome would do, a tenth of a second at a time."""
    run, plan_ms = segment.run, segment.plan_ms
    breath_ms, music_ms = segment.breath_ms, segment.music_ms
    now = segment.from_ms
    begins = {cue.from_ms: cue for cue in plan.cues}
    while now < until_ms:
        if run == "running" and plan_ms >= plan.ms:
            run = "over"
        if run in ("running", "holding"):
            breath_ms += 100
            music_ms += 100
        if run == "running":
            plan_ms += 100
            begun = begins.get(plan_ms)
            if begun is not None:
                breath_ms = 0
                music_ms = 0 if begun.music is not None else music_ms
        now += 100
    if run == "running" and plan_ms >= plan.ms:
        run = "over"
    cue = max(n for n, each in enumerate(plan.cues) if each.from_ms <= plan_ms)
    return run, plan_ms, cue, breath_ms, music_ms


@settings(max_examples=150, deadline=None)
@given(
    plan=PLANS,
    run=st.sampled_from(["waiting", "running", "holding", "paused", "over"]),
    at=st.integers(0, 6000),
    ahead=st.integers(0, 100),
    elapsed=st.integers(0, 4000),
)
def test_a_place_is_what_a_metronome_comes_to(
    plan: CompiledPlan, run: Any, at: int, ahead: int, elapsed: int
) -> None:
    plan_ms = min(at * 100, plan.ms)
    cue = max(n for n, each in enumerate(plan.cues) if each.from_ms <= plan_ms)
    breath_ms = plan_ms - plan.cues[cue].from_ms + ahead * 100
    segment = Segment(1000, run, plan_ms, breath_ms, plan_ms + ahead * 100)
    place = place_of(plan, segment, 1000 + elapsed * 100)
    told = (place.run, place.plan_ms, place.cue, place.breath_ms, place.music_ms)
    assert told == _tick_by_tick(plan, segment, 1000 + elapsed * 100)


@settings(max_examples=200, deadline=None)
@given(plan=PLANS, presses=PRESSES)
def test_a_place_goes_backwards_only_when_somebody_goes_back(
    plan: CompiledPlan, presses: list[Any]
) -> None:
    done = _evening(plan, presses)
    ends = [now for now, _, _ in done[1:]] + [done[-1][0] + 60_000]
    before, forced = 0, done[0][2].segments[0]
    leads_back: set[Segment] = set()
    line_before = done[0][2]
    for (now, act, line), end in zip(done, ends, strict=True):
        pending = line_before.pending(now)
        # What is done while somebody's step back is pending leads back as well.
        if act in ("back", "jump") or (pending is not None and pending in leads_back):
            leads_back.add(line.segments[-1])
        for moment in range(now, end + 1, max(1, (end - now) // 7)):
            place = position(line, plan, moment)
            segment = line.segments[place.segment]
            assert 0 <= place.plan_ms <= plan.ms
            assert 0 <= place.cue_ms <= plan.cues[place.cue].ms
            assert place.plan_ms >= before or (segment != forced and segment in leads_back)
            before, forced = place.plan_ms, segment
        line_before = line


@settings(max_examples=200, deadline=None)
@given(plan=PLANS, presses=PRESSES, lag=st.integers(0, 1900), when=st.integers(0, 200_000))
def test_who_hears_late_agrees_as_soon_as_they_hear(
    plan: CompiledPlan, presses: list[Any], lag: int, when: int
) -> None:
    """Two listeners, one of whom hears of everything `lag` ms later, below the lead."""
    done = _evening(plan, presses)

    def known(at: int) -> Timeline:
        return [line for now, _, line in done if now <= at][-1]

    mine, theirs = known(when), known(max(0, when - lag))
    if mine.version == theirs.version:
        assert position(mine, plan, when) == position(theirs, plan, when)
    at_once = {"hold", "pause", "wind_down", "end"}
    late = [act for now, act, _ in done if when - lag < now <= when]
    if len(late) == 1 and late[0] not in at_once:
        # What acts later was not in force yet for either of them, unless it took another's place.
        earlier = known(when - lag)
        if earlier.pending(when - lag) is None:
            mine_now, theirs_now = position(mine, plan, when), position(theirs, plan, when)
            assert (mine_now.cue, mine_now.breath_ms) == (theirs_now.cue, theirs_now.breath_ms)


@settings(max_examples=150, deadline=None)
@given(
    plan=PLANS,
    presses=PRESSES,
    down_ms=st.integers(0, 120_000),
    kept_after=st.integers(0, 3000),
    new_axis=st.integers(0, 10_000_000),
    wall_ms=st.integers(1_600_000_000_000, 2_000_000_000_000),
)
def test_a_restored_timeline_ran_on(
    plan: CompiledPlan,
    presses: list[Any],
    down_ms: int,
    kept_after: int,
    new_axis: int,
    wall_ms: int,
) -> None:
    now, _, line = _evening(plan, presses)[-1]
    kept = line.kept(now + kept_after, wall_ms)
    back = Timeline.restored(kept, wall_ms + down_ms, new_axis)
    assert back.version == line.version
    would_be = position(line, plan, now + kept_after + down_ms)
    assert position(back, plan, new_axis) == would_be
    # Also as it travels, on an axis that wraps around.
    told = back.told(1)
    assert [segment.run for segment in told.segments] == [each.run for each in line.segments]


@pytest.mark.parametrize("act", ACTS)
def test_every_act_is_refused_on_an_older_timeline(act: LeadAct) -> None:
    refused = edited(Timeline.waiting(0), vector_timeline.plan(), Edit(act, 0, "rest"), 5)
    assert isinstance(refused, Refusal)
    assert refused.code == "stale_timeline"


@pytest.mark.parametrize("act", ACTS)
def test_without_a_plan_there_is_only_an_end(act: LeadAct) -> None:
    found = edited(Timeline.waiting(0), NO_PLAN, Edit(act, 1), 5)
    if act in ("wind_down", "end"):
        assert isinstance(found, Timeline)
        assert position(found, NO_PLAN, 10).run == "over"
    else:
        assert isinstance(found, Refusal)
        assert found.code == "no_plan"


def test_what_changes_the_cue_is_known_two_seconds_ahead() -> None:
    plan = vector_timeline.plan()
    running = Timeline(1, (Segment(0, "running"),))
    held = Timeline(1, (Segment(0, "holding", 30_000, 10_000, 30_000),))
    for act in ACTS:
        line = held if act == "resume" else running
        found = edited(line, plan, Edit(act, 1, "rest"), 30_000)
        if act == "start":
            continue
        assert isinstance(found, Timeline)
        ahead = found.segments[-1].from_ms - 30_000
        assert ahead == (0 if act in ("hold", "pause", "wind_down", "end") else L.CUE_LEAD_MS)
        assert position(found, plan, 30_000).cue == position(line, plan, 30_000).cue
