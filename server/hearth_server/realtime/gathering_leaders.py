"""What only those who lead are told: who is here with which mat and wish, and who waits outside."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from hearth_protocol.gathering import Attendee, Attendees, Waiting, WaitingRoom
from hearth_protocol.limits import ROSTER_PAGE, WAITING_SHOWN
from hearth_server.community.relations import RelationBook
from hearth_server.realtime.ports import Waiter
from hearth_server.rooms.gathering.gathering import Gathering
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard

#: Mat, check, mute, late.
_Row: TypeAlias = tuple[str | None, bool, str, bool]


class LeadersDesk:
    """Lists for those who lead, and what each of their connections was told of them.

    Args:
        shard: whose people they are.
        gathering: the gathering.
        relations: who blocked whom: of those who wait outside there is nothing else to go by.
    """

    def __init__(self, shard: "Shard", gathering: Gathering, relations: RelationBook) -> None:
        self._shard = shard
        self._gathering = gathering
        self._relations = relations
        self._told: dict[Connection, dict[int, _Row]] = {}
        self._told_waiting: dict[Connection, tuple[Waiter, ...]] = {}
        self.outside: Sequence[Waiter] = ()

    # --- who is here -----------------------------------------------------------------------------

    def look(self, room: Room, leaders: Sequence[tuple["Connection", Participant]]) -> None:
        """Tell every leader what changed since they were last told."""
        rows = self._rows(room)
        before, self._told = self._told, {}
        waiting, self._told_waiting = self._told_waiting, {}
        for connection, who in leaders:
            self._told[connection] = self._tell(connection, who, rows, before.get(connection))
            self._tell_waiting(connection, who, waiting.get(connection, ()))

    def _rows(self, room: Room) -> dict[int, _Row]:
        gathering = self._gathering
        rows: dict[int, _Row] = {}
        for who in room.people.values():
            if who.identity is not None:
                account = who.identity.account_id
                rows[who.id] = (
                    gathering.mats.taken.get(account),
                    account in gathering.checks,
                    gathering.stage.hushes.get(account, "none"),
                    account in gathering.late,
                )
        return rows

    def _tell(
        self,
        connection: "Connection",
        who: Participant,
        rows: Mapping[int, _Row],
        before: Mapping[int, _Row] | None,
    ) -> dict[int, _Row]:
        unseen = self._shard.apart.untold(who.id)
        now = {each: row for each, row in rows.items() if each not in unseen}
        known = before or {}
        news = [each for each, row in now.items() if known.get(each) != row]
        # Who went out of sight was taken away by the roster: to name them again would tell of them.
        gone = [each for each in known if each not in now and each not in unseen]
        for first in range(0, max(len(news), len(gone), before is None), ROSTER_PAGE):
            page = slice(first, first + ROSTER_PAGE)
            connection.tell(
                Attendees(
                    reset=before is None and first == 0,
                    people=[_attendee(each, now[each]) for each in news[page]],
                    gone=gone[page],
                )
            )
        return now

    # --- who waits outside -----------------------------------------------------------------------

    def waiting(self, who: Participant) -> int:
        """Return how many wait outside, as far as somebody may know of them."""
        return len(self._outside(who))

    def knows_outside(self, who: Participant, account: str) -> bool:
        """Say whether somebody waits outside whom a leader may know of."""
        return any(each.account_id == account for each in self._outside(who))

    def _outside(self, who: Participant) -> tuple[Waiter, ...]:
        identity = who.identity
        if identity is None:
            return ()
        if identity.on_duty:
            return tuple(self.outside)
        own, blocked = identity.account_id, self._relations.blocked
        return tuple(
            each
            for each in self.outside
            if not (blocked(own, each.account_id) or blocked(each.account_id, own))
        )

    def _tell_waiting(
        self, connection: "Connection", who: Participant, before: tuple[Waiter, ...]
    ) -> None:
        outside = self._outside(who)
        self._told_waiting[connection] = outside
        if outside != before:
            people = [
                Waiting(
                    account=each.account_id,
                    name=each.name,
                    since_ms=each.since_ms,
                    asks=each.asks,
                    late=each.late,
                )
                for each in outside[:WAITING_SHOWN]
            ]
            connection.tell(WaitingRoom(people=people, total=len(outside)))


def _attendee(who: int, row: _Row) -> Attendee:
    mat, check, hush, late = row
    return Attendee.model_validate(
        {"id": who, "mat": mat, "check": check, "hush": hush, "late": late}
    )
