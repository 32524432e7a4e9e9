"""List everybody who could be heard this step, and find out in which zone everybody stands."""

import numpy as np

from hearth_protocol.kernels._jit import inner, kernel
from hearth_sim.arrays import F32, I16, Bodies, Grid, Slots
from hearth_sim.boundary_arrays import PLACE_REACH_M
from hearth_sim.kernels._memory import prefetch
from hearth_sim.voice_arrays import (
    CLASS_STEP,
    FRESH,
    LINKED_ONLY,
    LOUD,
    SILENT,
    STAGE_ONLY,
    TALKING_CLASS,
    TALKS,
    WHISPERS,
    WIDE,
    RoomSound,
    Sources,
    Voices,
    VoiceTuning,
)

_AHEAD = 8


@inner
def _zone_at(room: int, slot: int, pose: F32, zone: I16, sound: RoomSound, margin_m: float) -> int:
    """Give the zone at the head. Who is in one stays in it until `margin_m` outside its boxes."""
    now = int(zone[slot])
    found = 0
    for box in range(sound.boxes[room]):
        inside = True
        close = True
        for axis in range(3):
            at = np.float64(pose[slot, axis])
            low = np.float64(sound.box_min[room, box, axis])
            high = np.float64(sound.box_max[room, box, axis])
            inside = inside and bool(low <= at <= high)
            close = close and bool(low - margin_m <= at <= high + margin_m)
        if close and sound.box_zone[room, box] == now:
            return now
        if inside and found == 0:
            found = int(sound.box_zone[room, box])
    return found


@kernel
def gather_sources(
    slots: Slots,
    bodies: Bodies,
    grid: Grid,
    voices: Voices,
    sound: RoomSound,
    sources: Sources,
    tuning: VoiceTuning,
    clock_ms: int,
) -> int:
    """Fill `sources`, zones and what is remembered of talking; give the number of sources.

    A source is whoever has an open microphone, is not hidden and not muted for everybody; in a
    silent room, whoever leads; where only the stage is heard, whoever is on it or moderated.
    `clock_ms` counts up from step to step and never wraps.
    """
    pose = bodies.pose
    people = int(grid.counts[0])
    zero = people - people
    found = 0
    wide = 0
    for place in range(people):
        if place + _AHEAD < people:
            # People of a room are scattered over the slots: say early who comes about next.
            ahead = int(grid.order[place + _AHEAD])
            prefetch(voices.mic, ahead, zero)
            prefetch(slots.zone, ahead, zero)
        sources.before[place] = found
        slot = int(grid.order[place])
        room = int(slots.room[slot])
        if voices.zone_fixed[slot] == 0 and (sound.boxes[room] != 0 or slots.zone[slot] != 0):
            slots.zone[slot] = _zone_at(room, slot, pose, slots.zone, sound, tuning.zone_margin_m)
        if sound.near_m[room] != np.inf:
            mat_dx = np.float64(pose[slot, 0]) - np.float64(voices.mat_x[slot])
            mat_dz = np.float64(pose[slot, 2]) - np.float64(voices.mat_z[slot])
            # Nobody is near what is not a number.
            on_mat = mat_dx * mat_dx + mat_dz * mat_dz <= PLACE_REACH_M * PLACE_REACH_M
            voices.lies[slot] = np.uint8(on_mat)
        if voices.mic[slot] == 0:
            continue
        spoke = slots.talking[slot] | voices.spoke[slot]
        voices.spoke[slot] = 0
        loud = int(slots.stage[slot] | voices.megaphone[slot])
        linked = int(voices.moderated_count[slot] != 0)
        mode = sound.mode[room]
        if mode == SILENT:
            loud = int(voices.leads[slot])
        unheard = (mode == SILENT and loud == 0) or (mode == STAGE_ONLY and (loud | linked) == 0)
        if unheard or (slots.hidden[slot] | voices.muted[slot]) != 0:
            voices.active[slot] = 0
            continue
        level = np.float64(voices.level[slot])
        smooth = voices.smooth[slot]
        smooth = level if level > smooth else smooth + (level - smooth) * tuning.release
        voices.smooth[slot] = smooth
        if spoke != 0:
            voices.talked_ms[slot] = clock_ms
            if voices.active[slot] == 0:
                voices.onset_ms[slot] = clock_ms
                voices.active[slot] = 1
        elif clock_ms - voices.talked_ms[slot] >= tuning.hangover_ms:
            voices.active[slot] = 0
        traits = 0
        if voices.active[slot] != 0:
            traits |= TALKS
            if clock_ms - voices.onset_ms[slot] <= tuning.fresh_ms:
                traits |= FRESH
        if loud != 0:
            traits |= LOUD | WIDE
        elif mode == STAGE_ONLY:
            traits |= LINKED_ONLY
        if voices.whispering[slot] != 0:
            traits |= WHISPERS | WIDE
        if voices.bubble[slot] != 0 or linked != 0:
            traits |= WIDE
        sources.slot[found] = slot
        sources.x[found] = pose[slot, 0]
        sources.y[found] = pose[slot, 1]
        sources.z[found] = pose[slot, 2]
        turn_x = np.float64(pose[slot, 3])
        turn_y = np.float64(pose[slot, 4])
        turn_z = np.float64(pose[slot, 5])
        turn_w = np.float64(pose[slot, 6])
        # Where the head looks: the quaternion applied to -z.
        sources.facing[found, 0] = -2.0 * (turn_x * turn_z + turn_w * turn_y)
        sources.facing[found, 1] = -2.0 * (turn_y * turn_z - turn_w * turn_x)
        sources.facing[found, 2] = 2.0 * (turn_x * turn_x + turn_y * turn_y) - 1.0
        sources.weight[found] = tuning.level_floor + smooth
        sources.traits[found] = np.uint8(traits)
        sources.zone[found] = slots.zone[slot]
        sources.bubble[found] = voices.bubble[slot]
        # Single precision rounds; what is to be an upper bound is raised by more than that.
        sources.loud[found] = (tuning.level_floor + smooth) * 1.0001 + 1e-4
        sources.base[found] = TALKING_CLASS * CLASS_STEP if traits & TALKS != 0 else 0.0
        sources.at[slot] = found
        sources.wide_before[found] = wide
        if traits & WIDE != 0:
            sources.base[found] = -100.0
            sources.wide[wide] = found
            wide += 1
        found += 1
    sources.before[people] = found
    sources.wide_before[found] = wide
    return found
