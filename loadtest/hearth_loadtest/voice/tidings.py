"""What the voice process, the workers and the coordinator tell each other.

Messages on the lines are tuples whose first item names them.
Worker to voice: `("said", bot, payload)`, `("gone", bot)`.
Voice to worker: `("say", bot, payload)`.
Coordinator to voice: `("start", start_s)`, `("close",)`, `("measure", Window, participants)`,
`("stop",)`; from it `("ready",)`, `("progress", VoiceProgress)`, `("result", VoiceResult)`,
`("fault", text)`.
"""

from collections import Counter
from dataclasses import dataclass, field

from hearth_loadtest.voice.truth import VoiceFindings

#: A control message begins as a msgpack map whose first key is "t".
_KIND_AT = 4
_OF_CONCERN = (b"voice", b"error")


def is_of_voice(payload: bytes) -> bool:
    """Whether a control message of the server is for the voice process, by its first bytes."""
    return payload[1:3] == b"\xa1t" and payload[_KIND_AT : _KIND_AT + 5] in _OF_CONCERN


@dataclass(frozen=True)
class VoiceProgress:
    """How many voices are in and how many will not be, since the start."""

    joined: int
    failed: int
    packets: int
    failures: dict[str, int] = field(default_factory=dict)


@dataclass
class VoiceResult:
    """What the voice process found.

    Attributes:
        findings: Sums over listeners; latencies apart.
        latency: Talker to listener, encoded histogram.
        lag: How late the generator sent, encoded.
        wait: How long each voice took from being offered voice to hearing and being heard, encoded.
        joined: Voices that got in; `joining_s` the time that took for all of them.
        failures: Why voices did not get in.
        lost: Why voices ended early.
        sent: Packets the talkers sent; missed: those left out for being late.
        bad_packets: What listeners could not read.
        talkers: Who truly talked; listeners: who listened.
        seconds: Time that was measured; cpu_s: what this process used of it.
    """

    findings: VoiceFindings
    latency: bytes
    lag: bytes
    wait: bytes
    joined: int = 0
    joining_s: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    missed: int = 0
    bad_packets: int = 0
    talkers: int = 0
    listeners: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
