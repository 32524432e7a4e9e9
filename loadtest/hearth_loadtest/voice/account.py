"""How voice went: JSON keys, quantities for thresholds, faults and notes."""

from typing import Any

from hearth_loadtest.latency import Latencies
from hearth_loadtest.voice.cast import Cast
from hearth_loadtest.voice.tidings import VoiceResult
from hearth_loadtest.voice.wish import VoiceWish

#: A voice process that is so busy may be the bottleneck.
BUSY = 0.75
_FAULTS = {
    "heard_from_afar": "packets of somebody out of range",
    "heard_from_elsewhere": "packets of somebody in another room",
    "wrong_talker": "packets under another's name",
    "duplicates": "packets that came twice",
}


def _decoded(encoded: bytes) -> Latencies:
    out = Latencies()
    out.merge_encoded(encoded)
    return out


class VoiceAccount:
    """One run's voice, ready to be judged and told."""

    def __init__(self, wish: VoiceWish, cast: Cast, result: VoiceResult) -> None:
        self._wish = wish
        self._cast = cast
        self._result = result
        self._latency = _decoded(result.latency)
        self._lag = _decoded(result.lag)

    @property
    def lag_p99_ms(self) -> float:
        """How late the generator sent, at the 99th percentile."""
        return self._lag.percentile_ms(99)

    @property
    def missed_ratio(self) -> float:
        """Share of packets the generator was too late to send."""
        planned = self._result.sent + self._result.missed
        return self._result.missed / planned if planned else 0.0

    @property
    def faults(self) -> tuple[str, ...]:
        """What may never happen, and did: one line each."""
        found = self._result.findings.faults
        return tuple(f"voice: {name} {found[name]} ({_FAULTS[name]})" for name in sorted(found))

    def quantities(self) -> dict[str, float]:
        """Values for thresholds; where nothing was due or came, no figure is a good figure."""
        result, latency = self._result, self._latency
        bad = sum(result.failures.values()) + sum(result.lost.values())
        came = latency.count > 0
        return {
            "voice_loss": result.findings.loss if result.findings.expected else float("inf"),
            "voice_p50": latency.percentile_ms(50) if came else float("inf"),
            "voice_p99": latency.percentile_ms(99) if came else float("inf"),
            "voice_failed": min(1.0, bad / len(self._cast.bots)),
        }

    def notes(self) -> list[str]:
        """What a reader has to know to trust the figures."""
        found = self._result.findings
        out = []
        if not found.expected and self._result.listeners:
            out.append(
                "no voice packet was due beyond doubt: nobody stood within 10 m of a talker with "
                "at most six open microphones about"
            )
        if self._result.lost:
            out.append(f"{sum(self._result.lost.values())} voices broke off and are not judged")
        if found.strangers:
            out.append(f"{found.strangers} voice packets were of people who are no bots")
        busy = self._result.cpu_s / max(self._result.seconds, 1e-9)
        if busy > BUSY:
            out.append(
                f"the voice process used {busy:.0%} of a processor: the server may hold more "
                "than this shows"
            )
        return out

    def document(self) -> dict[str, Any]:
        """The part of the JSON document that is called `voice`."""
        result, found = self._result, self._result.findings
        seconds = max(result.seconds, 1e-9)
        return {
            "client": self._wish.client,
            "talkers": result.talkers,
            "listeners": result.listeners,
            "joins": {
                "wanted": len(self._cast.bots),
                "in": result.joined,
                "per_s": round(result.joined / result.joining_s, 2) if result.joining_s else 0.0,
                "wait_ms": _decoded(result.wait).summary(),
                "failures": dict(result.failures.most_common()),
                "lost": dict(result.lost.most_common()),
            },
            "packets": {
                "sent": result.sent,
                "missed": result.missed,
                "received": found.received,
                "received_per_s": round(found.received / seconds, 1),
                "expected": found.expected,
                "delivered": found.delivered,
                "unreadable": result.bad_packets,
                "strangers": found.strangers,
            },
            "loss_ratio": round(found.loss, 6) if found.expected else None,
            "latency_ms": self._latency.summary(),
            "generator_lag_ms": self._lag.summary(),
            "slot_switches_per_s": round(found.switches / seconds, 2),
            "faults": {name: getattr(found, name) for name in _FAULTS},
            "cpu_s_per_s": round(result.cpu_s / seconds, 3),
        }
