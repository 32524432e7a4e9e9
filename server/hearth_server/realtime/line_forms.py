"""How a line of a channel reads in one room: alike for most, and encoded for those once."""

from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import ValidationError

from hearth_protocol.control import Chat
from hearth_protocol.group_room import CHANNEL_FEATURE, Line, LineReaction, LineRoom
from hearth_protocol.limits import CHAT_LENGTH, U32_MAX
from hearth_server.community.relations import RelationBook
from hearth_server.community.talk import may_read
from hearth_server.logs import logger
from hearth_server.rooms.identity import Identity
from hearth_server.rooms.packing import pack
from hearth_server.rooms.participant import Participant
from hearth_server.services.live import RoomLine

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard

_log = logger("hearth.talk")


class LineForms:
    """A line as those in one room are told it.

    Args:
        shard: whose room it is.
        relations: who blocked whom.
        line: what is told.
        fresh: nobody was told of it before.
        room_id: where it is told.
    """

    def __init__(
        self, shard: "Shard", relations: RelationBook, line: RoomLine, fresh: bool, room_id: str
    ) -> None:
        self._shard = shard
        self._relations = relations
        self._line = line
        self._fresh = fresh
        author = shard.company.by_account.get(line.author_id or "")
        self._author = author if author is not None and author.room_id == room_id else None
        self._givers = frozenset[str]().union(*line.reactions.values())

    @cached_property
    def common(self) -> bytes:
        """The packed line for those whom nothing in it concerns."""
        return self._packed(None, frozenset())

    def of(self, connection: "Connection", who: Participant) -> bytes:
        """Return the packed line as a connection is told it: nothing of what it may not know."""
        identity = who.identity
        assert identity is not None
        if not self._may_know(identity, who):
            return b""
        if CHANNEL_FEATURE not in connection.session.features:
            return self._chat if self._fresh else b""
        if not self._concerns(identity):
            return self.common
        return self._packed(identity.account_id, self._relations.unseen_by(identity.standing))

    def is_common(self, connection: "Connection", who: Participant) -> bool:
        """Say whether a connection is told the line as most are."""
        identity = who.identity
        assert identity is not None
        return (
            CHANNEL_FEATURE in connection.session.features
            and self._may_know(identity, who)
            and not self._concerns(identity)
        )

    def _concerns(self, identity: Identity) -> bool:
        """Say whether somebody reads the line otherwise than others do."""
        own, line = identity.account_id, self._line
        if own == line.author_id or own in line.mentions or own in self._givers:
            return True
        return bool(self._givers & self._relations.unseen_by(identity.standing))

    def _may_know(self, identity: Identity, who: Participant) -> bool:
        line, author = self._line, self._author
        if author is not None:
            if self._shard.apart.book.apart(author.id, who.id):
                return False
        elif line.author_id is not None and self._relations.unseen(
            identity.standing, line.author_id
        ):
            return False
        return may_read(identity.standing, line.room, line.at_ms, who.room_id)

    def _packed(self, viewer: str | None, apart: frozenset[str]) -> bytes:
        try:
            return pack(self._line_for(viewer, apart))
        except ValidationError as error:
            return self._not_told(error)

    @cached_property
    def _chat(self) -> bytes:
        """The packed line for clients that know no channels; only of authors who are here."""
        if self._author is None:
            return b""
        try:
            return pack(self._chat_of(self._author))
        except ValidationError as error:
            return self._not_told(error)

    def _not_told(self, error: ValidationError) -> bytes:
        # A text that the wire cannot carry must not end the tick.
        _log.warning("line not told", line=self._line.id, problem=error.errors()[0]["type"])
        return b""

    def _line_for(self, viewer: str | None, apart: frozenset[str]) -> Line:
        line, room = self._line, self._line.room
        counted = {kind: givers - apart for kind, givers in line.reactions.items()}
        reactions = [
            LineReaction.model_validate(
                {"kind": kind, "count": len(givers), "mine": viewer in givers}
            )
            for kind, givers in counted.items()
            if givers
        ]
        own = viewer is not None and line.author_id == viewer
        return Line(
            id=line.id,
            key=line.key if own else None,
            author=line.author_id,
            name=line.name,
            text="" if line.deleted else line.text,
            at_ms=line.at_ms,
            from_=self._author.id if self._author is not None else None,
            room=LineRoom(id=room.id, name=room.name) if room is not None else None,
            edited=line.edited or None,
            deleted=line.deleted or None,
            mentions_me=viewer in line.mentions or None,
            reactions=reactions or None,
        )

    def _chat_of(self, author: Participant) -> Chat:
        line = self._line
        age_ms = self._shard.company.wall_ms() - line.at_ms
        return Chat(
            id=line.id & U32_MAX,
            from_=author.id,
            name=author.person.name,
            text=line.text[:CHAT_LENGTH],
            at_ms=(self._shard.now_ms() - age_ms) & U32_MAX,
        )
