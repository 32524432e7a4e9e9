"""Reports in tables, and the lines they are about."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.moderation import Report
from hearth_server.community.ports.moderation import Queue, Said
from hearth_server.store import tables as t

_REPORT: Final = (
    "id",
    "group_id",
    "reporter_id",
    "created_ms",
    "room_id",
    "subject_id",
    "subject_name",
    "line_id",
    "line_text",
    "norms_version",
    "norm_item",
    "text",
    "state",
    "claimed_by",
    "closed_by",
    "outcome",
    "closed_ms",
)


class SqlReports:
    """The reports of `community.ports.moderation.Moderation`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add_report(self, report: Report, /) -> None:
        """Keep a new report."""
        values = {name: getattr(report, name) for name in _REPORT}
        await self._db.execute(insert(t.reports).values(**values))

    async def report(self, report_id: str, /) -> Report | None:
        """Return a report."""
        query = select(t.reports).where(t.reports.c.id == report_id)
        row = (await self._db.execute(query)).mappings().first()
        return _report_of(row) if row is not None else None

    async def save_report(self, report: Report, /) -> None:
        """Keep what became of a report."""
        await self._db.execute(
            update(t.reports)
            .where(t.reports.c.id == report.id)
            .values(
                state=report.state,
                claimed_by=report.claimed_by,
                closed_by=report.closed_by,
                outcome=report.outcome,
                closed_ms=report.closed_ms,
            )
        )

    async def reports(self, group_id: str, queue: Queue, /) -> Sequence[Report]:
        """Return reports, oldest first."""
        table = t.reports
        query = select(table).where(
            table.c.group_id == group_id, table.c.state.in_(sorted(queue.states))
        )
        if queue.not_about is not None:
            query = query.where(_not_about(queue.not_about))
        if queue.after is not None:
            query = query.where(tuple_(table.c.created_ms, table.c.id) > tuple_(*queue.after))
        query = query.order_by(table.c.created_ms, table.c.id).limit(queue.limit)
        return [_report_of(row) for row in (await self._db.execute(query)).mappings()]

    async def count_reports(self, group_id: str, not_about: str | None, /) -> int:
        """Return how many reports are not closed, those about one account left out."""
        table = t.reports
        query = select(func.count()).where(
            table.c.group_id == group_id, table.c.state.in_(("open", "claimed"))
        )
        if not_about is not None:
            query = query.where(_not_about(not_about))
        return int((await self._db.execute(query)).scalar_one())

    async def line_said(self, group_id: str, line_id: int, /) -> Said | None:
        """Return a line of a group's channel that has not been taken away."""
        table = t.lines
        query = select(table.c.author_id, table.c.room_id, table.c.text).where(
            table.c.id == line_id, table.c.group_id == group_id, table.c.deleted_ms.is_(None)
        )
        row = (await self._db.execute(query)).first()
        return Said(row.author_id, row.room_id, row.text) if row is not None else None


def _not_about(account_id: str) -> ColumnElement[bool]:
    subject = t.reports.c.subject_id
    return or_(subject.is_(None), subject != account_id)


def _report_of(row: Any) -> Report:  # noqa: ANN401  # a mapping
    return Report(**{name: row[name] for name in _REPORT})
