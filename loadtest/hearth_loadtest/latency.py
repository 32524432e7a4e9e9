"""Latency histograms (HdrHistogram) filled in bulk, shipped between processes and merged."""

import numpy as np
import numpy.typing as npt
from hdrh.histogram import HdrHistogram

F64 = npt.NDArray[np.float64]

#: 1 µs to 60 s, three significant digits.
LOWEST_US, HIGHEST_US, DIGITS = 1, 60_000_000, 3
PERCENTILES = (50.0, 90.0, 99.0, 99.9)


class Latencies:
    """A histogram of durations; recorded in seconds, read in milliseconds."""

    def __init__(self) -> None:
        self._hdr = HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)

    @property
    def count(self) -> int:
        """How many durations were recorded."""
        return int(self._hdr.get_total_count())

    def record(self, seconds: F64) -> None:
        """Record durations [n]; those below a microsecond count as one."""
        if len(seconds) == 0:
            return
        micros = np.clip(np.rint(seconds * 1e6), LOWEST_US, HIGHEST_US)
        # fewer calls: two leading digits less than the histogram keeps anyway
        steps = np.maximum(10.0 ** (np.floor(np.log10(micros)) - DIGITS), 1.0)
        values, counts = np.unique(np.rint(micros / steps) * steps, return_counts=True)
        for value, count in zip(values.tolist(), counts.tolist(), strict=True):
            self._hdr.record_value(int(value), count)

    def encode(self) -> bytes:
        """The histogram as base64 HdrHistogram V2, to be merged elsewhere."""
        return bytes(self._hdr.encode())

    def merge_encoded(self, encoded: bytes) -> None:
        """Add a histogram that another process encoded."""
        self._hdr.decode_and_add(encoded)

    def percentile_ms(self, percentile: float) -> float:
        """The value at a percentile, milliseconds; 0 when nothing was recorded."""
        if self.count == 0:
            return 0.0
        return float(self._hdr.get_value_at_percentile(percentile)) / 1000.0

    def summary(self) -> dict[str, float]:
        """p50, p90, p99, p999, max and mean in milliseconds, and the count."""
        names = ("p50", "p90", "p99", "p999")
        out = {
            name: round(self.percentile_ms(percentile), 3)
            for name, percentile in zip(names, PERCENTILES, strict=True)
        }
        known = self.count > 0
        out["max"] = round(float(self._hdr.get_max_value()) / 1000.0, 3) if known else 0.0
        out["mean"] = round(float(self._hdr.get_mean_value()) / 1000.0, 3) if known else 0.0
        out["count"] = self.count
        return out
