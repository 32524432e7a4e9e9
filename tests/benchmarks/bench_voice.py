"""What forwarding voice costs: both data planes beside a floor measured in the same run.

The plane's process on one core, everybody's sockets on the other; CPU by the process's own clock.
Run as `python -m tests.benchmarks.bench_voice [row …] [--quick]`; writes artifacts/bench/voice.json
and voice.md. Each row is a function that returns cells; other files add theirs to `ROWS`.
"""

import argparse
import contextlib
import importlib
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from hearth_loadtest.environment import describe, many_files
from hearth_server.warmup import prepare_cache
from tests.benchmarks.bench_fleet import wait_for_quiet

ROOT = Path(__file__).parents[2]
OUT = ROOT / "artifacts" / "bench"
PLANE_CORE, CROWD_CORE = 0, 1
WARM_S = 1.0
#: What is counted of packets that fare well.
TRAFFIC = ("datagrams_in", "bytes_in", "media_in", "packets_out", "bytes_out")
#: What needs no talkers to send.
SILENT = ("floor", "flatout")
#: What counts as carried: fewer lost than this share.
LOSS = 0.001


@dataclass(frozen=True)
class Options:
    """How thorough to be."""

    seconds: float
    rounds: int


@dataclass(frozen=True)
class Cell:
    """One line of the table."""

    what: str
    value: str
    bar: str
    holds: bool | None
    details: Any


@contextlib.contextmanager
def plane_process(kind: str, party: Any, hog: bool) -> Iterator[Connection]:
    """A plane, or the floor, in a process of its own."""
    from tests.benchmarks.voice_parties import serve  # noqa: PLC0415 -- numba comes with it

    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=serve, args=(there, kind, party, PLANE_CORE, hog))
    process.start()
    there.close()
    try:
        yield here
    finally:
        with contextlib.suppress(OSError):
            here.send("end")
        process.join(3.0)
        if process.is_alive():
            process.kill()
            process.join()


def measure(
    kind: str, party: Any, seconds: float, *, stamps: bool = False, hog: bool = False
) -> Any:
    """Let the party talk through a plane ("python", "numba") or what stands in its place."""
    from tests.benchmarks.voice_parties import BARE, Crowd, Measured  # noqa: PLC0415

    os.sched_setaffinity(0, {PLANE_CORE, CROWD_CORE})
    quiet = wait_for_quiet()
    os.sched_setaffinity(0, {CROWD_CORE})
    with plane_process(kind, party, hog) as plane:
        crowd = Crowd(party, plane.recv(), stamps)
        plane.send(crowd.addresses())
        assert plane.recv() == "ready"

        def stretch(length_s: float) -> tuple[int, int]:
            if kind in BARE:
                plane.send(length_s)
            found = crowd.drive(length_s, kind not in SILENT)
            if kind in BARE:
                plane.recv()  # it has done its part
            return found

        def mark() -> tuple[float, dict[str, int], float]:
            plane.send("mark")
            return (*plane.recv(), time.perf_counter())

        stretch(WARM_S)
        crowd.drive(0.2, speak=False)
        before_s, counters_before, begin = mark()
        busy = time.process_time()
        said, heard = stretch(seconds)
        busy = time.process_time() - busy
        after_s, counters, end = mark()
        quantiles = crowd.quantile_ms(0.5), crowd.quantile_ms(0.99)
        heard += crowd.drive(0.3, speak=False)[1]
        crowd.close()
    wall_s = end - begin
    if kind in SILENT:
        said = party.talkers * int(seconds * 50)
    drops = {
        name: count - counters_before[name]
        for name, count in counters.items()
        if count != counters_before[name] and name not in TRAFFIC
    }
    found = Measured(
        said, heard, said * party.fan, after_s - before_s, wall_s, busy / seconds, *quantiles
    )
    print(
        f"  {kind:7s} {party.rate:7d}/s {found.us_a_packet:6.2f} us  loss {found.loss:8.4%}  "
        f"plane {found.cpu_s / wall_s:5.1%}  crowd {found.generator:5.1%}  "
        f"p50 {found.p50_ms:.2f} p99 {found.p99_ms:.2f} ms  quiet {quiet:.2f} {drops or ''}",
        flush=True,
    )
    return found


# --- rows --------------------------------------------------------------------------------------


def row_floor(options: Options) -> list[Cell]:
    """Compiled and readable plane at 80,000 packets a second, alternating with the floor."""
    from tests.benchmarks.voice_parties import Party  # noqa: PLC0415

    party, cost = Party(16, 100), dict[str, list[float]]()
    runs: dict[str, list[Any]] = {}
    for _ in range(options.rounds):
        for kind in ("floor", "numba", "python"):
            found = measure(kind, party, options.seconds)
            cost.setdefault(kind, []).append(found.us_a_packet)
            runs.setdefault(kind, []).append(asdict(found))
    median = {kind: statistics.median(values) for kind, values in cost.items()}
    ratio = median["numba"] / median["floor"]
    return [
        Cell(
            "Floor: encrypt and sendmmsg, compiled, 80,000 packets/s",
            f"{median['floor']:.2f} µs",
            "",
            None,
            runs["floor"],
        ),
        Cell(
            "Compiled plane at 80,000 packets/s (16 talkers, each to 100)",
            f"{median['numba']:.2f} µs, **{ratio:.2f} x** the floor",
            "≤ 3 x",
            ratio <= 3,
            runs["numba"],
        ),
        Cell(
            "Readable plane at 80,000 packets/s",
            f"{median['python']:.2f} µs, {median['python'] / median['floor']:.2f} x the floor, "
            f"loss {max(run['wanted'] - run['received'] for run in runs['python'])} of "
            f"{runs['python'][0]['wanted']}",
            "carries it",
            any(1 - run["received"] / run["wanted"] < LOSS for run in runs["python"]),
            runs["python"],
        ),
    ]


def _highest(kind: str, fans: list[int], options: Options) -> tuple[Any, Any]:
    """Return the party and figures of the highest rate that is carried."""
    from tests.benchmarks.voice_parties import Party  # noqa: PLC0415

    best: tuple[Any, Any] = (None, None)
    for fan in fans:
        for _ in range(options.rounds):
            found = measure(kind, Party(16, fan), options.seconds)
            if found.loss < LOSS:
                best = (Party(16, fan), found)
                break
        else:
            break
    return best


def row_most(options: Options) -> list[Cell]:
    """The highest rate with fewer than 0.1 % lost."""
    from tests.benchmarks.voice_parties import Party  # noqa: PLC0415

    runs = [measure("flatout", Party(16, 100), options.seconds) for _ in range(options.rounds)]
    bare = statistics.median(run.wanted / run.cpu_s for run in runs)
    cells = [
        Cell(
            "Encrypt and sendmmsg without a pause: what one core of this machine can do",
            f"{bare:,.0f} packets/s",
            "",
            None,
            [asdict(run) for run in runs],
        )
    ]
    for kind, title, fans, least in (
        ("numba", "Compiled plane", [100, 200, 320, 400, 480, 560], 250_000),
        ("python", "Readable plane", [25, 50, 100, 125, 150, 190], 80_000),
    ):
        party, found = _highest(kind, fans, options)
        rate = party.rate if party else 0
        value = f"{rate:,} packets/s"
        if found:
            value += (
                f" at {found.cpu_s / found.wall_s:.0%} of a core, loss {found.loss:.3%}; "
                f"{rate / bare:.0%} of that"
            )
        cells.append(
            Cell(
                f"Most that the {title[0].lower()}{title[1:]} carries with < 0.1 % lost",
                value,
                f"≥ {least:,}",
                rate >= least,
                asdict(found) if found else None,
            )
        )
    return cells


def row_latency(options: Options) -> list[Cell]:
    """Added latency at 16,000 packets a second, also with a busy interpreter."""
    from tests.benchmarks.voice_parties import Party  # noqa: PLC0415

    cells = []
    ways = [
        ("relay", False),
        *((kind, hog) for kind in ("numba", "python") for hog in (False, True)),
    ]
    for kind, hog in ways:
        runs = [
            measure(kind, Party(16, 20), options.seconds, stamps=True, hog=hog)
            for _ in range(options.rounds)
        ]
        p50, p99 = (
            statistics.median(getattr(run, n) for run in runs) for n in ("p50_ms", "p99_ms")
        )
        busy = ", interpreter busy 20 ms at 30 Hz" if hog else ""
        name = {
            "relay": "Floor: a relay that only copies",
            "numba": "Compiled plane",
            "python": "Readable plane",
        }[kind]
        cells.append(
            Cell(
                f"{name}, added latency at 16,000 packets/s{busy}",
                f"p50 {p50:.2f} ms, p99 {p99:.2f} ms",
                "p99 ≤ 2 ms" if kind == "numba" else "",
                p99 <= 2 if kind == "numba" else None,
                [asdict(run) for run in runs],
            )
        )
    return cells


def row_teacher(options: Options) -> list[Cell]:
    """One who talks to 300."""
    from tests.benchmarks.voice_parties import Party  # noqa: PLC0415

    cells = []
    for kind, name in (("floor", "Floor"), ("numba", "Compiled plane"), ("python", "Readable")):
        runs = [measure(kind, Party(1, 300), options.seconds) for _ in range(options.rounds)]
        share = statistics.median(run.cpu_s / run.wall_s for run in runs)
        lost = sum(run.wanted - run.received for run in runs)
        cells.append(
            Cell(
                f"One teacher to 300 listeners: {name}",
                f"{share:.1%} of a core, {lost} packets lost",
                "≤ 12 %" if kind == "numba" else "",
                share <= 0.12 and lost == 0 if kind == "numba" else None,
                [asdict(run) for run in runs],
            )
        )
    return cells


def elsewhere(name: str, what: str) -> Callable[[Options], list[Cell]]:
    """Return the row that `bench_voice_NAME` measures, which is loaded when it is wanted."""

    def row(options: Options) -> list[Cell]:
        module = importlib.import_module(f"tests.benchmarks.bench_voice_{name}")
        cells: list[Cell] = getattr(module, f"row_{name}")(options)
        return cells

    row.__doc__ = what
    return row


#: Name of a row → what measures it.
ROWS: dict[str, Callable[[Options], list[Cell]]] = {
    "floor": row_floor,
    "most": row_most,
    "latency": row_latency,
    "teacher": row_teacher,
    "joins": elsewhere("joins", "Joins, memory and upkeep of 300 people on a real worker."),
    "reroute": elsewhere("reroute", "300 people, 60 who talk: time of a re-route."),
    "ear": elsewhere("ear", "From one page's audio graph to another's, beside a direct call."),
    "janus": elsewhere("janus", "The worker's and Janus' CPU for a forwarded packet, in turns."),
}


def markdown_of(cells: list[Cell]) -> str:
    """The table for people."""
    environment = describe()
    lines = [
        "# Voice",
        "",
        f"{environment['processor']}, {environment['cores']} cores, {environment['system']}, "
        f"Python {environment['python']}. The plane on one core, all sockets of talkers and "
        "listeners on the other; loopback, so that sending pays for delivery too. CPU time of the "
        "plane's whole process for each packet that arrived. AES-256-GCM, 80 bytes of Opus.",
        "",
        "| What | Measured | Bar | |",
        "|---|---|---|---|",
    ]
    marks = {True: "held", False: "**missed**", None: ""}
    lines += [f"| {c.what} | {c.value} | {c.bar} | {marks[c.holds]} |" for c in cells]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], metavar="row")
    parser.add_argument("--quick", action="store_true", help="one short round of each")
    chosen = parser.parse_args()
    options = Options(2.0, 1) if chosen.quick else Options(5.0, 3)
    prepare_cache(ROOT / "artifacts")
    many_files()
    cells: list[Cell] = []
    for name in chosen.rows or ROWS:
        print(f"{name}: {ROWS[name].__doc__}", flush=True)
        cells += ROWS[name](options)
    OUT.mkdir(parents=True, exist_ok=True)
    document = {"environment": describe(), "cells": [asdict(cell) for cell in cells]}
    (OUT / "voice.json").write_text(json.dumps(document, indent=1))
    (OUT / "voice.md").write_text(markdown_of(cells))
    print(markdown_of(cells))


if __name__ == "__main__":
    main()
