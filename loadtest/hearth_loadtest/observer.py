"""A sampled bot's eyes: decodes every snapshot it gets and keeps the updates for the judge."""

import numpy as np
import numpy.typing as npt

from hearth_loadtest.judge import Records
from hearth_protocol.errors import Malformed
from hearth_protocol.kernels import scan
from hearth_protocol.limits import MAX_COARSE, MAX_DOWN, MAX_LANES, Q_COLUMNS

I64 = npt.NDArray[np.int64]

BUFFER_BYTES = MAX_DOWN + 16 * 1024
_FRAMES_AT_ONCE = 64
_UNCHANGED = 1


class RecordLog:
    """Updates received by one observer, oldest first; dropped when they have been judged."""

    def __init__(self, capacity: int) -> None:
        """Make room for `capacity` rows; the oldest half is lost when that is not enough."""
        self._subject = np.zeros(capacity, dtype=np.uint32)
        self._captured_ms = np.zeros(capacity, dtype=np.uint32)
        self._received_s = np.zeros(capacity)
        self._head_mm = np.zeros((capacity, 3), dtype=np.int32)
        self._repeated = np.zeros(capacity, dtype=bool)
        self._fill = 0
        self.lost = 0

    def add(self, updates: I64, heads: npt.NDArray[np.int32], received_s: float) -> None:
        """Append one snapshot's updates [n, 4] with the decoded heads [n, 3] of their lanes."""
        count = len(updates)
        if self._fill + count > len(self._subject):
            half = self._fill // 2
            self.lost += half
            self._keep(slice(half, self._fill))
        rows = slice(self._fill, self._fill + count)
        self._subject[rows] = updates[:, scan.ID]
        self._captured_ms[rows] = updates[:, scan.CAPTURED_MS]
        self._received_s[rows] = received_s
        self._head_mm[rows] = heads
        self._repeated[rows] = updates[:, scan.CODE] & 3 == _UNCHANGED
        self._fill += count

    def forget_before(self, received_s: float) -> None:
        """Drop what was received before a local time."""
        begin = int(np.searchsorted(self._received_s[: self._fill], received_s))
        if begin:
            self._keep(slice(begin, self._fill))

    def _keep(self, rows: slice) -> None:
        kept = rows.stop - rows.start
        for column in (
            self._subject,
            self._captured_ms,
            self._received_s,
            self._head_mm,
            self._repeated,
        ):
            column[:kept] = column[rows].copy()
        self._fill = kept

    def rows(self) -> Records:
        """Everything kept, as views that are valid until the next `add`."""
        end = self._fill
        return Records(
            self._subject[:end],
            self._captured_ms[:end],
            self._received_s[:end],
            self._head_mm[:end],
            self._repeated[:end],
        )


class Observer:
    """Follows one connection's stream completely: lanes, updates, and other people's messages."""

    def __init__(self, bot: int, record_capacity: int) -> None:
        """Start with empty lanes.

        Args:
            bot: The bot's number in the whole run.
            record_capacity: Updates to keep at most.
        """
        self.bot = bot
        self.log = RecordLog(record_capacity)
        self.snapshots = 0
        self.snapshot_bytes = 0
        self.lane_updates = 0
        self.newest_tick = 0
        self._bytes = np.zeros(BUFFER_BYTES, dtype=np.uint8)
        self.room = memoryview(self._bytes.data)
        self.fill = 0
        self._frames = np.zeros((_FRAMES_AT_ONCE, scan.RECORD_COLUMNS), dtype=np.int64)
        self._state = np.zeros(4, dtype=np.int64)
        self._ids = np.zeros(MAX_LANES, dtype=np.uint32)
        self._q = np.zeros((MAX_LANES, Q_COLUMNS), dtype=np.int32)
        self._age = np.zeros(MAX_LANES, dtype=np.uint8)
        self._tick_of = np.zeros(MAX_LANES, dtype=np.uint32)
        self._updates = np.zeros((MAX_LANES, scan.UPDATE_COLUMNS), dtype=np.int64)
        self._coarse = np.zeros((MAX_COARSE, scan.COARSE_COLUMNS), dtype=np.int64)
        self._summary = np.zeros(scan.SUMMARY_CELLS, dtype=np.int64)

    def received(self, count: int, now_s: float) -> tuple[list[tuple[int, bytes]], str | None]:
        """Take `count` bytes just read into `room[fill:]`.

        Returns:
            Messages to look at, as (kind from `kernels.scan`, payload), and the name of a
            malformation, after which the connection is of no use.
        """
        self.fill += count
        begin = 0
        messages: list[tuple[int, bytes]] = []
        while True:
            found = scan.scan_frames(self._bytes, begin, self.fill, 0, self._frames, 0, self._state)
            for kind, offset, length, tick in self._frames[
                :found, scan.KIND : scan.TICK + 1
            ].tolist():
                if kind == scan.SNAPSHOT:
                    reason = self._snapshot(offset, length, tick, now_s)
                    if reason:
                        return messages, Malformed(reason).name.lower()
                else:
                    messages.append((kind, self.room[offset : offset + length].tobytes()))
            begin = int(self._state[0])
            if self._state[1]:
                return messages, Malformed(int(self._state[1])).name.lower()
            if found < _FRAMES_AT_ONCE:
                break
        left = self.fill - begin
        if begin and left:
            self._bytes[:left] = self._bytes[begin : self.fill].copy()
        self.fill = left
        return messages, None

    def _snapshot(self, offset: int, length: int, tick: int, now_s: float) -> int:
        reason = scan.decode_snapshot(
            self._bytes,
            offset,
            offset + length,
            self._ids,
            self._q,
            self._age,
            self._tick_of,
            self._updates,
            self._coarse,
            self._summary,
        )
        if reason:
            return reason
        count = int(self._summary[0])
        self.newest_tick = tick
        self.snapshots += 1
        self.snapshot_bytes += length
        self.lane_updates += count
        if count:
            updates = self._updates[:count]
            self.log.add(updates, self._q[updates[:, scan.LANE], 0:3], now_s)
        return 0
