"""What is kept of events, and what an event comes to on one day."""

from dataclasses import dataclass
from typing import Final, Literal

from hearth_server.community.accounts import Card
from hearth_server.community.permissions import Role

EventTemplate = Literal["class", "talk"]
#: Of the whole event. How one occurrence stands is `OccurrenceState`.
EventState = Literal["draft", "scheduled", "cancelled"]
OccurrenceState = Literal[
    "draft", "scheduled", "doors", "live", "winding_down", "ended", "cancelled"
]
DoorMode = Literal["automatic", "host_present", "admit_each", "by_role"]
Audience = Literal["near", "nobody"]
#: Which mats are offered when it begins.
Formation = Literal["none", "rows", "arc", "circle"]
RsvpState = Literal["going", "waiting", "offered", "released"]
#: How a place went on: they were not there; or it was offered, and not taken in time.
Missed = Literal["start", "offer"]

TITLE_LENGTH: Final = 80
DESCRIPTION_LENGTH: Final = 2000
CO_HOSTS_MAX: Final = 8
GUESTS_MAX: Final = 3
CAPACITY_MAX: Final = 400
MINUTES_MIN: Final = 5
MINUTES_MAX: Final = 12 * 60


@dataclass(frozen=True, slots=True)
class Doors:
    """How people come in.

    Attributes:
        mode: by itself; once a host is in; one by one; or the named roles by themselves and the
            others one by one.
        open_min: minutes before the start at which the doors open.
        late_min: minutes after the start from which nobody comes in any more; None: never.
        roles: who comes in by themselves with `by_role`.
    """

    mode: DoorMode = "automatic"
    open_min: int = 15
    late_min: int | None = None
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An event as it is kept.

    Attributes:
        starts: of the first occurrence, local to `zone`: "2026-12-01T18:30:00".
        zone: IANA name.
        rule: an RFC 5545 RRULE value without "RRULE:"; "" for a single occurrence.
        co_hosts: accounts, in the order in which they take over.
        note: why it was cancelled.
        until_ms: no occurrence ends later; None: it goes on without an end.
        formation: which mats are offered when it begins.
        guests_max: so many guests somebody who answers may bring.
    """

    id: str
    group_id: str
    room_id: str
    title: str
    description: str
    template: EventTemplate
    state: EventState
    starts: str
    zone: str
    minutes: int
    rule: str
    capacity: int
    doors: Doors
    audience: Audience
    plan_id: str | None
    host_id: str | None
    co_hosts: tuple[str, ...]
    note: str
    version: int
    created_by: str | None
    created_ms: int
    until_ms: int | None
    formation: Formation = "none"
    guests_max: int = 0


@dataclass(frozen=True, slots=True)
class OccurrenceChange:
    """What is different at one occurrence; None stays as the event says.

    Attributes:
        original: when the rule has it begin, local to the zone: "20261201T183000".
        starts: local to the zone, if it was moved.
    """

    event_id: str
    original: str
    cancelled: bool = False
    note: str = ""
    version: int = 0
    starts: str | None = None
    minutes: int | None = None
    title: str | None = None
    room_id: str | None = None
    capacity: int | None = None
    plan_id: str | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event on one day, with every change put in.

    Attributes:
        original: names it for good, however it is moved.
        starts_ms, ends_ms: Unix epoch.
        moved: it does not begin when the rule says.
        change_version: of its `OccurrenceChange`; 0 without one.
    """

    event: EventRecord
    original: str
    starts_ms: int
    ends_ms: int
    title: str
    room_id: str
    capacity: int
    plan_id: str | None
    state: OccurrenceState
    moved: bool = False
    note: str = ""
    change_version: int = 0


@dataclass(frozen=True, slots=True)
class Rsvp:
    """Somebody's answer to an occurrence.

    Attributes:
        turn: counts up within the occurrence: who came first is first.
        asked_ms: when they answered; 0 of whoever leads and only let it be kept that they came,
            and of all once it is over.
        offer_until_ms: with `offered`, until when the free place is kept for them; with `released`,
            until when it was.
        access: they would like to be in front.
        attendance: the hosts may keep that they came.
        came_ms: when they came, if they did and it may be kept.
        guests: so many places are kept besides, for whom they bring. Whoever of these comes in
            has an answer of their own, and is not among them any more.
        brought_by: on whose places they came in.
    """

    event_id: str
    original: str
    account_id: str
    state: RsvpState
    turn: int
    asked_ms: int
    offer_until_ms: int | None = None
    access: bool = False
    attendance: bool = False
    came_ms: int | None = None
    guests: int = 0
    brought_by: str | None = None

    @property
    def places(self) -> int:
        """How many places it takes."""
        return 1 + self.guests

    @property
    def missed(self) -> Missed | None:
        """Why a place went on that was theirs; None: none did."""
        if self.state != "released" or self.asked_ms == 0:
            return None
        return "start" if self.offer_until_ms is None else "offer"


@dataclass(frozen=True, slots=True)
class RsvpPerson:
    """An answer with whose it is, as the hosts see it; `here`: how many they brought came in."""

    rsvp: Rsvp
    card: Card
    here: int = 0

    @property
    def guests(self) -> int:
        """How many they bring, those who came in and those still awaited."""
        return self.rsvp.guests + self.here


@dataclass(frozen=True, slots=True)
class RsvpCount:
    """How full an occurrence is, in places: guests are counted."""

    going: int = 0
    offered: int = 0
    waiting: int = 0
