"""Three hundred people who join voice at once, and what they cost while most of them are silent.

A real worker on one core, everybody's end of ICE, DTLS and SRTP on the other. Worker CPU is of its
whole process, the loop and the compiled plane. `python -m tests.benchmarks.bench_voice_joins`.
"""

import asyncio
import statistics
import time
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import uvloop

from hearth_server.voice import link
from hearth_server.voice.dtls import SharedCertificate
from tests.benchmarks.bench_voice import TRAFFIC, Cell, Options
from tests.benchmarks.voice_company import at_hearth, cpu_s, worker_on_its_core
from tests.benchmarks.voice_parties import Party
from tests.benchmarks.voice_rows import alone, settle
from tests.support.voice_client import VoiceClient
from tests.support.voice_worker import Worker

PEOPLE = 300
#: So many come and go first: what is loaded once is no cost of a person.
EARLY = 8
FIRST = 1_000
#: Counted, and nothing wrong with it.
FINE = ("control_in", "switches", "dtx")
#: Bars.
JOINS_S, PEER_KB, TEACHER = 1.5, 200.0, 0.12


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
    #: Packets that the teacher's listeners should have got, and got, reports and checks included.
    wanted: int
    received: int
    #: What the worker counted that should not be.
    drops: dict[str, int]


def memory_kb(pid: int) -> tuple[int, int]:
    """Resident and private dirty memory of a process, kB."""
    figures = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        figures[name] = int(rest.split()[0])
    return figures["Rss"], figures["Private_Dirty"]


async def join(worker: Worker, clients: dict[int, VoiceClient]) -> float:
    """Let everybody offer at once and connect; return seconds until all offers were answered."""
    begin = time.perf_counter()
    answered = begin
    offers = {peer: client.offer() for peer, client in clients.items()}
    since = len(worker.told.messages)

    async def enter(peer: int, client: VoiceClient) -> None:
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


async def leave(worker: Worker, clients: dict[int, VoiceClient]) -> None:
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
    return {name: n for name, n in total.items() if name not in (*TRAFFIC, *FINE)}


async def _crowd(seconds: float, people: int) -> Found:
    certificate = SharedCertificate.generateCertificate()
    async with worker_on_its_core() as (worker, pid):
        early = {peer: VoiceClient(certificate=certificate) for peer in range(1, 1 + EARLY)}
        await join(worker, early)
        await leave(worker, early)
        nobody = await _share(pid, seconds / 2)
        clients = {
            peer: VoiceClient(certificate=certificate) for peer in range(FIRST, FIRST + people)
        }
        before, memory = (cpu_s(pid), time.process_time()), memory_kb(pid)
        begin = time.perf_counter()
        answers_s = await join(worker, clients)
        joins_s = time.perf_counter() - begin
        after = cpu_s(pid), time.process_time()
        await asyncio.sleep(1.0)
        grown = memory_kb(pid)
        silent = await _share(pid, seconds)
        await leave(worker, clients)
        company = await at_hearth(worker, pid, Party(1, people), checks=True)
        talk = await company.talk(seconds)
        company.close()
        found = Found(
            joins_s=joins_s,
            answers_s=answers_s,
            worker_ms=(after[0] - before[0]) / people * 1e3,
            crowd_ms=(after[1] - before[1]) / people * 1e3,
            resident_kb=(grown[0] - memory[0]) / people,
            private_kb=(grown[1] - memory[1]) / people,
            alone=nobody,
            silent=silent,
            teacher=talk.share,
            wanted=talk.wanted,
            received=talk.received,
            drops={},
        )
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
        f"lost {max(0, found.wanted - found.received)} {found.drops}  quiet {quiet:.2f}",
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
    lost = sum(max(0, run.wanted - run.received) for run in runs)
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
            f"One teacher to {PEOPLE} listeners, the whole worker with upkeep and reports",
            f"{teacher:.1%} of a core, {lost} packets lost",
            f"≤ {TEACHER:.0%}",
            teacher <= TEACHER and lost == 0,
            None,
        ),
    ]


if __name__ == "__main__":
    alone("joins", row_joins)
