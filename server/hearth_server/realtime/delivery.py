"""What each tick tells people in words: rosters, chat, reactions. Encoded once per room.

Only those who are kept apart from somebody get a copy of their own: what a person may not see
is not sent to them.
"""

from hearth_server.realtime.connection import Connection
from hearth_server.realtime.shard import Shard
from hearth_server.rooms.packing import pack
from hearth_server.rooms.room import Room


def deliver(shard: Shard) -> None:
    """Queue this tick's news of every room for everybody in it."""
    for room in shard.registry:
        if room.changes or room.lines:
            _deliver_room(shard, room)
    for connection in list(shard.newcomers):
        if connection.participant is not None and connection.wire.is_open:
            _introduce(shard, connection)
    shard.newcomers.clear()


def _deliver_room(shard: Shard, room: Room) -> None:
    changes, lines = room.take_news()
    shared = b"".join(
        [*(pack(message) for message in changes.messages()), *(line.frame for line in lines)]
    )
    connections = shard.seats.connection
    for who in room.people.values():
        connection = connections[who.slot]
        if connection is None or connection.needs_roster:
            continue
        apart = shard.hiding.apart_from(who.id)
        if not apart and not changes.concerns(who.id):
            connection.tell_packed(shared)
            continue
        for message in changes.messages(who.id, apart):
            connection.tell(message)
        for line in lines:
            if line.sender not in apart:
                connection.tell_packed(line.frame)


def _introduce(shard: Shard, connection: Connection) -> None:
    """Tell a new connection who is here and what was said."""
    who = connection.participant
    if who is None:
        return
    room = shard.room_of(who)
    apart = shard.hiding.apart_from(who.id)
    connection.needs_roster = False
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
