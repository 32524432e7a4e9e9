"""Reports, sanctions and the audit table."""

from collections.abc import Mapping, Sequence

from sqlalchemy import insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.sanctions import Sanction
from hearth_server.store import tables as t

_SANCTION_FIELDS = (
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


class SqlModeration:
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
        devices: dict[str, set[bytes]] = {}
        known = select(t.banned_devices.c.sanction_id, t.banned_devices.c.device_hash)
        for sanction_id, device in await self._db.execute(known):
            devices.setdefault(sanction_id, set()).add(device)
        return [
            Sanction(
                **{key: row[key] for key in _SANCTION_FIELDS},
                devices=frozenset(devices.get(row["id"], ())),
            )
            for row in rows
        ]

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
