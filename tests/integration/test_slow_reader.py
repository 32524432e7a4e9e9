"""A reader who stalls gets late what was meant for them, byte for byte, and nobody else's bytes."""

import asyncio
import socket
from collections import defaultdict

import numpy as np
import pytest
from numpy.typing import NDArray

from hearth_protocol.framing import client_frame
from tests.integration.conftest import Node
from tests.integration.guest import arrived, pose
from tests.integration.test_bad_input import MASK, RawSocket, raw, witnessed

pytestmark = pytest.mark.asyncio


def record_frames(node: Node) -> dict[int, list[bytes]]:
    """Note from now on every frame the world encodes, by slot."""
    frames: dict[int, list[bytes]] = defaultdict(list)
    world, encode = node.shell.shard.world, node.shell.shard.world.encode

    def noting(tick: int, now_ms: int, arena: NDArray[np.uint8]) -> int:
        used = encode(tick, now_ms, arena)
        for slot in np.flatnonzero(world.length).tolist():
            begin = int(world.offset[slot])
            frames[slot].append(arena[begin : begin + int(world.length[slot])].tobytes())
        return used

    world.encode = noting  # type: ignore[method-assign]
    return frames


async def read_frames(stalled: RawSocket, count: int) -> list[bytes]:
    """Read whole WebSocket frames, headers included, snapshots only."""
    found = []
    async with asyncio.timeout(10):
        while len(found) < count:
            head = await stalled.reader.readexactly(2)
            if head[1] == 126:
                head += await stalled.reader.readexactly(2)
            length = int.from_bytes(head[2:], "big") if len(head) > 2 else head[1]
            payload = await stalled.reader.readexactly(length)
            if payload[0] == 0xC1:
                found.append(head + payload)
    return found


async def test_a_stalled_reader_gets_every_byte_of_its_own(node: Node) -> None:
    recorded = record_frames(node)
    async with witnessed(node) as mover, raw(node, receive_bytes=2048) as stalled:
        who = await stalled.enter(node, "Stalled")
        slot = node.shell.shard.participants[who].slot
        connection = node.shell.shard.seats.connection[slot]
        assert connection is not None
        blocked = connection.wire.transport.get_write_buffer_size
        server_side = connection.wire.transport.get_extra_info("socket")
        server_side.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        frames = recorded[slot]
        stalled.writer.transport.pause_reading()

        stuck_ticks, seq = 0, 0
        while stuck_ticks < 30:
            seq += 1
            # It acknowledges what it has not read, so that only the buffers hold it back.
            ack = node.shell.shard.tick
            stalled.put(client_frame(pose(seq, who, ack), MASK))
            x, y, z = mover.spot
            mover.spot = (x + (0.01 if seq % 40 < 20 else -0.01), y, z)
            encoded, stuck = len(frames), blocked() > 0
            await node.ticks(1)
            if stuck and blocked():
                assert len(frames) == encoded  # what cannot be written is not encoded
                stuck_ticks += 1
            assert seq < 3000, "the buffers never filled"

        stalled.writer.transport.resume_reading()
        count = len(frames)
        assert await read_frames(stalled, count) == frames[:count]


async def test_who_drains_again_goes_on_from_where_the_others_are(node: Node) -> None:
    async with (
        arrived(node.url, ticket=node.ticket("Mover")) as mover,
        arrived(node.url, ticket=node.ticket("Napper")) as napper,
    ):
        napper.polite = False
        await node.ticks(30)
        asleep = len(napper.snapshots)
        napper.polite = True
        await napper.move()
        await node.ticks(10)
        await napper.until(lambda: len(napper.snapshots) >= asleep + 8)
        assert len(mover.snapshots) > asleep + 16
