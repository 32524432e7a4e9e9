"""What is kept of who blocked, muted and befriended whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

#: What ended: a friendship, one's own request that the other saw, or one that stays for a side.
Dropped = Literal["friends", "asked", "declined"]


@dataclass(frozen=True, slots=True)
class Friendship:
    """Two who are friends, or one who asked the other. `accepted_ms` is None until they did.

    A request that was declined stays, so that it looks to who asked as one that waits, and so
    that nobody is asked again and again.

    Attributes:
        declined: by who was asked.
        withdrawn: by who asked, after that.
    """

    other_id: str
    asked_by: str
    asked_ms: int
    accepted_ms: int | None
    declined: bool = False
    withdrawn: bool = False

    def hidden_from(self, account_id: str) -> bool:
        """Say whether one of the two is shown nothing of it."""
        return self.withdrawn if account_id == self.asked_by else self.declined


class Ties(Protocol):
    """Relations between accounts."""

    async def relations(
        self,
    ) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
        """Return every block, mute and friendship, as pairs of account ids."""
        ...

    async def friendships(self, account_id: str, /) -> Sequence[Friendship]:
        """Return an account's friendships and requests, either way, the newest last."""
        ...

    async def friendship(self, account_id: str, other_id: str, /) -> Friendship | None:
        """Return what two are to each other, seen by the first."""
        ...

    async def ask_friend(self, account_id: str, other_id: str, now_ms: int, /) -> None:
        """Keep that one asked the other, who did not ask before, or took that back."""
        ...

    async def accept_friend(self, account_id: str, other_id: str, now_ms: int, /) -> None:
        """Make a request a friendship."""
        ...

    async def ask_again(self, account_id: str, other_id: str, now_ms: int, /) -> None:
        """Let a request that was declined and taken back look new, to who asked alone."""
        ...

    async def drop_friend(self, account_id: str, other_id: str, now_ms: int, /) -> Dropped | None:
        """End a friendship or a request, whoever asked; say which it was, None for neither.

        A request of the other's is declined, and one of one's own that was declined is taken
        back; both stay, see `Friendship`.
        """
        ...

    async def put_tie(
        self, kind: Literal["blocks", "mutes"], account_id: str, other_id: str, now_ms: int, /
    ) -> None:
        """Keep a block or a mute; nothing happens if it is kept already."""
        ...

    async def drop_tie(
        self, kind: Literal["blocks", "mutes"], account_id: str, other_id: str, /
    ) -> bool:
        """Forget a block or a mute; say whether there was one."""
        ...

    async def ties(self, kind: Literal["blocks", "mutes"], account_id: str, /) -> Sequence[str]:
        """Return whom somebody blocked or muted, the newest first."""
        ...
