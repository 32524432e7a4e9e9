"""The judge's docket in one worker: which (window, observer) is next, and the sums so far.

Windows are judged when the loop has nothing better to do, and what is left when the run is over.
"""

from collections import deque

import numpy as np

from hearth_loadtest.judge import LEAD, Findings, Judge
from hearth_loadtest.latency import Latencies
from hearth_loadtest.observer import Observer
from hearth_loadtest.plan import GRACE_S, Plan, Window


class Docket:
    """Judges every observer's windows in order, once they can no longer change."""

    def __init__(
        self, plan: Plan, judge: Judge, window: Window, observers: list[Observer], start_s: float
    ) -> None:
        """List what is to be judged.

        Args:
            plan: Of the run.
            judge: Knows the truth.
            window: The measured samples; cut into windows of a second.
            observers: Those of this worker.
            start_s: Local time of sample 0.
        """
        self._judge = judge
        self._period_s = plan.pulse.period_s
        self._start_s = start_s
        step = plan.samples_per_window
        self._cases = deque(
            ((first, min(first + step, window.end)), observer)
            for first in range(window.first, window.end, step)
            for observer in observers
        )
        self.findings = Findings()
        self.latencies = Latencies()
        self.capture_errors = Latencies()

    @property
    def open(self) -> int:
        """Cases not judged yet."""
        return len(self._cases)

    def judge_next(self, now_s: float, offset_ms: float) -> bool:
        """Judge one case if one is ripe; say whether there was."""
        if not self._cases:
            return False
        samples, observer = self._cases[0]
        if now_s < self._start_s + (samples[1] + 1) * self._period_s + GRACE_S:
            return False
        self._cases.popleft()
        found = self._judge.window(observer.bot, samples, observer.records(), offset_ms)
        for latencies in found.latency_s:
            self.latencies.record(latencies[latencies <= GRACE_S])
        for errors in found.capture_error_ms:
            self.capture_errors.record(np.abs(errors) / 1000.0)
        self.findings.add(found)
        kept = samples[1] - LEAD - 2
        observer.forget_before(self._start_s + kept * self._period_s)
        return True

    def judge_rest(self, offset_ms: float) -> None:
        """Judge everything that is left; the run is over."""
        while self.judge_next(float("inf"), offset_ms):
            pass
