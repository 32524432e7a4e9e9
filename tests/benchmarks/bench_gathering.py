"""Ticks of a large class and a large talk: a real node, real sockets, a leader who leads.

`python -m tests.benchmarks.bench_gathering [--quick] [--rows NAME …]`: a class of 60 on the mats
of a large studio and a talk with 300 listeners in a great hall. The same people are measured
before it begins and while it goes on; the ratio is the gathering's own share. They raise hands
and applaud; whoever leads forms rows, holds and goes on, gives the floor, changes whom the
audience hears. Writes Markdown and JSON. Voices are not sent: `bench_sim --only voices` and
`bench_voice` say what these cost.
"""

import argparse
import asyncio
import http.client
import json
import os
import re
import socket
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import msgpack
import psutil

from hearth_loadtest.entry import Entry, FrameCutter, client_frame, message_frame
from hearth_loadtest.environment import describe
from hearth_protocol import gathering as wire
from hearth_protocol.control import React
from hearth_protocol.fields import WireModel
from hearth_protocol.kernels.scan import PING, PONG
from hearth_server.warmup import prepare_cache
from tests.benchmarks.join_town import Hall, JoinTown, Life, crowd, settle, ticket_for, welcomed
from tests.support.groups import API
from tests.support.node import Node, running_node

ROOT: Final = Path(__file__).parents[2]
OUT: Final = ROOT / "artifacts" / "bench"
BAR_MS: Final = 25.0
FEATURES: Final = ("channel", "gathering")
#: Below, the machine was too busy for the crowd, and ticks say nothing.
LIVELY_HZ: Final = 15.0
#: The leader does something this often.
ACT_EVERY_S: Final = 0.5
_BUCKET: Final = re.compile(r'^hearth_tick_duration_seconds_bucket\{le="([^"]+)"\} (\S+)$', re.M)


@dataclass(frozen=True, slots=True)
class Meeting:
    """What is measured."""

    name: str
    people: int
    template: wire.Template
    audience: wire.Audience
    scenario: str
    hall: Hall


MEETINGS: Final = {
    "class": Meeting("class", 60, "class", "near", "class", Hall("studio", "large", 80)),
    "talk": Meeting("talk", 300, "talk", "nobody", "circle", Hall("classroom", "great", 400)),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Ticks of some seconds. CPU is that of the whole node, and takes nothing from others."""

    ticks: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    cpu_ms_a_tick: float
    load: float
    poses_hz: float
    snapshots_hz: float


@dataclass(frozen=True, slots=True)
class Row:
    """One meeting, before it began and while it went on."""

    name: str
    people: int
    before: Stretch
    during: Stretch
    told: dict[str, int] = field(default_factory=dict)

    @property
    def lively(self) -> bool:
        """Whether the machine was free enough for the crowd to be itself."""
        return min(self.during.poses_hz, self.during.snapshots_hz) >= LIVELY_HZ

    @property
    def ratio(self) -> float:
        """How much more a tick takes while it goes on."""
        return self.during.cpu_ms_a_tick / max(self.before.cpu_ms_a_tick, 1e-9)


# --- measuring -----------------------------------------------------------------------------------


def histogram(node: Node) -> dict[float, float]:
    """Return how many ticks took at most so many seconds."""
    found = _BUCKET.findall(node.get("/metrics"))
    return {float(edge): float(count) for edge, count in found}


def quantile_ms(ticks: dict[float, float], share: float) -> float:
    """Return the duration that a share of the ticks do not exceed; within a bucket by share."""
    total = max(ticks.values())
    low_s = below = 0.0
    for edge_s, count in sorted(ticks.items()):
        if count >= share * total:
            part = (share * total - below) / max(count - below, 1e-9)
            return (low_s + (min(edge_s, 2.0) - low_s) * part) * 1000.0
        low_s, below = edge_s, count
    return low_s * 1000.0


def worst_ms(ticks: dict[float, float]) -> float:
    """Return the upper edge of the slowest tick's bucket."""
    total = max(ticks.values())
    return min(edge for edge, count in ticks.items() if count >= total) * 1000.0


def cpu_s(node: Node) -> float:
    """Return the processor time of the node and its workers so far."""
    node_process = psutil.Process(node.process.pid)
    each = [node_process, *node_process.children(recursive=True)]
    return sum(times.user + times.system for times in (one.cpu_times() for one in each))


def stretch(node: Node, people: Any, count: int, seconds: float) -> Stretch:
    """Let time pass and look what the ticks took."""
    before, cpu_before, pace = histogram(node), cpu_s(node), people.pace()
    time.sleep(seconds)
    after, cpu_after, later = histogram(node), cpu_s(node), people.pace()
    ticks = {edge: after[edge] - before[edge] for edge in after}
    total = max(ticks.values())
    lasted = (later.at_s - pace.at_s) * count
    return Stretch(
        ticks=int(total),
        p50_ms=round(quantile_ms(ticks, 0.5), 2),
        p99_ms=round(quantile_ms(ticks, 0.99), 2),
        worst_ms=worst_ms(ticks),
        cpu_ms_a_tick=round((cpu_after - cpu_before) * 1000.0 / max(total, 1.0), 2),
        load=os.getloadavg()[0],
        poses_hz=round((later.poses - pace.poses) / lasted, 1),
        snapshots_hz=round((later.snapshots - pace.snapshots) / lasted, 1),
    )


# --- leading -------------------------------------------------------------------------------------


class Leader:
    """Whoever leads, on a real connection, in a thread of their own."""

    def __init__(self, line: socket.socket, entry: Entry, audience: wire.Audience) -> None:
        self._line = line
        self._frames = FrameCutter(entry.rest)
        self._audience = audience
        self._rid = 0
        self._version = 0
        self._lock = threading.Lock()
        self.hands: list[int] = []
        self.told: dict[str, int] = {}
        self.refused: list[str] = []
        self._over = threading.Event()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._acting = threading.Thread(target=self._act, daemon=True)
        self._reading.start()

    def begin(self) -> None:
        """Start what was planned, and go on leading."""
        self.say(wire.LeadAction, act="start", version=self._version)
        self.say(wire.VoiceRule, audience=self._audience)
        self.say(wire.Form, kind="rows")
        self._acting.start()

    def end(self) -> None:
        """Stop leading."""
        self._over.set()
        self._line.close()

    def say(self, request: type[WireModel], /, **words: Any) -> None:
        """Send a request."""
        with self._lock:
            self._rid += 1
            message = request.model_validate({"rid": self._rid} | words)
            self._line.sendall(message_frame(message))  # type: ignore[arg-type]

    def _act(self) -> None:
        acts = (
            lambda: self.say(wire.LeadAction, act="hold", version=self._version),
            lambda: self.say(wire.GiveFloor, act="next", seconds=5),
            lambda: self.say(wire.LeadAction, act="resume", version=self._version),
            lambda: self.say(wire.VoiceRule, stage_only=True),
            lambda: self.say(wire.VoiceRule, stage_only=False, silence=True),
            lambda: self.say(wire.VoiceRule, silence=False),
            lambda: self.say(wire.PromptAll, kind="recentre"),
        )
        turn = 0
        while not self._over.wait(ACT_EVERY_S):
            acts[turn % len(acts)]()
            turn += 1

    def _read(self) -> None:
        while True:
            while (frame := self._frames.next_frame()) is not None:
                opcode, payload = frame
                if opcode == PING:
                    with self._lock:
                        self._line.sendall(client_frame(PONG, payload))
                if opcode == 2 and payload[0] != 0xC1:
                    self._take(msgpack.unpackb(payload))
            try:
                data = self._line.recv(1 << 16)
            except OSError:
                return
            if not data:
                return
            self._frames.add(data)

    def _take(self, message: dict[str, Any]) -> None:
        kind = str(message["t"])
        self.told[kind] = self.told.get(kind, 0) + 1
        if kind == "timeline":
            self._version = message["version"]
        elif kind == "error":
            self.refused.append(f"{message['code']}: {message['text']}")


def post(address: tuple[str, int], token: str, path: str, body: object) -> dict[str, Any]:
    """Ask the API.

    Raises:
        RuntimeError: it refused.
    """
    connection = http.client.HTTPConnection(*address)
    headers = {"cookie": f"hearth_session={token}", "content-type": "application/json"}
    connection.request("POST", API + path, json.dumps(body), headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    if response.status >= 300:
        raise RuntimeError(f"{path}: {response.status} {content[:300]!r}")
    return dict(json.loads(content))


def life_of(meeting: Meeting) -> Life:
    """Return what people do: applause in bursts of all, and a hand now and then."""
    clap = message_frame(React(kind="clap"))
    up = message_frame(wire.RaiseHand(rid=1, on=True))
    down = message_frame(wire.RaiseHand(rid=2, on=False))
    rate_hz = meeting.people / 30.0
    says = ((clap, meeting.people / 5.0), (up, rate_hz), (down, rate_hz / 2.0))
    return Life(meeting.scenario, FEATURES, says)


def measure(meeting: Meeting, folder: Path, seconds: float) -> Row:
    """Run a node, fill the room, measure it, begin, measure it again."""
    here: JoinTown = asyncio.run(settle(folder, meeting.people, 1, meeting.hall))
    with running_node(folder, "--no-voice") as node:
        host, _, port = node.url.removeprefix("http://").partition(":")
        address = (host, int(port))
        line, entry = welcomed(address, ticket_for(address, here.room, here.owner), FEATURES)
        leader = Leader(line, entry, meeting.audience)
        with crowd(address, here, life_of(meeting)) as people:
            time.sleep(3.0)
            before = stretch(node, people, meeting.people, seconds)
            plan = post(
                address, here.owner, f"/groups/{here.group}/plans", {"starter": "morning-yoga"}
            )
            body = {
                "room": here.room,
                "plan": plan["id"],
                "template": meeting.template,
                "title": f"A {meeting.name} of {meeting.people}",
            }
            post(address, here.owner, f"/groups/{here.group}/class-now", body)
            time.sleep(1.5)
            leader.begin()
            time.sleep(2.0)
            during = stretch(node, people, meeting.people, seconds)
            leader.end()
    check(leader)
    return Row(meeting.name, meeting.people, before, during, leader.told)


def check(leader: Leader) -> None:
    """Make sure that what was measured is what was meant.

    Raises:
        RuntimeError: nothing went on.
    """
    missing = {"gathering", "timeline", "hands", "applause", "formation"} - leader.told.keys()
    if missing:
        raise RuntimeError(f"nobody was told of {sorted(missing)}; refused: {leader.refused[:5]}")


# --- telling -------------------------------------------------------------------------------------


def markdown_of(rows: list[Row]) -> str:
    """Return the table."""
    head = (
        "meeting", "people", "when", "ticks", "tick p50 ms", "p99 ms", "worst ≤ ms",
        "node CPU ms a tick", "poses and snapshots a second each", "load", "p99 target",
    )  # fmt: skip
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        for when, part in (("before", row.before), ("during", row.during)):
            target = f"< {BAR_MS:g} ms" if when == "during" else ""
            pace = f"{part.poses_hz} / {part.snapshots_hz}"
            cells = (
                row.name, row.people, when, part.ticks, part.p50_ms, part.p99_ms, part.worst_ms,
                part.cpu_ms_a_tick, pace, f"{part.load:.1f}", target,
            )  # fmt: skip
            lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    lines.append("")
    lines += [
        f"{row.name}: a tick takes {row.ratio:.2f} times the node's time of before."
        + ("" if row.lively else " The machine was too busy: the crowd stood still at times.")
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fill, measure, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5 seconds each instead of 30")
    parser.add_argument("--rows", nargs="+", choices=sorted(MEETINGS), default=sorted(MEETINGS))
    options = parser.parse_args()
    prepare_cache(ROOT / "artifacts")
    rows = []
    for name in options.rows:
        with tempfile.TemporaryDirectory() as temporary:
            seconds = 5.0 if options.quick else 30.0
            rows.append(measure(MEETINGS[name], Path(temporary), seconds))
    OUT.mkdir(parents=True, exist_ok=True)
    document = {"environment": describe(), "rows": [asdict(row) for row in rows]}
    (OUT / "gathering.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    (OUT / "gathering.md").write_text(markdown_of(rows), encoding="utf-8")
    print(markdown_of(rows))
    slow = [row for row in rows if row.during.p99_ms >= BAR_MS or not row.lively]
    raise SystemExit(bool(slow))


if __name__ == "__main__":
    main()
