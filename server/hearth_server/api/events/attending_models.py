"""The JSON of answers to events, of doors, and of who came."""

from typing import Annotated, Self

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from hearth_server.api.answers import example
from hearth_server.api.cards import PERSON_EXAMPLE, CardOut
from hearth_server.community.events.attending import Wish
from hearth_server.community.events.doors import DoorReason, DoorState
from hearth_server.community.events.records import GUESTS_MAX, Missed, RsvpPerson, RsvpState
from hearth_server.community.ports.rsvps import MyRsvp
from hearth_server.services.events.doors import Admission, DoorView
from hearth_server.services.events.parties import PartyLink

#: The name of an occurrence.
Original = Annotated[
    str,
    Path(
        description="When its rule has it begin, local to the event's zone.",
        examples=["20261201T183000"],
        pattern=r"^[0-9]{8}T[0-9]{6}$",
    ),
]


class RsvpIn(BaseModel):
    """That one is going. `access`: a place in front; `attendance`: the hosts may keep one came."""

    model_config = example(access=False, attendance=True, guests=1)

    access: bool = False
    attendance: bool = False
    guests: Annotated[
        int | None,
        Field(ge=0, le=GUESTS_MAX, description="So many others one brings; left out: as before."),
    ] = None

    def wish(self) -> Wish:
        """Return what is said with the answer."""
        return Wish(self.access, self.attendance, self.guests)


class RsvpOut(BaseModel):
    """One's answer. `position`: on the waiting list, from 1; `offer_until_ms`: of an offer.

    `offer_left_ms`: the same from the moment of the answer, for a device whose clock is wrong.
    `missed`, with `released`: their place went on because they were not there (`start`), or because
    they did not take in time what they were offered (`offer`); null: they had none.
    `guests`: so many others one brings, of whom `guests_here` came in already.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "state": "waiting",
                    "position": 2,
                    "offer_until_ms": None,
                    "offer_left_ms": None,
                    "missed": None,
                    "access": False,
                    "attendance": True,
                    "guests": 1,
                    "guests_here": 0,
                }
            ]
        }
    )

    state: RsvpState
    position: int
    offer_until_ms: int | None
    offer_left_ms: int | None
    missed: Missed | None
    access: bool
    attendance: bool
    guests: int
    guests_here: int

    @classmethod
    def of(cls, mine: MyRsvp, now_ms: int) -> Self:
        """Show somebody their answer."""
        rsvp = mine.rsvp
        until_ms = rsvp.offer_until_ms if rsvp.state == "offered" else None
        return cls(
            state=rsvp.state,
            position=mine.position,
            offer_until_ms=until_ms,
            offer_left_ms=None if until_ms is None else until_ms - now_ms,
            missed=rsvp.missed,
            access=rsvp.access,
            attendance=rsvp.attendance,
            guests=rsvp.guests + mine.here,
            guests_here=mine.here,
        )


class PartyLinkOut(BaseModel):
    """The link by which one's guests come in on one's places; it is shown this once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "link": "/invite#b2N4h0o1v5kq0qv0m8X2c3V9c0Z6tq1bX7rH3aYwTgE",
                    "uses": 1,
                    "expires_ms": 1_800_000_000_000,
                }
            ]
        }
    )

    link: str
    uses: int
    expires_ms: int

    @classmethod
    def of(cls, made: PartyLink) -> Self:
        """Show a link."""
        return cls(link=made.link, uses=made.uses, expires_ms=made.expires_ms)


class RsvpPersonOut(BaseModel):
    """Somebody who answered, as the hosts see it; with their guests, and whether they are one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person": PERSON_EXAMPLE,
                    "state": "going",
                    "access": True,
                    "asked_ms": 1_800_000_000_000,
                    "guests": 2,
                    "brought": False,
                }
            ]
        }
    )

    person: CardOut
    state: RsvpState
    access: bool
    asked_ms: int
    guests: int
    brought: bool

    @classmethod
    def of(cls, each: RsvpPerson) -> Self:
        """Show an answer."""
        rsvp = each.rsvp
        return cls(
            person=CardOut.of(each.card),
            state=rsvp.state,
            access=rsvp.access,
            asked_ms=rsvp.asked_ms,
            guests=each.guests,
            brought=rsvp.brought_by is not None,
        )


class AttendedOut(BaseModel):
    """Somebody who came, and lets it be kept; with how many guests who came."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"person": PERSON_EXAMPLE, "came_ms": 1_800_000_000_000, "guests": 2}]
        }
    )

    person: CardOut
    came_ms: int
    guests: int

    @classmethod
    def of(cls, each: RsvpPerson) -> Self:
        """Show that somebody came."""
        return cls(person=CardOut.of(each.card), came_ms=each.rsvp.came_ms or 0, guests=each.here)


class WaitIn(BaseModel):
    """That one waits, and whether one would like to step in for a moment."""

    model_config = example(asks=False)

    asks: bool = False


class DoorRoomOut(BaseModel):
    """The room behind the doors."""

    id: str
    name: str


class DoorOut(BaseModel):
    """How the doors stand for who asks. `reason` is for programs, `text` for the person."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "state": "waiting",
                    "reason": "early",
                    "text": "The doors open 15 min before it begins. You may wait here.",
                    "position": 0,
                    "doors_ms": 1_800_000_000_000,
                    "starts_ms": 1_800_000_900_000,
                    "room": {"id": "k7qf2mwdx5abzr4c", "name": "Studio"},
                }
            ]
        }
    )

    state: DoorState
    reason: DoorReason
    text: str
    position: int
    doors_ms: int
    starts_ms: int
    room: DoorRoomOut

    @classmethod
    def of(cls, view: DoorView) -> Self:
        """Show how the doors stand."""
        occurrence, answer = view.occurrence, view.answer
        return cls(
            state=answer.state,
            reason=answer.reason,
            text=answer.text,
            position=view.position,
            doors_ms=view.doors_ms,
            starts_ms=occurrence.starts_ms,
            room=DoorRoomOut(id=occurrence.room_id, name=view.room_name),
        )


class AdmitIn(BaseModel):
    """Let somebody in, for a while if `seconds` is there, or turn them away."""

    model_config = example(admit=True, seconds=90)

    admit: bool
    seconds: Annotated[int, Field(ge=30, le=600)] | None = None

    def admission(self) -> Admission:
        """Return what is decided."""
        return Admission(self.admit, self.seconds)
