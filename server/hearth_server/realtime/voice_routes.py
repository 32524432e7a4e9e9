"""Which routes the voice plane uses by now: what was sent, and what of it has been acknowledged.

Earshot reads this and nothing else: what people are told is what the server forwards by. Whom a
listener alone does not want to hear is left out later, where it is forwarded; nobody is told.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hearth_protocol.limits import VOICE_SLOTS

U8 = npt.NDArray[np.uint8]
U32 = npt.NDArray[np.uint32]
Slots = npt.NDArray[np.intp] | npt.NDArray[np.int32]

_HALF = 1 << 31


@dataclass(frozen=True, slots=True)
class _Sent:
    epoch: int
    slots: Slots
    listeners: U32
    rows: U32
    reasons: U8


class RouteLedger:
    """Routes on their way and in force, by the listener's slot.

    Args:
        who: [capacity] u32, the participant in each slot; read, never written. A row that was
            sent for somebody whose slot is another's by now is not entered.

    Attributes:
        epoch: of the newest routes in force.
    """

    def __init__(self, who: U32) -> None:
        self.epoch = 0
        self._who = who
        self._rows: U32 = np.zeros((who.size, VOICE_SLOTS), np.uint32)
        self._reasons: U8 = np.zeros((who.size, VOICE_SLOTS), np.uint8)
        self._on_their_way: deque[_Sent] = deque()

    def sent(self, epoch: int, slots: Slots, rows: U32, reasons: U8) -> None:
        """Note rows that were sent.

        Args:
            epoch: u32, comes back when they are in force.
            slots: [n] listeners.
            rows: [n, 8] participant ids, 0 for an empty voice slot.
            reasons: [n, 8] `hearth_sim.reasons.Hearing`.
        """
        self._on_their_way.append(_Sent(epoch, slots, self._who[slots], rows, reasons.copy()))

    def in_force(self, epoch: int) -> None:
        """Everything up to this epoch is used from now on."""
        while self._on_their_way and (epoch - self._on_their_way[0].epoch) % (2 * _HALF) < _HALF:
            sent = self._on_their_way.popleft()
            same = self._who[sent.slots] == sent.listeners
            self._rows[sent.slots[same]] = sent.rows[same]
            self._reasons[sent.slots[same]] = sent.reasons[same]
        self.epoch = epoch

    def forget(self, slot: int) -> None:
        """Nothing reaches this listener any more."""
        self._rows[slot] = 0

    def clear(self) -> None:
        """Nothing reaches anybody: the plane is gone."""
        self._on_their_way.clear()
        self._rows[:] = 0

    def listeners_of(self, participant: int) -> tuple[Slots, U8]:
        """Return the slots of those whom somebody's sound is forwarded to, and why to each."""
        slots, columns = np.nonzero(self._rows == np.uint32(participant))
        return slots, self._reasons[slots, columns]
