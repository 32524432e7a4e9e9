"""Lost connections: the place is kept, others see no flicker, tokens work once."""

import pytest

from hearth_protocol.control import Hello, Leave, Roster
from tests.integration.conftest import Node
from tests.integration.guest import CLIENT, Guest, arrived, dialled

pytestmark = pytest.mark.asyncio


def comings_and_goings(guest: Guest, of: int) -> list[str]:
    """What a guest was told of somebody, in order."""
    told = []
    for message in guest.all(Roster):
        told += ["joined" for person in message.joined if person.id == of]
        told += ["left" for gone in message.left if gone.id == of]
        told += [f"away={change.away}" for change in message.changed if change.id == of]
    return told


async def drop(guest: Guest) -> None:
    """Lose the connection without a goodbye."""
    guest.socket.transport.abort()
    await guest.socket.wait_closed()


async def test_a_dropped_guest_is_back_in_place_without_a_flicker(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann")) as ann:
        async with arrived(node.url, ticket=node.ticket("Bob")) as bob:
            me, token = bob.id, bob.welcome.resume
            bob.spot = (5.0, 1.6, 1.0)
            await ann.until(lambda: ann.people.keys() == {ann.id, me})
            await node.ticks(30)
            await drop(bob)
        async with arrived(node.url, resume=token) as again:
            assert again.id == me
            assert again.welcome.resume != token
            x, _, z = again.welcome.spawn.position
            assert abs(x - 5.0) < 0.01
            assert abs(z - 1.0) < 0.01
            assert again.people == {ann.id: "Ann", me: "Bob"}
            await again.until(lambda: again.snapshots and again.snapshots[-1][3] == 1)
            assert comings_and_goings(ann, me) == ["joined"]
    assert node.count("hearth_resumes_total") == 1


async def test_a_resumed_guest_is_told_everything_afresh(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann")):
        async with arrived(node.url, ticket=node.ticket("Bob")) as bob:
            await bob.until(lambda: any(s[3] == 1 for s in bob.snapshots))
            token = bob.welcome.resume
            await drop(bob)
        async with arrived(node.url, resume=token) as again:
            await again.until(lambda: any(s[3] == 1 for s in again.snapshots))
            first = next(snapshot for snapshot in again.snapshots if snapshot[3] == 1)
            assert first[16] & 0b0011 == 3  # the lane opens with a head full piece


async def test_who_stays_away_is_shown_away_and_then_gone(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann")) as ann:
        async with arrived(node.url, ticket=node.ticket("Bob")) as bob:
            me, token = bob.id, bob.welcome.resume
            await ann.until(lambda: me in ann.people)
            await drop(bob)
        await node.until(lambda: bool(node.shell.shard.participants[me].lost_s))
        node.clock.push(3.1)
        await ann.until(lambda: "away=True" in comings_and_goings(ann, me))
        node.clock.push(26.0)
        await node.ticks(3)
        assert me in ann.people
        node.clock.push(1.5)
        await ann.until(lambda: me not in ann.people)
        assert comings_and_goings(ann, me) == ["joined", "away=True", "left"]
        async with dialled(node.url) as late:
            await late.send(Hello(v=1, client=CLIENT, device="desktop", resume=token))
            assert (await late.closed())[0] == 4402


async def test_back_within_the_time_is_no_longer_away(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann")) as ann:
        async with arrived(node.url, ticket=node.ticket("Bob")) as bob:
            me, token = bob.id, bob.welcome.resume
            await drop(bob)
        await node.until(lambda: bool(node.shell.shard.participants[me].lost_s))
        node.clock.push(5.0)
        await ann.until(lambda: "away=True" in comings_and_goings(ann, me))
        async with arrived(node.url, resume=token):
            await ann.until(lambda: comings_and_goings(ann, me)[-1] == "away=False")


async def test_the_newest_socket_wins(node: Node) -> None:
    async with (
        arrived(node.url, ticket=node.ticket("Ann")) as ann,
        arrived(node.url, resume=ann.welcome.resume) as newer,
    ):
        assert newer.id == ann.id
        assert await ann.closed() == (4409, "replaced")
        await newer.until(lambda: len(newer.snapshots) > 3)
        assert node.shell.shard.registry.present == 1


async def test_a_resume_token_works_once(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann")) as ann:
        token = ann.welcome.resume
        async with arrived(node.url, resume=token), dialled(node.url) as thief:
            await thief.send(Hello(v=1, client=CLIENT, device="desktop", resume=token))
            assert await thief.closed() == (4403, "ticket_replayed")


async def test_leaving_kills_the_token_at_once(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann")) as ann:
        token = ann.welcome.resume
        await ann.send(Leave())
        await ann.closed()
    async with dialled(node.url) as late:
        await late.send(Hello(v=1, client=CLIENT, device="desktop", resume=token))
        assert await late.closed() == (4401, "ticket_unknown")
