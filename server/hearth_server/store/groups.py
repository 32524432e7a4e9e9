"""Groups, memberships and norms in tables."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.groups import Group, Membership
from hearth_server.community.permissions import Role
from hearth_server.store import tables as t

_GROUP_FIELDS = (
    "id",
    "slug",
    "name",
    "purpose",
    "language",
    "time_zone",
    "visibility",
    "joining",
    "question",
    "size_limit",
    "guests_allowed",
    "members",
    "norms_version",
    "norms_binding",
    "version",
    "created_ms",
    "archived_ms",
)


class SqlGroups:
    """Satisfies `community.ports.groups.Groups`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def group(self, id_or_slug: str, /) -> Group | None:
        """Return a group by its id or its slug."""
        query = select(t.groups).where(
            or_(t.groups.c.id == id_or_slug, t.groups.c.slug == id_or_slug)
        )
        row = (await self._db.execute(query)).mappings().first()
        if row is None:
            return None
        named = select(t.group_tags.c.tag).where(t.group_tags.c.group_id == row["id"])
        tags = tuple(sorted(tag for (tag,) in await self._db.execute(named)))
        return Group(**{key: row[key] for key in _GROUP_FIELDS}, tags=tags)

    async def membership(self, group_id: str, account_id: str, /) -> Membership | None:
        """Return somebody's membership."""
        table = t.memberships
        query = select(table).where(table.c.group_id == group_id, table.c.account_id == account_id)
        row = (await self._db.execute(query)).mappings().first()
        if row is None:
            return None
        return Membership(
            group_id=group_id,
            account_id=account_id,
            role=Role(row["role"]),
            joined_ms=row["joined_ms"],
            signed_version=row["signed_version"],
            read_line=row["read_line"],
        )
