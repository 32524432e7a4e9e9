"""Streams of many bots: any fragmentation gives the same frames, and only what matters is told."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_loadtest.rehearsal import empty_snapshot_frame
from hearth_protocol import codec, control
from hearth_protocol.kernels import bots
from hearth_protocol.kernels.bots import CARRY_BYTES, scan_reads


def frame(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes([0x80 | opcode, size]) + payload
    if size < 1 << 16:
        return bytes([0x80 | opcode, 126]) + size.to_bytes(2, "big") + payload
    return bytes([0x80 | opcode, 127]) + size.to_bytes(8, "big") + payload


def snapshot(tick: int, size: int) -> bytes:
    return frame(2, b"\xc1\x02\0\0" + tick.to_bytes(4, "little") + bytes(max(8, size)))


class Follower:
    """Feeds pieces of streams to the kernel as reads."""

    def __init__(self, count: int) -> None:
        self.state = np.zeros((count, bots.STATE_COLUMNS), dtype=np.int64)
        self.carry = np.zeros((count, CARRY_BYTES), dtype=np.uint8)
        self.events: list[tuple[int, int, bytes]] = []

    def feed(self, pieces: list[tuple[int, bytes]]) -> None:
        total = sum(len(data) + CARRY_BYTES for _, data in pieces)
        arena = np.full(total, 0xAA, dtype=np.uint8)
        reads, at = np.zeros((len(pieces), 3), dtype=np.int64), 0
        for row, (bot, data) in enumerate(pieces):
            at += CARRY_BYTES
            arena[at : at + len(data)] = np.frombuffer(data, dtype=np.uint8)
            reads[row] = (bot, at, len(data))
            at += len(data)
        events = np.zeros((4096, 4), dtype=np.int64)
        found = scan_reads(arena, reads, len(pieces), self.state, self.carry, events)
        for bot, opcode, offset, length in events[:found].tolist():
            self.events.append((bot, opcode, arena[offset : offset + length].tobytes()))


@st.composite
def streams(draw: st.DrawFn) -> list[tuple[str, bytes]]:
    out = []
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(["snapshot", "roster", "pong", "ping", "close"]))
        tick = draw(st.integers(0, 2**32 - 1))
        if kind == "snapshot":
            out.append((kind, snapshot(tick, draw(st.sampled_from([8, 109, 110, 900, 70_000])))))
        elif kind == "roster":
            people = [control.PersonGone(id=1 + n) for n in range(draw(st.integers(0, 200)))]
            out.append((kind, frame(2, codec.encode(control.Roster(left=people)))))
        elif kind == "pong":
            message = control.Pong(id=tick, client_ms=tick, server_ms=tick)
            out.append((kind, frame(2, codec.encode(message))))
        else:
            payload = draw(st.binary(max_size=125))
            out.append((kind, frame(9 if kind == "ping" else 8, payload)))
    return out


@settings(max_examples=80, deadline=None)
@given(stream=streams(), seed=st.integers(0, 1 << 30))
def test_any_fragmentation_gives_the_same(stream: list[tuple[str, bytes]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    data = b"".join(each for _, each in stream)
    follower, at = Follower(3), 0
    while at < len(data):
        size = int(rng.choice([1, 2, 3, 17, 400, 5000, 100_000]))
        follower.feed([(0, empty_snapshot_frame()), (1, data[at : at + size])])
        at += size
    told = [(payload, opcode) for bot, opcode, payload in follower.events if bot == 1]
    opcodes = {"pong": 2, "ping": 9, "close": 8}
    wanted = [(each, opcodes[kind]) for kind, each in stream if kind in opcodes]
    assert [opcode for _, opcode in told] == [opcode for _, opcode in wanted]
    assert all(
        whole.endswith(payload) for (payload, _), (whole, _) in zip(told, wanted, strict=True)
    )
    snapshots = [each for kind, each in stream if kind == "snapshot"]
    assert follower.state[1, bots.SNAPSHOTS] == len(snapshots)
    if snapshots:
        header = snapshots[-1].index(b"\xc1\x02")
        tick = int.from_bytes(snapshots[-1][header + 4 : header + 8], "little")
        assert follower.state[1, bots.TICK] == tick
    assert follower.state[1, bots.SKIP] == follower.state[1, bots.CARRIED] == 0
    assert follower.state[2].tolist() == [0] * bots.STATE_COLUMNS


@pytest.mark.parametrize(
    "message",
    [
        control.Chat(id=1, from_=2, name="A", text="hi", at_ms=3),
        control.Reaction(from_=2, kind="wave"),
        control.Ack(rid=1),
        control.Roster(),
    ],
)
def test_other_peoples_talk_is_not_told(message: control.AnyServerMessage) -> None:
    follower = Follower(1)
    follower.feed([(0, frame(2, codec.encode(message)))])
    assert follower.events == []
    assert follower.state[0, bots.OTHERS] == 1


@pytest.mark.parametrize(
    "message",
    [
        control.ErrorMessage(code="flood", text="Slow down."),
        control.Closing(reason="too_slow", text="Bye."),
        control.ResumeToken(token="x", ttl_s=3),
    ],
)
def test_what_concerns_a_bot_is_told(message: control.AnyServerMessage) -> None:
    follower = Follower(1)
    follower.feed([(0, frame(2, codec.encode(message)))])
    assert [codec.decode_server(payload) for _, _, payload in follower.events] == [message]


@pytest.mark.parametrize("bad", [b"\xc2\x00", b"\x82\x85\0\0\0\0hello", b"\x82\x7f" + b"\xff" * 8])
def test_what_no_server_sends_ends_the_stream(bad: bytes) -> None:
    follower = Follower(1)
    follower.feed([(0, empty_snapshot_frame() + bad)])
    assert [opcode for _, opcode, _ in follower.events] == [bots.EVENT_MALFORMED]


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=3000), seed=st.integers(0, 99))
def test_noise_does_no_harm(data: bytes, seed: int) -> None:
    rng = np.random.default_rng(seed)
    follower, at = Follower(1), 0
    while at < len(data):
        size = int(rng.integers(1, 700))
        follower.feed([(0, data[at : at + size])])
        at += size
    assert 0 <= follower.state[0, bots.CARRIED] <= CARRY_BYTES
    assert follower.state[0, bots.SKIP] >= 0
