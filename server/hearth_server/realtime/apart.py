"""Who of those present is kept apart from whom: hidden, blocked, or in the safe place.

The reasons are looked up anew whenever one of them may have changed; the world's exclusions then
act on the same tick's bytes, and both are told that the other went, or came.
"""

from collections.abc import Collection, Iterable
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from hearth_protocol.control import HiddenPerson, Roster
from hearth_protocol.errors import ErrorCode
from hearth_server.community.relations import RelationBook
from hearth_server.rooms.apartness import ApartBook
from hearth_server.rooms.hiding import HideBook
from hearth_server.rooms.identity import blocked_apart
from hearth_server.rooms.packing import pack
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room
from hearth_server.rooms.roster import Changes

if TYPE_CHECKING:
    from hearth_server.realtime.shard import Shard


class ApartDesk:
    """Keeps pairs apart.

    Args:
        shard: whose people they are.
        relations: who blocked whom, by account.
    """

    def __init__(self, shard: "Shard", relations: RelationBook) -> None:
        self._shard = shard
        self._relations = relations
        self.hiding = HideBook()
        self.book = ApartBook()
        #: Who left since the last tick, by those to whom they were not there.
        self._left: dict[int, set[int]] = {}

    def of(self, who: Participant) -> AbstractSet[int]:
        """Participants kept apart from somebody."""
        return self.book.of(who.id)

    def untold(self, who_id: int) -> AbstractSet[int]:
        """Those of whose doings since the last tick somebody is told nothing, gone or not."""
        left = self._left.get(who_id)
        return self.book.of(who_id) | left if left else self.book.of(who_id)

    def apart_in(self, room: Room) -> set[int]:
        """Everybody in a room for whom `untold` is not empty."""
        return (self.book.people | self._left.keys()) & room.people.keys()

    def tick_over(self) -> None:
        """What those did who left is told by now."""
        self._left.clear()

    def seen(self, who: Participant, participant_id: int) -> Participant | None:
        """Return somebody else in the room whom `who` may know of."""
        other = self._beside(who, participant_id)
        return other if other is not None and not self.book.apart(who.id, other.id) else None

    def known(self, who: Participant, participant_id: int) -> Participant | None:
        """Return somebody else in the room who did not go out of sight by their own wish."""
        other = self._beside(who, participant_id)
        return other if other is not None and not self._gone_from(who, other) else None

    def _beside(self, who: Participant, participant_id: int) -> Participant | None:
        """Return somebody else in the room, whoever may know of whom."""
        other = self._shard.participants.get(participant_id)
        there = other is not None and other is not who and other.room_id == who.room_id
        return other if there else None

    def _gone_from(self, who: Participant, other: Participant) -> bool:
        """Say whether it is the other's doing that `who` does not see them."""
        if who.id in self.hiding.hidden_by(other.id):
            return True
        mine, theirs = who.identity, other.identity
        if mine is None or theirs is None:
            return False
        blocked = self._relations.blocked(theirs.account_id, mine.account_id)
        return theirs.safe or (blocked and not mine.on_duty)

    # --- people come and go ----------------------------------------------------------------------

    def arrive(self, who: Participant, room: Room) -> None:
        """Somebody came whom nobody was told of yet, nor they of anybody."""
        if who.identity is None:
            return  # without an account there is no reason yet
        for other in room.people.values():
            if other is not who and self._wanted(who, other):
                self._shard.world.set_excluded(who.slot, other.slot, True)
                self.book.put(who.id, other.id, True)

    def hide_again(self, who: Participant, hid: AbstractSet[int], hid_by: AbstractSet[int]) -> None:
        """Somebody goes on with a visit: whoever hid whom did so for that person."""
        for whom_id in hid:
            self.hiding.hide(who.id, whom_id)
        for hider_id in hid_by:
            self.hiding.hide(hider_id, who.id)
            self._tell_hidden(hider_id)

    def leave(self, who: Participant) -> frozenset[int]:
        """Somebody's visit is over; return those to whom they were not there anyway."""
        for other_id in self.hiding.hiders_of(who.id):
            self._tell_hidden(other_id, without=who.id)
        unseen_by = frozenset(self.book.of(who.id))
        for viewer in unseen_by:
            self._left.setdefault(viewer, set()).add(who.id)
        self.hiding.forget(who.id)
        self.book.forget(who.id)
        return unseen_by

    # --- reasons change --------------------------------------------------------------------------

    def hide(self, who: Participant, whom_id: int, on: bool) -> ErrorCode | None:
        """Take two people out of each other's room for this visit, or bring them back together."""
        whom = self._beside(who, whom_id)
        if whom is None or self._kept(who, whom):
            return ErrorCode.NO_SUCH_PARTICIPANT
        # To those who were hidden it is as if the other had left, whatever they try.
        if self.hiding.apart(who.id, whom_id) and whom_id not in self.hiding.hidden_by(who.id):
            return ErrorCode.NO_SUCH_PARTICIPANT
        if on and whom.identity is not None and whom.identity.on_duty:
            return ErrorCode.NOT_ALLOWED
        if on and not self.hiding.hide(who.id, whom_id):
            return ErrorCode.LIST_FULL
        if not on:
            self.hiding.show(who.id, whom_id)
        self._tell_all([(who, whom)] if self._bring(who, whom) else [], [who])
        return None

    def settle_all(self, who: Participant) -> None:
        """Something changed between somebody and everybody else in the room."""
        others = [each for each in self._shard.room_of(who).people.values() if each is not who]
        hiders = [each for each in others if who.id in self.hiding.hidden_by(each.id)]
        if self.hiding.hidden_by(who.id):
            hiders.append(who)
        if who.identity is None or who.identity.safe:
            hiders.clear()  # whom they hid is behind a door now; they need not learn of it
        self._tell_all([(who, other) for other in others if self._bring(who, other)], hiders)

    def settle(self, a: Participant, b: Participant) -> None:
        """Bring two people of one room to what holds between them now."""
        if self._bring(a, b):
            self._tell_all([(a, b)])

    def _bring(self, a: Participant, b: Participant) -> bool:
        apart = self._wanted(a, b)
        if apart == self.book.apart(a.id, b.id):
            return False
        self._shard.world.set_excluded(a.slot, b.slot, apart)
        self.book.put(a.id, b.id, apart)
        room = self._shard.room_of(a)
        if room.commons is not None and apart:
            room.commons.objects.part(a.id, b.id)
            self._shard.near.part(a, b)
        self._shard.gatherings.settle(a, b)
        return True

    def _wanted(self, a: Participant, b: Participant) -> bool:
        return self.hiding.apart(a.id, b.id) or self._kept(a, b)

    def kept_from(self, who: Participant, account: str, whom: Participant | None) -> bool:
        """Say whether a block or a wish keeps somebody from an account, present or not.

        The safe place is none of these: whoever is in it left, for everybody alike.
        """
        mine = who.identity
        if mine is None or mine.account_id == account:
            return False
        if whom is None or whom.identity is None:
            return self._relations.apart(mine.account_id, account) and not mine.on_duty
        blocked = blocked_apart(self._relations, mine, whom.identity)
        return blocked or self.hiding.apart(who.id, whom.id)

    def _kept(self, a: Participant, b: Participant) -> bool:
        """Say whether more than a wish for this visit keeps two apart."""
        one, other = a.identity, b.identity
        if one is None or other is None:
            return False
        return one.safe or other.safe or blocked_apart(self._relations, one, other)

    # --- telling ---------------------------------------------------------------------------------

    def hidden_people(self, who_id: int, without: int = 0) -> list[HiddenPerson]:
        """Those whom somebody hid and who are still here, by name."""
        here = self._shard.participants
        who = here.get(who_id)
        return [
            HiddenPerson(id=whom, name=here[whom].person.name)
            for whom in sorted(self.hiding.hidden_by(who_id))
            if whom != without and whom in here and who and not self._kept(who, here[whom])
        ]

    def _tell_all(
        self,
        pairs: Iterable[tuple[Participant, Participant]],
        hiders: Collection[Participant] = (),
    ) -> None:
        """Tell people of each other once every pair is where it belongs: each of all at once.

        Args:
            pairs: who came together or was parted, each pair once.
            hiders: whose list of hidden people changed.
        """
        told: dict[Participant, list[Participant]] = {}
        for a, b in pairs:
            told.setdefault(a, []).append(b)
            told.setdefault(b, []).append(a)
        packed: dict[tuple[tuple[int, bool], ...], list[bytes]] = {}
        for who, others in told.items():
            fresh = self._shard.room_of(who).changes.joined
            # Of whom nobody was told yet this tick's roster knows.
            known = [other for other in others if other.id not in fresh]
            if known:
                changes = tuple((each.id, self.book.apart(who.id, each.id)) for each in known)
                if changes not in packed:
                    packed[changes] = _rosters(known, self.book.of(who.id))
                self._tell(who, known, packed[changes])
        due = [who for who in told if self.hiding.hidden_by(who.id) and who not in hiders]
        for who in [*due, *hiders]:
            self._tell_hidden(who.id)

    def _tell(self, who: Participant, others: list[Participant], rosters: list[bytes]) -> None:
        for connection in self._shard.company.connections_of(who):
            if not connection.needs_roster:
                for roster in rosters:
                    connection.tell_packed(roster)
                self._shard.commons.show_of(connection, who, others)
        self._shard.company.ties_due.add(who)

    def _tell_hidden(self, who_id: int, without: int = 0) -> None:
        who = self._shard.participants.get(who_id)
        if who is None:
            return
        for connection in self._shard.company.connections_of(who):
            if not connection.needs_roster:
                connection.tell(Roster(hidden=self.hidden_people(who_id, without)))


def _rosters(people: Iterable[Participant], gone: AbstractSet[int]) -> list[bytes]:
    """Return the packed rosters that let people come, or go."""
    changes = Changes()
    for each in people:
        if each.id in gone:
            changes.leave(each.id, frozenset())
        else:
            changes.join(each.person)
    return [pack(message) for message in changes.messages()]
