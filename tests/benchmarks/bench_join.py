"""How long a click on a group's room takes until the first snapshot, with 200 people in the room.

`python -m tests.benchmarks.bench_join [--quick]` runs a real node on SQLite. Members come in one
after the other and leave again: first into the empty room, then into the same room with 199
others who move about. Writes Markdown and JSON.
"""

import argparse
import asyncio
import http.client
import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgpack

from hearth_loadtest.entry import FrameCutter, message_frame
from hearth_loadtest.environment import describe
from hearth_protocol.control import Leave
from hearth_server.warmup import prepare_cache
from tests.benchmarks.bench_community import ask, quantile
from tests.benchmarks.join_town import CAPACITY, JoinTown, crowd, settle, ticket_for, welcomed
from tests.support.node import running_node

ROOT: Final = Path(__file__).parents[2]
OUT: Final = ROOT / "artifacts" / "bench"
TARGET_MS: Final = 300.0
WARM_UP: Final = 10
#: Joins do not keep step with ticks: the pauses between them differ.
PAUSES_S: Final = (0.031, 0.047, 0.064, 0.083, 0.102)


@dataclass(frozen=True, slots=True)
class Size:
    """How many there are, how many come, and how often a page is asked for."""

    present: int = CAPACITY - 1
    joins: int = 150
    asks: int = 300


@dataclass(frozen=True, slots=True)
class Took:
    """One join. Milliseconds: the POST, then until the welcome, then until the first snapshot."""

    post_ms: float
    welcome_ms: float
    snapshot_ms: float
    people: int
    lines: int

    @property
    def total_ms(self) -> float:
        """From the click to the first snapshot."""
        return self.post_ms + self.welcome_ms + self.snapshot_ms


@dataclass(frozen=True, slots=True)
class Row:
    """One measured step or page, in the empty room or beside the crowd."""

    name: str
    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    worst_ms: float
    times_empty: float | None
    target_p95_ms: float | None


@dataclass(frozen=True, slots=True)
class Run:
    """One stretch: its joins, its pages, and how busy the machine was."""

    name: str
    joins: list[Took]
    pages: dict[str, list[float]]
    load: tuple[float, float]
    poses_hz: float = 0.0
    snapshots_hz: float = 0.0


# --- joining -----------------------------------------------------------------------------------


def join(address: tuple[str, int], room: str, token: str) -> Took:
    """Come in, wait for everybody's names and the first snapshot, and leave for good."""
    clicked_s = time.perf_counter()
    ticket = ticket_for(address, room, token)
    given_s = time.perf_counter()
    line, entry = welcomed(address, ticket)
    welcome_s = time.perf_counter()
    people = lines = 0
    seen = named = False
    for payload in _payloads(line, entry.rest):
        if payload[0] == 0xC1:
            seen = True
        else:
            message = msgpack.unpackb(payload)
            if message["t"] == "roster":
                people += len(message.get("joined", ()))
                named = named or message.get("last_page", False)
            lines += message["t"] == "line"
        if seen and named:
            break
    done_s = time.perf_counter()
    line.sendall(message_frame(Leave()))
    for _ in _payloads(line, b""):
        pass
    line.close()
    steps = (clicked_s, given_s, welcome_s, done_s)
    post, welcome, snapshot = ((b - a) * 1000 for a, b in pairwise(steps))
    return Took(post, welcome, snapshot, people, lines)


def _payloads(line: socket.socket, already: bytes) -> Iterator[bytes]:
    """Yield messages and snapshots as they come, until the node hangs up."""
    frames = FrameCutter(already)
    while True:
        while (frame := frames.next_frame()) is not None:
            opcode, payload = frame
            if opcode == 8:
                return
            if opcode == 2:
                yield payload
        data = line.recv(1 << 16)
        if not data:
            return
        frames.add(data)


def joins(address: tuple[str, int], here: JoinTown, tokens: tuple[str, ...]) -> list[Took]:
    """Let these people come and go, one after the other."""
    took = []
    for number, token in enumerate(tokens):
        time.sleep(PAUSES_S[number % len(PAUSES_S)])
        took.append(join(address, here.room, token))
    return took


def pages(
    address: tuple[str, int], here: JoinTown, token: str, asks: int
) -> dict[str, list[float]]:
    """Ask for a member's own page and the group's, in turn."""
    connection = http.client.HTTPConnection(*address)
    took: dict[str, list[float]] = {"GET /me": [], "GET /groups/{group}": []}
    for number in range(asks + WARM_UP):
        for name, path in zip(took, ("/me", f"/groups/{here.group}"), strict=True):
            took_ms, _ = ask(connection, path, token)
            if number >= WARM_UP:
                took[name].append(took_ms)
    connection.close()
    return took


# --- running -----------------------------------------------------------------------------------


def measure(folder: Path, size: Size) -> list[Run]:
    """Run a node; measure it empty, then full."""
    here = asyncio.run(settle(folder, size.present, 2 * size.joins + WARM_UP))
    first, last = here.coming[: size.joins], here.coming[size.joins : 2 * size.joins]
    with running_node(folder, "--no-voice") as node:
        host, _, port = node.url.removeprefix("http://").partition(":")
        address = (host, int(port))
        joins(address, here, here.coming[2 * size.joins :])
        begun = os.getloadavg()[0]
        took = joins(address, here, first)
        empty_pages = pages(address, here, first[0], size.asks)
        runs = [Run("empty", took, empty_pages, (begun, os.getloadavg()[0]))]
        with crowd(address, here) as people:
            time.sleep(2.0)
            begun, before = os.getloadavg()[0], people.pace()
            took = joins(address, here, last)
            full_pages = pages(address, here, last[0], size.asks)
            after, load = people.pace(), (begun, os.getloadavg()[0])
            lasted_s = (after.at_s - before.at_s) * size.present
            poses_hz = (after.poses - before.poses) / lasted_s
            snapshots_hz = (after.snapshots - before.snapshots) / lasted_s
            runs.append(Run("full", took, full_pages, load, poses_hz, snapshots_hz))
    check(runs, size)
    return runs


def check(runs: list[Run], size: Size) -> None:
    """Make sure that what was measured is what was meant.

    Raises:
        RuntimeError: the room was not as full, or not as lively, as it was to be.
    """
    empty, full = runs
    # Whoever has blocked somebody does not see them.
    if not all(each.people >= size.present for each in full.joins):
        raise RuntimeError(f"rosters told of {min(each.people for each in full.joins)} people")
    if not all(each.people == 1 for each in empty.joins):
        raise RuntimeError("the empty room was not empty")
    if min(full.poses_hz, full.snapshots_hz) < 15.0:
        raise RuntimeError(f"{full.poses_hz:.1f} poses, {full.snapshots_hz:.1f} snapshots a second")


def rows_of(runs: list[Run]) -> list[Row]:
    """Return the rows of the table: steps and pages, full beside empty."""
    rows: list[Row] = []
    empty_p50: dict[str, float] = {}
    for run in runs:
        series = {
            "join: click to first snapshot": [each.total_ms for each in run.joins],
            "· POST /rooms/{room}/join": [each.post_ms for each in run.joins],
            "· upgrade, hello, welcome": [each.welcome_ms for each in run.joins],
            "· roster and first snapshot": [each.snapshot_ms for each in run.joins],
            **run.pages,
        }
        for number, (name, values) in enumerate(series.items()):
            p50 = quantile(values, 0.5)
            before = empty_p50.setdefault(name, p50)
            rows.append(
                Row(
                    name=f"{name}, {run.name}",
                    count=len(values),
                    p50_ms=round(p50, 1),
                    p95_ms=round(quantile(values, 0.95), 1),
                    p99_ms=round(quantile(values, 0.99), 1),
                    worst_ms=round(max(values), 1),
                    times_empty=None if run is runs[0] else round(p50 / before, 1),
                    target_p95_ms=TARGET_MS if number == 0 else None,
                )
            )
    return rows


def markdown_of(rows: list[Row], runs: list[Run]) -> str:
    """Return the table, and what the crowd did."""
    head = ("what", "count", "p50 ms", "p95 ms", "p99 ms", "worst ms", "times empty", "p95 target")
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        cells = ["" if each is None else f"{each}" for each in asdict(row).values()]
        lines.append("| " + " | ".join(cells) + " |")
    full = runs[-1]
    lines += ["", f"Each of the crowd: {full.poses_hz:.1f} poses sent and {full.snapshots_hz:.1f}"]
    lines[-1] += " snapshots received a second."
    lines += [f"Load average, {run.name}: {run.load[0]:.1f} to {run.load[1]:.1f}." for run in runs]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fill, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few joins, a small crowd")
    size = Size(20, 20, 20) if parser.parse_args().quick else Size()
    prepare_cache(ROOT / "artifacts")
    with tempfile.TemporaryDirectory() as temporary:
        runs = measure(Path(temporary), size)
    rows = rows_of(runs)
    OUT.mkdir(parents=True, exist_ok=True)
    document = {
        "environment": describe(),
        "size": asdict(size),
        "rows": [asdict(row) for row in rows],
        "runs": [asdict(run) for run in runs],
    }
    (OUT / "join.json").write_text(json.dumps(document, indent=1) + "\n")
    (OUT / "join.md").write_text(markdown_of(rows, runs))
    print(markdown_of(rows, runs))


if __name__ == "__main__":
    main()
