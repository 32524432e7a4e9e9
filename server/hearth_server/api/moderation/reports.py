"""Routes of reports."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from hearth_server.api.answers import (
    CHANGING,
    Cursor,
    GroupRef,
    Id,
    PageOut,
    answer,
    paged,
    refusals,
)
from hearth_server.api.declared import Routes
from hearth_server.api.groups.desk import REPORTS, take
from hearth_server.api.moderation.models import ReportActIn, ReportedOut, ReportIn, ReportOut
from hearth_server.api.people import CommunityParts
from hearth_server.api.problems import ok
from hearth_server.community.moderation import ReportState
from hearth_server.services.moderation.reports import Reports


class ReportsApi:
    """The routes of reports."""

    def __init__(self, parts: CommunityParts) -> None:
        self._parts = parts
        self._reports = Reports(parts.services)

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("moderation")
        router.add(
            "/groups/{group}/reports",
            self.make,
            methods=["POST"],
            status_code=201,
            summary="Tell the moderators",
            response_model=ReportedOut,
            responses=refusals(*CHANGING, 429),
        )
        router.add(
            "/groups/{group}/reports",
            self.listing,
            summary="Reports, the longest waiting first",
            response_model=PageOut[ReportOut],
            responses=refusals(401, 403, 404, 409, 422),
        )
        router.add(
            "/groups/{group}/reports/{report_id}",
            self.act,
            methods=["POST"],
            summary="Claim a report, release it, or close it",
            response_model=ReportOut,
            responses=refusals(*CHANGING),
        )
        return router

    async def make(self, group: GroupRef, body: ReportIn, request: Request) -> Response:
        """Keep a report; moderators alone learn who made it."""
        caller = await self._parts.people.anybody(request)
        take(self._parts, REPORTS, request, caller)
        report = ok(await self._reports.make(group, body.complaint(), caller))
        return answer(ReportedOut.of(report), 201)

    async def listing(
        self,
        group: GroupRef,
        request: Request,
        state: Annotated[
            ReportState | None, Query(description="Without it: those not closed.")
        ] = None,
        cursor: Cursor = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
    ) -> Response:
        """List reports; those about the viewer are shown to owners only."""
        caller = await self._parts.people.member(request)
        states: list[ReportState] = ["open", "claimed"] if state is None else [state]
        page = ok(await self._reports.listing(group, states, cursor, limit, caller))
        return paged(page, ReportOut.of)

    async def act(
        self, group: GroupRef, report_id: Id, body: ReportActIn, request: Request
    ) -> Response:
        """Move a report on."""
        caller = await self._parts.people.member(request)
        view = ok(await self._reports.act(group, report_id, body.act, body.outcome, caller))
        return answer(ReportOut.of(view))
