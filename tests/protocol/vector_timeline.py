"""The cases of timeline.json: where a plan is, and what comes of leading it.

The plan is short, and its numbers are round, so that every place can be worked out by hand.
"""

from typing import Any, cast

from hearth_protocol import limits as L
from hearth_protocol.fields import WireModel
from hearth_protocol.gathering import Breath, LeadAct, Run
from hearth_server.community.plans.breathing import BreathPhase, phase_at
from hearth_server.community.plans.compile import compiled
from hearth_server.community.plans.leading import Edit, edited
from hearth_server.community.plans.records import CompiledPlan, CueDraft
from hearth_server.community.plans.timeline import Position, Segment, Timeline, position
from hearth_server.errors import Refusal

BOX = Breath(in_s=4.0, hold_s=4.0, out_s=4.0, rest_s=4.0)
CALM = Breath(in_s=4.0, out_s=6.0)
#: The last milliseconds before server time wraps around.
WRAP = L.U32_MAX + 1

_DRAFTS = (
    CueDraft("arrive", None, 20.0, "Arrive", music="rain", light="dawn"),
    CueDraft("box", None, 64.0, "Breathe in a box", breath=BOX),
    CueDraft("reach-right", None, 30.0, "Reach", side="right", pose="mountain", breath=CALM),
    CueDraft("reach-left", None, 30.0, "Reach", side="left", pose="mountain", breath=CALM),
    CueDraft("rest", 150.0, 40.0, "Rest", music="bowls", light="dusk", silence=True),
    CueDraft("end", None, 10.0, "Thank you", music="none"),
)


def plan() -> CompiledPlan:
    """The plan that every case is about: 200 s."""
    made = compiled(7, "Vectors", _DRAFTS)
    assert isinstance(made, CompiledPlan)
    return made


def _line(version: int, *segments: tuple[int, Run, int, int, int]) -> Timeline:
    return Timeline(version, tuple(Segment(*each) for each in segments))


#: By name: a timeline, and moments of unwrapped server time.
_PLACES: list[tuple[str, Timeline, list[int]]] = [
    ("nobody started it", _line(1, (1000, "waiting", 0, 0, 0)), [1000, 900_000]),
    (
        "it runs from the start",
        _line(2, (0, "waiting", 0, 0, 0), (5000, "running", 0, 0, 0)),
        [*(3000, 4999, 5000, 24_999, 25_000, 29_000, 35_000, 88_999, 89_000, 98_500, 119_000),
         *(154_999, 155_000, 194_999, 195_000, 204_999, 205_000, 400_000)],
    ),
    (
        "held in the middle of a breath: breath and music go on, the place stays",
        _line(3, (5000, "holding", 30_000, 10_000, 30_000)),
        [5000, 6999, 12_000, 105_000],
    ),
    (
        "it goes on from a hold: the breath of this cue is ahead, that of the next is not",
        _line(4, (5, "holding", 30_000, 10_000, 30_000), (4005, "running", 30_000, 14_000, 34_000)),
        [4004, 4005, 58_004, 58_005, 59_000, 124_005],
    ),
    (
        "paused: nothing moves",
        _line(5, (5000, "paused", 30_000, 12_500, 31_000)),
        [4000, 5000, 500_000],
    ),
    ("it is over", _line(6, (5000, "over", 123_456, 4456, 123_456)), [5000, 500_000]),
    (
        "next into a cue with music of its own",
        _line(7, (5000, "running", 100_000, 16_000, 100_000), (7000, "running", 150_000, 0, 0)),
        [6999, 7000, 46_999, 47_000, 57_000],
    ),
    (
        "server time wraps around",
        _line(8, (WRAP - 3000, "waiting", 0, 0, 0), (WRAP - 1000, "running", 0, 0, 0)),
        [WRAP - 1001, WRAP - 1000, WRAP, WRAP + 19_000],
    ),
    (
        "after a restart: it began before this clock did",
        _line(9, (-60_000, "running", 10_000, 10_000, 10_000)),
        [0, 1, 13_999, 14_000, 130_000],
    ),
]  # fmt: skip

_BREATHS: list[tuple[Breath, list[int]]] = [
    (BOX, [0, 1000, 2000, 3999, 4000, 7999, 8000, 10_000, 11_999, 12_000, 15_999, 16_000, 33_000]),
    (CALM, [0, 3999, 4000, 7000, 9999, 10_000, 1_000_000_007]),
    (Breath(in_s=0.0, out_s=0.0), [0, 5]),
    (Breath(in_s=2.0005, hold_s=0.0004, out_s=3.3335), [0, 2000, 2001, 5334, 5335]),
]

#: By name: acts, when, and with what cue; an act in brackets saw the timeline before this one.
_EDITS = {
    "start, and once more": "start 1000, start 1500",
    "nothing but the start before the start": "next 10, hold 20, jump 30 rest",
    "hold and next, the one button": "start 0, hold 40000, hold 41000, next 50000, hold 60000, "
    "next 61000",
    "next twice before the first acts is two cues": "start 0, next 10000, next 11000",
    "next just before the cue ends by itself is one cue": "start 0, next 21000",
    "who saw an older timeline is told so": "start 0, pause 30000, (resume) 31000",
    "pause and resume in the middle of a breath": "start 0, pause 31500, pause 40000, "
    "resume 50000, resume 53000",
    "resume out of a hold stays in the cue": "start 0, hold 30000, resume 40000",
    "pause while an edit is pending stands where it leads": "start 0, next 10000, pause 10500",
    "back and forward stay inside the plan": "start 0, back 10000, back 100000, forward 110000, "
    "forward 111000",
    "forward past the end, regretted before it acts": "start 0, forward 180000, back 181000",
    "back within a cue breathes on": "start 0, back 75000",
    "skip leaves one out": "start 0, skip 10000, skip 60000",
    "jump, also to where one is, and to what is not there": "start 0, jump 10000 rest, "
    "jump 30000 rest, jump 40000 nowhere, jump 41000 box",
    "next out of the last cue ends the plan": "start 0, jump 5000 end, next 8000, hold 20000, "
    "back 21000",
    "winding down and the end are always possible": "start 0, wind_down 33000, end 34000",
}


def timeline_vectors() -> dict[str, Any]:
    """Section 13."""
    return {
        "about": "Where a session plan is. places: a timeline as it travels, moments of server "
        "time (unwrapped), and where the plan is then, fractions to 6 digits. breaths: a pattern "
        "after so many ms. edits: one after the other at moments of server time, each with the "
        "timeline or the code of the refusal that it gives.",
        "cues": [_dumped(cue) for cue in plan().cues],
        "places": [
            {
                "name": name,
                "timeline": _dumped(line.told(plan().version)),
                "at": [
                    {"server_ms": now, **place_value(position(line, plan(), now))} for now in times
                ],
            }
            for name, line, times in _PLACES
        ],
        "breaths": [
            {
                "breath": _dumped(breath),
                "at": [{"ms": ms, "phase": phase_value(phase_at(breath, ms))} for ms in times],
            }
            for breath, times in _BREATHS
        ],
        "edits": [{"name": name, "steps": _steps(acts)} for name, acts in _EDITS.items()],
    }


def place_value(place: Position) -> dict[str, Any]:
    """A place in the words of the file."""
    return {
        "segment": place.segment,
        "run": place.run,
        "plan_ms": place.plan_ms,
        "cue": place.cue,
        "cue_ms": place.cue_ms,
        "ms_to_next": place.ms_to_next,
        "breath": phase_value(place.breath),
        "breath_ms": place.breath_ms,
        "music_ms": place.music_ms,
        "track": place.track,
        "light": place.light,
    }


def phase_value(phase: BreathPhase | None) -> dict[str, Any] | None:
    """A breath in the words of the file."""
    return phase and {
        "part": phase.part,
        "fraction": round(phase.fraction, 6),
        "fullness": round(phase.fullness, 6),
    }


def _steps(acts: str) -> list[dict[str, Any]]:
    line = Timeline.waiting(0)
    steps = []
    for words in acts.split(", "):
        named, at, cue = [*words.split(), None][:3]
        assert named is not None
        act = cast(LeadAct, named.strip("()"))
        edit = Edit(act, line.version - (named != act), cue)
        found = edited(line, plan(), edit, int(at or 0))
        step = {"act": act, "version": edit.version, "cue": cue, "server_ms": int(at or 0)}
        if isinstance(found, Refusal):
            steps.append({**step, "refused": found.code})
        else:
            line = found
            steps.append({**step, "timeline": _dumped(line.told(plan().version))})
    return steps


def _dumped(value: WireModel) -> dict[str, Any]:
    return value.model_dump(by_alias=True, exclude_none=True)
