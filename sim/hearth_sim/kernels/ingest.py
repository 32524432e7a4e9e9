"""Take in this step's poses: judge them, hold them within what a body can do.

A pose that lies about who sent it, or that is not made of sound numbers, is dropped with a
reason. Anything else is accepted, bent to what is possible, and the bending is remembered as a
correction for the sender's next snapshot.
"""

import math

import numpy as np

from hearth_protocol.errors import Malformed
from hearth_protocol.kernels._jit import inner, kernel
from hearth_protocol.kernels.poses import parse_poses
from hearth_sim.arrays import (
    F32,
    Arrivals,
    Bodies,
    Inputs,
    Links,
    Report,
    Rooms,
    Slots,
    Tuning,
)
from hearth_sim.reasons import Correction, Rejection

_MALFORMED = int(Rejection.MALFORMED)
_FOREIGN = int(Rejection.FOREIGN)
_STALE = int(Rejection.STALE)
_NOT_FINITE = int(Rejection.NOT_FINITE)
_BAD_ROTATION = int(Rejection.BAD_ROTATION)
_SPEED = int(Correction.SPEED)
_BOUNDS = int(Correction.BOUNDS)
_REACH = int(Correction.REACH)
_TELEPORT = int(Correction.TELEPORT)
_SAYS_NOT_FINITE = int(Malformed.NON_FINITE)
_SAYS_BAD_QUATERNION = int(Malformed.BAD_QUATERNION)

_U32 = 0xFFFF_FFFF
_OLDEST_MS = 510
#: Silence longer than this gives no further allowance of speed.
_STEP_MAX_MS = 1000
_LEFT_TRACKED = 1 << 2
_RIGHT_TRACKED = 1 << 3
_TELEPORT_AT = 11
_TELEPORT_BITS = 3 << _TELEPORT_AT
_LEFT = 7
_RIGHT = 14


@inner
def since(now: int, then: int) -> int:
    """Give `now - then` of two wrapping u32 numbers, signed."""
    return (((now - then) & _U32) ^ 0x8000_0000) - 0x8000_0000


@inner
def _place_hand(floats: F32, pose: F32, at: int, reach_m: float) -> bool:
    """Take over one hand, drawn in to the arm's reach from the head; say whether it was."""
    dx = float(floats[at]) - float(pose[0])
    dy = float(floats[at + 1]) - float(pose[1])
    dz = float(floats[at + 2]) - float(pose[2])
    away2 = dx * dx + dy * dy + dz * dz
    too_far = away2 > reach_m * reach_m
    if too_far:
        share = reach_m / math.sqrt(away2)
        pose[at] = pose[0] + dx * share
        pose[at + 1] = pose[1] + dy * share
        pose[at + 2] = pose[2] + dz * share
    else:
        pose[at] = floats[at]
        pose[at + 1] = floats[at + 1]
        pose[at + 2] = floats[at + 2]
    _unit(floats, pose, at + 3)
    return too_far


@inner
def _unit(floats: F32, pose: F32, at: int) -> None:
    """Take over one quaternion, renormalised."""
    x = float(floats[at])
    y = float(floats[at + 1])
    z = float(floats[at + 2])
    w = float(floats[at + 3])
    scale = 1.0 / math.sqrt(x * x + y * y + z * z + w * w)
    pose[at] = x * scale
    pose[at + 1] = y * scale
    pose[at + 2] = z * scale
    pose[at + 3] = w * scale


@kernel
def ingest(
    slots: Slots,
    inputs: Inputs,
    arrivals: Arrivals,
    bodies: Bodies,
    links: Links,
    rooms: Rooms,
    report: Report,
    tuning: Tuning,
    tick: int,
    now_ms: int,
) -> None:
    """Empty the inbox into `bodies`; `touched` says whose changed."""
    report.counts[:] = 0
    report.corrections[:] = 0
    report.totals[:] = 0
    capacity = slots.occupied.shape[0]
    count = np.int64(0)
    for slot in range(capacity):
        if inputs.arrived_ms[slot] != 0:
            if slots.occupied[slot] != 0:
                arrivals.rows[count] = slot
                count += 1
            else:
                inputs.arrived_ms[slot] = 0
    parse_poses(
        inputs.inbox,
        arrivals.rows,
        int(count),
        arrivals.seq,
        arrivals.participant,
        arrivals.captured_ms,
        arrivals.ack_tick,
        arrivals.state,
        arrivals.floats,
        arrivals.reason,
    )
    for listed in range(count):
        slot = arrivals.rows[listed]
        arrived_ms = int(np.int64(inputs.arrived_ms[slot]))
        inputs.arrived_ms[slot] = 0
        said = arrivals.reason[slot]
        reason = 0
        if said not in (0, _SAYS_NOT_FINITE, _SAYS_BAD_QUATERNION):
            reason = _MALFORMED
        elif arrivals.participant[slot] != slots.participant[slot]:
            reason = _FOREIGN
        else:
            acked = int(np.int64(arrivals.ack_tick[slot]))
            newest = int(np.int64(links.acked_tick[slot]))
            if since(acked, newest) > 0 and since(tick, acked) >= 0:
                links.acked_tick[slot] = acked
            ahead = (int(arrivals.seq[slot]) - int(links.last_seq[slot])) & 0xFFFF
            if links.has_pose[slot] != 0 and (ahead == 0 or ahead >= 0x8000):
                reason = _STALE
            elif said == _SAYS_NOT_FINITE:
                reason = _NOT_FINITE
            elif said == _SAYS_BAD_QUATERNION:
                reason = _BAD_ROTATION
        report.counts[reason] += 1
        if reason != 0:
            links.rejections[slot, reason] += 1
            if reason != _STALE:
                at = report.totals[1]
                report.rejected_slot[at] = slot
                report.rejected_reason[at] = reason
                report.totals[1] = at + 1
            continue

        # --- accepted: when -------------------------------------------------------------------
        report.totals[0] += 1
        state = int(arrivals.state[slot])
        seq = int(arrivals.seq[slot])
        age_ms = since(now_ms, arrived_ms)
        if arrivals.captured_ms[slot] != 0:
            age_ms = since(now_ms, int(np.int64(arrivals.captured_ms[slot])))
        bodies.captured_ms[slot] = (now_ms - min(max(age_ms, 0), _OLDEST_MS)) & _U32
        elapsed_ms = max(since(arrived_ms, links.accepted_ms[slot]), 0)
        links.accepted_ms[slot] = arrived_ms
        links.last_seq[slot] = seq

        # --- accepted: where ------------------------------------------------------------------
        floats = arrivals.floats[slot]
        pose = bodies.pose[slot]
        dx = float(floats[0]) - float(pose[0])
        dy = float(floats[1]) - float(pose[1])
        dz = float(floats[2]) - float(pose[2])
        moved2 = dx * dx + dy * dy + dz * dz
        share = 1.0
        correction = 0
        claimed = (state >> _TELEPORT_AT) & 3
        refill = tuning.teleports_per_s * elapsed_ms / 1000.0
        tokens = min(float(links.teleport_tokens[slot]) + refill, tuning.teleports_per_s)
        if links.has_pose[slot] == 0:
            # A client knows its offset from the spawn point only after it arrived: the first
            # pose of a connection may be anywhere within the room.
            links.has_pose[slot] = 1
        elif claimed != links.teleport_claimed[slot]:
            if tokens >= 1.0 and moved2 <= tuning.teleport_m * tuning.teleport_m:
                tokens -= 1.0
                links.teleport_count[slot] = (links.teleport_count[slot] + 1) & 3
            else:
                share = 0.0
                correction = _TELEPORT
        else:
            allowed_ms = min(max(elapsed_ms, tuning.tick_ms), _STEP_MAX_MS)
            allowed_m = tuning.speed_m_s * allowed_ms / 1000.0
            if moved2 > allowed_m * allowed_m:
                share = allowed_m / math.sqrt(moved2)
                correction = _SPEED
        links.teleport_tokens[slot] = tokens
        links.teleport_claimed[slot] = claimed
        room = slots.room[slot]
        for axis in range(3):
            wanted = float(floats[axis])
            held = wanted
            if share != 1.0:
                held = float(pose[axis]) + (wanted - float(pose[axis])) * share
            low = float(rooms.minimum[room, axis])
            high = float(rooms.maximum[room, axis])
            if held < low or held > high:
                held = min(max(held, low), high)
                correction = correction if correction != 0 else _BOUNDS
            pose[axis] = held
            if held != wanted:
                # Hands come along: the body is elsewhere, not stretched.
                floats[_LEFT + axis] += np.float32(held - wanted)
                floats[_RIGHT + axis] += np.float32(held - wanted)
        _unit(floats, pose, 3)
        if state & _LEFT_TRACKED != 0 and _place_hand(floats, pose, _LEFT, tuning.reach_m):
            correction = correction if correction != 0 else _REACH
        if state & _RIGHT_TRACKED != 0 and _place_hand(floats, pose, _RIGHT, tuning.reach_m):
            correction = correction if correction != 0 else _REACH
        bodies.state[slot] = (state & ~_TELEPORT_BITS) | (
            int(links.teleport_count[slot]) << _TELEPORT_AT
        )
        if correction != 0:
            links.correction[slot] = correction
            links.correction_seq[slot] = seq
            report.corrections[correction] += 1
        slots.touched[slot] = 2
