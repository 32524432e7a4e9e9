"""Routes of members: who they are, their roles, how they go."""

from typing import Annotated, Literal, Self

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from hearth_server.api.answers import (
    CHANGING,
    Cursor,
    GroupRef,
    Id,
    PageOut,
    answer,
    done,
    paged,
    refusals,
)
from hearth_server.api.cards import CardOut
from hearth_server.api.declared import Routes
from hearth_server.api.groups.desk import GroupsDesk
from hearth_server.api.groups.models import PersonIn, RoleIn
from hearth_server.api.problems import ok
from hearth_server.community.permissions import Role
from hearth_server.community.text import one_line
from hearth_server.services.groups.belonging import Asked, MemberLine


class MemberOut(CardOut):
    """A member in the list. `present_room` is the room of this group that they are in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "k7qf2mwdx5abzr4c",
                    "name": "Robin",
                    "primary": "#ff9a4d",
                    "secondary": "#8fb8de",
                    "pattern": 2,
                    "handle": "robin",
                    "role": "host",
                    "joined_ms": 1_800_000_000_000,
                    "signed": True,
                    "present_room": None,
                }
            ]
        }
    )

    handle: str | None
    role: Literal["owner", "leader", "moderator", "host", "member"]
    joined_ms: int
    signed: bool
    present_room: str | None

    @classmethod
    def shown(cls, line: MemberLine) -> Self:
        """Show a member."""
        card, membership = line.member.card, line.member.membership
        return cls(
            **CardOut.of(card).model_dump(),
            handle=line.member.handle,
            role=membership.role.value,
            joined_ms=membership.joined_ms,
            signed=line.signed,
            present_room=line.present_room,
        )


class RoleOut(BaseModel):
    """The role that somebody has now."""

    account: str
    role: Role


class MembersApi:
    """The routes of members."""

    def __init__(self, desk: GroupsDesk) -> None:
        self._desk = desk

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("groups")
        router.add(
            "/groups/{group}/members",
            self.members,
            summary="Members, the earliest first",
            response_model=PageOut[MemberOut],
            responses=refusals(401, 403, 404, 422),
        )
        router.add(
            "/groups/{group}/members/{account}",
            self.set_role,
            methods=["PATCH"],
            summary="Give a member another role",
            response_model=RoleOut,
            responses=refusals(*CHANGING),
        )
        router.add(
            "/groups/{group}/members/{account}",
            self.remove,
            methods=["DELETE"],
            status_code=204,
            summary="Take a member out of the group",
            responses=refusals(*CHANGING),
        )
        router.add(
            "/groups/{group}/leave",
            self.leave,
            methods=["POST"],
            status_code=204,
            summary="Leave a group, or take one's request back",
            responses=refusals(*CHANGING),
        )
        router.add(
            "/groups/{group}/transfer",
            self.transfer,
            methods=["POST"],
            status_code=204,
            summary="Hand the group over to another owner",
            responses=refusals(*CHANGING),
        )
        return router

    async def members(
        self,
        group: GroupRef,
        request: Request,
        q: Annotated[str, Query(description="A part of a name.", max_length=64)] = "",
        cursor: Cursor = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """List members; who is kept apart from the viewer is not among them."""
        caller = await self._desk.people.caller(request)
        asked = Asked(one_line(q), cursor, limit)
        page = ok(await self._desk.belonging.members(group, asked, caller))
        return paged(page, MemberOut.shown)

    async def set_role(
        self, group: GroupRef, account: Id, body: RoleIn, request: Request
    ) -> Response:
        """Give a role below one's own to somebody below it."""
        caller = await self._desk.people.member(request)
        role = Role(body.role)
        ok(await self._desk.belonging.set_role(group, account, role, caller))
        return answer(RoleOut(account=account, role=role))

    async def remove(self, group: GroupRef, account: Id, request: Request) -> Response:
        """Take somebody out; they may come back as the group lets people in."""
        caller = await self._desk.people.member(request)
        ok(await self._desk.belonging.remove(group, account, caller))
        return done()

    async def leave(self, group: GroupRef, request: Request) -> Response:
        """Leave; whoever left already leaves again without complaint."""
        caller = await self._desk.people.anybody(request)
        ok(await self._desk.belonging.leave(group, caller))
        return done()

    async def transfer(self, group: GroupRef, body: PersonIn, request: Request) -> Response:
        """Make another member the owner, and oneself a leader."""
        caller = await self._desk.people.member(request)
        ok(await self._desk.belonging.transfer(group, body.account, caller))
        return done()
