"""What a gathering says about voices: whom its audience hears, who is hushed, megaphones.

It belongs to `VoicePolicy`, which reads it once a step; the rules stand in docs/tiers.md.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from hearth_sim.arrays import U8, Slots
from hearth_sim.settings import Hearing
from hearth_sim.slots import WorldFullError
from hearth_sim.voice_arrays import (
    HUSHED_HARD,
    HUSHED_SOFT,
    OPEN,
    SILENT,
    STAGE_ONLY,
    RoomSound,
    Voices,
)

#: Mats that far apart are beside each other, metres.
NEAR_M: Final = 3.0
#: A megaphone that nobody talks into goes off by itself.
MEGAPHONE_QUIET_MS: Final = 90_000
#: Mats are kept in single precision: this much further is as far.
_ROUNDING_M: Final = 1e-3
_U32: Final = 0xFFFF_FFFF
_HALF_U32: Final = 0x8000_0000

Audience = Literal["all", "near", "nobody"]
Hush = Literal["none", "soft", "hard"]
VoiceLimit = Literal["megaphones", "whisper_targets", "mutes", "moderated"]


class VoiceLimitError(WorldFullError):
    """A list is full; nothing changed. `limit` names which, the text says what to do."""

    def __init__(self, limit: VoiceLimit, text: str) -> None:
        super().__init__(text)
        self.limit: VoiceLimit = limit


@dataclass(frozen=True, slots=True)
class VoiceRule:
    """Who is heard in a room besides its stage.

    Attributes:
        audience: everybody as far as a voice reaches; who lies or stands beside; nobody.
        near_m: how far apart mats, or people without mats, may be with "near".
        stage_only: nobody besides the stage, whatever `audience` says.
        silence: nobody but who leads.
    """

    audience: Audience = "all"
    near_m: float = NEAR_M
    stage_only: bool = False
    silence: bool = False


class VoiceModes:
    """The rules of rooms, and what they need to know of people."""

    def __init__(self, voices: Voices, sound: RoomSound) -> None:
        self._voices = voices
        self._sound = sound

    def set_rule(self, room_index: int, rule: VoiceRule) -> None:
        """Say who is heard in a room; `VoiceRule()` is a room without a gathering."""
        only_stage = rule.stage_only or rule.audience == "nobody"
        self._sound.mode[room_index] = (
            SILENT if rule.silence else STAGE_ONLY if only_stage else OPEN
        )
        near = rule.audience == "near"
        self._sound.near_m[room_index] = rule.near_m + _ROUNDING_M if near else np.inf

    def set_leader(self, slot: int, on: bool) -> None:
        """Let somebody be heard in a silent room."""
        self._voices.leads[slot] = on

    def set_mat(self, slot: int, spot: tuple[float, float] | None) -> None:
        """Give somebody a mat, its middle at (x, z), or none; it counts while they are on it."""
        x, z = spot if spot is not None else (np.nan, np.nan)
        self._voices.mat_x[slot], self._voices.mat_z[slot] = x, z

    def set_hush(self, slot: int, kind: Hush) -> None:
        """Silence somebody for a gathering, besides any other mute, or end that with "none"."""
        muted = self._voices.muted
        bit = {"none": 0, "soft": HUSHED_SOFT, "hard": HUSHED_HARD}[kind]
        muted[slot] = int(muted[slot]) & ~(HUSHED_SOFT | HUSHED_HARD) | bit

    def forget(self, slot: int) -> None:
        """Forget all about somebody who leaves; mutes are forgotten with the others."""
        self.set_leader(slot, False)
        self.set_mat(slot, None)


@dataclass(slots=True)
class _On:
    """A megaphone that is on: until when, how long without a word, when there last was one."""

    until_ms: int
    quiet_ms: int | None
    used_ms: int


class Megaphones:
    """Who has a megaphone that is on."""

    def __init__(self, slots: Slots, voices: Voices, hearing: Hearing) -> None:
        self._slots = slots
        self._voices = voices
        self._most = hearing.megaphones_per_room
        self._on: dict[int, _On] = {}

    def switch_on(self, slot: int, until_ms: int, quiet_ms: int | None, clock_ms: int) -> None:
        """Switch somebody's on.

        Args:
            slot: whose.
            until_ms: server time, u32.
            quiet_ms: it goes off when nobody talked into it for so long; None: never for that.
            clock_ms: voice clock.

        Raises:
            VoiceLimitError: `megaphones`: as many as may be are on in the room.
        """
        room = self._slots.room
        on = sum(room[other] == room[slot] for other in self._on if other != slot)
        if on >= self._most:
            raise VoiceLimitError(
                "megaphones",
                f"{self._most} megaphones are on in this room; wait until one goes off",
            )
        self._on[slot] = _On(until_ms, quiet_ms, clock_ms)
        self._voices.megaphone[slot] = 1

    def switch_off(self, slot: int) -> None:
        """Switch somebody's off."""
        self._on.pop(slot, None)
        self._voices.megaphone[slot] = 0

    def tick(self, now_ms: int, clock_ms: int) -> None:
        """Before a step: switch off whose time is over, or whose holder has nothing to say."""
        for slot, on in list(self._on.items()):
            if self._voices.spoke[slot] or self._slots.talking[slot]:
                on.used_ms = clock_ms
            quiet = on.quiet_ms is not None and clock_ms - on.used_ms >= on.quiet_ms
            if quiet or (now_ms - on.until_ms) & _U32 < _HALF_U32:
                self.switch_off(slot)

    @property
    def on(self) -> U8:
        """[C], 1 = has one that is on."""
        return self._voices.megaphone
