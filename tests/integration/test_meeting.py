"""People come in, see each other, talk, and go."""

import asyncio
import struct

import pytest

from hearth_protocol.control import (
    Ack,
    Chat,
    ChatLine,
    Leave,
    Ping,
    Pong,
    ProfileChange,
    React,
    Reaction,
    Roster,
)
from tests.integration.conftest import Node
from tests.integration.guest import arrived

pytestmark = pytest.mark.asyncio


async def test_two_people_see_each_other(node: Node) -> None:
    async with (
        arrived(node.url, ticket=node.ticket("Ann")) as ann,
        arrived(node.url, ticket=node.ticket("Bob")) as bob,
    ):
        await ann.until(lambda: len(ann.people) == 2)
        assert ann.people == bob.people == {ann.id: "Ann", bob.id: "Bob"}
        await ann.until(lambda: ann.snapshots and ann.snapshots[-1][3] == 1)
        await bob.until(lambda: bob.snapshots and bob.snapshots[-1][3] == 1)


async def test_newcomers_arrive_apart_and_facing_the_fire(node: Node) -> None:
    async with (
        arrived(node.url, ticket=node.ticket("Ann")) as ann,
        arrived(node.url, ticket=node.ticket("Bob")) as bob,
    ):
        (ax, _, az), (bx, _, bz) = ann.welcome.spawn.position, bob.welcome.spawn.position
        assert 1.2 <= ((ax - bx) ** 2 + (az - bz) ** 2) ** 0.5 <= 9.0
        assert 3.0 <= (ax**2 + az**2) ** 0.5 <= 5.0


async def test_ticks_come_in_order_and_none_is_told_twice(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket()) as ann:
        await ann.until(lambda: len(ann.snapshots) >= 12)
        ticks = [struct.unpack_from("<I", snapshot, 4)[0] for snapshot in ann.snapshots]
        assert ticks == sorted(set(ticks))


async def test_what_is_said_reaches_everybody_once_and_later_comers_too(node: Node) -> None:
    async with (
        arrived(node.url, ticket=node.ticket("Ann")) as ann,
        arrived(node.url, ticket=node.ticket("Bob")) as bob,
    ):
        await ann.send(ChatLine(rid=7, text="good evening"))
        await bob.until(lambda: bob.all(Chat))
        await ann.until(lambda: ann.all(Chat) and ann.all(Ack))
        assert ann.last(Ack).rid == 7
        assert bob.last(Chat) == ann.last(Chat)
        assert (bob.last(Chat).text, bob.last(Chat).from_) == ("good evening", ann.id)
        async with arrived(node.url, ticket=node.ticket("Cem")) as cem:
            await cem.until(lambda: cem.all(Chat))
            await node.ticks(3)
            assert cem.all(Chat) == bob.all(Chat) == [ann.last(Chat)]


async def test_reactions_profiles_and_pings(node: Node) -> None:
    async with (
        arrived(node.url, ticket=node.ticket("Ann")) as ann,
        arrived(node.url, ticket=node.ticket("Bob")) as bob,
    ):
        await ann.send(React(kind="wave"))
        await ann.send(ProfileChange(rid=1, name="Anna"))
        await ann.send(Ping(id=3, client_ms=99))
        await bob.until(lambda: bob.all(Reaction) and any(m.changed for m in bob.all(Roster)))
        assert bob.last(Reaction).from_ == ann.id
        change = bob.last(Roster).changed[0]
        assert change.model_dump(exclude_none=True) == {"id": ann.id, "name": "Anna"}
        await ann.until(lambda: ann.all(Pong))
        assert (ann.last(Pong).id, ann.last(Pong).client_ms) == (3, 99)


async def test_leaving_frees_the_place_at_once(node: Node) -> None:
    async with (
        arrived(node.url, ticket=node.ticket("Ann")) as ann,
        arrived(node.url, ticket=node.ticket("Bob")) as bob,
    ):
        await bob.send(Leave())
        assert await bob.closed() == (1000, "normal")
        await ann.until(lambda: ann.people == {ann.id: "Ann"})
        assert node.shell.rooms.registry.present == 1
    await node.until(lambda: node.shell.rooms.registry.present == 0)


async def test_a_stop_tells_everybody_why(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann")) as ann:
        await asyncio.gather(node.shell.stop(), ann.closed())
        assert (ann.socket.close_code, ann.socket.close_reason) == (4450, "server_stopping")
        assert ann.told[-1].model_dump()["reason"] == "server_stopping"
        assert ann.told[-1].model_dump()["retry_after_s"] > 0
    assert node.count("hearth_closes_total", reason="server_stopping") == 1
