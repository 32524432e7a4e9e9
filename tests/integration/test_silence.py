"""Who falls silent without a goodbye is shown as away; what is not delivered is counted."""

import pytest

from hearth_protocol.control import ChatLine, Hello, Roster
from tests.integration.conftest import Node
from tests.integration.guest import CLIENT, Guest, arrived, dialled

pytestmark = pytest.mark.asyncio


def away_notes(guest: Guest, of: int) -> list[bool | None]:
    return [
        change.away
        for message in guest.all(Roster)
        for change in message.changed
        if change.id == of
    ]


async def test_whoever_falls_silent_is_shown_away_and_back_with_the_next_pose(node: Node) -> None:
    async with (
        arrived(node.url, ticket=node.ticket("Ann")) as ann,
        arrived(node.url, ticket=node.ticket("Bob")) as bob,
    ):
        await ann.until(lambda: bob.id in ann.people)
        hz = node.shell.shard.tick_hz
        await node.ticks(2 * hz)
        assert away_notes(ann, bob.id) == []
        bob.polite = False  # the line is open, nobody speaks on it
        silent_from_s = node.clock.monotonic_s()
        while not away_notes(ann, bob.id):
            await node.ticks(1)
            assert node.clock.monotonic_s() - silent_from_s < 6.0
        assert node.clock.monotonic_s() - silent_from_s >= 3.0
        assert away_notes(ann, bob.id) == [True]
        bob.polite = True
        await bob.move()
        while len(away_notes(ann, bob.id)) < 2:
            await node.ticks(1)
        assert away_notes(ann, bob.id) == [True, False]
        assert bob.socket.state.name == "OPEN"


async def test_who_never_moved_is_not_called_away_for_it(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann")) as ann, dialled(node.url) as reader:
        reader.polite = False
        await reader.send(Hello(client=CLIENT, device="text", ticket=node.ticket("Reader")))
        await ann.until(lambda: len(ann.people) == 2)
        await node.ticks(5 * node.shell.shard.tick_hz)
        assert away_notes(ann, reader.id) == []


async def test_what_is_left_out_for_want_of_acknowledgements_is_counted(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann")) as ann:
        await ann.until(lambda: len(ann.snapshots) > 2)
        counted = node.count("hearth_drops_total", reason="snapshot_unacknowledged")
        ann.polite = False
        before = len(ann.snapshots)
        began = node.shell.shard.tick
        await node.ticks(3 * node.shell.shard.tick_hz)
        ticks = node.shell.shard.tick - began
        left_out = node.count("hearth_drops_total", reason="snapshot_unacknowledged") - counted
        got = len(ann.snapshots) - before
        assert got + left_out == pytest.approx(ticks, abs=2)
        assert left_out > got


async def test_control_messages_sent_are_counted(node: Node) -> None:
    labels = {"direction": "out", "kind": "control"}
    async with arrived(node.url, ticket=node.ticket("Ann")) as ann:
        await node.ticks(2)
        before, told = node.count("hearth_messages_total", **labels), len(ann.told)
        await ann.send(ChatLine(rid=1, text="hello"))
        await ann.until(lambda: len(ann.told) == told + 2)  # the ack and the line itself
        await node.ticks(1)
        assert node.count("hearth_messages_total", **labels) - before == 2
