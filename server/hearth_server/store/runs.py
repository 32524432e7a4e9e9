"""Gatherings in a table, one row each."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.events.runs import RunKept
from hearth_server.community.ports.rsvps import Key
from hearth_server.store import tables_events as e


class SqlRuns:
    """Satisfies `community.ports.runs.Runs`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def put(self, run: RunKept, /) -> None:
        """Keep a gathering as it is now."""
        table = e.event_runs
        now = {
            "room_id": run.room_id,
            "state": run.state,
            "live": dict(run.live),
            "ended_ms": run.ended_ms,
            "kept_ms": run.kept_ms,
        }
        change = update(table).where(
            table.c.event_id == run.event_id, table.c.original == run.original
        )
        if (await self._db.execute(change.values(**now))).rowcount == 0:
            row = {"event_id": run.event_id, "original": run.original, **now}
            await self._db.execute(insert(table).values(**row, opened_ms=run.opened_ms))

    async def get(self, key: Key, /) -> RunKept | None:
        """Return a gathering, ended or not."""
        table = e.event_runs
        query = select(table).where(table.c.event_id == key[0], table.c.original == key[1])
        row = (await self._db.execute(query)).mappings().first()
        return _run(row) if row is not None else None

    async def going_on(self) -> Sequence[RunKept]:
        """Return those that have not ended, oldest first."""
        table = e.event_runs
        query = select(table).where(table.c.state != "ended").order_by(table.c.opened_ms)
        return [_run(row) for row in (await self._db.execute(query)).mappings()]


def _run(row: RowMapping) -> RunKept:
    return RunKept(
        event_id=row["event_id"],
        original=row["original"],
        room_id=row["room_id"],
        state=row["state"],
        live=row["live"],
        opened_ms=row["opened_ms"],
        ended_ms=row["ended_ms"],
        kept_ms=row["kept_ms"],
    )
