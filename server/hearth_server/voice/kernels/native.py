"""What the compiled plane calls outside itself: the C library, and libsrtp by its address.

libsrtp comes with pylibsrtp and is linked into it, so its functions have no names that the
linker could find: their addresses are looked up at start and handed in. An address in a variable,
unlike one in a constant, leaves the compiled code fit for the disk.
"""

# ruff: noqa: ANN401 -- numba hands its own untyped objects to an intrinsic
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import carray, types  # type: ignore[attr-defined]
from numba.extending import intrinsic
from numba.types import ExternalFunction  # type: ignore[attr-defined]
from numpy.typing import NDArray

from hearth_protocol.kernels._jit import inner

#: Linux values; the plane is offered on Linux only.
MSG_TRUNC = 0x20
MSG_DONTWAIT = 0x40
MSG_NOSIGNAL = 0x4000
EINTR = 4
EAGAIN = 11
POLLIN, POLLOUT = 1, 4
CLOCK_MONOTONIC = 1

_int, _long, _address = types.int32, types.int64, types.uintp
#: (fd, messages, count, flags, timeout)
recvmmsg = ExternalFunction("recvmmsg", _int(_int, _address, types.uint32, _int, _address))
#: (fd, messages, count, flags)
sendmmsg = ExternalFunction("sendmmsg", _int(_int, _address, types.uint32, _int))
#: (descriptors, count, timeout in ms)
poll = ExternalFunction("poll", _int(_address, types.uint64, _int))
#: (fd, bytes, count)
read = ExternalFunction("read", _long(_int, _address, types.uint64))
write = ExternalFunction("write", _long(_int, _address, types.uint64))
_clock_gettime = ExternalFunction("clock_gettime", _int(_int, _address))
_errno_location = ExternalFunction("__errno_location", types.CPointer(_int)())  # type: ignore[no-untyped-call]


@inner
def errno() -> int:
    """Say why the last call failed."""
    return int(carray(_errno_location(), 1)[0])


@inner
def monotonic_ns(scratch: NDArray[np.int64]) -> int:
    """Return the machine's monotonic clock. scratch: [at least 2], overwritten."""
    _clock_gettime(CLOCK_MONOTONIC, scratch.ctypes.data)
    return int(scratch[0] * 1_000_000_000 + scratch[1])


@intrinsic
def _call_srtp(typing_context: Any, function: Any, session: Any, packet: Any, size: Any) -> Any:
    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        word = ir.IntType(64)
        kind = ir.FunctionType(ir.IntType(32), [word, word, word])
        target = builder.inttoptr(args[0], kind.as_pointer())
        return builder.call(target, args[1:])

    return types.int32(types.int64, types.int64, types.int64, types.int64), generate


@inner
def call_srtp(function: int, session: int, packet: int, size: int) -> int:
    """Call `srtp_protect` or `srtp_unprotect`; return its status (0: done).

    Args:
        function: its address.
        session: address of the session (`srtp_t`).
        packet: address of the packet, changed in place; it may grow by 144 bytes.
        size: address of its length, a C `int`, overwritten.
    """
    return int(_call_srtp(function, session, packet, size))  # type: ignore[call-arg]
