"""Reports, sanctions and the audit table."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.moderation import AuditLine
from hearth_server.community.sanctions import Sanction
from hearth_server.store import tables as t
from hearth_server.store.moderation_reports import SqlReports

_SANCTION: Final = (
    "id",
    "group_id",
    "account_id",
    "kind",
    "created_ms",
    "room_id",
    "norm_item",
    "reason",
    "report_id",
    "by_id",
    "expires_ms",
    "lifted_ms",
    "lifted_by",
)
_AUDIT: Final = ("id", "action", "actor_id", "subject_id", "details", "created_ms")


class SqlModeration(SqlReports):
    """Satisfies `community.ports.moderation.Moderation`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def sanctions_in_force(self, now_ms: int, /) -> Sequence[Sanction]:
        """Return every sanction that counts now, devices of the banned included."""
        table = t.sanctions
        query = select(table).where(
            table.c.lifted_ms.is_(None),
            table.c.kind != "remove",
            or_(table.c.expires_ms.is_(None), table.c.expires_ms > now_ms),
        )
        rows = list((await self._db.execute(query)).mappings())
        known = t.banned_devices
        devices = await self._devices(select(known.c.sanction_id, known.c.device_hash))
        return [_sanction_of(row, devices.get(row["id"], ())) for row in rows]

    async def devices_of(self, account_id: str, /) -> frozenset[bytes]:
        """Return the hashes of the browsers in which somebody is or was signed in."""
        table = t.sessions
        query = select(table.c.device_hash).where(
            table.c.account_id == account_id, table.c.device_hash.is_not(None)
        )
        return frozenset(bytes(device) for (device,) in await self._db.execute(query))

    async def add_sanction(self, sanction: Sanction, /) -> None:
        """Keep a new sanction, with its devices."""
        values = {name: getattr(sanction, name) for name in _SANCTION}
        await self._db.execute(insert(t.sanctions).values(**values))
        if sanction.devices:
            await self._db.execute(
                insert(t.banned_devices),
                [{"sanction_id": sanction.id, "device_hash": each} for each in sanction.devices],
            )

    async def sanction(self, sanction_id: str, /) -> Sanction | None:
        """Return a sanction, devices included."""
        query = select(t.sanctions).where(t.sanctions.c.id == sanction_id)
        row = (await self._db.execute(query)).mappings().first()
        if row is None:
            return None
        known = t.banned_devices
        devices = await self._devices(
            select(known.c.sanction_id, known.c.device_hash).where(
                known.c.sanction_id == sanction_id
            )
        )
        return _sanction_of(row, devices.get(sanction_id, ()))

    async def lift_sanction(self, sanction: Sanction, /) -> None:
        """Keep that a sanction was lifted, when and by whom."""
        await self._db.execute(
            update(t.sanctions)
            .where(t.sanctions.c.id == sanction.id)
            .values(lifted_ms=sanction.lifted_ms, lifted_by=sanction.lifted_by)
        )

    async def sanctions(
        self, group_id: str, after: tuple[str | int, ...] | None, limit: int, /
    ) -> Sequence[Sanction]:
        """Return a group's sanctions, newest first, without devices."""
        table = t.sanctions
        query = select(table).where(table.c.group_id == group_id)
        if after is not None:
            query = query.where(tuple_(table.c.created_ms, table.c.id) < tuple_(*after))
        query = query.order_by(table.c.created_ms.desc(), table.c.id.desc()).limit(limit)
        return [_sanction_of(row) for row in (await self._db.execute(query)).mappings()]

    async def note(
        self,
        action: str,
        actor_id: str | None,
        group_id: str | None,
        subject_id: str | None,
        details: Mapping[str, object],
        now_ms: int,
    ) -> None:
        """Write a line into the audit table, in the same transaction as what it is about."""
        await self._db.execute(
            insert(t.audit).values(
                action=action,
                actor_id=actor_id,
                group_id=group_id,
                subject_id=subject_id,
                details=dict(details),
                created_ms=now_ms,
            )
        )

    async def audit(self, group_id: str, before: int | None, limit: int, /) -> Sequence[AuditLine]:
        """Return what was done in a group, newest first."""
        query = select(t.audit).where(t.audit.c.group_id == group_id)
        if before is not None:
            query = query.where(t.audit.c.id < before)
        return await self._audit(query, limit)

    async def audit_about(
        self, group_id: str, action: str, subject_id: str, limit: int, /
    ) -> Sequence[AuditLine]:
        """Return acts of one kind about one person, newest first."""
        table = t.audit
        query = select(table).where(
            table.c.group_id == group_id,
            table.c.action == action,
            table.c.subject_id == subject_id,
        )
        return await self._audit(query, limit)

    async def _audit(self, query: Any, limit: int) -> list[AuditLine]:  # noqa: ANN401  # a select
        rows = await self._db.execute(query.order_by(t.audit.c.id.desc()).limit(limit))
        return [AuditLine(**{name: row[name] for name in _AUDIT}) for row in rows.mappings()]

    async def _devices(self, query: Any) -> dict[str, set[bytes]]:  # noqa: ANN401  # a select
        devices: dict[str, set[bytes]] = {}
        for sanction_id, device in await self._db.execute(query):
            devices.setdefault(sanction_id, set()).add(bytes(device))
        return devices


def _sanction_of(row: Any, devices: Collection[bytes] = ()) -> Sanction:  # noqa: ANN401  # a mapping
    return Sanction(**{name: row[name] for name in _SANCTION}, devices=frozenset(devices))
