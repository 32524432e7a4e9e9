"""From a talker's packet to its listeners' packets: rewrite, encrypt, send in batches."""

from hearth_protocol.kernels._jit import inner
from hearth_server.voice.kernels.layout import (
    BYTES_OUT,
    FINE,
    MESSAGE_HEAD,
    NO_PATH,
    NOWHERE,
    ON_TCP,
    PACKETS_OUT,
    PROTECT,
    PROTECT_FAILED,
    SEND_BATCH,
    SEND_FAILED,
    SEND_FULL,
    SWITCHES,
    TCP_OUT,
    State,
)
from hearth_server.voice.kernels.messages import open_message
from hearth_server.voice.kernels.native import (
    EAGAIN,
    EINTR,
    MSG_DONTWAIT,
    MSG_NOSIGNAL,
    POLLOUT,
    call_srtp,
    errno,
    poll,
    sendmmsg,
)
from hearth_server.voice.kernels.rules import advance, take_up
from hearth_server.voice.plane import VOICE_SLOTS

#: Version 2, no padding, no extension, one CSRC (RFC 3550 5.1); 16 bytes in all.
FIRST_BYTE, HEADER_BYTES = 0x81, 16
#: How long a full socket may hold up the plane, ms.
FULL_WAIT_MS = 2


@inner
def swap32(number: int) -> int:
    """Return the four bytes of a number in the other order."""
    return (
        ((number & 0xFF) << 24)
        | ((number & 0xFF00) << 8)
        | ((number >> 8) & 0xFF00)
        | ((number >> 24) & 0xFF)
    )


@inner
def forward(
    s: State, talker: int, seq: int, ts: int, first_marker: int, size: int, now_ns: int
) -> None:
    """Send the packet in `State.payload` to every slot that its talker is routed to.

    Args:
        s: the plane.
        talker: its index.
        seq: its sequence number, as the mic counts.
        ts: its timestamp, as the mic counts.
        first_marker: 0 or 0x80.
        size: bytes of payload, at most MAX_PAYLOAD.
        now_ns: when this is.
    """
    mic = s.peers[talker]
    csrc = swap32(mic.participant) << 32
    words = (size + 7) >> 3
    scratch = s.scratch.ctypes.data
    tcp_lane = s.waiting.shape[0] - 1
    for at in range(mic.listeners):
        code = s.fans[talker, at]
        listener, number = code // VOICE_SLOTS, code % VOICE_SLOTS
        peer = s.peers[listener]
        slot = s.slots[listener, number]
        if peer.gone != 0 or peer.live == 0:
            continue
        if peer.socket == NOWHERE:
            s.counts[NO_PATH] += 1
            continue
        if slot.ssrc == 0:
            continue
        marker = first_marker
        if slot.talker != talker or slot.run != mic.run:
            take_up(slot, talker, mic, seq, ts, now_ns)
            s.counts[SWITCHES] += 1
            marker = 0x80
        refused = advance(slot, mic, seq, ts, now_ns)
        if refused != FINE:
            s.counts[refused] += 1
            continue
        lane = tcp_lane if peer.socket == ON_TCP else peer.socket
        row = s.waiting[lane]
        out_seq = seq + slot.seq_offset - mic.shift
        out_ts = ts + slot.ts_offset
        s.send_words[lane, row, 0] = (
            FIRST_BYTE
            | ((marker | slot.payload_type) << 8)
            | ((out_seq & 0xFF00) << 8)
            | ((out_seq & 0xFF) << 24)
            | (swap32(out_ts) << 32)
        )
        s.send_words[lane, row, 1] = swap32(slot.ssrc) | csrc
        for word in range(words):
            s.send_words[lane, row, 2 + word] = s.payload[0, word]
        s.scratch[0] = HEADER_BYTES + size
        packet = s.send_vectors[lane, row, 0]
        if call_srtp(s.natives[PROTECT], peer.tx, packet, scratch) != 0:
            s.counts[PROTECT_FAILED] += 1
            continue
        length = s.scratch[0] & 0xFFFF_FFFF
        slot.packets += 1
        slot.octets += size
        s.counts[PACKETS_OUT] += 1
        s.counts[BYTES_OUT] += length
        if lane == tcp_lane:
            hand_over(s, lane, row, listener, length)
            continue
        s.send_vectors[lane, row, 1] = length
        s.send_headers[lane, row, 0] = s.places.ctypes.data + 32 * listener
        s.send_headers[lane, row, 1] = peer.address_size
        s.waiting[lane] = row + 1
        if row + 1 == SEND_BATCH:
            flush(s, lane)


@inner
def hand_over(s: State, lane: int, row: int, listener: int, size: int) -> None:
    """Give a packet for a peer on TCP to Python."""
    message = open_message(s, TCP_OUT, listener, size)
    if message < 0:
        return
    for word in range((size + 7) >> 3):
        s.messages[message, MESSAGE_HEAD + word] = s.send_words[lane, row, word]


@inner
def flush(s: State, lane: int) -> None:
    """Send what waits for one socket.

    An error is about the first message of the call (sendmmsg(2)): that one is given up, the rest
    are tried.
    """
    count = s.waiting[lane]
    s.waiting[lane] = 0
    fd = s.polls[lane] & 0xFFFF_FFFF
    sent = 0
    waited = False
    while sent < count:
        first = s.send_headers.ctypes.data + 64 * (lane * SEND_BATCH + sent)
        n = sendmmsg(fd, first, count - sent, MSG_DONTWAIT | MSG_NOSIGNAL)
        if n > 0:
            sent += n
            continue
        code = errno()
        if code == EINTR:
            continue
        if code != EAGAIN:
            s.counts[SEND_FAILED] += 1
            sent += 1
            continue
        if waited:
            s.counts[SEND_FULL] += count - sent
            return
        waited = True
        s.scratch[2] = fd | (POLLOUT << 32)
        poll(s.scratch.ctypes.data + 16, 1, FULL_WAIT_MS)
