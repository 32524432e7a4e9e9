"""A node that lets people in when the test says so: tickets, handshake, hello, welcome."""

import json
import socket
import threading
from collections import Counter
from types import TracebackType
from typing import Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve
from websockets.typing import Subprotocol

from hearth_protocol import codec, control
from tests.loadtest.test_entry import WELCOME


class SlowNode:
    """HTTP for tickets on one port, WebSockets on another."""

    def __init__(self) -> None:
        self.let_in = threading.Event()
        #: Tickets that are answered as expired, once each.
        self.expired: set[str] = set()
        self.hellos: list[str] = []
        self.left: list[str] = []
        self.fetched: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._next = 0
        self._tickets = socket.create_server(("127.0.0.1", 0))
        self.ticket_port: int = self._tickets.getsockname()[1]
        self._server: Server = serve(
            self._converse,
            "127.0.0.1",
            0,
            subprotocols=[Subprotocol("hearth.v1")],
            compression=None,
        )
        self.port: int = self._server.socket.getsockname()[1]
        self._threads = [
            threading.Thread(target=self._server.serve_forever),
            threading.Thread(target=self._serve_tickets),
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.let_in.set()
        self._server.shutdown()
        self._tickets.shutdown(socket.SHUT_RDWR)
        self._tickets.close()
        for thread in self._threads:
            thread.join(10)

    def _serve_tickets(self) -> None:
        while True:
            try:
                connection, _ = self._tickets.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                while lines.readline():
                    size = 0
                    while (line := lines.readline().strip()) != b"":
                        name, _, value = line.partition(b":")
                        if name.lower() == b"content-length":
                            size = int(value)
                    connection.sendall(self._answer(json.loads(lines.read(size))["count"]))

    def _answer(self, count: int) -> bytes:
        with self._lock:
            tickets = [f"ticket-{self._next + n}" for n in range(count)]
            self._next += count
            self.fetched[count] += 1
        body = json.dumps({"tickets": tickets, "url": "/rt"}).encode()
        return b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    def _converse(self, connection: ServerConnection) -> None:
        try:
            hello = codec.decode_client(bytes(connection.recv()))
            assert isinstance(hello, control.Hello)
            ticket = hello.ticket or ""
            with self._lock:
                self.hellos.append(ticket)
                expired = ticket in self.expired
            if expired:
                closing = control.Closing(reason="ticket_expired", text="Too late.")
                connection.send(codec.encode(closing))
                return
            self.let_in.wait(30)
            number = int(ticket.removeprefix("ticket-"))
            welcome = WELCOME.model_copy(update={"participant": 1000 + number})
            connection.send(codec.encode(welcome))
            connection.recv()
        except ConnectionClosed:
            pass
        with self._lock:
            self.left.append(ticket)
