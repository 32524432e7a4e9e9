"""A guest over a real WebSocket, with just enough of the protocol to behave, or not."""

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from hearth_protocol.codec import decode_server, encode
from hearth_protocol.control import ClientInfo, Hello, Roster, Welcome
from hearth_protocol.fields import WireModel

M = TypeVar("M")
CLIENT = ClientInfo(name="integration", version="1")


def pose(seq: int, participant: int, ack: int = 0, **changes: Any) -> bytes:
    """Return a sound pose payload: a standing body, both hands tracked."""
    x, y, z = changes.get("at", (0.0, 1.6, 3.0))
    turn = changes.get("turn", (0.0, 0.0, 0.0, 1.0))
    hand = (0.0, 0.0, 0.0, 1.0)
    floats = [x, y, z, *turn, x - 0.2, y - 0.4, z, *hand, x + 0.2, y - 0.4, z, *hand]
    head = (0xC1, 1, seq & 0xFFFF, participant, changes.get("captured_ms", 0), ack, 0b1100, 0)
    return struct.pack("<BBHIIIHH21f", *head, *floats)


class Guest:
    """One connection; everything received is kept in order."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.told: list[WireModel] = []
        self.snapshots: list[bytes] = []
        self.seq = 0
        self.polite = True  # poses for each snapshot, as a real client does
        self._more = asyncio.Event()
        self.spot = (0.0, 1.6, 3.0)

    @property
    def welcome(self) -> Welcome:
        return self.last(Welcome)

    @property
    def id(self) -> int:
        return self.welcome.participant

    @property
    def people(self) -> dict[int, str]:
        """Who is here, as the rosters told."""
        people: dict[int, str] = {}
        for message in self.told:
            if isinstance(message, Roster):
                if message.reset:
                    people.clear()
                people.update({person.id: person.name for person in message.joined})
                for gone in message.left:
                    people.pop(gone.id, None)
        return people

    def last(self, kind: type[M]) -> M:
        return [message for message in self.told if isinstance(message, kind)][-1]

    def all(self, kind: type[M]) -> list[M]:
        return [message for message in self.told if isinstance(message, kind)]

    async def listen(self) -> None:
        try:
            async for data in self.socket:
                assert isinstance(data, bytes)
                if data[0] == 0xC1:
                    self.snapshots.append(data)
                    if self.polite:
                        await self.move()
                else:
                    self.told.append(decode_server(data))
                self._more.set()
        except ConnectionClosed:
            pass
        finally:
            self._more.set()

    async def move(self, **changes: Any) -> None:
        """Send one pose that acknowledges the newest snapshot."""
        ack = struct.unpack_from("<I", self.snapshots[-1], 4)[0] if self.snapshots else 0
        self.seq += 1
        changes.setdefault("at", self.spot)
        await self.socket.send(pose(self.seq, self.id, ack, **changes))

    async def send(self, message: WireModel) -> None:
        await self.socket.send(encode(message))

    async def until(self, condition: Any, timeout_s: float = 5.0) -> None:
        async with asyncio.timeout(timeout_s):
            while not condition():
                self._more.clear()
                await self._more.wait()

    async def closed(self, timeout_s: float = 5.0) -> tuple[int | None, str | None]:
        async with asyncio.timeout(timeout_s):
            await self.socket.wait_closed()
        return self.socket.close_code, self.socket.close_reason


@asynccontextmanager
async def dialled(url: str, **options: Any) -> AsyncIterator[Guest]:
    """A connection on which nothing was said yet."""
    options.setdefault("subprotocols", ["hearth.v1"])
    async with connect(url, compression=None, ping_interval=None, **options) as socket:
        guest = Guest(socket)
        listening = asyncio.ensure_future(guest.listen())  # noqa: TID251  # ended below
        try:
            yield guest
        finally:
            await socket.close()
            await listening


@asynccontextmanager
async def arrived(
    url: str,
    secure: ssl.SSLContext | None = None,
    features: Sequence[str] = (),
    **way_in: str,
) -> AsyncIterator[Guest]:
    """A guest who has been welcomed and knows who is here."""
    options = {} if secure is None else {"ssl": secure}
    async with dialled(url, **options) as guest:
        await guest.send(
            Hello(v=1, client=CLIENT, device="desktop", features=list(features), **way_in)
        )
        await guest.until(lambda: guest.all(Roster))
        spawn = guest.welcome.spawn.position
        guest.spot = (spawn[0], 1.6, spawn[2])
        yield guest
