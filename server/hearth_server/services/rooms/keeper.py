"""Does for the live rooms what takes time: reads rooms and standings anew, keeps objects.

The rooms call and do not wait; one task works it off. Objects are written together a moment
after the first of them was put down, not for each one.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from hearth_server.community.spaces import ObjectKept
from hearth_server.logs import logger
from hearth_server.services.joining import Joining
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import standing_in

KEPT_AFTER_S: Final = 0.5
_log = logger("hearth.rooms")


class RoomKeeper:
    """Satisfies `realtime.ports.RoomKeeper`; `run` is a task of the app."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._joining = Joining(parts)
        self._rooms: set[str] = set()
        self._people: set[tuple[str, str]] = set()
        self._objects: dict[str, dict[str, ObjectKept]] = {}
        self._mutes: dict[tuple[str, str], bool] = {}
        self._wanted = asyncio.Event()

    def refresh(self, room_id: str, /) -> None:
        """Read a room anew."""
        self._rooms.add(room_id)
        self._wanted.set()

    def recheck(self, account_id: str, group_id: str, /) -> None:
        """Read somebody's standing anew."""
        self._people.add((account_id, group_id))
        self._wanted.set()

    def keep(self, room_id: str, objects: Sequence[ObjectKept], /) -> None:
        """Keep where these objects stand, soon; the newest word on each counts."""
        self._objects.setdefault(room_id, {}).update({each.id: each for each in objects})
        self._wanted.set()

    def mute(self, account_id: str, other_id: str, on: bool, /) -> None:
        """Keep, soon, that one does not want to hear another, or does again."""
        self._mutes[account_id, other_id] = on
        self._wanted.set()

    async def run(self) -> None:
        """Work until cancelled; what was put down by then is written."""
        try:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                await self._safely()
                if self._objects or self._mutes:
                    await asyncio.sleep(KEPT_AFTER_S)
                    await self.flush()
        finally:
            await self.flush()

    async def _safely(self) -> None:
        try:
            await self.read()
        except Exception:
            _log.exception("a room could not be read anew")

    async def read(self) -> None:
        """Read what was asked for, and tell the rooms."""
        rooms, self._rooms = self._rooms, set()
        people, self._people = self._people, set()
        live = self._parts.live
        for room_id in rooms:
            async with self._parts.store.reading() as tx:
                facts = await self._joining.facts(tx, room_id)
            live.refreshed(room_id, facts)
        for account_id, group_id in people:
            async with self._parts.store.reading() as tx:
                group = await tx.groups.group(group_id)
                if group is not None:
                    standing = await standing_in(self._parts, tx, group, account_id)
                    live.standing_changed(standing)

    async def flush(self) -> None:
        """Write what was put down, and who is muted."""
        await self._write_mutes()
        objects, self._objects = self._objects, {}
        for room_id, things in objects.items():
            try:
                async with self._parts.store.writing() as tx:
                    room = await tx.rooms.get(room_id)
                    if room is None:
                        continue
                    known = {each.id for each in room.design.objects}
                    kept = [each for each in things.values() if each.id in known]
                    await tx.rooms.keep_objects(room_id, kept, self._parts.now_ms())
            except Exception:
                _log.exception("objects could not be kept", room=room_id)

    async def _write_mutes(self) -> None:
        mutes, self._mutes = self._mutes, {}
        for (account_id, other_id), on in mutes.items():
            try:
                async with self._parts.store.writing() as tx:
                    await tx.identity.drop_tie("mutes", account_id, other_id)
                    if on:
                        now_ms = self._parts.now_ms()
                        await tx.identity.put_tie("mutes", account_id, other_id, now_ms)
            except Exception:
                _log.exception("a mute could not be kept")
