"""What is kept of a group's rooms: their doors, their designs, and what stands in them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from hearth_server.community.spaces import DesignVersion, Door, ObjectKept, RoomRecord


class RoomKeep(Protocol):
    """Rooms, the versions of their designs, and their shared objects."""

    async def add(self, room: RoomRecord, created_by: str | None, /) -> None:
        """Keep a new room with the first version of its design."""
        ...

    async def get(self, room_id: str, /) -> RoomRecord | None:
        """Return a room, archived or not."""
        ...

    async def of_group(self, group_id: str, /) -> Sequence[RoomRecord]:
        """Return a group's rooms, archived ones too, oldest first."""
        ...

    async def capacity(self, room_id: str, /) -> int | None:
        """Return how many a room holds; None: there is no such room."""
        ...

    async def doors(self, group_ids: Collection[str], /) -> Mapping[str, Sequence[Door]]:
        """Return the doors of each group's rooms, archived ones too, oldest first."""
        ...

    async def save(self, room: RoomRecord, expected_version: int, /) -> bool:
        """Keep what was changed about a room, the design left out.

        False, and nothing changed, if it is not at the version expected any more.
        """
        ...

    async def add_design(self, room_id: str, version: DesignVersion, /) -> None:
        """Keep a new version of a room's design; the room itself names it by `save`."""
        ...

    async def drop_design(self, room_id: str, version: int, /) -> None:
        """Let go of a version, because it was undone."""
        ...

    async def design(self, room_id: str, version: int, /) -> DesignVersion | None:
        """Return one version of a room's design."""
        ...

    async def designs(self, room_id: str, /) -> Sequence[DesignVersion]:
        """Return the newest versions of a room's design, newest first."""
        ...

    async def objects(self, room_id: str, /) -> Sequence[ObjectKept]:
        """Return where shared objects stand that were moved or locked."""
        ...

    async def keep_objects(self, room_id: str, objects: Sequence[ObjectKept], /) -> None:
        """Keep where these objects stand."""
        ...

    async def drop_objects(self, room_id: str, /) -> None:
        """Forget where objects stand: the design says it again."""
        ...
