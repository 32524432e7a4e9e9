"""Hot frames as a stranger reads and writes them: WIRE.md sections 2 to 4, and nothing of ours.

Written from the document and the golden vectors alone, so it is slow and obvious on purpose.
Positions are integers of millimetres, rotations `(k, a, b, c)` of the smallest three.
"""

import math
import struct
from dataclasses import dataclass, field, replace

HEADER = struct.Struct("<BBBBIIHH")
CORRECTION = struct.Struct("<HBB3f")
POSE = struct.Struct("<BBHIIIHH21f")

NO_POSE_YET = 65535
HEAD_WIDTHS = (0, 2, 3, 4, 5, 6, 8, 12)
HAND_WIDTHS = (0, 3, 4, 5, 6, 7, 9, 12)
TURN_WIDTHS = (0, 3, 4, 5, 6, 7, 8)
ABSOLUTE = 7

Millimetres = tuple[int, int, int]
Rotation = tuple[int, int, int, int]
Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]


class Malformed(Exception):
    """The other side broke the document; the connection is of no more use."""


@dataclass(frozen=True)
class Place:
    """Where something is and how it is turned, in the integers of section 2.1."""

    mm: Millimetres
    rotation: Rotation


@dataclass(frozen=True)
class Lane:
    """What was last told of the subject in a lane; hands that were never told are None."""

    id: int
    age: int
    state: int
    head: Place
    left: Place | None = None
    right: Place | None = None


@dataclass(frozen=True)
class Update:
    """A lane with a newer sample: what it holds now, when that was captured, by which code."""

    lane: int
    code: int
    captured_ms: int
    told: Lane


@dataclass(frozen=True)
class Coarse:
    """Somebody far away: millimetres, yaw in 64ths of a turn."""

    id: int
    mm: Millimetres
    yaw: int
    posture: int
    away: bool


@dataclass(frozen=True)
class Correction:
    """The pose that was changed, why, and the head position the server holds (metres)."""

    seq: int
    reason: int
    position: Vector


@dataclass(frozen=True)
class Snapshot:
    """One snapshot; `coarse` is None when the section is absent."""

    tick: int
    server_ms: int
    last_seq: int
    hold_ms: int
    correction: Correction | None
    codes: tuple[int, ...]
    updates: tuple[Update, ...]
    coarse: tuple[Coarse, ...] | None


@dataclass
class Reader:
    """Reads whole fields and pieces off a frame, and refuses to read past its end."""

    frame: bytes
    at: int = 0
    pos: int = 0  # bits read of the piece that begins at `at`

    def fields(self, layout: struct.Struct) -> tuple[float, ...]:
        if len(self.frame) - self.at < layout.size:
            raise Malformed("the frame ends too early")
        values = layout.unpack_from(self.frame, self.at)
        self.at += layout.size
        return values

    def byte(self) -> int:
        if self.at >= len(self.frame):
            raise Malformed("the frame ends too early")
        self.at += 1
        return self.frame[self.at - 1]

    def bits(self, width: int) -> int:
        value = 0
        for i in range(width):
            at = self.at + self.pos // 8
            if at >= len(self.frame):
                raise Malformed("the frame ends too early")
            value |= (self.frame[at] >> (self.pos % 8) & 1) << i
            self.pos += 1
        return value

    def signed(self, width: int) -> int:
        value = self.bits(width)
        return value - (1 << width) if width and value >= 1 << (width - 1) else value

    def rotation(self) -> Rotation:
        return (self.bits(2), self.signed(11), self.signed(11), self.signed(11))

    def place(self) -> Place:
        mm = (self.signed(18), self.signed(15), self.signed(18))
        return held(Place(mm, self.rotation()))

    def moved(self, base: Place, width: int, turn: int) -> Place:
        x, y, z = base.mm
        mm = (x + self.signed(width), y + self.signed(width), z + self.signed(width))
        if turn == ABSOLUTE:
            return held(Place(mm, self.rotation()))
        k, a, b, c = base.rotation
        width = TURN_WIDTHS[turn]
        rotation = (k, a + self.signed(width), b + self.signed(width), c + self.signed(width))
        return held(Place(mm, rotation))

    def end_piece(self) -> None:
        self.at += (self.pos + 7) // 8
        self.pos = 0


def held(place: Place) -> Place:
    """Refuse numbers beyond the ranges of section 2.1."""
    x, y, z = place.mm
    inside = all(-131072 <= value <= 131071 for value in (x, z)) and -16384 <= y <= 16383
    if not inside or any(abs(value) > 707 for value in place.rotation[1:]):
        raise Malformed("a number is out of range")
    return place


@dataclass
class Lanes:
    """What this connection was told so far: up to 64 lanes, empty at first."""

    told: dict[int, Lane] = field(default_factory=dict)

    def read(self, frame: bytes) -> Snapshot:
        """Take in one message that begins with 0xC1."""
        if frame[:2] != b"\xc1\x02":
            raise Malformed("not a snapshot")
        reader = Reader(frame)
        _, _, flags, n_lanes, tick, server_ms, last_seq, hold_ms = map(int, reader.fields(HEADER))
        correction = _correction(reader) if flags & 1 else None
        if n_lanes > 64:
            raise Malformed("more than 64 lanes")
        pairs = [reader.byte() for _ in range((n_lanes + 1) // 2)]
        codes = tuple(pairs[lane // 2] >> 4 * (lane % 2) & 15 for lane in range(n_lanes))
        updates = tuple(
            self._update(reader, lane, code, server_ms)
            for lane, code in enumerate(codes)
            if code != 0
        )
        coarse = self._coarse(reader) if flags & 2 else None
        if reader.at != len(frame):
            raise Malformed("bytes are left over")
        return Snapshot(tick, server_ms, last_seq, hold_ms, correction, codes, updates, coarse)

    def forget(self, participant: int) -> None:
        """Empty the lane of somebody, if they have one."""
        self.told = {lane: told for lane, told in self.told.items() if told.id != participant}

    def _update(self, reader: Reader, lane: int, code: int, server_ms: int) -> Update:
        head, hands = code & 3, code >> 2
        if head < 2 and hands:
            raise Malformed("hands without a head")
        before = self.told.get(lane)
        now = _head_full(reader, before) if head == 3 else _head_again(reader, before, head)
        if hands in (1, 2) and now.left is None:
            raise Malformed("hands that were never told")
        if hands == 2:
            now = _hands_delta(reader, now)
        if hands == 3:
            now = replace(now, left=reader.place(), right=reader.place())
            reader.end_piece()
        if before is None or before.id != now.id:
            self.forget(now.id)
        self.told[lane] = now
        return Update(lane, code, (server_ms - 2 * now.age) % 2**32, now)

    def _coarse(self, reader: Reader) -> tuple[Coarse, ...]:
        count = reader.byte()
        if count > 16:
            raise Malformed("more than 16 coarse records")
        records = []
        for _ in range(count):
            identity = reader.bits(32)
            x, z, y = reader.signed(14), reader.signed(14), reader.signed(9)
            yaw, posture, away, _ = (reader.bits(width) for width in (6, 2, 1, 2))
            reader.end_piece()
            if identity == 0:
                raise Malformed("a coarse record of nobody")
            self.forget(identity)
            records.append(Coarse(identity, (16 * x, 64 * y, 16 * z), yaw, posture, bool(away)))
        return tuple(records)


def _head_full(reader: Reader, before: Lane | None) -> Lane:
    identity, age, state = reader.bits(32), reader.bits(8), reader.bits(16)
    head = reader.place()
    reader.end_piece()
    if identity == 0:
        raise Malformed("a head of nobody")
    if before is None or before.id != identity:
        return Lane(identity, age, state, head)
    return replace(before, age=age, state=state, head=head)


def _head_again(reader: Reader, before: Lane | None, head: int) -> Lane:
    if before is None:
        raise Malformed("an empty lane has no baseline")
    if head == 1:
        return before
    age, position, turn, changed = (reader.bits(width) for width in (8, 3, 3, 1))
    state = reader.bits(16) if changed else before.state
    now = reader.moved(before.head, HEAD_WIDTHS[position], turn)
    reader.end_piece()
    return replace(before, age=age, state=state, head=now)


def _hands_delta(reader: Reader, lane: Lane) -> Lane:
    assert lane.left is not None
    assert lane.right is not None
    left_position, left_turn, right_position, right_turn = (reader.bits(3) for _ in range(4))
    left = reader.moved(lane.left, HAND_WIDTHS[left_position], left_turn)
    right = reader.moved(lane.right, HAND_WIDTHS[right_position], right_turn)
    reader.end_piece()
    return replace(lane, left=left, right=right)


def _correction(reader: Reader) -> Correction:
    seq, reason, _, x, y, z = reader.fields(CORRECTION)
    if not 1 <= reason <= 6 or not all(map(math.isfinite, (x, y, z))):
        raise Malformed("a correction that cannot be")
    return Correction(int(seq), int(reason), (x, y, z))


def millimetres(metres: Vector) -> Millimetres:
    """Quantise a position as section 2.1 says."""
    x, y, z = (math.floor(value * 1000 + 0.5) for value in metres)
    return (
        max(-131072, min(131071, x)),
        max(-16384, min(16383, y)),
        max(-131072, min(131071, z)),
    )


def smallest_three(quaternion: Quaternion) -> Rotation:
    """Quantise an orientation as section 2.1 says."""
    norm = math.hypot(*quaternion)
    if norm == 0:
        return (3, 0, 0, 0)
    k = max(range(4), key=lambda i: (abs(quaternion[i]), -i))
    scale = (-1 if quaternion[k] < 0 else 1) / norm
    a, b, c = (math.floor(quaternion[i] * scale * 1000 + 0.5) for i in range(4) if i != k)
    return (k, a, b, c)


def quaternion_of(rotation: Rotation) -> Quaternion:
    """Take a quantised orientation back to x, y, z, w."""
    k, *three = rotation
    values = [value / 1000 for value in three]
    values.insert(k, math.sqrt(max(0.0, 1 - sum(value * value for value in values))))
    norm = math.hypot(*values)
    x, y, z, w = (value / norm for value in values)
    return (x, y, z, w)


@dataclass(frozen=True)
class State:
    """The 16 state bits by name."""

    posture: int = 0
    left_tracked: bool = False
    right_tracked: bool = False
    left_gesture: int = 0
    right_gesture: int = 0
    away: bool = False
    teleports: int = 0

    def bits(self) -> int:
        hands = self.left_tracked << 2 | self.right_tracked << 3
        gestures = self.left_gesture << 4 | self.right_gesture << 7
        return self.posture | hands | gestures | self.away << 10 | self.teleports % 4 << 11

    @staticmethod
    def of(bits: int) -> "State":
        return State(
            posture=bits & 3,
            left_tracked=bool(bits >> 2 & 1),
            right_tracked=bool(bits >> 3 & 1),
            left_gesture=bits >> 4 & 7,
            right_gesture=bits >> 7 & 7,
            away=bool(bits >> 10 & 1),
            teleports=bits >> 11 & 3,
        )


@dataclass(frozen=True)
class Pose:
    """A head and two hands: metres and unit quaternions, room-local."""

    head: tuple[Vector, Quaternion]
    left: tuple[Vector, Quaternion]
    right: tuple[Vector, Quaternion]
    state: State = State()

    def numbers(self) -> tuple[float, ...]:
        return tuple(
            number
            for place in (self.head, self.left, self.right)
            for part in place
            for number in part
        )


def write_pose(pose: Pose, seq: int, participant: int, captured_ms: int, ack_tick: int) -> bytes:
    """Write the 104 bytes of section 3."""
    state = pose.state.bits()
    return POSE.pack(0xC1, 0x01, seq, participant, captured_ms, ack_tick, state, 0, *pose.numbers())
