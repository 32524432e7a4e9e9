"""Token buckets: how often one person may do one thing. Owns no clock."""


class TokenBucket:
    """Allows bursts of `burst` and `rate_per_s` on average.

    Args:
        rate_per_s: tokens that come back each second.
        burst: tokens there are at most, and at the start.
    """

    __slots__ = ("_burst", "_rate_per_s", "_seen_s", "_tokens")

    def __init__(self, rate_per_s: float, burst: float) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._tokens = burst
        self._seen_s: float | None = None

    def take(self, now_s: float) -> bool:
        """Take one token if there is one, and say whether there was."""
        if self._seen_s is not None:
            gained = (now_s - self._seen_s) * self._rate_per_s
            self._tokens = min(self._burst, self._tokens + max(0.0, gained))
        self._seen_s = now_s
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def wait_s(self) -> float:
        """Seconds after the last `take` until a token is there again."""
        return max(0.0, (1.0 - self._tokens) / self._rate_per_s)
