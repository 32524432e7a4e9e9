"""A voice switchboard on real sockets in the test's own loop, told the time by hand."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import numpy as np

from hearth_server.voice import link, mux, sdp
from hearth_server.voice.dtls import SharedCertificate
from hearth_server.voice.plane_python import PythonPlane
from hearth_server.voice.reporting import Reporter
from hearth_server.voice.switchboard import Surroundings, Switchboard
from hearth_server.voice.tcp import TcpListener
from tests.support.clock import ManualClock
from tests.support.voice_client import VoiceClient

M = TypeVar("M", bound=link.Message)
CERTIFICATE = SharedCertificate.generateCertificate()


def routes(epoch: int, rows: dict[int, Sequence[int]]) -> link.Routes:
    """Return a message that lets listeners hear these talkers, in slots from 0 on."""
    table = np.zeros((len(rows), 8), "<u4")
    for place, row in enumerate(rows.values()):
        table[place, : len(row)] = row
    return link.Routes(epoch, np.array(list(rows), "<u4").tobytes(), table.tobytes())


class Told:
    """What the node was told, and waiting for more of it."""

    def __init__(self) -> None:
        self.messages: list[link.Message] = []
        self._news = asyncio.Event()

    def __call__(self, message: link.Message) -> None:
        self.messages.append(message)
        self._news.set()

    def all(self, kind: type[M]) -> list[M]:
        return [message for message in self.messages if isinstance(message, kind)]

    async def until(
        self, kind: type[M], fits: Callable[[M], bool] = lambda message: True, *, since: int = 0
    ) -> M:
        """Return the first message of a kind that fits, now or when it comes."""
        async with asyncio.timeout(10.0):
            while True:
                for message in self.messages[since:]:
                    if isinstance(message, kind) and fits(message):
                        return message
                self._news.clear()
                await self._news.wait()

    async def state(self, peer: int, state: link.State, *, since: int = 0) -> link.PeerState:
        return await self.until(
            link.PeerState, lambda told: (told.peer, told.state) == (peer, state), since=since
        )


class Board:
    """A switchboard, its surroundings and the node's end of both."""

    def __init__(self, sockets: mux.Mux, tasks: asyncio.TaskGroup, max_peers: int) -> None:
        self.clock = ManualClock()
        self.told = Told()
        self.counts: Counter[str] = Counter()
        self.mux = sockets
        around = Surroundings(
            mux=sockets,
            certificate=CERTIFICATE,
            candidates=sdp.candidates(sockets.addresses, sockets.port),
            max_peers=max_peers,
            clock=self.clock,
            tell=self.told,
        )
        self.switch = Switchboard(around, tasks, self.counts)
        self.plane = PythonPlane(self.switch, self.clock, max_peers + 8)
        self.switch.use_plane(self.plane)
        self.reporter = Reporter(self.plane, self.switch, self.counts, self.told)
        self.tcp = TcpListener(self.switch.on_frame, self.switch.on_gone, self.counts, self.clock)
        self.clients: list[VoiceClient] = []
        self._rid = 0

    def count(self, name: str) -> int:
        """Return how often something was counted, by the plane or beside it."""
        return self.plane.counters().get(name, 0) + self.counts[name]

    def say(self, *messages: link.FromNode) -> None:
        """Be the node."""
        for message in messages:
            self.switch.take(message)

    def client(self, slots: int = 8) -> VoiceClient:
        """Return a client that is gone when the board is."""
        client = VoiceClient(slots=slots)
        self.clients.append(client)
        return client

    async def offer(self, peer: int, text: str) -> str:
        """Offer, and return the answer."""
        self._rid += 1
        rid = self._rid
        self.say(link.Offer(peer, rid, text))
        return (await self.told.until(link.Answer, lambda told: told.rid == rid)).sdp

    async def refused(self, peer: int, text: str) -> link.Refused:
        """Offer something that is refused, and return why."""
        self._rid += 1
        rid = self._rid
        self.say(link.Offer(peer, rid, text))
        return await self.told.until(link.Refused, lambda told: told.rid == rid)

    async def join(
        self, peer: int, client: VoiceClient | None = None, *, tcp: bool = False
    ) -> VoiceClient:
        """Connect a client for a participant."""
        client = client or self.client()
        since = len(self.told.messages)
        await client.connect(await self.offer(peer, client.offer()), tcp=tcp)
        await self.told.state(peer, "connected", since=since)
        return client

    async def hear(self, talker: VoiceClient, listener: VoiceClient, count: int = 1) -> int:
        """Let one speak until the other has heard `count` more packets; return how many it took."""
        wanted = len(listener.heard) + count
        for spoken in range(1, 60 + count):
            talker.say(b"\x78" + bytes(40))
            self.clock.advance(0.02)
            await asyncio.sleep(0.002)
            if len(listener.heard) >= wanted:
                return spoken
        raise AssertionError(f"heard {len(listener.heard)} of {wanted} packets")

    async def silence(self, talker: VoiceClient, listener: VoiceClient) -> None:
        """Check that what one says does not reach the other."""
        before = len(listener.heard)
        for _ in range(10):
            talker.say(b"\x78" + bytes(40))
            self.clock.advance(0.02)
            await asyncio.sleep(0.002)
        await asyncio.sleep(0.02)
        assert len(listener.heard) == before

    async def pass_time(self, seconds: float) -> None:
        """Let time pass as the worker's timers see it."""
        self.clock.advance(seconds)
        self.reporter.round()
        self.switch.sweep()
        self.tcp.sweep()
        await asyncio.sleep(0)


@asynccontextmanager
async def open_board(max_peers: int = 32) -> AsyncIterator[Board]:
    """Open a board on loopback; close it and everything in it."""
    sockets = mux.bind(["127.0.0.1"], 0)
    try:
        async with asyncio.TaskGroup() as tasks:
            board = Board(sockets, tasks, max_peers)
            board.plane.start(sockets.udp)
            await board.tcp.listen(sockets.tcp)
            try:
                yield board
            finally:
                for peer in list(board.switch.peers.values()):
                    board.switch.end(peer, "stopping")
                board.tcp.close()
                board.plane.stop()
                for client in board.clients:
                    client.drop()
    finally:
        sockets.close()


async def settle(board: Board, name: str, wanted: int = 1) -> None:
    """Wait until something was counted so often."""
    async with asyncio.timeout(5.0):
        while board.count(name) < wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
