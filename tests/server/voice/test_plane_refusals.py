"""What both planes refuse, and how peers come, move and go, packet by packet."""

import socket

import pytest

from hearth_server.voice.addresses import pack_address
from hearth_server.voice.plane import PlaneFullError
from tests.server.voice.plane_rig import (
    Member,
    row_of,
    rtp,
)
from tests.server.voice.plane_room import SPEECH, Room, room

__all__ = ["room"]


def test_only_the_peers_own_mic_is_accepted(room: Room) -> None:
    talker, listener, other = room.join(1), room.join(2), room.join(3)
    room.route(listener, talker, other)
    member = room.members[talker]
    alien = member.says(rtp(1, 0, room.members[other].ssrc, SPEECH))
    wrong_type = member.says(rtp(2, 0, member.ssrc, SPEECH, pt=96))
    good = member.speech(3, 0, SPEECH)
    assert alien is not None
    assert wrong_type is not None
    assert room.give(alien, member.address) == {}
    assert room.give(wrong_type, member.address) == {}
    assert room.give(good, room.members[other].address) == {}  # someone else's words
    tampered = good[:-20] + bytes([good[-20] ^ 1]) + good[-19:]
    assert room.give(tampered, member.address) == {}
    unknown = pack_address(socket.AF_INET, ("127.0.0.1", 9))
    assert room.give(good, unknown) == {}
    room.rig.take(good, member.address, 1)  # the same address, behind another socket of ours
    assert room.heard() == {}
    names = ("wrong_ssrc", "wrong_pt", "auth_failed", "unknown_source")
    assert [room.count(name) for name in names] == [2, 1, 1, 2]
    assert list(room.give(good, member.address)) == [listener]


@pytest.mark.parametrize(
    ("packet", "reason"),
    [
        (b"", "too_short"),
        (b"\x80", "too_short"),
        (b"\x80\x6f" + bytes(9), "too_short"),
        (b"\x80\x6f" + bytes(1_500), "too_long"),
        (b"\x80\x6f" + bytes(5_000), "too_long"),
        (b"\x40\x6f" + bytes(50), "bad_version"),
        (b"\xff\x6f" + bytes(50), "bad_version"),
        (b"\x8f\x6f" + bytes(50), "bad_extension"),
        (b"\x90\x6f" + bytes(10), "bad_extension"),
        (b"\x90\x6f" + bytes(10) + b"\xbe\xde\xff\xff" + bytes(80), "bad_extension"),
    ],
)
def test_misshapen_packets_are_named(room: Room, packet: bytes, reason: str) -> None:
    talker = room.join(1)
    assert room.give(packet, room.members[talker].address) == {}
    assert room.count(reason) == 1


@pytest.mark.parametrize(
    ("ext", "first", "payload", "reason"),
    [
        (b"\xbe\xde\x00\x01\x1f\x00\x00\x00", 0x90, SPEECH, "bad_extension"),
        (b"", 0xA0, b"abc\x04", "bad_padding"),
        (b"", 0xA0, b"abc\x00", "bad_padding"),
        (b"", 0xA0, b"abc\x05", "bad_padding"),
        (b"", 0xA0, b"\x01", "too_short"),
        (b"", 0x80, b"", "too_short"),
        (b"", 0x80, bytes(1_276), "too_long"),
    ],
)
def test_authentic_but_misshapen_packets_are_named(
    room: Room, ext: bytes, first: int, payload: bytes, reason: str
) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    member = room.members[talker]
    plain = rtp(5, 0, member.ssrc, payload, ext)
    packet = member.says(bytes([first]) + plain[1:])
    assert packet is not None
    heard = room.give(packet, member.address)
    if payload == b"abc\x04":  # four bytes of padding are all there is
        reason = "too_short"
    assert heard == {}
    assert room.count(reason) == 1


def test_padding_and_sources_and_long_extensions_are_left_out(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    member = room.members[talker]
    words = bytes([0xA0, 0, 0, 0x20, 9, 0, 0x10, 0x85])  # another id, padding, the level: 5
    ext = b"\xbe\xde\x00\x02" + words
    plain = rtp(5, 0, member.ssrc, bytes(8) + ext + SPEECH + b"\x00\x00\x03")
    packet = member.says(b"\xb2" + plain[1:])
    assert packet is not None
    [heard] = room.give(packet, member.address)[listener]
    assert heard.payload == SPEECH
    assert room.rig.plane.edges() == [(talker, True)]


def test_levels_and_edges(room: Room) -> None:
    talker = room.join(1)
    plane = room.rig.plane
    assert plane.edges() == []
    for seq in range(8):
        room.say(talker, seq, seq * 960, level=10)
    assert room.rig.notes.talks == 1
    assert plane.edges() == [(talker, True)]
    assert 10 <= plane.levels()[talker] <= 12
    room.clock.advance(0.3)
    assert plane.edges() == []
    assert plane.levels()[talker] == 127
    room.clock.advance(0.11)
    assert plane.edges() == [(talker, False)]
    room.say(talker, 20, 0, level=55)  # above the gate, below speech
    assert plane.edges() == []
    assert room.rig.notes.talks == 1


def test_signalling_of_anybody_and_reports_of_known_peers_go_up(room: Room) -> None:
    talker = room.join(1)
    known = room.members[talker].address
    unknown = pack_address(socket.AF_INET6, ("2001:db8::1", 9, 0, 0))
    stun, dtls, report = b"\x00\x01" + bytes(18), b"\x16" + bytes(2_047), b"\x80\xc9" + bytes(20)
    for data, address in ((stun, unknown), (dtls, unknown), (report, known), (report, unknown)):
        room.rig.take(data, address, 1 if address == unknown else 0)
    expected = [(1, stun, unknown), (1, dtls, unknown), (0, report, known)]
    assert room.rig.notes.datagrams == expected
    assert room.count("unknown_source") == 1


def test_a_peer_on_tcp_is_heard_and_hears(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.rig.plane.set_path(talker, 0, None)
    room.rig.plane.set_path(listener, 0, None)
    room.route(listener, talker)
    member = room.members[talker]
    room.rig.plane.feed(talker, member.speech(4, 0, SPEECH))
    room.rig.settle()
    heard = room.heard()
    assert [packet.payload for packet in heard[listener]] == [SPEECH]
    assert room.give(member.speech(5, 960, SPEECH), member.address) == {}
    assert room.count("unknown_source") == 1  # its old address is not its own any more


def test_a_new_path_takes_over_at_once_and_an_old_address_may_be_anothers(room: Room) -> None:
    talker, listener, late = room.join(1), room.join(2), room.join(3)
    room.route(listener, talker)
    old = room.members[listener].address
    room.rig.plane.set_path(late, 0, old)
    room.rig.settle()
    assert room.say(talker, 1, 0) == {}
    assert room.count("no_path") == 1
    room.members[listener].address = pack_address(socket.AF_INET, ("127.0.0.2", 77))
    room.members[late].address = old
    room.rig.plane.set_path(listener, 1, room.members[listener].address)
    room.rig.settle()
    room.route(late, talker)
    assert set(room.say(talker, 2, 960)) == {listener, late}


def test_an_index_in_use_again_has_nothing_of_the_one_before(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    room.route(talker, listener)
    assert room.say(talker, 1, 0)
    gone = room.members[talker]
    room.leave(talker)
    assert room.give(gone.speech(2, 960, SPEECH), gone.address) == {}
    assert room.say(listener, 1, 0) == {}
    taken = [room.join(10 + number) for number in range(5)]
    assert talker in taken
    with pytest.raises(PlaneFullError):
        room.rig.plane.add(Member(20).media)
    assert room.say(talker, 1, 0) == {}  # the route was to the one before
    assert room.say(listener, 2, 960) == {}
    room.rig.plane.feed(listener, b"\x80")
    room.rig.settle()
    room.leave(listener)
    room.rig.plane.feed(listener, b"\x80")
    assert room.count("removed") == 1
    assert room.rig.plane.mics.received[talker] == 1
    assert room.rig.plane.slots.packets[talker].sum() == 0


def test_routes_to_nobody_and_double_routes_are_ignored(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.rig.plane.set_routes(1, [(listener, [talker, talker, listener, 5, 99, -1, -1, -1])])
    room.rig.plane.set_routes(2, [(5, row_of(talker))])
    room.rig.settle()
    assert [len(packets) for packets in room.say(talker, 1, 0).values()] == [1]
    assert room.count("unknown_route") == 3


def test_a_slot_that_was_not_negotiated_stays_silent(room: Room) -> None:
    talker = room.join(1)
    member = Member(2)
    ssrcs = (0, *member.media.slot_ssrcs[1:])
    media = {name: getattr(member.media, name) for name in member.media.__slots__}
    listener = room.rig.plane.add(type(member.media)(**{**media, "slot_ssrcs": ssrcs}))
    room.rig.plane.set_path(listener, 0, member.address)
    room.route(listener, talker)
    assert room.say(talker, 1, 0) == {}


def test_reports_can_be_written_from_the_statistics(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    for seq in (65_535, 0, 3, 2):
        room.clock.advance(0.02)
        heard = room.say(talker, seq, ((seq + 1) & 0xFFFF) * 960)[listener]
    mics, slots = room.rig.plane.mics, room.rig.plane.slots
    assert mics.received[talker] == 4
    assert mics.base_seq[talker] == 65_535
    assert mics.highest_seq[talker] == 65_536 + 3
    assert mics.jitter_q4[talker] >> 4 > 0
    assert slots.packets[listener, 0] == 4
    assert slots.octets[listener, 0] == 4 * len(SPEECH)
    assert slots.last_ts[listener, 0] == heard[0].ts + 960  # of the newest, which came third
    assert slots.talker[listener, 0] == talker
