"""How often one address may ask something, in bounded memory. Owns no clock."""

from typing import Final

MAX_SOURCES: Final = 4096


class Bucket:
    """Lets `burst` through at once and `rate_per_s` on average."""

    __slots__ = ("_burst", "_rate_per_s", "_seen_s", "_tokens")

    def __init__(self, rate_per_s: float, burst: float, now_s: float) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._tokens = burst
        self._seen_s = now_s

    def take(self, now_s: float) -> bool:
        """Take one token if there is one, and say whether there was."""
        gained = max(0.0, now_s - self._seen_s) * self._rate_per_s
        self._tokens = min(self._burst, self._tokens + gained)
        self._seen_s = now_s
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True


class SourceLimits:
    """A bucket for each source and one for all of them together.

    A source is an IPv4 address or an IPv6 /64: ports and host bits cost an attacker nothing.
    The table holds `MAX_SOURCES`; the source unseen for longest makes room. Whoever invents
    sources to push others out still spends the common bucket.

    Args:
        rate_per_s: tokens of one source; a school behind one address must fit.
        burst: tokens a source has at most.
        total_rate_per_s: tokens of all sources together.
        now_s: the time.
    """

    def __init__(
        self, rate_per_s: float, burst: float, total_rate_per_s: float, now_s: float
    ) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._total = Bucket(total_rate_per_s, total_rate_per_s, now_s)
        self._sources: dict[bytes, Bucket] = {}

    def take(self, ip: bytes, now_s: float) -> bool:
        """Say whether the source at this 4 or 16 byte address may go on."""
        source = ip[:8]
        bucket = self._sources.pop(source, None)
        if bucket is None:
            bucket = Bucket(self._rate_per_s, self._burst, now_s)
            if len(self._sources) >= MAX_SOURCES:
                del self._sources[next(iter(self._sources))]
        self._sources[source] = bucket  # a dict keeps order: the newest last
        return bucket.take(now_s) and self._total.take(now_s)
