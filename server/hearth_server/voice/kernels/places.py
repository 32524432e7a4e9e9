"""Who sends from which address: an open-addressing table of peers by socket and `sockaddr`."""

from hearth_protocol.kernels._jit import inner
from hearth_server.voice.kernels.layout import I64, NOWHERE, State

#: Odd numbers without a pattern; a table place is taken from the product's upper half.
MIX_A, MIX_B = 0x2545_F491_4F6C_DD1D, 0x1B87_3593_9E37_79B9
#: Bytes of an IPv6 `sockaddr`, and the flow label in its first word, which says nothing here.
V6_BYTES, FLOW_LABEL = 28, 0xFFFF_FFFF


@inner
def hashed(table_size: int, socket: int, names: I64, row: int) -> int:
    """Return where to begin to look for an address. names: [n, 4]."""
    mixed = names[row, 0] ^ (names[row, 1] * MIX_B) ^ socket
    mixed = (mixed ^ (mixed >> 31)) * MIX_A
    mixed = (mixed ^ names[row, 2] ^ (names[row, 3] * MIX_B)) * MIX_A
    return int(((mixed >> 32) & 0x7FFF_FFFF) & (table_size - 1))


@inner
def find(s: State, socket: int, names: I64, row: int) -> int:
    """Return the peer behind an address at a socket, or -1. names: [n, 4] padded `sockaddr`s."""
    size = s.table.shape[0]
    at = hashed(size, socket, names, row)
    for _ in range(size):
        index = s.table[at]
        if index < 0:
            return -1
        if (
            s.peers[index].socket == socket
            and s.places[index, 0] == names[row, 0]
            and s.places[index, 1] == names[row, 1]
            and s.places[index, 2] == names[row, 2]
            and s.places[index, 3] == names[row, 3]
        ):
            return int(index)
        at = (at + 1) & (size - 1)
    return -1


@inner
def rebuild(s: State) -> None:
    """Write the table anew: peers move rarely, and nothing can be left behind in it this way."""
    size = s.table.shape[0]
    for at in range(size):
        s.table[at] = -1
    for index in range(s.places.shape[0]):
        if s.peers[index].live == 0 or s.peers[index].socket < 0:
            continue
        at = hashed(size, s.peers[index].socket, s.places, index)
        while s.table[at] >= 0:
            at = (at + 1) & (size - 1)
        s.table[at] = index


@inner
def settle(s: State, index: int, socket: int, address_size: int, names: I64, row: int) -> None:
    """Give a peer a place: a socket and an address, or ON_TCP, or NOWHERE.

    Whoever had that address is nowhere from now on.
    """
    peer = s.peers[index]
    peer.socket = NOWHERE
    if socket >= 0:
        before = find(s, socket, names, row)
        if before >= 0:
            s.peers[before].socket = NOWHERE
    peer.socket = socket
    peer.address_size = address_size
    for word in range(4):
        s.places[index, word] = names[row, word]
    rebuild(s)
