"""Friendships and mutes of those present: in the world's arrays, and told to nobody else."""

from typing import TYPE_CHECKING

from hearth_protocol.errors import ErrorCode
from hearth_protocol.group_room import Ties as TiesMessage
from hearth_protocol.voice import Mute
from hearth_server.community.relations import RelationBook
from hearth_server.realtime.ports import RoomKeeper
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard


class Ties:
    """What two people are to each other, besides apart.

    Args:
        shard: whose people.
        relations: by account.
        keeper: keeps mutes beyond this visit.
    """

    def __init__(
        self, shard: "Shard", relations: RelationBook, keeper: RoomKeeper | None = None
    ) -> None:
        self._shard = shard
        self._relations = relations
        self._keeper = keeper

    def arrive(self, who: Participant, room: Room) -> None:
        """Somebody came: those who are anything to them are so from the first tick on."""
        identity = who.identity
        if identity is None:
            return
        account_id, book = identity.account_id, self._relations
        for other in room.people.values():
            if other is who or other.identity is None:
                continue
            theirs = other.identity.account_id
            if (
                book.are_friends(account_id, theirs)
                or book.muted(account_id, theirs)
                or book.muted(theirs, account_id)
            ):
                self.settle(who, other)

    def settle(self, a: Participant, b: Participant) -> None:
        """Bring two people of one room to what they are to each other now."""
        if a.identity is None or b.identity is None:
            return
        friends = self._relations.are_friends(a.identity.account_id, b.identity.account_id)
        self._shard.world.set_friends(a.slot, b.slot, friends)
        self._mute(a, b)
        self._mute(b, a)

    def mute(self, connection: "Connection", who: Participant, message: Mute) -> None:
        """Somebody in a group's room does not want to hear another, here and later."""
        whom = self._shard.apart.seen(who, message.participant)
        identity = who.identity
        if whom is None or identity is None or whom.identity is None:
            connection.refuse(message.rid, ErrorCode.NO_SUCH_PARTICIPANT)
            return
        own, other = identity.account_id, whom.identity.account_id
        self._relations.mute(own, other, message.on)
        if self._keeper is not None:
            self._keeper.mute(own, other, message.on)
        self._mute(who, whom)
        self._shard.company.ties_due.add(who)
        connection.ack(message.rid)

    def _mute(self, listener: Participant, talker: Participant) -> None:
        one, other = listener.identity, talker.identity
        if one is None or other is None:
            return
        muted = self._relations.muted(one.account_id, other.account_id)
        self._shard.world.voice.set_mute_for(listener.slot, talker.slot, muted)

    def of(self, who: Participant) -> TiesMessage:
        """Return who of those present is somebody's friend, or muted by them."""
        identity, friends, muted = who.identity, [], []
        for other in self._shard.room_of(who).people.values():
            if identity is None or other.identity is None or other is who:
                continue
            if self._shard.apart.book.apart(who.id, other.id):
                continue
            mine, theirs = identity.account_id, other.identity.account_id
            if self._relations.are_friends(mine, theirs):
                friends.append(other.id)
            if self._relations.muted(mine, theirs):
                muted.append(other.id)
        return TiesMessage(friends=friends, muted=muted)

    def deliver(self) -> None:
        """Tell those whose ties to the present changed."""
        company = self._shard.company
        due, company.ties_due = company.ties_due, set()
        for who in due:
            if who.id not in self._shard.participants:
                continue
            message = self.of(who)
            said = (tuple(message.friends), tuple(message.muted))
            for connection in company.connections_of(who):
                if not connection.needs_roster and connection.ties_told != said:
                    connection.ties_told = said
                    connection.tell(message)
