"""Decide which lanes are told in a frame: whose tier has its turn, and what fits the budget."""

from hearth_sim.arrays import I64, U8
from hearth_sim.kernels._inner import inner

#: Columns of `Scratch.plan`, one row a lane to be told: the lane, its code, then where the first
#: and the second run of bytes come from in `Frames.flat`, how long they are, and whether the
#: subject is on stage.
LANE, CODE, FIRST, FIRST_LENGTH, SECOND, SECOND_LENGTH, STAGED = 0, 1, 2, 3, 4, 5, 6
PLAN_COLUMNS = 7


@inner
def turn_mask(tier: int, tiers_on: int, overload: int) -> int:
    """Give how often a tier has its turn: when `(tick + observer + subject) & mask` is 0.

    Adding the two slots spreads the turns of a tier evenly over the ticks.
    """
    if tier == 0 or (tiers_on == 0 and overload == 0):
        return 0
    return 1 if tier == 1 and overload == 0 else 3


@inner
def fit_budget(planned: int, left: int, cursor: int, plan: I64, late: U8) -> int:
    """Strike from the plan what does not fit into `left` bytes: its code becomes 0.

    Those on stage come first, then everybody in turns, beginning at lane `cursor`. Who was
    struck is late: due whatever their tier. Gives the lane with which the next turn begins.
    """
    begin = 0
    while begin < planned and plan[begin, LANE] < cursor:
        begin += 1
    struck = -1
    for turn in range(2 * planned):
        row = (begin + turn) % planned
        if (plan[row, STAGED] != 0) != (turn < planned):
            continue
        length = plan[row, FIRST_LENGTH] + plan[row, SECOND_LENGTH]
        if length <= left:
            left -= length
        else:
            lane = int(plan[row, LANE])
            plan[row, CODE] = 0
            late[lane] = 1
            if struck < 0:
                struck = lane
    return struck if struck >= 0 else cursor
