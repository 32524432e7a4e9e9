"""Who may do what in a group: one table, with which a test compares the documentation.

A right is asked for by name everywhere; nothing asks for a role, but to compare two people.
"""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is to a group, strongest first."""

    OWNER = "owner"
    LEADER = "leader"
    MODERATOR = "moderator"
    HOST = "host"
    MEMBER = "member"
    GUEST = "guest"

    @property
    def rank(self) -> int:
        """Greater is stronger."""
        return _RANKS[self]


_RANKS: Final = {role: rank for rank, role in enumerate(reversed(Role))}


class Right(StrEnum):
    """What somebody may do in a group, with words for its documentation in `RIGHT_WORDS`."""

    SEE_GROUP = "see_group"
    ENTER_ROOMS = "enter_rooms"
    READ = "read"
    SPEAK = "speak"
    WRITE = "write"
    REACT = "react"
    CLAIM_PLACE = "claim_place"
    MOVE_OBJECTS = "move_objects"
    LOCK_OBJECTS = "lock_objects"
    USE_STAGE = "use_stage"
    HOST_EVENTS = "host_events"
    INVITE_MEMBERS = "invite_members"
    INVITE_GUESTS = "invite_guests"
    ANSWER_REQUESTS = "answer_requests"
    ARRANGE_ROOMS = "arrange_rooms"
    DELETE_ANY_LINE = "delete_any_line"
    MUTE_MEMBERS = "mute_members"
    REMOVE_MEMBERS = "remove_members"
    BAR_MEMBERS = "bar_members"
    BAN_MEMBERS = "ban_members"
    SEE_REPORTS = "see_reports"
    SEE_AUDIT = "see_audit"
    EDIT_NORMS = "edit_norms"
    EDIT_GROUP = "edit_group"
    ASSIGN_ROLES = "assign_roles"
    TRANSFER_GROUP = "transfer_group"
    ARCHIVE_GROUP = "archive_group"


RIGHT_WORDS: Final[dict[Right, str]] = {
    Right.SEE_GROUP: "See the group's page, norms and rooms",
    Right.ENTER_ROOMS: "Enter rooms (each room may ask for more)",
    Right.READ: "Read the channel and see the members",
    Right.SPEAK: "Speak in rooms",
    Right.WRITE: "Write in the channel and in rooms",
    Right.REACT: "React to what others write and do",
    Right.CLAIM_PLACE: "Take a mat or a seat",
    Right.MOVE_OBJECTS: "Pick up and move shared objects",
    Right.LOCK_OBJECTS: "Lock shared objects in their place",
    Right.USE_STAGE: "Be heard by a whole room from its stage",
    Right.HOST_EVENTS: "Plan events and session plans, and lead them",
    Right.INVITE_MEMBERS: "Make invite links for members",
    Right.INVITE_GUESTS: "Make guest links",
    Right.ANSWER_REQUESTS: "Accept or decline requests to join",
    Right.ARRANGE_ROOMS: "Make and change rooms",
    Right.DELETE_ANY_LINE: "Take away what others wrote",
    Right.MUTE_MEMBERS: "Mute somebody so that they cannot undo it",
    Right.REMOVE_MEMBERS: "Put somebody out of a room, or out of the group",
    Right.BAR_MEMBERS: "Bar somebody from a room",
    Right.BAN_MEMBERS: "Ban somebody from the group",
    Right.SEE_REPORTS: "See and answer reports",
    Right.SEE_AUDIT: "See what moderators did",
    Right.EDIT_NORMS: "Change the norms",
    Right.EDIT_GROUP: "Change the group's description and how people join",
    Right.ASSIGN_ROLES: "Give and take roles below one's own",
    Right.TRANSFER_GROUP: "Hand the group over to another owner",
    Right.ARCHIVE_GROUP: "Archive the group and bring it back",
}

#: What an unsigned visitor of a listed group may do: come in, be seen as a listener, and listen.
LISTENER: Final = frozenset({Right.SEE_GROUP, Right.ENTER_ROOMS})
#: What unsigned members keep besides: they may read what is said, where newcomers may look in.
UNSIGNED: Final = LISTENER | {Right.READ}
#: What nobody does who is muted.
VOICES: Final = frozenset({Right.SPEAK, Right.WRITE, Right.USE_STAGE})
#: What still works in an archived group.
ARCHIVED: Final = frozenset({Right.SEE_GROUP, Right.READ, Right.ARCHIVE_GROUP, Right.SEE_AUDIT})

_GUEST: Final = LISTENER | {
    Right.SPEAK,
    Right.WRITE,
    Right.REACT,
    Right.CLAIM_PLACE,
    Right.MOVE_OBJECTS,
}
_MEMBER: Final = _GUEST | {Right.READ}
_HOST: Final = _MEMBER | {
    Right.USE_STAGE,
    Right.HOST_EVENTS,
    Right.LOCK_OBJECTS,
    Right.INVITE_GUESTS,
    Right.INVITE_MEMBERS,
}
_MODERATOR: Final = _HOST | {
    Right.MUTE_MEMBERS,
    Right.REMOVE_MEMBERS,
    Right.BAR_MEMBERS,
    Right.BAN_MEMBERS,
    Right.DELETE_ANY_LINE,
    Right.SEE_REPORTS,
    Right.SEE_AUDIT,
    Right.ANSWER_REQUESTS,
}
_LEADER: Final = _MODERATOR | {
    Right.ARRANGE_ROOMS,
    Right.EDIT_NORMS,
    Right.EDIT_GROUP,
    Right.ASSIGN_ROLES,
}

RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.OWNER: frozenset(Right),
    Role.LEADER: _LEADER,
    Role.MODERATOR: _MODERATOR,
    Role.HOST: _HOST,
    Role.MEMBER: _MEMBER,
    Role.GUEST: _GUEST,
}


def may_act_on(actor: Role | None, subject: Role | None) -> bool:
    """Say whether one may act on another at all: only on those weaker, and owners on anybody.

    Args:
        actor: role of who acts; None for a visitor, who acts on nobody.
        subject: role of whom it is about; None for somebody who is no member.
    """
    if actor is None:
        return False
    if actor is Role.OWNER:
        return True
    return subject is None or actor.rank > subject.rank
