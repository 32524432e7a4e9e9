"""Encode each avatar at most once per tick and kind: the lines that snapshots copy from.

A line is 64 bytes: 0 to 39 the head piece and behind it the hands piece, 48 the lane code of
both, 49 their length, 50 the length of the head piece, 51 whether nothing changed at all, 56 to
59 the serial number of the encode it was made for. Line 0 of a slot is full, lines 1 to 7 are
deltas over as many samples, line 8 is the coarse record.
"""

import numpy as np

from hearth_protocol.kernels.pieces import (
    encode_coarse,
    encode_hands_delta,
    encode_hands_full,
    encode_head_delta,
    encode_head_full,
)
from hearth_sim.arrays import HISTORY, I32, Bodies, Frames, Slots
from hearth_sim.kernels._inner import inner
from hearth_sim.kernels.ingest import since

# Words (u32) of a line: the facts are code, length, head length and "unchanged", a byte each.
FACTS = 12
SERIAL = 14
LENGTH_AT = 8
HEAD_LENGTH_AT = 16
UNCHANGED_AT = 24
COARSE = HISTORY

NOTHING = 0
SAME = 1
DELTA = 2
FULL = 3
_HANDS = 2  # bits to the left
_TRACKED = 3 << 2
_Q_STATE = 21


@inner
def prepare_line(
    gap: int, slot: int, serial: int, now_ms: int, slots: Slots, bodies: Bodies, frames: Frames
) -> None:
    """Make frames.line[gap, slot] current, if it is not.

    gap: 0 for full pieces, 1 to 7 for the difference to that many samples ago.
    """
    if frames.line_tick[gap, slot, SERIAL] == serial:
        return
    frames.line_tick[gap, slot, SERIAL] = serial
    line = frames.line[gap, slot]
    sample = int(bodies.sample[slot])
    now = bodies.history[slot, sample % HISTORY]
    age = min(max(since(now_ms, bodies.captured_ms[slot]), 0) >> 1, 255)
    participant = int(np.int64(slots.participant[slot]))
    tracked = now[_Q_STATE] & _TRACKED != 0
    hands = NOTHING
    hands_length = 0
    unchanged = 0
    if gap == 0:
        head = FULL
        head_length = encode_head_full(now, participant, age, line, 0)
        if tracked:
            hands = FULL
            hands_length = encode_hands_full(now, line, head_length)
    else:
        base = bodies.history[slot, (sample - gap) % HISTORY]
        head = DELTA
        head_length = encode_head_delta(now, base, age, line, 0)
        if head_length < 0:
            head = FULL
            head_length = encode_head_full(now, participant, age, line, 0)
        hands_same = _equal(now, base, 7, 21)
        if hands_same and _equal(now, base, 0, 7) and now[_Q_STATE] == base[_Q_STATE]:
            unchanged = 1
        if tracked:
            if hands_same:
                hands = SAME
            else:
                hands = DELTA
                hands_length = encode_hands_delta(now, base, line, head_length)
                if hands_length < 0:
                    hands = FULL
                    hands_length = encode_hands_full(now, line, head_length)
    frames.line_tick[gap, slot, FACTS] = (
        head
        | (hands << _HANDS)
        | ((head_length + hands_length) << LENGTH_AT)
        | (head_length << HEAD_LENGTH_AT)
        | (unchanged << UNCHANGED_AT)
    )


@inner
def prepare_coarse(slot: int, serial: int, slots: Slots, bodies: Bodies, frames: Frames) -> None:
    """Make the coarse record frames.line[COARSE, slot] current, if it is not."""
    if frames.line_tick[COARSE, slot, SERIAL] == serial:
        return
    frames.line_tick[COARSE, slot, SERIAL] = serial
    now = bodies.history[slot, int(bodies.sample[slot]) % HISTORY]
    encode_coarse(now, int(np.int64(slots.participant[slot])), frames.line[COARSE, slot], 0)


@inner
def _equal(now: I32, base: I32, low: int, high: int) -> bool:
    """Say whether columns low to high - 1 are the same."""
    difference = np.int32(0)
    for column in range(low, high):
        difference |= now[column] ^ base[column]
    return bool(difference == 0)
