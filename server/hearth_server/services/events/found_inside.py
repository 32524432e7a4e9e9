"""Who is in a room without a place when something begins there: they take one, or wait outside.

They were there before its doors counted, or gave up their place. It may be the whole room at once,
so they are seen to in groups: a transaction for each of three hundred people was felt in the ticks.
"""

from collections.abc import Sequence
from typing import Final

from hearth_server.community.events.doors import leads
from hearth_server.community.events.records import Occurrence
from hearth_server.community.events.runs import GatheringNow
from hearth_server.community.events.seats import beyond_reserved
from hearth_server.community.groups import Standing
from hearth_server.community.permissions import Role
from hearth_server.errors import Refusal
from hearth_server.services.events.occurring import occurrence_now
from hearth_server.services.events.parties import elsewhere
from hearth_server.services.events.places import settle, tell_offered
from hearth_server.services.events.seating import let_in_by_hand, place_in, seats_now
from hearth_server.services.identity.guests import guest_refusal
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import standing_in
from hearth_server.services.store import Tx

TOGETHER: Final = 25


class FoundInside:
    """Sees to people who are in a room where something goes on, without a place.

    Only who has no place, or has to be let in by hand, goes out: one does not send people out to
    wait for a host.
    """

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def see_to(self, now: GatheringNow, account_ids: Sequence[str]) -> None:
        """Let each of them take a place, or wait at the door."""
        leaders: list[str] = []
        for at in range(0, len(account_ids), TOGETHER):
            leaders += await self._see_to_some(now, account_ids[at : at + TOGETHER])
        if leaders:
            # Once all others have theirs: on a promised seat no leader sits.
            await self._see_to_leaders(now, leaders)

    async def _see_to_some(self, now: GatheringNow, account_ids: Sequence[str]) -> list[str]:
        """See to all but those who lead; return these."""
        parts, key = self._parts, (now.event_id, now.original)
        comers, waits, leaders = [], [], []
        refused: list[tuple[str, Refusal]] = []
        async with parts.store.reading() as tx:
            occurrence = await occurrence_now(tx, now, parts.now_ms())
            group = await tx.groups.group(occurrence.event.group_id) if occurrence else None
            if occurrence is None or group is None:
                return []
            for own in account_ids:
                mine = await tx.rsvps.get(key, own)
                if mine is not None and mine.state == "going":
                    continue
                standing = await standing_in(parts, tx, group, own)
                refusal = await self._not_theirs(tx, standing, now)
                if refusal is not None:
                    refused.append((own, refusal))
                elif leads(standing, occurrence.event):
                    leaders.append(own)
                elif let_in_by_hand(now, standing) and not parts.waiting.decided(key, own):
                    waits.append(own)
                else:
                    comers.append(own)
        for own, refusal in refused:
            parts.live.put_out(own, [now.room_id], refusal.text)
            parts.waiting.put_out(own)
        waits += await self._without_place(now, occurrence, comers)
        self._to_the_door(now, occurrence, waits)
        return leaders

    async def _see_to_leaders(self, now: GatheringNow, leaders: Sequence[str]) -> None:
        parts, key = self._parts, (now.event_id, now.original)
        async with parts.store.reading() as tx:
            occurrence = await occurrence_now(tx, now, parts.now_ms())
            if occurrence is None:
                return
            seats = await seats_now(parts, tx, key, now.room_id)
        beyond = beyond_reserved(occurrence.event, seats)
        comers = [own for own in leaders if own in beyond]
        self._to_the_door(now, occurrence, await self._without_place(now, occurrence, comers))

    async def _without_place(
        self, now: GatheringNow, occurrence: Occurrence, comers: Sequence[str]
    ) -> list[str]:
        """Give each a place; return for whom there was none."""
        if not comers:
            return []
        parts, key = self._parts, (now.event_id, now.original)
        async with parts.store.writing() as tx:
            await tx.rsvps.hold(key[0])
            offered = await settle(parts, tx, occurrence)
            left = [
                own for own in comers if await place_in(parts, tx, key, occurrence, own) is not None
            ]
        tell_offered(parts, occurrence, offered)
        return left

    def _to_the_door(
        self, now: GatheringNow, occurrence: Occurrence, account_ids: Sequence[str]
    ) -> None:
        text = f"{occurrence.title} begins here. You may wait at its door."
        for own in account_ids:
            self._parts.live.put_out(own, [now.room_id], text, waits=True)
            self._parts.waiting.put_out(own)

    async def _not_theirs(self, tx: Tx, standing: Standing, now: GatheringNow) -> Refusal | None:
        """Say why what begins around a guest who is in the room is not for them, None if it is."""
        own, now_ms = standing.account_id, self._parts.now_ms()
        if standing.role is not Role.GUEST or own is None:
            return None
        key = (now.event_id, now.original)
        refusal = await guest_refusal(self._parts, tx, own, standing.group, now.room_id)
        return refusal or await elsewhere(tx, standing, now.room_id, key, now_ms)
