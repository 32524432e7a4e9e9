"""The rooms of a node: opened when first entered, closed when empty for a while. No socket."""

from collections.abc import Callable, Iterable, Iterator

from hearth_protocol.design import Design
from hearth_server.community.entering import RoomFacts
from hearth_server.community.spaces import ObjectKept
from hearth_server.errors import Refusal
from hearth_server.rooms.admission import load_room, may_enter, no_such_room, node_is_full
from hearth_server.rooms.commons import Commons
from hearth_server.rooms.room import Room
from hearth_server.settings import RoomSettings

EMPTY_CLOSES_AFTER_S = 60.0


class Door:
    """A room as its door shows it, whether it is open or not."""

    __slots__ = ("present", "settings")

    def __init__(self, settings: RoomSettings, present: int) -> None:
        self.settings = settings
        self.present = present


class Registry:
    """All rooms by id.

    Groups' rooms are here while they are open, and have no door here: who may know of them is
    decided elsewhere.

    Args:
        configured: rooms of the config file; they are always listed.
        node_max: people the node may hold.
        open_in_world: gives a room its index in the world.
    """

    def __init__(
        self,
        configured: Iterable[RoomSettings],
        node_max: int,
        open_in_world: Callable[[RoomSettings, Design | None], int],
    ) -> None:
        self._configured = {room.id: room for room in configured}
        self._node_max = node_max
        self._open_in_world = open_in_world
        self._open: dict[str, Room] = {}
        self.present = 0

    def __iter__(self) -> Iterator[Room]:
        return iter(self._open.values())

    def __len__(self) -> int:
        return len(self._open)

    def doors(self) -> list[Door]:
        """Every room that is listed, with how many are in."""
        return [self._door(settings) for settings in self._configured.values()]

    def find(self, room_id: str) -> Door | None:
        """The room of this id, listed or open. Opens nothing."""
        settings = self._settings(room_id)
        return self._door(settings) if settings else None

    def open_for_load(self, room_id: str, now_s: float) -> Door | None:
        """Open a `load-N` room, or None if the id is not of that form."""
        if room_id in self._configured:
            return None
        settings = load_room(room_id)
        if settings is None:
            return None
        room = self._open.get(room_id) or self._open_now(settings)
        if not room.people:
            room.empty_since_s = now_s  # closes again if nobody comes
        return self._door(settings)

    def may_admit(self, room_id: str) -> Refusal | None:
        """Say why nobody more may enter this room, or None. Reserves nothing, opens nothing."""
        door = self.find(room_id)
        if door is None:
            return no_such_room(room_id)
        return may_enter(door.settings, door.present, self.present, self._node_max)

    def open(self, room_id: str) -> Room:
        """Return the live room; opened now if nobody was in. The id must have been admitted."""
        return self._open.get(room_id) or self._open_now(self._configured[room_id])

    def open_group(self, facts: RoomFacts, objects: Iterable[ObjectKept]) -> Room:
        """Return a group's live room; opened now, as it was left, if nobody was in."""
        room = self._open.get(facts.room.id)
        if room is None:
            room = self._open_now(facts.room.settings(), Commons.open(facts, objects))
        return room

    def node_full(self) -> Refusal | None:
        """Say why nobody more may come to this node at all, or None."""
        return node_is_full(self.present, self._node_max)

    def live(self, room_id: str) -> Room:
        """Return a room that is open."""
        return self._open[room_id]

    def opened(self, room_id: str) -> Room | None:
        """Return a room if it is open."""
        return self._open.get(room_id)

    def close_idle(self, now_s: float) -> list[Room]:
        """Close the rooms that have been empty for a minute and return them."""
        idle = [
            room
            for room in self._open.values()
            if room.empty_since_s is not None and now_s - room.empty_since_s >= EMPTY_CLOSES_AFTER_S
        ]
        for room in idle:
            del self._open[room.settings.id]
        return idle

    def _open_now(self, settings: RoomSettings, commons: Commons | None = None) -> Room:
        index = self._open_in_world(settings, commons.design if commons is not None else None)
        room = self._open[settings.id] = Room(settings, index, commons)
        return room

    def _settings(self, room_id: str) -> RoomSettings | None:
        live = self._open.get(room_id)
        if live is None:
            return self._configured.get(room_id)
        return live.settings if live.commons is None else None

    def _door(self, settings: RoomSettings) -> Door:
        live = self._open.get(settings.id)
        return Door(settings, live.present if live else 0)
