"""The compiled plane's memory: every array, every row, and what stands in it.

Rows are records of 64-bit numbers, so that a mic or a slot is two or three cache lines and the
rules read like those of the readable plane. Only the plane's thread writes them, but for the
fields marked *event loop*. All sizes in bytes.
"""

from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from hearth_server.voice.plane import COUNTERS, MAX_DATAGRAM, MAX_PAYLOAD, VOICE_SLOTS

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
R_co = TypeVar("R_co", covariant=True)

#: Datagrams read by one system call, and packets that wait for one call to send them.
READ_BATCH = 64
SEND_BATCH = 64
#: A row for a received datagram; one byte more than allowed tells that it was too long.
READ_BYTES = MAX_DATAGRAM + 64
READ_LIMIT = MAX_DATAGRAM + 1
#: Words of a packet on its way out: header, payload, and what libsrtp may add (144).
SEND_WORDS = 184
#: Words of a payload, rounded up.
PAYLOAD_WORDS = (MAX_PAYLOAD + 7) // 8
#: Orders, packets from TCP, and messages to Python that can wait at a time.
ORDERS, ORDER_WORDS = 4096, 8
FED = 256
MESSAGES = 512
#: A message: kind, who, size, size of the address, the address (4 words), the bytes.
MESSAGE_HEAD, MESSAGE_WORDS = 8, 8 + READ_BYTES // 8

#: Kinds of messages to Python.
DATAGRAM, TCP_OUT, TALK = 1, 2, 3
#: Kinds of orders from Python: kind, then operands.
SEAT, PATH, ROUTE, EPOCH, REMOVE, FEED = 1, 2, 3, 4, 5, 6
#: Places in `State.flags`.
STOP, ROUNDS, HEARTBEAT_NS, OBEYED, ACKED, NEXT_MESSAGE, READ_MESSAGES, TOLD = range(8)
#: Places in `State.natives`.
PROTECT, UNPROTECT, ORDER_FD, MESSAGE_FD = range(4)
#: A peer's `socket` when it has no path, or is on TCP.
NOWHERE, ON_TCP = -1, -2

# Places in `State.counts`.
DATAGRAMS_IN = COUNTERS.index("datagrams_in")
BYTES_IN = COUNTERS.index("bytes_in")
MEDIA_IN = COUNTERS.index("media_in")
PACKETS_OUT = COUNTERS.index("packets_out")
BYTES_OUT = COUNTERS.index("bytes_out")
DTX = COUNTERS.index("dtx")
SWITCHES = COUNTERS.index("switches")
FEED_IN = COUNTERS.index("feed_in")
CONTROL_IN = COUNTERS.index("control_in")
TOO_SHORT = COUNTERS.index("too_short")
TOO_LONG = COUNTERS.index("too_long")
BAD_VERSION = COUNTERS.index("bad_version")
BAD_EXTENSION = COUNTERS.index("bad_extension")
BAD_PADDING = COUNTERS.index("bad_padding")
BAD_TIMESTAMP = COUNTERS.index("bad_timestamp")
WRONG_SSRC = COUNTERS.index("wrong_ssrc")
WRONG_PT = COUNTERS.index("wrong_pt")
AUTH_FAILED = COUNTERS.index("auth_failed")
REPLAYED = COUNTERS.index("replayed")
UNKNOWN_SOURCE = COUNTERS.index("unknown_source")
REMOVED = COUNTERS.index("removed")
MUTED = COUNTERS.index("muted")
FLOOD_PACKETS = COUNTERS.index("flood_packets")
FLOOD_BYTES = COUNTERS.index("flood_bytes")
GATED = COUNTERS.index("gated")
STALE = COUNTERS.index("stale")
PROTECT_FAILED = COUNTERS.index("protect_failed")
SEND_FAILED = COUNTERS.index("send_failed")
SEND_FULL = COUNTERS.index("send_full")
NO_PATH = COUNTERS.index("no_path")
CONTROL_FULL = COUNTERS.index("control_full")
#: What a rule returns when nothing speaks against a packet.
FINE = -1


class Peer(Protocol):
    """A row of `State.peers`; see `rewrite.Mic` for the rules' part."""

    live: int
    #: Event loop: removed, though the order to do so may still wait.
    gone: int
    #: Event loop.
    muted: int
    #: Addresses of the libsrtp sessions.
    rx: int
    tx: int
    participant: int
    mic_ssrc: int
    mic_pt: int
    level_ext: int
    #: Index of its socket, NOWHERE or ON_TCP; bytes of its address.
    socket: int
    address_size: int
    #: How many slots it is routed to.
    listeners: int
    # Runs, gate and floods.
    run: int
    broken: int
    high_seq: int
    high_ts: int
    high_ns: int
    base_seq: int
    shift: int
    held: int
    open_until_ns: int
    flood_packets_ns: int
    flood_bytes_ns: int
    # Level and talk.
    level_q8: int
    heard_ns: int
    loud_until_ns: int
    # Statistics (`plane.MicStats`).
    received: int
    first_seq: int
    highest_seq: int
    jitter_q4: int
    last_ts: int
    last_ns: int


class Slot(Protocol):
    """A row of `State.slots`, [listener, slot]; see `rewrite.Slot`."""

    #: Talker that is routed here, -1 none, and where in its fan.
    source: int
    fan_at: int
    ssrc: int
    payload_type: int
    clock: int
    high_seq: int
    last_ts: int
    last_ns: int
    used: int
    talker: int
    run: int
    base_seq: int
    seq_offset: int
    ts_offset: int
    packets: int
    octets: int


class Rows(Protocol[R_co]):
    """An array of records, as far as kernels and their owner use one."""

    shape: tuple[int, ...]

    def __getitem__(self, at: Any) -> R_co: ...  # noqa: ANN401


PEER = np.dtype([(name, np.int64) for name in Peer.__annotations__])
SLOT = np.dtype([(name, np.int64) for name in Slot.__annotations__])


class State(NamedTuple):
    """All of it. P peers, S sockets, T places of the address table."""

    #: [32] totals by `plane.COUNTERS`.
    counts: I64
    #: [8] see STOP and what follows.
    flags: I64
    #: [4] addresses and descriptors, fixed before the start.
    natives: I64
    #: [64] for system calls and libsrtp.
    scratch: I64
    #: [P], [P, 8]
    peers: Rows[Peer]
    slots: Rows[Slot]
    #: [P, P] slots that each talker is routed to, as listener * 8 + slot.
    fans: I32
    #: [P, 4] address of each peer, a `sockaddr` padded with zeros.
    places: I64
    #: [T] index of a peer or -1, open addressing by socket and address.
    table: I32
    #: [S + 1] `pollfd` of each socket, then of the orders.
    polls: I64
    #: [READ_BATCH, …] bytes, `mmsghdr`, `iovec` and sender of each datagram.
    read_bytes: U8
    read_headers: I64
    read_vectors: I64
    read_names: I64
    #: [S + 1, SEND_BATCH, …] packets that wait to be sent by each socket; the last lane is for
    #: peers on TCP.
    send_words: I64
    send_headers: I64
    send_vectors: I64
    waiting: I64
    #: [1, PAYLOAD_WORDS] the payload that is being forwarded.
    payload: I64
    #: Rings: orders, packets from TCP, messages to Python.
    orders: I64
    fed: U8
    messages: I64


def allocate(capacity: int, sockets: int) -> State:
    """Return the memory of a plane for `capacity` peers and `sockets` sockets, all at rest."""

    def zeros(*shape: int) -> I64:
        return np.zeros(shape, np.int64)

    table = 1 << (4 * capacity).bit_length()
    peers, slots = np.zeros(capacity, PEER), np.zeros((capacity, VOICE_SLOTS), SLOT)
    peers["socket"] = NOWHERE
    slots["source"] = slots["talker"] = -1
    read_bytes = np.zeros((READ_BATCH, READ_BYTES), np.uint8)
    read_headers, read_vectors = zeros(READ_BATCH, 8), zeros(READ_BATCH, 2)
    read_names = zeros(READ_BATCH, 4)
    lanes = sockets + 1
    send_words = zeros(lanes, SEND_BATCH, SEND_WORDS)
    send_headers, send_vectors = zeros(lanes, SEND_BATCH, 8), zeros(lanes, SEND_BATCH, 2)
    _wire(read_headers, read_vectors, read_bytes)
    read_headers[:, 0] = _addresses(read_names)
    read_vectors[:, 1] = READ_LIMIT
    for lane in range(lanes):
        _wire(send_headers[lane], send_vectors[lane], send_words[lane])
    return State(
        counts=zeros(len(COUNTERS)),
        flags=zeros(8),
        natives=zeros(4),
        scratch=zeros(64),
        peers=peers,
        slots=slots,
        fans=np.zeros((capacity, capacity), np.int32),
        places=zeros(capacity, 4),
        table=np.full(table, -1, np.int32),
        polls=zeros(sockets + 1),
        read_bytes=read_bytes,
        read_headers=read_headers,
        read_vectors=read_vectors,
        read_names=read_names,
        send_words=send_words,
        send_headers=send_headers,
        send_vectors=send_vectors,
        waiting=zeros(lanes),
        payload=zeros(1, PAYLOAD_WORDS),
        orders=zeros(ORDERS, ORDER_WORDS),
        fed=np.zeros((FED, READ_BYTES), np.uint8),
        messages=zeros(MESSAGES, MESSAGE_WORDS),
    )


def _wire(headers: I64, vectors: I64, buffers: NDArray[Any]) -> None:
    """Let each `mmsghdr` point to its `iovec`, and that to its row of bytes.

    Words of a `mmsghdr`: name, size of name, iovec, count, control, its size, flags, bytes read.
    """
    headers[:, 2] = _addresses(vectors)
    headers[:, 3] = 1
    vectors[:, 0] = _addresses(buffers)


def _addresses(rows: NDArray[Any]) -> I64:
    """Return where in memory each row begins."""
    return rows.ctypes.data + rows.strides[0] * np.arange(rows.shape[0], dtype=np.int64)
