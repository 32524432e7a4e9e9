"""What happens when whoever leads is gone: nothing, a note, a successor, autopilot, a close. Pure.

    gone for    0 s            10 s         30 s                    3 min
    live        host           host_away    successor_asked …       autopilot, or winding down

The plan goes on all the while. Whoever leads is back in the lead when they come back, unless it
was passed on by then. A restart of the node stops none of these clocks; but nobody could answer
while it was down, so whoever is back is asked before it goes on alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hearth_protocol.gathering import Lead

AWAY_MS: Final = 10_000
ASKED_MS: Final = 30_000
ALONE_MS: Final = 180_000
#: With less than this left of the plan it is brought to a close instead of going on alone.
NEAR_END_MS: Final = 60_000
#: After a restart nobody is passed over for so long: all of them are on their way back.
RETURN_MS: Final = 10_000
TAKE_OVER: Final = "Whoever leads lost their line. Take over?"


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
    _missed: set[str] = field(default_factory=set)
    _returned_ms: int | None = None

    def before(self, host_here: bool) -> bool:
        """Look before the start, when nobody is in a hurry; say whether something changed."""
        lead, self.lead = self.lead, "host" if host_here else "nobody"
        self.gone_ms = None
        return lead != self.lead

    def back(self) -> None:
        """Somebody leads who is here."""
        self.lead, self.gone_ms, self._returned_ms = "host", None, None
        self._asked.clear()
        self._missed.clear()

    def missed(self, accounts: Sequence[str]) -> None:
        """Their time to answer ran out while the node was down: they are asked after the others."""
        self._missed.update(accounts)

    def look(self, seen: Seen, now_ms: int) -> Step:
        """Climb as far as the time says."""
        if seen.host_here:
            self.back()
            return NOTHING
        if self.gone_ms is None:
            self.gone_ms = now_ms
        gone_ms = now_ms - self.gone_ms
        returning = self._returned_ms is not None and now_ms < self._returned_ms
        if gone_ms < AWAY_MS or returning:
            return NOTHING
        if self.lead == "autopilot":
            return self._on_its_own(seen)
        if gone_ms >= ALONE_MS and not seen.asking:
            back = self._next(seen) if self._returned_ms is not None else None
            return self._alone(seen) if back is None else self._wait_for(back)
        if gone_ms < ASKED_MS:
            self.lead = "host_away"
            return NOTHING
        return self._ask(seen)

    def _wait_for(self, asked: str) -> Step:
        self.lead = "successor_asked"
        return Step(ask=asked)

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
        if asked is None:
            asked = next((each for each in seen.successors if each in self._missed), None)
        if asked is not None:
            self._asked.add(asked)
            self._missed.discard(asked)
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
        asked, missed = sorted(self._asked), sorted(self._missed)
        return {"lead": self.lead, "gone": gone, "asked": asked, "missed": missed}

    @classmethod
    def restored(cls, kept: Mapping[str, Any], to_wall_ms: int, now_ms: int) -> "Ladder":
        """Bring it back: whoever was gone has been gone for all the time, the node's own included.

        Who was there when the node stopped was thrown out by it: their time begins when it is back.
        """
        if kept["gone"] is None:
            return cls()
        gone_ms = min(int(kept["gone"]) - to_wall_ms, now_ms)
        asked, missed = set(kept.get("asked", ())), set(kept.get("missed", ()))
        return cls(kept["lead"], gone_ms, asked, missed, now_ms + RETURN_MS)
