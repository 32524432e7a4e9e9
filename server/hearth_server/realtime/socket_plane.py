"""The socket plane: reads and writes all plain connections of a tick in two compiled calls.

It owns duplicates of the connections' file descriptors, so that a number which uvloop closes can
never come to mean somebody else's socket while the plane still uses it. It knows slots and bytes,
not people; whatever is not a whole pose goes to the connection's own protocol object, and what a
socket does not take at once goes to its transport. Encrypted connections never come here.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hearth_server.realtime.kernels import sockets

SO_TIMESTAMPNS = 35
SOL_SOCKET = 1
#: What one tick may read that is not a whole pose, in all.
ODD_BYTES = 4 << 20


class Peer(Protocol):
    """What the plane needs of a connection."""

    def data_received(self, data: bytes) -> None:
        """Take bytes that were no whole poses."""

    def write_rest(self, rest: memoryview) -> None:
        """Send what the socket did not take, before anything else is sent."""


class SocketPlane:
    """Batched socket work for up to `capacity` slots."""

    def __init__(
        self, capacity: int, inbox: NDArray[np.uint8], arrived: NDArray[np.uint32]
    ) -> None:
        self._fds = np.full(capacity, -1, np.int32)
        self._peers: list[Peer | None] = [None] * capacity
        self._transports: list[asyncio.Transport | None] = [None] * capacity
        self._slots = np.zeros(0, np.int64)
        self._stale = False
        #: [capacity] whether the slot's parser holds nothing unfinished; the owner keeps it true.
        self.whole = np.ones(capacity, np.bool_)
        #: Slots whose transports were written to, past the plane: the only ones in which
        #: anything may wait. Who writes adds, who finds one empty takes off.
        self.written: set[int] = set()
        #: [capacity] poses read since the owner last looked.
        self.poses = np.zeros(capacity, np.int32)
        self._inbox = inbox
        self._arrived = arrived
        self._sent = np.zeros(capacity, np.int64)
        self._odd = np.zeros(ODD_BYTES, np.uint8)
        self._odd_rows = np.zeros((capacity, 3), np.int64)
        self._clock = np.zeros(2, np.int64)
        # One msghdr, its iovec and room for the receive stamp, as 64-bit words; the kernels
        # fill in the buffer's address and length for each call.
        self._message = np.zeros(32, np.int64)
        address = self._message.ctypes.data
        self._message[2] = address + 8 * 8
        self._message[3] = 1
        self._message[4] = address + 16 * 8
        # Another for sending: mail and frame, side by side.
        self._letter = np.zeros(16, np.int64)
        self._letter[2] = self._letter.ctypes.data + 8 * 8
        self._mail = bytearray()
        self._mail_offsets = np.zeros(capacity, np.int64)
        self._mail_lengths = np.zeros(capacity, np.int32)

    @staticmethod
    def available() -> bool:
        """Say whether this system's calls are the ones that the kernels know."""
        return sys.platform == "linux" and sys.maxsize > 2**32 and sys.byteorder == "little"

    @property
    def slots(self) -> NDArray[np.int64]:
        """Slots on the plane, ascending."""
        if self._stale:
            self._slots = np.flatnonzero(self._fds >= 0).astype(np.int64)
            self._stale = False
        return self._slots

    @property
    def carried(self) -> NDArray[np.bool_]:
        """[capacity] whether each slot's socket is on the plane."""
        return np.greater_equal(self._fds, 0)

    def carries(self, slot: int) -> bool:
        """Say whether this slot's socket is on the plane."""
        return bool(self._fds[slot] >= 0)

    def add(self, slot: int, transport: asyncio.Transport, peer: Peer) -> bool:
        """Take over reading and snapshot writing of a connection, if it is a plain one."""
        socket = transport.get_extra_info("socket")
        if socket is None or transport.get_extra_info("sslcontext") is not None:
            return False
        self.remove(slot)
        transport.pause_reading()
        socket.setsockopt(SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._fds[slot] = os.dup(socket.fileno())
        self._peers[slot] = peer
        self._transports[slot] = transport
        self.whole[slot] = True
        self.poses[slot] = 0
        self.written.add(slot)  # the handshake went through the transport
        self._stale = True
        return True

    def remove(self, slot: int) -> None:
        """Let go of a slot's socket; its transport keeps it."""
        fd = int(self._fds[slot])
        if fd < 0:
            return
        os.close(fd)
        self._fds[slot] = -1
        self._peers[slot] = None
        self._transports[slot] = None
        self.written.discard(slot)
        self._stale = True

    def close(self) -> None:
        """Let go of every socket."""
        for slot in self.slots:
            self.remove(int(slot))

    def receive(self, now_ms: int, system_ns: int) -> None:
        """Read all sockets: poses into the inbox, anything else to the peers.

        Args:
            now_ms: server time now.
            system_ns: the system's wall clock now, which is what stamps arrivals.
        """
        self._clock[0] = now_ms
        self._clock[1] = system_ns
        rows = sockets.receive(
            self.slots,
            self._fds,
            self.whole,
            self._message,
            self._clock,
            self._inbox,
            self._arrived,
            self.poses,
            self._odd,
            self._odd_rows,
        )
        for slot, at, length in self._odd_rows[:rows].tolist():
            peer, transport = self._peers[slot], self._transports[slot]
            if peer is None or transport is None:
                continue
            if length > 0:
                peer.data_received(self._odd[at : at + length].tobytes())
            else:
                # The loop finds out for itself what is wrong and tells the protocol.
                self.remove(slot)
                transport.resume_reading()

    def post(self, slots: NDArray[np.int64], frames: bytes) -> None:
        """Put the same whole frames before this tick's snapshots of many.

        Args:
            slots: slots on the plane whose transports have nothing left to send. Each may be
                posted to several times; then it has frames of its own to carry.
            frames: control frames, packed.
        """
        fresh = slots[self._mail_lengths[slots] == 0]
        self._mail_offsets[fresh] = len(self._mail)
        self._mail_lengths[fresh] = len(frames)
        self._mail += frames
        if fresh.size < slots.size:
            for slot in slots[~np.isin(slots, fresh)].tolist():
                self._post_again(slot, frames)

    def posted(self, slot: int) -> bool:
        """Say whether something was posted to this slot that is not sent yet."""
        return bool(self._mail_lengths[slot])

    def _post_again(self, slot: int, frames: bytes) -> None:
        begin, length = int(self._mail_offsets[slot]), int(self._mail_lengths[slot])
        self._mail_offsets[slot] = len(self._mail)
        self._mail_lengths[slot] = length + len(frames)
        self._mail += self._mail[begin : begin + length] + frames

    def send(
        self,
        slots: NDArray[np.int64],
        arena: NDArray[np.uint8],
        offsets: NDArray[np.int64],
        lengths: NDArray[np.int32],
    ) -> Sequence[int]:
        """Write each slot's mail and frame; give what a socket did not take to its peer.

        Args:
            slots: slots on the plane whose transports have nothing left to send.
            arena: frames of this tick. It must stay as it is while a peer has a rest of it.
            offsets: [capacity] begin of each slot's frame.
            lengths: [capacity] its length, 0 for none.

        Returns:
            The slots whose peers now hold a part of the arena.
        """
        mail = np.frombuffer(bytes(self._mail) or b"\0", np.uint8)
        short = sockets.send(
            slots,
            self._fds,
            self._letter,
            arena,
            offsets,
            lengths,
            mail,
            self._mail_offsets,
            self._mail_lengths,
            self._sent,
        )
        held = self._hold_rests(slots, arena, offsets, lengths) if short else ()
        if self._mail:
            self._mail.clear()
            self._mail_lengths[:] = 0
        return held

    def _hold_rests(
        self,
        slots: NDArray[np.int64],
        arena: NDArray[np.uint8],
        offsets: NDArray[np.int64],
        lengths: NDArray[np.int32],
    ) -> Sequence[int]:
        """Give each peer what its socket did not take."""
        view = arena.data
        held = []
        whole = lengths[slots] + self._mail_lengths[slots]
        for slot in slots[self._sent[slots] != whole].tolist():
            peer, transport = self._peers[slot], self._transports[slot]
            if peer is None or transport is None:
                continue
            sent = int(self._sent[slot])
            if sent < 0:
                self.remove(slot)
                transport.resume_reading()
                continue
            begin, letters = int(self._mail_offsets[slot]), int(self._mail_lengths[slot])
            if sent < letters:
                peer.write_rest(memoryview(bytes(self._mail[begin + sent : begin + letters])))
            begin, sent = int(offsets[slot]), max(0, sent - letters)
            if sent < lengths[slot]:
                peer.write_rest(view[begin + sent : begin + int(lengths[slot])])
            held.append(slot)
        return held
