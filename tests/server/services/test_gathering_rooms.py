"""Whose a room is when the doors of several gatherings count at once."""

from pathlib import Path

import pytest

from hearth_server.community.events.records import Doors
from tests.server.services.test_gatherings import MINUTE_MS, stage
from tests.support.events import STARTS_MS, go_to, keep, record

pytestmark = pytest.mark.asyncio


async def test_doors_that_open_hours_before_take_no_room_from_what_begins_first(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as at:
        it, store = at.it, at.it.here.node.services.store
        late = record(
            it.group,
            it.room,
            it.here.id("Robin"),
            starts="2027-03-01T20:00:00",
            doors=Doors(open_min=120),
            until_ms=STARTS_MS + 150 * MINUTE_MS,
        )
        await keep(store, late)
        async with store.writing() as tx:
            await tx.events.wait(late.id, STARTS_MS - 30 * MINUTE_MS)
        await go_to(it.here, 30 * 60)
        await at.look()
        assert not at.rooms.held
        await go_to(it.here, 15 * 60)
        await at.look()
        assert at.rooms.held[it.room].facts.event_id == it.event.id
        at.rooms.end_gathering(it.event.id, it.key[1], "It is over.")
        await at.gatherings.keeper.flush()
        it.here.node.clock.advance(61)
        await at.look()
        assert at.rooms.held[it.room].facts.event_id == late.id


async def test_what_begins_first_and_was_cancelled_keeps_nobody_out(tmp_path: Path) -> None:
    async with stage(tmp_path) as at:
        it = at.it
        late = record(
            it.group,
            it.room,
            it.here.id("Robin"),
            starts="2027-03-01T20:00:00",
            doors=Doors(open_min=120),
            until_ms=STARTS_MS + 150 * MINUTE_MS,
        )
        await keep(it.here.node.services.store, late)
        await it.here.do(
            "Robin", "POST", f"/events/{it.event.id}/cancel", {"version": 1, "note": ""}
        )
        await go_to(it.here, 15 * 60)
        await at.look()
        assert at.rooms.held[it.room].facts.event_id == late.id


async def test_no_class_begins_where_the_doors_of_another_are_open(tmp_path: Path) -> None:
    async with stage(tmp_path) as at:
        await go_to(at.it.here, 10 * 60)
        await at.look()
        assert at.rooms.held[at.it.room].facts.event_id == at.it.event.id
        path = f"/groups/{at.it.group}/class-now"
        refused = await at.it.here.refused("Robin", "POST", path, {"title": "Stretch"})
        assert refused == (409, "room_taken")
