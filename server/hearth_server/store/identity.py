"""Accounts and sessions in tables; what else is kept of people is in the files beside this one."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import delete, insert, select, true, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from hearth_server.community.accounts import Account, Session
from hearth_server.store import tables as t
from hearth_server.store.identity_admin import SqlOversight
from hearth_server.store.identity_credentials import SqlCredentials
from hearth_server.store.identity_leaving import SqlLeaving
from hearth_server.store.identity_links import SqlLinks
from hearth_server.store.identity_part import SqlPart, account_of, row_of
from hearth_server.store.identity_ties import SqlTies

#: What a person decides alone; whether the account is switched off is not among it.
_OWN_COLUMNS: Final = (
    "name",
    "primary_colour",
    "secondary_colour",
    "pattern",
    "language",
    "time_zone",
    "boundary_mode",
    "boundary_mm",
)


class SqlAccounts(SqlPart):
    """Satisfies `community.ports.identity.Accounts`."""

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

    async def register(self, account: Account, password_hash: str | None, /) -> bool:
        """Keep a new account unless its handle is taken; say whether it was kept."""
        try:
            async with self._db.begin_nested():
                await self.add_account(account, password_hash)
        except IntegrityError:
            return False
        return True

    async def by_handle(self, handle: str, /) -> Account | None:
        """Return the account with a handle."""
        query = select(t.accounts).where(t.accounts.c.handle == handle)
        row = (await self._db.execute(query)).mappings().first()
        return account_of(row) if row else None

    async def password_hash(self, account_id: str, /) -> str | None:
        """Return what is kept of an account's password."""
        query = select(t.accounts.c.password_hash).where(t.accounts.c.id == account_id)
        found: str | None = (await self._db.execute(query)).scalar()
        return found

    async def set_password(self, account_id: str, password_hash: str, /) -> None:
        """Keep another password."""
        change = update(t.accounts).where(t.accounts.c.id == account_id)
        await self._db.execute(change.values(password_hash=password_hash))

    async def change_account(self, account: Account, /) -> None:
        """Keep an account as it is now: everything but the password."""
        change = update(t.accounts).where(t.accounts.c.id == account.id)
        await self._db.execute(change.values(row_of(account)))

    async def change_own(self, account: Account, /) -> None:
        """Keep what people themselves change of their account, nothing of what others decide."""
        row = row_of(account)
        await self._db.execute(
            update(t.accounts)
            .where(t.accounts.c.id == account.id, t.accounts.c.deleted_ms.is_(None))
            .values({column: row[column] for column in _OWN_COLUMNS})
        )

    async def grow_up(self, account: Account, password_hash: str, /) -> bool:
        """Make a guest's account a member's unless the handle is taken; say whether it was."""
        try:
            async with self._db.begin_nested():
                await self.change_account(account)
        except IntegrityError:
            return False
        await self.set_password(account.id, password_hash)
        return True

    async def has_operator(self) -> bool:
        """Say whether anybody may administrate this node."""
        table = t.accounts
        query = select(table.c.id).where(
            table.c.operator == true(), table.c.deleted_ms.is_(None), table.c.disabled_ms.is_(None)
        )
        return (await self._db.execute(query.limit(1))).first() is not None


class SqlDevices(SqlPart):
    """Satisfies `community.ports.identity.Devices`."""

    async def session(self, token_hash: bytes, /) -> Session | None:
        """Return the session of a token, also an expired one."""
        query = select(t.sessions).where(t.sessions.c.token_hash == token_hash)
        row = (await self._db.execute(query)).mappings().first()
        return _session_of(row) if row else None

    async def add_session(self, session: Session, token_hash: bytes, /) -> None:
        """Keep a new session."""
        values = {key: getattr(session, key) for key in _SESSION_FIELDS}
        await self._db.execute(insert(t.sessions).values(**values, token_hash=token_hash))

    async def sessions(self, account_id: str, now_ms: int, /) -> Sequence[Session]:
        """Return an account's sessions that still hold, the latest used first."""
        table = t.sessions
        query = (
            select(table)
            .where(table.c.account_id == account_id, table.c.expires_ms > now_ms)
            .order_by(table.c.seen_ms.desc(), table.c.id)
        )
        return [_session_of(row) for row in (await self._db.execute(query)).mappings()]

    async def touch_session(self, session_id: str, now_ms: int, /) -> None:
        """Note that a device was used."""
        change = update(t.sessions).where(t.sessions.c.id == session_id)
        await self._db.execute(change.values(seen_ms=now_ms))

    async def end_sessions(
        self, account_id: str, now_ms: int, /, *, only: str | None = None, but: str | None = None
    ) -> Sequence[str]:
        """End an account's sessions now, and return which: all, `only` one, or all `but` one."""
        ids = [
            session.id
            for session in await self.sessions(account_id, now_ms)
            if only in (None, session.id) and session.id != but
        ]
        if ids:
            change = update(t.sessions).where(t.sessions.c.id.in_(ids))
            await self._db.execute(change.values(expires_ms=now_ms))
        if only is None:
            # A headset let in by one of them, and not in yet, stays out.
            pairings = t.pairings
            await self._db.execute(
                update(pairings)
                .where(pairings.c.account_id == account_id, pairings.c.state == "approved")
                .values(state="refused")
            )
        return ids

    async def replace_session(self, session: Session, token_hash: bytes, /) -> bool:
        """Keep a session in place of the one with its id; say whether there was one."""
        values = {key: getattr(session, key) for key in _SESSION_FIELDS}
        change = update(t.sessions).where(
            t.sessions.c.id == session.id, t.sessions.c.account_id == session.account_id
        )
        done = await self._db.execute(change.values(**values, token_hash=token_hash))
        return done.rowcount == 1

    async def knows_device(self, account_id: str, device_hash: bytes, /) -> bool:
        """Say whether an account was ever signed in from a device, as far as is remembered."""
        table = t.sessions
        query = select(table.c.id).where(
            table.c.account_id == account_id, table.c.device_hash == device_hash
        )
        return (await self._db.execute(query.limit(1))).first() is not None

    async def forget_ended(self, before_ms: int, /) -> int:
        """Forget sessions that ended before; return how many."""
        gone = await self._db.execute(delete(t.sessions).where(t.sessions.c.expires_ms < before_ms))
        return gone.rowcount


class SqlIdentities(
    SqlAccounts, SqlDevices, SqlLinks, SqlCredentials, SqlTies, SqlLeaving, SqlOversight
):
    """Satisfies `community.ports.identity.Identities`."""


def _session_of(row: RowMapping) -> Session:
    return Session(**{key: row[key] for key in _SESSION_FIELDS})


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
