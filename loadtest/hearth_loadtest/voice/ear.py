"""What a listening bot received, kept for the judge: 28 bytes a packet."""

import struct

import numpy as np
import numpy.typing as npt

from hearth_loadtest import clock
from hearth_loadtest.voice.opus import STAMP_BYTES

#: `magic` tells whether the packet carried a stamp; `at_s` is local time.
RECORD = np.dtype(
    [
        ("ssrc", ">u4"),
        ("talker", ">u4"),
        ("magic", "S4"),
        ("bot", "<u4"),
        ("number", "<u4"),
        ("at_s", "<f8"),
    ]
)
MAGIC = b"hrth"
Records = npt.NDArray[np.void]

_HEADER_BYTES = 16
#: Header, code 3's prefix, one byte of sound and the stamp.
_SHORTEST_STAMPED = _HEADER_BYTES + 4 + STAMP_BYTES
_NO_STAMP = bytes(STAMP_BYTES)
_TIME = struct.Struct("<d")
_SOURCES = struct.Struct("!II")


class Ear:
    """One listener's log. `take` is called for every packet, so it does no more than it must."""

    __slots__ = ("is_open", "log", "packets")

    def __init__(self) -> None:
        self.is_open = False
        self.packets = 0
        self.log = bytearray()

    def take(self, packet: bytes) -> None:
        """Take a whole RTP packet with one CSRC and no extension, decrypted."""
        self.packets += 1
        if not self.is_open:
            return
        stamp = packet[-STAMP_BYTES:] if len(packet) >= _SHORTEST_STAMPED else _NO_STAMP
        self.log += packet[8:16] + stamp + _TIME.pack(clock.monotonic_s())

    def note(self, ssrc: int, talker: int, payload: bytes) -> None:
        """Take a packet that another stack took apart."""
        self.take(bytes(8) + _SOURCES.pack(ssrc, talker) + payload)

    def records(self) -> Records:
        """Return what was received, in order, [n] of `RECORD`."""
        return np.frombuffer(bytes(self.log), dtype=RECORD)
