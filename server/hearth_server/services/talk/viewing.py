"""Who looks at a channel, and what of a line is theirs to see."""

from collections.abc import Sequence
from dataclasses import dataclass

from hearth_server.community.accounts import Caller, Card
from hearth_server.community.groups import Standing
from hearth_server.community.permissions import Right
from hearth_server.community.ports.talk import Window
from hearth_server.community.spaces import lets_in
from hearth_server.community.talk import UNREAD_MAX, Line, LineRoom, Viewer, may_see
from hearth_server.errors import Refusal
from hearth_server.services.live import RoomLine, SaidIn
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import NO_GROUP, SIGN_IN, hidden, refused, standing_for
from hearth_server.services.store import Tx


@dataclass(frozen=True, slots=True)
class ShownReaction:
    """A reaction to a line, as one viewer may count it."""

    kind: str
    count: int
    mine: bool


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as one viewer sees it: without those whom they are kept apart from."""

    line: Line
    author: Card | None
    room: LineRoom | None
    mentions: Sequence[tuple[str, str]]
    mentions_me: bool
    reactions: Sequence[ShownReaction]


def viewer_of(parts: ServiceParts, standing: Standing, room_id: str | None) -> Viewer:
    """Return somebody as a viewer of a channel.

    Args:
        parts: whose relations.
        standing: theirs in the group.
        room_id: the only room of a guest.
    """
    apart = frozenset[str]()
    if standing.account_id is not None and not standing.may(Right.SEE_REPORTS):
        apart = parts.relations.apart_from(standing.account_id)
    return Viewer(standing, apart, room_id)


async def looking(parts: ServiceParts, tx: Tx, ref: str, caller: Caller | None) -> Viewer | Refusal:
    """Return the caller as a viewer of a group's channel, or say why they may not look."""
    group = await tx.groups.group(ref)
    if group is None:
        return NO_GROUP
    standing = await standing_for(parts, tx, group, caller)
    viewer = viewer_of(parts, standing, caller.session.room_id if caller else None)
    if standing.may(Right.READ) or (viewer.guest and standing.may(Right.SEE_GROUP)):
        return viewer
    if hidden(standing):
        return NO_GROUP
    return SIGN_IN if caller is None else refused(standing, Right.READ)


async def open_rooms(tx: Tx, viewer: Viewer) -> frozenset[str]:
    """Return the rooms of the group whose talk somebody may read."""
    if viewer.guest:
        return frozenset({viewer.room_id} if viewer.room_id else ())
    rooms = await tx.rooms.of_group(viewer.standing.group.id)
    return frozenset(room.id for room in rooms if lets_in(room.access, viewer.standing))


async def window_of(
    tx: Tx, viewer: Viewer, limit: int, before: int | None = None, after: int | None = None
) -> Window:
    """Return what of a channel somebody may read.

    Args:
        tx: a transaction.
        viewer: who looks.
        limit: at most so many lines.
        before: only lines older than this one.
        after: only lines newer than this one.
    """
    return Window(
        limit=limit,
        before=before,
        after=after,
        apart=viewer.apart,
        rooms=await open_rooms(tx, viewer),
        channel=not viewer.guest,
        since_ms=(viewer.standing.joined_ms or 0) if viewer.guest else 0,
    )


async def unread_of(tx: Tx, viewer: Viewer) -> tuple[int, int]:
    """Return how many lines and mentions somebody did not read yet, up to `UNREAD_MAX`."""
    standing, account_id = viewer.standing, viewer.account_id
    if account_id is None or not (viewer.guest or standing.may(Right.READ)):
        return 0, 0
    window = await window_of(tx, viewer, UNREAD_MAX)
    _, unread, mentions = await tx.talk.unread(standing.group.id, account_id, window)
    return unread, mentions


def show(viewer: Viewer, line: Line) -> ShownLine | None:
    """Return a line as somebody sees it, None if it is not theirs to see."""
    if not may_see(viewer, line):
        return None
    apart, me = viewer.apart, viewer.account_id
    reactions = []
    for kind, givers in sorted(line.reactions.items()):
        seen = givers - apart
        if seen:
            reactions.append(ShownReaction(kind, len(seen), me in seen))
    return ShownLine(
        line=line,
        author=line.author,
        room=line.room,
        mentions=sorted((i, name) for i, name in line.mentions.items() if i not in apart),
        mentions_me=me is not None and me in line.mentions,
        reactions=reactions,
    )


def for_rooms(line: Line) -> RoomLine:
    """Return a line as the live rooms take it; they show each person their own part."""
    room = line.room
    return RoomLine(
        id=line.id,
        group_id=line.group_id,
        key=line.key,
        author_id=line.author_id,
        name=line.author.name if line.author else "…",
        text=line.text,
        at_ms=line.created_ms,
        room=SaidIn(room.id, room.name, room.access) if room else None,
        edited=line.edited_ms is not None,
        deleted=line.deleted,
        mentions=frozenset(line.mentions),
        reactions=line.reactions,
    )
