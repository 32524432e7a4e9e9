"""What each tick tells people in words: rosters, chat, reactions. Encoded once per room.

Only those who are kept apart from somebody get a copy of their own: what a person may not see
is not sent to them.
"""

from collections.abc import Collection
from typing import Final

import numpy as np

from hearth_server.realtime.connection import Connection
from hearth_server.realtime.shard import Shard
from hearth_server.rooms.packing import pack
from hearth_server.rooms.room import Room

#: From so many on, a room's news goes out with the snapshots in one compiled call.
MANY: Final = 24


def deliver(shard: Shard, stuck: Collection[int]) -> None:
    """Queue this tick's news of every room for everybody in it.

    Args:
        shard: whose rooms.
        stuck: slots whose transports still have something to send.
    """
    for room in shard.registry:
        if room.changes or room.lines:
            _deliver_room(shard, room, stuck)
    for connection in list(shard.newcomers):
        if connection.participant is not None and connection.wire.is_open:
            _introduce(shard, connection)
    shard.newcomers.clear()


def _deliver_room(shard: Shard, room: Room, stuck: Collection[int]) -> None:
    changes, lines = room.take_news()
    frames = [*(pack(message) for message in changes.messages()), *(line.frame for line in lines)]
    shared = b"".join(frames)
    apart = {who: shard.hiding.apart_from(who) for who in shard.hiding.people & room.people.keys()}
    concerned = {who for unseen_by in changes.left.values() for who in unseen_by}
    posted = _post_to_many(shard, room, shared, {*apart, *concerned}, stuck)
    shard.metrics.control_out.inc(len(frames) * len(posted))
    connections = shard.seats.connection
    for who in room.people.values():
        connection = connections[who.slot]
        if connection is None or connection.needs_roster or who.slot in posted:
            continue
        if who.id not in apart and who.id not in concerned:
            connection.tell_packed(shared)
            continue
        for message in changes.messages(who.id, apart.get(who.id, ())):
            connection.tell(message)
        for line in lines:
            if line.sender not in apart.get(who.id, ()):
                connection.tell_packed(line.frame)


def _post_to_many(
    shard: Shard, room: Room, shared: bytes, special: Collection[int], stuck: Collection[int]
) -> frozenset[int]:
    """Let the socket plane carry what many are told alike; return the slots it does that for.

    A crowd that arrives changes the roster each tick, and a write for each of thousands would
    take longer than a tick. Whoever has other mail, or gets their own version, is left out.
    """
    plane = shard.plane
    if plane is None or room.present < MANY:
        return frozenset()
    others = {
        connection.participant.slot for connection in shard.has_mail if connection.participant
    }
    slots = np.fromiter(
        (
            who.slot
            for who in room.people.values()
            if who.id not in special and who.slot not in others and who.slot not in stuck
        ),
        np.int64,
    )
    slots = slots[plane.carried[slots] & shard.seats.introduced[slots]]
    plane.post(slots, shared)
    shard.metrics.bytes_out.inc(len(shared) * slots.size)
    return frozenset(slots.tolist())


def _introduce(shard: Shard, connection: Connection) -> None:
    """Tell a new connection who is here and what was said."""
    who = connection.participant
    if who is None:
        return
    room = shard.room_of(who)
    apart = shard.hiding.apart_from(who.id)
    connection.needs_roster = False
    shard.seats.introduced[who.slot] = True
    if apart:
        pages = room.pages.frames_without(apart, shard.hidden_people(who.id))
    else:
        pages = room.pages.frames()
    for frame in pages:
        connection.tell_packed(frame)
    for line in room.history:
        if line.sender not in apart:
            connection.tell_packed(line.frame)
    shard.voice.introduce(connection, who)
