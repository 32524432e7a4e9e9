"""Pose frames in bulk: many inbox rows to arrays (server), many arrays to frames (bots).

A row is one whole masked WebSocket frame of 110 bytes: 0x82, 0xE8 (mask bit and length 104),
four mask bytes, then the pose of section 3 masked with them. The journey goes on in
`hearth_sim/step.py`.
"""

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.errors import Malformed
from hearth_protocol.kernels._jit import inlined, inner, kernel
from hearth_protocol.kernels.bits import get_u32, put_u32
from hearth_protocol.limits import (
    CLIENT_HEADER_BYTES,
    HOT_MARK,
    KIND_POSE,
    POSE_BYTES,
    POSE_FLOATS,
    POSE_FLOATS_AT,
    QUATERNION_NORM2_MAX,
    QUATERNION_NORM2_MIN,
    STATE_MASK,
)

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]

FRAME_BYTE_0 = 0x82  # final, binary
FRAME_BYTE_1 = 0x80 | POSE_BYTES

_BAD_FRAME = int(Malformed.BAD_FRAME)
_NOT_HOT = int(Malformed.NOT_HOT)
_UNKNOWN_KIND = int(Malformed.UNKNOWN_KIND)
_NON_FINITE = int(Malformed.NON_FINITE)
_BAD_QUATERNION = int(Malformed.BAD_QUATERNION)
_WORDS = POSE_BYTES // 4
_FLOAT_WORD = POSE_FLOATS_AT // 4
_LEFT_TRACKED = 1 << 2
_RIGHT_TRACKED = 1 << 3


@inlined
def _unit_enough(floats: F32, row: int, at: int) -> bool:
    x = np.float64(floats[row, at])
    y = np.float64(floats[row, at + 1])
    z = np.float64(floats[row, at + 2])
    w = np.float64(floats[row, at + 3])
    norm2 = x * x + y * y + z * z + w * w
    return bool(QUATERNION_NORM2_MIN <= norm2 <= QUATERNION_NORM2_MAX)


@inner
def pose_fault(floats: F32, row: int, state: int) -> int:
    """Say what is wrong with floats[row] (21 numbers): a `Malformed` number, 0 for nothing.

    Untracked hands may hold any finite numbers.
    """
    for i in range(POSE_FLOATS):
        if not np.isfinite(floats[row, i]):
            return _NON_FINITE
    if not _unit_enough(floats, row, 3):
        return _BAD_QUATERNION
    if state & _LEFT_TRACKED != 0 and not _unit_enough(floats, row, 10):
        return _BAD_QUATERNION
    if state & _RIGHT_TRACKED != 0 and not _unit_enough(floats, row, 17):
        return _BAD_QUATERNION
    return 0


@kernel
def parse_poses(
    inbox: U8,
    slots: I64,
    count: int,
    out_seq: U16,
    out_participant: U32,
    out_captured_ms: U32,
    out_ack_tick: U32,
    out_state: U16,
    out_floats: F32,
    out_reason: U8,
) -> int:
    """Unmask and parse the inbox rows of slots[:count]; give how many were sound.

    inbox: [N, >= 110]. Every output is indexed by slot: [N], floats [N, 21]. out_reason gets 0
    or a `Malformed` number; with BAD_FRAME, NOT_HOT or UNKNOWN_KIND nothing else of that slot
    is written, with NON_FINITE or BAD_QUATERNION the floats are not to be used. Sequence,
    participant, speed, reach and bounds are the caller's to judge.
    """
    words = np.empty(_WORDS, np.uint32)
    floats = words.view(np.float32)
    sound = 0
    for listed in range(count):
        slot = slots[listed]
        row = inbox[slot]
        if row[0] != FRAME_BYTE_0 or row[1] != FRAME_BYTE_1:
            out_reason[slot] = _BAD_FRAME
            continue
        # The mask repeats every four bytes, so whole words are unmasked by one word.
        mask = get_u32(row, 2)
        for i in range(_WORDS):
            words[i] = get_u32(row, CLIENT_HEADER_BYTES + 4 * i) ^ mask
        head = int(words[0])
        if head & 255 != HOT_MARK:
            out_reason[slot] = _NOT_HOT
            continue
        if (head >> 8) & 255 != KIND_POSE:
            out_reason[slot] = _UNKNOWN_KIND
            continue
        out_seq[slot] = head >> 16
        out_participant[slot] = words[1]
        out_captured_ms[slot] = words[2]
        out_ack_tick[slot] = words[3]
        state = int(words[4]) & STATE_MASK
        out_state[slot] = state
        for i in range(POSE_FLOATS):
            out_floats[slot, i] = floats[_FLOAT_WORD + i]
        reason = pose_fault(out_floats, slot, state)
        out_reason[slot] = reason
        if reason == 0:
            sound += 1
    return sound


@kernel
def encode_poses(
    rows: I64,
    count: int,
    seq: U16,
    participant: U32,
    captured_ms: U32,
    ack_tick: U32,
    state: U16,
    floats: F32,
    mask: U32,
    out: U8,
) -> None:
    """Write the whole masked WebSocket frame of rows[:count] into out[row, :110].

    Every array is indexed by row: [N], floats [N, 21] C-contiguous, out [N, >= 110].
    mask: the four mask bytes as a little-endian u32; 0 leaves the payload readable.
    """
    bits = floats.view(np.uint32)
    words = np.empty(_WORDS, np.uint32)
    for listed in range(count):
        row = rows[listed]
        frame = out[row]
        words[0] = HOT_MARK | (KIND_POSE << 8) | (int(seq[row]) << 16)
        words[1] = participant[row]
        words[2] = captured_ms[row]
        words[3] = ack_tick[row]
        words[4] = state[row]
        for i in range(POSE_FLOATS):
            words[_FLOAT_WORD + i] = bits[row, i]
        key = mask[row]
        frame[0] = FRAME_BYTE_0
        frame[1] = FRAME_BYTE_1
        put_u32(frame, 2, int(np.int64(key)))
        for i in range(_WORDS):
            put_u32(frame, CLIENT_HEADER_BYTES + 4 * i, int(np.int64(words[i] ^ key)))
