"""Lines as rows, by functions on a plain connection.

Whole pieces of work, so that one thread can do each of them in one go: with a driver that hops to
another thread for each statement, keeping a line alone took twenty-five hops.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Select, insert, select
from sqlalchemy.engine import RowMapping

from hearth_server.community.accounts import Card
from hearth_server.community.talk import Line, LineRoom, NewLine
from hearth_server.store import tables as t

#: SQLite takes a limited number of parameters in one statement.
_CHUNK: Final = 500


def keep_lines(db: Connection, lines: Sequence[NewLine]) -> list[Line | None]:
    """Keep lines in this order; return each as it can be seen, also those kept before."""
    known = _known(db, lines)
    fresh: dict[tuple[str, str], NewLine] = {}
    for line in lines:
        if (line.author_id, line.key) not in known:
            fresh.setdefault((line.author_id, line.key), line)
    if fresh:
        statement = insert(t.lines).returning(t.lines.c.id, sort_by_parameter_order=True)
        ids = db.execute(statement, [_row(each) for each in fresh.values()]).all()
        known.update({key: int(row[0]) for key, row in zip(fresh.keys(), ids, strict=True)})
        for key, line in fresh.items():
            if line.mentioned:
                mention(db, known[key], line.group_id, line.mentioned)
    kept = lines_by_id(db, set(known.values()))
    return [kept.get(known[line.author_id, line.key]) for line in lines]


def lines_by_id(db: Connection, ids: Collection[int]) -> dict[int, Line]:
    """Return those of these lines that there are, by id."""
    found: dict[int, Line] = {}
    wanted = list(ids)
    for at in range(0, len(wanted), _CHUNK):
        query = shown_lines().where(t.lines.c.id.in_(wanted[at : at + _CHUNK]))
        found.update({line.id: line for line in whole_lines(db, query)})
    return found


def whole_lines(db: Connection, query: Select[Any]) -> list[Line]:
    """Return the lines of a query made of `shown_lines`, with mentions and reactions."""
    rows = list(db.execute(query).mappings())
    ids = [row["id"] for row in rows]
    if not ids:
        return []
    mentions: dict[int, dict[str, str]] = {}
    named = (
        select(t.line_mentions.c.line_id, t.accounts.c.id, t.accounts.c.name)
        .join(t.accounts, t.accounts.c.id == t.line_mentions.c.account_id)
        .where(t.line_mentions.c.line_id.in_(ids))
    )
    for line_id, account_id, name in db.execute(named):
        mentions.setdefault(line_id, {})[account_id] = name
    reactions: dict[int, dict[str, set[str]]] = {}
    table = t.line_reactions
    given = select(table.c.line_id, table.c.kind, table.c.account_id).where(
        table.c.line_id.in_(ids)
    )
    for line_id, kind, account_id in db.execute(given):
        reactions.setdefault(line_id, {}).setdefault(kind, set()).add(account_id)
    return [_line(row, mentions.get(row["id"], {}), reactions.get(row["id"], {})) for row in rows]


def mention(db: Connection, line_id: int, group_id: str, handles: frozenset[str]) -> None:
    """Note those named who belong to the group; other names are just words."""
    people, own = t.accounts, t.memberships
    query = (
        select(people.c.id)
        .join(own, own.c.account_id == people.c.id)
        .where(own.c.group_id == group_id, people.c.handle.in_(handles))
    )
    ids = list(db.execute(query).scalars())
    if ids:
        values = [{"line_id": line_id, "account_id": i, "group_id": group_id} for i in ids]
        db.execute(insert(t.line_mentions), values)


def _known(db: Connection, lines: Sequence[NewLine]) -> dict[tuple[str, str], int]:
    """Return the ids of those that are kept already, by author and key."""
    table = t.lines
    found: dict[tuple[str, str], int] = {}
    said = {(line.author_id, line.key) for line in lines}
    keys = sorted({key for _, key in said})
    for at in range(0, len(keys), _CHUNK):
        query = select(table.c.author_id, table.c.key, table.c.id).where(
            table.c.key.in_(keys[at : at + _CHUNK]),
            table.c.author_id.in_({author_id for author_id, _ in said}),
        )
        for author_id, key, line_id in db.execute(query):
            if (author_id, key) in said:
                found[author_id, key] = line_id
    return found


def _row(line: NewLine) -> dict[str, Any]:
    return {
        "group_id": line.group_id,
        "room_id": line.room_id,
        "author_id": line.author_id,
        "key": line.key,
        "text": line.text,
        "created_ms": line.at_ms,
    }


def shown_lines() -> Select[Any]:
    """Return the query of lines with all that is shown of author and room."""
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
