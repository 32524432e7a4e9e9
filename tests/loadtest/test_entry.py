"""The way in, against the websockets library's server and the protocol's own session."""

import pytest
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from hearth_loadtest.entry import Door, Entry, client_frame, reply_to
from hearth_protocol import codec, control
from hearth_protocol.kernels.scan import CLOSE, CONTROL, PING, PONG

WELCOME = control.Welcome(
    participant=7,
    room=control.RoomInfo(
        id="load-1",
        name="Load 1",
        space="campfire",
        bounds=control.Bounds(min=(-16, 0, -16), max=(16, 8, 16)),
        capacity=10,
    ),
    tick_hz=20,
    tick=5,
    server_ms=6,
    resume="r",
    spawn=control.Spawn(position=(0, 0, 0), yaw=0),
    interest=control.Interest(lanes=4, radius_m=5, tiers=[]),
)


class Server:
    """The server's end, with one answer to `hello`."""

    def __init__(self, answer: bytes, accept: bool = True) -> None:
        self.protocol = ServerProtocol(subprotocols=[Subprotocol("hearth.v1")])
        self.answer, self.accept = answer, accept
        self.hello: control.AnyClientMessage | None = None

    def feed(self, data: bytes) -> bytes:
        self.protocol.receive_data(data)
        for event in self.protocol.events_received():
            if isinstance(event, Request):
                self._respond(event)
            else:
                self.hello = codec.decode_client(event.data)
                self.protocol.send_binary(self.answer)
        return b"".join(self.protocol.data_to_send())

    def _respond(self, request: Request) -> None:
        if self.accept:
            self.protocol.send_response(self.protocol.accept(request))
        else:
            self.protocol.send_response(self.protocol.reject(403, "no"))


def converse(entry: Entry, server: Server, piece: int) -> None:
    """Carry bytes to and fro in pieces until nobody has anything to say."""
    up = entry.opening
    while up:
        down, up = server.feed(up), b""
        for begin in range(0, len(down), piece):
            up += entry.feed(down[begin : begin + piece])


@pytest.mark.parametrize("piece", [1, 7, 10_000])
def test_the_way_in(piece: int) -> None:
    server = Server(codec.encode(WELCOME))
    entry = Entry(Door("ws://127.0.0.1:1/rt", "the-ticket"))
    converse(entry, server, piece)
    assert entry.failure is None
    assert entry.participant == WELCOME.participant
    assert entry.welcome == WELCOME
    assert entry.rest == b""
    assert isinstance(server.hello, control.Hello)
    assert server.hello.ticket == "the-ticket"


def test_what_follows_welcome_is_handed_on() -> None:
    server = Server(codec.encode(WELCOME))
    entry = Entry(Door("ws://127.0.0.1:1/rt", "t"))
    hello = entry.feed(server.feed(entry.opening))
    entry.feed(server.feed(hello) + b"\x82\x05rest")
    assert entry.welcome is not None
    assert entry.rest == b"\x82\x05rest"


def test_a_refused_handshake_says_so() -> None:
    entry = Entry(Door("ws://127.0.0.1:1/rt", "t"))
    converse(entry, Server(b"", accept=False), 10_000)
    assert entry.failure == "handshake: HTTP 403"


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (control.Closing(reason="ticket_expired", text="Too late."), "ticket_expired"),
        (control.ErrorMessage(code="room_full", text="Full."), "room_full"),
    ],
)
def test_a_refused_hello_gives_the_servers_reason(
    answer: control.AnyServerMessage, failure: str
) -> None:
    entry = Entry(Door("ws://127.0.0.1:1/rt", "t"))
    converse(entry, Server(codec.encode(answer)), 10_000)
    assert entry.welcome is None
    assert entry.failure == failure


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (b"HTTP/1.1 101", b"SMTP 101", "not HTTP"),
        (b"Upgrade: websocket", b"Upgrade: h2c", "not upgraded"),
        (b"Connection: Upgrade", b"Connection: close", "not upgraded"),
        (b"Sec-WebSocket-Accept: ", b"Sec-WebSocket-Accept: A", "wrong Sec-WebSocket-Accept"),
        (b"Sec-WebSocket-Protocol: hearth.v1", b"X: y", "wrong subprotocol"),
        (b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: x\r\n\r\n", "an extension nobody asked for"),
    ],
)
def test_an_answer_that_is_no_upgrade_is_refused(old: bytes, new: bytes, fault: str) -> None:
    entry = Entry(Door("ws://127.0.0.1:1/rt", "t"))
    answer = Server(b"").feed(entry.opening)
    assert old in answer
    assert entry.feed(answer.replace(old, new)) == b""
    assert entry.failure == f"handshake: {fault}"
    assert not entry.said_hello


@pytest.mark.parametrize(
    "answer",
    [
        b"\x80",
        b"\x81\xa1t\xa7welcome",
        b"\x82\xa1t\xa7welcome\xabparticipant\x00",
        b"\x82\xa1t\xa7welcome\xabparticipant\xa1x",
    ],
)
def test_a_welcome_that_cannot_be_read_is_a_failure(answer: bytes) -> None:
    entry = Entry(Door("ws://127.0.0.1:1/rt", "t"))
    converse(entry, Server(answer), 10_000)
    assert entry.said_hello
    assert entry.participant is None
    assert (entry.failure or "").startswith("unreadable message")


def test_an_endless_header_is_given_up() -> None:
    entry = Entry(Door("ws://127.0.0.1:1/rt", "t"))
    entry.feed(b"HTTP/1.1 101 x\r\n" + b"a" * 20_000)
    assert entry.failure == "handshake: endless header"


def test_replies() -> None:
    assert reply_to(PONG, b"").answer == b""
    answer = reply_to(PING, b"abc").answer
    assert answer[0] == 0x8A
    assert answer[1] == 0x80 | 3
    assert reply_to(CLOSE, (4420).to_bytes(2, "big") + b"flood").over == "closed 4420"
    assert reply_to(CLOSE, b"").over == "closed"
    assert reply_to(CONTROL, b"\x80").error == "unreadable message: not_a_map"
    error = codec.encode(control.ErrorMessage(code="flood", text="Slow down."))
    assert reply_to(CONTROL, error).error == "flood"
    pong = control.Pong(id=1, client_ms=2, server_ms=3)
    assert reply_to(CONTROL, codec.encode(pong)).pong == pong


def test_client_frames_are_masked_and_whole() -> None:
    frame = client_frame(2, bytes(300))
    assert frame[1] == 0x80 | 126
    assert len(frame) == 2 + 2 + 4 + 300
