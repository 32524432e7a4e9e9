"""Holds what bots received against the truth: which updates came, how late, and were they right.

An update is matched by (subject, capture time) to the subject's planned sample and then verified
by the decoded head position, so a wrong capture age, a wrong identity and a wrong position are
each found out. Latency is the time of arrival minus the *planned* capture time on the
generator's own clock: sending late makes it worse, never better (no coordinated omission).
"""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from hearth_loadtest.expectation import SLOWEST_EVERY, Rates, covered, expected
from hearth_loadtest.motion import Crowd
from hearth_protocol.limits import SPEED_MAX_M_S

Bool = npt.NDArray[np.bool_]
F64 = npt.NDArray[np.float64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U32 = npt.NDArray[np.uint32]

#: The wire tells ages in units of 2 ms, so a capture time is known to so much.
AGE_TOLERANCE_MS = 2.0
#: Rounding of the stamp and of the clock estimate on top of it.
STAMP_TOLERANCE_MS = 1.5
#: Quantisation is within 0.87 mm.
POSITION_TOLERANCE_MM = 2.0
RECALL_OF = 16
#: Samples within which a node has caught up with somebody it held back for being too fast.
CATCHING_UP = 4
LEAD = SLOWEST_EVERY - 1


@dataclass(frozen=True)
class Records:
    """Updates one observer received, a row each.

    Attributes:
        subject: [n] participant ids.
        captured_ms: [n] server time of capture as told by the server, u32.
        received_s: [n] local time of arrival on this machine.
        head_mm: [n, 3] decoded head position.
        repeated: [n] the server said "unchanged", whose age is only about right.
    """

    subject: U32
    captured_ms: U32
    received_s: F64
    head_mm: I32
    repeated: Bool


@dataclass
class Findings:
    """Sums over observers and windows; everything adds up, so findings merge by addition."""

    expected: float = 0.0
    delivered: float = 0.0
    updates: int = 0
    verified: int = 0
    duplicates: int = 0
    wrong_position: int = 0
    clamped: int = 0
    wrong_capture: int = 0
    stranger: int = 0
    recall_hits: int = 0
    recall_of: int = 0
    observer_seconds: float = 0.0
    neighbours: float = 0.0
    worst_position_mm: float = 0.0
    strangers: Counter[int] = field(default_factory=Counter)
    latency_s: list[F64] = field(default_factory=list)
    capture_error_ms: list[F64] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        """Take another's sums in; its samples of latency are left where they are."""
        for name in (
            "expected",
            "delivered",
            "updates",
            "verified",
            "duplicates",
            "wrong_position",
            "clamped",
            "wrong_capture",
            "stranger",
            "recall_hits",
            "recall_of",
            "observer_seconds",
            "neighbours",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.strangers.update(other.strangers)
        self.worst_position_mm = max(self.worst_position_mm, other.worst_position_mm)


class Roster:
    """Who is who: participant ids of the server, bot numbers of the generator, and rooms."""

    def __init__(self, participants: I64, rooms: I64) -> None:
        """Bind bots [n] to participant ids (0: did not get in) and room numbers."""
        self.participants = participants
        present = participants > 0
        bots = np.flatnonzero(present)
        order = np.argsort(participants[bots], kind="stable")
        self._ids = participants[bots][order]
        self._bots = bots[order]
        self._rooms = rooms
        self._members = {int(r): np.flatnonzero((rooms == r) & present) for r in np.unique(rooms)}

    def members(self, observer: int) -> I64:
        """Bot numbers of everyone in the observer's room."""
        return self._members[int(self._rooms[observer])]

    def bots(self, subjects: U32) -> I64:
        """Bot numbers of participant ids [n]; -1 for strangers."""
        if len(self._ids) == 0:
            return np.full(len(subjects), -1)
        at = np.clip(np.searchsorted(self._ids, subjects), 0, len(self._ids) - 1)
        return np.where(self._ids[at] == subjects, self._bots[at], -1)


class Judge:
    """Judges windows of samples, one observer at a time."""

    def __init__(self, crowd: Crowd, roster: Roster, rates: Rates, start_s: float) -> None:
        """Bind to the truth: sample 0 of phase 0 was due at local time `start_s`."""
        self._crowd = crowd
        self._roster = roster
        self._rates = rates
        self._start_s = start_s

    def window(
        self, observer: int, samples: tuple[int, int], records: Records, offset_ms: float
    ) -> Findings:
        """Judge samples [first, end) as seen by one observer.

        Args:
            observer: Bot number.
            samples: First sample number and the one after the last.
            records: What arrived; rows of other windows are sorted out here. Must reach back
                `LEAD` samples before the window.
            offset_ms: Server time minus local time, as the stamps were made.
        """
        first, end = samples
        numbers = np.arange(first - LEAD, end)
        due = expected(self._crowd, observer, self._roster.members(observer), numbers, self._rates)
        arrived = np.zeros(due.every.shape, dtype=bool)
        found = self._match(first, end, numbers, due.subjects, arrived, records, offset_ms)
        delivered, owed = covered(arrived, due.every, LEAD)
        found.delivered, found.expected = delivered, owed
        found.observer_seconds = (end - first) * self._crowd.beat.period_s
        found.neighbours = float((due.every[:, LEAD:] > 0).sum()) * self._crowd.beat.period_s
        middle = (end - first) // 2 + LEAD
        nearest = (due.nearest[:, middle] < RECALL_OF) & (due.every[:, middle] > 0)
        recent = arrived[:, max(0, middle - 5) : middle + 5].any(axis=1)
        found.recall_of = int(nearest.sum())
        found.recall_hits = int((nearest & recent).sum())
        return found

    def _match(  # noqa: PLR0913, PLR0917 - the pieces of one window
        self,
        first: int,
        end: int,
        numbers: I64,
        subjects: I64,
        arrived: Bool,
        records: Records,
        offset_ms: float,
    ) -> Findings:
        """Mark what arrived; count what is wrong with the rest of the window's records."""
        found = Findings()
        beat = self._crowd.beat
        period_ms = beat.period_s * 1000.0
        bots = self._roster.bots(records.subject)
        local_ms = self._local_ms(records.captured_ms, records.received_s, offset_ms)
        phase_ms = np.where(bots >= 0, beat.phase_s[bots], 0.0) * 1000.0
        along = (local_ms - self._start_s * 1000.0 - phase_ms) / period_ms
        sample = np.rint(along).astype(np.int64)
        inside = (sample >= first) & (sample < end)
        history = (sample >= numbers[0]) & (sample < end)
        found.updates = int(inside.sum())
        unknown = inside & (bots < 0)
        found.stranger = int(unknown.sum())
        if found.stranger:
            found.strangers.update(records.subject[unknown].tolist())
        error_ms = (along - sample) * period_ms
        on_time = records.repeated | (np.abs(error_ms) <= AGE_TOLERANCE_MS + STAMP_TOLERANCE_MS)
        known = history & (bots >= 0)
        found.wrong_capture = int((known & inside & ~on_time).sum())
        found.capture_error_ms.append(error_ms[known & inside & ~records.repeated])
        good = known & on_time
        rows = np.flatnonzero(good)
        right, gap_mm = self._check(bots[rows], sample[rows], records.head_mm[rows])
        counted = inside[rows]
        # the age of "unchanged" is only about right, so a miss says nothing and a hit little
        told = ~records.repeated[rows]
        elsewhere = rows[counted & ~right & told]
        lawful = self._moved_lawfully(bots[elsewhere], sample[elsewhere])
        found.wrong_position = int(lawful.sum())
        found.clamped = int((~lawful).sum())
        if len(gap_mm):
            found.worst_position_mm = float(np.max(gap_mm[right & told], initial=0.0))
        rows, counted = rows[right], counted[right]
        pair = bots[rows] * (1 << 32) + sample[rows]
        _, once = np.unique(pair, return_index=True)
        found.verified = int(counted[once].sum())
        found.duplicates = int(counted.sum()) - found.verified
        planned_s = self._start_s + sample * beat.period_s + phase_ms / 1000.0
        fresh = rows[once][counted[once]]
        found.latency_s.append(records.received_s[fresh] - planned_s[fresh])
        self._mark(subjects, arrived, bots[rows], sample[rows] - numbers[0])
        return found

    @staticmethod
    def _local_ms(captured_ms: U32, received_s: F64, offset_ms: float) -> F64:
        """Capture times on the local clock, unwrapped by when they were received."""
        now_ms = received_s * 1000.0
        back = (now_ms + offset_ms - captured_ms.astype(np.float64)) % float(1 << 32)
        back = np.where(back > float(1 << 31), back - float(1 << 32), back)
        return np.asarray(now_ms - back)

    def _check(self, bots: I64, samples: I64, head_mm: I32) -> tuple[Bool, F64]:
        """Whether decoded heads are where the subject truly was, and how far off, millimetres."""
        if len(bots) == 0:
            return np.zeros(0, dtype=bool), np.zeros(0)
        who, row = np.unique(bots, return_inverse=True)
        when, column = np.unique(samples, return_inverse=True)
        truth = self._crowd.heads(who, when)[row, column]
        gap = np.linalg.norm(truth.astype(np.float64) * 1000.0 - head_mm, axis=1)
        return gap <= POSITION_TOLERANCE_MM, gap

    def _moved_lawfully(self, bots: I64, samples: I64) -> Bool:
        """Whether subjects [n] kept the wire's speed limit up to their samples [n].

        Where a bot itself jumped (a recording's seam, an about-turn at a wall), a node is right
        to show it a little short of where it is.
        """
        limit_m = SPEED_MAX_M_S * self._crowd.beat.period_s
        out = np.ones(len(bots), dtype=bool)
        for row, (bot, sample) in enumerate(zip(bots, samples, strict=True)):
            path = self._crowd.heads(np.array([bot]), np.arange(sample - CATCHING_UP, sample + 1))
            out[row] = np.linalg.norm(np.diff(path[0], axis=0), axis=1).max() <= limit_m
        return out

    @staticmethod
    def _mark(subjects: I64, arrived: Bool, bots: I64, columns: I64) -> None:
        """Tick off (subject, sample) pairs; those of nobody who is due are left out."""
        if len(subjects) == 0 or len(bots) == 0:
            return
        order = np.argsort(subjects)
        at = np.clip(np.searchsorted(subjects[order], bots), 0, len(order) - 1)
        row = order[at]
        hit = subjects[row] == bots
        arrived[row[hit], columns[hit]] = True
