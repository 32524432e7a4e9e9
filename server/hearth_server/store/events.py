"""Events, what is different about single days of them, and calendar links, in tables."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, and_, cast, delete, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.events.calendar import Known, RunMark
from hearth_server.community.events.records import Doors, EventRecord, OccurrenceChange
from hearth_server.community.permissions import Role
from hearth_server.store import tables as t
from hearth_server.store import tables_events as e

_PLAIN: Final = (
    "room_id",
    "title",
    "description",
    "template",
    "state",
    "starts",
    "zone",
    "minutes",
    "rule",
    "capacity",
    "audience",
    "formation",
    "guests_max",
    "plan_id",
    "host_id",
    "note",
    "version",
    "until_ms",
)
_FIXED: Final = ("id", "group_id", "created_by", "created_ms")
_DIFFERENT: Final = ("starts", "minutes", "title", "room_id", "capacity", "plan_id")


class SqlEventRecords:
    """Satisfies `community.ports.events.EventRecords`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, event: EventRecord, due_ms: int | None, /) -> None:
        """Keep a new event."""
        fixed = {name: getattr(event, name) for name in _FIXED}
        await self._db.execute(insert(e.events).values(**fixed, **_row(event), due_ms=due_ms))

    async def event(self, event_id: str, /) -> EventRecord | None:
        """Return an event."""
        return (await self.events([event_id])).get(event_id)

    async def held(self, event_id: str, /) -> EventRecord | None:
        """Return an event, and let nobody else change it or its answers until the end."""
        query = select(e.events).where(e.events.c.id == event_id).with_for_update()
        row = (await self._db.execute(query)).mappings().first()
        return _event(row) if row is not None else None

    async def events(self, event_ids: Collection[str], /) -> Mapping[str, EventRecord]:
        """Return those of these events that there are, by id."""
        if not event_ids:
            return {}
        found = await self._all(select(e.events).where(e.events.c.id.in_(event_ids)))
        return {event.id: event for event in found}

    async def save(self, event: EventRecord, expected_version: int, due_ms: int | None, /) -> bool:
        """Keep an event as it is now, if it is still at the version expected."""
        table = e.events
        done = await self._db.execute(
            update(table)
            .where(table.c.id == event.id, table.c.version == expected_version)
            .values(**_row(event), due_ms=due_ms)
        )
        return done.rowcount == 1

    async def drop(self, event_id: str, /) -> None:
        """Let go of an event, with everything of it."""
        await self._db.execute(delete(e.events).where(e.events.c.id == event_id))

    async def of_group(self, group_id: str, from_ms: int, limit: int, /) -> Sequence[EventRecord]:
        """Return a group's events of which anything may be after a moment, oldest first."""
        query = select(e.events).where(e.events.c.group_id == group_id, _reaches(from_ms))
        return await self._all(_in_order(query, limit))

    async def of_account(
        self, account_id: str, from_ms: int, limit: int, /
    ) -> Sequence[EventRecord]:
        """Return the same of events that somebody hosts, co-hosts or has answered to."""
        table = e.events.c
        own = select(t.memberships.c.group_id).where(t.memberships.c.account_id == account_id)
        answered = select(e.rsvps.c.event_id).where(e.rsvps.c.account_id == account_id)
        query = select(e.events).where(
            or_(
                table.host_id == account_id,
                # Hosts are members, so that only their groups' events have to be looked through.
                and_(table.group_id.in_(own), _names(account_id)),
                table.id.in_(answered),
            ),
            _reaches(from_ms),
        )
        return await self._all(_in_order(query, limit))

    async def due(self, before_ms: int, limit: int, /) -> Sequence[EventRecord]:
        """Return scheduled events of living groups whose next doors open before a moment."""
        table = e.events
        query = (
            select(table)
            .join(t.groups, t.groups.c.id == table.c.group_id)
            .where(
                table.c.state == "scheduled",
                table.c.due_ms < before_ms,
                t.groups.c.archived_ms.is_(None),
            )
            .order_by(table.c.due_ms, table.c.id)
            .limit(limit)
        )
        return await self._all(query)

    async def wait(self, event_id: str, due_ms: int | None, /) -> None:
        """Note when the next doors of an event open."""
        change = update(e.events).where(e.events.c.id == event_id)
        await self._db.execute(change.values(due_ms=due_ms))

    async def leave_hosting(self, account_id: str, /) -> Sequence[str]:
        """Take somebody out of hosts and co-hosts for good; return the events."""
        table = e.events.c
        query = select(e.events).where(led_by(account_id)).with_for_update()
        found = await self._all(query)
        for event in found:
            left = replace(
                event,
                host_id=None if event.host_id == account_id else event.host_id,
                co_hosts=tuple(each for each in event.co_hosts if each != account_id),
                version=event.version + 1,
            )
            change = update(e.events).where(table.id == event.id)
            await self._db.execute(change.values(**_row(left)))
        return [event.id for event in found]

    async def _all(self, query: Select[Any]) -> list[EventRecord]:
        return [_event(row) for row in (await self._db.execute(query)).mappings()]


class SqlEventDays:
    """Satisfies `community.ports.events.EventDays`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def known(self, event_ids: Collection[str], /) -> Mapping[str, Known]:
        """Return changes and runs of each of these events."""
        changes: dict[str, dict[str, OccurrenceChange]] = {each: {} for each in event_ids}
        runs: dict[str, dict[str, RunMark]] = {each: {} for each in event_ids}
        if changes:
            kept = select(e.event_changes).where(e.event_changes.c.event_id.in_(changes))
            for row in (await self._db.execute(kept)).mappings():
                changes[row["event_id"]][row["original"]] = _change(row)
            r = e.event_runs.c
            marks = select(r.event_id, r.original, r.state, r.room_id, r.ended_ms)
            for event_id, original, *mark in await self._db.execute(
                marks.where(r.event_id.in_(changes))
            ):
                runs[event_id][original] = RunMark(*mark)
        return {each: Known(changes[each], runs[each]) for each in changes}

    async def put_change(self, change: OccurrenceChange, by: str | None, now_ms: int, /) -> None:
        """Keep what is different about an occurrence, in place of what was."""
        table = e.event_changes
        await self._db.execute(
            delete(table).where(
                table.c.event_id == change.event_id, table.c.original == change.original
            )
        )
        different = {name: getattr(change, name) for name in _DIFFERENT}
        await self._db.execute(
            insert(table).values(
                event_id=change.event_id,
                original=change.original,
                cancelled=change.cancelled,
                changes={name: value for name, value in different.items() if value is not None},
                note=change.note,
                version=change.version,
                changed_by=by,
                changed_ms=now_ms,
            )
        )

    async def drop_days(self, event_id: str, originals: Collection[str], /) -> int:
        """Forget changes and answers of occurrences that are no more."""
        answers = 0
        for table in (e.event_changes, e.rsvps):
            gone = await self._db.execute(
                delete(table).where(table.c.event_id == event_id, table.c.original.in_(originals))
            )
            answers = gone.rowcount
        return answers

    async def rename_days(self, event_id: str, names: Mapping[str, str], /) -> None:
        """Let changes and answers of occurrences go on under other names, from old to new."""
        # In two steps, over names that nothing has, for a new name may be another's old one.
        steps = [(old, f"to {new}") for old, new in names.items()]
        steps += [(f"to {new}", new) for new in names.values()]
        # Whoever holds a guest link for such a day comes by it all the same.
        for table in (e.event_changes, e.rsvps, t.invites):
            for old, new in steps:
                await self._db.execute(
                    update(table)
                    .where(table.c.event_id == event_id, table.c.original == old)
                    .values(original=new)
                )

    async def answered_days(self, event_id: str, /) -> frozenset[str]:
        """Return the occurrences that somebody has answered to."""
        table = e.rsvps.c
        query = select(table.original).where(table.event_id == event_id).distinct()
        return frozenset((await self._db.execute(query)).scalars())


class SqlCalendarLinks:
    """Satisfies `community.ports.events.CalendarLinks`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def link_made_ms(self, account_id: str, /) -> int | None:
        """Return when somebody's link was made; None if they have none."""
        table = e.calendar_links.c
        query = select(table.created_ms).where(table.account_id == account_id)
        found: int | None = (await self._db.execute(query)).scalar()
        return found

    async def put_link(self, account_id: str, token_hash: bytes, now_ms: int, /) -> None:
        """Keep a link in place of the one before."""
        await self.drop_link(account_id)
        await self._db.execute(
            insert(e.calendar_links).values(
                account_id=account_id, token_hash=token_hash, created_ms=now_ms
            )
        )

    async def drop_link(self, account_id: str, /) -> None:
        """Forget somebody's link."""
        table = e.calendar_links
        await self._db.execute(delete(table).where(table.c.account_id == account_id))

    async def linked(self, token_hash: bytes, /) -> str | None:
        """Return whose link this is."""
        table = e.calendar_links.c
        query = select(table.account_id).where(table.token_hash == token_hash)
        found: str | None = (await self._db.execute(query)).scalar()
        return found


class SqlEvents(SqlEventRecords, SqlEventDays, SqlCalendarLinks):
    """Satisfies `community.ports.events.Events`."""


def _reaches(from_ms: int) -> ColumnElement[bool]:
    until = e.events.c.until_ms
    return or_(until.is_(None), until > from_ms)


def _names(account_id: str) -> ColumnElement[bool]:
    """Say which events have somebody among their co-hosts; ids need no escapes in JSON."""
    return cast(e.events.c.co_hosts, Text).contains(f'"{account_id}"', autoescape=True)


def led_by(account_id: str) -> ColumnElement[bool]:
    """Say which events somebody hosts or co-hosts."""
    return or_(e.events.c.host_id == account_id, _names(account_id))


def _in_order(query: Select[Any], limit: int) -> Select[Any]:
    return query.order_by(e.events.c.created_ms, e.events.c.id).limit(limit)


def _row(event: EventRecord) -> dict[str, Any]:
    doors = event.doors
    return {
        **{name: getattr(event, name) for name in _PLAIN},
        "co_hosts": list(event.co_hosts),
        "doors": {
            "mode": doors.mode,
            "open_min": doors.open_min,
            "late_min": doors.late_min,
            "roles": sorted(doors.roles),
        },
    }


def _event(row: RowMapping) -> EventRecord:
    doors = row["doors"]
    return EventRecord(
        **{name: row[name] for name in (*_FIXED, *_PLAIN)},
        co_hosts=tuple(row["co_hosts"]),
        doors=Doors(
            mode=doors["mode"],
            open_min=doors["open_min"],
            late_min=doors["late_min"],
            roles=frozenset(Role(each) for each in doors["roles"]),
        ),
    )


def _change(row: RowMapping) -> OccurrenceChange:
    return OccurrenceChange(
        event_id=row["event_id"],
        original=row["original"],
        cancelled=row["cancelled"],
        note=row["note"],
        version=row["version"],
        **row["changes"],
    )
