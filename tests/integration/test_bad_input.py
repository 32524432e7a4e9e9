"""Everything that should not arrive: each gets its name, is counted, and nobody else notices."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.exceptions import InvalidStatus

from hearth_protocol.codec import decode_server, encode
from hearth_protocol.control import ChatLine, ErrorMessage, Hello, Welcome
from hearth_protocol.framing import client_frame
from tests.integration.conftest import Node
from tests.integration.guest import CLIENT, Guest, arrived, dialled, pose

pytestmark = pytest.mark.asyncio
MASK = b"\x11\x22\x33\x44"


@asynccontextmanager
async def witnessed(node: Node) -> AsyncIterator[Guest]:
    """Somebody in the room who must not notice anything: a snapshot every tick, all told."""
    async with arrived(node.url, ticket=node.ticket("Witness")) as witness:
        await witness.until(lambda: len(witness.snapshots) >= 2)
        first = len(witness.snapshots)
        yield witness
        await witness.until(lambda: len(witness.snapshots) > first)
        ticks = [struct.unpack_from("<I", data, 4)[0] for data in witness.snapshots[first:]]
        assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))


class RawSocket:
    """A connection whose bytes the test chooses itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def put(self, data: bytes) -> None:
        self.writer.write(data)

    async def upgrade(self, node: Node, *headers: str, path: str = "/rt") -> bytes:
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{node.port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Protocol: hearth.v1",
            *headers,
        ]
        self.put(("\r\n".join(lines) + "\r\n\r\n").encode())
        return await self.reader.readuntil(b"\r\n\r\n")

    async def enter(self, node: Node, name: str = "Raw") -> int:
        """Go through the whole way in; return the participant id."""
        assert b" 101 " in await self.upgrade(node)
        hello = Hello(v=1, client=CLIENT, device="text", ticket=node.ticket(name))
        self.put(client_frame(encode(hello), MASK))
        while True:
            opcode, payload = await self._frame()
            if opcode == 2 and payload[0] != 0xC1:
                message = decode_server(payload)
                assert isinstance(message, Welcome)
                return message.participant

    async def close_frame(self) -> tuple[int, str]:
        """Read on to the server's close frame; return code and reason, 1006 without one."""
        async with asyncio.timeout(5):
            while True:
                try:
                    opcode, payload = await self._frame()
                except (asyncio.IncompleteReadError, ConnectionError):
                    return 1006, ""
                if opcode == 8:
                    code = int.from_bytes(payload[:2], "big") if payload else 1005
                    return code, payload[2:].decode()

    async def _frame(self) -> tuple[int, bytes]:
        head = await self.reader.readexactly(2)
        length = head[1] & 0x7F
        if length >= 126:
            extended = await self.reader.readexactly(2 if length == 126 else 8)
            length = int.from_bytes(extended, "big")
        return head[0] & 0x0F, await self.reader.readexactly(length)


@asynccontextmanager
async def raw(node: Node, receive_bytes: int = 0) -> AsyncIterator[RawSocket]:
    """A connection of its own making, if asked with a small receive buffer."""
    plain = socket.socket()
    if receive_bytes:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, ("127.0.0.1", node.port))
    reader, writer = await asyncio.open_connection(sock=plain)
    try:
        yield RawSocket(reader, writer)
    finally:
        writer.transport.abort()


# --- at the door ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ({"origin": "https://elsewhere.example"}, 403, "foreign_origin"),
        ({"origin": "null"}, 403, "foreign_origin"),
        ({"subprotocols": ["other.v1"]}, 400, "bad_request"),
    ],
    ids=["foreign origin", "opaque origin", "wrong subprotocol"],
)
async def test_the_door_stays_shut(
    node: Node, options: dict[str, object], status: int, code: str
) -> None:
    async with witnessed(node):
        with pytest.raises(InvalidStatus) as refused:
            async with dialled(node.url, **options):
                pass
        assert refused.value.response.status_code == status
        assert node.count("hearth_refusals_total", code=code) == 1


async def test_another_path_is_no_door(node: Node) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with dialled(node.url.replace("/rt", "/elsewhere")):
            pass
    assert refused.value.response.status_code == 404


async def test_ones_own_origin_may_come_in(node: Node) -> None:
    async with dialled(node.url, origin=f"http://127.0.0.1:{node.port}") as guest:
        assert guest.socket.subprotocol == "hearth.v1"


async def test_a_dripping_handshake_is_cut(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "hearth_server.realtime.http_deadline.DeadlineHttpProtocol.header_timeout_s", 0.2
    )
    async with witnessed(node), raw(node) as dripping:
        dripping.put(b"GET /rt HTTP/1.1\r\nHost: x\r\n")
        async with asyncio.timeout(5):
            answer = await dripping.reader.read()
        assert answer.startswith(b"HTTP/1.1 408 ")


# --- tickets --------------------------------------------------------------------------------


async def refused_hello(node: Node, **way_in: str) -> tuple[int | None, str | None]:
    async with dialled(node.url) as guest:
        await guest.send(Hello(v=1, client=CLIENT, device="vr", **way_in))
        return await guest.closed()


async def test_a_replayed_ticket(node: Node) -> None:
    ticket = node.ticket()
    async with witnessed(node), arrived(node.url, ticket=ticket):
        assert await refused_hello(node, ticket=ticket) == (4403, "ticket_replayed")
    assert node.count("hearth_closes_total", reason="ticket_replayed") == 1


async def test_an_expired_ticket(node: Node) -> None:
    ticket = node.ticket()
    node.clock.push(31.0)
    assert await refused_hello(node, ticket=ticket) == (4402, "ticket_expired")
    assert node.count("hearth_closes_total", reason="ticket_expired") == 1


async def test_an_invented_ticket(node: Node) -> None:
    assert await refused_hello(node, ticket="x" * 43) == (4401, "ticket_unknown")


async def test_a_full_room_says_so(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket("Ann", room="nook")):
        answer = await refused_hello(node, ticket=node.ticket("Bob", room="nook"))
        assert answer == (4406, "room_full")


async def test_who_says_nothing_has_to_go(node: Node) -> None:
    async with witnessed(node), dialled(node.url) as silent:
        await node.until(lambda: len(node.shell.shard.connections) == 2)
        node.clock.push(5.1)
        assert await silent.closed() == (4408, "hello_timeout")
    assert node.count("hearth_closes_total", reason="hello_timeout") == 1


@pytest.mark.parametrize(
    "first",
    [encode(ChatLine(rid=1, text="let me in")), pose(1, 1), b"\x81\xa1t\xa5hello", b"\xff" * 50],
    ids=["chat", "pose", "half a hello", "noise"],
)
async def test_anything_but_hello_first(node: Node, first: bytes) -> None:
    async with witnessed(node), dialled(node.url) as guest:
        await guest.socket.send(first)
        assert await guest.closed() == (4400, "malformed")


# --- frames ---------------------------------------------------------------------------------

TRUNCATED_POSE = client_frame(pose(1, 1)[:50], MASK)
OVERSIZED = b"\x82\xff" + (1 << 20).to_bytes(8, "big") + MASK
UNMASKED = b"\x82\x68" + pose(1, 1)


@pytest.mark.parametrize(
    ("frame", "code", "reason"),
    [
        (TRUNCATED_POSE, 4400, "malformed"),
        (OVERSIZED, 1009, None),
        (UNMASKED, 1002, None),
        (b"\x81\x85" + MASK + b"hello", 1003, "text_refused"),
        (client_frame(b"\xc1\x02" + bytes(30), MASK), 4400, "malformed"),
        (client_frame(b"\xc1\x07", MASK), 4400, "malformed"),
        (client_frame(b"", MASK), 4400, "malformed"),
        (client_frame(b"\xd9\xff", MASK), 4400, "malformed"),
        (b"\xc2\x80" + MASK, 1002, None),
        (b"\x83\x80" + MASK, 1002, None),
        (b"\x80\x80" + MASK, 1002, None),
    ],
    ids=[
        "truncated pose", "oversized", "unmasked", "text", "snapshot", "unknown hot kind",
        "empty", "not msgpack", "reserved bit", "unknown opcode", "continuation of nothing",
    ],
)  # fmt: skip
async def test_a_frame_that_means_nothing(
    node: Node, frame: bytes, code: int, reason: str | None
) -> None:
    async with witnessed(node), raw(node) as bad:
        who = await bad.enter(node)
        bad.put(frame)
        closed = await bad.close_frame()
        assert closed[0] == code
        assert reason in (None, closed[1])
        # Others lose nobody over it: the place is kept for a while.
        assert who in node.shell.shard.participants
        closes = {
            sample.labels["reason"]: sample.value
            for family in node.parts.metrics.registry.collect()
            for sample in family.samples
            if sample.name == "hearth_closes_total"
        }
        assert sum(closes.values()) == 1, closes


async def test_a_pose_in_fragments_is_as_good_as_any(node: Node) -> None:
    async with witnessed(node), raw(node) as guest:
        who = await guest.enter(node)
        payload = bytes(byte ^ MASK[i % 4] for i, byte in enumerate(pose(9, who)))
        rest = bytes(byte ^ MASK[i % 4] for i, byte in enumerate(pose(9, who)[40:]))
        guest.put(b"\x02\xa8" + MASK + payload[:40])
        guest.put(b"\x89\x81" + MASK + b"\x00")  # a ping may come in between
        guest.put(b"\x80\xc0" + MASK + rest)
        slot = node.shell.shard.participants[who].slot
        await node.until(lambda: node.shell.shard.world.last_seq[slot] == 9)


@pytest.mark.parametrize(
    "changes",
    [
        {"at": (float("nan"), 1.6, 0.0)},
        {"at": (0.0, float("inf"), 0.0)},
        {"turn": (0.0, 0.0, 0.0, 0.0)},
        {"turn": (1e-40, 1e-40, 0.0, 1e-40)},
    ],
    ids=["nan", "infinity", "zero quaternion", "denormal quaternion"],
)
async def test_impossible_poses_are_dropped_told_and_in_the_end_too_many(
    node: Node, changes: dict[str, object]
) -> None:
    async with witnessed(node) as witness, arrived(node.url, ticket=node.ticket("Bad")) as bad:
        bad.polite = False
        await bad.move()
        await bad.move(**changes)
        await bad.until(lambda: bad.all(ErrorMessage))
        assert bad.last(ErrorMessage).code == "pose_rejected"
        for _ in range(110):
            if bad.socket.state.name != "OPEN":
                break
            await bad.move(**changes)
            await node.ticks(1)
        assert await bad.closed() == (4424, "invalid_pose")
        await witness.until(lambda: bad.id not in witness.people)


async def test_poses_for_somebody_else_are_refused(node: Node) -> None:
    async with witnessed(node) as witness, arrived(node.url, ticket=node.ticket("Bad")) as bad:
        bad.polite = False
        await bad.socket.send(pose(1, witness.id, at=(9.0, 1.6, 9.0)))
        await bad.until(lambda: bad.all(ErrorMessage))
        assert bad.last(ErrorMessage).code == "pose_rejected"
        assert (node.shell.shard.world.pose[:, 0] < 9.0).all()
    assert node.count("hearth_input_rejected_total", reason="pose_foreign") == 1


async def test_an_unknown_message_is_answered_by_name(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket()) as guest:
        await guest.socket.send(b"\x82\xa1t\xa5dance\xa3rid\x05")
        await guest.until(lambda: guest.all(ErrorMessage))
        assert (guest.last(ErrorMessage).code, guest.last(ErrorMessage).rid) == ("unknown_kind", 5)


# --- too much, too little -------------------------------------------------------------------


async def test_a_flood_of_poses(node: Node) -> None:
    async with witnessed(node), raw(node) as flood:
        who = await flood.enter(node)
        frames = b"".join(client_frame(pose(seq, who), MASK) for seq in range(1, 1200))
        flood.put(frames)
        assert await flood.close_frame() == (4420, "flood")
    assert node.count("hearth_closes_total", reason="flood") == 1


async def test_a_flood_of_messages(node: Node) -> None:
    async with witnessed(node), raw(node) as flood:
        await flood.enter(node)
        flood.put(b"".join(b"\x89\x80" + MASK for _ in range(400)))
        assert await flood.close_frame() == (4420, "flood")


async def test_too_much_chat_is_told_and_forgiven(node: Node) -> None:
    async with arrived(node.url, ticket=node.ticket()) as guest:
        for rid in range(12):
            await guest.send(ChatLine(rid=rid, text="again"))
        await guest.until(lambda: guest.all(ErrorMessage))
        assert guest.last(ErrorMessage).code == "rate_limited"
        await node.ticks(2)
        assert guest.socket.state.name == "OPEN"


async def test_who_never_reads_is_closed_and_costs_nobody_anything(node: Node) -> None:
    async with witnessed(node), raw(node) as deaf:
        who = await deaf.enter(node)
        deaf.writer.transport.pause_reading()
        slot = node.shell.shard.participants[who].slot
        began_s, seq = node.clock.monotonic_s(), 0
        while node.shell.shard.seats.connection[slot] is not None:
            seq += 1
            deaf.put(client_frame(pose(seq, who), MASK))  # acknowledges nothing
            await node.ticks(1)
        assert 10.0 <= node.clock.monotonic_s() - began_s <= 14.0
    assert node.count("hearth_closes_total", reason="too_slow") == 1


async def test_a_half_open_connection_is_found_out(node: Node) -> None:
    async with witnessed(node), raw(node) as dead:
        who = await dead.enter(node)
        dead.writer.transport.pause_reading()  # like a machine without power: no pong comes
        slot = node.shell.shard.participants[who].slot
        began_s = node.clock.monotonic_s()
        while node.shell.shard.seats.connection[slot] is not None:
            await node.ticks(5)
        assert 20.0 <= node.clock.monotonic_s() - began_s <= 23.0
    assert node.count("hearth_closes_total", reason="idle_timeout") == 1


async def test_a_closed_half_is_a_lost_connection(node: Node) -> None:
    async with witnessed(node), raw(node) as half:
        who = await half.enter(node)
        half.writer.write_eof()
        await node.until(lambda: node.shell.shard.participants[who].lost_s is not None)


async def test_ten_thousand_random_frames(node: Node) -> None:
    """Whatever comes, the node closes by name and the witness misses no tick."""
    chance = random.Random(7)
    opcodes = [0x82] * 8 + [0x80, 0x81, 0x88, 0x89, 0x8A, 0x02, 0x00, 0xF3]

    def frame() -> bytes:
        payload = chance.randbytes(chance.choice((0, 1, 7, 104, 104, 125)))
        return bytes((chance.choice(opcodes), 0x80 | len(payload))) + chance.randbytes(4) + payload

    async def make_noise() -> int:
        async with raw(node) as noise:
            await noise.enter(node)
            noise.put(b"".join(frame() for _ in range(250)))
            return (await noise.close_frame())[0]

    async with witnessed(node):
        codes = await asyncio.gather(*(make_noise() for _ in range(40)))
    # 1005 and 1007 answer close frames of the noise itself.
    assert set(codes) <= {1002, 1003, 1005, 1007, 1009, 4400, 4420}, codes
