"""Routes of answers to events, of their waiting rooms, and of who came."""

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import Response

from hearth_server.api.answers import (
    CHANGING,
    Cursor,
    Id,
    ItemsOut,
    PageOut,
    answer,
    done,
    paged,
    refusals,
)
from hearth_server.api.declared import Routes
from hearth_server.api.events.attending_models import (
    AdmitIn,
    AttendedOut,
    DoorOut,
    Original,
    PartyLinkOut,
    RsvpIn,
    RsvpOut,
    RsvpPersonOut,
    WaitIn,
)
from hearth_server.api.groups.desk import Budgets, take
from hearth_server.api.limits import Budget
from hearth_server.api.people import CommunityParts
from hearth_server.api.problems import ok
from hearth_server.services.events.attendance import Attendance
from hearth_server.services.events.attending import Attending
from hearth_server.services.events.doors import EventDoors
from hearth_server.services.events.parties import Parties

_DAY = "/events/{event}/occurrences/{original}"
_ANSWERS = Budgets(Budget.ANSWER_EVENT)
_KNOCKS = Budgets(Budget.KNOCK)


class AttendingApi:
    """Who comes to events, and how they come in."""

    def __init__(self, parts: CommunityParts) -> None:
        self._parts = parts
        self._people = parts.people
        self._attending = Attending(parts.services)
        self._attendance = Attendance(parts.services)
        self._doors = EventDoors(parts.services)
        self._parties = Parties(parts.services)

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("events")
        self._add_answers(router)
        self._add_doors(router)
        return router

    def _add_answers(self, router: Routes) -> None:
        router.add(
            f"{_DAY}/rsvp",
            self.going,
            methods=["PUT"],
            summary="Say that one is going: a place, or one on the waiting list",
            response_model=RsvpOut,
            responses=refusals(*CHANGING, 429),
        )
        router.add(
            f"{_DAY}/rsvp",
            self.not_going,
            methods=["DELETE"],
            status_code=204,
            summary="Take one's answer back",
            responses=refusals(*CHANGING, 429),
        )
        router.add(
            f"{_DAY}/rsvp/accept",
            self.accept,
            methods=["POST"],
            summary="Take the place that one is offered",
            response_model=RsvpOut,
            responses=refusals(*CHANGING, 429),
        )
        router.add(
            f"{_DAY}/rsvp/guest-link",
            self.guest_link,
            methods=["POST"],
            status_code=201,
            summary="Make the link by which one's guests come in, on one's own places",
            response_model=PartyLinkOut,
            responses=refusals(*CHANGING, 429),
        )
        router.add(
            f"{_DAY}/rsvps",
            self.answers,
            summary="Who answered, the first first; for the hosts",
            response_model=PageOut[RsvpPersonOut],
            responses=refusals(401, 403, 404, 422),
        )
        router.add(
            f"{_DAY}/attendance",
            self.attendance,
            summary="Who came and lets it be kept; for the hosts",
            response_model=ItemsOut[AttendedOut],
            responses=refusals(401, 403, 404, 422),
        )

    def _add_doors(self, router: Routes) -> None:
        router.add(
            f"{_DAY}/waiting",
            self.wait,
            methods=["PUT"],
            summary="Say that one waits, and hear how the doors stand; again every few seconds",
            response_model=DoorOut,
            responses=refusals(*CHANGING, 429, 503),
        )
        router.add(
            f"{_DAY}/waiting",
            self.leave,
            methods=["DELETE"],
            status_code=204,
            summary="Leave the waiting room",
            responses=refusals(*CHANGING),
        )
        router.add(
            f"{_DAY}/waiting/{{account}}",
            self.admit,
            methods=["POST"],
            status_code=204,
            summary="Let somebody in who waits, or turn them away; for the hosts",
            responses=refusals(*CHANGING),
        )

    async def going(
        self, event: Id, original: Original, body: RsvpIn, request: Request
    ) -> Response:
        """Answer, or change what one said with it."""
        caller = await self._people.anybody(request)
        take(self._parts, _ANSWERS, request, caller)
        said = ok(await self._attending.answer((event, original), caller, body.wish()))
        return answer(RsvpOut.of(said, self._parts.services.now_ms()))

    async def not_going(self, event: Id, original: Original, request: Request) -> Response:
        """Give one's place or turn to the next."""
        caller = await self._people.anybody(request)
        take(self._parts, _ANSWERS, request, caller)
        ok(await self._attending.take_back((event, original), caller))
        return done()

    async def accept(self, event: Id, original: Original, request: Request) -> Response:
        """Take an offered place, while it is kept."""
        caller = await self._people.anybody(request)
        take(self._parts, _ANSWERS, request, caller)
        taken = ok(await self._attending.accept((event, original), caller))
        return answer(RsvpOut.of(taken, self._parts.services.now_ms()))

    async def guest_link(self, event: Id, original: Original, request: Request) -> Response:
        """Make a link for as many as are still awaited; by an older one nobody new comes."""
        caller = await self._people.anybody(request)
        take(self._parts, _ANSWERS, request, caller)
        made = ok(await self._parties.link((event, original), caller))
        return answer(PartyLinkOut.of(made), status=201)

    async def answers(
        self,
        event: Id,
        original: Original,
        request: Request,
        cursor: Cursor = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Response:
        """List who answered; who is kept apart from the host is not among them."""
        caller = await self._people.anybody(request)
        page = ok(await self._attending.listing((event, original), cursor, limit, caller))
        return paged(page, RsvpPersonOut.of)

    async def attendance(self, event: Id, original: Original, request: Request) -> Response:
        """List who came."""
        caller = await self._people.anybody(request)
        came = ok(await self._attendance.listing((event, original), caller))
        return answer(ItemsOut(items=[AttendedOut.of(each) for each in came]))

    async def wait(self, event: Id, original: Original, body: WaitIn, request: Request) -> Response:
        """Wait; whoever says so no more for half a minute is gone."""
        caller = await self._people.anybody(request)
        take(self._parts, _KNOCKS, request, caller)
        view = ok(await self._doors.wait((event, original), caller, asks=body.asks))
        return answer(DoorOut.of(view))

    async def leave(self, event: Id, original: Original, request: Request) -> Response:
        """Wait no more."""
        caller = await self._people.anybody(request)
        ok(await self._doors.leave((event, original), caller))
        return done()

    async def admit(
        self, event: Id, original: Original, account: Id, body: AdmitIn, request: Request
    ) -> Response:
        """Decide about somebody who waits."""
        caller = await self._people.anybody(request)
        ok(await self._doors.admit((event, original), account, body.admission(), caller))
        return done()


def attending_routers(parts: CommunityParts) -> list[Routes]:
    """Return the routes of who comes."""
    return [AttendingApi(parts).router()]
