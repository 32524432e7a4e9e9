"""What an operator oversees: how many there are, accounts, groups, and acts on accounts."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select, tuple_

from hearth_server.community.permissions import Role
from hearth_server.community.ports.leaving import AccountRow, AuditRow, GroupRow
from hearth_server.store import tables as t
from hearth_server.store.groups import group_of, tags_of
from hearth_server.store.identity_part import SqlPart, account_of


class SqlOversight(SqlPart):
    """Satisfies a part of `community.ports.leaving.Leaving`."""

    async def counts(self, now_ms: int, /) -> dict[str, int]:
        """Return how many there are of what an operator oversees."""
        people, groups = t.accounts.c, t.groups.c
        there = people.deleted_ms.is_(None)
        queries = {
            "accounts": select(func.count()).where(there, people.kind == "member"),
            "guests": select(func.count()).where(there, people.kind == "guest"),
            "disabled": select(func.count()).where(there, people.disabled_ms.is_not(None)),
            "operators": select(func.count()).where(there, people.operator.is_(True)),
            "groups": select(func.count()).where(groups.archived_ms.is_(None)),
            "archived_groups": select(func.count()).where(groups.archived_ms.is_not(None)),
            "rooms": select(func.count()).where(t.rooms.c.archived_ms.is_(None)),
            "lines": select(func.count()).where(t.lines.c.deleted_ms.is_(None)),
            "sessions": select(func.count()).where(t.sessions.c.expires_ms > now_ms),
        }
        return {
            name: int((await self._db.execute(query)).scalar_one())
            for name, query in queries.items()
        }

    async def account_page(
        self, text: str, after: tuple[int, str] | None, limit: int, /
    ) -> Sequence[AccountRow]:
        """Return accounts whose name or handle contains a text, the newest first."""
        table = t.accounts
        groups = (
            select(func.count()).where(t.memberships.c.account_id == table.c.id).scalar_subquery()
        )
        seen = (
            select(func.max(t.sessions.c.seen_ms))
            .where(t.sessions.c.account_id == table.c.id)
            .scalar_subquery()
        )
        query = (
            select(table, groups.label("groups"), seen.label("seen_ms"))
            .where(table.c.deleted_ms.is_(None))
            .order_by(table.c.created_ms.desc(), table.c.id.desc())
            .limit(limit)
        )
        if text:
            query = query.where(
                or_(
                    func.lower(table.c.name).contains(text.lower(), autoescape=True),
                    table.c.handle.contains(text.lower(), autoescape=True),
                )
            )
        if after is not None:
            query = query.where(tuple_(table.c.created_ms, table.c.id) < after)
        rows = (await self._db.execute(query)).mappings()
        return [AccountRow(account_of(row), row["groups"], row["seen_ms"]) for row in rows]

    async def group_page(self, after: tuple[int, str] | None, limit: int, /) -> Sequence[GroupRow]:
        """Return groups, the newest first."""
        table = t.groups
        rooms = (
            select(func.count())
            .where(t.rooms.c.group_id == table.c.id, t.rooms.c.archived_ms.is_(None))
            .scalar_subquery()
        )
        query = (
            select(table, rooms.label("rooms"))
            .order_by(table.c.created_ms.desc(), table.c.id.desc())
            .limit(limit)
        )
        if after is not None:
            query = query.where(tuple_(table.c.created_ms, table.c.id) < after)
        found = list((await self._db.execute(query)).mappings())
        tags = await tags_of(self._db, [row["id"] for row in found])
        owners: dict[str, list[str]] = {}
        named = (
            select(t.memberships.c.group_id, t.accounts.c.name)
            .join(t.accounts, t.accounts.c.id == t.memberships.c.account_id)
            .where(
                t.memberships.c.role == Role.OWNER,
                t.memberships.c.group_id.in_([row["id"] for row in found]),
            )
            .order_by(t.accounts.c.name)
        )
        for group_id, name in await self._db.execute(named):
            owners.setdefault(group_id, []).append(name)
        return [
            GroupRow(
                group_of(row, tags),
                row["rooms"],
                tuple(owners.get(row["id"], ())),
            )
            for row in found
        ]

    async def audit_page(self, before_id: int | None, limit: int, /) -> Sequence[AuditRow]:
        """Return acts of operators and on accounts, the newest first; none inside groups."""
        table = t.audit
        query = (
            select(table).where(table.c.group_id.is_(None)).order_by(table.c.id.desc()).limit(limit)
        )
        if before_id is not None:
            query = query.where(table.c.id < before_id)
        return [
            AuditRow(
                id=row["id"],
                action=row["action"],
                actor_id=row["actor_id"],
                subject_id=row["subject_id"],
                details=row["details"],
                created_ms=row["created_ms"],
            )
            for row in (await self._db.execute(query)).mappings()
        ]
