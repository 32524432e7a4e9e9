"""Makes session plans and changes them: versions, undo, putting away."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.groups import Standing
from hearth_server.community.permissions import Right
from hearth_server.community.plans.compile import compiled
from hearth_server.community.plans.records import (
    PLANS_EVER_MAX,
    PLANS_MAX,
    CueDraft,
    PlanRecord,
    PlanVersion,
)
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.services.parts import ServiceParts
from hearth_server.services.plans.poses import poses_of
from hearth_server.services.plans.reading import PlanView, own_plan, shown
from hearth_server.services.plans.versions import NO_SUCH_VERSION
from hearth_server.services.standing import entitled_to_change
from hearth_server.services.store import Tx

STALE: Final = Refusal(
    "stale_version",
    "Somebody else changed this plan meanwhile. Keep your text, load the plan again, then save.",
)
ARCHIVED: Final = Refusal("plan_archived", "This plan is put away. Undo that first, then save.")


class PlanWriting:
    """Changes plans for those who have the right `host_events`."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def create(
        self, group: str, caller: Caller, title: str, cues: Sequence[CueDraft]
    ) -> PlanView | Refusal:
        """Make a plan."""
        parts = self._parts
        async with parts.store.writing() as tx:
            standing = await entitled_to_change(parts, tx, group, caller, Right.HOST_EVENTS)
            if isinstance(standing, Refusal):
                return standing
            refusal = await _no_room(tx, standing, PLANS_EVER_MAX)
            if refusal is not None:
                return refusal
            by, now_ms = caller.account.id, parts.now_ms()
            group_id = standing.group.id
            plan = PlanRecord(new_id(), group_id, title, 1, tuple(cues), by, now_ms)
            checked = await _checked(tx, plan)
            if isinstance(checked, Refusal):
                return checked
            first = PlanVersion(1, None, title, checked.cues, "", by, now_ms)
            await tx.plans.add(checked, first)
            return await shown(tx, checked, standing)

    async def save(
        self,
        plan_id: str,
        caller: Caller,
        version: int,
        wanted: tuple[str, Sequence[CueDraft]],
        note: str,
    ) -> PlanView | Refusal:
        """Keep a plan's title and cues in place of those of `version`."""
        title, cues = wanted
        async with self._parts.store.writing() as tx:
            found = await self._in_use(tx, plan_id, caller, version)
            if isinstance(found, Refusal):
                return found
            plan, standing = found
            if (title, tuple(cues)) == (plan.title, plan.cues):
                return await shown(tx, plan, standing)
            changed = await _checked(
                tx, replace(plan, title=title, cues=tuple(cues), version=version + 1)
            )
            if isinstance(changed, Refusal):
                return changed
            if not await self._keep(tx, changed, version, version, note, caller):
                return STALE
            return await shown(tx, changed, standing)

    async def undo(self, plan_id: str, caller: Caller, version: int) -> PlanView | Refusal:
        """Take the last change back: a plan that was put away returns, else the version before.

        What is undone is kept as a version; undoing again leads further back, not forth.
        """
        async with self._parts.store.writing() as tx:
            found = await self._at(tx, plan_id, caller, version)
            if isinstance(found, Refusal):
                return found
            plan, standing = found
            if plan.archived_ms is not None:
                return await self._bring_back(tx, plan, standing)
            before = await _before(tx, plan)
            if before is None:
                return Refusal("nothing_to_undo", "There is no earlier version of this plan.")
            return await self._as_before(tx, found, before, before.parent, caller)

    async def bring_back(
        self, plan_id: str, caller: Caller, number: int, version: int
    ) -> PlanView | Refusal:
        """Keep what a plan was in an earlier version in place of that of `version`.

        What it was until now stays in the list, and undo leads back to it. Poses that are gone by
        now are no reason to lose the rest: hints tell of them.
        """
        async with self._parts.store.writing() as tx:
            found = await self._in_use(tx, plan_id, caller, version)
            if isinstance(found, Refusal):
                return found
            plan, standing = found
            then = await tx.plans.version(plan_id, number)
            if then is None:
                return NO_SUCH_VERSION
            if (then.title, then.cues) == (plan.title, plan.cues):
                return await shown(tx, plan, standing)
            return await self._as_before(tx, found, then, version, caller)

    async def archive(self, plan_id: str, caller: Caller) -> Refusal | None:
        """Put a plan away; events that have it keep it."""
        parts = self._parts
        async with parts.store.writing() as tx:
            found = await own_plan(parts, tx, plan_id, caller)
            if isinstance(found, Refusal):
                return found
            if found[0].archived_ms is None:
                await tx.plans.archive(plan_id, parts.now_ms())
        return None

    async def _at(
        self, tx: Tx, plan_id: str, caller: Caller, version: int
    ) -> tuple[PlanRecord, Standing] | Refusal:
        """Return a plan that the caller may change, at the version they saw."""
        found = await own_plan(self._parts, tx, plan_id, caller)
        if isinstance(found, Refusal):
            return found
        return found if found[0].version == version else STALE

    async def _in_use(
        self, tx: Tx, plan_id: str, caller: Caller, version: int
    ) -> tuple[PlanRecord, Standing] | Refusal:
        """Return the same, unless the plan was put away."""
        found = await self._at(tx, plan_id, caller, version)
        if isinstance(found, Refusal) or found[0].archived_ms is None:
            return found
        return ARCHIVED

    async def _bring_back(self, tx: Tx, plan: PlanRecord, standing: Standing) -> PlanView | Refusal:
        # It is one of those that were ever made.
        refusal = await _no_room(tx, standing, PLANS_EVER_MAX + 1)
        if refusal is not None:
            return refusal
        await tx.plans.archive(plan.id, None)
        return await shown(tx, replace(plan, archived_ms=None), standing)

    async def _as_before(
        self,
        tx: Tx,
        found: tuple[PlanRecord, Standing],
        then: PlanVersion,
        parent: int | None,
        caller: Caller,
    ) -> PlanView | Refusal:
        """Make a plan again what it was; undoing that leads back to `parent`."""
        plan, standing = found
        made = compiled(plan.version + 1, then.title, then.cues)
        if isinstance(made, Refusal):
            return made
        changed = replace(
            plan, title=then.title, cues=then.cues, version=plan.version + 1, ms=made.ms
        )
        note = f"As version {then.version}"
        if not await self._keep(tx, changed, plan.version, parent, note, caller):
            return STALE
        return await shown(tx, changed, standing)

    async def _keep(
        self,
        tx: Tx,
        plan: PlanRecord,
        expected: int,
        parent: int | None,
        note: str,
        caller: Caller,
    ) -> bool:
        now_ms = self._parts.now_ms()
        made = PlanVersion(
            plan.version, parent, plan.title, plan.cues, note, caller.account.id, now_ms
        )
        return await tx.plans.save(plan, made, expected)


async def _before(tx: Tx, plan: PlanRecord) -> PlanVersion | None:
    now = await tx.plans.version(plan.id, plan.version)
    if now is None or now.parent is None:
        return None
    return await tx.plans.version(plan.id, now.parent)


async def _no_room(tx: Tx, standing: Standing, ever_max: int) -> Refusal | None:
    there, ever = await tx.plans.count(standing.group.id)
    name = standing.group.name
    if there >= PLANS_MAX:
        return Refusal(
            "too_many_plans", f"{name} has {PLANS_MAX} plans. Change one, or put one away first."
        )
    if ever >= ever_max:
        return Refusal(
            "too_many_plans", f"{name} made {PLANS_EVER_MAX} plans already. Change one of them."
        )
    return None


async def _checked(tx: Tx, plan: PlanRecord) -> PlanRecord | Refusal:
    """Return a plan with its length, or why it cannot be kept."""
    made = compiled(plan.version, plan.title, plan.cues)
    if isinstance(made, Refusal):
        return made
    known = await poses_of(tx, plan.group_id)
    for draft in plan.cues:
        for name in (draft.pose, *(each.pose for each in draft.alternatives)):
            if name is not None and name not in known:
                return Refusal(
                    "pose_unknown",
                    f"The cue {draft.id!r} names the pose {name!r}, which is neither in the "
                    "library nor the group's. Choose another.",
                )
    return replace(plan, ms=made.ms)
