"""Throws mutated datagrams at the compiled plane with bounds checks on; ends with 0 if all is well.

Run in a process of its own with NUMBA_BOUNDSCHECK=1 and a cache folder of its own, because numba
would load unchecked code from any other:
`python -m tests.server.voice.plane_fuzz DATAGRAMS [--plant routes|kernel]`. With `--plant`
something out of range is put in, and the run must end with an IndexError.
"""

import argparse
import os
import random
import socket
import sys
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from hearth_protocol.kernels._jit import kernel
from hearth_server.voice.addresses import pack_address
from hearth_server.voice.kernels import inbound, layout, orders, outbound
from hearth_server.voice.plane_numba import NumbaPlane
from tests.server.voice.plane_rig import CM, GCM, Member, NanoClock, Notes, level_ext, row_of, rtp

TALKERS, LISTENERS = 4, 3
#: Datagrams between looks at what the listeners got.
BATCHES_A_LOOK = 4


@kernel
def beyond(numbers: NDArray[np.int64], at: int) -> int:
    """Read where nothing is, if nobody checks."""
    return int(numbers[at])


@kernel
def flush_all(s: layout.State) -> None:
    """Send what waits, as the end of a round does."""
    for lane in range(s.waiting.shape[0] - 1):
        outbound.flush(s, lane)


class Arena:
    """A plane with talkers, listeners on real sockets, and one listener who may hear nobody."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.clock, self.notes = NanoClock(), Notes()
        self.ours = self._socket()
        self.plane = NumbaPlane(self.notes, self.clock, TALKERS + LISTENERS + 1)
        self.plane.prepare([self.ours])
        self.talkers = [Member(1 + n, (GCM, CM)[n % 2]) for n in range(TALKERS)]
        self.tracks = [[65_000 + n, 2**32 - 99 * n] for n in range(TALKERS)]
        self.ears = [(Member(20 + n, (GCM, CM)[n % 2]), self._socket()) for n in range(LISTENERS)]
        self.deaf = (Member(40), self._socket())
        for member in self.talkers:
            self.plane.set_path(self.plane.add(member.media), 0, member.address)
        for member, ear in (*self.ears, self.deaf):
            place = pack_address(socket.AF_INET, ear.getsockname())
            self.plane.set_path(self.plane.add(member.media), 0, place)
        self.allowed = [{1, 2, 3}, {2, 4}, {1}]
        rows = [
            (TALKERS + n, row_of(*(t - 1 for t in heard))) for n, heard in enumerate(self.allowed)
        ]
        self.plane.set_routes(1, rows)
        self.state = self.plane.state
        orders.obey(self.state, os.eventfd_read(int(self.state.natives[layout.ORDER_FD])), 1)
        self.recent = [[b"\x80"] for _ in range(TALKERS)]
        self.heard: Counter[int] = Counter()

    @staticmethod
    def _socket() -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        sock.bind(("127.0.0.1", 0))
        sock.setblocking(False)
        return sock

    # --- what is thrown ------------------------------------------------------------------------

    def datagram(self) -> tuple[bytes, bytes]:
        """Return the bytes and the sender of the next datagram."""
        dice = self.dice
        who = dice.randrange(TALKERS)
        address = self.talkers[who].address
        kind = dice.random()
        if kind < 0.45:
            data = self.spoken(who)
        elif kind < 0.75:
            data = self.bent(dice.choice(self.recent[who]))
        elif kind < 0.85:
            data = dice.choice(self.recent[who])[: dice.randrange(140)]
        elif kind < 0.9:
            data = dice.choice(self.recent[who]) + dice.randbytes(
                dice.choice((1, 40, 1_400, 2_200))
            )
        else:
            data = dice.randbytes(dice.choice((0, 1, 2, 11, 12, 13, 20, 100, 1_472, 1_473, 2_048)))
        if dice.random() < 0.02:
            address = dice.randbytes(dice.choice((16, 28)))
        return data, address

    def spoken(self, who: int) -> bytes:
        """Return what a member with good keys sends, often misshapen inside the encryption."""
        dice, member, track = self.dice, self.talkers[who], self.tracks[who]
        track[0] += dice.choice((1, 1, 1, 1, 1, 2, -1, -3, 40))
        track[1] += dice.choice((960, 960, 960, 960, 0, -960, 2_880, 10**6))
        size = dice.choice((80, 80, 80, 0, 1, 3, 4, 400, 1_275, 1_280))
        level = dice.choice((20, 50, 59, 60, 90, 127))
        packet = bytearray(
            rtp(track[0], track[1], member.ssrc, dice.randbytes(size), level_ext(1, level))
        )
        if dice.random() < 0.5:
            for _ in range(dice.choice((1, 1, 2, 4))):
                # The first bytes and the extension, but for SSRC and sequence number.
                at = dice.choice((0, 0, 12, 13, 14, 15, 16, 17, 18, 19, len(packet) - 1))
                packet[min(at, len(packet) - 1)] = dice.choice((0, 1, 0x10, 0x1F, 0xFF, 0xB0, 0xA1))
            packet[0] = 0x80 | packet[0] & 0x3F
        data = member.says(bytes(packet)) if len(packet) < 1_350 else None
        if data is None:
            return bytes(packet)
        self.recent[who] = [*self.recent[who][-20:], data]
        return data

    def bent(self, data: bytes) -> bytes:
        """Return a datagram with a few bytes changed."""
        changed = bytearray(data)
        for _ in range(self.dice.choice((1, 1, 2, 5))):
            at = self.dice.randrange(min(len(changed), self.dice.choice((2, 20, 2_000))))
            changed[at] ^= self.dice.randrange(1, 256)
        return bytes(changed)

    # --- what must hold ------------------------------------------------------------------------

    def run(self, datagrams: int) -> None:
        """Throw so many, and look at every ear."""
        state, batches = self.state, 0
        while datagrams > 0:
            count = min(layout.READ_BATCH, datagrams)
            for row in range(count):
                data, address = self.datagram()
                size = min(len(data), layout.READ_LIMIT)
                state.read_bytes[row, :size] = np.frombuffer(data, np.uint8)[:size]
                state.read_headers[row, 1], state.read_headers[row, 7] = len(address), size
                state.read_names[row] = np.frombuffer(address.ljust(32, b"\0"), np.int64)
            self.clock.advance(count * 0.01)
            inbound.take_batch(state, 0, count, self.clock.now_ns)
            flush_all(state)
            new = state.flags[layout.NEXT_MESSAGE] - state.flags[layout.READ_MESSAGES]
            self.plane.read_messages(int(new))
            self.notes.datagrams.clear()
            datagrams -= count
            batches += 1
            if batches % BATCHES_A_LOOK == 0:
                self.listen()
        self.listen()

    def listen(self) -> None:
        """Read every ear: only whom it may hear, under its own key, each number once."""
        for number, (member, ear) in enumerate(self.ears):
            for packet in self._read(ear):
                heard = member.hears(packet)  # raises if under another's key, or sent twice
                assert heard.csrc - 1_000 in self.allowed[number], "somebody else was heard"
                self.heard[number] += 1
        assert not list(self._read(self.deaf[1])), "a word reached one who may hear nobody"

    @staticmethod
    def _read(ear: socket.socket) -> list[bytes]:
        packets = []
        while True:
            try:
                packets.append(ear.recv(2_048))
            except BlockingIOError:
                return packets


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("datagrams", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plant", choices=("routes", "kernel"))
    options = parser.parse_args()
    arena = Arena(options.seed)
    if options.plant == "kernel":
        beyond(np.zeros(4, np.int64), 4)
    if options.plant == "routes":
        arena.state.fans[0, 0] = 8 * (TALKERS + LISTENERS + 1)
    arena.run(options.datagrams)
    counters = {name: count for name, count in arena.plane.counters().items() if count}
    print(counters, dict(arena.heard))
    assert min(arena.heard[number] for number in range(LISTENERS)) > 0
    arena.plane.stop()


if __name__ == "__main__":
    if os.environ.get("NUMBA_BOUNDSCHECK") != "1":
        sys.exit("set NUMBA_BOUNDSCHECK=1 and a NUMBA_CACHE_DIR of its own")
    main()
