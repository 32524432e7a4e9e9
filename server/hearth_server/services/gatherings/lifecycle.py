"""Opens the doors of gatherings in time, brings back what went on at a restart, and ends it.

What was missed while the node was down is caught up at its start: doors that should have opened
by now do, unless the occurrence is over.
"""

import asyncio
from dataclasses import replace
from typing import Final

from hearth_server.community.events.calendar import (
    Known,
    RunMark,
    Window,
    doors_ms,
    next_occurrence,
)
from hearth_server.community.events.records import EventRecord, Occurrence
from hearth_server.community.events.runs import RunFacts, RunKept
from hearth_server.community.spans import MINUTE_MS
from hearth_server.errors import Refusal
from hearth_server.logs import logger
from hearth_server.services.events.calendar import EVENTS_KEPT, expanded
from hearth_server.services.events.occurring import due_ms, occurrence
from hearth_server.services.events.places import concerned, key_of, tell_concerned
from hearth_server.services.gatherings.book import RunBook
from hearth_server.services.gatherings.facts import run_facts
from hearth_server.services.gatherings.keeper import GatheringKeeper
from hearth_server.services.gatherings.plans import RunningPlans
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx

#: How long after its time a gathering may go on.
OVERTIME_MS: Final = 15 * MINUTE_MS
LOOK_EVERY_S: Final = 1.0
#: How soon it is seen that something was written; a class that begins at once is there by then.
GLANCE_EVERY_S: Final = 0.2
#: A room in which another gathering is still going on is tried again after this.
BUSY_MS: Final = 5_000
CLOSED_MS: Final = MINUTE_MS
DUE_MAX: Final = 64
OVERTIME: Final = "The time is over, so this gathering has ended."
CANCELLED: Final = "This event was cancelled."
CLOSED: Final = "This room was closed."
NEXT: Final = "The next gathering begins here, so this one has ended."
_log = logger("hearth.gatherings")


class Lifecycle:
    """The task that begins and ends gatherings.

    Args:
        parts: store, time, the live rooms, and whom to tell.
        book: what goes on.
        keeper: is told of what went on before.
    """

    def __init__(self, parts: ServiceParts, book: RunBook, keeper: GatheringKeeper) -> None:
        self._parts = parts
        self._book = book
        self._keeper = keeper
        self._plans = RunningPlans()
        self._seen_epoch = -1
        self._refreshed_epoch = -1
        self._opened = asyncio.Event()

    # --- at a start ------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read what went on when the node stopped, to hand it to the rooms once they open."""
        parts, now_ms = self._parts, self._parts.now_ms()
        over: list[RunKept] = []
        async with parts.store.reading() as tx:
            for kept in await tx.runs.going_on():
                found = await occurrence(tx, kept.event_id, kept.original, now_ms)
                if isinstance(found, Refusal) or _is_over(found, now_ms):
                    over.append(_over(kept, now_ms))
                else:
                    self._book.put(await run_facts(tx, found, self._plans, kept))
                    self._keeper.known(kept)
        if over:
            async with parts.store.writing() as tx:
                for kept in over:
                    await tx.runs.put(kept)

    def open_rooms(self) -> None:
        """The live rooms are there: everything that went on goes on, before anybody is back."""
        for run in self._book:
            self._parts.live.begin_gathering(run)
        self._opened.set()

    # --- the task --------------------------------------------------------------------------------

    async def run(self) -> None:
        """Work until cancelled."""
        await self._opened.wait()
        looked_s = float("-inf")
        while True:
            now_s, epoch = self._parts.clock.monotonic_s(), self._parts.store.facts_epoch
            if now_s - looked_s >= LOOK_EVERY_S:
                looked_s = now_s
                await self._safely(full=True)
            elif epoch != self._seen_epoch:
                await self._safely(full=False)
            await asyncio.sleep(GLANCE_EVERY_S)

    async def _safely(self, *, full: bool) -> None:
        self._seen_epoch = self._parts.store.facts_epoch
        try:
            await self.open_due()
            if full:
                await self.refresh()
        except Exception:
            _log.exception("gatherings could not be looked after")

    async def look(self) -> None:
        """Do all that is due now."""
        await self.open_due()
        await self.refresh()

    # --- doors open ------------------------------------------------------------------------------

    async def open_due(self) -> None:
        """Open every door whose time has come."""
        now_ms = self._parts.now_ms()
        async with self._parts.store.reading() as tx:
            due = await tx.events.due(now_ms + 1, DUE_MAX)
        for event in due:
            try:
                await self._open_next(event.id)
            except Exception:
                # The others have not done anything wrong.
                _log.exception("doors could not be opened", event_id=event.id)

    async def _open_next(self, event_id: str) -> None:
        parts, now_ms = self._parts, self._parts.now_ms()
        begun: tuple[RunFacts, Occurrence, frozenset[str]] | None = None
        async with parts.store.writing() as tx:
            event = await tx.events.held(event_id)
            if event is None:
                return
            known = (await tx.events.known([event_id]))[event_id]
            following = next_occurrence(event, known, now_ms)
            if following is None or doors_ms(following) > now_ms:
                await tx.events.wait(event_id, due_ms(event, known, now_ms))
                return
            wait_ms = await self._not_yet(tx, following, now_ms)
            if wait_ms is not None:
                await tx.events.wait(event_id, now_ms + wait_ms)
                return
            begun = await self._begin(tx, event, following, known)
        run, found, whom = begun
        self._book.put(run)
        parts.live.begin_gathering(run)
        tell_concerned(parts, replace(found, state="doors"), "doors", whom)

    async def _not_yet(self, tx: Tx, found: Occurrence, now_ms: int) -> int | None:
        """Return after how long doors are tried again that cannot open now; None: they can."""
        room = await tx.rooms.get(found.room_id)
        if room is None or room.archived:
            return CLOSED_MS
        other = self._in(found.room_id)
        if other is None:
            first = await self._before(tx, found, now_ms)
            return None if first is None else min(CLOSED_MS, first.ends_ms - now_ms)
        now = self._parts.live.gathering_in(found.room_id)
        winds_down = now is not None and now.state == "winding_down"
        if winds_down or other.ends_ms <= now_ms:
            self._parts.live.end_gathering(other.event_id, other.original, NEXT)
            return None
        return BUSY_MS

    async def _before(self, tx: Tx, found: Occurrence, now_ms: int) -> Occurrence | None:
        """Return what begins in the same room before it and is still to come.

        Doors may open hours before the start: a room is not taken from whoever needs it first.
        """
        window = Window(now_ms, found.starts_ms)
        events = await tx.events.of_group(found.event.group_id, now_ms, EVENTS_KEPT)
        scheduled = [each for each in events if each.state == "scheduled"]
        return next(
            (
                each
                for each in await expanded(tx, scheduled, window, now_ms)
                if each.room_id == found.room_id
                and each.starts_ms < found.starts_ms
                and each.state in ("scheduled", "doors")
                and self._book.get(key_of(each)) is None
            ),
            None,
        )

    async def _begin(
        self, tx: Tx, event: EventRecord, found: Occurrence, known: Known
    ) -> tuple[RunFacts, Occurrence, frozenset[str]]:
        parts, now_ms = self._parts, self._parts.now_ms()
        run = await run_facts(tx, found, self._plans)
        await tx.runs.put(
            RunKept(
                event_id=event.id,
                original=found.original,
                room_id=found.room_id,
                state="doors",
                live={},
                opened_ms=now_ms,
                ended_ms=None,
                kept_ms=now_ms,
            )
        )
        runs = {**known.runs, found.original: RunMark("doors", found.room_id)}
        await tx.events.wait(event.id, due_ms(event, replace(known, runs=runs), now_ms))
        return run, found, await concerned(parts, tx, found)

    def _in(self, room_id: str) -> RunFacts | None:
        return next((run for run in self._book if run.room_id == room_id), None)

    # --- what goes on ----------------------------------------------------------------------------

    async def refresh(self) -> None:
        """End what is over; read anew what was written since."""
        parts, now_ms = self._parts, self._parts.now_ms()
        for run in self._book:
            if now_ms >= run.ends_ms + OVERTIME_MS:
                parts.live.end_gathering(run.event_id, run.original, OVERTIME)
        # What the rooms keep of gatherings they know: several times a second while hands go up.
        epoch = parts.store.facts_epoch
        if epoch == self._refreshed_epoch:
            return
        for run in self._book:
            try:
                await self._read_anew(run, now_ms)
            except Exception:
                _log.exception("a gathering could not be read anew", event_id=run.event_id)
        self._refreshed_epoch = epoch

    async def _read_anew(self, run: RunFacts, now_ms: int) -> None:
        parts = self._parts
        async with parts.store.reading() as tx:
            found = await occurrence(tx, run.event_id, run.original, now_ms)
            room = await tx.rooms.get(run.room_id)
            group = await tx.groups.group(run.group_id)
            if isinstance(found, Refusal) or found.state == "cancelled":
                parts.live.end_gathering(run.event_id, run.original, CANCELLED)
                return
            fresh = await run_facts(tx, found, self._plans)
        if room is None or room.archived or group is None or group.archived:
            parts.live.end_gathering(run.event_id, run.original, CLOSED)
            return
        fresh = replace(fresh, state=run.state, live=run.live)
        if fresh != run and self._book.get((run.event_id, run.original)) is not None:
            self._book.put(fresh)
            parts.live.update_gathering(fresh)


def _over(kept: RunKept, now_ms: int) -> RunKept:
    return replace(kept, state="ended", live={}, ended_ms=now_ms, kept_ms=now_ms)


def _is_over(found: Occurrence, now_ms: int) -> bool:
    return found.state == "cancelled" or now_ms >= found.ends_ms + OVERTIME_MS
