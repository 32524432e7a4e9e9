"""Accounts, sessions and relations in tables."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.accounts import Account, Boundary, Session
from hearth_server.store import tables as t


def account_of(row: RowMapping) -> Account:
    """Read an account."""
    return Account(
        id=row["id"],
        name=row["name"],
        handle=row["handle"],
        kind=row["kind"],
        operator=row["operator"],
        primary=row["primary_colour"],
        secondary=row["secondary_colour"],
        pattern=row["pattern"],
        language=row["language"],
        time_zone=row["time_zone"],
        boundary=Boundary(row["boundary_mode"], row["boundary_mm"] / 1000),
        created_ms=row["created_ms"],
        disabled_ms=row["disabled_ms"],
        deleted_ms=row["deleted_ms"],
    )


def row_of(account: Account) -> dict[str, Any]:
    """Write an account as its table has it, the password apart."""
    return {
        "id": account.id,
        "handle": account.handle,
        "name": account.name,
        "kind": account.kind,
        "operator": account.operator,
        "primary_colour": account.primary,
        "secondary_colour": account.secondary,
        "pattern": account.pattern,
        "language": account.language,
        "time_zone": account.time_zone,
        "boundary_mode": account.boundary.mode,
        "boundary_mm": round(account.boundary.radius_m * 1000),
        "created_ms": account.created_ms,
        "disabled_ms": account.disabled_ms,
        "deleted_ms": account.deleted_ms,
    }


class SqlIdentities:
    """Satisfies `community.ports.identity.Identities`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def account(self, account_id: str, /) -> Account | None:
        """Return an account, also a disabled or deleted one."""
        return (await self.accounts([account_id])).get(account_id)

    async def accounts(self, ids: Collection[str], /) -> dict[str, Account]:
        """Return those of these accounts that there are, by id."""
        if not ids:
            return {}
        rows = await self._db.execute(select(t.accounts).where(t.accounts.c.id.in_(ids)))
        return {row["id"]: account_of(row) for row in rows.mappings()}

    async def add_account(self, account: Account, password_hash: str | None, /) -> None:
        """Keep a new account."""
        values = {**row_of(account), "password_hash": password_hash}
        await self._db.execute(insert(t.accounts).values(values))

    async def session(self, token_hash: bytes, /) -> Session | None:
        """Return the session of a token, also an expired one."""
        query = select(t.sessions).where(t.sessions.c.token_hash == token_hash)
        row = (await self._db.execute(query)).mappings().first()
        if row is None:
            return None
        return Session(**{key: row[key] for key in _SESSION_FIELDS})

    async def add_session(self, session: Session, token_hash: bytes, /) -> None:
        """Keep a new session."""
        values = {key: getattr(session, key) for key in _SESSION_FIELDS}
        await self._db.execute(insert(t.sessions).values(**values, token_hash=token_hash))

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

    async def _pairs(self, query: Any) -> list[tuple[str, str]]:  # noqa: ANN401  # any select
        return [(a, b) for a, b in await self._db.execute(query)]


_SESSION_FIELDS = (
    "id",
    "account_id",
    "kind",
    "label",
    "created_ms",
    "seen_ms",
    "expires_ms",
    "room_id",
    "device_hash",
)
