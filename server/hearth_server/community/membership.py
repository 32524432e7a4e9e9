"""Rules of coming, staying and going: who may join how, who may give which role, who may leave."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from hearth_server.community.groups import Group
from hearth_server.community.permissions import Role, may_act_on
from hearth_server.community.spans import DAY_MS
from hearth_server.errors import Refusal

InviteKind = Literal["member", "guest"]
RequestState = Literal["open", "accepted", "declined", "withdrawn"]
INVITES_MAX: Final = 100
#: How long a guest's place lasts from when they came, whatever of the link's own time is left.
GUEST_MS: Final = DAY_MS // 2
SIZE_MAX: Final = 10_000

LAST_OWNER: Final = Refusal(
    "last_owner",
    "You are its only owner. Hand the group over to somebody, or archive it, and then go.",
)
FULL: Final = Refusal("group_full", "This group is full. Ask its leaders to make room.")


@dataclass(frozen=True, slots=True)
class Invite:
    """A way into a group for whoever holds its link, so many times and for so long.

    Attributes:
        event_id, original: of a guest link for one day of an event: for the party of who made it.
        came_ms: when somebody came by it, where it is asked for as theirs.
    """

    id: str
    kind: str
    group_id: str | None
    room_id: str | None
    created_by: str | None
    uses_left: int
    created_ms: int
    expires_ms: int
    revoked_ms: int | None = None
    event_id: str | None = None
    original: str | None = None
    came_ms: int | None = None

    def stands(self, now_ms: int) -> bool:
        """Say whether it has neither run out of time nor been taken back."""
        return self.revoked_ms is None and now_ms < self.expires_ms

    def holds(self, now_ms: int) -> bool:
        """Say whether whoever came by it may still come in.

        They may for as long as a guest's place lasts, also where the link lets in nobody new any
        more; by a link for a day of an event until that is over.
        """
        if self.event_id is not None or self.came_ms is None:
            return self.stands(now_ms)
        until_ms = max(self.expires_ms, self.came_ms + GUEST_MS)
        return self.revoked_ms is None and now_ms < until_ms


def days_of(links: Iterable[Invite], room_id: str, now_ms: int) -> list[tuple[str, str]]:
    """Return the days of events for which alone guest links lead into a room, by event and day.

    None of them where a link leads there at any time, or none leads there.
    """
    there = [each for each in links if each.room_id == room_id and each.holds(now_ms)]
    days = [
        (each.event_id, each.original)
        for each in there
        if each.event_id is not None and each.original is not None
    ]
    return sorted(days) if len(days) == len(there) else []


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """Somebody asks to become a member."""

    id: str
    group_id: str
    account_id: str
    answer: str
    state: RequestState
    created_ms: int
    decided_by: str | None = None
    decided_ms: int | None = None


def may_join(group: Group, *, invited: bool, answer: str) -> Literal["join", "ask"] | Refusal:
    """Decide what happens when somebody wants to join who is not banned.

    Args:
        group: which group.
        invited: whether they hold an invite that stands.
        answer: what they wrote to the group's question.
    """
    if group.archived:
        return Refusal("group_archived", f"{group.name} is archived: nobody joins it any more.")
    if group.members >= group.size_limit:
        return FULL
    if invited or group.joining == "open":
        return "join"
    if group.joining == "invite":
        return Refusal("invite_needed", f"{group.name} is joined by invitation. Ask a member.")
    if group.question and not answer:
        return Refusal("answer_needed", f"Answer the group's question first: {group.question}")
    return "ask"


def may_give(actor: Role, old: Role, new: Role) -> Refusal | None:
    """Say why somebody may not change another's role.

    One gives what is below one's own role, to people below it. Owners share ownership, too.
    """
    if Role.GUEST in (old, new):
        return Refusal("not_allowed", "Guests have no other role. They become members first.")
    if not may_act_on(actor, old):
        return Refusal("not_allowed", "Their role is not below yours.")
    if actor is not Role.OWNER and new.rank >= actor.rank:
        return Refusal("not_allowed", "You may give roles below your own only.")
    return None


def may_give_up(role: Role | None, owners: int, *, archived: bool) -> Refusal | None:
    """Say why this person may not cease to be what they are: somebody has to own a group.

    Args:
        role: theirs.
        owners: how many owners there are.
        archived: an archived group may be left by everybody.
    """
    return LAST_OWNER if role is Role.OWNER and owners <= 1 and not archived else None
