"""Bit packing for pieces: least significant bit first, as the wire's section 2.2 says."""

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.kernels._jit import kernel

U8 = NDArray[np.uint8]


@kernel
def put_bits(buf: U8, bitpos: int, value: int, width: int) -> int:
    """Write the lowest `width` (0 to 56) bits of `value` at `bitpos`; give the next position.

    Bits are appended: what stood behind `bitpos` in its byte and in the bytes written is
    overwritten, so the padding of a finished piece is 0. No bounds are checked.
    """
    at = bitpos >> 3
    shift = bitpos & 7
    word = (value & ((1 << width) - 1)) << shift
    if shift != 0:
        word |= int(buf[at]) & ((1 << shift) - 1)
    left = shift + width
    while left > 0:
        buf[at] = word & 255
        word >>= 8
        at += 1
        left -= 8
    return bitpos + width


@kernel
def get_bits(buf: U8, bitpos: int, width: int) -> int:
    """Read `width` (0 to 56) bits at `bitpos` as an unsigned number. No bounds are checked."""
    at = bitpos >> 3
    shift = bitpos & 7
    word = 0
    have = 0
    need = shift + width
    while have < need:
        word |= int(buf[at]) << have
        at += 1
        have += 8
    return (word >> shift) & ((1 << width) - 1)


@kernel
def sign_extend(value: int, width: int) -> int:
    """Read the lowest `width` bits of `value` as two's complement; 0 for width 0."""
    if width == 0:
        return 0
    half = 1 << (width - 1)
    return ((value & ((1 << width) - 1)) ^ half) - half


@kernel
def get_u16(buf: U8, at: int) -> int:
    """Read a little-endian u16 at byte `at`. No bounds are checked."""
    return int(buf[at]) | (int(buf[at + 1]) << 8)


@kernel
def get_u32(buf: U8, at: int) -> int:
    """Read a little-endian u32 at byte `at`. No bounds are checked."""
    low = int(buf[at]) | (int(buf[at + 1]) << 8)
    return low | (int(buf[at + 2]) << 16) | (int(buf[at + 3]) << 24)


@kernel
def put_u16(buf: U8, at: int, value: int) -> None:
    """Write a little-endian u16 at byte `at`. No bounds are checked."""
    buf[at] = value & 255
    buf[at + 1] = (value >> 8) & 255


@kernel
def put_u32(buf: U8, at: int, value: int) -> None:
    """Write a little-endian u32 at byte `at`. No bounds are checked."""
    buf[at] = value & 255
    buf[at + 1] = (value >> 8) & 255
    buf[at + 2] = (value >> 16) & 255
    buf[at + 3] = (value >> 24) & 255
