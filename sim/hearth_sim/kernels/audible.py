"""Decide who hears whom, how loudly and why. Nobody talking costs nothing."""

import math

import numpy as np

from hearth_protocol.kernels._jit import kernel
from hearth_sim.arrays import Bodies, Grid, Hears, Pairs, Rooms, Scratch, Slots, Tuning
from hearth_sim.kernels._inner import inner
from hearth_sim.kernels.marks import next_stamp
from hearth_sim.reasons import Hearing

_NEAR = int(Hearing.NEAR)
_STAGE = int(Hearing.STAGE)
#: Who is already heard keeps the place unless somebody is this much louder.
_KEEP = 1.2


@kernel
def hear(
    slots: Slots,
    bodies: Bodies,
    pairs: Pairs,
    rooms: Rooms,
    grid: Grid,
    scratch: Scratch,
    before: Hears,
    now: Hears,
    tuning: Tuning,
) -> int:
    """Fill `now` from the talkers and from who heard them `before`; give the number of pairs.

    Gain is 1 up to `full_gain_m`, then falls with the distance, and fades out between the
    radius at which one begins to hear and the one at which one stops. A talker on stage is
    heard by the whole room. The hidden neither hear nor are heard.
    """
    now.heard[:] = 0
    pairs_found = 0
    for at in range(grid.counts[1]):
        talker = grid.boosted[at]
        if slots.talking[talker] == 0:
            continue
        excluded = next_stamp(scratch.mark, scratch.stamp)
        scratch.mark[talker] = excluded
        for listed in range(pairs.excluded_count[talker]):
            scratch.mark[pairs.excluded[talker, listed]] = excluded
        if slots.stage[talker] != 0:
            room = slots.room[talker]
            for place in range(grid.room_starts[room], grid.room_starts[room + 1]):
                listener = grid.by_room[place]
                if slots.hidden[listener] == 0 and scratch.mark[listener] != excluded:
                    pairs_found += _admit(listener, talker, 1.0, _STAGE, slots, before, now)
        else:
            pairs_found += _near(
                talker, excluded, slots, bodies, rooms, grid, scratch, before, now, tuning
            )
    return pairs_found


@inner
def _near(
    talker: int,
    excluded: int,
    slots: Slots,
    bodies: Bodies,
    rooms: Rooms,
    grid: Grid,
    scratch: Scratch,
    before: Hears,
    now: Hears,
    tuning: Tuning,
) -> int:
    """Offer one talker to everybody within earshot."""
    found = 0
    room = slots.room[talker]
    here_x = bodies.pose[talker, 0]
    here_y = bodies.pose[talker, 1]
    here_z = bodies.pose[talker, 2]
    inverse = 1.0 / rooms.cell_m[room]
    reach = tuning.hear_leave_m * inverse
    cells_x = rooms.cells_x[room]
    local_x = np.float64(here_x - rooms.minimum[room, 0]) * inverse
    local_z = np.float64(here_z - rooms.minimum[room, 2]) * inverse
    first_x = max(math.floor(local_x - reach), 0)
    last_x = min(math.floor(local_x + reach), cells_x - 1)
    first_z = max(math.floor(local_z - reach), 0)
    last_z = min(math.floor(local_z + reach), rooms.cells_z[room] - 1)
    leave2 = tuning.hear_leave_m * tuning.hear_leave_m
    enter2 = tuning.hear_enter_m * tuning.hear_enter_m
    fade_m = max(tuning.hear_leave_m - tuning.hear_enter_m, 1e-6)
    for cell_z in range(first_z, last_z + 1):
        row = rooms.cell_base[room] + cell_z * cells_x
        for place in range(grid.starts[row + first_x], grid.starts[row + last_x + 1]):
            dx = np.float64(grid.x[place] - here_x)
            dy = np.float64(grid.y[place] - here_y)
            dz = np.float64(grid.z[place] - here_z)
            d2 = dx * dx + dy * dy + dz * dz
            if d2 > leave2:
                continue
            listener = grid.order[place]
            if scratch.mark[listener] == excluded:
                continue
            if d2 > enter2 and not _heard(listener, talker, slots, before):
                continue
            away_m = math.sqrt(d2)
            gain = tuning.full_gain_m / max(away_m, tuning.full_gain_m)
            gain *= min(1.0, (tuning.hear_leave_m - away_m) / fade_m)
            found += _admit(listener, talker, gain, _NEAR, slots, before, now)
    return found


@inner
def _heard(listener: int, talker: int, slots: Slots, before: Hears) -> bool:
    """Say whether the listener already heard this very person."""
    for at in range(before.heard[listener]):
        if before.talker[listener, at] == talker:
            return bool(before.sight[listener, at] == slots.sight[talker])
    return False


@inner
def _admit(
    listener: int, talker: int, gain: float, reason: int, slots: Slots, before: Hears, now: Hears
) -> int:
    """Put a talker into the listener's few, loudest first; give the growth of the list."""
    rank = np.float32(gain)
    if _heard(listener, talker, slots, before):
        rank = np.float32(gain * _KEEP)
    most = now.talker.shape[1]
    count = now.heard[listener]
    grown = 1
    if count == most:
        if rank <= now.rank[listener, most - 1]:
            return 0
        count -= 1
        grown = 0
    at = count
    while at > 0 and now.rank[listener, at - 1] < rank:
        now.talker[listener, at] = now.talker[listener, at - 1]
        now.gain[listener, at] = now.gain[listener, at - 1]
        now.reason[listener, at] = now.reason[listener, at - 1]
        now.sight[listener, at] = now.sight[listener, at - 1]
        now.rank[listener, at] = now.rank[listener, at - 1]
        at -= 1
    now.talker[listener, at] = talker
    now.gain[listener, at] = gain
    now.reason[listener, at] = reason
    now.sight[listener, at] = slots.sight[talker]
    now.rank[listener, at] = rank
    now.heard[listener] = count + 1
    return grown
