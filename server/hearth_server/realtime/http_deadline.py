"""uvicorn's HTTP protocol with a deadline on request headers, against dripping clients.

An upgrade reaches the realtime protocol only with its headers complete, so the slow handshake
has to be ended here.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADER_TIMEOUT_S: Final = 5.0


class DeadlineHttpProtocol(HttpToolsProtocol):
    """Closes connections whose request headers are not complete within 5 s.

    The first request must begin within the same time; later ones on a kept-alive connection
    are covered by uvicorn's keep-alive timeout until their first byte.
    """

    header_timeout_s: float = HEADER_TIMEOUT_S
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start waiting for the first request."""
        super().connection_made(transport)
        self._expect_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._headers_came()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """The first byte of a request: its headers are due soon."""
        super().on_message_begin()
        self._expect_headers()

    def on_headers_complete(self) -> None:
        """The headers are here."""
        self._headers_came()
        super().on_headers_complete()

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over; this protocol is done."""
        self._headers_came()
        super().handle_websocket_upgrade()

    def _expect_headers(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.header_timeout_s, self._too_slow)

    def _headers_came(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._deadline = None
        transport: Any = self.transport
        if not transport.is_closing():
            transport.write(
                b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
            )
            transport.close()
