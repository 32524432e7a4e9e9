"""Control messages as the bytes a socket takes: msgpack in one unmasked WebSocket frame."""

from typing import Any

import msgpack

from hearth_protocol.codec import encode
from hearth_protocol.control import AnyServerMessage
from hearth_protocol.framing import server_frame


def pack(message: AnyServerMessage) -> bytes:
    """Encode one message once, for however many receivers."""
    return server_frame(encode(message))


class Alike:
    """Messages that differ in one field: everything else is worked out once.

    Args:
        message: one of them.
        field: what differs, by its name on the wire.
    """

    def __init__(self, message: AnyServerMessage, field: str) -> None:
        self._fields: dict[str, Any] = message.model_dump(by_alias=True, exclude_none=True)
        self._field = field

    def pack(self, value: int) -> bytes:
        """Encode the one with this value, which the caller vouches for."""
        self._fields[self._field] = value
        packed: bytes = msgpack.packb(self._fields)
        return server_frame(packed)
