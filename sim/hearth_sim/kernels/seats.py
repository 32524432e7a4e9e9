"""Parts of `routes`: how loudly one is heard, and who of those who wait gets a voice slot.

Keys are numbers that compare as people do: class * CLASS_STEP + score. The classes, from the
least: ordinary and silent, privileged and silent, ordinary and talking, privileged and talking.
"""

import math

import numpy as np

from hearth_protocol.kernels._jit import inlined
from hearth_sim.arrays import F32, I32, I64, U8, U32
from hearth_sim.voice_arrays import (
    CONE_COS,
    CONE_GAIN,
    CONE_SLOPE,
    F64,
    NEWLY,
    PRIVILEGED,
    PROTECTED,
    REF_M,
    ROLLOFF,
    SEATED,
    VOICE_SLOTS,
)

NEVER = np.inf


@inlined
def voice_gain(air: F64, d: float, towards: float) -> float:
    """Give the gain at `d` metres; `towards` is d times the cosine of how far one is off ahead.

    air: one row of `RoomSound.air`.
    """
    gain = 1.0
    if d > air[REF_M]:
        gain = air[REF_M] / (air[REF_M] + air[ROLLOFF] * (d - air[REF_M]))
    if towards < air[CONE_COS] * d:
        turned = air[CONE_SLOPE] * (air[CONE_COS] - towards / d)
        gain *= max(air[CONE_GAIN], 1.0 - turned)
    return gain


@inlined
def is_beside(
    mat_x: F32,
    mat_z: F32,
    lies: U8,
    a: np.uintp,
    b: np.uintp,
    dx: float,
    dz: float,
    near_m: float,
) -> bool:
    """Say whether two are on mats that near to each other, or else are that near themselves.

    mat_x, mat_z, lies: [C]. dx, dz: from one body to the other.
    """
    if near_m == NEVER:
        return True
    if lies[a] & lies[b] != 0:
        dx = np.float64(mat_x[a]) - np.float64(mat_x[b])
        dz = np.float64(mat_z[a]) - np.float64(mat_z[b])
    return math.sqrt(dx * dx + dz * dz) <= near_m


@inlined
def mark_hopeful(
    begin: int,
    end: int,
    here: tuple[np.float32, np.float32, np.float32],
    air: tuple[np.float32, np.float32, np.float32],
    cut: np.float32,
    x: F32,
    y: F32,
    z: F32,
    loud: F32,
    base: F32,
    hopeful: U8,
) -> None:
    """Write hopeful[begin:end]: 1 for sources in range whose key may exceed `cut` as near ones.

    air: reference distance, rolloff and the square of the range. Without a branch or a division
    (which would be checked for zero), so that it is done many at a time.
    """
    # Unsigned, or each index would be looked at for being negative, one at a time.
    for source in range(np.uintp(begin), np.uintp(end)):
        dx = here[0] - x[source]
        dy = here[1] - y[source]
        dz = here[2] - z[source]
        d2 = dx * dx + dy * dy + dz * dz
        fall = air[0] + air[1] * max(np.sqrt(d2) - air[0], np.float32(0.0))
        hopeful[source] = (d2 <= air[2]) & (loud[source] * air[0] > (cut - base[source]) * fall)


@inlined
def weakest_ordinary(seat: I32, seat_key: F64, seat_kind: U8, limit: int) -> int:
    """Give the voice slot of the weakest ordinary talker; there is one."""
    weakest = -1
    for at in range(limit):
        if seat[at] < 0 or seat_kind[at] & PRIVILEGED != 0:
            continue
        if weakest < 0 or seat_key[at] < seat_key[weakest]:
            weakest = at
    return weakest


@inlined
def least_key(
    seat: I32, seat_key: F64, seat_kind: U8, limit: int, ordinary: int, most: int
) -> float:
    """Give a key that an ordinary newcomer has to exceed for certain; -1 if a slot is free."""
    cut = NEVER
    for at in range(limit):
        if seat[at] < 0:
            if ordinary < most:
                return -1.0
        elif ordinary < most or seat_kind[at] & PRIVILEGED == 0:
            cut = min(cut, seat_key[at])
    return cut


@inlined
def set_bars(
    bar: F64,
    victim: I32,
    seat_source: I32,
    seat_key: F64,
    seat_kind: U8,
    limit: int,
    most: int,
) -> None:
    """Fill `bar` and `victim`: what each kind of newcomer has to exceed, and where.

    A free slot has no bar. A newcomer displaces the weakest of those it may: an ordinary one
    only ordinary ones where they have all that is theirs; nobody who was seated in this step;
    nobody protected, unless it just began to talk or is privileged and the other is not.
    """
    free = -1
    ordinary = 0
    for at in range(limit):
        if seat_source[at] >= 0:
            ordinary += seat_kind[at] & PRIVILEGED == 0
        elif free < 0:
            free = at
    for kind in range(4):
        crowded = kind & PRIVILEGED == 0 and ordinary >= most
        bar[kind] = NEVER
        victim[kind] = -1
        if free >= 0 and not crowded:
            bar[kind] = -1.0
            victim[kind] = free
            continue
        for at in range(limit):
            theirs = int(seat_kind[at])
            barred = seat_source[at] < 0 or theirs & SEATED != 0
            barred |= crowded and theirs & PRIVILEGED != 0
            over = kind & NEWLY != 0 or (kind & PRIVILEGED != 0 and theirs & PRIVILEGED == 0)
            barred |= theirs & PROTECTED != 0 and not over
            if not barred and seat_key[at] < bar[kind]:
                bar[kind] = seat_key[at]
                victim[kind] = at


@inlined
def best_waiting(
    waiting: int, wait_key: F64, wait_kind: U8, wait_source: I32, source_slot: I32, bar: F64
) -> int:
    """Give who comes next of those that can get a slot: the best, the lower slot first; or -1."""
    best = -1
    for at in range(waiting):
        key = wait_key[at]
        if key <= bar[wait_kind[at]] or (best >= 0 and key < wait_key[best]):
            continue
        if (
            best < 0
            or key > wait_key[best]
            or source_slot[wait_source[at]] < source_slot[wait_source[best]]
        ):
            best = at
    return best


@inlined
def write_row(
    talker: I32,
    who: U32,
    since_ms: I64,
    gain: F32,
    reason: U8,
    seat_source: I32,
    seat_gain: F64,
    seat_reason: U8,
    source_slot: I32,
    generation: U32,
    clock_ms: int,
) -> tuple[int, bool]:
    """Make a listener's row [S] what the seats say; give how many are heard, and if it differs."""
    differs = False
    heard = 0
    for at in range(VOICE_SLOTS):
        source = int(seat_source[at])
        if source < 0:
            if talker[at] >= 0:
                differs = True
                talker[at] = -1
                reason[at] = 0
                gain[at] = 0.0
            continue
        heard += 1
        now = source_slot[source]
        gain[at] = seat_gain[at]
        if talker[at] != now or who[at] != generation[now]:
            differs = True
            talker[at] = now
            who[at] = generation[now]
            since_ms[at] = clock_ms
        if reason[at] != seat_reason[at]:
            differs = True
            reason[at] = seat_reason[at]
    return heard, differs
