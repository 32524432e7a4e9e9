"""From a datagram to a talker's packet: what kind, whose, authentic, new, how loud.

Every length is checked before it is used as an index. What libsrtp is given has a header that
lies within the packet.
"""

from hearth_protocol.kernels._jit import inner, kernel
from hearth_server.voice.kernels.layout import (
    AUTH_FAILED,
    BAD_EXTENSION,
    BAD_PADDING,
    BAD_VERSION,
    BYTES_IN,
    CONTROL_IN,
    DATAGRAM,
    DATAGRAMS_IN,
    DTX,
    FEED_IN,
    FINE,
    GATED,
    MEDIA_IN,
    REMOVED,
    REPLAYED,
    TALK,
    TOO_LONG,
    TOO_SHORT,
    U8,
    UNKNOWN_SOURCE,
    UNPROTECT,
    WRONG_PT,
    WRONG_SSRC,
    Peer,
    State,
)
from hearth_server.voice.kernels.messages import open_message, pack, tell_datagram
from hearth_server.voice.kernels.native import call_srtp
from hearth_server.voice.kernels.outbound import forward
from hearth_server.voice.kernels.places import V6_BYTES, find
from hearth_server.voice.kernels.rules import hear, hold, passes, place, receive, refuses
from hearth_server.voice.plane import DTX_BYTES, MAX_DATAGRAM, MAX_PAYLOAD, MAX_SRTP

FIXED_HEADER = 12
ONE_BYTE_PROFILE = 0xBEDE
#: libsrtp's statuses for a packet it has seen, or that is too old to know (srtp_err_status_t).
REPLAY_FAIL, REPLAY_OLD = 9, 10
#: A level that is not told, and an extension that is broken.
UNTOLD, BROKEN = -1, -2


@inner
def be16(data: U8, row: int, at: int) -> int:
    """Return two bytes as a number."""
    return int((data[row, at] << 8) | data[row, at + 1])


@inner
def be32(data: U8, row: int, at: int) -> int:
    """Return four bytes as a number."""
    return (be16(data, row, at) << 16) | be16(data, row, at + 2)


@inner
def header_bytes(data: U8, row: int, size: int) -> int:
    """Return where the payload begins, or 0 if the header does not lie within the packet."""
    begin = FIXED_HEADER + 4 * (data[row, 0] & 0x0F)
    if data[row, 0] & 0x10:
        if size < begin + 4:
            return 0
        begin += 4 + 4 * be16(data, row, begin + 2)
    return int(begin) if begin <= size else 0


@inner
def audio_level(data: U8, row: int, wanted: int) -> int:
    """Return the level in -dBov (RFC 6464), UNTOLD, or BROKEN. The header must be whole."""
    if not data[row, 0] & 0x10:
        return UNTOLD
    at = FIXED_HEADER + 4 * (data[row, 0] & 0x0F)
    if be16(data, row, at) != ONE_BYTE_PROFILE:
        return UNTOLD
    end = at + 4 + 4 * be16(data, row, at + 2)
    at += 4
    level = UNTOLD
    while at < end:
        head = data[row, at]
        if head == 0:
            at += 1
            continue
        number, size = head >> 4, (head & 0x0F) + 1
        if number == 15:
            break
        if at + 1 + size > end:
            return BROKEN
        if number == wanted and wanted != 0:
            level = data[row, at + 1] & 0x7F
        at += 1 + size
    return int(level)


@kernel
def take_batch(s: State, socket: int, count: int, now_ns: int) -> None:
    """Deal with the first `count` rows of what was read from a socket."""
    for row in range(count):
        take(s, socket, row, now_ns)


@inner
def take(s: State, socket: int, row: int, now_ns: int) -> None:
    """Deal with one datagram (RFC 7983 says which kind it is by its first byte)."""
    size = s.read_headers[row, 7] & 0xFFFF_FFFF
    s.counts[DATAGRAMS_IN] += 1
    s.counts[BYTES_IN] += size
    if size <= 0:
        s.counts[TOO_SHORT] += 1
        return
    if size > MAX_DATAGRAM:
        s.counts[TOO_LONG] += 1
        return
    if s.read_headers[row, 1] & 0xFFFF_FFFF == V6_BYTES:
        s.read_names[row, 0] &= 0xFFFF_FFFF  # without the flow label
    first = s.read_bytes[row, 0]
    if first <= 3 or 20 <= first <= 63:
        s.counts[CONTROL_IN] += 1
        tell_datagram(s, DATAGRAM, socket, row, size)
        return
    if first < 128 or first > 191:
        s.counts[BAD_VERSION] += 1
        return
    index = find(s, socket, s.read_names, row)
    if index < 0 or s.peers[index].gone != 0:
        s.counts[UNKNOWN_SOURCE] += 1
        return
    if size >= 2 and 192 <= s.read_bytes[row, 1] <= 223:
        s.counts[CONTROL_IN] += 1
        tell_datagram(s, DATAGRAM, socket, row, size)
        return
    media(s, index, s.read_bytes, row, size, now_ns)


@inner
def take_fed(s: State, index: int, row: int, size: int, now_ns: int) -> None:
    """Deal with a packet of a peer on TCP, in a row of `State.fed`."""
    s.counts[FEED_IN] += 1
    if s.peers[index].live == 0 or s.peers[index].gone != 0:
        s.counts[REMOVED] += 1
    elif size < 1 or s.fed[row, 0] < 128 or s.fed[row, 0] > 191:
        s.counts[BAD_VERSION] += 1
    else:
        media(s, index, s.fed, row, size, now_ns)


@inner
def media(s: State, index: int, data: U8, row: int, size: int, now_ns: int) -> None:
    """Deal with an RTP packet from a peer's own address. data: [n, READ_BYTES], changed."""
    size = authentic(s, index, data, row, size)
    if size < 0:
        return
    wire_size = size >> 16
    size &= 0xFFFF
    mic = s.peers[index]
    s.counts[MEDIA_IN] += 1
    seq, ts = be16(data, row, 2), be32(data, row, 4)
    receive(mic, seq, ts, now_ns)
    refused, level, begin, end = refuses(mic, wire_size, now_ns), UNTOLD, 0, 0
    if refused == FINE:
        refused, level, begin, end = take_apart(mic, data, row, size)
    if refused == FINE:
        refused = place(mic, seq, ts, now_ns)
    if refused != FINE:
        s.counts[refused] += 1
        return
    silent = end - begin <= DTX_BYTES
    if hear(mic, level, silent, now_ns):
        open_message(s, TALK, index, 0)
    marker = data[row, 1] & 0x80
    if passes(mic, level, now_ns):
        if mic.held != 0:
            marker = 0x80
        mic.held = 0
    elif silent:
        s.counts[DTX] += 1
    else:
        hold(mic, seq)
        s.counts[GATED] += 1
        return
    pack(s.payload, 0, 0, data, row, begin, end - begin)
    forward(s, index, seq, ts, int(marker), end - begin, now_ns)


@inner
def take_apart(mic: Peer, data: U8, row: int, size: int) -> tuple[int, int, int, int]:
    """Return (why it cannot be read or FINE, level, begin of the payload, its end)."""
    begin = header_bytes(data, row, size)
    level = audio_level(data, row, mic.level_ext) if begin != 0 else BROKEN
    if level == BROKEN:
        return BAD_EXTENSION, level, 0, 0
    end = size
    if data[row, 0] & 0x20:
        padding = int(data[row, size - 1])
        if padding == 0 or padding > size - begin:
            return BAD_PADDING, level, 0, 0
        end -= padding
    if end - begin > MAX_PAYLOAD:
        return TOO_LONG, level, begin, end
    return (TOO_SHORT if end <= begin else FINE), level, begin, end


@inner
def authentic(s: State, index: int, data: U8, row: int, size: int) -> int:
    """Decrypt a packet in place if it is of this peer's mic.

    Returns:
        Its size on the wire << 16 | its size in the clear, or -1: dropped and counted.
    """
    mic = s.peers[index]
    if size > MAX_SRTP:
        refused = TOO_LONG
    elif size < FIXED_HEADER:
        refused = TOO_SHORT
    elif header_bytes(data, row, size) == 0:
        refused = BAD_EXTENSION
    elif mic.mic_ssrc == 0 or be32(data, row, 8) != mic.mic_ssrc:
        refused = WRONG_SSRC
    elif data[row, 1] & 0x7F != mic.mic_pt:
        refused = WRONG_PT
    elif mic.rx == 0:
        refused = REMOVED
    else:
        s.scratch[0] = size
        packet = data.ctypes.data + row * data.shape[1]
        status = call_srtp(s.natives[UNPROTECT], mic.rx, packet, s.scratch.ctypes.data)
        clear = s.scratch[0] & 0xFFFF_FFFF
        if status == 0 and FIXED_HEADER <= clear <= size:
            return int((size << 16) | clear)
        refused = REPLAYED if status in (REPLAY_FAIL, REPLAY_OLD) else AUTH_FAILED
    s.counts[refused] += 1
    return -1
