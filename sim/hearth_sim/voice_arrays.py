"""The memory of the voice policy: what is said about people, who could be heard, who hears whom.

C is the capacity in slots, R the rooms, S = VOICE_SLOTS. Everything is allocated once.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hearth_sim.allocation import aligned_u8
from hearth_sim.arrays import F32, I32, I64, U8, U32
from hearth_sim.settings import ZONE_BOXES, ZONES, Acoustics, Hearing

F64 = NDArray[np.float64]

#: Voices one listener can receive at once.
VOICE_SLOTS = 8
#: Of them, kept free of ordinary talkers: one in four.
SLOTS_PER_RESERVED = 4
WHISPER_TARGETS = 8
#: Moderators and moderated one person can be linked with.
MODERATED = 8

#: Bits of `Voices.muted`: the first only others can take back, the second the muted may as well.
#: The last two are the same, laid on by the leaders of a gathering and gone with it.
MUTED_HARD = 1
MUTED_SOFT = 2
HUSHED_HARD = 4
HUSHED_SOFT = 8

#: `RoomSound.mode`: everybody speaks; only the stage is heard; only those who lead are.
OPEN, STAGE_ONLY, SILENT = range(3)

#: What makes keys of classes and scores, see `kernels.seats`.
CLASS_STEP = 16.0
TALKING_CLASS = 2

#: Columns of `RoomSound.air`.
REF_M, ROLLOFF, ENTER_M, LEAVE_M, CONE_COS, CONE_SLOPE, CONE_GAIN, PORTAL_GAIN = range(8)

#: Bits of `Sources.traits`: talks (hangover included); just began to; on stage or with a
#: megaphone; whispers; may be heard beyond the range, so that the whole room has to look; is heard
#: by nobody but over a moderator's link.
TALKS, FRESH, LOUD, WHISPERS, WIDE, LINKED_ONLY = 1, 2, 4, 8, 16, 32

#: What a mark of `kernels.routes` says of a slot: in which voice slot it was heard, whether it is
#: moderated, and whether it may not be heard whatever else holds.
SEAT_MASK, HEARD, LINKED, FORBIDDEN = 7, 8, 16, 32

#: Bits of `Desk.seat_kind` and `Desk.kind`: stage or private; just began to talk; may not be
#: displaced by somebody who talked before; seated in this very step.
PRIVILEGED, NEWLY, PROTECTED, SEATED = 1, 2, 4, 8


class Voices(NamedTuple):
    """What the shell says about each person's voice and ears, and what a step remembers of it.

    A person named in a list is named with their generation: entries about those who left are
    void. Stage and talking stand in `Slots`. The one-dimensional fields are views of `PERSON`.
    """

    mic: U8  # [C], 1 = microphone open: can be heard
    level: F32  # [C], 0 to 1, as last told
    spoke: U8  # [C], 1 = talked since the last step, be it over or not
    muted: U8  # [C], MUTED_HARD | MUTED_SOFT | HUSHED_HARD | HUSHED_SOFT
    megaphone: U8  # [C]
    deafened: U8  # [C]
    earmuff_m: F32  # [C], infinite = none
    voice_slots: U8  # [C], 0 to S that this listener can receive
    bubble: I32  # [C], 0 = none
    zone_fixed: U8  # [C], 1 = `Slots.zone` was set and does not follow the boxes
    whispering: U8  # [C]
    whisper: I32  # [C, WHISPER_TARGETS], slots or -1
    whisper_who: U32  # [C, WHISPER_TARGETS], their generations
    moderated_count: I32  # [C]
    moderated: I32  # [C, MODERATED], slots; symmetric
    smooth: F64  # [C], level with immediate attack and slow release
    talked_ms: I64  # [C], voice clock of the last step that found them talking
    onset_ms: I64  # [C], voice clock of the step at which they began
    active: U8  # [C], 1 = talked at the last step, hangover included
    leads: U8  # [C], 1 = heard in a silent room
    lies: U8  # [C], 1 = is on their mat, as of the step; kept only where it matters
    mat_x: F32  # [C], where this person's mat lies; not a number without one
    mat_z: F32  # [C]


class RoomSound(NamedTuple):
    """How each room carries voices, its zones and what passes between them."""

    air: F64  # [R, 8], see the columns above
    boxes: I32  # [R]
    box_zone: I32  # [R, ZONE_BOXES]
    box_min: F32  # [R, ZONE_BOXES, 3]
    box_max: F32  # [R, ZONE_BOXES, 3]
    portals: I64  # [R, ZONES], bit b of a's number: a and b hear each other
    mode: U8  # [R], OPEN, STAGE_ONLY or SILENT
    near_m: F64  # [R], how far apart mats may be that hear each other; infinite = does not matter


class Sources(NamedTuple):
    """Everybody who could be heard this step, in the grid's order: by room, then by cell."""

    slot: I32  # [C]
    x: F32  # [C], where the mouth is
    y: F32  # [C]
    z: F32  # [C]
    facing: F64  # [C, 3], where the head looks
    weight: F64  # [C], what loudness makes of the gain
    traits: U8  # [C]
    zone: I32  # [C]
    bubble: I32  # [C]
    loud: F32  # [C], at least the weight
    base: F32  # [C], the class an ordinary source has in a key; far below any for a wide one
    at: I32  # [C], which source a sim slot is, if it is one
    before: I32  # [C + 1], sources before each sorted place of the grid
    wide: I32  # [C], the sources that the whole room looks at
    wide_before: I32  # [C + 1], wide ones before each source


class Desk(NamedTuple):
    """Working memory for one listener: candidates, those who wait for a slot, the slots."""

    hopeful: U8  # [C], by source: near enough and loud enough to be looked at closely
    candidate: I32  # [C], sources
    waiting: I32  # [C], sources
    key: F64  # [C], class and score in one number
    gain: F64  # [C]
    reason: U8  # [C]
    kind: U8  # [C]
    seat: I32  # [S], source or -1
    seat_key: F64  # [S]
    seat_gain: F64  # [S]
    seat_reason: U8  # [S]
    seat_kind: U8  # [S]
    bar: F64  # [4], what a key has to exceed, by PRIVILEGED | NEWLY
    victim: I32  # [4], the voice slot it would get, by the same


class Routes(NamedTuple):
    """Who hears whom: one row of voice slots a listener. A talker keeps its slot while heard.

    The fields up to `heard` are views of `ROW`.
    """

    talker: I32  # [C, S], sim slots, -1 = empty
    reason: U8  # [C, S], `Hearing`
    gain: F32  # [C, S], 0 to 1
    who: U32  # [C, S], the talker's generation: who gets the same sim slot is somebody else
    since_ms: I64  # [C, S], voice clock
    heard: I32  # [C], voice slots in use
    changed: I32  # [C], listeners whose row changed in the last step
    counts: I64  # [2], how many changed, how many pairs


def _record(fields: dict[str, tuple[str, int]], itemsize: int) -> np.dtype[np.void]:
    """Lay fields (format, offset) out in records of `itemsize` bytes."""
    formats = [form for form, _ in fields.values()]
    offsets = [at for _, at in fields.values()]
    names = list(fields)
    layout = {"names": names, "formats": formats, "offsets": offsets, "itemsize": itemsize}
    return np.dtype(layout)  # type: ignore[call-overload,no-any-return]


#: One cache line holds what is said of a person: people of a room are scattered over the slots.
PERSON_FIELDS = {
    "smooth": ("f8", 0),
    "talked_ms": ("i8", 8),
    "onset_ms": ("i8", 16),
    "level": ("f4", 24),
    "earmuff_m": ("f4", 28),
    "bubble": ("i4", 32),
    "moderated_count": ("i4", 40),
    "mic": ("u1", 44),
    "spoke": ("u1", 45),
    "muted": ("u1", 46),
    "megaphone": ("u1", 47),
    "deafened": ("u1", 48),
    "voice_slots": ("u1", 49),
    "zone_fixed": ("u1", 50),
    "whispering": ("u1", 51),
    "active": ("u1", 52),
    "leads": ("u1", 53),
    "lies": ("u1", 54),
    "mat_x": ("f4", 56),
    "mat_z": ("f4", 60),
}
PERSON = _record(PERSON_FIELDS, 64)

#: And three hold a listener's row.
ROW_FIELDS = {
    "talker": ("(8,)i4", 0),
    "who": ("(8,)u4", 32),
    "since_ms": ("(8,)i8", 64),
    "gain": ("(8,)f4", 128),
    "reason": ("(8,)u1", 160),
    "heard": ("i4", 168),
}
ROW = _record(ROW_FIELDS, 192)


class VoiceTuning(NamedTuple):
    """The policy's numbers as the kernels want them."""

    tick_ms: int
    hold_ms: int
    hangover_ms: int
    fresh_ms: int
    incumbent: float
    level_floor: float
    release: float
    zone_margin_m: float


def _records(capacity: int, dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """Give zeroed records that start on cache lines."""
    return aligned_u8(capacity, dtype.itemsize).reshape(-1).view(dtype)


def allocate_voices(capacity: int, hearing: Hearing) -> Voices:
    """Give people with closed microphones and open ears."""
    person = _records(capacity, PERSON)
    person["earmuff_m"] = np.inf
    person["mat_x"] = person["mat_z"] = np.nan
    person["voice_slots"] = hearing.voice_slots
    return Voices(
        **{name: person[name] for name in PERSON_FIELDS},
        whisper=np.full((capacity, WHISPER_TARGETS), -1, np.int32),
        whisper_who=np.zeros((capacity, WHISPER_TARGETS), np.uint32),
        moderated=np.full((capacity, MODERATED), -1, np.int32),
    )


def allocate_sound(rooms: int) -> RoomSound:
    """Give rooms without zones."""
    return RoomSound(
        air=np.zeros((rooms, 8), np.float64),
        boxes=np.zeros(rooms, np.int32),
        box_zone=np.zeros((rooms, ZONE_BOXES), np.int32),
        box_min=np.zeros((rooms, ZONE_BOXES, 3), np.float32),
        box_max=np.zeros((rooms, ZONE_BOXES, 3), np.float32),
        portals=np.zeros((rooms, ZONES), np.int64),
        mode=np.full(rooms, OPEN, np.uint8),
        near_m=np.full(rooms, np.inf),
    )


def allocate_sources(capacity: int) -> Sources:
    """Give room for as many sources as there are slots."""
    return Sources(
        slot=np.zeros(capacity, np.int32),
        x=np.zeros(capacity, np.float32),
        y=np.zeros(capacity, np.float32),
        z=np.zeros(capacity, np.float32),
        facing=np.zeros((capacity, 3), np.float64),
        weight=np.zeros(capacity, np.float64),
        traits=np.zeros(capacity, np.uint8),
        zone=np.zeros(capacity, np.int32),
        bubble=np.zeros(capacity, np.int32),
        loud=np.zeros(capacity, np.float32),
        base=np.zeros(capacity, np.float32),
        at=np.zeros(capacity, np.int32),
        before=np.zeros(capacity + 1, np.int32),
        wide=np.zeros(capacity, np.int32),
        wide_before=np.zeros(capacity + 1, np.int32),
    )


def allocate_desk(capacity: int) -> Desk:
    """Give the working memory for one listener."""
    return Desk(
        hopeful=np.zeros(capacity, np.uint8),
        candidate=np.zeros(capacity, np.int32),
        waiting=np.zeros(capacity, np.int32),
        key=np.zeros(capacity, np.float64),
        gain=np.zeros(capacity, np.float64),
        reason=np.zeros(capacity, np.uint8),
        kind=np.zeros(capacity, np.uint8),
        seat=np.zeros(VOICE_SLOTS, np.int32),
        seat_key=np.zeros(VOICE_SLOTS, np.float64),
        seat_gain=np.zeros(VOICE_SLOTS, np.float64),
        seat_reason=np.zeros(VOICE_SLOTS, np.uint8),
        seat_kind=np.zeros(VOICE_SLOTS, np.uint8),
        bar=np.zeros(4, np.float64),
        victim=np.zeros(4, np.int32),
    )


def allocate_routes(capacity: int) -> Routes:
    """Give silence."""
    row = _records(capacity, ROW)
    row["talker"] = -1
    return Routes(
        **{name: row[name] for name in ROW_FIELDS},
        changed=np.zeros(capacity, np.int32),
        counts=np.zeros(2, np.int64),
    )


def tune_voices(hearing: Hearing, tick_hz: int) -> VoiceTuning:
    """Turn settings into the numbers the kernels compare with."""
    tick_ms = max(1, round(1000 / tick_hz))
    return VoiceTuning(
        tick_ms=tick_ms,
        hold_ms=hearing.hold_ms,
        # One may have stopped just before the step that finds out.
        hangover_ms=hearing.hangover_ms + tick_ms,
        fresh_ms=hearing.fresh_ms,
        incumbent=float(hearing.incumbent),
        level_floor=float(hearing.level_floor),
        release=1.0 - math.exp(-tick_ms / hearing.release_ms),
        zone_margin_m=float(hearing.zone_margin_m),
    )


def air_of(acoustics: Acoustics) -> tuple[float, ...]:
    """Give a room's row of `RoomSound.air`."""
    inner = math.cos(math.radians(acoustics.cone_inner_deg / 2.0))
    outer = math.cos(math.radians(acoustics.cone_outer_deg / 2.0))
    slope = (1.0 - acoustics.cone_outer_gain) / max(inner - outer, 1e-9)
    return (
        acoustics.ref_m,
        acoustics.rolloff,
        acoustics.enter_m,
        acoustics.leave_m,
        inner,
        slope,
        acoustics.cone_outer_gain,
        10.0 ** (acoustics.portal_db / 20.0),
    )
