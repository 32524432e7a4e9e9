"""Who blocked, muted and befriended whom, by account: in memory, because every tick asks.

Loaded when the node starts and changed as the store is. The rules of every listing and every
room read it; a block is one person's act and holds for both.
"""

from collections.abc import Iterable
from typing import TypeAlias

from hearth_server.community.groups import Standing

Pair: TypeAlias = tuple[str, str]


class _Directed:
    """Pairs (from, to), to be looked up from either end."""

    __slots__ = ("backward", "forward")

    def __init__(self, pairs: Iterable[Pair]) -> None:
        self.forward: dict[str, set[str]] = {}
        self.backward: dict[str, set[str]] = {}
        for a, b in pairs:
            self.put(a, b, True)

    def put(self, a: str, b: str, on: bool) -> None:
        for index, key, value in ((self.forward, a, b), (self.backward, b, a)):
            if on:
                index.setdefault(key, set()).add(value)
            elif key in index:
                index[key].discard(value)
                if not index[key]:
                    del index[key]

    def has(self, a: str, b: str) -> bool:
        return b in self.forward.get(a, ())


class RelationBook:
    """Relations of accounts.

    Args:
        blocks: (who, whom) pairs.
        mutes: (who, whom) pairs.
        friends: pairs in either order, both accepted.
    """

    def __init__(
        self,
        blocks: Iterable[Pair] = (),
        mutes: Iterable[Pair] = (),
        friends: Iterable[Pair] = (),
    ) -> None:
        self.load(blocks, mutes, friends)

    def load(self, blocks: Iterable[Pair], mutes: Iterable[Pair], friends: Iterable[Pair]) -> None:
        """Take over what the store holds, in place of what was known."""
        self._blocks = _Directed(blocks)
        self._mutes = _Directed(mutes)
        self._friends = _Directed(pair for a, b in friends for pair in ((a, b), (b, a)))

    def block(self, who: str, whom: str, on: bool) -> None:
        """`who` blocks `whom`, or takes it back."""
        self._blocks.put(who, whom, on)

    def mute(self, who: str, whom: str, on: bool) -> None:
        """`who` does not want to hear `whom`, or does again."""
        self._mutes.put(who, whom, on)

    def befriend(self, a: str, b: str, on: bool) -> None:
        """Two are friends, or no longer."""
        self._friends.put(a, b, on)
        self._friends.put(b, a, on)

    def blocked(self, who: str, whom: str) -> bool:
        """Say whether `who` blocked `whom`."""
        return self._blocks.has(who, whom)

    def apart(self, a: str, b: str) -> bool:
        """Say whether the two are kept apart, by whichever side."""
        return self._blocks.has(a, b) or self._blocks.has(b, a)

    def apart_from(self, who: str) -> frozenset[str]:
        """Everybody kept apart from `who`, by whichever side."""
        blocks = self._blocks
        return frozenset(blocks.forward.get(who, ())) | frozenset(blocks.backward.get(who, ()))

    def unseen_by(self, standing: Standing) -> frozenset[str]:
        """Everybody whom somebody is not shown in a group: nobody, for those on duty there."""
        if standing.account_id is None or standing.on_duty:
            return frozenset()
        return self.apart_from(standing.account_id)

    def unseen(self, standing: Standing, other: str) -> bool:
        """Say whether `other` is one of those in `unseen_by`."""
        own = standing.account_id
        return own is not None and not standing.on_duty and self.apart(own, other)

    def muted(self, who: str, whom: str) -> bool:
        """Say whether `who` muted `whom`."""
        return self._mutes.has(who, whom)

    def muted_by(self, who: str) -> frozenset[str]:
        """Those whom `who` muted."""
        return frozenset(self._mutes.forward.get(who, ()))

    def muters_of(self, who: str) -> frozenset[str]:
        """Those who muted `who`."""
        return frozenset(self._mutes.backward.get(who, ()))

    def are_friends(self, a: str, b: str) -> bool:
        """Say whether the two are friends."""
        return self._friends.has(a, b)

    def friends_of(self, who: str) -> frozenset[str]:
        """Everybody who is a friend of `who`."""
        return frozenset(self._friends.forward.get(who, ()))

    def forget(self, who: str) -> None:
        """An account is gone: so are its relations."""
        for book in (self._blocks, self._mutes, self._friends):
            for whom in tuple(book.forward.get(who, ())):
                book.put(who, whom, False)
            for other in tuple(book.backward.get(who, ())):
                book.put(other, who, False)
