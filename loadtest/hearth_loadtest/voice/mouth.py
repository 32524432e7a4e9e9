"""How bots talk: each goes through its words from a place of its own, a frame every 20 ms.

Open loop: a frame has a planned time, and what is too late is left out and counted, since a burst
of late frames would be refused as a flood.
"""

from array import array
from dataclasses import dataclass, field
from typing import Protocol

from hearth_loadtest.voice.opus import stamped
from hearth_loadtest.voice.speech import SILENT_DBOV, SpeechClip

#: Frames between two packets of a pause.
COMFORT_EVERY = 20
FRAME_S = 0.02
#: A frame that is so late is not sent any more.
TOO_LATE_S = 0.06


class Microphone(Protocol):
    """What a mouth speaks into."""

    def say(self, payload: bytes, *, level_dbov: int = 20, marker: bool = False) -> object:
        """Send one 20 ms packet."""

    def pause(self, frames: int = 1) -> None:
        """Let time pass without a packet."""


@dataclass
class Mouth:
    """One talker.

    Attributes:
        bot: Who talks.
        clip: What they say, over and over.
        microphone: Where it goes.
        at: Frame of the clip that is next.
        sent_s: Local times of stamped packets 0, 1, …
    """

    bot: int
    clip: SpeechClip
    microphone: Microphone
    at: int = 0
    sent_s: "array[float]" = field(default_factory=lambda: array("d"))
    packets: int = 0
    _quiet: int = 1

    def speak(self, now_s: float) -> None:
        """Do what the next 20 ms ask for."""
        frame = self.clip.frames[self.at]
        self.at = (self.at + 1) % len(self.clip.frames)
        if frame is not None:
            payload = stamped(frame.packet, self.bot, len(self.sent_s))
            self.sent_s.append(now_s)
            self.packets += 1
            self.microphone.say(payload, level_dbov=frame.level_dbov, marker=self._quiet > 0)
            self._quiet = 0
            return
        if self._quiet % COMFORT_EVERY == 0:
            self.packets += 1
            self.microphone.say(self.clip.silence, level_dbov=SILENT_DBOV)
        else:
            self.microphone.pause()
        self._quiet += 1

    def skip(self) -> None:
        """Leave a frame out."""
        self.at = (self.at + 1) % len(self.clip.frames)
        self.microphone.pause()
