"""Lines of groups' channels in their rooms: kept before they are told, told to each as they may.

What is said in a private zone is no line of the channel: it goes to those in the zone, and
nowhere else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from hearth_protocol.control import ChatLine
from hearth_protocol.errors import ErrorCode
from hearth_protocol.limits import LINES_ON_ARRIVAL
from hearth_server.community.permissions import Right
from hearth_server.community.relations import RelationBook
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.realtime.commons_desk import SAFE_TEXT
from hearth_server.realtime.line_forms import LineForms
from hearth_server.realtime.news import News
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room
from hearth_server.services.live import RoomLine, Said, TalkDesk
from hearth_server.services.standing import refused

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard

#: How long a group's lines are remembered while none of its rooms is open.
FORGOTTEN_AFTER_S = 120.0
#: Refusals of the store that are nobody's fault.
_TRY_AGAIN = frozenset({"internal_error", "busy", "starting", "stopping"})
#: Lines to be told, each with whether it is new.
Pending: TypeAlias = list[tuple[RoomLine, bool]]


@dataclass(slots=True)
class _Channel:
    """The newest lines of one group."""

    lines: dict[int, RoomLine] = field(default_factory=dict)
    filled: bool = False
    used_s: float = 0.0

    def put(self, line: RoomLine) -> None:
        self.lines[line.id] = line
        if len(self.lines) > LINES_ON_ARRIVAL:
            for old in sorted(self.lines)[:-LINES_ON_ARRIVAL]:
                del self.lines[old]


class ChannelDesk:
    """What groups say.

    Args:
        shard: whose rooms.
        relations: who blocked whom.
        talk: keeps lines; None where nothing can be kept.
    """

    def __init__(self, shard: "Shard", relations: RelationBook, talk: TalkDesk | None) -> None:
        self._shard = shard
        self._relations = relations
        self.talk = talk
        self._channels: dict[str, _Channel] = {}
        self._pending: Pending = []

    # --- what people say -------------------------------------------------------------------------

    def say(self, connection: "Connection", who: Participant, message: ChatLine) -> None:
        """Somebody says a line in a group's room."""
        identity, room = who.identity, self._shard.room_of(who)
        assert identity is not None
        assert room.commons is not None
        if identity.safe:
            connection.refuse(message.rid, ErrorCode.NOT_ALLOWED, SAFE_TEXT)
            return
        if not identity.may(Right.WRITE):
            text = refused(identity.standing, Right.WRITE).text
            connection.refuse(message.rid, ErrorCode.NOT_ALLOWED, text)
            return
        audience = self._zone_of(who, room)
        if audience is not None:
            room.say(who, message.text, self._shard.now_ms(), audience)
            connection.ack(message.rid)
        elif self.talk is None:
            connection.refuse(message.rid, ErrorCode.UNAVAILABLE)
        else:
            said = Said(
                room_id=who.room_id,
                group_id=room.commons.facts.group.id,
                account_id=identity.account_id,
                key=message.key or new_id(),
                text=message.text,
            )
            self.talk.say(said, lambda outcome: self._kept(connection, message.rid, outcome))

    def _kept(self, connection: "Connection", rid: int, outcome: RoomLine | Refusal) -> None:
        """A line is durable, or refused; whoever said it may be gone by now."""
        if isinstance(outcome, RoomLine):
            self.show(outcome)
        if not connection.wire.is_open or connection.speaker is None:
            return
        if isinstance(outcome, RoomLine):
            connection.ack(rid)
        else:
            tried = outcome.code in _TRY_AGAIN
            code = ErrorCode.UNAVAILABLE if tried else ErrorCode.NOT_ALLOWED
            connection.refuse(rid, code, outcome.text)

    def _zone_of(self, who: Participant, room: Room) -> frozenset[int] | None:
        """Return everybody in the private zone somebody is in; None outside of those."""
        commons, pose = room.commons, self._shard.world.pose
        if commons is None or not commons.has_zone("private"):
            return None
        x, _, z = pose[who.slot][:3].tolist()
        zone = commons.private_zone(x, z)
        if zone is None:
            return None
        found = {who.id}
        for other in room.people.values():
            at_x, _, at_z = pose[other.slot][:3].tolist()
            if commons.private_zone(at_x, at_z) == zone:
                found.add(other.id)
        return frozenset(found)

    # --- lines come ------------------------------------------------------------------------------

    def begin(self, group_id: str) -> bool:
        """Collect a group's lines from now on; True if those before are wanted."""
        channel = self._channels.setdefault(group_id, _Channel())
        channel.used_s = self._shard.now_s()
        return not channel.filled

    def fill(self, group_id: str, lines: Sequence[RoomLine]) -> None:
        """Take the lines from before; what came meanwhile is newer."""
        channel = self._channels.setdefault(group_id, _Channel(used_s=self._shard.now_s()))
        for line in lines:
            if line.id not in channel.lines:
                channel.put(line)
        channel.filled = True

    def show(self, line: RoomLine) -> None:
        """Tell of a line, or of what became of it, at the next tick. The same again is nothing."""
        channel = self._channels.get(line.group_id)
        before = channel.lines.get(line.id) if channel is not None else None
        if before == line:
            return
        if channel is not None and (before or line.id > min(channel.lines, default=0)):
            channel.put(line)
        fresh = before is None and not (line.edited or line.deleted)
        self._pending.append((line, fresh))

    def expire(self, now_s: float) -> None:
        """Forget the lines of groups none of whose rooms is open."""
        for room in self._shard.registry:
            if room.commons is not None:
                channel = self._channels.get(room.commons.facts.group.id)
                if channel is not None:
                    channel.used_s = now_s
        for group_id in list(self._channels):
            if now_s - self._channels[group_id].used_s >= FORGOTTEN_AFTER_S:
                del self._channels[group_id]

    # --- people are told -------------------------------------------------------------------------

    def take_pending(self) -> Pending:
        """Return what came since the last tick, with whether it is new, and start afresh."""
        pending, self._pending = self._pending, []
        return pending

    def news(self, room: Room, pending: Pending) -> News | None:
        """Return what is told in a room of what came."""
        if room.commons is None or not pending:
            return None
        group_id = room.commons.facts.group.id
        forms = [
            self._forms(line, fresh, room) for line, fresh in pending if line.group_id == group_id
        ]
        if not forms:
            return None
        seated = self._shard.seats.connection
        special = set()
        for who in room.people.values():
            connection = seated[who.slot]
            if connection and not all(form.is_common(connection, who) for form in forms):
                special.add(who.id)
        return News(
            [form.common for form in forms],
            special,
            lambda connection, who: b"".join(form.of(connection, who) for form in forms),
        )

    def introduce(self, connection: "Connection", who: Participant, room: Room) -> None:
        """Tell a new connection what was said lately, as far as its person may read it."""
        identity = who.identity
        if room.commons is None or identity is None or identity.standing.role is None:
            return
        channel = self._channels.get(room.commons.facts.group.id)
        for line in self._ordered(channel):
            frame = self._forms(line, not line.deleted, room).of(connection, who)
            if frame:
                connection.tell_packed(frame)

    def _forms(self, line: RoomLine, fresh: bool, room: Room) -> LineForms:
        return LineForms(self._shard, self._relations, line, fresh, room.settings.id)

    @staticmethod
    def _ordered(channel: _Channel | None) -> Iterator[RoomLine]:
        if channel is not None:
            for line_id in sorted(channel.lines):
                yield channel.lines[line_id]
