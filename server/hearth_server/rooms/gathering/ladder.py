"""What happens when whoever leads is gone: nothing, a note, a successor, autopilot, a close. Pure.

    gone for    0 s            10 s         30 s                    3 min
    live        host           host_away    successor_asked …       autopilot, or winding down

The plan goes on all the while. Whoever leads is back in the lead when they come back, unless it
was passed on by then.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hearth_protocol.gathering import Lead

AWAY_MS: Final = 10_000
ASKED_MS: Final = 30_000
ALONE_MS: Final = 180_000
#: With less than this left of the plan it is brought to a close instead of going on alone.
NEAR_END_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What the ladder looks at.

    Attributes:
        host_here: whoever leads is connected and not in the safe place.
        successors: those present who may take over, in order.
        asking: somebody is asked to take over and has not answered.
        left_ms: of the plan; None where there is no plan, or it is over.
    """

    host_here: bool
    successors: Sequence[str]
    asking: bool
    left_ms: int | None


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done now: ask somebody, let the plan go on alone, or bring it to a close."""

    ask: str | None = None
    alone: bool = False
    close: bool = False


NOTHING: Final = Step()


@dataclass(slots=True, eq=False)
class Ladder:
    """How long whoever leads has been gone, and what came of it.

    Attributes:
        lead: as everybody is told.
        gone_ms: since when; None while they are here.
    """

    lead: Lead = "host"
    gone_ms: int | None = None
    _asked: set[str] = field(default_factory=set)

    def before(self, host_here: bool) -> bool:
        """Look before the start, when nobody is in a hurry; say whether something changed."""
        lead, self.lead = self.lead, "host" if host_here else "nobody"
        self.gone_ms = None
        return lead != self.lead

    def back(self) -> None:
        """Somebody leads who is here."""
        self.lead, self.gone_ms = "host", None
        self._asked.clear()

    def look(self, seen: Seen, now_ms: int) -> Step:
        """Climb as far as the time says."""
        if seen.host_here:
            self.back()
            return NOTHING
        if self.gone_ms is None:
            self.gone_ms = now_ms
        gone_ms = now_ms - self.gone_ms
        if gone_ms < AWAY_MS:
            return NOTHING
        if self.lead == "autopilot":
            return self._on_its_own(seen)
        if gone_ms >= ALONE_MS and not seen.asking:
            return self._alone(seen)
        if gone_ms < ASKED_MS:
            self.lead = "host_away"
            return NOTHING
        return self._ask(seen)

    def _ask(self, seen: Seen) -> Step:
        asked = self._next(seen)
        self.lead = "successor_asked" if seen.asking or asked is not None else "host_away"
        return Step(ask=asked)

    def _on_its_own(self, seen: Seen) -> Step:
        if seen.left_ms is None:
            return Step(close=True)
        return Step(ask=self._next(seen))  # whoever comes late to it may still take over

    def _next(self, seen: Seen) -> str | None:
        """Return whom to ask now: each once, one at a time."""
        if seen.asking:
            return None
        asked = next((each for each in seen.successors if each not in self._asked), None)
        if asked is not None:
            self._asked.add(asked)
        return asked

    def _alone(self, seen: Seen) -> Step:
        if seen.left_ms is not None and seen.left_ms > NEAR_END_MS:
            self.lead = "autopilot"
            return Step(alone=True)
        self.lead = "nobody"
        return Step(close=True)

    def kept(self, to_wall_ms: int) -> dict[str, Any]:
        """Return what a restart must not forget."""
        gone = None if self.gone_ms is None else self.gone_ms + to_wall_ms
        return {"lead": self.lead, "gone": gone}

    @classmethod
    def restored(cls, kept: dict[str, Any], now_ms: int) -> "Ladder":
        """Bring it back: a restart threw everybody out, so the time begins anew.

        Who was on autopilot stays so; the others get their time to come back.
        """
        gone = now_ms if kept["gone"] is not None else None
        lead: Lead = "autopilot" if kept["lead"] == "autopilot" else "host"
        return cls(lead, now_ms if lead == "autopilot" else gone)
