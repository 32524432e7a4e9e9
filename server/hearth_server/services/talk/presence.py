"""Who is in a group's rooms, for its pages: asked for, and told when it changes."""

from collections.abc import Collection, Mapping, Sequence

from hearth_server.community.accounts import Caller
from hearth_server.community.talk import Viewer
from hearth_server.errors import Refusal
from hearth_server.services.live import FACES_MAX, LivePerson
from hearth_server.services.parts import ServiceParts
from hearth_server.services.talk.news import NewsDesk, PresenceNews, RoomPresence
from hearth_server.services.talk.viewing import looking, open_rooms


class PresenceWatch:
    """Looks at the live rooms of groups that somebody listens to."""

    def __init__(self, parts: ServiceParts, news: NewsDesk) -> None:
        self._parts = parts
        self._news = news
        self._seen: dict[str, frozenset[tuple[str, str | None]]] = {}

    async def presence(self, ref: str, caller: Caller | None) -> Sequence[RoomPresence] | Refusal:
        """Return who is in the rooms of a group that the caller may enter."""
        async with self._parts.store.reading() as tx:
            viewer = await looking(self._parts, tx, ref, caller)
            if isinstance(viewer, Refusal):
                return viewer
            shown = [door for door in await open_rooms(tx, viewer) if not door.archived]
        present = self._parts.live.presence([door.id for door in shown])
        return [_seen(viewer, door.id, door.name, present.get(door.id, ())) for door in shown]

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
            now = frozenset(
                (room_id, account_id)
                for room_id, accounts in self._parts.live.accounts_in(rooms).items()
                for account_id in accounts
            )
            before = self._seen.get(group_id)
            self._seen[group_id] = now
            if before is not None and now != before:
                self._tell(group_id, now ^ before, self._parts.live.presence(rooms))

    def _tell(
        self,
        group_id: str,
        changed: Collection[tuple[str, str | None]],
        present: Mapping[str, Sequence[LivePerson]],
    ) -> None:
        """Tell those who may know of a change; others are not told that there was one."""
        for listener in self._news.listeners_of(group_id):
            viewer = self._news.eyes(listener, group_id)
            names = listener.rooms.get(group_id, {})
            if viewer is None or not any(
                room_id in names and account_id not in viewer.apart
                for room_id, account_id in changed
            ):
                continue
            rooms = [
                _seen(viewer, room_id, name, present.get(room_id, ()))
                for room_id, name in names.items()
            ]
            listener.tell(PresenceNews(group_id, rooms))


def _seen(viewer: Viewer, room_id: str, name: str, people: Sequence[LivePerson]) -> RoomPresence:
    seen = [person.card for person in people if person.account_id not in viewer.apart]
    return RoomPresence(room_id, name, len(seen), seen[:FACES_MAX])
