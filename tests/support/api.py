"""An HTTP shell with real parts around rooms that stand still, driven through ASGI."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from hearth_server.api.addresses import AddressRules
from hearth_server.api.application import build_application
from hearth_server.api.codes import JoinCodes
from hearth_server.api.door import Door, DoorParts, LanFacts
from hearth_server.api.guard import Guard
from hearth_server.api.limits import AddressLimits, Rate
from hearth_server.api.visitors import ApiParts
from hearth_server.errors import Refusal
from hearth_server.metrics import Metrics
from hearth_server.settings import RoomSettings, load_settings
from hearth_server.tokens import Grant, Profile, TicketBook
from tests.support.clock import ManualClock

FINGERPRINT = ":".join(f"{byte:02X}" for byte in range(32))
LAN = LanFacts(
    hosts=("192.168.1.20", "fd00::2", "hearth.local", "127.0.0.1"),
    reachable=2,
    https_port=8460,
    http_port=8462,
    leaf_sha256=FINGERPRINT,
    ca_sha256=FINGERPRINT,
    ca_pem=b"-----BEGIN CERTIFICATE-----\n",
)


@dataclass
class StillRoom:
    settings: RoomSettings
    present: int = 0


@dataclass
class StillRooms:
    """A room directory and its readiness, set by the test."""

    rooms: dict[str, StillRoom]
    refusal: Refusal | None = None

    def unready(self) -> Refusal | None:
        return self.refusal

    def listing(self) -> list[StillRoom]:
        return [room for room in self.rooms.values() if not room.settings.id.startswith("load-")]

    def find(self, room_id: str) -> StillRoom | None:
        return self.rooms.get(room_id)

    def open_for_load(self, room_id: str) -> StillRoom | None:
        if not room_id.startswith("load-"):
            return None
        return self.rooms.setdefault(room_id, StillRoom(RoomSettings(id=room_id, capacity=5000)))

    def may_admit(self, room_id: str, profile: Profile) -> Refusal | None:
        room = self.rooms[room_id]
        if room.present >= room.settings.capacity:
            return Refusal("room_full", "This room is full.")
        return None


@dataclass
class HttpShell:
    """The main application and its parts."""

    app: Guard
    parts: ApiParts
    door: Door
    rooms: StillRooms
    tickets: TicketBook[Grant]
    limits: AddressLimits
    metrics: Metrics
    codes: JoinCodes
    clock: ManualClock

    @asynccontextmanager
    async def client(
        self,
        peer: str = "127.0.0.1",
        base_url: str = "http://127.0.0.1:8460",
        *,
        plain_http: bool = False,
    ) -> AsyncIterator[httpx.AsyncClient]:
        """Call the application as somebody from `peer` would."""
        app = self.door.plain_http() if plain_http else self.app
        transport = httpx.ASGITransport(app, client=(peer, 50000))
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
            yield client


@dataclass
class ShellOptions:
    """What differs between tests."""

    flags: Mapping[str, object] = field(default_factory=dict)
    web: Path = Path("nowhere")
    lan: LanFacts | None = None
    rates: dict[str, Rate] | None = None
    vr_url: str | None = None


def http_shell(options: ShellOptions | None = None) -> HttpShell:
    """Build an HTTP shell."""
    options = options or ShellOptions()
    settings = load_settings(options.flags)
    clock = ManualClock()
    metrics = Metrics()
    rooms = StillRooms({room.id: StillRoom(room) for room in settings.rooms})
    limits = AddressLimits(clock, options.rates)
    addresses = AddressRules(settings)
    codes = JoinCodes(b"s" * 32)
    for room in settings.rooms:
        codes.code(room.id)
    names = {room.id: room.title for room in settings.rooms}
    door = Door(DoorParts(codes, limits, addresses, lambda: names, options.lan))
    tickets: TicketBook[Grant] = TicketBook()
    parts = ApiParts(
        settings=settings,
        version="9.9.9",
        protocol="hearth.v1",
        clock=clock,
        metrics=metrics,
        tickets=tickets,
        limits=limits,
        addresses=addresses,
        codes=codes,
        rooms=rooms,
        readiness=rooms,
        vr_url=options.vr_url,
    )
    app = build_application(parts, door, options.web)
    return HttpShell(app, parts, door, rooms, tickets, limits, metrics, codes, clock)
