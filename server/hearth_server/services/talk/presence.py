"""Who is in a group's rooms, for its pages: asked for, and told when it changes."""

from collections.abc import Collection, Mapping, Sequence

from hearth_server.community.accounts import Caller, Card
from hearth_server.community.talk import Viewer
from hearth_server.errors import Refusal
from hearth_server.services.live import LivePerson
from hearth_server.services.parts import ServiceParts
from hearth_server.services.talk.news import NewsDesk, PresenceNews, RoomPresence
from hearth_server.services.talk.viewing import looking, open_rooms

FACES_MAX = 6


class PresenceWatch:
    """Looks at the live rooms of groups that somebody listens to."""

    def __init__(self, parts: ServiceParts, news: NewsDesk) -> None:
        self._parts = parts
        self._news = news
        self._seen: dict[str, frozenset[tuple[str, int, str | None]]] = {}

    async def presence(self, ref: str, caller: Caller | None) -> Sequence[RoomPresence] | Refusal:
        """Return who is in the rooms of a group that the caller may enter."""
        async with self._parts.store.reading() as tx:
            viewer = await looking(self._parts, tx, ref, caller)
            if isinstance(viewer, Refusal):
                return viewer
            allowed = await open_rooms(tx, viewer)
            rooms = await tx.rooms.of_group(viewer.standing.group.id)
        shown = [room for room in rooms if room.id in allowed and not room.archived]
        present = self._parts.live.presence([room.id for room in shown])
        return [
            self._one(viewer, room.id, room.name, [p.card for p in present.get(room.id, ())])
            for room in shown
        ]

    def look(self) -> None:
        """Tell listeners of the groups in whose rooms somebody came or went since the last look."""
        listened = set(self._news.listening_to())
        for group_id in list(self._seen):
            if group_id not in listened:
                del self._seen[group_id]
        for group_id in listened:
            rooms = {
                room
                for listener in self._news.listeners_of(group_id)
                for room in listener.rooms.get(group_id, ())
            }
            present = self._parts.live.presence(rooms)
            now = frozenset(
                (room_id, person.participant, person.account_id)
                for room_id, people in present.items()
                for person in people
            )
            before = self._seen.get(group_id)
            self._seen[group_id] = now
            if before is not None and now != before:
                self._tell(group_id, now ^ before, present)

    def _tell(
        self,
        group_id: str,
        changed: Collection[tuple[str, int, str | None]],
        present: Mapping[str, Sequence[LivePerson]],
    ) -> None:
        """Tell those who may know of a change; others are not told that there was one."""
        for listener in self._news.listeners_of(group_id):
            viewer = self._news.eyes(listener, group_id)
            names = listener.rooms.get(group_id, {})
            if viewer is None or not any(
                room_id in names and account_id not in viewer.apart
                for room_id, _, account_id in changed
            ):
                continue
            rooms = [
                self._one(viewer, room_id, name, [p.card for p in present.get(room_id, ())])
                for room_id, name in names.items()
            ]
            listener.tell(PresenceNews(group_id, rooms))

    def _one(self, viewer: Viewer, room_id: str, name: str, cards: Sequence[Card]) -> RoomPresence:
        seen = [card for card in cards if card.id not in viewer.apart]
        return RoomPresence(room_id, name, len(seen), seen[:FACES_MAX])
