"""News for pages that are open: who listens, what is theirs to hear, and no more than they read.

Everything runs on the loop's thread. A listener that does not keep up is let go and comes back;
its page then looks anew, because what was said meanwhile is not said again.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hearth_server.community.accounts import Caller, Card
from hearth_server.community.groups import Standing
from hearth_server.community.moderation import may_see_report
from hearth_server.community.permissions import Right
from hearth_server.community.talk import Line, Viewer
from hearth_server.errors import Refusal
from hearth_server.services.announcer import EventNews
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import standings_of
from hearth_server.services.store import Tx
from hearth_server.services.talk.viewing import ShownLine, readable, show, viewer_of

WAITING_MAX: Final = 256
LISTENERS_PER_ACCOUNT: Final = 8
TOO_MANY: Final = Refusal(
    "too_many_attempts", "This account has too many pages open. Close one of them.", 30.0
)

STOPPING: Final = Refusal("stopping", "The server is stopping. Try again in a minute.", 30.0)


@dataclass(frozen=True, slots=True)
class LineNews:
    """A line came, or changed."""

    group_id: str
    line: ShownLine


@dataclass(frozen=True, slots=True)
class RoomPresence:
    """Who is in a room, as one viewer may know it."""

    id: str
    name: str
    present: int
    faces: Sequence[Card]


@dataclass(frozen=True, slots=True)
class PresenceNews:
    """Somebody came into a room of a group, or went."""

    group_id: str
    rooms: Sequence[RoomPresence]


@dataclass(frozen=True, slots=True)
class CountsNews:
    """What is new in a group for this person."""

    group_id: str
    unread: int
    mentions: int


@dataclass(frozen=True, slots=True)
class ModerationNews:
    """Reports or requests of a group changed."""

    group_id: str


@dataclass(frozen=True, slots=True)
class FriendsNews:
    """Friends or requests of this person changed."""


News = LineNews | PresenceNews | CountsNews | ModerationNews | FriendsNews | EventNews


@dataclass(slots=True, eq=False)
class Listener:
    """One open page.

    Attributes:
        caller: who listens, and on which device.
        viewers: their eyes in each of their groups.
        rooms: in each group, the names of the rooms whose presence they may know of, by id.
    """

    caller: Caller
    viewers: dict[str, Viewer] = field(default_factory=dict)
    rooms: dict[str, Mapping[str, str]] = field(default_factory=dict)
    ended: bool = False
    _ending: Callable[[], None] | None = None
    _queue: asyncio.Queue[News | None] = field(default_factory=lambda: asyncio.Queue(WAITING_MAX))

    def tell(self, news: News) -> None:
        """Queue a piece of news; who has too many waiting is let go."""
        if self.ended:
            return
        try:
            self._queue.put_nowait(news)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """No more news; the stream closes."""
        if self.ended:
            return
        self.ended = True
        if self._ending is not None:
            self._ending()
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    def on_end(self, run: Callable[[], None]) -> None:
        """Call this as soon as the stream is to end; now, if it is to already."""
        self._ending = run
        if self.ended:
            run()

    async def next(self, wait_s: float) -> News | None:
        """Return the next piece of news, None when none came in time or the stream is over."""
        try:
            return await asyncio.wait_for(self._queue.get(), wait_s)
        except TimeoutError:
            return None


class NewsDesk:
    """Every listener of a node."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._by_account: dict[str, set[Listener]] = {}
        self._by_group: dict[str, set[Listener]] = {}
        self._closed = False

    def __len__(self) -> int:
        return sum(len(each) for each in self._by_account.values())

    async def listen(self, caller: Caller) -> Listener | Refusal:
        """Begin to listen to all groups of somebody; `leave` ends it."""
        account_id = caller.account.id
        if self._closed:
            return STOPPING
        if len(self._by_account.get(account_id, ())) >= LISTENERS_PER_ACCOUNT:
            return TOO_MANY
        listener = Listener(caller)
        self._by_account.setdefault(account_id, set()).add(listener)
        try:
            async with self._parts.store.reading() as tx:
                await self._look(tx, listener)
        except BaseException:  # whoever gave up must not go on counting
            self.leave(listener)
            raise
        return listener

    def leave(self, listener: Listener) -> None:
        """A stream is over; twice is once."""
        listener.ended = True
        _drop(self._by_account, listener.caller.account.id, listener)
        for group_id in listener.viewers:
            _drop(self._by_group, group_id, listener)

    def listening_to(self) -> Collection[str]:
        """Groups that anybody listens to."""
        return self._by_group.keys()

    def listeners_of(self, group_id: str) -> Collection[Listener]:
        """Those who listen to a group."""
        return tuple(self._by_group.get(group_id, ()))

    # --- what happened -------------------------------------------------------------------------

    def line(self, line: Line) -> None:
        """A line came or changed: tell who may see it."""
        for listener in self.listeners_of(line.group_id):
            viewer = self.eyes(listener, line.group_id)
            shown = show(viewer, line) if viewer is not None else None
            if shown is not None:
                listener.tell(LineNews(line.group_id, shown))

    def counts(self, account_id: str, news: CountsNews) -> None:
        """Somebody read on one device: the others follow."""
        for listener in tuple(self._by_account.get(account_id, ())):
            listener.tell(news)

    def moderation(self, group_id: str, about: str | None = None, /) -> None:
        """Something waits for a group's moderators, or does no more. See `Announcer`."""
        for listener in self.listeners_of(group_id):
            viewer = self.eyes(listener, group_id)
            if viewer is None or not viewer.standing.may(Right.SEE_REPORTS):
                continue
            if may_see_report(viewer.standing.role, listener.caller.account.id, about):
                listener.tell(ModerationNews(group_id))

    def friends(self, *account_ids: str) -> None:
        """Friends of somebody changed."""
        for account_id in account_ids:
            for listener in tuple(self._by_account.get(account_id, ())):
                listener.tell(FriendsNews())

    def event(self, news: EventNews, account_ids: Collection[str], /) -> None:
        """Something happened to an occurrence. See `Announcer`."""
        for account_id in account_ids:
            for listener in tuple(self._by_account.get(account_id, ())):
                if self.eyes(listener, news.group_id) is not None:
                    listener.tell(news)

    def standing_changed(self, standing: Standing) -> None:
        """What somebody may do in a group changed: from now on they hear what that allows."""
        for listener in tuple(self._by_account.get(standing.account_id or "", ())):
            # Open rooms have to be read anew: the page begins afresh, as after a lost line.
            listener.end()

    def sign_off(self, account_id: str, session_ids: Collection[str] | None) -> None:
        """Some of somebody's devices were signed out, or all."""
        for listener in tuple(self._by_account.get(account_id, ())):
            if session_ids is None or listener.caller.session.id in session_ids:
                listener.end()

    def room_changed(self, room_id: str) -> None:
        """A room has another name or door: whoever knows it looks anew."""
        for listeners in tuple(self._by_group.values()):
            for listener in tuple(listeners):
                if any(room_id in rooms for rooms in listener.rooms.values()):
                    listener.end()

    def put_out(self, account_id: str) -> None:
        """Somebody was put out of rooms, perhaps out of a group: they look anew."""
        for listener in tuple(self._by_account.get(account_id, ())):
            listener.end()

    def end_all(self) -> None:
        """The node stops: nobody listens any more."""
        self._closed = True
        for listeners in tuple(self._by_account.values()):
            for listener in tuple(listeners):
                listener.end()

    # --- whose eyes ----------------------------------------------------------------------------

    async def _look(self, tx: Tx, listener: Listener) -> None:
        parts, account_id = self._parts, listener.caller.account.id
        room_id = listener.caller.session.room_id
        standings = await standings_of(parts, tx, account_id)
        seen = {each.group.id: each for each in standings if each.may(Right.SEE_GROUP)}
        doors = await tx.rooms.doors(seen)
        for group_id, standing in seen.items():
            viewer = viewer_of(parts, standing, room_id)
            listener.viewers[group_id] = viewer
            listener.rooms[group_id] = {
                door.id: door.name
                for door in readable(viewer, doors[group_id])
                if not door.archived
            }
            self._by_group.setdefault(group_id, set()).add(listener)

    def expired(self, listener: Listener) -> bool:
        """Say whether the session of a listener is over, and end the stream if so."""
        if listener.caller.session.expires_ms <= self._parts.now_ms():
            listener.end()
        return listener.ended

    def eyes(self, listener: Listener, group_id: str) -> Viewer | None:
        """Return a listener's eyes as of now: blocks and bans count at once."""
        viewer = listener.viewers.get(group_id)
        if viewer is None or self.expired(listener):
            return None
        parts, caller = self._parts, listener.caller
        now_ms = parts.now_ms()
        if "ban" in parts.sanctions.kinds(group_id, caller.account.id, now_ms):
            return None
        return viewer_of(parts, viewer.standing, viewer.room_id)


def _drop(book: dict[str, set[Listener]], key: str, listener: Listener) -> None:
    listeners = book.get(key)
    if listeners is None:
        return
    listeners.discard(listener)
    if not listeners:
        del book[key]
