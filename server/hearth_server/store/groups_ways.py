"""Invites and requests in tables."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import and_, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.membership import Invite, JoinRequest
from hearth_server.community.ports.groups import Asked, Search
from hearth_server.store import tables as t
from hearth_server.store.groups_members import card_columns, card_of

_INVITE: Final = (
    "id",
    "kind",
    "group_id",
    "room_id",
    "created_by",
    "uses_left",
    "created_ms",
    "expires_ms",
    "revoked_ms",
    "event_id",
    "original",
)
_REQUEST: Final = (
    "id",
    "group_id",
    "account_id",
    "answer",
    "state",
    "created_ms",
    "decided_by",
    "decided_ms",
)


class SqlWaysIn:
    """Satisfies `community.ports.groups.WaysIn`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add_invite(self, invite: Invite, token_hash: bytes, /) -> None:
        """Keep a new invite."""
        values = {name: getattr(invite, name) for name in _INVITE}
        await self._db.execute(insert(t.invites).values(**values, token_hash=token_hash))

    async def invite(self, token_hash: bytes, /) -> Invite | None:
        """Return the invite of a token, also one that is over."""
        return await self._invite(t.invites.c.token_hash == token_hash)

    async def invite_by_id(self, invite_id: str, /) -> Invite | None:
        """Return an invite by its id."""
        return await self._invite(t.invites.c.id == invite_id)

    async def invites(self, group_id: str, now_ms: int, /) -> Sequence[Invite]:
        """Return a group's invites that stand, newest first, used-up ones too."""
        table = t.invites
        query = select(table).where(
            table.c.group_id == group_id, table.c.revoked_ms.is_(None), table.c.expires_ms > now_ms
        )
        query = query.order_by(table.c.created_ms.desc(), table.c.id)
        return [invite_of(row) for row in (await self._db.execute(query)).mappings()]

    async def spend_invites(self, key: tuple[str, str], account_id: str, left: int = 0, /) -> None:
        """Let no more than `left` come yet by what somebody made for a day of an event.

        Whoever came by it may still.
        """
        event_id, original = key
        table = t.invites.c
        await self._db.execute(
            update(t.invites)
            .where(
                table.event_id == event_id,
                table.original == original,
                table.created_by == account_id,
                table.uses_left > left,
            )
            .values(uses_left=left)
        )

    async def move_invites(self, key: tuple[str, str], room_id: str, expires_ms: int, /) -> None:
        """Let all that was made for a day of an event lead into a room, until then."""
        event_id, original = key
        table = t.invites.c
        await self._db.execute(
            update(t.invites)
            .where(table.event_id == event_id, table.original == original)
            .values(room_id=room_id, expires_ms=expires_ms)
        )

    async def drop_party_links(self, before_ms: int, /) -> bool:
        """Let go of links of parties that ended before a moment, with who came by them."""
        links = t.invites
        over = and_(links.c.event_id.is_not(None), links.c.expires_ms < before_ms)
        which = select(links.c.id).where(over)
        await self._db.execute(delete(t.invite_uses).where(t.invite_uses.c.invite_id.in_(which)))
        return (await self._db.execute(delete(links).where(over))).rowcount > 0

    async def revoke_invite(self, invite_id: str, now_ms: int, /) -> None:
        """Take an invite back."""
        await self._revoke(t.invites.c.id == invite_id, now_ms)

    async def revoke_invites_of(self, group_id: str, account_id: str, now_ms: int, /) -> bool:
        """Take back every invite that somebody made for a group; say whether there was one."""
        table = t.invites
        return await self._revoke(
            (table.c.group_id == group_id) & (table.c.created_by == account_id), now_ms
        )

    async def use_invite(self, invite_id: str, account_id: str, now_ms: int, /) -> bool:
        """Count a use, once for each account; False if none is left."""
        uses = t.invite_uses
        mine = (uses.c.invite_id == invite_id) & (uses.c.account_id == account_id)
        if (await self._db.execute(select(uses.c.used_ms).where(mine))).first() is not None:
            return True
        # One statement looks and counts, so that the last use is nobody's twice.
        counted = await self._db.execute(
            update(t.invites)
            .where(t.invites.c.id == invite_id, t.invites.c.uses_left > 0)
            .values(uses_left=t.invites.c.uses_left - 1)
        )
        if counted.rowcount == 0:
            return False
        await self._db.execute(
            insert(uses).values(invite_id=invite_id, account_id=account_id, used_ms=now_ms)
        )
        return True

    async def open_request(self, group_id: str, account_id: str, /) -> JoinRequest | None:
        """Return what somebody asked and nobody has answered."""
        table = t.join_requests
        query = select(table).where(
            table.c.group_id == group_id, table.c.account_id == account_id, table.c.state == "open"
        )
        return await self._request(query)

    async def decided_request(self, group_id: str, account_id: str, /) -> JoinRequest | None:
        """Return what of theirs was decided last: accepted, declined or taken back."""
        table = t.join_requests
        query = select(table).where(
            table.c.group_id == group_id, table.c.account_id == account_id, table.c.state != "open"
        )
        return await self._request(query.order_by(table.c.decided_ms.desc(), table.c.id).limit(1))

    async def add_request(self, request: JoinRequest, /) -> None:
        """Keep a request."""
        values = {name: getattr(request, name) for name in _REQUEST}
        await self._db.execute(insert(t.join_requests).values(**values))

    async def request(self, request_id: str, /) -> JoinRequest | None:
        """Return a request by its id."""
        return await self._request(
            select(t.join_requests).where(t.join_requests.c.id == request_id)
        )

    async def requests(self, group_id: str, search: Search, /) -> Sequence[Asked]:
        """Return open requests, oldest first."""
        table = t.join_requests
        query = (
            select(table, *card_columns())
            .join(t.accounts, t.accounts.c.id == table.c.account_id)
            .where(
                table.c.group_id == group_id,
                table.c.state == "open",
                t.accounts.c.deleted_ms.is_(None),
            )
        )
        if search.without:
            query = query.where(table.c.account_id.not_in(search.without))
        if search.after is not None:
            query = query.where(tuple_(table.c.created_ms, table.c.id) > tuple_(*search.after))
        query = query.order_by(table.c.created_ms, table.c.id).limit(search.limit)
        rows = (await self._db.execute(query)).mappings()
        return [Asked(_request_of(row), card_of(row)) for row in rows]

    async def count_requests(self, group_id: str, /) -> int:
        """Return how many requests are open."""
        table = t.join_requests
        query = select(func.count()).where(table.c.group_id == group_id, table.c.state == "open")
        return int((await self._db.execute(query)).scalar_one())

    async def close_request(self, request: JoinRequest, /) -> None:
        """Keep how a request was decided."""
        await self._db.execute(
            update(t.join_requests)
            .where(t.join_requests.c.id == request.id)
            .values(
                state=request.state,
                decided_by=request.decided_by,
                decided_ms=request.decided_ms,
            )
        )

    async def _invite(self, which: Any) -> Invite | None:  # noqa: ANN401  # a condition
        row = (await self._db.execute(select(t.invites).where(which))).mappings().first()
        return invite_of(row) if row is not None else None

    async def _revoke(self, which: Any, now_ms: int) -> bool:  # noqa: ANN401  # a condition
        standing = t.invites.c.revoked_ms.is_(None)
        taken = update(t.invites).where(which, standing).values(revoked_ms=now_ms)
        return (await self._db.execute(taken)).rowcount > 0

    async def _request(self, query: Any) -> JoinRequest | None:  # noqa: ANN401  # any select
        row = (await self._db.execute(query)).mappings().first()
        return _request_of(row) if row is not None else None


def invite_of(row: Any) -> Invite:  # noqa: ANN401  # a mapping
    """Read an invite."""
    return Invite(**{name: row[name] for name in _INVITE})


def _request_of(row: Any) -> JoinRequest:  # noqa: ANN401  # a mapping
    return JoinRequest(**{name: row[name] for name in _REQUEST})
