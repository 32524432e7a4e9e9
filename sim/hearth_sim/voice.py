"""The audible set as others read it: who each listener hears, how loudly and why."""

from hearth_sim.arrays import F32, I32, U8, Hears


class AudibleSet:
    """Two generations of the same arrays: last step's decides what hysteresis keeps.

    Read the arrays between steps; they are overwritten by the step after the next.
    """

    def __init__(self, before: Hears, now: Hears) -> None:
        self.before = before
        self.now = now

    def turn(self) -> None:
        """Make the newest set the last one, ready for the next to be written."""
        self.before, self.now = self.now, self.before

    def forget(self, slot: int) -> None:
        """Silence a listener who left."""
        self.before.heard[slot] = 0
        self.now.heard[slot] = 0

    @property
    def count(self) -> I32:
        """[C], talkers heard by each listener."""
        return self.now.heard

    @property
    def talker(self) -> I32:
        """[C, T], slots of the talkers heard, best first; valid up to `count`."""
        return self.now.talker

    @property
    def gain(self) -> F32:
        """[C, T], 0 to 1."""
        return self.now.gain

    @property
    def reason(self) -> U8:
        """[C, T], `hearth_sim.reasons.Hearing`."""
        return self.now.reason
