"""The plans of gatherings that go on, worked out once for each version of them.

A gathering is read anew after every write to the store, its plan of up to 500 cues only when it is
another one: what a version of a plan says never changes.
"""

from weakref import WeakValueDictionary

from hearth_server.community.plans.records import NO_PLAN, CompiledPlan
from hearth_server.services.plans.reading import compiled_plan
from hearth_server.services.store import Tx


class RunningPlans:
    """Plans with their times, for as long as a gathering has them."""

    def __init__(self) -> None:
        self._made: WeakValueDictionary[tuple[str, int], CompiledPlan] = WeakValueDictionary()

    async def get(self, tx: Tx, plan_id: str | None, version: int | None = None) -> CompiledPlan:
        """Return what `compiled_plan` does; the same object while it is the same version."""
        card = (await tx.plans.cards([plan_id])).get(plan_id) if plan_id is not None else None
        if plan_id is None or card is None:
            return NO_PLAN
        key = (plan_id, card.version if version is None else version)
        made = self._made.get(key)
        if made is None:
            made = await compiled_plan(tx, plan_id, version)
            # By the version that it is: the one asked for may be kept no more.
            if made is not NO_PLAN:
                self._made[plan_id, made.version] = made
        return made
