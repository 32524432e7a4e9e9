"""The loop of the plane's thread: wait, obey, read, forward, send; it returns only to stop."""

from hearth_protocol.kernels._jit import inner, kernel
from hearth_server.voice.kernels.inbound import take_batch
from hearth_server.voice.kernels.layout import (
    HEARTBEAT_NS,
    ORDER_FD,
    READ_BATCH,
    ROUNDS,
    STOP,
    State,
)
from hearth_server.voice.kernels.messages import ring_bell
from hearth_server.voice.kernels.native import (
    MSG_DONTWAIT,
    POLLIN,
    monotonic_ns,
    poll,
    read,
    recvmmsg,
)
from hearth_server.voice.kernels.orders import obey
from hearth_server.voice.kernels.outbound import flush


@kernel
def serve(s: State, rounds: int, wait_ms: int) -> None:
    """Make rounds until `flags[STOP]` is set, or so many; -1: no limit.

    A round waits up to `wait_ms` for something to do.
    """
    while s.flags[STOP] == 0 and rounds != 0:
        turn(s, wait_ms)
        rounds -= 1


@inner
def turn(s: State, wait_ms: int) -> None:
    """Make one round."""
    sockets = s.polls.shape[0] - 1
    for at in range(sockets + 1):
        s.polls[at] = (s.polls[at] & 0xFFFF_FFFF) | (POLLIN << 32)
    poll(s.polls.ctypes.data, sockets + 1, wait_ms)
    now_ns = monotonic_ns(s.scratch)
    s.flags[HEARTBEAT_NS] = now_ns
    s.scratch[0] = 0
    if ready(s, sockets) and read(s.natives[ORDER_FD], s.scratch.ctypes.data, 8) == 8:
        obey(s, s.scratch[0], now_ns)
    for socket in range(sockets):
        if ready(s, socket):
            drain(s, socket, now_ns)
    for lane in range(sockets):
        flush(s, lane)
    ring_bell(s)
    s.flags[ROUNDS] += 1


@inner
def ready(s: State, at: int) -> bool:
    """Say whether a descriptor has news: something to read, or an error to be read away."""
    return bool((s.polls[at] >> 48) & 0xFFFF != 0)


@inner
def drain(s: State, socket: int, now_ns: int) -> None:
    """Read one batch from a socket and forward it."""
    for row in range(READ_BATCH):
        s.read_headers[row, 1] = 32  # room for the sender's address
        s.read_headers[row, 6] = 0
        for word in range(4):
            s.read_names[row, word] = 0
    fd = s.polls[socket] & 0xFFFF_FFFF
    count = recvmmsg(fd, s.read_headers.ctypes.data, READ_BATCH, MSG_DONTWAIT, 0)
    if count > 0:
        take_batch(s, socket, count, now_ns)
