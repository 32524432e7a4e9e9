"""Three hundred people who join voice at once, and what they cost while most of them are silent.

A real worker on one core, everybody's end of ICE, DTLS and SRTP on the other. Worker CPU is of its
whole process, the loop and the compiled plane. `python -m tests.benchmarks.bench_voice_joins`.
"""

import asyncio
import os
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import uvloop

from hearth_server.voice import link
from hearth_server.voice.dtls import SharedCertificate
from tests.benchmarks.bench_voice import CROWD_CORE, PLANE_CORE, TRAFFIC, Cell, Options
from tests.benchmarks.voice_rows import alone, settle
from tests.support.voice_board import routes
from tests.support.voice_client import VoiceClient
from tests.support.voice_worker import Worker, running_worker

PEOPLE = 300
#: So many come and go first: what is loaded once is no cost of a person.
EARLY = 8
FIRST = 1_000
#: Bars.
JOINS_S, PEER_KB, TEACHER = 1.5, 200.0, 0.12
FRAME = b"\x78" + bytes(79)
FRAME_S = 0.02


@dataclass(frozen=True)
class Found:
    """What one crowd cost."""

    #: From the first offer to the last who is in the plane, and until all had an answer, s.
    joins_s: float
    answers_s: float
    #: CPU of the worker and of everybody else's process for each join, ms.
    worker_ms: float
    crowd_ms: float
    #: Growth of the worker's resident memory for each person, and its private part of that, kB.
    resident_kb: float
    private_kb: float
    #: Share of a core that the worker uses: alone, with everybody silent, with one who talks.
    alone: float
    silent: float
    teacher: float
    #: Packets that the listeners should have got and did get.
    wanted: int
    received: int
    #: What the worker counted that should not be.
    drops: dict[str, int]


def cpu_s(pid: int) -> float:
    """CPU seconds that a process has used, all its threads (clock_getcpuclockid(3))."""
    return time.clock_gettime((~pid << 3) | 2)


def memory_kb(pid: int) -> tuple[int, int]:
    """Resident and private dirty memory of a process, kB."""
    figures = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        figures[name] = int(rest.split()[0])
    return figures["Rss"], figures["Private_Dirty"]


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


class Listener(VoiceClient):
    """Somebody whose packets are counted, not read."""

    packets = 0

    def take(self, data: bytes) -> None:
        """Count voice."""
        if 128 <= data[0] < 192 and not 192 <= data[1] < 224:
            self.packets += 1
        else:
            super().take(data)


async def join(worker: Worker, clients: dict[int, Listener]) -> float:
    """Let everybody offer at once and connect; return seconds until all offers were answered."""
    begin = time.perf_counter()
    answered = begin
    offers = {peer: client.offer() for peer, client in clients.items()}
    since = len(worker.told.messages)

    async def enter(peer: int, client: Listener) -> None:
        nonlocal answered
        answer = await worker.offer(peer, offers[peer])
        answered = max(answered, time.perf_counter())
        await client.connect(answer, timeout_s=30.0)

    async with asyncio.TaskGroup() as tasks:
        for peer, client in clients.items():
            tasks.create_task(enter(peer, client))
    waiting = set(clients)
    async with asyncio.timeout(30.0):
        while waiting:
            for told in worker.told.messages[since:]:
                if isinstance(told, link.PeerState) and told.state == "connected":
                    waiting.discard(told.peer)
            await asyncio.sleep(0.001)
    return answered - begin


async def leave(worker: Worker, clients: dict[int, Listener]) -> None:
    """Let everybody go."""
    for peer, client in clients.items():
        worker.supervisor.send(link.Close(peer))
        client.drop()
    await asyncio.sleep(0.5)


async def _share(pid: int, seconds: float) -> float:
    begin, used = time.perf_counter(), cpu_s(pid)
    await asyncio.sleep(seconds)
    return (cpu_s(pid) - used) / (time.perf_counter() - begin)


def drops_of(worker: Worker) -> dict[str, int]:
    """Return what the worker counted so far beside traffic that fared well."""
    total: Counter[str] = Counter()
    for told in worker.told.all(link.Counts):
        total.update(told.counts)
    return {name: n for name, n in total.items() if name not in (*TRAFFIC, "control_in")}


async def _teach(worker: Worker, clients: dict[int, Listener], seconds: float) -> int:
    """Let the first one talk to all others for so long; return how many packets that were."""
    teacher, *others = clients
    worker.supervisor.send(routes(1, {peer: [teacher] for peer in others}))
    await asyncio.sleep(0.3)
    loop = asyncio.get_running_loop()
    begin = loop.time()
    rounds = int(seconds / FRAME_S)
    for number in range(rounds):
        await asyncio.sleep(max(0.0, begin + number * FRAME_S - loop.time()))
        clients[teacher].say(FRAME)
    await asyncio.sleep(0.2)
    return rounds


async def _crowd(seconds: float, people: int) -> Found:
    certificate = SharedCertificate.generateCertificate()
    async with worker_on_its_core() as (worker, pid):
        early = {peer: Listener(certificate=certificate) for peer in range(1, 1 + EARLY)}
        await join(worker, early)
        await leave(worker, early)
        nobody = await _share(pid, seconds / 2)
        clients = {peer: Listener(certificate=certificate) for peer in range(FIRST, FIRST + people)}
        before, memory = (cpu_s(pid), time.process_time()), memory_kb(pid)
        begin = time.perf_counter()
        answers_s = await join(worker, clients)
        joins_s = time.perf_counter() - begin
        after = cpu_s(pid), time.process_time()
        await asyncio.sleep(1.0)
        grown = memory_kb(pid)
        silent = await _share(pid, seconds)
        begin, used = time.perf_counter(), cpu_s(pid)
        rounds = await _teach(worker, clients, seconds)
        # The pauses around the talk are no part of it.
        talk = cpu_s(pid) - used - silent * (time.perf_counter() - begin - rounds * FRAME_S)
        found = Found(
            joins_s=joins_s,
            answers_s=answers_s,
            worker_ms=(after[0] - before[0]) / people * 1e3,
            crowd_ms=(after[1] - before[1]) / people * 1e3,
            resident_kb=(grown[0] - memory[0]) / people,
            private_kb=(grown[1] - memory[1]) / people,
            alone=nobody,
            silent=silent,
            teacher=talk / (rounds * FRAME_S),
            wanted=rounds * (people - 1),
            received=sum(client.packets for client in clients.values()),
            drops={},
        )
        await leave(worker, clients)
        await asyncio.sleep(1.0)
        return replace(found, drops=drops_of(worker))


def measure(options: Options, people: int = PEOPLE) -> Found:
    """Let so many join a fresh worker, be silent, and listen to one of them."""
    quiet = settle(options)
    found = uvloop.run(_crowd(options.seconds, people))
    print(
        f"  {people} joins in {found.joins_s:.2f} s (answers {found.answers_s:.2f})  "
        f"worker {found.worker_ms:.2f} ms, crowd {found.crowd_ms:.2f} ms each  "
        f"memory {found.resident_kb:.0f} kB ({found.private_kb:.0f} private)  "
        f"alone {found.alone:.1%} silent {found.silent:.1%} teacher {found.teacher:.1%}  "
        f"lost {found.wanted - found.received} {found.drops}  quiet {quiet:.2f}",
        flush=True,
    )
    return found


def row_joins(options: Options) -> list[Cell]:
    """Joins, memory and upkeep of 300 people on a real worker."""
    runs = [measure(options) for _ in range(options.rounds)]
    details = [asdict(run) for run in runs]

    def middle(name: str) -> float:
        return float(statistics.median(getattr(run, name) for run in runs))

    joins_s, resident_kb, teacher = middle("joins_s"), middle("resident_kb"), middle("teacher")
    per_peer_us = (middle("silent") - middle("alone")) / PEOPLE * 1e6
    lost = sum(run.wanted - run.received for run in runs)
    return [
        Cell(
            f"{PEOPLE} people join voice at once: offer, ICE, DTLS, in the plane",
            f"{joins_s:.2f} s; worker {middle('worker_ms'):.2f} ms of CPU each, "
            f"their own ends {middle('crowd_ms'):.2f} ms on the other core",
            f"< {JOINS_S} s",
            joins_s < JOINS_S,
            details,
        ),
        Cell(
            "Memory of a person in the worker",
            f"{resident_kb:.0f} kB resident, {middle('private_kb'):.0f} kB private",
            f"≤ {PEER_KB:.0f} kB",
            resident_kb <= PEER_KB,
            None,
        ),
        Cell(
            f"Upkeep of {PEOPLE} silent people (a check of each every 2.5 s)",
            f"{middle('silent'):.1%} of a core, {middle('alone'):.1%} without anybody: "
            f"{per_peer_us:.0f} µs a second each",
            "",
            None,
            None,
        ),
        Cell(
            f"One teacher to {PEOPLE - 1} listeners, the whole worker with upkeep and reports",
            f"{teacher:.1%} of a core, {lost} packets lost",
            f"≤ {TEACHER:.0%}",
            teacher <= TEACHER and lost == 0,
            None,
        ),
    ]


if __name__ == "__main__":
    alone("joins", row_joins)
