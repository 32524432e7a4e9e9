"""Personal boundaries: what people wish goes in, who is held back and withheld comes out.

It knows no rights and no accounts: norms that ask for more, and the handshake behind a consent,
are decided elsewhere. The rules stand in docs/boundary.md.
"""

import math
from typing import Literal, NamedTuple

import numpy as np

from hearth_protocol.limits import BOUNDARY_MAX_M
from hearth_sim import pairs
from hearth_sim.arrays import I32, Bodies, Grid, Links, Pairs, Report, Rooms, Slots, Tuning
from hearth_sim.boundary_arrays import (
    ALL,
    BLIND,
    CHANGES,
    ENTRIES,
    NON_FRIENDS,
    OFF,
    RAN,
    RECORDS,
    ROUNDING_M,
    SLACK_M,
    Boundaries,
    allocate_boundaries,
)
from hearth_sim.kernels.boundary import hold_apart
from hearth_sim.kernels.neighbours import note_near
from hearth_sim.kernels.withhold import withhold
from hearth_sim.settings import WorldSettings

BoundaryMode = Literal["off", "non_friends", "all"]
_MODES: dict[BoundaryMode, int] = {"off": OFF, "non_friends": NON_FRIENDS, "all": ALL}


class BoundaryGround(NamedTuple):
    """What of the world boundaries read and change. The grid comes with each step."""

    slots: Slots
    bodies: Bodies
    links: Links
    pairs: Pairs
    rooms: Rooms
    report: Report


class BoundaryKeeper:
    """Keeps people out of each other's boundaries. Inputs act from the next step on.

    All that was said of a slot is forgotten when its holder leaves.
    """

    def __init__(self, settings: WorldSettings, ground: BoundaryGround, tuning: Tuning) -> None:
        self.arrays: Boundaries = allocate_boundaries(settings.capacity, settings.rooms)
        self._ground = ground
        self._tuning = tuning
        self._wishes = 0

    # --- people and what they wish -------------------------------------------------------------

    def begin(self, slot: int) -> None:
        """Somebody came, or came out of hiding: whoever they are too near to, it is they who yield.

        Until the next step nobody is told of them, nor they of anybody.
        """
        self.arrays.fresh[slot] = 1
        self.arrays.withheld_first[slot] = BLIND

    def forget(self, slot: int) -> None:
        """Forget all that was said of a slot whose holder leaves."""
        self.set_wish(slot, "off", 0.0)
        self.set_place(slot, False, None)
        pairs.clear(self.arrays.consent_count, self.arrays.consent, slot)

    def set_wish(self, slot: int, mode: BoundaryMode, radius_m: float) -> None:
        """Take over the distance that somebody wishes from all, all but friends, or none.

        Newcomers wish none. Said before somebody's first step, they are put at the edge of others;
        said later, whoever is too near already fades until they step apart.

        Raises:
            ValueError: the radius is not within 0 and `BOUNDARY_MAX_M`.
        """
        if not (math.isfinite(radius_m) and 0.0 <= radius_m <= BOUNDARY_MAX_M):
            raise ValueError(f"a radius of {radius_m} m; it must be within 0 and {BOUNDARY_MAX_M}")
        arrays = self.arrays
        number = _MODES[mode] if radius_m > 0.0 else OFF
        self._wishes += int(number != OFF) - int(arrays.mode[slot] != OFF)
        arrays.mode[slot] = number
        arrays.radius[slot] = radius_m if number != OFF else 0.0

    def set_place(self, slot: int, on: bool, spot: tuple[float, float] | None) -> None:
        """Put somebody on a claimed place, whose middle is `spot` (x, z), or take them off it.

        Who is within `PLACE_REACH_M` of the middle is not held back, and has no boundary with
        neighbours who are at theirs. Without a spot it is where they are now.
        """
        self.arrays.placed[slot] = on
        if on:
            self.arrays.spot[slot] = self._ground.bodies.pose[slot, 0:3:2] if spot is None else spot

    def set_consent(self, a: int, b: int, on: bool) -> None:
        """Let two people be as near as they like, once both agreed; either may take it back.

        Raises:
            WorldFullError: one of the two consented to `CONSENTS` people; then nothing changed.
        """
        change = pairs.link if on else pairs.unlink
        change(self.arrays.consent_count, self.arrays.consent, a, b)

    # --- the tick ------------------------------------------------------------------------------

    def hold(self, grid: Grid) -> bool:
        """Hold people who closed in at the edge; say whether the grid must be made anew."""
        arrays, ground = self.arrays, self._ground
        arrays.counts[CHANGES] = 0
        if not self._needed:
            arrays.counts[RAN] = 0
            return False
        self._note_near(grid)
        moved = hold_apart(
            ground.slots,
            ground.bodies,
            ground.links,
            ground.pairs,
            ground.rooms,
            grid,
            ground.report,
            arrays,
            self._tuning,
        )
        return moved != 0

    def withhold(self, grid: Grid) -> None:
        """Decide what is not told to whom, of where everybody is now."""
        arrays, ground = self.arrays, self._ground
        if arrays.counts[RAN] == 0:
            arrays.fresh[:] = 0
            arrays.withheld_first[:] = -1
            return
        if 2.0 * arrays.drift[0] > SLACK_M - ROUNDING_M:
            self._note_near(grid)
        withhold(ground.slots, ground.bodies, ground.pairs, grid, arrays, self._tuning)

    def _note_near(self, grid: Grid) -> None:
        ground = self._ground
        note_near(ground.slots, ground.bodies, ground.pairs, ground.rooms, grid, self.arrays)

    @property
    def _needed(self) -> bool:
        counts = self.arrays.counts
        return self._wishes > 0 or counts[RECORDS] > 0 or counts[ENTRIES] > 0

    # --- reading -------------------------------------------------------------------------------

    def changes(self) -> I32:
        """[n, 3], what the last step changed: lower slot, upper slot, 1 = vanished and 0 = back.

        A pair of which one left is not told. Valid until the next step.
        """
        rows: I32 = self.arrays.change[: self.arrays.counts[CHANGES]]
        return rows

    def faded_with(self, slot: int) -> list[int]:
        """Give the slots of those who vanished for somebody, and they for them, ascending."""
        arrays = self.arrays
        size = int(arrays.counts[RECORDS])
        generation = self._ground.slots.generation
        lower, upper = arrays.lower[:size], arrays.upper[:size]
        holds = (arrays.faded[:size] != 0) & (generation[lower] == arrays.lower_who[:size])
        holds &= generation[upper] == arrays.upper_who[:size]
        others = np.concatenate((upper[holds & (lower == slot)], lower[holds & (upper == slot)]))
        return sorted(others.tolist())
