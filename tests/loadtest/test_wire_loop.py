"""Sender, readers and judge over real sockets, with an honest server played by the test."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from hearth_loadtest.casting import Company, Pulse, Stage, build_crowd
from hearth_loadtest.clock import ServerClock
from hearth_loadtest.expectation import Rates
from hearth_loadtest.judge import Judge, Roster
from hearth_loadtest.observer import Observer
from hearth_loadtest.reader import BulkReader
from hearth_loadtest.scenario import load_scenario
from hearth_loadtest.sender import Sender
from hearth_loadtest.watch import Watch
from hearth_protocol.pieces import HeadFull
from hearth_protocol.pose import Pose, decode_pose
from hearth_protocol.quantize import Part, quantize_position, quantize_rotation
from hearth_protocol.snapshot import Snapshot, encode_snapshot, lane_record
from tests.loadtest.crowds import GROUND, OFFSET_MS, START_S
from tests.loadtest.test_stream import frame

BOTS = 6
OBSERVER = 2
PERIOD_S = 0.05


def unmask(data: bytes) -> bytes:
    mask, payload = data[2:6], data[6:]
    return bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


@dataclass
class Floor:
    """Six bots, one of them sampled, each with the server's end of its socket."""

    sender: Sender
    reader: BulkReader
    watch: Watch
    observer: Observer
    ends: list[socket.socket]
    judge: Judge
    now_s: float = START_S

    def clock(self) -> float:
        return self.now_s

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
    server = ServerClock(OFFSET_MS)
    reader, watch = BulkReader(BOTS), Watch()
    sender = Sender(crowd, np.arange(BOTS), pulse, reader.streams, server)
    sender.begin(START_S, START_S)
    observer = Observer(OBSERVER, 4096)
    ends, mine = [], []
    for bot in range(BOTS):
        here, there = socket.socketpair()
        here.setblocking(False)
        there.setblocking(False)
        mine.append(here)
        ends.append(there)
        sender.add(bot, 101 + bot, here.send)
        if bot == OBSERVER:
            watch.add(bot, here, (observer, reader.streams[bot]), b"", START_S)
        else:
            reader.add(bot, here.fileno(), here.recv_into, b"")
    roster = Roster(np.arange(BOTS) + 101, np.zeros(BOTS, dtype=np.int64))
    judge = Judge(crowd, roster, Rates(32, GROUND.radius_m), START_S)
    yield Floor(sender, reader, watch, observer, ends, judge)
    reader.close()
    watch.close()
    for sock in (*mine, *ends):
        sock.close()


def test_poses_are_stamped_with_their_planned_time_even_when_sent_late(floor: Floor) -> None:
    floor.now_s = START_S + 0.049
    floor.sender.send_due(floor.clock, floor.now_s)
    poses = floor.poses()
    assert sorted(poses) == list(range(BOTS))
    for bot, (pose,) in poses.items():
        planned_ms = round(START_S * 1000 + OFFSET_MS + bot * 50 // BOTS)
        assert abs(pose.captured_ms - planned_ms) <= 1
        assert (pose.participant, pose.seq, pose.ack_tick) == (101 + bot, 1, 0)
    lags = floor.sender.take_lag()
    assert sum(count for _, count in lags) == BOTS
    assert max(lag for lag, _ in lags) == pytest.approx(0.049)


def test_what_is_a_period_late_is_missed_not_sent(floor: Floor) -> None:
    floor.now_s = START_S + 0.2499
    floor.sender.send_due(floor.clock, floor.now_s)
    sent = floor.sender.sent
    assert sent + floor.sender.missed == 5 * BOTS
    assert sent == BOTS
    assert sum(len(poses) for poses in floor.poses().values()) == sent


def test_a_blocked_socket_costs_only_itself(floor: Floor) -> None:
    for step in range(12_000):
        floor.now_s = START_S + step * PERIOD_S + 0.0499
        floor.sender.send_due(floor.clock, floor.now_s)
        for bot, end in enumerate(floor.ends):
            if bot != 3:
                while end.recv(1 << 20, socket.MSG_DONTWAIT) == b"":
                    pass
        if floor.sender.missed > 20:
            break
    assert floor.sender.missed > 20
    assert floor.sender.broken == []
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
        floor.sender.send_due(floor.clock, floor.now_s)
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
        floor.sender.send_due(floor.clock, floor.now_s)
        poses = floor.poses()
        if tick > 1:
            assert {p.ack_tick for sent in poses.values() for p in sent} == {tick - 1}
        floor.now_s += 0.004
        server_ms = round(floor.now_s * 1000 + OFFSET_MS)
        payload = snapshot_of(poses, tick, server_ms)
        data = frame(2, payload)
        for end in floor.ends:
            end.send(data[:9])
        floor.reader.read(0)
        floor.watch.read(floor.clock)
        for end in floor.ends:
            end.send(data[9:])
        assert floor.reader.read(0) == (BOTS - 1, [])
        assert floor.watch.read(floor.clock) == []
    assert floor.observer.snapshots == 40
    found = floor.judge.window(OBSERVER, (10, 30), floor.observer.log.rows(), OFFSET_MS)
    assert found.delivered == found.expected == 20 * (BOTS - 1)
    assert found.verified == found.updates
    assert found.worst_position_mm < 0.9
    latency_ms = np.concatenate(found.latency_s) * 1000
    assert latency_ms.min() > 4
    assert latency_ms.max() < 55


def test_other_messages_reach_the_one_who_looks_after_them(floor: Floor) -> None:
    floor.ends[0].send(frame(9, b"are you there"))
    floor.ends[OBSERVER].send(frame(8, (4409).to_bytes(2, "big")))
    _, messages = floor.reader.read(0)
    assert messages == [(0, 9, b"are you there")]
    assert floor.watch.read(floor.clock) == [(OBSERVER, 8, (4409).to_bytes(2, "big"))]
    floor.ends[1].close()
    floor.reader.read(0)
    assert floor.reader.ended == [1]
