"""A client's opening handshake (RFC 6455, sections 4.1 and 4.2.2), as little of it as suffices.

Thousands of bots come in at once, and a whole HTTP parser for each of them would cost more than
everything else that a join costs the generator.
"""

from urllib.parse import urlsplit

from websockets.utils import accept_key, generate_key

SUBPROTOCOL = "hearth.v1"


class Handshake:
    """One request to upgrade, and the judgement of the answer."""

    def __init__(self, url: str) -> None:
        """Ask for `ws://host:port/path`; `request` is to be sent first."""
        parts = urlsplit(url)
        key = generate_key()
        self._accept = accept_key(key)
        self.request = (
            f"GET {parts.path or '/'} HTTP/1.1\r\n"
            f"Host: {parts.netloc}\r\n"
            "Upgrade: websocket\r\n"
            "Connection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n"
        ).encode("ascii")

    def fault_of(self, head: bytes) -> str | None:
        """Say what is wrong with an answer's head, from its first line to the empty one."""
        first, *lines = head.decode("latin-1").split("\r\n")
        status = first.split(" ", 2)
        if len(status) < 2 or status[0] != "HTTP/1.1":
            return "not HTTP"
        if status[1] != "101":
            return f"HTTP {status[1]}"
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        connection = {each.strip().lower() for each in headers.get("connection", "").split(",")}
        faults = {
            "not upgraded": headers.get("upgrade", "").lower() != "websocket"
            or "upgrade" not in connection,
            "wrong Sec-WebSocket-Accept": headers.get("sec-websocket-accept") != self._accept,
            "an extension nobody asked for": "sec-websocket-extensions" in headers,
            "wrong subprotocol": headers.get("sec-websocket-protocol") != SUBPROTOCOL,
        }
        return next((fault for fault, found in faults.items() if found), None)
