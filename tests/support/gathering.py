"""Groups' rooms in a real shard whose transports keep every byte: time and ticks by hand.

Real sockets are left out, and nothing else: upgrade, frames, ticks and kernels are the node's.
"""

import asyncio
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from uvicorn.server import ServerState

from hearth_protocol.codec import decode_server, encode
from hearth_protocol.control import ClientInfo, Hello, Roster, Welcome
from hearth_protocol.fields import Device, WireModel
from hearth_protocol.framing import client_frame
from hearth_server.api.addresses import AddressRules
from hearth_server.api.limits import AddressLimits
from hearth_server.community.accounts import Account
from hearth_server.community.entering import GroupGrant, How, RoomFacts
from hearth_server.community.events.doors import DoorPass
from hearth_server.community.furnishing import default_design
from hearth_server.community.groups import Group, Membership, Standing, standing_of
from hearth_server.community.norms import Mechanism
from hearth_server.community.permissions import Role
from hearth_server.community.relations import RelationBook
from hearth_server.community.sanctions import SanctionBook
from hearth_server.community.spaces import ObjectKept, RoomRecord
from hearth_server.metrics import Metrics
from hearth_server.realtime.pacing import Due
from hearth_server.realtime.ports import Community
from hearth_server.realtime.protocol import RealtimeProtocol
from hearth_server.realtime.shard import Shard
from hearth_server.realtime.ticker import Ticker
from hearth_server.settings import Settings
from hearth_server.tokens import Grant, Profile, TicketBook
from tests.support.clock import ManualClock
from tests.support.kept import Keeper, Lines, Runs, Wires

#: Far from every other number on the wire, so that an id is found in bytes whatever they mean.
FIRST_PARTICIPANT = 0x5A3C_9600
GROUP = Group(
    id="gggggggggggggggg", slug="readers", name="Readers", visibility="listed", norms_version=1
)
ROOM = RoomRecord(
    id="study-aaaaaa",
    group_id=GROUP.id,
    name="Study",
    design=default_design("classroom"),
    access="everyone",
    capacity=20,
)
_UPGRADE = (
    b"GET /rt HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Protocol: hearth.v1\r\n\r\n"
)
FEATURES = ("channel", "gathering", "voice")


class Captured(asyncio.Transport):
    """A transport that keeps what is written, in one piece a take."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.shut = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def is_closing(self) -> bool:
        return self.shut

    def can_write_eof(self) -> bool:
        return False

    def close(self) -> None:
        self.shut = True

    def abort(self) -> None:
        self.shut = True


class NoTimers:
    """A loop on which nothing ever becomes due: ticks are by hand."""

    def call_later(self, *_: Any) -> Any:
        return asyncio.TimerHandle(0.0, lambda: None, (), self)  # type: ignore[arg-type]

    def get_debug(self) -> bool:
        return False

    def _timer_handle_cancelled(self, _: Any) -> None:
        pass


@dataclass
class Parts:
    settings: Settings
    clock: ManualClock
    metrics: Metrics
    tickets: TicketBook[Grant]
    limits: AddressLimits
    addresses: AddressRules
    voice: Wires
    community: Community


class Visitor:
    """One connection as its client sees it."""

    def __init__(self, gathering: "Gathering") -> None:
        self._gathering = gathering
        self.transport = Captured()
        loop: Any = NoTimers()
        self.wire = RealtimeProtocol(gathering.shard, ServerState(), loop)
        self.wire.connection_made(self.transport)
        self.wire.data_received(_UPGRADE)
        self.transport.written.clear()
        self.told: list[WireModel] = []
        self.people: dict[int, str] = {}
        self.seq = 0
        self._rid = 0
        self.at = (0.0, 1.6, 3.0)

    @property
    def welcome(self) -> Welcome:
        return self.last(Welcome)

    @property
    def id(self) -> int:
        return self.welcome.participant

    @property
    def open(self) -> bool:
        return self.wire.is_open and not self.transport.shut

    def rid(self) -> int:
        self._rid += 1
        return self._rid

    def send(self, message: WireModel) -> None:
        self.wire.data_received(client_frame(encode(message), b"mask"))

    def hello(self, device: Device = "vr", features: Sequence[str] = FEATURES, **way: str) -> None:
        client = ClientInfo(name="test", version="1")
        self.send(Hello(client=client, device=device, features=list(features), **way))

    def pose(self, ack: int) -> None:
        self.seq += 1
        x, y, z = self.at
        turn = (0.0, 0.0, 0.0, 1.0)
        floats = [x, y, z, *turn, x - 0.2, y - 0.4, z, *turn, x + 0.2, y - 0.4, z, *turn]
        head = (0xC1, 1, self.seq & 0xFFFF, self.id, 0, ack, 0b1100, 0)
        payload = struct.pack("<BBHIIIHH21f", *head, *floats)
        self.wire.data_received(client_frame(payload, b"mask"))

    def drop(self) -> None:
        """The network is gone, without a goodbye."""
        self.transport.shut = True
        self.wire.connection_lost(None)

    def take(self) -> tuple[list[WireModel], list[bytes]]:
        """Return what came since the last take: messages and snapshots; rosters are kept up."""
        data, self.transport.written = bytes(self.transport.written), bytearray()
        messages: list[WireModel] = []
        hot: list[bytes] = []
        for payload in frames(data):
            if payload[0] == 0xC1:
                hot.append(payload)
                continue
            message = decode_server(payload)
            messages.append(message)
            if isinstance(message, Roster):
                if message.reset:
                    self.people.clear()
                self.people.update({person.id: person.name for person in message.joined})
                for gone in message.left:
                    self.people.pop(gone.id, None)
        self.told += messages
        return messages, hot

    def last(self, kind: type[Any]) -> Any:
        return [message for message in self.told if isinstance(message, kind)][-1]

    def all(self, kind: type[Any]) -> list[Any]:
        return [message for message in self.told if isinstance(message, kind)]


def frames(data: bytes) -> Iterator[bytes]:
    """Cut unmasked WebSocket frames; what is no binary frame (a close) is left out."""
    at = 0
    while at < len(data):
        length, head = data[at + 1], 2
        if length == 126:
            length, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
        elif length == 127:
            length, head = int.from_bytes(data[at + 2 : at + 10], "big"), 10
        if data[at] == 0x82:
            yield data[at + head : at + head + length]
        at += head + length


class Gathering:
    """A shard with one group's room, and its people."""

    def __init__(
        self,
        room: RoomRecord = ROOM,
        mechanisms: frozenset[Mechanism] = frozenset(),
        most: int = 64,
    ) -> None:
        self.facts = RoomFacts(room, GROUP, mechanisms)
        self.objects: tuple[ObjectKept, ...] = ()
        self.clock = ManualClock()
        self.relations = RelationBook()
        self.sanctions = SanctionBook()
        self.sanctions.load(())
        self.lines, self.wires, self.keeper = Lines(), Wires(), Keeper()
        settings = Settings(max_participants=most)
        self.tickets: TicketBook[Grant] = TicketBook()
        self.runs = Runs()
        community = Community(
            self.relations, self.sanctions, self.lines, self.keeper, self.runs, self.runs
        )
        parts = Parts(
            settings,
            self.clock,
            Metrics(),
            self.tickets,
            AddressLimits(self.clock),
            AddressRules(settings),
            self.wires,
            community,
        )
        self.shard = Shard(parts, with_plane=False)
        self.shard._next_id = FIRST_PARTICIPANT
        self.wires.acknowledge = self.shard.voice.acked
        self.shard.voice.ready()
        self.live = self.shard.company
        self._ticker = Ticker(self.shard, self.clock, asyncio.sleep)
        self._tick = 0
        self.visitors: list[Visitor] = []

    def standing(
        self, account: Account, role: Role | None = Role.MEMBER, *, signed: bool = True
    ) -> Standing:
        """Return what somebody is in the group, sanctions in force included."""
        group = self.facts.group
        kinds = self.sanctions.kinds(group.id, account.id, round(self.clock.wall_s() * 1000))
        if role is None:
            return standing_of(group, account.id, None, kinds)
        membership = Membership(group.id, account.id, role, 0, 1 if signed else None)
        return standing_of(group, account.id, membership, kinds)

    def grant(
        self, account: Account, standing: Standing | None = None, how: How = "enter"
    ) -> GroupGrant:
        """Return what the joining service would make, as of now."""
        room = self.facts.room
        going_on = self.live.gathering_in(room.id)
        return GroupGrant(
            passed=DoorPass(going_on.event_id, going_on.original) if going_on else None,
            room_id=room.id,
            profile=Profile(account.name),
            facts=self.facts,
            objects=self.objects,
            account=account,
            standing=standing or self.standing(account),
            how=how,
            session_id=f"session of {account.id}",
            stamp=self.live.stamp(),
        )

    def ticket(self, grant: Grant) -> str:
        """Return a ticket."""
        return self.tickets.issue(grant, self.clock.monotonic_s())

    def visitor(self) -> Visitor:
        """Open a connection."""
        visitor = Visitor(self)
        self.visitors.append(visitor)
        return visitor

    def enter(
        self,
        account: Account,
        standing: Standing | None = None,
        how: How = "enter",
        features: Sequence[str] = FEATURES,
    ) -> Visitor:
        """Somebody comes in; nobody is told before the next tick."""
        visitor = self.visitor()
        visitor.hello(ticket=self.ticket(self.grant(account, standing, how)), features=features)
        return visitor

    def tick(self, count: int = 1) -> None:
        """Let ticks pass, with a pose from everybody who has an avatar's connection."""
        for _ in range(count):
            self.clock.advance(0.05)
            for visitor in self.visitors:
                connection = visitor.wire._connection
                if connection is not None and connection.participant is not None and visitor.told:
                    visitor.pose(self._tick)
            self._next_tick()

    def pass_tick(self) -> None:
        """Let one tick pass in which nobody moves."""
        self.clock.advance(0.05)
        self._next_tick()

    def _next_tick(self) -> None:
        self._tick += 1
        self._ticker.tick(Due(self._tick, 0.0, 0))

    def settle(self, count: int = 1) -> None:
        """Let ticks pass and read everything."""
        self.tick(count)
        for visitor in self.visitors:
            visitor.take()

    def talk(self, visitor: Visitor) -> None:
        """Give somebody a voice connection and let them talk."""
        self.shard.voice.peer_state(visitor.id, "connected", "udp", "")
        self.shard.voice.edges(np.array([visitor.id], np.uint32), np.array([1], np.uint8))


def account(name: str, **changes: Any) -> Account:
    """Return a person whose id is made of the name."""
    made = Account(id=f"{name.lower():a<16}"[:16], name=name, handle=name.lower())
    return replace(made, **changes)
