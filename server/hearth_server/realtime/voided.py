"""What tickets stood on and became void: remembered for as long as a ticket may be on its way."""

from collections.abc import Iterable
from typing import Final

from hearth_server.clock import Clock
from hearth_server.tokens import TICKET_TTL_S

#: Longer than a ticket lives, by what it takes to make one.
REMEMBERED_S: Final = 2 * TICKET_TTL_S


class Voided:
    """Counts what becomes void, by name of what a ticket stands on.

    Args:
        clock: tells how long ago that was.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0
        #: Up to here nothing is known any more by name.
        self._forgotten = 0
        #: Number and time by name, the oldest first.
        self._of: dict[str, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._of)

    def stamp(self) -> int:
        """Return the number to ask about later: all that becomes void from now on is above it."""
        return self._last

    def put(self, name: str) -> None:
        """Tickets that stand on this, made so far or being made, are void."""
        self._of.pop(name, None)
        self._last += 1
        self._of[name] = (self._last, self._clock.monotonic_s())

    def since(self, stamp: int, names: Iterable[str]) -> bool:
        """Say whether any of these became void after a stamp; of a very old one nobody knows."""
        if stamp < self._forgotten:
            return True
        found = (self._of.get(name) for name in names)
        return any(entry is not None and entry[0] > stamp for entry in found)

    def forget_old(self) -> None:
        """Forget what no ticket can be older than."""
        before_s = self._clock.monotonic_s() - REMEMBERED_S
        for name, (number, at_s) in list(self._of.items()):
            if at_s > before_s:
                break
            del self._of[name]
            self._forgotten = number
