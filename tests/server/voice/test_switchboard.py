"""Peers on real sockets: they connect, hear by routes, move, fall silent, and are replaced."""

import asyncio
import itertools

import pytest

from hearth_server.voice import link
from hearth_server.voice.ice import OLD_CREDENTIALS_S
from hearth_server.voice.peer import GONE_AFTER_S, WEAK_AFTER_S
from tests.support.voice_board import open_board, routes, settle

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize(
    ("talker_tcp", "listener_tcp"), [(False, False), (True, False), (False, True)]
)
async def test_a_route_lets_one_hear_the_other(talker_tcp: bool, listener_tcp: bool) -> None:
    async with open_board() as board:
        talker = await board.join(1, tcp=talker_tcp)
        listener = await board.join(2, tcp=listener_tcp)
        states = [(told.peer, told.state, told.path) for told in board.told.all(link.PeerState)]
        assert states[1] == (1, "connected", "tcp" if talker_tcp else "udp")
        board.say(routes(3, {2: [0, 1]}))
        await board.hear(talker, listener, 5)
        heard = list(listener.heard)
        assert {(each.slot, each.talker) for each in heard} == {(1, 1)}
        assert heard[0].marker
        assert heard[0].payload == b"\x78" + bytes(40)
        assert [b.seq - a.seq for a, b in itertools.pairwise(heard)] == [1] * 4
        assert listener.bad_packets == 0
        board.say(routes(4, {2: []}))
        await board.silence(talker, listener)
        board.reporter.round()
        assert board.told.all(link.Acked)[-1] == link.Acked(4)


async def test_nobody_hears_themselves_or_the_unrouted() -> None:
    async with open_board() as board:
        one, two, three = [await board.join(peer) for peer in (1, 2, 3)]
        board.say(routes(1, {2: [1], 1: [1]}))
        await board.hear(one, two)
        assert not one.heard
        assert not three.heard


async def test_routes_wait_for_those_who_connect_later() -> None:
    async with open_board() as board:
        board.say(routes(1, {2: [1]}))
        listener = await board.join(2)
        talker = await board.join(1)
        await board.hear(talker, listener)
        board.say(link.Close(1, "left"))
        again = await board.join(1)
        await board.hear(again, listener)
        board.say(link.Close(2, "left"))
        back = await board.join(2)
        await board.silence(again, back)


async def test_there_is_news_to_expect_while_routes_wait_or_somebody_talks() -> None:
    async with open_board() as board:
        asked: list[int] = []
        board.switch.on_routes = lambda: asked.append(board.switch.routes.epoch)
        talker, listener = await board.join(1), await board.join(2)
        board.reporter.round()
        assert board.reporter.calm()
        board.say(routes(3, {2: [1]}))
        assert asked[-1] == 3
        assert not board.reporter.calm()
        board.reporter.round()
        assert board.reporter.calm()
        await board.hear(talker, listener)
        board.reporter.round()
        assert not board.reporter.calm()
        await board.pass_time(1.0)
        assert board.reporter.calm()
        await board.hear(talker, listener)
        board.reporter.round()
        assert not board.reporter.calm()
        board.say(link.Close(1))
        assert board.reporter.calm()


async def test_edges_and_levels_tell_who_talks() -> None:
    async with open_board() as board:
        talker = await board.join(7)
        for _ in range(5):
            talker.say(b"\x78" + bytes(40), level_dbov=20)
            board.clock.advance(0.02)
            await asyncio.sleep(0.005)
        board.reporter.round()
        board.reporter.levels()
        assert board.told.all(link.Edges) == [link.Edges(b"\x07\0\0\0", b"\x01")]
        level = board.told.all(link.Levels)[-1]
        assert level.peers == b"\x07\0\0\0"
        assert level.dbov[0] < 60
        board.reporter.levels()
        assert len(board.told.all(link.Levels)) == 1
        board.clock.advance(1.0)
        board.reporter.round()
        board.reporter.levels()
        assert board.told.all(link.Edges)[-1].talking == b"\x00"
        assert board.told.all(link.Levels)[-1].dbov == b"\x7f"


async def test_a_muted_person_stays_muted_over_a_new_connection() -> None:
    async with open_board() as board:
        talker, listener = await board.join(1), await board.join(2)
        board.say(routes(1, {2: [1]}), link.Mute(1, on=True))
        await board.silence(talker, listener)
        again = await board.join(1)
        await board.silence(again, listener)
        assert board.count("muted") > 0
        board.say(link.Mute(1, on=False))
        await board.hear(again, listener)


async def test_a_new_connection_replaces_the_old_one() -> None:
    async with open_board() as board:
        old, listener = await board.join(1), await board.join(2)
        board.say(routes(1, {2: [1]}))
        new = await board.join(1)
        closed = await board.told.state(1, "closed")
        assert closed.reason == "replaced"
        await board.hear(new, listener)
        before = len(listener.heard)
        old.say(b"\x78" + bytes(40))
        await settle(board, "unknown_source")
        assert len(listener.heard) == before


async def test_a_goodbye_ends_a_peer_at_once() -> None:
    async with open_board() as board:
        client = await board.join(1)
        await client.close()
        assert (await board.told.state(1, "closed")).reason == "client"
        assert not board.switch.peers
        assert not board.switch.by_index


async def test_the_worker_says_goodbye_too() -> None:
    async with open_board() as board:
        client = await board.join(1)
        board.say(link.Close(1, "left"))
        async with asyncio.timeout(5.0):
            while client.dtls.state != "closed":  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        assert (await board.told.state(1, "closed")).reason == "left"


async def test_silence_makes_a_peer_weak_and_then_closes_it() -> None:
    async with open_board() as board:
        client = await board.join(1)
        client.vanish()
        await board.pass_time(WEAK_AFTER_S - 1)
        assert board.told.all(link.PeerState)[-1].state == "connected"
        await board.pass_time(1.5)
        assert board.told.all(link.PeerState)[-1].state == "weak"
        await client.open_path()
        await client.nominate()
        await board.pass_time(0.5)
        assert board.told.all(link.PeerState)[-1].state == "connected"
        client.vanish()
        await board.pass_time(GONE_AFTER_S)
        assert board.told.all(link.PeerState)[-1] == link.PeerState(1, "closed", "udp", "silent")


async def test_speech_alone_keeps_a_peer_connected() -> None:
    async with open_board() as board:
        client = await board.join(1)
        await board.pass_time(WEAK_AFTER_S - 1)
        client.say(b"\x78" + bytes(40))
        await settle(board, "media_in")
        await board.pass_time(WEAK_AFTER_S - 1)
        assert board.told.all(link.PeerState)[-1].state == "connected"


async def test_a_nominated_new_path_is_used_at_once() -> None:
    async with open_board() as board:
        talker, listener = await board.join(1), await board.join(2)
        board.say(routes(1, {2: [1]}))
        await board.hear(talker, listener)
        await listener.open_path()
        await listener.nominate()
        await board.hear(talker, listener)
        await talker.open_path(tcp=True)
        await talker.nominate()
        assert board.told.all(link.PeerState)[-1] == link.PeerState(1, "connected", "tcp")
        await board.hear(talker, listener)


async def test_a_path_that_is_not_nominated_is_not_used() -> None:
    async with open_board() as board:
        client = await board.join(1)
        peer = board.switch.peers[1]
        path = peer.path
        await client.open_path()
        await client.check(client.binding_request(nominate=False))
        assert peer.path == path
        assert len(peer.paths) == 2


async def test_an_ice_restart_keeps_keys_and_streams() -> None:
    async with open_board() as board:
        talker, listener = await board.join(1), await board.join(2)
        board.say(routes(1, {2: [1]}))
        await board.hear(talker, listener)
        before = talker.answer
        assert before is not None
        since = len(board.told.messages)
        after = type(before).parse(await board.offer(1, talker.restart_ice()))
        assert after.ufrag != before.ufrag
        assert (after.fingerprint, after.slot_ssrcs) == (before.fingerprint, before.slot_ssrcs)
        await talker.nominate()  # the old fragment still counts
        talker.answer = after
        await talker.open_path()
        await talker.nominate()
        await board.hear(talker, listener)
        assert not [
            told for told in board.told.messages[since:] if isinstance(told, link.PeerState)
        ]
        await board.pass_time(OLD_CREDENTIALS_S)
        talker.answer = before
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(talker.nominate(), 0.2)
        assert board.count("stun_unknown") > 0


async def test_the_same_offer_again_gets_the_same_credentials() -> None:
    async with open_board() as board:
        client = board.client()
        first, second = [await board.offer(1, client.offer()) for _ in range(2)]
        ours = [line for line in first.split("\r\n") if not line.startswith("o=")]
        assert ours == [line for line in second.split("\r\n") if not line.startswith("o=")]


async def test_other_media_in_the_same_connection_is_refused() -> None:
    async with open_board() as board:
        client = await board.join(1)
        client.mic_ssrc += 1
        assert (await board.refused(1, client.offer())).code == "voice_changed"
        assert board.told.all(link.PeerState)[-1].state == "connected"
