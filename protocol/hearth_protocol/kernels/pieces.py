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
from hearth_protocol.kernels._jit import inlined, inner
from hearth_protocol.kernels.bits import Words, load, pull, push, sign_extend, store
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
_ROTATION_FULL_BITS = 2 + 3 * ROTATION_BITS
_PART_BITS = 2 * POSITION_XZ_BITS + POSITION_Y_BITS + _ROTATION_FULL_BITS
# The width tables as nibbles of one number: a shift instead of a table in memory.
_HEAD_NIBBLES = sum(width << (4 * cls) for cls, width in enumerate(HEAD_POSITION_WIDTHS))
_HAND_NIBBLES = sum(width << (4 * cls) for cls, width in enumerate(HAND_POSITION_WIDTHS))
_TURN_NIBBLES = sum(width << (4 * cls) for cls, width in enumerate(ROTATION_WIDTHS))


# --- widths and classes ---------------------------------------------------------------------
# Class lookups count the thresholds passed instead of branching: the data is noise, and a
# mispredicted branch costs more than eight comparisons. 8 means that no class is wide enough.
# Helpers take numbers, not arrays (see `bits`).

_H1, _H2, _H3, _H4, _H5, _H6, _H7 = (1 << (width - 1) for width in HEAD_POSITION_WIDTHS[1:])
_P1, _P2, _P3, _P4, _P5, _P6, _P7 = (1 << (width - 1) for width in HAND_POSITION_WIDTHS[1:])
_T1, _T2, _T3, _T4, _T5, _T6 = (1 << (width - 1) for width in ROTATION_WIDTHS[1:])


@inner
def _reach(dx: int, dy: int, dz: int) -> int:
    """Give -1 for three zeros, else the or of the differences' magnitude bits.

    Differences fit `width` bits when that is below 2 ** (width - 1).
    """
    if dx | dy | dz == 0:
        return -1
    return (dx ^ (dx >> 63)) | (dy ^ (dy >> 63)) | (dz ^ (dz >> 63))


@inner
def _head_class(reach: int) -> int:
    cls = int(reach >= 0) + int(reach >= _H1) + int(reach >= _H2) + int(reach >= _H3)
    return cls + int(reach >= _H4) + int(reach >= _H5) + int(reach >= _H6) + int(reach >= _H7)


@inner
def _hand_class(reach: int) -> int:
    cls = int(reach >= 0) + int(reach >= _P1) + int(reach >= _P2) + int(reach >= _P3)
    return cls + int(reach >= _P4) + int(reach >= _P5) + int(reach >= _P6) + int(reach >= _P7)


@inner
def _turn_class(reach: int) -> int:
    cls = int(reach >= 0) + int(reach >= _T1) + int(reach >= _T2) + int(reach >= _T3)
    return cls + int(reach >= _T4) + int(reach >= _T5) + int(reach >= _T6)


@inner
def _turn_bits(cls: int) -> int:
    width = _TURN_NIBBLES >> (4 * cls) & 15
    return _ROTATION_FULL_BITS if cls == ROTATION_ABSOLUTE else 3 * width


@inner
def _three(a: int, b: int, c: int, width: int) -> int:
    """Put three numbers of `width` (0 to 12) bits side by side."""
    mask = (1 << width) - 1
    return (a & mask) | ((b & mask) << width) | ((c & mask) << (2 * width))


@inner
def _rotation_word(k: int, a: int, b: int, c: int) -> int:
    return k | (_three(a, b, c, ROTATION_BITS) << 2)


@inner
def _push_full(words: Words, x: int, y: int, z: int, rotation: int) -> Words:
    """Push a whole part: position, then the 35 bits of its rotation behind it."""
    words = push(words, rotation, _ROTATION_FULL_BITS)
    words = push(words, z, POSITION_XZ_BITS)
    words = push(words, y, POSITION_Y_BITS)
    return push(words, x, POSITION_XZ_BITS)


@inlined
def _push_part(words: Words, q: I32, at: int) -> Words:
    """Push the whole part q[at : at + 7]."""
    rotation = _rotation_word(
        int(np.int64(q[at + 3])),
        int(np.int64(q[at + 4])),
        int(np.int64(q[at + 5])),
        int(np.int64(q[at + 6])),
    )
    return _push_full(
        words, int(np.int64(q[at])), int(np.int64(q[at + 1])), int(np.int64(q[at + 2])), rotation
    )


@inlined
def _turn(q_now: I32, q_base: I32, at: int) -> tuple[int, int]:
    """Give class and bits of the rotation at q[at : at + 4], as a difference if that will do."""
    a = int(np.int64(q_now[at + 1]))
    b = int(np.int64(q_now[at + 2]))
    c = int(np.int64(q_now[at + 3]))
    da = a - int(np.int64(q_base[at + 1]))
    db = b - int(np.int64(q_base[at + 2]))
    dc = c - int(np.int64(q_base[at + 3]))
    cls = _turn_class(_reach(da, db, dc))
    if q_now[at] != q_base[at]:
        cls = ROTATION_ABSOLUTE
    if cls == ROTATION_ABSOLUTE:
        return cls, _rotation_word(int(np.int64(q_now[at])), a, b, c)
    return cls, _three(da, db, dc, _TURN_NIBBLES >> (4 * cls) & 15)


@inner
def _sound(x: int, y: int, z: int) -> bool:
    return bool(
        POSITION_XZ_MIN <= x <= POSITION_XZ_MAX
        and POSITION_Y_MIN <= y <= POSITION_Y_MAX
        and POSITION_XZ_MIN <= z <= POSITION_XZ_MAX
    )


@inner
def _sound_turn(a: int, b: int, c: int) -> bool:
    low = min(a, b, c)
    return bool(low >= -ROTATION_MAX and max(a, b, c) <= ROTATION_MAX)


@inlined
def _take_part(words: Words, q: I32, at: int) -> bool:
    """Read a whole part from the front into q[at : at + 7]; say whether it is in range."""
    x = sign_extend(words[0], POSITION_XZ_BITS)
    y = sign_extend(words[0] >> POSITION_XZ_BITS, POSITION_Y_BITS)
    words = pull(words, POSITION_XZ_BITS + POSITION_Y_BITS)
    z = sign_extend(words[0], POSITION_XZ_BITS)
    words = pull(words, POSITION_XZ_BITS)
    return _set_rotation(words[0], q, at + 3) and _set_position(x, y, z, q, at)


@inlined
def _set_position(x: int, y: int, z: int, q: I32, at: int) -> bool:
    q[at] = x
    q[at + 1] = y
    q[at + 2] = z
    return _sound(x, y, z)


@inlined
def _set_rotation(bits: int, q: I32, at: int) -> bool:
    """Write the rotation in the lowest 35 bits into q[at : at + 4]."""
    a = sign_extend(bits >> 2, ROTATION_BITS)
    b = sign_extend(bits >> (2 + ROTATION_BITS), ROTATION_BITS)
    c = sign_extend(bits >> (2 + 2 * ROTATION_BITS), ROTATION_BITS)
    q[at] = bits & 3
    q[at + 1] = a
    q[at + 2] = b
    q[at + 3] = c
    return _sound_turn(a, b, c)


@inlined
def _move(moved: int, width: int, turned: int, turn_class: int, q: I32, at: int) -> bool:
    """Add a part's differences to q[at : at + 7]; say whether it is in range then."""
    x = int(np.int64(q[at])) + sign_extend(moved, width)
    y = int(np.int64(q[at + 1])) + sign_extend(moved >> width, width)
    z = int(np.int64(q[at + 2])) + sign_extend(moved >> (2 * width), width)
    sound = _set_position(x, y, z, q, at)
    if turn_class == ROTATION_ABSOLUTE:
        return _set_rotation(turned, q, at + 3) and sound
    turn = _TURN_NIBBLES >> (4 * turn_class) & 15
    a = int(np.int64(q[at + 4])) + sign_extend(turned, turn)
    b = int(np.int64(q[at + 5])) + sign_extend(turned >> turn, turn)
    c = int(np.int64(q[at + 6])) + sign_extend(turned >> (2 * turn), turn)
    q[at + 4] = a
    q[at + 5] = b
    q[at + 6] = c
    return sound and _sound_turn(a, b, c)


# --- head -----------------------------------------------------------------------------------


@inner
def encode_head_full(q_now: I32, participant_id: int, age_units: int, out: U8, at: int) -> int:
    """Write a head full piece at out[at:]; give its 18 bytes."""
    words = _push_part((0, 0, 0, 0), q_now, Q_HEAD)
    words = push(words, age_units | (int(np.int64(q_now[Q_STATE])) << 8), 24)
    words = push(words, participant_id, 32)
    store(words, out, at, HEAD_FULL_BYTES)
    return HEAD_FULL_BYTES


@inner
def encode_head_delta(q_now: I32, q_base: I32, age_units: int, out: U8, at: int) -> int:
    """Write a head delta piece at out[at:]; give its length (2 to 13), or -1: full needed."""
    dx = int(np.int64(q_now[0])) - int(np.int64(q_base[0]))
    dy = int(np.int64(q_now[1])) - int(np.int64(q_base[1]))
    dz = int(np.int64(q_now[2])) - int(np.int64(q_base[2]))
    position_class = _head_class(_reach(dx, dy, dz))
    if position_class > 7:
        return NEED_FULL
    turn_class, turn = _turn(q_now, q_base, Q_HEAD + 3)
    width = _HEAD_NIBBLES >> (4 * position_class) & 15
    state = int(np.int64(q_now[Q_STATE]))
    changed = int(state != q_base[Q_STATE])
    words = push((0, 0, 0, 0), turn, _turn_bits(turn_class))
    words = push(words, _three(dx, dy, dz, width), 3 * width)
    words = push(words, state, 16 * changed)
    head = age_units | (position_class << 8) | (turn_class << 11) | (changed << 14)
    words = push(words, head, 15)
    length = (15 + 16 * changed + 3 * width + _turn_bits(turn_class) + 7) >> 3
    store(words, out, at, length)
    return length


@inner
def decode_head_full(buf: U8, at: int, end: int, q: I32, out_id_age: I64) -> int:
    """Read a head full piece from buf[at:end] into q's head and state.

    out_id_age: [2], participant id and age (2 ms units). Gives 18 or minus the reason.
    """
    if end - at < HEAD_FULL_BYTES:
        return _TOO_SHORT
    words = load(buf, at, end)
    participant_id = words[0] & 0xFFFF_FFFF
    if participant_id == 0:
        return _BAD_ID
    words = pull(words, 32)
    out_id_age[0] = participant_id
    out_id_age[1] = words[0] & 255
    q[Q_STATE] = (words[0] >> 8) & STATE_MASK
    sound = _take_part(pull(words, 24), q, Q_HEAD)
    return HEAD_FULL_BYTES if sound else _OUT_OF_RANGE


@inner
def decode_head_delta(buf: U8, at: int, end: int, q: I32, out_id_age: I64) -> int:
    """Add a head delta piece from buf[at:end] to the baseline in `q`, in place.

    out_id_age[1] gets the age. Gives the length or minus the reason (then `q` is spoilt).
    """
    if end - at < 2:
        return _TOO_SHORT
    words = load(buf, at, end)
    width = _HEAD_NIBBLES >> (4 * ((words[0] >> 8) & 7)) & 15
    turn_class = (words[0] >> 11) & 7
    changed = (words[0] >> 14) & 1
    length = (15 + 16 * changed + 3 * width + _turn_bits(turn_class) + 7) >> 3
    if end - at < length:
        return _TOO_SHORT
    out_id_age[1] = words[0] & 255
    words = pull(words, 15)
    if changed == 1:
        q[Q_STATE] = words[0] & STATE_MASK
    words = pull(words, 16 * changed)
    moved = words[0]
    words = pull(words, 3 * width)
    sound = _move(moved, width, words[0], turn_class, q, Q_HEAD)
    return length if sound else _OUT_OF_RANGE


# --- hands ----------------------------------------------------------------------------------


@inner
def encode_hands_full(q_now: I32, out: U8, at: int) -> int:
    """Write a hands full piece at out[at:]; give its 22 bytes."""
    words = _push_part((0, 0, 0, 0), q_now, Q_RIGHT)
    words = _push_part(words, q_now, Q_LEFT)
    store(words, out, at, HANDS_FULL_BYTES)
    return HANDS_FULL_BYTES


@inner
def encode_hands_delta(q_now: I32, q_base: I32, out: U8, at: int) -> int:
    """Write a hands delta piece at out[at:]; give its length (2 to 20), or -1: full needed."""
    words = (0, 0, 0, 0)
    bits = 12
    head = 0
    for hand in range(2):
        part = Q_RIGHT - 7 * hand  # the right one first: pushed in before the left
        dx = int(np.int64(q_now[part])) - int(np.int64(q_base[part]))
        dy = int(np.int64(q_now[part + 1])) - int(np.int64(q_base[part + 1]))
        dz = int(np.int64(q_now[part + 2])) - int(np.int64(q_base[part + 2]))
        position_class = _hand_class(_reach(dx, dy, dz))
        if position_class > 7:
            return NEED_FULL
        turn_class, turn = _turn(q_now, q_base, part + 3)
        width = _HAND_NIBBLES >> (4 * position_class) & 15
        words = push(words, turn, _turn_bits(turn_class))
        words = push(words, _three(dx, dy, dz, width), 3 * width)
        bits += 3 * width + _turn_bits(turn_class)
        head = (head << 6) | position_class | (turn_class << 3)
    words = push(words, head, 12)
    length = (bits + 7) >> 3
    store(words, out, at, length)
    return length


@inner
def decode_hands_full(buf: U8, at: int, end: int, q: I32) -> int:
    """Read a hands full piece from buf[at:end] into q's hands; give 22 or minus the reason."""
    if end - at < HANDS_FULL_BYTES:
        return _TOO_SHORT
    words = load(buf, at, end)
    sound = True
    for hand in range(2):
        sound = _take_part(words, q, Q_LEFT + 7 * hand) and sound
        words = pull(pull(words, _PART_BITS - 43), 43)
    if not sound:
        return _OUT_OF_RANGE
    q[Q_HANDS_TOLD] = 1
    return HANDS_FULL_BYTES


@inner
def decode_hands_delta(buf: U8, at: int, end: int, q: I32) -> int:
    """Add a hands delta piece from buf[at:end] to the baseline in `q`, in place.

    Gives the length or minus the reason (then `q` is spoilt).
    """
    if end - at < 2:
        return _TOO_SHORT
    words = load(buf, at, end)
    head = words[0] & 0xFFF
    words = pull(words, 12)
    left = 3 * (_HAND_NIBBLES >> (4 * (head & 7)) & 15) + _turn_bits((head >> 3) & 7)
    right = 3 * (_HAND_NIBBLES >> (4 * ((head >> 6) & 7)) & 15) + _turn_bits(head >> 9)
    length = (12 + left + right + 7) >> 3
    if end - at < length:
        return _TOO_SHORT
    sound = True
    for hand in range(2):
        width = _HAND_NIBBLES >> (4 * (head & 7)) & 15
        turn_class = (head >> 3) & 7
        head >>= 6
        moved = words[0]
        words = pull(words, 3 * width)
        sound = _move(moved, width, words[0], turn_class, q, Q_LEFT + 7 * hand) and sound
        words = pull(words, _turn_bits(turn_class))
    return length if sound else _OUT_OF_RANGE


# --- coarse ---------------------------------------------------------------------------------


@inner
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
    state = int(np.int64(q_now[Q_STATE]))
    word = min((int(np.int64(q_now[Q_HEAD])) + 8) >> 4, 8191) & 0x3FFF
    word |= (min((int(np.int64(q_now[Q_HEAD + 2])) + 8) >> 4, 8191) & 0x3FFF) << 14
    word |= (min((int(np.int64(q_now[Q_HEAD + 1])) + 32) >> 6, 255) & 0x1FF) << 28
    word |= turns << 37
    word |= (state & 3) << 43
    word |= ((state >> 10) & 1) << 45
    words = push(push((0, 0, 0, 0), word, 48), participant_id, 32)
    store(words, out, at, COARSE_BYTES)
    return COARSE_BYTES


@inner
def decode_coarse(buf: U8, at: int, end: int, out: I64) -> int:
    """Read a coarse record from buf[at:end]; give 10 or minus the reason.

    out: [7], id, x z y in mm, yaw in 1/64 turns, posture, away.
    """
    if end - at < COARSE_BYTES:
        return _TOO_SHORT
    words = load(buf, at, at + COARSE_BYTES)
    participant_id = words[0] & 0xFFFF_FFFF
    if participant_id == 0:
        return _BAD_ID
    word = pull(words, 32)[0]
    out[0] = participant_id
    out[1] = sign_extend(word, 14) * 16
    out[2] = sign_extend(word >> 14, 14) * 16
    out[3] = sign_extend(word >> 28, 9) * 64
    out[4] = (word >> 37) & 63
    out[5] = (word >> 43) & 3
    out[6] = (word >> 45) & 1
    return COARSE_BYTES
