"""The poses that every group has: read once from the package's own files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, get_args

from hearth_server.community.poses import Family, Pose, PoseFile, impossible
from hearth_server.community.skeleton import Skeleton

FAMILIES: Final[tuple[Family, ...]] = get_args(Family)
_FOLDER: Final = "poses"


@dataclass(frozen=True, slots=True)
class Library:
    """The poses of the library.

    Attributes:
        skeleton: the body that poses are told for.
        poses: by id, in the order of the files.
        families: of each pose.
    """

    skeleton: Skeleton
    poses: Mapping[str, Pose]
    families: Mapping[str, Family]


@cache
def library() -> Library:
    """Return the library.

    Raises:
        ValueError: a file is not what it should be, which is a fault of the package.
    """
    skeleton = Skeleton.of(json.loads(_text("skeleton")))
    poses: dict[str, Pose] = {}
    families: dict[str, Family] = {}
    for family in FAMILIES:
        file = PoseFile.model_validate_json(_text(family))
        if file.family != family:
            raise ValueError(f"{family}.json says that it is of {file.family}")
        for pose in file.poses:
            refusal = impossible(skeleton, pose)
            if refusal is not None:
                raise ValueError(refusal.text)
            if pose.id in poses:
                raise ValueError(f"two poses are named {pose.id}")
            poses[pose.id] = pose
            families[pose.id] = family
    return Library(skeleton, poses, families)


def _text(name: str) -> str:
    return (resources.files("hearth_server") / _FOLDER / f"{name}.json").read_text("utf-8")
