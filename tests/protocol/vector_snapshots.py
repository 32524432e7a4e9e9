"""The snapshots of the golden files: single ones, and sequences with the lanes after each."""

from dataclasses import replace
from typing import Any

from hearth_protocol import limits as L
from hearth_protocol.pieces import HandsDelta, HandsFull, HeadDelta, HeadFull, step_between
from hearth_protocol.quantize import Part, Position, Rotation
from hearth_protocol.snapshot import (
    Coarse,
    Correction,
    CorrectionReason,
    Lane,
    LaneRecord,
    LaneTable,
    Snapshot,
    coarse_of,
    encode_snapshot,
    lane_record,
)

UPRIGHT = Rotation(3, 0, 0, 0)
HEAD = Part(Position(1000, 1600, -2000), UPRIGHT)
LEFT = Part(Position(800, 1100, -2300), Rotation(0, 500, 500, 500))
RIGHT = Part(Position(1200, 1100, -2300), Rotation(1, -500, 500, -500))
EDGE = Part(Position(-131_072, 16_383, 131_071), Rotation(2, -707, 0, 707))
BOTH_HANDS = 0b1100
UNSENT = LaneRecord(0)


def moved(part: Part, steps: tuple[int, int, int], turns: tuple[int, int, int]) -> Part:
    """A part a few mm and thousandths further on."""
    x, y, z = (v + d for v, d in zip(part.position, steps, strict=True))
    a, b, c = (v + d for v, d in zip(part.rotation[1:], turns, strict=True))
    return Part(Position(x, y, z), Rotation(part.rotation.k, a, b, c))


def full(participant: int, age: int = 5, state: int = 0, head: Part = HEAD) -> HeadFull:
    """A head full piece."""
    return HeadFull(participant, age, state, head)


SINGLE: dict[str, Snapshot] = {
    "nothing to tell, no pose accepted yet": Snapshot(tick=1, server_ms=50),
    "nothing to tell, all header fields": Snapshot(0x01020304, 0x0A0B0C0D, 0x1122, 0x0033),
    "one lane, head full, hands not sent": Snapshot(
        100, 5000, 40, 12, lanes=(lane_record(full(7)),)
    ),
    "one lane, head full and hands full": Snapshot(
        100, 5000, 40, 12, lanes=(lane_record(full(7, 5, BOTH_HANDS), HandsFull(LEFT, RIGHT)),)
    ),
    "ends of every range, age 255, all state bits": Snapshot(
        0xFFFFFFFF,
        100,
        0xFFFF,
        0,
        lanes=(lane_record(HeadFull(L.U32_MAX, 255, L.STATE_MASK, EDGE), HandsFull(EDGE, EDGE)),),
    ),
    "three lanes, the middle one not sent: odd count of codes": Snapshot(
        101, 5050, 41, 3, lanes=(lane_record(full(7)), UNSENT, lane_record(full(8, 0)))
    ),
    "correction": Snapshot(
        102, 5100, 42, 4, Correction(42, CorrectionReason.BOUNDS, (15.5, 1.5, -16.0))
    ),
    "correction by a personal boundary": Snapshot(
        112, 5600, 46, 5, Correction(45, CorrectionReason.BOUNDARY, (0.625, 1.5, 0.0))
    ),
    "coarse section, empty": Snapshot(103, 5150, 43, 5, coarse=()),
    "coarse section, two": Snapshot(
        104,
        5200,
        44,
        6,
        coarse=(
            coarse_of(11, Part(Position(-5000, 1700, 8008), Rotation(1, 0, 0, 707)), 0),
            coarse_of(12, Part(Position(131_071, 16_383, -131_072), UPRIGHT), 1 << 10 | 3),
        ),
    ),
    "correction, a lane and a coarse record together": Snapshot(
        105,
        5250,
        45,
        7,
        Correction(44, CorrectionReason.SPEED, (0.0, 1.5, 0.25)),
        (UNSENT, lane_record(full(7))),
        (coarse_of(11, HEAD, 1),),
    ),
    "64 lanes, only the last sent": Snapshot(
        106, 5300, 46, 8, lanes=(*[UNSENT] * 63, lane_record(full(64)))
    ),
}


def _start(state: int = BOTH_HANDS) -> Snapshot:
    record = lane_record(full(7, 5, state), HandsFull(LEFT, RIGHT))
    return Snapshot(1, 1000, 1, 0, lanes=(record,))


def _steps_of(width: int) -> tuple[int, int, int]:
    """Three differences that need exactly this width: its ends and the middle."""
    if width == 0:
        return 0, 0, 0
    return (1 << width - 1) - 1, -(1 << width - 1), 1 if width > 1 else 0


def _classes() -> dict[str, list[tuple[str, Snapshot]]]:
    """One frame for each class, each from where the last one led."""
    still = HeadDelta(3, None, step_between(HEAD, HEAD))
    head_frames = [("full, to start from", _start())]
    hand_frames = [("full, to start from", _start())]
    turn_frames = [("full, to start from", _start())]
    head, hand, turned = HEAD, LEFT, HEAD
    for cls in range(8):
        tick = 2 + cls
        was, head = head, moved(head, _steps_of(L.HEAD_POSITION_WIDTHS[cls]), (0, 0, 0))
        record = lane_record(HeadDelta(cls, None, step_between(head, was)), None, True)
        head_frames.append((f"class {cls}", _tell(tick, record)))

        was, hand = hand, moved(hand, _steps_of(L.HAND_POSITION_WIDTHS[cls]), (0, 0, 0))
        hands = HandsDelta(step_between(hand, was), step_between(RIGHT, RIGHT))
        hand_frames.append((f"left hand, class {cls}", _tell(tick, lane_record(still, hands))))

        was, turned = turned, Part(HEAD.position, Rotation(0, 1, -2, 3))
        if cls < L.ROTATION_ABSOLUTE:
            turned = moved(was, (0, 0, 0), _steps_of(L.ROTATION_WIDTHS[cls]))
        record = lane_record(HeadDelta(0, None, step_between(turned, was)))
        turn_frames.append((f"class {cls}", _tell(tick, record)))
    return {
        "every head position class": head_frames,
        "every hand position class": hand_frames,
        "every rotation class": turn_frames,
    }


def _tell(tick: int, record: LaneRecord) -> Snapshot:
    return Snapshot(tick, 1000 + 50 * tick, tick, 0, lanes=(record,))


def _story() -> list[tuple[str, Snapshot]]:
    """All lane codes, replaced subjects and vanished ones."""
    near = moved(HEAD, (3, -1, 2), (5, -4, 0))
    left, right = moved(LEFT, (10, 0, -7), (0, 1, 2)), moved(RIGHT, (0, 0, 1), (9, 9, -9))
    step = HeadDelta(10, None, step_between(near, HEAD))
    hold = HeadDelta(11, 0b100 | 2 << 4, step_between(near, near))
    hands = HandsDelta(step_between(left, LEFT), step_between(right, RIGHT))
    back = HandsDelta(step_between(LEFT, left), step_between(right, right))

    def keep(head: HeadFull | HeadDelta) -> LaneRecord:
        return lane_record(head, hands_unchanged=True)

    frames: list[tuple[str, tuple[LaneRecord, ...], tuple[Coarse, ...] | None]] = [
        ("code 15: head full, hands full", (_start().lanes[0],), None),
        ("code 1: unchanged", (lane_record(None),), None),
        ("code 10: head delta, hands delta", (lane_record(step, hands),), None),
        ("code 6: head delta with new state, hands unchanged", (keep(hold),), None),
        ("code 2: head delta, hands not sent (kept as baseline)", (lane_record(hold),), None),
        ("code 0: not sent", (UNSENT,), None),
        ("no lanes at all: as code 0", (), None),
        ("code 7: full of the same subject, hands unchanged", (keep(full(7)),), None),
        (
            "code 11: full of the same subject, hands delta against the old baseline",
            (lane_record(full(7), back),),
            None,
        ),
        ("code 14: head delta, hands full", (lane_record(step, HandsFull(left, right)),), None),
        ("code 3: another subject takes the lane, no hands yet", (lane_record(full(8)),), None),
        ("two more lanes", (UNSENT, lane_record(full(9)), lane_record(full(10))), None),
        (
            "9 moves to lane 0: lane 1 becomes empty, then is filled with 8",
            (lane_record(full(9)), lane_record(full(8))),
            None,
        ),
        ("10 moves to lane 1: lane 2 stays empty", (UNSENT, lane_record(full(10))), None),
        ("9 is far away now: lane 0 becomes empty", (), (coarse_of(9, HEAD, 0),)),
        ("a coarse record of a stranger", (UNSENT, lane_record(None)), (coarse_of(99, near, 1),)),
    ]  # fmt: skip
    return [
        (name, Snapshot(200 + i, 10_000 + 50 * i, 60 + i, i, None, lanes, coarse))
        for i, (name, lanes, coarse) in enumerate(frames)
    ]


def _wrapping() -> list[tuple[str, Snapshot]]:
    late = Snapshot(0xFFFFFFFF, 0xFFFFFFF0, 0xFFFF, 0, lanes=(lane_record(full(7, 20)),))
    early = replace(late, tick=0, server_ms=10, last_seq=0)
    return [
        ("before tick and time wrap", late),
        ("after: captured_ms = 10 - 40 wraps back to 4294967266", early),
    ]


# --- as JSON --------------------------------------------------------------------------------


def _header(snapshot: Snapshot) -> dict[str, Any]:
    correction = snapshot.correction
    return {
        "tick": snapshot.tick,
        "server_ms": snapshot.server_ms,
        "last_seq": snapshot.last_seq,
        "hold_ms": snapshot.hold_ms,
        "correction": correction
        and {
            "seq": correction.seq,
            "reason": correction.reason.value,
            "position": correction.position,
        },
        "coarse": None
        if snapshot.coarse is None
        else [
            {
                "id": one.id,
                "x_y_z_mm": [one.x, one.y, one.z],
                "yaw_64ths": one.yaw,
                "posture": one.posture,
                "away": one.away,
            }
            for one in snapshot.coarse
        ],
    }


def _part(part: Part) -> dict[str, Any]:
    return {"x_y_z_mm": part.position, "k_a_b_c": part.rotation}


def _lane(index: int, lane: Lane) -> dict[str, Any]:
    return {
        "lane": index,
        "id": lane.id,
        "state_bits": lane.state,
        "age": lane.age,
        "head": _part(lane.head),
        "left": lane.hands and _part(lane.hands[0]),
        "right": lane.hands and _part(lane.hands[1]),
    }


def _frame(name: str, snapshot: Snapshot, table: LaneTable) -> dict[str, Any]:
    updates = table.apply(snapshot)
    return {
        "name": name,
        "hex": encode_snapshot(snapshot).hex(),
        **_header(snapshot),
        "codes": [record.code for record in snapshot.lanes],
        "updates": [
            {"lane": u.lane, "id": u.id, "captured_ms": u.captured_ms, "code": u.code}
            for u in updates
        ],
        "lanes_after": [_lane(i, lane) for i, lane in enumerate(table.lanes) if lane],
    }


_KEYS = (
    "Every frame has the header's fields, `correction` and `coarse` (null: section absent), the "
    "lane `codes`, `updates` (lanes with a newer sample, in lane order) and `lanes_after` (every "
    "lane that is not empty then; left and right null: hands never told). Numbers are the "
    "quantised integers of section 2.1; ages are in 2 ms."
)


def snapshot_vectors() -> dict[str, Any]:
    """Section 4, single snapshots."""
    return {
        "about": "Section 4: single snapshots, each decoded into empty lanes. " + _KEYS,
        "snapshots": [_frame(name, one, LaneTable()) for name, one in SINGLE.items()],
    }


def sequence_vectors() -> dict[str, Any]:
    """Section 4.3, snapshots that build on each other."""
    sequences = []
    stories = {**_classes(), "lanes come and go": _story(), "numbers that wrap": _wrapping()}
    for name, frames in stories.items():
        table = LaneTable()
        sequences.append({"name": name, "frames": [_frame(n, s, table) for n, s in frames]})
    return {
        "about": "Section 4.3: snapshots in a row; each sequence begins with empty lanes. " + _KEYS,
        "sequences": sequences,
    }
