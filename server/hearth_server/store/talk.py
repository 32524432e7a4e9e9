"""Lines of channels, mentions, reactions and how far each member read, in tables."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.ports.talk import Window
from hearth_server.community.talk import Line
from hearth_server.store import tables as t
from hearth_server.store.talk_lines import lines_by_id, mention, shown_lines, whole_lines

#: Unread lines are looked for among the newest so many: time must not grow with a channel's age.
_UNREAD_WITHIN: Final = 2_000


class SqlLines:
    """Satisfies `community.ports.talk.Lines`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def read(self, group_id: str, window: Window, /) -> Sequence[Line]:
        """Return lines of a channel, the oldest first."""
        table = t.lines
        query = shown_lines().where(*await self._inside(group_id, window))
        if window.before is not None:
            query = query.where(table.c.id < window.before)
        if window.after is not None:
            query = query.where(table.c.id > window.after).order_by(table.c.id)
        else:
            query = query.order_by(table.c.id.desc())
        lines = await self._db.run_sync(whole_lines, query.limit(window.limit))
        return lines if window.after is not None else lines[::-1]

    async def lines(self, ids: Collection[int], /) -> dict[int, Line]:
        """Return those of these lines that there are, by id."""
        return await self._db.run_sync(lines_by_id, ids)

    async def edit(self, line_id: int, text: str, mentioned: frozenset[str], now_ms: int) -> None:
        """Give a line another text, and the mentions that follow from it."""
        await self._db.execute(
            update(t.lines).where(t.lines.c.id == line_id).values(text=text, edited_ms=now_ms)
        )
        await self._db.execute(delete(t.line_mentions).where(t.line_mentions.c.line_id == line_id))
        group = select(t.lines.c.group_id).where(t.lines.c.id == line_id)
        group_id = (await self._db.execute(group)).scalar_one()
        if mentioned:
            await self._db.run_sync(mention, line_id, group_id, mentioned)

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
