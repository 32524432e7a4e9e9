"""Received server bytes in bulk, for bots: find the frames, decode snapshots into lanes.

Everything here reads what somebody else sent: lengths are checked before bytes are read, and
nothing is allocated.
"""

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.errors import Malformed
from hearth_protocol.kernels._jit import inner, kernel
from hearth_protocol.kernels.bits import get_u16, get_u32
from hearth_protocol.kernels.pieces import (
    decode_coarse,
    decode_hands_delta,
    decode_hands_full,
    decode_head_delta,
    decode_head_full,
)
from hearth_protocol.limits import (
    COARSE_BYTES,
    CORRECTION_BYTES,
    HOT_MARK,
    KIND_SNAPSHOT,
    MAX_COARSE,
    MAX_DOWN,
    MAX_LANES,
    Q_HANDS_TOLD,
    SNAPSHOT_HEADER_BYTES,
)

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

#: Kinds of frames found, in column 1 of a record.
CONTROL, SNAPSHOT, CLOSE, PING, PONG = 0, 2, 8, 9, 10
#: Columns of a record.
ROW, KIND, OFFSET, LENGTH, TICK, SERVER_MS, LAST_SEQ, HOLD_MS = 0, 1, 2, 3, 4, 5, 6, 7
RECORD_COLUMNS = 8
#: Columns of an updated lane.
LANE, ID, CAPTURED_MS, CODE = 0, 1, 2, 3
UPDATE_COLUMNS = 4
#: Columns of a coarse record: id, x z y in mm, yaw in 1/64 turns, posture, away.
COARSE_COLUMNS = 7
#: Cells of the summary: lanes updated, coarse records, offset of the correction or -1, scratch.
SUMMARY_CELLS = 5

_TOO_SHORT = int(Malformed.TOO_SHORT)
_TOO_LONG = int(Malformed.TOO_LONG)
_NOT_HOT = int(Malformed.NOT_HOT)
_UNKNOWN_KIND = int(Malformed.UNKNOWN_KIND)
_BAD_LANE_COUNT = int(Malformed.BAD_LANE_COUNT)
_BAD_LANE_CODE = int(Malformed.BAD_LANE_CODE)
_EMPTY_LANE = int(Malformed.EMPTY_LANE)
_BAD_COARSE_COUNT = int(Malformed.BAD_COARSE_COUNT)
_BAD_CORRECTION = int(Malformed.BAD_CORRECTION)
_BAD_FRAME = int(Malformed.BAD_FRAME)
_CORRECTION_REASONS = 6
_F32_EXPONENT = 0x7F80_0000


# --- frames ---------------------------------------------------------------------------------


@inner
def _frame_extent(buf: U8, at: int, end: int, out_extent: I64) -> int:  # noqa: PLR0911
    """Read a server's WebSocket frame header; out_extent gets payload offset and length.

    Gives 1 when the whole frame is there, 0 when more bytes are needed, or minus the reason.
    """
    if end - at < 2:
        return 0
    opcode = buf[at] & 15
    # final, no reserved bits; binary, close, ping or pong; not masked
    if buf[at] & 0xF0 != 0x80 or buf[at + 1] & 0x80 != 0:
        return -_BAD_FRAME
    if opcode not in (2, 8, 9, 10):
        return -_BAD_FRAME
    length = int(buf[at + 1]) & 127
    offset = at + 2
    if opcode != 2 and length > 125:
        return -_BAD_FRAME
    if length == 126:
        if end - at < 4:
            return 0
        length = (int(buf[at + 2]) << 8) | int(buf[at + 3])
        offset = at + 4
    elif length == 127:
        if end - at < 10:
            return 0
        length = 0
        for i in range(at + 2, at + 10):
            if length > MAX_DOWN:
                return -_BAD_FRAME
            length = (length << 8) | int(buf[i])
        offset = at + 10
    if length > MAX_DOWN:
        return -_BAD_FRAME
    if offset + length > end:
        return 0
    out_extent[0] = offset
    out_extent[1] = length
    return 1


@kernel
def scan_frames(buf: U8, at: int, end: int, row: int, out: I64, found: int, state: I64) -> int:
    """List the whole frames in buf[at:end] from out[found] on; give the new number found.

    out: [R, 8], columns as named above; tick and the rest are of snapshots only, else 0.
    Offsets count from buf[0]. `row` is copied into column 0.
    state: [4], overwritten: 0 bytes consumed up to (an offset; what follows is a partial frame,
    or did not fit `out`), 1 reason or 0; after a reason nothing more can be read; 2, 3 scratch.
    """
    state[1] = 0
    while found < out.shape[0]:
        whole = _frame_extent(buf, at, end, state[2:])
        if whole <= 0:
            state[1] = -whole
            break
        offset = state[2]
        length = state[3]
        opcode = int(buf[at]) & 15
        record = out[found]
        record[ROW] = row
        record[KIND] = CONTROL if opcode == 2 else opcode
        record[OFFSET] = offset
        record[LENGTH] = length
        record[TICK:] = 0
        if opcode == 2 and length > 0 and buf[offset] == HOT_MARK:
            if length < SNAPSHOT_HEADER_BYTES:
                state[1] = _TOO_SHORT
                break
            if buf[offset + 1] != KIND_SNAPSHOT:
                state[1] = _UNKNOWN_KIND
                break
            record[KIND] = SNAPSHOT
            record[TICK] = get_u32(buf, offset + 4)
            record[SERVER_MS] = get_u32(buf, offset + 8)
            record[LAST_SEQ] = get_u16(buf, offset + 12)
            record[HOLD_MS] = get_u16(buf, offset + 14)
        found += 1
        at = offset + length
    state[0] = at
    return found


# --- snapshots ------------------------------------------------------------------------------


@kernel
def clear_lanes(ids: U32, q: I32) -> None:
    """Empty every lane, as a new connection finds them."""
    ids[:] = 0
    q[:, :] = 0


@inner
def _empty_elsewhere(ids: U32, participant_id: int, lane: int) -> None:
    """A subject is in one lane: take it out of all but `lane`."""
    for other in range(MAX_LANES):
        if other != lane and ids[other] == participant_id:
            ids[other] = 0


@inner
def _check_correction(buf: U8, at: int, end: int) -> int:
    if end - at < CORRECTION_BYTES:
        return _TOO_SHORT
    if buf[at + 2] == 0 or buf[at + 2] > _CORRECTION_REASONS:
        return _BAD_CORRECTION
    for i in range(3):
        if get_u32(buf, at + 4 + 4 * i) & _F32_EXPONENT == _F32_EXPONENT:
            return _BAD_CORRECTION
    return 0


@inner
def _decode_hands(buf: U8, at: int, end: int, code: int, q: I32) -> int:
    """Apply the hands half of a lane code to `q`; give the bytes used or minus the reason."""
    if code == 0:
        return 0
    if code == 3:
        return decode_hands_full(buf, at, end, q)
    if q[Q_HANDS_TOLD] == 0:
        return -_EMPTY_LANE
    if code == 1:
        return 0
    return decode_hands_delta(buf, at, end, q)


@inner
def _decode_lane(
    buf: U8, at: int, end: int, lane: int, code: int, ids: U32, q: I32, id_age: I64
) -> int:
    """Apply one lane's pieces; give the bytes used or minus the reason."""
    head = code & 3
    hands = code >> 2
    if head < 2:
        if hands != 0:
            return -_BAD_LANE_CODE
        return -_EMPTY_LANE if head == 1 and ids[lane] == 0 else 0
    if head == 2:
        if ids[lane] == 0:
            return -_EMPTY_LANE
        used = decode_head_delta(buf, at, end, q, id_age)
    else:
        used = decode_head_full(buf, at, end, q, id_age)
        if used > 0 and ids[lane] != id_age[0]:
            if hands in (1, 2):
                return -_BAD_LANE_CODE
            _empty_elsewhere(ids, id_age[0], lane)
            ids[lane] = id_age[0]
            q[Q_HANDS_TOLD] = 0
    if used < 0:
        return used
    more = _decode_hands(buf, at + used, end, hands, q)
    return more if more < 0 else used + more


@inner
def _decode_coarse_section(buf: U8, at: int, end: int, ids: U32, out: I64) -> int:
    """Read the coarse section; give the number of records or minus the reason."""
    if end - at < 1:
        return -_TOO_SHORT
    count = int(buf[at])
    if count > MAX_COARSE:
        return -_BAD_COARSE_COUNT
    at += 1
    for i in range(count):
        used = decode_coarse(buf, at, end, out[i])
        if used < 0:
            return used
        # told as far away: no longer in a lane
        _empty_elsewhere(ids, out[i, 0], -1)
        at += used
    return count


@kernel
def decode_snapshot(  # noqa: PLR0911
    buf: U8,
    at: int,
    end: int,
    ids: U32,
    q: I32,
    age: U8,
    tick_of: U32,
    out_updates: I64,
    out_coarse: I64,
    out_summary: I64,
) -> int:
    """Decode the snapshot buf[at:end] into one observer's lanes; give 0 or a `Malformed` number.

    Lanes, kept between calls: ids [64] (0 = empty), q [64, 24], age [64] (2 ms units, as last
    told), tick_of [64] (tick of the last update).
    out_updates: [64, 4] lane, id, captured_ms, code of each lane with a new sample.
    out_coarse: [16, 7]. out_summary: [5] updates, coarse records, correction offset or -1,
    two cells of scratch.
    After a reason the lanes are spoilt: the connection has to be closed.
    """
    out_summary[0] = 0
    out_summary[1] = 0
    out_summary[2] = -1
    if end - at < SNAPSHOT_HEADER_BYTES:
        return _TOO_SHORT
    if buf[at] != HOT_MARK:
        return _NOT_HOT
    if buf[at + 1] != KIND_SNAPSHOT:
        return _UNKNOWN_KIND
    flags = buf[at + 2]
    lanes = int(buf[at + 3])
    if lanes > MAX_LANES:
        return _BAD_LANE_COUNT
    tick = get_u32(buf, at + 4)
    server_ms = get_u32(buf, at + 8)
    at += SNAPSHOT_HEADER_BYTES
    if flags & 1 != 0:
        reason = _check_correction(buf, at, end)
        if reason != 0:
            return reason
        out_summary[2] = at
        at += CORRECTION_BYTES
    codes_at = at
    at += (lanes + 1) >> 1
    if at > end:
        return _TOO_SHORT
    id_age = out_summary[3:]
    for lane in range(lanes):
        code = (int(buf[codes_at + (lane >> 1)]) >> (4 * (lane & 1))) & 15
        if code == 0:
            continue
        used = _decode_lane(buf, at, end, lane, code, ids, q[lane], id_age)
        if used < 0:
            return -used
        at += used
        if code & 3 != 1:
            age[lane] = id_age[1]
        tick_of[lane] = tick
        update = out_updates[out_summary[0]]
        update[LANE] = lane
        update[ID] = ids[lane]
        update[CAPTURED_MS] = (server_ms - 2 * int(age[lane])) & 0xFFFF_FFFF
        update[CODE] = code
        out_summary[0] += 1
    if flags & 2 != 0:
        count = _decode_coarse_section(buf, at, end, ids, out_coarse)
        if count < 0:
            return -count
        out_summary[1] = count
        at += 1 + COARSE_BYTES * count
    return _TOO_LONG if at != end else 0
