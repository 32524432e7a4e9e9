"""One worker process: its fleet, its docket, and its line to the coordinator.

Messages on the line are tuples whose first item names them:
to the worker `("start", start_s)`, `("close",)` (let nobody else in),
`("measure", Window, participants)`, `("stop",)`; from it
`("ready",)`, `("settled", participants)`, `("progress", Progress)`, `("result", WorkerResult)`,
`("fault", text)`.
"""

import gc
import os
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import numpy.typing as npt

from hearth_loadtest import clock
from hearth_loadtest.docket import Docket
from hearth_loadtest.doorway import Queueing
from hearth_loadtest.environment import many_files, queue_wait_s
from hearth_loadtest.fleet import Fleet
from hearth_loadtest.judge import Findings, Judge, Roster
from hearth_loadtest.latency import Latencies
from hearth_loadtest.plan import GRACE_S, Plan, Window
from hearth_loadtest.rehearsal import rehearse
from hearth_loadtest.voice.cast import Cast
from hearth_loadtest.voice.relay import Relay

I64 = npt.NDArray[np.int64]

PROGRESS_EVERY_S = 1.0
#: Judging takes this share of the time while bots are driven; the rest is judged afterwards.
_JUDGE_SHARE = 0.025
#: A log so full is judged at once, or it would lose updates.
_TOO_FULL = 0.7
_LINE_EVERY_S = 0.02


@dataclass
class Progress:
    """What a worker tells about once a second; counts since the start unless said otherwise."""

    live: int
    settled: int
    failed: int
    sent: int
    missed: int
    bytes_read: int
    snapshots: int
    updates: int
    lag_p99_ms: float
    expected: float
    delivered: float
    latency_p99_ms: float


@dataclass
class WorkerResult:
    """What a worker found in the measured time."""

    findings: Findings
    latencies: bytes
    capture_errors: bytes
    lag: bytes
    read_delay: bytes
    join_wait: bytes
    queueing: Queueing = field(default_factory=Queueing)
    latecomers: list[int] = field(default_factory=list)
    sent: int = 0
    missed: int = 0
    bytes_read: int = 0
    snapshots: int = 0
    snapshot_bytes: int = 0
    sampled: int = 0
    sampled_bytes: int = 0
    sampled_updates: int = 0
    too_old: int = 0
    live: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    queue_wait_s: float = 0.0
    longest_stall_ms: float = 0.0
    records_lost: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)


class _Tally:
    """Counters at one moment, to be subtracted from those at another."""

    def __init__(self, fleet: Fleet, now_s: float) -> None:
        self.now_s = now_s
        self.sent, self.missed = fleet.plane.sent, fleet.plane.missed
        self.bytes_read, self.snapshots, self.snapshot_bytes = fleet.traffic()
        self.sampled_bytes = sum(o.snapshot_bytes for o in fleet.observers)
        self.sampled_updates = sum(o.updates for o in fleet.observers)
        self.too_old = sum(o.too_old for o in fleet.observers)
        self.cpu_s = clock.cpu_s()
        self.queue_wait_s = queue_wait_s()


class Worker:
    """Runs a fleet as the coordinator says."""

    def __init__(
        self, plan: Plan, number: int, line: Connection, voices: Connection | None = None
    ) -> None:
        self._plan = plan
        self._line = line
        self._fleet = Fleet(plan, number, _relay(plan, number, voices))
        self._docket: Docket | None = None
        self._window: Window | None = None
        self._before: _Tally | None = None
        self._after: _Tally | None = None
        self._start_s = 0.0
        self._stop = False
        self._told_settled = False
        self._next_line_s = 0.0
        self._next_progress_s = 0.0
        self._next_judge_s = 0.0
        self._pressing = False
        self._lag = Latencies()
        self._lag_worst_s = 0.0
        self._read_delay = Latencies()

    def run(self) -> None:
        """Do a whole run: from `ready` to `result`."""
        self._line.send(("ready",))
        order = self._line.recv()
        if order[0] == "stop":
            return
        self._start_s = order[1]
        self._fleet.begin(self._start_s)
        self._fleet.run_until(self._step, self._idle)
        live = self._fleet.live
        self._fleet.leave()
        self._line.send(("result", self._result(live)))

    def _step(self, now_s: float) -> bool:
        """Look after the clock and the line; say whether the run is over."""
        if self._window is not None:
            self._mark(now_s)
        if now_s >= self._next_line_s:
            self._next_line_s = now_s + _LINE_EVERY_S
            self._fleet.pump_voice()
            self._listen()
            if not self._told_settled and self._fleet.settled:
                self._told_settled = True
                self._line.send(("settled", self._fleet.participants))
        if now_s >= self._next_progress_s:
            self._next_progress_s = now_s + PROGRESS_EVERY_S
            self._report()
        return self._stop

    def _listen(self) -> None:
        while self._line.poll():
            order = self._line.recv()
            if order[0] == "stop":
                self._stop = True
            elif order[0] == "close":
                self._fleet.close_door()
            elif order[0] == "measure":
                self._measure(order[1], order[2])

    def _measure(self, window: Window, participants: I64) -> None:
        plan = self._plan
        roster = Roster(participants, plan.company.room_of())
        judge = Judge(self._fleet.crowd, roster, plan.rates, self._start_s)
        self._docket = Docket(plan, judge, window, self._fleet.observers, self._start_s)
        self._window = window

    def _mark(self, now_s: float) -> None:
        """Take the counters when the measured time begins and ends."""
        assert self._window is not None
        period_s = self._plan.pulse.period_s
        if self._before is None:
            if now_s >= self._start_s + self._window.first * period_s:
                self._collect_lag()
                self._lag = Latencies()
                self._lag_worst_s = 0.0
                self._read_delay = Latencies()
                self._before = _Tally(self._fleet, now_s)
        elif self._after is None:
            end_s = self._start_s + self._window.end * period_s
            if now_s >= end_s:
                self._collect_lag()
                self._after = _Tally(self._fleet, now_s)
        elif now_s >= self._after.now_s + GRACE_S + period_s:
            self._stop = True

    def _idle(self, slack_s: float) -> None:
        """Judge a case now and then, so that a view has something to show."""
        if self._docket is None or slack_s < 0.0003:
            return
        now_s = clock.monotonic_s()
        if now_s < self._next_judge_s and not self._pressing:
            return
        self._docket.judge_next(now_s, self._fleet.offset_ms)
        done_s = clock.monotonic_s()
        self._next_judge_s = done_s + max(done_s - now_s, 0.0001) / _JUDGE_SHARE

    def _collect_lag(self) -> None:
        lag_s, poses = self._fleet.plane.take_lag()
        delay_s = self._fleet.watch.take_delay()
        if self._after is not None:
            return
        self._read_delay.record(delay_s)
        if len(lag_s):
            self._lag_worst_s = max(self._lag_worst_s, float(lag_s.max()))
            self._lag.record(lag_s, poses)

    def _report(self) -> None:
        self._collect_lag()
        fleet, docket = self._fleet, self._docket
        bytes_read, snapshots, _ = fleet.traffic()
        self._pressing = any(o.fullness > _TOO_FULL for o in fleet.observers)
        findings = docket.findings if docket else Findings()
        self._line.send(
            (
                "progress",
                Progress(
                    live=fleet.live,
                    settled=fleet.joined,
                    failed=fleet.failed,
                    sent=fleet.plane.sent,
                    missed=fleet.plane.missed,
                    bytes_read=bytes_read,
                    snapshots=snapshots,
                    updates=sum(o.updates for o in fleet.observers),
                    lag_p99_ms=self._lag.percentile_ms(99.0),
                    expected=findings.expected,
                    delivered=findings.delivered,
                    latency_p99_ms=docket.latencies.percentile_ms(99.0) if docket else 0.0,
                ),
            )
        )

    def _result(self, live: int) -> WorkerResult:
        fleet, docket = self._fleet, self._docket
        common: dict[str, Any] = {
            "live": live,
            "sampled": len(fleet.observers),
            "longest_stall_ms": self._lag_worst_s * 1000.0,
            "records_lost": sum(o.lost for o in fleet.observers),
            "failures": fleet.failures,
            "lost": fleet.lost,
            "errors": fleet.errors,
            "latecomers": fleet.latecomers,
            "queueing": fleet.queueing,
        }
        waits = Latencies()
        waits.record(np.array(fleet.waited_s))
        if docket is None or self._before is None:
            empty = Latencies().encode()
            lag, delay = self._lag.encode(), self._read_delay.encode()
            return WorkerResult(Findings(), empty, empty, lag, delay, waits.encode(), **common)
        before, after = self._before, self._after or _Tally(fleet, clock.monotonic_s())
        if self._after is None:
            self._collect_lag()
        docket.judge_rest(fleet.offset_ms)
        for name in (
            "sent",
            "missed",
            "bytes_read",
            "snapshots",
            "snapshot_bytes",
            "sampled_bytes",
            "sampled_updates",
            "too_old",
            "cpu_s",
            "queue_wait_s",
        ):
            common[name] = getattr(after, name) - getattr(before, name)
        return WorkerResult(
            docket.findings,
            docket.latencies.encode(),
            docket.capture_errors.encode(),
            self._lag.encode(),
            self._read_delay.encode(),
            waits.encode(),
            seconds=after.now_s - before.now_s,
            **common,
        )


def _relay(plan: Plan, number: int, voices: Connection | None) -> Relay | None:
    if plan.voice is None or voices is None:
        return None
    with_voice = set(Cast.of(plan.voice, plan.company).bots.tolist())
    return Relay(voices, plan.company.rows_of(number).tolist(), with_voice)


def main(plan: Plan, number: int, line: Connection, voices: Connection | None = None) -> None:
    """Entry of a worker process; bots with voice need a line to the voice process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator says when to stop
    try:
        if plan.cpus:
            os.sched_setaffinity(0, {plan.cpus[number % len(plan.cpus)]})
        sys.setswitchinterval(0.0005)
        many_files()
        rehearse()
        Worker(plan, number, line, voices).run()
    except (BrokenPipeError, EOFError):
        return
    except Exception as fault:
        line.send(("fault", f"{type(fault).__name__}: {fault}"))
        raise
    finally:
        gc.enable()
        line.close()
