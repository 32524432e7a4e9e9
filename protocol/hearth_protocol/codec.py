"""Control messages to bytes and back: one msgpack map, checked against its model."""

from typing import Any, TypeVar

import msgpack
from pydantic import TypeAdapter, ValidationError

from hearth_protocol.control import (
    CLIENT_ADAPTER,
    CLIENT_MESSAGES,
    SERVER_ADAPTER,
    SERVER_MESSAGES,
    AnyClientMessage,
    AnyServerMessage,
)
from hearth_protocol.errors import Malformed, MalformedFrame
from hearth_protocol.fields import WireModel
from hearth_protocol.limits import ROSTER_PAGE

Bytes = bytes | bytearray | memoryview
M = TypeVar("M")

_ENTRIES_MAX = 4 * ROSTER_PAGE
_VERSIONED = ("hello", "welcome")


def encode(message: WireModel) -> bytes:
    """Give the bytes of a message; fields that are None are left out."""
    packed: bytes = msgpack.packb(message.model_dump(by_alias=True, exclude_none=True))
    return packed


def unpack(data: Bytes) -> dict[str, Any]:
    """Read one msgpack map with a text `t`, whatever else is in it.

    Raises:
        MalformedFrame: not msgpack within the limits, or not such a map.
    """
    try:
        value = msgpack.unpackb(
            data,
            strict_map_key=True,
            max_array_len=_ENTRIES_MAX,
            max_map_len=_ENTRIES_MAX,
            max_bin_len=0,
            max_ext_len=0,
        )
    except (ValueError, msgpack.UnpackException, RecursionError) as fault:
        # UnicodeDecodeError, StackError, ExtraData and FormatError are all ValueErrors
        raise MalformedFrame(Malformed.NOT_MSGPACK, str(fault)) from fault
    if not isinstance(value, dict) or not isinstance(value.get("t"), str):
        raise MalformedFrame(Malformed.NOT_A_MAP, "a control message is a map with a text `t`")
    return value


def decode_client(data: Bytes) -> AnyClientMessage:
    """Read a client's message.

    Raises:
        MalformedFrame: with the reason; UNKNOWN_MESSAGE and BAD_FIELD can be answered by an
            `error`, the others cannot be anybody's honest message.
    """
    return check_client(unpack(data))


def decode_server(data: Bytes) -> AnyServerMessage:
    """Read a server's message.

    Raises:
        MalformedFrame: with the reason. A client passes over UNKNOWN_MESSAGE.
    """
    return check_server(unpack(data))


def check_client(value: dict[str, Any]) -> AnyClientMessage:
    """Check an unpacked map as a client's message (raises as `decode_client`)."""
    return _check(value, CLIENT_ADAPTER, CLIENT_MESSAGES)


def check_server(value: dict[str, Any]) -> AnyServerMessage:
    """Check an unpacked map as a server's message (raises as `decode_server`)."""
    return _check(value, SERVER_ADAPTER, SERVER_MESSAGES)


def _check(value: dict[str, Any], adapter: TypeAdapter[M], known: dict[str, type[WireModel]]) -> M:
    kind = value["t"]
    if kind not in known:
        raise MalformedFrame(Malformed.UNKNOWN_MESSAGE, f"no message is called {kind[:32]!r}")
    if kind in _VERSIONED and "v" not in value:
        raise MalformedFrame(Malformed.BAD_FIELD, "v: Field required")
    try:
        return adapter.validate_python(value)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or kind
        raise MalformedFrame(Malformed.BAD_FIELD, f"{where}: {first['msg']}"[:300]) from fault
