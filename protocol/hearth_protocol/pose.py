"""One pose frame, client to server (section 3), readable and strict.

The first stop of a pose's journey; the next is `hearth_server/realtime`. The server's hot path
parses many at once with `kernels.poses`, which has to agree with this to the bit.
"""

import math
import struct
from dataclasses import dataclass
from typing import Final

from hearth_protocol import limits as L
from hearth_protocol.errors import Malformed, MalformedFrame
from hearth_protocol.quantize import State

_LAYOUT: Final = struct.Struct("<BBHIIIHH21f")
assert _LAYOUT.size == L.POSE_BYTES


@dataclass(frozen=True, slots=True)
class Pose:
    """What a client says about itself, once a tick.

    `numbers`: 21 floats, head, left hand, right hand: metres x y z, quaternion x y z w.
    """

    seq: int
    participant: int
    captured_ms: int
    ack_tick: int
    state: State
    numbers: tuple[float, ...]


def encode_pose(pose: Pose) -> bytes:
    """Give the 104 bytes."""
    return _LAYOUT.pack(
        L.HOT_MARK,
        L.KIND_POSE,
        pose.seq,
        pose.participant,
        pose.captured_ms,
        pose.ack_tick,
        pose.state.pack(),
        0,
        *pose.numbers,
    )


def decode_pose(data: bytes) -> Pose:
    """Read the 104 bytes.

    Raises:
        MalformedFrame: TOO_SHORT, TOO_LONG, NOT_HOT, UNKNOWN_KIND, NON_FINITE, BAD_QUATERNION.
    """
    if len(data) < L.POSE_BYTES:
        raise MalformedFrame(Malformed.TOO_SHORT)
    if len(data) > L.POSE_BYTES:
        raise MalformedFrame(Malformed.TOO_LONG)
    mark, kind, seq, participant, captured_ms, ack_tick, bits, _, *numbers = _LAYOUT.unpack(data)
    if mark != L.HOT_MARK:
        raise MalformedFrame(Malformed.NOT_HOT)
    if kind != L.KIND_POSE:
        raise MalformedFrame(Malformed.UNKNOWN_KIND)
    state = State.unpack(bits)
    if not all(math.isfinite(number) for number in numbers):
        raise MalformedFrame(Malformed.NON_FINITE)
    tracked = (True, state.left_tracked, state.right_tracked)
    for part in range(3):
        x, y, z, w = numbers[part * 7 + 3 : part * 7 + 7]
        norm2 = x * x + y * y + z * z + w * w
        if tracked[part] and not L.QUATERNION_NORM2_MIN <= norm2 <= L.QUATERNION_NORM2_MAX:
            raise MalformedFrame(Malformed.BAD_QUATERNION)
    return Pose(seq, participant, captured_ms, ack_tick, state, tuple(numbers))
