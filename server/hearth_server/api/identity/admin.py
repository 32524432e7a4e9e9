"""The operator's pages: how the node is, its accounts and groups, invites, acts on accounts."""

from typing import Annotated, Any, Self

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field

from hearth_server.api.answers import (
    Cursor,
    Id,
    PageOut,
    answer,
    done,
    example,
    paged,
    refusals,
)
from hearth_server.api.declared import Routes
from hearth_server.api.identity.desk import IdentityDesk
from hearth_server.api.problems import ok
from hearth_server.community.accounts import AccountKind
from hearth_server.community.groups import Visibility
from hearth_server.community.ports.leaving import AccountRow, GroupRow
from hearth_server.services.identity.admin import AuditLine

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Search = Annotated[str, Query(max_length=64, description="Part of a name or handle.")]


class OverviewOut(BaseModel):
    """How many there are of everything, and who is here."""

    version: str
    database: str = Field(description="Where everything is kept.", examples=["sqlite"])
    accounts: int
    guests: int
    disabled: int
    operators: int
    groups: int
    archived_groups: int
    rooms: int
    lines: int
    sessions: int


class AccountRowOut(BaseModel):
    """An account as an operator sees it."""

    id: str
    name: str
    handle: str | None
    kind: AccountKind
    operator: bool
    disabled: bool
    created_ms: int
    seen_ms: int | None
    groups: int

    @classmethod
    def of(cls, row: AccountRow) -> Self:
        """Show an account."""
        account = row.account
        return cls(
            id=account.id,
            name=account.name,
            handle=account.handle,
            kind=account.kind,
            operator=account.operator,
            disabled=account.disabled_ms is not None,
            created_ms=account.created_ms,
            seen_ms=row.seen_ms,
            groups=row.groups,
        )


class GroupRowOut(BaseModel):
    """A group as an operator sees it: from outside."""

    id: str
    slug: str
    name: str
    visibility: Visibility
    members: int
    rooms: int
    owners: list[str]
    created_ms: int
    archived: bool

    @classmethod
    def of(cls, row: GroupRow) -> Self:
        """Show a group."""
        group = row.group
        return cls(
            id=group.id,
            slug=group.slug,
            name=group.name,
            visibility=group.visibility,
            members=group.members,
            rooms=row.rooms,
            owners=list(row.owners),
            created_ms=group.created_ms,
            archived=group.archived,
        )


class PersonOut(BaseModel):
    """Somebody named in the audit table. `name` is null once they are gone."""

    id: str
    name: str | None


class NodeAuditOut(BaseModel):
    """An act of an operator, or on an account."""

    id: int
    action: str
    actor: PersonOut | None
    subject: PersonOut | None
    details: dict[str, Any]
    created_ms: int

    @classmethod
    def of(cls, line: AuditLine) -> Self:
        """Show an act."""
        row = line.row
        return cls(
            id=row.id,
            action=row.action,
            actor=PersonOut(id=row.actor_id, name=line.actor or None) if row.actor_id else None,
            subject=PersonOut(id=row.subject_id, name=line.subject or None)
            if row.subject_id
            else None,
            details=dict(row.details),
            created_ms=row.created_ms,
        )


class InviteRequest(BaseModel):
    """How many people a link lets make an account, and for how long."""

    model_config = example(uses=10, days=7)

    uses: int = Field(1, ge=1, le=1000)
    days: int = Field(7, ge=1, le=90)


class AccountInviteOut(BaseModel):
    """A link to send; it is shown this one time."""

    id: str
    link: str
    uses_left: int
    expires_ms: int


class SwitchRequest(BaseModel):
    """Whether an account is to be switched off."""

    model_config = example(on=True)

    on: bool


class AdminApi:
    """The routes below /admin."""

    def __init__(self, desk: IdentityDesk) -> None:
        self._desk = desk

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("operator", prefix="/admin")
        add = router.add
        add(
            "/overview",
            self.overview,
            summary="How many there are of everything",
            response_model=OverviewOut,
            responses=refusals(401, 403),
        )
        add(
            "/accounts",
            self.accounts,
            summary="Accounts, the newest first",
            response_model=PageOut[AccountRowOut],
            responses=refusals(401, 403, 422),
        )
        add(
            "/accounts/{account}/disable",
            self.switch,
            methods=["POST"],
            summary="Switch an account off, or on again",
            status_code=204,
            responses=refusals(401, 403, 404, 422),
        )
        add(
            "/invites",
            self.invite,
            methods=["POST"],
            summary="A link by which people make accounts",
            status_code=201,
            response_model=AccountInviteOut,
            responses=refusals(401, 403, 422),
        )
        add(
            "/groups",
            self.groups,
            summary="Groups, the newest first",
            response_model=PageOut[GroupRowOut],
            responses=refusals(401, 403, 422),
        )
        add(
            "/audit",
            self.audit,
            summary="Acts of operators and on accounts, the newest first",
            response_model=PageOut[NodeAuditOut],
            responses=refusals(401, 403, 422),
        )
        return router

    async def overview(self, request: Request) -> Response:
        """Count everything."""
        desk = self._desk
        await desk.people.operator(request)
        settings = desk.services.settings
        given = settings.database.get_secret_value() if settings.database else "sqlite"
        database = "postgresql" if given.startswith("postgres") else "sqlite"
        counts = await desk.admin.counts()
        return answer(OverviewOut(version=desk.parts.api.version, database=database, **counts))

    async def accounts(
        self, request: Request, q: Search = "", cursor: Cursor = None, limit: Limit = 50
    ) -> Response:
        """List accounts."""
        await self._desk.people.operator(request)
        found = ok(await self._desk.admin.accounts(q.replace("\0", "").strip(), cursor, limit))
        return paged(found, AccountRowOut.of)

    async def switch(self, account: Id, body: SwitchRequest, request: Request) -> Response:
        """Switch an account off: all its devices are out at once. Or on again."""
        caller = await self._desk.people.operator(request)
        ok(await self._desk.admin.switch(caller, account, on=body.on))
        return done()

    async def invite(self, body: InviteRequest, request: Request) -> Response:
        """Make an invite to this node."""
        caller = await self._desk.people.operator(request)
        made = await self._desk.admin.invite(caller, body.uses, body.days)
        out = AccountInviteOut(
            id=made.invite.id,
            link=made.link,
            uses_left=made.invite.uses_left,
            expires_ms=made.invite.expires_ms,
        )
        return answer(out, 201)

    async def groups(self, request: Request, cursor: Cursor = None, limit: Limit = 50) -> Response:
        """List groups."""
        await self._desk.people.operator(request)
        return paged(ok(await self._desk.admin.groups(cursor, limit)), GroupRowOut.of)

    async def audit(self, request: Request, cursor: Cursor = None, limit: Limit = 50) -> Response:
        """List what was done; acts inside groups are for the groups to see."""
        await self._desk.people.operator(request)
        return paged(ok(await self._desk.admin.audit(cursor, limit)), NodeAuditOut.of)
