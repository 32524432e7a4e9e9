"""Peers on real sockets: they connect, hear by routes, move, fall silent, and are replaced."""

import asyncio
import itertools
import socket

import pytest
from aioice import stun

from hearth_server.voice import link
from hearth_server.voice.ice import OLD_CREDENTIALS_S
from hearth_server.voice.peer import GONE_AFTER_S, WEAK_AFTER_S
from tests.support.voice_board import CERTIFICATE, Board, open_board, routes
from tests.support.voice_client import Answer, VoiceClient

pytestmark = pytest.mark.asyncio


async def settle(board: Board, name: str, wanted: int = 1) -> None:
    """Wait until something was counted so often."""
    async with asyncio.timeout(5.0):
        while board.count(name) < wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


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


async def test_a_full_worker_refuses_in_words() -> None:
    async with open_board(max_peers=1) as board:
        await board.join(1)
        refused = await board.refused(2, board.client().offer())
        assert refused.code == "voice_full"
        assert refused.text
        await board.join(1)  # who is in may come anew


async def test_a_wrong_certificate_is_shut_out_and_named() -> None:
    async with open_board() as board:
        client = board.client()
        offer = client.offer()
        other = board.client().certificate.getFingerprints()[0].value
        mine = client.certificate.getFingerprints()[0].value
        answer = await board.offer(1, offer.replace(mine, other))
        await client.connect(answer)  # DTLS itself does not mind whose certificate it is
        assert (await board.told.state(1, "closed")).reason == "dtls_fingerprint"
        assert board.count("dtls_fingerprint") == 1
        assert not board.switch.by_index
        await board.join(1)


async def test_a_client_that_controls_nothing_is_told_so() -> None:
    async with open_board() as board:
        client = await board.join(1)
        request = client.binding_request()
        del request.attributes["ICE-CONTROLLING"]
        request.attributes["ICE-CONTROLLED"] = 1
        assert (await client.check(request)).error_code == 487
        assert board.count("stun_conflict") >= 1


async def test_forged_checks_move_nobody() -> None:
    async with open_board() as board:
        client = await board.join(1)
        path = board.switch.peers[1].path
        thief = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with thief:
            request = client.binding_request()
            request.add_message_integrity(b"guessed")
            thief.sendto(bytes(request), ("127.0.0.1", board.mux.port))
            await settle(board, "stun_forged")
        assert board.switch.peers[1].path == path


async def test_foreign_datagrams_disturb_nobody() -> None:
    async with open_board() as board:
        talker, listener = await board.join(1), await board.join(2)
        board.say(routes(1, {2: [1]}))
        stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with stranger:
            for data in (b"", b"\x00", b"\x16\xfe\xfd" + bytes(40), b"\x80\x6f" + bytes(40)):
                stranger.sendto(data, ("127.0.0.1", board.mux.port))
            stranger.sendto(b"\x80\xc9" + bytes(40), ("127.0.0.1", board.mux.port))
            stranger.sendto(b"\x50" + bytes(40), ("127.0.0.1", board.mux.port))
            await settle(board, "unknown_source", 3)
            await settle(board, "stun_bad")
            await settle(board, "bad_version")
        await board.hear(talker, listener)


async def test_broken_dtls_and_rtcp_of_a_peer_harm_only_their_count() -> None:
    async with open_board() as board:
        talker, listener = await board.join(1), await board.join(2)
        board.say(routes(1, {2: [1]}))
        for size in (13, 60, 1200):
            talker.send_raw(b"\x16\xfe\xfd" + bytes(size))
        talker.send_raw(b"\x80\xc9\x00\x01" + bytes(40))
        talker.send_rtcp(b"\x81\xc9\x00\x09" + bytes(4))
        await settle(board, "rtcp_forged")
        await settle(board, "rtcp_bad")
        await board.hear(talker, listener)


async def test_an_offer_whose_client_never_comes_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hearth_server.voice.switchboard.FIRST_PATH_S", 0.05)
    async with open_board() as board:
        await board.offer(1, board.client().offer())
        assert (await board.told.state(1, "closed")).reason == "no_path"
        assert not board.switch.peers


async def test_a_handshake_that_stops_halfway_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hearth_server.voice.switchboard.HANDSHAKE_S", 0.1)
    async with open_board() as board:
        client = board.client()
        answer = await board.offer(1, client.offer())
        client.answer = Answer.parse(answer)
        await client.open_path()
        await client.nominate()
        assert (await board.told.state(1, "closed")).reason == "dtls_timeout"
        assert board.count("dtls_timeout") == 1


async def test_many_paths_of_one_peer_stay_bounded() -> None:
    async with open_board() as board:
        client = await board.join(1)
        for _ in range(12):
            await client.open_path()
            await client.check(client.binding_request(nominate=False))
        peer = board.switch.peers[1]
        assert len(peer.paths) == 8
        assert peer.path in peer.paths
        assert len(board.switch._by_path) == 8


async def test_sixty_people_join_at_once() -> None:
    async with open_board(max_peers=64) as board:
        clients = [VoiceClient(certificate=CERTIFICATE) for _ in range(60)]
        board.clients += clients
        async with asyncio.TaskGroup() as group:
            for peer, client in enumerate(clients, 1):
                group.create_task(board.join(peer, client))
        assert len(board.switch.by_index) == 60
        board.say(routes(1, {peer: [1] for peer in range(2, 61)}))
        await board.hear(clients[0], clients[59], 3)
        assert min(len(client.heard) for client in clients[1:]) >= 1


async def test_a_check_must_be_understood_whole() -> None:
    async with open_board() as board:
        client = await board.join(1)
        request = client.binding_request()
        request.attributes["CHANGE-REQUEST"] = 0
        assert (await client.check(request)).error_code == 420
        assert (await client.check(client.binding_request())).message_class == stun.Class.RESPONSE


async def test_an_address_that_changes_hands_belongs_to_whom_it_proves() -> None:
    async with open_board() as board:
        first, second, talker = [await board.join(peer) for peer in (1, 2, 3)]
        board.say(routes(1, {1: [3], 2: [3]}))
        await board.hear(talker, first)
        # The second's check comes from the first's socket, as behind a NAT that forgets.
        assert second.answer is not None
        theirs = second.binding_request()
        theirs.add_message_integrity(second.answer.password.encode())
        first.send_raw(bytes(theirs))
        async with asyncio.timeout(5.0):
            while len(board.switch.peers[2].paths) < 2 and (  # noqa: ASYNC110
                board.switch.peers[2].path == board.switch.peers[1].path
            ):
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.02)
        assert board.switch.peers[1].path is None
        heard = len(first.heard)
        talker.say(b"\x78" + bytes(40))
        await settle(board, "no_path")
        assert len(first.heard) == heard
        await first.open_path()
        await first.nominate()
        await board.hear(talker, first)
