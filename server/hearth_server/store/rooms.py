"""Rooms, designs and shared objects in tables."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, and_, delete, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_protocol.design import Design
from hearth_server.community.spaces import (
    VERSIONS_KEPT,
    DesignVersion,
    Door,
    ObjectKept,
    RoomRecord,
)
from hearth_server.store import tables as t

_SAVED = (
    "name",
    "description",
    "access",
    "capacity",
    "version",
    "design_version",
    "archived_ms",
)
_DOOR = ("id", "group_id", "name", "access", "capacity", "archived_ms")


class SqlRooms:
    """Satisfies `community.ports.rooms.RoomKeep`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, room: RoomRecord, created_by: str | None, /) -> None:
        """Keep a new room with the first version of its design."""
        values = {key: getattr(room, key) for key in _SAVED}
        await self._db.execute(
            insert(t.rooms).values(
                **values, id=room.id, group_id=room.group_id, created_ms=room.created_ms
            )
        )
        first = DesignVersion(room.design_version, room.design, "", created_by, room.created_ms)
        await self.add_design(room.id, first)

    async def get(self, room_id: str, /) -> RoomRecord | None:
        """Return a room, archived or not."""
        row = (await self._db.execute(_rooms().where(t.rooms.c.id == room_id))).mappings().first()
        return _room(row) if row is not None else None

    async def capacity(self, room_id: str, /) -> int | None:
        """Return how many a room holds; None: there is no such room."""
        query = select(t.rooms.c.capacity).where(t.rooms.c.id == room_id)
        found = (await self._db.execute(query)).scalar_one_or_none()
        return None if found is None else int(found)

    async def of_group(self, group_id: str, /) -> Sequence[RoomRecord]:
        """Return a group's rooms, archived ones too, oldest first."""
        query = (
            _rooms()
            .where(t.rooms.c.group_id == group_id)
            .order_by(t.rooms.c.created_ms, t.rooms.c.id)
        )
        return [_room(row) for row in (await self._db.execute(query)).mappings()]

    async def doors(self, group_ids: Collection[str], /) -> Mapping[str, Sequence[Door]]:
        """Return the doors of each group's rooms, archived ones too, oldest first."""
        found: dict[str, list[Door]] = {each: [] for each in group_ids}
        if found:
            table = t.rooms
            query = (
                select(*(table.c[name] for name in _DOOR))
                .where(table.c.group_id.in_(found))
                .order_by(table.c.created_ms, table.c.id)
            )
            for row in await self._db.execute(query):
                found[row.group_id].append(Door(*row))
        return found

    async def save(self, room: RoomRecord, expected_version: int, /) -> bool:
        """Keep what was changed about a room, if it is still at the version expected."""
        table = t.rooms
        done = await self._db.execute(
            update(table)
            .where(table.c.id == room.id, table.c.version == expected_version)
            .values({key: getattr(room, key) for key in _SAVED})
        )
        return done.rowcount == 1

    async def add_design(self, room_id: str, version: DesignVersion, /) -> None:
        """Keep a new version of a room's design, and let go of very old ones."""
        table = t.room_designs
        await self._db.execute(
            insert(table).values(
                room_id=room_id,
                version=version.version,
                design=version.design.model_dump(),
                note=version.note,
                created_by=version.created_by,
                created_ms=version.created_ms,
            )
        )
        await self._db.execute(
            delete(table).where(
                table.c.room_id == room_id, table.c.version <= version.version - VERSIONS_KEPT
            )
        )

    async def drop_design(self, room_id: str, version: int, /) -> None:
        """Let go of a version, because it was undone."""
        table = t.room_designs
        await self._db.execute(
            delete(table).where(table.c.room_id == room_id, table.c.version == version)
        )

    async def design(self, room_id: str, version: int, /) -> DesignVersion | None:
        """Return one version of a room's design."""
        table = t.room_designs
        query = select(table).where(table.c.room_id == room_id, table.c.version == version)
        row = (await self._db.execute(query)).mappings().first()
        return _version(row) if row is not None else None

    async def designs(self, room_id: str, /) -> Sequence[DesignVersion]:
        """Return the newest versions of a room's design, newest first."""
        table = t.room_designs
        query = (
            select(table)
            .where(table.c.room_id == room_id)
            .order_by(table.c.version.desc())
            .limit(VERSIONS_KEPT)
        )
        return [_version(row) for row in (await self._db.execute(query)).mappings()]

    async def objects(self, room_id: str, /) -> Sequence[ObjectKept]:
        """Return where shared objects stand that were moved or locked."""
        table = t.room_objects
        rows = await self._db.execute(select(table).where(table.c.room_id == room_id))
        return [_object(row) for row in rows.mappings()]

    async def keep_objects(self, room_id: str, objects: Sequence[ObjectKept], /) -> None:
        """Keep where these objects stand."""
        table = t.room_objects
        ids = [each.id for each in objects]
        await self._db.execute(
            delete(table).where(and_(table.c.room_id == room_id, table.c.object_id.in_(ids)))
        )
        if objects:
            await self._db.execute(
                insert(table),
                [
                    {
                        "room_id": room_id,
                        "object_id": each.id,
                        "state": {
                            "position": list(each.position),
                            "yaw": each.yaw,
                            "locked": each.locked,
                        },
                    }
                    for each in objects
                ],
            )

    async def drop_objects(self, room_id: str, /) -> None:
        """Forget where objects stand: the design says it again."""
        await self._db.execute(delete(t.room_objects).where(t.room_objects.c.room_id == room_id))


def _rooms() -> Select[Any]:
    designs = t.room_designs
    return select(t.rooms, designs.c.design).join(
        designs,
        and_(designs.c.room_id == t.rooms.c.id, designs.c.version == t.rooms.c.design_version),
    )


def _room(row: RowMapping) -> RoomRecord:
    return RoomRecord(
        id=row["id"],
        group_id=row["group_id"],
        created_ms=row["created_ms"],
        design=Design.model_validate(row["design"]),
        **{key: row[key] for key in _SAVED},
    )


def _version(row: RowMapping) -> DesignVersion:
    return DesignVersion(
        version=row["version"],
        design=Design.model_validate(row["design"]),
        note=row["note"],
        created_by=row["created_by"],
        created_ms=row["created_ms"],
    )


def _object(row: RowMapping) -> ObjectKept:
    state = row["state"]
    x, y, z = state["position"]
    return ObjectKept(row["object_id"], (x, y, z), state["yaw"], state["locked"])
