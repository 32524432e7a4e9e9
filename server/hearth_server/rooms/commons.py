"""What the people of a group's room share: its design, places, objects and zones. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from hearth_protocol.design import Design, DesignZone, ZoneKind
from hearth_server.community.entering import RoomFacts
from hearth_server.community.spaces import ObjectKept, inside
from hearth_server.rooms.objects import Objects
from hearth_server.rooms.places import Places

F32 = npt.NDArray[np.float32]


@dataclass(slots=True, eq=False)
class Commons:
    """A group's room beyond its people.

    Attributes:
        facts: the room, its group, and what the norms ask for.
        places: who has which mat or seat.
        objects: who carries what.
    """

    facts: RoomFacts
    places: Places
    objects: Objects
    _boxes: dict[ZoneKind, F32] = field(default_factory=dict)

    @classmethod
    def open(cls, facts: RoomFacts, kept: Iterable[ObjectKept]) -> "Commons":
        """Furnish a room that opens."""
        design, bounds = facts.room.design, facts.room.settings().bounds
        commons = cls(facts, Places(design), Objects(design, kept, bounds))
        commons._boxes = _boxes(design)
        return commons

    @property
    def design(self) -> Design:
        """The design in use."""
        return self.facts.room.design

    @property
    def forced(self) -> bool:
        """Whether a norm asks for everybody's boundary towards everybody."""
        return "boundary_all" in self.facts.mechanisms

    def refit(self, facts: RoomFacts) -> list[int]:
        """Take over a room that was changed; return those whose place is not there any more."""
        self.facts = facts
        self._boxes = _boxes(facts.room.design)
        self.objects.refit(facts.room.design, facts.room.settings().bounds)
        return self.places.refit(facts.room.design)

    def has_zone(self, kind: ZoneKind) -> bool:
        """Say whether there is a zone of this kind."""
        return kind in self._boxes

    def within(self, kind: ZoneKind, xz: F32) -> npt.NDArray[np.bool_]:
        """Say who stands in a zone of this kind.

        Args:
            kind: of zone.
            xz: [n, 2], where people stand, metres.
        """
        boxes = self._boxes.get(kind)
        if boxes is None:
            return np.zeros(xz.shape[0], np.bool_)
        low, high = boxes[:, None, 0:2], boxes[:, None, 2:4]
        in_box = np.all((low <= xz) & (xz <= high), axis=2)
        found: npt.NDArray[np.bool_] = np.asarray(np.any(in_box, axis=0), np.bool_)
        return found

    def private_zone(self, x: float, z: float) -> DesignZone | None:
        """Return the private zone at a point of the floor."""
        for zone in self.design.zones:
            if zone.kind == "private" and inside(zone, x, z):
                return zone
        return None


def _boxes(design: Design) -> dict[ZoneKind, F32]:
    found: dict[ZoneKind, list[tuple[float, float, float, float]]] = {}
    for zone in design.zones:
        found.setdefault(zone.kind, []).append((zone.x0, zone.z0, zone.x1, zone.z1))
    return {kind: np.array(boxes, np.float32) for kind, boxes in found.items()}
