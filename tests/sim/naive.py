"""The slow, obvious twins that prove the kernels: a few lines of numpy and plain Python each."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.quantize import Part, Rotation, quantize_position, quantize_rotation

F64 = NDArray[np.float64]


def distance_m(pose: F64, a: int, b: int) -> float:
    """Metres between two heads."""
    return float(np.linalg.norm(pose[a, :3] - pose[b, :3]))


def view(pose: F64, observer: int) -> F64:
    """Where the head looks: its quaternion applied to -z."""
    x, y, z, w = pose[observer, 3:7]
    return np.array([-2 * (x * z + w * y), -2 * (y * z - w * x), -(1 - 2 * (x * x + y * y))])


def rank_m(
    pose: F64,
    observer: int,
    subject: int,
    *,
    stage: bool = False,
    talking: bool = False,
    friend: bool = False,
    incumbent: bool = False,
) -> float:
    """The bent distance of `Weights`, default weights."""
    if stage:
        return 0.0
    d = distance_m(pose, observer, subject)
    rank = d
    if talking:
        rank *= 0.6
    elif d > 3.0:
        offset = pose[subject, :3] - pose[observer, :3]
        ahead = float(offset[[0, 2]] @ view(pose, observer)[[0, 2]])
        if ahead <= 0.5 * d:
            rank *= 1.5
    return rank * (0.7 if friend else 1.0) * (0.85 if incumbent else 1.0)


def nearest(points: F64, observer: int, others: Iterable[int], k: int) -> list[int]:
    """The k nearest of the others."""
    return sorted(others, key=lambda s: float(np.linalg.norm(points[s] - points[observer])))[:k]


def parts(pose: NDArray[np.float32]) -> tuple[Part, Part, Part]:
    """Quantise head, left and right hand of one body."""
    numbers = [float(number) for number in pose]
    return tuple(  # type: ignore[return-value]
        Part(
            quantize_position(*numbers[at : at + 3]),
            quantize_rotation(tuple(numbers[at + 3 : at + 7])),  # type: ignore[arg-type]
        )
        for at in (0, 7, 14)
    )


def unit(q: Iterable[float]) -> tuple[float, ...]:
    """Renormalise."""
    numbers = tuple(q)
    norm = math.sqrt(sum(number * number for number in numbers))
    return tuple(number / norm for number in numbers)


__all__ = ["Part", "Rotation", "distance_m", "nearest", "parts", "rank_m", "unit", "view"]
