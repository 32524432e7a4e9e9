"""Routes into a group: joining, requests, invites."""

from typing import Annotated, Self

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from hearth_server.api.answers import (
    CHANGING,
    Cursor,
    GroupRef,
    Id,
    ItemsOut,
    PageOut,
    ShortId,
    answer,
    done,
    example,
    paged,
    refusals,
)
from hearth_server.api.cards import CardOut
from hearth_server.api.declared import Routes
from hearth_server.api.groups.desk import JOINS, GroupsDesk, take
from hearth_server.api.groups.models import GroupPageOut, JoinIn
from hearth_server.api.problems import ok
from hearth_server.community.membership import Invite, InviteKind
from hearth_server.community.norms import Signature
from hearth_server.community.ports.groups import Asked
from hearth_server.services.groups.invites import NewInvite
from hearth_server.services.groups.joining import Wish


class RequestOut(BaseModel):
    """Somebody who asks to join."""

    id: str
    person: CardOut
    answer: str
    created_ms: int

    @classmethod
    def of(cls, asked: Asked) -> Self:
        """Show a request."""
        request = asked.request
        return cls(
            id=request.id,
            person=CardOut.of(asked.card),
            answer=request.answer,
            created_ms=request.created_ms,
        )


class AnswerIn(BaseModel):
    """Yes or no."""

    model_config = example(accept=True)

    accept: bool


class InviteIn(BaseModel):
    """An invite to make. A guest's leads into one room."""

    model_config = example(kind="member", uses=10, days=7)

    kind: InviteKind
    room: ShortId | None = None
    uses: Annotated[int, Field(ge=1, le=1000)] = 10
    days: Annotated[int, Field(ge=1, le=90)] = 7


class InviteOut(BaseModel):
    """An invite. `link` is told once, as it is made."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "k7qf2mwdx5abzr4c",
                    "link": "/invite#b2N4h0o1v5kq0qv0m8X2c3V9c0Z6tq1bX7rH3aYwTgE",
                    "kind": "member",
                    "room": None,
                    "uses_left": 10,
                    "expires_ms": 1_800_000_000_000,
                    "created_by": "abzr4ck7qf2mwdx5",
                }
            ]
        }
    )

    id: str
    kind: str
    room: str | None
    uses_left: int
    expires_ms: int
    created_by: str | None
    link: str | None = None

    @classmethod
    def of(cls, invite: Invite, link: str | None = None) -> Self:
        """Show an invite."""
        return cls(
            id=invite.id,
            kind=invite.kind,
            room=invite.room_id,
            uses_left=invite.uses_left,
            expires_ms=invite.expires_ms,
            created_by=invite.created_by,
            link=link,
        )


class JoiningGroupsApi:
    """The routes into groups."""

    def __init__(self, desk: GroupsDesk) -> None:
        self._desk = desk

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("groups")
        router.add(
            "/groups/{group}/join",
            self.join,
            methods=["POST"],
            summary="Join a group, or ask to",
            response_model=GroupPageOut,
            responses=refusals(*CHANGING, 410, 429, 503),
        )
        router.add(
            "/groups/{group}/requests",
            self.requests,
            summary="Who asks to join, the longest waiting first",
            response_model=PageOut[RequestOut],
            responses=refusals(401, 403, 404, 409, 422),
        )
        router.add(
            "/groups/{group}/requests/{request_id}",
            self.answer,
            methods=["POST"],
            status_code=204,
            summary="Accept or decline a request",
            responses=refusals(*CHANGING),
        )
        router.add(
            "/groups/{group}/invites",
            self.invites,
            summary="Invites that stand",
            response_model=ItemsOut[InviteOut],
            responses=refusals(401, 403, 404, 409, 422),
        )
        router.add(
            "/groups/{group}/invites",
            self.invite,
            methods=["POST"],
            status_code=201,
            summary="Make an invite link",
            response_model=InviteOut,
            responses=refusals(*CHANGING),
        )
        router.add(
            "/groups/{group}/invites/{invite_id}",
            self.revoke,
            methods=["DELETE"],
            status_code=204,
            summary="Take an invite back",
            responses=refusals(*CHANGING),
        )
        return router

    async def join(self, group: GroupRef, body: JoinIn, request: Request) -> Response:
        """Become a member, or leave a request; the same again changes nothing."""
        caller = await self._desk.people.member(request)
        take(self._desk.parts, JOINS, request, caller)
        given = body.signature
        signature = Signature(given.version, given.hash) if given else None
        wish = Wish(body.invite, body.answer, signature)
        return answer(GroupPageOut.shown(ok(await self._desk.joining.join(group, wish, caller))))

    async def requests(
        self,
        group: GroupRef,
        request: Request,
        cursor: Cursor = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 50,
    ) -> Response:
        """List open requests."""
        caller = await self._desk.people.member(request)
        return paged(
            ok(await self._desk.joining.requests(group, cursor, limit, caller)), RequestOut.of
        )

    async def answer(
        self, group: GroupRef, request_id: Id, body: AnswerIn, request: Request
    ) -> Response:
        """Answer a request."""
        caller = await self._desk.people.member(request)
        ok(await self._desk.joining.answer(group, request_id, body.accept, caller))
        return done()

    async def invites(self, group: GroupRef, request: Request) -> Response:
        """List one's own invites, or all of them for those who answer requests."""
        caller = await self._desk.people.member(request)
        found = ok(await self._desk.invites.listing(group, caller))
        return answer(ItemsOut[InviteOut](items=[InviteOut.of(each) for each in found]))

    async def invite(self, group: GroupRef, body: InviteIn, request: Request) -> Response:
        """Make a link that lets so many people in, for so long."""
        caller = await self._desk.people.member(request)
        wanted = NewInvite(body.kind, body.uses, body.days, body.room)
        made = ok(await self._desk.invites.create(group, wanted, caller))
        return answer(InviteOut.of(made.invite, made.link), 201)

    async def revoke(self, group: GroupRef, invite_id: Id, request: Request) -> Response:
        """Make a link lead nowhere."""
        caller = await self._desk.people.member(request)
        ok(await self._desk.invites.revoke(group, invite_id, caller))
        return done()
