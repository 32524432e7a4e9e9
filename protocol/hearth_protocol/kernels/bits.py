"""Bits of pieces and numbers in byte arrays, for kernels.

A piece is at most 24 bytes: four words of 48 bits, held in plain signed integers (no sign bit,
no unsigned types that turn into floats in mixed sums). Bits are pushed in at the front, so a
piece is written last field first and read first field first; least significant bit first, as the
wire's section 2.2 says. Words are numbers, not an array: arrays handed to a helper would have
their references counted, which costs more than the helper.
"""

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.kernels._jit import inlined, inner

U8 = NDArray[np.uint8]
Words = tuple[int, int, int, int]

_WORD_BITS = 48
_WORD_BYTES = 6
_MASK = (1 << _WORD_BITS) - 1


@inner
def push(words: Words, value: int, width: int) -> Words:
    """Put the lowest `width` (0 to 48) bits of `value` before the bits that are there."""
    w0, w1, w2, w3 = words
    back = _WORD_BITS - width
    w3 = ((w3 << width) | (w2 >> back)) & _MASK
    w2 = ((w2 << width) | (w1 >> back)) & _MASK
    w1 = ((w1 << width) | (w0 >> back)) & _MASK
    w0 = ((w0 << width) | (value & ((1 << width) - 1))) & _MASK
    return w0, w1, w2, w3


@inner
def pull(words: Words, width: int) -> Words:
    """Drop the first `width` (0 to 48) bits: what they were is `words[0]`'s lowest bits."""
    w0, w1, w2, w3 = words
    back = _WORD_BITS - width
    w0 = (w0 >> width) | ((w1 << back) & _MASK)
    w1 = (w1 >> width) | ((w2 << back) & _MASK)
    w2 = (w2 >> width) | ((w3 << back) & _MASK)
    return w0, w1, w2, w3 >> width


@inlined
def store(words: Words, out: U8, at: int, length: int) -> None:
    """Write the first `length` (0 to 24) bytes of the words to out[at:]."""
    w0, w1, w2, w3 = words
    for i in range(min(length, _WORD_BYTES)):
        out[at + i] = (w0 >> (8 * i)) & 255
    for i in range(min(length - 6, _WORD_BYTES)):
        out[at + 6 + i] = (w1 >> (8 * i)) & 255
    for i in range(min(length - 12, _WORD_BYTES)):
        out[at + 12 + i] = (w2 >> (8 * i)) & 255
    for i in range(length - 18):
        out[at + 18 + i] = (w3 >> (8 * i)) & 255


@inlined
def load(buf: U8, at: int, end: int) -> Words:
    """Read the words at buf[at:]; bytes from `end` on count as 0 and are not touched."""
    length = end - at
    w0 = 0
    w1 = 0
    w2 = 0
    w3 = 0
    for i in range(min(length, _WORD_BYTES)):
        w0 |= int(np.int64(buf[at + i])) << (8 * i)
    for i in range(min(length - 6, _WORD_BYTES)):
        w1 |= int(np.int64(buf[at + 6 + i])) << (8 * i)
    for i in range(min(length - 12, _WORD_BYTES)):
        w2 |= int(np.int64(buf[at + 12 + i])) << (8 * i)
    for i in range(min(length - 18, _WORD_BYTES)):
        w3 |= int(np.int64(buf[at + 18 + i])) << (8 * i)
    return w0, w1, w2, w3


@inner
def sign_extend(value: int, width: int) -> int:
    """Read the lowest `width` bits of `value` as two's complement; 0 for width 0."""
    half = (1 << width) >> 1
    return ((value & ((1 << width) - 1)) ^ half) - half


@inlined
def get_u16(buf: U8, at: int) -> int:
    """Read a little-endian u16 at byte `at`. No bounds are checked."""
    return int(np.int64(buf[at])) | (int(np.int64(buf[at + 1])) << 8)


@inlined
def get_u32(buf: U8, at: int) -> int:
    """Read a little-endian u32 at byte `at`. No bounds are checked."""
    u = np.uintp(at)
    low = int(np.int64(buf[u])) | (int(np.int64(buf[u + np.uintp(1)])) << 8)
    low |= int(np.int64(buf[u + np.uintp(2)])) << 16
    return low | (int(np.int64(buf[u + np.uintp(3)])) << 24)


@inlined
def put_u32(buf: U8, at: int, value: int) -> None:
    """Write a little-endian u32 at byte `at`. No bounds are checked."""
    u = np.uintp(at)
    buf[u] = value & 255
    buf[u + np.uintp(1)] = (value >> 8) & 255
    buf[u + np.uintp(2)] = (value >> 16) & 255
    buf[u + np.uintp(3)] = (value >> 24) & 255
