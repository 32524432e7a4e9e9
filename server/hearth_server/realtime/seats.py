"""Which connection sits in which slot, as flat lists the tick can run through without looking up.

A slot is recycled: a seat is only ever taken off together with the connection in it.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection


def _nowhere(_: bytes, /) -> None:
    """Take bytes for nobody: a free slot's write."""


def _nothing() -> int:
    """Nothing waits for nobody: a free slot's buffer."""
    return 0


class Seats:
    """Connections by slot, and the connected ones densely.

    Attributes:
        connection: by slot, None where nobody is connected.
        write: by slot, the transport's write; a free slot's does nothing.
        buffered: by slot, the transport's read of how much waits in it; 0 for a free slot.
        slots: the connected slots, in no order.
        connected: [capacity] bool.
        introduced: [capacity] bool, whether the connection was told who is here.
    """

    def __init__(self, capacity: int) -> None:
        self.connection: list[Connection | None] = [None] * capacity
        self.write: list[Callable[[bytes], None]] = [_nowhere] * capacity
        self.buffered: list[Callable[[], int]] = [_nothing] * capacity
        self.slots: list[int] = []
        self._place: dict[int, int] = {}
        self.connected: npt.NDArray[np.bool_] = np.zeros(capacity, np.bool_)
        self.introduced: npt.NDArray[np.bool_] = np.zeros(capacity, np.bool_)

    def __len__(self) -> int:
        return len(self.slots)

    def put(self, slot: int, connection: "Connection") -> None:
        """Seat a connection; whoever sat there must have been taken off."""
        transport = connection.wire.transport
        self.connection[slot] = connection
        self.write[slot] = transport.write
        self.buffered[slot] = transport.get_write_buffer_size
        self._place[slot] = len(self.slots)
        self.slots.append(slot)
        self.connected[slot] = True
        self.introduced[slot] = False

    def take_off(self, slot: int) -> None:
        """Empty a seat."""
        place = self._place.pop(slot)
        last = self.slots.pop()
        if last != slot:
            self.slots[place] = last
            self._place[last] = place
        self.connection[slot] = None
        self.write[slot] = _nowhere
        self.buffered[slot] = _nothing
        self.connected[slot] = False
        self.introduced[slot] = False
