"""Where one WebSocket frame ends and the next begins (RFC 6455 section 5.2).

Only boundaries are found here; meaning is left to the sans-I/O parser of the websockets
library, which is fed whole frames so that it never holds half of one.
"""

from typing import Final

from hearth_protocol.limits import MAX_UP

INCOMPLETE: Final = 0
# Not a frame we accept: the parser is to see it at once and say which rule it breaks.
REFUSED: Final = -1

_KNOWN_HEADS: Final = frozenset(
    fin | opcode for fin in (0x00, 0x80) for opcode in (0x0, 0x1, 0x2, 0x8, 0x9, 0xA)
)


def frame_end(data: bytes, start: int) -> int:
    """Return where the frame that begins at `start` ends, or INCOMPLETE or REFUSED.

    A frame that is plainly not allowed (reserved bits, unknown opcode, no mask, longer than a
    client's message may be) is REFUSED as soon as its header shows it, not after its last byte.
    """
    available = len(data) - start
    if available < 2:
        return INCOMPLETE
    if data[start] not in _KNOWN_HEADS or not data[start + 1] & 0x80:
        return REFUSED
    length = data[start + 1] & 0x7F
    header = 6
    if length >= 126:
        header = 8 if length == 126 else 14
        if available < header - 4:
            return INCOMPLETE
        length = int.from_bytes(data[start + 2 : start + header - 4], "big")
    if length > MAX_UP:
        return REFUSED
    end = start + header + length
    return end if end <= len(data) else INCOMPLETE
