"""Pairs of participants who are kept apart, whatever the reason. Knows no reasons, no socket."""

from collections.abc import Set as AbstractSet
from typing import Final

_NOBODY: Final[frozenset[int]] = frozenset()


class ApartBook:
    """Symmetric pairs, by participant id."""

    def __init__(self) -> None:
        self._of: dict[int, set[int]] = {}

    def put(self, a: int, b: int, on: bool) -> None:
        """Keep two apart, or no longer."""
        for one, other in ((a, b), (b, a)):
            if on:
                self._of.setdefault(one, set()).add(other)
            elif one in self._of:
                self._of[one].discard(other)
                if not self._of[one]:
                    del self._of[one]

    def apart(self, a: int, b: int) -> bool:
        """Say whether two are kept apart."""
        return b in self._of.get(a, _NOBODY)

    def of(self, who: int) -> AbstractSet[int]:
        """Everybody kept apart from somebody; do not change it."""
        return self._of.get(who, _NOBODY)

    def forget(self, who: int) -> None:
        """Somebody's visit is over."""
        for other in tuple(self._of.get(who, ())):
            self.put(who, other, False)

    @property
    def people(self) -> AbstractSet[int]:
        """Everybody who is kept apart from somebody."""
        return self._of.keys()
