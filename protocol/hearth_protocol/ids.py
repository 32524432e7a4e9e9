"""Numbers that name and order things, and how to compare those that wrap around."""

from typing import Final, NewType

ParticipantId = NewType("ParticipantId", int)
"""1 … 2**32 - 1, never reused by a node while it runs; 0 names nobody."""

_HALF_U16: Final = 1 << 15
_HALF_U32: Final = 1 << 31


def seq_newer(seq: int, than: int) -> bool:
    """Say whether u16 `seq` comes after `than` (less than half the circle ahead)."""
    return 0 < ((seq - than) & 0xFFFF) < _HALF_U16


def u32_difference(a: int, b: int) -> int:
    """Give `a - b` as a signed 32-bit number, for ticks and server milliseconds that wrap."""
    return ((a - b + _HALF_U32) & 0xFFFF_FFFF) - _HALF_U32


def u32_newer(a: int, b: int) -> bool:
    """Say whether tick or time `a` comes after `b`."""
    return u32_difference(a, b) > 0
