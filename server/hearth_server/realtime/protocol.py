"""The class uvicorn hands upgrade requests to: the door of the realtime side.

It bypasses every HTTP middleware, so path, Origin, subprotocol and address limits are checked
here. Framing is in `wire.py`; what messages mean is in `connection.py`.
"""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from uvicorn.protocols.utils import get_remote_addr
from uvicorn.server import ServerState
from websockets.http11 import Request

from hearth_protocol.errors import CloseCode
from hearth_server.errors import Refusal
from hearth_server.realtime.connection import Connection
from hearth_server.realtime.handshake import check_upgrade, header_pairs, http_status
from hearth_server.realtime.sockets import tune
from hearth_server.realtime.wire import Wire

if TYPE_CHECKING:
    from hearth_server.realtime.shard import Shard


class RealtimeProtocol(Wire):
    """One upgraded connection.

    Args:
        shard: where it leads.
        server_state: uvicorn's list of connections.
        loop: the event loop.
    """

    def __init__(
        self, shard: "Shard", server_state: ServerState, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(loop)
        self.shard = shard
        self._server_state = server_state
        self._connection: Connection | None = None
        self._counted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Register with uvicorn, so that a stop reaches this connection."""
        super().connection_made(transport)
        self._server_state.connections.add(self)  # type: ignore[arg-type]

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is gone, by whichever side."""
        self._server_state.connections.discard(self)
        super().connection_lost(exc)
        connection, self._connection = self._connection, None
        if connection is not None:
            if not self._counted:
                self.shard.metrics.closes.add("lost")
            connection.lost()

    def request_received(self, request: Request) -> None:
        """Let the upgrade in, or answer it with an HTTP error."""
        shard = self.shard
        peer = get_remote_addr(self.transport)
        address = shard.addresses.client(peer[0] if peer else None, header_pairs(request.headers))
        refusal = (
            shard.refuses_all()
            or check_upgrade(request, shard.addresses)
            or shard.limits.take("handshake", address)
        )
        if refusal is not None:
            self._refuse(refusal)
            return
        response = self.ws.accept(request)
        self.ws.send_response(response)
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            shard.metrics.refusals.add("bad_handshake")
            self.flush()
            self._cut_later()
            return
        tune(self.transport)
        self.flush()
        self._connection = Connection(self, shard, address)

    def message_received(self, payload: bytes) -> None:
        """Hand a message to the connection."""
        if self._connection is not None:
            self._connection.message(payload)

    def frame_received(self) -> bool:
        """Count the frame against the connection's limits."""
        return self._connection is None or self._connection.may_receive()

    def closed_by(self, code: int, remote: bool) -> None:
        """Count the close under its name, once, and let go of the seat."""
        if self._counted:
            return
        self._counted = True
        self.shard.metrics.closes.add(close_label(code, remote))
        if self._connection is not None:
            self._connection.wire_closed(code, remote)

    def failed(self) -> None:
        """Our own code failed: say that it was us."""
        if self._connection is not None:
            self._connection.close(CloseCode.INTERNAL, retry_after_s=1.0)
        else:
            self.abort()

    def shutdown(self) -> None:
        """Uvicorn stops: say why and close."""
        if self._connection is not None:
            self._connection.close(CloseCode.SERVER_STOPPING, retry_after_s=5.0)
        else:
            self.transport.close()

    def _refuse(self, refusal: Refusal) -> None:
        self.shard.metrics.refusals.add(refusal.code)
        self.ws.send_response(self.ws.reject(http_status(refusal), refusal.text + "\n"))
        self.flush()
        self._cut_later()


def close_label(code: int, remote: bool) -> str:
    """Name a close code for metrics; strangers' codes get one name so labels stay bounded."""
    try:
        label = CloseCode(code).label
    except ValueError:
        label = "going_away" if code == 1001 else "other"
    return f"client_{label}" if remote else label
