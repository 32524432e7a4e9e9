"""Metres, quaternions and flags to the wire's integers and back (section 2.1).

The readable layer; `kernels.quantize` does the same to whole rows and has to agree to the bit.
"""

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from hearth_protocol import limits as L
from hearth_protocol.errors import Malformed, MalformedFrame

Quaternion = tuple[float, float, float, float]
_NORM2_MIN: Final = 1e-12
_NORM2_MAX: Final = 1e12


class Position(NamedTuple):
    """Millimetres."""

    x: int
    y: int
    z: int


class Rotation(NamedTuple):
    """Smallest three: index of the component left out, and the others times 1000."""

    k: int
    a: int
    b: int
    c: int


class Part(NamedTuple):
    """A head or a hand."""

    position: Position
    rotation: Rotation


class Posture(IntEnum):
    """State bits 0 to 1."""

    STANDING = 0
    SEATED = 1
    KNEELING = 2
    LYING = 3


class Gesture(IntEnum):
    """State bits 4 to 6 and 7 to 9."""

    RELAXED = 0
    OPEN = 1
    FIST = 2
    POINT = 3
    PINCH = 4
    THUMB_UP = 5
    PEACE = 6
    GRIP = 7


@dataclass(frozen=True, slots=True)
class State:
    """The state bits by name."""

    posture: Posture = Posture.STANDING
    left_tracked: bool = False
    right_tracked: bool = False
    left_gesture: Gesture = Gesture.RELAXED
    right_gesture: Gesture = Gesture.RELAXED
    away: bool = False
    teleports: int = 0

    def pack(self) -> int:
        """Give the 16 bits."""
        return (
            self.posture
            | self.left_tracked << 2
            | self.right_tracked << 3
            | self.left_gesture << 4
            | self.right_gesture << 7
            | self.away << 10
            | (self.teleports & 3) << 11
        )

    @classmethod
    def unpack(cls, bits: int) -> "State":
        """Read the 16 bits; the reserved ones are ignored."""
        return cls(
            posture=Posture(bits & 3),
            left_tracked=bool(bits >> 2 & 1),
            right_tracked=bool(bits >> 3 & 1),
            left_gesture=Gesture(bits >> 4 & 7),
            right_gesture=Gesture(bits >> 7 & 7),
            away=bool(bits >> 10 & 1),
            teleports=bits >> 11 & 3,
        )


def quantize_length(metres: float, low: int, high: int) -> int:
    """Round to whole millimetres, halves upwards, and hold within low … high; NaN is low."""
    scaled = metres * L.MM_PER_M + 0.5
    if not scaled > low:
        return low
    return high if scaled > high else math.floor(scaled)


def quantize_position(x: float, y: float, z: float) -> Position:
    """Quantise metres."""
    return Position(
        quantize_length(x, L.POSITION_XZ_MIN, L.POSITION_XZ_MAX),
        quantize_length(y, L.POSITION_Y_MIN, L.POSITION_Y_MAX),
        quantize_length(z, L.POSITION_XZ_MIN, L.POSITION_XZ_MAX),
    )


def quantize_rotation(quaternion: Quaternion) -> Rotation:
    """Quantise a quaternion of any norm; one without a direction becomes the identity."""
    x, y, z, w = quaternion
    norm2 = x * x + y * y + z * z + w * w
    if not _NORM2_MIN < norm2 < _NORM2_MAX:
        return Rotation(3, 0, 0, 0)
    k = max(range(4), key=lambda i: abs(quaternion[i]))  # the first of equals
    scale = L.ROTATION_SCALE / math.sqrt(norm2)
    if quaternion[k] < 0:
        scale = -scale
    a, b, c = (
        math.floor(component * scale + 0.5) for i, component in enumerate(quaternion) if i != k
    )
    return Rotation(k, a, b, c)


def dequantize_position(position: Position) -> tuple[float, float, float]:
    """Give metres."""
    return position.x / L.MM_PER_M, position.y / L.MM_PER_M, position.z / L.MM_PER_M


def dequantize_rotation(rotation: Rotation) -> Quaternion:
    """Give a unit quaternion x, y, z, w."""
    a, b, c = (value / L.ROTATION_SCALE for value in rotation[1:])
    missing = math.sqrt(max(0.0, 1.0 - a * a - b * b - c * c))
    norm = math.sqrt(a * a + b * b + c * c + missing * missing)
    components = [a / norm, b / norm, c / norm]
    components.insert(rotation.k, missing / norm)
    x, y, z, w = components
    return x, y, z, w


def check_range(part: Part) -> Part:
    """Give the part back if an encoder can have meant it.

    Raises:
        MalformedFrame: OUT_OF_RANGE.
    """
    (x, y, z), (_, a, b, c) = part
    sound = (
        L.POSITION_XZ_MIN <= x <= L.POSITION_XZ_MAX
        and L.POSITION_Y_MIN <= y <= L.POSITION_Y_MAX
        and L.POSITION_XZ_MIN <= z <= L.POSITION_XZ_MAX
        and all(-L.ROTATION_MAX <= value <= L.ROTATION_MAX for value in (a, b, c))
    )
    if not sound:
        raise MalformedFrame(Malformed.OUT_OF_RANGE)
    return part
