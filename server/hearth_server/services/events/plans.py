"""The session plans of events: what is shown of them, and which can be chosen."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from hearth_server.community.events.records import EventRecord
from hearth_server.errors import Refusal
from hearth_server.services.store import Tx

_NO_PLAN: Final = Refusal(
    "plan_not_found", "There is no such session plan in this group. Choose one of its plans."
)


@dataclass(frozen=True, slots=True)
class PlanRef:
    """A plan as an event names it."""

    id: str
    title: str
    minutes: int


async def plan_refs(tx: Tx, plan_ids: Collection[str]) -> Mapping[str, PlanRef]:
    """Return what events show of their plans, by id; one put away is still theirs."""
    cards = await tx.plans.cards(plan_ids)
    return {each.id: PlanRef(each.id, each.title, each.minutes) for each in cards.values()}


async def plan_refusal(tx: Tx, event: EventRecord, changed: Collection[str]) -> Refusal | None:
    """Say why an event cannot have the plan that was chosen for it."""
    if "plan_id" not in changed:
        return None
    return await day_plan_refusal(tx, event.group_id, event.plan_id)


async def day_plan_refusal(tx: Tx, group_id: str, plan_id: str | None) -> Refusal | None:
    """Say why a plan cannot be chosen for something in a group."""
    if plan_id is None:
        return None
    card = (await tx.plans.cards([plan_id])).get(plan_id)
    if card is None or card.group_id != group_id or card.archived_ms is not None:
        return _NO_PLAN
    return None
