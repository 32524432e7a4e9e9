"""Makes groups' rooms and changes them: door, design, versions, undo, archive."""

from dataclasses import dataclass, replace

from hearth_protocol.design import Design, Template
from hearth_server.community.accounts import Caller
from hearth_server.community.furnishing import default_capacity, default_design
from hearth_server.community.groups import Standing
from hearth_server.community.permissions import Right
from hearth_server.community.spaces import (
    ROOMS_MAX,
    Access,
    DesignVersion,
    RoomRecord,
    check_design,
)
from hearth_server.errors import Refusal
from hearth_server.ids import link_id
from hearth_server.services.joining import NO_ROOM
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import (
    entitled,
    entitled_to_change,
)
from hearth_server.services.store import Tx

STALE = Refusal(
    "stale_version", "Somebody else changed this room meanwhile. Look at it again, then save."
)


@dataclass(frozen=True, slots=True)
class NewRoom:
    """A room that somebody wants."""

    name: str
    description: str
    template: Template


@dataclass(frozen=True, slots=True)
class DoorChange:
    """What changes at a room's door; None stays as it is."""

    name: str | None = None
    description: str | None = None
    access: Access | None = None
    capacity: int | None = None


class Arranging:
    """Changes rooms for those who have the right `arrange_rooms`."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def create(
        self, id_or_slug: str, caller: Caller, wanted: NewRoom
    ) -> tuple[RoomRecord, Standing] | Refusal:
        """Make a room with the template's design."""
        parts = self._parts
        async with parts.store.writing() as tx:
            standing = await entitled_to_change(parts, tx, id_or_slug, caller, Right.ARRANGE_ROOMS)
            if isinstance(standing, Refusal):
                return standing
            group = standing.group
            rooms = await tx.rooms.of_group(group.id)
            if len(rooms) >= ROOMS_MAX:
                return Refusal(
                    "too_many_rooms", f"{group.name} has {ROOMS_MAX} rooms. Use one of them again."
                )
            room = RoomRecord(
                id=link_id(wanted.name),
                group_id=group.id,
                name=wanted.name,
                description=wanted.description,
                design=default_design(wanted.template),
                capacity=default_capacity(wanted.template),
                created_ms=parts.now_ms(),
            )
            await tx.rooms.add(room, caller.account.id)
            await self._note(tx, "room_made", caller, room)
        return room, standing

    async def change(
        self, room_id: str, caller: Caller, version: int, changes: DoorChange
    ) -> RoomRecord | Refusal:
        """Change a room's door."""
        async with self._parts.store.writing() as tx:
            room = await self._own(tx, room_id, caller, version)
            if isinstance(room, Refusal):
                return room
            wanted = replace(
                room,
                name=room.name if changes.name is None else changes.name,
                description=(
                    room.description if changes.description is None else changes.description
                ),
                access=room.access if changes.access is None else changes.access,
                capacity=room.capacity if changes.capacity is None else changes.capacity,
                version=version + 1,
            )
            if not await tx.rooms.save(wanted, version):
                return STALE
            await self._note(tx, "room_changed", caller, wanted)
        self._parts.live.room_changed(room_id)
        return wanted

    async def arrange(
        self, room_id: str, caller: Caller, version: int, design: Design, note: str
    ) -> RoomRecord | Refusal:
        """Give a room another design."""
        refusal = check_design(design)
        if refusal is not None:
            return refusal
        parts = self._parts
        async with parts.store.writing() as tx:
            room = await self._own(tx, room_id, caller, version)
            if isinstance(room, Refusal):
                return room
            number = room.design_version + 1
            wanted = replace(room, design=design, design_version=number, version=version + 1)
            if not await tx.rooms.save(wanted, version):
                return STALE
            made = DesignVersion(number, design, note, caller.account.id, parts.now_ms())
            await tx.rooms.add_design(room_id, made)
            await self._forget_moves(tx, room, design)
            await self._note(tx, "room_arranged", caller, wanted)
        parts.live.room_changed(room_id)
        return wanted

    async def undo(self, room_id: str, caller: Caller, version: int) -> RoomRecord | Refusal:
        """Go back to the design before the current one, which is let go of."""
        async with self._parts.store.writing() as tx:
            room = await self._own(tx, room_id, caller, version)
            if isinstance(room, Refusal):
                return room
            before = await tx.rooms.design(room_id, room.design_version - 1)
            if before is None:
                return Refusal("nothing_to_undo", "There is no earlier design of this room.")
            wanted = replace(
                room, design=before.design, design_version=before.version, version=version + 1
            )
            if not await tx.rooms.save(wanted, version):
                return STALE
            await tx.rooms.drop_design(room_id, room.design_version)
            await self._forget_moves(tx, room, before.design)
            await self._note(tx, "room_undone", caller, wanted)
        self._parts.live.room_changed(room_id)
        return wanted

    async def archive(self, room_id: str, caller: Caller, on: bool) -> RoomRecord | Refusal:
        """Close a room for now, or open it again; what it is and holds stays."""
        parts = self._parts
        async with parts.store.writing() as tx:
            room = await self._own(tx, room_id, caller, None)
            if isinstance(room, Refusal):
                return room
            wanted = replace(
                room, archived_ms=parts.now_ms() if on else None, version=room.version + 1
            )
            if not await tx.rooms.save(wanted, room.version):
                return STALE
            await self._note(tx, "room_archived" if on else "room_reopened", caller, wanted)
        parts.live.room_changed(room_id)
        return wanted

    async def versions(self, room_id: str, caller: Caller) -> list[DesignVersion] | Refusal:
        """Return the versions of a room's design, newest first."""
        async with self._parts.store.reading() as tx:
            room = await self._own(tx, room_id, caller, None)
            if isinstance(room, Refusal):
                return room
            return list(await tx.rooms.designs(room_id))

    async def _own(
        self, tx: Tx, room_id: str, caller: Caller, version: int | None
    ) -> RoomRecord | Refusal:
        """Return a room that the caller may arrange, at the version they saw."""
        room = await tx.rooms.get(room_id)
        if room is None:
            return NO_ROOM
        standing = await entitled(self._parts, tx, room.group_id, caller, Right.ARRANGE_ROOMS)
        if isinstance(standing, Refusal):
            return NO_ROOM if standing.code == "group_not_found" else standing
        return STALE if version is not None and room.version != version else room

    async def _forget_moves(self, tx: Tx, room: RoomRecord, design: Design) -> None:
        """Things whose place in the design changed stand where it says; others stay put."""
        before = {each.id: each for each in room.design.objects}
        after = {each.id: each for each in design.objects}
        kept = [each for each in await tx.rooms.objects(room.id)]
        staying = [each for each in kept if after.get(each.id) == before.get(each.id) is not None]
        await tx.rooms.drop_objects(room.id)
        await tx.rooms.keep_objects(room.id, staying)

    async def _note(self, tx: Tx, action: str, caller: Caller, room: RoomRecord) -> None:
        details = {"room": room.id, "name": room.name, "version": room.version}
        await tx.moderation.note(
            action, caller.account.id, room.group_id, None, details, self._parts.now_ms()
        )
