"""Floats to the wire's integers and back, one participant's row at a time (section 2.1)."""

import math

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.kernels._jit import inner, kernel
from hearth_protocol.limits import (
    MM_PER_M,
    POSITION_XZ_MAX,
    POSITION_XZ_MIN,
    POSITION_Y_MAX,
    POSITION_Y_MIN,
    Q_STATE,
    ROTATION_SCALE,
    STATE_MASK,
)

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]
U16 = NDArray[np.uint16]

_NORM2_MIN = 1e-12
_NORM2_MAX = 1e12


@inner
def quantize_length(metres: float, low: int, high: int) -> int:
    """Round metres to whole millimetres (halves upwards), held within low … high; NaN is low."""
    scaled = np.floor(metres * MM_PER_M + 0.5)
    if not scaled > low:
        return low
    if scaled > high:
        return high
    return int(scaled)


@inner
def quantize_rotation(x: float, y: float, z: float, w: float, out: I32, at: int) -> None:
    """Write k and the smallest three into out[at : at + 4].

    Any norm will do; a zero, absurd or non-finite quaternion becomes the identity.
    """
    norm2 = x * x + y * y + z * z + w * w
    if not (_NORM2_MIN < norm2 < _NORM2_MAX):
        out[at] = 3
        out[at + 1] = 0
        out[at + 2] = 0
        out[at + 3] = 0
        return
    k = 0
    largest = x
    if abs(y) > abs(largest):
        k = 1
        largest = y
    if abs(z) > abs(largest):
        k = 2
        largest = z
    if abs(w) > abs(largest):
        k = 3
        largest = w
    scale = ROTATION_SCALE / math.sqrt(norm2)
    if largest < 0.0:
        scale = -scale
    a = y if k == 0 else x
    b = z if k <= 1 else y
    c = w if k <= 2 else z
    out[at] = k
    out[at + 1] = math.floor(a * scale + 0.5)
    out[at + 2] = math.floor(b * scale + 0.5)
    out[at + 3] = math.floor(c * scale + 0.5)


@inner
def quantize_row(pose: F32, state: int, out: I32) -> None:
    """Quantise one participant.

    pose: [21] metres and quaternions (head, left, right: xyz, xyzw). state: 16 bits, the
    reserved ones are dropped. out: [24], overwritten; the spare columns become 0.
    Untracked hands are quantised like tracked ones.
    """
    for part in range(3):
        at = part * 7
        out[at] = quantize_length(np.float64(pose[at]), POSITION_XZ_MIN, POSITION_XZ_MAX)
        out[at + 1] = quantize_length(np.float64(pose[at + 1]), POSITION_Y_MIN, POSITION_Y_MAX)
        out[at + 2] = quantize_length(np.float64(pose[at + 2]), POSITION_XZ_MIN, POSITION_XZ_MAX)
        quantize_rotation(
            np.float64(pose[at + 3]),
            np.float64(pose[at + 4]),
            np.float64(pose[at + 5]),
            np.float64(pose[at + 6]),
            out,
            at + 3,
        )
    out[Q_STATE] = state & STATE_MASK
    out[22] = 0
    out[23] = 0


@inner
def dequantize_rotation(q: I32, q_at: int, out: F32, out_at: int) -> None:
    """Write the unit quaternion (xyzw) of k, a, b, c at q[q_at] into out[out_at : out_at + 4]."""
    k = q[q_at]
    a = q[q_at + 1] / ROTATION_SCALE
    b = q[q_at + 2] / ROTATION_SCALE
    c = q[q_at + 3] / ROTATION_SCALE
    missing = math.sqrt(max(0.0, 1.0 - a * a - b * b - c * c))
    norm = math.sqrt(a * a + b * b + c * c + missing * missing)
    x = missing if k == 0 else a
    y = missing if k == 1 else (a if k == 0 else b)
    z = missing if k == 2 else (b if k <= 1 else c)
    w = missing if k == 3 else c
    out[out_at] = x / norm
    out[out_at + 1] = y / norm
    out[out_at + 2] = z / norm
    out[out_at + 3] = w / norm


@inner
def dequantize_row(q: I32, out: F32) -> None:
    """Write the pose (21 numbers, metres and unit quaternions) of a quantised row [24]."""
    for part in range(3):
        at = part * 7
        out[at] = q[at] / MM_PER_M
        out[at + 1] = q[at + 1] / MM_PER_M
        out[at + 2] = q[at + 2] / MM_PER_M
        dequantize_rotation(q, at + 3, out, at + 3)


@kernel
def quantize_rows(poses: F32, states: U16, out: I32) -> None:
    """Quantise many participants: poses [N, 21], states [N], out [N, 24]."""
    for row in range(len(poses)):
        quantize_row(poses[row], states[row], out[row])


@kernel
def dequantize_rows(q: I32, out: F32) -> None:
    """Give the poses [N, 21] of many quantised rows [N, 24]."""
    for row in range(len(q)):
        dequantize_row(q[row], out[row])
