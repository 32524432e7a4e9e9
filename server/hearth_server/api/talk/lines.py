"""Routes of a group's channel."""

from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import Response

from hearth_server.api.answers import CHANGING, GroupRef, answer, done, refusals
from hearth_server.api.declared import Routes
from hearth_server.api.groups.desk import AccountBucket
from hearth_server.api.limits import Budget
from hearth_server.api.people import CommunityParts
from hearth_server.api.problems import Refused, ok
from hearth_server.api.talk.models import (
    LineEditIn,
    LineIn,
    LineOut,
    LinesOut,
    PresenceOut,
    ReadIn,
    RoomPresenceOut,
)
from hearth_server.api.visitors import Visitor
from hearth_server.community.accounts import Caller
from hearth_server.services.talk.bundle import Talk
from hearth_server.services.talk.channel import Asked

LineId = Annotated[int, Path(ge=1, le=2**53 - 1, examples=[1042])]
Before = Annotated[int | None, Query(ge=1, le=2**53 - 1, description="only older lines")]
After = Annotated[int | None, Query(ge=0, le=2**53 - 1, description="only newer lines")]
Kind = Annotated[str, Path(max_length=16, pattern=r"^[a-z]+$", examples=["heart"])]


class LinesApi:
    """The routes of a channel."""

    def __init__(self, parts: CommunityParts, talk: Talk) -> None:
        self._parts = parts
        self._people = parts.people
        self._channel = talk.channel
        self._presence = talk.presence

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("talk")
        one = "/groups/{group}/lines/{line_id}"
        router.add(
            "/groups/{group}/lines",
            self.lines,
            summary="Lines of the channel, the oldest first",
            response_model=LinesOut,
            responses=refusals(401, 403, 404, 422),
        )
        router.add(
            "/groups/{group}/lines",
            self.say,
            methods=["POST"],
            summary="Say something; kept before it is answered",
            response_model=LineOut,
            responses=refusals(*CHANGING, 429, 503),
        )
        router.add(
            one,
            self.edit,
            methods=["PATCH"],
            summary="Give one's own line another text",
            response_model=LineOut,
            responses=refusals(*CHANGING, 429),
        )
        router.add(
            one,
            self.delete,
            methods=["DELETE"],
            summary="Take a line away",
            status_code=204,
            responses=refusals(*CHANGING),
        )
        for method, switch in (("PUT", self.react), ("DELETE", self.take_back)):
            router.add(
                one + "/reactions/{kind}",
                switch,
                methods=[method],
                summary="React to a line" if method == "PUT" else "Take a reaction back",
                response_model=LineOut,
                responses=refusals(*CHANGING, 429),
            )
        router.add(
            "/groups/{group}/read",
            self.read,
            methods=["PUT"],
            summary="Say how far one read",
            status_code=204,
            responses=refusals(*CHANGING),
        )
        router.add(
            "/groups/{group}/presence",
            self.presence,
            summary="Who is in the group's rooms now",
            response_model=PresenceOut,
            responses=refusals(401, 403, 404, 422),
        )
        return router

    async def lines(
        self,
        group: GroupRef,
        request: Request,
        before: Before = None,
        after: After = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """Read the channel: the newest lines, or those next to a line already read."""
        caller = await self._people.caller(request)
        shown = ok(await self._channel.lines(group, Asked(before, after, limit), caller))
        items = [LineOut.of(each) for each in shown.lines]
        return answer(LinesOut(items=items, more_before=shown.more_before, read=shown.read))

    async def say(self, group: GroupRef, body: LineIn, request: Request) -> Response:
        """Keep a line."""
        caller = await self._people.anybody(request)
        self._take(Budget.LINE, request, caller)
        return answer(LineOut.of(ok(await self._channel.say(group, body.key, body.text, caller))))

    async def edit(
        self, group: GroupRef, line_id: LineId, body: LineEditIn, request: Request
    ) -> Response:
        """Change a line."""
        caller = await self._people.anybody(request)
        self._take(Budget.LINE, request, caller)
        return answer(LineOut.of(ok(await self._channel.edit(group, line_id, body.text, caller))))

    async def delete(self, group: GroupRef, line_id: LineId, request: Request) -> Response:
        """Take a line away; moderators may take any, which is noted."""
        caller = await self._people.anybody(request)
        refusal = await self._channel.delete(group, line_id, caller)
        if refusal is not None:
            raise Refused(refusal)
        return done()

    async def react(
        self, group: GroupRef, line_id: LineId, kind: Kind, request: Request
    ) -> Response:
        """Give a reaction; twice is once."""
        return await self._switch(group, line_id, kind, request, on=True)

    async def take_back(
        self, group: GroupRef, line_id: LineId, kind: Kind, request: Request
    ) -> Response:
        """Take a reaction back."""
        return await self._switch(group, line_id, kind, request, on=False)

    async def read(self, group: GroupRef, body: ReadIn, request: Request) -> Response:
        """Move one's marker; it never goes back."""
        caller = await self._people.anybody(request)
        refusal = await self._channel.mark_read(group, body.line, caller)
        if refusal is not None:
            raise Refused(refusal)
        return done()

    async def presence(self, group: GroupRef, request: Request) -> Response:
        """Show who is where."""
        caller = await self._people.caller(request)
        rooms = ok(await self._presence.presence(group, caller))
        return answer(PresenceOut(rooms=[RoomPresenceOut.of(room) for room in rooms]))

    async def _switch(
        self, group: str, line_id: int, kind: str, request: Request, *, on: bool
    ) -> Response:
        caller = await self._people.anybody(request)
        self._take(Budget.LINE_REACTION, request, caller)
        return answer(LineOut.of(ok(await self._channel.react(group, line_id, kind, on, caller))))

    def _take(self, budget: Budget, request: Request, caller: Caller) -> None:
        # Exempt where addresses are: a node on one machine has nobody to be afraid of.
        exempt = Visitor(self._parts.api, request).address.exempt
        refusal = self._parts.api.limits.take(budget, AccountBucket(caller.account.id, exempt))
        if refusal is not None:
            raise Refused(refusal)
