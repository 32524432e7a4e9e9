"""Latency histograms (HdrHistogram), filled in bulk, shipped between processes and merged.

The cells are HdrHistogram's own, kept in one array: a thousand durations are recorded at the
price of a few numpy calls, so recording never holds up who is being timed.
"""

import numpy as np
import numpy.typing as npt
from hdrh.histogram import HdrHistogram

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

#: 1 µs to an hour, three significant digits.
LOWEST_US, HIGHEST_US, DIGITS = 1, 3_600_000_000, 3
PERCENTILES = (50.0, 90.0, 99.0, 99.9)
#: Cells are 1 wide up to 2^11, then twice as wide for each doubling.
_FINE_BITS = 11
_HALF = 1 << (_FINE_BITS - 1)
_CELLS = (HIGHEST_US.bit_length() - _FINE_BITS + 2) * _HALF


def _cell_of(micros: I64) -> I64:
    """Cells of values [n] ≥ 1."""
    _, bits = np.frexp(micros.astype(np.float64))
    shift = np.maximum(bits.astype(np.int64) - _FINE_BITS, 0)
    cells: I64 = shift * _HALF + (micros >> shift)
    return cells


def _bounds_of(cells: I64) -> tuple[I64, I64]:
    """Lowest and highest value of cells [n]."""
    shift = np.maximum(cells // _HALF - 1, 0)
    lowest = (cells - shift * _HALF) << shift
    return lowest, lowest + (1 << shift) - 1


class Latencies:
    """A histogram of durations; recorded in seconds, read in milliseconds."""

    def __init__(self) -> None:
        self._counts = np.zeros(_CELLS, dtype=np.int64)

    @property
    def count(self) -> int:
        """How many durations were recorded."""
        return int(self._counts.sum())

    def record(self, seconds: F64, counts: I64 | None = None) -> None:
        """Record durations [n], each once or `counts` [n] times.

        Those below a microsecond count as one, those above an hour as an hour.
        """
        micros = np.clip(np.rint(seconds * 1e6), LOWEST_US, HIGHEST_US).astype(np.int64)
        np.add.at(self._counts, _cell_of(micros), 1 if counts is None else counts)

    def encode(self) -> bytes:
        """The histogram as base64 HdrHistogram V2, to be merged elsewhere."""
        histogram = HdrHistogram(LOWEST_US, HIGHEST_US, DIGITS)
        cells = np.flatnonzero(self._counts)
        lowest, _ = _bounds_of(cells)
        for value, count in zip(lowest.tolist(), self._counts[cells].tolist(), strict=True):
            histogram.record_value(value, count)
        return bytes(histogram.encode())

    def merge_encoded(self, encoded: bytes) -> None:
        """Add a histogram that another process encoded."""
        other = HdrHistogram.decode(encoded)
        for item in other.get_recorded_iterator():
            cell = _cell_of(np.array([item.value_iterated_to]))
            self._counts[cell] += item.count_at_value_iterated_to

    def percentile_ms(self, percentile: float) -> float:
        """The value at a percentile, milliseconds; 0 when nothing was recorded."""
        running = np.cumsum(self._counts)
        if running[-1] == 0:
            return 0.0
        wanted = max(1, int(running[-1] * percentile / 100.0 + 0.5))
        _, highest = _bounds_of(np.searchsorted(running, [wanted]))
        return float(highest[0]) / 1000.0

    def summary(self) -> dict[str, float]:
        """p50, p90, p99, p999, max and mean in milliseconds, and the count."""
        names = ("p50", "p90", "p99", "p999")
        out = {
            name: round(self.percentile_ms(percentile), 3)
            for name, percentile in zip(names, PERCENTILES, strict=True)
        }
        lowest, highest = _bounds_of(np.flatnonzero(self._counts))
        counts = self._counts[self._counts > 0]
        total = int(counts.sum())
        out["max"] = round(float(highest[-1]) / 1000.0, 3) if total else 0.0
        middle = (lowest + highest) / 2.0
        out["mean"] = round(float((middle * counts).sum()) / total / 1000.0, 3) if total else 0.0
        out["count"] = total
        return out
