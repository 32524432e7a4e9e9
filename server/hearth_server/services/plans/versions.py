"""Shows the versions that a session plan had: who saved each, and what it said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.accounts import Caller, Card
from hearth_server.community.groups import Standing
from hearth_server.community.plans.records import PlanVersion, VersionCard
from hearth_server.errors import Refusal
from hearth_server.services.parts import ServiceParts
from hearth_server.services.plans.reading import PlanView, own_plan, shown
from hearth_server.services.store import Tx

NO_SUCH_VERSION: Final = Refusal(
    "version_not_found", "This version is not kept any more. Choose one of the list."
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A version in a list.

    Attributes:
        by: who saved it; None: they are gone, or kept apart from who looks.
    """

    card: VersionCard
    by: Card | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version, whole.

    Attributes:
        plan: the plan as it was.
        by: who saved it; None: they are gone, or kept apart from who looks.
    """

    version: PlanVersion
    plan: PlanView
    by: Card | None


class PlanVersions:
    """Looks versions up, for those who have the right `host_events`."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def listing(self, plan_id: str, caller: Caller) -> Sequence[Listed] | Refusal:
        """Return the versions of a plan, newest first."""
        async with self._parts.store.reading() as tx:
            found = await own_plan(self._parts, tx, plan_id, caller)
            if isinstance(found, Refusal):
                return found
            kept = await tx.plans.versions(plan_id)
            people = await self._people(tx, found[1], {each.created_by for each in kept})
        return [Listed(each, people.get(each.created_by)) for each in kept]

    async def view(self, plan_id: str, number: int, caller: Caller) -> VersionView | Refusal:
        """Return a plan as it was in one version."""
        async with self._parts.store.reading() as tx:
            found = await own_plan(self._parts, tx, plan_id, caller)
            if isinstance(found, Refusal):
                return found
            plan, standing = found
            kept = await tx.plans.version(plan_id, number)
            if kept is None:
                return NO_SUCH_VERSION
            then = replace(plan, title=kept.title, cues=kept.cues, version=kept.version)
            view = await shown(tx, then, standing)
            if isinstance(view, Refusal):
                return view
            people = await self._people(tx, standing, {kept.created_by})
        return VersionView(kept, view, people.get(kept.created_by))

    async def _people(
        self, tx: Tx, standing: Standing, ids: set[str | None]
    ) -> dict[str | None, Card]:
        apart = self._parts.relations.unseen_by(standing)
        accounts = await tx.identity.accounts({each for each in ids if each} - apart)
        return {each: account.card for each, account in accounts.items()}
