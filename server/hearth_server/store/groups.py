"""Groups in tables, and the whole repository put together from its parts."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, func, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.groups import Group
from hearth_server.community.ports.groups import Search
from hearth_server.store import tables as t
from hearth_server.store.groups_members import SqlMemberships
from hearth_server.store.groups_norms import SqlNorms
from hearth_server.store.groups_ways import SqlWaysIn
from hearth_server.store.matching import contains

_FIELDS: Final = (
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
#: What a later write may change; members are counted by those who come and go.
_CHANGING: Final = tuple(name for name in _FIELDS if name not in ("id", "members", "created_ms"))


class SqlGroupRecords:
    """Satisfies `community.ports.groups.GroupRecords`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def group(self, id_or_slug: str, /) -> Group | None:
        """Return a group by its id or its slug."""
        return await self._one(_named(id_or_slug))

    async def held(self, id_or_slug: str, /) -> Group | None:
        """Return a group, and let nobody else change it or its members until the end."""
        return await self._one(_named(id_or_slug).with_for_update())

    async def add_group(self, group: Group, /) -> bool:
        """Keep a new group; False if its slug is taken."""
        values = {name: getattr(group, name) for name in _FIELDS}
        try:
            async with self._db.begin_nested():
                await self._db.execute(insert(t.groups).values(**values))
        except IntegrityError:
            return False
        await self._tag(group)
        return True

    async def save_group(self, group: Group, /) -> None:
        """Keep what was changed about a group; the number of members stays as it is."""
        values = {name: getattr(group, name) for name in _CHANGING}
        await self._db.execute(update(t.groups).where(t.groups.c.id == group.id).values(**values))
        await self._db.execute(delete(t.group_tags).where(t.group_tags.c.group_id == group.id))
        await self._tag(group)

    async def listed(self, search: Search, tag: str, language: str) -> Sequence[tuple[Group, str]]:
        """Return listed groups in order of name, each with its name as it is sorted."""
        table, tags = t.groups, t.group_tags
        sorted_by = func.lower(table.c.name)
        query = select(table, sorted_by.label("sorted_by")).where(
            table.c.visibility == "listed", table.c.archived_ms.is_(None)
        )
        if search.q:
            tagged = select(tags.c.group_id).where(contains(tags.c.tag, search.q))
            query = query.where(
                or_(
                    contains(table.c.name, search.q),
                    contains(table.c.purpose, search.q),
                    table.c.id.in_(tagged),
                )
            )
        if tag:
            query = query.where(table.c.id.in_(select(tags.c.group_id).where(tags.c.tag == tag)))
        if language:
            spoken = table.c.language
            query = query.where(
                or_(spoken == language, spoken.startswith(f"{language}-", autoescape=True))
            )
        if search.after is not None:
            query = query.where(tuple_(sorted_by, table.c.id) > tuple_(*search.after))
        query = query.order_by(sorted_by, table.c.id).limit(search.limit)
        rows = list((await self._db.execute(query)).mappings())
        known = await tags_of(self._db, [row["id"] for row in rows])
        return [(group_of(row, known), row["sorted_by"]) for row in rows]

    async def room_ids(self, group_ids: Collection[str], /) -> Mapping[str, Sequence[str]]:
        """Return the rooms of each group, archived ones too."""
        found: dict[str, list[str]] = {each: [] for each in group_ids}
        if found:
            query = select(t.rooms.c.group_id, t.rooms.c.id).where(t.rooms.c.group_id.in_(found))
            for group_id, room_id in await self._db.execute(query.order_by(t.rooms.c.created_ms)):
                found[group_id].append(room_id)
        return found

    async def _one(self, query: Any) -> Group | None:  # noqa: ANN401  # any select
        row = (await self._db.execute(query)).mappings().first()
        return group_of(row, await tags_of(self._db, [row["id"]])) if row is not None else None

    async def _tag(self, group: Group) -> None:
        if group.tags:
            rows = [{"group_id": group.id, "tag": tag} for tag in group.tags]
            await self._db.execute(insert(t.group_tags), rows)


class SqlGroups(SqlGroupRecords, SqlMemberships, SqlNorms, SqlWaysIn):
    """Satisfies `community.ports.groups.Groups`."""


def _named(id_or_slug: str) -> Any:  # noqa: ANN401  # a select
    return select(t.groups).where(or_(t.groups.c.id == id_or_slug, t.groups.c.slug == id_or_slug))


async def tags_of(db: AsyncConnection, group_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the tags of these groups, by group."""
    known: dict[str, list[str]] = {}
    if group_ids:
        table = t.group_tags
        query = select(table.c.group_id, table.c.tag).where(table.c.group_id.in_(group_ids))
        for group_id, tag in await db.execute(query.order_by(table.c.tag)):
            known.setdefault(group_id, []).append(tag)
    return known


def group_of(row: Any, tags: Mapping[str, Sequence[str]]) -> Group:  # noqa: ANN401  # a mapping
    """Read a group; `tags` are those of `tags_of`."""
    return Group(**{name: row[name] for name in _FIELDS}, tags=tuple(tags.get(row["id"], ())))
