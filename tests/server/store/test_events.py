"""Events in both databases: records, days, what is due, links, and two who write at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, text

from hearth_server.community.accounts import Account
from hearth_server.community.events.records import (
    Doors,
    EventRecord,
    OccurrenceChange,
    Rsvp,
)
from hearth_server.community.furnishing import default_design
from hearth_server.community.groups import Group, Membership
from hearth_server.community.permissions import Role
from hearth_server.community.spaces import RoomRecord
from hearth_server.store.tables_events import events as events_table
from hearth_server.store.unit_of_work import SqlStore
from tests.support.events import record

pytestmark = pytest.mark.asyncio


async def peopled(store: SqlStore, *names: str) -> None:
    """Keep a group with a room, in which these people are hosts."""
    async with store.writing() as tx:
        await tx.groups.add_group(Group("group", "group", "Group"))
        await tx.rooms.add(RoomRecord("room", "group", "Room", default_design("studio")), None)
        for name in names:
            await tx.identity.add_account(Account(name, name, handle=name), None)
            assert await tx.groups.add_member(Membership("group", name, Role.HOST, 0))


def made(host: str | None = None, **changes: Any) -> EventRecord:
    return record("group", "room", host, **changes)


async def keep(store: SqlStore, *events: EventRecord, due_ms: int | None = None) -> None:
    async with store.writing() as tx:
        for each in events:
            await tx.events.add(each, due_ms)


def ids(found: Sequence[EventRecord]) -> set[str]:
    return {each.id for each in found}


async def test_an_event_comes_back_as_it_was(store: SqlStore) -> None:
    await peopled(store, "ada", "bo")
    event = made(
        "ada",
        title="Yoga 🧘 „früh“",
        rule="FREQ=WEEKLY;BYDAY=TU",
        zone="Europe/Berlin",
        doors=Doors("by_role", 30, None, frozenset({Role.MEMBER, Role.HOST})),
        co_hosts=("bo",),
        audience="nobody",
        until_ms=None,
    )
    await keep(store, event)
    async with store.reading() as tx:
        assert await tx.events.event(event.id) == event
        assert await tx.events.event("nothing") is None
        assert await tx.events.events([event.id, "nothing"]) == {event.id: event}


async def test_a_version_that_was_changed_meanwhile_is_not_written_over(store: SqlStore) -> None:
    await peopled(store)
    event = made()
    await keep(store, event)
    async with store.writing() as tx:
        assert await tx.events.save(replace(event, title="A", version=2), 1, None)
    async with store.writing() as tx:
        assert not await tx.events.save(replace(event, title="B", version=2), 1, None)
    async with store.reading() as tx:
        kept = await tx.events.event(event.id)
    assert kept is not None
    assert (kept.title, kept.version) == ("A", 2)


async def test_of_two_who_change_at_once_the_second_sees_the_first(store: SqlStore) -> None:
    await peopled(store)
    event = made(capacity=1)
    await keep(store, event)

    async def grow() -> None:
        async with store.writing() as tx:
            held = await tx.events.held(event.id)
            assert held is not None
            await asyncio.sleep(0)
            grown = replace(held, capacity=held.capacity + 1, version=held.version + 1)
            assert await tx.events.save(grown, held.version, None)

    async with asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(grow())
    async with store.reading() as tx:
        kept = await tx.events.event(event.id)
    assert kept is not None
    assert (kept.capacity, kept.version) == (9, 9)


async def test_days_have_what_is_different_about_them_and_lose_or_rename_it(
    store: SqlStore,
) -> None:
    await peopled(store, "ada", "bo")
    event = made("ada")
    await keep(store, event)
    days = ["20270301T183000", "20270308T183000", "20270315T183000"]
    change = OccurrenceChange(event.id, days[0], False, "", 1, title="Another", plan_id="")
    async with store.writing() as tx:
        await tx.events.put_change(change, "ada", 5)
        await tx.events.put_change(replace(change, version=2, cancelled=True, note="Ill"), "ada", 6)
        for name in days:
            for turn, who in enumerate(("ada", "bo")):
                await tx.rsvps.put(Rsvp(event.id, name, who, "going", turn, 0))
    async with store.writing() as tx:
        known = (await tx.events.known([event.id, "nothing"]))[event.id]
        assert known.changes == {days[0]: replace(change, version=2, cancelled=True, note="Ill")}
        assert await tx.events.answered_days(event.id) == frozenset(days)
        # Each takes the other's name: neither is lost on the way.
        await tx.events.rename_days(event.id, {days[0]: days[1], days[1]: days[0]})
        known = (await tx.events.known([event.id]))[event.id]
        assert known.changes[days[1]].title == "Another"
        assert (await tx.rsvps.count((event.id, days[0]))).going == 2
        assert await tx.events.drop_days(event.id, days[1:]) == 4
    async with store.reading() as tx:
        assert (await tx.events.known([event.id]))[event.id].changes == {}
        assert await tx.events.answered_days(event.id) == {days[0]}


async def test_what_concerns_somebody_is_what_they_lead_and_what_they_answered(
    store: SqlStore,
) -> None:
    await peopled(store, "ada", "bo", "cy")
    hosted, helped = made("ada"), made("bo", co_hosts=("cy", "ada"))
    answered, other, over = made("bo"), made("bo", co_hosts=("cy",)), made("ada", until_ms=10)
    await keep(store, hosted, helped, answered, other, over)
    async with store.writing() as tx:
        await tx.rsvps.put(Rsvp(answered.id, "20270301T183000", "ada", "waiting", 0, 0))
    async with store.reading() as tx:
        found = await tx.events.of_account("ada", 20, 100)
        assert ids(found) == {hosted.id, helped.id, answered.id}
        assert ids(await tx.events.of_account("ada", 0, 100)) == ids(found) | {over.id}
        assert len(await tx.events.of_account("ada", 0, 2)) == 2
        assert len(await tx.events.of_group("group", 20, 100)) == 4
        # Part of a name is nobody's.
        assert not await tx.events.of_account("a", 0, 100)
        assert not await tx.events.of_account("%", 0, 100)


async def test_who_leaves_for_good_leads_nothing(store: SqlStore) -> None:
    await peopled(store, "ada", "bo")
    hosted, helped, other = made("ada"), made("bo", co_hosts=("ada",)), made("bo")
    await keep(store, hosted, helped, other)
    async with store.writing() as tx:
        assert set(await tx.events.leave_hosting("ada")) == {hosted.id, helped.id}
    async with store.reading() as tx:
        kept = await tx.events.events([hosted.id, helped.id, other.id])
    assert kept[hosted.id].host_id is None
    assert kept[helped.id].co_hosts == ()
    assert kept[hosted.id].version == 2
    assert kept[other.id] == other


async def test_a_link_is_found_by_its_hash_alone_and_replaced(store: SqlStore) -> None:
    await peopled(store, "ada", "bo")
    async with store.writing() as tx:
        await tx.events.put_link("ada", b"1" * 32, 5)
        await tx.events.put_link("bo", b"2" * 32, 6)
        await tx.events.put_link("ada", b"3" * 32, 7)
    async with store.reading() as tx:
        assert await tx.events.linked(b"1" * 32) is None
        assert await tx.events.linked(b"3" * 32) == "ada"
        assert await tx.events.link_made_ms("ada") == 7
    async with store.writing() as tx:
        await tx.events.drop_link("ada")
    async with store.reading() as tx:
        assert await tx.events.linked(b"3" * 32) is None
        assert await tx.events.linked(b"2" * 32) == "bo"


async def test_what_is_due_is_what_is_announced_in_a_living_group(store: SqlStore) -> None:
    await peopled(store)
    soon, later, draft, gone, never = made(), made(), made(state="draft"), made(), made()
    gone = replace(gone, state="cancelled")
    async with store.writing() as tx:
        for each, due_ms in ((soon, 10), (later, 30), (draft, 10), (gone, 10), (never, None)):
            await tx.events.add(each, due_ms)
    async with store.writing() as tx:
        assert ids(await tx.events.due(11, 9)) == {soon.id}
        assert [each.id for each in await tx.events.due(31, 9)] == [soon.id, later.id]
        assert len(await tx.events.due(31, 1)) == 1
        await tx.events.wait(soon.id, 50)
        assert ids(await tx.events.due(31, 9)) == {later.id}
        group = await tx.groups.group("group")
        assert group is not None
        await tx.groups.save_group(replace(group, archived_ms=1))
        assert await tx.events.due(100, 9) == []


async def test_what_is_due_is_found_by_an_index_among_ten_thousand(store: SqlStore) -> None:
    await peopled(store)
    await keep(store, made())
    async with store.database.writing() as connection:
        first = (await connection.execute(events_table.select())).mappings().one()
        rows = [{**first, "id": f"e{n}", "due_ms": 1_000 + n} for n in range(10_000)]
        for at in range(0, len(rows), 1_000):
            await connection.execute(insert(events_table), rows[at : at + 1_000])
        if not store.database.is_sqlite:
            await connection.execute(text("ANALYZE events"))
    async with store.reading() as tx:
        assert [each.id for each in await tx.events.due(1_003, 50)] == ["e0", "e1", "e2"]
    explain = "EXPLAIN QUERY PLAN" if store.database.is_sqlite else "EXPLAIN"
    query = "SELECT id FROM events WHERE state = 'scheduled' AND due_ms < 1003 ORDER BY due_ms, id"
    async with store.database.reading() as connection:
        plan = str((await connection.execute(text(f"{explain} {query}"))).all())
    assert "ix_events_state_due_ms" in plan, plan
