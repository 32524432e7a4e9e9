"""Routes of calendars for other programs, and of one's own secret address."""

import re
from typing import Annotated, Any, Final

from fastapi import Path, Request
from fastapi.responses import Response

from hearth_server.api.announce import node_url
from hearth_server.api.answers import CHANGING, NO_NUL, GroupRef, Id, answer, done, refusals
from hearth_server.api.declared import Routes
from hearth_server.api.events.models import CalendarLinkOut, CalendarMadeOut
from hearth_server.api.groups.desk import Budgets, take
from hearth_server.api.limits import Budget
from hearth_server.api.people import CommunityParts
from hearth_server.api.problems import Refused, ok
from hearth_server.api.visitors import Visitor
from hearth_server.errors import Refusal
from hearth_server.ids import slug_of
from hearth_server.services.events.feeds import Feed, Feeds

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
Token = Annotated[
    str,
    Path(
        description="The secret of somebody's calendar.",
        examples=["b2N4h0o1v5kq0qv0m8X2c3V9c0Z6tq1bX7rH3aYwTgE"],
        max_length=64,
        pattern=NO_NUL,
    ),
]
_LINKS: Final = Budgets(Budget.CALENDAR_LINK)
_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")


class CalendarResponse(Response):
    """An iCalendar text."""

    media_type = MEDIA_TYPE


class FeedsApi:
    """The routes of calendars."""

    def __init__(self, parts: CommunityParts) -> None:
        self._parts = parts
        self._people = parts.people
        self._feeds = Feeds(parts.services)

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("calendars")
        calendars = (
            ("/events/{event}/event.ics", self.event, "An event's calendar"),
            ("/groups/{group}/events.ics", self.group, "A group's calendar"),
            ("/calendars/{token}.ics", self.own, "Somebody's own calendar, by its secret"),
        )
        for path, endpoint, summary in calendars:
            statuses = (404, 422, 429) if endpoint == self.own else (401, 403, 404, 422, 429)
            router.add(
                path,
                endpoint,
                summary=summary,
                response_class=CalendarResponse,
                responses={**_FILE, **refusals(*statuses)},
            )
        router.add(
            "/me/calendar",
            self.made,
            summary="Whether one has a calendar of one's own",
            response_model=CalendarMadeOut,
            responses=refusals(401, 403),
        )
        router.add(
            "/me/calendar",
            self.make,
            methods=["POST"],
            status_code=201,
            summary="Make one's own calendar, or give it another address",
            response_model=CalendarLinkOut,
            responses=refusals(*CHANGING, 429),
        )
        router.add(
            "/me/calendar",
            self.drop,
            methods=["DELETE"],
            status_code=204,
            summary="Let one's own calendar lead nowhere",
            responses=refusals(*CHANGING),
        )
        return router

    async def event(self, event: Id, request: Request) -> Response:
        """Write an event's calendar."""
        self._read(request)
        caller = await self._people.caller(request)
        return _file(ok(await self._feeds.of_event(event, caller, self._base(request))))

    async def group(self, group: GroupRef, request: Request) -> Response:
        """Write a group's calendar."""
        self._read(request)
        caller = await self._people.caller(request)
        return _file(ok(await self._feeds.of_group(group, caller, self._base(request))))

    async def own(self, token: Token, request: Request) -> Response:
        """Write somebody's own calendar: no cookie is looked at, programs have none."""
        self._read(request)
        feed = await self._feeds.of_account(token, self._base(request))
        if isinstance(feed, Refusal):
            # Whoever knows a secret is not refused for what others at their address did.
            address = Visitor(self._parts.api, request).address
            raise Refused(self._parts.api.limits.take(Budget.BAD_LINK, address) or feed)
        return _file(feed)

    async def made(self, request: Request) -> Response:
        """Say when one's own calendar was made."""
        caller = await self._people.member(request)
        return answer(CalendarMadeOut(made_ms=await self._feeds.link_made_ms(caller)))

    async def make(self, request: Request) -> Response:
        """Make one's own calendar."""
        caller = await self._people.member(request)
        take(self._parts, _LINKS, request, caller)
        token = await self._feeds.make_link(caller)
        return answer(CalendarLinkOut(link=f"/api/v1/calendars/{token}.ics"), 201)

    async def drop(self, request: Request) -> Response:
        """Take one's own calendar away."""
        await self._feeds.drop_link(await self._people.member(request))
        return done()

    def _read(self, request: Request) -> None:
        address = Visitor(self._parts.api, request).address
        refusal = self._parts.api.limits.take(Budget.CALENDAR_FEED, address)
        if refusal is not None:
            raise Refused(refusal)

    def _base(self, request: Request) -> str:
        """Return the address of this node for links in calendars.

        The operator's word counts; else the name under which the program that reads reached us.
        """
        settings = self._parts.api.settings
        host = request.headers.get("host", "")
        if settings.public_url or _HOST.fullmatch(host) is None:
            return node_url(settings, settings.port).rstrip("/")
        return f"{Visitor(self._parts.api, request).scheme()}://{host}"


_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "An iCalendar text.",
        "content": {"text/calendar": {"schema": {"type": "string"}}},
    }
}


def _file(feed: Feed) -> Response:
    headers = {
        "cache-control": "private, no-cache",
        "content-disposition": f'inline; filename="{slug_of(feed.name, otherwise="calendar")}.ics"',
    }
    return CalendarResponse(feed.text, headers=headers)
