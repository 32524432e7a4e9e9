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
from hearth_protocol.kernels._jit import inner
from hearth_protocol.kernels.bits import load, pull, push, sign_extend, store
from hearth_protocol.kernels.parts import (
    HAND_NIBBLES,
    HEAD_NIBBLES,
    PART_BITS,
    hand_class,
    head_class,
    move,
    push_part,
    reach_of,
    take_part,
    three,
    turn_between,
    turn_bits,
)
from hearth_protocol.kernels.quantize import dequantize_rotation
from hearth_protocol.limits import (
    COARSE_BYTES,
    HANDS_FULL_BYTES,
    HEAD_FULL_BYTES,
    Q_HANDS_TOLD,
    Q_HEAD,
    Q_LEFT,
    Q_RIGHT,
    Q_STATE,
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


# --- head -----------------------------------------------------------------------------------


@inner
def encode_head_full(q_now: I32, participant_id: int, age_units: int, out: U8, at: int) -> int:
    """Write a head full piece at out[at:]; give its 18 bytes."""
    words = push_part((0, 0, 0, 0), q_now, Q_HEAD)
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
    position_class = head_class(reach_of(dx, dy, dz))
    if position_class > 7:
        return NEED_FULL
    turn_class, turn = turn_between(q_now, q_base, Q_HEAD + 3)
    width = HEAD_NIBBLES >> (4 * position_class) & 15
    state = int(np.int64(q_now[Q_STATE]))
    changed = int(state != q_base[Q_STATE])
    words = push((0, 0, 0, 0), turn, turn_bits(turn_class))
    words = push(words, three(dx, dy, dz, width), 3 * width)
    words = push(words, state, 16 * changed)
    head = age_units | (position_class << 8) | (turn_class << 11) | (changed << 14)
    words = push(words, head, 15)
    length = (15 + 16 * changed + 3 * width + turn_bits(turn_class) + 7) >> 3
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
    sound = take_part(pull(words, 24), q, Q_HEAD)
    return HEAD_FULL_BYTES if sound else _OUT_OF_RANGE


@inner
def decode_head_delta(buf: U8, at: int, end: int, q: I32, out_id_age: I64) -> int:
    """Add a head delta piece from buf[at:end] to the baseline in `q`, in place.

    out_id_age[1] gets the age. Gives the length or minus the reason (then `q` is spoilt).
    """
    if end - at < 2:
        return _TOO_SHORT
    words = load(buf, at, end)
    width = HEAD_NIBBLES >> (4 * ((words[0] >> 8) & 7)) & 15
    turn_class = (words[0] >> 11) & 7
    changed = (words[0] >> 14) & 1
    length = (15 + 16 * changed + 3 * width + turn_bits(turn_class) + 7) >> 3
    if end - at < length:
        return _TOO_SHORT
    out_id_age[1] = words[0] & 255
    words = pull(words, 15)
    if changed == 1:
        q[Q_STATE] = words[0] & STATE_MASK
    words = pull(words, 16 * changed)
    moved = words[0]
    words = pull(words, 3 * width)
    sound = move(moved, width, words[0], turn_class, q, Q_HEAD)
    return length if sound else _OUT_OF_RANGE


# --- hands ----------------------------------------------------------------------------------


@inner
def encode_hands_full(q_now: I32, out: U8, at: int) -> int:
    """Write a hands full piece at out[at:]; give its 22 bytes."""
    words = push_part((0, 0, 0, 0), q_now, Q_RIGHT)
    words = push_part(words, q_now, Q_LEFT)
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
        position_class = hand_class(reach_of(dx, dy, dz))
        if position_class > 7:
            return NEED_FULL
        turn_class, turn = turn_between(q_now, q_base, part + 3)
        width = HAND_NIBBLES >> (4 * position_class) & 15
        words = push(words, turn, turn_bits(turn_class))
        words = push(words, three(dx, dy, dz, width), 3 * width)
        bits += 3 * width + turn_bits(turn_class)
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
        sound = take_part(words, q, Q_LEFT + 7 * hand) and sound
        words = pull(pull(words, PART_BITS - 43), 43)
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
    left = 3 * (HAND_NIBBLES >> (4 * (head & 7)) & 15) + turn_bits((head >> 3) & 7)
    right = 3 * (HAND_NIBBLES >> (4 * ((head >> 6) & 7)) & 15) + turn_bits(head >> 9)
    length = (12 + left + right + 7) >> 3
    if end - at < length:
        return _TOO_SHORT
    sound = True
    for hand in range(2):
        width = HAND_NIBBLES >> (4 * (head & 7)) & 15
        turn_class = (head >> 3) & 7
        head >>= 6
        moved = words[0]
        words = pull(words, 3 * width)
        sound = move(moved, width, words[0], turn_class, q, Q_LEFT + 7 * hand) and sound
        words = pull(words, turn_bits(turn_class))
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
