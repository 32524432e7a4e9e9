"""What strangers, forgers and the impatient do to a worker, and what comes of it; real sockets."""

import asyncio
import socket

import pytest
from aioice import stun

from tests.support.voice_board import CERTIFICATE, open_board, routes, settle
from tests.support.voice_client import Answer, VoiceClient

pytestmark = pytest.mark.asyncio


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
