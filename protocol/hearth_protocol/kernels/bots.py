"""Reads of many bots at once: where WebSocket frames begin, and the headers of snapshots.

For load generators, where most bots only follow the stream: they count frames, remember the
newest tick for their next `ack_tick`, and skip the rest. What a bot has to look at itself (close,
ping, errors …) is reported as an event.
"""

import numpy as np
import numpy.typing as npt

from hearth_protocol.kernels._jit import kernel

U8 = npt.NDArray[np.uint8]
I64 = npt.NDArray[np.int64]

#: Bytes that may be kept of an incomplete frame; the arena has as much room before each read.
CARRY_BYTES = 640

#: Columns of the per-bot state table, int64 [bots, 6].
SKIP, CARRIED, TICK, SNAPSHOTS, SNAPSHOT_BYTES, OTHERS = 0, 1, 2, 3, 4, 5
STATE_COLUMNS = 6

#: Columns of an event row, int64 [events, 4]: bot, opcode (or below), payload offset, length.
EVENT_COLUMNS = 4
#: Not a frame that a server may send; the stream cannot be followed any further.
EVENT_MALFORMED = 16

_BINARY = 2
_LONGEST = 256 * 1024


@kernel
def _of_no_concern(arena: U8, at: int, length: int) -> bool:
    """Whether a control message is roster, chat, reaction or ack, told by its first bytes."""
    if length < 6:
        return False
    if arena[at] & 0xF0 != 0x80 or arena[at + 1] != 0xA1 or arena[at + 2] != 0x74:
        return False
    first, second = arena[at + 4], arena[at + 5]
    if first == 0x72:  # r: roster and reaction, not resume
        return bool(second == 0x6F or (second == 0x65 and length > 6 and arena[at + 6] == 0x61))
    return bool((first == 0x63 and second == 0x68) or (first == 0x61 and second == 0x63))


@kernel
def scan_reads(arena: U8, reads: I64, count: int, state: I64, carry: U8, events: I64) -> int:
    """Follow the streams of `count` reads.

    Args:
        arena: u8; each read's bytes, with `CARRY_BYTES` of free room before its first byte.
        reads: i64 [≥ count, 3]: bot, offset of the first byte read, number of bytes.
        count: How many rows of `reads` count.
        state: i64 [bots, 6], updated; columns as named above. Begins as zeros.
        carry: u8 [bots, CARRY_BYTES], updated.
        events: i64 [≥ 1, 4], written. When full, further events are dropped: give it a row for
            every 2 bytes or, in practice, a few per read.

    Returns:
        The number of events. Their payloads lie in `arena` until its next use.
    """
    n_events = 0
    for r in range(count):
        bot = reads[r, 0]
        begin = reads[r, 1]
        end = begin + reads[r, 2]
        at = begin
        kept = state[bot, CARRIED]
        if kept > 0:
            at = begin - kept
            for i in range(kept):
                arena[at + i] = carry[bot, i]
            state[bot, CARRIED] = 0
        skip = state[bot, SKIP]
        if skip > 0:
            step = min(skip, end - at)
            at += step
            state[bot, SKIP] = skip - step
        while at < end:
            left = end - at
            whole = True
            header = 2
            length = 0
            if left < 2:
                whole = False
            else:
                length = int(np.int64(arena[at + 1])) & 127
                if length == 126:
                    header = 4
                elif length == 127:
                    header = 10
                if left < header:
                    whole = False
                elif length == 126:
                    length = (int(np.int64(arena[at + 2])) << 8) | int(np.int64(arena[at + 3]))
                elif length == 127:
                    length = 0
                    for i in range(8):
                        length = (length << 8) | int(np.int64(arena[at + 2 + i]))
            if whole:
                opcode = int(np.int64(arena[at])) & 15
                bad = arena[at] & 0x70 != 0 or arena[at + 1] & 0x80 != 0
                if bad or length < 0 or length > _LONGEST:
                    if n_events < events.shape[0]:
                        events[n_events, 0] = bot
                        events[n_events, 1] = EVENT_MALFORMED
                        events[n_events, 2] = at
                        events[n_events, 3] = left
                        n_events += 1
                    break
                inside = at + header
                if opcode == _BINARY and left < header + min(length, 16):
                    whole = False
                elif (
                    opcode == _BINARY
                    and length >= 16
                    and arena[inside] == 0xC1
                    and arena[inside + 1] == 0x02
                ):
                    state[bot, TICK] = (
                        int(np.int64(arena[inside + 4]))
                        | (int(np.int64(arena[inside + 5])) << 8)
                        | (int(np.int64(arena[inside + 6])) << 16)
                        | (int(np.int64(arena[inside + 7])) << 24)
                    )
                    state[bot, SNAPSHOTS] += 1
                    state[bot, SNAPSHOT_BYTES] += length
                elif opcode == _BINARY and _of_no_concern(arena, inside, length):
                    state[bot, OTHERS] += 1
                elif left < header + length and header + length <= CARRY_BYTES:
                    whole = False
                else:
                    state[bot, OTHERS] += 1
                    if n_events < events.shape[0]:
                        events[n_events, 0] = bot
                        events[n_events, 1] = opcode
                        events[n_events, 2] = inside
                        events[n_events, 3] = min(length, end - inside)
                        n_events += 1
            if not whole:
                # at most a header or one short message is waited for, so it fits
                for i in range(left):
                    carry[bot, i] = arena[at + i]
                state[bot, CARRIED] = left
                break
            step = min(left, header + length)
            state[bot, SKIP] = header + length - step
            at += step
    return n_events
