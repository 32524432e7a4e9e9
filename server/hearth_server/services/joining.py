"""Lets people into groups' rooms: looks up all that decides it, and makes the ticket's grant."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from hearth_server.community.accounts import Caller
from hearth_server.community.entering import AtDoor, GroupGrant, How, RoomFacts, kept_out
from hearth_server.community.groups import Group, Standing
from hearth_server.community.norms import mechanisms
from hearth_server.community.permissions import Role
from hearth_server.community.spaces import RoomRecord, is_full, may_enter
from hearth_server.errors import Refusal
from hearth_server.services.events.doors import EventDoors
from hearth_server.services.identity.guests import guest_refusal
from hearth_server.services.live import RoomLine
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import SIGN_IN, hidden, standing_for
from hearth_server.services.store import Tx
from hearth_server.tokens import Device, Profile

NO_ROOM: Final = Refusal("room_not_found", "There is no such room here. Check the link.")
#: Of so many rooms it is remembered whose they are.
GROUPS_KNOWN_MAX: Final = 4_096
#: Reads the newest lines of a group's channel, oldest first.
RecentLines: TypeAlias = Callable[[Tx, Group], Awaitable[Sequence[RoomLine]]]


@dataclass(frozen=True, slots=True)
class JoinWish:
    """What somebody asks at a door."""

    how: How = "enter"
    device: Device = "desktop"


class Joining:
    """The doors of groups' rooms.

    Args:
        parts: store, books and live rooms.
        recent: reads what was said lately; None where nothing is kept of it.
    """

    def __init__(self, parts: ServiceParts, recent: RecentLines | None = None) -> None:
        self._parts = parts
        self._recent = recent
        self._events = EventDoors(parts)
        #: A room stays its group's for good, so this is read seldom; the oldest first.
        self._group_of: dict[str, str] = {}

    async def join(
        self, room_id: str, caller: Caller | None, wish: JoinWish
    ) -> GroupGrant | Refusal:
        """Return what lets somebody in, or say why they may not come."""
        parts = self._parts
        group_id = await self._group(room_id)
        if group_id is None:
            return NO_ROOM
        if caller is None:
            return SIGN_IN
        # Taken before anything is read: whatever changes from here on makes the ticket void.
        stamp = parts.live.stamp()
        lines_wanted = self._recent is not None and parts.live.begin_channel(group_id)
        async with parts.store.reading() as tx:
            found = await self._look_up(tx, room_id, caller)
            if isinstance(found, Refusal):
                return found
            facts, standing = found
            objects = tuple(await tx.rooms.objects(room_id))
            refusal = self._door(facts, standing, caller, wish)
            if refusal is not None:
                return refusal
            if lines_wanted and self._recent is not None:
                lines = await self._recent(tx, facts.group)
                parts.live.fill_channel(facts.group.id, lines)
        # A gathering's doors come last: whoever they let through has a place from then on.
        passed = await self._events.enter(facts, standing, caller)
        if isinstance(passed, Refusal):
            return passed
        account = caller.account
        profile = Profile(
            account.name, account.primary, account.secondary, account.pattern, wish.device
        )
        return GroupGrant(
            room_id=room_id,
            profile=profile,
            facts=facts,
            objects=objects,
            account=account,
            standing=standing,
            how=wish.how,
            device=caller.session.device_hash,
            session_id=caller.session.id,
            stamp=stamp,
            passed=passed,
        )

    async def _group(self, room_id: str) -> str | None:
        """Return whose room this is; None for no room."""
        if room_id not in self._group_of:
            async with self._parts.store.reading() as tx:
                room = await tx.rooms.get(room_id)
            if room is None:
                return None
            while len(self._group_of) >= GROUPS_KNOWN_MAX:
                del self._group_of[next(iter(self._group_of))]
            self._group_of[room_id] = room.group_id
        return self._group_of[room_id]

    async def facts(self, tx: Tx, room_id: str) -> RoomFacts | None:
        """Return a room with all that opens it."""
        room = await tx.rooms.get(room_id)
        group = await tx.groups.group(room.group_id) if room is not None else None
        if room is None or group is None:
            return None
        norms = await tx.groups.norms(group.id, group.norms_version)
        return RoomFacts(room, group, mechanisms(norms))

    async def _look_up(
        self, tx: Tx, room_id: str, caller: Caller
    ) -> tuple[RoomFacts, Standing] | Refusal:
        facts = await self.facts(tx, room_id)
        if facts is None:
            return NO_ROOM
        standing = await standing_for(self._parts, tx, facts.group, caller)
        if hidden(standing):
            return NO_ROOM
        if standing.role is Role.GUEST:
            # Also of one who has an account by now: what holds is the link they came by.
            own = caller.account.id
            refusal = await guest_refusal(self._parts, tx, own, facts.group, room_id)
            if refusal is not None:
                return refusal
        return facts, standing

    def _door(
        self, facts: RoomFacts, standing: Standing, caller: Caller, wish: JoinWish
    ) -> Refusal | None:
        room, group = facts.room, facts.group
        at = AtDoor(
            group_id=group.id,
            group_name=group.name,
            room_id=room.id,
            account_id=caller.account.id,
            role=standing.role,
            device=caller.session.device_hash,
            now_ms=self._parts.now_ms(),
        )
        return (
            kept_out(self._parts.sanctions, at)
            or _guests_rule(facts, caller)
            or may_enter(room, standing)
            or self._one_avatar(room, caller.account.id, wish)
            or self._fits(room, standing, caller.account.id)
        )

    def _one_avatar(self, room: RoomRecord, account_id: str, wish: JoinWish) -> Refusal | None:
        seat = self._parts.live.seat_of(account_id)
        if wish.how == "move" or seat is None or not seat.connected:
            return None
        if seat.room_id != room.id:
            text = "You are in another room on another device. Move here, or stay there."
        elif wish.how == "companion":
            return None
        else:
            text = "You are here on another device. Move here, or come as its companion."
        return Refusal("already_here", text, about=(("room", seat.room_id),))

    def _fits(self, room: RoomRecord, standing: Standing, account_id: str) -> Refusal | None:
        live = self._parts.live
        seat = live.seat_of(account_id)
        if seat is not None and seat.room_id == room.id:
            return None  # their own seat is among those taken
        now = live.gathering_in(room.id)
        promised = now is not None and now.state != "ended"
        return is_full(room, standing, live.seats_taken(room.id), promised=promised)


def _guests_rule(facts: RoomFacts, caller: Caller) -> Refusal | None:
    """A guest's device enters the room of its link and no other, in whatever group."""
    session = caller.session
    if session.kind == "guest" and session.room_id != facts.room.id:
        return Refusal("not_allowed", "Your guest link is for another room. Use its link.")
    return None
