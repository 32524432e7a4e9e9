"""What an author wrote worked out into times, or why it cannot be. Pure.

A cue ends where the next begins: an absolute time earlier than the end of the cue before cuts that
one short, a later one makes it longer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hearth_protocol import limits as L
from hearth_protocol.gathering import Cue
from hearth_server.community.plans.breathing import cycle_ms, milliseconds
from hearth_server.community.plans.records import CUES_MAX, CompiledPlan, CueDraft
from hearth_server.errors import Refusal

CUE_MS_MIN: Final = 1000
#: Nobody is asked to breathe faster than thirty times a minute.
CYCLE_MS_MIN: Final = 2000


@dataclass(frozen=True, slots=True)
class Hint:
    """Something of a plan that works, and may not be meant."""

    cue: str
    code: str
    text: str


def compiled(version: int, title: str, drafts: Sequence[CueDraft]) -> CompiledPlan | Refusal:
    """Work the times of a plan out, or say what is wrong with it and with which cue."""
    refusal = _misshapen(drafts)
    if refusal is not None:
        return refusal
    starts = _starts(drafts)
    if isinstance(starts, Refusal):
        return starts
    ends = [*starts[1:], starts[-1] + milliseconds(drafts[-1].seconds)] if starts else []
    if ends and ends[-1] > L.PLAN_MS_MAX:
        return _too_long()
    cues = [
        _cue(draft, start, end - start)
        for draft, start, end in zip(drafts, starts, ends, strict=True)
    ]
    return CompiledPlan(version, title, tuple(cues))


def hints(drafts: Sequence[CueDraft], plan: CompiledPlan) -> list[Hint]:
    """Say which cues end in the middle of a breath, or last longer or shorter than written."""
    found = []
    for draft, cue in zip(drafts, plan.cues, strict=True):
        written = milliseconds(draft.seconds)
        if cue.ms < written:
            text = "The next cue begins before this one ends: it lasts"
            found.append(Hint(cue.id, "cut_short", f"{text} {cue.ms / 1000:g} s."))
        elif cue.ms > written:
            text = "The next cue begins later than this one would end: it lasts"
            found.append(Hint(cue.id, "stretched", f"{text} {cue.ms / 1000:g} s."))
        cycle = cycle_ms(cue.breath) if cue.breath is not None else 0
        if cycle and cue.ms % cycle:
            found.append(Hint(cue.id, "breath_uneven", _uneven(cue.ms, cycle)))
    return found


def _misshapen(drafts: Sequence[CueDraft]) -> Refusal | None:
    """Check what needs no look at the other cues, and that no two have one name."""
    if len(drafts) > CUES_MAX:
        return Refusal(
            "too_many_cues", f"A plan has {CUES_MAX} cues at most. Make two plans of this one."
        )
    seen: set[str] = set()
    for draft in drafts:
        if draft.id in seen:
            return Refusal("cue_twice", f"Two cues are named {draft.id!r}. Rename one of them.")
        seen.add(draft.id)
        refusal = _bad_length(draft) or _bad_breath(draft)
        if refusal is not None:
            return refusal
    return None


def _bad_length(draft: CueDraft) -> Refusal | None:
    # Finite first: a NaN is neither below nor above anything.
    if not math.isfinite(draft.seconds) or milliseconds(draft.seconds) < CUE_MS_MIN:
        return Refusal(
            "cue_length", f"The cue {draft.id!r} has to last a second at least. Make it longer."
        )
    if milliseconds(draft.seconds) > L.PLAN_MS_MAX:
        return _too_long()
    return None


def _bad_breath(draft: CueDraft) -> Refusal | None:
    breath = draft.breath
    if breath is None:
        return None
    if breath.in_s <= 0 or breath.out_s <= 0 or cycle_ms(breath) < CYCLE_MS_MIN:
        return Refusal(
            "cue_breath",
            f"The breath of the cue {draft.id!r} has to go in and out, and take "
            f"{CYCLE_MS_MIN // 1000} seconds at least. Give it more time.",
        )
    return None


def _starts(drafts: Sequence[CueDraft]) -> list[int] | Refusal:
    starts: list[int] = []
    end = 0
    for draft in drafts:
        start = end
        if draft.at_s is not None:
            # Also keeps what is infinite or not a number away from the rounding.
            if not 0.0 <= draft.at_s * 1000.0 <= L.PLAN_MS_MAX:
                return Refusal(
                    "cue_time",
                    f"The cue {draft.id!r} has to begin between 0 and "
                    f"{L.PLAN_MS_MAX // 1000} seconds. Change its time.",
                )
            start = milliseconds(draft.at_s)
        refusal = _bad_start(draft, start, starts[-1] if starts else None)
        if refusal is not None:
            return refusal
        starts.append(start)
        end = start + milliseconds(draft.seconds)
        if end > L.PLAN_MS_MAX:
            return _too_long()
    return starts


def _bad_start(draft: CueDraft, start: int, before: int | None) -> Refusal | None:
    if before is None:
        if start == 0:
            return None
        return Refusal(
            "cue_time",
            f"The first cue, {draft.id!r}, begins the plan. Leave its time out.",
        )
    if start - before < CUE_MS_MIN:
        return Refusal(
            "cue_time",
            f"The cue {draft.id!r} has to begin a second at least after the one before it, which "
            f"begins at {before / 1000:g} s. Give it a later time, or leave its time out.",
        )
    return None


def _too_long() -> Refusal:
    hours = L.PLAN_MS_MAX // 3_600_000
    return Refusal("plan_too_long", f"A plan lasts {hours} hours at most. Make its cues shorter.")


def _cue(draft: CueDraft, from_ms: int, ms: int) -> Cue:
    return Cue(
        id=draft.id,
        from_ms=from_ms,
        ms=ms,
        text=draft.text,
        side=draft.side,
        pose=draft.pose,
        breath=draft.breath,
        music=draft.music,
        light=draft.light,
        silence=draft.silence,
        alternatives=list(draft.alternatives),
    )


def _uneven(ms: int, cycle: int) -> str:
    whole = max(1, ms // cycle)
    choices = (
        f"{whole * cycle / 1000:g}"
        if ms < cycle
        else (f"{whole * cycle / 1000:g} or {(whole + 1) * cycle / 1000:g}")
    )
    return (
        f"This cue ends in the middle of a breath: it lasts {ms / 1000:g} s and a breath lasts "
        f"{cycle / 1000:g} s. With {choices} s it ends on a full breath."
    )
