"""Choose who each observer is told about in full: the K best by bent distance, held in lanes.

Ranks are squared distances multiplied by squared attention factors (`Weights`). A candidate's
rank (the bits of a float32) and sorted place travel as one int64 key, so that choosing is
sorting numbers.
"""

import numpy as np

from hearth_protocol.kernels._jit import inner, kernel
from hearth_sim.arrays import Bodies, Grid, Lanes, Pairs, Rooms, Scratch, Slots, Tuning
from hearth_sim.boundary_arrays import ALL_OF_THEM, Boundaries
from hearth_sim.kernels._memory import bits_float, float_bits, prefetch
from hearth_sim.kernels.marks import SPAN, next_stamp
from hearth_sim.kernels.select import select_smallest

# A key, from its lowest bit: sorted place 20, on standby 1, rank 31.
_STANDBY_BIT = 1 << 20
_PLACE_MASK = _STANDBY_BIT - 1
_RANK_AT = 21
# What a mark says beside whose it is: 0 to 63 the lane held; then, with a key or none to get,
# nothing but that, or the lane held as well; last, chosen.
_SETTLED = 64
_SETTLED_LANE = 128
_CHOSEN = 192
_SETTLED_U = np.uint64(_SETTLED)
_SPAN_U = np.uint64(SPAN)
#: First search of somebody new, metres squared.
_FIRST_RANK2 = np.float32(16.0)
#: The circle searched is this much wider than the last one needed, squared.
_MARGIN2 = np.float32(1.1)
_FULL = 0
_HALF = 1
_QUARTER = 2
_STANDBY = 3
_RANKED = 4
_LINE = 64


@inner
def _bend(
    dx: np.float32,
    dz: np.float32,
    d2: np.float32,
    view_x: np.float32,
    view_z: np.float32,
    behind2: np.float32,
    personal2: np.float32,
) -> np.float32:
    """Give the squared distance, more for who is outside the 120 degrees ahead and not close."""
    ahead = dx * view_x + dz * view_z
    # The cosine is below a half; squared with its sign, it needs no root and no division.
    behind = (d2 > personal2) & (ahead * abs(ahead) < np.float32(0.25) * d2)
    return d2 * (behind2 if behind else np.float32(1.0))


@kernel
def choose_lanes(
    slots: Slots,
    bodies: Bodies,
    pairs: Pairs,
    lanes: Lanes,
    rooms: Rooms,
    grid: Grid,
    scratch: Scratch,
    boundary: Boundaries,
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
    subjects = lanes.subject
    tiers = lanes.tier
    told = lanes.told
    order = grid.order
    pose = bodies.pose
    k_max = subjects.shape[1]
    row_bytes = subjects.strides[0]
    outer2 = np.float32(tuning.outer_m * tuning.outer_m)
    radius2 = np.float32(tuning.radius2)
    behind2 = np.float32(tuning.behind2)
    personal2 = np.float32(tuning.personal2)
    incumbent2 = np.float32(tuning.incumbent2)
    speaking2 = np.float32(tuning.speaking2)
    friend2 = np.float32(tuning.friend2)
    one = np.float32(1.0)
    nothing = np.float32(0.0)
    all_rank2 = outer2 * behind2 * np.float32(1.000001)
    in_tiers = tuning.tiers_on != 0 or overload != 0
    people = int(grid.counts[0])
    zero = people - people
    refreshed = 0
    for here in range(people):
        observer = int(order[here])
        top = int(lanes.top[observer])
        if somebody_lost != 0:
            for lane in range(top):
                subject = subjects[observer, lane]
                if subject >= 0 and told[observer, lane].sight != slots.sight[subject]:
                    subjects[observer, lane] = -1
                    lanes.used[observer] -= 1
                    if lanes.crowded[observer] != 0:
                        slots.refresh[observer] = 1
        if slots.refresh[observer] == 0 and (tick + observer) % tuning.refresh_ticks != 0:
            continue
        if here + tuning.refresh_ticks < people:
            # Rows lie in slot order, not in the grid's: say early which one comes about next.
            ahead = int(order[here + tuning.refresh_ticks])
            prefetch(pose, ahead, zero)
            prefetch(tiers, ahead, zero)
            prefetch(pairs.excluded, ahead, zero)
            prefetch(pairs.excluded, ahead, _LINE)
            for at in range(0, row_bytes, _LINE):
                prefetch(subjects, ahead, at)
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
        view_z = np.float32(2.0) * (turn_x * turn_x + turn_y * turn_y) - one
        stamp = next_stamp(mark, scratch.stamp)
        unsigned_stamp = np.uint64(stamp)

        # --- who has a lane, and who may not be chosen ----------------------------------------
        for lane in range(top):
            subject = subjects[observer, lane]
            if subject >= 0:
                mark[subject] = stamp + lane
        mark[observer] = stamp + _SETTLED
        for at in range(pairs.excluded_count[observer]):
            mark[pairs.excluded[observer, at]] = stamp + _SETTLED
        entry = int(boundary.withheld_first[observer])
        while entry >= 0:
            if boundary.withheld_kind[entry] == ALL_OF_THEM:
                mark[boundary.withheld[entry]] = stamp + _SETTLED
            entry = int(boundary.withheld_next[entry])

        # --- keys of friends, then of stage and talkers: looked at wherever they are ----------
        friends = int(pairs.friend_count[observer])
        boosted = int(grid.boosted_starts[room])
        others = friends + int(grid.boosted_starts[room + 1]) - boosted
        known = zero
        for at in range(others):
            factor = one
            if at < friends:
                subject = pairs.friend[observer, at]
                factor = friend2
                if slots.room[subject] != room or slots.hidden[subject] != 0:
                    continue
            else:
                subject = grid.boosted[boosted + at - friends]
            seen = int(mark[subject]) - stamp
            if _SETTLED <= seen < SPAN:
                continue
            dx = pose[subject, 0] - here_x
            dy = pose[subject, 1] - here_y
            dz = pose[subject, 2] - here_z
            d2 = dx * dx + dy * dy + dz * dz
            key = int(grid.place[subject])
            rank2 = d2
            if slots.stage[subject] != 0:
                rank2 = np.float32(0.0)
            elif d2 > outer2:
                continue
            else:
                if d2 > radius2:
                    key |= _STANDBY_BIT
                if slots.talking[subject] != 0:
                    factor *= speaking2
                else:
                    rank2 = _bend(dx, dz, d2, view_x, view_z, behind2, personal2)
            if 0 <= seen < _SETTLED:
                factor *= incumbent2
                mark[subject] = stamp + _SETTLED_LANE + seen
            else:
                mark[subject] = stamp + _SETTLED
            keys[known] = (float_bits(rank2 * factor) << _RANK_AT) | key
            known += 1

        # --- keys of everybody else, as far as it takes ---------------------------------------
        inverse = one / rooms.cell_m[room]
        local_x = (here_x - rooms.minimum[room, 0]) * inverse
        local_z = (here_z - rooms.minimum[room, 2]) * inverse
        cell_base = int(rooms.cell_base[room])
        cells_x = int(rooms.cells_x[room])
        cells_z = int(rooms.cells_z[room])
        limit = min(all_rank2, max(_FIRST_RANK2, lanes.rank2[observer] * _MARGIN2))
        while True:
            # A little more, so that rounding leaves nobody out.
            reach = np.sqrt(min(limit, outer2)) * inverse + np.float32(0.001)
            first_z = int(max(local_z - reach, nothing))
            last_z = min(int(local_z + reach), cells_z - 1)
            gathered = np.uintp(known)
            for cell_z in range(first_z, last_z + 1):
                # The row's nearest line to the observer bounds how wide the circle is there.
                edge = np.float32(cell_z)
                away = max(edge - local_z, local_z - (edge + one), nothing)
                half = np.sqrt(max(reach * reach - away * away, nothing))
                first_x = int(max(local_x - half, nothing))
                last_x = min(int(local_x + half), cells_x - 1)
                if last_x < first_x:
                    continue
                row = np.uintp(cell_base + cell_z * cells_x)
                first = np.uintp(grid.starts[row + np.uintp(first_x)])
                last = np.uintp(grid.starts[row + np.uintp(last_x + 1)])
                # Each candidate is written, and stepped over only if it passes: no branch,
                # hence nothing to mispredict.
                for place in range(first, last):
                    dx = grid.x[place] - here_x
                    dy = grid.y[place] - here_y
                    dz = grid.z[place] - here_z
                    d2 = dx * dx + dy * dy + dz * dz
                    rank2 = _bend(dx, dz, d2, view_x, view_z, behind2, personal2)
                    # Unsigned, marks older than the stamp come out huge.
                    noted = np.uint64(mark[np.uintp(order[place])]) - unsigned_stamp
                    holds = noted < _SETTLED_U
                    passes = (rank2 < limit) & (d2 <= outer2) & (holds | (noted >= _SPAN_U))
                    rank2 *= incumbent2 if holds else one
                    standby = _STANDBY_BIT if d2 > radius2 else 0
                    keys[gathered] = (float_bits(rank2) << _RANK_AT) | standby | np.int64(place)
                    gathered += np.uintp(passes)
            found = int(gathered)
            if found <= k_max:
                if limit < all_rank2:
                    limit = min(all_rank2, limit * np.float32(4.0))
                    continue
                lanes.rank2[observer] = all_rank2
                lanes.crowded[observer] = 0
                break
            select_smallest(keys, zero, found, k_max)
            found = k_max
            # Somebody with a lane may be this far and still be chosen.
            worst = bits_float(keys[k_max - 1] >> _RANK_AT)
            needed = worst * np.float32(1.000001) / incumbent2
            lanes.rank2[observer] = needed
            lanes.crowded[observer] = 1
            if needed <= limit or limit >= all_rank2:
                break
            # Look further; who is among the best so far has a key already.
            limit = min(all_rank2, needed * np.float32(1.05))
            known = found
            for at in range(known):
                subject = order[keys[at] & _PLACE_MASK]
                seen = int(mark[subject]) - stamp
                if 0 <= seen < _SETTLED:
                    mark[subject] = stamp + _SETTLED_LANE + seen
                elif seen < 0 or seen >= SPAN:
                    mark[subject] = stamp + _SETTLED

        # --- the chosen keep their lanes; stage and talkers are told in full -------------------
        newcomers = zero
        for at in range(found):
            key = keys[at]
            subject = order[np.uintp(key & _PLACE_MASK)]
            seen = int(mark[subject]) - stamp
            mark[subject] = stamp + _CHOSEN
            tier = _RANKED if in_tiers else _FULL
            if others != 0 and (slots.stage[subject] | slots.talking[subject]) != 0:
                tier = _FULL
            if key & _STANDBY_BIT != 0:
                tier = _STANDBY
            lane = seen if seen < _SETTLED else seen - _SETTLED_LANE
            if 0 <= lane < _SETTLED:
                # Most stay as they are: what is not written need not go back to memory.
                if tiers[observer, lane] != tier:
                    tiers[observer, lane] = tier
            else:
                # Kept in front of the keys already read, until the lanes are free.
                keys[newcomers] = (np.int64(tier) << _RANK_AT) | np.int64(subject)
                newcomers += 1

        # --- others lose theirs; newcomers get the lowest free --------------------------------
        if newcomers != 0 or lanes.used[observer] != found:
            for lane in range(top):
                subject = subjects[observer, lane]
                if subject >= 0 and mark[subject] != stamp + _CHOSEN:
                    subjects[observer, lane] = -1
            lane = 0
            for at in range(newcomers):
                subject = keys[at] & _PLACE_MASK
                while subjects[observer, lane] >= 0:
                    lane += 1
                subjects[observer, lane] = subject
                told[observer, lane].sight = slots.sight[subject]
                told[observer, lane].head = 0
                told[observer, lane].hands = 0
                told[observer, lane].late = 0
                tiers[observer, lane] = keys[at] >> _RANK_AT
                top = max(top, lane + 1)
            while top > 0 and subjects[observer, top - 1] < 0:
                top -= 1
            lanes.top[observer] = top
            lanes.used[observer] = found
        if not in_tiers:
            continue

        # --- the others are shared out over the tiers by plain distance -----------------------
        ranked = zero
        for lane in range(top):
            subject = subjects[observer, lane]
            if subject < 0 or tiers[observer, lane] != _RANKED:
                continue
            tiers[observer, lane] = _FULL
            spot = np.uintp(grid.place[subject])
            dx = grid.x[spot] - here_x
            dy = grid.y[spot] - here_y
            dz = grid.z[spot] - here_z
            d2 = dx * dx + dy * dy + dz * dz
            keys[ranked] = (float_bits(d2) << _RANK_AT) | lane
            ranked += 1
        full = tuning.tier_full
        if ranked > full:
            select_smallest(keys, zero, ranked, full)
            half_end = full + tuning.tier_half
            if ranked > half_end:
                select_smallest(keys, full, ranked, half_end - full)
            for at in range(full, ranked):
                lane = int(keys[at] & _PLACE_MASK)
                tiers[observer, lane] = _HALF if at < half_end else _QUARTER
    return refreshed
