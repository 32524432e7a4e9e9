"""A process that has everything loaded and forks voice workers, so that one is there at once.

Loading libraries and compiled code takes a second or two; a fork takes milliseconds, and both
share their memory. It works nothing itself: no event loop, no thread, no socket but the one it
is asked on. Each request carries one end of a link; the worker's first word on it is its pid, and
when it has ended the nursery tells how.

`python -m hearth_server.voice.nursery --plane P --data-dir D --fd N`. It ends when the other end
of N closes; its workers end with their own links.
"""

import argparse
import contextlib
import gc
import os
import signal
import socket
import sys
import tempfile
from pathlib import Path

from hearth_server.clock import SystemClock
from hearth_server.voice.plane_choice import NoSuchPlaneError, open_plane
from hearth_server.voice.supervisor import ENDED
from hearth_server.voice.worker import work
from hearth_server.warmup import VOICE_PACKAGES, prepare_cache, warm_kernels


class _Nobody:
    """A sink for a plane that is opened to be loaded only."""

    def on_datagram(self, socket_index: int, data: bytes, address: bytes) -> None:
        """Ignore it."""

    def tcp_out(self, index: int, packet: bytes) -> None:
        """Ignore it."""

    def on_talk(self) -> None:
        """Ignore it."""


def main() -> int:
    """Fork a worker for each request, until nobody can ask any more."""
    parser = argparse.ArgumentParser(description="Forks Hearth's voice workers.")
    parser.add_argument("--plane", default="auto", help="the plane to load beforehand")
    parser.add_argument("--data-dir", default="", help="where compiled code may be kept")
    parser.add_argument("--fd", type=int, required=True, help="where requests come from")
    options = parser.parse_args()
    # Ctrl-C reaches the whole process group; the node says when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    prepare_cache(Path(options.data_dir or tempfile.gettempdir()))
    if options.plane != "python":
        # One process at a time fills the cache; a plane that cannot be had says so below.
        with contextlib.suppress(Exception):
            warm_kernels(lambda _: None, VOICE_PACKAGES)
    with contextlib.suppress(NoSuchPlaneError):  # the worker tells the node in words
        open_plane(options.plane, _Nobody(), SystemClock(), 1).plane.stop()
    gc.collect()
    gc.freeze()  # what is loaded stays shared
    with socket.socket(fileno=options.fd) as requests:
        return _serve(requests)


def _serve(requests: socket.socket) -> int:
    def bury(*_: object) -> None:
        """Tell the node how workers ended. A node that has vanished needs no answer."""
        with contextlib.suppress(ChildProcessError, OSError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                requests.send(ENDED.pack(ended[0], os.waitstatus_to_exitcode(ended[1])))

    signal.signal(signal.SIGCHLD, bury)
    while True:
        data, fds, _, _ = socket.recv_fds(requests, 1, 1)
        if not data:
            return 0
        if os.fork() == 0:
            requests.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            return work(fds[0])
        for fd in fds:
            os.close(fd)


if __name__ == "__main__":
    sys.exit(main())
