"""Gives the world's arrays their first, empty state."""

import numpy as np

from hearth_protocol.limits import INBOX_STRIDE, MAX_LANES, Q_COLUMNS
from hearth_sim.arrays import (
    HISTORY,
    LINE_BYTES,
    TOLD,
    U8,
    Arrivals,
    Bodies,
    Frames,
    Grid,
    Inputs,
    Lanes,
    Links,
    Pairs,
    Report,
    Rooms,
    Scratch,
    Slots,
    Tuning,
)
from hearth_sim.reasons import CORRECTIONS, REJECTIONS
from hearth_sim.settings import WorldSettings


def aligned_u8(*shape: int) -> U8:
    """Give zeroed bytes that start on a cache line, so that nothing of its size straddles two."""
    size = int(np.prod(shape))
    raw = np.zeros(size + LINE_BYTES, np.uint8)
    start = -raw.ctypes.data % LINE_BYTES
    return raw[start : start + size].reshape(shape)


def allocate_slots(capacity: int) -> Slots:
    """Give `capacity` free slots."""
    flags = [np.zeros(capacity, np.uint8) for _ in range(7)]
    return Slots(
        occupied=flags[0],
        room=np.full(capacity, -1, np.int32),
        participant=np.zeros(capacity, np.uint32),
        generation=np.zeros(capacity, np.uint32),
        sight=np.zeros(capacity, np.int32),
        hidden=flags[1],
        away=flags[2],
        stage=flags[3],
        talking=flags[4],
        zone=np.zeros(capacity, np.int16),
        touched=flags[5],
        refresh=flags[6],
    )


def allocate_inputs(capacity: int) -> Inputs:
    """Give empty inbox rows."""
    return Inputs(
        inbox=aligned_u8(capacity, INBOX_STRIDE),
        arrived_ms=np.zeros(capacity, np.uint32),
        may_write=np.zeros(capacity, np.bool_),
    )


def allocate_arrivals(capacity: int) -> Arrivals:
    """Give room for as many poses as there are slots."""
    return Arrivals(
        rows=np.zeros(capacity, np.int64),
        seq=np.zeros(capacity, np.uint16),
        participant=np.zeros(capacity, np.uint32),
        captured_ms=np.zeros(capacity, np.uint32),
        ack_tick=np.zeros(capacity, np.uint32),
        state=np.zeros(capacity, np.uint16),
        floats=np.zeros((capacity, 21), np.float32),
        reason=np.zeros(capacity, np.uint8),
    )


def allocate_bodies(capacity: int) -> Bodies:
    """Give bodies without samples."""
    return Bodies(
        pose=np.zeros((capacity, 21), np.float32),
        state=np.zeros(capacity, np.int32),
        captured_ms=np.zeros(capacity, np.int64),
        sample=np.zeros(capacity, np.int32),
        sample_tick=np.zeros(capacity, np.int64),
        history=np.zeros((capacity, HISTORY, Q_COLUMNS), np.int32),
    )


def allocate_links(capacity: int) -> Links:
    """Give connections of which nothing was heard."""
    return Links(
        accepted_ms=np.zeros(capacity, np.int64),
        has_pose=np.zeros(capacity, np.uint8),
        last_seq=np.zeros(capacity, np.int32),
        acked_tick=np.zeros(capacity, np.uint32),
        teleport_claimed=np.zeros(capacity, np.uint8),
        teleport_count=np.zeros(capacity, np.uint8),
        teleport_tokens=np.zeros(capacity, np.float32),
        correction=np.zeros(capacity, np.uint8),
        correction_seq=np.zeros(capacity, np.int32),
        rejections=np.zeros((capacity, REJECTIONS), np.uint32),
    )


def allocate_pairs(settings: WorldSettings) -> Pairs:
    """Give empty lists of exclusions and friends."""
    n = settings.capacity
    return Pairs(
        excluded_count=np.zeros(n, np.int32),
        excluded=np.full((n, settings.exclusions_per_slot), -1, np.int32),
        excluded_hint=np.zeros(n, np.int64),
        friend_count=np.zeros(n, np.int32),
        friend=np.full((n, settings.friends_per_slot), -1, np.int32),
    )


def allocate_lanes(capacity: int, lanes: int) -> Lanes:
    """Give empty lanes."""
    return Lanes(
        subject=np.full((capacity, lanes), -1, np.int32),
        tier=np.zeros((capacity, lanes), np.uint8),
        told=np.zeros((capacity, lanes), TOLD),
        top=np.zeros(capacity, np.int32),
        used=np.zeros(capacity, np.int32),
        rank2=np.zeros(capacity, np.float32),
        crowded=np.zeros(capacity, np.uint8),
        cursor=np.zeros(capacity, np.int32),
        coarse_cursor=np.zeros(capacity, np.int32),
    )


def allocate_rooms(rooms: int) -> Rooms:
    """Give closed rooms."""
    return Rooms(
        open=np.zeros(rooms, np.uint8),
        minimum=np.zeros((rooms, 3), np.float32),
        maximum=np.zeros((rooms, 3), np.float32),
        cell_m=np.ones(rooms, np.float32),
        cell_base=np.zeros(rooms, np.int32),
        cells_x=np.zeros(rooms, np.int32),
        cells_z=np.zeros(rooms, np.int32),
    )


def allocate_grid(capacity: int, rooms: int, cells: int) -> Grid:
    """Give a grid in which nobody stands."""
    return Grid(
        starts=np.zeros(cells + 1, np.int32),
        order=np.zeros(capacity, np.int32),
        x=np.zeros(capacity, np.float32),
        y=np.zeros(capacity, np.float32),
        z=np.zeros(capacity, np.float32),
        cell=np.zeros(capacity, np.int32),
        place=np.zeros(capacity, np.int32),
        room_starts=np.zeros(rooms + 1, np.int32),
        by_room=np.zeros(capacity, np.int32),
        boosted_starts=np.zeros(rooms + 1, np.int32),
        boosted=np.zeros(capacity, np.int32),
        counts=np.zeros(2, np.int64),
    )


def allocate_scratch(capacity: int) -> Scratch:
    """Give the kernels' working memory."""
    return Scratch(
        keys=np.zeros(2 * capacity + MAX_LANES, np.int64),
        mark=np.zeros(capacity, np.int32),
        stamp=np.zeros(2, np.int64),
        plan=np.zeros((MAX_LANES, 4), np.int64),
    )


def allocate_frames(capacity: int) -> Frames:
    """Give lines that were made for no tick."""
    line = aligned_u8(HISTORY + 1, capacity, LINE_BYTES)
    return Frames(
        offset=np.zeros(capacity, np.int64),
        length=np.zeros(capacity, np.int32),
        line=line,
        flat=line.reshape(-1),
        words=line.view(np.uint32),
    )


def allocate_report(capacity: int) -> Report:
    """Give an empty report."""
    return Report(
        counts=np.zeros(REJECTIONS, np.int64),
        corrections=np.zeros(CORRECTIONS, np.int64),
        rejected_slot=np.zeros(capacity, np.int32),
        rejected_reason=np.zeros(capacity, np.uint8),
        totals=np.zeros(3, np.int64),
    )


def tune(settings: WorldSettings) -> Tuning:
    """Turn settings into the numbers the kernels compare with."""
    weights = settings.weights
    return Tuning(
        tick_hz=settings.tick_hz,
        tick_ms=max(1, round(1000 / settings.tick_hz)),
        speed_m_s=float(settings.motion.speed_max_m_s),
        reach_m=float(settings.motion.reach_max_m),
        teleport_m=float(settings.motion.teleport_max_m),
        teleports_per_s=float(settings.motion.teleports_max_per_s),
        radius2=float(settings.interest_radius_m) ** 2,
        outer_m=float(settings.interest_radius_m + settings.interest_margin_m),
        behind2=float(weights.behind) ** 2,
        personal2=float(weights.personal_m) ** 2,
        speaking2=float(weights.speaking) ** 2,
        friend2=float(weights.friend) ** 2,
        incumbent2=float(weights.incumbent) ** 2,
        refresh_ticks=max(1, round(settings.tick_hz / settings.refresh_hz)),
        tier_full=settings.tier_full,
        tier_half=settings.tier_half,
        tiers_on=int(settings.tiers == "on"),
        budget_bytes=settings.budget_bytes,
        coarse_per_frame=settings.coarse_per_frame,
        coarse_ticks=max(1, round(settings.tick_hz / settings.coarse_hz)),
    )
