"""The route that says when an event would be."""

from typing import Self

from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from hearth_server.api.answers import CHANGING, GroupRef, ItemsOut, answer, example, refusals
from hearth_server.api.declared import Routes
from hearth_server.api.events.forms import LocalTime, Minutes, RuleText, Zone
from hearth_server.api.groups.desk import Budgets, take
from hearth_server.api.limits import Budget
from hearth_server.api.people import CommunityParts
from hearth_server.api.problems import ok
from hearth_server.services.events.previewing import Dates, Previewing, Span

_LOOKS = Budgets(Budget.PREVIEW)


class DatesIn(BaseModel):
    """When an event is meant to be."""

    model_config = example(
        starts="2026-12-01T18:30", zone="Europe/Berlin", minutes=60, rule="FREQ=WEEKLY;BYDAY=TU"
    )

    starts: LocalTime
    zone: Zone
    minutes: Minutes = 60
    rule: RuleText = ""

    def dates(self) -> Dates:
        """Return what is asked for."""
        return Dates(self.starts, self.zone, self.minutes, self.rule)


class SpanOut(BaseModel):
    """One of the times."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"starts_ms": 1_796_146_200_000, "ends_ms": 1_796_149_800_000}]
        }
    )

    starts_ms: int
    ends_ms: int

    @classmethod
    def of(cls, span: Span) -> Self:
        """Show a time."""
        return cls(starts_ms=span.starts_ms, ends_ms=span.ends_ms)


class PreviewApi:
    """Works rules out for whoever is planning."""

    def __init__(self, parts: CommunityParts) -> None:
        self._parts = parts
        self._people = parts.people
        self._previewing = Previewing(parts.services)

    def router(self) -> Routes:
        """Return the route, documented for OpenAPI."""
        router = Routes("events")
        router.add(
            "/groups/{group}/events/preview",
            self.preview,
            methods=["POST"],
            summary="The next five times of an event that is not planned yet",
            response_model=ItemsOut[SpanOut],
            responses=refusals(*CHANGING, 429),
        )
        return router

    async def preview(self, group: GroupRef, body: DatesIn, request: Request) -> Response:
        """Work out when it would be."""
        caller = await self._people.member(request)
        take(self._parts, _LOOKS, request, caller)
        found = ok(await self._previewing.dates(group, body.dates(), caller))
        return answer(ItemsOut(items=[SpanOut.of(each) for each in found]))
