"""The only place in the server that reads a clock; everything else is handed one."""

import time
from typing import Protocol


class Clock(Protocol):
    """What tells the time: the system in a node, a test's hand in a test."""

    def monotonic_s(self) -> float:
        """Seconds since an arbitrary start; never goes back."""
        ...

    def wall_s(self) -> float:
        """Seconds since the Unix epoch; may jump when the operator sets the clock."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def monotonic_s(self) -> float:
        """Seconds since an arbitrary start; never goes back."""
        return time.monotonic()

    def wall_s(self) -> float:
        """Seconds since the Unix epoch."""
        return time.time()


def wall_ms(clock: Clock) -> int:
    """Milliseconds since the Unix epoch, as what is kept has them."""
    return round(clock.wall_s() * 1000)


def monotonic_s() -> float:
    """Seconds since an arbitrary start; never goes back."""
    return time.monotonic()


def wall_s() -> float:
    """Seconds since the Unix epoch."""
    return time.time()
