"""The live rooms as services see them. Realtime implements it; nothing here waits.

Every call comes from the loop's thread and acts within the next tick.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hearth_server.community.accounts import Boundary, Card
from hearth_server.community.groups import Standing


@dataclass(frozen=True, slots=True)
class LivePerson:
    """Somebody present in a room. `account_id` is None in rooms that ask for no account."""

    participant: int
    account_id: str | None
    name: str
    card: Card


class LiveRooms(Protocol):
    """What services tell the rooms, and ask of them."""

    def who(self, room_id: str, participant: int, /) -> LivePerson | None:
        """Return a participant of a room."""
        ...

    def presence(self, room_ids: Collection[str], /) -> Mapping[str, Sequence[LivePerson]]:
        """Return who is in each of these rooms; rooms that are closed may be missing."""
        ...

    def where(self, account_id: str, /) -> str | None:
        """Return the room somebody is in."""
        ...

    def related(self, a: str, b: str, /) -> None:
        """The relations of two accounts changed; the book already says how."""
        ...

    def boundary_changed(self, account_id: str, boundary: Boundary, /) -> None:
        """Somebody changed their personal boundary."""
        ...

    def standing_changed(self, standing: Standing, /) -> None:
        """What somebody may do in a group changed: role, signature, mute."""
        ...

    def put_out(self, account_id: str, room_ids: Collection[str], text: str, /) -> None:
        """Put somebody out of these rooms now, their tickets and resume tokens included."""
        ...

    def room_changed(self, room_id: str, /) -> None:
        """A room's name, access or design changed, or it was archived."""
        ...


class EmptyRooms:
    """The live rooms of a node whose rooms are not open yet: nobody is anywhere."""

    def who(self, room_id: str, participant: int, /) -> LivePerson | None:
        """Nobody."""
        return None

    def presence(self, room_ids: Collection[str], /) -> Mapping[str, Sequence[LivePerson]]:
        """Nobody anywhere."""
        return {}

    def where(self, account_id: str, /) -> str | None:
        """Nowhere."""
        return None

    def related(self, a: str, b: str, /) -> None:
        """Nothing to do: the book is read when somebody comes."""

    def boundary_changed(self, account_id: str, boundary: Boundary, /) -> None:
        """Nothing to do."""

    def standing_changed(self, standing: Standing, /) -> None:
        """Nothing to do."""

    def put_out(self, account_id: str, room_ids: Collection[str], text: str, /) -> None:
        """Nothing to do."""

    def room_changed(self, room_id: str, /) -> None:
        """Nothing to do."""
