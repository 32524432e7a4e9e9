"""Marks: a number a slot, so that "what do I know of this one?" costs one read.

A mark minus the stamp of the one who looks says what was noted; anything outside 0 to 255 was
noted by somebody else, and means nothing.
"""

from hearth_protocol.kernels._jit import inner
from hearth_sim.arrays import I32, I64

#: Numbers one stamp has for itself.
SPAN = 256
_STAMP_MAX = (1 << 31) - 2 * SPAN


@inner
def next_stamp(mark: I32, stamp: I64) -> int:
    """Give a number so that no mark lies in the span from it on; stamp[0] keeps the newest.

    Before they would wrap, the marks start over.
    """
    stamp[0] += SPAN
    if stamp[0] > _STAMP_MAX:
        mark[:] = 0
        stamp[0] = SPAN
    return int(stamp[0])


@inner
def take_stamps(mark: I32, stamp: I64, count: int) -> int:
    """Give a number so that no mark lies in the `count` spans after that from it on.

    For kernels that need one span after the other: they count up themselves.
    """
    if stamp[0] + count * SPAN > _STAMP_MAX:
        mark[:] = 0
        stamp[0] = 0
    first = int(stamp[0])
    stamp[0] += count * SPAN
    return first
