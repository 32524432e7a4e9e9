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


class ServerClock:
    """Server time as estimated from pings: the sample of the smallest round trip counts.

    `offset_ms` is server time minus local time. Both are wrapped to u32 only when a stamp is made.
    """

    def __init__(self) -> None:
        self.offset_ms = 0.0
        self.best_rtt_ms = float("inf")
        self.samples = 0

    @property
    def known(self) -> bool:
        """Whether at least one ping has come back."""
        return self.samples > 0

    def add(self, sent_s: float, received_s: float, server_ms: int) -> None:
        """Learn from one ping: sent and answered at local times, with the server's reading."""
        rtt_ms = (received_s - sent_s) * 1000.0
        self.samples += 1
        if rtt_ms < self.best_rtt_ms:
            self.best_rtt_ms = rtt_ms
            middle_ms = (received_s + sent_s) * 500.0
            self.offset_ms = server_ms - middle_ms

    def stamp_ms(self, local_s: float) -> int:
        """Server time, as u32 milliseconds, at a local time."""
        return round(local_s * 1000.0 + self.offset_ms) % WRAP_MS
