"""Plans as authors write them: worked out into times, or refused by name."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_protocol import limits as L
from hearth_protocol.gathering import Breath
from hearth_server.community.plans.breathing import cycle_ms, phase_at
from hearth_server.community.plans.compile import compiled, hints
from hearth_server.community.plans.records import CUES_MAX, CompiledPlan, CueDraft
from hearth_server.community.plans.starters import STARTERS
from hearth_server.errors import HTTP_STATUS, TITLES, Refusal
from hearth_server.services.plans.library import library

BOX = Breath(in_s=4.0, hold_s=4.0, out_s=4.0, rest_s=4.0)


def made(*drafts: CueDraft) -> CompiledPlan:
    found = compiled(1, "A plan", drafts)
    assert isinstance(found, CompiledPlan), found
    return found


def times(*drafts: CueDraft) -> list[tuple[int, int]]:
    return [(cue.from_ms, cue.ms) for cue in made(*drafts).cues]


def refused(*drafts: CueDraft) -> str:
    found = compiled(1, "A plan", drafts)
    assert isinstance(found, Refusal)
    assert found.code in HTTP_STATUS
    assert found.code in TITLES
    assert found.text.endswith(".")
    return found.code


def test_a_cue_ends_where_the_next_begins() -> None:
    assert times() == []
    one, two, three = (
        CueDraft(name, None, seconds) for name, seconds in zip("abc", (10, 20, 5.5), strict=True)
    )
    assert times(one, two, three) == [(0, 10_000), (10_000, 20_000), (30_000, 5500)]
    assert made(one, two, three).ms == 35_500
    # Later than it would be: the one before is longer. Earlier: it is cut short.
    assert times(one, replace(two, at_s=12.0)) == [(0, 12_000), (12_000, 20_000)]
    assert times(one, replace(two, at_s=4.25)) == [(0, 4250), (4250, 20_000)]
    # A time is one of the plan, not of the cue before.
    assert times(one, replace(two, at_s=4.0), three)[2] == (24_000, 5500)


def test_times_are_rounded_to_whole_milliseconds_halves_upwards() -> None:
    assert times(CueDraft("a", None, 1.0005), CueDraft("b", None, 2.0004)) == [
        (0, 1001),
        (1001, 2000),
    ]


@pytest.mark.parametrize(
    ("code", "drafts"),
    [
        ("cue_twice", [CueDraft("a", None, 5), CueDraft("a", None, 5)]),
        ("cue_time", [CueDraft("a", None, 5), CueDraft("b", 0.0, 5)]),
        ("cue_time", [CueDraft("a", None, 5), CueDraft("b", 0.5, 5)]),
        ("cue_time", [CueDraft("a", 3.0, 5)]),
        ("cue_time", [CueDraft("a", None, 5), CueDraft("b", -1.0, 5)]),
        ("cue_time", [CueDraft("a", None, 5), CueDraft("b", float("nan"), 5)]),
        ("cue_time", [CueDraft("a", None, 5), CueDraft("b", float("inf"), 5)]),
        ("cue_time", [CueDraft("a", None, 5), CueDraft("b", 20.0, 5), CueDraft("c", 10.0, 5)]),
        ("cue_length", [CueDraft("a", None, 0.9)]),
        ("cue_length", [CueDraft("a", None, -5)]),
        ("cue_length", [CueDraft("a", None, float("nan"))]),
        ("cue_length", [CueDraft("a", None, float("inf"))]),
        ("plan_too_long", [CueDraft("a", None, 12 * 3600 + 1)]),
        ("plan_too_long", [CueDraft("a", None, 7 * 3600), CueDraft("b", None, 6 * 3600)]),
        ("too_many_cues", [CueDraft(f"c{n}", None, 1) for n in range(CUES_MAX + 1)]),
        ("too_many_cues", [CueDraft(f"c{n}", None, 1) for n in range(10_000)]),
        ("cue_breath", [CueDraft("a", None, 5, breath=Breath(in_s=0.0, out_s=4.0))]),
        ("cue_breath", [CueDraft("a", None, 5, breath=Breath(in_s=4.0, out_s=0.0))]),
        ("cue_breath", [CueDraft("a", None, 5, breath=Breath(in_s=0.5, out_s=0.5))]),
    ],
)
def test_what_makes_no_plan_is_refused_by_name(code: str, drafts: list[CueDraft]) -> None:
    assert refused(*drafts) == code


@given(
    st.lists(
        st.tuples(
            st.none() | st.floats(allow_nan=True, allow_infinity=True),
            st.floats(allow_nan=True, allow_infinity=True),
        )
        | st.tuples(st.none() | st.floats(0, 50_000), st.floats(0, 20_000)),
        max_size=30,
    )
)
def test_whatever_is_written_it_is_a_plan_or_a_reason(written: list[Any]) -> None:
    drafts = [CueDraft(f"c{n}", at_s, seconds) for n, (at_s, seconds) in enumerate(written)]
    found = compiled(3, "Any", drafts)
    if isinstance(found, Refusal):
        assert found.code in HTTP_STATUS
        return
    assert [cue.id for cue in found.cues] == [draft.id for draft in drafts]
    assert found.ms <= L.PLAN_MS_MAX
    end = 0
    for cue in found.cues:
        assert cue.from_ms == end
        assert cue.ms >= 1000
        end = cue.from_ms + cue.ms
    assert all(each.text for each in hints(drafts, found))


def test_what_may_not_be_meant_is_told_and_not_refused() -> None:
    drafts = [
        CueDraft("even", None, 32, breath=BOX),
        CueDraft("uneven", None, 40, breath=BOX),
        CueDraft("short", None, 10, breath=BOX),
        CueDraft("cut", None, 30),
        CueDraft("late", 92.0, 30),
        CueDraft("end", 152.0, 10),
    ]
    told = {(hint.cue, hint.code): hint.text for hint in hints(drafts, made(*drafts))}
    assert set(told) == {
        ("uneven", "breath_uneven"),
        ("short", "breath_uneven"),
        ("cut", "cut_short"),
        ("late", "stretched"),
    }
    assert "With 32 or 48 s it ends on a full breath." in told["uneven", "breath_uneven"]
    assert "With 16 s it ends" in told["short", "breath_uneven"]
    assert "lasts 10 s" in told["cut", "cut_short"]
    assert "lasts 60 s" in told["late", "stretched"]


@given(
    st.tuples(*[st.integers(0, 30_000)] * 4).filter(lambda parts: sum(parts) > 0),
    st.integers(0, 10_000_000),
)
def test_a_breath_goes_through_its_parts_in_their_order(
    parts: tuple[int, int, int, int], at: int
) -> None:
    in_s, hold_s, out_s, rest_s = (ms / 1000 for ms in parts)
    breath = Breath(in_s=in_s, hold_s=hold_s, out_s=out_s, rest_s=rest_s)
    assert cycle_ms(breath) == sum(parts)
    found = phase_at(breath, at)
    assert found is not None
    order = zip(("in", "hold", "out", "rest"), parts, strict=True)
    assert found.part == [name for name, ms in order for _ in range(ms)][at % sum(parts)]
    assert 0.0 <= found.fraction < 1.0
    assert 0.0 <= found.fullness <= 1.0
    after = phase_at(breath, at + 1)
    assert after is not None
    if found.part == after.part == "in":
        assert after.fullness >= found.fullness
    if found.part == after.part == "out":
        assert after.fullness <= found.fullness


@pytest.mark.parametrize("starter", STARTERS.values(), ids=lambda starter: starter.id)
def test_starters_are_whole(starter: Any) -> None:
    plan = starter.plan
    assert hints(starter.cues, plan) == []
    known = library().poses
    for cue in starter.cues:
        assert cue.text
        assert len(cue.text) <= L.CUE_TEXT_LENGTH
        for name in (cue.pose, *(each.pose for each in cue.alternatives)):
            assert name is None or name in known
        if cue.pose is not None:
            # The figure shows what the words say of sides.
            assert known[cue.pose].sided == (cue.side in ("left", "right")), cue.id
            assert cue.alternatives, f"{cue.id} has a way for everybody"
            for each in cue.alternatives:
                assert each.pose is None or known[each.pose].posture == each.posture, cue.id
        if cue.side is not None:
            other = {"left": "right", "right": "left"}[cue.side]
            assert any(
                each.pose == cue.pose and each.side == other and each.seconds == cue.seconds
                for each in starter.cues
            ), f"{cue.id} has its other side"


def test_starters_last_as_long_as_they_say() -> None:
    minutes = {name: starter.plan.ms / 60_000 for name, starter in STARTERS.items()}
    assert minutes == {
        "morning-yoga": 20,
        "desk-stretch": 8,
        "box-breathing": 6,
        "body-scan": 15,
        "short-talk": 30,
    }
