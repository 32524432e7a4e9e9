"""A turn of some bots: read what came, follow it, write the pose that is due.

Bots take turns in blocks, so that a socket is written to while what the system knows of it is
still near the processor; a frame acknowledges the newest tick that has just been read, and the
acknowledgement of what was read travels with it.
"""

import numpy as np
from numpy.typing import NDArray

from hearth_loadtest.kernels.calls import (
    INTERRUPTED,
    NOT_NOW,
    monotonic_ns,
    receive_from,
    send_to,
)
from hearth_protocol.kernels._jit import inner, kernel
from hearth_protocol.kernels.bots import CARRY_BYTES, TICK, scan_reads
from hearth_protocol.kernels.poses import encode_poses
from hearth_protocol.limits import POSE_FRAME_BYTES

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

BLOCK = 8
READ_BYTES = 16 * 1024
#: Reads of one socket in one turn: somebody who comes into a full room has a roster to read.
READS_IN_A_TURN = 32
#: Bytes a row of frames has: a pose, or a control frame that a socket took only in part.
FRAME_STRIDE = 256

#: Cells of the summary of a turn.
SENT, MISSED, BYTES_READ, EVENTS, FAULTS, BLOCKS = 0, 1, 2, 3, 4, 5
SUMMARY_CELLS = 8
#: Columns of the lag table: nanoseconds from planned to sent, poses.
LAG_NS, LAG_POSES = 0, 1
#: Columns of what a socket has not taken yet: begin within the row of frames, length.
REST_AT, REST_LENGTH = 0, 1


@inner
def _receive(
    rows: I64,
    fds: I32,
    follows: Bool,
    arena: U8,
    at: int,
    reads: I64,
    streams: I64,
    carry: U8,
    events: I64,
    faults: I64,
    summary: I64,
) -> int:
    """Read a block's sockets until they are empty, follow their streams; give the arena's fill."""
    hungry = rows.shape[0]
    for again in range(READS_IN_A_TURN):
        if hungry == 0:
            break
        hungry = 0
        count = 0
        for i in range(rows.shape[0]):
            row = rows[i]
            if not follows[row] or fds[row] < 0:
                continue
            if again > 0 and reads[i, 2] < READ_BYTES:
                continue
            reads[i, 2] = 0
            if at + CARRY_BYTES + READ_BYTES > arena.shape[0]:
                continue  # the rest is read in the next turn
            begin = at + CARRY_BYTES
            n = receive_from(fds[row], arena.ctypes.data + begin, READ_BYTES)
            if n in (NOT_NOW, INTERRUPTED):
                continue
            if n <= 0:
                faults[summary[FAULTS]] = row
                summary[FAULTS] += 1
                fds[row] = -1
                continue
            reads[i, 2] = n
            hungry += n == READ_BYTES
            got = reads[BLOCK + count]
            got[0] = row
            got[1] = begin
            got[2] = n
            count += 1
            summary[BYTES_READ] += n
            at = begin + n
        if count > 0:
            summary[EVENTS] += scan_reads(
                arena, reads[BLOCK:], count, streams, carry, events[summary[EVENTS] :]
            )
    return at


@inner
def _ready_to_send(
    rows: I64, fds: I32, frames: U8, rest: I32, faults: I64, summary: I64, ready: I64
) -> int:
    """List the rows that owe nothing of an earlier frame in ready; give how many."""
    count = 0
    for i in range(rows.shape[0]):
        row = rows[i]
        if fds[row] < 0:
            continue
        left = rest[row, REST_LENGTH]
        if left > 0:
            n = send_to(fds[row], frames.ctypes.data + row * FRAME_STRIDE + rest[row, 0], left)
            if n in (NOT_NOW, INTERRUPTED):
                n = 0
            if n < 0:
                faults[summary[FAULTS]] = row
                summary[FAULTS] += 1
                fds[row] = -1
                continue
            rest[row, REST_AT] += n
            rest[row, REST_LENGTH] -= n
            if n < left:
                summary[MISSED] += 1
                continue
        ready[count] = row
        count += 1
    return count


@inner
def _send(
    ready: I64, count: int, fds: I32, frames: U8, rest: I32, faults: I64, summary: I64
) -> int:
    """Write the frames of ready[:count]; give how many went, at least in part."""
    sent = 0
    for i in range(count):
        row = ready[i]
        n = send_to(fds[row], frames.ctypes.data + row * FRAME_STRIDE, POSE_FRAME_BYTES)
        if n in (NOT_NOW, INTERRUPTED):
            summary[MISSED] += 1
            continue
        if n < 0:
            faults[summary[FAULTS]] = row
            summary[FAULTS] += 1
            fds[row] = -1
            continue
        sent += 1
        if n < POSE_FRAME_BYTES:
            rest[row, REST_AT] = n
            rest[row, REST_LENGTH] = POSE_FRAME_BYTES - n
    summary[SENT] += sent
    return sent


@kernel
def take_turn(
    rows: I64,
    sends: bool,
    times: tuple[int, int],
    fds: I32,
    follows: Bool,
    arena: U8,
    reads: I64,
    streams: I64,
    carry: U8,
    events: I64,
    faults: I64,
    seq: U16,
    participant: U32,
    captured_ms: U32,
    ack_tick: U32,
    state: U16,
    floats: F32,
    mask: U32,
    frames: U8,
    rest: I32,
    lag: I64,
    summary: I64,
) -> None:
    """Let rows [n] read, and write one pose each. All arrays but the first are indexed by row.

    sends: False: only read; the poses count as missed. times: server time of capture for all of
    them, u32 ms; and their planned time, monotonic ns. fds: [N] file descriptors, -1 for nobody;
    a socket that failed is set to -1. follows: [N] whether the row's socket is read here.

    For reading: arena, room for what is read, into which events point until the next turn.
    reads: [2 x BLOCK, 3] scratch. streams [N, 6], carry [N, CARRY_BYTES] and events [m, 4]: as
    in `hearth_protocol.kernels.bots`. faults: [≥ n] rows whose socket ended or failed, written.

    For writing: seq, participant, captured_ms, ack_tick, state, mask [N] and floats [N, 21], of
    which the first, third and fourth are kept up here; frames: [N, FRAME_STRIDE] whole frames;
    rest: [N, 2] what a socket has not taken yet.

    lag: [≥ blocks, 2] how late each block's poses were sent, and how many. summary: [8] cells as
    named above, overwritten.
    """
    summary[:] = 0
    scratch = np.empty(2, np.int64)
    ready = np.empty(BLOCK, np.int64)
    at = 0
    for begin in range(0, rows.shape[0], BLOCK):
        block = rows[begin : begin + BLOCK]
        at = _receive(
            block, fds, follows, arena, at, reads, streams, carry, events, faults, summary
        )
        if not sends:
            summary[MISSED] += block.shape[0]
            continue
        count = _ready_to_send(block, fds, frames, rest, faults, summary, ready)
        for i in range(count):
            row = ready[i]
            seq[row] += np.uint16(1)
            captured_ms[row] = np.uint32(times[0])
            ack_tick[row] = np.uint32(streams[row, TICK])
        encode_poses(
            ready, count, seq, participant, captured_ms, ack_tick, state, floats, mask, frames
        )
        sent = _send(ready, count, fds, frames, rest, faults, summary)
        lag[summary[BLOCKS], LAG_NS] = monotonic_ns(scratch) - times[1]
        lag[summary[BLOCKS], LAG_POSES] = sent
        summary[BLOCKS] += 1
