"""The generator's clocks: the only module here that reads them, and the server's as estimated.

All processes of one generator run on one machine and share its monotonic clock, so a planned
time made in one of them means the same in the others.
"""

import time
from collections.abc import Callable

Clock = Callable[[], float]

WRAP_MS = 2**32


def monotonic_s() -> float:
    """Seconds on the machine's monotonic clock."""
    return time.perf_counter()


def cpu_s() -> float:
    """Seconds of processor time this process has used."""
    return time.process_time()


def sleep_s(seconds: float) -> None:
    """Do nothing for a while (commands only; cores never sleep)."""
    time.sleep(seconds)


def wall_s() -> float:
    """Seconds since 1970, for the report's date."""
    return time.time()


def now_and_wall_s() -> tuple[float, float]:
    """The monotonic and the wall clock at one moment.

    The wall clock is read first: should the process be held up in between, what arrived by the
    wall clock seems to have arrived later, never earlier.
    """
    wall = time.time()
    return time.perf_counter(), wall


class ServerClock:
    """Server time as estimated from snapshots: what is certain from both sides, and its middle.

    A pose reached the server no earlier than it was sent, and a snapshot was read no earlier than
    its server time; each exchange narrows what the offset (server minus local time) can be. Both
    clocks are taken to run alike for as long as the estimate is used.
    """

    def __init__(self, offset_ms: float | None = None) -> None:
        """Begin with nothing known, or with an offset found elsewhere."""
        self._lowest_ms = -float("inf") if offset_ms is None else offset_ms
        self._highest_ms = float("inf") if offset_ms is None else offset_ms
        self.samples = 0

    @property
    def offset_ms(self) -> float:
        """Server time minus local time; 0 while nothing is known."""
        if self._highest_ms == float("inf"):
            return 0.0
        return (self._lowest_ms + self._highest_ms) / 2.0

    @property
    def spread_ms(self) -> float:
        """Width of what the offset can be."""
        return self._highest_ms - self._lowest_ms

    def add(self, sent_s: float, received_s: float, server_ms: int, hold_ms: int) -> None:
        """Learn from a snapshot: when its newest pose was sent, how long that waited there."""
        self.samples += 1
        # the server's numbers are whole milliseconds, so they can be up to one too small
        self._highest_ms = min(self._highest_ms, server_ms + 1.0 - hold_ms - sent_s * 1000.0)
        self._lowest_ms = max(self._lowest_ms, server_ms - received_s * 1000.0)

    def stamp_ms(self, local_s: float) -> int:
        """Server time, as u32 milliseconds, at a local time."""
        return round(local_s * 1000.0 + self.offset_ms) % WRAP_MS
