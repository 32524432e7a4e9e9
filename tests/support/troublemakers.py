"""People who do everything wrong, all at once: `python -m tests.support.troublemakers URL ROOM S`.

A process of its own, so that what it costs does not slow whoever watches the others. Each kind
of trouble enters the room properly where it has to, does its harm, waits to be thrown out and
comes again, until the time is over; then it prints how often each came, as JSON.
"""

import asyncio
import json
import random
import sys
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Awaitable, Callable

from hearth_protocol.codec import decode_server, encode
from hearth_protocol.control import ChatLine, ClientInfo, Hello, Welcome
from hearth_protocol.framing import client_frame
from tests.integration.guest import pose

MASK = b"\x51\x62\x73\x84"
CLIENT = ClientInfo(name="trouble", version="1")
NAN = float("nan")
#: How long each waits before it comes again. Whoever is thrown out keeps the seat for 30 s, and a
#: crowd of such seats would rightly take lanes from others: here only the trouble is to be felt.
REST_S = 9.0


class Line:
    """One raw connection into the room."""

    def __init__(self, url: str, room: str) -> None:
        self._host, port = url.removeprefix("http://").split(":")
        self._port = int(port)
        self._url, self._room = url, room
        self.ticket = ""
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def fetch_ticket(self) -> None:
        request = urllib.request.Request(
            f"{self._url}/api/v1/rooms/{self._room}/join",
            json.dumps({"name": "Trouble"}).encode(),
            {"content-type": "application/json"},
        )

        def ask() -> str:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return str(json.loads(answer.read())["ticket"])

        self.ticket = await asyncio.to_thread(ask)

    async def dial(self, *headers: str) -> bytes:
        self.reader, self.writer = await asyncio.open_connection(self._host, self._port)
        lines = [
            "GET /rt HTTP/1.1",
            f"Host: {self._host}:{self._port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: hearth.v1",
            *headers,
        ]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        return await self.reader.readuntil(b"\r\n\r\n")

    async def say_hello(self) -> None:
        hello = Hello(client=CLIENT, device="text", ticket=self.ticket)
        self.writer.write(client_frame(encode(hello), MASK))

    async def enter(self) -> int:
        await self.fetch_ticket()
        await self.dial()
        await self.say_hello()
        while True:
            head = await self.reader.readexactly(2)
            length = head[1]
            if length >= 126:
                extended = await self.reader.readexactly(2 if length == 126 else 8)
                length = int.from_bytes(extended, "big")
            payload = await self.reader.readexactly(length)
            if payload[:1] != b"\xc1" and isinstance(message := decode_server(payload), Welcome):
                return message.participant

    async def wait_for_the_end(self, timeout_s: float = 3.0) -> None:
        """Read until thrown out, at most this long."""
        try:
            async with asyncio.timeout(timeout_s):
                while await self.reader.read(65536):
                    pass
        except (TimeoutError, ConnectionError):
            pass


def _frame_after_entering(frame: Callable[[int], bytes]) -> Callable[[Line], Awaitable[None]]:
    async def trouble(line: Line) -> None:
        who = await line.enter()
        line.writer.write(frame(who))
        await line.wait_for_the_end()

    return trouble


async def _replayed_ticket(line: Line) -> None:
    await line.enter()
    first = line.writer
    await line.dial()
    await line.say_hello()
    await line.wait_for_the_end()
    first.transport.abort()


async def _invented_ticket(line: Line) -> None:
    line.ticket = "x" * 43
    await line.dial()
    await line.say_hello()
    await line.wait_for_the_end()


async def _foreign_origin(line: Line) -> None:
    await line.dial("Origin: https://elsewhere.example")


async def _silence(line: Line) -> None:
    await line.dial()
    await line.wait_for_the_end(6.0)


async def _never_reads(line: Line) -> None:
    who = await line.enter()
    line.writer.transport.pause_reading()  # type: ignore[attr-defined]
    for seq in range(60):
        line.writer.write(client_frame(pose(seq + 1, who), MASK))
        await asyncio.sleep(0.05)


async def _half_open(line: Line) -> None:
    await line.enter()
    line.writer.transport.pause_reading()  # type: ignore[attr-defined]
    await asyncio.sleep(3.0)


async def _random_frames(line: Line) -> None:
    chance = random.Random()
    await line.enter()

    def frame() -> bytes:
        payload = chance.randbytes(chance.choice((0, 1, 7, 104, 104, 125)))
        opcode = chance.choice((0x82, 0x82, 0x82, 0x80, 0x89, 0x8A, 0x02, 0x00, 0xF3))
        return bytes((opcode, 0x80 | len(payload))) + chance.randbytes(4) + payload

    line.writer.write(b"".join(frame() for _ in range(500)))
    await line.wait_for_the_end()


async def _bad_poses(line: Line) -> None:
    who = await line.enter()
    shapes: list[dict[str, object]] = [
        {"at": (NAN, 1.6, 0.0)},
        {"turn": (1e-40, 1e-40, 0.0, 1e-40)},
        {"at": (1e30, 1.6, 0.0)},
    ]
    for seq in range(40):
        line.writer.write(client_frame(pose(seq + 1, who, **shapes[seq % 3]), MASK))
        line.writer.write(client_frame(pose(seq + 1, who + 1), MASK))  # somebody else's slot
        await asyncio.sleep(0.05)


def _flood_of_poses(who: int) -> bytes:
    return b"".join(client_frame(pose(seq, who), MASK) for seq in range(1, 1500))


def _flood_of_chat(_: int) -> bytes:
    lines = (ChatLine(rid=rid, text="again and again") for rid in range(400))
    return b"".join(client_frame(encode(line), MASK) for line in lines)


TROUBLES: dict[str, Callable[[Line], Awaitable[None]]] = {
    "truncated": _frame_after_entering(lambda who: client_frame(pose(1, who)[:50], MASK)),
    "oversized": _frame_after_entering(lambda _: b"\x82\xff" + (1 << 20).to_bytes(8, "big") + MASK),
    "fragmented": _frame_after_entering(lambda _: b"\x02\x81" + MASK + b"x" + b"\x02\x80" + MASK),
    "unmasked": _frame_after_entering(lambda who: b"\x82\x68" + pose(1, who)),
    "text": _frame_after_entering(lambda _: b"\x81\x85" + MASK + b"hello"),
    "flood_of_poses": _frame_after_entering(_flood_of_poses),
    "flood_of_chat": _frame_after_entering(_flood_of_chat),
    "bad_poses": _bad_poses,
    "replayed_ticket": _replayed_ticket,
    "invented_ticket": _invented_ticket,
    "foreign_origin": _foreign_origin,
    "silence": _silence,
    "never_reads": _never_reads,
    "half_open": _half_open,
    "random_frames": _random_frames,
}


async def make_trouble(url: str, room: str, seconds: float) -> Counter[str]:
    """Let every kind come again and again for a while; count how often each did its harm."""
    done: Counter[str] = Counter()

    async def again(name: str, trouble: Callable[[Line], Awaitable[None]]) -> None:
        while True:
            line = Line(url, room)
            try:
                await trouble(line)
                done[name] += 1
            except (OSError, asyncio.IncompleteReadError, urllib.error.HTTPError) as fault:
                done[f"{name}: {type(fault).__name__}"] += 1
            finally:
                if hasattr(line, "writer"):
                    line.writer.transport.abort()
            await asyncio.sleep(REST_S)

    try:
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
            for name, trouble in TROUBLES.items():
                tasks.create_task(again(name, trouble))
    except TimeoutError:
        pass
    return done


if __name__ == "__main__":
    print(json.dumps(asyncio.run(make_trouble(sys.argv[1], sys.argv[2], float(sys.argv[3])))))
