"""Does for the live rooms what takes time: reads rooms and standings anew, keeps objects.

The rooms call and do not wait; one task works it off. Objects are written together a moment
after the first of them was put down, not for each one.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hearth_server.community.spaces import ObjectKept
from hearth_server.logs import logger
from hearth_server.services.joining import Joining
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import standing_in
from hearth_server.services.store import Tx

KEPT_AFTER_S: Final = 0.5
_log = logger("hearth.rooms")


@dataclass(frozen=True, slots=True)
class _Mute:
    """One does not want to hear another, or does again."""

    account_id: str
    other_id: str
    on: bool


@dataclass(frozen=True, slots=True)
class _Things:
    """Where objects of a room stand."""

    room_id: str
    objects: tuple[ObjectKept, ...]


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
        """Write what was put down, and who is muted: together, and alone what fails together."""
        writes = self._take()
        if not writes:
            return
        try:
            await self._commit(writes)
        except Exception:
            # One of them cannot be kept (its room or account is gone): it alone is lost.
            for each in writes:
                try:
                    await self._commit([each])
                except Exception:
                    if isinstance(each, _Mute):
                        _log.exception("a mute could not be kept")
                    else:
                        _log.exception("objects could not be kept", room=each.room_id)

    def _take(self) -> list[_Mute | _Things]:
        mutes, self._mutes = self._mutes, {}
        objects, self._objects = self._objects, {}
        return [
            *(_Mute(*pair, on) for pair, on in mutes.items()),
            *(_Things(room_id, tuple(things.values())) for room_id, things in objects.items()),
        ]

    async def _commit(self, writes: Sequence[_Mute | _Things]) -> None:
        async with self._parts.store.writing() as tx:
            for each in writes:
                if isinstance(each, _Mute):
                    await self._write_mute(tx, each)
                else:
                    await self._write_things(tx, each)

    async def _write_mute(self, tx: Tx, mute: _Mute) -> None:
        await tx.identity.drop_tie("mutes", mute.account_id, mute.other_id)
        if mute.on:
            now_ms = self._parts.now_ms()
            await tx.identity.put_tie("mutes", mute.account_id, mute.other_id, now_ms)

    async def _write_things(self, tx: Tx, things: _Things) -> None:
        room = await tx.rooms.get(things.room_id)
        if room is not None:
            known = {each.id for each in room.design.objects}
            kept = [each for each in things.objects if each.id in known]
            await tx.rooms.keep_objects(things.room_id, kept)
