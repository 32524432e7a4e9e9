"""The halls and the people of the voice policy's twin, as plain records."""

import math
from dataclasses import dataclass, field

from hearth_sim.reasons import Hearing
from hearth_sim.settings import RoomShape, ZoneBox
from hearth_sim.voice_modes import Hush
from tests.sim.stage import Person

#: The left third of the hall is zone 1, a corner of the right one zone 2; 0 and 1 have a portal.
HALL = RoomShape(
    (-40.0, 0.0, -40.0),
    (40.0, 8.0, 40.0),
    40,
    zones=(
        ZoneBox(1, (-40.0, 0.0, -40.0), (-6.0, 8.0, 40.0)),
        ZoneBox(2, (6.0, 0.0, 4.0), (40.0, 8.0, 40.0)),
    ),
    portals=((0, 1),),
)
OPEN_HALL = RoomShape((-40.0, 0.0, -40.0), (40.0, 8.0, 40.0), 40)


@dataclass
class Seat:
    """One voice slot of a listener that is in use."""

    talker: "Member"
    reason: Hearing
    gain: float
    since_ms: int
    key: float = 0.0
    privileged: bool = False
    held: bool = False
    new: bool = False


@dataclass(eq=False)
class Member:
    """One visit of one person, and all that was said of them."""

    person: Person
    mic: bool = False
    level: float = 0.0
    talking: bool = False
    spoke: bool = False
    hard: bool = False
    soft: bool = False
    hidden: bool = False
    stage: bool = False
    megaphone: int | None = None
    quiet_ms: int | None = None
    megaphone_ms: int = 0
    leads: bool = False
    hushed: Hush = "none"
    mat: tuple[float, float] | None = None
    deafened: bool = False
    earmuff_m: float = math.inf
    slots: int = 8
    bubble: int = 0
    zone: int = 0
    zone_set: bool = False
    whisper: set["Member"] | None = None
    apart: set["Member"] = field(default_factory=set)
    linked: set["Member"] = field(default_factory=set)
    smooth: float = 0.0
    active: bool = False
    onset_ms: int = -(10**9)
    talked_ms: int = -(10**9)
    row: list[Seat | None] = field(default_factory=lambda: [None] * 8)

    @property
    def slot(self) -> int:
        return self.person.slot

    @property
    def loud(self) -> bool:
        return self.stage or self.megaphone is not None
