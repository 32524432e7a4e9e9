"""The rooms of a group as one viewer sees their doors: who is in, and whether they may enter."""

from collections.abc import Sequence
from dataclasses import dataclass

from hearth_server.community.accounts import Card
from hearth_server.community.groups import Standing
from hearth_server.community.membership import Invite, days_of
from hearth_server.community.permissions import Right, Role
from hearth_server.community.spaces import RoomRecord, may_enter
from hearth_server.services.live import FACES_MAX
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx


@dataclass(frozen=True, slots=True)
class RoomDoor:
    """A room from outside. Headcount and faces leave out who is kept apart from the viewer.

    Faces are for those who could go in and see them: whoever signs out sees none, for a block
    holds between people who are known.
    """

    room: RoomRecord
    present: int
    faces: Sequence[Card]
    may_enter: bool


async def doors(parts: ServiceParts, tx: Tx, standing: Standing) -> list[RoomDoor]:
    """Return the doors of a group's rooms that are not archived, the oldest first.

    A guest sees the rooms that their guest links lead into, and knows of no other. Whom a link
    lets in for an event alone sees no faces there at another time.
    """
    if not standing.may(Right.SEE_GROUP):
        return []
    rooms = [room for room in await tx.rooms.of_group(standing.group.id) if not room.archived]
    shut: set[str] = set()
    if standing.role is Role.GUEST and standing.account_id is not None:
        came_by = await tx.identity.guest_invites([standing.group.id], standing.account_id)
        shut = {room.id for room in rooms if _another_time(parts, came_by, room.id)}
        own = {invite.room_id for invite in came_by}
        rooms = [room for room in rooms if room.id in own]
    present = parts.live.presence([room.id for room in rooms])
    apart = parts.relations.unseen_by(standing)
    found = []
    for room in rooms:
        seen = [each for each in present.get(room.id, ()) if each.account_id not in apart]
        open_to_them = may_enter(room, standing) is None
        known = open_to_them and standing.account_id is not None and room.id not in shut
        faces = [each.card for each in seen[:FACES_MAX]] if known else []
        found.append(RoomDoor(room, len(seen), faces, open_to_them))
    return found


async def archived_doors(tx: Tx, standing: Standing) -> list[RoomDoor]:
    """Return the rooms of a group that are archived, for whoever may bring them back."""
    if not standing.may(Right.ARRANGE_ROOMS):
        return []
    rooms = await tx.rooms.of_group(standing.group.id)
    return [RoomDoor(room, 0, (), may_enter=False) for room in rooms if room.archived]


def _another_time(parts: ServiceParts, links: Sequence[Invite], room_id: str) -> bool:
    """Say whether links lead into a room for events alone, and none of these goes on."""
    days = days_of(links, room_id, parts.now_ms())
    now = parts.live.gathering_in(room_id)
    return bool(days) and (now is None or (now.event_id, now.original) not in days)
