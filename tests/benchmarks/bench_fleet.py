"""How many members one core holds, by the peers' rules: delivered ≥ 95 %, p99 < 100 ms.

Server on one core, generator on the other, a fresh node for every point, each limit found by a
geometric search. Run as `python -m tests.benchmarks.bench_fleet [row …] [--quick]`; writes
artifacts/bench/fleet.json and fleet.md.
"""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hearth_loadtest.environment import describe
from tests.benchmarks.fleet_floor import measure_floor

ROOT = Path(__file__).parents[2]
OUT = ROOT / "artifacts" / "bench"
SERVER_CORE, BOT_CORE = 0, 1
#: A core that is free gives a spinning probe at least so much of itself.
QUIET = 0.88
QUIET_WAIT_S = 120.0
FLOOR_MEMBERS = 2000


@dataclass(frozen=True)
class Row:
    """One line of the table: how the node is set up, what the bots do, what has to hold."""

    name: str
    title: str
    peers: str
    settings: dict[str, str]
    bots: tuple[str, ...]
    room_size: int | None
    start: int
    slo: str
    least_updates_s: float = 0.0


TIERS_OFF = {"HEARTH_TIERS": "false"}
ROWS = (
    Row(
        "aoi32",
        "About 32 neighbours within the radius, all at 20 Hz (tiers off)",
        "Colyseus 899 · websockets 1,893 · ws 3,699 · picows 5,221 · uWS 7,279 · C 8,000",
        {**TIERS_OFF, "HEARTH_NEIGHBOURS": "64", "HEARTH_SIGHT_M": "10"},
        ("--neighbours", "32"),
        None,
        1000,
        "delivered>=95%,p99<100ms,failed<=1%",
    ),
    Row(
        "rooms16",
        "Rooms of 16 (tiers off)",
        "Colyseus 1,488 · websockets 2,192 · ws 4,736 · uWS 7,824",
        TIERS_OFF,
        ("--neighbours", "100"),
        16,
        1008,
        "delivered>=95%,p99<100ms,failed<=1%",
    ),
    Row(
        "crowd",
        "One crowd, everyone near everyone, 32 full-rate records each",
        "Colyseus 1,680 (all to all) · networked-aframe 82",
        TIERS_OFF,
        ("--neighbours", "100000"),
        None,
        500,
        "recall>=90%,p99<100ms,failed<=1%",
        least_updates_s=0.95 * 32 * 20,
    ),
    Row(
        "aoi32-tiers",
        "The first row with tiers on, as shipped",
        "",
        {"HEARTH_SIGHT_M": "10"},
        ("--neighbours", "32"),
        None,
        1000,
        "p99<100ms,failed<=1%,recall>=90%",
    ),
)


@dataclass
class Point:
    """One run: how many members, and what came of it."""

    users: int
    verdict: str
    document: dict[str, Any]

    @property
    def good(self) -> bool:
        """Whether the node held."""
        return self.verdict == "pass"


@dataclass
class Found:
    """What the search of a row ended with."""

    row: Row
    best: Point | None = None
    worst: Point | None = None
    points: list[tuple[int, str]] = field(default_factory=list)


def quiet_share(core: int) -> float:
    """How much of a core a spinning probe gets."""
    code = (
        "import os,sys,time\nos.sched_setaffinity(0,{int(sys.argv[1])})\n"
        "w=time.perf_counter();c=time.process_time()\n"
        "while time.perf_counter()-w<0.4: pass\n"
        "print((time.process_time()-c)/(time.perf_counter()-w))"
    )
    command = [sys.executable, "-c", code, str(core)]
    out = subprocess.run(command, capture_output=True, check=True, text=True)
    return float(out.stdout)


def on_core(core: int) -> list[str]:
    """The words before a command that keep it on one core."""
    return ["taskset", "-c", str(core)]


def wait_for_quiet() -> float:
    """Wait until both cores are free; return the share that was found in the end."""
    give_up = time.monotonic() + QUIET_WAIT_S
    while True:
        share = min(quiet_share(SERVER_CORE), quiet_share(BOT_CORE))
        if share >= QUIET or time.monotonic() > give_up:
            return share
        time.sleep(2.0)


@contextlib.contextmanager
def node(settings: dict[str, str], data_dir: Path) -> Iterator[str]:
    """A fresh node on the server's core."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    hearth = Path(sys.executable).parent / "hearth"
    log = (data_dir / "node.log").open("ab")
    process = subprocess.Popen(
        [*on_core(SERVER_CORE), hearth, "serve", "--port", str(port), "--data-dir", str(data_dir)],
        env={**os.environ, **settings},
        stdout=log,
        stderr=log,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(2400):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{url}/readyz", timeout=5).read()
                break
            if process.poll() is not None:
                raise SystemExit(f"the node ended: see {log.name}")
            time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def measure(row: Row, users: int, seconds: float, data_dir: Path, motion: list[str]) -> Point:
    """Run one point against a fresh node."""
    rooms = 1 if row.room_size is None else users // row.room_size
    out = data_dir / "point.json"
    out.unlink(missing_ok=True)
    command = [
        str(Path(sys.executable).parent / "hearth-loadtest"),
        *("run", "--users", str(users), "--rooms", str(rooms), "--run-time", str(seconds)),
        *("--warmup-s", "10", "--spawn-rate", "250", "--cpus", str(BOT_CORE)),
        *("--json", str(out), "--slo", row.slo, *row.bots),
    ]
    for path in motion:
        command += ["--motion", path]
    with node(row.settings, data_dir) as url:
        pinned = [*on_core(BOT_CORE), *command, "--url", url]
        # its exit code is the verdict, which is also in the document
        subprocess.run(pinned, stdout=subprocess.DEVNULL, check=False)
    if not out.exists():
        return Point(users, "error", {})
    document = json.loads(out.read_text())
    verdict = document["verdict"]
    if verdict == "pass" and document["updates"]["per_observer_s"] < row.least_updates_s:
        verdict = "fail"
    return Point(users, verdict, document)


def tell(point: Point) -> None:
    """One line on a point."""
    document = point.document
    if document:
        generator, server = document["generator"], document["server"] or {}
        print(
            f"  {point.users:6d} {point.verdict:15s} delivered {document['delivered_ratio']:.3f} "
            f"recall {document['recall_nearest_16']:.3f} "
            f"p99 {document['latency_ms']['p99']:.0f} ms "
            f"lag p99 {document['generator_lag_ms']['p99']:.1f} ms "
            f"server {server.get('cpu_s_per_s')} generator {generator['cpu_s_per_s']}",
            flush=True,
        )
    else:
        print(f"  {point.users:6d} {point.verdict}", flush=True)


def search(row: Row, seconds: float, data_dir: Path, options: argparse.Namespace) -> Found:
    """Find the largest number that holds, to within the wished precision."""
    found = Found(row)
    unit = row.room_size or 1
    low, high, users = 0, 0, row.start
    print(f"{row.name}: {row.title}", flush=True)
    while True:
        point = None
        for _ in range(options.tries):
            wait_for_quiet()
            point = measure(row, users, seconds, data_dir, options.motion)
            tell(point)
            found.points.append((users, point.verdict))
            if point.good:
                break
        assert point is not None
        if point.good:
            low, found.best = users, point
            users = round(users * 1.6 / unit) * unit if not high else users
        else:
            high, found.worst = users, point
        if high and not low:
            users = round(users / 1.6 / unit) * unit
            if users < 16:
                return found
            continue
        if high:
            if high <= low * (1 + options.precision) or high - low <= unit:
                return found
            users = round((low * high) ** 0.5 / unit) * unit
            if users in {low, high}:
                return found


def document_of(results: list[Found], floor: dict[str, Any] | None) -> dict[str, Any]:
    """Everything as JSON."""
    return {
        "environment": describe(),
        "rows": [
            {
                "name": found.row.name,
                "title": found.row.title,
                "peers": found.row.peers,
                "members": found.best.users if found.best else 0,
                "stopped_by": found.worst.verdict if found.worst else None,
                "points": found.points,
                "best": found.best.document if found.best else None,
                "first_bad": found.worst.document if found.worst else None,
            }
            for found in results
        ],
        "floor": floor,
    }


def markdown_of(document: dict[str, Any]) -> str:
    """The table for people."""
    environment = document["environment"]
    lines = [
        "# Members on one core",
        "",
        f"{environment['processor']}, {environment['cores']} cores, {environment['system']}, "
        f"Python {environment['python']}. Server on one core, generator on the other.",
        "",
        "| Row | Members | p99 | delivered | recall 16 | B/update | kB/s/member | stopped by "
        "| Peers |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in document["rows"]:
        best = row["best"]
        if best is None:
            lines.append(f"| {row['title']} | none held | | | | | | {row['stopped_by']} | |")
            continue
        bound = "≥ " if row["stopped_by"] == "generator-bound" else ""
        lines.append(
            f"| {row['title']} | {bound}{row['members']} | {best['latency_ms']['p99']:.0f} ms "
            f"| {best['delivered_ratio']:.1%} | {best['recall_nearest_16']:.1%} "
            f"| {best['bytes_per_update']:.1f} | {best['bytes_per_member_s'] / 1000:.1f} "
            f"| {row['stopped_by']} | {row['peers']} |"
        )
    floor = document["floor"]
    if floor:
        lines += [
            "",
            f"At {floor['members']} members the node spends {floor['node_us']:.1f} µs per member "
            f"and tick; a bare uvloop server that reads as many poses and writes as many bytes "
            f"({floor['frame_bytes']} a frame) spends {floor['floor_us']:.1f} µs: "
            f"**{floor['ratio']:.2f} times** the floor.",
        ]
    return "\n".join(lines) + "\n"


def compare_with_floor(data_dir: Path, options: argparse.Namespace) -> dict[str, Any] | None:
    """The node at a fixed size beside the bare server with the same bytes, in one run."""
    row = ROWS[0]
    wait_for_quiet()
    point = measure(row, options.floor_members, options.seconds, data_dir, options.motion)
    tell(point)
    server = point.document.get("server")
    if not server:
        return None
    frame_bytes = round(point.document["bytes_per_member_s"] / 20)
    wait_for_quiet()
    cores = (SERVER_CORE, BOT_CORE)
    floor_us = measure_floor(options.floor_members, frame_bytes, options.seconds, cores)
    node_us = server["cpu_s_per_s"] / (options.floor_members * 20) * 1e6
    return {
        "members": options.floor_members,
        "frame_bytes": frame_bytes,
        "node_us": round(node_us, 2),
        "floor_us": round(floor_us, 2),
        "ratio": round(node_us / floor_us, 3),
        "verdict": point.verdict,
        "delivered_ratio": point.document["delivered_ratio"],
    }


def main() -> None:
    """Measure the rows asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", help="rows to measure (default: all, and the floor)")
    parser.add_argument("--seconds", type=float, default=5.0, help="measured time of a point")
    parser.add_argument("--precision", type=float, default=0.05, help="where a search ends")
    parser.add_argument("--tries", type=int, default=2, help="runs before a point is given up")
    parser.add_argument("--floor-members", type=int, default=FLOOR_MEMBERS)
    parser.add_argument("--motion", action="append", default=[], help="recording to replay")
    parser.add_argument("--quick", action="store_true", help="short and coarse")
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.precision, options.tries = 3.0, 0.2, 1
    names = options.rows or [*(row.name for row in ROWS), "floor"]
    unknown = set(names) - {row.name for row in ROWS} - {"floor"}
    if unknown:
        parser.error(
            f"no row {', '.join(sorted(unknown))}; there are floor, "
            f"{', '.join(row.name for row in ROWS)}"
        )
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        floor = compare_with_floor(data_dir, options) if "floor" in names else None
        results = [
            search(row, options.seconds, data_dir, options) for row in ROWS if row.name in names
        ]
    document = document_of(results, floor)
    (OUT / "fleet.json").write_text(json.dumps(document, indent=2) + "\n")
    (OUT / "fleet.md").write_text(markdown_of(document))
    print(markdown_of(document))


if __name__ == "__main__":
    main()
