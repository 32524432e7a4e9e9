"""Rooms, designs and shared objects in tables."""

from sqlalchemy.ext.asyncio import AsyncConnection


class SqlRooms:
    """Satisfies `community.ports.rooms.RoomKeep`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection
