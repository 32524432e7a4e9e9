"""The compiled plane: one thread, one compiled loop that never comes back to Python.

Python gives orders through a ring, reads messages from another, and looks at counters; both rings
have an eventfd, whose system calls also order the memory between the two threads. The thread holds
no lock and takes no GIL, so a busy interpreter does not delay anybody's voice.

A removed peer's keys are freed, and its index handed out again, only after the loop has carried
out the removal and made two more rounds.
"""

import asyncio
import atexit
import os
import socket
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pylibsrtp import Session

from hearth_server.clock import Clock
from hearth_server.voice.addresses import V6_BYTES, unpack_address
from hearth_server.voice.kernels import layout, rounds
from hearth_server.voice.plane import COUNTERS, MediaPeer, MicStats, Sink, SlotStats
from hearth_server.voice.plane_state import RouteTable, Seats, Voices
from hearth_server.voice.srtp import listener_session, mic_session
from hearth_server.voice.srtp_handles import PROTECT, UNPROTECT, session_address

#: Without a round for so long the plane is dead. A waiting one makes 20 a second.
DEAD_NS = 1_000_000_000
STOP_S = 0.2
#: How long a round waits for something to do.
WAIT_MS = 50
#: Rounds between a removal and the end of what was removed.
GRACE_ROUNDS = 2


@dataclass(slots=True)
class _Leaving:
    """A removed peer whose memory may still be in use."""

    index: int
    #: Orders given when it was removed, and the rounds made when they were carried out.
    order: int
    round: int | None = None


class NumbaPlane:
    """A data plane in a thread; see `plane.DataPlane` for what each method promises."""

    name = "numba"

    def __init__(self, sink: Sink, clock: Clock, capacity: int) -> None:
        self._sink = sink
        self._clock = clock
        self._capacity = capacity
        self._seats = Seats(capacity)
        self._routes = RouteTable(self._seats)
        self._sessions: list[tuple[Session, Session] | None] = [None] * capacity
        self._leaving: deque[_Leaving] = deque()
        self._backlog: deque[tuple[int, ...]] = deque()
        self._given = 0
        self._fed = 0
        #: Counted here, because the array is the thread's alone.
        self._refused = dict.fromkeys(("feed_in", "removed", "control_full"), 0)
        self._thread: threading.Thread | None = None
        self._order_fd = self._message_fd = -1
        self.prepare(())

    def prepare(self, sockets: Sequence[socket.socket]) -> None:
        """Lay out the memory for these sockets, with nobody in it."""
        self.state = state = layout.allocate(self._capacity, len(sockets))
        # Views of the records, one per field.
        self._peers: NDArray[np.void] = np.asarray(state.peers)
        self._slots: NDArray[np.void] = np.asarray(state.slots)
        peers, slots = self._peers, self._slots
        self.mics = MicStats(
            peers["received"],
            peers["first_seq"],
            peers["highest_seq"],
            peers["jitter_q4"],
            peers["last_ts"],
            peers["last_ns"],
        )
        self.slots = SlotStats(
            slots["packets"], slots["octets"], slots["last_ts"], slots["last_ns"], slots["talker"]
        )
        told = np.zeros(self._capacity, np.bool_)
        self._voices = Voices(peers["level_q8"], peers["heard_ns"], peers["loud_until_ns"], told)
        for index in range(self._capacity):
            self._voices.forget(index)
        if self._order_fd < 0:
            flags = os.EFD_NONBLOCK | os.EFD_CLOEXEC
            self._order_fd, self._message_fd = os.eventfd(0, flags), os.eventfd(0, flags)
        state.natives[:] = PROTECT, UNPROTECT, self._order_fd, self._message_fd
        state.polls[:] = [*(sock.fileno() for sock in sockets), self._order_fd]

    # --- life ----------------------------------------------------------------------------------

    def start(self, sockets: Sequence[socket.socket]) -> None:
        """Start the thread on these sockets."""
        self.prepare(sockets)
        asyncio.get_running_loop().add_reader(self._message_fd, self._notified)
        self.state.flags[layout.HEARTBEAT_NS] = self._now_ns()
        self._thread = threading.Thread(target=self._serve, name="voice plane", daemon=True)
        self._thread.start()
        # A daemon thread outlives the interpreter's objects, and this one uses them.
        atexit.register(self._end_thread)

    def _serve(self) -> None:
        rounds.serve(self.state, -1, WAIT_MS)

    def stop(self) -> None:
        """End the thread and forget all peers."""
        if self._order_fd < 0:
            return
        if self._thread is not None:
            asyncio.get_running_loop().remove_reader(self._message_fd)
            if not self._end_thread():
                return  # it may still use everything: leave it all in place
        for fd in (self._order_fd, self._message_fd):
            os.close(fd)
        self._order_fd = self._message_fd = -1
        self._sessions = [None] * self._capacity
        self._seats.taken[:] = False

    def _end_thread(self) -> bool:
        """End the thread; say whether it has ended."""
        if self._thread is None:
            return True
        atexit.unregister(self._end_thread)
        self.state.flags[layout.STOP] = 1
        os.eventfd_write(self._order_fd, 1)
        self._thread.join(STOP_S)
        if self._thread.is_alive():
            return False
        self._thread = None
        return True

    def alive(self) -> bool:
        """Say whether the thread has made a round within the last second."""
        if self._thread is None or not self._thread.is_alive():
            return False
        return self._now_ns() - int(self.state.flags[layout.HEARTBEAT_NS]) < DEAD_NS

    def poll(self) -> None:
        """Give orders that had no room, and free what nobody can be using any more."""
        self._give_backlog()
        obeyed, made = (int(self.state.flags[at]) for at in (layout.OBEYED, layout.ROUNDS))
        for leaving in self._leaving:  # in the order of their orders
            if obeyed < leaving.order:
                break
            if leaving.round is None:
                leaving.round = made
        while self._leaving:
            leaving = self._leaving[0]
            if leaving.round is None or made < leaving.round + GRACE_ROUNDS:
                return
            self._sessions[leaving.index] = None
            self._seats.free(leaving.index)
            self._leaving.popleft()

    # --- peers and routes ----------------------------------------------------------------------

    def add(self, peer: MediaPeer) -> int:
        """Take a peer in; return its index."""
        rx = mic_session(peer.rx_key, peer.profile)
        tx = listener_session(peer.tx_key, peer.profile)
        index = self._seats.take()
        self._sessions[index] = (rx, tx)
        self._peers[index] = np.zeros((), layout.PEER)
        row, slots = self._peers[index], self._slots[index]
        row["rx"], row["tx"] = session_address(rx), session_address(tx)
        row["participant"], row["mic_ssrc"] = peer.participant, peer.mic_ssrc
        row["mic_pt"], row["level_ext"] = peer.mic_pt, peer.level_ext
        row["socket"], row["broken"] = layout.NOWHERE, 1
        slots[...] = np.zeros((), layout.SLOT)
        slots["source"] = slots["talker"] = -1
        slots["ssrc"], slots["payload_type"] = peer.slot_ssrcs, peer.listen_pt
        slots["clock"] = peer.slot_clocks
        slots["high_seq"] = (np.array(peer.slot_seqs) - 1) & 0xFFFF
        self._voices.forget(index)
        self._order(layout.SEAT, index)
        return index

    def set_path(self, index: int, socket_index: int, address: bytes | None) -> None:
        """Say where a peer is."""
        if not self._seats.holds(index):
            return
        if address is None:
            self._order(layout.PATH, index, layout.ON_TCP)
            return
        unpack_address(address)
        if not 0 <= socket_index < self.state.polls.shape[0] - 1:
            raise ValueError(f"no such socket: {socket_index}")
        words = np.frombuffer(address.ljust(32, b"\0"), np.int64)
        self._order(layout.PATH, index, socket_index, len(address), *map(int, words))

    def remove(self, index: int) -> None:
        """Forget a peer."""
        if not self._seats.holds(index):
            return
        self._peers[index]["gone"] = 1
        self._routes.forget(index)
        self._voices.forget(index)
        self._seats.leave(index)
        self._order(layout.REMOVE, index)
        self._leaving.append(_Leaving(index, self._given + len(self._backlog)))

    def set_routes(self, epoch: int, rows: Sequence[tuple[int, Sequence[int]]]) -> None:
        """Set who is heard in the slots of some listeners."""
        orders = [
            (layout.ROUTE, listener, slot, talker)
            for listener, talkers in rows
            for slot, talker in self._routes.change(listener, talkers)
        ]
        self._backlog.extend(orders)
        self._backlog.append((layout.EPOCH, epoch))
        self._give_backlog()

    def acked_epoch(self) -> int:
        """Return the epoch in force."""
        return int(self.state.flags[layout.ACKED])

    def set_muted(self, index: int, on: bool) -> None:
        """Drop everything a peer says, from now on or no more."""
        if self._seats.holds(index):
            self._peers[index]["muted"] = on
            if on:
                self._voices.hush(index)

    def feed(self, index: int, packet: bytes) -> None:
        """Take an encrypted RTP packet that a peer sent by TCP."""
        fed, limit = self.state.fed, layout.READ_LIMIT
        # A row is used again after as many packets: by then its order must have been obeyed.
        waiting = self._given + len(self._backlog) - int(self.state.flags[layout.OBEYED])
        if not self._seats.holds(index):
            self._refused["feed_in"] += 1
            self._refused["removed"] += 1
            return
        if waiting >= fed.shape[0]:
            self._refused["control_full"] += 1
            return
        row = self._fed % fed.shape[0]
        self._fed += 1
        packet = packet[:limit]
        fed[row, : len(packet)] = np.frombuffer(packet, np.uint8)
        self._order(layout.FEED, index, row, len(packet))

    def _order(self, *order: int) -> None:
        self._backlog.append(order)
        self._give_backlog()

    def _give_backlog(self) -> None:
        """Write waiting orders to the ring as far as there is room, and ring the bell."""
        orders = self.state.orders
        room = orders.shape[0] - (self._given - int(self.state.flags[layout.OBEYED]))
        new = min(room, len(self._backlog))
        for _ in range(new):
            order = self._backlog.popleft()
            orders[self._given % orders.shape[0], : len(order)] = order
            self._given += 1
        if new:
            os.eventfd_write(self._order_fd, new)

    # --- reports -------------------------------------------------------------------------------

    def edges(self) -> list[tuple[int, bool]]:
        """Return who began or stopped talking."""
        return self._voices.edges(self._now_ns())

    def levels(self) -> NDArray[np.uint8]:
        """Return [capacity] smoothed levels in -dBov."""
        return self._voices.levels(self._now_ns())

    def counters(self) -> dict[str, int]:
        """Return totals since the start."""
        counts = dict(zip(COUNTERS, self.state.counts.tolist(), strict=True))
        for name, count in self._refused.items():
            counts[name] += count
        return {**counts, "unknown_route": self._routes.unknown}

    def _now_ns(self) -> int:
        return round(self._clock.monotonic_s() * 1e9)

    # --- messages ------------------------------------------------------------------------------

    def _notified(self) -> None:
        try:
            count = os.eventfd_read(self._message_fd)
        except BlockingIOError:
            return
        self.read_messages(count)

    def read_messages(self, count: int) -> None:
        """Hand the next `count` messages of the ring to the sink."""
        state = self.state
        for _ in range(count):
            read = int(state.flags[layout.READ_MESSAGES])
            row = state.messages[read % layout.MESSAGES]
            kind, who, size, address_size = row[:4].tolist()
            body = row.view(np.uint8)
            data = body[8 * layout.MESSAGE_HEAD :][:size].tobytes()
            address = body[32 : 32 + min(address_size, V6_BYTES)].tobytes()
            # Only now may the plane write over it.
            state.flags[layout.READ_MESSAGES] = read + 1
            if kind == layout.DATAGRAM:
                self._sink.on_datagram(who, data, address)
            elif kind == layout.TCP_OUT:
                self._sink.tcp_out(who, data)
            elif kind == layout.TALK:
                self._sink.on_talk()
