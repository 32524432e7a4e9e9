"""Take in this step's poses: judge them, hold them within what a body can do, quantise them.

A pose that lies about who sent it, or that is not made of sound numbers, is dropped with a
reason. Anything else is accepted, bent to what is possible, and the bending is remembered as a
correction for the sender's next snapshot.
"""

import math

import numpy as np

from hearth_protocol.errors import Malformed
from hearth_protocol.kernels._jit import kernel
from hearth_protocol.kernels.poses import parse_poses
from hearth_protocol.kernels.quantize import quantize_row
from hearth_sim.arrays import (
    F32,
    HISTORY,
    Arrivals,
    Bodies,
    Inputs,
    Links,
    Report,
    Rooms,
    Slots,
    Tuning,
)
from hearth_sim.kernels._inner import inner
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
_AWAY = 1 << 10
_TELEPORT_AT = 11
_TELEPORT_BITS = 3 << _TELEPORT_AT
_LEFT = 7
_RIGHT = 14


@inner
def since(now: int, then: int) -> int:
    """Give `now - then` of two wrapping u32 numbers, signed."""
    return (((now - then) & _U32) ^ 0x8000_0000) - 0x8000_0000


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
) -> int:
    """Empty the inbox into `bodies`; give the number of new samples.

    Slots that `touched` asks for get a sample of what they are, without a pose.
    """
    report.counts[:] = 0
    report.corrections[:] = 0
    report.totals[:] = 0
    count = int(np.int64(0))
    for slot in range(slots.occupied.shape[0]):
        if inputs.arrived_ms[slot] != 0:
            if slots.occupied[slot] != 0:
                arrivals.rows[count] = slot
                count += 1
            else:
                inputs.arrived_ms[slot] = 0
    parse_poses(
        inputs.inbox,
        arrivals.rows,
        count,
        arrivals.seq,
        arrivals.participant,
        arrivals.captured_ms,
        arrivals.ack_tick,
        arrivals.state,
        arrivals.floats,
        arrivals.reason,
    )
    samples = 0
    for listed in range(count):
        slot = arrivals.rows[listed]
        reason = _judge(slot, slots, arrivals, links, tick)
        report.counts[reason] += 1
        if reason == 0:
            _accept(slot, slots, inputs, arrivals, bodies, links, rooms, report, tuning, now_ms)
            slots.touched[slot] = 0
            _sample(slot, slots, bodies, tick)
            samples += 1
            report.totals[0] += 1
        else:
            links.rejections[slot, reason] += 1
            if reason != _STALE:
                at = report.totals[1]
                report.rejected_slot[at] = slot
                report.rejected_reason[at] = reason
                report.totals[1] = at + 1
        inputs.arrived_ms[slot] = 0
    for slot in range(slots.occupied.shape[0]):
        if slots.touched[slot] != 0:
            slots.touched[slot] = 0
            if slots.occupied[slot] != 0:
                bodies.captured_ms[slot] = now_ms
                _sample(slot, slots, bodies, tick)
                samples += 1
    return samples


@inner
def _judge(slot: int, slots: Slots, arrivals: Arrivals, links: Links, tick: int) -> int:
    """Say why this pose is dropped; 0 if it is not. Notes the acknowledged tick in passing."""
    said = arrivals.reason[slot]
    if said not in (0, _SAYS_NOT_FINITE, _SAYS_BAD_QUATERNION):
        return _MALFORMED
    if arrivals.participant[slot] != slots.participant[slot]:
        return _FOREIGN
    acked = int(np.int64(arrivals.ack_tick[slot]))
    if since(acked, int(np.int64(links.acked_tick[slot]))) > 0 and since(tick, acked) >= 0:
        links.acked_tick[slot] = acked
    if links.has_pose[slot] != 0:
        ahead = (int(arrivals.seq[slot]) - int(links.last_seq[slot])) & 0xFFFF
        if ahead == 0 or ahead >= 0x8000:
            return _STALE
    if said == _SAYS_NOT_FINITE:
        return _NOT_FINITE
    if said == _SAYS_BAD_QUATERNION:
        return _BAD_ROTATION
    return 0


@inner
def _accept(
    slot: int,
    slots: Slots,
    inputs: Inputs,
    arrivals: Arrivals,
    bodies: Bodies,
    links: Links,
    rooms: Rooms,
    report: Report,
    tuning: Tuning,
    now_ms: int,
) -> None:
    """Take a sound pose over into the body, bent to what is possible."""
    floats = arrivals.floats[slot]
    pose = bodies.pose[slot]
    state = int(arrivals.state[slot])
    arrived_ms = int(np.int64(inputs.arrived_ms[slot]))
    age_ms = 0
    if arrivals.captured_ms[slot] != 0:
        age_ms = since(now_ms, int(np.int64(arrivals.captured_ms[slot])))
    else:
        age_ms = since(now_ms, arrived_ms)
    bodies.captured_ms[slot] = (now_ms - min(max(age_ms, 0), _OLDEST_MS)) & _U32
    elapsed_ms = since(arrived_ms, links.accepted_ms[slot])
    correction = _place_head(slot, state, elapsed_ms, slots, floats, bodies, links, rooms, tuning)
    _unit(floats, pose, 3)
    if state & _LEFT_TRACKED != 0 and _place_hand(floats, pose, _LEFT, tuning.reach_m):
        correction = correction if correction != 0 else _REACH
    if state & _RIGHT_TRACKED != 0 and _place_hand(floats, pose, _RIGHT, tuning.reach_m):
        correction = correction if correction != 0 else _REACH
    bodies.state[slot] = (state & ~_TELEPORT_BITS) | (
        (int(links.teleport_count[slot]) & 3) << _TELEPORT_AT
    )
    links.teleport_claimed[slot] = (state >> _TELEPORT_AT) & 3
    links.accepted_ms[slot] = arrived_ms
    links.last_seq[slot] = arrivals.seq[slot]
    links.has_pose[slot] = 1
    if correction != 0:
        links.correction[slot] = correction
        links.correction_seq[slot] = arrivals.seq[slot]
        report.corrections[correction] += 1


@inner
def _place_head(
    slot: int,
    state: int,
    elapsed_ms: int,
    slots: Slots,
    floats: F32,
    bodies: Bodies,
    links: Links,
    rooms: Rooms,
    tuning: Tuning,
) -> int:
    """Move the head as far as it may go, and the claimed hands along; give the correction.

    The first pose of a connection may be anywhere within the room: a client knows its offset
    from the spawn point only after it arrived.
    """
    pose = bodies.pose[slot]
    dx = np.float64(floats[0]) - np.float64(pose[0])
    dy = np.float64(floats[1]) - np.float64(pose[1])
    dz = np.float64(floats[2]) - np.float64(pose[2])
    moved_m = math.sqrt(dx * dx + dy * dy + dz * dz)
    share = 1.0
    correction = 0
    jumps = (((state >> _TELEPORT_AT) & 3) - int(links.teleport_claimed[slot])) & 3
    refill = tuning.teleports_per_s * max(elapsed_ms, 0) / 1000.0
    tokens = min(np.float64(links.teleport_tokens[slot]) + refill, tuning.teleports_per_s)
    if links.has_pose[slot] == 0:
        jumps = 0
    elif jumps != 0:
        if tokens >= 1.0 and moved_m <= tuning.teleport_m:
            tokens -= 1.0
            links.teleport_count[slot] = (links.teleport_count[slot] + 1) & 3
        else:
            share = 0.0
            correction = _TELEPORT
    else:
        allowed_ms = min(max(elapsed_ms, tuning.tick_ms), _STEP_MAX_MS)
        allowed_m = tuning.speed_m_s * allowed_ms / 1000.0
        if moved_m > allowed_m:
            share = allowed_m / moved_m
            correction = _SPEED
    links.teleport_tokens[slot] = tokens
    room = slots.room[slot]
    for axis in range(3):
        claimed = np.float64(floats[axis])
        held = np.float64(pose[axis]) + (claimed - np.float64(pose[axis])) * share
        if share == 1.0:
            held = claimed
        low = np.float64(rooms.minimum[room, axis])
        high = np.float64(rooms.maximum[room, axis])
        if held < low or held > high:
            held = min(max(held, low), high)
            correction = correction if correction != 0 else _BOUNDS
        pose[axis] = held
        if held != claimed:
            # Hands come along: the body is elsewhere, not stretched.
            floats[_LEFT + axis] += np.float32(held - claimed)
            floats[_RIGHT + axis] += np.float32(held - claimed)
    return correction


@inner
def _place_hand(floats: F32, pose: F32, at: int, reach_m: float) -> bool:
    """Take over one hand, drawn in to the arm's reach from the head; say whether it was."""
    dx = np.float64(floats[at]) - np.float64(pose[0])
    dy = np.float64(floats[at + 1]) - np.float64(pose[1])
    dz = np.float64(floats[at + 2]) - np.float64(pose[2])
    away_m = math.sqrt(dx * dx + dy * dy + dz * dz)
    too_far = away_m > reach_m
    share = reach_m / away_m if too_far else 1.0
    pose[at] = np.float64(pose[0]) + dx * share
    pose[at + 1] = np.float64(pose[1]) + dy * share
    pose[at + 2] = np.float64(pose[2]) + dz * share
    _unit(floats, pose, at + 3)
    return too_far


@inner
def _unit(floats: F32, pose: F32, at: int) -> None:
    """Take over one quaternion, renormalised."""
    x = np.float64(floats[at])
    y = np.float64(floats[at + 1])
    z = np.float64(floats[at + 2])
    w = np.float64(floats[at + 3])
    scale = 1.0 / math.sqrt(x * x + y * y + z * z + w * w)
    pose[at] = x * scale
    pose[at + 1] = y * scale
    pose[at + 2] = z * scale
    pose[at + 3] = w * scale


@inner
def _sample(slot: int, slots: Slots, bodies: Bodies, tick: int) -> None:
    """Add the body as it is now to its history of quantised samples."""
    state = int(bodies.state[slot])
    if slots.away[slot] != 0:
        state |= _AWAY
    bodies.sample[slot] += 1
    bodies.sample_tick[slot] = tick
    quantize_row(bodies.pose[slot], state, bodies.history[slot, bodies.sample[slot] % HISTORY])
