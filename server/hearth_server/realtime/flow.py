"""How many snapshots are on their way to each observer, told from what they acknowledge.

A socket swallows minutes of snapshots before it says no, and behind a proxy it never does; the
tick that every pose acknowledges tells the truth. Counted are snapshots, not time: a long way
there and back lowers the rate a little, it does not stop it.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

U32 = npt.NDArray[np.uint32]
Bool = npt.NDArray[np.bool_]

# As much as a round trip of 0.3 s needs at the full rate.
WINDOW_S: Final = 0.3
WINDOW_MIN: Final = 6
# Ticks of which it is remembered how many snapshots had been sent by then; a power of two.
_MEMORY: Final = 128


class Flow:
    """Snapshots sent and acknowledged, by slot.

    Attributes:
        acked: [capacity] u32, snapshots of this connection known to have arrived.
        full: [capacity] bool, whether as many are on their way as may be.
    """

    def __init__(self, capacity: int, tick_hz: int) -> None:
        self.acked: U32 = np.zeros(capacity, np.uint32)
        self.full: Bool = np.zeros(capacity, np.bool_)
        self._window = max(WINDOW_MIN, math.ceil(WINDOW_S * tick_hz))
        self._sent: U32 = np.zeros(capacity, np.uint32)
        self._sent_by: U32 = np.zeros((_MEMORY, capacity), np.uint32)
        self._slots = np.arange(capacity)

    def reset(self, slot: int) -> None:
        """A new connection sits in this slot: nothing was sent on it."""
        self.acked[slot] = 0
        self._sent[slot] = 0
        self._sent_by[:, slot] = 0
        self.full[slot] = False

    def look(self, tick: int, acked_tick: U32) -> Bool:
        """Take in acknowledgements and say who has as many on their way as may be.

        Args:
            tick: the current one.
            acked_tick: [capacity] newest tick each observer said to have; 0 for none.
        """
        age = np.uint32(tick) - acked_tick
        arrived = self._sent_by[acked_tick & np.uint32(_MEMORY - 1), self._slots]
        arrived[age >= _MEMORY] = 0
        np.maximum(self.acked, arrived, out=self.acked)
        np.greater_equal(self._sent - self.acked, self._window, out=self.full)
        return self.full

    def sent(self, tick: int, length: npt.NDArray[np.int32]) -> None:
        """Note whom a snapshot of this tick goes to.

        Args:
            tick: the current one.
            length: [capacity] bytes of each frame, 0 for none.
        """
        self._sent += length != 0
        self._sent_by[tick & (_MEMORY - 1)] = self._sent
