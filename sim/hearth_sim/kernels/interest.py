"""Choose who each observer is told about in full: the K best by bent distance, held in lanes.

Ranks are squared distances multiplied by squared attention factors (`Weights`). A candidate's
rank and slot travel as one int64 key, so that choosing is sorting numbers.
"""

import math

import numpy as np

from hearth_protocol.kernels._jit import inner, kernel
from hearth_sim.arrays import (
    F32,
    I32,
    I64,
    Bodies,
    Grid,
    Lanes,
    Pairs,
    Rooms,
    Scratch,
    Slots,
    Tuning,
)
from hearth_sim.kernels.marks import next_stamp
from hearth_sim.kernels.select import select_smallest

_SLOT_BITS = 20
_SLOT_MASK = (1 << _SLOT_BITS) - 1
_RANK_SCALE = 65536.0
# What a mark says beside whose it is.
_SETTLED = 0
_HOLDS_LANE = 1
_CHOSEN = 2
#: First search of somebody new, metres squared.
_FIRST_RANK2 = 16.0
#: The circle searched is this much wider than the last one needed, squared.
_MARGIN2 = 1.1
_FULL = 0
_HALF = 1
_QUARTER = 2
_STANDBY = 3


@inner
def _bend(
    dx: float, dy: float, dz: float, view_x: float, view_z: float, behind2: float, personal2: float
) -> float:
    """Give the squared distance, more for who is outside the 120 degrees ahead and not close."""
    d2 = dx * dx + dy * dy + dz * dz
    ahead = dx * view_x + dz * view_z
    behind = (d2 > personal2) & ((ahead <= 0.0) | (ahead * ahead < 0.25 * d2))
    return d2 * behind2 if behind else d2


@inner
def _gather(
    here_x: float,
    here_y: float,
    here_z: float,
    view_x: float,
    view_z: float,
    limit: np.float32,
    outer2: np.float32,
    behind2: np.float32,
    personal2: np.float32,
    local_x: float,
    local_z: float,
    reach_cells: float,
    cell_base: int,
    cells_x: int,
    cells_z: int,
    known: int,
    settled: int,
    holds_lane: int,
    incumbent2: float,
    starts: I32,
    order: I32,
    sorted_x: F32,
    sorted_y: F32,
    sorted_z: F32,
    mark: I32,
    keys: I64,
) -> int:
    """Append to keys[:known] a key for everybody ranked below `limit` who is not settled.

    Who holds a lane is ranked nearer by `incumbent2`, after the comparison with `limit`.

    local_x, local_z, reach_cells: the observer and the circle to search, in cells. Gives the new
    count. The compaction writes each candidate and steps on only for those that pass: no branch,
    hence nothing to mispredict.
    """
    first_z = max(math.floor(local_z - reach_cells), 0)
    last_z = min(math.floor(local_z + reach_cells), cells_z - 1)
    count = known
    for cell_z in range(first_z, last_z + 1):
        # The row's nearest line to the observer bounds how wide the circle is there.
        away = max(cell_z - local_z, local_z - (cell_z + 1), 0.0)
        half = math.sqrt(max(reach_cells * reach_cells - away * away, 0.0))
        first_x = max(math.floor(local_x - half), 0)
        last_x = min(math.floor(local_x + half), cells_x - 1)
        if last_x < first_x:
            continue
        row = cell_base + cell_z * cells_x
        for place in range(starts[row + first_x], starts[row + last_x + 1]):
            dx = sorted_x[place] - here_x
            dy = sorted_y[place] - here_y
            dz = sorted_z[place] - here_z
            d2 = dx * dx + dy * dy + dz * dz
            ahead = dx * view_x + dz * view_z
            behind = (d2 > personal2) & (
                (ahead <= np.float32(0.0)) | (ahead * ahead < np.float32(0.25) * d2)
            )
            rank2 = d2 * behind2 if behind else d2
            keys[count] = (np.int64(rank2 * np.float32(_RANK_SCALE)) << _SLOT_BITS) | np.int64(
                order[place]
            )
            count += int((rank2 < limit) & (d2 <= outer2))
    kept = known
    for at in range(known, count):
        key = keys[at]
        seen = mark[key & _SLOT_MASK]
        if seen == holds_lane:
            key = (int((key >> _SLOT_BITS) * incumbent2) << _SLOT_BITS) | (key & _SLOT_MASK)
        keys[kept] = key
        kept += int(seen != settled)
    return kept


@kernel
def choose_lanes(
    slots: Slots,
    bodies: Bodies,
    pairs: Pairs,
    lanes: Lanes,
    rooms: Rooms,
    grid: Grid,
    scratch: Scratch,
    tuning: Tuning,
    overload: int,
    somebody_lost: int,
    tick: int,
) -> int:
    """Refresh the lanes of every observer whose turn it is; give how many that were.

    Turns come every `refresh_ticks`, staggered by slot; `slots.refresh` asks for one at once.
    With `somebody_lost`, lanes whose subject is gone are emptied for every observer first.
    Observers go in the grid's order, so that neighbours find each other's data in cache.
    """
    keys = scratch.keys
    mark = scratch.mark
    pose = bodies.pose
    k_max = lanes.told.shape[1]
    outer2 = tuning.outer_m * tuning.outer_m
    all_rank2 = outer2 * tuning.behind2
    people = int(grid.counts[0])
    zero = people - people
    refreshed = 0
    for place in range(people):
        observer = int(grid.order[place])
        told = lanes.told[observer]
        if somebody_lost != 0:
            for lane in range(lanes.top[observer]):
                subject = told[lane].subject
                if subject >= 0 and told[lane].sight != slots.sight[subject]:
                    told[lane].subject = -1
                    lanes.used[observer] -= 1
                    if lanes.crowded[observer] != 0:
                        slots.refresh[observer] = 1
        if slots.refresh[observer] == 0 and (tick + observer) % tuning.refresh_ticks != 0:
            continue
        slots.refresh[observer] = 0
        refreshed += 1
        room = int(slots.room[observer])
        here_x = pose[observer, 0]
        here_y = pose[observer, 1]
        here_z = pose[observer, 2]
        turn_x = pose[observer, 3]
        turn_y = pose[observer, 4]
        turn_z = pose[observer, 5]
        turn_w = pose[observer, 6]
        # Where the head looks: the quaternion applied to -z.
        view_x = np.float32(-2.0) * (turn_x * turn_z + turn_w * turn_y)
        view_z = np.float32(2.0) * (turn_x * turn_x + turn_y * turn_y) - np.float32(1.0)
        inverse = 1.0 / rooms.cell_m[room]
        local_x = float(here_x - rooms.minimum[room, 0]) * inverse
        local_z = float(here_z - rooms.minimum[room, 2]) * inverse
        limit = min(all_rank2, max(_FIRST_RANK2, float(lanes.rank2[observer]) * _MARGIN2))
        stamp = next_stamp(mark, scratch.stamp)
        settled = stamp + _SETTLED
        holds_lane = stamp + _HOLDS_LANE
        chosen = stamp + _CHOSEN

        # --- who has a lane, and who may not be chosen ----------------------------------------
        for lane in range(lanes.top[observer]):
            subject = told[lane].subject
            if subject < 0:
                continue
            if told[lane].sight == slots.sight[subject]:
                mark[subject] = holds_lane
            else:
                # A recycled slot is somebody else: a candidate like any other.
                told[lane].subject = -1
        mark[observer] = settled
        for at in range(pairs.excluded_count[observer]):
            mark[pairs.excluded[observer, at]] = settled

        # --- keys of friends, then of stage and talkers: looked at wherever they are ----------
        friends = int(pairs.friend_count[observer])
        boosted = int(grid.boosted_starts[room])
        known = zero
        for at in range(friends + int(grid.boosted_starts[room + 1]) - boosted):
            factor = 1.0
            if at < friends:
                subject = pairs.friend[observer, at]
                factor = tuning.friend2
                if slots.room[subject] != room or slots.hidden[subject] != 0:
                    continue
            else:
                subject = grid.boosted[boosted + at - friends]
            if mark[subject] == settled:
                continue
            dx = pose[subject, 0] - here_x
            dy = pose[subject, 1] - here_y
            dz = pose[subject, 2] - here_z
            rank2 = float(dx * dx + dy * dy + dz * dz)
            if slots.stage[subject] != 0:
                rank2 = 0.0
            elif rank2 > outer2:
                continue
            elif slots.talking[subject] != 0:
                factor *= tuning.speaking2
            else:
                rank2 = _bend(
                    float(dx), float(dy), float(dz), float(view_x), float(view_z),
                    tuning.behind2, tuning.personal2,
                )  # fmt: skip
            if mark[subject] == holds_lane:
                factor *= tuning.incumbent2
            mark[subject] = settled
            keys[known] = (int(rank2 * factor * _RANK_SCALE) << _SLOT_BITS) | int(subject)
            known += 1

        # --- keys of everybody else, as far as it takes ---------------------------------------
        while True:
            reach = min(math.sqrt(limit), tuning.outer_m) * inverse
            count = _gather(
                here_x, here_y, here_z, view_x, view_z, np.float32(limit), np.float32(outer2),
                np.float32(tuning.behind2), np.float32(tuning.personal2), local_x, local_z, reach,
                int(rooms.cell_base[room]), int(rooms.cells_x[room]), int(rooms.cells_z[room]),
                known, settled, holds_lane, tuning.incumbent2, grid.starts, grid.order, grid.x,
                grid.y, grid.z, mark, keys,
            )  # fmt: skip
            if count <= k_max:
                if limit < all_rank2:
                    limit = min(all_rank2, limit * 4.0)
                    continue
                lanes.rank2[observer] = all_rank2
                lanes.crowded[observer] = 0
                break
            select_smallest(keys, zero, count, k_max)
            worst = keys[zero]
            for at in range(k_max):
                worst = max(worst, keys[at])
            # Somebody with a lane may be this far and still be chosen.
            needed = float((worst >> _SLOT_BITS) + 1) / (_RANK_SCALE * tuning.incumbent2)
            lanes.rank2[observer] = needed
            lanes.crowded[observer] = 1
            count = k_max
            if needed <= limit or limit >= all_rank2:
                break
            # Look further; who is among the best so far has a key already.
            limit = min(all_rank2, needed * 1.05)
            known = count
            for at in range(known):
                mark[keys[at] & _SLOT_MASK] = settled

        # --- lanes: the chosen keep theirs, newcomers get the lowest free ---------------------
        for at in range(count):
            mark[keys[at] & _SLOT_MASK] = chosen
        for lane in range(lanes.top[observer]):
            subject = told[lane].subject
            if subject >= 0:
                if mark[subject] == chosen:
                    mark[subject] = settled
                else:
                    told[lane].subject = -1
        lane = 0
        for at in range(count):
            newcomer = int(keys[at] & _SLOT_MASK)
            if mark[newcomer] != chosen:
                continue
            while told[lane].subject >= 0:
                lane += 1
            told[lane].subject = newcomer
            told[lane].sight = slots.sight[newcomer]
            told[lane].head = 0
            told[lane].hands = 0
            told[lane].late = 0
        top = k_max
        while top > 0 and told[top - 1].subject < 0:
            top -= 1
        lanes.top[observer] = top
        lanes.used[observer] = count

        # --- tiers by plain distance; stage and talkers are told in full ----------------------
        ranked = zero
        for lane in range(top):
            subject = told[lane].subject
            if subject < 0:
                continue
            told[lane].tier = _FULL
            if slots.stage[subject] != 0:
                continue
            dx = pose[subject, 0] - here_x
            dy = pose[subject, 1] - here_y
            dz = pose[subject, 2] - here_z
            d2 = float(dx * dx + dy * dy + dz * dz)
            if d2 > tuning.radius2:
                told[lane].tier = _STANDBY
            elif slots.talking[subject] == 0:
                keys[ranked] = (int(d2 * _RANK_SCALE) << _SLOT_BITS) | lane
                ranked += 1
        full = tuning.tier_full
        if ranked > full and (tuning.tiers_on != 0 or overload != 0):
            select_smallest(keys, zero, ranked, full)
            half = full + tuning.tier_half
            if ranked > half:
                select_smallest(keys, full, ranked, half - full)
            for at in range(full, ranked):
                told[keys[at] & _SLOT_MASK].tier = _HALF if at < half else _QUARTER
    return refreshed
