"""What is kept of session plans, their versions, and a group's own poses."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from hearth_server.community.plans.records import PlanCard, PlanRecord, PlanVersion, VersionCard
from hearth_server.community.poses import Pose


class PlanKeep(Protocol):
    """Session plans and the versions that they had."""

    async def add(self, plan: PlanRecord, version: PlanVersion, /) -> None:
        """Keep a new plan with its first version."""
        ...

    async def get(self, plan_id: str, /) -> PlanRecord | None:
        """Return a plan as it is now, archived or not."""
        ...

    async def cards(self, plan_ids: Collection[str], /) -> Mapping[str, PlanCard]:
        """Return title and length of those of these plans that there are, by id."""
        ...

    async def of_group(self, group_id: str, /) -> Sequence[PlanCard]:
        """Return title and length of a group's plans that are not archived, newest first."""
        ...

    async def count(self, group_id: str, /) -> tuple[int, int]:
        """Return how many plans a group has, and how many with those that are archived."""
        ...

    async def save(self, plan: PlanRecord, version: PlanVersion, expected: int, /) -> bool:
        """Keep another version of a plan.

        False, and nothing changed, if it is not at the version expected any more.
        """
        ...

    async def archive(self, plan_id: str, at_ms: int | None, /) -> None:
        """Put a plan away, or take it out again with None."""
        ...

    async def version(self, plan_id: str, version: int, /) -> PlanVersion | None:
        """Return one version of a plan, if it is still kept."""
        ...

    async def versions(self, plan_id: str, /) -> Sequence[VersionCard]:
        """Return what a list says of the newest versions of a plan, newest first."""
        ...

    async def rooms_of(self, plan_id: str, /) -> frozenset[str]:
        """Return the rooms of scheduled events that have this plan, if only on one day."""
        ...


class PoseKeep(Protocol):
    """Poses that groups added to the library."""

    async def poses(self, group_id: str, /) -> Sequence[Pose]:
        """Return a group's own poses, by name."""
        ...

    async def put_pose(self, group_id: str, pose: Pose, by: str | None, now_ms: int, /) -> None:
        """Keep a pose in place of the one of this id."""
        ...

    async def drop_pose(self, group_id: str, pose_id: str, /) -> bool:
        """Let go of a pose; False: there was none."""
        ...


class Plans(PlanKeep, PoseKeep, Protocol):
    """Everything that is prepared for classes."""
