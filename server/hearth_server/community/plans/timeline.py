"""Where a session plan is, and how those who lead move it. Pure: time is an argument.

A `Timeline` is one or two segments on the server's millisecond axis. A segment says how the plan
moves from a moment on; the one in force is the last that has begun. Whoever has the same timeline
and the same cues works out the same place, the same breath and the same bar of the music, however
late they came. `clients/webxr/src/state/timeline.ts` is the twin of `position`; both are held to
`protocol/vectors/timeline.json`.

What is seen at once by everybody has to be known ahead: an edit that changes the cue acts
`CUE_LEAD_MS` later, and until then the earlier segment is in force. Holding and pausing act at
once.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self, cast

from hearth_protocol import gathering as wire
from hearth_protocol import limits as L
from hearth_protocol.design import Light
from hearth_protocol.gathering import Run, Track
from hearth_server.community.plans.breathing import BreathPhase, phase_at
from hearth_server.community.plans.records import CompiledPlan

_MOVING: Final[frozenset[Run]] = frozenset({"running"})
#: Breath and music go on.
_SOUNDING: Final[frozenset[Run]] = frozenset({"running", "holding"})


@dataclass(frozen=True, slots=True)
class Segment:
    """How the plan moves from `from_ms` on.

    Attributes:
        from_ms: on the server's monotonic axis; may be negative after a restart.
        plan_ms: the place in the plan at `from_ms`.
        breath_ms: how long the breath of the cue there has gone on, holds included.
        music_ms: the same of the music.
    """

    from_ms: int
    run: Run
    plan_ms: int = 0
    breath_ms: int = 0
    music_ms: int = 0


@dataclass(frozen=True, slots=True)
class Timeline:
    """The movement of a plan; `version` counts up with each edit."""

    version: int
    segments: tuple[Segment, ...]

    @classmethod
    def waiting(cls, now_ms: int) -> Self:
        """Return the timeline of a plan that nobody has started."""
        return cls(1, (Segment(now_ms, "waiting"),))

    def in_force(self, now_ms: int) -> int:
        """Give the index of the segment in force: the last that has begun, or the first."""
        begun = [n for n, segment in enumerate(self.segments) if segment.from_ms <= now_ms]
        return begun[-1] if begun else 0

    def pending(self, now_ms: int) -> Segment | None:
        """Return the segment that is still to come."""
        last = self.segments[-1]
        return last if len(self.segments) > 1 and last.from_ms > now_ms else None

    def kept(self, now_ms: int, wall_ms: int) -> dict[str, Any]:
        """Return what to write down: times as the calendar has them, for no other clock lasts."""
        return {
            "version": self.version,
            "segments": [
                {
                    "wall_ms": wall_ms + segment.from_ms - now_ms,
                    "run": segment.run,
                    "plan_ms": segment.plan_ms,
                    "breath_ms": segment.breath_ms,
                    "music_ms": segment.music_ms,
                }
                for segment in self.segments
            ],
        }

    @classmethod
    def restored(cls, kept: Mapping[str, Any], wall_ms: int, now_ms: int) -> Self:
        """Return a timeline that ran on while nobody looked.

        Raises:
            KeyError, TypeError, ValueError: it was not written by `kept`.
        """
        segments = tuple(
            Segment(
                from_ms=now_ms + int(each["wall_ms"]) - wall_ms,
                run=cast(Run, str(each["run"])),
                plan_ms=int(each["plan_ms"]),
                breath_ms=int(each["breath_ms"]),
                music_ms=int(each["music_ms"]),
            )
            for each in kept["segments"]
        )
        if not 1 <= len(segments) <= 2:
            raise ValueError("a timeline has one or two segments")
        return cls(int(kept["version"]), segments)

    def told(self, plan_version: int) -> wire.Timeline:
        """Return it as it travels: times wrap around as all server time does."""
        return wire.Timeline(
            version=self.version & L.U32_MAX,
            plan=plan_version & L.U32_MAX,
            segments=[
                wire.Segment(
                    from_ms=segment.from_ms & L.U32_MAX,
                    run=segment.run,
                    plan_ms=segment.plan_ms,
                    breath_ms=segment.breath_ms,
                    music_ms=segment.music_ms,
                )
                for segment in self.segments
            ],
        )


@dataclass(frozen=True, slots=True)
class Position:
    """Where a plan is at a moment.

    Attributes:
        segment: index of the one in force.
        cue: index of the cue that the plan is in; -1 with a plan that has none.
        cue_ms: how far into it.
        ms_to_next: until the plan enters its next cue or ends by itself, or until the pending
            segment begins, whichever is first; None: it stays as it is until somebody acts.
        breath: None where the cue has no pattern, and before and after the plan.
        track, light: as the last cue that set them; "none" and None before any did.
    """

    segment: int
    run: Run
    plan_ms: int
    cue: int
    cue_ms: int
    ms_to_next: int | None
    breath: BreathPhase | None
    breath_ms: int
    music_ms: int
    track: Track
    light: Light | None


def position(timeline: Timeline, plan: CompiledPlan, now_ms: int) -> Position:
    """Work out where the plan is."""
    index = timeline.in_force(now_ms)
    segment = timeline.segments[index]
    pending = timeline.pending(now_ms)
    found = place_of(plan, segment, now_ms, index)
    if pending is None:
        return found
    ahead_ms = pending.from_ms - now_ms
    own_ms = found.ms_to_next
    return replace(found, ms_to_next=ahead_ms if own_ms is None else min(own_ms, ahead_ms))


def place_of(plan: CompiledPlan, segment: Segment, now_ms: int, index: int = 0) -> Position:
    """Work out where a plan is that moves as `segment` says, whatever comes after it."""
    # A segment that has not begun stands where it will begin.
    elapsed = max(0, now_ms - segment.from_ms)
    run = segment.run
    if run in _MOVING and segment.plan_ms + elapsed >= plan.ms:
        # Everything stops where the plan ends.
        elapsed = max(0, plan.ms - segment.plan_ms)
        run = "over"
    moved = elapsed if segment.run in _MOVING else 0
    sounded = elapsed if segment.run in _SOUNDING else 0
    plan_ms = segment.plan_ms + moved
    cue = cue_at(plan, plan_ms)
    begun_ms = plan.cues[cue].from_ms if cue >= 0 else 0
    same_cue = cue == cue_at(plan, segment.plan_ms)
    setter = music_setter(plan, cue)
    same_music = setter == music_setter(plan, cue_at(plan, segment.plan_ms))
    breath_ms = segment.breath_ms + sounded if same_cue else plan_ms - begun_ms
    pattern = plan.cues[cue].breath if cue >= 0 and run not in ("waiting", "over") else None
    return Position(
        segment=index,
        run=run,
        plan_ms=plan_ms,
        cue=cue,
        cue_ms=plan_ms - begun_ms,
        ms_to_next=begun_ms + plan.cues[cue].ms - plan_ms if run == "running" else None,
        breath=phase_at(pattern, breath_ms) if pattern is not None else None,
        breath_ms=breath_ms,
        music_ms=(
            segment.music_ms + sounded if same_music else plan_ms - plan.cues[setter].from_ms
        ),
        track=(plan.cues[setter].music or "none") if setter >= 0 else "none",
        light=_light(plan, cue),
    )


def cue_at(plan: CompiledPlan, plan_ms: int) -> int:
    """Give the index of the cue at a place in the plan; -1 with a plan that has none."""
    return bisect_right(plan.cues, plan_ms, key=lambda cue: cue.from_ms) - 1


def music_setter(plan: CompiledPlan, cue: int) -> int:
    """Give the index of the cue that set the music that `cue` has; -1: none did."""
    return next((n for n in range(cue, -1, -1) if plan.cues[n].music is not None), -1)


def _light(plan: CompiledPlan, cue: int) -> Light | None:
    found = (plan.cues[n].light for n in range(cue, -1, -1))
    return next((light for light in found if light is not None), None)
