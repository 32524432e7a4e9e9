"""Routes of events: when they are, what they are, and changing that."""

from typing import Annotated, Final

from fastapi import Query, Request
from fastapi.responses import Response

from hearth_server.api.answers import (
    CHANGING,
    GroupRef,
    Id,
    ItemsOut,
    answer,
    done,
    refusals,
)
from hearth_server.api.declared import Routes
from hearth_server.api.events.attending_models import Original
from hearth_server.api.events.forms import (
    CancelIn,
    ClassNowIn,
    DayCancelIn,
    DayChangeIn,
    EventChangeIn,
    EventIn,
)
from hearth_server.api.events.models import EventOut, OccurrenceOut
from hearth_server.api.groups.desk import Budgets, take
from hearth_server.api.limits import Budget
from hearth_server.api.people import CommunityParts
from hearth_server.api.problems import Refused, ok
from hearth_server.community.accounts import Caller
from hearth_server.services.events.calendar import SHOWN_MAX, Asked, Calendar
from hearth_server.services.events.days import DayEditing
from hearth_server.services.events.editing import EventEditing
from hearth_server.services.events.now import StartingNow
from hearth_server.services.events.upcoming import Upcoming

#: The years 2000 to 2199.
Moment = Annotated[
    int | None, Query(ge=946_684_800_000, lt=7_258_118_400_000, examples=[1_796_083_200_000])
]
Limit = Annotated[int, Query(ge=1, le=SHOWN_MAX)]
_EVENT: Final = "/events/{event}"
_DAY: Final = _EVENT + "/occurrences/{original}"
_EDITS: Final = Budgets(Budget.EDIT_EVENT)


class EventsApi:
    """The routes of events."""

    def __init__(self, parts: CommunityParts) -> None:
        self._parts = parts
        self._people = parts.people
        services = parts.services
        self._calendar = Calendar(services)
        self._editing = EventEditing(services)
        self._days = DayEditing(services)
        self._now = StartingNow(services)
        self._upcoming = Upcoming(services)

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("events")
        self._add_reading(router)
        self._add_events(router)
        self._add_days(router)
        return router

    def _add_reading(self, router: Routes) -> None:
        seeing = refusals(401, 403, 404, 422)
        router.add(
            "/groups/{group}/events",
            self.listing,
            summary="What is when in a group, from now on unless told otherwise",
            response_model=ItemsOut[OccurrenceOut],
            responses=seeing,
        )
        router.add(
            _EVENT, self.event, summary="An event", response_model=EventOut, responses=seeing
        )
        router.add(
            _DAY,
            self.occurrence,
            summary="An event on one day",
            response_model=OccurrenceOut,
            responses=seeing,
        )
        router.add(
            "/me/events",
            self.mine,
            summary="What one leads or answered to in the next two weeks",
            response_model=ItemsOut[OccurrenceOut],
            responses=refusals(401),
        )

    def _add_events(self, router: Routes) -> None:
        changing = refusals(*CHANGING, 429)
        router.add(
            "/groups/{group}/events",
            self.create,
            methods=["POST"],
            status_code=201,
            summary="Plan an event: as a draft, or announced at once",
            response_model=EventOut,
            responses=changing,
        )
        router.add(
            "/groups/{group}/class-now",
            self.class_now,
            methods=["POST"],
            status_code=201,
            summary="Open the doors of a class that nobody planned",
            response_model=OccurrenceOut,
            responses=changing,
        )
        router.add(
            _EVENT,
            self.change,
            methods=["PATCH"],
            summary="Change an event with all its days",
            response_model=EventOut,
            responses=changing,
        )
        router.add(
            _EVENT + "/cancel",
            self.cancel,
            methods=["POST"],
            summary="Cancel an event with every day that is still to come",
            response_model=EventOut,
            responses=changing,
        )
        router.add(
            _EVENT + "/clone",
            self.clone,
            methods=["POST"],
            status_code=201,
            summary="Make a draft like an event",
            response_model=EventOut,
            responses=changing,
        )
        router.add(
            _EVENT,
            self.delete,
            methods=["DELETE"],
            status_code=204,
            summary="Delete a draft",
            responses=changing,
        )

    def _add_days(self, router: Routes) -> None:
        changing = refusals(*CHANGING, 429)
        router.add(
            _DAY,
            self.change_day,
            methods=["PATCH"],
            summary="Let one day of an event be different",
            response_model=OccurrenceOut,
            responses=changing,
        )
        router.add(
            _DAY + "/cancel",
            self.cancel_day,
            methods=["POST"],
            summary="Cancel one day of an event, or let it take place after all",
            response_model=OccurrenceOut,
            responses=changing,
        )

    async def listing(
        self,
        group: GroupRef,
        request: Request,
        from_ms: Moment = None,
        until_ms: Moment = None,
        limit: Limit = 100,
    ) -> Response:
        """List a group's occurrences, the earliest first."""
        caller = await self._people.caller(request)
        asked = Asked(from_ms, until_ms, limit)
        found = ok(await self._calendar.of_group(group, asked, caller))
        return answer(ItemsOut(items=[OccurrenceOut.of(each) for each in found]))

    async def mine(self, request: Request) -> Response:
        """List what concerns the caller."""
        caller = await self._people.anybody(request)
        found = await self._upcoming.of(caller)
        return answer(ItemsOut(items=[OccurrenceOut.of(each) for each in found]))

    async def event(self, event: Id, request: Request) -> Response:
        """Show an event."""
        caller = await self._people.caller(request)
        return answer(EventOut.of(ok(await self._calendar.event(event, caller))))

    async def occurrence(self, event: Id, original: Original, request: Request) -> Response:
        """Show an event on one day."""
        caller = await self._people.caller(request)
        found = ok(await self._calendar.occurrence(event, original, caller))
        return answer(OccurrenceOut.of(found))

    async def create(self, group: GroupRef, body: EventIn, request: Request) -> Response:
        """Make an event."""
        caller = await self._editor(request)
        made = ok(await self._editing.create(group, body.wanted(), caller))
        return answer(EventOut.of(made), 201)

    async def class_now(self, group: GroupRef, body: ClassNowIn, request: Request) -> Response:
        """Open doors now."""
        caller = await self._editor(request)
        begun = ok(await self._now.start(group, body.wanted(), caller))
        return answer(OccurrenceOut.of(begun), 201)

    async def change(self, event: Id, body: EventChangeIn, request: Request) -> Response:
        """Change an event."""
        caller = await self._editor(request)
        edited = ok(await self._editing.change(event, body.version, body.changes(), caller))
        return answer(EventOut.of(edited.view, list(edited.dropped)))

    async def cancel(self, event: Id, body: CancelIn, request: Request) -> Response:
        """Cancel an event."""
        caller = await self._editor(request)
        gone = ok(await self._editing.cancel(event, body.version, body.note, caller))
        return answer(EventOut.of(gone))

    async def clone(self, event: Id, request: Request) -> Response:
        """Copy an event."""
        caller = await self._editor(request)
        return answer(EventOut.of(ok(await self._editing.clone(event, caller))), 201)

    async def delete(self, event: Id, request: Request) -> Response:
        """Delete a draft."""
        caller = await self._editor(request)
        refusal = await self._editing.delete(event, caller)
        if refusal is not None:
            raise Refused(refusal)
        return done()

    async def change_day(
        self, event: Id, original: Original, body: DayChangeIn, request: Request
    ) -> Response:
        """Change one day."""
        caller = await self._editor(request)
        key, version = (event, original), body.change_version
        changed = ok(await self._days.change(key, version, body.changes(), caller))
        return answer(OccurrenceOut.of(changed))

    async def cancel_day(
        self, event: Id, original: Original, body: DayCancelIn, request: Request
    ) -> Response:
        """Cancel one day, or bring it back."""
        caller = await self._editor(request)
        key, note = (event, original), body.note if body.on else None
        changed = ok(await self._days.cancel(key, body.change_version, note, caller))
        return answer(OccurrenceOut.of(changed))

    async def _editor(self, request: Request) -> Caller:
        """Return who changes something, if they did not too often; each change expands rules."""
        caller = await self._people.member(request)
        take(self._parts, _EDITS, request, caller)
        return caller
