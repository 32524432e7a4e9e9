"""A group's channel: read it, write in it, change what one wrote, react, say how far one read."""

from collections.abc import Sequence
from dataclasses import dataclass

from hearth_server.community.accounts import Caller
from hearth_server.community.permissions import Right, may_act_on
from hearth_server.community.talk import (
    REACTIONS,
    Line,
    NewLine,
    Viewer,
    clean_line,
    may_see,
    mentioned_in,
)
from hearth_server.errors import Refusal
from hearth_server.services.memory import Memory
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import refused
from hearth_server.services.store import Tx
from hearth_server.services.talk.news import CountsNews, NewsDesk
from hearth_server.services.talk.viewing import (
    ShownLine,
    for_rooms,
    looking,
    show,
    unread_of,
    viewer_of,
    window_of,
)
from hearth_server.services.talk.writer import LineWriter

NO_LINE = Refusal("line_not_found", "This line is not there, or not yours to see.")
NOT_YOURS = Refusal("not_allowed", "Only who wrote a line can change it.")
GONE = Refusal("line_deleted", "This line was taken away.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines to read."""

    before: int | None = None
    after: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """Some lines of a channel, the oldest first, and how far the viewer had read before."""

    lines: Sequence[ShownLine]
    more_before: bool
    read: int


class Channel:
    """The channels of a node."""

    def __init__(self, parts: ServiceParts, writer: LineWriter, news: NewsDesk) -> None:
        self._parts = parts
        self._writer = writer
        self._news = news
        self._known: Memory[tuple[str, str], Viewer] = Memory(parts.store, parts.clock)

    async def lines(self, ref: str, asked: Asked, caller: Caller | None) -> Shown | Refusal:
        """Return lines of a channel as the caller may see them."""
        epoch = self._parts.store.epoch
        async with self._parts.store.reading() as tx:
            viewer = await looking(self._parts, tx, ref, caller)
            if isinstance(viewer, Refusal):
                return viewer
            group_id = viewer.standing.group.id
            if caller is not None:  # who reads may be about to write
                self._known.put(epoch, (ref, caller.session.id), viewer)
            window = await window_of(tx, viewer, asked.limit + 1, asked.before, asked.after)
            found = list(await tx.talk.read(group_id, window))
            read = 0
            if viewer.account_id is not None:
                own = await tx.groups.membership(group_id, viewer.account_id)
                read = own.read_line if own else 0
        more = len(found) > asked.limit
        if more:
            found = found[: asked.limit] if asked.after is not None else found[-asked.limit :]
        shown = [each for line in found if (each := show(viewer, line)) is not None]
        return Shown(shown, more and asked.after is None, read)

    async def say(self, ref: str, key: str, text: str, caller: Caller) -> ShownLine | Refusal:
        """Keep a line; return it once it is durable."""
        clean = clean_line(text)
        if isinstance(clean, Refusal):
            return clean
        viewer = await self._writer_of(ref, caller)
        if isinstance(viewer, Refusal):
            return viewer
        # A guest's words belong to the room they were let into, not to the channel.
        if viewer.guest or not viewer.standing.may(Right.WRITE):
            return refused(viewer.standing, Right.WRITE)
        new = NewLine(
            group_id=viewer.standing.group.id,
            author_id=caller.account.id,
            key=key,
            text=clean,
            at_ms=self._parts.now_ms(),
            mentioned=mentioned_in(clean),
        )
        line = await self._writer.keep(new)
        if isinstance(line, Refusal):
            return line
        if line.group_id != new.group_id:
            return Refusal("key_used", "This key belongs to a line in another group.")
        self.tell(line)
        return show(viewer, line) or NO_LINE

    async def edit(self, ref: str, line_id: int, text: str, caller: Caller) -> ShownLine | Refusal:
        """Give one's own line another text."""
        clean = clean_line(text)
        if isinstance(clean, Refusal):
            return clean
        async with self._parts.store.writing() as tx:
            found = await self._line(tx, ref, line_id, caller)
            if isinstance(found, Refusal):
                return found
            viewer, line = found
            if line.author_id != caller.account.id:
                return NOT_YOURS
            if not viewer.standing.may(Right.WRITE):
                return refused(viewer.standing, Right.WRITE)
            if clean != line.text:
                now_ms = self._parts.now_ms()
                await tx.talk.edit(line_id, clean, mentioned_in(clean), now_ms)
            changed = (await tx.talk.lines([line_id]))[line_id]
        return self._told(viewer, changed)

    async def delete(self, ref: str, line_id: int, caller: Caller) -> Refusal | None:
        """Take a line away: one's own, or as a moderator, which is noted."""
        async with self._parts.store.writing() as tx:
            found = await self._line(tx, ref, line_id, caller)
            if isinstance(found, Refusal):
                return None if found is GONE else found
            viewer, line = found
            own = line.author_id == caller.account.id
            if not own and (refusal := await _may_delete(tx, viewer, line)) is not None:
                return refusal
            now_ms = self._parts.now_ms()
            await tx.talk.delete(line_id, now_ms)
            if not own:
                await tx.moderation.note(
                    "line_deleted",
                    caller.account.id,
                    line.group_id,
                    line.author_id,
                    {"line": line_id},  # what it said is gone for everybody
                    now_ms,
                )
            changed = (await tx.talk.lines([line_id]))[line_id]
        self.tell(changed)
        return None

    async def react(
        self, ref: str, line_id: int, kind: str, on: bool, caller: Caller
    ) -> ShownLine | Refusal:
        """Give a reaction or take it back; twice is once."""
        if kind not in REACTIONS:
            return Refusal("reaction_unknown", "Choose one of the reactions offered.")
        async with self._parts.store.writing() as tx:
            found = await self._line(tx, ref, line_id, caller)
            if isinstance(found, Refusal):
                return found
            viewer, _ = found
            if not viewer.standing.may(Right.REACT):
                return refused(viewer.standing, Right.REACT)
            await tx.talk.react(line_id, caller.account.id, kind, on)
            changed = (await tx.talk.lines([line_id]))[line_id]
        return self._told(viewer, changed)

    async def mark_read(self, ref: str, line_id: int, caller: Caller) -> Refusal | None:
        """Note how far the caller read, and tell their other devices."""
        async with self._parts.store.writing() as tx:
            viewer = await looking(self._parts, tx, ref, caller)
            if isinstance(viewer, Refusal):
                return viewer
            group_id = viewer.standing.group.id
            await tx.talk.mark_read(group_id, caller.account.id, line_id)
            unread, mentions = await unread_of(tx, viewer)
        self._news.counts(caller.account.id, CountsNews(group_id, unread, mentions))
        return None

    def tell(self, line: Line) -> None:
        """A line is durable: pages and rooms of its group show it."""
        self._news.line(line)
        self._parts.live.say_line(for_rooms(line))

    async def _writer_of(self, ref: str, caller: Caller) -> Viewer | Refusal:
        """Return whoever wants to write as a viewer; who writes much is not looked up each time."""
        parts, question = self._parts, (ref, caller.session.id)
        known = self._known.get(question)
        if known is not None:
            # Sanctions count from before they are kept, and end by themselves.
            standing, now_ms = known.standing, parts.now_ms()
            kinds = parts.sanctions.kinds(standing.group.id, caller.account.id, now_ms)
            if kinds == standing.sanctions:
                return viewer_of(parts, standing, known.room_id)
        epoch = parts.store.epoch
        async with parts.store.reading() as tx:
            viewer = await looking(parts, tx, ref, caller)
        if not isinstance(viewer, Refusal):
            self._known.put(epoch, question, viewer)
        return viewer

    def _told(self, viewer: Viewer, line: Line) -> ShownLine | Refusal:
        self.tell(line)
        return show(viewer, line) or NO_LINE

    async def _line(
        self, tx: Tx, ref: str, line_id: int, caller: Caller
    ) -> tuple[Viewer, Line] | Refusal:
        viewer = await looking(self._parts, tx, ref, caller)
        if isinstance(viewer, Refusal):
            return viewer
        line = (await tx.talk.lines([line_id])).get(line_id)
        if line is None or line.group_id != viewer.standing.group.id or not may_see(viewer, line):
            return NO_LINE
        return GONE if line.deleted else (viewer, line)


async def _may_delete(tx: Tx, viewer: Viewer, line: Line) -> Refusal | None:
    standing = viewer.standing
    if not standing.may(Right.DELETE_ANY_LINE):
        return NOT_YOURS
    author = None
    if line.author_id is not None:
        own = await tx.groups.membership(line.group_id, line.author_id)
        author = own.role if own else None
    if may_act_on(standing.role, author):
        return None
    return Refusal("not_allowed", "Their role is as strong as yours. Ask an owner.")
