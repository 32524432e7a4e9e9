"""Who looks at a channel, and what of a line is theirs to see."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hearth_server.community.accounts import Caller
from hearth_server.community.groups import Standing
from hearth_server.community.permissions import Right
from hearth_server.community.ports.talk import Window
from hearth_server.community.spaces import Door, lets_in
from hearth_server.community.talk import UNREAD_MAX, Line, Viewer, may_see
from hearth_server.errors import Refusal
from hearth_server.services.live import RoomLine
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
    return Viewer(standing, parts.relations.unseen_by(standing), room_id)


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


def readable(viewer: Viewer, doors: Sequence[Door]) -> list[Door]:
    """Return those of a group's rooms whose talk somebody may read, archived ones too."""
    if viewer.guest:
        return [door for door in doors if door.id == viewer.room_id]
    return [door for door in doors if lets_in(door.access, viewer.standing)]


async def open_rooms(tx: Tx, viewer: Viewer) -> list[Door]:
    """Return the rooms of the viewer's group whose talk they may read, archived ones too."""
    group_id = viewer.standing.group.id
    return readable(viewer, (await tx.rooms.doors([group_id]))[group_id])


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
    return replace(_window(viewer, await open_rooms(tx, viewer), limit), before=before, after=after)


def _window(viewer: Viewer, rooms: Sequence[Door], limit: int) -> Window:
    return Window(
        limit=limit,
        apart=viewer.apart,
        rooms=frozenset(room.id for room in rooms),
        channel=not viewer.guest,
        since_ms=(viewer.standing.joined_ms or 0) if viewer.guest else 0,
    )


async def unread_of(tx: Tx, viewer: Viewer, rooms: Sequence[Door] | None = None) -> tuple[int, int]:
    """Return how many lines and mentions somebody did not read yet, up to `UNREAD_MAX`.

    Args:
        tx: a transaction.
        viewer: who looks.
        rooms: their `open_rooms`, where those were looked up already.
    """
    standing, account_id = viewer.standing, viewer.account_id
    if account_id is None or not (viewer.guest or standing.may(Right.READ)):
        return 0, 0
    if rooms is None:
        rooms = await open_rooms(tx, viewer)
    window = _window(viewer, rooms, UNREAD_MAX)
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
        mentions=sorted((i, name) for i, name in line.mentions.items() if i not in apart),
        mentions_me=me is not None and me in line.mentions,
        reactions=reactions,
    )


def for_rooms(line: Line) -> RoomLine:
    """Return a line as the live rooms take it; they show each person their own part."""
    return RoomLine(
        id=line.id,
        group_id=line.group_id,
        key=line.key,
        author_id=line.author_id,
        name=line.author.name if line.author else "…",
        text=line.text,
        at_ms=line.created_ms,
        room=line.room,
        edited=line.edited_ms is not None,
        deleted=line.deleted,
        mentions=frozenset(line.mentions),
        reactions=line.reactions,
    )
