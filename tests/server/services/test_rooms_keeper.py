"""What rooms put down is written together, and what cannot be kept takes nothing else along."""

from pathlib import Path

import pytest

from hearth_server.community.spaces import ObjectKept
from hearth_server.services.rooms.keeper import RoomKeeper
from tests.support.groups import Town, town

pytestmark = pytest.mark.asyncio


def counted(here: Town) -> list[int]:
    """Count from now on what is begun to be written."""
    store, begun = here.node.services.store, []
    writing = store.writing

    def counting():  # type: ignore[no-untyped-def]  # noqa: ANN202
        begun.append(1)
        return writing()

    store.writing = counting  # type: ignore[method-assign]
    return begun


async def muted(here: Town, who: str) -> set[str]:
    safety = await here.get(who, "/me/safety")
    return {card["name"] for card in safety["mutes"]}


async def test_everything_put_down_is_one_commit(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Sam") as here:
        made = await here.start("Robin")
        room_id = made["room"]["id"]
        async with here.node.services.store.reading() as tx:
            room = await tx.rooms.get(room_id)
        assert room is not None
        thing = ObjectKept(room.design.objects[0].id, (1.0, 0.5, 2.0), 0.5, True)
        keeper = RoomKeeper(here.node.services)
        begun = counted(here)
        await keeper.flush()
        assert len(begun) == 0
        keeper.mute(here.id("Robin"), here.id("Alex"), True)
        keeper.mute(here.id("Robin"), here.id("Sam"), True)
        keeper.mute(here.id("Robin"), here.id("Sam"), False)
        keeper.mute(here.id("Alex"), here.id("Robin"), True)
        keeper.keep(room_id, [thing, ObjectKept("nothing-of-it", (0.0, 0.0, 0.0), 0.0, False)])
        await keeper.flush()
        assert len(begun) == 1
        async with here.node.services.store.reading() as tx:
            assert list(await tx.rooms.objects(room_id)) == [thing]
        assert [await muted(here, who) for who in ("Robin", "Alex")] == [{"Alex"}, {"Robin"}]
        await keeper.flush()
        assert len(begun) == 1


async def test_a_mute_of_nobody_is_lost_alone(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        keeper = RoomKeeper(here.node.services)
        keeper.mute("nosuchaccountnos", here.id("Alex"), True)
        keeper.mute(here.id("Robin"), here.id("Alex"), True)
        await keeper.flush()
        assert await muted(here, "Robin") == {"Alex"}
