"""Tells hot frames from control messages, and packs WebSocket headers (RFC 6455, section 5.2).

Only what this protocol uses: one unfragmented binary message a frame.
"""

from enum import Enum
from typing import Final

from hearth_protocol.errors import LocalFault, Malformed, MalformedFrame
from hearth_protocol.limits import (
    HOT_MARK,
    KIND_POSE,
    KIND_SNAPSHOT,
    MAX_DOWN,
    MAX_UP,
    POSE_BYTES,
    SNAPSHOT_HEADER_BYTES,
)

Bytes = bytes | bytearray | memoryview

FIN_BINARY: Final = 0x82
_MASKED: Final = 0x80


class FrameKind(Enum):
    """What a whole binary message is."""

    CONTROL = "control"
    POSE = "pose"
    SNAPSHOT = "snapshot"


def classify(payload: Bytes) -> FrameKind:
    """Say what a message is by its first two bytes and its length; look no further.

    Raises:
        MalformedFrame: empty, a hot frame of no known kind, or of an impossible length.
    """
    if len(payload) == 0:
        raise MalformedFrame(Malformed.TOO_SHORT, "an empty message means nothing")
    if payload[0] != HOT_MARK:
        return FrameKind.CONTROL
    if len(payload) < 2:
        raise MalformedFrame(Malformed.TOO_SHORT, "a hot frame has at least two bytes")
    if payload[1] == KIND_POSE:
        if len(payload) != POSE_BYTES:
            short = len(payload) < POSE_BYTES
            raise MalformedFrame(Malformed.TOO_SHORT if short else Malformed.TOO_LONG)
        return FrameKind.POSE
    if payload[1] == KIND_SNAPSHOT:
        if len(payload) < SNAPSHOT_HEADER_BYTES:
            raise MalformedFrame(Malformed.TOO_SHORT)
        return FrameKind.SNAPSHOT
    raise MalformedFrame(Malformed.UNKNOWN_KIND, f"hot kind {payload[1]} is not known")


def server_frame(payload: Bytes) -> bytes:
    """Give the whole unmasked binary frame that carries `payload` to a client."""
    if len(payload) > MAX_DOWN:
        raise LocalFault(f"a message of {len(payload)} bytes is too long to send")
    return bytes([FIN_BINARY]) + _length(len(payload), 0) + payload


def client_frame(payload: Bytes, mask: bytes) -> bytes:
    """Give the whole masked binary frame that carries `payload` to a server."""
    if len(payload) > MAX_UP:
        raise LocalFault(f"a message of {len(payload)} bytes is too long to send")
    masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return bytes([FIN_BINARY]) + _length(len(payload), _MASKED) + mask + masked


def _length(length: int, mask_bit: int) -> bytes:
    if length < 126:
        return bytes([mask_bit | length])
    if length < 1 << 16:
        return bytes([mask_bit | 126]) + length.to_bytes(2, "big")
    return bytes([mask_bit | 127]) + length.to_bytes(8, "big")
