"""What both planes promise, packet by packet, with the clock in the test's hand."""

import itertools
import socket
from collections.abc import Iterator

import pytest

from hearth_server.voice.addresses import pack_address
from hearth_server.voice.plane import PlaneFullError
from tests.server.voice.plane_rig import (
    CM,
    GCM,
    LISTEN_PT,
    RIGS,
    Heard,
    Member,
    NanoClock,
    Rig,
    row_of,
    rtp,
)

SPEECH = bytes(range(80))
DTX = b"\xd8\xff\xfe"


class Room:
    """A plane with members in it."""

    def __init__(self, rig: Rig, clock: NanoClock) -> None:
        self.rig, self.clock = rig, clock
        self.members: dict[int, Member] = {}
        self.epoch = 0

    def join(self, number: int, **options: int) -> int:
        member = Member(number, **options)
        index = self.rig.plane.add(member.media)
        self.rig.plane.set_path(index, 0, member.address)
        self.rig.settle()
        self.members[index] = member
        return index

    def route(self, listener: int, *talkers: int) -> None:
        self.epoch += 1
        self.rig.plane.set_routes(self.epoch, [(listener, row_of(*talkers))])
        self.rig.settle()
        assert self.rig.plane.acked_epoch() == self.epoch

    def leave(self, index: int) -> None:
        self.rig.plane.remove(index)
        for _ in range(4):
            self.rig.settle()

    def say(
        self, talker: int, seq: int, ts: int, payload: bytes = SPEECH, level: int | None = 30
    ) -> dict[int, list[Heard]]:
        member = self.members[talker]
        return self.give(member.speech(seq, ts, payload, level), member.address)

    def give(self, packet: bytes, address: bytes) -> dict[int, list[Heard]]:
        self.rig.take(packet, address)
        return self.heard()

    def heard(self) -> dict[int, list[Heard]]:
        """Return what each member heard, and fail if anybody else got anything."""
        found: dict[int, list[Heard]] = {}
        by_address = {member.address: index for index, member in self.members.items()}
        for sent in self.rig.sent():
            index = sent.to if isinstance(sent.to, int) else by_address[sent.to]
            found.setdefault(index, []).append(self.members[index].hears(sent.data))
        return found

    def count(self, name: str) -> int:
        return self.rig.plane.counters()[name]


@pytest.fixture(params=sorted(RIGS))
def room(request: pytest.FixtureRequest) -> Iterator[Room]:
    clock = NanoClock()
    rig = RIGS[request.param](clock, 6)
    yield Room(rig, clock)
    rig.close()


@pytest.mark.parametrize("profile", [GCM, CM])
def test_a_routed_listener_hears_the_words_in_its_own_slot(room: Room, profile: int) -> None:
    talker, listener = room.join(1, profile=profile), room.join(2, profile=profile)
    room.route(listener, -1, talker)
    media = room.members[listener].media
    heard = room.say(talker, 700, 5_000)
    assert list(heard) == [listener]
    [packet] = heard[listener]
    assert packet.payload == SPEECH
    assert packet.csrc == room.members[talker].participant
    assert packet.ssrc == media.slot_ssrcs[1]
    assert packet.seq == media.slot_seqs[1]
    assert packet.payload_type == LISTEN_PT
    assert packet.marker == 1
    clock = media.slot_clocks[1] + room.clock.now_ns * 48 // 10**6
    assert packet.ts == clock % 2**32
    [after] = room.say(talker, 701, 5_960)[listener]
    assert (after.seq, after.ts, after.marker) == (packet.seq + 1, packet.ts + 960, 0)


def test_nobody_hears_without_a_route(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    assert room.say(talker, 1, 0) == {}
    room.route(listener, talker)
    assert list(room.say(talker, 2, 960)) == [listener]
    room.route(listener)
    assert room.say(talker, 3, 1_920) == {}


def test_loss_and_reordering_reach_the_listener_as_they_are(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    first = room.say(talker, 65_534, 0)[listener][0]
    order = [65_535, 1, 0, 4]
    got = []
    for seq in order:
        ts = ((seq - 65_534) & 0xFFFF) * 960
        got += room.say(talker, seq, ts)[listener]
    steps = [(packet.seq - first.seq, packet.ts - first.ts) for packet in got]
    assert steps == [(1, 960), (3, 2_880), (2, 1_920), (6, 5_760)]


def test_a_duplicate_is_dropped_and_counted(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    member = room.members[talker]
    packet = member.speech(9, 0, SPEECH)
    assert room.give(packet, member.address)
    assert room.give(packet, member.address) == {}
    assert room.count("replayed") == 1


def test_another_talker_in_the_slot_goes_on_where_the_first_stopped(room: Room) -> None:
    one, two, listener = room.join(1), room.join(2), room.join(3)
    room.route(listener, one)
    last = room.say(one, 30_000, 10**9)[listener][0]
    room.clock.advance(0.5)
    room.route(listener, two)
    [first] = room.say(two, 7, 3)[listener]
    assert first.seq == last.seq + 1
    assert first.ts - last.ts == 24_000
    assert (first.marker, first.csrc) == (1, room.members[two].participant)
    # Older than the switch: it would come after, with an earlier time.
    assert room.say(two, 6, -957 & 0xFFFF_FFFF) == {}
    assert room.count("stale") == 1


def test_a_flapping_route_never_turns_time_back(room: Room) -> None:
    one, two, listener = room.join(1), room.join(2), room.join(3)
    heard: list[Heard] = []
    for step in range(12):
        room.route(listener, (one, two)[step % 2])
        room.clock.advance(0.005)
        heard += room.say((one, two)[step % 2], 100 + step, step * 960)[listener]
    for before, after in itertools.pairwise(heard):
        assert after.seq == before.seq + 1
        assert after.ts - before.ts >= 960


def test_the_gate_closes_after_the_hangover_and_leaves_no_hole(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    last = room.say(talker, 10, 0)[listener][0]
    seq, heard = 11, 0
    for _ in range(30):
        room.clock.advance(0.02)
        heard += len(room.say(talker, seq, (seq - 10) * 960, level=90).get(listener, []))
        seq += 1
    assert heard == 19  # 380 ms; at 400 ms the gate is closed
    assert room.count("gated") == 11
    room.clock.advance(0.02)
    [first] = room.say(talker, seq, (seq - 10) * 960, level=20)[listener]
    assert first.seq == last.seq + 19 + 1
    assert first.ts - last.ts == (seq - 10) * 960
    assert first.marker == 1


def test_silent_frames_pass_a_closed_gate(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    assert room.say(talker, 1, 0, level=127) == {}
    [packet] = room.say(talker, 2, 960, DTX, 127)[listener]
    assert packet.payload == DTX
    assert room.count("dtx") == 1


def test_what_comes_late_around_a_held_packet_uses_no_number_twice(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    numbers = [room.say(talker, 10, 0)[listener][0].seq]
    room.clock.advance(0.5)
    for seq, level in ((13, 90), (11, 90), (12, 20), (14, 20), (15, 20)):
        heard = room.say(talker, seq, 24_000 + seq * 960, level=level)
        numbers += [packet.seq for packet in heard.get(listener, [])]
    assert numbers == [numbers[0], numbers[0] + 3, numbers[0] + 4]
    assert room.count("protect_failed") == 0


def test_a_mic_without_levels_is_never_held_back(room: Room) -> None:
    talker, listener = room.join(1, level_ext=0), room.join(2)
    room.route(listener, talker)
    for seq in range(60):
        room.clock.advance(0.02)
        assert listener in room.say(talker, seq, seq * 960)
    assert room.rig.plane.edges() == [(talker, True)]


def test_what_comes_late_with_a_time_out_of_order_is_dropped(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    assert room.say(talker, 10, 96_000)
    assert room.say(talker, 14, 99_840)
    assert room.say(talker, 11, 99_841) == {}  # later than what comes after it
    assert room.say(talker, 12, 51_839) == {}  # more than a second old
    assert room.count("bad_timestamp") == 2
    assert list(room.say(talker, 13, 98_880)) == [listener]


def test_lateness_is_still_known_after_half_of_all_numbers(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    seq = 100
    for _ in range(24):
        [heard] = room.say(talker, seq, seq * 960)[listener]
        if seq > 100:
            [late] = room.say(talker, seq - 1, (seq - 1) * 960)[listener]
            assert heard.seq - late.seq == 1
        seq += 2_900
        room.clock.advance(2_900 * 0.02)
    assert room.count("stale") == 0
    assert room.count("switches") == 1


def test_late_packets_that_open_a_slot_do_not_turn_its_time_back(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    assert room.say(talker, 10, 0) == {}
    assert room.say(talker, 20, 9_600) == {}
    room.route(listener, talker)
    [first] = room.say(talker, 15, 4_800)[listener]
    assert room.say(talker, 16, 4_799) == {}
    assert room.count("bad_timestamp") == 1
    [last] = room.say(talker, 21, 10_560)[listener]
    assert (last.seq - first.seq, last.ts - first.ts) == (6, 5_760)


def test_a_muted_mic_says_nothing_and_its_return_is_a_new_run(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    last = room.say(talker, 10, 0)[listener][0]
    room.rig.plane.set_muted(talker, True)
    for step in range(1, 40):
        room.clock.advance(0.02)
        assert room.say(talker, 10 + step, step * 960) == {}
    assert room.count("muted") == 39
    assert room.rig.plane.levels()[talker] == 127
    room.rig.plane.set_muted(talker, False)
    room.clock.advance(0.02)
    [first] = room.say(talker, 50, 40 * 960)[listener]
    assert (first.seq, first.marker) == (last.seq + 1, 1)
    assert first.ts - last.ts == 40 * 960


def test_floods_are_cut_to_the_rate(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    heard = []
    for seq in range(200):
        heard += room.say(talker, seq, seq * 960).get(listener, [])
    assert len(heard) == 60
    assert room.count("flood_packets") == 140
    room.clock.advance(0.5)
    for seq in range(200, 300):
        heard += room.say(talker, seq, seq * 960).get(listener, [])
    assert len(heard) == 90
    assert [packet.seq for packet in heard] == list(range(heard[0].seq, heard[0].seq + 90))


def test_bytes_are_limited_too(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    heard = 0
    for seq in range(30):
        heard += len(room.say(talker, seq, seq * 960, bytes(1_200)).get(listener, []))
    assert heard == 16_000 // (1_200 + 12 + 8 + 16)
    assert room.count("flood_bytes") == 30 - heard


def test_a_leap_of_the_sequence_number_is_a_new_run(room: Room) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    last = room.say(talker, 10, 0)[listener][0]
    [first] = room.say(talker, 10 + 3_001, 960)[listener]
    assert (first.seq, first.marker) == (last.seq + 1, 1)


@pytest.mark.parametrize("leap", [-5_000, 2**31 - 1, 48_000 * 60])
def test_a_talkers_clock_that_jumps_does_not_move_the_slots(room: Room, leap: int) -> None:
    talker, listener = room.join(1), room.join(2)
    room.route(listener, talker)
    last = room.say(talker, 10, 10**6)[listener][0]
    room.clock.advance(0.02)
    [first] = room.say(talker, 11, 10**6 + leap)[listener]
    assert (first.seq, first.ts, first.marker) == (last.seq + 1, last.ts + 960, 1)


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
