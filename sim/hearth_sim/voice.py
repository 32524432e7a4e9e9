"""The voice policy: what is said about voices and ears goes in, who hears whom and why comes out.

It knows no rights: who may set what is decided elsewhere. Precedence, strongest first; the full
rules stand in docs/tiers.md:

1. Other room, oneself, hidden, kept apart, mute or hush of the talker, deafened listener, a
   silent room unless the talker leads: silence, whatever else holds. (Whom a listener alone does
   not want to hear is none of it: nobody else's rows may tell of that.)
2. Moderator link: heard from anywhere in the room, across bubbles and zones (MODERATOR).
3. Only the stage is to be heard, and the talker has neither it nor a megaphone: silence.
4. Bubble: only people of the same bubble hear each other; nobody else in or out.
5. Whisper: only its targets hear it, from anywhere in the room (BUBBLE).
6. Same bubble: heard from anywhere in the room (BUBBLE).
7. Stage, megaphone, or who leads a silent room: heard by the whole zone without loss (STAGE).
8. Within range and earmuffs, and beside each other where an audience hears only that: in the same
   zone NEAR, through a portal ZONE; else silence.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hearth_sim import pairs
from hearth_sim.arrays import F32, I32, U8, Bodies, Grid, Pairs, Rooms, Scratch, Slots
from hearth_sim.kernels.routes import route_voices
from hearth_sim.kernels.sources import gather_sources
from hearth_sim.settings import ZONES, RoomShape, WorldSettings
from hearth_sim.slots import WorldFullError
from hearth_sim.voice_arrays import (
    MUTED_HARD,
    MUTED_SOFT,
    VOICE_SLOTS,
    WHISPER_TARGETS,
    air_of,
    allocate_desk,
    allocate_routes,
    allocate_sound,
    allocate_sources,
    allocate_voices,
    tune_voices,
)
from hearth_sim.voice_modes import Megaphones, VoiceLimitError, VoiceModes, VoiceRule

#: Level of somebody who began to talk until the next one is told: a voice as voices go.
ONSET_LEVEL = 0.5
_U32 = 0xFFFF_FFFF
_HALF_U32 = 0x8000_0000


class Ground(NamedTuple):
    """What of the world the policy reads. The grid comes with each step, since it is replaced."""

    slots: Slots
    bodies: Bodies
    pairs: Pairs
    rooms: Rooms
    scratch: Scratch


class VoicePolicy:
    """Who hears whom. Inputs act between steps and hold from the next step on.

    Rows may be read between steps. Slots are sim slots; a voice slot is a column of a row. All
    that was said of a slot is forgotten when its holder leaves.
    """

    def __init__(self, settings: WorldSettings, ground: Ground) -> None:
        hearing = settings.hearing
        self._hearing = hearing
        self._ground = ground
        self._tuning = tune_voices(hearing, settings.tick_hz)
        self._voices = allocate_voices(settings.capacity, hearing)
        self._sound = allocate_sound(settings.rooms)
        self._sources = allocate_sources(settings.capacity)
        self._desk = allocate_desk(settings.capacity)
        self._routes = allocate_routes(settings.capacity)
        #: What gatherings say: the room's rule, who leads, whose mat is where, who is hushed.
        self.modes = VoiceModes(self._voices, self._sound)
        self._megaphones = Megaphones(ground.slots, self._voices, hearing)
        self._open_mics = 0
        self._grid: Grid | None = None
        self._clock_ms = 0
        self._now_ms: int | None = None

    # --- rooms and people come and go ----------------------------------------------------------

    def open_room(self, room_index: int, shape: RoomShape) -> None:
        """Take over a room's acoustics, zones and portals."""
        sound = self._sound
        sound.air[room_index] = air_of(shape.acoustics or self._hearing.acoustics)
        sound.boxes[room_index] = len(shape.zones)
        for at, box in enumerate(shape.zones):
            sound.box_zone[room_index, at] = box.zone
            sound.box_min[room_index, at] = box.minimum
            sound.box_max[room_index, at] = box.maximum
        sound.portals[room_index] = 0
        for a, b in shape.portals:
            self.set_portal(room_index, a, b, True)

    def close_room(self, room_index: int) -> None:
        """Forget the rule of a room: the next one with this index has none."""
        self.modes.set_rule(room_index, VoiceRule())

    def forget(self, slot: int) -> None:
        """Forget all that was said of a slot whose holder leaves, and empty its row."""
        voices, routes = self._voices, self._routes
        self.set_mic(slot, False)
        self.set_megaphone(slot, None)
        self.set_whisper(slot, None)
        self.set_earmuffs(slot, None)
        self.modes.forget(slot)
        for flags in (voices.muted, voices.deafened, voices.bubble, voices.zone_fixed):
            flags[slot] = 0
        voices.voice_slots[slot] = self._hearing.voice_slots
        pairs.clear(voices.moderated_count, voices.moderated, slot)
        routes.talker[slot] = -1
        routes.reason[slot] = 0
        routes.gain[slot] = 0.0
        routes.heard[slot] = 0

    # --- voices --------------------------------------------------------------------------------

    def set_mic(self, slot: int, on: bool) -> None:
        """Open a microphone: who is near gets a voice slot ready. Closing ends all talking."""
        voices = self._voices
        self._open_mics += int(on) - int(voices.mic[slot])
        voices.mic[slot] = on
        voices.level[slot] = 0.0
        voices.smooth[slot] = 0.0
        voices.spoke[slot] = 0
        voices.active[slot] = 0
        self._ground.slots.talking[slot] = 0

    def set_talking(self, slot: int, on: bool) -> None:
        """Tell that somebody began or ceased to talk. Ignored while the microphone is closed."""
        voices = self._voices
        if on and not voices.mic[slot]:
            return
        self._ground.slots.talking[slot] = on
        if on:
            voices.spoke[slot] = 1
            voices.level[slot] = max(float(voices.level[slot]), ONSET_LEVEL)

    def set_level(self, slot: int, level: float) -> None:
        """Tell how loud somebody is: 0 to 1, best linear in decibels (0 = -60 dBov)."""
        self._voices.level[slot] = min(max(level, 0.0), 1.0)

    def set_levels(self, slots: npt.NDArray[np.integer], levels: F32) -> None:
        """Tell how loud many are, [n] slots and [n] levels as in `set_level`."""
        self._voices.level[slots] = np.clip(levels, 0.0, 1.0)

    def set_hard_mute(self, slot: int, on: bool) -> None:
        """Silence somebody for everybody; only who may do this may undo it."""
        self._set_bit(slot, MUTED_HARD, on)

    def set_soft_mute(self, slot: int, on: bool) -> None:
        """Silence somebody for everybody until they or others undo it."""
        self._set_bit(slot, MUTED_SOFT, on)

    def _set_bit(self, slot: int, bit: int, on: bool) -> None:
        muted = self._voices.muted
        muted[slot] = int(muted[slot]) | bit if on else int(muted[slot]) & ~bit

    def set_megaphone(self, slot: int, until_ms: int | None, quiet_ms: int | None = None) -> None:
        """Let somebody be heard as from a stage until a server time (u32), or stop it with None.

        It goes off before if nobody talks into it for `quiet_ms`.

        Raises:
            VoiceLimitError: `megaphones`: as many as may be are on in the room.
        """
        if until_ms is None:
            self._megaphones.switch_off(slot)
        else:
            self._megaphones.switch_on(slot, until_ms, quiet_ms, self._clock_ms)

    def set_whisper(self, slot: int, targets: Iterable[int] | None) -> None:
        """Let only these slots hear somebody, or everybody again with None.

        A target who leaves is not replaced: a whisper whose targets all left is heard by nobody.

        Raises:
            VoiceLimitError: `whisper_targets`: more targets than a whisper can have.
        """
        voices = self._voices
        chosen = list(dict.fromkeys(targets or ()))
        if len(chosen) > WHISPER_TARGETS:
            raise VoiceLimitError(
                "whisper_targets", f"a whisper reaches {WHISPER_TARGETS} people; choose fewer"
            )
        voices.whispering[slot] = targets is not None
        voices.whisper[slot] = -1
        voices.whisper[slot, : len(chosen)] = chosen
        voices.whisper_who[slot, : len(chosen)] = self._ground.slots.generation[chosen]

    # --- ears ----------------------------------------------------------------------------------

    def set_voice_slots(self, slot: int, count: int) -> None:
        """Say how many voices a listener can receive: the voice slots below `count`, 0 to 8."""
        if not 0 <= count <= VOICE_SLOTS:
            raise ValueError(f"{count} voice slots; there are 0 to {VOICE_SLOTS}")
        self._voices.voice_slots[slot] = count

    def set_deafened(self, slot: int, on: bool) -> None:
        """Let somebody hear nobody at all."""
        self._voices.deafened[slot] = on

    def set_earmuffs(self, slot: int, radius_m: float | None) -> None:
        """Keep near voices beyond a radius out; the stage and private voices still come through."""
        self._voices.earmuff_m[slot] = np.inf if radius_m is None else radius_m

    # --- places and company --------------------------------------------------------------------

    def set_zone(self, slot: int, zone: int | None) -> None:
        """Put somebody into a zone (0 to 31) wherever they stand; None: the boxes decide again."""
        if zone is not None and not 0 <= zone < ZONES:
            raise ValueError(f"zone {zone}; zones are numbered 0 to {ZONES - 1}")
        self._voices.zone_fixed[slot] = zone is not None
        if zone is not None:
            self._ground.slots.zone[slot] = zone

    def set_portal(self, room_index: int, a: int, b: int, on: bool) -> None:
        """Let two zones of a room hear each other a little, or not."""
        portals = self._sound.portals
        for here, there in ((a, b), (b, a)):
            bits = int(portals[room_index, here])
            portals[room_index, here] = bits | 1 << there if on else bits & ~(1 << there)

    def set_bubble(self, slot: int, bubble: int) -> None:
        """Put somebody into a private bubble of their room (1 to 2³¹ - 1), or out of it with 0."""
        self._voices.bubble[slot] = bubble

    def set_moderating(self, moderator: int, target: int, on: bool) -> None:
        """Let a moderator and somebody hear each other across the room, zones and bubbles.

        Raises:
            VoiceLimitError: `moderated`: one of the two has too many such links.
        """
        voices = self._voices
        if not on:
            pairs.unlink(voices.moderated_count, voices.moderated, moderator, target)
            return
        try:
            pairs.link(voices.moderated_count, voices.moderated, moderator, target)
        except WorldFullError as full:
            raise VoiceLimitError(
                "moderated", "one of the two is in too many such talks; end one first"
            ) from full

    # --- the tick ------------------------------------------------------------------------------

    def step(self, grid: Grid, now_ms: int) -> int:
        """Bring the rows up to date with this step's grid; give the number of pairs."""
        passed_ms = 0 if self._now_ms is None else (now_ms - self._now_ms) & _U32
        if passed_ms < _HALF_U32:
            self._clock_ms += passed_ms
        self._now_ms = now_ms
        self._grid = grid
        self._megaphones.tick(now_ms, self._clock_ms)
        counts = self._routes.counts
        if self._open_mics == 0 and counts[1] == 0:
            counts[0] = 0
            return 0
        ground = self._ground
        gather_sources(
            ground.slots,
            ground.bodies,
            grid,
            self._voices,
            self._sound,
            self._sources,
            self._tuning,
            self._clock_ms,
        )
        return route_voices(
            ground.slots,
            ground.pairs,
            ground.rooms,
            grid,
            ground.scratch,
            self._voices,
            self._sound,
            self._sources,
            self._desk,
            self._routes,
            self._tuning,
            self._clock_ms,
        )

    # --- reading -------------------------------------------------------------------------------

    @property
    def talker(self) -> I32:
        """[C, 8], sim slot of the talker in each voice slot of each listener, -1 for none."""
        return self._routes.talker

    @property
    def reason(self) -> U8:
        """[C, 8], why: `hearth_sim.reasons.Hearing`."""
        return self._routes.reason

    @property
    def gain(self) -> F32:
        """[C, 8], 0 to 1: distance, facing and portal; the talker's level is not in it."""
        return self._routes.gain

    @property
    def muted(self) -> U8:
        """[C], by others: `MUTED_HARD`, `MUTED_SOFT`, `HUSHED_HARD` and `HUSHED_SOFT` bits."""
        return self._voices.muted

    @property
    def megaphone(self) -> U8:
        """[C], 1 = has a megaphone that is on; it may have gone off by itself."""
        return self._megaphones.on

    @property
    def changed(self) -> I32:
        """[n], listeners whose talkers or reasons changed in the last step.

        Who joined begins with an empty row, and the row of who left is emptied at once.
        """
        rows: I32 = self._routes.changed[: self._routes.counts[0]]
        return rows

    def listeners_of(self, slot: int) -> tuple[I32, U8]:
        """Give who hears somebody, [n] slots ascending, and why, [n] `Hearing`, as of the rows."""
        slots, routes, grid = self._ground.slots, self._routes, self._grid
        room = int(slots.room[slot])
        if grid is None or room < 0:
            return np.zeros(0, np.int32), np.zeros(0, np.uint8)
        there = grid.by_room[grid.room_starts[room] : grid.room_starts[room + 1]]
        hears = (routes.talker[there] == slot) & (routes.who[there] == slots.generation[slot])
        rows, columns = np.nonzero(hears)
        return there[rows], routes.reason[there[rows], columns]
