"""Plane, watch and judge over real sockets, with an honest server played by the test."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from hearth_loadtest import clock
from hearth_loadtest.casting import Company, Pulse, Stage, build_crowd
from hearth_loadtest.clock import ServerClock
from hearth_loadtest.expectation import Rates
from hearth_loadtest.judge import Judge, Roster
from hearth_loadtest.kernels.turns import READ_BYTES
from hearth_loadtest.plane import BotPlane, Message
from hearth_loadtest.scenario import load_scenario
from hearth_loadtest.watch import SO_TIMESTAMPNS, SOL_SOCKET, Watch
from hearth_protocol import codec, control
from hearth_protocol.kernels.bots import SNAPSHOTS, STATE_COLUMNS
from hearth_protocol.pieces import HeadFull
from hearth_protocol.pose import Pose, decode_pose
from hearth_protocol.quantize import Part, quantize_position, quantize_rotation
from hearth_protocol.snapshot import Snapshot, encode_snapshot, lane_record
from tests.loadtest.crowds import GROUND, OFFSET_MS, START_S
from tests.loadtest.test_stream import frame

BOTS = 6
OBSERVER = 2
PERIOD_S = 0.05
HEAD = Part(quantize_position(1.0, 1.6, 2.0), quantize_rotation((0.0, 0.0, 0.0, 1.0)))


def unmask(data: bytes) -> bytes:
    mask, payload = data[2:6], data[6:]
    return bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


@dataclass
class Floor:
    """Six bots, one of them sampled, each with the server's end of its socket."""

    plane: BotPlane
    watch: Watch
    ends: list[socket.socket]
    judge: Judge
    now_s: float = START_S

    def turns(self) -> list[Message]:
        """Every turn that is due by now."""
        messages: list[Message] = []
        while self.plane.next_due_s <= self.now_s:
            messages += self.plane.take_turn(self.now_s)
        return messages

    def poses(self) -> dict[int, list[Pose]]:
        """What arrived at the server, by bot."""
        out: dict[int, list[Pose]] = {}
        for bot, end in enumerate(self.ends):
            data = b""
            try:
                data = end.recv(1 << 16)
            except BlockingIOError:
                continue
            assert len(data) % 110 == 0
            out[bot] = [decode_pose(unmask(data[i : i + 110])) for i in range(0, len(data), 110)]
        return out


@pytest.fixture
def floor() -> Iterator[Floor]:
    company, pulse = Company(BOTS, 1, 1, 3), Pulse(1 / PERIOD_S)
    crowd = build_crowd(company, Stage(load_scenario("plaza"), GROUND), pulse)
    plane = BotPlane(crowd, np.arange(BOTS), pulse, ServerClock(OFFSET_MS))
    watch = Watch([OBSERVER], 4096, plane.streams)
    plane.begin(START_S, START_S)
    ends, mine = [], []
    for bot in range(BOTS):
        here, there = socket.socketpair()
        here.setblocking(False)
        there.setblocking(False)
        mine.append(here)
        ends.append(there)
        plane.add(bot, 101 + bot, here.fileno())
        if bot == OBSERVER:
            watch.add(0, bot, here.fileno(), b"", START_S)
        else:
            plane.follow(bot, b"")
    roster = Roster(np.arange(BOTS) + 101, np.zeros(BOTS, dtype=np.int64))
    judge = Judge(crowd, roster, Rates(32, GROUND.radius_m), START_S)
    yield Floor(plane, watch, ends, judge)
    for sock in (*mine, *ends):
        sock.close()


def test_poses_are_stamped_with_their_planned_time_even_when_sent_late(floor: Floor) -> None:
    floor.now_s = START_S + 0.049
    floor.turns()
    poses = floor.poses()
    assert sorted(poses) == list(range(BOTS))
    for bot, (pose,) in poses.items():
        planned_ms = round(START_S * 1000 + OFFSET_MS + bot * 50 // BOTS)
        assert abs(pose.captured_ms - planned_ms) <= 1
        assert (pose.participant, pose.seq, pose.ack_tick) == (101 + bot, 1, 0)


def test_lag_is_what_the_clock_says_when_poses_have_gone(floor: Floor) -> None:
    before_s = clock.monotonic_s()
    floor.plane.begin(before_s - 0.03, before_s - 0.03)
    floor.now_s = before_s
    floor.turns()
    within_s = clock.monotonic_s() - before_s
    lag_s, poses = floor.plane.take_lag()
    assert poses.tolist() == [1, 1, 1, 1]  # those of 0, 8, 16 and 25 ms
    assert np.all(lag_s >= 0.03 - np.array([0.0, 0.008, 0.016, 0.025]))
    assert np.all(lag_s <= 0.03 - np.array([0.0, 0.008, 0.016, 0.025]) + within_s)
    assert len(floor.plane.take_lag()[0]) == 0


def test_what_is_a_period_late_is_missed_not_sent(floor: Floor) -> None:
    floor.now_s = START_S + 0.2499
    floor.turns()
    sent = floor.plane.sent
    assert sent + floor.plane.missed == 5 * BOTS
    assert sent == BOTS
    assert sum(len(poses) for poses in floor.poses().values()) == sent


def test_a_blocked_socket_costs_only_itself(floor: Floor) -> None:
    for step in range(12_000):
        floor.now_s = START_S + step * PERIOD_S + 0.0499
        floor.turns()
        for bot, end in enumerate(floor.ends):
            if bot != 3:
                while end.recv(1 << 20, socket.MSG_DONTWAIT) == b"":
                    pass
        if floor.plane.missed > 20:
            break
    assert floor.plane.missed > 20
    assert floor.plane.ended == []
    # the bytes that did arrive are whole frames with rising numbers
    data = bytearray()
    while True:
        try:
            data += floor.ends[3].recv(1 << 20)
        except BlockingIOError:
            break
    rest = len(data) % 110
    if rest:
        floor.now_s += PERIOD_S
        floor.turns()
        data += floor.ends[3].recv(1 << 20)
    assert len(data) % 110 == 0
    numbers = [decode_pose(unmask(bytes(data[i : i + 110]))).seq for i in range(0, len(data), 110)]
    assert all(0 < (b - a) % 65536 < 32768 for a, b in pairwise(numbers))


def snapshot_of(poses: dict[int, list[Pose]], tick: int, server_ms: int) -> bytes:
    records = []
    for bot, sent in sorted(poses.items()):
        if bot == OBSERVER:
            continue
        pose = sent[-1]
        head = Part(quantize_position(*pose.numbers[0:3]), quantize_rotation(pose.numbers[3:7]))
        age = (server_ms - pose.captured_ms) // 2
        records.append(lane_record(HeadFull(pose.participant, age, pose.state.pack(), head)))
    return encode_snapshot(Snapshot(tick=tick, server_ms=server_ms, lanes=tuple(records)))


def test_an_honest_server_is_found_honest_from_end_to_end(floor: Floor) -> None:
    for tick in range(1, 41):
        floor.now_s = START_S + tick * PERIOD_S - 0.0002
        floor.turns()
        poses = floor.poses()
        if tick > 1:
            assert {p.ack_tick for sent in poses.values() for p in sent} == {tick - 1}
        floor.now_s += 0.004
        server_ms = round(floor.now_s * 1000 + OFFSET_MS)
        payload = snapshot_of(poses, tick, server_ms)
        data = frame(2, payload)
        for end in floor.ends:
            end.send(data[:9])
        assert floor.watch.read(floor.now_s, 0.0) == []
        floor.now_s += 0.001
        for end in floor.ends:
            end.send(data[9:])
        assert floor.watch.read(floor.now_s, 0.0) == []
    (observer,) = floor.watch.observers
    assert observer.snapshots == 40
    found = floor.judge.window(OBSERVER, (10, 30), observer.records(), OFFSET_MS)
    assert found.delivered == found.expected == 20 * (BOTS - 1)
    assert found.verified == found.updates
    assert found.worst_position_mm < 0.9
    latency_ms = np.concatenate(found.latency_s) * 1000
    assert latency_ms.min() > 4
    assert latency_ms.max() < 55


def test_other_messages_reach_the_one_who_looks_after_them(floor: Floor) -> None:
    floor.ends[0].send(frame(9, b"are you there"))
    floor.ends[OBSERVER].send(frame(8, (4409).to_bytes(2, "big")))
    floor.now_s += PERIOD_S - 0.001
    assert floor.turns() == [(0, 9, b"are you there")]
    assert floor.watch.read(floor.now_s, 0.0) == [(OBSERVER, 8, (4409).to_bytes(2, "big"))]
    assert floor.plane.interject(0, b"x" * 131)
    assert floor.ends[0].recv(1000)[110:] == b"x" * 131
    floor.ends[1].close()
    floor.ends[OBSERVER].close()
    floor.now_s += PERIOD_S
    floor.turns()
    floor.watch.read(floor.now_s, 0.0)
    assert floor.plane.ended == [1, OBSERVER]
    assert floor.watch.ended == [OBSERVER]
    sent = floor.plane.sent
    floor.plane.remove(1)
    floor.now_s += PERIOD_S
    floor.turns()
    assert floor.plane.sent == sent + BOTS - 2


def test_other_peoples_talk_does_not_reach_python(floor: Floor) -> None:
    page = [control.PersonGone(id=70_000 + n) for n in range(256)]
    talk = codec.encode(control.Roster(left=page))
    news = codec.encode(control.ErrorMessage(code="flood", text="Slow down."))
    data = 40 * frame(2, talk) + frame(2, news)
    assert len(data) > 2 * READ_BYTES
    for bot in (0, OBSERVER):
        floor.ends[bot].setblocking(True)
        floor.ends[bot].sendall(data)
    assert floor.turns() == [(0, 0, news)]
    assert floor.watch.read(floor.now_s, 0.0) == [(OBSERVER, 0, news)]


def test_poses_that_are_left_out_do_not_stop_the_reading(floor: Floor) -> None:
    floor.now_s = START_S + 0.0499
    floor.turns()
    for end in floor.ends:
        end.send(frame(2, snapshot_of({}, 7, 0)))
    floor.now_s += 3 * PERIOD_S
    floor.plane.take_turn(floor.now_s)
    assert floor.plane.missed == 1
    assert floor.plane.streams[0, SNAPSHOTS] == 1
    assert floor.plane.streams[1, SNAPSHOTS] == 0


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A TCP connection; the first end stamps what arrives."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        mine = socket.create_connection(door.getsockname())
        there, _ = door.accept()
    with mine, there:
        mine.setblocking(False)
        mine.setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, 1)
        yield mine, there


def test_bytes_count_from_when_they_arrived_not_from_when_they_were_read(
    line: tuple[socket.socket, socket.socket],
) -> None:
    mine, there = line
    watch = Watch([4], 4096, np.zeros((1, STATE_COLUMNS), dtype=np.int64))
    watch.add(0, 0, mine.fileno(), b"", clock.monotonic_s())
    payload = encode_snapshot(
        Snapshot(tick=1, server_ms=50, lanes=(lane_record(HeadFull(9, 1, 0, HEAD)),))
    )
    # the system begins to stamp a moment after it was asked to
    for _ in range(50):
        before_s = clock.monotonic_s()
        there.sendall(frame(2, payload))
        after_s = clock.monotonic_s()
        clock.sleep_s(0.02)
        watch.read(*clock.now_and_wall_s())
        (delay_s,) = watch.take_delay()
        if delay_s > 0:
            break
    assert delay_s >= 0.0199
    arrived_s = watch.observers[0].records().received_s[-1]
    assert before_s - 0.001 <= arrived_s <= after_s + 0.001


def test_a_wall_clock_that_was_set_makes_nothing_arrive_before_the_last_look(
    line: tuple[socket.socket, socket.socket],
) -> None:
    mine, there = line
    watch = Watch([4], 4096, np.zeros((1, STATE_COLUMNS), dtype=np.int64))
    watch.add(0, 0, mine.fileno(), b"", 100.0)
    payload = encode_snapshot(
        Snapshot(tick=1, server_ms=50, lanes=(lane_record(HeadFull(9, 1, 0, HEAD)),))
    )
    there.sendall(frame(2, payload))
    watch.read(100.25, clock.wall_s() + 3600.0)
    assert 100.0 <= watch.observers[0].records().received_s[-1] <= 100.25


def test_a_log_that_is_full_loses_the_oldest_half_and_says_so(floor: Floor) -> None:
    watch = Watch([0], 8, np.zeros((1, STATE_COLUMNS), dtype=np.int64))
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        watch.add(0, 0, here.fileno(), b"", 0.0)
        for tick in range(1, 12):
            record = lane_record(HeadFull(9, 1, 0, HEAD))
            there.send(frame(2, encode_snapshot(Snapshot(tick, 50 * tick, lanes=(record,)))))
            watch.read(float(tick), 0.0)
    (observer,) = watch.observers
    assert observer.updates == 11
    assert observer.lost == 4
    assert observer.records().received_s.tolist() == [5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0]
    observer.forget_before(9.5)
    assert observer.records().received_s.tolist() == [10.0, 11.0]
    assert observer.fullness == 0.25
