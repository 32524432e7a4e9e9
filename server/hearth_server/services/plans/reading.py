"""Shows session plans: to those who make them, and to those who may come to an event with one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.groups import Group, Standing
from hearth_server.community.permissions import Right, Role
from hearth_server.community.plans.compile import Hint, compiled, hints
from hearth_server.community.plans.records import (
    NO_PLAN,
    CompiledPlan,
    CueDraft,
    PlanCard,
    PlanRecord,
)
from hearth_server.community.poses import Pose
from hearth_server.community.spaces import may_enter
from hearth_server.errors import Refusal
from hearth_server.services.identity.guests import guest_refusal
from hearth_server.services.parts import ServiceParts
from hearth_server.services.plans.poses import poses_of
from hearth_server.services.standing import entitled, hidden, refused, standing_for
from hearth_server.services.store import Tx

NO_SUCH_PLAN: Final = Refusal(
    "plan_not_found", "There is no such session plan here. Choose one of the group's plans."
)


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan with its times, and what the viewer may do with it."""

    plan: PlanRecord
    group: Group
    compiled: CompiledPlan
    hints: Sequence[Hint]
    may_edit: bool


class PlanReading:
    """Looks plans up."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def listing(self, group: str, caller: Caller | None) -> Sequence[PlanCard] | Refusal:
        """Return a group's plans, newest first, to those who may make some."""
        async with self._parts.store.reading() as tx:
            standing = await entitled(self._parts, tx, group, caller, Right.HOST_EVENTS)
            if isinstance(standing, Refusal):
                return standing
            return await tx.plans.of_group(standing.group.id)

    async def view(self, plan_id: str, caller: Caller | None) -> PlanView | Refusal:
        """Return a plan, if the caller makes plans there or may come to an event that has it."""
        async with self._parts.store.reading() as tx:
            plan = await tx.plans.get(plan_id)
            group = await tx.groups.group(plan.group_id) if plan is not None else None
            if plan is None or group is None:
                return NO_SUCH_PLAN
            standing = await standing_for(self._parts, tx, group, caller)
            if not standing.may(Right.HOST_EVENTS):
                if hidden(standing):
                    return NO_SUCH_PLAN
                if not await self._attends(tx, plan_id, standing, caller):
                    return _kept_from(standing, caller)
            return await shown(tx, plan, standing)

    async def _attends(
        self, tx: Tx, plan_id: str, standing: Standing, caller: Caller | None
    ) -> bool:
        """Say whether the door of a room opens to them in which an event has this plan."""
        for room_id in await tx.plans.rooms_of(plan_id):
            room = await tx.rooms.get(room_id)
            if room is None or may_enter(room, standing) is not None:
                continue
            if standing.role is not Role.GUEST or caller is None:
                return True
            # As at the room's door: what holds is the link they came by.
            elsewhere = caller.session.room_id not in (None, room_id)
            group, own = standing.group, caller.account.id
            if not elsewhere and await guest_refusal(self._parts, tx, own, group, room_id) is None:
                return True
        return False


async def own_plan(
    parts: ServiceParts, tx: Tx, plan_id: str, caller: Caller
) -> tuple[PlanRecord, Standing] | Refusal:
    """Return a plan of a group in which the caller may make plans."""
    plan = await tx.plans.get(plan_id)
    if plan is None:
        return NO_SUCH_PLAN
    standing = await entitled(parts, tx, plan.group_id, caller, Right.HOST_EVENTS)
    if isinstance(standing, Refusal):
        return NO_SUCH_PLAN if standing.code == "group_not_found" else standing
    return plan, standing


async def shown(tx: Tx, plan: PlanRecord, standing: Standing) -> PlanView | Refusal:
    """Return a plan as somebody may see it who may see it."""
    made = compiled(plan.version, plan.title, plan.cues)
    if isinstance(made, Refusal):
        return made
    poses = await poses_of(tx, plan.group_id)
    found = [*hints(plan.cues, made), *_pose_hints(plan.cues, poses)]
    order = {draft.id: n for n, draft in enumerate(plan.cues)}
    return PlanView(
        plan=plan,
        group=standing.group,
        compiled=made,
        hints=sorted(found, key=lambda hint: order[hint.cue]),
        may_edit=standing.may(Right.HOST_EVENTS),
    )


async def compiled_plan(tx: Tx, plan_id: str | None, version: int | None = None) -> CompiledPlan:
    """Return a plan with its times for a gathering, empty if there is none.

    Args:
        tx: a transaction.
        plan_id: which; None: the event has none.
        version: the one that a gathering began with, if it is kept still; None: the newest.
    """
    plan = await tx.plans.get(plan_id) if plan_id is not None else None
    if plan is None:
        return NO_PLAN
    number, title, cues = plan.version, plan.title, plan.cues
    if version is not None and version != number:
        older = await tx.plans.version(plan.id, version)
        if older is not None:
            number, title, cues = older.version, older.title, older.cues
    made = compiled(number, title, cues)
    return NO_PLAN if isinstance(made, Refusal) else made


def _pose_hints(drafts: Sequence[CueDraft], poses: Mapping[str, Pose]) -> list[Hint]:
    found = []
    for draft in drafts:
        if draft.pose is None:
            continue
        pose = poses.get(draft.pose)
        if pose is None:
            text = f"The pose {draft.pose!r} is not there any more: nobody is shown it."
            found.append(Hint(draft.id, "pose_gone", text))
        elif pose.sided and draft.side not in ("left", "right"):
            text = f"{pose.name} has two sides: say which one leads. Until then the right does."
            found.append(Hint(draft.id, "side_needed", text))
    return found


def _kept_from(standing: Standing, caller: Caller | None) -> Refusal:
    if caller is None:
        return Refusal("sign_in_needed", "Sign in first, then try again.")
    found = refused(standing, Right.HOST_EVENTS)
    if found.code != "not_allowed":
        return found
    return Refusal(
        "not_allowed",
        "A plan is shown to those who host events, and to whoever may come to an event with it.",
    )
