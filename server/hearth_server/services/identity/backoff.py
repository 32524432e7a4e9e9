"""Makes guessing slow: each failure after the first few doubles the wait. Owns no clock reads.

Counted by account and device, in memory. A device that was signed in to the account before counts
by itself, so that whoever guesses from elsewhere cannot keep its owner out.
"""

from dataclasses import dataclass
from typing import Final

from hearth_server.clock import Clock
from hearth_server.errors import Refusal

FREE: Final = 5
FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 900.0
#: Failures are forgotten after as long as this without another.
FORGET_S: Final = 3600.0
CAPACITY: Final = 20_000


@dataclass(slots=True)
class _Failures:
    count: int
    last_s: float


class Backoff:
    """Failures by key, in bounded memory (the longest untouched goes first)."""

    def __init__(self, clock: Clock, what: str, capacity: int = CAPACITY) -> None:
        self._clock = clock
        self._what = what
        self._capacity = capacity
        self._failures: dict[str, _Failures] = {}

    def attempt(self, key: str) -> Refusal | None:
        """Count an attempt as failed until `succeeded` says otherwise.

        Counted before the answer is known, so that many attempts at once are no way around.
        """
        now_s = self._clock.monotonic_s()
        found = self._failures.pop(key, None)
        if found is None or now_s - found.last_s >= FORGET_S:
            found = _Failures(0, now_s)
        elif (left_s := found.last_s + _wait_s(found.count) - now_s) > 0:
            self._put(key, found)
            text = f"Too many wrong {self._what}. Wait {max(1, round(left_s))} s and try again."
            return Refusal("too_many_attempts", text, retry_after_s=left_s)
        found.count += 1
        found.last_s = now_s
        self._put(key, found)
        return None

    def succeeded(self, key: str) -> None:
        """The attempt was right: nothing is held against this key."""
        self._failures.pop(key, None)

    def forgive(self, key: str) -> None:
        """The attempt was right, which says nothing about those before it."""
        found = self._failures.get(key)
        if found is not None:
            found.count -= 1

    def _put(self, key: str, failures: _Failures) -> None:
        while len(self._failures) >= self._capacity:
            del self._failures[next(iter(self._failures))]
        self._failures[key] = failures


def _wait_s(count: int) -> float:
    if count < FREE:
        return 0.0
    return float(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(count - FREE, 20)))
