"""What those present are to each other: in the world's arrays, and told to nobody else."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hearth_protocol.errors import ErrorCode
from hearth_protocol.group_room import Ties as TiesMessage
from hearth_protocol.limits import TIES_MAX
from hearth_protocol.voice import Mute
from hearth_server.community.relations import RelationBook
from hearth_server.realtime.ports import RoomKeeper
from hearth_server.rooms.participant import Participant

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

    def arrive(self, who: Participant) -> None:
        """Somebody came: those who are anything to them are so from the first tick on."""
        for other in self._concerned(who):
            self.settle(who, other)
            self._shard.company.ties_due.add(other)
        self._shard.company.ties_due.add(who)

    def leave(self, who: Participant) -> None:
        """Somebody is about to go: those to whom they were anything are told so."""
        self._shard.company.ties_due.update(self._concerned(who))

    def _concerned(self, who: Participant) -> list[Participant]:
        """Return those in the room who are somebody's friend, or mute them, or are muted."""
        if who.identity is None:
            return []
        own, book = who.identity.account_id, self._relations
        return self._here(who, book.friends_of(own) | book.muted_by(own) | book.muters_of(own))

    def _here(self, who: Participant, accounts: Iterable[str]) -> list[Participant]:
        """Return those of some accounts who are in somebody's room, in the order of their ids."""
        by_account = self._shard.company.by_account
        found = (by_account.get(account) for account in accounts)
        here = [each for each in found if each is not None and each.room_id == who.room_id]
        return sorted(here, key=lambda each: each.id)

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
        self._shard.voice.mutes.put(listener, talker, muted)

    def of(self, who: Participant) -> TiesMessage:
        """Return who of those present is somebody's friend, or muted by them."""
        identity, unseen = who.identity, self._shard.apart.of(who)
        if identity is None:
            return TiesMessage(friends=[], muted=[])

        def seen(accounts: Iterable[str]) -> list[int]:
            seen = [each.id for each in self._here(who, accounts) if each.id not in unseen]
            return seen[:TIES_MAX]

        own, book = identity.account_id, self._relations
        near, near_asked, near_asks = self._shard.near.of(who.id)
        return TiesMessage(
            friends=seen(book.friends_of(own)),
            muted=seen(book.muted_by(own)),
            near=near,
            near_asked=near_asked,
            near_asks=near_asks[:TIES_MAX],
        )

    def deliver(self) -> None:
        """Tell those whose ties to the present changed."""
        company = self._shard.company
        due, company.ties_due = company.ties_due, set()
        for who in due:
            if who.id not in self._shard.participants:
                continue
            message = self.of(who)
            for connection in company.connections_of(who):
                if not connection.needs_roster and connection.ties_told != message:
                    connection.ties_told = message
                    connection.tell(message)
