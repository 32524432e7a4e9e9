"""Routes of sanctions and of the audit table."""

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
from hearth_server.api.moderation.models import AuditOut, SanctionIn, SanctionOut
from hearth_server.api.people import CommunityParts
from hearth_server.api.problems import ok
from hearth_server.services.moderation.auditing import Auditing
from hearth_server.services.moderation.sanctions import Sanctions

Limit = Annotated[int, Query(ge=1, le=100)]


class SanctionsApi:
    """The routes of sanctions and audit."""

    def __init__(self, parts: CommunityParts) -> None:
        self._parts = parts
        self._sanctions = Sanctions(parts.services)
        self._auditing = Auditing(parts.services)

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("moderation")
        router.add(
            "/groups/{group}/sanctions",
            self.impose,
            methods=["POST"],
            status_code=201,
            summary="Mute, put out, bar or ban somebody",
            response_model=SanctionOut,
            responses=refusals(*CHANGING),
        )
        router.add(
            "/groups/{group}/sanctions",
            self.listing,
            summary="Sanctions, newest first",
            response_model=PageOut[SanctionOut],
            responses=refusals(401, 403, 404, 409, 422),
        )
        router.add(
            "/groups/{group}/sanctions/{sanction_id}",
            self.lift,
            methods=["DELETE"],
            summary="Lift a sanction, or undo it",
            response_model=SanctionOut,
            responses=refusals(*CHANGING),
        )
        router.add(
            "/groups/{group}/audit",
            self.audit,
            summary="Who did what, newest first",
            response_model=PageOut[AuditOut],
            responses=refusals(401, 403, 404, 409, 422),
        )
        return router

    async def impose(self, group: GroupRef, body: SanctionIn, request: Request) -> Response:
        """Act against somebody whose role is below one's own; it holds at once."""
        caller = await self._parts.people.member(request)
        view = ok(await self._sanctions.impose(group, body.measure(), caller))
        return answer(SanctionOut.of(view, self._parts.services.now_ms()), 201)

    async def listing(
        self, group: GroupRef, request: Request, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """List sanctions, also those that are over."""
        caller = await self._parts.people.member(request)
        page = ok(await self._sanctions.listing(group, cursor, limit, caller))
        now_ms = self._parts.services.now_ms()
        return paged(page, lambda each: SanctionOut.of(each, now_ms))

    async def lift(self, group: GroupRef, sanction_id: Id, request: Request) -> Response:
        """End a sanction. Whoever a ban took out is a member again."""
        caller = await self._parts.people.member(request)
        view = ok(await self._sanctions.lift(group, sanction_id, caller))
        return answer(SanctionOut.of(view, self._parts.services.now_ms()))

    async def audit(
        self, group: GroupRef, request: Request, cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """List what moderators, leaders and owners did."""
        caller = await self._parts.people.member(request)
        return paged(ok(await self._auditing.listing(group, cursor, limit, caller)), AuditOut.of)
