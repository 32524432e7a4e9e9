"""Answers of the store that are asked for again and again, remembered until anything is written.

Only writing lines leaves them standing: nothing that is remembered follows from what was said.
"""

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from hearth_server.clock import Clock
from hearth_server.services.store import Store

#: Another process may write too (an operator's command): nothing is remembered for longer.
LONGEST_S: Final = 5.0
MOST: Final = 4_096
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Answers by question."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[K, tuple[float, V]] = {}
        self._epoch = store.epoch

    def get(self, question: K) -> V | None:
        """Return the answer, if it still holds."""
        self._forget_what_is_stale()
        until_s, answer = self._known.get(question, (0.0, None))
        return answer if self._clock.monotonic_s() <= until_s else None

    def put(self, epoch: int, question: K, answer: V) -> None:
        """Remember an answer.

        Args:
            epoch: of the store, from before it was asked: who wrote meanwhile made it stale.
            question: what was asked.
            answer: what it said.
        """
        self._forget_what_is_stale()
        if epoch != self._epoch:
            return
        if len(self._known) >= MOST:
            self._known.clear()
        # Not all of those who came together are asked about again in the same moment.
        share = 0.5 + (hash(question) & 0xFF) / 0x1FF
        self._known[question] = (self._clock.monotonic_s() + LONGEST_S * share, answer)

    def _forget_what_is_stale(self) -> None:
        if self._epoch != self._store.epoch:
            self._known.clear()
            self._epoch = self._store.epoch
