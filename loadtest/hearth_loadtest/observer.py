"""What the sampled bots have seen: their lanes, and the updates kept for the judge.

All observers of a worker share one set of tables, a row each, so that one compiled call serves
them all (`kernels.watching`).
"""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from hearth_loadtest.judge import Records
from hearth_loadtest.kernels import watching
from hearth_protocol.limits import MAX_DOWN, MAX_LANES, Q_COLUMNS

BUFFER_BYTES = MAX_DOWN + 16 * 1024


@dataclass(frozen=True)
class Tables:
    """Everything about N observers; the names are those of `kernels.watching.follow`.

    Attributes:
        buffers: [N, BUFFER_BYTES] bytes not decoded yet.
        counters: [N, 9].
        ids: [N, 64] who is in which lane; q [N, 64, 24], age [N, 64] and tick_of [N, 64] their
            last sample.
        subject: [N, r] the log: participant ids,
        captured_ms: [N, r] server time of capture,
        arrived_s: [N, r] local time of arrival,
        head_mm: [N, r, 3] decoded head position,
        repeated: [N, r] the server said "unchanged".
    """

    buffers: npt.NDArray[np.uint8]
    counters: npt.NDArray[np.int64]
    ids: npt.NDArray[np.uint32]
    q: npt.NDArray[np.int32]
    age: npt.NDArray[np.uint8]
    tick_of: npt.NDArray[np.uint32]
    subject: npt.NDArray[np.uint32]
    captured_ms: npt.NDArray[np.uint32]
    arrived_s: npt.NDArray[np.float64]
    head_mm: npt.NDArray[np.int32]
    repeated: npt.NDArray[np.bool_]

    @staticmethod
    def of(observers: int, records: int) -> "Tables":
        """Empty tables; a log holds so many records, and loses its oldest half beyond."""
        n = observers
        return Tables(
            np.zeros((n, BUFFER_BYTES), dtype=np.uint8),
            np.zeros((n, watching.COUNTERS), dtype=np.int64),
            np.zeros((n, MAX_LANES), dtype=np.uint32),
            np.zeros((n, MAX_LANES, Q_COLUMNS), dtype=np.int32),
            np.zeros((n, MAX_LANES), dtype=np.uint8),
            np.zeros((n, MAX_LANES), dtype=np.uint32),
            np.zeros((n, records), dtype=np.uint32),
            np.zeros((n, records), dtype=np.uint32),
            np.zeros((n, records)),
            np.zeros((n, records, 3), dtype=np.int32),
            np.zeros((n, records), dtype=bool),
        )

    def columns(self) -> tuple[npt.NDArray[Any], ...]:
        """The tables in the order of the kernels' arguments."""
        return tuple(getattr(self, field.name) for field in fields(self))


class Observer:
    """One sampled bot: its row of the tables, by name."""

    def __init__(self, bot: int, number: int, tables: Tables) -> None:
        """Name row `number` of the tables as bot `bot` of the run."""
        self.bot = bot
        self.number = number
        self._tables = tables
        self._counters = tables.counters[number]

    @property
    def snapshots(self) -> int:
        """Snapshots decoded."""
        return int(self._counters[watching.SNAPSHOTS])

    @property
    def snapshot_bytes(self) -> int:
        """Their bytes, without WebSocket headers."""
        return int(self._counters[watching.SNAPSHOT_BYTES])

    @property
    def updates(self) -> int:
        """Updates in them."""
        return int(self._counters[watching.UPDATES])

    @property
    def lost(self) -> int:
        """Updates that the log had no room for."""
        return int(self._counters[watching.LOST])

    @property
    def fullness(self) -> float:
        """How full the log is, 0 to 1."""
        return float(self._counters[watching.RECORDS] / self._tables.subject.shape[1])

    def records(self) -> Records:
        """Everything kept, as views that are valid until more is read."""
        tables, kept = self._tables, slice(0, int(self._counters[watching.RECORDS]))
        return Records(
            tables.subject[self.number, kept],
            tables.captured_ms[self.number, kept],
            tables.arrived_s[self.number, kept],
            tables.head_mm[self.number, kept],
            tables.repeated[self.number, kept],
        )

    def forget_before(self, arrived_s: float) -> None:
        """Drop what arrived before a local time."""
        tables, fill = self._tables, int(self._counters[watching.RECORDS])
        begin = int(np.searchsorted(tables.arrived_s[self.number, :fill], arrived_s))
        if not begin:
            return
        for table in (
            tables.subject,
            tables.captured_ms,
            tables.arrived_s,
            tables.head_mm,
            tables.repeated,
        ):
            mine = table[self.number]
            mine[: fill - begin] = mine[begin:fill].copy()
        self._counters[watching.RECORDS] = fill - begin
