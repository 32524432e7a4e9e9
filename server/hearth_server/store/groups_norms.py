"""Norms and signatures in tables."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.norms import NormItem, Norms, Signature
from hearth_server.store import tables as t

_HISTORY_MAX: Final = 100


class SqlNorms:
    """Satisfies `community.ports.groups.NormsKept`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def norms(self, group_id: str, version: int, /) -> Norms | None:
        """Return one version of a group's norms."""
        query = select(t.norms).where(t.norms.c.group_id == group_id, t.norms.c.version == version)
        row = (await self._db.execute(query)).mappings().first()
        return _norms_of(row) if row is not None else None

    async def norms_history(self, group_id: str, /) -> Sequence[Norms]:
        """Return the newest versions, newest first."""
        query = select(t.norms).where(t.norms.c.group_id == group_id)
        query = query.order_by(t.norms.c.version.desc()).limit(_HISTORY_MAX)
        return [_norms_of(row) for row in (await self._db.execute(query)).mappings()]

    async def add_norms(self, norms: Norms, /) -> None:
        """Keep a new version, and make it the group's."""
        await self._db.execute(
            insert(t.norms).values(
                group_id=norms.group_id,
                version=norms.version,
                items=[{"text": item.text, "mechanism": item.mechanism} for item in norms.items],
                hash=norms.hash,
                material=norms.material,
                note=norms.note,
                created_by=norms.created_by,
                created_ms=norms.created_ms,
            )
        )
        binding = {"norms_binding": norms.version} if norms.material else {}
        await self._db.execute(
            update(t.groups)
            .where(t.groups.c.id == norms.group_id)
            .values(norms_version=norms.version, **binding)
        )

    async def sign(
        self, group_id: str, account_id: str, signature: Signature, now_ms: int, /
    ) -> None:
        """Keep a member's signature; signing twice is signing once."""
        table = t.signatures
        who = (table.c.group_id == group_id, table.c.account_id == account_id)
        known = select(table.c.version).where(*who, table.c.version == signature.version)
        if (await self._db.execute(known)).first() is None:
            await self._db.execute(
                insert(table).values(
                    group_id=group_id,
                    account_id=account_id,
                    version=signature.version,
                    hash=signature.hash,
                    signed_ms=now_ms,
                )
            )
        await self._db.execute(
            update(t.memberships)
            .where(
                t.memberships.c.group_id == group_id,
                t.memberships.c.account_id == account_id,
            )
            .values(signed_version=signature.version)
        )


def _norms_of(row: RowMapping) -> Norms:
    return Norms(
        group_id=row["group_id"],
        version=row["version"],
        items=tuple(NormItem(item["text"], item["mechanism"]) for item in row["items"]),
        material=row["material"],
        note=row["note"],
        created_by=row["created_by"],
        created_ms=row["created_ms"],
    )
