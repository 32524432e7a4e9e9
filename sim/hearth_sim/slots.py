"""Hands out slots and takes them back; a slot is a place in arrays, not an identity."""

import heapq

from hearth_sim.arrays import Slots


class WorldFullError(Exception):
    """Every slot, room or list entry is taken. Admission should have refused before."""


class SlotTable:
    """The free slots, lowest first, so that a small crowd stays close together in memory."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._free = list(range(slots.occupied.shape[0]))

    @property
    def free(self) -> int:
        """How many slots are free."""
        return len(self._free)

    def take(self, room_index: int, participant_id: int) -> int:
        """Occupy a slot. Its generation and sight move on: nothing told of it is valid.

        Raises:
            WorldFullError: no slot is free.
        """
        if not self._free:
            raise WorldFullError("no slot is free")
        slot = heapq.heappop(self._free)
        slots = self._slots
        slots.occupied[slot] = 1
        slots.room[slot] = room_index
        slots.participant[slot] = participant_id
        slots.generation[slot] += 1
        slots.sight[slot] += 1
        for flag in (slots.hidden, slots.away, slots.stage, slots.talking):
            flag[slot] = 0
        slots.zone[slot] = 0
        slots.touched[slot] = 1
        slots.refresh[slot] = 1
        return slot

    def give_back(self, slot: int) -> None:
        """Free a slot."""
        slots = self._slots
        slots.occupied[slot] = 0
        slots.room[slot] = -1
        slots.participant[slot] = 0
        slots.sight[slot] += 1
        slots.talking[slot] = 0
        slots.stage[slot] = 0
        slots.touched[slot] = 0
        slots.refresh[slot] = 0
        heapq.heappush(self._free, slot)
