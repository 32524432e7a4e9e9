"""What the HTTP shell needs from the rest of a node, as Protocols that app.py satisfies.

The rooms implement `RoomDirectory`; nothing here is imported by them (structural typing).
All calls come from the event loop's thread, between ticks, and must return at once.
"""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from hearth_server.errors import Refusal
from hearth_server.settings import RoomSettings
from hearth_server.tokens import Profile


@runtime_checkable
class RoomInfo(Protocol):
    """A live room as its door shows it."""

    @property
    def settings(self) -> RoomSettings:
        """Id, name, description, space, bounds, capacity and spawn points."""
        ...

    @property
    def present(self) -> int:
        """Participants present now (a dropped one waiting to resume counts)."""
        ...


class RoomDirectory(Protocol):
    """The rooms of this node, as the API sees them."""

    def listing(self) -> Sequence[RoomInfo]:
        """Every room with a door on the lobby page (`load-N` rooms are not listed)."""
        ...

    def find(self, room_id: str) -> RoomInfo | None:
        """The room of this id if it is open, listed or not. Opens nothing."""
        ...

    def open_for_load(self, room_id: str) -> RoomInfo | None:
        """Open a `load-N` room (capacity 5,000, unlisted), or None if the id is not of that form.

        Called only for clients that may do so: on a loopback node, or with the operator key.
        """
        ...

    def may_admit(self, room_id: str, profile: Profile) -> Refusal | None:
        """Say why this profile may not have a ticket for an open room now, or None if it may.

        Reserves nothing: the seat is taken at hello, which checks again. Refusal codes:
        `room_not_found`, `room_full`.
        """
        ...


class Readiness(Protocol):
    """Whether this node can hold a room right now."""

    def unready(self) -> Refusal | None:
        """None when kernels are compiled and the ticker runs; else `starting` or `stopping`."""
        ...
