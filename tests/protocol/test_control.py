"""Control messages: round trips, limits, and bytes that are nobody's message."""

from contextlib import suppress

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_protocol import limits as L
from hearth_protocol.codec import decode_client, decode_server, encode, unpack
from hearth_protocol.control import (
    Bounds,
    Chat,
    ChatLine,
    ClientInfo,
    Hello,
    Ping,
    ProfileChange,
    Roster,
)
from hearth_protocol.errors import Malformed, MalformedFrame

CLIENT = ClientInfo(name="test", version="1")


def _reason(value: object) -> Malformed:
    with pytest.raises(MalformedFrame) as raised:
        decode_client(msgpack.packb(value))
    return raised.value.reason


printable = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cf"]), min_size=1, max_size=L.CHAT_LENGTH
).filter(str.strip)


@settings(max_examples=60)
@given(printable, st.integers(0, L.U32_MAX))
def test_chat_round_trip(text: str, rid: int) -> None:
    line = ChatLine(rid=rid, text=text)
    assert decode_client(encode(line)) == line
    assert line.text == text.strip()


@settings(max_examples=60)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(1 << 63), (1 << 64) - 1)
        | st.text()
        | st.floats(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=10,
    )
)
def test_any_msgpack_is_a_message_or_refused(value: object) -> None:
    for decode in (decode_client, decode_server):
        with suppress(MalformedFrame):  # and nothing else
            decode(msgpack.packb(value))


@settings(max_examples=200)
@given(st.binary(max_size=120))
def test_any_bytes_are_a_message_or_refused(noise: bytes) -> None:
    for data in (noise, b"\x82\xa1t\xa4ping" + noise):
        with suppress(MalformedFrame):  # and nothing else
            decode_client(data)


@pytest.mark.parametrize(
    "data",
    [
        b"\x91" * 5000,  # deep
        b"\x81\xa1t" * 2000,  # deep maps
        b"\xdd\xff\xff\xff\xff",  # four billion entries
        b"\xdb\xff\xff\xff\xff",  # four billion characters
        b"\xc6\xff\xff\xff\xff",  # four billion bytes
        b"\xc7\x04\x01abcd",  # an extension
        b"\xd6\xff\0\0\0\0",  # a timestamp
        b"\xc4\x01x",  # binary
    ],
)
def test_hostile_msgpack_is_cheap_to_refuse(data: bytes) -> None:
    with pytest.raises(MalformedFrame) as raised:
        unpack(data)
    assert raised.value.reason in {Malformed.NOT_MSGPACK, Malformed.NOT_A_MAP}


def test_unknown_fields_are_ignored_and_absent_ones_left_out() -> None:
    data = msgpack.packb({"t": "profile", "rid": 1, "name": "Ada", "hat": "tall"})
    message = decode_client(data)
    assert message == ProfileChange(rid=1, name="Ada")
    assert msgpack.unpackb(encode(message)) == {"t": "profile", "rid": 1, "name": "Ada"}


def test_limits_are_at_the_limit() -> None:
    chat = {"t": "chat", "rid": 1, "text": "x" * L.CHAT_LENGTH}
    assert decode_client(msgpack.packb(chat)).t == "chat"
    assert _reason(chat | {"text": "x" * (L.CHAT_LENGTH + 1)}) is Malformed.BAD_FIELD
    # counted in code points, and white space around the text does not count
    assert decode_client(msgpack.packb(chat | {"text": "🔥" * L.CHAT_LENGTH})).t == "chat"
    assert decode_client(msgpack.packb(chat | {"text": " " * 9 + chat["text"]})).t == "chat"
    hello = Hello(ticket="t", client=CLIENT, device="vr").model_dump(exclude_none=True)
    most = [f"x-{i}" for i in range(L.FEATURES_MAX)]
    assert decode_client(msgpack.packb(hello | {"features": most})).t == "hello"
    assert _reason(hello | {"features": [*most, "x-more"]}) is Malformed.BAD_FIELD
    assert _reason(hello | {"features": ["X-loud"]}) is Malformed.BAD_FIELD
    assert _reason(hello | {"ticket": "t" * (L.TOKEN_LENGTH + 1)}) is Malformed.BAD_FIELD


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00b", "a\u202eb", "a\u2066b", "x" * 33])
def test_names_that_could_deceive_are_refused(name: str) -> None:
    assert _reason({"t": "profile", "rid": 1, "name": name}) is Malformed.BAD_FIELD


@pytest.mark.parametrize("name", ["Ada", "Gróa", "李", "🔥", "محمد", "a b", "x" * 32])
def test_names_of_all_kinds_are_taken(name: str) -> None:
    assert decode_client(msgpack.packb({"t": "profile", "rid": 1, "name": name})).name == name


def test_numbers_are_not_guessed() -> None:
    assert _reason({"t": "ping", "id": 1.0, "client_ms": 0}) is Malformed.BAD_FIELD
    assert _reason({"t": "ping", "id": "1", "client_ms": 0}) is Malformed.BAD_FIELD
    assert _reason({"t": "ping", "id": -1, "client_ms": 0}) is Malformed.BAD_FIELD
    # where a number may have a fraction, whole ones are welcome
    assert Bounds.model_validate({"min": [0, 0, 0], "max": [1, 2.5, 3]}).max == (1.0, 2.5, 3.0)
    with pytest.raises(ValueError, match="finite"):
        Bounds.model_validate({"min": [0, 0, float("nan")], "max": [1, 2, 3]})


def test_roster_pages_are_bounded() -> None:
    left = [{"id": i + 1} for i in range(L.ROSTER_PAGE)]
    assert len(Roster.model_validate({"left": left}).left) == L.ROSTER_PAGE
    with pytest.raises(MalformedFrame):
        decode_server(msgpack.packb({"t": "roster", "left": [*left, {"id": 9999}]}))


def test_from_is_spelt_so_on_the_wire() -> None:
    chat = Chat(id=1, from_=2, name="a", text="b", at_ms=3)
    assert msgpack.unpackb(encode(chat))["from"] == 2
    assert decode_server(encode(chat)) == chat


def test_client_milliseconds_survive_beyond_32_bits() -> None:
    ping = Ping(id=1, client_ms=1_900_000_000_000)
    assert decode_client(encode(ping)) == ping
