"""Decide who hears whom, why, and in which voice slot. The rules stand in docs/tiers.md."""

import math

import numpy as np

from hearth_protocol.kernels._jit import kernel
from hearth_sim.arrays import Grid, Pairs, Rooms, Scratch, Slots
from hearth_sim.kernels._memory import prefetch
from hearth_sim.kernels.marks import SPAN, take_stamps
from hearth_sim.kernels.seats import (
    best_waiting,
    is_beside,
    least_key,
    mark_hopeful,
    set_bars,
    voice_gain,
    weakest_ordinary,
    write_row,
)
from hearth_sim.reasons import Hearing
from hearth_sim.voice_arrays import (
    CLASS_STEP,
    ENTER_M,
    FORBIDDEN,
    FRESH,
    HEARD,
    LEAVE_M,
    LINKED,
    LINKED_ONLY,
    LOUD,
    NEWLY,
    PORTAL_GAIN,
    PRIVILEGED,
    PROTECTED,
    REF_M,
    ROLLOFF,
    ROW,
    SEAT_MASK,
    SEATED,
    SLOTS_PER_RESERVED,
    TALKING_CLASS,
    TALKS,
    VOICE_SLOTS,
    WHISPERS,
    Desk,
    RoomSound,
    Routes,
    Sources,
    Voices,
    VoiceTuning,
)

_NEAR, _STAGE, _ZONE, _BUBBLE, _MODERATOR = (int(reason) for reason in Hearing if reason)
#: With no more sources than this in a room, the grid is not worth asking.
_FEW = 64
_TURNS, _WIDE_TURN, _NEAR_TURN = 3, 1, 2
_AHEAD, _LINE, _ROW_BYTES = 4, 64, ROW.itemsize
#: What is estimated in single precision is estimated too high by this factor.
_SLACK = 1.0001


@kernel
def route_voices(
    slots: Slots,
    pairs: Pairs,
    rooms: Rooms,
    grid: Grid,
    scratch: Scratch,
    voices: Voices,
    sound: RoomSound,
    sources: Sources,
    desk: Desk,
    routes: Routes,
    tuning: VoiceTuning,
    clock_ms: int,
) -> int:
    """Bring every listener's row in `routes` up to date; give the number of pairs.

    Needs `sources` of this very step. Rooms without a source cost a glance a listener.
    """
    # Arrays taken out of their groups once: taken out in a loop, each would be counted there.
    bar = desk.bar
    hopeful = desk.hopeful
    candidate = desk.candidate
    wait_gain = desk.gain
    wait_key = desk.key
    wait_kind = desk.kind
    wait_reason = desk.reason
    seat_source = desk.seat
    victim = desk.victim
    seat_gain = desk.seat_gain
    seat_key = desk.seat_key
    seat_kind = desk.seat_kind
    seat_reason = desk.seat_reason
    wait_source = desk.waiting
    grid_counts = grid.counts
    grid_order = grid.order
    grid_room_starts = grid.room_starts
    grid_starts = grid.starts
    grid_x = grid.x
    grid_y = grid.y
    grid_z = grid.z
    excluded = pairs.excluded
    excluded_count = pairs.excluded_count
    rooms_cell_base = rooms.cell_base
    rooms_cell_m = rooms.cell_m
    rooms_cells_x = rooms.cells_x
    rooms_cells_z = rooms.cells_z
    rooms_minimum = rooms.minimum
    changed_rows = routes.changed
    row_counts = routes.counts
    row_gain = routes.gain
    row_heard = routes.heard
    row_reason = routes.reason
    row_since_ms = routes.since_ms
    row_talker = routes.talker
    row_who = routes.who
    mark = scratch.mark
    stamps = scratch.stamp
    generation = slots.generation
    hidden = slots.hidden
    room_of = slots.room
    zone_of = slots.zone
    air = sound.air
    portals = sound.portals
    source_of = sources.at
    source_base = sources.base
    source_before = sources.before
    source_bubble = sources.bubble
    source_facing = sources.facing
    source_loud = sources.loud
    source_slot = sources.slot
    source_traits = sources.traits
    source_weight = sources.weight
    source_wide = sources.wide
    source_wide_before = sources.wide_before
    source_x = sources.x
    source_y = sources.y
    source_z = sources.z
    source_zone = sources.zone
    bubble_of = voices.bubble
    deafened = voices.deafened
    earmuffs_m = voices.earmuff_m
    linked = voices.moderated
    linked_count = voices.moderated_count
    mat_x, mat_z, lies = voices.mat_x, voices.mat_z, voices.lies
    near_of = sound.near_m
    limits = voices.voice_slots
    whisper = voices.whisper
    whisper_who = voices.whisper_who
    changed = 0
    found = 0
    people = int(grid_counts[0])
    zero = people - people
    stamp = take_stamps(mark, stamps, people)
    for place in range(people):
        # People of a room are scattered over the slots: say early who comes about next.
        if place + _AHEAD < people:
            ahead = int(grid_order[place + _AHEAD])
            prefetch(limits, ahead, zero)
            prefetch(mark, ahead, zero)
            prefetch(zone_of, ahead, zero)
            prefetch(excluded_count, ahead, zero)
            prefetch(room_of, ahead, zero)
            prefetch(hidden, ahead, zero)
            for at in range(0, _ROW_BYTES, _LINE):
                prefetch(row_talker, ahead, at)
        # Unsigned, an index is not looked at for being negative.
        listener = np.uintp(grid_order[place])
        room = np.uintp(room_of[listener])
        first = int(source_before[grid_room_starts[room]])
        last = int(source_before[grid_room_starts[room + np.uintp(1)]])
        limit = int(limits[listener])
        if limit == 0 or (hidden[listener] | deafened[listener]) != 0:
            limit, last = 0, first
        if first == last and row_heard[listener] == 0:
            continue
        most = limit - limit // SLOTS_PER_RESERVED
        for at in range(VOICE_SLOTS):
            seat_source[at] = -1

        # --- whom this listener may not hear, is linked with, and heard before ------------------
        stamp += SPAN
        for at in range(linked_count[listener]):
            mark[linked[listener, at]] = stamp + LINKED
        for at in range(excluded_count[listener]):
            mark[excluded[listener, at]] = stamp + FORBIDDEN
        mark[listener] = stamp + FORBIDDEN
        candidates = 0
        if row_heard[listener] != 0:
            for at in range(limit):
                talker = row_talker[listener, at]
                if talker < 0 or row_who[listener, at] != generation[talker]:
                    continue
                source = source_of[talker]
                if source < first or source >= last or source_slot[source] != talker:
                    continue
                seen = int(mark[talker]) - stamp
                mark[talker] = stamp + (HEARD | at | (seen if 0 <= seen < SPAN else 0))
                candidate[candidates] = source
                candidates += 1

        others = last - first - candidates
        own = source_of[listener]
        if first <= own < last and source_slot[own] == listener:
            others -= 1
        here_x, here_y, here_z = grid_x[place], grid_y[place], grid_z[place]
        my_zone = int(zone_of[listener])
        my_bubble = int(bubble_of[listener])
        ref_m = np.float32(air[room, REF_M])
        rolloff = np.float32(air[room, ROLLOFF])
        enter_m = air[room, ENTER_M]
        leave_m = air[room, LEAVE_M]
        leave2 = np.float32(leave_m * leave_m * _SLACK)
        earmuff_m = np.float64(earmuffs_m[listener])
        near_m = near_of[room]
        waiting = 0
        ordinary = 0
        # First come those heard before, then those the whole room looks at, then who is near.
        for turn in range(_TURNS):
            if turn == _WIDE_TURN:
                while ordinary > most:
                    seat_source[weakest_ordinary(seat_source, seat_key, seat_kind, limit)] = -1
                    ordinary -= 1
            if turn != 0 and others == 0:
                candidates = 0
            elif turn == _WIDE_TURN:
                begin = int(source_wide_before[first])
                candidates = int(source_wide_before[last]) - begin
                for at in range(candidates):
                    candidate[at] = source_wide[begin + at]
            elif turn == _NEAR_TURN:
                # Most of a crowd cannot get a slot however they face: leave them out early.
                # (Where privileged people wait, slots may yet change hands in other ways.)
                cut = -1.0
                if last - first > most and waiting == 0:
                    cut = least_key(seat_source, seat_key, seat_kind, limit, ordinary, most)
                candidates = 0
                cells_x = int(rooms_cells_x[room])
                first_x, last_x, first_z, last_z = 0, cells_x - 1, 0, 0
                whole = last - first <= _FEW
                if not whole:
                    inverse = 1.0 / float(rooms_cell_m[room])
                    local_x = float(here_x - rooms_minimum[room, 0]) * inverse
                    local_z = float(here_z - rooms_minimum[room, 2]) * inverse
                    reach = leave_m * inverse + 0.001  # a little more than rounding can take
                    first_x = min(int(max(local_x - reach, 0.0)), cells_x - 1)
                    last_x = min(int(local_x + reach), cells_x - 1)
                    first_z = int(max(local_z - reach, 0.0))
                    last_z = min(int(local_z + reach), int(rooms_cells_z[room]) - 1)
                for cell_z in range(first_z, last_z + 1):
                    begin = first
                    end = last
                    if not whole:
                        row = int(rooms_cell_base[room]) + cell_z * cells_x
                        begin = int(source_before[grid_starts[row + first_x]])
                        end = int(source_before[grid_starts[row + last_x + 1]])
                    mark_hopeful(
                        begin,
                        end,
                        (here_x, here_y, here_z),
                        (ref_m, rolloff, leave2),
                        np.float32(cut),
                        source_x,
                        source_y,
                        source_z,
                        source_loud,
                        source_base,
                        hopeful,
                    )
                    for source in range(begin, end):
                        candidate[candidates] = source
                        candidates += int(hopeful[source])
            for at in range(candidates):
                source = np.uintp(candidate[at])
                talker = np.uintp(source_slot[source])
                seen = int(mark[talker]) - stamp
                if seen < 0 or seen >= SPAN:
                    seen = 0
                if seen & FORBIDDEN != 0 or (turn != 0 and seen & HEARD != 0):
                    continue
                traits = int(source_traits[source])
                gain = 1.0
                privileged = PRIVILEGED
                if seen & LINKED != 0:
                    reason = _MODERATOR
                elif source_bubble[source] != my_bubble or traits & LINKED_ONLY != 0:
                    continue
                elif traits & WHISPERS != 0:
                    reason = 0
                    for target in range(whisper.shape[1]):
                        if (
                            whisper[talker, target] == listener
                            and whisper_who[talker, target] == generation[listener]
                        ):
                            reason = _BUBBLE
                    if reason == 0:
                        continue
                elif my_bubble != 0:
                    reason = _BUBBLE
                else:
                    zone = int(source_zone[source])
                    if zone == my_zone and traits & LOUD != 0:
                        reason = _STAGE
                    else:
                        reason = _NEAR
                        privileged = 0
                        if zone != my_zone:
                            if (portals[room, my_zone] >> zone) & 1 == 0:
                                continue
                            reason = _ZONE
                            gain = air[room, PORTAL_GAIN]
                        dx = np.float64(here_x) - np.float64(source_x[source])
                        dy = np.float64(here_y) - np.float64(source_y[source])
                        dz = np.float64(here_z) - np.float64(source_z[source])
                        d = math.sqrt(dx * dx + dy * dy + dz * dz)
                        # To be heard at first one has to be that much nearer than to stay.
                        newly = 1.0 if seen & HEARD != 0 else leave_m / enter_m
                        if d * newly > leave_m or d * newly > earmuff_m:
                            continue
                        if traits & LOUD == 0 and not is_beside(
                            mat_x, mat_z, lies, listener, talker, dx * newly, dz * newly, near_m
                        ):
                            continue
                        towards = (
                            dx * source_facing[source, 0]
                            + dy * source_facing[source, 1]
                            + dz * source_facing[source, 2]
                        )
                        gain *= voice_gain(air[room], d, towards)
                talks = traits & TALKS != 0
                rank = (TALKING_CLASS if talks else 0) + privileged
                score = gain * source_weight[source]
                if seen & HEARD != 0:
                    seat = seen & SEAT_MASK
                    seat_source[seat] = source
                    seat_key[seat] = rank * CLASS_STEP + score * tuning.incumbent
                    seat_gain[seat] = gain
                    seat_reason[seat] = reason
                    held = clock_ms - row_since_ms[listener, seat] < tuning.hold_ms
                    seat_kind[seat] = privileged | (PROTECTED if talks and held else 0)
                    ordinary += privileged == 0
                else:
                    wait_source[waiting] = source
                    wait_key[waiting] = rank * CLASS_STEP + score
                    wait_gain[waiting] = gain
                    wait_reason[waiting] = reason
                    wait_kind[waiting] = privileged | (NEWLY if traits & FRESH != 0 else 0)
                    waiting += 1

        # --- who gets a voice slot ----------------------------------------------------------
        while waiting > 0:
            set_bars(bar, victim, seat_source, seat_key, seat_kind, limit, most)
            best = best_waiting(waiting, wait_key, wait_kind, wait_source, source_slot, bar)
            if best < 0:
                break
            seat = int(victim[wait_kind[best]])
            seat_source[seat] = wait_source[best]
            seat_key[seat] = wait_key[best]
            seat_gain[seat] = wait_gain[best]
            seat_reason[seat] = wait_reason[best]
            seat_kind[seat] = (wait_kind[best] & PRIVILEGED) | SEATED
            waiting -= 1
            wait_source[best] = wait_source[waiting]
            wait_key[best] = wait_key[waiting]
            wait_gain[best] = wait_gain[waiting]
            wait_reason[best] = wait_reason[waiting]
            wait_kind[best] = wait_kind[waiting]

        # --- the row ------------------------------------------------------------------------
        heard, differs = write_row(
            row_talker[listener],
            row_who[listener],
            row_since_ms[listener],
            row_gain[listener],
            row_reason[listener],
            seat_source,
            seat_gain,
            seat_reason,
            source_slot,
            generation,
            clock_ms,
        )
        row_heard[listener] = heard
        found += heard
        if differs:
            changed_rows[changed] = listener
            changed += 1
    row_counts[0] = changed
    row_counts[1] = found
    return found
