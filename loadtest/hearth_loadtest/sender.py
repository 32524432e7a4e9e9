"""Sends the poses of one worker's bots at their planned times, whatever the server does.

Open loop: a send time never waits for an answer. A pose is stamped with the time it was planned
for, so a late generator cannot hide a late server. What could not be sent is counted.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from hearth_loadtest.casting import Pulse
from hearth_loadtest.clock import ServerClock
from hearth_loadtest.entry import mask_key
from hearth_loadtest.motion import Crowd
from hearth_protocol.kernels.bots import TICK
from hearth_protocol.kernels.poses import encode_poses
from hearth_protocol.limits import POSE_FRAME_BYTES

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

Send = Callable[[memoryview], int]


class Sender:
    """Frames, sequence numbers and send times of rows 0 … n-1."""

    def __init__(
        self, crowd: Crowd, bots: I64, pulse: Pulse, streams: I64, server: ServerClock
    ) -> None:
        """Lay out one frame per row.

        Args:
            crowd: Poses of all bots.
            bots: [n] bot number of each row.
            pulse: When rows are due.
            streams: [n, 6] what the reader knows of each row (the newest tick is sent back).
            server: The server's clock, for stamps.
        """
        count = len(bots)
        self._crowd = crowd
        self._bots = bots
        self._streams = streams
        self._server = server
        self._period_s = pulse.period_s
        self._slices = pulse.slices
        self._slice_s = pulse.period_s / pulse.slices
        self._slot_of = pulse.slice_of_rows(count)
        edges = np.searchsorted(self._slot_of, np.arange(pulse.slices + 1))
        self._ranges = [(int(a), int(b)) for a, b in pairwise(edges)]
        self._seq = np.zeros(count, dtype=np.uint16)
        self._participant = np.zeros(count, dtype=np.uint32)
        self._captured_ms = np.zeros(count, dtype=np.uint32)
        self._ack_tick = np.zeros(count, dtype=np.uint32)
        self._state = np.zeros(count, dtype=np.uint16)
        self._floats = np.zeros((count, 21), dtype=np.float32)
        self._mask = np.array([mask_key() for _ in range(count)], dtype=np.uint32)
        self._frames = np.zeros((count, POSE_FRAME_BYTES), dtype=np.uint8)
        flat = memoryview(self._frames.reshape(-1).data)
        step = POSE_FRAME_BYTES
        self._views = [flat[row * step : (row + 1) * step] for row in range(count)]
        self._sends: list[Send | None] = [None] * count
        self._half_sent: dict[int, bytes] = {}
        self._live: list[list[int]] = [[] for _ in range(self._slices)]
        self._live_rows = [np.zeros(0, dtype=np.int64) for _ in range(self._slices)]
        self._next = 0
        self.start_s = 0.0
        self.sent = 0
        self.missed = 0
        self.lag_s: list[tuple[float, int]] = []
        self.broken: list[int] = []

    def begin(self, start_s: float, now_s: float) -> None:
        """Fix the local time of sample 0; times already past are not made up for."""
        self.start_s = start_s
        self._next = max(0, int(np.ceil((now_s - start_s) / self._slice_s)))

    @property
    def next_due_s(self) -> float:
        """Local time of the next planned send."""
        return self.start_s + self._next * self._slice_s

    def add(self, row: int, participant: int, send: Send) -> None:
        """Let a row send from its next time on."""
        self._participant[row] = participant
        self._sends[row] = send
        self._relist(row)

    def remove(self, row: int) -> None:
        """Let a row send no more."""
        self._sends[row] = None
        self._half_sent.pop(row, None)
        self._relist(row)

    def _relist(self, row: int) -> None:
        slot = int(self._slot_of[row])
        live = [r for r in range(*self._ranges[slot]) if self._sends[r] is not None]
        self._live[slot] = live
        self._live_rows[slot] = np.array(live, dtype=np.int64)

    def send_due(self, clock: Callable[[], float], now_s: float) -> float:
        """Send every slice whose time has come; return the time it is afterwards."""
        while self.next_due_s <= now_s:
            index = self._next
            self._next += 1
            slot = index % self._slices
            live = self._live[slot]
            if not live:
                continue
            due_s = self.start_s + index * self._slice_s
            if now_s - due_s > self._period_s:
                self.missed += len(live)
                continue
            self._encode(slot, index // self._slices, due_s)
            self._write(live)
            done_s = clock()
            half = len(live) // 2
            self.lag_s.append((now_s - due_s, len(live) - half))
            if half:
                self.lag_s.append((done_s - due_s, half))
            now_s = done_s
        return now_s

    def _encode(self, slot: int, sample: int, due_s: float) -> None:
        begin, end = self._ranges[slot]
        span = slice(begin, end)
        self._crowd.poses(self._bots[span], sample, self._floats, self._state, begin)
        self._seq[span] += np.uint16(1)
        self._captured_ms[span] = self._server.stamp_ms(due_s)
        self._ack_tick[span] = self._streams[span, TICK]
        rows = self._live_rows[slot]
        encode_poses(
            rows,
            len(rows),
            self._seq,
            self._participant,
            self._captured_ms,
            self._ack_tick,
            self._state,
            self._floats,
            self._mask,
            self._frames,
        )

    def _write(self, live: list[int]) -> None:
        sends, views, half_sent = self._sends, self._views, self._half_sent
        for row in live:
            send = sends[row]
            try:
                if half_sent and row in half_sent and not self._finish(row):
                    self.missed += 1
                    continue
                written = send(views[row])  # type: ignore[misc]  # live rows have one
            except BlockingIOError:
                self.missed += 1
                continue
            except OSError:
                self.broken.append(row)
                continue
            self.sent += 1
            if written != POSE_FRAME_BYTES:
                half_sent[row] = bytes(views[row][written:])

    def _finish(self, row: int) -> bool:
        """Send what is left of an earlier frame; say whether all of it went."""
        rest = self._half_sent[row]
        send = self._sends[row]
        assert send is not None
        written = send(memoryview(rest))
        if written == len(rest):
            del self._half_sent[row]
            return True
        self._half_sent[row] = rest[written:]
        return False

    def interject(self, row: int, frame: bytes) -> bool:
        """Send a control frame between poses; say whether it went (a blocked one is dropped)."""
        send = self._sends[row]
        if send is None:
            return False
        try:
            if row in self._half_sent and not self._finish(row):
                return False
            written = send(memoryview(frame))
        except OSError:
            return False
        if written != len(frame):
            self._half_sent[row] = frame[written:]
        return True

    def take_lag(self) -> list[tuple[float, int]]:
        """Hand over (lag in seconds, poses) pairs recorded since the last call."""
        taken, self.lag_s = self.lag_s, []
        return taken
