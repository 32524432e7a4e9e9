"""Write every observer's frame into one arena, copying shared lines.

This is the last gate before bytes: whatever was chosen earlier in the tick, a lane is written
only if its subject may still be told to this observer now.
"""

import numpy as np

from hearth_protocol.kernels._jit import kernel
from hearth_protocol.kernels.bits import put_u32
from hearth_protocol.kernels.pieces import encode_head_full
from hearth_protocol.limits import (
    COARSE_BYTES,
    CORRECTION_BYTES,
    HEAD_FULL_BYTES,
    HOLD_NONE,
    HOT_MARK,
    KIND_SNAPSHOT,
    SNAPSHOT_HEADER_BYTES,
)
from hearth_sim.arrays import (
    HISTORY,
    LINE_BYTES,
    U8,
    Bodies,
    Frames,
    Grid,
    Inputs,
    Lanes,
    Links,
    Pairs,
    Scratch,
    Slots,
    Tuning,
)
from hearth_sim.boundary_arrays import ALL_OF_THEM, BLIND, Boundaries
from hearth_sim.kernels._memory import copy16, copy32, prefetch
from hearth_sim.kernels.budget import (
    BARE_AT,
    FIRST,
    FIRST_AT,
    LANE_AT,
    SAMPLE,
    SECOND,
    SECOND_AT,
    STAGED_AT,
    WHAT,
    fit_budget,
    turn_mask,
)
from hearth_sim.kernels.headers import WS_HEADER, put_correction, put_u16, put_ws_header
from hearth_sim.kernels.ingest import since
from hearth_sim.kernels.lines import (
    COARSE,
    FACTS,
    FULL,
    HEAD_LENGTH_AT,
    LENGTH_AT,
    SAME,
    SERIAL,
    UNCHANGED_AT,
    prepare_coarse,
    prepare_line,
)
from hearth_sim.kernels.marks import next_stamp

_FLAG_CORRECTION = 1
_FLAG_COARSE = 2
_HANDS = 12
_STANDBY = 3
_TRACKED = 3 << 2
#: Of a head full piece: the state's lower byte.
_STATE_AT = 5
_COPY = 32
_CACHE_LINE = 64
_LANES_AHEAD = 8


@kernel
def encode_frames(
    slots: Slots,
    inputs: Inputs,
    bodies: Bodies,
    links: Links,
    pairs: Pairs,
    lanes: Lanes,
    grid: Grid,
    scratch: Scratch,
    frames: Frames,
    boundary: Boundaries,
    tuning: Tuning,
    overload: int,
    tick: int,
    now_ms: int,
    arena: U8,
) -> int:
    """Write a frame for everybody who may be written to; give the bytes used.

    `frames.offset` and `frames.length` say where each lies, length 0 for none. What is written
    counts as told: it must be sent, whole and in order. Copies run over a frame's end by up to
    31 bytes, which the next frame overwrites.
    """
    frames.length[:] = 0
    scratch.stamp[1] = (scratch.stamp[1] & 0x7FFF_FFFF) + 1
    serial = scratch.stamp[1]
    capacity = slots.occupied.shape[0]
    plan = scratch.plan
    mark = scratch.mark
    told = lanes.told
    people = int(grid.counts[0])
    end = 0
    for place in range(people):
        observer = int(grid.order[place])
        entry = int(boundary.withheld_first[observer])
        if not inputs.may_write[observer] or slots.occupied[observer] == 0 or entry == BLIND:
            continue
        if place + 1 < people:
            # Rows lie in slot order, not in the grid's: say early which one comes next.
            ahead = int(grid.order[place + 1])
            for at in range(0, lanes.subject.strides[0], _CACHE_LINE):
                prefetch(lanes.subject, ahead, at)
            for at in range(0, lanes.told.strides[0], _CACHE_LINE):
                prefetch(lanes.told, ahead, at)
            prefetch(lanes.tier, ahead, 0)
            prefetch(pairs.excluded, ahead, 0)
            prefetch(pairs.excluded, ahead, _CACHE_LINE)
        start = end + WS_HEADER
        flags = 0
        top = int(lanes.top[observer])
        shown = next_stamp(mark, scratch.stamp)
        mark[observer] = shown
        while entry >= 0:
            bare_mark = int(boundary.withheld_kind[entry] != ALL_OF_THEM)
            # Once withheld in whole, no hands can be less.
            if bare_mark == 0 or mark[boundary.withheld[entry]] != shown:
                mark[boundary.withheld[entry]] = shown + bare_mark
            entry = int(boundary.withheld_next[entry])
        for listed in range(pairs.excluded_count[observer]):
            mark[pairs.excluded[observer, listed]] = shown
        # First what to tell of each lane, in lane order.
        live = 0
        planned = 0
        total = 0
        for lane in range(top):
            if lane + _LANES_AHEAD < top:
                # Most lines copied are those of one sample ago.
                ahead = int(lanes.subject[observer, lane + _LANES_AHEAD])
                prefetch(frames.line, 1, max(ahead, 0) * LINE_BYTES)
            subject = int(lanes.subject[observer, lane])
            if subject < 0:
                continue
            if told[observer, lane].sight != slots.sight[subject] or mark[subject] == shown:
                # Gone, hidden, somebody else by now, or excluded.
                lanes.subject[observer, lane] = -1
                lanes.used[observer] -= 1
                slots.refresh[observer] = 1
                continue
            tier = int(lanes.tier[observer, lane])
            coarse_only = overload >= 3 and tier > 4 - overload
            if tier == _STANDBY:
                spot = grid.place[subject]
                dx = grid.x[spot] - bodies.pose[observer, 0]
                dy = grid.y[spot] - bodies.pose[observer, 1]
                dz = grid.z[spot] - bodies.pose[observer, 2]
                coarse_only |= dx * dx + dy * dy + dz * dz > tuning.radius2
            if coarse_only:
                # A coarse record empties the lane at the client.
                told[observer, lane].head = 0
                told[observer, lane].hands = 0
                continue
            bare = mark[subject] == shown + 1
            mark[subject] = shown
            live += 1
            sample = int(bodies.sample[subject])
            head_gap = sample - int(told[observer, lane].head)
            if bare:
                # Told without hands already; or with hands before, which must go at once.
                if told[observer, lane].hands == -sample:
                    continue
                if told[observer, lane].head != 0:
                    told[observer, lane].late = 1
            elif head_gap == 0:
                continue
            mask = turn_mask(tier, tuning.tiers_on, overload)
            if (tick + observer + subject) & mask != 0 and told[observer, lane].late == 0:
                continue
            if bare:
                plan[planned, WHAT] = (
                    FULL
                    | (int(slots.stage[subject]) << STAGED_AT)
                    | (1 << BARE_AT)
                    | (lane << LANE_AT)
                    | (HEAD_FULL_BYTES << FIRST_AT)
                )
                plan[planned, FIRST] = subject
                plan[planned, SAMPLE] = sample
                planned += 1
                total += HEAD_FULL_BYTES
                continue
            head_line = head_gap if head_gap < HISTORY else 0
            hands_gap = sample - int(told[observer, lane].hands)
            hands_line = hands_gap if hands_gap < HISTORY else 0
            with_hands = overload < 2 or tier == 0
            facts = int(np.int64(frames.words[head_line, subject, FACTS]))
            if frames.words[head_line, subject, SERIAL] != serial:
                facts = prepare_line(
                    head_line,
                    subject,
                    int(np.int64(slots.participant[subject])),
                    sample,
                    since(now_ms, bodies.captured_ms[subject]),
                    serial,
                    bodies.history,
                    frames.line,
                    frames.words,
                )
            code = facts & 15
            length = (facts >> LENGTH_AT) & 255
            unchanged = (facts >> UNCHANGED_AT) != 0
            second = 0
            second_length = 0
            if head_line == hands_line and with_hands:
                if unchanged:
                    code = SAME
                    length = 0
            else:
                tracked = code > FULL
                code &= FULL
                length = (facts >> HEAD_LENGTH_AT) & 255
                if tracked and with_hands:
                    facts = int(np.int64(frames.words[hands_line, subject, FACTS]))
                    if frames.words[hands_line, subject, SERIAL] != serial:
                        facts = prepare_line(
                            hands_line,
                            subject,
                            int(np.int64(slots.participant[subject])),
                            sample,
                            since(now_ms, bodies.captured_ms[subject]),
                            serial,
                            bodies.history,
                            frames.line,
                            frames.words,
                        )
                    code |= facts & _HANDS
                    skipped = (facts >> HEAD_LENGTH_AT) & 255
                    second = (hands_line * capacity + subject) * LINE_BYTES + skipped
                    second_length = ((facts >> LENGTH_AT) & 255) - skipped
                elif unchanged and not tracked:
                    code = SAME
                    length = 0
            what = code | (int(slots.stage[subject]) << STAGED_AT) | (lane << LANE_AT)
            plan[planned, WHAT] = what | (length << FIRST_AT) | (second_length << SECOND_AT)
            plan[planned, FIRST] = (head_line * capacity + subject) * LINE_BYTES
            plan[planned, SECOND] = second
            plan[planned, SAMPLE] = sample
            planned += 1
            total += length + second_length
        # Then the bytes, as far as the budget goes.
        at = start + SNAPSHOT_HEADER_BYTES
        if links.correction[observer] != 0:
            flags |= _FLAG_CORRECTION
            put_correction(
                int(links.correction_seq[observer]),
                int(links.correction[observer]),
                observer,
                bodies.pose,
                arena,
                at,
            )
            links.correction[observer] = 0
            at += CORRECTION_BYTES
        codes = at
        at += (top + 1) >> 1
        for index in range(codes, at):
            arena[index] = 0
        left = tuning.budget_bytes - (at - start) - 1 - tuning.coarse_per_frame * COARSE_BYTES
        if total > left:
            lanes.cursor[observer] = fit_budget(
                planned, left, int(lanes.cursor[observer]), plan, told[observer]
            )
        for row in range(planned):
            what = plan[row, WHAT]
            code = int(what & 15)
            if code == 0:
                continue
            lane = int((what >> LANE_AT) & 255)
            arena[codes + (lane >> 1)] |= code << ((lane & 1) << 2)
            sample = int(plan[row, SAMPLE])
            # Hands told, or as unchanged as the head: then both baselines are this sample.
            if code > FULL or (
                code == SAME and told[observer, lane].hands == told[observer, lane].head
            ):
                told[observer, lane].hands = sample
            told[observer, lane].head = sample
            told[observer, lane].late = 0
            length = int((what >> FIRST_AT) & 255)
            if (what >> BARE_AT) & 1 != 0:
                # A head in full, to this one without tracked hands. What they now take for the
                # state is true of no sample: the next record must be in full again.
                subject = int(plan[row, FIRST])
                age_ms = since(now_ms, bodies.captured_ms[subject])
                encode_head_full(
                    bodies.history[subject, sample % HISTORY],
                    int(np.int64(slots.participant[subject])),
                    min(max(age_ms, 0) >> 1, 255),
                    arena,
                    at,
                )
                arena[at + _STATE_AT] &= ~_TRACKED & 255
                at += length
                told[observer, lane].head = 0
                told[observer, lane].hands = -sample
                continue
            if length != 0:
                source = plan[row, FIRST]
                copy32(arena, at, frames.flat, source)
                if length > _COPY:
                    copy16(arena, at + _COPY, frames.flat, source + _COPY)
                at += length
                length = int((what >> SECOND_AT) & 255)
                if length != 0:
                    copy32(arena, at, frames.flat, plan[row, SECOND])
                    at += length
        # Then a few of the room's others, so many that all come round in `coarse_ticks`.
        room = int(slots.room[observer])
        first = int(grid.room_starts[room])
        present = int(grid.room_starts[room + 1]) - first
        outside = present - 1 - live
        want = (outside + tuning.coarse_ticks - 1) // tuning.coarse_ticks
        want = min(want, tuning.coarse_per_frame)
        if want > 0:
            count_at = at
            turn = int(lanes.coarse_cursor[observer])
            written = 0
            at += 1
            for _ in range(present):
                if turn >= present:
                    turn = 0
                subject = int(grid.by_room[first + turn])
                turn += 1
                if mark[subject] == shown or slots.hidden[subject] != 0:
                    continue
                if slots.room[subject] != room or boundary.withheld_first[subject] == BLIND:
                    continue
                if frames.words[COARSE, subject, SERIAL] != serial:
                    prepare_coarse(
                        subject,
                        int(np.int64(slots.participant[subject])),
                        int(bodies.sample[subject]),
                        serial,
                        bodies.history,
                        frames.line,
                        frames.words,
                    )
                copy16(arena, at, frames.flat, (COARSE * capacity + subject) * LINE_BYTES)
                at += COARSE_BYTES
                written += 1
                if written == want:
                    break
            lanes.coarse_cursor[observer] = turn
            if written != 0:
                flags |= _FLAG_COARSE
                arena[count_at] = written
            else:
                at = count_at
        # Last the headers, whose numbers are known by now.
        arena[start] = HOT_MARK
        arena[start + 1] = KIND_SNAPSHOT
        arena[start + 2] = flags
        arena[start + 3] = top
        put_u32(arena, start + 4, tick)
        put_u32(arena, start + 8, now_ms)
        hold_ms = HOLD_NONE
        seq = 0
        if links.has_pose[observer] != 0:
            seq = int(links.last_seq[observer])
            hold_ms = min(max(since(now_ms, links.accepted_ms[observer]), 0), HOLD_NONE - 1)
        put_u16(arena, start + 12, seq)
        put_u16(arena, start + 14, hold_ms)
        end = at
        header = put_ws_header(end - start, start, arena)
        frames.offset[observer] = header
        frames.length[observer] = end - header
    return end
