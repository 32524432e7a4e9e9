"""What both planes promise of a voice on its way, packet by packet."""

import itertools

import pytest

from tests.server.voice.plane_rig import (
    CM,
    GCM,
    LISTEN_PT,
    Heard,
)
from tests.server.voice.plane_room import DTX, SPEECH, Room, room

__all__ = ["room"]


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
