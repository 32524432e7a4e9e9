"""What stands before a snapshot's records: the WebSocket header and a correction."""

from hearth_protocol.kernels._jit import inner
from hearth_protocol.kernels.bits import put_u32
from hearth_sim.arrays import F32, U8
from hearth_sim.kernels._memory import float_bits

#: A server's WebSocket header for payloads of 126 to 65,535 bytes; shorter ones use 2 of the 4.
WS_HEADER = 4
_WS_BINARY = 0x82
_WS_SHORT_MAX = 125


@inner
def put_u16(out: U8, at: int, value: int) -> None:
    """Write 16 bits, the lower byte first."""
    out[at] = value & 255
    out[at + 1] = (value >> 8) & 255


@inner
def put_correction(seq: int, reason: int, slot: int, pose: F32, out: U8, at: int) -> None:
    """Write where the server holds the head."""
    put_u16(out, at, seq)
    out[at + 2] = reason
    out[at + 3] = 0
    for axis in range(3):
        put_u32(out, at + 4 + 4 * axis, float_bits(pose[slot, axis]))


@inner
def put_ws_header(payload: int, start: int, out: U8) -> int:
    """Write the header of a binary message whose payload begins at `start`; give where."""
    header = start - WS_HEADER
    if payload <= _WS_SHORT_MAX:
        header = start - 2
        out[header + 1] = payload
    else:
        out[header + 1] = 126
        out[header + 2] = payload >> 8
        out[header + 3] = payload & 255
    out[header] = _WS_BINARY
    return header
