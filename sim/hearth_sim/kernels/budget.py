"""Decide which lanes are told in a frame: whose tier has its turn, and what fits the budget."""

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.kernels._jit import inner
from hearth_sim.arrays import I64

#: Columns of `Scratch.plan`, one row a lane to be told: what (packed as below), where the first
#: and the second run of bytes come from in `Frames.flat` (with hands withheld the subject, whose
#: head is encoded on the spot), and the sample that is told.
WHAT, FIRST, SECOND, SAMPLE = 0, 1, 2, 3
PLAN_COLUMNS = 4
# Bits of WHAT: code 0-3, on stage 4, hands withheld 5, lane 8-15, length of the first run 16-23,
# of the second 24-31.
STAGED_AT, BARE_AT, LANE_AT, FIRST_AT, SECOND_AT = 4, 5, 8, 16, 24


@inner
def turn_mask(tier: int, tiers_on: int, overload: int) -> int:
    """Give how often a tier has its turn: when `(tick + observer + subject) & mask` is 0.

    Adding the two slots spreads the turns of a tier evenly over the ticks.
    """
    if tier == 0 or (tiers_on == 0 and overload == 0):
        return 0
    return 1 if tier == 1 and overload == 0 else 3


@inner
def fit_budget(planned: int, left: int, cursor: int, plan: I64, told: NDArray[np.void]) -> int:
    """Strike from the plan what does not fit into `left` bytes: its code becomes 0.

    Those on stage come first, then everybody in turns, beginning at lane `cursor`. Who was
    struck is late: due whatever their tier. Gives the lane with which the next turn begins.
    """
    begin = 0
    while begin < planned and (plan[begin, WHAT] >> LANE_AT) & 255 < cursor:
        begin += 1
    struck = -1
    for turn in range(2 * planned):
        row = (begin + turn) % planned
        what = plan[row, WHAT]
        if ((what >> STAGED_AT) & 1 != 0) != (turn < planned):
            continue
        length = ((what >> FIRST_AT) & 255) + ((what >> SECOND_AT) & 255)
        if length <= left:
            left -= length
        else:
            lane = int((what >> LANE_AT) & 255)
            plan[row, WHAT] = 0
            told[lane].late = 1
            if struck < 0:
                struck = lane
    return struck if struck >= 0 else cursor
