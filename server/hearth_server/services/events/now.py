"""A class that begins right now, planned by nobody: its caller leads it, the doors are open."""

from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.events.calendar import Window
from hearth_server.community.events.records import (
    MINUTES_MIN,
    Audience,
    Doors,
    EventRecord,
    EventTemplate,
    Formation,
)
from hearth_server.community.events.times import (
    at_ms,
    key_of,
    local_at,
    read_local,
    written,
    zone_of,
)
from hearth_server.community.groups import Standing
from hearth_server.community.permissions import Right
from hearth_server.community.spaces import RoomRecord, may_enter
from hearth_server.community.spans import MINUTE_MS
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.services.events.calendar import EVENTS_KEPT, Calendar, expanded
from hearth_server.services.events.checking import NO_SUCH_ROOM, places_in
from hearth_server.services.events.editing import EventEditing
from hearth_server.services.events.viewing import OccurrenceView
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import entitled_to_change
from hearth_server.services.store import Tx

#: How long one is if neither its plan nor what comes after it in the room says otherwise.
MINUTES: Final = 60
_NO_ROOM: Final = Refusal(
    "room_taken", "Every room of the group is taken now. Choose a room and a time for later."
)


@dataclass(frozen=True, slots=True)
class ClassNow:
    """What is to begin. `room_id` None: where its caller is, or any free room.

    Attributes:
        doors: who comes in how; they are open at once, whatever it says.
    """

    title: str
    template: EventTemplate
    audience: Audience
    formation: Formation
    room_id: str | None = None
    plan_id: str | None = None
    doors: Doors = field(default_factory=Doors)


class StartingNow:
    """Begins classes on the spot."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._editing = EventEditing(parts)
        self._calendar = Calendar(parts)

    async def start(self, ref: str, wanted: ClassNow, caller: Caller) -> OccurrenceView | Refusal:
        """Open the doors of a new event; it begins as soon as its host says so."""
        parts = self._parts
        async with parts.store.writing() as tx:
            standing = await entitled_to_change(parts, tx, ref, caller, Right.HOST_EVENTS)
            if isinstance(standing, Refusal):
                return standing
            minutes = await self._minutes(tx, wanted.plan_id)
            found = await self._place(tx, standing, wanted.room_id, minutes, caller)
            if isinstance(found, Refusal):
                return found
            room, minutes = found
            event = self._event(standing, room, minutes, wanted, caller)
            made = await self._editing.keep_new(tx, event, caller)
            if isinstance(made, Refusal):
                return made
            starts = read_local(made.event.starts)
            assert starts is not None
            return await self._calendar.occurrence_in(tx, event.id, key_of(starts), caller)

    def _event(
        self,
        standing: Standing,
        room: RoomRecord,
        minutes: int,
        wanted: ClassNow,
        caller: Caller,
    ) -> EventRecord:
        now_ms = self._parts.now_ms() // 1000 * 1000
        name = standing.group.time_zone or caller.account.time_zone or "UTC"
        zone = zone_of(name)
        # In the hour that comes twice, its second time has no name of its own.
        if zone is None or at_ms(local_at(now_ms, zone), zone) != now_ms:
            name, zone = "UTC", UTC
        return EventRecord(
            id=new_id(),
            group_id=standing.group.id,
            room_id=room.id,
            title=wanted.title,
            description="",
            template=wanted.template,
            state="scheduled",
            starts=written(local_at(now_ms, zone)),
            zone=name,
            minutes=minutes,
            rule="",
            capacity=places_in(room),
            doors=replace(wanted.doors, open_min=0),
            audience=wanted.audience,
            plan_id=wanted.plan_id,
            host_id=caller.account.id,
            co_hosts=(),
            note="",
            version=1,
            created_by=caller.account.id,
            created_ms=self._parts.now_ms(),
            until_ms=None,
            formation=wanted.formation,
        )

    async def _minutes(self, tx: Tx, plan_id: str | None) -> int:
        card = (await tx.plans.cards([plan_id])).get(plan_id) if plan_id is not None else None
        return MINUTES if card is None else max(MINUTES, card.minutes)

    async def _place(
        self, tx: Tx, standing: Standing, room_id: str | None, minutes: int, caller: Caller
    ) -> tuple[RoomRecord, int] | Refusal:
        """Return the room, and how long it is free."""
        rooms = [each for each in await tx.rooms.of_group(standing.group.id) if not each.archived]
        if room_id is not None:
            rooms = [each for each in rooms if each.id == room_id]
            if not rooms:
                return NO_SUCH_ROOM
        rooms = [each for each in rooms if may_enter(each, standing) is None]
        here = self._parts.live.where(caller.account.id)
        rooms.sort(key=lambda each: each.id != here)
        now_ms = self._parts.now_ms()
        window = Window(now_ms, now_ms + minutes * MINUTE_MS)
        events = await tx.events.of_group(standing.group.id, now_ms, EVENTS_KEPT)
        planned = await expanded(tx, events, window, now_ms)
        for room in rooms:
            now = self._parts.live.gathering_in(room.id)
            if now is not None and now.state in ("doors", "live"):
                continue  # people come in there already, for something that may begin later
            mine = [
                each
                for each in planned
                if each.room_id == room.id and each.state not in ("cancelled", "draft", "ended")
            ]
            free_ms = min((each.starts_ms for each in mine), default=window.until_ms) - now_ms
            if free_ms >= MINUTES_MIN * MINUTE_MS:
                return room, free_ms // MINUTE_MS
        return _NO_ROOM
