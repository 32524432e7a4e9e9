"""Lines kept while a room ticks: how long until each is durable, and how late ticks begin.

`python -m tests.benchmarks.bench_community_talk [--rate N] [--seconds N] [--people N]` runs a real
node on SQLite with people moving in its room, first without lines, then with lines written at a
steady pace by many accounts, whether the node keeps up or not. Writes Markdown and JSON.
"""

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from prometheus_client.parser import text_string_to_metric_families

from hearth_loadtest.environment import describe
from hearth_server.warmup import prepare_cache
from tests.support.channel import Caller, Group, calling, settled
from tests.support.node import Node, running_node

ROOT: Final = Path(__file__).parents[2]
OUT: Final = ROOT / "artifacts" / "bench"
LATE_S: Final = 0.005
SETTLE_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Run:
    """One measured stretch. Latencies count from when a line was due, not from when it was sent."""

    name: str
    lines_per_s: float
    p50_ms: float
    p99_ms: float
    worst_ms: float
    ticks: int
    ticks_late: int
    ticks_missed: int
    cpu: float


@dataclass(frozen=True, slots=True)
class Ticks:
    """What the node counted of its ticks and of its own work so far."""

    count: int
    on_time: int
    missed: int
    cpu_s: float


def ticks_of(node: Node) -> Ticks:
    """Read the node's metrics."""
    found = {
        (sample.name, sample.labels.get("le")): sample.value
        for family in text_string_to_metric_families(node.get("/metrics"))
        for sample in family.samples
    }
    lateness = "hearth_tick_lateness_seconds"
    stat = Path(f"/proc/{node.process.pid}/stat").read_text(encoding="ascii").split()
    return Ticks(
        int(found[f"{lateness}_count", None]),
        int(found[f"{lateness}_bucket", str(LATE_S)]),
        int(found["hearth_ticks_missed_total", None]),
        (int(stat[13]) + int(stat[14])) / 100,
    )


@contextlib.contextmanager
def company(node: Node, people: int) -> Iterator[None]:
    """Let people move about in the node's room."""
    hearth = Path(sys.executable).parent / "hearth-loadtest"
    bots = subprocess.Popen(
        [hearth, "demo", "--url", node.url, "--bots", str(people), "--quiet"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 120
        while f"hearth_participants {people}.0" not in node.get("/metrics"):
            if time.monotonic() > deadline:
                raise RuntimeError("the people did not arrive")
            time.sleep(0.2)
        yield
    finally:
        bots.terminate()
        bots.wait(timeout=15)


async def pace(node: Node, group: Group, rate: float, seconds: float) -> list[float]:
    """Write at a steady pace; return each line's seconds from due until acknowledged."""
    took: list[float] = []
    loop = asyncio.get_running_loop()
    count = int(rate * seconds)
    numbers = iter(range(count))

    async def write(caller: Caller) -> None:
        for number in numbers:
            due = begin + number / rate
            await asyncio.sleep(max(0.0, due - loop.time()))
            await caller.say(group.id, f"line-{begin:.6f}-{number}".replace(".", "-"), "A line.")
            took.append(loop.time() - due)

    async with contextlib.AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        callers = [
            await stack.enter_async_context(calling(node.url, token))
            for token in group.tokens.values()
        ]
        for caller in callers:
            # A page shows the channel before anybody writes in it.
            status, _ = await caller.ask("GET", f"/groups/{group.id}/lines")
            assert status == 200
        begin = loop.time() + 0.2
        for caller in callers:
            tasks.create_task(write(caller))
    return took


def measured(node: Node, group: Group, name: str, rate: float, seconds: float) -> Run:
    """Run one stretch."""
    time.sleep(SETTLE_S)
    before, began = ticks_of(node), time.perf_counter()
    if rate:
        took = sorted(asyncio.run(pace(node, group, rate, seconds)))
    else:
        time.sleep(seconds)
        took = []
    after, lasted_s = ticks_of(node), time.perf_counter() - began
    ticks = after.count - before.count

    def at(share: float) -> float:
        return round(took[min(len(took) - 1, int(len(took) * share))] * 1000, 2) if took else 0.0

    return Run(
        name=name,
        lines_per_s=round(len(took) / lasted_s, 1),
        p50_ms=at(0.5),
        p99_ms=at(0.99),
        worst_ms=at(1.0),
        ticks=ticks,
        ticks_late=ticks - (after.on_time - before.on_time),
        ticks_missed=after.missed - before.missed,
        cpu=round((after.cpu_s - before.cpu_s) / lasted_s, 2),
    )


def markdown_of(runs: list[Run]) -> str:
    """Return the table."""
    keys = list(asdict(runs[0]))
    rows = ["| " + " | ".join(keys) + " |", "|" + "---|" * len(keys)]
    rows += ["| " + " | ".join(str(each) for each in asdict(run).values()) + " |" for run in runs]
    return "\n".join(rows) + "\n"


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=500.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--writers", type=int, default=32)
    arguments = parser.parse_args()
    prepare_cache(ROOT / "artifacts")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        names = [f"Writer{number}" for number in range(arguments.writers)]
        group = asyncio.run(settled(folder, *names))
        with running_node(folder, "--no-voice") as node, company(node, arguments.people):
            runs = [
                measured(node, group, "no lines", 0.0, arguments.seconds),
                measured(node, group, "lines", arguments.rate, arguments.seconds),
                measured(node, group, "no lines again", 0.0, arguments.seconds),
            ]
    OUT.mkdir(parents=True, exist_ok=True)
    document = {"environment": describe(), "runs": [asdict(run) for run in runs]}
    (OUT / "community_talk.json").write_text(json.dumps(document, indent=1) + "\n")
    (OUT / "community_talk.md").write_text(markdown_of(runs))
    print(markdown_of(runs))


if __name__ == "__main__":
    main()
