"""Heads and hands inside pieces: width classes, differences, and the bits of one part.

Only `pieces` has a use for this. Rows are as described there.
"""

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.kernels._jit import inlined, inner
from hearth_protocol.kernels.bits import Words, pull, push, sign_extend
from hearth_protocol.limits import (
    HAND_POSITION_WIDTHS,
    HEAD_POSITION_WIDTHS,
    POSITION_XZ_BITS,
    POSITION_XZ_MAX,
    POSITION_XZ_MIN,
    POSITION_Y_BITS,
    POSITION_Y_MAX,
    POSITION_Y_MIN,
    ROTATION_ABSOLUTE,
    ROTATION_BITS,
    ROTATION_MAX,
    ROTATION_WIDTHS,
)

I32 = NDArray[np.int32]

ROTATION_FULL_BITS = 2 + 3 * ROTATION_BITS
PART_BITS = 2 * POSITION_XZ_BITS + POSITION_Y_BITS + ROTATION_FULL_BITS
# The width tables as nibbles of one number: a shift instead of a table in memory.
HEAD_NIBBLES = sum(width << (4 * cls) for cls, width in enumerate(HEAD_POSITION_WIDTHS))
HAND_NIBBLES = sum(width << (4 * cls) for cls, width in enumerate(HAND_POSITION_WIDTHS))
TURN_NIBBLES = sum(width << (4 * cls) for cls, width in enumerate(ROTATION_WIDTHS))

# --- widths and classes ---------------------------------------------------------------------
# Class lookups count the thresholds passed instead of branching: the data is noise, and a
# mispredicted branch costs more than eight comparisons. 8 means that no class is wide enough.
# Helpers take numbers, not arrays (see `bits`).

_H1, _H2, _H3, _H4, _H5, _H6, _H7 = (1 << (width - 1) for width in HEAD_POSITION_WIDTHS[1:])
_P1, _P2, _P3, _P4, _P5, _P6, _P7 = (1 << (width - 1) for width in HAND_POSITION_WIDTHS[1:])
_T1, _T2, _T3, _T4, _T5, _T6 = (1 << (width - 1) for width in ROTATION_WIDTHS[1:])


@inner
def reach_of(dx: int, dy: int, dz: int) -> int:
    """Give -1 for three zeros, else the or of the differences' magnitude bits.

    Differences fit `width` bits when that is below 2 ** (width - 1).
    """
    if dx | dy | dz == 0:
        return -1
    return (dx ^ (dx >> 63)) | (dy ^ (dy >> 63)) | (dz ^ (dz >> 63))


@inner
def head_class(reach: int) -> int:
    """Give the narrowest head position class for such a reach; 8 if there is none."""
    cls = int(reach >= 0) + int(reach >= _H1) + int(reach >= _H2) + int(reach >= _H3)
    return cls + int(reach >= _H4) + int(reach >= _H5) + int(reach >= _H6) + int(reach >= _H7)


@inner
def hand_class(reach: int) -> int:
    """Give the narrowest hand position class for such a reach; 8 if there is none."""
    cls = int(reach >= 0) + int(reach >= _P1) + int(reach >= _P2) + int(reach >= _P3)
    return cls + int(reach >= _P4) + int(reach >= _P5) + int(reach >= _P6) + int(reach >= _P7)


@inner
def turn_class(reach: int) -> int:
    """Give the narrowest class for such a reach of a rotation; 7 means absolute."""
    cls = int(reach >= 0) + int(reach >= _T1) + int(reach >= _T2) + int(reach >= _T3)
    return cls + int(reach >= _T4) + int(reach >= _T5) + int(reach >= _T6)


@inner
def turn_bits(cls: int) -> int:
    """Give how many bits a rotation of this class takes."""
    width = TURN_NIBBLES >> (4 * cls) & 15
    return ROTATION_FULL_BITS if cls == ROTATION_ABSOLUTE else 3 * width


@inner
def three(a: int, b: int, c: int, width: int) -> int:
    """Put three numbers of `width` (0 to 12) bits side by side."""
    mask = (1 << width) - 1
    return (a & mask) | ((b & mask) << width) | ((c & mask) << (2 * width))


@inner
def rotation_word(k: int, a: int, b: int, c: int) -> int:
    """Give the 35 bits of a whole rotation."""
    return k | (three(a, b, c, ROTATION_BITS) << 2)


@inner
def push_full(words: Words, x: int, y: int, z: int, rotation: int) -> Words:
    """Push a whole part: position, then the 35 bits of its rotation behind it."""
    words = push(words, rotation, ROTATION_FULL_BITS)
    words = push(words, z, POSITION_XZ_BITS)
    words = push(words, y, POSITION_Y_BITS)
    return push(words, x, POSITION_XZ_BITS)


@inlined
def push_part(words: Words, q: I32, at: int) -> Words:
    """Push the whole part q[at : at + 7]."""
    rotation = rotation_word(
        int(np.int64(q[at + 3])),
        int(np.int64(q[at + 4])),
        int(np.int64(q[at + 5])),
        int(np.int64(q[at + 6])),
    )
    return push_full(
        words, int(np.int64(q[at])), int(np.int64(q[at + 1])), int(np.int64(q[at + 2])), rotation
    )


@inlined
def turn_between(q_now: I32, q_base: I32, at: int) -> tuple[int, int]:
    """Give class and bits of the rotation at q[at : at + 4], as a difference if that will do."""
    a = int(np.int64(q_now[at + 1]))
    b = int(np.int64(q_now[at + 2]))
    c = int(np.int64(q_now[at + 3]))
    da = a - int(np.int64(q_base[at + 1]))
    db = b - int(np.int64(q_base[at + 2]))
    dc = c - int(np.int64(q_base[at + 3]))
    cls = turn_class(reach_of(da, db, dc))
    if q_now[at] != q_base[at]:
        cls = ROTATION_ABSOLUTE
    if cls == ROTATION_ABSOLUTE:
        return cls, rotation_word(int(np.int64(q_now[at])), a, b, c)
    return cls, three(da, db, dc, TURN_NIBBLES >> (4 * cls) & 15)


@inner
def sound(x: int, y: int, z: int) -> bool:
    """Say whether a position is one an encoder can have meant."""
    return bool(
        POSITION_XZ_MIN <= x <= POSITION_XZ_MAX
        and POSITION_Y_MIN <= y <= POSITION_Y_MAX
        and POSITION_XZ_MIN <= z <= POSITION_XZ_MAX
    )


@inner
def sound_turn(a: int, b: int, c: int) -> bool:
    """Say whether a rotation's integers are ones an encoder can have meant."""
    low = min(a, b, c)
    return bool(low >= -ROTATION_MAX and max(a, b, c) <= ROTATION_MAX)


@inlined
def take_part(words: Words, q: I32, at: int) -> bool:
    """Read a whole part from the front into q[at : at + 7]; say whether it is in range."""
    x = sign_extend(words[0], POSITION_XZ_BITS)
    y = sign_extend(words[0] >> POSITION_XZ_BITS, POSITION_Y_BITS)
    words = pull(words, POSITION_XZ_BITS + POSITION_Y_BITS)
    z = sign_extend(words[0], POSITION_XZ_BITS)
    words = pull(words, POSITION_XZ_BITS)
    return set_rotation(words[0], q, at + 3) and set_position(x, y, z, q, at)


@inlined
def set_position(x: int, y: int, z: int, q: I32, at: int) -> bool:
    """Write a position to q[at : at + 3]; say whether it is in range."""
    q[at] = x
    q[at + 1] = y
    q[at + 2] = z
    return sound(x, y, z)


@inlined
def set_rotation(bits: int, q: I32, at: int) -> bool:
    """Write the rotation in the lowest 35 bits into q[at : at + 4]."""
    a = sign_extend(bits >> 2, ROTATION_BITS)
    b = sign_extend(bits >> (2 + ROTATION_BITS), ROTATION_BITS)
    c = sign_extend(bits >> (2 + 2 * ROTATION_BITS), ROTATION_BITS)
    q[at] = bits & 3
    q[at + 1] = a
    q[at + 2] = b
    q[at + 3] = c
    return sound_turn(a, b, c)


@inlined
def move(moved: int, width: int, turned: int, turn_class: int, q: I32, at: int) -> bool:
    """Add a part's differences to q[at : at + 7]; say whether it is in range then."""
    x = int(np.int64(q[at])) + sign_extend(moved, width)
    y = int(np.int64(q[at + 1])) + sign_extend(moved >> width, width)
    z = int(np.int64(q[at + 2])) + sign_extend(moved >> (2 * width), width)
    sound = set_position(x, y, z, q, at)
    if turn_class == ROTATION_ABSOLUTE:
        return set_rotation(turned, q, at + 3) and sound
    turn = TURN_NIBBLES >> (4 * turn_class) & 15
    a = int(np.int64(q[at + 4])) + sign_extend(turned, turn)
    b = int(np.int64(q[at + 5])) + sign_extend(turned >> turn, turn)
    c = int(np.int64(q[at + 6])) + sign_extend(turned >> (2 * turn), turn)
    q[at + 4] = a
    q[at + 5] = b
    q[at + 6] = c
    return sound and sound_turn(a, b, c)
