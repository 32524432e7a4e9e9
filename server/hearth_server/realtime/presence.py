"""Who is in which of a node's rooms, as services ask: the safe place is asked about by nobody."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from hearth_server.community.accounts import Card
from hearth_server.rooms.participant import Participant
from hearth_server.services.live import LivePerson, LiveSeat

if TYPE_CHECKING:
    from hearth_server.realtime.shard import Shard


class Presence:
    """The part of `services.live.LiveRooms` that changes nothing.

    Args:
        shard: whose rooms.

    Attributes:
        by_account: participants of groups' rooms, by account.
    """

    def __init__(self, shard: "Shard") -> None:
        self._shard = shard
        self.by_account: dict[str, Participant] = {}

    def who(self, room_id: str, participant: int, /) -> LivePerson | None:
        """Return a participant of a room."""
        who = self._shard.participants.get(participant)
        return _person(who) if who is not None and who.room_id == room_id else None

    def met(self, account_id: str, room_id: str, participant: int, /) -> LivePerson | None:
        """Return a participant of the room somebody is in, if they may know of them."""
        who = self.by_account.get(account_id)
        if who is None or who.room_id != room_id:
            return None
        other = self._shard.apart.known(who, participant)
        return _person(other) if other is not None else None

    def presence(self, room_ids: Collection[str], /) -> Mapping[str, Sequence[LivePerson]]:
        """Return who is in each of these rooms, those in the safe place left out."""
        return {
            room_id: [_person(who) for who in there] for room_id, there in self._there(room_ids)
        }

    def _there(self, room_ids: Collection[str]) -> Iterator[tuple[str, list[Participant]]]:
        for room_id in room_ids:
            room = self._shard.registry.opened(room_id)
            if room is not None:
                there = room.people.values()
                yield (
                    room_id,
                    [who for who in there if who.identity is None or not who.identity.safe],
                )

    def accounts_in(self, room_ids: Collection[str], /) -> Mapping[str, Sequence[str | None]]:
        """Return the account of everybody in `presence`."""
        return {
            room_id: [who.identity.account_id if who.identity else None for who in there]
            for room_id, there in self._there(room_ids)
        }

    def where(self, account_id: str, /) -> str | None:
        """Return the room somebody is in."""
        who = self.by_account.get(account_id)
        safe = who is not None and who.identity is not None and who.identity.safe
        return who.room_id if who is not None and not safe else None

    def seat_of(self, account_id: str, /) -> LiveSeat | None:
        """Return somebody's seat."""
        who = self.by_account.get(account_id)
        if who is None:
            return None
        return LiveSeat(who.room_id, self._shard.seats.connection[who.slot] is not None)

    def seats_taken(self, room_id: str, /) -> int:
        """Return how many are in a room."""
        room = self._shard.registry.opened(room_id)
        return room.present if room is not None else 0


def _person(who: Participant) -> LivePerson:
    person, identity = who.person, who.identity
    account_id = identity.account_id if identity is not None else None
    card = Card(account_id or "", person.name, person.primary, person.secondary, person.pattern)
    return LivePerson(who.id, account_id, person.name, card)
