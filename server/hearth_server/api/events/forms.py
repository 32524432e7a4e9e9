"""The JSON of events and of their days, as people send it."""

from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hearth_server.api.answers import ShortId, example
from hearth_server.api.events.models import DOORS_EXAMPLE
from hearth_server.api.texts import line_of, text_of
from hearth_server.community.events.records import (
    CAPACITY_MAX,
    CO_HOSTS_MAX,
    DESCRIPTION_LENGTH,
    GUESTS_MAX,
    MINUTES_MAX,
    MINUTES_MIN,
    TITLE_LENGTH,
    Audience,
    DoorMode,
    Doors,
    EventTemplate,
    Formation,
)
from hearth_server.community.events.templates import USUAL
from hearth_server.community.permissions import Role
from hearth_server.services.events.editing import NewEvent
from hearth_server.services.events.now import ClassNow

#: Longer than any rule that is taken, so that one too long is refused by name.
_RULE_TEXT: Final = 2_000
_NOTE: Final = 280
RoleName = Literal["owner", "leader", "moderator", "host", "member", "guest"]
_LOCAL: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"

Title = Annotated[
    str,
    Field(max_length=640, examples=["Evening yoga"]),
    AfterValidator(line_of(TITLE_LENGTH)),
]
Description = Annotated[
    str, Field(max_length=4 * DESCRIPTION_LENGTH), AfterValidator(text_of(DESCRIPTION_LENGTH))
]
Note = Annotated[
    str,
    Field(max_length=4 * _NOTE, description="Why, for those who wanted to come."),
    AfterValidator(line_of(_NOTE, 0)),
]
LocalTime = Annotated[
    str,
    Field(
        pattern=_LOCAL,
        description="Local to the event's zone.",
        examples=["2026-12-01T18:30"],
    ),
]
Zone = Annotated[str, Field(min_length=1, max_length=64, examples=["Europe/Berlin"])]
Minutes = Annotated[int, Field(ge=MINUTES_MIN, le=MINUTES_MAX)]
RuleText = Annotated[
    str,
    Field(
        max_length=_RULE_TEXT,
        description="An RFC 5545 RRULE value; empty for a single time.",
        examples=["FREQ=WEEKLY;BYDAY=TU"],
    ),
]
Capacity = Annotated[int, Field(ge=1, le=CAPACITY_MAX)]
CoHosts = Annotated[
    list[ShortId],
    Field(max_length=CO_HOSTS_MAX, description="In the order in which they take over."),
]
GuestsMax = Annotated[
    int, Field(ge=0, le=GUESTS_MAX, description="So many guests each who answers may bring.")
]
_USUAL: Final = "As its template has it, if left out."
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
ChangeVersion = Annotated[
    int, Field(ge=0, le=2**31 - 1, description="`change_version` as it was seen; 0 for none.")
]


class DoorsIn(BaseModel):
    """How people come in."""

    model_config = ConfigDict(extra="forbid", strict=True)

    mode: DoorMode = "automatic"
    open_min: int = Field(15, ge=0, le=120, description="Minutes before the start.")
    late_min: int | None = Field(
        None, ge=0, le=MINUTES_MAX, description="Minutes after it from which nobody comes in."
    )
    roles: list[RoleName] = Field(
        [], max_length=len(Role), description="Who comes in by themselves with `by_role`."
    )

    def doors(self) -> Doors:
        """Return what is kept of them."""
        return Doors(self.mode, self.open_min, self.late_min, frozenset(map(Role, self.roles)))


class EventIn(BaseModel):
    """An event to be made; whoever makes it is its host."""

    model_config = example(
        title="Evening yoga",
        description="Slow, for everybody.",
        template="class",
        room="studio-x7k2mq",
        starts="2026-12-01T18:30",
        zone="Europe/Berlin",
        minutes=60,
        rule="FREQ=WEEKLY;BYDAY=TU",
        capacity=12,
        doors=DOORS_EXAMPLE,
        audience="near",
        formation="rows",
        guests_max=1,
        plan=None,
        co_hosts=[],
        state="scheduled",
    )

    title: Title
    description: Description = ""
    template: EventTemplate = "class"
    room: ShortId
    starts: LocalTime
    zone: Zone
    minutes: Minutes = 60
    rule: RuleText = ""
    capacity: Capacity | None = Field(None, description="As many as the room holds if left out.")
    doors: DoorsIn = DoorsIn()
    audience: Audience | None = Field(None, description=_USUAL)
    formation: Formation | None = Field(None, description=_USUAL)
    guests_max: GuestsMax = 0
    plan: ShortId | None = None
    co_hosts: CoHosts = []
    state: Literal["draft", "scheduled"] = "draft"

    def wanted(self) -> NewEvent:
        """Return the event that is wanted."""
        return NewEvent(
            title=self.title,
            description=self.description,
            template=self.template,
            room_id=self.room,
            starts=self.starts,
            zone=self.zone,
            minutes=self.minutes,
            rule=self.rule,
            capacity=self.capacity,
            doors=self.doors.doors(),
            audience=self.audience or USUAL[self.template].audience,
            formation=self.formation or USUAL[self.template].formation,
            guests_max=self.guests_max,
            plan_id=self.plan,
            co_hosts=tuple(self.co_hosts),
            announced=self.state == "scheduled",
        )


class EventChangeIn(BaseModel):
    """What changes about an event; what is left out stays. `plan` null: none any more."""

    model_config = example(version=3, starts="2026-12-01T19:00", minutes=75)

    version: Version
    title: Title | None = None
    description: Description | None = None
    template: EventTemplate | None = None
    room: ShortId | None = None
    starts: LocalTime | None = None
    zone: Zone | None = None
    minutes: Minutes | None = None
    rule: RuleText | None = None
    capacity: Capacity | None = None
    doors: DoorsIn | None = None
    audience: Audience | None = None
    formation: Formation | None = None
    guests_max: GuestsMax | None = None
    plan: ShortId | None = None
    host: ShortId | None = None
    co_hosts: CoHosts | None = None
    state: Literal["draft", "scheduled"] | None = None

    def changes(self) -> dict[str, Any]:
        """Return new values by the names that records have."""
        found = renamed(self, "version")
        if self.doors is not None:
            found["doors"] = self.doors.doors()
        if self.co_hosts is not None:
            found["co_hosts"] = tuple(self.co_hosts)
        # Nothing but the plan can be taken away.
        return {
            name: value for name, value in found.items() if value is not None or name == "plan_id"
        }


class DayChangeIn(BaseModel):
    """What is different on one day; null: as the event says. `plan` empty: none on that day."""

    model_config = example(change_version=0, starts="2026-12-02T18:00", title="Yoga by candles")

    change_version: ChangeVersion
    starts: LocalTime | None = None
    minutes: Minutes | None = None
    title: Title | None = None
    room: ShortId | None = None
    capacity: Capacity | None = None
    plan: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,64}$")] | None = None

    def changes(self) -> dict[str, Any]:
        """Return what was said, by the names that records have."""
        return renamed(self, "change_version")


class CancelIn(BaseModel):
    """That an event is cancelled, and why."""

    model_config = example(version=3, note="The studio is being painted.")

    version: Version
    note: Note = ""


class DayCancelIn(BaseModel):
    """That a day is cancelled, or takes place after all."""

    model_config = example(change_version=0, on=True, note="I am ill. See you next week!")

    change_version: ChangeVersion
    on: bool = True
    note: Note = ""


class ClassNowIn(BaseModel):
    """What begins now. Without a room: where one is, or a free one. Its doors open at once."""

    model_config = example(title="Stretching, now", template="class", doors={"mode": "automatic"})

    room: ShortId | None = None
    plan: ShortId | None = None
    title: Title = "Class"
    template: EventTemplate = "class"
    doors: DoorsIn = DoorsIn()
    audience: Audience | None = Field(None, description=_USUAL)
    formation: Formation | None = Field(None, description=_USUAL)

    def wanted(self) -> ClassNow:
        """Return what is wanted."""
        usual = USUAL[self.template]
        return ClassNow(
            title=self.title,
            template=self.template,
            audience=self.audience or usual.audience,
            formation=self.formation or usual.formation,
            room_id=self.room,
            plan_id=self.plan,
            doors=self.doors.doors(),
        )


_RECORDED: Final = {"room": "room_id", "plan": "plan_id", "host": "host_id"}


def renamed(body: BaseModel, *without: str) -> dict[str, Any]:
    """Return what a body says, by the names that records have."""
    return {
        _RECORDED.get(name, name): getattr(body, name)
        for name in body.model_fields_set
        if name not in without
    }
