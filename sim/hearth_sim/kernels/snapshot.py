"""Write every observer's frame into one arena, copying shared lines.

This is the last gate before bytes: whatever was chosen earlier in the tick, a lane is written
only if its subject may still be told to this observer now.
"""

import numpy as np

from hearth_protocol.kernels._jit import kernel
from hearth_protocol.kernels.bits import put_u32
from hearth_protocol.limits import (
    COARSE_BYTES,
    CORRECTION_BYTES,
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
from hearth_sim.kernels._inner import inner
from hearth_sim.kernels._memory import copy16, copy32
from hearth_sim.kernels.budget import (
    CODE,
    FIRST,
    FIRST_LENGTH,
    LANE,
    SECOND,
    SECOND_LENGTH,
    fit_budget,
    live_lane,
    turn_mask,
)
from hearth_sim.kernels.coarse import write_coarse
from hearth_sim.kernels.ingest import since
from hearth_sim.kernels.interest import next_stamp
from hearth_sim.kernels.lines import (
    FACTS,
    FULL,
    HEAD_LENGTH_AT,
    LENGTH_AT,
    SAME,
    UNCHANGED_AT,
    prepare_line,
)

#: A server's WebSocket header for payloads of 126 to 65,535 bytes; shorter ones use 2 of the 4.
_WS_HEADER = 4
_WS_BINARY = 0x82
_WS_SHORT_MAX = 125
_FLAG_CORRECTION = 1
_FLAG_COARSE = 2
_U16 = 0xFFFF


@inner
def put_u16(out: U8, at: int, value: int) -> None:
    """Write a little-endian u16."""
    out[at] = value & 255
    out[at + 1] = (value >> 8) & 255


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
    tuning: Tuning,
    overload: int,
    tick: int,
    now_ms: int,
    arena: U8,
) -> int:
    """Write a frame for everybody who may be written to; give the bytes used.

    `frames.offset` and `frames.length` say where each lies, length 0 for none. What is written
    counts as told: it must be sent, whole and in order.
    """
    frames.length[:] = 0
    scratch.stamp[1] = (scratch.stamp[1] + 1) & 0x7FFF_FFFF
    serial = max(scratch.stamp[1], 1)
    scratch.stamp[1] = serial
    at = 0
    for place in range(grid.counts[0]):
        observer = grid.order[place]
        if not inputs.may_write[observer] or slots.occupied[observer] == 0:
            continue
        start = at + _WS_HEADER
        end = _write_frame(
            observer, slots, bodies, links, pairs, lanes, grid, scratch, frames, tuning, overload,
            tick, now_ms, serial, arena, start,
        )  # fmt: skip
        payload = end - start
        header = start - _WS_HEADER
        if payload <= _WS_SHORT_MAX:
            header = start - 2
            arena[header + 1] = payload
        else:
            arena[header + 1] = 126
            arena[header + 2] = payload >> 8
            arena[header + 3] = payload & 255
        arena[header] = _WS_BINARY
        frames.offset[observer] = header
        frames.length[observer] = end - header
        at = end
    return at


@inner
def _write_frame(
    observer: int,
    slots: Slots,
    bodies: Bodies,
    links: Links,
    pairs: Pairs,
    lanes: Lanes,
    grid: Grid,
    scratch: Scratch,
    frames: Frames,
    tuning: Tuning,
    overload: int,
    tick: int,
    now_ms: int,
    serial: int,
    arena: U8,
    start: int,
) -> int:
    """Write one payload at arena[start:]; give its end. Copies run over by up to 31 bytes."""
    flags = 0
    plan = scratch.plan
    top = int(lanes.top[observer])
    at = start + SNAPSHOT_HEADER_BYTES
    if links.correction[observer] != 0:
        flags |= _FLAG_CORRECTION
        at = _write_correction(observer, bodies, links, arena, at)
    shown = next_stamp(scratch)
    guarded = pairs.excluded_count[observer] != 0
    capacity = slots.occupied.shape[0]
    live = 0
    planned = 0
    total = 0
    for lane in range(top):
        subject = int(lanes.subject[observer, lane])
        if subject < 0:
            continue
        if lanes.sight[observer, lane] != slots.sight[subject] or (
            guarded and _excluded(observer, subject, pairs)
        ):
            lanes.subject[observer, lane] = -1
            lanes.used[observer] -= 1
            slots.refresh[observer] = 1
            continue
        tier = int(lanes.tier[observer, lane])
        if tier != 0 and not live_lane(observer, subject, tier, bodies, tuning, overload):
            # Told coarsely for now, and a coarse record empties the lane at the client.
            lanes.head[observer, lane] = 0
            lanes.hands[observer, lane] = 0
            continue
        scratch.mark[subject] = shown
        live += 1
        sample = int(bodies.sample[subject])
        head_gap = sample - int(lanes.head[observer, lane])
        if head_gap == 0:
            continue
        mask = turn_mask(tier, tuning.tiers_on, overload)
        if (tick + observer + subject) & mask != 0 and lanes.late[observer, lane] == 0:
            continue
        head_line = head_gap if head_gap < HISTORY else 0
        hands_gap = sample - int(lanes.hands[observer, lane])
        hands_line = hands_gap if hands_gap < HISTORY else 0
        with_hands = overload < 2 or tier == 0
        prepare_line(head_line, subject, serial, now_ms, slots, bodies, frames)
        facts = int(np.int64(frames.line_tick[head_line, subject, FACTS]))
        code = facts & 15
        length = (facts >> LENGTH_AT) & 255
        head_length = (facts >> HEAD_LENGTH_AT) & 255
        unchanged = (facts >> UNCHANGED_AT) != 0
        second = 0
        second_length = 0
        tracked = code > FULL
        if head_line == hands_line and with_hands:
            if unchanged:
                code = SAME
                length = 0
        elif not (tracked and with_hands):
            code &= FULL
            length = head_length
            if unchanged and not tracked:
                code = SAME
                length = 0
        else:
            prepare_line(hands_line, subject, serial, now_ms, slots, bodies, frames)
            facts = int(np.int64(frames.line_tick[hands_line, subject, FACTS]))
            code = (code & FULL) | (facts & 12)
            length = head_length
            skipped = (facts >> HEAD_LENGTH_AT) & 255
            second = (hands_line * capacity + subject) * LINE_BYTES + skipped
            second_length = ((facts >> LENGTH_AT) & 255) - skipped
        plan[planned, LANE] = lane
        plan[planned, CODE] = code
        plan[planned, FIRST] = (head_line * capacity + subject) * LINE_BYTES
        plan[planned, FIRST_LENGTH] = length
        plan[planned, SECOND] = second
        plan[planned, SECOND_LENGTH] = second_length
        planned += 1
        total += length + second_length
    left = tuning.budget_bytes - (at - start) - ((top + 1) >> 1) - 1
    left -= tuning.coarse_per_frame * COARSE_BYTES
    if total > left:
        fit_budget(observer, planned, left, slots, lanes, scratch)
    codes = at
    at += (top + 1) >> 1
    for index in range(codes, at):
        arena[index] = 0
    for row in range(planned):
        code = plan[row, CODE]
        if code == 0:
            continue
        lane = plan[row, LANE]
        subject = int(lanes.subject[observer, lane])
        sample = int(bodies.sample[subject])
        arena[codes + (lane >> 1)] |= code << ((lane & 1) << 2)
        # Told hands, or hands as unchanged as the head: both baselines are this sample.
        if code > FULL or (
            code == SAME and lanes.hands[observer, lane] == lanes.head[observer, lane]
        ):
            lanes.hands[observer, lane] = sample
        lanes.head[observer, lane] = sample
        lanes.late[observer, lane] = 0
        length = plan[row, FIRST_LENGTH]
        if length != 0:
            source = plan[row, FIRST]
            copy32(arena, at, frames.flat, source)
            if length > 32:
                copy16(arena, at + 32, frames.flat, source + 32)
            at += length
            length = plan[row, SECOND_LENGTH]
            if length != 0:
                copy32(arena, at, frames.flat, plan[row, SECOND])
                at += length
    room = slots.room[observer]
    outside = grid.room_starts[room + 1] - grid.room_starts[room] - 1 - live
    if outside > 0 and tuning.coarse_per_frame > 0:
        before = at
        at = write_coarse(
            observer, outside, shown, slots, bodies, pairs, lanes, grid, scratch, frames, tuning,
            serial, arena, at,
        )  # fmt: skip
        if at != before:
            flags |= _FLAG_COARSE
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
    return at


@inner
def _excluded(observer: int, subject: int, pairs: Pairs) -> bool:
    for at in range(pairs.excluded_count[observer]):
        if pairs.excluded[observer, at] == subject:
            return True
    return False


@inner
def _write_correction(observer: int, bodies: Bodies, links: Links, arena: U8, at: int) -> int:
    """Write where the server holds the head, and settle the debt."""
    put_u16(arena, at, int(links.correction_seq[observer]) & _U16)
    arena[at + 2] = links.correction[observer]
    arena[at + 3] = 0
    words = bodies.pose[observer, :3].view(np.uint32)
    for axis in range(3):
        put_u32(arena, at + 4 + 4 * axis, int(np.int64(words[axis])))
    links.correction[observer] = 0
    return at + CORRECTION_BYTES
