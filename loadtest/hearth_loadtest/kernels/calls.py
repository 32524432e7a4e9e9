"""The system calls that compiled loops make, with Linux's numbers (64 bits, little-endian).

A call gives what it returned, or minus `errno`.
"""

import numpy as np
from numba import carray, types  # type: ignore[attr-defined]
from numba.types import ExternalFunction  # type: ignore[attr-defined]
from numpy.typing import NDArray

from hearth_protocol.kernels._jit import inner

I64 = NDArray[np.int64]

#: What a socket says that has nothing, or takes nothing, just now.
NOT_NOW = -11
INTERRUPTED = -4

_DONTWAIT = 0x40
_NOSIGNAL = 0x4000
_CLOCK_MONOTONIC = 1

#: A `msghdr` (words 0-6), its `iovec` (8, 9) and control bytes (from 16), as 64-bit words.
MESSAGE_WORDS = 32
_IOVEC, _CONTROL = 8, 16
_CONTROL_BYTES = 64
#: Control bytes of one receive stamp: a header of 16 bytes, then seconds and nanoseconds.
_STAMP_BYTES = 32

_recv = ExternalFunction("recv", types.int64(types.int32, types.uintp, types.uintp, types.int32))
_send = ExternalFunction("send", types.int64(types.int32, types.uintp, types.uintp, types.int32))
_recvmsg = ExternalFunction("recvmsg", types.int64(types.int32, types.uintp, types.int32))
_clock_gettime = ExternalFunction("clock_gettime", types.int32(types.int32, types.uintp))
_errno_location = ExternalFunction("__errno_location", types.CPointer(types.int32)())  # type: ignore[no-untyped-call]


def prepare_message(message: I64) -> None:
    """Point a message's header at its parts; the array [32] must stay where it is from now on."""
    address = message.ctypes.data
    message[2] = address + 8 * _IOVEC
    message[3] = 1
    message[4] = address + 8 * _CONTROL


@inner
def _minus_errno() -> int:
    return -int(carray(_errno_location(), 1)[0])


@inner
def receive_from(fd: int, address: int, size: int) -> int:
    """Read up to `size` bytes to an address, without waiting."""
    n = _recv(fd, address, size, _DONTWAIT)
    return n if n >= 0 else _minus_errno()


@inner
def send_to(fd: int, address: int, size: int) -> int:
    """Write up to `size` bytes from an address, without waiting."""
    n = _send(fd, address, size, _DONTWAIT | _NOSIGNAL)
    return n if n >= 0 else _minus_errno()


@inner
def receive_stamped_from(fd: int, address: int, size: int, message: I64) -> int:
    """Read like `receive_from`; `stamp_ns` then tells when the bytes reached this machine."""
    message[_IOVEC] = address
    message[_IOVEC + 1] = size
    message[5] = _CONTROL_BYTES
    message[6] = 0
    n = _recvmsg(fd, message.ctypes.data, _DONTWAIT)
    return n if n >= 0 else _minus_errno()


@inner
def stamp_ns(message: I64) -> int:
    """Wall-clock time at which the newest of the bytes just read arrived; 0 if not told."""
    if message[5] < _STAMP_BYTES:
        return 0
    return int(message[_CONTROL + 2] * 1_000_000_000 + message[_CONTROL + 3])


@inner
def monotonic_ns(scratch: I64) -> int:
    """The machine's monotonic clock; `scratch` is two words."""
    _clock_gettime(_CLOCK_MONOTONIC, scratch.ctypes.data)
    return int(scratch[0] * 1_000_000_000 + scratch[1])
