"""The bots' sockets: once a period, at its planned time, each reads what came and sends a pose.

Open loop: a send time never waits for an answer. A pose is stamped with the time it was planned
for, so a late generator cannot hide a late server. What could not be sent is counted. All bots of
a send time share one compiled call; Python sees only what is neither pose nor snapshot.
"""

import os
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from hearth_loadtest.casting import Pulse
from hearth_loadtest.clock import ServerClock
from hearth_loadtest.entry import mask_key
from hearth_loadtest.kernels import turns
from hearth_loadtest.motion import Crowd
from hearth_protocol.kernels.bots import CARRY_BYTES, EVENT_COLUMNS, STATE_COLUMNS, scan_reads
from hearth_protocol.kernels.scan import CLOSE, CONTROL, PING, PONG

I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

#: Row, kind (as in `kernels.scan`; -1 malformed) and payload of a message to look at.
Message = tuple[int, int, bytes]
MALFORMED = -1
_KINDS = {2: CONTROL, 8: CLOSE, 9: PING, 10: PONG}
_EVENTS = 4096
_LAG_ROWS = 1 << 16
#: Reads beyond one for each bot of a turn that the arena has room for.
_MORE_READS = 32


class BotPlane:
    """Sockets, frames, sequence numbers and send times of rows 0 … n-1."""

    def __init__(self, crowd: Crowd, bots: I64, pulse: Pulse, server: ServerClock) -> None:
        """Lay out the tables.

        Args:
            crowd: Poses of all bots.
            bots: [n] bot number of each row.
            pulse: When rows are due.
            server: The server's clock, for stamps.
        """
        count = len(bots)
        self._crowd = crowd
        self._bots = bots
        self._server = server
        self._period_s = pulse.period_s
        self._slices = pulse.slices
        self._slice_s = pulse.period_s / pulse.slices
        self._slot_of = pulse.slice_of_rows(count)
        edges = np.searchsorted(self._slot_of, np.arange(pulse.slices + 1))
        self._ranges = [(int(a), int(b)) for a, b in pairwise(edges)]
        self._live = [np.zeros(0, dtype=np.int64) for _ in range(self._slices)]
        self._spans = [bots[a:b] for a, b in self._ranges]
        self._next = 0
        #: [n, 6] what is known of each row's stream, as in `hearth_protocol.kernels.bots`.
        self.streams: I64 = np.zeros((count, STATE_COLUMNS), dtype=np.int64)
        self._fds = np.full(count, -1, dtype=np.int32)
        self._follows = np.zeros(count, dtype=bool)
        self._carry = np.zeros((count, CARRY_BYTES), dtype=np.uint8)
        self._seq = np.zeros(count, dtype=np.uint16)
        self._participant = np.zeros(count, dtype=np.uint32)
        self._captured_ms = np.zeros(count, dtype=np.uint32)
        self._ack_tick = np.zeros(count, dtype=np.uint32)
        self._state = np.zeros(count, dtype=np.uint16)
        self._floats = np.zeros((count, 21), dtype=np.float32)
        self._mask = np.array([mask_key() for _ in range(count)], dtype=np.uint32)
        self._frames = np.zeros((count, turns.FRAME_STRIDE), dtype=np.uint8)
        self._rest = np.zeros((count, 2), dtype=np.int32)
        most = max(end - begin for begin, end in self._ranges) + _MORE_READS
        self._arena = np.zeros(most * (CARRY_BYTES + turns.READ_BYTES), dtype=np.uint8)
        self._room = memoryview(self._arena.data)
        self._reads = np.zeros((2 * turns.BLOCK, 3), dtype=np.int64)
        self._events = np.zeros((_EVENTS, EVENT_COLUMNS), dtype=np.int64)
        self._faults = np.zeros(count, dtype=np.int64)
        self._summary = np.zeros(turns.SUMMARY_CELLS, dtype=np.int64)
        self._lag = np.zeros((_LAG_ROWS, 2), dtype=np.int64)
        self._lags = 0
        self._lags_full = _LAG_ROWS - most
        self.start_s = 0.0
        self.sent = 0
        self.missed = 0
        self.bytes_read = 0
        #: Rows whose socket ended or failed; for the owner to empty.
        self.ended: list[int] = []

    # --- who is there ------------------------------------------------------------------------

    def add(self, row: int, participant: int, fileno: int) -> None:
        """Let a row send from its next time on; `fileno` must not block, and stays ours."""
        self._participant[row] = participant
        self._fds[row] = fileno
        self._relist(row)

    def follow(self, row: int, already: bytes) -> list[Message]:
        """Read a row's stream too from now on; `already` are bytes of it read before."""
        self._follows[row] = True
        messages: list[Message] = []
        for begin in range(0, len(already), turns.READ_BYTES):
            piece = already[begin : begin + turns.READ_BYTES]
            self._room[CARRY_BYTES : CARRY_BYTES + len(piece)] = piece
            self._reads[0] = (row, CARRY_BYTES, len(piece))
            found = scan_reads(self._arena, self._reads, 1, self.streams, self._carry, self._events)
            messages += self._messages(found)
        return messages

    def remove(self, row: int) -> None:
        """Let a row send and read no more."""
        self._fds[row] = -1
        self._follows[row] = False
        self._rest[row] = 0
        self._relist(row)

    def _relist(self, row: int) -> None:
        slot = int(self._slot_of[row])
        begin, end = self._ranges[slot]
        self._live[slot] = begin + np.flatnonzero(self._fds[begin:end] >= 0)

    # --- turns -------------------------------------------------------------------------------

    def begin(self, start_s: float, now_s: float) -> None:
        """Fix the local time of sample 0; times already past are not made up for."""
        self.start_s = start_s
        self._next = max(0, int(np.ceil((now_s - start_s) / self._slice_s)))

    @property
    def next_due_s(self) -> float:
        """Local time of the next planned turn."""
        return self.start_s + self._next * self._slice_s

    def take_turn(self, now_s: float) -> list[Message]:
        """Let the bots read and send whose time it is; one send time a call.

        Poses that are a whole period late are left out; their bots read all the same, or the
        server would be blamed.
        """
        index = self._next
        self._next += 1
        slot = index % self._slices
        rows = self._live[slot]
        if not len(rows):
            return []
        due_s = self.start_s + index * self._slice_s
        sends = now_s - due_s <= self._period_s
        if sends:
            begin, _ = self._ranges[slot]
            sample = index // self._slices
            self._crowd.poses(self._spans[slot], sample, self._floats, self._state, begin)
        turns.take_turn(
            rows,
            sends,
            (self._server.stamp_ms(due_s), round(due_s * 1e9)),
            self._fds,
            self._follows,
            self._arena,
            self._reads,
            self.streams,
            self._carry,
            self._events,
            self._faults,
            self._seq,
            self._participant,
            self._captured_ms,
            self._ack_tick,
            self._state,
            self._floats,
            self._mask,
            self._frames,
            self._rest,
            self._lag[self._lags :],
            self._summary,
        )
        return self._account()

    def _account(self) -> list[Message]:
        """Take in what a turn's summary says."""
        sent, missed, size, events, faults, blocks, _, _ = self._summary.tolist()
        self.sent += sent
        self.missed += missed
        self.bytes_read += size
        self._lags += blocks
        if self._lags > self._lags_full:
            self._lags = 0  # nobody collects them
        if faults:
            self.ended += self._faults[:faults].tolist()
        return self._messages(events) if events else []

    def _messages(self, count: int) -> list[Message]:
        messages: list[Message] = []
        for row, opcode, offset, length in self._events[:count].tolist():
            kind = _KINDS.get(opcode, MALFORMED)
            messages.append((row, kind, self._room[offset : offset + length].tobytes()))
        return messages

    def take_lag(self) -> tuple[F64, I64]:
        """Hand over lags in seconds [n] and how many poses each is of [n], since the last call."""
        table = self._lag[: self._lags]
        self._lags = 0
        lag_s = table[:, turns.LAG_NS].astype(np.float64) * 1e-9
        return lag_s, table[:, turns.LAG_POSES].copy()

    def interject(self, row: int, frame: bytes) -> bool:
        """Send a control frame between poses; say whether it went (a blocked one is dropped)."""
        fileno = int(self._fds[row])
        if fileno < 0 or self._rest[row, turns.REST_LENGTH]:
            return False
        try:
            written = os.write(fileno, frame)
        except OSError:
            return False
        left = len(frame) - written
        if left > turns.FRAME_STRIDE:
            self.ended.append(row)  # a stream that breaks off within a frame is of no use
            return False
        self._frames[row, :left] = np.frombuffer(frame, dtype=np.uint8)[written:]
        self._rest[row] = (0, left)
        return True
