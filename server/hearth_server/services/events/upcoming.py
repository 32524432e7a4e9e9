"""What is coming up for one person: what they lead, and what they answered to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.events.calendar import Window
from hearth_server.community.events.records import EventRecord, Occurrence
from hearth_server.community.events.recurrence import RESULTS_MAX
from hearth_server.community.permissions import Right
from hearth_server.community.ports.rsvps import MyRsvp
from hearth_server.community.spans import DAY_MS
from hearth_server.services.events.calendar import EVENTS_KEPT, expanded
from hearth_server.services.events.viewing import Eyes, OccurrenceView, Viewing, eyes_of
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import standing_for
from hearth_server.services.store import Tx

DAYS: Final = 14
SHOWN_MAX: Final = 50


class Upcoming:
    """Reads what concerns one person, across their groups."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._viewing = Viewing(parts)

    async def of(self, caller: Caller) -> list[OccurrenceView]:
        """Return what somebody leads or answered to in the next two weeks, the earliest first.

        What was cancelled stays among it, so that nobody waits before closed doors.
        """
        now_ms = self._parts.now_ms()
        async with self._parts.store.reading() as tx:
            window = Window(now_ms, now_ms + DAYS * DAY_MS)
            views = await self.between(tx, caller, window)
        return views[:SHOWN_MAX]

    async def between(self, tx: Tx, caller: Caller, window: Window) -> list[OccurrenceView]:
        """Return the same for any window, inside a transaction."""
        own, now_ms = caller.account.id, self._parts.now_ms()
        events = [
            each
            for each in await tx.events.of_account(own, window.from_ms, EVENTS_KEPT)
            if each.state != "draft"
        ]
        wide = replace(window, limit=RESULTS_MAX)
        found = await expanded(tx, events, wide, now_ms)
        keys = [(each.event.id, each.original) for each in found]
        answers = await tx.rsvps.own(own, keys)
        mine = [each for each in found if _concerns(own, each, answers)]
        views: list[OccurrenceView] = []
        for group_id in dict.fromkeys(each.event.group_id for each in mine):
            eyes = await self._eyes(tx, group_id, caller)
            if eyes is not None:
                here = [each for each in mine if each.event.group_id == group_id]
                views += await self._viewing.occurrences(tx, here, eyes)
        views.sort(key=lambda view: (view.occurrence.starts_ms, view.occurrence.event.id))
        return views[: window.limit]

    async def _eyes(self, tx: Tx, group_id: str, caller: Caller) -> Eyes | None:
        group = await tx.groups.group(group_id)
        if group is None:
            return None
        standing = await standing_for(self._parts, tx, group, caller)
        return await eyes_of(tx, standing) if standing.may(Right.SEE_GROUP) else None


def _concerns(own: str, each: Occurrence, answers: Mapping[tuple[str, str], MyRsvp]) -> bool:
    event = each.event
    if _leads(own, event):
        return True
    answer = answers.get((event.id, each.original))
    return answer is not None and answer.rsvp.state != "released"


def _leads(own: str, event: EventRecord) -> bool:
    return own == event.host_id or own in event.co_hosts
