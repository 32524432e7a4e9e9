"""Stands in for the rooms until realtime is up, and answers readiness. Owns no rooms."""

from collections.abc import Sequence
from typing import Protocol

from hearth_server.api.ports import RoomDirectory, RoomInfo
from hearth_server.errors import Refusal
from hearth_server.tokens import Profile


class Opened(Protocol):
    """What of realtime is asked here."""

    @property
    def rooms(self) -> RoomDirectory:
        """The rooms as the API sees them."""
        ...

    @property
    def ticking(self) -> bool:
        """Whether the first tick has run and the ticker lives."""
        ...


class LateRooms:
    """The rooms once realtime is up; before that, none. Answers readiness, too."""

    def __init__(self) -> None:
        self.shell: Opened | None = None
        self.stopping = False

    def unready(self) -> Refusal | None:
        """None when kernels are compiled and the ticker runs."""
        if self.stopping:
            return Refusal("stopping", "The server is stopping. Try again in a minute.", 30.0)
        if self.shell is None or not self.shell.ticking:
            return Refusal("starting", "The server is warming up. Try again in a moment.", 2.0)
        return None

    def listing(self) -> Sequence[RoomInfo]:
        """Every room with a door on the lobby page."""
        return self.shell.rooms.listing() if self.shell else ()

    def find(self, room_id: str) -> RoomInfo | None:
        """The room of this id, if any."""
        return self.shell.rooms.find(room_id) if self.shell else None

    def open_for_load(self, room_id: str) -> RoomInfo | None:
        """Open a `load-N` room."""
        return self.shell.rooms.open_for_load(room_id) if self.shell else None

    def may_admit(self, room_id: str, profile: Profile) -> Refusal | None:
        """Say why this profile may not enter, or None."""
        return self.shell.rooms.may_admit(room_id, profile) if self.shell else self.unready()
