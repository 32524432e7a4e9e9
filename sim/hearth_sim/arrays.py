"""The world's memory: struct-of-arrays, grouped in named tuples that kernels take whole.

Every group is allocated once for a fixed capacity and never moves, except the grid's cells,
which grow when rooms open. C is the capacity in slots, K the lanes of an observer, R the rooms.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
U32 = NDArray[np.uint32]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]
Bool = NDArray[np.bool_]

#: Samples of quantised state kept per slot; a gap of up to HISTORY - 1 samples can be a delta.
HISTORY = 8
#: A fresh slot's samples start this far ahead of any baseline, so nothing is diffed across.
FRESH_SAMPLES = 16
#: Bytes of one cached encoding: pieces, then lengths, code and the tick it was made for.
LINE_BYTES = 64


class Slots(NamedTuple):
    """Who is where. A slot is a recycled slot, not an identity: `generation` tells them apart.

    `sight` counts up whenever what others were told of this slot must be forgotten (join,
    leave, hidden); a lane holds the value it was given and is void when they differ.
    """

    occupied: U8  # [C]
    room: I32  # [C], -1 when free
    participant: U32  # [C]
    generation: U32  # [C]
    sight: I32  # [C]
    hidden: U8  # [C]
    away: U8  # [C]
    stage: U8  # [C]
    talking: U8  # [C]
    zone: I16  # [C], within the room; 0 = outside every zone
    touched: U8  # [C], 1 = make a sample this step though no pose came; 2 = one came
    refresh: U8  # [C], 1 = choose this observer's lanes this step


class Inputs(NamedTuple):
    """What the shell writes between steps."""

    inbox: U8  # [C, INBOX_STRIDE], whole masked WebSocket frames
    arrived_ms: U32  # [C], 0 = nothing new
    may_write: Bool  # [C]


class Arrivals(NamedTuple):
    """What this step's poses said, by slot, before anything is believed."""

    rows: I64  # [C], slots with a fresh pose
    seq: U16  # [C]
    participant: U32  # [C]
    captured_ms: U32  # [C]
    ack_tick: U32  # [C]
    state: U16  # [C]
    floats: F32  # [C, 21]
    reason: U8  # [C], a `Malformed` number, 0 = sound


class Bodies(NamedTuple):
    """The truth about each body, as accepted."""

    pose: F32  # [C, 21], metres and unit quaternions
    state: I32  # [C], the wire's 16 bits without `away` by the server
    captured_ms: I64  # [C], server time of the newest sample, u32 range
    sample: I32  # [C], ordinal of the newest sample
    sample_tick: I64  # [C]
    history: I32  # [C, HISTORY, 24], quantised samples at ordinal % HISTORY


class Links(NamedTuple):
    """What is known of each participant's connection: order, debts and allowances."""

    accepted_ms: I64  # [C], arrival of the newest accepted pose, u32 range
    has_pose: U8  # [C], 0 until this connection's first accepted pose
    last_seq: I32  # [C]
    acked_tick: U32  # [C]
    teleport_claimed: U8  # [C], the client's counter modulo 4
    teleport_count: U8  # [C], the server's, of those it allowed
    teleport_tokens: F32  # [C]
    correction: U8  # [C], reason to be told; 0 = none
    correction_seq: I32  # [C]
    rejections: U32  # [C, REJECTIONS], since join


class Pairs(NamedTuple):
    """Who must not or should especially see whom: short lists per slot."""

    excluded_count: I32  # [C]
    excluded: I32  # [C, E], slots; symmetric
    excluded_hint: I64  # [C], bit s % 64 is set if slot s is in the list; others may set it too
    friend_count: I32  # [C]
    friend: I32  # [C, F], slots; symmetric


#: What was told in one lane: the subject's `sight` when the lane was given; the ordinals of the
#: samples last told of head and hands, 0 for nothing yet (hands negative: the sample whose head was
#: told while the hands were withheld); and 1 if the lane did not fit the budget and is due. A
#: record, because encoding reads all of it at once and choosing reads none.
TOLD = np.dtype([("sight", np.int32), ("head", np.int32), ("hands", np.int32), ("late", np.int32)])


class Lanes(NamedTuple):
    """What each observer is being told: K lanes, each with one subject and two baselines."""

    subject: I32  # [C, K], slot or -1
    tier: U8  # [C, K], `Tier`
    told: NDArray[np.void]  # TOLD [C, K]
    top: I32  # [C], lanes at and above are empty
    used: I32  # [C], lanes in use
    rank2: F32  # [C], squared rank distance of the last one chosen at the last refresh
    crowded: U8  # [C], 1 = somebody within the radius got no lane
    cursor: I32  # [C], lane that goes first when the budget is short
    coarse_cursor: I32  # [C], place in the room's list


class Rooms(NamedTuple):
    """The open rooms and each one's block of grid cells."""

    open: U8  # [R]
    minimum: F32  # [R, 3]
    maximum: F32  # [R, 3]
    cell_m: F32  # [R]
    cell_base: I32  # [R]
    cells_x: I32  # [R]
    cells_z: I32  # [R]


class Grid(NamedTuple):
    """Everybody sorted by (room, cell), rebuilt each step; rows of cells are contiguous."""

    starts: I32  # [cells + 1], first sorted place of each cell
    order: I32  # [C], slot at each sorted place
    x: F32  # [C], by sorted place; hidden people stand far away from everything
    y: F32  # [C]
    z: F32  # [C]
    cell: I32  # [C], cell of each slot
    place: I32  # [C], sorted place of each slot
    room_starts: I32  # [R + 1], first place of each room in `order` and in `by_room`
    by_room: I32  # [C], slots by room, ascending within each: the coarse section's turn
    boosted_starts: I32  # [R + 1]
    boosted: I32  # [C], those on stage or talking, by room
    counts: I64  # [2], people, boosted


class Scratch(NamedTuple):
    """Working memory of the kernels; between calls only the stamps and the serial mean anything."""

    keys: I64  # [2 * C + MAX_LANES], rank and sorted place in one number
    mark: I32  # [C], stamp of the observer who last looked at this slot
    stamp: I64  # [2], newest stamp; serial number of the newest encode
    plan: I64  # [MAX_LANES, 4], what one frame will tell, see `kernels.budget`


class Frames(NamedTuple):
    """The frames of the last encode and the lines they were copied from."""

    offset: I64  # [C], into the arena
    length: I32  # [C], 0 = no frame
    line: U8  # [HISTORY + 1, C, LINE_BYTES]; gap 0 is full, HISTORY is coarse
    flat: U8  # the same memory, [bytes]
    words: U32  # [HISTORY + 1, C, LINE_BYTES // 4], the same memory


class Report(NamedTuple):
    """What a step found, as arrays; `StepReport` reads it."""

    counts: I64  # [REJECTIONS], by reason; index 0 counts the accepted
    corrections: I64  # [CORRECTIONS]
    rejected_slot: I32  # [C]
    rejected_reason: U8  # [C]
    totals: I64  # [3], poses accepted, rejected (stale ones left out), observers refreshed


class Tuning(NamedTuple):
    """The settings as the kernels want them: squared, and in ticks."""

    tick_hz: int
    tick_ms: int
    speed_m_s: float
    reach_m: float
    teleport_m: float
    teleports_per_s: float
    radius2: float
    outer_m: float
    behind2: float
    personal2: float
    speaking2: float
    friend2: float
    incumbent2: float
    refresh_ticks: int
    tier_full: int
    tier_half: int
    tiers_on: int
    budget_bytes: int
    coarse_per_frame: int
    coarse_ticks: int
