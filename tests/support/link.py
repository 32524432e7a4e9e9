"""A TCP link that a test can cut and mend, as Wi-Fi does: while cut, bytes go nowhere."""

import contextlib
import socket
import threading


class CuttableLink:
    """Forwards one loopback port to another until it is cut.

    While cut, open connections stay open and silent (nobody is told, as with a dead access
    point) and new ones are dropped. Mending does not revive the old connections: their bytes
    are gone, so they are closed.
    """

    def __init__(self, target_port: int) -> None:
        self._target = ("127.0.0.1", target_port)
        self._whole = threading.Event()
        self._whole.set()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Let every byte in either direction vanish from now on."""
        self._whole.clear()

    def mend(self) -> None:
        """Carry new connections again."""
        stale, self._sockets = self._sockets, []
        for end in stale:
            _shut(end)
        self._whole.set()

    def close(self) -> None:
        """Stop forwarding for good."""
        _shut(self._listener)
        for end in self._sockets:
            _shut(end)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self._whole.is_set():
                _shut(near)
                continue
            far = socket.create_connection(self._target)
            self._sockets += [near, far]
            for source, sink in ((near, far), (far, near)):
                source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                if self._whole.is_set():
                    sink.sendall(data)
        if self._whole.is_set():
            _shut(sink)


def _shut(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
