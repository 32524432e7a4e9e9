"""The pieces of a snapshot (section 4.3 and 4.4): one quantised row to bytes and back.

A row `q` is int32[24]: 0 to 2 head x y z in mm, 3 head k, 4 to 6 head a b c; 7 to 13 the left
hand and 14 to 20 the right hand likewise; 21 the state bits; 22 the decoders' note that hands
were told; 23 spare. Encoders trust their arguments and the room in `out`; decoders trust
nothing: they give the bytes used, or minus a `Malformed` number, and check every length before
they read.
"""

import math

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.errors import Malformed
from hearth_protocol.kernels._jit import kernel
from hearth_protocol.kernels.bits import get_bits, put_bits, sign_extend
from hearth_protocol.kernels.quantize import dequantize_rotation
from hearth_protocol.limits import (
    COARSE_BYTES,
    HAND_POSITION_WIDTHS,
    HANDS_FULL_BYTES,
    HEAD_FULL_BYTES,
    HEAD_POSITION_WIDTHS,
    POSITION_XZ_BITS,
    POSITION_XZ_MAX,
    POSITION_XZ_MIN,
    POSITION_Y_BITS,
    POSITION_Y_MAX,
    POSITION_Y_MIN,
    Q_HANDS_TOLD,
    Q_HEAD,
    Q_LEFT,
    Q_RIGHT,
    Q_STATE,
    ROTATION_ABSOLUTE,
    ROTATION_BITS,
    ROTATION_MAX,
    ROTATION_WIDTHS,
    STATE_MASK,
)

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]

NEED_FULL = -1

_TOO_SHORT = -int(Malformed.TOO_SHORT)
_OUT_OF_RANGE = -int(Malformed.OUT_OF_RANGE)
_BAD_ID = -int(Malformed.BAD_ID)
_R = ROTATION_BITS
_ROTATION_FULL_BITS = 2 + 3 * ROTATION_BITS
_POSITION_FULL_BITS = 2 * POSITION_XZ_BITS + POSITION_Y_BITS
# The width tables as nibbles of one number: a shift instead of a table in memory.
_HEAD_NIBBLES = sum(width << (4 * cls) for cls, width in enumerate(HEAD_POSITION_WIDTHS))
_HAND_NIBBLES = sum(width << (4 * cls) for cls, width in enumerate(HAND_POSITION_WIDTHS))
_TURN_NIBBLES = sum(width << (4 * cls) for cls, width in enumerate(ROTATION_WIDTHS))


# --- widths and classes ---------------------------------------------------------------------


@kernel
def _reach(q_now: I32, q_base: I32, at: int) -> int:
    """Give -1 for three equal numbers, else the or of the differences' magnitude bits.

    A difference of that magnitude fits `width` bits when it is below 2 ** (width - 1).
    """
    dx = int(q_now[at]) - int(q_base[at])
    dy = int(q_now[at + 1]) - int(q_base[at + 1])
    dz = int(q_now[at + 2]) - int(q_base[at + 2])
    if dx | dy | dz == 0:
        return -1
    return (dx ^ (dx >> 63)) | (dy ^ (dy >> 63)) | (dz ^ (dz >> 63))


# Class lookups count the thresholds passed instead of branching: the data is noise, and a
# mispredicted branch costs more than eight comparisons. 8 means that no class is wide enough.


@kernel
def _head_position_class(reach: int) -> int:
    cls = int(reach >= 0)
    for width in HEAD_POSITION_WIDTHS[1:]:
        cls += int(reach >= 1 << (width - 1))
    return cls


@kernel
def _hand_position_class(reach: int) -> int:
    cls = int(reach >= 0)
    for width in HAND_POSITION_WIDTHS[1:]:
        cls += int(reach >= 1 << (width - 1))
    return cls


@kernel
def _rotation_class(q_now: I32, q_base: I32, at: int) -> int:
    """Give the narrowest class for the rotation at q[at : at + 4]; 7 if only absolute will do."""
    reach = _reach(q_now, q_base, at + 1)
    cls = int(reach >= 0)
    for width in ROTATION_WIDTHS[1:]:
        cls += int(reach >= 1 << (width - 1))
    return cls if q_now[at] == q_base[at] else ROTATION_ABSOLUTE


# --- parts ----------------------------------------------------------------------------------


@kernel
def _put_position(q: I32, at: int, out: U8, bitpos: int) -> int:
    bitpos = put_bits(out, bitpos, int(q[at]), POSITION_XZ_BITS)
    bitpos = put_bits(out, bitpos, int(q[at + 1]), POSITION_Y_BITS)
    return put_bits(out, bitpos, int(q[at + 2]), POSITION_XZ_BITS)


@kernel
def _put_rotation(q: I32, at: int, out: U8, bitpos: int) -> int:
    mask = (1 << _R) - 1
    word = int(q[at]) & 3
    word |= (int(q[at + 1]) & mask) << 2
    word |= (int(q[at + 2]) & mask) << (2 + _R)
    word |= (int(q[at + 3]) & mask) << (2 + 2 * _R)
    return put_bits(out, bitpos, word, _ROTATION_FULL_BITS)


@kernel
def _put_steps(q_now: I32, q_base: I32, at: int, width: int, out: U8, bitpos: int) -> int:
    mask = (1 << width) - 1
    word = (int(q_now[at]) - int(q_base[at])) & mask
    word |= ((int(q_now[at + 1]) - int(q_base[at + 1])) & mask) << width
    word |= ((int(q_now[at + 2]) - int(q_base[at + 2])) & mask) << (2 * width)
    return put_bits(out, bitpos, word, 3 * width)


@kernel
def _put_turn(q_now: I32, q_base: I32, at: int, cls: int, out: U8, bitpos: int) -> int:
    if cls == ROTATION_ABSOLUTE:
        return _put_rotation(q_now, at, out, bitpos)
    return _put_steps(q_now, q_base, at + 1, _TURN_NIBBLES >> (4 * cls) & 15, out, bitpos)


@kernel
def _get_position(buf: U8, bitpos: int, q: I32, at: int) -> int:
    word = get_bits(buf, bitpos, _POSITION_FULL_BITS)
    q[at] = sign_extend(word, POSITION_XZ_BITS)
    q[at + 1] = sign_extend(word >> POSITION_XZ_BITS, POSITION_Y_BITS)
    q[at + 2] = sign_extend(word >> (POSITION_XZ_BITS + POSITION_Y_BITS), POSITION_XZ_BITS)
    return bitpos + _POSITION_FULL_BITS


@kernel
def _get_rotation(buf: U8, bitpos: int, q: I32, at: int) -> int:
    word = get_bits(buf, bitpos, _ROTATION_FULL_BITS)
    q[at] = word & 3
    q[at + 1] = sign_extend(word >> 2, _R)
    q[at + 2] = sign_extend(word >> (2 + _R), _R)
    q[at + 3] = sign_extend(word >> (2 + 2 * _R), _R)
    return bitpos + _ROTATION_FULL_BITS


@kernel
def _get_steps(buf: U8, bitpos: int, width: int, q: I32, at: int) -> int:
    word = get_bits(buf, bitpos, 3 * width)
    q[at] += sign_extend(word, width)
    q[at + 1] += sign_extend(word >> width, width)
    q[at + 2] += sign_extend(word >> (2 * width), width)
    return bitpos + 3 * width


@kernel
def _get_turn(buf: U8, bitpos: int, cls: int, q: I32, at: int) -> int:
    if cls == ROTATION_ABSOLUTE:
        return _get_rotation(buf, bitpos, q, at)
    return _get_steps(buf, bitpos, _TURN_NIBBLES >> (4 * cls) & 15, q, at + 1)


@kernel
def _turn_bits(cls: int) -> int:
    return (
        _ROTATION_FULL_BITS if cls == ROTATION_ABSOLUTE else 3 * (_TURN_NIBBLES >> (4 * cls) & 15)
    )


@kernel
def _in_range(q: I32, at: int) -> bool:
    """Say whether the seven integers at q[at : at + 7] are ones an encoder can have meant."""
    return bool(
        POSITION_XZ_MIN <= q[at] <= POSITION_XZ_MAX
        and POSITION_Y_MIN <= q[at + 1] <= POSITION_Y_MAX
        and POSITION_XZ_MIN <= q[at + 2] <= POSITION_XZ_MAX
        and -ROTATION_MAX <= q[at + 4] <= ROTATION_MAX
        and -ROTATION_MAX <= q[at + 5] <= ROTATION_MAX
        and -ROTATION_MAX <= q[at + 6] <= ROTATION_MAX
    )


# --- head -----------------------------------------------------------------------------------


@kernel
def encode_head_full(q_now: I32, participant_id: int, age_units: int, out: U8, at: int) -> int:
    """Write a head full piece at out[at:]; give its 18 bytes."""
    word = int(participant_id)
    bitpos = put_bits(out, at * 8, word, 32)
    word = int(age_units) | (int(q_now[Q_STATE]) << 8)
    bitpos = put_bits(out, bitpos, word, 24)
    bitpos = _put_position(q_now, Q_HEAD, out, bitpos)
    _put_rotation(q_now, Q_HEAD + 3, out, bitpos)
    return HEAD_FULL_BYTES


@kernel
def encode_head_delta(q_now: I32, q_base: I32, age_units: int, out: U8, at: int) -> int:
    """Write a head delta piece at out[at:]; give its length (2 to 13), or -1: full needed."""
    position_class = _head_position_class(_reach(q_now, q_base, Q_HEAD))
    if position_class > 7:
        return NEED_FULL
    rotation_class = _rotation_class(q_now, q_base, Q_HEAD + 3)
    changed = 1 if q_now[Q_STATE] != q_base[Q_STATE] else 0
    start = at * 8
    word = int(age_units) | (position_class << 8) | (rotation_class << 11) | (changed << 14)
    bitpos = put_bits(out, start, word, 15)
    if changed == 1:
        bitpos = put_bits(out, bitpos, int(q_now[Q_STATE]), 16)
    width = _HEAD_NIBBLES >> (4 * position_class) & 15
    bitpos = _put_steps(q_now, q_base, Q_HEAD, width, out, bitpos)
    bitpos = _put_turn(q_now, q_base, Q_HEAD + 3, rotation_class, out, bitpos)
    return (bitpos - start + 7) >> 3


@kernel
def decode_head_full(buf: U8, at: int, end: int, q: I32, out_id_age: I64) -> int:
    """Read a head full piece from buf[at:end] into q's head and state.

    out_id_age: [2], participant id and age (2 ms units). Gives 18 or minus the reason.
    """
    if end - at < HEAD_FULL_BYTES:
        return _TOO_SHORT
    bitpos = at * 8
    participant_id = get_bits(buf, bitpos, 32)
    if participant_id == 0:
        return _BAD_ID
    word = get_bits(buf, bitpos + 32, 24)
    q[Q_STATE] = (word >> 8) & STATE_MASK
    bitpos = _get_position(buf, bitpos + 56, q, Q_HEAD)
    _get_rotation(buf, bitpos, q, Q_HEAD + 3)
    if not _in_range(q, Q_HEAD):
        return _OUT_OF_RANGE
    out_id_age[0] = participant_id
    out_id_age[1] = word & 255
    return HEAD_FULL_BYTES


@kernel
def decode_head_delta(buf: U8, at: int, end: int, q: I32, out_id_age: I64) -> int:
    """Add a head delta piece from buf[at:end] to the baseline in `q`, in place.

    out_id_age[1] gets the age. Gives the length or minus the reason (then `q` is spoilt).
    """
    if end - at < 2:
        return _TOO_SHORT
    start = at * 8
    head = get_bits(buf, start, 15)
    position_class = (head >> 8) & 7
    rotation_class = (head >> 11) & 7
    changed = head >> 14
    width = _HEAD_NIBBLES >> (4 * position_class) & 15
    bits = 15 + 16 * changed + 3 * width + _turn_bits(rotation_class)
    length = (bits + 7) >> 3
    if end - at < length:
        return _TOO_SHORT
    bitpos = start + 15
    if changed == 1:
        q[Q_STATE] = get_bits(buf, bitpos, 16) & STATE_MASK
        bitpos += 16
    bitpos = _get_steps(buf, bitpos, width, q, Q_HEAD)
    _get_turn(buf, bitpos, rotation_class, q, Q_HEAD + 3)
    if not _in_range(q, Q_HEAD):
        return _OUT_OF_RANGE
    out_id_age[1] = head & 255
    return length


# --- hands ----------------------------------------------------------------------------------


@kernel
def encode_hands_full(q_now: I32, out: U8, at: int) -> int:
    """Write a hands full piece at out[at:]; give its 22 bytes."""
    bitpos = _put_position(q_now, Q_LEFT, out, at * 8)
    bitpos = _put_rotation(q_now, Q_LEFT + 3, out, bitpos)
    bitpos = _put_position(q_now, Q_RIGHT, out, bitpos)
    _put_rotation(q_now, Q_RIGHT + 3, out, bitpos)
    return HANDS_FULL_BYTES


@kernel
def encode_hands_delta(q_now: I32, q_base: I32, out: U8, at: int) -> int:
    """Write a hands delta piece at out[at:]; give its length (2 to 20), or -1: full needed."""
    left_position = _hand_position_class(_reach(q_now, q_base, Q_LEFT))
    right_position = _hand_position_class(_reach(q_now, q_base, Q_RIGHT))
    if left_position > 7 or right_position > 7:
        return NEED_FULL
    left_rotation = _rotation_class(q_now, q_base, Q_LEFT + 3)
    right_rotation = _rotation_class(q_now, q_base, Q_RIGHT + 3)
    start = at * 8
    word = int(left_position) | (left_rotation << 3)
    word |= (right_position << 6) | (right_rotation << 9)
    bitpos = put_bits(out, start, word, 12)
    width = _HAND_NIBBLES >> (4 * left_position) & 15
    bitpos = _put_steps(q_now, q_base, Q_LEFT, width, out, bitpos)
    bitpos = _put_turn(q_now, q_base, Q_LEFT + 3, left_rotation, out, bitpos)
    width = _HAND_NIBBLES >> (4 * right_position) & 15
    bitpos = _put_steps(q_now, q_base, Q_RIGHT, width, out, bitpos)
    bitpos = _put_turn(q_now, q_base, Q_RIGHT + 3, right_rotation, out, bitpos)
    return (bitpos - start + 7) >> 3


@kernel
def decode_hands_full(buf: U8, at: int, end: int, q: I32) -> int:
    """Read a hands full piece from buf[at:end] into q's hands; give 22 or minus the reason."""
    if end - at < HANDS_FULL_BYTES:
        return _TOO_SHORT
    bitpos = _get_position(buf, at * 8, q, Q_LEFT)
    bitpos = _get_rotation(buf, bitpos, q, Q_LEFT + 3)
    bitpos = _get_position(buf, bitpos, q, Q_RIGHT)
    _get_rotation(buf, bitpos, q, Q_RIGHT + 3)
    if not (_in_range(q, Q_LEFT) and _in_range(q, Q_RIGHT)):
        return _OUT_OF_RANGE
    q[Q_HANDS_TOLD] = 1
    return HANDS_FULL_BYTES


@kernel
def decode_hands_delta(buf: U8, at: int, end: int, q: I32) -> int:
    """Add a hands delta piece from buf[at:end] to the baseline in `q`, in place.

    Gives the length or minus the reason (then `q` is spoilt).
    """
    if end - at < 2:
        return _TOO_SHORT
    start = at * 8
    head = get_bits(buf, start, 12)
    left_width = _HAND_NIBBLES >> (4 * (head & 7)) & 15
    left_rotation = (head >> 3) & 7
    right_width = _HAND_NIBBLES >> (4 * ((head >> 6) & 7)) & 15
    right_rotation = (head >> 9) & 7
    bits = 12 + 3 * left_width + _turn_bits(left_rotation)
    bits += 3 * right_width + _turn_bits(right_rotation)
    length = (bits + 7) >> 3
    if end - at < length:
        return _TOO_SHORT
    bitpos = _get_steps(buf, start + 12, left_width, q, Q_LEFT)
    bitpos = _get_turn(buf, bitpos, left_rotation, q, Q_LEFT + 3)
    bitpos = _get_steps(buf, bitpos, right_width, q, Q_RIGHT)
    _get_turn(buf, bitpos, right_rotation, q, Q_RIGHT + 3)
    if not (_in_range(q, Q_LEFT) and _in_range(q, Q_RIGHT)):
        return _OUT_OF_RANGE
    return length


# --- coarse ---------------------------------------------------------------------------------


@kernel
def encode_coarse(q_now: I32, participant_id: int, out: U8, at: int) -> int:
    """Write a coarse record at out[at:]; give its 10 bytes."""
    turn = np.empty(4, np.float32)
    dequantize_rotation(q_now, Q_HEAD + 3, turn, 0)
    x = np.float64(turn[0])
    y = np.float64(turn[1])
    z = np.float64(turn[2])
    w = np.float64(turn[3])
    # forward is (-sin yaw, 0, -cos yaw): the quaternion applied to -z, flattened
    yaw = math.atan2(2.0 * (x * z + w * y), 1.0 - 2.0 * (x * x + y * y))
    turns = math.floor(yaw / (2.0 * math.pi) * 64.0 + 0.5) & 63
    state = int(q_now[Q_STATE])
    bitpos = put_bits(out, at * 8, int(participant_id), 32)
    word = min((int(q_now[Q_HEAD]) + 8) >> 4, 8191) & 0x3FFF
    word |= (min((int(q_now[Q_HEAD + 2]) + 8) >> 4, 8191) & 0x3FFF) << 14
    word |= (min((int(q_now[Q_HEAD + 1]) + 32) >> 6, 255) & 0x1FF) << 28
    word |= turns << 37
    word |= (state & 3) << 43
    word |= ((state >> 10) & 1) << 45
    put_bits(out, bitpos, word, 48)
    return COARSE_BYTES


@kernel
def decode_coarse(buf: U8, at: int, end: int, out: I64) -> int:
    """Read a coarse record from buf[at:end]; give 10 or minus the reason.

    out: [7], id, x z y in mm, yaw in 1/64 turns, posture, away.
    """
    if end - at < COARSE_BYTES:
        return _TOO_SHORT
    participant_id = get_bits(buf, at * 8, 32)
    if participant_id == 0:
        return _BAD_ID
    word = get_bits(buf, at * 8 + 32, 48)
    out[0] = participant_id
    out[1] = sign_extend(word, 14) * 16
    out[2] = sign_extend(word >> 14, 14) * 16
    out[3] = sign_extend(word >> 28, 9) * 64
    out[4] = (word >> 37) & 63
    out[5] = (word >> 43) & 3
    out[6] = (word >> 45) & 1
    return COARSE_BYTES
