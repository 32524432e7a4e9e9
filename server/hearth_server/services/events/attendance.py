"""Who came, kept for the hosts of those who let it be kept, and of nobody else."""

from collections.abc import Sequence
from dataclasses import replace

from hearth_server.community.accounts import Caller
from hearth_server.community.events.records import RsvpPerson
from hearth_server.community.ports.rsvps import Key
from hearth_server.errors import Refusal
from hearth_server.services.events.attending import Found, find, new_rsvp, not_hosting
from hearth_server.services.parts import ServiceParts


class Attendance:
    """Attendance of occurrences."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def listing(self, key: Key, caller: Caller) -> Sequence[RsvpPerson] | Refusal:
        """List who came and lets it be kept; for those whose event it is.

        While it goes on also for whoever leads it there, a co-host who was made one in the room.
        """
        parts = self._parts
        async with parts.store.reading() as tx:
            found = await find(parts, tx, key, caller)
            if isinstance(found, Refusal):
                return found
            refusal = not_hosting(found)
            if refusal is not None and not self._leads_there(key, found, caller):
                return refusal
            return await tx.rsvps.attended(key, parts.relations.unseen_by(found.standing))

    def _leads_there(self, key: Key, found: Found, caller: Caller) -> bool:
        now = self._parts.live.gathering_in(found.occurrence.room_id)
        goes_on = now is not None and (now.event_id, now.original) == key and now.state != "ended"
        return goes_on and now is not None and caller.account.id in now.leads

    async def came(self, key: Key, account_id: str) -> None:
        """Somebody came in: it is remembered for a while, and kept if they let it be."""
        parts = self._parts
        parts.waiting.seen(key, account_id)
        async with parts.store.reading() as tx:
            mine = await tx.rsvps.get(key, account_id)
        if mine is None or not mine.attendance or mine.came_ms is not None:
            return
        async with parts.store.writing() as tx:
            await tx.rsvps.came(key, account_id, parts.now_ms())

    async def consent(self, key: Key, account_id: str, *, on: bool) -> None:
        """Somebody who is there lets it be kept that they came, or does not any more.

        What was kept is forgotten with the consent.
        """
        parts = self._parts
        async with parts.store.writing() as tx:
            if not await tx.rsvps.hold(key[0]):
                return
            mine = await tx.rsvps.get(key, account_id)
            if mine is None:
                # Somebody who leads has no place, and needs none for this either.
                mine = replace(new_rsvp(key, account_id), turn=await tx.rsvps.next_turn(key))
                if not on:
                    return
            came_ms = (mine.came_ms or parts.now_ms()) if on else None
            await tx.rsvps.put(replace(mine, attendance=on, came_ms=came_ms))
