"""When ticks are due: a fixed step that skips what it missed. Owns no clock."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Due:
    """A tick that is to run now.

    Attributes:
        tick: its number, u32.
        lateness_s: how long ago it was due.
        missed: ticks left out before it.
    """

    tick: int
    lateness_s: float
    missed: int


class Pacer:
    """Counts ticks from a start, one each `interval_s`.

    A late node runs one tick and leaves the missed ones out: a burst would send everybody the
    same moment several times and make the node later still. Tick numbers are never used twice;
    missed ticks take no number, so numbers stay dense for baselines.
    """

    def __init__(self, interval_s: float, start_s: float) -> None:
        self.interval_s = interval_s
        self._due_s = start_s + interval_s
        self._tick = 0

    def wait_s(self, now_s: float) -> float:
        """Seconds until the next tick is due, 0 if it is already."""
        return max(0.0, self._due_s - now_s)

    def due(self, now_s: float) -> Due | None:
        """Return the tick to run now, if one is due."""
        late_s = now_s - self._due_s
        if late_s < 0.0:
            return None
        missed = int(late_s / self.interval_s)
        self._tick = (self._tick + 1) & 0xFFFFFFFF
        due = Due(self._tick, late_s, missed)
        self._due_s += (missed + 1) * self.interval_s
        return due
