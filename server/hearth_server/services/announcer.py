"""What use cases tell the pages that are open, without knowing how it gets there.

Only what the receiver would see anyway when they look: a piece of news must not betray a block, a
mute, or a report about its reader.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, Protocol

from hearth_server.community.talk import Line

#: What happened to an occurrence: a place is offered, its doors opened, somebody was let in, …
#: `moved` is to another time or room; `restored` was cancelled before.
Happened = Literal["offer", "doors", "live", "moved", "cancelled", "restored", "admitted", "ended"]


@dataclass(frozen=True, slots=True)
class EventNews:
    """Something happened to an occurrence, or to the receiver's place at it.

    Attributes:
        room: name of the room it is in now, where that is news.
    """

    group_id: str
    event_id: str
    original: str
    what: Happened
    title: str
    starts_ms: int
    room: str = ""


class Announcer(Protocol):
    """Tells open pages that something changed; does not wait."""

    def moderation(self, group_id: str, about: str | None = None, /) -> None:
        """Reports, requests or sanctions of a group changed.

        A report `about` a moderator is not theirs to see, and they are not told.
        """
        ...

    def friends(self, *account_ids: str) -> None:
        """Friends or requests of these accounts changed."""
        ...

    def line(self, line: Line, /) -> None:
        """A line of a channel changed."""
        ...

    def event(self, news: EventNews, account_ids: Collection[str], /) -> None:
        """Something happened to an occurrence; it concerns these accounts."""
        ...


class Unheard:
    """Before anybody can listen. Satisfies `Announcer`."""

    def moderation(self, group_id: str, about: str | None = None, /) -> None:
        """Nobody listens."""

    def friends(self, *account_ids: str) -> None:
        """Nobody listens."""

    def line(self, line: Line, /) -> None:
        """Nobody listens."""

    def event(self, news: EventNews, account_ids: Collection[str], /) -> None:
        """Nobody listens."""
