"""A group's room as one viewer may know it."""

from dataclasses import dataclass, replace

from hearth_server.community.accounts import Caller
from hearth_server.community.groups import Standing
from hearth_server.community.norms import Mechanism, mechanisms
from hearth_server.community.permissions import Right, Role
from hearth_server.community.spaces import RoomRecord, may_enter
from hearth_server.errors import Refusal
from hearth_server.services.joining import NO_ROOM
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import hidden, standing_for


@dataclass(frozen=True, slots=True)
class RoomView:
    """A room, and what the viewer is to it.

    Attributes:
        present: people whom the viewer may know of.
        closed: the viewer may know that it exists, and no more.
        may_enter: whether the door would open, seats and sanctions apart.
        mechanisms: what the group's norms ask of the server; none where they were not read.
    """

    room: RoomRecord
    standing: Standing
    present: int
    closed: bool
    may_enter: bool
    mechanisms: frozenset[Mechanism] = frozenset()


class Viewing:
    """Looks at rooms."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def view(self, room_id: str, caller: Caller | None) -> RoomView | Refusal:
        """Return a room as the caller may know it.

        A link to a room of a group that is not listed shows whose it is, and nothing of who
        is there; a private group's shows nothing at all.
        """
        parts = self._parts
        async with parts.store.reading() as tx:
            room = await tx.rooms.get(room_id)
            group = await tx.groups.group(room.group_id) if room is not None else None
            if room is None or group is None:
                return NO_ROOM
            standing = await standing_for(parts, tx, group, caller)
            norms = await tx.groups.norms(group.id, group.norms_version)
        if hidden(standing):
            return NO_ROOM
        return replace(self.shown(room, standing, caller), mechanisms=mechanisms(norms))

    def shown(self, room: RoomRecord, standing: Standing, caller: Caller | None) -> RoomView:
        """Return a room that was read already, as somebody may know it who may know of it."""
        guest_elsewhere = (
            standing.role is Role.GUEST
            and caller is not None
            and caller.session.room_id not in (None, room.id)
        )
        closed = not standing.may(Right.SEE_GROUP) or guest_elsewhere
        return RoomView(
            room=room,
            standing=standing,
            present=0 if closed else self._present(room.id, standing),
            closed=closed,
            may_enter=may_enter(room, standing) is None and not guest_elsewhere,
        )

    def _present(self, room_id: str, standing: Standing) -> int:
        apart = self._parts.relations.unseen_by(standing)
        people = self._parts.live.accounts_in([room_id]).get(room_id, ())
        return sum(account_id not in apart for account_id in people)
