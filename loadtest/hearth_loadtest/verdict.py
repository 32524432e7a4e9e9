"""Pass, fail, or no verdict at all because the generator itself was too slow."""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from hearth_loadtest.errors import UsageFault


class Verdict(StrEnum):
    """What a run shows."""

    PASS = "pass"
    FAIL = "fail"
    GENERATOR_BOUND = "generator-bound"


class Exit(IntEnum):
    """Exit codes, stable for scripts."""

    PASS = 0
    TOOL_ERROR = 2
    GENERATOR_BOUND = 3
    THRESHOLDS_BREACHED = 99

    @staticmethod
    def of(verdict: Verdict) -> "Exit":
        """The exit code of a verdict."""
        return {
            Verdict.PASS: Exit.PASS,
            Verdict.FAIL: Exit.THRESHOLDS_BREACHED,
            Verdict.GENERATOR_BOUND: Exit.GENERATOR_BOUND,
        }[verdict]


#: Above these, the generator is the bottleneck and says nothing about the server.
LAG_LIMIT_MS = 20.0
MISSED_LIMIT = 0.01

DEFAULT_SLO = "delivered>=95%,p99<100ms,failed<=1%"
#: Joined to the default in a run with voice.
VOICE_SLO = ",voice_failed<=1%"

_QUANTITIES = {
    "delivered": "share of due updates that came",
    "recall": "share of the true 16 nearest that were told",
    "failed": "share of bots that did not get in or were lost",
    "wrong": "share of updates that were not true",
    "p50": "latency, milliseconds",
    "p90": "latency, milliseconds",
    "p99": "latency, milliseconds",
    "p999": "latency, milliseconds",
}
#: Only with voice.
VOICE_QUANTITIES = {
    "voice_loss": "share of due voice packets that did not come",
    "voice_failed": "share of voices that did not get in or were lost",
    "voice_p50": "voice latency, milliseconds",
    "voice_p99": "voice latency, milliseconds",
}
_CLAUSE = re.compile(r"^\s*(\w+)\s*(<=|>=|<|>)\s*([0-9.]+)\s*(%|ms|s)?\s*$")


@dataclass(frozen=True)
class Threshold:
    """One clause of an SLO, such as `p99<100ms`."""

    quantity: str
    comparison: str
    limit: float

    def holds(self, value: float) -> bool:
        """Whether a measured value is within the limit."""
        return {
            "<": value < self.limit,
            "<=": value <= self.limit,
            ">": value > self.limit,
            ">=": value >= self.limit,
        }[self.comparison]

    def __str__(self) -> str:
        return f"{self.quantity} {self.comparison} {self.limit:g}"


def parse_slo(text: str, *, voice: bool = False) -> tuple[Threshold, ...]:
    """Read `delivered>=95%,p99<100ms`; with voice, its quantities too.

    Raises:
        UsageFault: A clause cannot be read.
    """
    out = []
    known = {**_QUANTITIES, **(VOICE_QUANTITIES if voice else {})}
    for clause in text.split(","):
        match = _CLAUSE.match(clause)
        if match is None or match.group(1) not in known:
            raise UsageFault(
                f"--slo: cannot read {clause.strip()!r}; write e.g. {DEFAULT_SLO} with "
                f"{', '.join(known)}"
            )
        name, comparison, number, unit = match.groups()
        scale = {"%": 0.01, "s": 1000.0}.get(unit or "", 1.0)
        out.append(Threshold(name, comparison, float(number) * scale))
    return tuple(out)


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reasons."""

    verdict: Verdict
    breached: tuple[str, ...]
    notes: tuple[str, ...]


def judge(
    thresholds: tuple[Threshold, ...],
    values: dict[str, float],
    lag_p99_ms: float,
    missed_ratio: float,
    faults: tuple[str, ...] = (),
) -> Judgement:
    """Hold measured values against thresholds, the generator's own health first.

    Args:
        thresholds: The SLO.
        values: Measured, by quantity.
        lag_p99_ms: How late the generator sent its poses.
        missed_ratio: Share of planned poses it did not send.
        faults: What fails a run whatever its thresholds are.
    """
    breached = faults + tuple(
        f"{threshold} (measured {values[threshold.quantity]:.4g})"
        for threshold in thresholds
        if not threshold.holds(values[threshold.quantity])
    )
    notes = []
    if lag_p99_ms > LAG_LIMIT_MS:
        notes.append(
            f"the generator sent late: p99 {lag_p99_ms:.1f} ms, more than {LAG_LIMIT_MS:g}"
        )
    if missed_ratio > MISSED_LIMIT:
        notes.append(f"the generator left out {missed_ratio:.1%} of the planned poses")
    if notes:
        return Judgement(Verdict.GENERATOR_BOUND, breached, tuple(notes))
    return Judgement(Verdict.FAIL if breached else Verdict.PASS, breached, ())
