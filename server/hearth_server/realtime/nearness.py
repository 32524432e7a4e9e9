"""Who lets whom stand as near as they like: it takes both, and either may take it back.

It lasts for the visit at most. What keeps two people apart ends it, and so does the safe place;
nobody is told that somebody took it back other than that it is over.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hearth_protocol.errors import ErrorCode
from hearth_protocol.group_room import NearWish
from hearth_protocol.limits import NEAR_MAX
from hearth_server.rooms.participant import Participant
from hearth_sim.slots import WorldFullError

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard


class NearDesk:
    """Handshakes that lift the boundary between two people of a group's room."""

    def __init__(self, shard: "Shard") -> None:
        self._shard = shard
        self._let: dict[int, set[int]] = {}  # by participant: whom they let near
        self._let_by: dict[int, set[int]] = {}  # the same the other way round

    def wish(self, connection: "Connection", who: Participant, message: NearWish) -> None:
        """Somebody lets another stand near, or takes that back, which is never refused."""
        whom = self._shard.apart.seen(who, message.participant)
        if whom is None or whom.identity is None:
            connection.refuse(message.rid, ErrorCode.NO_SUCH_PARTICIPANT)
            return
        if not message.on:
            self._take_back(who, whom)
        elif (refusal := self._let_near(who, whom)) is not None:
            connection.refuse(message.rid, refusal)
            return
        connection.ack(message.rid)

    def _let_near(self, who: Participant, whom: Participant) -> ErrorCode | None:
        let = self._let.setdefault(who.id, set())
        if whom.id in let:
            return None
        if not who.change_rate.take(self._shard.now_s()):
            return ErrorCode.RATE_LIMITED
        if len(let) >= NEAR_MAX:
            return ErrorCode.LIST_FULL
        if who.id in self._let.get(whom.id, ()):
            try:
                self._shard.world.set_consent(who.slot, whom.slot, True)
            except WorldFullError:
                return ErrorCode.LIST_FULL
        let.add(whom.id)
        self._let_by.setdefault(whom.id, set()).add(who.id)
        self._shard.company.ties_due.update((who, whom))
        return None

    def _take_back(self, who: Participant, whom: Participant) -> None:
        """End it for both, whoever began."""
        if self._forget(who.id, whom.id) | self._forget(whom.id, who.id):
            self._shard.world.set_consent(who.slot, whom.slot, False)
            self._shard.company.ties_due.update((who, whom))

    def part(self, a: Participant, b: Participant) -> None:
        """Two people are kept apart from now on; coming back together begins with nothing."""
        self._take_back(a, b)

    def left(self, who: Participant) -> None:
        """Somebody's visit is over. The world forgets by itself; those who stay are told."""
        for other_id in self.concerned(who.id):
            self._forget(who.id, other_id)
            self._forget(other_id, who.id)
            other = self._shard.participants.get(other_id)
            if other is not None:
                self._shard.company.ties_due.add(other)
        self._let.pop(who.id, None)
        self._let_by.pop(who.id, None)

    def between(self, who_id: int) -> tuple[frozenset[int], frozenset[int]]:
        """Return whom somebody let near, and who let them."""
        return frozenset(self._let.get(who_id, ())), frozenset(self._let_by.get(who_id, ()))

    def let_again(self, who: Participant, let: Iterable[int], let_by: Iterable[int]) -> None:
        """Somebody goes on with a visit: what they and others agreed on goes on, too."""
        for one, near in [(who.id, each) for each in let] + [(each, who.id) for each in let_by]:
            self._let.setdefault(one, set()).add(near)
            self._let_by.setdefault(near, set()).add(one)
        for other_id in self.concerned(who.id):
            other = self._shard.participants.get(other_id)
            if other is None:
                continue
            self._shard.company.ties_due.update((who, other))
            if other_id in self._let.get(who.id, ()) and who.id in self._let.get(other_id, ()):
                try:
                    self._shard.world.set_consent(who.slot, other.slot, True)
                except WorldFullError:
                    self._take_back(who, other)

    def concerned(self, who_id: int) -> set[int]:
        """Participants whom somebody let near, or who let them."""
        return self._let.get(who_id, set()) | self._let_by.get(who_id, set())

    def of(self, who_id: int) -> tuple[list[int], list[int], list[int]]:
        """Return with whom somebody agreed, whom they asked, and who asks them; each sorted."""
        mine, theirs = self._let.get(who_id, set()), self._let_by.get(who_id, set())
        return sorted(mine & theirs), sorted(mine - theirs), sorted(theirs - mine)

    def _forget(self, who_id: int, whom_id: int) -> bool:
        let = self._let.get(who_id, set())
        if whom_id not in let:
            return False
        let.discard(whom_id)
        self._let_by[whom_id].discard(who_id)
        return True
