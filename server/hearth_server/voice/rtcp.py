"""Reports about voice: what to tell talkers and listeners, and what listeners tell us.

RFC 3550 section 6. Talkers get receiver reports, for a browser spends nothing on error correction
before somebody reports loss; the loss reported is the worse of the talker's own way up and of the
way down to any listener. Listeners get sender reports for each slot. Owns no keys and no clock.
"""

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from aiortc.rtp import (
    RtcpPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
)

from hearth_server.voice.plane import RTP_RATE_HZ, VOICE_SLOTS, MicStats, SlotStats

RECEIVER_REPORT_S: Final = 2.0
SENDER_REPORT_S: Final = 5.0
FIRST_SENDER_REPORT_S: Final = 0.2
QUALITY_S: Final = 1.0
#: One listener must not be able to talk everybody else into poor quality.
MAX_DOWNLINK_LOSS: Final = 51  # of 256
#: What a listener said so long ago says nothing about now.
STALE_S: Final = 10.0

_NTP_EPOCH_S: Final = 2_208_988_800
_CNAME: Final = (1, b"hearth")


@dataclass(slots=True)
class _Reported:
    """What was reported of and by one peer."""

    mic_ssrc: int
    slot_ssrcs: tuple[int, ...]
    # of the microphone, at the last report
    expected: int = 0
    lost: int = 0
    # the newest sender report of the microphone: middle 32 bits of its NTP time, and when it came
    their_ntp: int = 0
    their_ntp_s: float = 0.0
    # what the peer said of its slots
    slot_loss: list[int] = field(default_factory=lambda: [0] * VOICE_SLOTS)
    slot_jitter: list[int] = field(default_factory=lambda: [0] * VOICE_SLOTS)
    slot_said_s: list[float] = field(default_factory=lambda: [0.0] * VOICE_SLOTS)
    quality: tuple[float, float] | None = None
    quality_due_s: float = 0.0
    fresh: bool = False


class RtcpDesk:
    """Reads and writes the reports of all peers of a plane, by plane index.

    Args:
        mics: the plane's reception statistics.
        slots: the plane's sending statistics.
        rng: spreads reports in time.
    """

    def __init__(self, mics: MicStats, slots: SlotStats, rng: random.Random) -> None:
        self._mics = mics
        self._slots = slots
        self._rng = rng
        self._peers: dict[int, _Reported] = {}
        # Of each microphone: when a report is due, and packets received until the last one.
        self._rr_due_s = np.zeros(mics.received.shape)
        self._rr_received = np.zeros_like(mics.received)
        self._sr_packets = np.zeros_like(slots.packets)
        self._sr_due_s = np.zeros(slots.packets.shape)
        self._worst: dict[int, int] = {}
        self._worst_s = -1.0

    def open(self, index: int, mic_ssrc: int, slot_ssrcs: tuple[int, ...], now_s: float) -> None:
        """Begin reports for a peer that the plane has taken in."""
        self._peers[index] = _Reported(mic_ssrc, slot_ssrcs)
        self._rr_due_s[index] = now_s + self._rng.uniform(0.5, 1.0) * RECEIVER_REPORT_S
        self._rr_received[index] = 0
        self._sr_packets[index] = 0
        self._sr_due_s[index] = now_s + FIRST_SENDER_REPORT_S

    def close(self, index: int) -> None:
        """End reports for a peer."""
        self._peers.pop(index, None)

    def receive(self, index: int, compound: bytes, now_s: float) -> bool:
        """Take an authentic compound packet of a peer; False if it is malformed."""
        peer = self._peers.get(index)
        if peer is None:
            return True
        try:
            packets = RtcpPacket.parse(compound)
        except (ValueError, IndexError, struct.error):
            return False
        for packet in packets:
            if isinstance(packet, RtcpSrPacket) and packet.ssrc == peer.mic_ssrc:
                peer.their_ntp = packet.sender_info.ntp_timestamp >> 16 & 0xFFFFFFFF
                peer.their_ntp_s = now_s
            if isinstance(packet, RtcpSrPacket | RtcpRrPacket):
                for report in packet.reports:
                    _note(peer, report, now_s)
        return True

    def due(self, now_s: float, wall_s: float) -> Iterator[tuple[int, bytes]]:
        """Yield the compound packets to send now, in clear, by plane index.

        Call about every 100 ms.

        Args:
            now_s: monotonic time, of the clock that the plane's statistics use.
            wall_s: seconds since the Unix epoch, for NTP times.
        """
        due = (self._rr_due_s <= now_s) & (self._mics.received != self._rr_received)
        for index in np.flatnonzero(due).tolist():
            peer = self._peers.get(index)
            if peer is None:
                continue
            self._rr_due_s[index] = now_s + self._rng.uniform(0.75, 1.25) * RECEIVER_REPORT_S
            report = self._about_mic(index, peer, now_s)
            ours = _own_ssrc(peer)
            yield index, bytes(RtcpRrPacket(ours, [report])) + _description(ours)
        yield from self._sender_reports(now_s, wall_s)

    def quality(self, now_s: float) -> Iterator[tuple[int, float, float]]:
        """Yield (index, loss in %, jitter in ms) of peers whose reception changed."""
        for index, peer in self._peers.items():
            if not peer.fresh or now_s < peer.quality_due_s:
                continue
            peer.fresh = False
            recent = [
                slot for slot in range(VOICE_SLOTS) if now_s - peer.slot_said_s[slot] < STALE_S
            ]
            loss = max((peer.slot_loss[slot] for slot in recent), default=0) * 100 / 256
            jitter = max((peer.slot_jitter[slot] for slot in recent), default=0)
            found = (round(loss, 1), round(jitter * 1000 / RTP_RATE_HZ, 1))
            if found != peer.quality:
                peer.quality = found
                peer.quality_due_s = now_s + QUALITY_S
                yield index, *found

    def _about_mic(self, index: int, peer: _Reported, now_s: float) -> RtcpReceiverInfo:
        """Return the report block for a microphone of which something came since the last.

        The cumulative number follows the fractions reported, not what really got lost on the way
        up: browsers derive loss from either, and both must say the same.
        """
        mics = self._mics
        received = int(mics.received[index])
        highest = int(mics.highest_seq[index])
        expected = highest - int(mics.base_seq[index]) + 1
        expected_now = expected - peer.expected
        lost_now = expected_now - (received - int(self._rr_received[index]))
        peer.expected, self._rr_received[index] = expected, received
        own = min(255, max(0, (lost_now << 8) // expected_now)) if expected_now > 0 else 0
        downlink = self._downlink_loss(now_s).get(index, 0)
        fraction = max(own, min(downlink, MAX_DOWNLINK_LOSS))
        peer.lost = min(0x7FFFFF, peer.lost + (max(0, expected_now) * fraction + 128 >> 8))
        delay = int((now_s - peer.their_ntp_s) * 65536) if peer.their_ntp else 0
        return RtcpReceiverInfo(
            ssrc=peer.mic_ssrc,
            fraction_lost=fraction,
            packets_lost=peer.lost,
            highest_sequence=highest & 0xFFFFFFFF,
            jitter=min(int(mics.jitter_q4[index]) >> 4, 0xFFFFFFFF),
            lsr=peer.their_ntp,
            dlsr=min(delay, 0xFFFFFFFF),
        )

    def _downlink_loss(self, now_s: float) -> dict[int, int]:
        """Return the worst recent loss (of 256) of any slot that carries a talker, by talker.

        Looks at everybody, so at most once a second.
        """
        if now_s - self._worst_s < 1.0:
            return self._worst
        worst: dict[int, int] = {}
        for index, peer in self._peers.items():
            for slot, loss in enumerate(peer.slot_loss):
                if loss and now_s - peer.slot_said_s[slot] < STALE_S:
                    talker = int(self._slots.talker[index, slot])
                    worst[talker] = max(worst.get(talker, 0), loss)
        self._worst, self._worst_s = worst, now_s
        return worst

    def _sender_reports(self, now_s: float, wall_s: float) -> Iterator[tuple[int, bytes]]:
        slots = self._slots
        wanted = (slots.packets > self._sr_packets) & (self._sr_due_s <= now_s)
        ntp = int((wall_s + _NTP_EPOCH_S) * 2**32) & 0xFFFFFFFFFFFFFFFF
        for index in np.flatnonzero(wanted.any(axis=1)).tolist():
            peer = self._peers.get(index)
            if peer is None:
                continue
            compound = b""
            for slot in np.flatnonzero(wanted[index]).tolist():
                packets = int(slots.packets[index, slot])
                self._sr_packets[index, slot] = packets
                spread = self._rng.uniform(0.75, 1.25)
                self._sr_due_s[index, slot] = now_s + spread * SENDER_REPORT_S
                since_ns = int(now_s * 1e9) - int(slots.last_ns[index, slot])
                stamp = int(slots.last_ts[index, slot]) + since_ns * 48 // 10**6
                info = RtcpSenderInfo(
                    ntp_timestamp=ntp,
                    rtp_timestamp=stamp & 0xFFFFFFFF,
                    packet_count=packets & 0xFFFFFFFF,
                    octet_count=int(slots.octets[index, slot]) & 0xFFFFFFFF,
                )
                compound += bytes(RtcpSrPacket(peer.slot_ssrcs[slot], info))
            yield index, compound + _description(_own_ssrc(peer))


def _note(peer: _Reported, report: RtcpReceiverInfo, now_s: float) -> None:
    """Keep what a peer says of one of its slots."""
    if report.ssrc in peer.slot_ssrcs and report.ssrc:
        slot = peer.slot_ssrcs.index(report.ssrc)
        peer.slot_loss[slot] = report.fraction_lost
        peer.slot_jitter[slot] = min(report.jitter, RTP_RATE_HZ)
        peer.slot_said_s[slot] = now_s
        peer.fresh = True


def _own_ssrc(peer: _Reported) -> int:
    """Return the SSRC that reports come from: a slot's, or 1 as browsers do without a stream."""
    return next((ssrc for ssrc in peer.slot_ssrcs if ssrc), 1)


def _description(ssrc: int) -> bytes:
    """Return the SDES that every compound packet ends with (RFC 3550 section 6.1)."""
    return bytes(RtcpSdesPacket([RtcpSourceInfo(ssrc, [_CNAME])]))
