"""The operator's settings: the model, the rooms, and how they are read."""

from hearth_server.settings.load import ConfigFault, load_settings
from hearth_server.settings.model import DEFAULT_PORT, ENV_PREFIX, Settings, is_loopback
from hearth_server.settings.rooms import (
    DEFAULT_ROOM,
    LOAD_ROOM_CAPACITY,
    ROOM_ID_PATTERN,
    Bounds,
    RoomSettings,
    SpawnPoint,
)

__all__ = [
    "DEFAULT_PORT",
    "DEFAULT_ROOM",
    "ENV_PREFIX",
    "LOAD_ROOM_CAPACITY",
    "ROOM_ID_PATTERN",
    "Bounds",
    "ConfigFault",
    "RoomSettings",
    "Settings",
    "SpawnPoint",
    "is_loopback",
    "load_settings",
]
