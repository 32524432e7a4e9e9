"""What each tick tells people in words: rosters, lines, reactions, things. Encoded once a room.

Only those who are kept apart from somebody get a copy of their own: what a person may not see
is not sent to them.
"""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from hearth_server.realtime.connection import Connection
from hearth_server.realtime.fading import faded_of
from hearth_server.realtime.news import News
from hearth_server.realtime.shard import Shard
from hearth_server.rooms.packing import pack
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room

#: From so many on, a room's news goes out with the snapshots in one compiled call.
MANY: Final = 24


def deliver(shard: Shard, stuck: Collection[int]) -> None:
    """Queue this tick's news of every room for everybody in it.

    Args:
        shard: whose rooms.
        stuck: slots whose transports still have something to send.
    """
    shard.gatherings.tick(shard.now_s())
    pending = shard.channels.take_pending()
    for room in shard.registry:
        found = (
            _of_room(shard, room),
            shard.gatherings.news(room),
            shard.commons.news(room),
            shard.channels.news(room, pending),
        )
        news = [each for each in found if each is not None]
        if news:
            _tell(shard, room, news, stuck)
        shard.commons.keep(room)
    shard.apart.tick_over()
    for connection in list(shard.newcomers):
        if connection.speaker is not None and connection.wire.is_open:
            _introduce(shard, connection, connection.speaker)
    shard.newcomers.clear()
    shard.company.ties.deliver()
    # What lies by then is told with the next tick: this one told enough.
    shard.gatherings.lay_mats()


def _of_room(shard: Shard, room: Room) -> News | None:
    """Return who came, changed and went, and what was said and shown."""
    if not (room.changes or room.lines):
        return None
    changes, lines = room.take_news()
    frames = [pack(message) for message in changes.messages()]
    frames += [line.frame for line in lines if line.audience is None]
    whole = b"".join(frames)
    special = shard.apart.apart_in(room)
    special.update(who for unseen_by in changes.left.values() for who in unseen_by)
    special.update(who for line in lines for who in line.audience or ())

    def own(_: Connection, who: Participant) -> bytes:
        """Return a version without those whom somebody may not know of."""
        if who.id not in special:
            return whole
        unseen = shard.apart.untold(who.id)
        packed = [pack(message) for message in changes.messages(who.id, unseen)]
        packed += [
            line.frame
            for line in lines
            if line.sender not in unseen and (line.audience is None or who.id in line.audience)
        ]
        return b"".join(packed)

    return News(frames, special, own)


def _tell(shard: Shard, room: Room, news: Sequence[News], stuck: Collection[int]) -> None:
    """Queue news for everybody in a room; all of it goes in the order it is in."""
    frames = [frame for each in news for frame in each.frames]
    special = {who for each in news for who in each.special}
    shared = b"".join(frames)
    posted = _post_to_many(shard, room, shared, special, stuck)
    shard.metrics.control_out.inc(len(frames) * len(posted))
    beside = shard.company.companions if room.commons is not None else None
    connections = shard.seats.connection
    for who in room.people.values():
        connection = None if who.slot in posted else connections[who.slot]
        if connection is not None and not connection.needs_roster:
            _give(connection, _own(news, connection, who) if who.id in special else shared)
        for companion in beside.of(who) if beside is not None else ():
            if not companion.needs_roster:
                _give(companion, _own(news, companion, who))


def _own(news: Sequence[News], connection: Connection, who: Participant) -> bytes:
    return b"".join(each.own(connection, who) for each in news)


def _give(connection: Connection, frames: bytes) -> None:
    if frames:
        connection.tell_packed(frames)


def _post_to_many(
    shard: Shard, room: Room, shared: bytes, special: Collection[int], stuck: Collection[int]
) -> frozenset[int]:
    """Let the socket plane carry what many are told alike; return the slots it does that for.

    A crowd that arrives changes the roster each tick, and a write for each of thousands would
    take longer than a tick. Whoever has other mail, or gets their own version, is left out.
    """
    plane = shard.plane
    if plane is None or room.present < MANY or not shared:
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


def _introduce(shard: Shard, connection: Connection, who: Participant) -> None:
    """Tell a new connection who is here, what is where, and what was said."""
    room = shard.room_of(who)
    apart = shard.apart.of(who)
    connection.needs_roster = False
    if connection.participant is who:
        shard.seats.introduced[who.slot] = True
    if apart:
        pages = room.pages.frames_without(apart, shard.apart.hidden_people(who.id))
    else:
        pages = room.pages.frames()
    for frame in pages:
        connection.tell_packed(frame)
    if room.commons is None:
        for line in room.history:
            if line.sender not in apart:
                connection.tell_packed(line.frame)
    else:
        shard.gatherings.introduce(connection, who, room)
        shard.commons.introduce(connection, who, room)
        connection.tell(shard.safety.of(who))
        if connection.participant is who and shard.world.faded_with(who.slot):
            connection.tell(faded_of(shard, who))
        shard.channels.introduce(connection, who, room)
        shard.company.ties_due.add(who)
    if connection.participant is who:
        shard.voice.introduce(connection, who)
