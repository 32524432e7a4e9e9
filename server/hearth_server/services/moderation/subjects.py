"""Whom an act is about: somebody named by account, or pointed at in a room."""

from dataclasses import dataclass
from typing import Final

from hearth_server.community.groups import Group
from hearth_server.errors import Refusal
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx

NOBODY: Final = Refusal("account_not_found", "There is nobody like that here. They may have left.")
NO_ROOM: Final = Refusal("room_not_found", "There is no such room in this group.")


@dataclass(frozen=True, slots=True)
class Pointed:
    """How a request names somebody.

    Attributes:
        account: by account.
        room: the room that it is about, or in which the participant is.
        participant: by their number in that room.
    """

    account: str | None = None
    room: str | None = None
    participant: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody, with the name they went by."""

    account_id: str
    name: str
    room_id: str | None


async def find_subject(
    parts: ServiceParts, tx: Tx, group: Group, pointed: Pointed
) -> Subject | Refusal:
    """Return whom a request names; rooms of other groups are not there."""
    room = pointed.room
    if room is not None and room not in (await tx.groups.room_ids([group.id]))[group.id]:
        return NO_ROOM
    account_id, name = pointed.account, None
    if account_id is None:
        if room is None or pointed.participant is None:
            return Refusal("invalid_input", "Say whom: an account, or a room and a participant.")
        person = parts.live.who(room, pointed.participant)
        if person is None or person.account_id is None:
            return NOBODY
        account_id, name = person.account_id, person.name
    account = await tx.identity.account(account_id)
    if account is None or account.deleted_ms is not None:
        return NOBODY
    return Subject(account.id, name or account.name, room)
