"""Hiding somebody takes both out of each other's room: in rosters, chat and on the bytes."""

import pytest

from hearth_protocol.control import Ack, Chat, ChatLine, ErrorMessage, Hide, Roster
from tests.integration.conftest import Node
from tests.integration.guest import arrived
from tests.integration.test_coming_back import drop

pytestmark = pytest.mark.asyncio


async def test_the_hidden_one_is_gone_both_ways_and_comes_back(node: Node) -> None:
    async with (
        arrived(node.url, ticket=node.ticket("Ann")) as ann,
        arrived(node.url, ticket=node.ticket("Bob")) as bob,
        arrived(node.url, ticket=node.ticket("Cem")) as cem,
    ):
        await ann.until(lambda: len(ann.people) == 3)
        await ann.until(lambda: ann.snapshots[-1][3] == 2)
        await ann.send(Hide(rid=1, participant=bob.id, on=True))
        await ann.until(lambda: bob.id not in ann.people)
        await bob.until(lambda: ann.id not in bob.people)
        assert [person.name for person in ann.last(Roster).hidden or []] == ["Bob"]
        assert all(not message.hidden for message in bob.all(Roster))
        assert len(cem.people) == 3

        await bob.send(ChatLine(rid=1, text="can you hear me"))
        await cem.until(lambda: cem.all(Chat))
        await node.ticks(2)
        assert not ann.all(Chat)
        assert lanes_in_use(ann.snapshots[-1]) <= 1

        await ann.send(Hide(rid=2, participant=bob.id, on=False))
        await ann.until(lambda: bob.id in ann.people)
        await bob.until(lambda: ann.id in bob.people)
        assert ann.last(Roster).hidden == []


def lanes_in_use(snapshot: bytes) -> int:
    """Count lanes with a head code; a correction may stand before their codes (WIRE 4.2)."""
    at = 16 + (16 if snapshot[2] & 1 else 0)
    nibbles = [snapshot[at + lane // 2] >> 4 * (lane % 2) & 3 for lane in range(snapshot[3])]
    return sum(code != 0 for code in nibbles)


async def test_hiding_survives_a_lost_connection_on_either_side(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann")) as ann:
        async with arrived(node.url, ticket=node.ticket("Bob")) as bob:
            await ann.send(Hide(rid=1, participant=bob.id, on=True))
            await ann.until(lambda: ann.all(Ack))
            tokens = ann.welcome.resume, bob.welcome.resume
            await drop(bob)
        await drop(ann)
    async with (
        arrived(node.url, resume=tokens[0]) as ann_again,
        arrived(node.url, resume=tokens[1]) as bob_again,
    ):
        await node.ticks(8)
        assert ann_again.people == {ann_again.id: "Ann"}
        assert bob_again.people == {bob_again.id: "Bob"}
        assert [person.name for person in ann_again.last(Roster).hidden or []] == ["Bob"]
        for guest in (ann_again, bob_again):
            assert all(lanes_in_use(snapshot) == 0 for snapshot in guest.snapshots)


async def test_when_the_hidden_one_leaves_the_list_is_empty(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann")) as ann:
        async with arrived(node.url, ticket=node.ticket("Bob")) as bob:
            await ann.send(Hide(rid=1, participant=bob.id, on=True))
            await ann.until(lambda: ann.last(Roster).hidden)
        await ann.until(lambda: ann.last(Roster).hidden == [])


async def test_nobody_can_be_hidden_who_is_not_here(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann")) as ann:
        for rid, whom in enumerate((ann.id, 999)):
            await ann.send(Hide(rid=rid, participant=whom, on=True))
            await ann.until(lambda count=rid + 1: len(ann.all(ErrorMessage)) == count)
            assert ann.last(ErrorMessage).code == "no_such_participant"
