"""The coarse section: a few of the room's others each frame, in turns."""

from hearth_protocol.limits import COARSE_BYTES
from hearth_sim.arrays import (
    LINE_BYTES,
    U8,
    Bodies,
    Frames,
    Grid,
    Lanes,
    Pairs,
    Scratch,
    Slots,
    Tuning,
)
from hearth_sim.kernels._inner import inner
from hearth_sim.kernels._memory import copy16
from hearth_sim.kernels.lines import COARSE, prepare_coarse


@inner
def write_coarse(
    observer: int,
    outside: int,
    shown: int,
    slots: Slots,
    bodies: Bodies,
    pairs: Pairs,
    lanes: Lanes,
    grid: Grid,
    scratch: Scratch,
    frames: Frames,
    tuning: Tuning,
    serial: int,
    arena: U8,
    start: int,
) -> int:
    """Write the next few of the room's others; give the end, or `start` if there are none.

    Enough a frame that all come round once in `coarse_ticks`, but never more than the most.
    """
    scratch.mark[observer] = shown
    for listed in range(pairs.excluded_count[observer]):
        scratch.mark[pairs.excluded[observer, listed]] = shown
    room = slots.room[observer]
    first = grid.room_starts[room]
    people = int(grid.room_starts[room + 1] - first)
    want = min((outside + tuning.coarse_ticks - 1) // tuning.coarse_ticks, tuning.coarse_per_frame)
    turn = int(lanes.coarse_cursor[observer])
    written = 0
    capacity = slots.occupied.shape[0]
    at = start + 1
    for _ in range(people):
        if written == want:
            break
        if turn >= people:
            turn = 0
        subject = grid.by_room[first + turn]
        turn += 1
        if scratch.mark[subject] == shown or slots.hidden[subject] != 0:
            continue
        if slots.room[subject] != room:
            continue
        prepare_coarse(subject, serial, slots, bodies, frames)
        copy16(arena, at, frames.flat, (COARSE * capacity + subject) * LINE_BYTES)
        at += COARSE_BYTES
        written += 1
    lanes.coarse_cursor[observer] = turn
    if written == 0:
        return start
    arena[start] = written
    return at
