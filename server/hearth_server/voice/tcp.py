"""Voice over TCP for people whose network lets no UDP through: ICE-TCP, passive side.

RFC 6544 with the frames of RFC 4571: a big-endian u16 length before each datagram. A connection
belongs to nobody until its first authentic STUN check; until then it may say little and not for
long. Knows frames and limits, not what is in them.
"""

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Literal, cast

from hearth_server.clock import Clock

MAX_FRAME_BYTES: Final = 2048
#: Voice that cannot leave at once is worth nothing later.
MAX_QUEUED_MEDIA_BYTES: Final = 64 << 10
MAX_QUEUED_CONTROL_BYTES: Final = 128 << 10
MAX_UNPROVEN: Final = 512
MAX_UNPROVEN_PER_ADDRESS: Final = 128
PROVE_WITHIN_S: Final = 5.0
IDLE_S: Final = 30.0

_LENGTH = struct.Struct("!H")


class TcpPath(asyncio.Protocol):
    """One connection. `proven` is set by whoever has seen an authentic check on it."""

    kind: Final[Literal["tcp"]] = "tcp"

    def __init__(self, listener: "TcpListener") -> None:
        self._listener = listener
        self._held = bytearray()
        self._transport: asyncio.Transport | None = None
        self.ip = b""
        self.port = 0
        self.heard_s = 0.0
        self.proven = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note where it comes from; too many newcomers are shown out."""
        transport = cast("asyncio.Transport", transport)  # uvloop's are of no such class
        self._transport = transport
        name = transport.get_extra_info("peername")
        family = socket.AF_INET6 if ":" in name[0] else socket.AF_INET
        self.ip = socket.inet_pton(family, name[0].partition("%")[0])
        self.port = name[1]
        self._listener.arrived(self)

    def data_received(self, data: bytes) -> None:
        """Cut the stream into frames."""
        held = self._held
        held += data
        at = 0
        while len(held) - at >= 2 and self._transport is not None:
            (length,) = _LENGTH.unpack_from(held, at)
            if length > MAX_FRAME_BYTES:
                self._listener.refuse(self)
                return
            if len(held) - at - 2 < length:
                break
            frame = bytes(held[at + 2 : at + 2 + length])
            at += 2 + length
            if frame and not self._listener.frame(self, frame):
                return
        del held[:at]

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the listener."""
        self._transport = None
        self._held.clear()
        self._listener.gone(self)

    def send(self, data: bytes) -> bool:
        """Send STUN, DTLS or RTCP; False if too much waits already."""
        return self._write(data, MAX_QUEUED_CONTROL_BYTES)

    def send_media(self, data: bytes) -> bool:
        """Send RTP; False if it would come too late to be heard."""
        return self._write(data, MAX_QUEUED_MEDIA_BYTES)

    def _write(self, data: bytes, limit: int) -> bool:
        transport = self._transport
        if transport is None or transport.is_closing():
            return False
        if transport.get_write_buffer_size() > limit:
            return False
        transport.write(_LENGTH.pack(len(data)) + data)
        return True

    def close(self) -> None:
        """Drop the connection and what waits in it."""
        if self._transport is not None:
            self._transport.abort()
            self._transport = None


class TcpListener:
    """All TCP connections of the worker.

    Args:
        on_frame: called with each frame, the first of a connection included.
        on_gone: called when a connection has ended.
        counts: where refusals are counted by name.
        clock: tells how long a connection has been silent.
    """

    def __init__(
        self,
        on_frame: Callable[[TcpPath, bytes], None],
        on_gone: Callable[[TcpPath], None],
        counts: Counter[str],
        clock: Clock,
    ) -> None:
        self._on_frame = on_frame
        self._on_gone = on_gone
        self._counts = counts
        self._clock = clock
        self._paths: set[TcpPath] = set()
        self._servers: list[asyncio.Server] = []

    async def listen(self, sockets: Sequence[socket.socket]) -> None:
        """Accept connections on these bound sockets."""
        loop = asyncio.get_running_loop()
        for bound in sockets:
            self._servers.append(await loop.create_server(lambda: TcpPath(self), sock=bound))

    def close(self) -> None:
        """Stop listening and drop all connections."""
        for server in self._servers:
            server.close()
        for path in list(self._paths):
            path.close()

    def sweep(self) -> None:
        """Drop connections that prove nothing or say nothing; call about once a second."""
        now_s = self._clock.monotonic_s()
        for path in list(self._paths):
            if now_s - path.heard_s > (IDLE_S if path.proven else PROVE_WITHIN_S):
                self._counts["tcp_idle"] += 1
                path.close()

    def arrived(self, path: TcpPath) -> None:
        """Take a connection in, or show it out if too many like it prove nothing."""
        path.heard_s = self._clock.monotonic_s()
        unproven = [each for each in self._paths if not each.proven]
        same = sum(each.ip == path.ip for each in unproven)
        self._paths.add(path)
        if len(unproven) >= MAX_UNPROVEN or same >= MAX_UNPROVEN_PER_ADDRESS:
            self._counts["tcp_crowded"] += 1
            path.close()

    def frame(self, path: TcpPath, frame: bytes) -> bool:
        """Hand on a frame; say whether the connection may go on."""
        if not path.proven and frame[0] > 3:
            self.refuse(path)
            return False
        path.heard_s = self._clock.monotonic_s() if path.proven else path.heard_s
        self._on_frame(path, frame)
        return True

    def refuse(self, path: TcpPath) -> None:
        """Drop a connection that does not speak our language."""
        self._counts["tcp_bad"] += 1
        path.close()

    def gone(self, path: TcpPath) -> None:
        """Forget a connection."""
        self._paths.discard(path)
        self._on_gone(path)
