"""A Hearth client by somebody who has only read WIRE.md: join, poses, snapshots, roster, clock.

It shares no code with the project, so it fails when the document and the node disagree.
"""

import asyncio
import contextlib
import json
import urllib.request
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

import msgpack
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.integration.stranger_checks import Message, UnknownKind
from tests.integration.stranger_control import read_control
from tests.integration.stranger_hot import Lanes, Malformed, Pose, Snapshot, write_pose

RECENT_ESTIMATES = 60  # three seconds of snapshots


def ask_to_join(node_url: str, room: str, name: str, device: str = "vr") -> Message:
    """Ask over HTTP for a ticket; answer it with `url` made absolute."""
    look = {"primary": "#e07a3f", "secondary": "#33415c", "pattern": 2}
    request = urllib.request.Request(
        f"{node_url}/api/v1/rooms/{room}/join",
        data=json.dumps({"name": name, "device": device, **look}).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        admission: Message = json.load(answer)
    socket_url = urljoin(node_url, admission["url"])
    return {**admission, "url": socket_url.replace("http", "ws", 1)}


class Clock:
    """Server time, from the snapshots' `last_seq` and `hold_ms` (section 4.1)."""

    def __init__(self) -> None:
        self._sent_ms: dict[int, float] = {}
        self._estimates: deque[tuple[float, float]] = deque(maxlen=RECENT_ESTIMATES)

    @staticmethod
    def local_ms() -> float:
        """Milliseconds of this machine's steady clock."""
        return asyncio.get_running_loop().time() * 1000

    def sent(self, seq: int) -> None:
        self._sent_ms[seq] = self.local_ms()

    def heard(self, snapshot: Snapshot) -> None:
        if snapshot.hold_ms == 65535 or snapshot.last_seq not in self._sent_ms:
            return
        now = self.local_ms()
        rtt = now - self._sent_ms[snapshot.last_seq] - snapshot.hold_ms
        self._estimates.append((rtt, snapshot.server_ms + rtt / 2 - now))

    @property
    def known(self) -> bool:
        return bool(self._estimates)

    @property
    def rtt_ms(self) -> float:
        """The smallest round trip lately."""
        return min(self._estimates)[0]

    @property
    def offset_ms(self) -> float:
        """Server time minus local time."""
        return min(self._estimates)[1]

    def server_ms(self) -> int:
        """Server time now; 0 while it is not known."""
        return round(self.local_ms() + self.offset_ms) % 2**32 if self.known else 0


@dataclass
class Stranger:
    """One participant on one connection."""

    socket: ClientConnection
    url: str
    welcome: Message = field(default_factory=dict)
    lanes: Lanes = field(default_factory=Lanes)
    clock: Clock = field(default_factory=Clock)
    people: dict[int, Message] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    sent: dict[int, Pose] = field(default_factory=dict)  # by capture time, server's milliseconds
    seq: int = 65533  # any number will do; this one wraps soon
    resume: str = ""
    closed_with: int | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def enter(cls, url: str, **proof: str) -> "Stranger":
        """Open the WebSocket and say hello with `ticket` or `resume`.

        Raises:
            ConnectionClosed: the node refused; the close frame says why.
        """
        socket = await connect(
            url,
            subprotocols=[Subprotocol("hearth.v1")],
            compression=None,
            max_size=262144,
            proxy=None,
        )
        guest = cls(socket, url)
        program = {"name": "stranger", "version": "1"}
        try:
            await guest.tell(t="hello", v=1, client=program, device="vr", **proof)
            guest.welcome = await guest.hear("welcome")
            while not (await guest.hear("roster"))["last_page"]:
                pass
        except BaseException:
            await socket.close()
            raise
        guest.resume = guest.welcome["resume"]
        return guest

    @property
    def me(self) -> int:
        identity: int = self.welcome["participant"]
        return identity

    async def tell(self, **message: Any) -> None:
        """Send one control message."""
        await self.socket.send(msgpack.packb(message))

    async def hear(self, kind: str) -> Message:
        """Take in what comes until it is a control message of this kind."""
        async with asyncio.timeout(10):
            while True:
                message = self.take(await self.socket.recv())
                if message is not None and message["t"] == kind:
                    return message

    async def listen(self) -> None:
        """Take in whatever comes until the connection closes."""
        with contextlib.suppress(ConnectionClosed):
            async for data in self.socket:
                self.take(data)
                self._news.set()
        self.closed_with = self.socket.close_code
        self._news.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait, while somebody else runs `listen`, for what was heard to make this true."""
        async with asyncio.timeout(10):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def arrived(self, t: str, /, **fields: Any) -> Message:
        """Wait for a control message with these fields, heard already or to come."""
        found: list[Message] = []

        def come() -> bool:
            found[:] = [
                message
                for message in self.messages
                if message["t"] == t and all(message[key] == fields[key] for key in fields)
            ]
            return bool(found)

        await self.until(come)
        return found[-1]

    def take(self, data: bytes | str) -> Message | None:
        """Take in one message; answer it if it was a control message."""
        if not isinstance(data, bytes) or not data:
            raise Malformed("a message that is text or empty")
        if data[0] == 0xC1:
            snapshot = self.lanes.read(data)
            self.clock.heard(snapshot)
            self.snapshots.append(snapshot)
            return None
        try:
            message = read_control(data)
        except UnknownKind:
            return None
        if message["t"] == "roster":
            self._enrol(message)
        if message["t"] == "resume":
            self.resume = message["token"]
        self.messages.append(message)
        return message

    def _enrol(self, roster: Message) -> None:
        if roster["reset"]:
            self.people.clear()
        for person in roster["joined"]:
            self.people[person["id"]] = person
        for change in roster["changed"]:
            self.people.get(change["id"], {}).update(change)
        for gone in roster["left"]:
            self.people.pop(gone["id"], None)
            self.lanes.forget(gone["id"])
            self.left.append(gone["id"])

    async def pose(self, pose: Pose) -> None:
        """Send one pose as captured now."""
        self.seq = (self.seq + 1) % 65536
        captured_ms = self.clock.server_ms()
        ack_tick = self.snapshots[-1].tick if self.snapshots else 0
        self.clock.sent(self.seq)
        if captured_ms:
            self.sent[captured_ms] = pose
        await self.socket.send(write_pose(pose, self.seq, self.me, captured_ms, ack_tick))
