"""The server's own figures, scraped from its Prometheus page before and after."""

import re
from dataclasses import dataclass
from typing import Any

_LINE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)$")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')

Key = tuple[str, tuple[tuple[str, str], ...]]


def parse_metrics(text: str) -> dict[Key, float]:
    """Read the text format: (name, sorted labels) to value."""
    out: dict[Key, float] = {}
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        labels = tuple(sorted(_LABEL.findall(match.group(2) or "")))
        try:
            out[match.group(1), labels] = float(match.group(3))
        except ValueError:
            continue
    return out


@dataclass(frozen=True)
class Scrape:
    """One look at the page, with the local time it was taken."""

    taken_s: float
    values: dict[Key, float]

    def get(self, name: str, **labels: str) -> float:
        """One value, 0 where there is none."""
        return self.values.get((name, tuple(sorted(labels.items()))), 0.0)

    def labelled(self, name: str, label: str) -> dict[str, float]:
        """All values of a name by one of its labels."""
        return {
            dict(labels)[label]: value
            for (each, labels), value in self.values.items()
            if each == name and label in dict(labels)
        }


def quantile_ms(before: Scrape, after: Scrape, name: str, quantile: float) -> float | None:
    """A quantile of a histogram of seconds between two scrapes, linear within its bucket."""
    buckets: list[tuple[float, float]] = []
    for label, total in after.labelled(f"{name}_bucket", "le").items():
        gained = total - before.get(f"{name}_bucket", le=label)
        buckets.append((float("inf") if label == "+Inf" else float(label), gained))
    buckets.sort()
    if not buckets or buckets[-1][1] <= 0:
        return None
    wanted = quantile * buckets[-1][1]
    low_edge, low_count = 0.0, 0.0
    for edge, count in buckets:
        if count >= wanted:
            if edge == float("inf"):
                return low_edge * 1000.0
            share = (wanted - low_count) / max(count - low_count, 1e-9)
            return (low_edge + (edge - low_edge) * share) * 1000.0
        low_edge, low_count = edge, count
    return low_edge * 1000.0


def compare(before: Scrape, after: Scrape) -> dict[str, Any]:
    """What the server says happened between two scrapes."""
    seconds = max(after.taken_s - before.taken_s, 1e-9)

    def gained(name: str, **labels: str) -> float:
        return after.get(name, **labels) - before.get(name, **labels)

    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 2)

    drops = {
        reason: int(value - before.get("hearth_drops_total", reason=reason))
        for reason, value in after.labelled("hearth_drops_total", "reason").items()
    }
    tick, late = "hearth_tick_duration_seconds", "hearth_tick_lateness_seconds"
    return {
        "seconds": round(seconds, 2),
        "cpu_s_per_s": round(gained("process_cpu_seconds_total") / seconds, 3),
        "memory_mb": round(after.get("process_resident_memory_bytes") / 2**20, 1),
        "tick_ms": {
            "p50": rounded(quantile_ms(before, after, tick, 0.5)),
            "p99": rounded(quantile_ms(before, after, tick, 0.99)),
        },
        "lateness_ms": {"p99": rounded(quantile_ms(before, after, late, 0.99))},
        "ticks_per_s": round(gained(f"{tick}_count") / seconds, 2),
        "ticks_missed": int(gained("hearth_ticks_missed_total")),
        "poses_per_s": round(
            gained("hearth_messages_total", direction="in", kind="pose") / seconds
        ),
        "bytes_out_per_s": round(gained("hearth_bytes_total", direction="out") / seconds),
        "snapshots_skipped": int(gained("hearth_snapshots_total", outcome="skipped")),
        "participants": int(after.get("hearth_participants")),
        "drops": {reason: count for reason, count in drops.items() if count},
    }
