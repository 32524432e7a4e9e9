"""Poses of a group: those of the library, and what the group added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.permissions import Right
from hearth_server.community.poses import GROUP_POSES_MAX, Pose, impossible
from hearth_server.errors import Refusal
from hearth_server.services.parts import ServiceParts
from hearth_server.services.plans.library import library
from hearth_server.services.standing import entitled, entitled_to_change
from hearth_server.services.store import Tx

NO_POSE: Final = Refusal("pose_not_found", "The group has no such pose of its own.")


@dataclass(frozen=True, slots=True)
class PoseList:
    """The poses that cues of a group may name: the library's, then the group's own."""

    library: Sequence[Pose]
    own: Sequence[Pose]


async def poses_of(tx: Tx, group_id: str) -> Mapping[str, Pose]:
    """Return the poses that cues of a group may name, by id."""
    own = {pose.id: pose for pose in await tx.plans.poses(group_id)}
    return {**own, **library().poses}


class GroupPoses:
    """Lists, adds and takes away a group's own poses."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def listing(self, group: str, caller: Caller | None) -> PoseList | Refusal:
        """Return what a group's cues may name, to whoever may see the group."""
        async with self._parts.store.reading() as tx:
            standing = await entitled(self._parts, tx, group, caller, Right.SEE_GROUP)
            if isinstance(standing, Refusal):
                return standing
            own = await tx.plans.poses(standing.group.id)
        return PoseList(list(library().poses.values()), own)

    async def put(self, group: str, caller: Caller, pose: Pose) -> Pose | Refusal:
        """Keep a pose of the group's own, in place of the one of this id."""
        parts = self._parts
        async with parts.store.writing() as tx:
            standing = await entitled_to_change(parts, tx, group, caller, Right.HOST_EVENTS)
            if isinstance(standing, Refusal):
                return standing
            known = library()
            if pose.id in known.poses:
                return Refusal(
                    "pose_taken", f"The library has a pose named {pose.id!r}. Choose another name."
                )
            refusal = impossible(known.skeleton, pose)
            if refusal is not None:
                return refusal
            there = {each.id for each in await tx.plans.poses(standing.group.id)}
            if pose.id not in there and len(there) >= GROUP_POSES_MAX:
                return Refusal(
                    "too_many_poses",
                    f"A group has {GROUP_POSES_MAX} poses of its own at most. Take one away first.",
                )
            group_id = standing.group.id
            await tx.plans.put_pose(group_id, pose, caller.account.id, parts.now_ms())
        return pose

    async def drop(self, group: str, caller: Caller, pose_id: str) -> Refusal | None:
        """Take a pose of the group's own away; plans that name it say that it is gone."""
        async with self._parts.store.writing() as tx:
            standing = await entitled_to_change(self._parts, tx, group, caller, Right.HOST_EVENTS)
            if isinstance(standing, Refusal):
                return standing
            return None if await tx.plans.drop_pose(standing.group.id, pose_id) else NO_POSE
