"""What keeps somebody safe in a group's room: boundary, safe place, and who may not be heard."""

from typing import TYPE_CHECKING, Final

import numpy as np

from hearth_protocol.errors import ErrorCode
from hearth_protocol.group_room import BoundaryWish, SafePlace, Safety
from hearth_server.community.accounts import Boundary
from hearth_server.community.permissions import Right
from hearth_server.rooms.identity import Identity, wire_boundary
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard

#: How often it is looked up who stands in which zone.
ZONES_EVERY_S: Final = 0.25


class SafetyDesk:
    """Boundaries, the safe place, and silence by rule."""

    def __init__(self, shard: "Shard") -> None:
        self._shard = shard
        self._on_stage: set[int] = set()
        #: [capacity] who stood on a stage, and who in a quiet zone, when last looked at.
        self._at_stage = np.zeros(shard.settings.max_participants, np.bool_)
        self._in_quiet = np.zeros(shard.settings.max_participants, np.bool_)
        self._next_zones_s = 0.0

    def arrive(self, who: Participant) -> None:
        """Somebody came; what holds for them holds from the first tick on."""
        self._at_stage[who.slot] = self._in_quiet[who.slot] = False
        self._act(who)

    def left(self, who: Participant) -> None:
        """Somebody's visit is over."""
        self._on_stage.discard(who.id)

    # --- what people say -------------------------------------------------------------------------

    def wish(self, connection: "Connection", who: Participant, message: BoundaryWish) -> None:
        """Somebody chooses a boundary for this visit."""
        identity = who.identity
        assert identity is not None
        if not who.change_rate.take(self._shard.now_s()):
            connection.refuse(message.rid, ErrorCode.RATE_LIMITED)
            return
        identity.boundary = Boundary(message.mode, message.radius_m)
        self.apply(who)
        connection.ack(message.rid)

    def go_safe(self, connection: "Connection", who: Participant, message: SafePlace) -> None:
        """Somebody goes to the safe place, which is never refused, or comes back."""
        identity = who.identity
        assert identity is not None
        if identity.safe != message.on:
            identity.safe = message.on
            if message.on:
                self._shard.commons.let_go(who)
                self._shard.voice.close_mic(who)
            self._shard.apart.settle_all(who)
            self.apply(who)
        connection.ack(message.rid)

    # --- what holds ------------------------------------------------------------------------------

    def apply(self, who: Participant) -> None:
        """Something about somebody's safety may have changed: act, and tell them."""
        self._act(who)
        for connection in self._shard.company.connections_of(who):
            if not connection.needs_roster:
                connection.tell(self.of(who))

    def _act(self, who: Participant) -> None:
        identity, commons = who.identity, self._shard.room_of(who).commons
        if identity is None or commons is None:
            return
        boundary = identity.boundary_in_force(forced=commons.forced)
        told = wire_boundary(boundary)
        self._shard.world.set_boundary(who.slot, told.mode, told.radius_m)
        self._silence(who)

    def _silence(self, who: Participant) -> None:
        identity = who.identity
        if identity is not None:
            self._shard.world.voice.set_hard_mute(who.slot, identity.silenced)
            self._stage(who, identity)
            self._shard.voice.refresh(who)

    def restage(self, who: Participant) -> None:
        """Who is on a gathering's stage may have changed."""
        if who.identity is not None:
            self._stage(who, who.identity)

    def _stage(self, who: Participant, identity: Identity) -> None:
        """Put somebody on stage who stands there and may use it; take others off.

        During a gathering it is not for everybody who may use it at other times: only those whom
        the gathering has on stage are, wherever they stand.
        """
        staged = self._shard.gatherings.staged(who)
        if staged is None:
            staged = bool(self._at_stage[who.slot]) and identity.may(Right.USE_STAGE)
        heard = staged and not identity.silenced
        if heard != (who.id in self._on_stage):
            (self._on_stage.add if heard else self._on_stage.discard)(who.id)
            self._shard.world.set_stage(who.slot, heard)

    def of(self, who: Participant) -> Safety:
        """Return what somebody is told of their own safety."""
        identity, commons = who.identity, self._shard.room_of(who).commons
        assert identity is not None
        assert commons is not None
        return Safety(
            safe=identity.safe,
            boundary=wire_boundary(identity.boundary_in_force(forced=commons.forced)),
            forced=commons.forced or identity.no_touch,
        )

    # --- zones -----------------------------------------------------------------------------------

    def tick(self, now_s: float) -> None:
        """A few times a second: who stands on a stage, who in a quiet zone."""
        if now_s < self._next_zones_s:
            return
        self._next_zones_s = now_s + ZONES_EVERY_S
        for room in self._shard.registry:
            commons = room.commons
            if commons is not None and (commons.has_zone("stage") or commons.has_zone("quiet")):
                self.look_at_zones(room)

    def look_at_zones(self, room: Room) -> None:
        """Put people on stage and make them quiet by where they stand, if that changed."""
        commons, people = room.commons, list(room.people.values())
        if commons is None or not people:
            return
        slots = np.array([who.slot for who in people])
        xz = self._shard.world.pose[slots][:, 0:3:2]
        stage, quiet = commons.within("stage", xz), commons.within("quiet", xz)
        moved = (self._at_stage[slots] != stage) | (self._in_quiet[slots] != quiet)
        self._at_stage[slots], self._in_quiet[slots] = stage, quiet
        for at in np.flatnonzero(moved).tolist():
            who, identity = people[at], people[at].identity
            if identity is None:
                continue
            if identity.quiet != quiet[at]:
                identity.quiet = bool(quiet[at])
                self._silence(who)
            self._stage(who, identity)
