"""The body that poses are told for: its bones, and where they come to lie. Pure.

Metres, in the frame of a mat: x to the person's right, y up, -z ahead. Joints are turned by Euler
degrees, x, then y, then z, each about the axes as turned so far, against a body that stands with
its arms hanging. `clients/webxr/src/state/skeleton.ts` works out the same.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

BoneName = Literal[
    "hips", "spine", "chest", "neck", "head",
    "upper_arm_r", "lower_arm_r", "hand_r", "upper_arm_l", "lower_arm_l", "hand_l",
    "upper_leg_r", "lower_leg_r", "foot_r", "upper_leg_l", "lower_leg_l", "foot_l",
]  # fmt: skip
Point = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Bone:
    """A bone: what it hangs from, and where its joint is there at rest, metres."""

    name: BoneName
    parent: BoneName | None
    offset: Point


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The body that poses are told for.

    Attributes:
        bones: each after what it hangs from.
        ends: points on the skin, in the frame of their bone.
        limits: [least, most] degrees about x, y and z, of every bone.
    """

    bones: tuple[Bone, ...]
    ends: Mapping[BoneName, tuple[Point, ...]]
    limits: Mapping[BoneName, tuple[tuple[float, float], ...]]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Read a skeleton as `poses/skeleton.json` tells it; the left is as the right."""
        limits: dict[BoneName, tuple[tuple[float, float], ...]] = {}
        for name, each in told["limits"].items():
            x, y, z = (tuple(each[axis]) for axis in "xyz")
            limits[name] = (x, y, z)
            if name.endswith("_r"):
                limits[other_side(name)] = (x, (-y[1], -y[0]), (-z[1], -z[0]))
        bones = [
            Bone(each["name"], each["parent"], tuple(each["offset"])) for each in told["bones"]
        ]
        ends = {name: tuple(map(tuple, points)) for name, points in told["ends"].items()}
        return cls(tuple(bones), ends, limits)


@dataclass(frozen=True, slots=True)
class Body:
    """Where everything lies: joints, and points on the skin, in the frame of the mat."""

    joints: Mapping[BoneName, Point]
    skin: tuple[tuple[BoneName, Point], ...]

    @property
    def lowest(self) -> tuple[BoneName, Point]:
        """The lowest point and whose it is."""
        return min([*self.joints.items(), *self.skin], key=lambda each: each[1][1])


def other_side(name: BoneName) -> BoneName:
    """Give the same bone on the other side; one in the middle is its own."""
    left, right = name.removesuffix("_r") + "_l", name.removesuffix("_l") + "_r"
    found = left if name.endswith("_r") else right if name.endswith("_l") else name
    return found  # type: ignore[return-value]


def torso_deg(body: Body) -> float:
    """Give how steeply the torso rises from the hips to the neck: 90 upright, 0 level."""
    along = [neck - hips for neck, hips in zip(
        body.joints["neck"], body.joints["hips"], strict=True
    )]  # fmt: skip
    return math.degrees(math.atan2(along[1], math.hypot(along[0], along[2])))


def laid_out(skeleton: Skeleton, root: Point, turns: Mapping[BoneName, Quaternion]) -> Body:
    """Work out where a body lies whose joints are turned so; absent ones are at rest."""
    joints: dict[BoneName, Point] = {}
    turned: dict[BoneName, Quaternion] = {}
    for bone in skeleton.bones:
        turn = turns.get(bone.name, REST)
        if bone.parent is None:
            joints[bone.name] = _plus(root, bone.offset)
            turned[bone.name] = turn
        else:
            parent = turned[bone.parent]
            joints[bone.name] = _plus(joints[bone.parent], _rotated(parent, bone.offset))
            turned[bone.name] = _product(parent, turn)
    skin = [
        (name, _plus(joints[name], _rotated(turned[name], point)))
        for name, points in skeleton.ends.items()
        for point in points
    ]
    return Body(joints, tuple(skin))


# --- turns ----------------------------------------------------------------------------------

REST: Final[Quaternion] = (0.0, 0.0, 0.0, 1.0)


def from_euler(degrees: Sequence[float]) -> Quaternion:
    """Give the quaternion x, y, z, w of turns about x, then y, then z as turned."""
    x, y, z = degrees
    about_x = _about(x)
    about_y = _about(y)
    about_z = _about(z)
    first = (about_x[0], 0.0, 0.0, about_x[1])
    second = _product(first, (0.0, about_y[0], 0.0, about_y[1]))
    return _product(second, (0.0, 0.0, about_z[0], about_z[1]))


def _about(degrees: float) -> tuple[float, float]:
    half = math.radians(degrees) / 2.0
    return math.sin(half), math.cos(half)


def _product(a: Quaternion, b: Quaternion) -> Quaternion:
    """Return the turn that does `b` in the frame of `a`."""
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def _rotated(turn: Quaternion, point: Point) -> Point:
    x, y, z, w = turn
    turned = _product(_product(turn, (*point, 0.0)), (-x, -y, -z, w))
    return turned[0], turned[1], turned[2]


def _plus(a: Point, b: Point) -> Point:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def between(a: Point, b: Point, part: float) -> Point:
    """Give the point part of the way from `a` to `b`."""
    x, y, z = (here + (there - here) * part for here, there in zip(a, b, strict=True))
    return x, y, z


def slerp(a: Quaternion, b: Quaternion, part: float) -> Quaternion:
    """Give the turn part of the way from `a` to `b`, the shorter way round."""
    cosine = sum(i * j for i, j in zip(a, b, strict=True))
    sign = -1.0 if cosine < 0.0 else 1.0
    angle = math.acos(min(1.0, abs(cosine)))
    if angle < 1e-6:
        return a
    here = math.sin((1.0 - part) * angle) / math.sin(angle)
    there = sign * math.sin(part * angle) / math.sin(angle)
    x, y, z, w = (i * here + j * there for i, j in zip(a, b, strict=True))
    return x, y, z, w
