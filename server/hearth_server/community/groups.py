"""Groups and memberships as records, and what somebody may do in a group right now."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from hearth_server.community.permissions import (
    ARCHIVED,
    LISTENER,
    RIGHTS,
    UNSIGNED,
    VOICES,
    Right,
    Role,
)

Visibility = Literal["listed", "unlisted", "private"]
Joining = Literal["open", "request", "invite"]
SanctionKind = Literal["mute", "remove", "bar", "ban"]


@dataclass(frozen=True, slots=True)
class Group:
    """A micro-community. `norms_binding` is the oldest version whose signature still holds."""

    id: str
    slug: str
    name: str
    purpose: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    time_zone: str = ""
    visibility: Visibility = "unlisted"
    joining: Joining = "invite"
    question: str | None = None
    size_limit: int = 150
    guests_allowed: bool = True
    members: int = 0
    norms_version: int = 0
    norms_binding: int = 0
    version: int = 1
    created_ms: int = 0
    archived_ms: int | None = None

    @property
    def archived(self) -> bool:
        """Whether the group rests: it can be read and nothing else."""
        return self.archived_ms is not None


@dataclass(frozen=True, slots=True)
class Membership:
    """Somebody's place in a group. Guests of a room have one too, with the role `guest`."""

    group_id: str
    account_id: str
    role: Role
    joined_ms: int
    signed_version: int | None = None
    read_line: int = 0

    def signed(self, group: Group) -> bool:
        """Say whether their signature of the group's norms still holds."""
        version = self.signed_version
        if group.norms_version == 0:
            return True
        return version is not None and version >= group.norms_binding


@dataclass(frozen=True, slots=True)
class Standing:
    """What somebody is in a group, and may do there, at one moment.

    Attributes:
        group: which group.
        account_id: who; None for somebody not signed in.
        role: None for visitors.
        signed: whether their signature of the norms still holds.
        sanctions: kinds in force against them in the whole group.
        rights: what follows from all that.
    """

    group: Group
    account_id: str | None
    role: Role | None
    signed: bool
    sanctions: frozenset[SanctionKind]
    rights: frozenset[Right]
    joined_ms: int | None = None

    @property
    def listener(self) -> bool:
        """Whether they come as an unsigned listener, marked as one."""
        return not self.signed or self.role is None

    @property
    def on_duty(self) -> bool:
        """Whether they answer reports: they see everybody, and nobody can block them away."""
        return self.may(Right.SEE_REPORTS)

    def may(self, right: Right) -> bool:
        """Say whether they have a right."""
        return right in self.rights


def standing_of(
    group: Group,
    account_id: str | None,
    membership: Membership | None,
    sanctions: Collection[SanctionKind] = (),
) -> Standing:
    """Decide what somebody may do in a group.

    Private and unlisted groups give an unsigned person nothing but the norms and the waiting
    room; elsewhere whoever did not sign may listen. A ban takes everything, a mute the voice.

    Args:
        group: which group.
        account_id: who; None for somebody not signed in.
        membership: theirs, if any.
        sanctions: kinds in force against them in the whole group.
    """
    role = membership.role if membership else None
    signed = membership is not None and membership.signed(group)
    rights = _rights(group, role, signed)
    if group.archived:
        rights &= ARCHIVED
    if "mute" in sanctions:
        rights -= VOICES
    if "ban" in sanctions:
        rights = frozenset()
    joined_ms = membership.joined_ms if membership else None
    return Standing(group, account_id, role, signed, frozenset(sanctions), rights, joined_ms)


def _rights(group: Group, role: Role | None, signed: bool) -> frozenset[Right]:
    if role is Role.GUEST and not group.guests_allowed:
        return frozenset()  # whoever came while there were guests is none any more
    if role is not None and signed:
        return RIGHTS[role]
    if role is Role.OWNER:
        # Somebody has to be able to mend norms that nobody can sign.
        return UNSIGNED | {Right.EDIT_NORMS, Right.EDIT_GROUP, Right.ARCHIVE_GROUP}
    if group.visibility != "listed":
        return frozenset()
    return LISTENER if role is None or role is Role.GUEST else UNSIGNED
