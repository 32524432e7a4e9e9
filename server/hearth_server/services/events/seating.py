"""The seats of a room while an event goes on there, by the store and by who is in."""

from dataclasses import replace
from typing import Final

from hearth_server.community.events.attending import Places, enter
from hearth_server.community.events.doors import DoorAnswer, refusal_of
from hearth_server.community.events.records import Occurrence, Rsvp, RsvpState
from hearth_server.community.events.runs import GatheringNow
from hearth_server.community.events.seats import Seats
from hearth_server.community.groups import Standing
from hearth_server.community.ports.rsvps import Key
from hearth_server.errors import Refusal
from hearth_server.services.events.attending import new_rsvp
from hearth_server.services.events.parties import come_in
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


async def place_in(
    parts: ServiceParts, tx: Tx, key: Key, occurrence: Occurrence, own: str
) -> Refusal | None:
    """Give somebody who comes in a place. The event is held, and settled."""
    now_ms = parts.now_ms()
    places = Places(occurrence.capacity, await tx.rsvps.count(key))
    mine = await tx.rsvps.get(key, own) or new_rsvp(key, own)
    placed: Rsvp | Refusal = mine
    if mine.state == "going" or not await come_in(tx, key, mine, now_ms):
        placed = enter(mine, places, await tx.rsvps.next_turn(key), now_ms)
    if isinstance(placed, Refusal):
        return refusal_of(DoorAnswer("waiting", "full", placed.text), *key)
    if placed != mine:
        await tx.rsvps.put(placed)
    return None


def let_in_by_hand(now: GatheringNow, standing: Standing) -> bool:
    """Say whether whoever leads lets somebody like this in one by one."""
    mode = now.doors.mode
    return mode == "admit_each" or (mode == "by_role" and standing.role not in now.doors.roles)
