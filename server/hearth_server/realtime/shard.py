"""The live heart of a node: the world, its rooms, and who is connected. Runs between ticks.

Everything here is called from the event loop's thread and returns at once, so what it changes
takes effect with the next tick. It implements `api.ports.RoomDirectory`.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from hearth_protocol.control import Hello, Welcome
from hearth_protocol.errors import CloseCode
from hearth_protocol.gathering import GATHERING_FEATURE
from hearth_protocol.group_room import CHANNEL_FEATURE
from hearth_protocol.session import server_ms
from hearth_server.community.entering import GroupGrant
from hearth_server.community.relations import RelationBook
from hearth_server.community.sanctions import SanctionBook
from hearth_server.errors import Refusal
from hearth_server.realtime.apart import ApartDesk
from hearth_server.realtime.channels import ChannelDesk
from hearth_server.realtime.commons_desk import CommonsDesk
from hearth_server.realtime.companions import NO_RESUME
from hearth_server.realtime.company import Company
from hearth_server.realtime.connection import Connection
from hearth_server.realtime.flow import Flow
from hearth_server.realtime.gathering_acts import GatheringActs
from hearth_server.realtime.gatherings import GatheringDesk
from hearth_server.realtime.greeting import person_of, room_shape, welcome_for, world_settings
from hearth_server.realtime.nearness import NearDesk
from hearth_server.realtime.ports import Community, Parts
from hearth_server.realtime.rearranging import Rearranging
from hearth_server.realtime.safety import SafetyDesk
from hearth_server.realtime.seats import Seats
from hearth_server.realtime.socket_plane import SocketPlane
from hearth_server.realtime.voice_desk import VoiceDesk
from hearth_server.realtime.wire import PoseSeat
from hearth_server.rooms.identity import Identity
from hearth_server.rooms.participant import SHOWN_AWAY_AFTER_S, Participant
from hearth_server.rooms.registry import Door, Registry
from hearth_server.rooms.room import Room
from hearth_server.rooms.spawn import Spot, choose_spot, spot_under
from hearth_server.tokens import Grant, Profile, ResumeBook, TicketRefusal
from hearth_sim.world import World

_TICKET_CLOSES: Final = {
    TicketRefusal.UNKNOWN: CloseCode.TICKET_UNKNOWN,
    TicketRefusal.EXPIRED: CloseCode.TICKET_EXPIRED,
    TicketRefusal.REPLAYED: CloseCode.TICKET_REPLAYED,
}
#: Whoever goes out like this leaves at once; nothing is kept for their coming back.
_NO_WAY_BACK: Final = (CloseCode.INVALID_POSE, CloseCode.REMOVED, CloseCode.AT_THE_DOOR)
_REFUSAL_CLOSES: Final = {
    "room_full": CloseCode.ROOM_FULL,
    "room_not_found": CloseCode.NO_SUCH_ROOM,
}
STOPPING_RETRY_S: Final = 5.0
_LOOKED_AFTER_EVERY_S: Final = 1.0


class Shard:
    """One world with its rooms and connections.

    Args:
        parts: settings, clock, metrics, tickets, addresses and limits of the node.
        with_plane: whether plain sockets are read and written in bulk, once a tick.
    """

    def __init__(self, parts: Parts, with_plane: bool) -> None:
        settings = parts.settings
        self.settings = settings
        self.metrics = parts.metrics
        self.addresses = parts.addresses
        self.limits = parts.limits
        self.tick_hz = settings.tick_rate
        self.tick = 0
        self.control_in = 0
        self.bytes_in = 0
        self.world = World(world_settings(settings))
        self.plane = (
            SocketPlane(settings.max_participants, self.world.inbox, self.world.arrived_ms)
            if with_plane
            else None
        )
        self.seats = Seats(settings.max_participants)
        self.flow = Flow(settings.max_participants, settings.tick_rate)
        self.registry = Registry(
            settings.rooms,
            settings.max_participants,
            lambda room, design: self.world.open_room(room_shape(room, design)),
        )
        # An unread book of sanctions lets nobody into groups' rooms.
        community = parts.community or Community(RelationBook(), SanctionBook())
        self.apart = ApartDesk(self, community.relations)
        self.company = Company(self, community, parts.clock)
        self.safety = SafetyDesk(self)
        self.near = NearDesk(self)
        self.commons = CommonsDesk(self, community.keeper)
        self.channels = ChannelDesk(self, community.relations, community.talk)
        self.gatherings = GatheringDesk(self, community)
        self.gathering_acts = GatheringActs(self)
        self.rearranging = Rearranging(self)
        self.participants: dict[int, Participant] = {}
        self.connections: set[Connection] = set()
        self.has_mail: set[Connection] = set()
        self.newcomers: list[Connection] = []
        self.voice = VoiceDesk(self, parts.voice)
        self.features = self.voice.features | {CHANNEL_FEATURE, GATHERING_FEATURE}
        self._clock = parts.clock
        self._epoch_s = parts.clock.monotonic_s()
        self._tickets = parts.tickets
        self._resumes: ResumeBook[int] = ResumeBook()
        # Both in the order in which they will expire.
        self._silent: dict[Connection, None] = {}
        self._lost: dict[Participant, None] = {}
        self._next_look_s = 0.0
        self._next_id = 1  # participant ids of a node never repeat while it runs
        self._stopping: Refusal | None = None

    def now_s(self) -> float:
        """Seconds since the node's start."""
        return self._clock.monotonic_s() - self._epoch_s

    def now_ms(self) -> int:
        """Server time: milliseconds since the node's start, u32; never 0, which means none."""
        return server_ms(self._clock.monotonic_s() - self._epoch_s) or 1

    # --- what the HTTP side asks (api.ports.RoomDirectory) -------------------------------------

    def listing(self) -> list[Door]:
        """Every room with a door on the lobby page."""
        return self.registry.doors()

    def find(self, room_id: str) -> Door | None:
        """The room of this id if it is configured or open."""
        return self.registry.find(room_id)

    def open_for_load(self, room_id: str) -> Door | None:
        """Open a `load-N` room; the caller has checked that it may."""
        return self.registry.open_for_load(room_id, self.now_s())

    def may_admit(self, room_id: str, profile: Profile) -> Refusal | None:
        """Say why this profile may not have a ticket for the room now."""
        del profile  # nobody is refused for who they are yet
        return self._stopping or self.registry.may_admit(room_id)

    # --- connections come and go ---------------------------------------------------------------

    def refuses_all(self) -> Refusal | None:
        """Say why no connection is taken at all, or None."""
        return self._stopping

    def opened(self, connection: Connection) -> None:
        """A WebSocket is open; it has a few seconds to say hello."""
        self.connections.add(connection)
        self._silent[connection] = None

    def hello(self, connection: Connection, message: Hello) -> None:
        """Seat whoever brings a good ticket or resume token; close with the reason otherwise."""
        self._silent.pop(connection, None)
        refused = self._seat(connection, message)
        if refused is None:
            self.limits.give_back("handshake", connection.address)
            self.limits.give_back("join", connection.address)
            return
        code, text = refused
        self.metrics.refusals.add(code.label)
        if code in _TICKET_CLOSES.values():
            self.limits.take("bad_hello", connection.address)
        connection.close(code, text)

    def closing(self, connection: Connection, code: int) -> None:
        """A connection is closing: its participant does not move or see any more."""
        self._silent.pop(connection, None)
        self.has_mail.discard(connection)
        self.company.companions.lost(connection)
        if code in _NO_WAY_BACK and connection.participant:
            self.leave(connection.participant)
        self._unseat(connection)

    def lost(self, connection: Connection) -> None:
        """A connection ended, however that came."""
        self.connections.discard(connection)
        self.has_mail.discard(connection)
        self._silent.pop(connection, None)
        self.company.companions.lost(connection)
        self._unseat(connection)

    def _unseat(self, connection: Connection) -> None:
        """Part a connection from its participant, who may come back for a while."""
        who, connection.participant = connection.participant, None
        if who is None:
            return
        connection.wire.stand_up()
        self.seats.take_off(who.slot)
        now_s = self.now_s()
        who.lost_s = now_s
        self._lost[who] = None
        self._resumes.drop(who.resume_token, now_s)

    def _seat(self, connection: Connection, message: Hello) -> tuple[CloseCode, str | None] | None:
        now_s = self.now_s()
        if message.resume is not None:
            return self._resume(connection, message, message.resume, now_s)
        # The book is the API's: it tells time by the clock itself, not by the node's start.
        grant = self._tickets.redeem(message.ticket or "", self._clock.monotonic_s())
        if isinstance(grant, TicketRefusal):
            return _TICKET_CLOSES[grant], None
        if isinstance(grant, GroupGrant):
            return self._seat_in_group(connection, message, grant)
        refusal = self.may_admit(grant.room_id, grant.profile)
        if refusal is not None:
            return _REFUSAL_CLOSES.get(refusal.code, CloseCode.SERVER_STOPPING), refusal.text
        self._enter(connection, message, grant, self.registry.open(grant.room_id))
        return None

    def _seat_in_group(
        self, connection: Connection, message: Hello, grant: GroupGrant
    ) -> tuple[CloseCode, str | None] | None:
        refused = self.company.refuses(grant)
        if self._stopping is not None:
            refused = (CloseCode.SERVER_STOPPING, self._stopping.text)
        if refused is not None:
            return refused
        if self.company.companions.joins(grant):
            self.company.companions.attach(connection, grant)
            return None
        self.company.make_way(grant.account.id)
        account = grant.account
        identity = Identity(
            account, grant.standing, account.boundary, grant.device, grant.session_id
        )
        room = self.registry.open_group(grant.facts, grant.objects)
        self._enter(connection, message, grant, room, identity)
        return None

    def _enter(
        self,
        connection: Connection,
        message: Hello,
        grant: Grant,
        room: Room,
        identity: Identity | None = None,
    ) -> None:
        mat = self.gatherings.spot(identity, room)
        spot = mat or choose_spot(room.settings, self._standing(room), room.arrivals)
        participant_id = self._next_id
        self._next_id += 1
        slot = self.world.join(
            room.index, participant_id, (spot.x, spot.y, spot.z), spot.yaw, self.now_ms()
        )
        wall_ms = self.company.wall_ms()
        person = person_of(participant_id, grant.profile, message.device, identity, wall_ms)
        who = Participant(participant_id, slot, person, room.settings.id, identity)
        self.participants[participant_id] = who
        self.registry.present += 1
        room.enter(who)
        self.voice.begin(who)
        self.company.arrived(who, room)
        self.metrics.joins.inc()
        self._sit_down(connection, who, room, spot)

    def _resume(
        self, connection: Connection, message: Hello, token: str, now_s: float
    ) -> tuple[CloseCode, str | None] | None:
        found = self._resumes.redeem(token, now_s)
        if isinstance(found, TicketRefusal):
            return _TICKET_CLOSES[found], None
        who = self.participants.get(found)
        if who is None:
            return CloseCode.TICKET_EXPIRED, None
        refused = self.company.may_come_back(who)
        if refused is not None:
            self.leave(who)
            return refused
        room = self.room_of(who)
        older = self.seats.connection[who.slot]
        if older is not None:
            # The newest socket wins: a client knows before we do that its old one is dead.
            older.close(CloseCode.REPLACED)
        world = self.world
        world.reset_baselines(who.slot, self.now_ms())
        self._lost.pop(who, None)
        who.lost_s, who.shown_away = None, False
        if who.person.device != message.device:
            room.update(who, who.person.model_copy(update={"device": message.device}))
        self.show_away(who)
        self.metrics.resumes.inc()
        self._sit_down(connection, who, room, spot_under(world.pose[who.slot]))
        return None

    def _sit_down(self, connection: Connection, who: Participant, room: Room, spot: Spot) -> None:
        who.resume_token = self._resumes.issue(who.id)
        connection.participant = who
        self.seats.put(who.slot, connection)
        self.flow.reset(who.slot)
        world = self.world
        connection.wire.sit_down(
            PoseSeat(who.slot, world.inbox_view, world.arrived_view, self.now_ms, self.plane)
        )
        connection.welcome(self.welcome(connection, who, room, spot))
        self.newcomers.append(connection)

    def welcome(
        self,
        connection: Connection,
        who: Participant,
        room: Room,
        spot: Spot,
        *,
        companion: bool = False,
    ) -> Welcome:
        """Return the answer to a hello, made for this person on this connection."""
        at = (self.tick, self.now_ms())
        unseen = len(self.apart.of(who))
        welcome = welcome_for(who, room, spot, self.world.settings, at, unseen)
        features = set(connection.session.features)
        update: dict[str, object] = {}
        if room.commons is None or who.identity is None:
            features -= {CHANNEL_FEATURE, GATHERING_FEATURE}
        else:
            update["you"] = who.identity.you(forced=room.commons.forced, companion=companion)
        if companion:
            features -= self.voice.features
            update |= {"resume": NO_RESUME, "resume_ttl_s": 0}
        update["features"] = sorted(features)
        return welcome.model_copy(update=update)

    # --- what participants do ------------------------------------------------------------------

    def room_of(self, who: Participant) -> Room:
        """Return the room somebody is in."""
        return self.registry.live(who.room_id)

    def leave(self, who: Participant) -> None:
        """Somebody goes for good: the place is free and no token brings them back."""
        self._resumes.revoke(who.resume_token)
        self._end_visit(who)

    def _end_visit(self, who: Participant) -> None:
        if self.participants.pop(who.id, None) is None:
            return
        connection = self.seats.connection[who.slot]
        if connection is not None:
            connection.participant = None
            connection.wire.stand_up()
            self.seats.take_off(who.slot)
        self.voice.end(who)
        self.registry.present -= 1
        self._lost.pop(who, None)
        self.company.left(who)
        unseen_by = self.apart.leave(who)
        self.world.leave(who.slot)
        self.room_of(who).leave(who, unseen_by, self.now_s())

    def show_away(self, who: Participant) -> None:
        """Show others whether anybody is there behind the avatar."""
        self.world.set_away(who.slot, who.away)
        self.room_of(who).show_away(who)

    # --- once a tick, or less ------------------------------------------------------------------

    def expire(self, now_s: float) -> None:
        """End what has waited too long: silent connections, lost people, empty rooms."""
        for connection in list(self._silent):
            if not connection.check_silence(now_s):
                break  # oldest first
            self.limits.take("bad_hello", connection.address)
        for who in list(self._lost):
            lost_for_s = now_s - (who.lost_s or 0.0)
            if lost_for_s < SHOWN_AWAY_AFTER_S:
                break
            if lost_for_s >= self._resumes.ttl_s:
                self._end_visit(who)  # not revoked: a late token is named as expired
            else:
                self.voice.expire(who, lost_for_s)
                if not who.shown_away:
                    who.shown_away = True
                    self.show_away(who)
        for room in self.registry.close_idle(now_s):
            self.world.close_room(room.index)
        self.safety.tick(now_s)
        self.gatherings.voices(now_s)
        if now_s >= self._next_look_s:
            self._next_look_s = now_s + _LOOKED_AFTER_EVERY_S
            self.company.expire(now_s)

    def stop(self) -> None:
        """Tell everybody that the node stops, and close; nobody is let in any more."""
        self._stopping = Refusal(
            "stopping", "The server is stopping. Try again in a minute.", STOPPING_RETRY_S
        )
        for connection in list(self.connections):
            connection.close(CloseCode.SERVER_STOPPING, retry_after_s=STOPPING_RETRY_S)

    def _standing(self, room: Room) -> npt.NDArray[np.float32]:
        """Return where everybody in a room stands: [n, 2], x and z in metres."""
        slots = [who.slot for who in room.people.values()]
        return np.ascontiguousarray(self.world.pose[slots][:, 0:3:2])
