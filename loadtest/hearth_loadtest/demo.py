"""Company for newcomers: a few visitors who walk about a room, sit down, talk and wave.

One task moves all visitors at the send rate; one task each keeps a connection, and comes back
when it breaks. They answer arrivals with a wave; two of them murmur softly now and then, where the
node has voice.
"""

import asyncio
import contextlib
import random
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from hearth_loadtest import clock
from hearth_loadtest.admission import Api, Refused, Target
from hearth_loadtest.errors import TargetFault
from hearth_loadtest.handshake import SUBPROTOCOL
from hearth_loadtest.visitor import Party, Visitor
from hearth_loadtest.voice.murmur import Murmur
from hearth_loadtest.warmup import alone
from hearth_protocol import control
from hearth_protocol.client_session import ClientPolicy, ClientSession
from hearth_protocol.codec import encode
from hearth_protocol.errors import LocalFault
from hearth_protocol.fields import ReactionKind
from hearth_protocol.framing import FrameKind
from hearth_protocol.kernels import scan
from hearth_protocol.limits import MAX_COARSE, MAX_DOWN, MAX_LANES, Q_COLUMNS
from hearth_protocol.outputs import Close, Hot, Output, Received, Send
from hearth_protocol.pose import Pose, encode_pose
from hearth_protocol.snapshot import Snapshot, encode_snapshot
from hearth_protocol.voice import VOICE_FEATURE, VoiceOffer

RATE_HZ = 20.0
RETRY_S = (1.0, 2.0, 4.0, 8.0)
GOODBYE_S = 3.0
#: How many visitors have a voice.
MURMURERS = 2
REACTIONS: tuple[ReactionKind, ...] = ("heart", "laugh", "yes", "clap", "sparkle")


@dataclass(frozen=True)
class DemoWish:
    """Who visits where; `quiet` visitors have no voice."""

    target: Target
    room: str
    count: int
    seed: int
    quiet: bool = False


@dataclass(frozen=True)
class Costume:
    """How a visitor is called and coloured."""

    name: str
    primary: str
    secondary: str
    pattern: int


COSTUMES = (
    Costume("Juniper", "#5b8c6e", "#f0d9a8", 1),
    Costume("Moss", "#7c8f4e", "#d8c7a0", 3),
    Costume("Ember", "#c8643c", "#f6c98a", 2),
    Costume("Wren", "#8a6f5a", "#e9d6c3", 4),
    Costume("Sol", "#d9a441", "#7a4b2a", 5),
    Costume("Heather", "#9a78a8", "#e6d3ea", 6),
    Costume("Rowan", "#a8473f", "#f0d0b0", 0),
    Costume("Brook", "#4f87a0", "#d3e6ea", 7),
    Costume("Clover", "#6fa35b", "#eef0c8", 2),
    Costume("Ash", "#6d7480", "#d6d9de", 1),
    Costume("Linden", "#b0a04c", "#4e5a35", 3),
    Costume("Fern", "#3f7a62", "#bfe0c4", 4),
)


class Sight:
    """Where the people are whom a connection is told of."""

    def __init__(self) -> None:
        self._ids = np.zeros(MAX_LANES, dtype=np.uint32)
        self._q = np.zeros((MAX_LANES, Q_COLUMNS), dtype=np.int32)
        self._age = np.zeros(MAX_LANES, dtype=np.uint8)
        self._tick_of = np.zeros(MAX_LANES, dtype=np.uint32)
        self._updates = np.zeros((MAX_LANES, scan.UPDATE_COLUMNS), dtype=np.int64)
        self._coarse = np.zeros((MAX_COARSE, scan.COARSE_COLUMNS), dtype=np.int64)
        self._summary = np.zeros(scan.SUMMARY_CELLS, dtype=np.int64)

    def take(self, payload: memoryview) -> int:
        """Follow a snapshot; return its tick.

        Raises:
            TargetFault: It cannot be read; the connection has to be begun anew.
        """
        frame = np.frombuffer(payload, dtype=np.uint8).copy()
        reason = scan.decode_snapshot(
            frame,
            0,
            len(frame),
            self._ids,
            self._q,
            self._age,
            self._tick_of,
            self._updates,
            self._coarse,
            self._summary,
        )
        if reason:
            raise TargetFault(f"unreadable snapshot ({reason})")
        return int.from_bytes(payload[4:8], "little")

    def places(self, without: set[int]) -> list[tuple[float, float]]:
        """Ground positions of everyone told of, except some ids."""
        return [
            (float(q[0]) / 1000.0, float(q[2]) / 1000.0)
            for number, q in zip(self._ids.tolist(), self._q, strict=True)
            if number and number not in without
        ]


class Guest:
    """One visitor's connection."""

    def __init__(self, target: Target, room: str, visitor: Visitor, costume: Costume) -> None:
        self.visitor = visitor
        self.costume = costume
        self.participant = 0
        self.sight = Sight()
        self.greet: Callable[[], None] = lambda: None
        self.murmur: Murmur | None = None
        self._target = target
        self._room = room
        self._socket: ClientConnection | None = None
        self._session: ClientSession | None = None
        self._seq = 0
        self._tick = 0

    async def stay(self, changed: Callable[[str], None]) -> None:
        """Keep a connection for as long as the task lives."""
        tries = 0
        while True:
            try:
                await self._visit(changed)
                tries = 0
            except (OSError, WebSocketException, TargetFault, TimeoutError) as fault:
                changed(f"{self.costume.name} is out: {fault}")
            finally:
                self.participant = 0
                self._socket = None
                if self.murmur is not None:
                    self.murmur.departed()
            await asyncio.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
            tries += 1

    async def _visit(self, changed: Callable[[str], None]) -> None:
        door = await asyncio.to_thread(self._knock)
        async with connect(
            self._target.socket_url(str(door["url"])),
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            compression=None,
            max_size=MAX_DOWN,
            ping_interval=None,
            close_timeout=1,
        ) as socket:
            session = ClientSession(clock.monotonic_s(), ClientPolicy())
            hello = control.Hello(
                ticket=str(door["ticket"]),
                client=control.ClientInfo(name="hearth-demo", version="1"),
                features=[VOICE_FEATURE] if self.murmur is not None else [],
                device="vr",
            )
            await socket.send(session.hello(hello))
            self.sight = Sight()
            self._session = session
            async for data in socket:
                if isinstance(data, str):
                    raise TargetFault("the server sent text")
                for output in session.receive(data, clock.monotonic_s()):
                    await self._attend(socket, output, changed)

    def _knock(self) -> dict[str, object]:
        api = Api(self._target)
        try:
            answer = api.join(
                self._room,
                {
                    "name": self.costume.name,
                    "primary": self.costume.primary,
                    "secondary": self.costume.secondary,
                    "pattern": self.costume.pattern,
                    "device": "vr",
                },
            )
        finally:
            api.close()
        if isinstance(answer, Refused):
            raise TargetFault(answer.detail)
        return answer

    async def _attend(
        self, socket: ClientConnection, output: Output, changed: Callable[[str], None]
    ) -> None:
        if self.murmur is not None:
            self.murmur.take(output)
        match output:
            case Hot(kind=FrameKind.SNAPSHOT, payload=payload):
                self._tick = self.sight.take(payload)
            case Received(message=control.Welcome() as welcome):
                self.participant = welcome.participant
                self._socket = socket
                if self.murmur is not None:
                    self.murmur.arrived(self.tell)
                changed(f"{self.costume.name} is in")
            case Received(message=control.Roster() as roster):
                if roster.joined and not roster.reset and roster.last_page:
                    self.greet()
            case Received(message=control.Closing() as closing):
                raise TargetFault(closing.text)
            case Send(data=data):
                await socket.send(data)
            case Close(text=text):
                raise TargetFault(text)
            case _:
                pass

    async def show(self) -> None:
        """Send the pose of now, if connected; a broken connection is the other task's matter."""
        socket, session = self._socket, self._session
        if socket is None or session is None:
            return
        self._seq = (self._seq + 1) & 0xFFFF
        pose = Pose(
            seq=self._seq,
            participant=self.participant,
            captured_ms=0,
            ack_tick=self._tick,
            state=self.visitor.state(),
            numbers=tuple(self.visitor.numbers().tolist()),
        )
        with suppress(WebSocketException, OSError):
            await socket.send(encode_pose(pose))
            session.said(clock.monotonic_s())

    async def react(self, kind: ReactionKind) -> None:
        """Show a reaction."""
        await self.tell(control.React(kind=kind))

    async def tell(self, message: control.AnyClientMessage) -> None:
        """Send a message, if connected."""
        socket, session = self._socket, self._session
        if socket is None or session is None:
            return
        with suppress(WebSocketException, OSError, LocalFault):
            if isinstance(message, VoiceOffer):  # its answer is the murmur's matter
                session.said(clock.monotonic_s())
                await socket.send(encode(message))
            else:
                await socket.send(session.send(message, clock.monotonic_s()))

    async def leave(self) -> None:
        """Say goodbye."""
        socket, session = self._socket, self._session
        if socket is not None and session is not None:
            with suppress(WebSocketException, OSError):
                await socket.send(session.send(control.Leave(), clock.monotonic_s()))
                await socket.close()


class Gathering:
    """All guests and the one task that moves them."""

    def __init__(self, guests: list[Guest], party: Party, rng: random.Random) -> None:
        self._guests = guests
        self._party = party
        self._rng = rng
        self._greetings = 0
        for guest in guests[:1]:
            guest.greet = self._someone_came

    def _someone_came(self) -> None:
        self._greetings = 2

    async def move(self) -> None:
        """Step everyone at the send rate, for ever."""
        next_s = clock.monotonic_s()
        while True:
            next_s = max(next_s + 1.0 / RATE_HZ, clock.monotonic_s() - 0.2)
            await asyncio.sleep(max(0.0, next_s - clock.monotonic_s()))
            await self._step(1.0 / RATE_HZ)

    async def _step(self, dt_s: float) -> None:
        ours = {guest.participant for guest in self._guests}
        self._party.guests = self._guests[0].sight.places(ours)
        for guest in self._guests:
            guest.visitor.step(dt_s)
            await guest.show()
        calm = [guest for guest in self._guests if guest.participant]
        if self._greetings and calm and self._party.guests and self._rng.random() < dt_s * 1.5:
            self._greetings -= 1
            greeter = self._rng.choice(calm)
            greeter.visitor.wave()
            await greeter.react("wave")
        elif calm and self._rng.random() < dt_s / 12.0:
            someone = self._rng.choice(calm)
            if self._rng.random() < 0.4:
                someone.visitor.wave()
            else:
                await someone.react(self._rng.choice(REACTIONS))


async def _visit(wish: DemoWish) -> None:
    count, rng = wish.count, random.Random(wish.seed)
    party = Party()
    console = Console()
    guests = []
    for index in range(count):
        angle = 6.283 * index / count
        reach = rng.uniform(3.8, 6.0)
        place = (reach * np.sin(angle).item(), reach * np.cos(angle).item())
        visitor = Visitor(party, place, random.Random(rng.random()))
        guest = Guest(wish.target, wish.room, visitor, COSTUMES[index % len(COSTUMES)])
        if index < MURMURERS and not wish.quiet:
            voice = 5 if index else 2
            guest.murmur = Murmur(voice, random.Random(rng.random()), lambda: bool(party.guests))
        guests.append(guest)
    gathering = Gathering(guests, party, rng)
    said: set[str] = set()

    def changed(line: str) -> None:
        if line not in said:
            said.add(line)
            console.print(line, highlight=False)

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(gathering.move())]
        tasks += [group.create_task(guest.stay(changed)) for guest in guests]
        tasks += [group.create_task(guest.murmur.live()) for guest in guests if guest.murmur]
        await stop.wait()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_S), asyncio.TaskGroup() as goodbyes:
                for guest in guests:
                    goodbyes.create_task(guest.leave())
        for task in tasks:
            task.cancel()


def visit(wish: DemoWish) -> None:
    """Send visitors to a room until the process is told to stop."""
    with alone():  # compiles the kernel
        Sight().take(memoryview(encode_snapshot(Snapshot(tick=1, server_ms=1))))
    asyncio.run(_visit(wish))
