"""Both ends of a conversation, without a socket: every cell of the table of states."""

from typing import Any

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_protocol.codec import decode_client, decode_server, encode
from hearth_protocol.control import (
    Ack,
    Away,
    Bounds,
    Chat,
    ChatLine,
    ClientInfo,
    Closing,
    ErrorMessage,
    Hello,
    Hide,
    Interest,
    Leave,
    Overload,
    Ping,
    Pong,
    React,
    ResumeToken,
    RoomInfo,
    Spawn,
    Tier,
    Welcome,
)
from hearth_protocol.errors import CloseCode, ErrorCode, LocalFault
from hearth_protocol.framing import FrameKind
from hearth_protocol.pose import Pose, encode_pose
from hearth_protocol.quantize import State
from hearth_protocol.session import (
    Answered,
    ClientPolicy,
    ClientSession,
    Close,
    Hot,
    Phase,
    Received,
    Send,
    ServerPolicy,
    ServerSession,
    server_ms,
)
from hearth_protocol.snapshot import Snapshot, encode_snapshot

HELLO = Hello(
    ticket="t",
    client=ClientInfo(name="test", version="1"),
    features=["x-a", "x-b"],
    device="desktop",
)
WELCOME = Welcome(
    participant=7,
    room=RoomInfo(
        id="r",
        name="R",
        space="campfire",
        bounds=Bounds(min=(-16, 0, -16), max=(16, 8, 16)),
        capacity=10,
    ),
    tick_hz=20,
    tick=1,
    server_ms=50,
    resume="r1",
    spawn=Spawn(position=(0, 0, 2), yaw=0),
    interest=Interest(lanes=32, radius_m=20, tiers=[Tier(lanes=32, every=1)]),
)
POSE = encode_pose(Pose(1, 7, 0, 0, State(), (0, 1.5, 0, 0, 0, 0, 1, *[0.0] * 14)))
SNAPSHOT = encode_snapshot(Snapshot(1, 50))


def _open_server(now_s: float = 0.0) -> ServerSession:
    session = ServerSession(now_s, ServerPolicy(features=frozenset({"x-b", "x-c"})))
    assert session.receive(encode(HELLO), now_s) == [Received(HELLO)]
    session.welcome(WELCOME)
    return session


def _open_client(**policy: Any) -> ClientSession:
    session = ClientSession(0.0, ClientPolicy(**policy))
    session.hello(HELLO)
    assert session.receive(encode(WELCOME), 0.1) == [Received(WELCOME)]
    return session


def _said(outputs: list[Any]) -> Any:
    """The one message that a server answers with."""
    (only,) = outputs
    assert isinstance(only, Send)
    return decode_server(only.data)


def _closed(outputs: list[Any]) -> CloseCode:
    """The code of a server's close, which comes after a `closing` message."""
    send, close = outputs
    assert isinstance(send, Send)
    assert isinstance(close, Close)
    closing = decode_server(send.data)
    assert isinstance(closing, Closing)
    assert (closing.reason, closing.text) == (close.code.label, close.text)
    return close.code


# --- server: before the welcome -----------------------------------------------------------------


def test_hello_then_welcome() -> None:
    session = ServerSession(0.0, ServerPolicy(features=frozenset({"x-b", "x-c"})))
    assert session.features == ()
    assert session.receive(encode(HELLO), 1.0) == [Received(HELLO)]
    assert session.phase is Phase.ADMITTING
    assert session.features == ("x-b",)
    assert decode_server(session.welcome(WELCOME)) == WELCOME
    assert session.phase is Phase.OPEN


@pytest.mark.parametrize(
    "data",
    [
        encode(Leave()),
        encode(Ping(id=1, client_ms=1)),
        encode(ChatLine(rid=1, text="hi")),
        POSE,
        SNAPSHOT,
        b"",
        b"\xc1",
        b"\xc1\x07abc",
        b"noise",
        msgpack.packb({"t": "dance"}),
        msgpack.packb({"t": "hello", "v": 1}),
    ],
)
def test_anything_but_hello_first_closes(data: bytes) -> None:
    session = ServerSession(0.0)
    assert _closed(session.receive(data, 0.0)) is CloseCode.MALFORMED
    assert session.phase is Phase.CLOSED


def test_another_version_is_told_which_ones_there_are() -> None:
    session = ServerSession(0.0)
    outputs = session.receive(msgpack.packb({"t": "hello", "v": 2, "new": "way in"}), 0.0)
    assert _closed(outputs) is CloseCode.VERSION_UNSUPPORTED
    assert "1 to 1" in outputs[1].text


def test_silence_before_hello() -> None:
    session = ServerSession(10.0)
    assert session.deadline_s == 15.0
    assert session.tick(14.999) == []
    assert _closed(session.tick(15.0)) is CloseCode.HELLO_TIMEOUT
    assert session.tick(16.0) == []


def test_while_admitting_only_pings_are_answered() -> None:
    session = ServerSession(0.0)
    session.receive(encode(HELLO), 0.0)
    assert session.deadline_s is None
    assert isinstance(_said(session.receive(encode(Ping(id=1, client_ms=2)), 0.0)), Pong)
    assert session.receive(POSE, 0.0) == []
    error = _said(session.receive(encode(ChatLine(rid=9, text="hi")), 0.0))
    assert (error.code, error.rid) == ("not_allowed", 9)
    assert session.receive(encode(Leave()), 0.0) == [Received(Leave())]


# --- server: open ------------------------------------------------------------------------------


def test_poses_pass_through_unread_and_uncopied() -> None:
    session = _open_server()
    data = bytearray(POSE)
    (hot,) = session.receive(data, 1.0)
    assert isinstance(hot, Hot)
    assert hot.kind is FrameKind.POSE
    data[4] = 99
    assert hot.payload[4] == 99


@pytest.mark.parametrize("data", [SNAPSHOT, POSE[:-1], POSE + b"\0", b"\xc1\x09", b"", b"\xa0x"])
def test_nobodys_honest_bytes_close(data: bytes) -> None:
    session = _open_server()
    assert _closed(session.receive(data, 1.0)) is CloseCode.MALFORMED


def test_text_is_refused() -> None:
    assert _closed(_open_server().receive_text()) is CloseCode.TEXT_REFUSED


def test_pings_tell_server_time() -> None:
    session = _open_server()
    pong = _said(session.receive(encode(Ping(id=5, client_ms=77)), 12.3456))
    assert pong == Pong(id=5, client_ms=77, server_ms=12345)
    assert server_ms(4_294_967.296 + 0.5) == 500  # wraps


def test_unknown_kinds_and_bad_fields_are_answered_and_the_line_stays() -> None:
    session = _open_server()
    error = _said(session.receive(msgpack.packb({"t": "dance", "rid": 3}), 1.0))
    assert (error.code, error.rid) == ("unknown_kind", 3)
    assert "dance" in error.text
    error = _said(session.receive(msgpack.packb({"t": "chat", "rid": 4, "text": ""}), 1.0))
    assert (error.code, error.rid) == ("malformed", 4)
    error = _said(session.receive(msgpack.packb({"t": "chat", "rid": -1, "text": "a"}), 1.0))
    assert (error.code, error.rid) == ("malformed", None)
    error = _said(session.receive(encode(HELLO), 1.0))
    assert error.code == "not_allowed"
    assert session.phase is Phase.OPEN


def test_requests_are_answered_once() -> None:
    session = _open_server()
    line = ChatLine(rid=8, text="hi")
    assert session.receive(encode(line), 1.0) == [Received(line)]
    assert _said(session.receive(encode(line), 1.0)).code == "duplicate_rid"
    assert decode_server(session.ack(8)) == Ack(rid=8)
    with pytest.raises(LocalFault):
        session.ack(8)
    assert session.receive(encode(line), 1.0) == [Received(line)]
    refused = decode_server(session.refuse(8, ErrorCode.RATE_LIMITED, "wait"))
    assert refused == ErrorMessage(code="rate_limited", text="wait", rid=8)
    away = Away(on=True)
    assert session.receive(encode(away), 1.0) == [Received(away)]


def test_too_many_requests() -> None:
    session = _open_server()
    for rid in range(32):
        session.receive(encode(Hide(rid=rid, participant=2, on=True)), 1.0)
    error = _said(session.receive(encode(React(rid=32, kind="wave")), 1.0))
    assert (error.code, error.rid) == ("too_many_requests", 32)
    react = React(kind="wave")
    assert session.receive(encode(react), 1.0) == [Received(react)]


def test_silence_while_open() -> None:
    session = _open_server()
    session.receive(POSE, 5.0)
    assert session.deadline_s == 25.0
    session.heard(10.0)
    assert session.tick(29.9) == []
    assert _closed(session.tick(30.0)) is CloseCode.IDLE_TIMEOUT


def test_after_closing_nothing_is_read_or_sent() -> None:
    session = _open_server()
    outputs = session.close(CloseCode.SERVER_STOPPING, retry_after_s=3)
    assert decode_server(outputs[0].data).retry_after_s == 3
    assert outputs[1].text == CloseCode.SERVER_STOPPING.advice
    assert session.close(CloseCode.INTERNAL) == []
    assert session.receive(POSE, 1.0) == []
    with pytest.raises(LocalFault):
        session.send(Overload(level=1, text=""))


def test_our_own_mistakes_are_local_faults() -> None:
    with pytest.raises(LocalFault):
        ServerSession(0.0).welcome(WELCOME)
    session = _open_server()
    with pytest.raises(LocalFault):
        session.send(Ack(rid=1))
    with pytest.raises(LocalFault):
        session.welcome(WELCOME)
    assert decode_server(session.send(Overload(level=1, text="far people"))).t == "overload"


@settings(max_examples=150)
@given(st.lists(st.binary(max_size=40), max_size=5))
def test_a_server_survives_anything(messages: list[bytes]) -> None:
    for session in (ServerSession(0.0), _open_server()):
        for data in messages:
            session.receive(data, 1.0)
            session.receive(b"\xc1" + data, 1.0)


# --- client --------------------------------------------------------------------------------------


def test_client_says_hello_and_is_welcomed() -> None:
    session = ClientSession(0.0)
    assert decode_client(session.hello(HELLO)) == HELLO
    assert session.phase is Phase.AWAITING_WELCOME
    assert session.receive(encode(WELCOME), 0.2) == [Received(WELCOME)]
    assert (session.phase, session.resume_token) == (Phase.OPEN, "r1")
    session.receive(encode(ResumeToken(token="r2", ttl_s=30)), 0.3)
    assert session.resume_token == "r2"


def test_client_requests_are_matched_with_their_answers() -> None:
    session = _open_client()
    line = ChatLine(rid=session.next_rid(), text="hi")
    assert decode_client(session.send(line, 1.0)) == line
    with pytest.raises(LocalFault):
        session.send(line, 1.0)
    other = React(rid=session.next_rid(), kind="wave")
    session.send(other, 1.0)
    error = ErrorMessage(code="rate_limited", text="wait", rid=other.rid)
    assert session.receive(encode(error), 1.1) == [Answered(other, error)]
    assert session.receive(encode(Ack(rid=line.rid)), 1.1) == [Answered(line, None)]
    # an answer to nothing is just a message
    assert session.receive(encode(Ack(rid=line.rid)), 1.1) == [Received(Ack(rid=line.rid))]


def test_client_pings_when_it_has_nothing_to_say() -> None:
    session = _open_client()
    assert session.tick(10.0) == []
    session.said(5.0)  # a pose
    assert session.tick(14.9) == []
    (send,) = session.tick(15.0)
    ping = decode_client(send.data)
    assert ping.t == "ping"
    assert session.tick(15.1) == []
    session.receive(encode(Pong(id=ping.id, client_ms=ping.client_ms, server_ms=1)), 15.25)
    assert session.rtt_s == pytest.approx(0.25)


def test_client_gives_up_on_a_dead_line() -> None:
    session = ClientSession(0.0)
    session.hello(HELLO)
    assert session.tick(9.9) == []
    assert session.tick(10.0) == [Close(CloseCode.HELLO_TIMEOUT, "no welcome came")]
    session = _open_client(ping_every_s=100.0)
    assert session.deadline_s == pytest.approx(20.1)
    assert session.tick(20.2) == [Close(CloseCode.IDLE_TIMEOUT, "the server fell silent")]
    assert session.phase is Phase.CLOSED


def test_client_passes_over_what_it_does_not_know_or_want() -> None:
    session = _open_client(pass_over=frozenset({"chat"}))
    assert session.receive(msgpack.packb({"t": "fireworks"}), 1.0) == []
    assert session.receive(encode(Chat(id=1, from_=2, name="a", text="b", at_ms=3)), 1.0) == []
    (hot,) = session.receive(SNAPSHOT, 1.0)
    assert hot == Hot(FrameKind.SNAPSHOT, memoryview(SNAPSHOT))


@pytest.mark.parametrize(
    "data", [POSE, b"", b"\xa0x", msgpack.packb({"t": "overload", "level": 8}), encode(WELCOME)]
)
def test_client_gives_up_on_a_broken_server(data: bytes) -> None:
    session = _open_client()
    (close,) = session.receive(data, 1.0)
    assert close.code is CloseCode.MALFORMED
    assert session.receive(SNAPSHOT, 1.0) == []


def test_client_takes_nothing_but_welcome_or_refusal_first() -> None:
    session = ClientSession(0.0)
    session.hello(HELLO)
    closing = Closing(reason="room_full", text="full")
    assert session.receive(encode(closing), 0.1) == [Received(closing)]
    (close,) = session.receive(encode(Overload(level=1, text="")), 0.1)
    assert close.code is CloseCode.MALFORMED


def test_client_leaves() -> None:
    session = _open_client()
    assert decode_client(session.send(Leave(), 1.0)) == Leave()
    assert session.phase is Phase.CLOSED
    with pytest.raises(LocalFault):
        session.send(Away(on=True), 1.0)
    with pytest.raises(LocalFault):
        ClientSession(0.0).send(Leave(), 0.0)


def test_both_ends_together() -> None:
    server, client = ServerSession(0.0), ClientSession(0.0)
    server.receive(client.hello(HELLO), 0.1)
    client.receive(server.welcome(WELCOME), 0.2)
    line = ChatLine(rid=client.next_rid(), text="hi")
    (received,) = server.receive(client.send(line, 0.3), 0.4)
    assert received == Received(line)
    assert client.receive(server.ack(line.rid), 0.5) == [Answered(line, None)]
    (send, close) = server.close(CloseCode.REMOVED)
    (told,) = client.receive(send.data, 0.6)
    assert told.message.reason == "removed"
    assert close.code == 4410
