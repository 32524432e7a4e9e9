"""Write every observer's frame into one arena, copying shared lines.

This is the last gate before bytes: whatever was chosen earlier in the tick, a lane is written
only if its subject may still be told to this observer now.
"""

import numpy as np

from hearth_protocol.kernels._jit import kernel
from hearth_protocol.limits import (
    CORRECTION_BYTES,
    HOLD_NONE,
    HOT_MARK,
    KIND_SNAPSHOT,
    SNAPSHOT_HEADER_BYTES,
)
from hearth_sim.arrays import (
    HISTORY,
    U8,
    Bodies,
    Frames,
    Grid,
    Inputs,
    Lanes,
    Pairs,
    Scratch,
    Slots,
    Tuning,
)
from hearth_sim.kernels.budget import PIECES_MAX, due, fit_budget, live_lane
from hearth_sim.kernels.coarse import write_coarse
from hearth_sim.kernels.ingest import since
from hearth_sim.kernels.interest import next_stamp
from hearth_sim.kernels.lines import (
    CODE,
    HEAD_LENGTH,
    LENGTH,
    SAME,
    UNCHANGED,
    prepare_line,
)

#: A server's WebSocket header for payloads of 126 to 65,535 bytes; shorter ones use 2 of the 4.
_WS_HEADER = 4
_WS_BINARY = 0x82
_WS_SHORT_MAX = 125
_FLAG_CORRECTION = 1
_FLAG_COARSE = 2
_TRACKED = 3 << 2
_Q_STATE = 21
_U16 = 0xFFFF


@kernel
def put_u16(out: U8, at: int, value: int) -> None:
    """Write a little-endian u16."""
    out[at] = value & 255
    out[at + 1] = (value >> 8) & 255


@kernel
def put_u32(out: U8, at: int, value: int) -> None:
    """Write a little-endian u32."""
    out[at] = value & 255
    out[at + 1] = (value >> 8) & 255
    out[at + 2] = (value >> 16) & 255
    out[at + 3] = (value >> 24) & 255


@kernel
def encode_frames(
    slots: Slots,
    inputs: Inputs,
    bodies: Bodies,
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
            observer, slots, bodies, pairs, lanes, grid, scratch, frames, tuning, overload, tick,
            now_ms, serial, arena, start,
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


@kernel
def _write_frame(
    observer: int,
    slots: Slots,
    bodies: Bodies,
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
    """Write one payload at arena[start:]; give its end."""
    flags = 0
    top = int(lanes.top[observer])
    at = start + SNAPSHOT_HEADER_BYTES
    if bodies.correction[observer] != 0:
        flags |= _FLAG_CORRECTION
        at = _write_correction(observer, bodies, arena, at)
    codes = at
    at += (top + 1) >> 1
    for index in range(codes, at):
        arena[index] = 0
    stamp = next_stamp(scratch)
    scarce = at - start + top * PIECES_MAX > tuning.budget_bytes
    if scarce:
        fit_budget(
            observer, slots, bodies, lanes, scratch, frames, tuning, overload, tick, now_ms,
            serial, tuning.budget_bytes - (at - start),
        )  # fmt: skip
    live = 0
    guarded = pairs.excluded_count[observer] != 0
    for lane in range(top):
        subject = lanes.subject[observer, lane]
        if subject < 0:
            continue
        if lanes.sight[observer, lane] != slots.sight[subject] or (
            guarded and _excluded(observer, subject, pairs)
        ):
            lanes.subject[observer, lane] = -1
            lanes.used[observer] -= 1
            slots.refresh[observer] = 1
            continue
        tier = lanes.tier[observer, lane]
        if not live_lane(observer, subject, tier, bodies, tuning, overload):
            # Told coarsely for now, and a coarse record empties the lane at the client.
            lanes.head[observer, lane] = 0
            lanes.hands[observer, lane] = 0
            continue
        scratch.mark[subject] = 2 * stamp
        live += 1
        sample = int(bodies.sample[subject])
        head_gap = sample - int(lanes.head[observer, lane])
        if head_gap == 0 or (scarce and scratch.chosen[lane] == 0):
            continue
        if not scarce and not due(observer, subject, tier, lanes.late[observer, lane], tuning,
                                   overload, tick):  # fmt: skip
            continue
        lanes.late[observer, lane] = 0
        hands_gap = sample - int(lanes.hands[observer, lane])
        head_line = head_gap if head_gap < HISTORY else 0
        hands_line = hands_gap if hands_gap < HISTORY else 0
        prepare_line(head_line, subject, serial, now_ms, slots, bodies, frames)
        line = frames.line[head_line, subject]
        with_hands = overload < 2 or tier == 0
        if head_line == hands_line and with_hands:
            code = int(line[CODE])
            if line[UNCHANGED] != 0:
                code = SAME
                lanes.hands[observer, lane] = sample
            else:
                length = int(line[LENGTH])
                for index in range(length):
                    arena[at + index] = line[index]
                at += length
                if code >= 4:
                    lanes.hands[observer, lane] = sample
        else:
            tracked = (
                bodies.history[subject, sample % HISTORY, _Q_STATE] & _TRACKED != 0
            ) and with_hands
            code = int(line[CODE]) & 3
            if not tracked and line[UNCHANGED] != 0 and with_hands:
                code = SAME
            else:
                length = int(line[HEAD_LENGTH])
                for index in range(length):
                    arena[at + index] = line[index]
                at += length
            if tracked:
                prepare_line(hands_line, subject, serial, now_ms, slots, bodies, frames)
                line = frames.line[hands_line, subject]
                code |= int(line[CODE]) & 12
                first = int(line[HEAD_LENGTH])
                length = int(line[LENGTH]) - first
                for index in range(length):
                    arena[at + index] = line[first + index]
                at += length
                lanes.hands[observer, lane] = sample
        lanes.head[observer, lane] = sample
        arena[codes + (lane >> 1)] |= code << ((lane & 1) << 2)
    room = slots.room[observer]
    outside = grid.room_starts[room + 1] - grid.room_starts[room] - 1 - live
    if outside > 0 and tuning.coarse_per_frame > 0:
        before = at
        at = write_coarse(
            observer, outside, stamp, slots, bodies, pairs, lanes, grid, scratch, frames, tuning,
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
    if bodies.has_pose[observer] != 0:
        seq = int(bodies.last_seq[observer])
        hold_ms = min(max(since(now_ms, bodies.accepted_ms[observer]), 0), HOLD_NONE - 1)
    put_u16(arena, start + 12, seq)
    put_u16(arena, start + 14, hold_ms)
    return at


@kernel
def _excluded(observer: int, subject: int, pairs: Pairs) -> bool:
    for at in range(pairs.excluded_count[observer]):
        if pairs.excluded[observer, at] == subject:
            return True
    return False


@kernel
def _write_correction(observer: int, bodies: Bodies, arena: U8, at: int) -> int:
    """Write where the server holds the head, and settle the debt."""
    put_u16(arena, at, int(bodies.correction_seq[observer]) & _U16)
    arena[at + 2] = bodies.correction[observer]
    arena[at + 3] = 0
    words = bodies.pose[observer, :3].view(np.uint32)
    for axis in range(3):
        put_u32(arena, at + 4 + 4 * axis, int(np.int64(words[axis])))
    bodies.correction[observer] = 0
    return at + CORRECTION_BYTES
