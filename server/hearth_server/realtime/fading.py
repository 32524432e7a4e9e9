"""Tells people whom a personal boundary took out of each other's sight, and when they are back.

The simulation withholds their poses by itself (docs/boundary.md); without a word a client would
go on drawing them where it saw them last.
"""

from typing import TYPE_CHECKING

from hearth_protocol.group_room import Faded
from hearth_server.rooms.participant import Participant

if TYPE_CHECKING:
    from hearth_server.realtime.shard import Shard


def tell_faded(shard: "Shard") -> None:
    """Tell everybody for whom somebody vanished or came back in the step just made."""
    changes = shard.world.faded_pairs()
    if not changes.size:
        return
    for slot in set(changes[:, :2].ravel().tolist()):
        connection = shard.seats.connection[slot]
        who = connection.participant if connection is not None else None
        if connection is not None and who is not None and not connection.needs_roster:
            connection.tell(faded_of(shard, who))


def faded_of(shard: "Shard", who: Participant) -> Faded:
    """Return whom somebody does not see because one of the two is too close."""
    slots = set(shard.world.faded_with(who.slot))
    apart = shard.apart.of(who)
    people = shard.room_of(who).people.values()
    return Faded(people=sorted(p.id for p in people if p.slot in slots and p.id not in apart))
