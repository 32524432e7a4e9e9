"""What is kept of who blocked, muted and befriended whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Friendship:
    """Two who are friends, or one who asked the other. `accepted_ms` is None until they did."""

    other_id: str
    asked_by: str
    asked_ms: int
    accepted_ms: int | None


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
        """Keep that one asked the other."""
        ...

    async def accept_friend(self, account_id: str, other_id: str, now_ms: int, /) -> None:
        """Make a request a friendship."""
        ...

    async def drop_friend(self, account_id: str, other_id: str, /) -> bool:
        """Forget a friendship or a request, whoever asked; say whether there was one."""
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
