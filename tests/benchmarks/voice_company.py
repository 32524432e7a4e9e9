"""People with real connections to a voice server, whose sockets are driven by compiled code.

They connect in Python (ICE, DTLS); while they talk and listen the benchmark's generator has their
sockets, so that neither side wakes anybody and both servers of a comparison face the same.
"""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from aioice import stun

from hearth_server.voice import link
from hearth_server.voice.dtls import SharedCertificate
from hearth_server.voice.kernels.layout import _addresses
from hearth_server.voice.srtp_handles import PROTECT, session_address
from tests.benchmarks.bench_voice import CROWD_CORE, PLANE_CORE
from tests.benchmarks.voice_parties import BINS, PACKET_NS, READ, SLOTS, Party, drive
from tests.support.voice_board import routes
from tests.support.voice_client import VoiceClient
from tests.support.voice_worker import Worker, running_worker

WARM_S = 1.0
AT_ONCE = 16
TALKER_SSRC = 0x5000_0000
FIRST_TALKER, FIRST_LISTENER = 100_000, 101_000
BUFFER_BYTES = 4 << 20
SO_RCVBUFFORCE = 33


def cpu_s(pid: int) -> float:
    """CPU seconds that a process has used, all its threads (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


@asynccontextmanager
async def worker_on_its_core() -> AsyncIterator[tuple[Worker, int]]:
    """A worker with the compiled plane, ready, and its process id."""
    os.sched_setaffinity(0, {PLANE_CORE})
    config = link.Config(hosts=("127.0.0.1",), plane="numba", log_level="warning", max_peers=512)
    try:
        async with running_worker(config) as worker:
            async with asyncio.timeout(120.0):  # an empty cache of compiled code takes its time
                while worker.supervisor.ready is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            os.sched_setaffinity(0, {CROWD_CORE})
            pid = worker.supervisor.pid
            assert pid is not None
            yield worker, pid
    finally:
        os.sched_setaffinity(0, {PLANE_CORE, CROWD_CORE})


class _Socket:
    """A connected UDP socket, read by the event loop or, for a while, by others."""

    def __init__(self, client: VoiceClient, address: tuple[str, int]) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
        except OSError:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self.sock.setblocking(False)
        self.sock.connect(address)
        self._client = client
        self.resume()

    def resume(self) -> None:
        asyncio.get_running_loop().add_reader(self.sock.fileno(), self._read)

    def pause(self) -> None:
        asyncio.get_running_loop().remove_reader(self.sock.fileno())

    def _read(self) -> None:
        try:
            self._client.take(self.sock.recv(2048))
        except BlockingIOError:
            return

    def sendto(self, data: bytes) -> None:
        self.sock.send(data)

    def close(self) -> None:
        self.pause()
        self.sock.close()


class End(VoiceClient):
    """A talker or listener of either server."""

    async def open_path(self, *, tcp: bool = False) -> None:
        """Open a socket that can be lent out."""
        assert self.answer is not None
        assert not tcp
        self._transport = _Socket(self, self.answer.udp[0])

    @property
    def lent(self) -> _Socket:
        """The socket."""
        path: _Socket = self._transport
        return path

    async def enter(self, theirs: str, *, checks: bool = False) -> None:
        """Connect as an answer or an offer says; send checks later on by itself, or not."""
        if "a=setup:active" in theirs:
            self.dtls._set_role("server")
        await self.connect(theirs, timeout_s=30.0)
        if self._alive is not None and not checks:
            self._alive.cancel()

    def answer_to(self, offer: str) -> str:
        """Return an answer that receives every line of an offer."""
        mids = [line[6:] for line in offer.split("\r\n") if line.startswith("a=mid:")]
        payload = next(
            line.split(":")[1].split(" ")[0]
            for line in offer.split("\r\n")
            if line.startswith("a=rtpmap:") and "opus" in line
        )
        print_ = self.certificate.getFingerprints()[0]
        lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
        lines.append("a=group:BUNDLE " + " ".join(mids))
        for mid in mids:
            lines += [
                f"m=audio 9 UDP/TLS/RTP/SAVPF {payload}",
                "c=IN IP4 0.0.0.0",
                f"a=ice-ufrag:{self._ufrag}",
                f"a=ice-pwd:{self._password}",
                f"a=fingerprint:{print_.algorithm} {print_.value}",
                "a=setup:active",
                f"a=mid:{mid}",
                "a=rtcp-mux",
                f"a=rtpmap:{payload} opus/48000/2",
                "a=recvonly",
            ]
        return "\r\n".join(lines) + "\r\n"

    def take(self, data: bytes) -> None:
        """Leave voice alone between rounds; answer the checks that Janus sends though lite."""
        if data[:2] == b"\0\1":
            request = stun.parse_message(data)
            reply = stun.Message(
                stun.Method.BINDING, stun.Class.RESPONSE, transaction_id=request.transaction_id
            )
            reply.attributes["XOR-MAPPED-ADDRESS"] = self.lent.sock.getpeername()
            reply.add_message_integrity(self._password.encode())
            self.send_raw(bytes(reply))
        elif not 128 <= data[0] < 192:
            super().take(data)


@dataclass(frozen=True)
class Round:
    """What one stretch of talking cost one server. Its few reports count as packets, too."""

    server: str
    wanted: int
    received: int
    cpu_s: float
    wall_s: float

    @property
    def share(self) -> float:
        """Share of a core."""
        return self.cpu_s / self.wall_s

    @property
    def loss(self) -> float:
        """Share that did not arrive."""
        return 1 - self.received / self.wanted

    @property
    def us_a_packet(self) -> float:
        """CPU microseconds for each packet that arrived."""
        return self.cpu_s / max(self.received, 1) * 1e6


class Company:
    """Everybody's ends at one server."""

    def __init__(self, name: str, pid: int, party: Party) -> None:
        certificate = SharedCertificate.generateCertificate()
        self.name, self.pid, self.party = name, pid, party
        self.talkers = [End(slots=0, certificate=certificate) for _ in range(party.talkers)]
        for number, talker in enumerate(self.talkers):
            talker.mic_ssrc = TALKER_SSRC + number
        self.listeners = [End(mic=False, certificate=certificate) for _ in range(party.listeners)]
        self._first = 0

    def group(self, number: int) -> range:
        """Return the numbers of the talkers that a listener hears."""
        begin = SLOTS * (number // self.party.fan)
        return range(begin, min(begin + SLOTS, self.party.talkers))

    async def keep_alive(self) -> None:
        """Send a check of everybody."""
        for ends in slices([*self.talkers, *self.listeners]):
            await asyncio.gather(*(end.nominate() for end in ends))

    async def talk(self, seconds: float) -> Round:
        """Let all talk for so long."""
        ends = [*self.talkers, *self.listeners]
        for end in ends:
            end.lent.pause()
        try:
            await asyncio.to_thread(self._drive, WARM_S)
            await asyncio.to_thread(self._drive, 0.2, speak=False)
            before_s, begin = cpu_s(self.pid), time.perf_counter()
            heard = await asyncio.to_thread(self._drive, seconds)
            heard += await asyncio.to_thread(self._drive, 0.1, speak=False)
            used_s, wall_s = cpu_s(self.pid) - before_s, time.perf_counter() - begin
        finally:
            for end in ends:
                end.lent.resume()
        rounds = int(seconds * 1e9) // PACKET_NS
        wanted = rounds * self.party.talkers * self.party.fan
        return Round(self.name, wanted, heard, used_s, wall_s)

    def _drive(self, seconds: float, *, speak: bool = True) -> int:
        party, rounds = self.party, int(seconds * 1e9) // PACKET_NS
        ends = [*self.talkers, *self.listeners]
        fds = np.array([end.lent.sock.fileno() for end in ends], np.int64)
        sessions = np.array([session_address(end.dtls._tx_srtp) for end in self.talkers], np.int64)
        data, control = np.zeros((READ, 64), np.uint8), np.zeros((READ, 8), np.int64)
        headers, vectors = np.zeros((READ, 8), np.int64), np.zeros((READ, 2), np.int64)
        vectors[:, 0], vectors[:, 1] = _addresses(data), 16
        headers[:, 2], headers[:, 3] = _addresses(vectors), 1
        headers[:, 4] = _addresses(control)
        packet, said_ns = np.zeros(512, np.uint8), np.zeros((party.talkers, 1 << 16), np.int64)
        arrays = (fds, sessions, packet, data, control, headers, said_ns, np.zeros(BINS, np.int64))
        numbers = np.array([party.talkers, party.fan, PROTECT, int(speak)], np.int64)
        heard: int = drive(*arrays, numbers, np.zeros(8, np.int64), self._first, rounds)
        if speak:
            self._first += rounds
        return heard

    def close(self) -> None:
        """Vanish."""
        for end in (*self.talkers, *self.listeners):
            end.drop()


def slices(ends: list[Any]) -> list[list[Any]]:
    """Return a list in parts: so many connect at a time."""
    return [ends[at : at + AT_ONCE] for at in range(0, len(ends), AT_ONCE)]


async def at_hearth(worker: Worker, pid: int, party: Party, *, checks: bool = False) -> Company:
    """Bring everybody into a Hearth worker; `checks`: they go on to show that they are alive."""
    company = Company("hearth", pid, party)

    async def enter(participant: int, end: End) -> None:
        await end.enter(await worker.offer(participant, end.offer()), checks=checks)

    people = [
        *((FIRST_TALKER + number, end) for number, end in enumerate(company.talkers)),
        *((FIRST_LISTENER + number, end) for number, end in enumerate(company.listeners)),
    ]
    for some in slices(people):
        await asyncio.gather(*(enter(*each) for each in some))
    rows: dict[int, Sequence[int]] = {
        FIRST_LISTENER + number: [FIRST_TALKER + talker for talker in company.group(number)]
        for number in range(len(company.listeners))
    }
    worker.supervisor.send(routes(1, rows))
    await worker.told.until(link.Acked)
    return company
