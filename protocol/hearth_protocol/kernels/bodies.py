"""Bodies of simulated people in bulk: a recorded or made-up loop carried along a path.

Where somebody is at sample k is a pure function of k, so a load generator knows the truth about
everybody at any time, in any of its processes.
"""

import math

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.kernels._jit import kernel

U16 = NDArray[np.uint16]
F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

#: Columns of a path, float64 [people, 16]: x and z of the middle of the region walked in, half
#: its size (0: not walked), where in the unfolded walk one is at time 0, velocity; then of the
#: side-to-side weave in x and in z: metres, radians a second, shift; yaw at rest; 1 for walkers.
CENTRE, HALF, START, VELOCITY, WEAVE_X, WEAVE_Z, YAW, WALKS = 0, 2, 4, 6, 8, 11, 14, 15
PATH_COLUMNS = 16
#: Columns of a part, int64 [people, 3]: first frame of the loop, its length, frame at sample 0.
LOOP_BEGIN, LOOP_LENGTH, LOOP_OFFSET = 0, 1, 2
PART_COLUMNS = 3

#: Walkers look where they will be, against where they were, by so many seconds.
LOOK_AHEAD_S = 0.4


@kernel
def _along(path: F64, axis: int, time_s: float) -> float:
    """Where one stands on an axis (0 x, 1 z): a straight walk folded back at both walls."""
    half = path[HALF + axis]
    folded = 0.0
    if half > 0.0:
        walked = path[START + axis] + path[VELOCITY + axis] * time_s
        folded = abs((walked - half) % (4.0 * half) - 2.0 * half) - half
    weave = WEAVE_X + 3 * axis
    swing = path[weave] * math.sin(path[weave + 1] * time_s + path[weave + 2])
    return float(path[CENTRE + axis] + folded + swing)


@kernel
def _yaw(path: F64, time_s: float) -> float:
    if path[WALKS] == 0.0:
        return float(path[YAW])
    dx = _along(path, 0, time_s + LOOK_AHEAD_S) - _along(path, 0, time_s - LOOK_AHEAD_S)
    dz = _along(path, 1, time_s + LOOK_AHEAD_S) - _along(path, 1, time_s - LOOK_AHEAD_S)
    return math.atan2(-dx, -dz)


@kernel
def carry_bodies(
    paths: F64,
    parts: I64,
    loops: F64,
    loop_state: U16,
    phase_s: F64,
    period_s: float,
    people: I64,
    sample: int,
    out_floats: F32,
    out_state: U16,
    at: int,
) -> None:
    """Write the poses of people [m] at sample number `sample` to out[at : at + m].

    paths: [N, 16]. parts: [N, 3]. loops: [frames, 21] metres and quaternions in the body's own
    frame; loop_state: [frames] wire state bits. phase_s: [N], a person's sample k is at time
    k * period_s + phase_s. out_floats: [≥ at + m, 21]; out_state: [≥ at + m].
    """
    for i in range(people.shape[0]):
        who = people[i]
        path = paths[who]
        time_s = sample * period_s + phase_s[who]
        x = _along(path, 0, time_s)
        z = _along(path, 1, time_s)
        yaw = _yaw(path, time_s)
        cos, sin = math.cos(yaw), math.sin(yaw)
        a, b = math.cos(yaw / 2.0), math.sin(yaw / 2.0)
        frame = parts[who, LOOP_BEGIN] + (
            (sample + parts[who, LOOP_OFFSET]) % parts[who, LOOP_LENGTH]
        )
        body = loops[frame]
        out = out_floats[at + i]
        for part in range(3):
            p = 7 * part
            out[p] = x + cos * body[p] + sin * body[p + 2]
            out[p + 1] = body[p + 1]
            out[p + 2] = z + cos * body[p + 2] - sin * body[p]
            # the yaw's quaternion (0, b, 0, a) times the body's
            out[p + 3] = a * body[p + 3] + b * body[p + 5]
            out[p + 4] = a * body[p + 4] + b * body[p + 6]
            out[p + 5] = a * body[p + 5] - b * body[p + 3]
            out[p + 6] = a * body[p + 6] - b * body[p + 4]
        out_state[at + i] = loop_state[frame]


@kernel
def carry_heads(
    paths: F64,
    parts: I64,
    loops: F64,
    phase_s: F64,
    period_s: float,
    people: I64,
    samples: I64,
    out: F32,
) -> None:
    """Write the head positions of people [m] at samples [s] to out [m, s, 3] (see above)."""
    for i in range(people.shape[0]):
        who = people[i]
        path = paths[who]
        begin = parts[who, LOOP_BEGIN]
        for j in range(samples.shape[0]):
            time_s = samples[j] * period_s + phase_s[who]
            yaw = _yaw(path, time_s)
            cos, sin = math.cos(yaw), math.sin(yaw)
            body = loops[begin + (samples[j] + parts[who, LOOP_OFFSET]) % parts[who, LOOP_LENGTH]]
            out[i, j, 0] = _along(path, 0, time_s) + cos * body[0] + sin * body[2]
            out[i, j, 1] = body[1]
            out[i, j, 2] = _along(path, 1, time_s) + cos * body[2] - sin * body[0]
