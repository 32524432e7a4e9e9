"""System calls of a tick in two loops without Python between them: `receive` and `send`.

Each loop knows file descriptors and rows, never rooms or people. Anything but whole poses is
handed back to Python untouched.
"""

import numpy as np
from numba import carray, types  # type: ignore[attr-defined]
from numba.types import ExternalFunction  # type: ignore[attr-defined]
from numpy.typing import NDArray

from hearth_protocol.kernels._jit import kernel

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]
Bool = NDArray[np.bool_]

#: Linux values; the plane is offered on Linux only.
MSG_DONTWAIT = 0x40
MSG_NOSIGNAL = 0x4000
EAGAIN = 11
EINTR = 4
#: Bytes of one pose on the wire: 2 header, 4 mask, 104 payload.
POSE_FRAME = 110
#: The most one connection may hand over in one tick.
CHUNK = 2_048

_recvmsg = ExternalFunction("recvmsg", types.int64(types.int32, types.uintp, types.int32))
_send = ExternalFunction("send", types.int64(types.int32, types.uintp, types.uintp, types.int32))
_sendmsg = ExternalFunction("sendmsg", types.int64(types.int32, types.uintp, types.int32))
_errno_location = ExternalFunction("__errno_location", types.CPointer(types.int32)())  # type: ignore[no-untyped-call]


@kernel
def receive(
    slots: I64,
    fds: I32,
    whole: Bool,
    message: I64,
    clock: I64,
    inbox: U8,
    arrived_ms: U32,
    poses: I32,
    odd: U8,
    odd_rows: I64,
) -> int:
    """Read every socket once; keep the newest whole pose of each, hand the rest back.

    Args:
        slots: [n] participants to read, by slot.
        fds: [capacity] file descriptor of each slot.
        whole: [capacity] whether nothing of an unfinished frame is waiting in Python.
        message: [32] a `msghdr` (7 words), its `iovec` (words 8, 9) and control bytes (from 16),
            with the inner addresses already in place.
        clock: [2] server time now in ms, system time now in ns; the kernel's receive stamps are
            system time.
        inbox: [capacity, 128] still-masked pose frames, newest wins.
        arrived_ms: [capacity] server time of arrival, set to at least 1 beside each new pose.
        poses: [capacity] counts up by the poses that came.
        odd: [m] bytes that were no whole poses, one read after the other.
        odd_rows: [n, 3] slot, offset in `odd` and length of each such read; length 0 means that
            the peer closed, -1 that the socket failed.

    Returns:
        How many rows of `odd_rows` were filled.
    """
    at = 0
    rows = 0
    for i in range(slots.shape[0]):
        slot = slots[i]
        if odd.shape[0] - at < CHUNK or rows >= odd_rows.shape[0]:
            break  # the rest is read at the next tick
        message[8] = odd.ctypes.data + at
        message[9] = CHUNK
        message[5] = 64
        message[6] = 0
        n = _recvmsg(fds[slot], message.ctypes.data, MSG_DONTWAIT)
        if n < 0:
            code = _errno()
            if code in (EAGAIN, EINTR):
                continue
            odd_rows[rows, 0], odd_rows[rows, 1], odd_rows[rows, 2] = slot, at, -1
            rows += 1
            continue
        if n == 0 or not whole[slot] or not _only_poses(odd, at, n):
            odd_rows[rows, 0], odd_rows[rows, 1], odd_rows[rows, 2] = slot, at, n
            rows += 1
            at += n
            continue
        last = at + n - POSE_FRAME
        for k in range(POSE_FRAME):
            inbox[slot, k] = odd[last + k]
        poses[slot] += n // POSE_FRAME
        age_ms = 0
        if message[5] >= 32:
            age_ms = (clock[1] - (message[18] * 1_000_000_000 + message[19])) // 1_000_000
            age_ms = min(max(age_ms, 0), 1_000)
        arrived_ms[slot] = max(np.uint32(1), np.uint32((clock[0] - age_ms) & 0xFFFFFFFF))
    return rows


@kernel
def _errno() -> int:
    """Say why the last call failed."""
    return int(carray(_errno_location(), 1)[0])


@kernel
def _only_poses(data: U8, at: int, n: int) -> bool:
    """Say whether n bytes are whole masked pose frames and nothing else."""
    if n % POSE_FRAME != 0:
        return False
    for start in range(at, at + n, POSE_FRAME):
        if (
            data[start] != 0x82
            or data[start + 1] != 0x80 | (POSE_FRAME - 6)
            or data[start + 6] ^ data[start + 2] != 0xC1
            or data[start + 7] ^ data[start + 3] != 0x01
        ):
            return False
    return True


@kernel
def send(
    slots: I64,
    fds: I32,
    message: I64,
    arena: U8,
    offsets: I64,
    lengths: I32,
    mail: U8,
    mail_offsets: I64,
    mail_lengths: I32,
    sent: I64,
) -> int:
    """Write each slot's mail and frame to its socket, in this order, without waiting.

    Args:
        slots: [n] participants to write to.
        fds: [capacity] file descriptor of each slot.
        message: [16] a `msghdr` (7 words) for two `iovec`s (words 8 to 11), address in place.
        arena: the frames.
        offsets: [capacity] where in the arena each slot's frame begins.
        lengths: [capacity] its length; 0 means no frame.
        mail: what is told to many; slots may share a part of it.
        mail_offsets: [capacity] where in it each slot's part begins.
        mail_lengths: [capacity] its length; 0 means none.
        sent: [capacity] how many bytes of both the socket took; -1 that it failed.

    Returns:
        How many slots' bytes were not taken whole.
    """
    short = 0
    base = arena.ctypes.data
    mail_base = mail.ctypes.data
    for i in range(slots.shape[0]):
        slot = slots[i]
        length = lengths[slot]
        letters = mail_lengths[slot]
        sent[slot] = 0
        if length <= 0 and letters <= 0:
            continue
        if letters <= 0:
            n = _send(fds[slot], base + offsets[slot], length, MSG_DONTWAIT | MSG_NOSIGNAL)
        else:
            message[8] = mail_base + mail_offsets[slot]
            message[9] = letters
            message[10] = base + offsets[slot]
            message[11] = length
            message[3] = 2 if length > 0 else 1
            n = _sendmsg(fds[slot], message.ctypes.data, MSG_DONTWAIT | MSG_NOSIGNAL)
        if n < 0:
            code = _errno()
            n = 0 if code in (EAGAIN, EINTR) else -1
        sent[slot] = n
        if n != length + letters:
            short += 1
    return short
