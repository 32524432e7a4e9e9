"""The outcome of a run: all workers' findings added up, as the JSON document others read."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hearth_loadtest import clock, metrics
from hearth_loadtest.judge import Findings
from hearth_loadtest.latency import Latencies
from hearth_loadtest.metrics import Scrape
from hearth_loadtest.plan import Plan
from hearth_loadtest.verdict import Judgement, Threshold, judge
from hearth_loadtest.voice.account import VoiceAccount
from hearth_loadtest.worker import WorkerResult
from hearth_protocol.control import Welcome

SCHEMA = "hearth-loadtest/1"
#: Other processes used more than this much of a processor: the figures are under suspicion.
RIVAL_LIMIT = 0.25
#: Fewer joins a second than this share of what was asked for are worth a note.
SLOW_JOINS = 0.75
#: Clock estimates before and after differ by about a millisecond anyway.
DRIFT_LIMIT_MS = 2.0


@dataclass(frozen=True)
class Surroundings:
    """What was going on around the run."""

    environment: dict[str, Any]
    rivals: float
    before: Scrape | None
    after: Scrape | None
    interrupted: bool
    scenario: str
    drift_ms: float | None = None


@dataclass
class Outcome:
    """Sums over workers, ready to be judged and told."""

    plan: Plan
    welcome: Welcome
    surroundings: Surroundings
    findings: Findings
    latencies: Latencies
    capture_errors: Latencies
    lag: Latencies
    read_delay: Latencies
    join_wait: Latencies
    sums: dict[str, float]
    stall_ms: float
    joined: int = 0
    joining_s: float = 0.0
    latecomer_updates: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    voice: VoiceAccount | None = None

    @staticmethod
    def of(
        plan: Plan,
        welcome: Welcome,
        results: list[WorkerResult],
        surroundings: Surroundings,
        voice: VoiceAccount | None = None,
    ) -> "Outcome":
        """Add up."""
        findings, latencies, errors = Findings(), Latencies(), Latencies()
        lag, delay, wait = Latencies(), Latencies(), Latencies()
        names = (
            "sent",
            "missed",
            "bytes_read",
            "snapshots",
            "snapshot_bytes",
            "sampled",
            "sampled_bytes",
            "sampled_updates",
            "too_old",
            "live",
            "cpu_s",
            "queue_wait_s",
            "records_lost",
        )
        sums = {name: float(sum(getattr(r, name) for r in results)) for name in names}
        sums["seconds"] = max((r.seconds for r in results), default=0.0)
        sums["busiest"] = max((r.cpu_s / r.seconds for r in results if r.seconds), default=0.0)
        out = Outcome(
            plan,
            welcome,
            surroundings,
            findings,
            latencies,
            errors,
            lag,
            delay,
            wait,
            sums,
            stall_ms=max((r.longest_stall_ms for r in results), default=0.0),
            voice=voice,
        )
        for result in results:
            findings.add(result.findings)
            latencies.merge_encoded(result.latencies)
            errors.merge_encoded(result.capture_errors)
            lag.merge_encoded(result.lag)
            delay.merge_encoded(result.read_delay)
            wait.merge_encoded(result.join_wait)
            out.failures.update(result.failures)
            out.lost.update(result.lost)
            out.errors.update(result.errors)
        queues = [result.queueing for result in results if result.queueing.joined]
        if queues:
            out.joined = sum(queue.joined for queue in queues)
            out.joining_s = max(queue.last_in_s for queue in queues) - min(
                queue.first_due_s for queue in queues
            )
        # seated after their bot had given up: others saw them, rightly
        late = {participant for result in results for participant in result.latecomers}
        out.latecomer_updates = sum(findings.strangers[participant] for participant in late)
        findings.stranger -= out.latecomer_updates
        return out

    # --- figures -----------------------------------------------------------------------------

    @property
    def delivered_ratio(self) -> float:
        """Updates that came ÷ updates that were due."""
        return self.findings.delivered / self.findings.expected if self.findings.expected else 0.0

    @property
    def recall(self) -> float:
        """Of the true 16 nearest, the share that was told."""
        return (
            self.findings.recall_hits / self.findings.recall_of if self.findings.recall_of else 0.0
        )

    @property
    def wrong_ratio(self) -> float:
        """Share of updates that were not true: position, capture time or identity."""
        wrong = self.findings.wrong_position + self.findings.wrong_capture + self.findings.stranger
        return wrong / self.findings.updates if self.findings.updates else 0.0

    @property
    def failed_ratio(self) -> float:
        """Share of bots that did not get in or were lost on the way."""
        bad = sum(self.failures.values()) + sum(self.lost.values())
        return min(1.0, bad / self.plan.company.users)

    @property
    def missed_ratio(self) -> float:
        """Share of planned poses the generator did not send."""
        planned = self.sums["sent"] + self.sums["missed"]
        return self.sums["missed"] / planned if planned else 0.0

    @property
    def bytes_per_update(self) -> float:
        """Snapshot payload, headers included, per update in it (sampled bots)."""
        updates = self.sums["sampled_updates"]
        return self.sums["sampled_bytes"] / updates if updates else 0.0

    @property
    def bytes_per_member_s(self) -> float:
        """Everything a member was sent, WebSocket headers included, per second."""
        if not self.sums["live"] or not self.sums["seconds"]:
            return 0.0
        return self.sums["bytes_read"] / self.sums["live"] / self.sums["seconds"]

    @property
    def joins_per_s(self) -> float:
        """Joins per second from the first that was due to the last that got in."""
        return self.joined / self.joining_s if self.joining_s > 0 else 0.0

    @property
    def rivals(self) -> float:
        """Processors used by others than server and generator, on average."""
        return self.surroundings.rivals

    def judge(self, thresholds: tuple[Threshold, ...]) -> Judgement:
        """The verdict under an SLO."""
        values = {
            "delivered": self.delivered_ratio,
            "recall": self.recall,
            "failed": self.failed_ratio,
            "wrong": self.wrong_ratio,
            "p50": self.latencies.percentile_ms(50),
            "p90": self.latencies.percentile_ms(90),
            "p99": self.latencies.percentile_ms(99),
            "p999": self.latencies.percentile_ms(99.9),
        }
        if self.latencies.count == 0:
            # nothing came: no latency is not a good latency
            values.update(dict.fromkeys(("p50", "p90", "p99", "p999"), float("inf")))
        lag_ms, missed = self.lag.percentile_ms(99), self.missed_ratio
        faults: tuple[str, ...] = ()
        if self.voice is not None:
            values.update(self.voice.quantities())
            lag_ms = max(lag_ms, self.voice.lag_p99_ms)
            missed, faults = max(missed, self.voice.missed_ratio), self.voice.faults
        return judge(thresholds, values, lag_ms, missed, faults)

    def notes(self) -> list[str]:
        """Things a reader has to know to trust the figures."""
        out = []
        if self.surroundings.interrupted:
            out.append("interrupted: the figures are of the part that was measured")
        if self.joined and self.joins_per_s < SLOW_JOINS * self.plan.spawn_rate:
            out.append(
                f"{self.joins_per_s:.0f} joins a second were attained of {self.plan.spawn_rate:g} "
                f"asked for: the rush took {self.joining_s:.0f} s"
            )
        if self.latecomer_updates:
            out.append(
                f"{self.latecomer_updates} updates were about bots that got in after they had "
                "been given up"
            )
        if self.rivals > RIVAL_LIMIT:
            out.append(f"other programs used {self.rivals:.2f} processors meanwhile")
        waited = self.sums["queue_wait_s"] / max(self.sums["seconds"], 1e-9)
        if waited > 0.1:
            out.append(f"the generator waited for a processor {waited:.2f} s a second")
        if self.sums["busiest"] > 0.75:
            out.append(
                f"the busiest worker used {self.sums['busiest']:.0%} of a processor: "
                "the server may hold more than this shows"
            )
        if self.sums["records_lost"]:
            out.append(f"{int(self.sums['records_lost'])} updates were not kept for judging")
        if self.surroundings.drift_ms is not None and abs(self.surroundings.drift_ms) > 1.0:
            out.append(
                f"the server's clock was {self.surroundings.drift_ms:+.1f} ms off by the end"
            )
        return out + (self.voice.notes() if self.voice is not None else [])

    # --- document ----------------------------------------------------------------------------

    def document(self, thresholds: tuple[Threshold, ...]) -> dict[str, Any]:
        """Everything, as one JSON-ready document."""
        judgement = self.judge(thresholds)
        found, sums, plan = self.findings, self.sums, self.plan
        seconds = max(sums["seconds"], 1e-9)
        around = self.surroundings
        return {
            "schema": SCHEMA,
            "verdict": str(judgement.verdict),
            "breached": list(judgement.breached),
            "notes": [*judgement.notes, *self.notes()],
            "delivered_ratio": round(self.delivered_ratio, 5),
            "latency_ms": self.latencies.summary(),
            "recall_nearest_16": round(self.recall, 5),
            "bytes_per_update": round(self.bytes_per_update, 3),
            "bytes_per_member_s": round(self.bytes_per_member_s, 1),
            "generator_lag_ms": self.lag.summary(),
            "generator_read_delay_ms": self.read_delay.summary(),
            "joins": {
                "wanted_per_s": plan.spawn_rate,
                "per_s": round(self.joins_per_s, 2),
                "seconds": round(self.joining_s, 2),
                "wait_ms": self.join_wait.summary(),
            },
            "users": {
                "wanted": plan.company.users,
                "in": int(sums["live"]),
                "failures": dict(self.failures.most_common()),
                "lost": dict(self.lost.most_common()),
                "errors": dict(self.errors.most_common()),
            },
            "updates": {
                "expected": round(found.expected),
                "delivered": round(found.delivered),
                "received": found.updates,
                "verified": found.verified,
                "duplicates": found.duplicates,
                "wrong_position": found.wrong_position,
                "clamped": found.clamped,
                "wrong_capture_time": found.wrong_capture,
                "stranger": found.stranger,
                "too_old": int(sums["too_old"]),
                "latecomers": self.latecomer_updates,
                "worst_position_mm": round(found.worst_position_mm, 3),
                "capture_error_ms": self.capture_errors.summary(),
                "per_observer_s": round(found.updates / max(found.observer_seconds, 1e-9), 2),
                "neighbours": round(found.neighbours / max(found.observer_seconds, 1e-9), 2),
            },
            "generator": {
                "workers": plan.company.workers,
                "sampled": int(sums["sampled"]),
                "poses_sent": int(sums["sent"]),
                "poses_missed": int(sums["missed"]),
                "missed_ratio": round(self.missed_ratio, 5),
                "cpu_s_per_s": round(sums["cpu_s"] / seconds, 3),
                "busiest_worker": round(sums["busiest"], 3),
                "queue_wait_s_per_s": round(sums["queue_wait_s"] / seconds, 4),
                "longest_lag_ms": round(self.stall_ms, 2),
                "others_cpu": round(self.rivals, 3),
            },
            "voice": self.voice.document() if self.voice is not None else None,
            "clock": {
                "spread_ms": round(plan.spread_ms, 3),
                "drift_ms": None
                if self.surroundings.drift_ms is None
                else round(self.surroundings.drift_ms, 3),
            },
            "server": (
                metrics.compare(around.before, around.after)
                if around.before is not None and around.after is not None
                else None
            ),
            "setup": {
                "url": plan.target.origin,
                "scenario": around.scenario,
                "users": plan.company.users,
                "rooms": plan.company.rooms,
                "rate_hz": plan.pulse.rate_hz,
                "spawn_rate": plan.spawn_rate,
                "seed": plan.company.seed,
                "seconds": round(sums["seconds"], 2),
                "neighbours_wanted": plan.stage.scenario.neighbours,
                "motion": [path.name for path in plan.stage.motion],
                "interest": self.welcome.interest.model_dump(),
                "tick_hz": self.welcome.tick_hz,
                "slo": [str(threshold) for threshold in thresholds],
            },
            "environment": around.environment,
            "interrupted": around.interrupted,
            "at": datetime.fromtimestamp(clock.wall_s(), tz=UTC).isoformat(timespec="seconds"),
        }

    def write(self, path: Path, thresholds: tuple[Threshold, ...]) -> None:
        """Write the document."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.document(thresholds), indent=2) + "\n", encoding="utf-8")
