"""Lines of channels, mentions, reactions and how far each member read, in tables."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.accounts import Card
from hearth_server.community.ports.talk import Window
from hearth_server.community.talk import Line, LineRoom, NewLine
from hearth_server.store import tables as t

#: SQLite takes a limited number of parameters in one statement.
_CHUNK: Final = 500
#: Unread lines are looked for among the newest so many: time must not grow with a channel's age.
_UNREAD_WITHIN: Final = 2_000


class SqlLines:
    """Satisfies `community.ports.talk.Lines`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, lines: Sequence[NewLine], /) -> Sequence[int]:
        """Keep lines in this order; give each one's id, also of those kept before."""
        known = await self._known(lines)
        fresh: dict[tuple[str, str], NewLine] = {}
        for line in lines:
            if (line.author_id, line.key) not in known:
                fresh.setdefault((line.author_id, line.key), line)
        if fresh:
            statement = insert(t.lines).returning(t.lines.c.id, sort_by_parameter_order=True)
            ids = (await self._db.execute(statement, [_row(each) for each in fresh.values()])).all()
            known.update({key: int(row[0]) for key, row in zip(fresh.keys(), ids, strict=True)})
            for key, line in fresh.items():
                if line.mentioned:
                    await self._mention(known[key], line.group_id, line.mentioned)
        return [known[line.author_id, line.key] for line in lines]

    async def read(self, group_id: str, window: Window, /) -> Sequence[Line]:
        """Return lines of a channel, the oldest first."""
        table = t.lines
        query = _shown().where(*await self._inside(group_id, window))
        if window.before is not None:
            query = query.where(table.c.id < window.before)
        if window.after is not None:
            query = query.where(table.c.id > window.after).order_by(table.c.id)
        else:
            query = query.order_by(table.c.id.desc())
        rows = list((await self._db.execute(query.limit(window.limit))).mappings())
        if window.after is None:
            rows.reverse()
        return await self._whole(rows)

    async def lines(self, ids: Collection[int], /) -> dict[int, Line]:
        """Return those of these lines that there are, by id."""
        found: dict[int, Line] = {}
        wanted = list(ids)
        for at in range(0, len(wanted), _CHUNK):
            query = _shown().where(t.lines.c.id.in_(wanted[at : at + _CHUNK]))
            rows = list((await self._db.execute(query)).mappings())
            found.update({line.id: line for line in await self._whole(rows)})
        return found

    async def edit(self, line_id: int, text: str, mentioned: frozenset[str], now_ms: int) -> None:
        """Give a line another text, and the mentions that follow from it."""
        await self._db.execute(
            update(t.lines).where(t.lines.c.id == line_id).values(text=text, edited_ms=now_ms)
        )
        await self._db.execute(delete(t.line_mentions).where(t.line_mentions.c.line_id == line_id))
        group = select(t.lines.c.group_id).where(t.lines.c.id == line_id)
        group_id = (await self._db.execute(group)).scalar_one()
        if mentioned:
            await self._mention(line_id, group_id, mentioned)

    async def delete(self, line_id: int, now_ms: int, /) -> None:
        """Take a line's text, mentions and reactions away; that it was there stays."""
        await self._db.execute(
            update(t.lines).where(t.lines.c.id == line_id).values(text="", deleted_ms=now_ms)
        )
        for table in (t.line_mentions, t.line_reactions):
            await self._db.execute(delete(table).where(table.c.line_id == line_id))

    async def react(self, line_id: int, account_id: str, kind: str, on: bool) -> None:
        """Give or take back a reaction."""
        table = t.line_reactions
        given = and_(
            table.c.line_id == line_id, table.c.account_id == account_id, table.c.kind == kind
        )
        await self._db.execute(delete(table).where(given))
        if on:
            values = {"line_id": line_id, "account_id": account_id, "kind": kind}
            await self._db.execute(insert(table).values(values))

    async def mark_read(self, group_id: str, account_id: str, line_id: int, /) -> None:
        """Note how far somebody read; never back, and never past what there is."""
        table = t.memberships
        newest = select(func.max(t.lines.c.id)).where(
            t.lines.c.group_id == group_id, t.lines.c.id <= line_id
        )
        reached = (await self._db.execute(newest)).scalar() or 0
        await self._db.execute(
            update(table)
            .where(
                table.c.group_id == group_id,
                table.c.account_id == account_id,
                table.c.read_line < reached,
            )
            .values(read_line=reached)
        )

    async def unread(
        self, group_id: str, account_id: str, window: Window, /
    ) -> tuple[int, int, int]:
        """Return how far somebody read, and how many lines and mentions came since."""
        own = t.memberships
        read = select(own.c.read_line).where(
            own.c.group_id == group_id, own.c.account_id == account_id
        )
        read_line = (await self._db.execute(read)).scalar() or 0
        lines, named = t.lines, t.line_mentions
        recent = (
            select(lines.c.id, lines.c.author_id, lines.c.room_id, lines.c.deleted_ms)
            .where(*await self._of(group_id, window), lines.c.id > read_line)
            .order_by(lines.c.id.desc())
            .limit(_UNREAD_WITHIN)
            .subquery()
        )
        fresh = select(recent.c.id).where(*_theirs(recent.c, account_id, window))
        about_them = (
            select(named.c.line_id)
            .where(
                named.c.account_id == account_id,
                named.c.group_id == group_id,
                named.c.line_id > read_line,
            )
            .order_by(named.c.line_id.desc())
            .limit(_UNREAD_WITHIN)
            .subquery()
        )
        mentions = (
            select(lines.c.id)
            .join(about_them, about_them.c.line_id == lines.c.id)
            .where(*_theirs(lines.c, account_id, window), lines.c.created_ms >= window.since_ms)
        )
        return read_line, await self._up_to(fresh, window), await self._up_to(mentions, window)

    async def _up_to(self, query: Select[Any], window: Window) -> int:
        few = query.limit(window.limit).subquery()
        return int((await self._db.execute(select(func.count()).select_from(few))).scalar_one())

    async def _inside(self, group_id: str, window: Window) -> list[Any]:
        """Return the conditions on lines that a viewer may see."""
        return [*await self._of(group_id, window), *_within(t.lines.c, window)]

    async def _of(self, group_id: str, window: Window) -> list[Any]:
        """Return the conditions that find lines by an index: group, one room, from when on."""
        table = t.lines
        conditions: list[Any] = [table.c.group_id == group_id]
        if window.rooms is not None and not window.channel and len(window.rooms) == 1:
            conditions.append(table.c.room_id == next(iter(window.rooms)))
        if window.since_ms:
            # The newest line from before says where to stop; ids grow with time, nearly.
            older = (
                select(table.c.id)
                .where(*conditions, table.c.created_ms < window.since_ms)
                .order_by(table.c.id.desc())
                .limit(1)
            )
            floor = (await self._db.execute(older)).scalar() or 0
            conditions += [table.c.created_ms >= window.since_ms, table.c.id > floor]
        return conditions

    async def _known(self, lines: Sequence[NewLine]) -> dict[tuple[str, str], int]:
        """Return the ids of those that are kept already, by author and key."""
        table = t.lines
        found: dict[tuple[str, str], int] = {}
        keys = sorted({line.key for line in lines})
        for at in range(0, len(keys), _CHUNK):
            query = select(table.c.author_id, table.c.key, table.c.id).where(
                table.c.key.in_(keys[at : at + _CHUNK]),
                table.c.author_id.in_({line.author_id for line in lines}),
            )
            for author_id, key, line_id in await self._db.execute(query):
                found[author_id, key] = line_id
        return found

    async def _mention(self, line_id: int, group_id: str, handles: frozenset[str]) -> None:
        """Note those named who belong to the group; other names are just words."""
        people, own = t.accounts, t.memberships
        query = (
            select(people.c.id)
            .join(own, own.c.account_id == people.c.id)
            .where(own.c.group_id == group_id, people.c.handle.in_(handles))
        )
        ids = list((await self._db.execute(query)).scalars())
        if ids:
            values = [{"line_id": line_id, "account_id": i, "group_id": group_id} for i in ids]
            await self._db.execute(insert(t.line_mentions), values)

    async def _whole(self, rows: Sequence[RowMapping]) -> list[Line]:
        ids = [row["id"] for row in rows]
        if not ids:
            return []
        mentions: dict[int, dict[str, str]] = {}
        named = (
            select(t.line_mentions.c.line_id, t.accounts.c.id, t.accounts.c.name)
            .join(t.accounts, t.accounts.c.id == t.line_mentions.c.account_id)
            .where(t.line_mentions.c.line_id.in_(ids))
        )
        for line_id, account_id, name in await self._db.execute(named):
            mentions.setdefault(line_id, {})[account_id] = name
        reactions: dict[int, dict[str, set[str]]] = {}
        table = t.line_reactions
        given = select(table.c.line_id, table.c.kind, table.c.account_id).where(
            table.c.line_id.in_(ids)
        )
        for line_id, kind, account_id in await self._db.execute(given):
            reactions.setdefault(line_id, {}).setdefault(kind, set()).add(account_id)
        return [
            _line(row, mentions.get(row["id"], {}), reactions.get(row["id"], {})) for row in rows
        ]


def _row(line: NewLine) -> dict[str, Any]:
    return {
        "group_id": line.group_id,
        "room_id": line.room_id,
        "author_id": line.author_id,
        "key": line.key,
        "text": line.text,
        "created_ms": line.at_ms,
    }


def _shown() -> Select[Any]:
    lines, people, rooms = t.lines, t.accounts, t.rooms
    return (
        select(
            lines,
            people.c.name,
            people.c.primary_colour,
            people.c.secondary_colour,
            people.c.pattern,
            people.c.deleted_ms.label("author_gone_ms"),
            rooms.c.name.label("room_name"),
            rooms.c.access,
        )
        .outerjoin(people, people.c.id == lines.c.author_id)
        .outerjoin(rooms, rooms.c.id == lines.c.room_id)
    )


def _within(columns: Any, window: Window) -> list[Any]:  # noqa: ANN401  # of a table or a part
    conditions: list[Any] = []
    if window.apart:
        author = columns.author_id
        conditions.append(or_(author.is_(None), author.not_in(sorted(window.apart))))
    if window.rooms is not None:
        inside = columns.room_id.in_(sorted(window.rooms))
        conditions.append(or_(columns.room_id.is_(None), inside) if window.channel else inside)
    return conditions


def _theirs(columns: Any, account_id: str, window: Window) -> list[Any]:  # noqa: ANN401
    """Return the conditions on lines that count as unread for somebody."""
    author = columns.author_id
    return [
        columns.deleted_ms.is_(None),
        or_(author.is_(None), author != account_id),
        *_within(columns, window),
    ]


def _line(row: RowMapping, mentions: dict[str, str], reactions: dict[str, set[str]]) -> Line:
    author = None
    if row["author_id"] is not None and row["author_gone_ms"] is None:
        author = Card(
            row["author_id"],
            row["name"],
            row["primary_colour"],
            row["secondary_colour"],
            row["pattern"],
        )
    room = None
    if row["room_name"] is not None:
        room = LineRoom(row["room_id"], row["room_name"], row["access"])
    return Line(
        id=row["id"],
        group_id=row["group_id"],
        key=row["key"],
        author=author,
        text=row["text"],
        created_ms=row["created_ms"],
        room=room,
        edited_ms=row["edited_ms"],
        deleted=row["deleted_ms"] is not None,
        mentions=mentions,
        reactions={kind: frozenset(who) for kind, who in reactions.items()},
    )
