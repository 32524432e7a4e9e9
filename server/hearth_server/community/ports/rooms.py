"""What is kept of a group's rooms: their doors, their designs, and what stands in them."""

from typing import Protocol


class RoomKeep(Protocol):
    """Rooms, the versions of their designs, and their shared objects."""
