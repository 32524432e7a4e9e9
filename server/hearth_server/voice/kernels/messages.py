"""Messages from the plane's thread to the event loop: a ring, and an eventfd that counts them."""

from hearth_protocol.kernels._jit import inner
from hearth_server.voice.kernels.layout import (
    CONTROL_FULL,
    I64,
    MESSAGE_FD,
    MESSAGE_HEAD,
    NEXT_MESSAGE,
    READ_MESSAGES,
    TOLD,
    U8,
    State,
)
from hearth_server.voice.kernels.native import write


@inner
def open_message(s: State, kind: int, who: int, size: int) -> int:
    """Return the row of a new message, or -1 if Python has not read enough of the old ones."""
    rows = s.messages.shape[0]
    if s.flags[NEXT_MESSAGE] - s.flags[READ_MESSAGES] >= rows:
        s.counts[CONTROL_FULL] += 1
        return -1
    row = s.flags[NEXT_MESSAGE] % rows
    s.flags[NEXT_MESSAGE] += 1
    s.messages[row, 0] = kind
    s.messages[row, 1] = who
    s.messages[row, 2] = size
    s.messages[row, 3] = 0
    return int(row)


@inner
def pack(target: I64, row: int, at: int, data: U8, source: int, begin: int, size: int) -> None:
    """Copy bytes data[source, begin : begin + size] to words target[row, at :], padded with 0."""
    whole = size >> 3
    for word in range(whole):
        first = begin + 8 * word
        value = 0
        for byte in range(8):
            value |= data[source, first + byte] << (8 * byte)
        target[row, at + word] = value
    value = 0
    for byte in range(size & 7):
        value |= data[source, begin + 8 * whole + byte] << (8 * byte)
    if size & 7:
        target[row, at + whole] = value


@inner
def tell_datagram(s: State, kind: int, socket: int, row: int, size: int) -> None:
    """Hand a received datagram to Python, with its sender."""
    message = open_message(s, kind, socket, size)
    if message < 0:
        return
    s.messages[message, 3] = s.read_headers[row, 1] & 0xFFFF_FFFF
    for word in range(4):
        s.messages[message, 4 + word] = s.read_names[row, word]
    pack(s.messages, message, MESSAGE_HEAD, s.read_bytes, row, 0, size)


@inner
def ring_bell(s: State) -> None:
    """Wake the event loop if there is something new to read."""
    new = s.flags[NEXT_MESSAGE] - s.flags[TOLD]
    if new > 0 and s.natives[MESSAGE_FD] > 0:
        s.scratch[0] = new
        if write(s.natives[MESSAGE_FD], s.scratch.ctypes.data, 8) == 8:
            s.flags[TOLD] += new
