"""Voice over TCP: frames, limits on newcomers, and no queue of stale voice."""

import asyncio
import struct
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hearth_server.voice import mux, tcp
from tests.support.clock import ManualClock

pytestmark = pytest.mark.asyncio


def framed(*datagrams: bytes) -> bytes:
    return b"".join(struct.pack("!H", len(each)) + each for each in datagrams)


class Desk:
    """A listener and what it was given."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.counts: Counter[str] = Counter()
        self.frames: list[bytes] = []
        self.paths: list[tcp.TcpPath] = []
        self.gone: list[tcp.TcpPath] = []
        self.listener = tcp.TcpListener(self._frame, self.gone.append, self.counts, self.clock)
        self.prove = True
        self._sockets = mux.bind(["127.0.0.1"], 0)
        self._writers: list[asyncio.StreamWriter] = []

    def _frame(self, path: tcp.TcpPath, frame: bytes) -> None:
        self.frames.append(frame)
        self.paths.append(path)
        path.proven = path.proven or self.prove

    async def open(self) -> None:
        await self.listener.listen(self._sockets.tcp)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._sockets.port)
        self._writers.append(writer)
        return reader, writer

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5.0):
            while len(self.frames) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    async def close(self) -> None:
        for writer in self._writers:
            writer.close()
        self.listener.close()
        self._sockets.close()
        await asyncio.sleep(0)


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    opened = Desk()
    await opened.open()
    yield opened
    await opened.close()


async def ended(reader: asyncio.StreamReader) -> bool:
    """Say whether the other end closes."""
    try:
        return await asyncio.wait_for(reader.read(), 5.0) == b""
    except ConnectionResetError:
        return True


async def test_frames_pass_in_both_directions_however_they_are_cut(desk: Desk) -> None:
    reader, writer = await desk.connect()
    stream = framed(b"\x00check", b"\x80voice", b"", b"\x16" * 1200)
    for byte in stream:
        writer.write(bytes([byte]))
        await asyncio.sleep(0)
    await desk.until(3)
    assert desk.frames == [b"\x00check", b"\x80voice", b"\x16" * 1200]
    assert desk.paths[0].ip == b"\x7f\0\0\x01"
    assert desk.paths[0].send(b"answer")
    assert await reader.readexactly(8) == framed(b"answer")


async def test_a_newcomer_must_begin_with_a_check(desk: Desk) -> None:
    reader, writer = await desk.connect()
    writer.write(framed(b"\x80voice"))
    assert await ended(reader)
    assert desk.counts["tcp_bad"] == 1
    assert desk.frames == []


async def test_an_oversized_frame_ends_the_connection(desk: Desk) -> None:
    reader, writer = await desk.connect()
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    assert await ended(reader)
    assert desk.counts["tcp_bad"] == 1


async def test_who_proves_nothing_is_shown_out(desk: Desk) -> None:
    desk.prove = False
    reader, writer = await desk.connect()
    writer.write(framed(b"\x00check"))
    await desk.until(1)
    desk.clock.advance(tcp.PROVE_WITHIN_S - 1)
    desk.listener.sweep()
    writer.write(framed(b"\x00again"))
    await desk.until(2)
    desk.clock.advance(1.5)
    desk.listener.sweep()
    assert await ended(reader)
    assert desk.counts["tcp_idle"] == 1


async def test_who_has_proven_may_be_silent_for_longer(desk: Desk) -> None:
    reader, writer = await desk.connect()
    writer.write(framed(b"\x00check"))
    await desk.until(1)
    desk.clock.advance(tcp.IDLE_S - 1)
    desk.listener.sweep()
    writer.write(framed(b"\x00check"))
    await desk.until(2)
    desk.clock.advance(tcp.IDLE_S - 1)
    desk.listener.sweep()
    assert not desk.gone
    desk.clock.advance(2)
    desk.listener.sweep()
    assert await ended(reader)


async def test_newcomers_from_one_address_are_limited(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "MAX_UNPROVEN_PER_ADDRESS", 3)
    desk.prove = False
    readers = []
    for number in range(4):
        reader, writer = await desk.connect()
        readers.append(reader)
        writer.write(framed(b"\x00check"))
        if number < 3:
            await desk.until(number + 1)
    assert await ended(readers[3])
    assert desk.counts["tcp_crowded"] == 1
    desk.paths[0].proven = True
    _, writer = await desk.connect()
    writer.write(framed(b"\x00check"))
    await desk.until(4)


async def test_voice_that_would_come_late_is_dropped_and_signalling_is_not(desk: Desk) -> None:
    _, writer = await desk.connect()
    writer.write(framed(b"\x00check"))
    await desk.until(1)
    path = desk.paths[0]
    sent = 0
    while path.send_media(bytes(1200)):
        sent += 1
        assert sent < 20_000
    assert not path.send_media(bytes(10))
    assert path.send(b"\x16")


async def test_a_connection_that_ends_is_reported_once(desk: Desk) -> None:
    _, writer = await desk.connect()
    writer.write(framed(b"\x00check"))
    await desk.until(1)
    writer.close()
    async with asyncio.timeout(5.0):
        while not desk.gone:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
    assert desk.gone == [desk.paths[0]]
    assert not desk.paths[0].send(b"x")
