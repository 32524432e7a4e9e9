"""A crowd arrives and goes: news that go to many at once are the same news for everybody."""

from contextlib import AsyncExitStack

import pytest

from hearth_protocol.control import Chat, ChatLine, Hide
from hearth_server.realtime.delivery import MANY
from tests.integration.conftest import Node
from tests.integration.guest import Guest, arrived

pytestmark = pytest.mark.asyncio


async def test_everybody_in_a_crowd_is_told_of_everybody_they_may_know_of(node: Node) -> None:
    count = MANY + 8
    async with AsyncExitStack() as stack:
        guests: list[Guest] = []
        for at in range(count):
            ticket = node.ticket(f"Guest {at}")
            guests.append(await stack.enter_async_context(arrived(node.url, ticket=ticket)))
            await node.ticks(1)
        ids = {guest.id for guest in guests}
        for guest in guests:
            await guest.until(lambda g=guest: g.people.keys() == ids)
        hider, hidden, late = guests[0], guests[1], guests[2]
        await hider.send(Hide(rid=1, participant=hidden.id, on=True))
        await node.ticks(2)
        await hidden.send(ChatLine(rid=2, text="can you hear me?"))
        await late.send(ChatLine(rid=3, text="goodbye"))
        await node.ticks(2)
        await late.socket.close()
        await node.ticks(2)
        for guest in guests:
            if guest is late:
                continue
            await guest.until(lambda g=guest: late.id not in g.people)
            said = [line.text for line in guest.all(Chat)]
            assert "goodbye" in said
            assert ("can you hear me?" in said) == (guest is not hider)
        assert hidden.id not in hider.people
        assert hider.id not in hidden.people
