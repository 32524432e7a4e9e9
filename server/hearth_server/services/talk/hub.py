"""The live rooms and the open pages behind one `LiveRooms`: what changes is told to both."""

from collections.abc import Collection, Mapping, Sequence

from hearth_server.community.accounts import Account, Boundary
from hearth_server.community.entering import RoomFacts
from hearth_server.community.events.runs import GatheringNow, RunFacts
from hearth_server.community.groups import Standing
from hearth_server.services.live import LivePerson, LiveRooms, LiveSeat, RoomLine
from hearth_server.services.talk.news import NewsDesk


class LiveHub:
    """Satisfies `services.live.LiveRooms`; `rooms` is replaced once they open."""

    def __init__(self, rooms: LiveRooms, news: NewsDesk) -> None:
        self.rooms = rooms
        self._news = news

    def who(self, room_id: str, participant: int, /) -> LivePerson | None:
        """See `LiveRooms`."""
        return self.rooms.who(room_id, participant)

    def met(self, account_id: str, room_id: str, participant: int, /) -> LivePerson | None:
        """See `LiveRooms`."""
        return self.rooms.met(account_id, room_id, participant)

    def presence(self, room_ids: Collection[str], /) -> Mapping[str, Sequence[LivePerson]]:
        """See `LiveRooms`."""
        return self.rooms.presence(room_ids)

    def accounts_in(self, room_ids: Collection[str], /) -> Mapping[str, Sequence[str | None]]:
        """See `LiveRooms`."""
        return self.rooms.accounts_in(room_ids)

    def where(self, account_id: str, /) -> str | None:
        """See `LiveRooms`."""
        return self.rooms.where(account_id)

    def related(self, a: str, b: str, /) -> None:
        """See `LiveRooms`."""
        # Pages are not told here: it may be a mute or a block, and nobody hears of those.
        self.rooms.related(a, b)

    def boundary_changed(self, account_id: str, boundary: Boundary, /) -> None:
        """See `LiveRooms`."""
        self.rooms.boundary_changed(account_id, boundary)

    def look_changed(self, account: Account, /) -> None:
        """See `LiveRooms`."""
        self.rooms.look_changed(account)

    def standing_changed(self, standing: Standing, /, *, told: str = "") -> None:
        """See `LiveRooms`."""
        self.rooms.standing_changed(standing, told=told)
        self._news.standing_changed(standing)

    def put_out(
        self, account_id: str, room_ids: Collection[str], text: str, /, *, waits: bool = False
    ) -> None:
        """See `LiveRooms`."""
        self.rooms.put_out(account_id, room_ids, text, waits=waits)
        self._news.put_out(account_id)

    def sign_off(self, account_id: str, session_ids: Collection[str] | None, text: str, /) -> None:
        """See `LiveRooms`."""
        self.rooms.sign_off(account_id, session_ids, text)
        self._news.sign_off(account_id, session_ids)

    def room_changed(self, room_id: str, /) -> None:
        """See `LiveRooms`."""
        self.rooms.room_changed(room_id)
        self._news.room_changed(room_id)

    def refreshed(self, room_id: str, facts: RoomFacts | None, /) -> None:
        """See `LiveRooms`."""
        self.rooms.refreshed(room_id, facts)

    def say_line(self, line: RoomLine, /) -> None:
        """See `LiveRooms`."""
        self.rooms.say_line(line)

    def seat_of(self, account_id: str, /) -> LiveSeat | None:
        """See `LiveRooms`."""
        return self.rooms.seat_of(account_id)

    def seats_taken(self, room_id: str, /) -> int:
        """See `LiveRooms`."""
        return self.rooms.seats_taken(room_id)

    def gathering_in(self, room_id: str, /) -> GatheringNow | None:
        """See `LiveRooms`."""
        return self.rooms.gathering_in(room_id)

    def begin_gathering(self, run: RunFacts, /) -> None:
        """See `LiveRooms`."""
        self.rooms.begin_gathering(run)

    def update_gathering(self, run: RunFacts, /) -> None:
        """See `LiveRooms`."""
        self.rooms.update_gathering(run)

    def end_gathering(self, event_id: str, original: str, text: str, /) -> None:
        """See `LiveRooms`."""
        self.rooms.end_gathering(event_id, original, text)

    def stamp(self) -> int:
        """See `LiveRooms`."""
        return self.rooms.stamp()

    def begin_channel(self, group_id: str, /) -> bool:
        """See `LiveRooms`."""
        return self.rooms.begin_channel(group_id)

    def fill_channel(self, group_id: str, lines: Sequence[RoomLine], /) -> None:
        """See `LiveRooms`."""
        self.rooms.fill_channel(group_id, lines)
