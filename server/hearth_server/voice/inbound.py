"""Reads what a mic sends: is it this peer's, is it new, how loud is it, where is the payload.

Every length is checked before it is believed, and what a field says is believed only after the
packet has proved to be authentic.
"""

from dataclasses import dataclass

from pylibsrtp import Error, Session

from hearth_server.voice.plane import DTX_BYTES, MAX_PAYLOAD, MAX_SRTP, MediaPeer
from hearth_server.voice.srtp import is_replay

#: A header without CSRCs or extension (RFC 3550 5.1).
FIXED_HEADER = 12
_ONE_BYTE_PROFILE = 0xBEDE


@dataclass(frozen=True, slots=True)
class Spoken:
    """An authentic packet, taken apart."""

    seq: int
    ts: int
    #: 0 or 0x80.
    marker: int
    #: -dBov; -1: not told.
    level: int
    payload: bytes

    @property
    def is_silent(self) -> bool:
        """Whether it only says that there is still silence."""
        return len(self.payload) <= DTX_BYTES


def authentic(media: MediaPeer, rx: Session, data: bytes) -> bytes | str:
    """Return an encrypted packet in the clear, or why it is none of this peer's mic."""
    refused = _looks_wrong(media, data)
    if refused is not None:
        return refused
    try:
        return rx.unprotect(data)
    except Error as error:
        return "replayed" if is_replay(error) else "auth_failed"


def _looks_wrong(media: MediaPeer, data: bytes) -> str | None:
    """Return what the open part of a packet gives away."""
    if len(data) > MAX_SRTP:
        return "too_long"
    if len(data) < FIXED_HEADER:
        return "too_short"
    if not header_bytes(data):
        return "bad_extension"
    ssrc = int.from_bytes(data[8:12], "big")
    if ssrc != media.mic_ssrc or not ssrc:
        return "wrong_ssrc"
    return None if data[1] & 0x7F == media.mic_pt else "wrong_pt"


def take_apart(packet: bytes, level_ext: int) -> Spoken | str:
    """Return what a packet in the clear says, or why it cannot be read.

    packet: at least 12 bytes. level_ext: id of the level extension, 0 for none.
    """
    begin = header_bytes(packet)
    level = audio_level(packet, level_ext) if begin else None
    if level is None:
        return "bad_extension"
    payload = payload_of(packet, begin)
    if isinstance(payload, str):
        return payload
    seq, ts = int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[4:8], "big")
    return Spoken(seq, ts, packet[1] & 0x80, level, payload)


def header_bytes(packet: bytes) -> int:
    """Return where the payload begins, or 0 if the header does not lie within the packet.

    packet: at least 12 bytes.
    """
    size = FIXED_HEADER + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        if len(packet) < size + 4:
            return 0
        size += 4 + 4 * int.from_bytes(packet[size + 2 : size + 4], "big")
    return size if size <= len(packet) else 0


def audio_level(packet: bytes, wanted: int) -> int | None:
    """Return the level in -dBov (RFC 6464), -1 if there is none, None if the extension is broken.

    packet: decrypted, its header within its bytes. wanted: id of the extension, 0 for none.
    """
    if not packet[0] & 0x10:
        return -1
    at = FIXED_HEADER + 4 * (packet[0] & 0x0F)
    if int.from_bytes(packet[at : at + 2], "big") != _ONE_BYTE_PROFILE:
        return -1
    end = at + 4 + 4 * int.from_bytes(packet[at + 2 : at + 4], "big")
    at += 4
    level = -1
    while at < end:
        number, size = packet[at] >> 4, (packet[at] & 0x0F) + 1
        if packet[at] == 0:  # padding (RFC 8285 4.2)
            at += 1
            continue
        if number == 15:
            break
        if at + 1 + size > end:
            return None
        if number == wanted != 0:
            level = packet[at + 1] & 0x7F
        at += 1 + size
    return level


def payload_of(packet: bytes, begin: int) -> bytes | str:
    """Return the payload without padding, or the reason why there is none."""
    end = len(packet)
    if packet[0] & 0x20:
        padding = packet[-1]
        if not 0 < padding <= end - begin:
            return "bad_padding"
        end -= padding
    if end - begin > MAX_PAYLOAD:
        return "too_long"
    return packet[begin:end] if end > begin else "too_short"
