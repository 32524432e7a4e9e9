"""Reading the sampled observers: arrival stamps, every frame decoded, every update kept.

What an observer has of its own is one row of each table here.
"""

import numpy as np
from numpy.typing import NDArray

from hearth_loadtest.kernels.calls import (
    INTERRUPTED,
    NOT_NOW,
    receive_stamped_from,
    stamp_ns,
)
from hearth_protocol.kernels import scan
from hearth_protocol.kernels._jit import inner, kernel

U8 = NDArray[np.uint8]
U32 = NDArray[np.uint32]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

#: Columns of an observer's counters.
FILL, RECORDS, LOST, SNAPSHOTS, SNAPSHOT_BYTES, UPDATES, TICK, BYTES_READ = 0, 1, 2, 3, 4, 5, 6, 7
#: Local nanoseconds at which the socket was last read until it was empty.
EMPTIED_NS = 8
#: Updates whose age was at the end of its scale; they are not in the log.
TOO_OLD = 9
COUNTERS = 10
#: Columns of an event: observer, kind as in `scan` or `MALFORMED`, offset in `aside`, length.
EVENT_COLUMNS = 4
#: Kinds of events beside those of frames.
MALFORMED, ENDED = -1, -2
#: Reads of one socket in one call.
READS_AT_ONCE = 32

_FRAMES = 32
_UNCHANGED = 1
#: The end of the scale of ages: so old or older (WIRE, section 4).
_OLDEST = 255
_COUNT, _AT = 0, 1


@inner
def _of_no_concern(buf: U8, at: int, length: int) -> bool:
    """Whether a control message is roster, chat, reaction or ack, told by its first bytes."""
    if length < 6:
        return False
    if buf[at] & 0xF0 != 0x80 or buf[at + 1] != 0xA1 or buf[at + 2] != 0x74:
        return False
    first, second = buf[at + 4], buf[at + 5]
    if first == 0x72:  # r: roster and reaction, not resume
        return bool(second == 0x6F or (second == 0x65 and length > 6 and buf[at + 6] == 0x61))
    return bool((first == 0x63 and second == 0x68) or (first == 0x61 and second == 0x63))


@inner
def _keep(
    counters: I64,
    received_s: float,
    updates: I64,
    count: int,
    q: I32,
    age: U8,
    subject: U32,
    captured_ms: U32,
    arrived_s: F64,
    head_mm: I32,
    repeated: Bool,
) -> None:
    """Append a snapshot's updates to one observer's log; when full, the oldest half is lost."""
    fill = counters[RECORDS]
    if fill + count > subject.shape[0]:
        half = fill // 2
        counters[LOST] += half
        for i in range(half, fill):
            to = i - half
            subject[to] = subject[i]
            captured_ms[to] = captured_ms[i]
            arrived_s[to] = arrived_s[i]
            head_mm[to] = head_mm[i]
            repeated[to] = repeated[i]
        fill -= half
    row = fill
    for i in range(count):
        if age[updates[i, scan.LANE]] == _OLDEST:
            # captured nobody knows when: it is no sample that could be told right or wrong
            counters[TOO_OLD] += 1
            continue
        subject[row] = updates[i, scan.ID]
        captured_ms[row] = updates[i, scan.CAPTURED_MS]
        arrived_s[row] = received_s
        for axis in range(3):
            head_mm[row, axis] = q[updates[i, scan.LANE], axis]
        repeated[row] = updates[i, scan.CODE] & 3 == _UNCHANGED
        row += 1
    counters[RECORDS] = row


@kernel
def follow(
    observers: I64,
    received_s: float,
    events: I64,
    aside: U8,
    found: I64,
    buffers: U8,
    counters: I64,
    ids: U32,
    q: I32,
    age: U8,
    tick_of: U32,
    subject: U32,
    captured_ms: U32,
    arrived_s: F64,
    head_mm: I32,
    repeated: Bool,
) -> None:
    """Decode what lies in the buffers of observers [n]; keep unfinished frames for later.

    received_s: when the bytes not yet looked at arrived, local seconds. events: [e, 4]; further
    ones are dropped when full. aside: where the payloads of events are put; without room they are
    cut short. found: [2] events, fill of `aside`; both counted up.

    buffers: [N, m] bytes; the first `counters[FILL]` of a row are there. counters: [N, 10],
    columns as named above. Lanes as in `scan`: ids [N, 64], q [N, 64, 24], age [N, 64],
    tick_of [N, 64]. The logs, written: subject [N, r], captured_ms [N, r], arrived_s [N, r],
    head_mm [N, r, 3], repeated [N, r].
    """
    frames = np.empty((_FRAMES, scan.RECORD_COLUMNS), np.int64)
    state = np.empty(4, np.int64)
    updates = np.empty((64, scan.UPDATE_COLUMNS), np.int64)
    coarse = np.empty((16, scan.COARSE_COLUMNS), np.int64)
    summary = np.empty(scan.SUMMARY_CELLS, np.int64)
    for o in range(observers.shape[0]):
        k = observers[o]
        mine = counters[k]
        buf = buffers[k]
        begin = 0
        reason = 0
        more = True
        while more and reason == 0:
            n = scan.scan_frames(buf, begin, mine[FILL], k, frames, 0, state)
            more = n == _FRAMES
            begin = state[0]
            reason = state[1]
            for f in range(n):
                kind = frames[f, scan.KIND]
                at = frames[f, scan.OFFSET]
                length = frames[f, scan.LENGTH]
                if kind == scan.SNAPSHOT:
                    fault = scan.decode_snapshot(
                        buf,
                        at,
                        at + length,
                        ids[k],
                        q[k],
                        age[k],
                        tick_of[k],
                        updates,
                        coarse,
                        summary,
                    )
                    if fault != 0:
                        reason = fault
                        break
                    mine[TICK] = frames[f, scan.TICK]
                    mine[SNAPSHOTS] += 1
                    mine[SNAPSHOT_BYTES] += length
                    mine[UPDATES] += summary[0]
                    _keep(
                        mine,
                        received_s,
                        updates,
                        summary[0],
                        q[k],
                        age[k],
                        subject[k],
                        captured_ms[k],
                        arrived_s[k],
                        head_mm[k],
                        repeated[k],
                    )
                elif kind != scan.CONTROL or not _of_no_concern(buf, at, length):
                    _set_aside(k, kind, buf[at : at + length], events, aside, found)
        if reason != 0:
            _set_aside(k, MALFORMED, np.full(1, reason, np.uint8), events, aside, found)
            begin = mine[FILL]
        left = mine[FILL] - begin
        if begin > 0:
            for i in range(left):
                buf[i] = buf[begin + i]
        mine[FILL] = left


@inner
def _set_aside(observer: int, kind: int, payload: U8, events: I64, aside: U8, found: I64) -> None:
    """Put an event where Python will look."""
    if found[_COUNT] >= events.shape[0]:
        return
    length = min(payload.shape[0], aside.shape[0] - found[_AT])
    event = events[found[_COUNT]]
    event[0] = observer
    event[1] = kind
    event[2] = found[_AT]
    event[3] = length
    for i in range(length):
        aside[found[_AT] + i] = payload[i]
    found[_AT] += length
    found[_COUNT] += 1


@kernel
def watch(
    observers: I64,
    fds: I32,
    now_ns: tuple[int, int],
    message: I64,
    delay: I64,
    events: I64,
    aside: U8,
    found: I64,
    buffers: U8,
    counters: I64,
    ids: U32,
    q: I32,
    age: U8,
    tick_of: U32,
    subject: U32,
    captured_ms: U32,
    arrived_s: F64,
    head_mm: I32,
    repeated: Bool,
) -> int:
    """Read observers [n] until their sockets are empty and decode everything; give the reads.

    fds: [N] file descriptors; -1 for nobody, and set for a socket that failed or ended.
    now_ns: local time and the wall clock, which stamps arrivals, read at the same moment.
    message: [32] as `calls.prepare_message` made it. delay: [≥ n x READS_AT_ONCE] written: how
    long each read's bytes had lain there, nanoseconds, 0 where the system told no stamp.
    The others: see `follow`; `found` is overwritten.
    """
    found[:] = 0
    reads = 0
    local_ns, wall_ns = now_ns
    for o in range(observers.shape[0]):
        k = observers[o]
        for _ in range(READS_AT_ONCE):
            if fds[k] < 0:
                break
            fill = counters[k, FILL]
            room = buffers.shape[1] - fill
            n = receive_stamped_from(
                fds[k], buffers.ctypes.data + k * buffers.shape[1] + fill, room, message
            )
            if n in (NOT_NOW, INTERRUPTED):
                break
            if n <= 0:
                fds[k] = -1
                _set_aside(k, ENDED, np.empty(0, np.uint8), events, aside, found)
                break
            stamp = stamp_ns(message)
            waited_ns = 0
            if stamp > 0:
                # below 0: came during this call. Nothing lay there when the socket was last
                # emptied: a bound that holds even when somebody sets the wall clock.
                waited_ns = min(wall_ns - stamp, local_ns - counters[k, EMPTIED_NS])
            delay[reads] = max(waited_ns, 0)
            reads += 1
            counters[k, FILL] += n
            counters[k, BYTES_READ] += n
            follow(
                observers[o : o + 1],
                (local_ns - waited_ns) * 1e-9,
                events,
                aside,
                found,
                buffers,
                counters,
                ids,
                q,
                age,
                tick_of,
                subject,
                captured_ms,
                arrived_s,
                head_mm,
                repeated,
            )
            if n < room:
                break
        counters[k, EMPTIED_NS] = local_ns
    return reads
