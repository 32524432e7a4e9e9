"""Whole snapshots, server to client (section 4), readable and strict.

Two steps, so that each can be looked at: `decode_snapshot` turns bytes into records and knows no
history; `LaneTable.apply` adds the records to what the lanes held. `kernels.scan` does both at
once and has to agree.
"""

import math
import struct
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

from hearth_protocol import limits as L
from hearth_protocol.bitstream import BitReader, BitWriter
from hearth_protocol.errors import LocalFault, Malformed, MalformedFrame
from hearth_protocol.pieces import (
    HandsDelta,
    HandsFull,
    HeadDelta,
    HeadFull,
    apply_step,
    decode_hands_delta,
    decode_hands_full,
    decode_head_delta,
    decode_head_full,
    encode_piece,
)
from hearth_protocol.quantize import Part, dequantize_rotation

_HEADER: Final = struct.Struct("<BBBBIIHH")
_CORRECTION: Final = struct.Struct("<HBB3f")
_FLAG_CORRECTION: Final = 1
_FLAG_COARSE: Final = 2
_TURNS: Final = 64


class CorrectionReason(IntEnum):
    """Why the server put the receiver somewhere else."""

    SPEED = 1
    BOUNDS = 2
    REACH = 3
    TELEPORT = 4
    ZONE = 5
    BOUNDARY = 6


@dataclass(frozen=True, slots=True)
class Correction:
    """Where the server holds the receiver's head, metres, and the pose that was changed."""

    seq: int
    reason: CorrectionReason
    position: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Coarse:
    """Somebody far away: x, y, z in mm (multiples of 16, 64, 16), yaw in 1/64 turns."""

    id: int
    x: int
    y: int
    z: int
    yaw: int
    posture: int
    away: bool


@dataclass(frozen=True, slots=True)
class LaneRecord:
    """One lane of a snapshot: its code and the pieces the code announces."""

    code: int = 0
    head: HeadFull | HeadDelta | None = None
    hands: HandsFull | HandsDelta | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot as it travels. `coarse` is None when the section is absent."""

    tick: int
    server_ms: int
    last_seq: int = 0
    hold_ms: int = L.HOLD_NONE
    correction: Correction | None = None
    lanes: tuple[LaneRecord, ...] = ()
    coarse: tuple[Coarse, ...] | None = None


# --- encoding -------------------------------------------------------------------------------


def lane_record(
    head: HeadFull | HeadDelta | None,
    hands: HandsFull | HandsDelta | None = None,
    hands_unchanged: bool = False,
) -> LaneRecord:
    """Give the record with the code that fits its pieces; no head means unchanged."""
    if head is None:
        return LaneRecord(1)
    hands_code = 1 if hands_unchanged else 0
    if hands is not None:
        hands_code = 3 if isinstance(hands, HandsFull) else 2
    return LaneRecord((3 if isinstance(head, HeadFull) else 2) | hands_code << 2, head, hands)


def coarse_of(participant: int, head: Part, state: int) -> Coarse:
    """Give the coarse record of somebody; halves are rounded upwards."""
    x, y, z, w = dequantize_rotation(head.rotation)
    # f32, as the pose that decoders get: both sides have to round the same numbers
    x, y, z, w = struct.unpack("<4f", struct.pack("<4f", x, y, z, w))
    yaw = math.atan2(2.0 * (x * z + w * y), 1.0 - 2.0 * (x * x + y * y))
    return Coarse(
        id=participant,
        x=min((head.position.x + 8) // 16, 8191) * 16,
        y=min((head.position.y + 32) // 64, 255) * 64,
        z=min((head.position.z + 8) // 16, 8191) * 16,
        yaw=math.floor(yaw / (2.0 * math.pi) * _TURNS + 0.5) % _TURNS,
        posture=state & 3,
        away=bool(state >> 10 & 1),
    )


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """Give the payload (without WebSocket header).

    Raises:
        LocalFault: too many lanes or coarse records, or a value that does not fit.
    """
    coarse = snapshot.coarse
    if len(snapshot.lanes) > L.MAX_LANES or len(coarse or ()) > L.MAX_COARSE:
        raise LocalFault("too many lanes or coarse records")
    flags = 0 if snapshot.correction is None else _FLAG_CORRECTION
    flags |= 0 if coarse is None else _FLAG_COARSE
    out = bytearray(
        _HEADER.pack(
            L.HOT_MARK,
            L.KIND_SNAPSHOT,
            flags,
            len(snapshot.lanes),
            snapshot.tick,
            snapshot.server_ms,
            snapshot.last_seq,
            snapshot.hold_ms,
        )
    )
    if snapshot.correction is not None:
        correction = snapshot.correction
        out += _CORRECTION.pack(correction.seq, correction.reason, 0, *correction.position)
    codes = BitWriter()
    for record in snapshot.lanes:
        codes.put(record.code, 4)
    out += codes.to_bytes()
    for record in snapshot.lanes:
        for piece in (record.head, record.hands):
            out += b"" if piece is None else encode_piece(piece)
    if coarse is not None:
        out.append(len(coarse))
        for one in coarse:
            out += _encode_coarse(one)
    return bytes(out)


def _encode_coarse(one: Coarse) -> bytes:
    bits = BitWriter()
    bits.put(one.id, 32)
    bits.put_signed(one.x // 16, 14)
    bits.put_signed(one.z // 16, 14)
    bits.put_signed(one.y // 64, 9)
    bits.put(one.yaw, 6)
    bits.put(one.posture, 2)
    bits.put(one.away, 1)
    bits.put(0, 2)
    return bits.to_bytes()


# --- decoding -------------------------------------------------------------------------------


def decode_snapshot(data: bytes) -> Snapshot:
    """Read a payload into records.

    Raises:
        MalformedFrame: anything the format does not have; what only history can tell (an empty
            lane, a difference out of range) is found by `LaneTable.apply`.
    """
    if len(data) < _HEADER.size:
        raise MalformedFrame(Malformed.TOO_SHORT)
    mark, kind, flags, n_lanes, tick, now_ms, last_seq, hold_ms = _HEADER.unpack_from(data)
    if mark != L.HOT_MARK:
        raise MalformedFrame(Malformed.NOT_HOT)
    if kind != L.KIND_SNAPSHOT:
        raise MalformedFrame(Malformed.UNKNOWN_KIND)
    if n_lanes > L.MAX_LANES:
        raise MalformedFrame(Malformed.BAD_LANE_COUNT)
    at = _HEADER.size
    correction = None
    if flags & _FLAG_CORRECTION:
        correction = _decode_correction(data, at)
        at += _CORRECTION.size
    codes = BitReader(data[: at + (n_lanes + 1) // 2], at)
    nibbles = [codes.take(4) for _ in range(n_lanes)]
    at += (n_lanes + 1) // 2
    lanes = []
    for code in nibbles:
        record, used = _decode_lane(code, data, at)
        lanes.append(record)
        at += used
    coarse = None
    if flags & _FLAG_COARSE:
        coarse = _decode_coarse(data, at)
        at += 1 + L.COARSE_BYTES * len(coarse)
    if at != len(data):
        raise MalformedFrame(Malformed.TOO_LONG)
    return Snapshot(tick, now_ms, last_seq, hold_ms, correction, tuple(lanes), coarse)


def _decode_correction(data: bytes, at: int) -> Correction:
    if len(data) - at < _CORRECTION.size:
        raise MalformedFrame(Malformed.TOO_SHORT)
    seq, reason, _, x, y, z = _CORRECTION.unpack_from(data, at)
    known = reason in CorrectionReason.__members__.values()
    if not known or not all(math.isfinite(value) for value in (x, y, z)):
        raise MalformedFrame(Malformed.BAD_CORRECTION)
    return Correction(seq, CorrectionReason(reason), (x, y, z))


def _decode_lane(code: int, data: bytes, at: int) -> tuple[LaneRecord, int]:
    head_code, hands_code = code & 3, code >> 2
    if head_code < 2:
        if hands_code:
            raise MalformedFrame(Malformed.BAD_LANE_CODE)
        return LaneRecord(code), 0
    head: HeadFull | HeadDelta
    hands: HandsFull | HandsDelta | None = None
    head, used = decode_head_delta(data, at) if head_code == 2 else decode_head_full(data, at)
    more = 0
    if hands_code == 2:
        hands, more = decode_hands_delta(data, at + used)
    elif hands_code == 3:
        hands, more = decode_hands_full(data, at + used)
    return LaneRecord(code, head, hands), used + more


def _decode_coarse(data: bytes, at: int) -> tuple[Coarse, ...]:
    if len(data) <= at:
        raise MalformedFrame(Malformed.TOO_SHORT)
    count = data[at]
    if count > L.MAX_COARSE:
        raise MalformedFrame(Malformed.BAD_COARSE_COUNT)
    found = []
    for index in range(count):
        bits = BitReader(data, at + 1 + L.COARSE_BYTES * index)
        participant = bits.take(32)
        x, z, y = bits.take_signed(14), bits.take_signed(14), bits.take_signed(9)
        yaw, posture, away, _ = bits.take(6), bits.take(2), bool(bits.take(1)), bits.take(2)
        if participant == 0:
            raise MalformedFrame(Malformed.BAD_ID)
        found.append(Coarse(participant, x * 16, y * 64, z * 16, yaw, posture, away))
    return tuple(found)


# --- lanes ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lane:
    """What one connection was last told in one lane; `hands` None: never told."""

    id: int
    age: int
    state: int
    head: Part
    hands: tuple[Part, Part] | None
    tick: int


@dataclass(frozen=True, slots=True)
class Update:
    """A newer sample of the lane's subject: captured when, by which code."""

    lane: int
    id: int
    captured_ms: int
    code: int


@dataclass(slots=True)
class LaneTable:
    """The lanes of one connection, empty at first."""

    lanes: list[Lane | None] = field(default_factory=lambda: [None] * L.MAX_LANES)

    def apply(self, snapshot: Snapshot) -> list[Update]:
        """Take a snapshot in; give what is new.

        Raises:
            MalformedFrame: EMPTY_LANE, BAD_LANE_CODE or OUT_OF_RANGE; the lanes are spoilt.
        """
        updates = []
        for index, record in enumerate(snapshot.lanes):
            if record.code == 0:
                continue
            lane = self._told(index, record, snapshot.tick)
            self.lanes[index] = lane
            captured_ms = (snapshot.server_ms - L.AGE_UNIT_MS * lane.age) & L.U32_MAX
            updates.append(Update(index, lane.id, captured_ms, record.code))
        for one in snapshot.coarse or ():
            self._empty(one.id)  # far away now
        return updates

    def _told(self, index: int, record: LaneRecord, tick: int) -> Lane:
        was = self.lanes[index]
        if isinstance(record.head, HeadFull):
            head = record.head
            if was is None or was.id != head.id:
                if record.code >> 2 in (1, 2):
                    raise MalformedFrame(Malformed.BAD_LANE_CODE)
                self._empty(head.id)  # a subject is in one lane
                was = None
            hands = None if was is None else was.hands
            lane = Lane(head.id, head.age, head.state, head.head, hands, tick)
        elif was is None:
            raise MalformedFrame(Malformed.EMPTY_LANE)
        elif record.head is None:
            lane = replace(was, tick=tick)
        else:
            moved = apply_step(record.head.head, was.head)
            state = was.state if record.head.state is None else record.head.state
            lane = replace(was, age=record.head.age, state=state, head=moved, tick=tick)
        return replace(lane, hands=self._hands(record, lane.hands))

    def _hands(self, record: LaneRecord, was: tuple[Part, Part] | None) -> tuple[Part, Part] | None:
        if isinstance(record.hands, HandsFull):
            return record.hands.left, record.hands.right
        if record.code >> 2 and was is None:
            raise MalformedFrame(Malformed.EMPTY_LANE)
        if isinstance(record.hands, HandsDelta) and was is not None:
            return apply_step(record.hands.left, was[0]), apply_step(record.hands.right, was[1])
        return was

    def _empty(self, participant: int) -> None:
        self.lanes = [None if lane and lane.id == participant else lane for lane in self.lanes]
