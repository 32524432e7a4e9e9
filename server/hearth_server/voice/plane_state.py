"""What both planes keep alike: indexes, routes, statistics, levels and who talks.

All of it is made of arrays with one row per plane index, because the compiled plane writes them
from its own thread while the event loop reads.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from hearth_server.voice.plane import (
    ASSUMED_DBOV,
    HANGOVER_NS,
    LEVEL_STALE_NS,
    MAX_JITTER,
    SILENCE_DBOV,
    TALK_DBOV,
    VOICE_SLOTS,
    MicStats,
    PlaneFullError,
    SlotStats,
)
from hearth_server.voice.rewrite import samples, signed16, signed32

I64 = NDArray[np.int64]


def mic_stats(capacity: int) -> MicStats:
    """Return statistics of mics that received nothing."""
    return MicStats(*(np.zeros(capacity, np.int64) for _ in range(6)))


def clear_stats(mics: MicStats, slots: SlotStats, index: int) -> None:
    """Make a row as it was in the beginning."""
    for field in fields(mics):
        getattr(mics, field.name)[index] = 0
    for field in fields(slots):
        getattr(slots, field.name)[index] = -1 if field.name == "talker" else 0


def receive(mics: MicStats, index: int, seq: int, ts: int, now_ns: int) -> None:
    """Count an authentic packet of a mic (RFC 3550 A.1, A.8)."""
    if not mics.received[index]:
        mics.base_seq[index] = mics.highest_seq[index] = seq
    else:
        mics.highest_seq[index] += max(signed16(seq - int(mics.highest_seq[index])), 0)
        passed = samples(now_ns - int(mics.last_ns[index]))
        slip = min(abs(passed - signed32(ts - int(mics.last_ts[index]))), MAX_JITTER)
        jitter = int(mics.jitter_q4[index])
        mics.jitter_q4[index] = jitter + slip - ((jitter + 8) >> 4)
    mics.received[index] += 1
    mics.last_ts[index], mics.last_ns[index] = ts, now_ns


def slot_stats(capacity: int) -> SlotStats:
    """Return statistics of slots that sent nothing."""
    rows = [np.zeros((capacity, VOICE_SLOTS), np.int64) for _ in range(5)]
    rows[-1][:] = -1
    return SlotStats(*rows)


class Seats:
    """Hands out plane indexes, the one free for longest first."""

    def __init__(self, capacity: int) -> None:
        self._free = deque(range(capacity))
        #: [capacity] whether an index is in use.
        self.taken = np.zeros(capacity, np.bool_)

    def take(self) -> int:
        """Return a free index.

        Raises:
            PlaneFullError: there is none.
        """
        if not self._free:
            raise PlaneFullError
        index = self._free.popleft()
        self.taken[index] = True
        return index

    def leave(self, index: int) -> None:
        """Take an index out of use; it is not free before `free`."""
        self.taken[index] = False

    def free(self, index: int) -> None:
        """Let an index be handed out again."""
        self._free.append(index)

    def holds(self, index: int) -> bool:
        """Say whether an index is in use."""
        return 0 <= index < self.taken.shape[0] and bool(self.taken[index])


class RouteTable:
    """Which talker stands in which slot of which listener, as last set."""

    def __init__(self, seats: Seats) -> None:
        self._seats = seats
        capacity = seats.taken.shape[0]
        self._rows = [[-1] * VOICE_SLOTS for _ in range(capacity)]
        self._slots_of: list[set[tuple[int, int]]] = [set() for _ in range(capacity)]
        #: Names in rows that were not in use.
        self.unknown = 0

    def change(self, listener: int, talkers: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Set a listener's row; yield (slot, talker or -1) of the slots that changed.

        Slots that end come before those that begin: a talker that moves within a row is never
        in two of its slots.
        """
        if not self._seats.holds(listener):
            self.unknown += 1
            return
        row = self._rows[listener]
        wanted = self._clean(listener, talkers)
        if wanted == row:
            return
        changed = [slot for slot in range(VOICE_SLOTS) if wanted[slot] != row[slot]]
        for slot in changed:
            if row[slot] >= 0:
                self._slots_of[row[slot]].discard((listener, slot))
                row[slot] = -1
                if wanted[slot] < 0:
                    yield slot, -1
        for slot in changed:
            if wanted[slot] >= 0:
                row[slot] = wanted[slot]
                self._slots_of[row[slot]].add((listener, slot))
                yield slot, row[slot]

    def forget(self, index: int) -> None:
        """Take an index out of every row, as a talker and as a listener."""
        for listener, slot in self._slots_of[index]:
            self._rows[listener][slot] = -1
        self._slots_of[index].clear()
        for slot, talker in enumerate(self._rows[index]):
            if talker >= 0:
                self._slots_of[talker].discard((index, slot))
                self._rows[index][slot] = -1

    def _clean(self, listener: int, talkers: Sequence[int]) -> list[int]:
        """Return 8 talkers that are in use, not the listener, none twice."""
        clean = [-1] * VOICE_SLOTS
        for slot, talker in enumerate(talkers[:VOICE_SLOTS]):
            if talker < 0 or talker == listener or talker in clean:
                continue
            if self._seats.holds(talker):
                clean[slot] = talker
            else:
                self.unknown += 1
        return clean


@dataclass(slots=True, frozen=True)
class Voices:
    """How loud each mic is, and who talks. Written per packet, read by the worker's poll."""

    #: [capacity] smoothed level in 1/256 of -dBov.
    level_q8: I64
    #: [capacity] time of the last packet, ns.
    heard_ns: I64
    #: [capacity] counts as talking until then, ns.
    loud_until_ns: I64
    #: [capacity] what `edges` said last.
    told: NDArray[np.bool_]

    @classmethod
    def of(cls, capacity: int) -> "Voices":
        """Return `capacity` silent mics."""
        level, heard, loud = (np.zeros(capacity, np.int64) for _ in range(3))
        level[:] = SILENCE_DBOV << 8
        return cls(level, heard, loud, np.zeros(capacity, np.bool_))

    def hear(self, index: int, level: int, is_silent: bool, now_ns: int) -> bool:
        """Take the level of a packet; say whether with it somebody begins to talk.

        level: -dBov, or -1 for none told. is_silent: the packet is a silent frame.
        """
        if level < 0:
            level = SILENCE_DBOV if is_silent else ASSUMED_DBOV
        before = int(self.level_q8[index])
        step = (level << 8) - before
        # Up at once, down slowly, as a meter's needle does.
        self.level_q8[index] = before + (step >> (1 if step < 0 else 3))
        self.heard_ns[index] = now_ns
        if level >= TALK_DBOV:
            return False
        begins = bool(self.loud_until_ns[index] <= now_ns)
        self.loud_until_ns[index] = now_ns + HANGOVER_NS
        return begins

    def hush(self, index: int) -> None:
        """Make a mic silent at once."""
        self.level_q8[index] = SILENCE_DBOV << 8
        self.loud_until_ns[index] = 0

    def forget(self, index: int) -> None:
        """Make an index silent without a word: nobody is there any more."""
        self.hush(index)
        self.heard_ns[index] = 0
        self.told[index] = False

    def edges(self, now_ns: int) -> list[tuple[int, bool]]:
        """Return who began or stopped talking since the last call."""
        talking = self.loud_until_ns > now_ns
        changed = np.flatnonzero(talking != self.told)
        self.told[changed] = talking[changed]
        return [(int(index), bool(talking[index])) for index in changed]

    def levels(self, now_ns: int) -> NDArray[np.uint8]:
        """Return [capacity] levels in -dBov; mics not heard of lately are silent."""
        stale = now_ns - self.heard_ns > LEVEL_STALE_NS
        return np.where(stale, SILENCE_DBOV, self.level_q8 >> 8).astype(np.uint8)
