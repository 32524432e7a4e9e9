"""Opus packets as bots send them: speech that carries a stamp where no decoder looks.

A packet of one frame is rewritten to one of code 3 with padding (RFC 6716 section 3.2.5); the
padding names the talker and the packet. Every decoder plays the frame just as it was.
"""

import struct
from typing import Final

FRAME_MS: Final = 20
FRAME_SAMPLES: Final = 960
#: Samples a second of the RTP clock, whatever was encoded (RFC 7587 section 4.1).
CLOCK_HZ: Final = 48_000

_STAMP = struct.Struct("<4sII")
_MAGIC = b"hrth"
STAMP_BYTES: Final = _STAMP.size
#: One frame of variable size, padded: the count byte of code 3.
_ONE_PADDED = 0x41
_PREFIX_BYTES = 3


def stamped(packet: bytes, bot: int, number: int) -> bytes:
    """Give a packet of one frame a stamp.

    Args:
        packet: Code 0: TOC byte and one frame.
        bot: Who talks.
        number: The how manieth stamped packet of theirs it is, from 0.
    """
    if packet[0] & 3 or len(packet) < 2:
        raise ValueError("only a packet of one frame can be stamped")
    head = bytes((packet[0] | 3, _ONE_PADDED, STAMP_BYTES))
    return head + packet[1:] + _STAMP.pack(_MAGIC, bot, number)


def stamp_of(payload: bytes) -> tuple[int, int] | None:
    """Return (bot, number) of a payload, None where there is no stamp."""
    if len(payload) <= _PREFIX_BYTES + STAMP_BYTES or payload[0] & 3 != 3:
        return None
    if payload[1] != _ONE_PADDED or payload[2] != STAMP_BYTES:
        return None
    magic, bot, number = _STAMP.unpack_from(payload, len(payload) - STAMP_BYTES)
    return (bot, number) if magic == _MAGIC else None


def silence_like(packet: bytes) -> bytes:
    """Return what is sent now and then while nobody talks: a frame of no bytes (DTX)."""
    return bytes((packet[0] & 0xFC,))
