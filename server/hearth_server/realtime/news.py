"""What the people of a room are told at a tick: alike for most, another version for a few."""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hearth_server.rooms.participant import Participant

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection


@dataclass(frozen=True, slots=True)
class News:
    """Frames for everybody in a room.

    Attributes:
        frames: packed once, as whoever is not special gets them.
        special: participants whose avatar's connection is told something else, or nothing.
        own: returns what a connection of somebody is told; right for whoever it is.
    """

    frames: Sequence[bytes]
    special: AbstractSet[int]
    own: "Callable[[Connection, Participant], bytes]"
