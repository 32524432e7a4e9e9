"""Decide which lanes are told in a frame: whose tier has its turn, and what fits the budget."""

from hearth_sim.arrays import Bodies, Lanes, Scratch, Slots, Tuning
from hearth_sim.kernels._inner import inner

_STANDBY = 3

#: Columns of `Scratch.plan`, one row a lane to be told: the lane, its code, then where the first
#: and the second run of bytes come from in `Frames.flat` and how long they are.
LANE, CODE, FIRST, FIRST_LENGTH, SECOND, SECOND_LENGTH = 0, 1, 2, 3, 4, 5
PLAN_COLUMNS = 6


@inner
def live_lane(
    observer: int, subject: int, tier: int, bodies: Bodies, tuning: Tuning, overload: int
) -> bool:
    """Say whether a lane is told at all: within the radius, and not dropped by overload."""
    if overload >= 3 and tier > 4 - overload:
        return False
    if tier != _STANDBY:
        return True
    dx = float(bodies.pose[subject, 0]) - float(bodies.pose[observer, 0])
    dy = float(bodies.pose[subject, 1]) - float(bodies.pose[observer, 1])
    dz = float(bodies.pose[subject, 2]) - float(bodies.pose[observer, 2])
    return bool(dx * dx + dy * dy + dz * dz <= tuning.radius2)


@inner
def turn_mask(tier: int, tiers_on: int, overload: int) -> int:
    """Give how often a tier has its turn: when `(tick + observer + subject) & mask` is 0.

    Adding the two slots spreads the turns of a tier evenly over the ticks.
    """
    if tier == 0 or (tiers_on == 0 and overload == 0):
        return 0
    return 1 if tier == 1 and overload == 0 else 3


@inner
def fit_budget(
    observer: int, planned: int, left: int, slots: Slots, lanes: Lanes, scratch: Scratch
) -> None:
    """Strike from the plan what does not fit into `left` bytes: its code becomes 0.

    Those on stage come first, then everybody in turns. The next turn begins with the first who
    was struck, and who was struck is late: due whatever their tier.
    """
    plan = scratch.plan
    begin = 0
    while begin < planned and plan[begin, LANE] < lanes.cursor[observer]:
        begin += 1
    struck = -1
    for turn in range(2 * planned):
        row = (begin + turn) % planned
        lane = plan[row, LANE]
        staged = slots.stage[lanes.subject[observer, lane]] != 0
        if staged != (turn < planned):
            continue
        length = plan[row, FIRST_LENGTH] + plan[row, SECOND_LENGTH]
        if length <= left:
            left -= length
        else:
            plan[row, CODE] = 0
            lanes.late[observer, lane] = 1
            if struck < 0:
                struck = lane
    if struck >= 0:
        lanes.cursor[observer] = struck
