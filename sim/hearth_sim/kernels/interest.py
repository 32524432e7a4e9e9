"""Choose who each observer is told about in full: the K best by bent distance, held in lanes.

Ranks are squared distances multiplied by squared attention factors (`Weights`). A candidate's
rank and slot travel as one int64 key, so that choosing is sorting numbers.
"""

import math

import numpy as np

from hearth_protocol.kernels._jit import kernel
from hearth_sim.arrays import I64, Bodies, Grid, Lanes, Pairs, Rooms, Scratch, Slots, Tuning
from hearth_sim.kernels._inner import inner
from hearth_sim.kernels.select import select_smallest

_SLOT_BITS = 20
_SLOT_MASK = (1 << _SLOT_BITS) - 1
_RANK_SCALE = 65536.0
_STAMP_MAX = 1 << 30
# What a mark says beside whose it is.
_SETTLED = 0
_HOLDS_LANE = 1
_CHOSEN = 2
#: First search of somebody new, metres squared.
_FIRST_RANK2 = 16.0
_FULL = 0
_HALF = 1
_QUARTER = 2
_STANDBY = 3


@inner
def next_stamp(scratch: Scratch) -> int:
    """Give a number that no mark carries, nor the two after it.

    Long before they would wrap, the marks start over.
    """
    scratch.stamp[0] += 3
    if scratch.stamp[0] >= _STAMP_MAX:
        scratch.mark[:] = 0
        scratch.stamp[0] = 3
    return int(scratch.stamp[0])


@kernel
def drop_lost(slots: Slots, lanes: Lanes, grid: Grid, people: int) -> None:
    """Empty every lane whose subject left, was hidden or gave its slot to somebody else."""
    for place in range(people):
        observer = grid.order[place]
        for lane in range(lanes.top[observer]):
            subject = lanes.subject[observer, lane]
            if subject >= 0 and lanes.sight[observer, lane] != slots.sight[subject]:
                lanes.subject[observer, lane] = -1
                lanes.used[observer] -= 1
                if lanes.crowded[observer] != 0:
                    slots.refresh[observer] = 1


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
    people: int,
    tick: int,
) -> int:
    """Refresh the lanes of every observer whose turn it is; give how many that were.

    Turns come every `refresh_ticks`, staggered by slot; `slots.refresh` asks for one at once.
    Observers go in the grid's order, so that neighbours find each other's data in cache.
    """
    refreshed = 0
    for place in range(people):
        observer = grid.order[place]
        if slots.refresh[observer] == 0 and (tick + observer) % tuning.refresh_ticks != 0:
            continue
        slots.refresh[observer] = 0
        refreshed += 1
        _refresh(observer, slots, bodies, pairs, lanes, rooms, grid, scratch, tuning)
    return refreshed


@inner
def _refresh(
    observer: int,
    slots: Slots,
    bodies: Bodies,
    pairs: Pairs,
    lanes: Lanes,
    rooms: Rooms,
    grid: Grid,
    scratch: Scratch,
    tuning: Tuning,
) -> None:
    """Choose one observer's subjects and give them lanes."""
    stamp = next_stamp(scratch)
    k_max = lanes.subject.shape[1]
    known = _rank_known(observer, stamp, slots, bodies, pairs, lanes, grid, scratch, tuning)
    all_rank2 = tuning.outer_m * tuning.outer_m * tuning.behind2
    limit = min(all_rank2, max(_FIRST_RANK2, np.float64(lanes.rank2[observer]) * 1.44))
    keys = scratch.keys
    count = known
    while True:
        count = _gather(observer, stamp, known, limit, bodies, rooms, slots, grid, scratch, tuning)
        if count <= k_max and limit < all_rank2:
            limit = min(all_rank2, limit * 4.0)
            continue
        if count <= k_max:
            lanes.rank2[observer] = all_rank2
            lanes.crowded[observer] = 0
            break
        select_smallest(keys, 0, count, k_max)
        worst = np.int64(0)
        for at in range(k_max):
            worst = max(worst, keys[at])
        worst_rank2 = np.float64((worst >> _SLOT_BITS) + 1) / _RANK_SCALE
        lanes.rank2[observer] = worst_rank2
        lanes.crowded[observer] = 1
        count = k_max
        if worst_rank2 <= limit or limit >= all_rank2:
            break
        # Somebody told so far is ranked behind the circle searched: look there as well.
        limit = min(all_rank2, worst_rank2 * 1.05)
        known = _rank_known(observer, stamp, slots, bodies, pairs, lanes, grid, scratch, tuning)
    _assign(observer, stamp, count, slots, lanes, scratch)
    _rank_tiers(observer, slots, bodies, lanes, scratch, tuning)


@inner
def _view(observer: int, bodies: Bodies) -> tuple[float, float]:
    """Give the x and z of where the head looks (the quaternion applied to -z)."""
    x = bodies.pose[observer, 3]
    y = bodies.pose[observer, 4]
    z = bodies.pose[observer, 5]
    w = bodies.pose[observer, 6]
    two = np.float32(2.0)
    return -two * (x * z + w * y), two * (x * x + y * y) - np.float32(1.0)


@inner
def _rank2(observer: int, subject: int, slots: Slots, bodies: Bodies, tuning: Tuning) -> float:
    """Give the squared bent distance of one subject; minus 1 when it is out of reach."""
    if slots.stage[subject] != 0:
        return 0.0
    dx = np.float64(bodies.pose[subject, 0] - bodies.pose[observer, 0])
    dy = np.float64(bodies.pose[subject, 1] - bodies.pose[observer, 1])
    dz = np.float64(bodies.pose[subject, 2] - bodies.pose[observer, 2])
    d2 = dx * dx + dy * dy + dz * dz
    if d2 > tuning.outer_m * tuning.outer_m:
        return -1.0
    if slots.talking[subject] != 0:
        return d2 * tuning.speaking2
    view_x, view_z = _view(observer, bodies)
    ahead = dx * view_x + dz * view_z
    if d2 > tuning.personal2 and (ahead <= 0.0 or ahead * ahead < 0.25 * d2):
        return d2 * tuning.behind2
    return d2


@inner
def _key(rank2: float, slot: int) -> int:
    return (int(rank2 * _RANK_SCALE) << _SLOT_BITS) | int(slot)


@inner
def _rank_known(
    observer: int,
    stamp: int,
    slots: Slots,
    bodies: Bodies,
    pairs: Pairs,
    lanes: Lanes,
    grid: Grid,
    scratch: Scratch,
    tuning: Tuning,
) -> int:
    """Put the keys of friends, of the boosted and of who has a lane first; give how many.

    Afterwards mark[s] == stamp for everybody settled: the observer, the excluded and those
    with a key. Lanes whose subject may no longer be told are emptied here.
    """
    settled = stamp + _SETTLED
    holds_lane = stamp + _HOLDS_LANE
    mark = scratch.mark
    keys = scratch.keys
    room = slots.room[observer]
    for lane in range(lanes.top[observer]):
        subject = lanes.subject[observer, lane]
        if subject < 0:
            continue
        if lanes.sight[observer, lane] == slots.sight[subject]:
            mark[subject] = holds_lane
        else:
            # A recycled slot is somebody else: a candidate like any other.
            lanes.subject[observer, lane] = -1
    mark[observer] = settled
    for at in range(pairs.excluded_count[observer]):
        mark[pairs.excluded[observer, at]] = settled
    count = 0
    for at in range(pairs.friend_count[observer]):
        friend = pairs.friend[observer, at]
        if slots.room[friend] != room or slots.hidden[friend] != 0 or mark[friend] == settled:
            continue
        rank2 = _rank2(observer, friend, slots, bodies, tuning) * tuning.friend2
        if rank2 >= 0.0:
            keys[count] = _key(
                rank2 * (tuning.incumbent2 if mark[friend] == holds_lane else 1.0), friend
            )
            mark[friend] = settled
            count += 1
    for at in range(grid.boosted_starts[room], grid.boosted_starts[room + 1]):
        subject = grid.boosted[at]
        if mark[subject] == settled:
            continue
        rank2 = _rank2(observer, subject, slots, bodies, tuning)
        if rank2 >= 0.0:
            keys[count] = _key(
                rank2 * (tuning.incumbent2 if mark[subject] == holds_lane else 1.0), subject
            )
            mark[subject] = settled
            count += 1
    for lane in range(lanes.top[observer]):
        subject = lanes.subject[observer, lane]
        if subject < 0 or mark[subject] != holds_lane:
            continue
        rank2 = _rank2(observer, subject, slots, bodies, tuning)
        if rank2 >= 0.0:
            keys[count] = _key(rank2 * tuning.incumbent2, subject)
            mark[subject] = settled
            count += 1
    return count


@inner
def _gather(
    observer: int,
    stamp: int,
    known: int,
    limit: float,
    bodies: Bodies,
    rooms: Rooms,
    slots: Slots,
    grid: Grid,
    scratch: Scratch,
    tuning: Tuning,
) -> int:
    """Append a key for everybody ranked below `limit` who is not settled; give the new count.

    Settled people get no second key. The compaction writes each candidate and steps on only
    for those that pass: no branch, hence nothing to mispredict.
    """
    settled = stamp + _SETTLED
    keys = scratch.keys
    room = slots.room[observer]
    here_x = bodies.pose[observer, 0]
    here_y = bodies.pose[observer, 1]
    here_z = bodies.pose[observer, 2]
    view_x, view_z = _view(observer, bodies)
    outer2 = np.float32(tuning.outer_m * tuning.outer_m)
    below = np.float32(limit)
    behind2 = np.float32(tuning.behind2)
    personal2 = np.float32(tuning.personal2)
    reach = min(math.sqrt(limit), tuning.outer_m)
    inverse = 1.0 / rooms.cell_m[room]
    cells_x = rooms.cells_x[room]
    local_x = np.float64(here_x - rooms.minimum[room, 0]) * inverse
    local_z = np.float64(here_z - rooms.minimum[room, 2]) * inverse
    reach_cells = reach * inverse
    first_z = max(math.floor(local_z - reach_cells), 0)
    last_z = min(math.floor(local_z + reach_cells), rooms.cells_z[room] - 1)
    count = known
    for cell_z in range(first_z, last_z + 1):
        # The row's nearest line to the observer bounds how wide the circle is there.
        away = max(cell_z - local_z, local_z - (cell_z + 1), 0.0)
        half = math.sqrt(max(reach_cells * reach_cells - away * away, 0.0))
        first_x = max(math.floor(local_x - half), 0)
        last_x = min(math.floor(local_x + half), cells_x - 1)
        if last_x < first_x:
            continue
        row = rooms.cell_base[room] + cell_z * cells_x
        for place in range(grid.starts[row + first_x], grid.starts[row + last_x + 1]):
            dx = grid.x[place] - here_x
            dy = grid.y[place] - here_y
            dz = grid.z[place] - here_z
            d2 = dx * dx + dy * dy + dz * dz
            ahead = dx * view_x + dz * view_z
            behind = (d2 > personal2) & (
                (ahead <= np.float32(0.0)) | (ahead * ahead < np.float32(0.25) * d2)
            )
            rank2 = d2 * behind2 if behind else d2
            keys[count] = (np.int64(rank2 * np.float32(_RANK_SCALE)) << _SLOT_BITS) | np.int64(
                grid.order[place]
            )
            count += int((rank2 < below) & (d2 <= outer2))
    kept = known
    for at in range(known, count):
        key = keys[at]
        keys[kept] = key
        kept += int(scratch.mark[key & _SLOT_MASK] != settled)
    return kept


@inner
def _assign(
    observer: int, stamp: int, count: int, slots: Slots, lanes: Lanes, scratch: Scratch
) -> None:
    """Free the lanes of those not among keys[:count] and give the newcomers the lowest ones."""
    settled = stamp + _SETTLED
    chosen = stamp + _CHOSEN
    mark = scratch.mark
    for at in range(count):
        mark[scratch.keys[at] & _SLOT_MASK] = chosen
    for lane in range(lanes.top[observer]):
        subject = lanes.subject[observer, lane]
        if subject >= 0:
            if mark[subject] == chosen:
                mark[subject] = settled
            else:
                lanes.subject[observer, lane] = -1
    lane = 0
    for at in range(count):
        subject = scratch.keys[at] & _SLOT_MASK
        if mark[subject] != chosen:
            continue
        while lanes.subject[observer, lane] >= 0:
            lane += 1
        lanes.subject[observer, lane] = subject
        lanes.sight[observer, lane] = slots.sight[subject]
        lanes.head[observer, lane] = 0
        lanes.hands[observer, lane] = 0
        lanes.late[observer, lane] = 0
    top = lanes.subject.shape[1]
    while top > 0 and lanes.subject[observer, top - 1] < 0:
        top -= 1
    lanes.top[observer] = top
    lanes.used[observer] = count


@inner
def _rank_tiers(
    observer: int, slots: Slots, bodies: Bodies, lanes: Lanes, scratch: Scratch, tuning: Tuning
) -> None:
    """Give each lane its tier by plain distance; stage and talkers come first."""
    keys: I64 = scratch.keys
    count = 0
    for lane in range(lanes.top[observer]):
        subject = lanes.subject[observer, lane]
        if subject < 0:
            continue
        dx = np.float64(bodies.pose[subject, 0] - bodies.pose[observer, 0])
        dy = np.float64(bodies.pose[subject, 1] - bodies.pose[observer, 1])
        dz = np.float64(bodies.pose[subject, 2] - bodies.pose[observer, 2])
        d2 = dx * dx + dy * dy + dz * dz
        lanes.tier[observer, lane] = _FULL
        if slots.stage[subject] != 0:
            continue
        if d2 > tuning.radius2:
            lanes.tier[observer, lane] = _STANDBY
        elif slots.talking[subject] == 0:
            keys[count] = _key(d2, lane)
            count += 1
    full = tuning.tier_full
    if count <= full:
        return
    select_smallest(keys, 0, count, full)
    half = min(tuning.tier_half, count - full)
    if half < count - full:
        select_smallest(keys, full, count, half)
    for at in range(full, count):
        lanes.tier[observer, keys[at] & _SLOT_MASK] = _HALF if at < full + half else _QUARTER
