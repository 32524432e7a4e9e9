"""Where a gathering is in its plan once another version of that plan holds. Pure."""

from hearth_server.community.plans.records import CompiledPlan
from hearth_server.community.plans.timeline import Segment, Timeline, cue_at, position


def replanned(
    timeline: Timeline, plans: tuple[CompiledPlan, CompiledPlan], now_ms: int, *, live: bool
) -> Timeline:
    """Return the timeline under a new plan: at the same cue, if that still has it.

    Args:
        timeline: under the plan before.
        plans: the one before, and the new one.
        now_ms: on the server's axis.
        live: whether the gathering has begun and not ended.
    """
    before, plan = plans
    at, version = position(timeline, before, now_ms), timeline.version + 1
    if not plan.cues and live:
        # What has no plan goes on by voice, until it is given one and that is started.
        return Timeline(version, (Segment(now_ms, "waiting"),))
    if at.run in ("waiting", "over") or at.cue < 0:
        if at.cue < 0 and live:
            return Timeline(version, (Segment(now_ms, "waiting"),))
        return timeline
    cue_id = before.cues[at.cue].id
    same = next((cue for cue in plan.cues if cue.id == cue_id), None)
    if same is not None:
        plan_ms = same.from_ms + min(at.cue_ms, max(0, same.ms - 1))
        segment = Segment(now_ms, at.run, plan_ms, at.breath_ms, at.music_ms)
    else:
        plan_ms = min(at.plan_ms, plan.ms)
        cue = cue_at(plan, plan_ms)
        breath_ms = plan_ms - plan.cues[cue].from_ms if cue >= 0 else 0
        segment = Segment(now_ms, at.run if cue >= 0 else "over", plan_ms, breath_ms, 0)
    return Timeline(version, (segment,))
