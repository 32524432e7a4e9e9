"""The seats of a room while an event goes on there, by the store and by who is in."""

from dataclasses import replace
from typing import Final

from hearth_server.community.events.records import RsvpState
from hearth_server.community.events.seats import Seats
from hearth_server.community.ports.rsvps import Key
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx

_PLACED: Final[frozenset[RsvpState]] = frozenset({"going", "offered"})


async def seats_now(parts: ServiceParts, tx: Tx, key: Key, room_id: str) -> Seats:
    """Return them. Of a crowd all answers are read: asked for those alone who lead."""
    placed = await tx.rsvps.answers(key, _PLACED)
    capacity = await tx.rooms.capacity(room_id)
    own = frozenset(each.account_id for each in placed)
    promised = sum(each.places for each in placed)
    return with_others(parts, key, Seats(capacity or 0, promised, own, frozenset()))


def with_others(parts: ServiceParts, key: Key, seats: Seats) -> Seats:
    """Return seats with who is in now without a place, or holds a ticket."""
    return replace(seats, others=parts.waiting.lately(key) - seats.placed)
