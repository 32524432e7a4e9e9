"""Control messages as the bytes a socket takes: msgpack in one unmasked WebSocket frame."""

from hearth_protocol.codec import encode
from hearth_protocol.control import AnyServerMessage
from hearth_protocol.framing import server_frame


def pack(message: AnyServerMessage) -> bytes:
    """Encode one message once, for however many receivers."""
    return server_frame(encode(message))
