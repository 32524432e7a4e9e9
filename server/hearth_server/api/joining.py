"""The JSON API: what is here, which rooms there are, and tickets to enter them."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from hearth_server.api.limits import Budget
from hearth_server.api.models import (
    BulkOut,
    BulkRequest,
    InfoOut,
    JoinOut,
    JoinRequest,
    ProblemOut,
    RoomOut,
    RoomsOut,
)
from hearth_server.api.ports import RoomInfo
from hearth_server.api.problems import MEDIA_TYPE, Problems
from hearth_server.api.rooms.door import GroupDoor
from hearth_server.api.visitors import ApiParts, Visitor
from hearth_server.errors import Refusal
from hearth_server.rooms.admission import load_room
from hearth_server.tokens import Grant, Profile

REALTIME_PATH = "/rt"
FEATURES = ("guests", "rooms", "chat", "reactions", "resume", "hide")


class JoiningApi:
    """The routes below /api/v1."""

    def __init__(
        self, parts: ApiParts, problems: Problems, groups: GroupDoor | None = None
    ) -> None:
        self._parts = parts
        self._problems = problems
        self._groups = groups

    def router(self) -> APIRouter:
        """Return the routes, documented for OpenAPI."""
        router = APIRouter(prefix="/api/v1", tags=["hearth"])
        router.add_api_route(
            "/info", self.info, summary="What this node is", response_model=InfoOut
        )
        router.add_api_route(
            "/rooms",
            self.rooms,
            summary="Rooms and who is there",
            response_model=RoomsOut,
            responses=_refusals(503),
        )
        router.add_api_route(
            "/rooms/{room_id}",
            self.room,
            summary="One room",
            response_model=RoomOut,
            responses=_refusals(404, 422, 503),
        )
        router.add_api_route(
            "/rooms/{room_id}/join",
            self.join,
            methods=["POST"],
            summary="A ticket into a room",
            response_model=JoinOut,
            responses=_refusals(400, 401, 403, 404, 409, 413, 422, 429, 503),
        )
        router.add_api_route(
            "/tickets",
            self.tickets,
            methods=["POST"],
            summary="Many tickets at once, with the operator key",
            response_model=BulkOut,
            responses=_refusals(400, 401, 403, 404, 409, 413, 422, 429, 503),
        )
        return router

    async def info(self, request: Request) -> Response:
        """Tell what this node is, and where VR works if it cannot here."""
        parts = self._parts
        secure = Visitor(parts, request).secure()
        return _json(
            InfoOut(
                name="Hearth",
                version=parts.version,
                protocol=parts.protocol,
                features=list(FEATURES),
                secure=secure,
                vr_url=None if secure else parts.vr_url,
                tick_rate=parts.settings.tick_rate,
            )
        )

    async def rooms(self) -> Response:
        """List the rooms that have a door on the lobby page."""
        if (refusal := self._parts.readiness.unready()) is not None:
            return self._problems.refuse(refusal)
        return _json(RoomsOut(rooms=[self._shown(room) for room in self._parts.rooms.listing()]))

    async def room(self, room_id: str, request: Request) -> Response:
        """Describe one room."""
        if (refusal := self._parts.readiness.unready()) is not None:
            return self._problems.refuse(refusal)
        found = self._parts.rooms.find(room_id)
        if found is not None:
            return _json(self._shown(found))
        if self._groups is None:
            return self._problems.refuse(no_such_room(room_id))
        shown = await self._groups.room(room_id, request)
        return self._problems.refuse(shown) if isinstance(shown, Refusal) else _json(shown)

    async def join(self, room_id: str, body: JoinRequest, request: Request) -> Response:
        """Hand out a one-time ticket, valid for half a minute."""
        visitor = Visitor(self._parts, request)
        refusal = (
            self._parts.readiness.unready()
            or visitor.foreign()
            # Given back when the ticket is used: those who arrive do not count.
            or self._parts.limits.take(Budget.JOIN, visitor.address)
        )
        if refusal is not None:
            return self._problems.refuse(refusal)
        made = await self._join_group(room_id, body, request)
        if made is None:
            made = self._join_open(room_id, body, may_open=visitor.address.exempt)
        if isinstance(made, Refusal):
            return self._problems.refuse(made)
        grant, room = made
        return _json(
            JoinOut(
                ticket=self._issue(grant),
                url=REALTIME_PATH,
                room=room,
                expires_in_s=round(self._parts.tickets.ttl_s),
            )
        )

    async def _join_group(
        self, room_id: str, body: JoinRequest, request: Request
    ) -> tuple[Grant, RoomOut] | Refusal | None:
        """Return what lets somebody into a group's room; None where a room asks for nobody."""
        rooms = self._parts.rooms
        if self._groups is None or load_room(room_id) is not None:
            return None
        if rooms.find(room_id) is not None:
            return None
        return await self._groups.admit(room_id, body, request)

    def _join_open(
        self, room_id: str, body: JoinRequest, *, may_open: bool
    ) -> tuple[Grant, RoomOut] | Refusal:
        """Return what lets anybody into a room of the operator's."""
        if body.name is None:
            missing = {"type": "missing", "loc": ("body", "name"), "msg": "Field required"}
            raise RequestValidationError([missing])
        found = self._admitting(room_id, body.profile(), may_open=may_open)
        if isinstance(found, Refusal):
            return found
        return Grant(found.settings.id, body.profile()), self._shown(found)

    async def tickets(self, body: BulkRequest, request: Request) -> Response:
        """Mint tickets for a load test: names are numbered from 1."""
        visitor = Visitor(self._parts, request)
        refusal = self._parts.readiness.unready() or visitor.foreign()
        if refusal is None and not visitor.address.exempt:
            refusal = visitor.operator()
        if refusal is not None:
            return self._problems.refuse(refusal)
        profile = JoinRequest(name=body.name, device=body.device).profile()
        found = self._admitting(body.room, profile, may_open=True)
        if isinstance(found, Refusal):
            return self._problems.refuse(found)
        numbered = (replace(profile, name=f"{body.name} {n + 1}") for n in range(body.count))
        return _json(
            BulkOut(
                tickets=[self._issue(Grant(found.settings.id, each)) for each in numbered],
                url=REALTIME_PATH,
                room=self._shown(found),
                expires_in_s=round(self._parts.tickets.ttl_s),
            )
        )

    def _admitting(self, room_id: str, profile: Profile, *, may_open: bool) -> RoomInfo | Refusal:
        """Return the room if it would let this profile in now."""
        rooms = self._parts.rooms
        found = rooms.find(room_id)
        if found is None and may_open:
            found = rooms.open_for_load(room_id)
        if found is None:
            return no_such_room(room_id)
        return rooms.may_admit(room_id, profile) or found

    def _issue(self, grant: Grant) -> str:
        self._parts.metrics.tickets_issued.inc()
        return self._parts.tickets.issue(grant, self._parts.clock.monotonic_s())

    def _shown(self, room: RoomInfo) -> RoomOut:
        return RoomOut.of(room, self._parts.codes.code(room.settings.id))


def no_such_room(room_id: str) -> Refusal:
    """Say that a room is not here; the id is the visitor's own, cut to a sane length."""
    return Refusal(
        "room_not_found", f"There is no room '{room_id[:40]}' here. Choose one from the lobby."
    )


def _json(model: BaseModel) -> Response:
    return JSONResponse(model.model_dump(), headers={"cache-control": "no-store"})


def _refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {MEDIA_TYPE: {"schema": ProblemOut.model_json_schema()}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }
