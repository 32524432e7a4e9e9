"""Routes of session plans."""

from typing import Annotated, Final

from fastapi import Path, Request
from fastapi.responses import Response
from pydantic import BaseModel

from hearth_server.api.answers import CHANGING, GroupRef, Id, ItemsOut, answer, done, refusals
from hearth_server.api.declared import Routes
from hearth_server.api.groups.desk import Budgets, take
from hearth_server.api.limits import Budget
from hearth_server.api.people import CommunityParts
from hearth_server.api.plans.models import (
    NewPlanIn,
    OldPlanOut,
    PlanBackIn,
    PlanCardOut,
    PlanIn,
    PlanOut,
    PlanUndoIn,
    PlanVersionOut,
    StarterOut,
    Version,
)
from hearth_server.api.problems import Refused, ok
from hearth_server.community.accounts import Caller
from hearth_server.community.plans.records import CueDraft
from hearth_server.community.plans.starters import STARTERS
from hearth_server.errors import Refusal
from hearth_server.services.plans.reading import PlanReading, PlanView
from hearth_server.services.plans.versions import PlanVersions
from hearth_server.services.plans.writing import PlanWriting

Number = Annotated[Version, Path(description="A version of the plan.", examples=[3])]
CHANGES: Final = Budgets(Budget.PLAN)
_STARTERS: Final[ItemsOut[StarterOut]] = ItemsOut(
    items=[StarterOut.of(each) for each in STARTERS.values()]
)


class PlansApi:
    """Makes, shows and changes session plans."""

    def __init__(self, parts: CommunityParts) -> None:
        self._parts = parts
        self._people = parts.people
        self._reading = PlanReading(parts.services)
        self._versions = PlanVersions(parts.services)
        self._writing = PlanWriting(parts.services)

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("plans")
        changing = refusals(*CHANGING, 429)
        router.add(
            "/groups/{group}/plans",
            self.listing,
            summary="A group's session plans, for those who host events",
            response_model=ItemsOut[PlanCardOut],
            responses=refusals(401, 403, 404, 422),
        )
        router.add(
            "/groups/{group}/plans",
            self.create,
            methods=["POST"],
            status_code=201,
            summary="Make a session plan, from cues or from a starter",
            response_model=PlanOut,
            responses=changing,
        )
        router.add(
            "/plans/{plan_id}",
            self.show,
            summary="A plan with its times, for hosts and whoever may come to an event with it",
            response_model=PlanOut,
            responses=refusals(401, 403, 404, 422),
        )
        router.add(
            "/plans/{plan_id}",
            self.save,
            methods=["PUT"],
            summary="Give a plan another title and other cues",
            response_model=PlanOut,
            responses=changing,
        )
        router.add(
            "/plans/{plan_id}",
            self.archive,
            methods=["DELETE"],
            status_code=204,
            summary="Put a plan away; undo brings it back",
            response_class=Response,
            responses=refusals(401, 403, 404, 422, 429),
        )
        router.add(
            "/plans/{plan_id}/versions",
            self.versions,
            summary="The versions a plan had and who saved them, newest first",
            response_model=ItemsOut[PlanVersionOut],
            responses=refusals(401, 403, 404, 422),
        )
        router.add(
            "/plans/{plan_id}/versions/{number}",
            self.version,
            summary="A plan as it was in one version",
            response_model=OldPlanOut,
            responses=refusals(401, 403, 404, 422),
        )
        router.add(
            "/plans/{plan_id}/versions/{number}/bring-back",
            self.bring_back,
            methods=["POST"],
            summary="Make an earlier version the newest",
            response_model=PlanOut,
            responses=changing,
        )
        router.add(
            "/plans/{plan_id}/undo",
            self.undo,
            methods=["POST"],
            summary="Back to the version before",
            response_model=PlanOut,
            responses=changing,
        )
        router.add(
            "/plan-starters",
            self.starters,
            summary="Plans to begin with",
            response_model=ItemsOut[StarterOut],
        )
        return router

    async def listing(self, group: GroupRef, request: Request) -> Response:
        """List a group's plans, newest first."""
        caller = await self._people.caller(request)
        found = ok(await self._reading.listing(group, caller))
        return answer(ItemsOut(items=[PlanCardOut.of(card) for card in found]))

    async def create(self, group: GroupRef, body: NewPlanIn, request: Request) -> Response:
        """Make a plan."""
        caller = await self._changing(request)
        title, cues = _beginning(body)
        made = ok(await self._writing.create(group, caller, title, cues))
        return _whole(made, 201)

    async def show(self, plan_id: Id, request: Request) -> Response:
        """Show a plan."""
        caller = await self._people.caller(request)
        return _whole(ok(await self._reading.view(plan_id, caller)))

    async def save(self, plan_id: Id, body: PlanIn, request: Request) -> Response:
        """Save a plan."""
        caller = await self._changing(request)
        wanted = (body.title, [cue.draft() for cue in body.cues])
        saved = ok(await self._writing.save(plan_id, caller, body.version, wanted, body.note))
        return _whole(saved)

    async def archive(self, plan_id: Id, request: Request) -> Response:
        """Put a plan away."""
        caller = await self._changing(request)
        ok(await self._writing.archive(plan_id, caller))
        return done()

    async def versions(self, plan_id: Id, request: Request) -> Response:
        """List the versions a plan had."""
        caller = await self._people.member(request)
        found = ok(await self._versions.listing(plan_id, caller))
        return answer(ItemsOut(items=[PlanVersionOut.of(each) for each in found]))

    async def version(self, plan_id: Id, number: Number, request: Request) -> Response:
        """Show one of them."""
        caller = await self._people.member(request)
        return _written(OldPlanOut.of(ok(await self._versions.view(plan_id, number, caller))))

    async def bring_back(
        self, plan_id: Id, number: Number, body: PlanBackIn, request: Request
    ) -> Response:
        """Bring one of them back."""
        caller = await self._changing(request)
        return _whole(ok(await self._writing.bring_back(plan_id, caller, number, body.version)))

    async def undo(self, plan_id: Id, body: PlanUndoIn, request: Request) -> Response:
        """Go back one version."""
        caller = await self._changing(request)
        return _whole(ok(await self._writing.undo(plan_id, caller, body.version)))

    async def starters(self) -> Response:
        """List the plans to begin with."""
        return answer(_STARTERS)

    async def _changing(self, request: Request) -> Caller:
        """Return who changes something, and count it."""
        caller = await self._people.member(request)
        take(self._parts, CHANGES, request, caller)
        return caller


def _whole(view: PlanView, status: int = 200) -> Response:
    return _written(PlanOut.of(view), status)


def _written(plan: BaseModel, status: int = 200) -> Response:
    """Answer with a plan: half a megabyte at most, so it is written in one go."""
    return Response(
        plan.model_dump_json().encode(),
        status,
        {"cache-control": "no-store"},
        "application/json",
    )


def _beginning(body: NewPlanIn) -> tuple[str, list[CueDraft]]:
    """Return title and cues of a new plan.

    Raises:
        Refused: there is no such starter.
    """
    if body.starter is None:
        return body.title or "", [cue.draft() for cue in body.cues or ()]
    starter = STARTERS.get(body.starter)
    if starter is None:
        names = ", ".join(STARTERS)
        raise Refused(Refusal("starter_unknown", f"There is no such starter. Choose of: {names}."))
    return body.title or starter.title, list(starter.cues)
