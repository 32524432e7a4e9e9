"""The short way for poses against the websockets parser alone, as the oracle."""

import asyncio
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from hearth_protocol.limits import INBOX_STRIDE, MAX_UP
from hearth_server.realtime.wire import PoseSeat, Wire

SLOT = 2
POSE_HEAD = b"\xc1\x01"


class Loopback(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.shut = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return self.shut

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        pass

    def close(self) -> None:
        self.shut = True

    def abort(self) -> None:
        self.shut = True


class NoTimers:
    """A loop on which nothing ever becomes due."""

    def call_later(self, *_: Any) -> Any:
        return asyncio.TimerHandle(0.0, lambda: None, (), self)  # type: ignore[arg-type]

    def get_debug(self) -> bool:
        return False

    def _timer_handle_cancelled(self, _: Any) -> None:
        pass


class Recorder(Wire):
    """Notes messages; poses are noted as they reach the inbox row."""

    def __init__(self) -> None:
        super().__init__(NoTimers())  # type: ignore[arg-type]
        self.messages: list[bytes] = []
        self.inbox = bytearray(INBOX_STRIDE * 4)
        self.arrived = memoryview(bytearray(16)).cast("I")
        self.connection_made(Loopback())
        self.ws.state = State.OPEN
        self.ws.parser = self.ws.parse()  # past the handshake
        next(self.ws.parser)
        self.sit_down(PoseSeat(SLOT, memoryview(self.inbox), self.arrived, self.now, None))

    def now(self) -> int:
        """Each pose takes one look at the clock, so this is where it can be read out."""
        row = self.inbox[SLOT * INBOX_STRIDE :][:110]
        mask = row[2:6]
        self.messages.append(bytes(byte ^ mask[i % 4] for i, byte in enumerate(row[6:])))
        return len(self.messages)

    def request_received(self, request: Request) -> None:
        raise AssertionError("no handshake here")

    def message_received(self, payload: bytes) -> None:
        self.messages.append(payload)


class Oracle:
    """The parser of the websockets library and nothing else."""

    def __init__(self) -> None:
        self.ws = ServerProtocol(max_size=MAX_UP, state=State.OPEN)
        self.ws.parser = self.ws.parse()
        next(self.ws.parser)
        self.messages: list[bytes] = []
        self.parts: list[bytes] = []
        self.code: int | None = None

    def feed(self, data: bytes) -> None:
        self.ws.receive_data(data)
        for frame in self.ws.events_received():
            if not isinstance(frame, Frame) or self.code is not None:
                continue
            if frame.opcode is Opcode.TEXT:
                self.code = 1003
            elif frame.opcode in {Opcode.BINARY, Opcode.CONT}:
                self.parts.append(bytes(frame.data))
                if frame.fin:
                    self.messages.append(b"".join(self.parts))
                    self.parts.clear()
        if self.code is None and self.ws.close_sent is not None:
            self.code = int(self.ws.close_sent.code)


def framed(head: int, payload: bytes, mask: bytes, minimal: bool = True) -> bytes:
    if minimal and len(payload) < 126:
        length = bytes((0x80 | len(payload),))
    else:
        length = b"\xfe" + len(payload).to_bytes(2, "big")
    masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return bytes((head,)) + length + mask + masked


masks = st.binary(min_size=4, max_size=4)
poses = st.binary(min_size=102, max_size=102).map(lambda rest: POSE_HEAD + rest)
# msgpack never starts with 0xC1, and this one is as long as a pose.
lookalikes = st.binary(min_size=103, max_size=103).map(lambda rest: b"\x85" + rest)
small = st.binary(max_size=60)
good_frames = st.one_of(
    st.builds(framed, st.just(0x82), poses, masks),
    st.builds(framed, st.just(0x82), poses, masks),
    st.builds(framed, st.just(0x82), poses, masks, st.just(False)),
    st.builds(framed, st.just(0x82), lookalikes, masks),
    st.builds(framed, st.just(0x82), small, masks),
    st.builds(framed, st.sampled_from((0x89, 0x8A)), small, masks),
)
fragmented = st.tuples(st.lists(small, min_size=2, max_size=4), masks, masks).map(
    lambda drawn: b"".join(
        framed((0x02 if i == 0 else 0x00) | (0x80 if i == len(drawn[0]) - 1 else 0), part, drawn[1])
        + (framed(0x89, b"", drawn[2]) if i == 0 else b"")
        for i, part in enumerate(drawn[0])
    )
)
bad_frames = st.one_of(
    st.builds(framed, st.integers(0, 255), small, masks),
    st.builds(framed, st.just(0x81), small, masks),
    st.builds(framed, st.just(0x02), poses, masks),
    st.binary(min_size=1, max_size=120),
    st.just(b"\x82\xff" + bytes(8)),
    st.just(b"\x82\xff" + (1 << 40).to_bytes(8, "big")),
)
streams = st.lists(st.one_of(good_frames, good_frames, fragmented), max_size=8)
cuts = st.lists(st.integers(1, 400), max_size=40)


def run(stream: bytes, sizes: list[int]) -> tuple[Recorder, Oracle]:
    wire, oracle = Recorder(), Oracle()
    at, sizes = 0, [*sizes, len(stream) or 1]
    while at < len(stream):
        size = sizes.pop(0) if len(sizes) > 1 else len(stream) - at
        piece = stream[at : at + size]
        at += size
        wire.data_received(piece)
        oracle.feed(piece)
    return wire, oracle


def answers(written: bytes) -> list[tuple[int, bytes]]:
    """Return pongs, whichever way they were cut into writes."""
    found, at = [], 0
    while at + 2 <= len(written):
        size = written[at + 1]
        if written[at] == 0x8A:
            found.append((written[at], written[at + 2 : at + 2 + size]))
        at += 2 + size
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streams, cuts)
def test_good_frames_come_out_the_same_however_they_are_cut(
    frames: list[bytes], sizes: list[int]
) -> None:
    wire, oracle = run(b"".join(frames), sizes)
    assert wire.messages == oracle.messages
    pongs = b"".join(oracle.ws.data_to_send())
    assert isinstance(wire.transport, Loopback)
    assert answers(wire.transport.written) == answers(pongs)
    assert wire.is_open


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streams, bad_frames, streams, cuts)
def test_after_a_bad_frame_both_stop_at_the_same_place_with_the_same_code(
    before: list[bytes], bad: bytes, after: list[bytes], sizes: list[int]
) -> None:
    wire, oracle = run(b"".join([*before, bad, *after]), sizes)
    assert wire.messages == oracle.messages
    sent = wire.ws.close_sent
    assert (int(sent.code) if sent is not None else None) == oracle.code


def test_a_lone_pose_takes_the_short_way() -> None:
    wire = Recorder()
    frame = framed(0x82, POSE_HEAD + bytes(range(102)), b"abcd")
    wire.data_received(frame)
    assert bytes(wire.inbox[SLOT * INBOX_STRIDE :][:110]) == frame
    assert wire.arrived[SLOT] == 1
    assert wire.poses_in == 1
    assert not any(wire.inbox[: SLOT * INBOX_STRIDE])
    assert not any(wire.inbox[SLOT * INBOX_STRIDE + 110 :])


def test_a_frame_that_cannot_be_allowed_is_refused_before_it_is_complete() -> None:
    wire = Recorder()
    wire.data_received(b"\x82\xff" + (1 << 20).to_bytes(8, "big"))
    assert not wire.is_open
    assert wire.ws.close_sent is not None
    assert int(wire.ws.close_sent.code) == 1009
