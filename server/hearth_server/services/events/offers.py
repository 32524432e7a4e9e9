"""Gives places on in time: offers that ran out, those who did not come, those who stepped in.

Once an occurrence is over it forgets the answers. What was missed while the node was down is caught
up at its start.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from hearth_server.community.events.attending import (
    forgets,
    no_show_time,
    no_shows,
    release,
    without_missing,
)
from hearth_server.community.events.calendar import occurrence as occurrence_of
from hearth_server.community.events.records import Occurrence, Rsvp, RsvpState
from hearth_server.community.events.runs import GatheringNow
from hearth_server.community.ports.rsvps import Key
from hearth_server.errors import Refusal
from hearth_server.logs import logger
from hearth_server.services.events.found_inside import FoundInside
from hearth_server.services.events.occurring import occurrence, occurrence_in
from hearth_server.services.events.parties import before_the_doors, give_back
from hearth_server.services.events.places import settle, tell_offered, unsettled
from hearth_server.services.events.waiting import StepIn
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx

#: How late somebody whose moment inside is over goes out.
LOOK_EVERY_S: Final = 1.0
#: How often it is looked who is inside, and how late a no-show's place is given on.
RUNNING_EVERY_S: Final = 5.0
#: How often all are looked at of which somebody waits: capacities change.
ALL_EVERY_S: Final = 60.0
#: How often it is looked whether anything is over that nobody held, or was told of.
OVER_EVERY_S: Final = 3_600.0
_GOING: Final[frozenset[RsvpState]] = frozenset({"going"})
_BACK_OUT: Final = "Your moment inside is over. Wait here to be let in for all of it."
_log = logger("hearth.events")


class Offers:
    """The task that gives places on.

    Args:
        parts: store, time, and whom to tell.
    """

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._found = FoundInside(parts)
        self._all_at_s = 0.0
        self._over_at_s = 0.0
        self._running_at_s = 0.0
        self._next_end_ms: int | None = None

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:
                _log.exception("places could not be given on")
                # What was asked for is among all; not at once, for it may fail again.
                self._all_at_s = self._over_at_s = self._now_s() + RUNNING_EVERY_S
            await self._parts.due.wait(self._pause_s())

    async def look(self) -> None:
        """Do what is due now."""
        parts, now_s = self._parts, self._now_s()
        parts.waiting.sweep()
        await self._end_steps()
        keys = parts.due.take()
        if now_s >= self._running_at_s:
            self._running_at_s = now_s + RUNNING_EVERY_S
            keys |= await self._look_inside()
        if now_s >= self._over_at_s:
            self._over_at_s = now_s + OVER_EVERY_S
            keys |= await self._over()
        everything = now_s >= self._all_at_s
        if everything:
            self._all_at_s = now_s + ALL_EVERY_S
        if not (keys or everything or self._ended()):
            return
        async with parts.store.reading() as tx:
            keys.update(await tx.rsvps.ran_out(parts.now_ms()))
            if everything:
                keys.update(await tx.rsvps.with_waiting())
        for key in sorted(keys):
            await self.settle(key)
        async with parts.store.reading() as tx:
            end_ms = await tx.rsvps.next_end_ms()
        # What could not be ended now is tried again, but not at once and for ever.
        least_ms = parts.now_ms() + round(LOOK_EVERY_S * 1000)
        self._next_end_ms = max(end_ms, least_ms) if end_ms is not None else None

    async def settle(self, key: Key) -> None:
        """Settle an occurrence, and tell whom a place is offered.

        Most have nothing to settle, and every write is an effort for all who remember answers.
        """
        parts = self._parts
        async with parts.store.reading() as tx:
            seen = await occurrence(tx, *key, parts.now_ms())
            if isinstance(seen, Refusal) or not await unsettled(parts, tx, seen):
                return
        async with parts.store.writing() as tx:
            found = await self._held(tx, key)
            if found is None:
                return
            offered = await settle(parts, tx, found)
        tell_offered(parts, found, offered)

    async def _over(self) -> set[Key]:
        """Return occurrences that are over of which more is kept than who let it be.

        By now nobody comes back by the link of a party either, and who came by it is forgotten.
        """
        now_ms = self._parts.now_ms()
        async with self._parts.store.writing() as tx:
            await tx.groups.drop_party_links(now_ms)
        found: set[Key] = set()
        async with self._parts.store.reading() as tx:
            days: dict[str, list[str]] = {}
            for event_id, original in await tx.rsvps.remembered():
                days.setdefault(event_id, []).append(original)
            for event_id, originals in days.items():
                event = await tx.events.event(event_id)
                if event is None:
                    continue
                known = (await tx.events.known([event_id]))[event_id]
                for original in originals:
                    seen = occurrence_of(event, original, known, now_ms)
                    if seen is not None and forgets(seen, now_ms):
                        found.add((event_id, original))
        return found

    def _now_s(self) -> float:
        return self._parts.clock.monotonic_s()

    def _ended(self) -> bool:
        return self._next_end_ms is not None and self._parts.now_ms() >= self._next_end_ms

    def _pause_s(self) -> float:
        if self._next_end_ms is None:
            return LOOK_EVERY_S
        return min(LOOK_EVERY_S, max(0.02, (self._next_end_ms - self._parts.now_ms()) / 1000))

    async def _held(self, tx: Tx, key: Key) -> Occurrence | None:
        event = await tx.events.held(key[0])
        if event is None:
            return None
        found = await occurrence_in(tx, event, key[1], self._parts.now_ms())
        return None if isinstance(found, Refusal) else found

    # --- inside --------------------------------------------------------------------------------

    async def _look_inside(self) -> set[Key]:
        """See who is in running gatherings; return those with places to give on."""
        parts = self._parts
        async with parts.store.reading() as tx:
            running = await tx.rsvps.running()
        freed: set[Key] = set()
        for key, room_id in running:
            now = parts.live.gathering_in(room_id)
            if now is None or (now.event_id, now.original) != key or now.state == "ended":
                continue
            if await self._inside(key, now):
                freed.add(key)
        going_on = {key for key, _ in running}
        for key in parts.waiting.known() - going_on:
            if parts.waiting.idle(key):
                parts.waiting.forget(key)
        return freed

    async def _inside(self, key: Key, now: GatheringNow) -> bool:
        """Note who is there, and let go of who is not; say whether places came free."""
        parts, room_id = self._parts, now.room_id
        async with parts.store.reading() as tx:
            going = await tx.rsvps.answers(key, _GOING)
        there = self._there(room_id, going)
        # Whoever was in the room before its doors counted did not come through them, and whoever
        # gave up their place is still there. The others are those who lead.
        unknown = there - {each.account_id for each in going}
        for account_id in there:
            parts.waiting.seen(key, account_id)
        await self._found.see_to(now, sorted(unknown))
        # Whoever stands before a door that is not open to them came, too.
        before = {each.account_id for each in parts.waiting.people(key)}
        here = parts.waiting.lately(key) | before
        now_ms = parts.now_ms()
        missing = [] if parts.waiting.young else no_shows(going, here, now.starts_ms, now_ms)
        alone = await self._alone(key, now, going, before)
        came = [
            each.account_id
            for each in going
            if each.attendance and each.came_ms is None and each.account_id in there
        ]
        if not (missing or came or alone):
            return False
        freed = bool(missing)
        async with parts.store.writing() as tx:
            await tx.rsvps.hold(key[0])
            for each in missing:
                kept = await tx.rsvps.get(key, each.account_id)
                # Who has a ticket since a moment ago is on their way.
                late = each.account_id not in parts.waiting.lately(key)
                if late and kept is not None and kept.state == "going":
                    await tx.rsvps.put(release(kept))
            for account_id, guests in alone.items():
                kept = await tx.rsvps.get(key, account_id)
                if kept is not None and kept.state == "going":
                    await tx.rsvps.put(without_missing(kept, guests))
                    freed = True
            for account_id in came:
                await tx.rsvps.came(key, account_id, now_ms)
        return freed

    async def _alone(
        self, key: Key, now: GatheringNow, going: Sequence[Rsvp], before: Collection[str]
    ) -> Mapping[str, int]:
        """Return who bring fewer than they said, with how many of these stand before the doors."""
        parts = self._parts
        bring = [each for each in going if each.guests]
        late = no_show_time(now.starts_ms, parts.now_ms()) and not parts.waiting.young
        if not (bring and late):
            return {}
        async with parts.store.reading() as tx:
            waits = await before_the_doors(tx, key, before)
        there = {each.account_id: waits.get(each.account_id, 0) for each in bring}
        return {
            each.account_id: there[each.account_id]
            for each in bring
            if there[each.account_id] < each.guests
        }

    def _there(self, room_id: str, going: Sequence[Rsvp]) -> set[str]:
        """Return who is in a room, those included whose line is kept and who is in safety."""
        live = self._parts.live
        seats = {each.account_id: live.seat_of(each.account_id) for each in going}
        there = {who for who, seat in seats.items() if seat is not None and seat.room_id == room_id}
        present = live.accounts_in([room_id]).get(room_id, ())
        return there | {each for each in present if each is not None}

    async def _end_steps(self) -> None:
        """Let those out again whose moment inside is over."""
        parts = self._parts
        for step in parts.waiting.steps():
            seat = parts.live.seat_of(step.account_id)
            if seat is not None and seat.room_id == step.room_id:
                parts.waiting.begin(step)
        for step in parts.waiting.take_ended_steps():
            parts.live.put_out(step.account_id, [step.room_id], _BACK_OUT, waits=True)
            await self._back_out(step)

    async def _back_out(self, step: StepIn) -> None:
        """Give the place of somebody who stepped in on, unless it was theirs before."""
        parts = self._parts
        if step.before in ("going", "offered"):
            return
        async with parts.store.writing() as tx:
            await tx.rsvps.hold(step.key[0])
            await give_back(tx, step.key, step.account_id)
        parts.due.put(step.key)
