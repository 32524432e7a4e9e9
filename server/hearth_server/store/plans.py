"""Session plans, their versions and groups' own poses in tables."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.plans.records import (
    PLANS_EVER_MAX,
    VERSIONS_KEPT,
    CueDraft,
    PlanCard,
    PlanRecord,
    PlanVersion,
    VersionCard,
)
from hearth_server.community.poses import GROUP_POSES_MAX, Pose
from hearth_server.store import tables_events as e

_CUES: Final = TypeAdapter(tuple[CueDraft, ...])
_CARD: Final = tuple(each.name for each in fields(PlanCard))
#: The cues are counted by the database.
_VERSION_CARD: Final = tuple(each.name for each in fields(VersionCard))[:-1]


class SqlPlans:
    """Satisfies `community.ports.plans.Plans`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, plan: PlanRecord, version: PlanVersion, /) -> None:
        """Keep a new plan with its first version."""
        await self._db.execute(
            insert(e.plans).values(
                **_head(plan),
                id=plan.id,
                group_id=plan.group_id,
                created_by=plan.created_by,
                created_ms=plan.created_ms,
            )
        )
        await self._add_version(plan.id, version)

    async def get(self, plan_id: str, /) -> PlanRecord | None:
        """Return a plan as it is now, archived or not."""
        plans, versions = e.plans, e.plan_versions
        query = (
            select(plans, versions.c.cues)
            .join(
                versions,
                and_(versions.c.plan_id == plans.c.id, versions.c.version == plans.c.version),
            )
            .where(plans.c.id == plan_id)
        )
        row = (await self._db.execute(query)).mappings().first()
        if row is None:
            return None
        return PlanRecord(
            id=row["id"],
            group_id=row["group_id"],
            title=row["title"],
            version=row["version"],
            cues=_CUES.validate_python(row["cues"]),
            created_by=row["created_by"],
            created_ms=row["created_ms"],
            archived_ms=row["archived_ms"],
            ms=row["ms"],
        )

    async def cards(self, plan_ids: Collection[str], /) -> Mapping[str, PlanCard]:
        """Return title and length of those of these plans that there are, by id."""
        if not plan_ids:
            return {}
        query = select(*(e.plans.c[name] for name in _CARD)).where(e.plans.c.id.in_(plan_ids))
        return {row.id: PlanCard(*row) for row in await self._db.execute(query)}

    async def of_group(self, group_id: str, /) -> Sequence[PlanCard]:
        """Return title and length of a group's plans that are not archived, newest first."""
        table = e.plans
        query = (
            select(*(table.c[name] for name in _CARD))
            .where(table.c.group_id == group_id, table.c.archived_ms.is_(None))
            .order_by(table.c.created_ms.desc(), table.c.id)
            .limit(PLANS_EVER_MAX)
        )
        return [PlanCard(*row) for row in await self._db.execute(query)]

    async def count(self, group_id: str, /) -> tuple[int, int]:
        """Return how many plans a group has, and how many with those that are archived."""
        table = e.plans
        query = select(func.count().filter(table.c.archived_ms.is_(None)), func.count()).where(
            table.c.group_id == group_id
        )
        row = (await self._db.execute(query)).one()
        return int(row[0]), int(row[1])

    async def save(self, plan: PlanRecord, version: PlanVersion, expected: int, /) -> bool:
        """Keep another version of a plan, if it is still at the version expected."""
        done = await self._db.execute(
            update(e.plans)
            .where(e.plans.c.id == plan.id, e.plans.c.version == expected)
            .values(_head(plan))
        )
        if done.rowcount != 1:
            return False
        await self._add_version(plan.id, version)
        return True

    async def archive(self, plan_id: str, at_ms: int | None, /) -> None:
        """Put a plan away, or take it out again with None."""
        await self._db.execute(
            update(e.plans).where(e.plans.c.id == plan_id).values(archived_ms=at_ms)
        )

    async def version(self, plan_id: str, version: int, /) -> PlanVersion | None:
        """Return one version of a plan, if it is still kept."""
        table = e.plan_versions
        query = select(table).where(table.c.plan_id == plan_id, table.c.version == version)
        row = (await self._db.execute(query)).mappings().first()
        return _version(row) if row is not None else None

    async def versions(self, plan_id: str, /) -> Sequence[VersionCard]:
        """Return what a list says of the newest versions of a plan, newest first."""
        table = e.plan_versions
        count = func.json_array_length(table.c.cues).label("cue_count")
        query = (
            select(*(table.c[name] for name in _VERSION_CARD), count)
            .where(table.c.plan_id == plan_id)
            .order_by(table.c.version.desc())
            .limit(VERSIONS_KEPT)
        )
        return [VersionCard(**row) for row in (await self._db.execute(query)).mappings()]

    async def rooms_of(self, plan_id: str, /) -> frozenset[str]:
        """Return the rooms of scheduled events that have this plan, if only on one day."""
        events, days = e.events, e.event_changes
        on_a_day = days.c.changes["plan_id"].as_string() == plan_id
        query = (
            select(events.c.room_id, days.c.changes)
            .outerjoin(days, and_(days.c.event_id == events.c.id, on_a_day))
            .where(events.c.state == "scheduled", or_(events.c.plan_id == plan_id, on_a_day))
        )
        found = set()
        for room_id, changes in await self._db.execute(query):
            found.add(room_id)
            if changes is not None and changes.get("room_id"):
                found.add(changes["room_id"])
        return frozenset(found)

    async def poses(self, group_id: str, /) -> Sequence[Pose]:
        """Return a group's own poses, by name."""
        table = e.group_poses
        query = (
            select(table.c.pose)
            .where(table.c.group_id == group_id)
            .order_by(table.c.pose_id)
            .limit(GROUP_POSES_MAX)
        )
        found = [Pose.model_validate(row.pose) for row in await self._db.execute(query)]
        return sorted(found, key=lambda pose: pose.name)

    async def put_pose(self, group_id: str, pose: Pose, by: str | None, now_ms: int, /) -> None:
        """Keep a pose in place of the one of this id."""
        await self.drop_pose(group_id, pose.id)
        await self._db.execute(
            insert(e.group_poses).values(
                group_id=group_id,
                pose_id=pose.id,
                pose=pose.model_dump(mode="json"),
                created_by=by,
                created_ms=now_ms,
            )
        )

    async def drop_pose(self, group_id: str, pose_id: str, /) -> bool:
        """Let go of a pose; False: there was none."""
        table = e.group_poses
        done = await self._db.execute(
            delete(table).where(table.c.group_id == group_id, table.c.pose_id == pose_id)
        )
        return done.rowcount == 1

    async def _add_version(self, plan_id: str, version: PlanVersion) -> None:
        table = e.plan_versions
        await self._db.execute(
            insert(table).values(
                plan_id=plan_id,
                version=version.version,
                parent=version.parent,
                title=version.title,
                cues=_CUES.dump_python(version.cues, mode="json", exclude_defaults=True),
                note=version.note,
                created_by=version.created_by,
                created_ms=version.created_ms,
            )
        )
        await self._db.execute(
            delete(table).where(
                table.c.plan_id == plan_id, table.c.version <= version.version - VERSIONS_KEPT
            )
        )


def _head(plan: PlanRecord) -> dict[str, Any]:
    return {
        "title": plan.title,
        "version": plan.version,
        "ms": plan.ms,
        "cue_count": len(plan.cues),
        "archived_ms": plan.archived_ms,
    }


def _version(row: RowMapping) -> PlanVersion:
    return PlanVersion(
        version=row["version"],
        parent=row["parent"],
        title=row["title"],
        cues=_CUES.validate_python(row["cues"]),
        note=row["note"],
        created_by=row["created_by"],
        created_ms=row["created_ms"],
    )
