"""Gatherings from outside: doors in time, what is kept, what goes on after a restart, what ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from hearth_server.community.events.records import Doors, OccurrenceChange
from hearth_server.community.events.runs import GatheringNow, RunFacts, RunKept
from hearth_server.community.permissions import Role
from hearth_server.community.plans.records import CueDraft, PlanRecord, PlanVersion
from hearth_server.rooms.gathering.gathering import Gathering, Now, begin
from hearth_server.services.gatherings.bundle import Gatherings
from hearth_server.services.gatherings.lifecycle import OVERTIME_MS
from tests.support.evening import Evening, evening
from tests.support.events import ORIGINAL, STARTS_MS, GatheringRooms, day, go_to, keep, record

pytestmark = pytest.mark.asyncio
MINUTE_MS = 60_000


class HeldRooms(GatheringRooms):
    """Rooms that hold gatherings by their rules, and keep them at once."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, Gathering] = {}
        self.said: list[str] = []
        self.keeper: Any = None
        self.now_ms = lambda: 0

    def moment(self) -> Now:
        return Now(self.now_ms() - STARTS_MS, self.now_ms())

    def begin_gathering(self, run: RunFacts, /) -> None:
        self.held[run.room_id] = begin(run, self.moment())

    def update_gathering(self, run: RunFacts, /) -> None:
        self.held[run.room_id].update(run, self.moment().ms)

    def end_gathering(self, event_id: str, original: str, text: str, /) -> None:
        for room_id, held in list(self.held.items()):
            if held.key == (event_id, original):
                self.said.append(text)
                held.end()
                self.keeper.keep(held.kept(self.moment()))
                del self.held[room_id]

    def gathering_in(self, room_id: str, /) -> GatheringNow | None:
        held = self.held.get(room_id)
        if held is None:
            return None
        facts = held.facts
        return GatheringNow(
            facts.event_id, facts.original, room_id, held.state, facts.doors, facts.starts_ms,
            False, None, 0,
        )  # fmt: skip


@dataclass
class Stage:
    """An evening with rooms that hold what goes on there."""

    it: Evening
    rooms: HeldRooms
    gatherings: Gatherings

    async def look(self) -> None:
        """Let one round of the task pass, and what it said be kept."""
        await self.gatherings._lifecycle.look()
        await self.gatherings.keeper.flush()

    async def run(self) -> RunKept | None:
        async with self.it.here.node.services.store.reading() as tx:
            return await tx.runs.get(self.it.key)

    @property
    def now_ms(self) -> int:
        return self.it.here.node.now_ms

    async def again(self) -> "Stage":
        """Return the node after a restart: nothing is there but what was kept."""
        rooms = _rooms(self.it)
        gatherings = Gatherings(self.it.here.node.services)
        rooms.keeper = gatherings.keeper
        await gatherings.load()
        gatherings.open_rooms()
        return Stage(self.it, rooms, gatherings)


def _rooms(it: Evening) -> HeldRooms:
    rooms = HeldRooms()
    rooms.now_ms = lambda: it.here.node.now_ms
    it.here.node.talk.open_rooms(rooms)
    it.rooms = it.here.rooms = rooms
    return rooms


@asynccontextmanager
async def stage(folder: Path, *members: str, **changes: Any) -> AsyncIterator[Stage]:
    async with evening(folder, *members, **changes) as it:
        rooms = _rooms(it)
        gatherings = Gatherings(it.here.node.services)
        rooms.keeper = gatherings.keeper
        await gatherings.load()
        gatherings.open_rooms()
        yield Stage(it, rooms, gatherings)


async def test_doors_open_when_it_is_time_and_not_before(tmp_path: Path) -> None:
    async with stage(tmp_path, "Ada") as at:
        await at.it.go("Ada", access=True, attendance=True)
        await go_to(at.it.here, 15 * 60 + 1)
        await at.look()
        assert await at.run() is None
        await go_to(at.it.here, 15 * 60)
        await at.look()
        kept = await at.run()
        assert kept is not None
        assert (kept.state, kept.room_id) == ("doors", at.it.room)
        facts = at.rooms.held[at.it.room].facts
        ada, robin = at.it.here.id("Ada"), at.it.here.id("Robin")
        assert facts.host_id == robin
        assert facts.access == facts.attendance == {ada}
        occurrence = await at.it.here.get("Ada", day(at.it.event))
        assert occurrence["state"] == "doors"


async def test_doors_missed_while_the_node_was_down_open_at_its_start(tmp_path: Path) -> None:
    async with stage(tmp_path) as at:
        await go_to(at.it.here, -20 * 60)  # twenty minutes into it
        await at.look()
        kept = await at.run()
        assert kept is not None
        assert kept.state == "doors"


async def test_what_is_over_never_opens(tmp_path: Path) -> None:
    async with stage(tmp_path) as at:
        await go_to(at.it.here, -61 * 60)
        await at.look()
        assert await at.run() is None


async def test_the_next_day_of_a_recurring_one_opens_in_its_turn(tmp_path: Path) -> None:
    async with stage(tmp_path, rule="FREQ=DAILY;COUNT=3", until_ms=None) as at:
        await go_to(at.it.here, 60)
        await at.look()
        await at.look()
        assert at.rooms.held[at.it.room].facts.original == ORIGINAL
        await go_to(at.it.here, 60 - 24 * 3600)
        await at.look()  # the first is over by its time
        await at.look()
        assert at.rooms.held[at.it.room].facts.original == "20270302T183000"
        first = await at.run()
        assert first is not None
        assert first.state == "ended"


async def test_it_ends_a_while_after_its_time(tmp_path: Path) -> None:
    async with stage(tmp_path) as at:
        await go_to(at.it.here, 0)
        await at.look()
        at.it.here.node.clock.advance(3600 + OVERTIME_MS / 1000 - 1)
        await at.look()
        assert at.rooms.held
        at.it.here.node.clock.advance(1)
        await at.look()
        kept = await at.run()
        assert kept is not None
        assert (kept.state, kept.ended_ms) == ("ended", at.now_ms)
        assert not at.rooms.held


async def test_a_restart_brings_back_what_went_on(tmp_path: Path) -> None:
    async with stage(tmp_path, "Ada") as at:
        await go_to(at.it.here, 0)
        await at.look()
        held = at.rooms.held[at.it.room]
        held.arrive(at.it.here.id("Ada"))
        held.hands.up(at.it.here.id("Ada"), at.rooms.moment().ms)
        held.state, held.began_ms = "live", at.rooms.moment().ms
        at.gatherings.keeper.keep(held.kept(at.rooms.moment()))
        await at.gatherings.keeper.flush()
        at.it.here.node.clock.advance(7)
        after = await at.again()
        back = after.rooms.held[at.it.room]
        assert back.state == "live"
        assert [who for who, _ in back.hands.queue()] == [at.it.here.id("Ada")]
        assert back.began_ms == after.rooms.moment().ms - 7000
        await after.look()
        assert after.rooms.held[at.it.room] is back


async def test_a_restart_keeps_until_when_somebody_is_asked_to_take_over(tmp_path: Path) -> None:
    async with stage(tmp_path, "Ada", "Bo") as at:
        here, services = at.it.here, at.it.here.node.services
        ada, bo = here.id("Ada"), here.id("Bo")
        await go_to(here, 0)
        await at.look()
        async with services.store.writing() as tx:
            for each in (ada, bo):
                await tx.groups.set_role(at.it.group, each, Role.HOST)
            changed = replace(at.it.event, version=2, co_hosts=(ada, bo))
            assert await tx.events.save(changed, 1, None)
        await at.look()
        held = at.rooms.held[at.it.room]
        held.state, held.began_ms = "live", at.rooms.moment().ms
        for _ in range(31):  # Robin, who hosts it, is nowhere to be seen
            held.look([ada, bo], at.rooms.moment().ms)
            here.node.clock.advance(1)
        (ask,) = held.asks.of(ada)
        until_ms = ask.until_ms + STARTS_MS
        at.gatherings.keeper.keep(held.kept(at.rooms.moment()))
        await at.gatherings.keeper.flush()
        here.node.clock.advance(8)
        after = await at.again()
        back = after.rooms.held[at.it.room]
        (again,) = back.asks.of(ada)
        assert again.until_ms + STARTS_MS == until_ms
        # Once more, and the time runs out while nothing runs.
        after.gatherings.keeper.keep(back.kept(after.rooms.moment()))
        await after.gatherings.keeper.flush()
        here.node.clock.advance(30)
        last = (await after.again()).rooms.held[at.it.room]
        assert not last.asks.open()
        here.node.clock.advance(10)
        last.look([ada, bo], after.rooms.moment().ms)
        assert [each.to for each in last.asks.open("take_over")] == [bo]


async def test_a_restart_after_its_time_ends_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as at:
        await go_to(at.it.here, 0)
        await at.look()
        at.it.here.node.clock.advance(3600 + OVERTIME_MS / 1000)
        after = await at.again()
        assert not after.rooms.held
        kept = await after.run()
        assert kept is not None
        assert kept.state == "ended"


async def test_what_is_changed_meanwhile_is_told_the_room(tmp_path: Path) -> None:
    async with stage(tmp_path, "Ada") as at:
        await go_to(at.it.here, 0)
        await at.look()
        services, event = at.it.here.node.services, at.it.event
        cues = (CueDraft("sit", None, 60.0, "Sit."), CueDraft("lie", None, 60.0, "Lie."))
        plan = PlanRecord("plan-aaaaaaaaaaaa", at.it.group, "Evening", 1, cues, None, 0)
        version = PlanVersion(1, None, plan.title, cues, "", None, 0)
        async with services.store.writing() as tx:
            await tx.plans.add(plan, version)
            ada = at.it.here.id("Ada")
            await tx.groups.set_role(at.it.group, ada, Role.HOST)
            changed = replace(event, title="Slower", plan_id=plan.id, version=2, co_hosts=(ada,))
            assert await tx.events.save(changed, 1, None)
        await at.look()
        facts = at.rooms.held[at.it.room].facts
        assert (facts.title, len(facts.plan.cues), facts.co_hosts) == ("Slower", 2, (ada,))


async def test_a_cancelled_day_ends_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as at:
        await go_to(at.it.here, 0)
        await at.look()
        async with at.it.here.node.services.store.writing() as tx:
            change = OccurrenceChange(at.it.event.id, ORIGINAL, cancelled=True, version=1)
            await tx.events.put_change(change, None, at.now_ms)
            await tx.events.wait(at.it.event.id, None)
        await at.look()
        assert not at.rooms.held
        kept = await at.run()
        assert kept is not None
        assert kept.state == "ended"


async def test_two_never_happen_in_one_room_at_once(tmp_path: Path) -> None:
    async with stage(tmp_path) as at:
        services, event = at.it.here.node.services, at.it.event
        other = record(event.group_id, event.room_id, event.host_id, starts="2027-03-01T19:40:00")
        other = replace(other, until_ms=None)
        await keep(services.store, other)
        await go_to(at.it.here, 0)
        await at.look()
        await go_to(at.it.here, -58 * 60)  # the other's doors would open
        await at.look()
        assert at.rooms.held[at.it.room].facts.event_id == event.id
        await go_to(at.it.here, -61 * 60)
        await at.look()
        assert at.rooms.held[at.it.room].facts.event_id == other.id
        first = await at.run()
        assert first is not None
        assert first.state == "ended"


async def test_what_leaders_decide_in_the_room_holds_at_the_door(tmp_path: Path) -> None:
    async with stage(tmp_path, "Ada", "Bo", doors=Doors("admit_each")) as at:
        await go_to(at.it.here, 0)
        await at.look()
        keeper, ada = at.gatherings.keeper, at.it.here.id("Ada")
        assert await at.it.stands("Ada") == ("waiting", "admit")
        assert await at.it.stands("Bo") == ("waiting", "admit")
        assert keeper.admit(*at.it.key, ada, True, None) is None
        assert keeper.admit(*at.it.key, at.it.here.id("Bo"), False, None) is None
        assert await at.it.stands("Ada") == ("open", "")
        assert await at.it.stands("Bo") == ("closed", "admit")
        nobody = keeper.admit(*at.it.key, "nobody-in-sight", True, None)
        assert nobody is not None
        assert nobody.code == "nobody_waits"


async def test_that_somebody_came_is_kept_while_they_let_it_be(tmp_path: Path) -> None:
    async with stage(tmp_path, "Ada", "Bo") as at:
        await at.it.go("Ada", attendance=True)
        await at.it.go("Bo")
        await go_to(at.it.here, 0)
        await at.look()
        keeper = at.gatherings.keeper
        ada, bo = at.it.here.id("Ada"), at.it.here.id("Bo")
        for each in (ada, bo):
            keeper.came(*at.it.key, each)
        await keeper.flush()
        assert await _came(at) == {"Ada"}
        keeper.attends(*at.it.key, bo, True)
        keeper.attends(*at.it.key, ada, False)
        await keeper.flush()
        assert await _came(at) == {"Bo"}


async def _came(at: Stage) -> set[str]:
    listed = await at.it.here.get("Robin", day(at.it.event, "/attendance"))
    return {each["person"]["name"] for each in listed["items"]}


async def test_pages_hear_how_far_it_got(tmp_path: Path) -> None:
    async with stage(tmp_path, "Ada") as at:
        await at.it.go("Ada")
        told: list[str] = []
        announcer = at.it.here.node.services.announcer
        heard = announcer.event

        def event(news: Any, account_ids: Any, /) -> None:
            if at.it.here.id("Ada") in account_ids:
                told.append(news.what)
            heard(news, account_ids)

        announcer.event = event  # type: ignore[method-assign]
        await go_to(at.it.here, 0)
        await at.look()
        held = at.rooms.held[at.it.room]
        held.state = "live"
        at.gatherings.keeper.keep(held.kept(at.rooms.moment()))
        at.gatherings.keeper.keep(held.kept(at.rooms.moment()))
        await at.gatherings.keeper.flush()
        await at.again()  # a restart tells nothing twice
        at.rooms = at.it.rooms  # type: ignore[assignment]
        at.it.rooms.end_gathering(*at.it.key, "Over.")
        await at.it.rooms.keeper.flush()  # type: ignore[attr-defined]
        assert told == ["doors", "live", "ended"]
