"""Session plans, their versions and groups' poses in real databases."""

from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import insert

from hearth_protocol.gathering import Alternative, Breath
from hearth_server.community.furnishing import default_design
from hearth_server.community.plans.records import VERSIONS_KEPT, CueDraft, PlanRecord, PlanVersion
from hearth_server.community.poses import Pose, PoseKey
from hearth_server.community.spaces import RoomRecord
from hearth_server.store import tables as t
from hearth_server.store import tables_events as e
from hearth_server.store.unit_of_work import SqlStore

pytestmark = pytest.mark.asyncio

CUES = (
    CueDraft(
        "arrive",
        None,
        20.5,
        "Arrive — setzt euch, ça va? 🌅",
        side="right",
        pose="mountain",
        breath=Breath(in_s=4.0, out_s=6.0),
        music="rain",
        light="dawn",
        silence=True,
        alternatives=(Alternative(posture="seated", pose=None, text="On a chair"),),
    ),
    CueDraft("rest", 30.0, 60.0),
)
PLAN = PlanRecord("p" * 16, "g", "Morning", 1, CUES, "ada", 5, None, 90_000)


def version(number: int, **changes: Any) -> PlanVersion:
    made = PlanVersion(number, number - 1 or None, "Morning", CUES, "", "ada", 5)
    return replace(made, **changes)


@pytest_asyncio.fixture
async def kept(store: SqlStore) -> SqlStore:
    async with store.database.writing() as connection:
        for name in ("g", "h"):
            await connection.execute(
                insert(t.groups).values(id=name, slug=name, name=name, created_ms=1)
            )
    async with store.writing() as tx:
        await tx.plans.add(PLAN, version(1))
    return store


async def test_a_plan_comes_back_as_it_was_kept(kept: SqlStore) -> None:
    async with kept.reading() as tx:
        assert await tx.plans.get(PLAN.id) == PLAN
        assert await tx.plans.get("nothing") is None
        assert await tx.plans.version(PLAN.id, 1) == version(1)
        (card,) = await tx.plans.of_group("g")
        assert (card.id, card.title, card.ms, card.cue_count) == (PLAN.id, "Morning", 90_000, 2)
        assert card.minutes == 2
        assert await tx.plans.cards([PLAN.id, "nothing"]) == {PLAN.id: card}
        assert await tx.plans.cards([]) == {}
        assert await tx.plans.of_group("h") == []


async def test_only_who_saw_the_newest_version_changes_it(kept: SqlStore) -> None:
    second = replace(PLAN, title="Evening", version=2, cues=CUES[1:], ms=60_000)
    async with kept.writing() as tx:
        assert await tx.plans.save(second, version(2, title="Evening", cues=CUES[1:]), 1)
        assert not await tx.plans.save(replace(second, title="Night"), version(3), 1)
    async with kept.reading() as tx:
        assert await tx.plans.get(PLAN.id) == second
        assert [each.version for each in await tx.plans.versions(PLAN.id)] == [2, 1]


async def test_very_old_versions_are_let_go_of(kept: SqlStore) -> None:
    last = VERSIONS_KEPT + 3
    async with kept.writing() as tx:
        for number in range(2, last + 1):
            assert await tx.plans.save(replace(PLAN, version=number), version(number), number - 1)
    async with kept.reading() as tx:
        left = [each.version for each in await tx.plans.versions(PLAN.id)]
        assert left == list(range(last, 3, -1))
        assert await tx.plans.version(PLAN.id, 3) is None


async def test_an_archived_plan_is_out_of_the_list_and_still_there(kept: SqlStore) -> None:
    async with kept.writing() as tx:
        await tx.plans.archive(PLAN.id, 77)
    async with kept.reading() as tx:
        assert await tx.plans.of_group("g") == []
        assert await tx.plans.count("g") == (0, 1)
        assert await tx.plans.get(PLAN.id) == replace(PLAN, archived_ms=77)
    async with kept.writing() as tx:
        await tx.plans.archive(PLAN.id, None)
    async with kept.reading() as tx:
        assert await tx.plans.count("g") == (1, 1)
        assert await tx.plans.count("h") == (0, 0)


async def test_rooms_of_events_with_a_plan_are_found_those_of_single_days_too(
    kept: SqlStore,
) -> None:
    rooms = ["studio", "gallery", "attic", "cellar", "shed"]
    async with kept.writing() as tx:
        for name in rooms:
            await tx.rooms.add(RoomRecord(name, "g", name, default_design("studio")), None)
    async with kept.database.writing() as connection:
        for name, state, plan in (
            ("studio", "scheduled", PLAN.id),
            ("gallery", "draft", PLAN.id),
            ("attic", "scheduled", None),
            ("shed", "scheduled", None),
        ):
            await connection.execute(
                insert(e.events).values(
                    id=name,
                    group_id="g",
                    room_id=name,
                    title=name,
                    state=state,
                    starts="2026-12-01T18:30:00",
                    minutes=60,
                    capacity=10,
                    doors={},
                    co_hosts=[],
                    plan_id=plan,
                    created_ms=1,
                )
            )
        for event, changes in (
            ("attic", {"plan_id": PLAN.id, "room_id": "cellar"}),
            ("shed", {"plan_id": "another"}),
        ):
            await connection.execute(
                insert(e.event_changes).values(
                    event_id=event, original="20261201T183000", changes=changes, changed_ms=1
                )
            )
    async with kept.reading() as tx:
        assert await tx.plans.rooms_of(PLAN.id) == {"studio", "attic", "cellar"}
        assert await tx.plans.rooms_of("another") == {"shed"}
        assert await tx.plans.rooms_of("nothing") == frozenset()


async def test_a_group_keeps_poses_of_its_own(kept: SqlStore) -> None:
    key = PoseKey(at=0.0, root=(0.0, 0.92, 0.0), bones={"head": (5.0, 0.0, 0.0)})
    pose = Pose(id="heron", name="Heron", posture="standing", text="On one leg.", keys=[key])
    async with kept.writing() as tx:
        await tx.plans.put_pose("g", pose, "ada", 5)
        await tx.plans.put_pose("g", pose.model_copy(update={"name": "Crane"}), "ada", 6)
        await tx.plans.put_pose("h", pose, "ada", 7)
    async with kept.writing() as tx:
        assert [each.name for each in await tx.plans.poses("g")] == ["Crane"]
        assert list(await tx.plans.poses("h")) == [pose]
        assert await tx.plans.drop_pose("g", "heron")
        assert not await tx.plans.drop_pose("g", "heron")
        assert await tx.plans.poses("g") == []
