"""Second connections of somebody who is in a room: to read and write, without an avatar.

A companion speaks for the participant that is there, has no slot, and ends with the visit.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from hearth_protocol.control import ChatLine, Hide, Leave, React
from hearth_protocol.errors import CloseCode, ErrorCode
from hearth_protocol.group_room import BoundaryWish, NearWish, SafePlace
from hearth_protocol.voice import Mute
from hearth_server.community.entering import GroupGrant
from hearth_server.realtime.gathering_acts import MESSAGES
from hearth_server.realtime.handlers import handle
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.spawn import spot_under

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard

COMPANIONS_MAX: Final = 3
GONE = "Your other device left the room, so this one did too."
#: A companion has no seat to come back to; what is told in its place opens nothing.
NO_RESUME: Final = "none"


class Companions:
    """Companion connections, by participant."""

    def __init__(self, shard: "Shard") -> None:
        self._shard = shard
        self._of: dict[int, list[Connection]] = {}

    def joins(self, grant: GroupGrant) -> bool:
        """Say whether a ticket makes a companion: its person has to be in that very room."""
        who = self._shard.company.by_account.get(grant.account.id)
        return grant.how == "companion" and who is not None and who.room_id == grant.room_id

    def attach(self, connection: "Connection", grant: GroupGrant) -> None:
        """Welcome a companion; others go on seeing the avatar's device."""
        shard = self._shard
        who = shard.company.by_account[grant.account.id]
        mine = self._of.setdefault(who.id, [])
        if len(mine) >= COMPANIONS_MAX:
            mine[0].close(CloseCode.REPLACED)
        mine.append(connection)
        connection.companion_of = who
        connection.session_id = grant.session_id
        room = shard.room_of(who)
        spot = spot_under(shard.world.pose[who.slot])
        connection.welcome(shard.welcome(connection, who, room, spot, companion=True))
        shard.newcomers.append(connection)

    def of(self, who: Participant) -> Iterator["Connection"]:
        """Yield somebody's companions."""
        yield from tuple(self._of.get(who.id, ()))

    def received(self, connection: "Connection", who: Participant, message: object) -> None:
        """A companion says something: it may talk and look after itself, and not act."""
        match message:
            case Leave():
                connection.close(CloseCode.NORMAL)
            case ChatLine() | React():
                handle(self._shard, connection, who, message)
            case SafePlace() | BoundaryWish() | NearWish() | Hide():
                # Whoever is troubled takes the device they have at hand.
                handle(self._shard, connection, who, message)
            case Mute():
                # It lies between two accounts, so it needs no voice on this connection.
                self._shard.company.ties.mute(connection, who, message)
            case _ if type(message) in MESSAGES:
                handle(
                    self._shard, connection, who, message
                )  # a leader's console, beside the headset
            case _:
                rid = getattr(message, "rid", None)
                text = "A companion has no hands and no voice: do this on your other device."
                connection.refuse(rid, ErrorCode.NOT_ALLOWED, text)

    def lost(self, connection: "Connection") -> None:
        """A companion's line ended."""
        who, connection.companion_of = connection.companion_of, None
        mine = self._of.get(who.id, []) if who is not None else []
        if connection in mine:
            mine.remove(connection)
        if who is not None and not mine:
            self._of.pop(who.id, None)

    def end(self, who: Participant) -> None:
        """Somebody's visit is over, and so are its companions."""
        for connection in self.of(who):
            connection.close(CloseCode.NORMAL, GONE)
        self._of.pop(who.id, None)

    def sweep(self, now_s: float) -> None:
        """Look after lines that are slow or silent."""
        for connections in list(self._of.values()):
            for connection in list(connections):
                connection.sweep(now_s, False, 0)
