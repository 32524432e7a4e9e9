"""Who hid whom: a wish of one person that takes both out of each other's room.

The wish is kept by participant id for as long as either of the two visits, so it survives a
lost connection. The hidden one is told nothing; the other is simply gone.
"""

# Fewer than the simulation keeps exclusions for one slot: blocks need theirs too.
HIDDEN_MAX = 64


class HideBook:
    """Wishes to be apart, by participant id."""

    def __init__(self) -> None:
        self._hid: dict[int, set[int]] = {}
        self._hid_by: dict[int, set[int]] = {}

    def hide(self, who: int, whom: int) -> bool:
        """Note that `who` hides `whom`. False when one of the lists is full."""
        hid = self._hid.setdefault(who, set())
        if whom in hid:
            return True
        if self._pairs(who) >= HIDDEN_MAX or self._pairs(whom) >= HIDDEN_MAX:
            return False
        hid.add(whom)
        self._hid_by.setdefault(whom, set()).add(who)
        return True

    def show(self, who: int, whom: int) -> None:
        """Take the wish back; nothing happens if there was none."""
        self._hid.get(who, set()).discard(whom)
        self._hid_by.get(whom, set()).discard(who)

    def forget(self, who: int) -> None:
        """The visit of `who` is over: drop their wishes and the wishes about them."""
        for whom in self._hid.pop(who, set()):
            self._hid_by.get(whom, set()).discard(who)
        for other in self._hid_by.pop(who, set()):
            self._hid.get(other, set()).discard(who)

    def hidden_by(self, who: int) -> frozenset[int]:
        """Those whom `who` hid."""
        return frozenset(self._hid.get(who, ()))

    def hiders_of(self, who: int) -> frozenset[int]:
        """Those who hid `who`: to `who` they are not there."""
        return frozenset(self._hid_by.get(who, ()))

    def apart(self, a: int, b: int) -> bool:
        """Say whether a wish of either keeps the two apart."""
        return b in self._hid.get(a, ()) or a in self._hid.get(b, ())

    def _pairs(self, who: int) -> int:
        return len(self._hid.get(who, ())) + len(self._hid_by.get(who, ()))
