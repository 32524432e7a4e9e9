"""Who finds a seat in a room while an event goes on there. Pure.

Whoever answered has a place, and comes in. So whoever leads, and whoever may put people out, never
sits on a seat that is promised: the named ones have theirs beside the places, others the reserved.
"""

from dataclasses import dataclass
from typing import Final, Literal

from hearth_server.community.events.leading import named_in
from hearth_server.community.events.records import EventRecord
from hearth_server.community.spaces import RESERVED_SEATS
from hearth_server.errors import Refusal

#: `own`: beside the places; `place`: only one of these, if any is free; `none`: all are promised.
Seat = Literal["own", "place", "none"]
NO_SEAT: Final = Refusal(
    "room_full",
    "Every seat is taken, or kept for somebody who answered. Try again in a few minutes.",
    retry_after_s=60.0,
)


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats of a room, while an event goes on there.

    Attributes:
        capacity: of the room.
        promised: places, guests counted, whoever of these is in or not.
        placed: accounts with a place of their own.
        others: accounts who are in without a place, or hold a ticket.
    """

    capacity: int
    promised: int
    placed: frozenset[str]
    others: frozenset[str]

    @property
    def most(self) -> int:
        """How many there can be, never more."""
        return self.capacity + RESERVED_SEATS


def places_beside(event: EventRecord, room_capacity: int) -> int:
    """Return how many places a room has for an event, beside a seat for each who leads it."""
    return max(0, room_capacity - max(1, len(named_in(event))))


def seat_for(account_id: str, event: EventRecord, seats: Seats) -> Seat:
    """Say where somebody sits who leads, or may put people out, and has no place."""
    if account_id == event.host_id:
        # Somebody has to lead, whatever was made smaller since places were promised.
        return "own"
    others = seats.others - {account_id}
    taken = len(others) + seats.promised
    if event.host_id is not None and event.host_id not in others | seats.placed:
        taken += 1
    if taken >= seats.most:
        return "none"
    named = named_in(event)
    if account_id in named:
        return "own"
    return "own" if len(others.difference(named)) < RESERVED_SEATS else "place"


def beyond_reserved(event: EventRecord, seats: Seats) -> frozenset[str]:
    """Return who is in without a place and beyond the reserved seats, always the same ones.

    They were there before the doors opened, or led it until a moment ago.
    """
    rest = sorted(seats.others.difference(named_in(event)))
    return frozenset(rest[RESERVED_SEATS:])
