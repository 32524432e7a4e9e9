"""A full room of a group on a whole node: plain sockets carried in bulk, exclusions among them."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from hearth_protocol.control import ChatLine
from hearth_protocol.group_room import Line
from hearth_server.realtime.delivery import MANY
from tests.integration.guest import Guest
from tests.integration.test_group_rooms import ask, here
from tests.support.channel import calling, settled
from tests.support.node import running_node

pytestmark = pytest.mark.asyncio
COUNT = MANY + 8


async def test_a_crowd_hears_a_line_but_for_who_is_kept_apart(tmp_path: Path) -> None:
    names = [f"Guest {number}" for number in range(COUNT)]
    group = await settled(tmp_path, *names)
    with running_node(tmp_path, "--no-voice") as node:
        async with AsyncExitStack() as stack:
            leader = await stack.enter_async_context(calling(node.url, group.tokens[names[0]]))
            _, room = await ask(leader, "GET", f"/rooms/{group.room_id}")
            body = {"version": room["version"], "capacity": COUNT}
            status, answer = await ask(leader, "PATCH", f"/rooms/{group.room_id}", body)
            assert status == 200, answer
            guests = [await stack.enter_async_context(here(node, group, name)) for name in names]
            ids = {guest.id for guest in guests}
            for guest in guests:
                await guest.until(lambda g=guest: g.people.keys() == ids)
            blocker, blocked = guests[1], guests[2]
            caller = await stack.enter_async_context(calling(node.url, group.tokens[names[1]]))
            body = {"room": group.room_id, "participant": blocked.id}
            status, answer = await ask(caller, "POST", "/me/blocks", body)
            assert status in (200, 201, 204), answer
            await blocker.until(lambda: blocked.id not in blocker.people)
            await blocked.until(lambda: blocker.id not in blocked.people)
            await blocked.send(ChatLine(rid=1, text="can you hear me?", key="k-1"))
            await guests[3].send(ChatLine(rid=2, text="good evening", key="k-2"))
            await asyncio.gather(*(_hears(guest, "good evening") for guest in guests))
            for guest in guests:
                said = [line.text for line in guest.all(Line)]
                assert ("can you hear me?" in said) == (guest is not blocker)
                assert len(guest.people) == COUNT - (guest in (blocker, blocked))
                # Whoever is left is still told of in every frame that comes.
                frames = len(guest.snapshots)
                await guest.until(lambda g=guest, n=frames: len(g.snapshots) > n + 2)


async def _hears(guest: Guest, text: str) -> None:
    await guest.until(lambda: any(line.text == text for line in guest.all(Line)), 10.0)
