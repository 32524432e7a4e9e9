"""The JSON of events and of their days, as they are shown."""

from typing import Final, Self

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from hearth_server.api.cards import PERSON_EXAMPLE, CardOut
from hearth_server.api.events.attending_models import RsvpOut
from hearth_server.api.models import GroupRefOut
from hearth_server.community.events.records import (
    Audience,
    DoorMode,
    Doors,
    EventState,
    EventTemplate,
    Formation,
    OccurrenceState,
)
from hearth_server.community.events.times import kept_zone, shown_at
from hearth_server.community.permissions import Role
from hearth_server.services.events.plans import PlanRef
from hearth_server.services.events.viewing import EventView, OccurrenceView, RoomRef, Trouble

DOORS_EXAMPLE: Final[JsonDict] = {
    "mode": "automatic", "open_min": 15, "late_min": 10, "roles": [],
}  # fmt: skip
_WHERE: Final[JsonDict] = {
    "group": {"id": "c5hv3lq7yra2tnpe", "slug": "morning-yoga", "name": "Morning Yoga"},
    "room": {"id": "k7qf2mwdx5abzr4c", "name": "Studio", "archived": False},
}
_PLAN: Final[JsonDict] = {"id": "p3jq5yw2mzr7ahtc", "title": "Slow flow", "minutes": 55}


class EventRoomOut(BaseModel):
    """The room of an event."""

    id: str
    name: str
    archived: bool

    @classmethod
    def of(cls, room: RoomRef) -> Self:
        """Show a room."""
        return cls(id=room.id, name=room.name, archived=room.archived)


class PlanRefOut(BaseModel):
    """The session plan of an event."""

    id: str
    title: str
    minutes: int

    @classmethod
    def of(cls, plan: PlanRef | None) -> Self | None:
        """Show a plan, if there is one."""
        return None if plan is None else cls(id=plan.id, title=plan.title, minutes=plan.minutes)


class DoorsOut(BaseModel):
    """How people come in."""

    mode: DoorMode
    open_min: int
    late_min: int | None
    roles: list[Role]

    @classmethod
    def of(cls, doors: Doors) -> Self:
        """Show doors."""
        return cls(
            mode=doors.mode,
            open_min=doors.open_min,
            late_min=doors.late_min,
            roles=sorted(doors.roles),
        )


class EventOut(BaseModel):
    """An event. `dropped`: days that are no more after a change, with what was kept of them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "e3jq5yw2mzr7ahtc",
                    **_WHERE,
                    "title": "Evening yoga",
                    "description": "Slow, for everybody.",
                    "template": "class",
                    "state": "scheduled",
                    "starts": "2026-12-01T18:30:00",
                    "zone": "Europe/Berlin",
                    "minutes": 60,
                    "rule": "FREQ=WEEKLY;BYDAY=TU",
                    "capacity": 12,
                    "doors": DOORS_EXAMPLE,
                    "audience": "near",
                    "formation": "rows",
                    "guests_max": 1,
                    "plan": _PLAN,
                    "host": PERSON_EXAMPLE,
                    "co_hosts": [],
                    "note": "",
                    "troubles": [],
                    "version": 3,
                    "may_edit": True,
                    "dropped": [],
                }
            ]
        }
    )

    id: str
    group: GroupRefOut
    room: EventRoomOut
    title: str
    description: str
    template: EventTemplate
    state: EventState
    starts: str
    zone: str
    minutes: int
    rule: str
    capacity: int
    doors: DoorsOut
    audience: Audience
    formation: Formation
    guests_max: int
    plan: PlanRefOut | None
    host: CardOut | None
    co_hosts: list[CardOut]
    note: str
    troubles: list[Trouble]
    version: int
    may_edit: bool
    dropped: list[str]

    @classmethod
    def of(cls, view: EventView, dropped: list[str] | None = None) -> Self:
        """Show an event to whoever `view` was made for."""
        event, group = view.event, view.group
        return cls(
            id=event.id,
            group=GroupRefOut(id=group.id, slug=group.slug, name=group.name),
            room=EventRoomOut.of(view.room),
            title=event.title,
            description=event.description,
            template=event.template,
            state=event.state,
            starts=event.starts,
            zone=event.zone,
            minutes=event.minutes,
            rule=event.rule,
            capacity=event.capacity,
            doors=DoorsOut.of(event.doors),
            audience=event.audience,
            formation=event.formation,
            guests_max=event.guests_max,
            plan=PlanRefOut.of(view.plan),
            host=CardOut.of(view.host) if view.host is not None else None,
            co_hosts=[CardOut.of(each) for each in view.co_hosts],
            note=event.note,
            troubles=list(view.troubles),
            version=event.version,
            may_edit=view.may_edit,
            dropped=dropped or [],
        )


class OccurrenceOut(BaseModel):
    """An event on one day. `host_starts` is what clocks show where the event's zone is.

    `going` and `waiting` count guests, too; `guests_max` is how many whoever asks may bring.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "event": "e3jq5yw2mzr7ahtc",
                    "original": "20261201T183000",
                    "title": "Evening yoga",
                    "template": "class",
                    **_WHERE,
                    "starts_ms": 1_796_146_200_000,
                    "ends_ms": 1_796_149_800_000,
                    "zone": "Europe/Berlin",
                    "host_starts": "2026-12-01T18:30+01:00",
                    "state": "scheduled",
                    "moved": False,
                    "note": "",
                    "capacity": 12,
                    "going": 7,
                    "waiting": 0,
                    "guests_max": 1,
                    "host": PERSON_EXAMPLE,
                    "mine": None,
                    "may_host": False,
                    "change_version": 0,
                    "recurring": True,
                    "plan": _PLAN,
                    "doors_ms": 1_796_145_300_000,
                    "troubles": [],
                }
            ]
        }
    )

    event: str
    original: str
    title: str
    template: EventTemplate
    room: EventRoomOut
    group: GroupRefOut
    starts_ms: int
    ends_ms: int
    zone: str
    host_starts: str
    state: OccurrenceState
    moved: bool
    note: str
    capacity: int
    going: int
    waiting: int
    guests_max: int
    host: CardOut | None
    mine: RsvpOut | None
    may_host: bool
    change_version: int
    recurring: bool
    plan: PlanRefOut | None
    doors_ms: int
    troubles: list[Trouble]

    @classmethod
    def of(cls, view: OccurrenceView) -> Self:
        """Show an occurrence to whoever `view` was made for."""
        each, group = view.occurrence, view.group
        event = each.event
        return cls(
            event=event.id,
            original=each.original,
            title=each.title,
            template=event.template,
            room=EventRoomOut.of(view.room),
            group=GroupRefOut(id=group.id, slug=group.slug, name=group.name),
            starts_ms=each.starts_ms,
            ends_ms=each.ends_ms,
            zone=event.zone,
            host_starts=shown_at(each.starts_ms, kept_zone(event.zone)),
            state=each.state,
            moved=each.moved,
            note=each.note,
            capacity=each.capacity,
            going=view.count.going,
            waiting=view.count.waiting,
            guests_max=view.guests_max,
            host=CardOut.of(view.host) if view.host is not None else None,
            mine=RsvpOut.of(view.mine, view.now_ms) if view.mine is not None else None,
            may_host=view.may_host,
            change_version=each.change_version,
            recurring=bool(event.rule),
            plan=PlanRefOut.of(view.plan),
            doors_ms=view.doors_ms,
            troubles=list(view.troubles),
        )


class CalendarLinkOut(BaseModel):
    """The address of one's private calendar; it is shown this once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"link": "/api/v1/calendars/b2N4h0o1v5kq0qv0m8X2c3V9c0Z6tq1bX7rH3aYwTgE.ics"}
            ]
        }
    )

    link: str


class CalendarMadeOut(BaseModel):
    """When one's private calendar was made; null: there is none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"made_ms": 1_796_146_200_000}]})

    made_ms: int | None
