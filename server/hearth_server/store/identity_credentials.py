"""Recovery codes, passkeys and pairings in tables."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from hearth_server.community.spans import HOUR_MS
from hearth_server.community.ways_in import Pairing, PairingState, Passkey
from hearth_server.ids import new_id
from hearth_server.store import tables as t
from hearth_server.store.identity_part import SqlPart

#: How long an expired pairing is remembered, so that its code is named for what it is.
_REMEMBER_MS: Final = HOUR_MS


class SqlCredentials(SqlPart):
    """Satisfies `community.ports.ways_in.Credentials`."""

    async def set_recovery_codes(self, account_id: str, code_hashes: Collection[bytes], /) -> None:
        """Keep new recovery codes in place of the old."""
        table = t.recovery_codes
        await self._db.execute(delete(table).where(table.c.account_id == account_id))
        rows = [
            {"id": new_id(), "account_id": account_id, "code_hash": code} for code in code_hashes
        ]
        await self._db.execute(insert(table), rows)

    async def use_recovery_code(self, account_id: str, code_hash: bytes, now_ms: int, /) -> bool:
        """Spend a recovery code; say whether it was there to be spent."""
        table = t.recovery_codes
        done = await self._db.execute(
            update(table)
            .where(
                table.c.account_id == account_id,
                table.c.code_hash == code_hash,
                table.c.used_ms.is_(None),
            )
            .values(used_ms=now_ms)
        )
        return done.rowcount == 1

    async def recovery_codes_left(self, account_id: str, /) -> int:
        """Count the codes that were not used."""
        table = t.recovery_codes
        query = select(func.count()).where(
            table.c.account_id == account_id, table.c.used_ms.is_(None)
        )
        return int((await self._db.execute(query)).scalar_one())

    async def add_passkey(self, passkey: Passkey, /) -> bool:
        """Keep a passkey; say whether it was new."""
        try:
            async with self._db.begin_nested():
                await self._db.execute(
                    insert(t.passkeys).values(
                        id=passkey.id,
                        account_id=passkey.account_id,
                        public_key=passkey.public_key,
                        sign_count=passkey.sign_count,
                        name=passkey.name,
                        transports=list(passkey.transports),
                        created_ms=passkey.created_ms,
                        used_ms=passkey.used_ms,
                    )
                )
        except IntegrityError:
            return False
        return True

    async def passkey(self, credential_id: str, /) -> Passkey | None:
        """Return a passkey."""
        query = select(t.passkeys).where(t.passkeys.c.id == credential_id)
        row = (await self._db.execute(query)).mappings().first()
        return _passkey_of(row) if row else None

    async def passkeys(self, account_id: str, /) -> Sequence[Passkey]:
        """Return an account's passkeys, the oldest first."""
        table = t.passkeys
        query = (
            select(table)
            .where(table.c.account_id == account_id)
            .order_by(table.c.created_ms, table.c.id)
        )
        return [_passkey_of(row) for row in (await self._db.execute(query)).mappings()]

    async def use_passkey(self, credential_id: str, sign_count: int, now_ms: int, /) -> bool:
        """Note a use; False if the counter went back, as a copied authenticator's would.

        Authenticators that do not count always say 0 (WebAuthn Level 3, section 6.1.1).
        """
        table = t.passkeys
        grew: ColumnElement[bool] = table.c.sign_count < sign_count
        if sign_count == 0:
            grew = or_(grew, table.c.sign_count == 0)
        done = await self._db.execute(
            update(table)
            .where(and_(table.c.id == credential_id, grew))
            .values(sign_count=sign_count, used_ms=now_ms)
        )
        return done.rowcount == 1

    async def drop_passkey(self, account_id: str, credential_id: str, /) -> bool:
        """Forget a passkey; say whether it was there."""
        table = t.passkeys
        gone = await self._db.execute(
            delete(table).where(table.c.id == credential_id, table.c.account_id == account_id)
        )
        return gone.rowcount == 1

    async def add_pairing(self, pairing: Pairing, code_hash: bytes, secret_hash: bytes, /) -> bool:
        """Keep a headset's request; False if its code is taken. Those long expired go."""
        table = t.pairings
        old = pairing.created_ms - _REMEMBER_MS
        await self._db.execute(delete(table).where(table.c.expires_ms < old))
        try:
            async with self._db.begin_nested():
                await self._db.execute(
                    insert(table).values(
                        id=pairing.id,
                        code_hash=code_hash,
                        secret_hash=secret_hash,
                        account_id=pairing.account_id,
                        label=pairing.label,
                        state=pairing.state,
                        created_ms=pairing.created_ms,
                        expires_ms=pairing.expires_ms,
                    )
                )
        except IntegrityError:
            return False
        return True

    async def pairing_by_code(self, code_hash: bytes, /) -> Pairing | None:
        """Return the request that shows a code."""
        return await self._pairing(t.pairings.c.code_hash == code_hash)

    async def pairing_by_secret(self, secret_hash: bytes, /) -> Pairing | None:
        """Return the request of the headset that knows a secret."""
        return await self._pairing(t.pairings.c.secret_hash == secret_hash)

    async def turn_pairing(
        self, pairing_id: str, was: PairingState, to: PairingState, account_id: str, /
    ) -> bool:
        """Move a request on; False if it was no longer where it was thought to be."""
        table = t.pairings
        done = await self._db.execute(
            update(table)
            .where(table.c.id == pairing_id, table.c.state == was)
            .values(state=to, account_id=account_id)
        )
        return done.rowcount == 1

    async def _pairing(self, which: ColumnElement[Any]) -> Pairing | None:
        row = (await self._db.execute(select(t.pairings).where(which))).mappings().first()
        if row is None:
            return None
        return Pairing(
            id=row["id"],
            account_id=row["account_id"],
            label=row["label"],
            state=row["state"],
            created_ms=row["created_ms"],
            expires_ms=row["expires_ms"],
        )


def _passkey_of(row: RowMapping) -> Passkey:
    return Passkey(
        id=row["id"],
        account_id=row["account_id"],
        public_key=row["public_key"],
        sign_count=row["sign_count"],
        name=row["name"],
        transports=tuple(row["transports"]),
        created_ms=row["created_ms"],
        used_ms=row["used_ms"],
    )
