"""Decide who hears whom, how loudly and why. Nobody talking costs nothing."""

import math

import numpy as np

from hearth_protocol.kernels._jit import kernel
from hearth_sim.arrays import Bodies, Grid, Hears, Pairs, Rooms, Scratch, Slots, Tuning
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
    most = now.talker.shape[1]
    mark = scratch.mark
    fade_m = max(tuning.hear_leave_m - tuning.hear_enter_m, 1e-6)
    found = 0
    for listed in range(grid.counts[1]):
        talker = int(grid.boosted[listed])
        if slots.talking[talker] == 0:
            continue
        silent = next_stamp(mark, scratch.stamp)
        mark[talker] = silent
        for at in range(pairs.excluded_count[talker]):
            mark[pairs.excluded[talker, at]] = silent
        staged = slots.stage[talker] != 0
        sight = slots.sight[talker]
        here_x = bodies.pose[talker, 0]
        here_y = bodies.pose[talker, 1]
        here_z = bodies.pose[talker, 2]
        room = int(slots.room[talker])
        inverse = 1.0 / rooms.cell_m[room]
        cells_x = int(rooms.cells_x[room])
        cells_z = int(rooms.cells_z[room])
        local_x = float(here_x - rooms.minimum[room, 0]) * inverse
        local_z = float(here_z - rooms.minimum[room, 2]) * inverse
        reach = float(cells_x + cells_z) if staged else tuning.hear_leave_m * inverse
        first_x = max(math.floor(local_x - reach), 0)
        last_x = min(math.floor(local_x + reach), cells_x - 1)
        first_z = max(math.floor(local_z - reach), 0)
        last_z = min(math.floor(local_z + reach), cells_z - 1)
        for cell_z in range(first_z, last_z + 1):
            row = int(rooms.cell_base[room]) + cell_z * cells_x
            for place in range(grid.starts[row + first_x], grid.starts[row + last_x + 1]):
                dx = float(grid.x[place] - here_x)
                dy = float(grid.y[place] - here_y)
                dz = float(grid.z[place] - here_z)
                away_m = math.sqrt(dx * dx + dy * dy + dz * dz)
                listener = int(grid.order[place])
                if away_m > tuning.hear_leave_m and not (staged and slots.hidden[listener] == 0):
                    continue
                if mark[listener] == silent:
                    continue
                kept = False
                for at in range(before.heard[listener]):
                    kept |= (
                        before.talker[listener, at] == talker
                        and before.sight[listener, at] == sight
                    )
                gain = 1.0
                if not staged:
                    if away_m > tuning.hear_enter_m and not kept:
                        continue
                    gain = tuning.full_gain_m / max(away_m, tuning.full_gain_m)
                    gain *= min(1.0, (tuning.hear_leave_m - away_m) / fade_m)
                rank = np.float32(gain * _KEEP if kept else gain)
                at = int(now.heard[listener])
                if at == most:
                    if rank <= now.rank[listener, most - 1]:
                        continue
                    at -= 1
                    found -= 1
                now.heard[listener] = at + 1
                found += 1
                while at > 0 and now.rank[listener, at - 1] < rank:
                    now.talker[listener, at] = now.talker[listener, at - 1]
                    now.gain[listener, at] = now.gain[listener, at - 1]
                    now.reason[listener, at] = now.reason[listener, at - 1]
                    now.sight[listener, at] = now.sight[listener, at - 1]
                    now.rank[listener, at] = now.rank[listener, at - 1]
                    at -= 1
                now.talker[listener, at] = talker
                now.gain[listener, at] = gain
                now.reason[listener, at] = _STAGE if staged else _NEAR
                now.sight[listener, at] = sight
                now.rank[listener, at] = rank
    return found
