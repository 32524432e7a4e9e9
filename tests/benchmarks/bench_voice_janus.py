"""Hearth's voice worker and Janus side by side: CPU for each packet that a listener received.

Janus (Debian package, VideoRoom, audio only, one event loop, ICE-lite) and a Hearth worker run on
the same core, in turns; talkers and listeners, the same code for both, on the other. Each listener
has one connection and hears the eight talkers of its company in it. Connections are real (ICE,
DTLS, SRTP with the same cipher). `python -m tests.benchmarks.bench_voice_janus`.
"""

import asyncio
import os
import socket
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from aioice import stun

from hearth_server.voice import link
from hearth_server.voice.dtls import SharedCertificate
from hearth_server.voice.kernels.layout import _addresses
from hearth_server.voice.srtp_handles import PROTECT, session_address
from tests.benchmarks.bench_voice import CROWD_CORE, PLANE_CORE, Cell, Options
from tests.benchmarks.bench_voice_joins import cpu_s, worker_on_its_core
from tests.benchmarks.voice_janus import Janus, installed, running_janus
from tests.benchmarks.voice_parties import BINS, PACKET_NS, READ, SLOTS, Party, drive
from tests.benchmarks.voice_rows import alone, settle
from tests.support.voice_board import routes
from tests.support.voice_client import VoiceClient
from tests.support.voice_worker import Worker

BAR = 1.0
#: Listeners to each talker: the largest company that Janus carries without losing more than this.
FANS, LOSS = (100, 50, 25, 12), 0.01
WARM_S = 1.0
AT_ONCE = 16
TALKER_SSRC = 0x5000_0000
FIRST_TALKER, FIRST_LISTENER = 1, 1_000
BUFFER_BYTES = 4 << 20
SO_RCVBUFFORCE = 33


#: Janus waits for a candidate, though it sends no checks: any will do, ours shows by our checks.
_SOMEWHERE = (
    "a=rtcp-mux\r\na=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\na=end-of-candidates\r\n"
)


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

    async def enter(self, theirs: str) -> None:
        """Connect as an answer or an offer says; checks are sent between rounds only."""
        if "a=setup:active" in theirs:
            self.dtls._set_role("server")
        await self.connect(theirs, timeout_s=30.0)
        if self._alive is not None:
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
        for ends in _slices([*self.talkers, *self.listeners]):
            await asyncio.gather(*(end.nominate() for end in ends))

    async def talk(self, seconds: float) -> Round:
        """Let all talk for so long."""
        ends = [*self.talkers, *self.listeners]
        for end in ends:
            end.lent.pause()
        try:
            await asyncio.to_thread(self._drive, WARM_S)
            await asyncio.to_thread(self._drive, 0.2, speak=False)
            before_s = cpu_s(self.pid)
            heard = await asyncio.to_thread(self._drive, seconds)
            heard += await asyncio.to_thread(self._drive, 0.3, speak=False)
            used_s = cpu_s(self.pid) - before_s
        finally:
            for end in ends:
                end.lent.resume()
        rounds = int(seconds * 1e9) // PACKET_NS
        wanted = rounds * self.party.talkers * self.party.fan
        return Round(self.name, wanted, heard, used_s, seconds)

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


def _slices(ends: list[Any]) -> list[list[Any]]:
    return [ends[at : at + AT_ONCE] for at in range(0, len(ends), AT_ONCE)]


async def at_hearth(worker: Worker, pid: int, party: Party) -> Company:
    """Bring everybody into a Hearth worker."""
    company = Company("hearth", pid, party)

    async def enter(participant: int, end: End) -> None:
        await end.enter(await worker.offer(participant, end.offer()))

    people = [
        *((FIRST_TALKER + number, end) for number, end in enumerate(company.talkers)),
        *((FIRST_LISTENER + number, end) for number, end in enumerate(company.listeners)),
    ]
    for some in _slices(people):
        await asyncio.gather(*(enter(*each) for each in some))
    rows: dict[int, Sequence[int]] = {
        FIRST_LISTENER + number: [FIRST_TALKER + talker for talker in company.group(number)]
        for number in range(len(company.listeners))
    }
    worker.supervisor.send(routes(1, rows))
    await worker.told.until(link.Acked)
    return company


async def at_janus(janus: Janus, party: Party) -> Company:
    """Bring everybody into a Janus room."""
    company = Company("janus", janus.pid, party)
    feeds = []
    for end in company.talkers:
        feed, answer = await janus.publish(end.offer().replace("a=rtcp-mux\r\n", _SOMEWHERE, 1))
        await end.enter(answer)
        feeds.append(feed)

    async def listen(number: int, end: End) -> None:
        handle, offer = await janus.subscribe([feeds[k] for k in company.group(number)])
        # Janus takes the answer before it takes checks.
        answer = end.answer_to(offer).replace("a=rtcp-mux\r\n", _SOMEWHERE, 1)
        await janus.start(handle, answer)
        await end.enter(offer.replace("a=setup:actpass", "a=setup:passive"))

    for some in _slices(list(enumerate(company.listeners))):
        await asyncio.gather(*(listen(*each) for each in some))
    return company


async def compare(options: Options, fan: int) -> list[Round]:
    """Let companies at both servers talk in turns."""
    party = Party(16, fan)
    found: list[Round] = []
    with tempfile.TemporaryDirectory() as kept:
        async with (
            worker_on_its_core() as (worker, pid),
            running_janus(Path(kept), PLANE_CORE) as janus,
        ):
            os.sched_setaffinity(0, {CROWD_CORE})
            companies = [await at_janus(janus, party), await at_hearth(worker, pid, party)]
            for _ in range(options.rounds):
                for company in companies:
                    await company.keep_alive()
                    found.append(await company.talk(options.seconds))
                    last = found[-1]
                    print(
                        f"  {last.server:7s} {party.rate:6d}/s {last.us_a_packet:6.2f} us  "
                        f"{last.cpu_s / last.wall_s:5.1%}  loss {last.loss:8.4%}",
                        flush=True,
                    )
                    if last.server == "janus" and last.loss > LOSS and fan != FANS[-1]:
                        for each in companies:
                            each.close()
                        return found
            for company in companies:
                company.close()
    return found


def row_janus(options: Options) -> list[Cell]:
    """The worker's and Janus' CPU for a forwarded packet, in turns."""
    title = "CPU of a forwarded packet beside Janus' (VideoRoom, one event loop), in turns"
    if not installed():
        return [
            Cell(
                title,
                "**NOT COMPARED: Janus is not installed; `apt-get install janus` (Debian), then "
                "`python -m tests.benchmarks.bench_voice_janus`**",
                "",
                None,
                None,
            )
        ]
    settle(options)
    for fan in FANS:
        rounds = asyncio.run(compare(options, fan))
        if len(rounds) == 2 * options.rounds:
            break
    cost = {
        name: statistics.median(each.us_a_packet for each in rounds if each.server == name)
        for name in ("hearth", "janus")
    }
    pairs = [
        hearth.us_a_packet / janus.us_a_packet
        for janus, hearth in zip(rounds[::2], rounds[1::2], strict=True)
    ]
    ratio = statistics.median(pairs)
    loss = {
        name: max(each.loss for each in rounds if each.server == name)
        for name in ("hearth", "janus")
    }
    return [
        Cell(
            f"{title}, {Party(16, fan).rate:,} packets/s",
            f"{cost['hearth']:.2f} µs, Janus {cost['janus']:.2f} µs: **{ratio:.2f} x** "
            f"({min(pairs):.2f} to {max(pairs):.2f}); most lost {loss['hearth']:.2%}, "
            f"Janus {loss['janus']:.2%}",
            f"< {BAR:.0f} x",
            ratio < BAR,
            [asdict(each) for each in rounds],
        )
    ]


if __name__ == "__main__":
    alone("janus", row_janus)
