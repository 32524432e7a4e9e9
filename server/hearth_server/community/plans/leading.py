"""What those who lead may do to a running plan, and what comes of it. Pure."""

from dataclasses import dataclass, replace
from typing import Final

from hearth_protocol import limits as L
from hearth_protocol.gathering import LeadAct, Run
from hearth_server.community.plans.records import CompiledPlan
from hearth_server.community.plans.timeline import (
    Position,
    Segment,
    Timeline,
    cue_at,
    music_setter,
    place_of,
    position,
)
from hearth_server.errors import Refusal

#: How far they go in the plan.
_STEPS_MS: Final[dict[LeadAct, int]] = {"back": -30_000, "forward": 30_000}
#: Those that leave the plan where it is, and how it moves from then on.
_STAYS: Final[dict[LeadAct, Run]] = {
    "start": "running",
    "hold": "holding",
    "pause": "paused",
    "resume": "running",
    "wind_down": "over",
    "end": "over",
}
_AT_ONCE: Final[frozenset[LeadAct]] = frozenset({"hold", "pause", "wind_down", "end"})
_ENDS: Final[frozenset[LeadAct]] = frozenset({"wind_down", "end"})
_OUT_OF_TURN: Final[dict[Run, str]] = {
    "waiting": "The plan has not begun. Start it first.",
    "running": "The plan goes on already.",
    "holding": "The plan is held already. Press next to go on.",
    "paused": "The plan is paused. Resume it first.",
    "over": "The plan is over.",
}
_RUNS_NEEDED: Final[dict[LeadAct, tuple[Run, ...]]] = {
    "start": ("waiting",),
    "hold": ("running",),
    "pause": ("running", "holding"),
    "resume": ("holding", "paused"),
    "next": ("running", "holding", "paused"),
    "skip": ("running", "holding", "paused"),
    "back": ("running", "holding", "paused"),
    "forward": ("running", "holding", "paused"),
    "jump": ("running", "holding", "paused"),
    "wind_down": ("waiting", "running", "holding", "paused", "over"),
    "end": ("waiting", "running", "holding", "paused", "over"),
}


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody who leads wants; `version` is that of the timeline they saw."""

    act: LeadAct
    version: int
    cue: str | None = None


@dataclass(frozen=True, slots=True)
class _Base:
    """What an edit builds upon.

    Attributes:
        now: where the plan is for who leads; what is pending counts as done.
        then: where it will be when the edit acts; what is pending counts from its own beginning.
        heard: what people will be hearing when the edit acts, if nobody edited anything more.
    """

    acts_ms: int
    now: Position
    then: Position
    heard: Position


def edited(timeline: Timeline, plan: CompiledPlan, edit: Edit, now_ms: int) -> Timeline | Refusal:
    """Return the timeline after an edit, or why it stays as it is."""
    if edit.version != timeline.version:
        return Refusal(
            "stale_timeline",
            "Somebody else moved the plan a moment ago. Look where it is now, then press again.",
        )
    if not plan.cues and edit.act not in _ENDS:
        return Refusal("no_plan", "This gathering has no plan to move. Lead it by your voice.")
    base = _base(timeline, plan, edit.act, now_ms)
    refusal = _out_of_turn(edit.act, base.now.run)
    if refusal is not None:
        return refusal
    segment = _segment(plan, edit, base)
    if isinstance(segment, Refusal):
        return segment
    if segment.from_ms <= now_ms:
        return Timeline(timeline.version + 1, (segment,))
    in_force = timeline.segments[timeline.in_force(now_ms)]
    return Timeline(timeline.version + 1, (in_force, segment))


def _base(timeline: Timeline, plan: CompiledPlan, act: LeadAct, now_ms: int) -> _Base:
    acts_ms = now_ms if act in _AT_ONCE else now_ms + L.CUE_LEAD_MS
    now = position(timeline, plan, now_ms)
    heard = position(timeline, plan, acts_ms)
    pending = timeline.pending(now_ms)
    if pending is None:
        return _Base(acts_ms, now, heard, heard)
    # Two presses on `next` are two cues: the second counts from where the first will lead.
    ahead = place_of(plan, pending, pending.from_ms)
    if ahead.run == "over":
        # Not over yet: whoever went too far may still go back.
        ahead = replace(ahead, run=now.run)
    return _Base(acts_ms, ahead, ahead, heard)


def _out_of_turn(act: LeadAct, run: Run) -> Refusal | None:
    if run in _RUNS_NEEDED[act]:
        return None
    begun = run in ("running", "holding", "paused")
    code = "already_running" if begun and act in ("start", "resume") else "not_running"
    return Refusal(code, _OUT_OF_TURN[run])


def _segment(plan: CompiledPlan, edit: Edit, base: _Base) -> Segment | Refusal:
    stays = _STAYS.get(edit.act)
    if stays is not None:
        return _moved(plan, base, base.then.plan_ms, stays)
    if edit.act in _STEPS_MS:
        plan_ms = base.then.plan_ms + _STEPS_MS[edit.act]
        return _moved(plan, base, max(0, plan_ms), base.now.run)
    if edit.act == "jump":
        found = next((cue for cue in plan.cues if cue.id == edit.cue), None)
        if found is None:
            return Refusal(
                "cue_unknown", "The plan has no such cue. Choose one of those that it shows."
            )
        segment = _moved(plan, base, found.from_ms, "running")
        return replace(segment, breath_ms=0)
    wanted = base.now.cue + (1 if edit.act == "next" else 2)
    target = plan.cues[wanted].from_ms if wanted < len(plan.cues) else plan.ms
    # What comes by itself before the edit acts is not gone through twice.
    return _moved(plan, base, max(target, base.heard.plan_ms), "running")


def _moved(plan: CompiledPlan, base: _Base, plan_ms: int, run: Run) -> Segment:
    """Return a segment from a place in the plan on.

    Whoever is in that cue already breathes on, and music that plays already plays on.
    """
    heard = base.heard
    plan_ms = min(plan_ms, plan.ms)
    cue = cue_at(plan, plan_ms)
    setter = music_setter(plan, cue)
    same_music = setter == music_setter(plan, heard.cue)
    return Segment(
        from_ms=base.acts_ms,
        run="over" if plan_ms >= plan.ms else run,
        plan_ms=plan_ms,
        breath_ms=heard.breath_ms if cue == heard.cue else _since(plan, cue, plan_ms),
        music_ms=heard.music_ms if same_music else _since(plan, setter, plan_ms),
    )


def _since(plan: CompiledPlan, cue: int, plan_ms: int) -> int:
    return plan_ms - plan.cues[cue].from_ms if cue >= 0 else 0
