"""What is kept of what was said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from hearth_server.community.talk import Line


@dataclass(frozen=True, slots=True)
class Window:
    """Which lines of a channel to read: the newest, or those next to a line already read.

    Attributes:
        before: only lines older than this one.
        after: only lines newer than this one, the oldest of them first.
        limit: at most so many.
        apart: lines of these authors are left out.
        rooms: lines said in other rooms than these are left out; None for no such limit.
        channel: whether lines that were said in no room count.
        since_ms: lines older than this are left out.
    """

    limit: int
    before: int | None = None
    after: int | None = None
    apart: frozenset[str] = frozenset()
    rooms: frozenset[str] | None = None
    channel: bool = True
    since_ms: int = 0


class Lines(Protocol):
    """Lines of channels, mentions, reactions and how far each member read."""

    async def read(self, group_id: str, window: Window, /) -> Sequence[Line]:
        """Return lines of a channel, the oldest first."""
        ...

    async def lines(self, ids: Collection[int], /) -> dict[int, Line]:
        """Return those of these lines that there are, by id."""
        ...

    async def edit(self, line_id: int, text: str, mentioned: frozenset[str], now_ms: int) -> None:
        """Give a line another text, and the mentions that follow from it."""
        ...

    async def delete(self, line_id: int, now_ms: int, /) -> None:
        """Take a line's text, mentions and reactions away; that it was there stays."""
        ...

    async def react(self, line_id: int, account_id: str, kind: str, on: bool) -> None:
        """Give or take back a reaction."""
        ...

    async def mark_read(self, group_id: str, account_id: str, line_id: int, /) -> None:
        """Note how far somebody read; never back."""
        ...

    async def unread(
        self, group_id: str, account_id: str, window: Window, /
    ) -> tuple[int, int, int]:
        """Return how far somebody read, and how many lines and mentions came since, up to a limit.

        Args:
            group_id: whose channel.
            account_id: whose reading; their own lines do not count.
            window: what they may see, and `limit`, up to which is counted.
        """
        ...
