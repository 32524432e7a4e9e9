"""Distances between drawn matrices and true poses."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def matrix_position(matrix: list[float]) -> Floats:
    """Translation of a column-major 4x4 matrix, metres."""
    return np.array(matrix[12:15])


def matrix_rotation(matrix: list[float]) -> Floats:
    """Rotation part [3, 3] of a column-major 4x4 matrix, scale taken out."""
    columns = np.array(matrix).reshape(4, 4)[:3, :3].T
    return columns / np.linalg.norm(columns, axis=0)


def quaternion_rotation(q: Floats) -> Floats:
    """Rotation matrix [3, 3] of a unit quaternion x, y, z, w."""
    x, y, z, w = q / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def angle_between_deg(a: Floats, b: Floats) -> float:
    """Angle of the rotation that leads from a to b, degrees."""
    cosine = (np.trace(a.T @ b) - 1) / 2
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def interpolate_pose(times_ms: Floats, poses: Floats, at_ms: float) -> Floats:
    """Interpolate part poses [n, 7] (xyz + quaternion) at one instant."""
    after = int(np.searchsorted(times_ms, at_ms))
    before = after - 1
    share = (at_ms - times_ms[before]) / (times_ms[after] - times_ms[before])
    a, b = poses[before], poses[after].copy()
    if np.dot(a[3:], b[3:]) < 0:
        b[3:] = -b[3:]
    mixed = a * (1 - share) + b * share
    mixed[3:] /= np.linalg.norm(mixed[3:])
    return mixed
