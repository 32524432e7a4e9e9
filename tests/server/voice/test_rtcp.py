"""Reports: what talkers and listeners are told, and what is believed of theirs."""

import random
from dataclasses import dataclass, field

import numpy as np
from aiortc.rtp import (
    RtcpPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
)

from hearth_server.voice import rtcp
from hearth_server.voice.plane_state import mic_stats, slot_stats

SLOTS = tuple(range(500, 508))


@dataclass
class Desk:
    """A desk over statistics that the test writes as a plane would."""

    now_s: float = 100.0
    desk: rtcp.RtcpDesk = field(init=False)

    def __post_init__(self) -> None:
        self.mics, self.slots = mic_stats(4), slot_stats(4)
        self.desk = rtcp.RtcpDesk(self.mics, self.slots, random.Random(1))
        for index in range(3):
            self.desk.open(index, 100 + index, SLOTS, self.now_s)

    def receive(self, index: int, *, first: int, highest: int, received: int) -> None:
        self.mics.base_seq[index] = first
        self.mics.highest_seq[index] = highest
        self.mics.received[index] = received

    def after(self, seconds: float) -> dict[int, list[object]]:
        """Return the packets sent at that time by index."""
        self.now_s += seconds
        found: dict[int, list[object]] = {}
        for index, compound in self.desk.due(self.now_s, 1_800_000_000.5):
            assert len(compound) % 4 == 0
            packets = RtcpPacket.parse(compound)
            assert isinstance(packets[-1], RtcpSdesPacket)
            found.setdefault(index, []).extend(packets[:-1])
        return found

    def hears_badly(self, index: int, slot: int, fraction: int, jitter: int = 0) -> bool:
        report = RtcpReceiverInfo(SLOTS[slot], fraction, 0, 0, jitter, 0, 0)
        return self.desk.receive(index, bytes(RtcpRrPacket(1, [report])), self.now_s)


def block(packets: list[object]) -> RtcpReceiverInfo:
    (packet,) = packets
    assert isinstance(packet, RtcpRrPacket)
    (report,) = packet.reports
    return report


def test_a_talker_hears_of_its_own_loss() -> None:
    desk = Desk()
    desk.receive(0, first=65_000, highest=65_000 + 99, received=90)
    desk.mics.jitter_q4[0] = 33 << 4
    report = block(desk.after(2.1)[0])
    assert report.ssrc == 100
    assert report.highest_sequence == 65_099
    assert report.fraction_lost == 25  # 10 of 100, in 256ths
    assert report.packets_lost == 10
    assert report.jitter == 33
    assert (report.lsr, report.dlsr) == (0, 0)
    desk.receive(0, first=65_000, highest=65_000 + 199, received=190)
    again = block(desk.after(2.6)[0])
    assert (again.fraction_lost, again.packets_lost) == (0, 10)


def test_no_packets_no_report() -> None:
    desk = Desk()
    assert desk.after(3.0) == {}
    desk.receive(1, first=1, highest=50, received=50)
    assert set(desk.after(3.0)) == {1}
    assert desk.after(3.0) == {}


def test_duplicates_are_no_negative_loss() -> None:
    desk = Desk()
    desk.receive(0, first=1, highest=50, received=80)
    assert block(desk.after(3.0)[0]).fraction_lost == 0


def test_the_worst_way_down_counts_as_loss_up_to_a_bound() -> None:
    desk = Desk()
    desk.slots.talker[1, 3] = 0
    desk.receive(0, first=1, highest=100, received=100)
    assert desk.hears_badly(1, 3, 26)
    assert block(desk.after(2.1)[0]).fraction_lost == 26
    desk.receive(0, first=1, highest=200, received=200)
    assert desk.hears_badly(1, 3, 255)
    report = block(desk.after(2.6)[0])
    assert report.fraction_lost == rtcp.MAX_DOWNLINK_LOSS
    assert report.packets_lost == 10 + 20
    desk.receive(0, first=1, highest=300, received=300)
    desk.now_s += rtcp.STALE_S
    assert block(desk.after(0.1)[0]).fraction_lost == 0


def test_a_report_of_another_talkers_slot_changes_nothing() -> None:
    desk = Desk()
    desk.slots.talker[1, 3] = 2
    desk.receive(0, first=1, highest=100, received=100)
    desk.hears_badly(1, 3, 255)
    assert block(desk.after(2.1)[0]).fraction_lost == 0


def test_the_delay_since_a_talkers_report_is_told() -> None:
    desk = Desk()
    info = RtcpSenderInfo(0x1234_5678_9ABC_DEF0, 0, 0, 0)
    assert desk.desk.receive(0, bytes(RtcpSrPacket(100, info)), desk.now_s)
    desk.receive(0, first=1, highest=10, received=10)
    report = block(desk.after(2.5)[0])
    assert report.lsr == 0x5678_9ABC
    assert report.dlsr == int(2.5 * 65536)


def test_listeners_get_sender_reports_soon_and_then_seldom() -> None:
    desk = Desk()
    desk.slots.packets[2, [1, 4]] = 10
    desk.slots.octets[2, [1, 4]] = 800
    desk.slots.last_ts[2, [1, 4]] = 2**32 - 960
    desk.slots.last_ns[2, [1, 4]] = int((desk.now_s + 0.3 - 0.02) * 1e9)
    assert desk.after(0.1) == {}
    packets = desk.after(0.2)[2]
    assert [packet.ssrc for packet in packets] == [SLOTS[1], SLOTS[4]]  # type: ignore[attr-defined]
    info = packets[0].sender_info  # type: ignore[attr-defined]
    assert (info.packet_count, info.octet_count) == (10, 800)
    assert info.rtp_timestamp in (0, 2**32 - 1)  # 20 ms after the packet: around the wrap
    assert info.ntp_timestamp >> 32 == 1_800_000_000 + 2_208_988_800
    assert info.ntp_timestamp & 0xFFFFFFFF == 2**31
    desk.slots.packets[2, 1] += 1
    assert desk.after(3.0) == {}
    assert [packet.ssrc for packet in desk.after(4.0)[2]] == [SLOTS[1]]  # type: ignore[attr-defined]
    assert desk.after(10.0) == {}


def test_how_well_somebody_hears_is_told_on_change_and_once_a_second() -> None:
    desk = Desk()
    desk.hears_badly(1, 0, 64, jitter=480)
    desk.hears_badly(1, 5, 32, jitter=960)
    assert list(desk.desk.quality(desk.now_s)) == [(1, 25.0, 20.0)]
    desk.hears_badly(1, 0, 64, jitter=480)
    assert list(desk.desk.quality(desk.now_s + 5)) == []
    desk.hears_badly(1, 0, 128, jitter=480)
    desk.now_s += 0.5
    assert list(desk.desk.quality(desk.now_s)) == []
    assert list(desk.desk.quality(desk.now_s + 0.6)) == [(1, 50.0, 20.0)]


def test_whoever_is_gone_gets_and_says_nothing() -> None:
    desk = Desk()
    desk.receive(0, first=1, highest=10, received=10)
    desk.slots.packets[0, 0] = 5
    desk.desk.close(0)
    assert desk.hears_badly(0, 0, 200)
    assert desk.after(5.0) == {}
    assert list(desk.desk.quality(desk.now_s)) == []


def test_no_bytes_break_the_reader() -> None:
    desk = Desk()
    rng = random.Random(3)
    good = bytes(RtcpRrPacket(1, [RtcpReceiverInfo(SLOTS[0], 9, 9, 9, 9, 9, 9)]))
    refused = 0
    for _ in range(20_000):
        data = bytearray(good * rng.randint(1, 3))
        for _ in range(rng.randint(0, 6)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        del data[rng.randint(0, len(data)) :]
        refused += not desk.desk.receive(0, bytes(data), desk.now_s)
    assert refused > 1_000
    assert not desk.desk.receive(0, b"\x81\xc9\x00", desk.now_s)
    assert np.isfinite(desk.slots.packets).all()
