"""What the voice desk knows of one participant: their wishes, and how their sound fares."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hearth_protocol.voice import Mic, MutedBy, VoiceState
from hearth_server.realtime.voice_words import Downlink
from hearth_server.rooms.ratelimit import TokenBucket

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection


def _offer_rate() -> TokenBucket:
    return TokenBucket(rate_per_s=0.5, burst=8.0)


def _switch_rate() -> TokenBucket:
    return TokenBucket(rate_per_s=4.0, burst=20.0)


def _caption_rate() -> TokenBucket:
    return TokenBucket(rate_per_s=5.0, burst=15.0)


@dataclass(slots=True)
class Talk:
    """One participant's voice: what they want and how it fares."""

    wants_mic: bool = False
    mic_open: bool = False
    mic: Mic = "none"
    muted_by: MutedBy | None = None
    state: str = "none"
    path: str = "none"
    asked: dict[int, "Connection"] = field(default_factory=dict)
    earshot_told: tuple[object, ...] | None = None
    downlink: Downlink = field(default_factory=Downlink)
    offers: TokenBucket = field(default_factory=_offer_rate)
    switches: TokenBucket = field(default_factory=_switch_rate)
    captions: TokenBucket = field(default_factory=_caption_rate)

    @property
    def connected(self) -> bool:
        """Whether sound can travel."""
        return self.state in ("connected", "weak")

    def told(self) -> VoiceState:
        """Return what its owner is told of it."""
        return VoiceState.model_validate(
            {
                "connection": self.state,
                "path": self.path,
                "mic": self.mic,
                "muted_by": self.muted_by,
            }
        )
