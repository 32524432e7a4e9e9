"""Mats and seats of a room: who has which. Pure rules; one place a person, one person a place.

While a gathering's formation lasts, its mats are the room's places.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from hearth_protocol.design import Design, DesignPlace
from hearth_protocol.errors import ErrorCode
from hearth_protocol.group_room import PlaceState
from hearth_protocol.limits import OBJECT_REACH_M

#: Nobody's number: a place that nobody was told of yet.
_UNTOLD: Final = -1


class Places:
    """The places of one room, by id.

    Attributes:
        changed: places whose holder changed since they were last told, with who had them.
        formed: the mats of a formation lie where the room's own places are else.
    """

    def __init__(self, design: Design) -> None:
        self._own = design.places
        self._places = {place.id: place for place in design.places}
        self.formed = False
        self._holder: dict[str, int] = {}
        self._held: dict[int, str] = {}
        self.changed: dict[str, int] = {}

    def claim(self, who: int, place_id: str, x: float, z: float) -> ErrorCode | None:
        """Somebody standing at x, z claims a place; the one they had before is free."""
        place = self._places.get(place_id)
        if place is None:
            return ErrorCode.NO_SUCH_THING
        holder = self._holder.get(place_id, 0)
        if holder == who:
            return None
        if holder:
            return ErrorCode.TAKEN
        if math.hypot(place.x - x, place.z - z) > OBJECT_REACH_M:
            return ErrorCode.TOO_FAR
        return self.take(who, place_id)

    def take(self, who: int, place_id: str) -> ErrorCode | None:
        """Somebody has a place from now on that was kept for them, wherever they stand."""
        if place_id not in self._places:
            return ErrorCode.NO_SUCH_THING
        holder = self._holder.get(place_id, 0)
        if holder:
            return None if holder == who else ErrorCode.TAKEN
        self.free(who)
        self._mark(place_id)
        self._holder[place_id] = who
        self._held[who] = place_id
        return None

    def free(self, who: int) -> None:
        """Somebody leaves their place, if they have one."""
        place_id = self._held.pop(who, None)
        if place_id is not None:
            self._mark(place_id)
            del self._holder[place_id]

    def has(self, who: int) -> DesignPlace | None:
        """Return the place somebody has."""
        place_id = self._held.get(who)
        return self._places[place_id] if place_id is not None else None

    def form(self, mats: Sequence[DesignPlace] | None) -> list[int]:
        """Let these be the places, or the room's own again (None); return who has none now."""
        moved = list(self._held)
        self._holder.clear()
        self._held.clear()
        self.formed = mats is not None
        self._places = {place.id: place for place in (self._own if mats is None else mats)}
        self.changed = dict.fromkeys(self._places, _UNTOLD)
        return moved

    def refit(self, design: Design) -> list[int]:
        """Take another design; return those whose place is gone or elsewhere, now without one."""
        self._own = design.places
        if self.formed:
            return []
        before, self._places = self._places, {place.id: place for place in design.places}
        moved = [who for who, held in self._held.items() if self._places.get(held) != before[held]]
        for who in moved:
            self.free(who)
        self.changed = {each: was for each, was in self.changed.items() if each in self._places}
        return moved

    def all(self, unseen: Collection[int]) -> list[PlaceState]:
        """Return every place as somebody may know it who is kept apart from `unseen`."""
        return [self._state(place_id, unseen) for place_id in self._places]

    def news(self, unseen: Collection[int]) -> list[PlaceState]:
        """Return what changed for somebody: nothing they would see no difference in."""
        found = []
        for place_id, was in self.changed.items():
            state = self._state(place_id, unseen)
            if state.by != (0 if was in unseen else was):
                found.append(state)
        return found

    def concerned(self) -> set[int]:
        """Return whom `news` is about: to be kept apart from anybody else makes no difference."""
        now = (self._holder.get(place_id, 0) for place_id in self.changed)
        return {*now, *self.changed.values()}

    def of(self, people: Iterable[int], unseen: Collection[int]) -> list[PlaceState]:
        """Return the places of these people, as somebody may know them."""
        return [self._state(self._held[who], unseen) for who in people if who in self._held]

    def _state(self, place_id: str, unseen: Collection[int]) -> PlaceState:
        holder = self._holder.get(place_id, 0)
        return PlaceState(id=place_id, by=0 if holder in unseen else holder)

    def _mark(self, place_id: str) -> None:
        self.changed.setdefault(place_id, self._holder.get(place_id, 0))
