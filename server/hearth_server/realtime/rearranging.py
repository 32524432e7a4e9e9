"""Takes over a room that was changed while people are in it."""

from typing import TYPE_CHECKING

from hearth_server.community.entering import RoomFacts
from hearth_server.realtime.greeting import room_shape
from hearth_server.rooms.room import Room

if TYPE_CHECKING:
    from hearth_server.realtime.shard import Shard

CHANGED = "This room was changed."


class Rearranging:
    """Changes open rooms."""

    def __init__(self, shard: "Shard") -> None:
        self._shard = shard

    def take_over(self, room: Room, facts: RoomFacts) -> None:
        """Let what changed hold from the next tick on, and tell everybody."""
        shard, commons = self._shard, room.commons
        assert commons is not None
        before = commons.facts
        if facts == before:
            return
        room.settings = facts.room.settings()
        moved = commons.refit(facts)
        if before.room.design != facts.room.design:
            shard.world.reshape_room(room.index, room_shape(room.settings, facts.room.design))
            shard.safety.look_at_zones(room)
            shard.gatherings.rearranged(room)
        for who in list(room.people.values()):
            if who.id in moved:
                shard.world.set_place(who.slot, False, None)
            if before.mechanisms != facts.mechanisms:
                shard.safety.apply(who)
            for connection in shard.company.connections_of(who):
                if not connection.needs_roster:
                    shard.commons.introduce(connection, who, room)
            if before.room != facts.room or before.mechanisms != facts.mechanisms:
                shard.company.notice(who, "room_changed", CHANGED)
