"""A group's room on a whole node: join over HTTP, meet, block, ban, rearrange, come back."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hearth_protocol.control import ChatLine, Closing, Roster
from hearth_protocol.group_room import DropObject, Grab, Line, Notice, Objects
from tests.integration.guest import Guest, arrived
from tests.support.channel import Caller, Group, calling, settled
from tests.support.node import Node, running_node

pytestmark = pytest.mark.asyncio


async def ask(caller: Caller, method: str, path: str, body: object = None) -> tuple[int, Any]:
    status, content = await caller.ask(method, path, body)
    return status, json.loads(content) if content else None


async def ticket(node: Node, group: Group, name: str, **body: str) -> tuple[int, Any]:
    async with calling(node.url, group.tokens[name]) as caller:
        return await ask(caller, "POST", f"/rooms/{group.room_id}/join", body)


@asynccontextmanager
async def here(node: Node, group: Group, name: str, **body: str) -> AsyncIterator[Guest]:
    """Somebody who came into the group's room with their account."""
    status, answer = await ticket(node, group, name, **body)
    assert status == 200, answer
    url = node.url.replace("http", "ws") + answer["url"]
    async with arrived(url, features=["channel"], ticket=answer["ticket"]) as guest:
        yield guest


async def test_an_evening_in_a_groups_room(tmp_path: Path) -> None:
    group = await settled(tmp_path, "Ada", "Bo", "Cleo")
    with running_node(tmp_path, "--no-voice") as node:
        async with (
            here(node, group, "Ada") as ada,
            here(node, group, "Bo") as bo,
            here(node, group, "Cleo") as cleo,
            calling(node.url, group.tokens["Ada"]) as owner,
            calling(node.url, group.tokens["Bo"]) as blocker,
        ):
            for guest in (ada, bo, cleo):
                await guest.until(lambda guest=guest: len(guest.people) == 3)
            await _say(owner, group, ada, bo)
            await _rename(blocker, ada, bo)
            await _mute(owner, group, bo)
            await _block(blocker, group, bo, cleo)
            await _second_device(node, group, ada)
            await _rearrange(owner, group, bo)
            await _ban(node, owner, group, cleo)
            await _put_a_lantern_somewhere(ada)
            lantern = ada.last(Objects).objects[0]
    with running_node(tmp_path, "--no-voice") as node:
        async with here(node, group, "Bo") as bo:
            await bo.until(lambda: bo.all(Objects) and bo.all(Line))
            (again,) = [each for each in bo.last(Objects).objects if each.id == lantern.id]
            assert again.position == lantern.position
            assert [line.text for line in bo.all(Line)] == ["good evening", "from outside"]
        status, answer = await ticket(node, group, "Cleo")
        assert (status, answer["code"]) == (403, "banned")


async def _say(owner: Caller, group: Group, ada: Guest, bo: Guest) -> None:
    await ada.send(ChatLine(rid=1, text="good evening", key="a-1"))
    await bo.until(lambda: bo.all(Line))
    assert bo.last(Line).from_ == ada.id
    lines = [line async for line in owner.history(group.id)]
    assert [(line["text"], line["id"]) for line in lines] == [("good evening", bo.last(Line).id)]
    await owner.say(group.id, "a-2", "from outside")
    await bo.until(lambda: bo.last(Line).text == "from outside")


async def _rename(renamed: Caller, ada: Guest, bo: Guest) -> None:
    status, answer = await ask(renamed, "PATCH", "/me", {"name": "Bo B."})
    assert status == 200, answer
    await ada.until(
        lambda: any(
            (change.id, change.name) == (bo.id, "Bo B.")
            for roster in ada.all(Roster)
            for change in roster.changed
        )
    )


async def _mute(owner: Caller, group: Group, bo: Guest) -> None:
    where = {"room": group.room_id, "participant": bo.id}
    body = {**where, "kind": "mute", "reason": "Too loud just now.", "minutes": 10}
    status, made = await ask(owner, "POST", f"/groups/{group.id}/sanctions", body)
    assert status in (200, 201), made
    await bo.until(lambda: bo.all(Notice))
    assert "10 min. Reason: Too loud just now." in bo.last(Notice).text
    status, _ = await ask(owner, "DELETE", f"/groups/{group.id}/sanctions/{made['id']}")
    assert status in (200, 204)
    await bo.until(lambda: bo.last(Notice).code == "unmuted")


async def _block(blocker: Caller, group: Group, bo: Guest, cleo: Guest) -> None:
    body = {"room": group.room_id, "participant": cleo.id}
    status, answer = await ask(blocker, "POST", "/me/blocks", body)
    assert status in (200, 201, 204), answer
    await bo.until(lambda: cleo.id not in bo.people)
    await cleo.until(lambda: bo.id not in cleo.people)
    status, room = await ask(blocker, "GET", f"/rooms/{group.room_id}")
    assert (status, room["present"]) == (200, 2)


async def _second_device(node: Node, group: Group, ada: Guest) -> None:
    status, answer = await ticket(node, group, "Ada")
    assert (status, answer["code"]) == (409, "already_here")
    async with here(node, group, "Ada", how="companion") as beside:
        assert beside.welcome.you is not None
        assert beside.welcome.you.companion
        assert beside.id == ada.id


async def _rearrange(owner: Caller, group: Group, bo: Guest) -> None:
    path = f"/rooms/{group.room_id}"
    _, room = await ask(owner, "GET", path)
    design = room["design"] | {"light": "dawn"}
    body = {"version": room["version"], "design": design, "note": "Morning"}
    status, changed = await ask(owner, "PUT", f"{path}/design", body)
    assert (status, changed["design"]["light"]) == (200, "dawn")
    await bo.until(lambda: bo.last(Notice).code == "room_changed")
    status, answer = await ask(owner, "PUT", f"{path}/design", body)
    assert (status, answer["code"]) == (409, "stale_version")
    status, answer = await ask(owner, "POST", f"{path}/undo", {"version": changed["version"]})
    assert (status, answer["design"]) == (200, room["design"])
    status, answer = await ask(owner, "GET", f"{path}/versions")
    assert [each["version"] for each in answer["items"]] == [1]


async def _ban(node: Node, owner: Caller, group: Group, cleo: Guest) -> None:
    late_status, late = await ticket(node, group, "Cleo", how="move")
    assert late_status == 200
    body = {
        "room": group.room_id,
        "participant": cleo.id,
        "kind": "ban",
        "reason": "Shouting at people.",
    }
    status, answer = await ask(owner, "POST", f"/groups/{group.id}/sanctions", body)
    assert status in (200, 201), answer
    code, _ = await cleo.closed()
    assert code == 4410
    assert "ban" in cleo.last(Closing).text.lower()
    url = node.url.replace("http", "ws") + late["url"]
    with pytest.raises(TimeoutError):
        async with arrived(url, ticket=late["ticket"]):
            pass
    status, answer = await ticket(node, group, "Cleo")
    assert (status, answer["code"]) == (403, "banned")


async def _put_a_lantern_somewhere(ada: Guest) -> None:
    lantern = ada.last(Objects).objects[0]
    x, _, z = lantern.position
    ada.spot = (x, 1.6, z)
    await ada.until(lambda: len(ada.snapshots) > 5)
    for step in range(40):
        await ada.send(Grab(rid=100 + step, id=lantern.id))
        count = len(ada.snapshots)
        await ada.until(lambda count=count: len(ada.snapshots) > count + 2)
        if ada.last(Objects).objects[0].held_by == ada.id:
            break
    await ada.send(DropObject(rid=99, id=lantern.id, position=(x + 0.5, 0.25, z), yaw=0.5))
    await ada.until(lambda: ada.last(Objects).objects[0].held_by is None)
