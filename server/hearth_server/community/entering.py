"""What lets somebody into a group's room: the facts a ticket carries, and the rules of the door.

The rules are asked twice: when the ticket is issued, with what the store says, and when it is
redeemed, with the books in memory; in between somebody may have been banned.
"""

from dataclasses import dataclass
from typing import Literal

from hearth_server.community.accounts import Account
from hearth_server.community.events.doors import DoorPass
from hearth_server.community.groups import Group, Standing
from hearth_server.community.norms import Mechanism
from hearth_server.community.permissions import Role
from hearth_server.community.sanctions import SanctionBook
from hearth_server.community.spaces import ObjectKept, RoomRecord
from hearth_server.errors import Refusal
from hearth_server.tokens import Grant

How = Literal["enter", "companion", "move"]


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """A group's room with all that opens it."""

    room: RoomRecord
    group: Group
    mechanisms: frozenset[Mechanism] = frozenset()


@dataclass(frozen=True, slots=True)
class GroupGrant(Grant):
    """A ticket's grant for a group's room.

    Attributes:
        facts: the room, so that it can be opened without asking the store.
        objects: where its shared objects stand.
        account: who comes.
        standing: what they may do there.
        how: as a second device beside the first, in its place, or alone.
        device: hash of the browser's long-lived cookie.
        session_id: of the session that asked.
        passed: the gathering whose doors were open to them; None: there was none.
        stamp: `LiveRooms.stamp` before all this was read; what became void since ends the ticket.
    """

    facts: RoomFacts
    objects: tuple[ObjectKept, ...]
    account: Account
    standing: Standing
    how: How = "enter"
    device: bytes | None = None
    session_id: str | None = None
    stamp: int = 0
    passed: DoorPass | None = None


@dataclass(frozen=True, slots=True)
class AtDoor:
    """Who stands at which door, on which device, when."""

    group_id: str
    group_name: str
    room_id: str
    account_id: str
    role: Role | None
    device: bytes | None
    now_ms: int


def kept_out(book: SanctionBook, who: AtDoor) -> Refusal | None:
    """Say which sanction keeps somebody out of a room, or None.

    While the book cannot be read nobody comes in. A member is not banned for the device they
    use: families share.
    """
    if not book.loaded:
        return Refusal("starting", "The server is still reading its books. Try again.", 2.0)
    stranger = who.role is None or who.role is Role.GUEST
    device = who.device if stranger else None
    if (ban := book.banned(who.group_id, who.account_id, device, who.now_ms)) is not None:
        return Refusal("banned", _said(f"You are banned from {who.group_name}.", ban.reason))
    bar = book.barred(who.group_id, who.room_id, who.account_id, who.now_ms)
    if bar is not None:
        return Refusal("barred", _said("You may not enter this room for now.", bar.reason))
    return None


def _said(text: str, reason: str) -> str:
    return f"{text} Reason: {reason}" if reason else text
