"""Compile the socket kernels by running them over no socket at all."""

from collections.abc import Callable

import numpy as np

from hearth_server.realtime.kernels import sockets


def _receive_and_send() -> None:
    nobody = np.zeros(0, np.int64)
    fds = np.full(1, -1, np.int32)
    sockets.receive(
        nobody,
        fds,
        np.ones(1, np.bool_),
        np.zeros(32, np.int64),
        np.zeros(2, np.int64),
        np.zeros((1, 128), np.uint8),
        np.zeros(1, np.uint32),
        np.zeros(1, np.int32),
        np.zeros(4096, np.uint8),
        np.zeros((1, 3), np.int64),
    )
    lengths = np.zeros(1, np.int32)
    arena = np.zeros(8, np.uint8)
    offsets = np.zeros(1, np.int64)
    sockets.send(
        nobody,
        fds,
        np.zeros(16, np.int64),
        arena,
        offsets,
        lengths,
        arena,
        offsets,
        lengths,
        np.zeros(1, np.int64),
    )


#: Name of a group of kernels, and a call that compiles it.
WARMUPS: list[tuple[str, Callable[[], None]]] = [("socket plane", _receive_and_send)]
