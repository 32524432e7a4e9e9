"""An event's doors on a whole node: who waits, who is let in, and who is back after a restart."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hearth_protocol.control import Closing
from hearth_protocol.gathering import Admit, Gathering, WaitingRoom
from hearth_server.clock import SystemClock
from tests.integration.guest import Guest, arrived
from tests.support.channel import Caller, Group, calling, settled
from tests.support.node import Node, running_node

pytestmark = pytest.mark.asyncio
WITHIN_S = 20.0


async def ask(caller: Caller, method: str, path: str, body: object = None) -> tuple[int, Any]:
    status, content = await caller.ask(method, path, body)
    return status, json.loads(content) if content else None


class Evening:
    """One node's event, and everybody's page."""

    def __init__(self, node: Node, group: Group, pages: dict[str, Caller], day: str) -> None:
        self.node, self.group, self.pages, self.day = node, group, pages, day

    async def ask(self, who: str, method: str, rest: str, body: object = None) -> tuple[int, Any]:
        return await ask(self.pages[who], method, self.day + rest, body)

    async def ticket(self, who: str) -> tuple[int, Any]:
        path = f"/rooms/{self.group.room_id}/join"
        return await ask(self.pages[who], "POST", path, {})

    @asynccontextmanager
    async def inside(self, who: str) -> AsyncIterator[Guest]:
        """Somebody whom the doors let in."""
        status, answer = await self.ticket(who)
        assert status == 200, answer
        url = self.node.url.replace("http", "ws") + answer["url"]
        async with arrived(
            url, features=["channel", "gathering"], ticket=answer["ticket"]
        ) as guest:
            yield guest

    async def stands(self, who: str, **body: bool) -> tuple[str, str]:
        status, door = await self.ask(who, "PUT", "/waiting", body)
        assert status == 200, door
        return door["state"], door["reason"]

    async def until(self, who: str, state: str, reason: str = "", **body: bool) -> None:
        """Wait before the doors, as a page does, until they stand like this."""
        async with asyncio.timeout(WITHIN_S):
            while await self.stands(who, **body) != (state, reason):  # noqa: ASYNC110  # real
                await asyncio.sleep(0.1)


@asynccontextmanager
async def evening(
    node: Node, group: Group, day: str = "", **changes: Any
) -> AsyncIterator[Evening]:
    async with AsyncExitStack() as stack:
        pages = {
            name: await stack.enter_async_context(calling(node.url, token))
            for name, token in group.tokens.items()
        }
        if not day:
            starts = datetime.fromtimestamp(SystemClock().wall_s(), UTC) + timedelta(minutes=5)
            event = {
                "title": "Slow Flow",
                "room": group.room_id,
                "starts": starts.strftime("%Y-%m-%dT%H:%M:%S"),
                "zone": "UTC",
                "state": "scheduled",
                **changes,
            }
            path = f"/groups/{group.id}/events"
            status, made = await ask(pages["Ada"], "POST", path, event)
            assert status == 201, made
            original = starts.strftime("%Y%m%dT%H%M%S")
            day = f"/events/{made['id']}/occurrences/{original}"
        yield Evening(node, group, pages, day)


async def test_an_evening_before_the_doors_and_behind_them(tmp_path: Path) -> None:
    group = await settled(tmp_path, "Ada", "Bo", "Cleo")
    doors = {"mode": "admit_each", "open_min": 15}
    with running_node(tmp_path, "--no-voice") as node:
        async with evening(node, group, capacity=1, doors=doors) as it:
            # The doors open at once: it begins in five minutes. Nobody passes by themselves.
            await it.until("Bo", "waiting", "admit")
            status, problem = await it.ticket("Bo")
            assert (status, problem["code"]) == (409, "gathering_waits")
            assert f"/events/{problem['event']}/occurrences/{problem['original']}" == it.day
            async with it.inside("Ada") as host:
                await host.until(lambda: _waits(host, "Bo"))
                await it.until("Cleo", "waiting", "admit")
                await host.until(lambda: _waits(host, "Cleo"))
                account = _waiting(host, "Bo")
                await host.send(Admit(rid=1, account=account, yes=True))
                await it.until("Bo", "open")
                async with it.inside("Bo") as student:
                    await student.until(lambda: student.all(Gathering))
                    status, problem = await it.ask("Bo", "DELETE", "/rsvp")
                    assert (status, problem["code"]) == (409, "rsvp_here")
                    # Let in is not yet a place: there is one, and Bo has it.
                    status, _ = await it.ask(
                        "Ada", "POST", f"/waiting/{_waiting(host, 'Cleo')}", {"admit": True}
                    )
                    assert status == 204
                    assert await it.stands("Cleo") == ("waiting", "full")
                    status, mine = await it.ask("Cleo", "PUT", "/rsvp", {})
                    assert (mine["state"], mine["position"]) == ("waiting", 1)
                    day = it.day
                    await asyncio.sleep(1.0)  # what goes on is kept within half a second
    with running_node(tmp_path, "--no-voice") as node:
        async with evening(node, group, day) as it, it.inside("Bo") as student:
            # He was in, so nobody is asked for again, and the place is still his.
            await student.until(lambda: student.all(Gathering))
            assert student.last(Gathering).occurrence == day.rpartition("/")[2]
            status, problem = await it.ticket("Cleo")
            assert (status, problem["code"]) == (409, "gathering_waits")
            await it.ask("Ada", "PUT", "/waiting", {})
            async with it.inside("Ada"):
                # A moderator's act: he is put out, and does not come back by himself.
                body = {
                    "room": group.room_id,
                    "participant": student.id,
                    "kind": "remove",
                    "reason": "Loud.",
                }
                path = f"/groups/{group.id}/sanctions"
                status, _ = await ask(it.pages["Ada"], "POST", path, body)
                assert status == 201
                await student.closed()
                assert student.last(Closing).reason == "removed"
                assert (await it.ticket("Bo"))[0] == 409
                assert await it.stands("Bo") == ("waiting", "admit")


def _waiting(host: Guest, name: str) -> str:
    return next(each.account for each in host.last(WaitingRoom).people if each.name == name)


def _waits(host: Guest, name: str) -> bool:
    rooms: Callable[[type[WaitingRoom]], list[WaitingRoom]] = host.all
    told = rooms(WaitingRoom)
    return bool(told) and any(each.name == name for each in told[-1].people)
