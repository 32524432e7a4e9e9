"""Places and shared objects of groups' rooms on the wire: who may, and who is told what."""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from hearth_protocol.design import DesignPlace
from hearth_protocol.errors import ErrorCode
from hearth_protocol.group_room import (
    DropObject,
    Grab,
    LockObject,
    MoveObject,
    Objects,
    OfferObject,
    PlaceClaim,
    Places,
    PlaceState,
)
from hearth_protocol.limits import PLACES_MAX
from hearth_server.community.permissions import Right
from hearth_server.realtime.news import News
from hearth_server.realtime.ports import RoomKeeper
from hearth_server.rooms.commons import Commons
from hearth_server.rooms.objects import Point
from hearth_server.rooms.packing import pack
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room
from hearth_server.services.standing import refused

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard

SAFE_TEXT = "You are in the safe place. Come back first."


class CommonsDesk:
    """What the people of a group's room share.

    Args:
        shard: whose rooms.
        keeper: keeps where things stand.
    """

    def __init__(self, shard: "Shard", keeper: RoomKeeper | None) -> None:
        self._shard = shard
        self._keeper = keeper

    # --- what people do --------------------------------------------------------------------------

    def place(self, connection: "Connection", who: Participant, message: PlaceClaim) -> None:
        """Somebody claims a mat or a seat, or leaves it."""
        commons, held = self._commons(who), self._shard.gatherings.of(who)
        account = who.identity.account_id if who.identity is not None else ""
        if not message.on:
            commons.places.free(who.id)
            self.seated(who, None)
            if held is not None:
                held.mats.left(account)
            connection.ack(message.rid)
        elif self._may(connection, who, message.rid, Right.CLAIM_PLACE):
            x, _, z = self._head(who)
            kept = held.mats.may_claim(account, message.id) if held is not None else None
            outcome = kept or commons.places.claim(who.id, message.id, x, z)
            if outcome is None:
                self.seated(who, commons.places.has(who.id))
                if held is not None:
                    held.mats.claimed(account, message.id)
            _answer(connection, message.rid, outcome)

    def grab(self, connection: "Connection", who: Participant, message: Grab) -> None:
        """Somebody takes an object."""
        if self._may(connection, who, message.rid, Right.MOVE_OBJECTS):
            outcome = self._commons(who).objects.grab(who.id, message.id, self._reach(who))
            _answer(connection, message.rid, outcome)

    def move(self, who: Participant, message: MoveObject) -> None:
        """Somebody carries an object; too often is passed over, for the next one is newer."""
        if who.carry_rate.take(self._shard.now_s()):
            self._commons(who).objects.move(
                who.id, message.id, message.position, message.yaw, self._head(who)
            )

    def drop(self, connection: "Connection", who: Participant, message: DropObject) -> None:
        """Somebody puts an object down; nobody is kept from that."""
        outcome = self._commons(who).objects.drop(
            who.id, message.id, message.position, message.yaw, self._head(who)
        )
        _answer(connection, message.rid, outcome)

    def offer(self, connection: "Connection", who: Participant, message: OfferObject) -> None:
        """Somebody holds an object out to another."""
        if message.to and self._shard.apart.seen(who, message.to) is None:
            connection.refuse(message.rid, ErrorCode.NO_SUCH_PARTICIPANT)
        elif self._may(connection, who, message.rid, Right.MOVE_OBJECTS):
            outcome = self._commons(who).objects.offer(who.id, message.id, message.to)
            _answer(connection, message.rid, outcome)

    def lock(self, connection: "Connection", who: Participant, message: LockObject) -> None:
        """Somebody fixes an object in its place, or frees it."""
        if self._may(connection, who, message.rid, Right.LOCK_OBJECTS):
            outcome = self._commons(who).objects.lock(who.id, message.id, message.on)
            _answer(connection, message.rid, outcome)

    def let_go(self, who: Participant) -> None:
        """Somebody leaves, or goes to the safe place: their place is free, things are put down."""
        commons = self._shard.room_of(who).commons
        if commons is not None:
            commons.places.free(who.id)
            commons.objects.let_go(who.id)
            self.seated(who, None)

    def _may(self, connection: "Connection", who: Participant, rid: int, right: Right) -> bool:
        identity = who.identity
        assert identity is not None, "only rooms of groups have commons"
        if identity.safe:
            connection.refuse(rid, ErrorCode.NOT_ALLOWED, SAFE_TEXT)
        elif not identity.may(right):
            connection.refuse(rid, ErrorCode.NOT_ALLOWED, refused(identity.standing, right).text)
        elif not who.grip_rate.take(self._shard.now_s()):
            connection.refuse(rid, ErrorCode.RATE_LIMITED)
        else:
            return True
        return False

    def _commons(self, who: Participant) -> Commons:
        commons = self._shard.room_of(who).commons
        assert commons is not None
        return commons

    def _head(self, who: Participant) -> Point:
        x, y, z = (float(value) for value in self._shard.world.pose[who.slot][:3])
        return (x, y, z)

    def _reach(self, who: Participant) -> list[Point]:
        pose = self._shard.world.pose[who.slot].tolist()
        return [(pose[at], pose[at + 1], pose[at + 2]) for at in (0, 7, 14)]

    def seated(self, who: Participant, place: DesignPlace | None) -> None:
        """Who is on a mat or a seat is not pushed off it by another's boundary."""
        spot = (place.x, place.z) if place is not None else None
        self._shard.world.set_place(who.slot, place is not None, spot)

    # --- what people are told --------------------------------------------------------------------

    def introduce(self, connection: "Connection", who: Participant, room: Room) -> None:
        """Tell a new connection what is where."""
        commons = room.commons
        if commons is None:
            return
        unseen = self._shard.apart.of(who)
        for message in _pages(commons.places.all(unseen)):
            connection.tell(message)
        connection.tell(Objects(reset=True, objects=commons.objects.all(unseen)))

    def show_of(
        self, connection: "Connection", who: Participant, others: Iterable[Participant]
    ) -> None:
        """Tell somebody anew what others have, because they may know it now, or no longer."""
        commons = self._shard.room_of(who).commons
        if commons is None:
            return
        unseen, people = self._shard.apart.of(who), [other.id for other in others]
        places = commons.places.of(people, unseen)
        objects = commons.objects.of(people, unseen)
        for message in _pages(places) if places else ():
            connection.tell(message)
        if objects:
            connection.tell(Objects(objects=objects))

    def news(self, room: Room) -> News | None:
        """Return what changed in a room since the last tick, and start afresh."""
        commons = room.commons
        if commons is None or not (commons.places.changed or commons.objects.changed):
            return None
        shared = self._news(commons, frozenset())
        # Most who are kept apart from somebody are not from anybody whom this is about.
        concerned = commons.places.concerned() | commons.objects.concerned()
        apart, own = self._shard.apart, dict[int, bytes]()
        packed: dict[frozenset[int], bytes] = {}
        for who in apart.apart_in(room):
            unseen = frozenset(concerned & apart.untold(who))
            if unseen and unseen not in packed:
                packed[unseen] = b"".join(self._news(commons, unseen))
            if unseen:
                own[who] = packed[unseen]
        commons.places.changed.clear()
        commons.objects.changed.clear()
        whole = b"".join(shared)
        return News(shared, own.keys(), lambda _, who: own.get(who.id, whole))

    def keep(self, room: Room) -> None:
        """Let what was put down or fixed in a room be kept, soon."""
        objects = room.commons.objects if room.commons is not None else None
        if objects is not None and objects.unsaved and self._keeper is not None:
            self._keeper.keep(room.settings.id, objects.take_unsaved())

    @staticmethod
    def _news(commons: Commons, unseen: AbstractSet[int]) -> list[bytes]:
        places, objects = commons.places.news(unseen), commons.objects.news(unseen)
        frames = [pack(message) for message in _pages(places)] if places else []
        return [*frames, pack(Objects(objects=objects))] if objects else frames


def _pages(places: Sequence[PlaceState]) -> list[Places]:
    """Return places in messages of as many as one may hold; a formation may have more."""
    starts = range(0, max(1, len(places)), PLACES_MAX)
    return [Places(places=list(places[first : first + PLACES_MAX])) for first in starts]


def _answer(connection: "Connection", rid: int, outcome: ErrorCode | None) -> None:
    if outcome is None:
        connection.ack(rid)
    else:
        connection.refuse(rid, outcome)
