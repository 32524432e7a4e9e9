"""Decide which lanes are told in a frame: whose tier has its turn, and what fits the budget."""

from hearth_protocol.kernels._jit import kernel
from hearth_sim.arrays import HISTORY, Bodies, Frames, Lanes, Scratch, Slots, Tuning
from hearth_sim.kernels.lines import LENGTH, prepare_line

#: The longest a lane can come out: head and hands in full.
PIECES_MAX = 40

_STANDBY = 3


@kernel
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


@kernel
def due(
    observer: int, subject: int, tier: int, late: int, tuning: Tuning, overload: int, tick: int
) -> bool:
    """Say whether this lane's tier has its turn; the turns of a tier are spread over ticks."""
    if late != 0:
        return True
    if overload == 0:
        if tuning.tiers_on == 0 or tier == 0:
            return True
        mask = 1 if tier == 1 else 3
    else:
        if tier == 0:
            return True
        mask = 3
    return (tick + observer + subject) & mask == 0


@kernel
def fit_budget(
    observer: int,
    slots: Slots,
    bodies: Bodies,
    lanes: Lanes,
    scratch: Scratch,
    frames: Frames,
    tuning: Tuning,
    overload: int,
    tick: int,
    now_ms: int,
    serial: int,
    room_bytes: int,
) -> None:
    """Mark in scratch.chosen the due lanes that fit, those on stage first, then in turns.

    The turn begins where it ended: what did not fit is late and goes first next time.
    """
    top = lanes.top[observer]
    left = room_bytes
    first_missed = -1
    for turn in range(2 * top):
        lane = (lanes.cursor[observer] + turn) % top
        if turn < top:
            scratch.chosen[lane] = 0
        subject = lanes.subject[observer, lane]
        if subject < 0:
            continue
        staged = slots.stage[subject] != 0
        if staged != (turn < top):
            continue
        tier = lanes.tier[observer, lane]
        if not live_lane(observer, subject, tier, bodies, tuning, overload):
            continue
        gap = int(bodies.sample[subject]) - int(lanes.head[observer, lane])
        if gap == 0 or not due(
            observer, subject, tier, lanes.late[observer, lane], tuning, overload, tick
        ):
            continue
        hands_gap = int(bodies.sample[subject]) - int(lanes.hands[observer, lane])
        length = PIECES_MAX
        if gap == hands_gap and gap < HISTORY:
            prepare_line(gap, subject, serial, now_ms, slots, bodies, frames)
            length = int(frames.line[gap, subject, LENGTH])
        if length <= left:
            left -= length
            scratch.chosen[lane] = 1
        else:
            lanes.late[observer, lane] = 1
            if first_missed < 0:
                first_missed = lane
    if first_missed >= 0:
        lanes.cursor[observer] = first_missed
