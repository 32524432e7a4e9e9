"""Encode each avatar at most once per tick and kind: the lines that snapshots copy from.

A line is 64 bytes: 0 to 39 the head piece and behind it the hands piece; word 12 (u32) the
facts; word 14 the serial number of the encode it was made for. Line 0 of a slot is full, lines 1
to 7 are deltas over as many samples, line 8 is the coarse record.

Encoders take single arrays instead of groups: a call that is not inlined passes every field of
every array it is given.
"""

from hearth_protocol.kernels._jit import inner
from hearth_protocol.kernels.pieces import (
    encode_coarse,
    encode_hands_delta,
    encode_hands_full,
    encode_head_delta,
    encode_head_full,
)
from hearth_sim.arrays import HISTORY, I32, U8, U32

#: The facts' word: code, length, length of the head piece and "unchanged", a byte each.
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
_HANDS_AT = 2
_TRACKED = 3 << 2
_Q_STATE = 21


@inner
def prepare_line(
    gap: int,
    slot: int,
    participant: int,
    sample: int,
    age_ms: int,
    serial: int,
    history: I32,
    line: U8,
    words: U32,
) -> int:
    """Make line[gap, slot] for this encode and give its facts.

    gap: 0 for full pieces, 1 to 7 for the difference to that many samples ago.
    """
    out = line[gap, slot]
    now = history[slot, sample % HISTORY]
    age = min(max(age_ms, 0) >> 1, 255)
    tracked = now[_Q_STATE] & _TRACKED != 0
    hands = NOTHING
    hands_length = 0
    unchanged = 0
    head = FULL
    head_length = -1
    base = history[slot, (sample - gap) % HISTORY]
    if gap != 0:
        head = DELTA
        head_length = encode_head_delta(now, base, age, out, 0)
    if head_length < 0:
        head = FULL
        head_length = encode_head_full(now, participant, age, out, 0)
    if gap != 0:
        difference = now[7] ^ base[7]
        for column in range(8, 21):
            difference |= now[column] ^ base[column]
        hands_same = difference == 0
        if hands_same:
            difference |= now[_Q_STATE] ^ base[_Q_STATE]
            for column in range(7):
                difference |= now[column] ^ base[column]
            if difference == 0:
                unchanged = 1
        if tracked:
            hands = SAME
            if not hands_same:
                hands = DELTA
                hands_length = encode_hands_delta(now, base, out, head_length)
    elif tracked:
        hands_length = -1
    if hands_length < 0:
        hands = FULL
        hands_length = encode_hands_full(now, out, head_length)
    facts = head | (hands << _HANDS_AT) | ((head_length + hands_length) << LENGTH_AT)
    facts |= (head_length << HEAD_LENGTH_AT) | (unchanged << UNCHANGED_AT)
    words[gap, slot, FACTS] = facts
    words[gap, slot, SERIAL] = serial
    return facts


@inner
def prepare_coarse(
    slot: int, participant: int, sample: int, serial: int, history: I32, line: U8, words: U32
) -> None:
    """Make the coarse record line[COARSE, slot] for this encode."""
    words[COARSE, slot, SERIAL] = serial
    encode_coarse(history[slot, sample % HISTORY], participant, line[COARSE, slot], 0)
