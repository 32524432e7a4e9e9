"""Marks: a number a slot, so that "have I seen this one?" costs one read."""

from hearth_protocol.kernels._jit import inner
from hearth_sim.arrays import I32, I64

_STAMP_MAX = 1 << 30


@inner
def next_stamp(mark: I32, stamp: I64) -> int:
    """Give a number that no mark carries, nor the two after it; stamp[0] keeps the newest.

    Long before they would wrap, the marks start over.
    """
    stamp[0] += 3
    if stamp[0] >= _STAMP_MAX:
        mark[:] = 0
        stamp[0] = 3
    return int(stamp[0])
