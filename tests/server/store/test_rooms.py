"""Rooms, designs and objects in a real database."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import insert

from hearth_server.community.furnishing import default_design
from hearth_server.community.spaces import VERSIONS_KEPT, DesignVersion, ObjectKept, RoomRecord
from hearth_server.store import tables as t
from hearth_server.store.unit_of_work import SqlStore
from tests.support.migrated import opened

pytestmark = pytest.mark.asyncio

ROOM = RoomRecord("study-aaaaaa", "g", "Study", default_design("classroom"), created_ms=5)


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    database = await opened(tmp_path)
    async with database.writing() as connection:
        await connection.execute(
            insert(t.groups).values(id="g", slug="readers", name="Readers", created_ms=1)
        )
    store = SqlStore(database)
    async with store.writing() as tx:
        await tx.rooms.add(ROOM, None)
    yield store
    await database.close()


async def test_a_room_comes_back_as_it_was_kept(store: SqlStore) -> None:
    async with store.reading() as tx:
        assert await tx.rooms.get(ROOM.id) == ROOM
        assert await tx.rooms.get("attic-bbbbbb") is None
        assert list(await tx.rooms.of_group("g")) == [ROOM]


async def test_only_who_saw_the_newest_version_changes_it(store: SqlStore) -> None:
    async with store.writing() as tx:
        assert await tx.rooms.save(replace(ROOM, name="Library", version=2), 1)
        assert not await tx.rooms.save(replace(ROOM, name="Cellar", version=2), 1)
    async with store.reading() as tx:
        kept = await tx.rooms.get(ROOM.id)
    assert kept == replace(ROOM, name="Library", version=2)


async def test_designs_are_kept_by_version_up_to_a_limit(store: SqlStore) -> None:
    terrace = default_design("terrace")
    last = VERSIONS_KEPT + 3
    async with store.writing() as tx:
        for number in range(2, last + 1):
            await tx.rooms.add_design(ROOM.id, DesignVersion(number, terrace, "", None, number))
        await tx.rooms.save(replace(ROOM, design_version=last, version=2), 1)
    async with store.reading() as tx:
        found = await tx.rooms.designs(ROOM.id)
        assert [each.version for each in found] == list(range(last, last - VERSIONS_KEPT, -1))
        room = await tx.rooms.get(ROOM.id)
        assert room is not None
        assert room.design == terrace
        assert await tx.rooms.design(ROOM.id, 1) is None


async def test_objects_stand_where_they_were_left(store: SqlStore) -> None:
    lamp = ObjectKept("lamp", (1.0, 0.5, -2.0), 0.25, True)
    other = ObjectKept("other", (0.0, 0.0, 0.0), 0.0, False)
    async with store.writing() as tx:
        await tx.rooms.keep_objects(ROOM.id, [other, replace(lamp, locked=False)])
        await tx.rooms.keep_objects(ROOM.id, [lamp])
    async with store.writing() as tx:
        assert {each.id: each for each in await tx.rooms.objects(ROOM.id)} == {
            "lamp": lamp,
            "other": other,
        }
        await tx.rooms.drop_objects(ROOM.id)
        assert list(await tx.rooms.objects(ROOM.id)) == []
