"""What use cases tell the pages that are open, without knowing how it gets there.

Only what the receiver would see anyway when they look: a piece of news must not betray a block, a
mute, or a report about its reader.
"""

from typing import Protocol

from hearth_server.community.talk import Line


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


class Unheard:
    """Before anybody can listen. Satisfies `Announcer`."""

    def moderation(self, group_id: str, about: str | None = None, /) -> None:
        """Nobody listens."""

    def friends(self, *account_ids: str) -> None:
        """Nobody listens."""

    def line(self, line: Line, /) -> None:
        """Nobody listens."""
