"""Raised hands in the order in which they went up, by the server's time. Pure rules.

A hand is an account's: it stays up while its owner is gone for less than a minute.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

KEPT_MS: Final = 60_000
#: Puts a list into any order; whoever calls brings the chance.
Mix: TypeAlias = Callable[[list[tuple[str, int]]], None]


class Hands:
    """The queue of one gathering."""

    def __init__(self) -> None:
        self._queue: dict[str, int] = {}  # in order; when each went up
        self._seen: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._queue)

    def __contains__(self, account: object) -> bool:
        return account in self._queue

    def queue(self) -> list[tuple[str, int]]:
        """Return who raised their hand, the first one first, and when (ms)."""
        return list(self._queue.items())

    def up(self, account: str, now_ms: int) -> bool:
        """Somebody raises a hand, at the end of the queue; False if it is up already."""
        if account in self._queue:
            return False
        self._queue[account] = self._seen[account] = now_ms
        return True

    def down(self, account: str) -> bool:
        """A hand goes down; False if it was not up."""
        self._seen.pop(account, None)
        return self._queue.pop(account, None) is not None

    def skip(self, account: str) -> bool:
        """A hand stays up behind all others, with the time it went up; False if it was not up."""
        at_ms = self._queue.pop(account, None)
        if at_ms is None:
            return False
        self._queue[account] = at_ms
        return True

    def clear(self) -> None:
        """All hands go down."""
        self._queue.clear()
        self._seen.clear()

    def shuffle(self, mix: Mix) -> None:
        """Mix the queue: who is slow to the button has the same chance."""
        order = list(self._queue.items())
        mix(order)
        self._queue = dict(order)

    def look(self, here: Iterable[str], now_ms: int) -> bool:
        """Note who is here, lower the hands of those gone too long; say whether one went down."""
        for account in here:
            if account in self._seen:
                self._seen[account] = now_ms
        gone = [who for who, seen_ms in self._seen.items() if now_ms - seen_ms >= KEPT_MS]
        for who in gone:
            self.down(who)
        return bool(gone)

    def kept(self, to_wall_ms: int) -> list[list[Any]]:
        """Return the queue for a restart."""
        return [[who, at_ms + to_wall_ms] for who, at_ms in self._queue.items()]

    @classmethod
    def restored(cls, kept: Sequence[Sequence[Any]], to_wall_ms: int, now_ms: int) -> "Hands":
        """Bring the queue back; everybody has a minute to come back to their hand."""
        hands = cls()
        for who, at_ms in kept:
            hands._queue[who] = at_ms - to_wall_ms
            hands._seen[who] = now_ms
        return hands
