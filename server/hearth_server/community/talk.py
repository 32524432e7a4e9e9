"""What is said in a group's channel: records, what a text may be, and who may see a line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, get_args

from hearth_protocol.fields import ReactionKind
from hearth_protocol.limits import LINE_LENGTH
from hearth_server.community.accounts import Card
from hearth_server.community.groups import Standing
from hearth_server.community.handles import HANDLE
from hearth_server.community.permissions import Right, Role
from hearth_server.community.spaces import Access, lets_in
from hearth_server.community.text import SLACK, paragraphs
from hearth_server.errors import Refusal

MENTIONS_MAX: Final = 20
#: Unread lines are counted up to here: nobody reads a greater number.
UNREAD_MAX: Final = 100
REACTIONS: Final[frozenset[str]] = frozenset(get_args(ReactionKind))
_MENTION = re.compile(rf"(?<![\w@])@({HANDLE})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line before it is kept. `mentioned` are handles, in lower case."""

    group_id: str
    author_id: str
    key: str
    text: str
    at_ms: int
    room_id: str | None = None
    mentioned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LineRoom:
    """The room a line was said in."""

    id: str
    name: str
    access: Access


@dataclass(frozen=True, slots=True)
class Line:
    """A line with all that anybody may see of it; each viewer is shown their own part.

    Attributes:
        author: None once the account is gone.
        room: None for what was written on the channel's page.
        text: empty once deleted.
        mentions: those it names, by account id.
        reactions: by kind, the accounts that gave it.
    """

    id: int
    group_id: str
    key: str
    author: Card | None
    text: str
    created_ms: int
    room: LineRoom | None = None
    edited_ms: int | None = None
    deleted: bool = False
    mentions: Mapping[str, str] = field(default_factory=dict)
    reactions: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def author_id(self) -> str | None:
        """The account that wrote it."""
        return self.author.id if self.author else None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a channel: what they may do there, and whom they are kept apart from.

    Attributes:
        standing: theirs in the group.
        apart: accounts kept apart from them; empty for moderators on duty, who see everybody.
        room_id: the only room of a guest.
    """

    standing: Standing
    apart: frozenset[str] = frozenset()
    room_id: str | None = None

    @property
    def account_id(self) -> str | None:
        """Who it is."""
        return self.standing.account_id

    @property
    def guest(self) -> bool:
        """Whether they see one room's talk only, from when they came."""
        return self.standing.role is Role.GUEST


def may_read(standing: Standing, room: LineRoom | None, at_ms: int, here: str | None) -> bool:
    """Say whether somebody may read what was said there and then, whoever said it.

    Args:
        standing: theirs in the group.
        room: where it was said; None for the channel's page.
        at_ms: when.
        here: the room they are in, whose talk they hear; a guest's only room, also from outside.
    """
    if not standing.may(Right.SEE_GROUP):
        return False
    said_here = room is not None and room.id == here
    if standing.role is Role.GUEST:
        return said_here and at_ms >= (standing.joined_ms or 0)
    if said_here:
        return True
    return standing.may(Right.READ) and (room is None or lets_in(room.access, standing))


def may_see(viewer: Viewer, line: Line) -> bool:
    """Say whether a line may be shown to somebody on a page at all."""
    if line.author_id is not None and line.author_id in viewer.apart:
        return False
    here = viewer.room_id if viewer.guest else None
    return may_read(viewer.standing, line.room, line.created_ms, here)


def clean_line(text: str, longest: int = LINE_LENGTH) -> str | Refusal:
    """Return a text as it is kept, or say what is wrong with it."""
    # Cleaning takes time that grows with the text: what cannot fit is not begun.
    if len(text) > longest * SLACK:
        return _too_long(longest)
    clean = paragraphs(text)
    if not clean:
        return Refusal("line_empty", "There is nothing to read in this line. Write some words.")
    if len(clean) > longest:
        return _too_long(longest)
    return clean


def mentioned_in(text: str) -> frozenset[str]:
    """Return the handles a text names with @, at most `MENTIONS_MAX`, in lower case."""
    found = dict.fromkeys(match.lower() for match in _MENTION.findall(text))
    return frozenset(list(found)[:MENTIONS_MAX])


def _too_long(longest: int) -> Refusal:
    return Refusal("line_too_long", f"A line has at most {longest} characters. Make it two.")
