"""Friends, blocks and mutes: kept in the store, in the book that every tick reads, and live.

A block is in the book before it is committed, and stays there whatever becomes of the commit: who
asked to be kept apart is. Taking one back is in the book only after the commit.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from hearth_server.community.accounts import Boundary, Caller, Card
from hearth_server.community.ports.ties import Friendship
from hearth_server.errors import Refusal
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx

FRIENDS_MAX: Final = 500
BLOCKS_MAX: Final = 1000
MUTES_MAX: Final = 1000
Tie = Literal["blocks", "mutes"]
_MAX: Final[dict[Tie, int]] = {"blocks": BLOCKS_MAX, "mutes": MUTES_MAX}
_NOBODY: Final = Refusal("account_not_found", "This person is not here any more.")
_NO_ACCOUNT: Final = Refusal(
    "account_not_found", "This person has no account here. You can hide them for this visit."
)
_ONESELF: Final = Refusal("not_oneself", "This is you.")


@dataclass(frozen=True, slots=True)
class Whom:
    """A person as the caller knows them: by account, or as a participant of a room."""

    account: str | None = None
    room: str | None = None
    participant: int | None = None


@dataclass(frozen=True, slots=True)
class Friends:
    """Friends, who asked to be one, and who was asked."""

    friends: Sequence[Card]
    incoming: Sequence[Card]
    outgoing: Sequence[Card]


@dataclass(frozen=True, slots=True)
class Safety:
    """How somebody keeps others off."""

    boundary: Boundary
    blocks: Sequence[Card]
    mutes: Sequence[Card]


class Ties:
    """Relations of accounts. One per node: changes pass one after the other."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        # Book and store must not change in different orders.
        self._turn = asyncio.Lock()

    async def friends(self, caller: Caller) -> Friends:
        """List the caller's friends and requests.

        Whoever blocked the caller still stands among those they asked: that it leads nowhere
        must not show.
        """
        own, book = caller.account.id, self._parts.relations
        async with self._parts.store.reading() as tx:
            found = await _shown(tx, own)
            accounts = await tx.identity.accounts([each.other_id for each in found])
        lists: dict[str, list[Card]] = {"friends": [], "incoming": [], "outgoing": []}
        for each in found:
            account = accounts[each.other_id]
            asked = each.accepted_ms is None and each.asked_by == own
            kept_apart = book.blocked(own, account.id) if asked else book.apart(own, account.id)
            if kept_apart or account.deleted_ms is not None:
                continue
            which = "friends" if each.accepted_ms else "outgoing" if asked else "incoming"
            lists[which].append(account.card)
        return Friends(**lists)

    async def ask_friend(self, caller: Caller, whom: Whom) -> Refusal | None:
        """Ask somebody to be a friend, or say yes to one who asked."""
        parts, own = self._parts, caller.account.id
        other = await self._resolved(caller, whom)
        if isinstance(other, Refusal):
            return other
        if parts.relations.blocked(own, other):
            return Refusal("unblock_first", "You blocked this person. Unblock them first.")
        async with self._turn:
            async with parts.store.writing() as tx:
                became = await self._ask(tx, own, other)
            if became == "friends":
                parts.relations.befriend(own, other, True)
        # A request to somebody who blocked the caller, or declined before, is never told to them.
        parts.announcer.friends(own)
        if became in ("friends", "new") and not parts.relations.apart(own, other):
            parts.live.related(own, other)
            parts.announcer.friends(other)
        return became if isinstance(became, Refusal) else None

    async def _ask(
        self, tx: Tx, own: str, other: str
    ) -> Literal["friends", "new", "asked"] | Refusal:
        known = await tx.identity.friendship(own, other)
        hidden = known is not None and known.hidden_from(own)
        if known is not None and not hidden and (known.accepted_ms or known.asked_by == own):
            return "asked"
        if len(await _shown(tx, own)) >= FRIENDS_MAX:
            return Refusal("list_full", "Your list of friends and requests is full.")
        if known is not None and known.asked_by == own:
            await tx.identity.ask_again(own, other, self._parts.now_ms())
            return "asked"
        if known is None or known.withdrawn:
            await tx.identity.ask_friend(own, other, self._parts.now_ms())
            return "new"
        if self._parts.relations.apart(own, other):
            return "asked"
        await tx.identity.accept_friend(own, other, self._parts.now_ms())
        return "friends"

    async def drop_friend(self, caller: Caller, other: str) -> None:
        """End a friendship, say no to a request, or take one's own back.

        The other is told of nothing but a request that they saw, and that is gone.
        """
        parts, own = self._parts, caller.account.id
        async with self._turn:
            async with parts.store.writing() as tx:
                dropped = await tx.identity.drop_friend(own, other, parts.now_ms())
            if dropped == "friends":
                parts.relations.befriend(own, other, False)
        if dropped is None:
            return
        if dropped == "friends":
            parts.live.related(own, other)
        parts.announcer.friends(own)
        if dropped == "asked" and not parts.relations.apart(own, other):
            parts.announcer.friends(other)

    async def safety(self, caller: Caller) -> Safety:
        """Return how the caller keeps others off."""
        async with self._parts.store.reading() as tx:
            blocks = await tx.identity.ties("blocks", caller.account.id)
            mutes = await tx.identity.ties("mutes", caller.account.id)
            people = await tx.identity.accounts([*blocks, *mutes])
            account = await tx.identity.account(caller.account.id)
        return Safety(
            account.boundary if account else caller.account.boundary,
            [people[each].card for each in blocks],
            [people[each].card for each in mutes],
        )

    async def set_boundary(self, caller: Caller, boundary: Boundary) -> None:
        """Change the caller's personal boundary, in the rooms too."""
        async with self._parts.store.writing() as tx:
            account = await tx.identity.account(caller.account.id)
            assert account is not None
            await tx.identity.change_own(replace(account, boundary=boundary))
        self._parts.live.boundary_changed(caller.account.id, boundary)

    async def block(self, caller: Caller, whom: Whom) -> Refusal | None:
        """Keep somebody and the caller apart, now; a friendship ends by it."""
        parts, own = self._parts, caller.account.id
        other = await self._resolved(caller, whom)
        if isinstance(other, Refusal):
            return other
        if (refusal := await self._full("blocks", own, other)) is not None:
            return refusal
        friends = other in parts.relations.friends_of(own)
        self._keep_apart(own, other)
        async with self._turn:
            # Again: somebody taking it back may have been under way.
            self._keep_apart(own, other)
            async with parts.store.writing() as tx:
                await tx.identity.put_tie("blocks", own, other, parts.now_ms())
                await tx.identity.drop_friend(own, other, parts.now_ms())
        # They learn no more than that a friend is gone, and strangers not even that.
        parts.announcer.friends(*((own, other) if friends else (own,)))
        return None

    async def unblock(self, caller: Caller, other: str) -> None:
        """End what kept the caller apart from somebody; they may have a block of their own."""
        parts, own = self._parts, caller.account.id
        async with self._turn:
            async with parts.store.writing() as tx:
                dropped = await tx.identity.drop_tie("blocks", own, other)
                # What was asked meanwhile was never to arrive.
                await tx.identity.drop_friend(own, other, parts.now_ms())
            parts.relations.block(own, other, False)
        if dropped:
            parts.live.related(own, other)

    async def mute(self, caller: Caller, whom: Whom) -> Refusal | None:
        """Silence somebody for the caller alone."""
        parts, own = self._parts, caller.account.id
        other = await self._resolved(caller, whom)
        if isinstance(other, Refusal):
            return other
        if (refusal := await self._full("mutes", own, other)) is not None:
            return refusal
        async with self._turn:
            async with parts.store.writing() as tx:
                await tx.identity.put_tie("mutes", own, other, parts.now_ms())
            parts.relations.mute(own, other, True)
        parts.live.related(own, other)
        return None

    async def unmute(self, caller: Caller, other: str) -> None:
        """Let the caller hear somebody again."""
        parts, own = self._parts, caller.account.id
        async with self._turn:
            async with parts.store.writing() as tx:
                dropped = await tx.identity.drop_tie("mutes", own, other)
            parts.relations.mute(own, other, False)
        if dropped:
            parts.live.related(own, other)

    def _keep_apart(self, own: str, other: str) -> None:
        parts = self._parts
        parts.relations.block(own, other, True)
        parts.relations.befriend(own, other, False)
        parts.live.related(own, other)

    async def _full(self, kind: Tie, own: str, other: str) -> Refusal | None:
        async with self._parts.store.reading() as tx:
            known = await tx.identity.ties(kind, own)
        if len(known) < _MAX[kind] or other in known:
            return None
        return Refusal("list_full", "This list is full. Take somebody off it first.")

    async def _resolved(self, caller: Caller, whom: Whom) -> str | Refusal:
        """Return whose account it is about."""
        other = whom.account
        if whom.room is not None and whom.participant is not None:
            # Numbers of a room open nothing from outside of it: they would tell who is there.
            person = self._parts.live.met(caller.account.id, whom.room, whom.participant)
            if person is None:
                return _NOBODY
            if person.account_id is None:
                return _NO_ACCOUNT
            other = person.account_id
        if other is None:
            return _NOBODY
        if other == caller.account.id:
            return _ONESELF
        async with self._parts.store.reading() as tx:
            account = await tx.identity.account(other)
        return _NOBODY if account is None or account.deleted_ms is not None else other


async def _shown(tx: Tx, account_id: str) -> list[Friendship]:
    """Return the friendships and requests that one of the two is shown at all."""
    found = await tx.identity.friendships(account_id)
    return [each for each in found if each.accepted_ms or not each.hidden_from(account_id)]
