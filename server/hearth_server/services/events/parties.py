"""Guests whom somebody brings to an event: who may be brought, by which link, on whose places.

A link for one day of an event names who made it, so a guest who comes by it comes on that party's
places. Each who comes in takes one of these over (`community.events.attending.bring_in`).
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.events.attending import awaits, bring_in, may_answer
from hearth_server.community.events.records import Occurrence, Rsvp
from hearth_server.community.groups import Standing
from hearth_server.community.membership import Invite, days_of
from hearth_server.community.permissions import Role
from hearth_server.community.ports.rsvps import Key
from hearth_server.community.spans import MINUTE_MS
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.services.events.attending import Found, find, room_refuses
from hearth_server.services.events.places import host_of, key_of
from hearth_server.services.identity.guests import no_guests_in
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx
from hearth_server.tokens import digest_of, fresh_token

#: Whoever came by a link may come back for as long as it may last.
OVERTIME_MS: Final = 15 * MINUTE_MS
NO_GUESTS: Final = Refusal(
    "no_guests", "You bring nobody who is not in yet. Say first how many guests you bring."
)
_OTHER_TIME: Final = "Your guest link is for an event in this room. Wait at its door."


@dataclass(frozen=True, slots=True)
class PartyLink:
    """The only copy of a link by which somebody's guests come."""

    link: str
    uses: int
    expires_ms: int


async def come_in(tx: Tx, key: Key, guest: Rsvp, now_ms: int) -> bool:
    """Let a guest in on the places of their party, if it has one left. The event is held."""
    host = await host_of(tx, key, guest.account_id)
    if host is None:
        return False
    for each in bring_in(host, guest, await tx.rsvps.next_turn(key), now_ms):
        await tx.rsvps.put(each)
    return True


async def give_back(tx: Tx, key: Key, account_id: str) -> None:
    """Take away the place of somebody who was in for a moment: a guest's is their party's again.

    The event is held.
    """
    mine = await tx.rsvps.get(key, account_id)
    await tx.rsvps.drop(key, account_id)
    if mine is None or mine.state != "going" or mine.brought_by is None:
        return
    host = await tx.rsvps.get(key, mine.brought_by)
    if host is not None and host.state == "going":
        await tx.rsvps.put(replace(host, guests=host.guests + 1))


async def before_the_doors(tx: Tx, key: Key, waiting: Collection[str]) -> Mapping[str, int]:
    """Count the guests who wait, by who brings them."""
    brought = await tx.rsvps.brought(key, waiting)
    return Counter(by for each in brought.values() for by in each)


async def elsewhere(
    tx: Tx, standing: Standing, room_id: str, going_on: Key | None, now_ms: int
) -> Refusal | None:
    """Say why a guest does not come in now: their link is for an event that is not on, or None."""
    if standing.role is not Role.GUEST or standing.account_id is None:
        return None
    links = await tx.identity.guest_invites([standing.group.id], standing.account_id)
    days = days_of(links, room_id, now_ms)
    if not days or going_on in days:
        return None
    event_id, original = days[0]
    about = (("event", event_id), ("original", original))
    return Refusal("gathering_waits", _OTHER_TIME, about=about)


async def follow(tx: Tx, day: Occurrence) -> None:
    """Let links of parties, and who came by them, into the room of a changed day, until its end."""
    await tx.identity.move_guests(key_of(day), day.room_id)
    await tx.groups.move_invites(key_of(day), day.room_id, day.ends_ms + OVERTIME_MS)


class Parties:
    """Links for those whom somebody brings."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def link(self, key: Key, caller: Caller) -> PartyLink | Refusal:
        """Make the link of one's party; the one before lets nobody new in."""
        parts, own = self._parts, caller.account.id
        async with parts.store.writing() as tx:
            found = await find(parts, tx, key, caller, held=True)
            if isinstance(found, Refusal):
                return found
            mine = await tx.rsvps.get(key, own)
            refusal = await self._refused(tx, found, caller)
            if refusal is not None:
                return refusal
            if mine is None or not awaits(mine):
                return NO_GUESTS
            occurrence, now_ms, token = found.occurrence, parts.now_ms(), fresh_token()
            invite = Invite(
                id=new_id(),
                kind="guest",
                group_id=occurrence.event.group_id,
                room_id=occurrence.room_id,
                created_by=own,
                uses_left=mine.guests,
                created_ms=now_ms,
                expires_ms=occurrence.ends_ms + OVERTIME_MS,
                event_id=key[0],
                original=key[1],
            )
            await tx.groups.spend_invites(key, own)
            await tx.groups.add_invite(invite, digest_of(token))
            details = {"invite": invite.id, "kind": "guest", "uses": mine.guests}
            group_id = occurrence.event.group_id
            await tx.moderation.note("invite_made", own, group_id, None, details, now_ms)
        return PartyLink(f"/invite#{token}", invite.uses_left, invite.expires_ms)

    async def _refused(self, tx: Tx, found: Found, caller: Caller) -> Refusal | None:
        room = await tx.rooms.get(found.occurrence.room_id)
        return (
            may_answer(found.occurrence)
            or await room_refuses(self._parts, tx, found, caller, room)
            or await no_guests_in(tx, found.standing.group, room)
        )
