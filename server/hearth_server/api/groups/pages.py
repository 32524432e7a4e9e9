"""Routes that find, start, show, change and archive groups."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from hearth_server.api.answers import CHANGING, Cursor, GroupRef, PageOut, answer, paged, refusals
from hearth_server.api.cards import GroupCardOut
from hearth_server.api.declared import Routes
from hearth_server.api.groups.desk import STARTS, GroupsDesk, take
from hearth_server.api.groups.models import (
    EditIn,
    FirstRoomOut,
    GroupPageOut,
    LinkOut,
    StartedOut,
    StartIn,
    SwitchIn,
)
from hearth_server.api.problems import ok
from hearth_server.community.text import one_line
from hearth_server.services.groups.editing import Edit
from hearth_server.services.groups.finding import Wanted
from hearth_server.services.groups.starting import NewGroup

Q = Annotated[str, Query(description="A part of a name.", max_length=64)]
Limit = Annotated[int, Query(ge=1, le=100)]


class GroupPagesApi:
    """The routes of groups as wholes."""

    def __init__(self, desk: GroupsDesk) -> None:
        self._desk = desk

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("groups")
        router.add(
            "/groups",
            self.listed,
            summary="Groups that want to be found",
            response_model=PageOut[GroupCardOut],
            responses=refusals(422),
        )
        router.add(
            "/groups",
            self.start,
            methods=["POST"],
            status_code=201,
            summary="Start a group, with norms, a room and an invite link",
            response_model=StartedOut,
            responses=refusals(400, 401, 403, 422, 429),
        )
        router.add(
            "/groups/{group}",
            self.page,
            summary="A group's page for whoever looks",
            response_model=GroupPageOut,
            responses=refusals(404, 422),
        )
        router.add(
            "/groups/{group}",
            self.edit,
            methods=["PATCH"],
            summary="Change a group's description, or how people join",
            response_model=GroupPageOut,
            responses=refusals(*CHANGING),
        )
        router.add(
            "/groups/{group}/archive",
            self.archive,
            methods=["POST"],
            summary="Let a group rest, or bring it back",
            response_model=GroupPageOut,
            responses=refusals(*CHANGING),
        )
        return router

    async def listed(
        self,
        request: Request,
        q: Q = "",
        tag: Annotated[str, Query(max_length=32)] = "",
        language: Annotated[str, Query(max_length=35)] = "",
        cursor: Cursor = None,
        limit: Limit = 24,
    ) -> Response:
        """List groups in order of name."""
        caller = await self._desk.people.caller(request)
        tag, language = one_line(tag).casefold(), one_line(language)
        wanted = Wanted(one_line(q), tag, language, cursor, limit)
        return paged(ok(await self._desk.finding.listed(wanted, caller)), GroupCardOut.of)

    async def start(self, body: StartIn, request: Request) -> Response:
        """Start a group; whoever does owns it."""
        caller = await self._desk.people.member(request)
        take(self._desk.parts, STARTS, request, caller)
        given = {**dict(body), "tags": tuple(body.tags)}
        started = ok(await self._desk.starting.start(NewGroup(**given), caller))
        out = StartedOut(
            group=GroupPageOut.shown(started.view),
            room=FirstRoomOut.of(started.room),
            invite=LinkOut(link=started.invite.link),
        )
        return answer(out, 201)

    async def page(self, group: GroupRef, request: Request) -> Response:
        """Show a group as far as the viewer may know of it."""
        caller = await self._desk.people.caller(request)
        return answer(GroupPageOut.shown(ok(await self._desk.pages.page(group, caller))))

    async def edit(self, group: GroupRef, body: EditIn, request: Request) -> Response:
        """Change what is given."""
        caller = await self._desk.people.member(request)
        edit = Edit(body.version, body.changes())
        return answer(GroupPageOut.shown(ok(await self._desk.editing.edit(group, edit, caller))))

    async def archive(self, group: GroupRef, body: SwitchIn, request: Request) -> Response:
        """Archive a group: it can be read and nothing else."""
        caller = await self._desk.people.member(request)
        page = ok(await self._desk.editing.archive(group, body.on, caller))
        return answer(GroupPageOut.shown(page))
