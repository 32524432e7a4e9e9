"""Poses of the body: what one is made of, and whether somebody could take it. Pure.

A pose is told for the person's right side leading, in the frame of their mat, against the body of
`community/skeleton.py`.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from hearth_protocol.fields import PLAIN, Vec3, WireModel
from hearth_protocol.gathering import BodyPosture, PoseId
from hearth_server.community.skeleton import (
    REST,
    Body,
    BoneName,
    Point,
    Skeleton,
    between,
    from_euler,
    laid_out,
    other_side,
    slerp,
    torso_deg,
)
from hearth_server.errors import Refusal

Family = Literal["yoga", "stretching", "breathing", "meditation"]
Level = Literal["gentle", "steady", "strong"]

NAME_LENGTH: Final = 60
TEXT_LENGTH: Final = 400
STEP_LENGTH: Final = 200
STEPS_MAX: Final = 12
KEYS_MAX: Final = 16
#: The JSON of one pose.
POSE_BYTES: Final = 16 * 1024
GROUP_POSES_MAX: Final = 200
ROOT_MAX_M: Final = 3.0
#: Skin gives way a little, and drawn mats are not thick.
FLOOR_M: Final = -0.02
#: Whoever takes a pose touches the ground somewhere.
AFLOAT_M: Final = 0.15
#: How far a lying torso rises at most, as in a cobra, degrees.
LYING_MAX_DEG: Final = 45.0
_STANDING_HIPS_MIN_M: Final = 0.3
_SEATED_HIPS_MAX_M: Final = 0.65
_KNEELING_KNEE_MAX_M: Final = 0.2
#: Moments between two keys that are looked at as well.
_BETWEEN: Final = (0.25, 0.5, 0.75)


def _plain_within(longest: int, shortest: int = 1) -> StringConstraints:
    return StringConstraints(min_length=shortest, max_length=longest, pattern=PLAIN)


def _rising(keys: list["PoseKey"]) -> list["PoseKey"]:
    moments = [key.at for key in keys]
    if any(later <= earlier for earlier, later in pairwise(moments)):
        raise ValueError("Put the keys into the order of their moments")
    return keys


class PoseKey(WireModel):
    """The body at one moment of a pose's slow movement; where it breathes 0 is empty, 1 full."""

    at: Annotated[float, Field(ge=0.0, le=1.0)]
    root: Vec3
    bones: dict[BoneName, Vec3] = Field(default_factory=dict)


Keys = Annotated[list[PoseKey], Field(min_length=1, max_length=KEYS_MAX), AfterValidator(_rising)]


class Pose(WireModel):
    """A pose of the library, or of a group.

    `sided`: it is told with the right side leading and may be taken with the left.
    """

    id: PoseId
    name: Annotated[str, _plain_within(NAME_LENGTH)]
    posture: BodyPosture
    sided: bool = False
    level: Level = "gentle"
    text: Annotated[str, _plain_within(TEXT_LENGTH)]
    steps: Annotated[
        list[Annotated[str, _plain_within(STEP_LENGTH)]], Field(max_length=STEPS_MAX)
    ] = Field(default_factory=list)
    care: Annotated[
        list[Annotated[str, _plain_within(STEP_LENGTH)]], Field(max_length=STEPS_MAX)
    ] = Field(default_factory=list)
    keys: Keys
    breathes: bool = False


def mirrored(pose: Pose) -> Pose:
    """Return the pose with the left side leading."""
    keys = [
        PoseKey(
            at=key.at,
            root=(-key.root[0], key.root[1], key.root[2]),
            # A reflection keeps the turn about x and reverses the others.
            bones={other_side(name): (x, -y, -z) for name, (x, y, z) in key.bones.items()},
        )
        for key in pose.keys
    ]
    return pose.model_copy(update={"keys": keys})


def bodies(skeleton: Skeleton, pose: Pose) -> Iterator[tuple[float, Body]]:
    """Yield the body at every key, and at moments between two of them."""
    turns = [{name: from_euler(turn) for name, turn in key.bones.items()} for key in pose.keys]
    for n, key in enumerate(pose.keys):
        yield key.at, laid_out(skeleton, key.root, turns[n])
        if n + 1 == len(pose.keys):
            return
        after = pose.keys[n + 1]
        for part in _BETWEEN:
            root = between(key.root, after.root, part)
            moved = {
                name: slerp(turns[n].get(name, REST), turns[n + 1].get(name, REST), part)
                for name in {**turns[n], **turns[n + 1]}
            }
            yield key.at + (after.at - key.at) * part, laid_out(skeleton, root, moved)


def impossible(skeleton: Skeleton, pose: Pose) -> Refusal | None:
    """Say why nobody could take a pose, or None if somebody could."""
    if len(pose.model_dump_json()) > POSE_BYTES:
        return _refused(pose, 0.0, f"there is more than {POSE_BYTES // 1024} KiB of it")
    for key in pose.keys:
        if any(abs(metres) > ROOT_MAX_M for metres in key.root):
            return _refused(pose, key.at, f"the body is more than {ROOT_MAX_M:g} m off the mat")
        for name, turn in key.bones.items():
            bent = _beyond(skeleton, name, turn)
            if bent is not None:
                return _refused(pose, key.at, bent)
    for at, body in bodies(skeleton, pose):
        wrong = _untrue(pose.posture, body)
        if wrong is not None:
            return _refused(pose, at, wrong)
    return None


def _refused(pose: Pose, at: float, why: str) -> Refusal:
    return Refusal(
        "pose_refused",
        f"In the pose {pose.id!r} at {at:.2f} {why}. Change the pose and send it again.",
    )


def _beyond(skeleton: Skeleton, name: BoneName, turn: Point) -> str | None:
    for axis, degrees, (least, most) in zip("xyz", turn, skeleton.limits[name], strict=True):
        if not least <= degrees <= most:
            return (
                f"the joint {name} is turned by {degrees:g}° about {axis}; it goes from "
                f"{least:g}° to {most:g}°"
            )
    return None


def _untrue(posture: BodyPosture, body: Body) -> str | None:
    name, (_, lowest_m, _) = body.lowest
    if lowest_m < FLOOR_M:
        return f"{name} is {-lowest_m:.2f} m below the floor"
    if lowest_m > AFLOAT_M:
        return f"the body floats {lowest_m:.2f} m above the floor"
    hips_m = body.joints["hips"][1]
    knee_m = min(body.joints["lower_leg_l"][1], body.joints["lower_leg_r"][1])
    steep = abs(torso_deg(body))
    wrong: dict[BodyPosture, str | None] = {
        "lying": f"the torso rises by {steep:.0f}°, too steep for somebody who lies"
        if steep > LYING_MAX_DEG
        else None,
        "standing": f"the hips are at {hips_m:.2f} m, too low for somebody who stands"
        if hips_m < _STANDING_HIPS_MIN_M
        else None,
        "seated": f"the hips are at {hips_m:.2f} m, too high for somebody who sits"
        if hips_m > _SEATED_HIPS_MAX_M
        else None,
        "kneeling": f"the lower knee is at {knee_m:.2f} m, too high for somebody who kneels"
        if knee_m > _KNEELING_KNEE_MAX_M
        else None,
    }
    return wrong[posture]


class PoseFile(WireModel):
    """A file of the library: the poses of a family."""

    family: Family
    poses: list[Pose]
