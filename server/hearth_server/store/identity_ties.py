"""Blocks, mutes and friendships in tables."""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Table, and_, delete, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from hearth_server.community.ports.ties import Dropped, Friendship
from hearth_server.store import tables as t
from hearth_server.store.identity_part import SqlPart

_TABLES = {"blocks": (t.blocks, "blocked_id"), "mutes": (t.mutes, "muted_id")}


class SqlTies(SqlPart):
    """Satisfies `community.ports.ties.Ties`."""

    async def relations(
        self,
    ) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
        """Return every block, mute and friendship, as pairs of account ids."""
        friends = t.friendships
        blocks = await self._pairs(select(t.blocks.c.account_id, t.blocks.c.blocked_id))
        mutes = await self._pairs(select(t.mutes.c.account_id, t.mutes.c.muted_id))
        accepted = select(friends.c.low_id, friends.c.high_id).where(
            friends.c.accepted_ms.is_not(None)
        )
        return blocks, mutes, await self._pairs(accepted)

    async def friendships(self, account_id: str, /) -> Sequence[Friendship]:
        """Return an account's friendships and requests, either way, the newest last."""
        table = t.friendships
        query = (
            select(table)
            .where(or_(table.c.low_id == account_id, table.c.high_id == account_id))
            .order_by(table.c.asked_ms, table.c.low_id, table.c.high_id)
        )
        rows = (await self._db.execute(query)).mappings()
        return [_friendship_of(row, account_id) for row in rows]

    async def friendship(self, account_id: str, other_id: str, /) -> Friendship | None:
        """Return what two are to each other, seen by the first."""
        query = select(t.friendships).where(_pair(account_id, other_id))
        row = (await self._db.execute(query)).mappings().first()
        return _friendship_of(row, account_id) if row else None

    async def ask_friend(self, account_id: str, other_id: str, now_ms: int, /) -> None:
        """Keep that one asked the other, who did not ask before, or took that back."""
        low, high = sorted((account_id, other_id))
        await self._db.execute(delete(t.friendships).where(_pair(account_id, other_id)))
        await self._db.execute(
            insert(t.friendships).values(
                low_id=low, high_id=high, asked_by=account_id, asked_ms=now_ms
            )
        )

    async def accept_friend(self, account_id: str, other_id: str, now_ms: int, /) -> None:
        """Make a request a friendship."""
        await self._db.execute(
            update(t.friendships)
            .where(_pair(account_id, other_id))
            .values(accepted_ms=now_ms, declined_ms=None)
        )

    async def ask_again(self, account_id: str, other_id: str, now_ms: int, /) -> None:
        """Let a request that was declined and taken back look new, to who asked alone."""
        await self._db.execute(
            update(t.friendships)
            .where(_pair(account_id, other_id))
            .values(withdrawn_ms=None, asked_ms=now_ms)
        )

    async def drop_friend(self, account_id: str, other_id: str, now_ms: int, /) -> Dropped | None:
        """End a friendship or a request, whoever asked; say which it was, None for neither."""
        pair = _pair(account_id, other_id)
        known = await self.friendship(account_id, other_id)
        if known is None or (known.hidden_from(account_id) and not known.accepted_ms):
            return None
        asked = known.asked_by == account_id
        if known.accepted_ms is not None or (asked and not known.declined):
            await self._db.execute(delete(t.friendships).where(pair))
            return "asked" if known.accepted_ms is None else "friends"
        ended = {"withdrawn_ms" if asked else "declined_ms": now_ms}
        await self._db.execute(update(t.friendships).where(pair).values(**ended))
        return "declined"

    async def put_tie(
        self, kind: Literal["blocks", "mutes"], account_id: str, other_id: str, now_ms: int, /
    ) -> None:
        """Keep a block or a mute; nothing happens if it is kept already."""
        table, other = _TABLES[kind]
        known = select(table.c.created_ms).where(_tie(table, other, account_id, other_id))
        if (await self._db.execute(known)).first() is None:
            values = {"account_id": account_id, other: other_id, "created_ms": now_ms}
            await self._db.execute(insert(table).values(values))

    async def drop_tie(
        self, kind: Literal["blocks", "mutes"], account_id: str, other_id: str, /
    ) -> bool:
        """Forget a block or a mute; say whether there was one."""
        table, other = _TABLES[kind]
        gone = await self._db.execute(delete(table).where(_tie(table, other, account_id, other_id)))
        return gone.rowcount == 1

    async def ties(self, kind: Literal["blocks", "mutes"], account_id: str, /) -> Sequence[str]:
        """Return whom somebody blocked or muted, the newest first."""
        table, other = _TABLES[kind]
        query = (
            select(table.c[other])
            .where(table.c.account_id == account_id)
            .order_by(table.c.created_ms.desc(), table.c[other])
        )
        return list((await self._db.execute(query)).scalars())

    async def _pairs(self, query: Any) -> list[tuple[str, str]]:  # noqa: ANN401  # any select
        return [(a, b) for a, b in await self._db.execute(query)]


def _pair(account_id: str, other_id: str) -> Any:  # noqa: ANN401  # a condition
    low, high = sorted((account_id, other_id))
    return and_(t.friendships.c.low_id == low, t.friendships.c.high_id == high)


def _tie(table: Table, other: str, account_id: str, other_id: str) -> Any:  # noqa: ANN401
    return and_(table.c.account_id == account_id, table.c[other] == other_id)


def _friendship_of(row: RowMapping, account_id: str) -> Friendship:
    other = row["high_id"] if row["low_id"] == account_id else row["low_id"]
    return Friendship(
        other,
        row["asked_by"],
        row["asked_ms"],
        row["accepted_ms"],
        declined=row["declined_ms"] is not None,
        withdrawn=row["withdrawn_ms"] is not None,
    )
