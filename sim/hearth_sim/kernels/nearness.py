"""Parts of the boundary kernels: which radius applies to a pair, its record, what is withheld."""

import math

import numpy as np

from hearth_protocol.kernels._jit import inlined
from hearth_sim.arrays import F32, I32, I64, U8, U32
from hearth_sim.boundary_arrays import (
    BLIND,
    CHANGES,
    ENTRIES,
    NON_FRIENDS,
    PLACE_REACH_M,
    RECORDS,
    STEPS,
    Boundaries,
)


@inlined
def pair_radius(
    a: int,
    b: int,
    mode: U8,
    radius: F32,
    seated: U8,
    friend_count: I32,
    friend: I32,
    excluded_count: I32,
    excluded: I32,
    excluded_hint: I64,
    consent_count: I32,
    consent: I32,
) -> np.float32:
    """Give the boundary between two people, metres; 0 for none.

    The larger of the wishes that apply. None holds between two who are both at their places,
    who consented, or who are kept apart: those are told nothing of each other as it is, and an
    unseen wall would tell.
    """
    wish_a: np.float32 = radius[a]
    wish_b: np.float32 = radius[b]
    if mode[a] == NON_FRIENDS or mode[b] == NON_FRIENDS:
        friends = False
        for at in range(friend_count[a]):
            friends |= friend[a, at] == b
        if friends and mode[a] == NON_FRIENDS:
            wish_a = np.float32(0.0)
        if friends and mode[b] == NON_FRIENDS:
            wish_b = np.float32(0.0)
    wide: np.float32 = max(wish_a, wish_b)
    if wide > 0.0:
        exempt = seated[a] & seated[b] != 0
        for at in range(consent_count[a]):
            exempt |= consent[a, at] == b
        # Both lists name the other, or neither does.
        if (excluded_hint[a] >> (b & 63)) & (excluded_hint[b] >> (a & 63)) & 1 != 0:
            for at in range(excluded_count[a]):
                exempt |= excluded[a, at] == b
        if exempt:
            wide = np.float32(0.0)
    return wide


@inlined
def find_record(a: int, b: int, generation: U32, boundary: Boundaries) -> int:
    """Give the number of the pair's record, or -1. Those about former holders do not count."""
    low = min(a, b)
    high = max(a, b)
    at = int(boundary.first[low])
    while at >= 0 and (
        boundary.upper[at] != high
        or boundary.upper_who[at] != generation[high]
        or boundary.lower_who[at] != generation[low]
    ):
        at = int(boundary.next[at])
    return at


@inlined
def make_record(a: int, b: int, generation: U32, boundary: Boundaries) -> int:
    """Begin a record about a pair and give its number, or -1 when there is no room for one."""
    at = int(boundary.counts[RECORDS])
    if at < boundary.lower.shape[0]:
        boundary.counts[RECORDS] = at + 1
        low = min(a, b)
        high = max(a, b)
        boundary.lower[at] = low
        boundary.upper[at] = high
        boundary.lower_who[at] = generation[low]
        boundary.upper_who[at] = generation[high]
        boundary.pushed[at] = 0
        boundary.pushed_at[at] = boundary.counts[STEPS]
        boundary.faded[at] = 0
        boundary.next[at] = boundary.first[low]
        boundary.first[low] = at
    else:
        at = -1
    return at


@inlined
def tell_change(at: int, on: int, boundary: Boundaries) -> None:
    """Note for the shell that the pair of a record vanished for each other, or is back."""
    count = boundary.counts[CHANGES]
    boundary.change[count, 0] = boundary.lower[at]
    boundary.change[count, 1] = boundary.upper[at]
    boundary.change[count, 2] = on
    boundary.counts[CHANGES] = count + 1


@inlined
def withhold_from(observer: int, subject: int, kind: int, boundary: Boundaries) -> None:
    """Note what an observer is not told of; where there is no room, they are told of nobody."""
    at = boundary.counts[ENTRIES]
    if at >= boundary.withheld.shape[0]:
        boundary.withheld_first[observer] = BLIND
    elif boundary.withheld_first[observer] != BLIND:
        boundary.counts[ENTRIES] = at + 1
        boundary.withheld[at] = subject
        boundary.withheld_kind[at] = kind
        boundary.withheld_next[at] = boundary.withheld_first[observer]
        boundary.withheld_first[observer] = at


@inlined
def is_seated(slot: int, placed: U8, spot: F32, x: np.float32, z: np.float32) -> bool:
    """Say whether somebody at (x, z) is within reach of a place of their own."""
    dx = x - spot[slot, 0]
    dz = z - spot[slot, 1]
    return bool(placed[slot] != 0 and dx * dx + dz * dz <= PLACE_REACH_M * PLACE_REACH_M)


@inlined
def apart_m(ax: float, az: float, bx: float, bz: float) -> float:
    """Give the horizontal distance."""
    return math.sqrt((ax - bx) * (ax - bx) + (az - bz) * (az - bz))
