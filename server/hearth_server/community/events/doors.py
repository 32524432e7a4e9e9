"""How the doors of a gathering stand for somebody, and in what words they are told. Pure.

The doors of a room are otherwise its own (`community.spaces`, `community.entering`): this is only
about what comes on top of them while an event happens there.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

from hearth_server.community.events.records import (
    Doors,
    EventRecord,
    EventTemplate,
    OccurrenceState,
    RsvpState,
)
from hearth_server.community.events.runs import GatheringNow
from hearth_server.community.groups import Standing
from hearth_server.community.permissions import Right, Role
from hearth_server.community.spans import MINUTE_MS
from hearth_server.errors import Refusal

DoorState = Literal["open", "waiting", "closed"]
DoorReason = Literal["early", "host_absent", "admit", "late", "full", "norms", ""]


@dataclass(frozen=True, slots=True)
class Comer:
    """Who stands at the door.

    Attributes:
        leads: host, co-host, or somebody who keeps the peace: no door is closed to them.
        rsvp: what they answered, None for nothing.
        admitted: a leader let them in; None: nobody decided.
        was_in: they came in before, and come back.
        brought: a place is kept for them by who brings them.
    """

    role: Role | None
    leads: bool = False
    rsvp: RsvpState | None = None
    admitted: bool | None = None
    was_in: bool = False
    brought: bool = False


@dataclass(frozen=True, slots=True)
class Doorway:
    """What they stand before.

    Attributes:
        gathering: what goes on in the room, if it is this very one.
        free: whether somebody without a place gets one now.
        leader: name of who leads and is there; empty where it is not to be told.
    """

    doors: Doors
    state: OccurrenceState
    starts_ms: int
    gathering: GatheringNow | None
    free: bool
    template: EventTemplate = "class"
    leader: str = ""

    @property
    def doors_ms(self) -> int:
        """When the doors open, Unix epoch."""
        return doors_ms(self.doors, self.starts_ms)


@dataclass(frozen=True, slots=True)
class DoorAnswer:
    """How the doors stand for somebody.

    Attributes:
        late: the late-comers' minute is over, and nobody let them in yet.
    """

    state: DoorState
    reason: DoorReason = ""
    text: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True)
class DoorPass:
    """What a ticket says of the gathering that it leads into, so that hello needs no store."""

    event_id: str
    original: str


OPEN: Final = DoorAnswer("open", "", "The doors are open. Come in.")
_CANCELLED: Final = DoorAnswer("closed", "", "This was cancelled. Look at the calendar.")
_OVER: Final = DoorAnswer("closed", "", "This is over. Look at the calendar for the next one.")
_SOON: Final = DoorAnswer("waiting", "early", "The doors open in a moment. Stay on this page.")
_NO_HOST: Final = DoorAnswer(
    "waiting", "host_absent", "The doors open as soon as a host is there. Stay on this page."
)
_ADMIT: Final = DoorAnswer(
    "waiting", "admit", "A host lets people in one by one, and sees that you are here."
)
_TURNED_AWAY: Final = DoorAnswer("closed", "admit", "The hosts do not let you in this time.")
#: Others may wait already; how many is not told, for some may be kept apart from whoever asks.
_FULL: Final = DoorAnswer(
    "waiting",
    "full",
    "It is full. Say that you are going: once it is your turn, a free place is offered to you, "
    "for a minute.",
)
_FULL_WAITING: Final = DoorAnswer(
    "waiting", "full", "It is full. You are on the waiting list: stay, a place may come free."
)


def doors_ms(doors: Doors, starts_ms: int) -> int:
    """Return when doors open, Unix epoch."""
    return starts_ms - doors.open_min * MINUTE_MS


def late_from_ms(doors: Doors, starts_ms: int, began_ms: int) -> int | None:
    """Return from when on nobody comes in by themselves any more, Unix epoch; None: never.

    Args:
        doors: of the event.
        starts_ms: when it was to begin.
        began_ms: when it did.
    """
    if doors.late_min is None:
        return None
    return max(starts_ms, began_ms) + doors.late_min * MINUTE_MS


def hosts(standing: Standing, event: EventRecord) -> bool:
    """Say whether an event is somebody's to lead: its host's, its co-hosts', the group's leaders'.

    They also see who answered, and who came.
    """
    named = standing.account_id in (event.host_id, *event.co_hosts)
    may_lead = named and standing.account_id is not None and standing.may(Right.HOST_EVENTS)
    return may_lead or standing.may(Right.EDIT_GROUP)


def leads(standing: Standing, event: EventRecord) -> bool:
    """Say whether every door of an event is open to somebody, without a place of their own.

    To whoever hosts it, and to whoever may put people out: nowhere is out of their reach.
    """
    return hosts(standing, event) or standing.may(Right.REMOVE_MEMBERS)


def at_the_door(who: Comer, way: Doorway, now_ms: int) -> DoorAnswer:
    """Say how the doors of a gathering stand for somebody whom its room would let in."""
    if way.state in ("cancelled", "ended", "draft"):
        return _CANCELLED if way.state == "cancelled" else _OVER
    if who.leads:
        return OPEN
    if way.gathering is None:
        return _early(way, now_ms)
    if who.was_in:
        # A lost line is no reason to stand outside; but they may have been put back out.
        return _TURNED_AWAY if who.admitted is False else _place(who, way)
    if who.admitted is None and _is_late(way.doors, way.gathering, now_ms):
        return _late(who, way)
    return _by_mode(who, way, way.gathering) or _place(who, way)


def _early(way: Doorway, now_ms: int) -> DoorAnswer:
    if now_ms >= way.doors_ms:
        return _SOON
    minutes = way.doors.open_min
    when = "when it begins" if minutes == 0 else f"{minutes} min before it begins"
    return DoorAnswer("waiting", "early", f"The doors open {when}. You may wait here.")


def _is_late(doors: Doors, now: GatheringNow, at_ms: int) -> bool:
    """Nobody is late for what has not begun, and a late start makes nobody late."""
    if now.began_ms is None:
        return False
    late_ms = late_from_ms(doors, now.starts_ms, now.began_ms)
    return late_ms is not None and at_ms >= late_ms


def _late(who: Comer, way: Doorway) -> DoorAnswer:
    """Nobody comes in by themselves any more, but whoever leads may still let them in."""
    begun = f"The {way.template} has begun."
    place = _place(who, way)
    if place.state != "open":
        # Nobody is let into a full room, by whomever.
        return replace(place, text=f"{begun} {place.text}", late=True)
    if way.leader:
        text = f"{begun} {way.leader} can still let you in, and sees that you are here."
    else:
        text = f"{begun} Whoever leads can still let you in, and sees you once they are there."
    return DoorAnswer("waiting", "late", text, late=True)


def _by_mode(who: Comer, way: Doorway, now: GatheringNow) -> DoorAnswer | None:
    """Return who does not come in by themselves, and why; None: they do."""
    mode = way.doors.mode
    if who.admitted is False:
        return _TURNED_AWAY
    if who.admitted or mode == "automatic":
        return None
    if mode == "host_present":
        # Once it has begun it goes on without a host, and so do its doors.
        return None if now.host_here or now.began_ms is not None else _NO_HOST
    if mode == "by_role" and who.role in way.doors.roles:
        return None
    return _ADMIT


def _place(who: Comer, way: Doorway) -> DoorAnswer:
    if who.rsvp in ("going", "offered") or who.brought:
        return OPEN
    if who.rsvp == "waiting":
        return _FULL_WAITING
    return OPEN if way.free else _FULL


def refusal_of(answer: DoorAnswer, event_id: str, original: str) -> Refusal | None:
    """Return what a join into the room is refused with; None: it is not."""
    if answer.state == "open":
        return None
    about = (("event", event_id), ("original", original))
    return Refusal("gathering_waits", answer.text, about=about)


def leads_into(passed: DoorPass | None, now: GatheringNow | None) -> bool:
    """Say whether a ticket still leads where it was made for.

    Asked at hello: meanwhile a gathering may have begun whose doors nobody asked about. What the
    doors decided for this very one holds for the half minute that a ticket lives.
    """
    if now is None or now.state == "ended":
        return True
    return passed is not None and (passed.event_id, passed.original) == (now.event_id, now.original)
