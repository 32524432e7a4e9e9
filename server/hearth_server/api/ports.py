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

    def admit(self, room_id: str, profile: Profile, remote: str) -> RoomInfo | Refusal:
        """Say whether this profile may have a ticket for the room now.

        Opens `load-N` rooms (capacity 5,000) on demand where the node allows it. Reserves
        nothing: the seat is taken at hello, which checks again. Refusal codes: `room_not_found`,
        `room_full`. `remote` is the client's address, proxies already seen through.
        """
        ...


class Readiness(Protocol):
    """Whether this node can hold a room right now."""

    def unready(self) -> Refusal | None:
        """None when kernels are compiled and the ticker runs; else `starting` or `stopping`."""
        ...
