"""The ladder a node climbs when ticks take too long: announced steps, never silent lag.

Owns no clock. Each rung sends less; the first ones are hardly seen, the last ones are felt.
"""

from dataclasses import dataclass
from typing import Final

from hearth_sim.reasons import Overload

RUNG_TEXT: Final = {
    Overload.NORMAL: "Everything is shown again as usual.",
    Overload.FAR_RATES: "The server is busy: people far away move less smoothly.",
    Overload.FAR_HANDS: "The server is busy: hands of people far away are not shown.",
    Overload.FAR_DROPPED: "The server is busy: people far away are shown roughly.",
    Overload.MIDDLE_DROPPED: "The server is very busy: only those next to you are shown in full.",
}


@dataclass(frozen=True, slots=True)
class LadderRules:
    """When to climb and when to come down.

    Attributes:
        climb_load: share of the interval a tick may take before it counts as too long.
        rest_load: share below which it counts as relieved.
        climb_after_s: how long it must be too long to climb one rung.
        rest_after_s: how long it must be relieved to come down one rung; longer, so that the
            ladder does not swing.
    """

    climb_load: float = 0.95
    rest_load: float = 0.75
    climb_after_s: float = 3.0
    rest_after_s: float = 4.0


class Ladder:
    """Decides the rung from how long ticks take and how late they begin."""

    def __init__(self, rules: LadderRules, interval_s: float) -> None:
        self._rules = rules
        self._interval_s = interval_s
        self._strained_s = 0.0
        self._rested_s = 0.0
        self.rung = Overload.NORMAL

    def feed(self, duration_s: float, lateness_s: float) -> bool:
        """Count one tick in, and say whether the rung changed."""
        load = (duration_s + lateness_s) / self._interval_s
        if load > self._rules.climb_load:
            self._strained_s += self._interval_s
            self._rested_s = 0.0
        else:
            # Single peaks are forgiven: strain has to outweigh what lies between.
            self._strained_s = max(0.0, self._strained_s - self._interval_s / 2)
            if load < self._rules.rest_load:
                self._rested_s += self._interval_s
        if self._strained_s >= self._rules.climb_after_s and self.rung < max(Overload):
            self.rung = Overload(self.rung + 1)
        elif self._rested_s >= self._rules.rest_after_s and self.rung > Overload.NORMAL:
            self.rung = Overload(self.rung - 1)
        else:
            return False
        self._strained_s = self._rested_s = 0.0
        return True
