"""The personal boundaries' memory: wishes, places, consents, pairs that push, who is withheld.

C is the capacity in slots, R the rooms, N the pairs that are near (`NEAR_PER_SLOT` * C), P those
on record (`PAIRS_PER_SLOT` * C), W the entries of who is withheld from whom
(`WITHHELD_PER_SLOT` * C).
"""

from typing import NamedTuple

import numpy as np

from hearth_protocol.limits import NEAR_MAX
from hearth_sim.arrays import F32, I32, I64, U8, U32

OFF, NON_FRIENDS, ALL = 0, 1, 2

#: People one can have consented to at a time.
CONSENTS = NEAR_MAX
#: A place shields who is this near to its middle: half the way to the next mat.
PLACE_REACH_M = 1.1
#: People are held this far outside a radius and count as inside below the other. A coarse record
#: moves a head by up to 11.4 mm; two of them must not seem inside either.
HOLD_M = 0.025
INSIDE_M = 0.024
#: A hand's numbers and a head's move by less than a millimetre each on the wire.
HAND_M = 0.002
#: Cells are looked at this much further than needed, so that rounding leaves nobody out.
ROUNDING_M = 0.001
#: Neighbours are noted this much further than needed, so that those held elsewhere in the same
#: step, by up to half of it each, need not look round again.
SLACK_M = 0.2
#: Deeper than this in one tick is pushing; swaying at the edge is not.
PUSH_M = 0.02
#: A pair that pushed this long vanishes for each other; a pause this long ends the pushing.
PUSH_S = 2.0
PAUSE_S = 0.5
#: Who vanished is back at this multiple of the radius, and at least this far outside.
BACK = 1.2
BACK_M = 0.05

PAIRS_PER_SLOT = 8
NEAR_PER_SLOT = 16
WITHHELD_PER_SLOT = 16
#: `withheld_first` of somebody who is told of nobody: just come, or with more people withheld
#: from them than there is room to note.
BLIND = -2
#: Kinds of withholding: everything, or hands only.
ALL_OF_THEM, HANDS = 0, 1

# Cells of `counts`.
RECORDS, ENTRIES, CHANGES, STEPS, MOVED, QUEUED, TAKEN, RAN, NEAR = 0, 1, 2, 3, 4, 5, 6, 7, 8


class Boundaries(NamedTuple):
    """All that boundaries depend on and decide."""

    mode: U8  # [C], OFF, NON_FRIENDS or ALL
    radius: F32  # [C], metres, 0 while off
    fresh: U8  # [C], came (or came out of hiding) since the last step
    placed: U8  # [C], sits on a claimed place
    spot: F32  # [C, 2], its middle, x and z
    seated: U8  # [C], is within reach of it; as of the last step
    consent_count: I32  # [C]
    consent: I32  # [C, CONSENTS], slots; symmetric
    last: F32  # [C, 2], where each head was held at the end of the last step, x and z
    widest: F32  # [R], widest wish in each room
    hand_most: F32  # [R], furthest that a hand is from its head in each room, horizontally
    hand: F32  # [C], how far the further hand is from the head, horizontally
    candidate: I32  # [C], those around one person; means nothing between two people
    candidate_m: F32  # [C], and the boundary with each
    near: I32  # [N, 2], slots of the pairs whose boundary may matter in this step
    near_m: F32  # [N], the boundary between the two, metres
    near_first: I32  # [C], newest of a slot's sides of pairs: 2 * pair + column; -1 = none
    near_next: I32  # [2 N]
    lost: U8  # [C], 1 = has a pair for which `near` had no room
    mover: I32  # [C], slots that were moved in this step
    moved: U8  # [C], 1 = is in `mover`, 2 = and stays where it was; 0 between steps
    queue: I32  # [C], ring of those to be looked at, each in it once
    queued: U8  # [C], 1 = is in `queue`; 0 between steps
    visits: U8  # [C], how often somebody was looked at in this step; 0 between steps
    drift: F32  # [1], furthest that anybody was held back in this step, metres
    first: I32  # [C], first record of which this slot is the lower one, or -1
    next: I32  # [P]
    lower: I32  # [P]
    upper: I32  # [P]
    lower_who: U32  # [P], generations
    upper_who: U32  # [P]
    pushed: I32  # [P], ticks
    pushed_at: I64  # [P], step of the last push
    faded: U8  # [P], 1 = neither is told of the other
    withheld_first: I32  # [C], first entry of each observer, -1 = none, BLIND = told of nobody
    withheld_next: I32  # [W]
    withheld: I32  # [W], the subject
    withheld_kind: U8  # [W]
    change: I32  # [3 P, 3], lower slot, upper slot, 1 = vanished and 0 = back
    counts: I64  # [9]


def allocate_boundaries(capacity: int, rooms: int) -> Boundaries:
    """Give boundaries that nobody wishes."""
    pairs = NEAR_PER_SLOT * capacity
    records = PAIRS_PER_SLOT * capacity
    entries = WITHHELD_PER_SLOT * capacity
    return Boundaries(
        mode=np.zeros(capacity, np.uint8),
        radius=np.zeros(capacity, np.float32),
        fresh=np.zeros(capacity, np.uint8),
        placed=np.zeros(capacity, np.uint8),
        spot=np.zeros((capacity, 2), np.float32),
        seated=np.zeros(capacity, np.uint8),
        consent_count=np.zeros(capacity, np.int32),
        consent=np.full((capacity, CONSENTS), -1, np.int32),
        last=np.zeros((capacity, 2), np.float32),
        widest=np.zeros(rooms, np.float32),
        hand_most=np.zeros(rooms, np.float32),
        hand=np.zeros(capacity, np.float32),
        candidate=np.zeros(capacity, np.int32),
        candidate_m=np.zeros(capacity, np.float32),
        near=np.zeros((pairs, 2), np.int32),
        near_m=np.zeros(pairs, np.float32),
        near_first=np.full(capacity, -1, np.int32),
        near_next=np.zeros(2 * pairs, np.int32),
        lost=np.zeros(capacity, np.uint8),
        mover=np.zeros(capacity, np.int32),
        moved=np.zeros(capacity, np.uint8),
        queue=np.zeros(capacity, np.int32),
        queued=np.zeros(capacity, np.uint8),
        visits=np.zeros(capacity, np.uint8),
        drift=np.zeros(1, np.float32),
        first=np.full(capacity, -1, np.int32),
        next=np.zeros(records, np.int32),
        lower=np.zeros(records, np.int32),
        upper=np.zeros(records, np.int32),
        lower_who=np.zeros(records, np.uint32),
        upper_who=np.zeros(records, np.uint32),
        pushed=np.zeros(records, np.int32),
        pushed_at=np.zeros(records, np.int64),
        faded=np.zeros(records, np.uint8),
        withheld_first=np.full(capacity, -1, np.int32),
        withheld_next=np.zeros(entries, np.int32),
        withheld=np.zeros(entries, np.int32),
        withheld_kind=np.zeros(entries, np.uint8),
        change=np.zeros((3 * records, 3), np.int32),
        counts=np.zeros(9, np.int64),
    )
