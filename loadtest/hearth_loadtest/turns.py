"""Quaternions x, y, z, w over whole arrays, in the room's frame (y up, -z forward)."""

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]


def yaw_quaternion(yaw: F64) -> F64:
    """Turn about +y by `yaw` [...] radians, as [..., 4]."""
    out = np.zeros((*yaw.shape, 4))
    out[..., 1] = np.sin(yaw / 2)
    out[..., 3] = np.cos(yaw / 2)
    return out


def euler_quaternion(yaw: F64, pitch: F64, roll: F64) -> F64:
    """Yaw about +y, then pitch about +x, then roll about +z (radians), as [..., 4]."""
    cy, sy = np.cos(yaw / 2), np.sin(yaw / 2)
    cp, sp = np.cos(pitch / 2), np.sin(pitch / 2)
    cr, sr = np.cos(roll / 2), np.sin(roll / 2)
    return np.stack(
        [
            cy * sp * cr + sy * cp * sr,
            sy * cp * cr - cy * sp * sr,
            cy * cp * sr - sy * sp * cr,
            cy * cp * cr + sy * sp * sr,
        ],
        axis=-1,
    )


def multiply(first: F64, second: F64) -> F64:
    """Hamilton product [..., 4]: `second` happens before `first`."""
    x1, y1, z1, w1 = (first[..., i] for i in range(4))
    x2, y2, z2, w2 = (second[..., i] for i in range(4))
    return np.stack(
        [
            w1 * x2 + x1 * w2 + y1 * z2 - z1 * y2,
            w1 * y2 - x1 * z2 + y1 * w2 + z1 * x2,
            w1 * z2 + x1 * y2 - y1 * x2 + z1 * w2,
            w1 * w2 - x1 * x2 - y1 * y2 - z1 * z2,
        ],
        axis=-1,
    )


def rotate_y(points: F64, yaw: F64) -> F64:
    """Turn points [..., 3] about +y by `yaw` [...] radians."""
    cos, sin = np.cos(yaw), np.sin(yaw)
    out = np.empty_like(points)
    out[..., 0] = cos * points[..., 0] + sin * points[..., 2]
    out[..., 1] = points[..., 1]
    out[..., 2] = cos * points[..., 2] - sin * points[..., 0]
    return out


def yaw_of(quaternions: F64) -> F64:
    """Which way orientations [..., 4] look on the ground: radians about +y, 0 along -z."""
    x, y, z, w = (quaternions[..., i] for i in range(4))
    forward_x = -2.0 * (x * z + w * y)
    forward_z = -(1.0 - 2.0 * (x * x + y * y))
    return np.arctan2(-forward_x, -forward_z)


def facing(dx: F64, dz: F64) -> F64:
    """The yaw that looks along (dx, dz) on the ground."""
    return np.arctan2(-dx, -dz)
