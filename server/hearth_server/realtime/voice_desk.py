"""Voice as the rooms see it: who has it, who hears whom by now, and what people wish to hear.

Between the sim's routes, the people's messages and the voice worker, which it reaches through
`ports.VoiceLine` and knows nothing else of. Everything is called between ticks on the loop's
thread. Next: `hearth_server/voice/service.py` carries routes to the worker.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from hearth_protocol.errors import ErrorCode
from hearth_protocol.voice import (
    VOICE_FEATURE,
    HearingWish,
    Mic,
    Voice,
    VoiceAnswer,
    VoiceOffer,
)
from hearth_server.realtime.ports import VoiceLine
from hearth_server.realtime.voice_mutes import Mutes
from hearth_server.realtime.voice_routes import RouteLedger
from hearth_server.realtime.voice_talk import Talk
from hearth_server.realtime.voice_words import (
    CLOSED_TEXT,
    SILENCED,
    UNAVAILABLE,
    earshape,
    earshot,
    muted_by,
    slots_frame,
)
from hearth_server.rooms.participant import Participant
from hearth_sim.voice_arrays import HUSHED_HARD, MUTED_HARD

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard

U32 = npt.NDArray[np.uint32]
U8 = npt.NDArray[np.uint8]

EARSHOT_EVERY_S: Final = 0.5
#: How long voice goes on after the control line was lost.
KEPT_WITHOUT_LINE_S: Final = 15.0
#: After a worker's end people come back spread over this time.
SPREAD_MS: Final = 800
#: Quieter than this counts as silence, -dBov.
_SILENT_DBOV: Final = 60


class VoiceDesk:
    """The voices of a shard.

    Args:
        shard: whose people they are.
        line: the way to the worker; None where voice is switched off.
    """

    def __init__(self, shard: "Shard", line: VoiceLine | None) -> None:
        self._shard = shard
        self._line = line
        self.features = frozenset({VOICE_FEATURE}) if line is not None else frozenset[str]()
        self.available = False
        self.session = 0
        self._text = UNAVAILABLE
        self._talks: dict[int, Talk] = {}
        self._epoch = 0
        capacity = shard.settings.max_participants
        #: [capacity] participant in each slot, 0 for none; [capacity] whether sound reaches them.
        self._who: U32 = np.zeros(capacity, np.uint32)
        self._media = np.zeros(capacity, np.bool_)
        self._routes = RouteLedger(self._who)
        self.mutes = Mutes(shard)
        self._next_earshot_s = 0.0
        #: Those who want to be told who hears them.
        self._asking: set[int] = set()

    # --- people come and go ----------------------------------------------------------------------

    def begin(self, who: Participant) -> None:
        """Somebody entered the room."""
        self._talks[who.id] = Talk()
        self._who[who.slot] = who.id
        self._media[who.slot] = False

    def end(self, who: Participant) -> None:
        """Somebody's visit is over."""
        talk = self._talks.pop(who.id, None)
        self._who[who.slot] = 0
        self._media[who.slot] = False
        self._asking.discard(who.id)
        self._routes.forget(who.slot)
        self.mutes.forget(who.id)
        if talk is not None and talk.state != "none" and self._line is not None:
            self._line.close(who.id, "left")

    def introduce(self, connection: "Connection", who: Participant) -> None:
        """Tell a new connection whether there is voice, and what it hears already."""
        if VOICE_FEATURE not in connection.session.features:
            return
        talk = self._talks[who.id]
        talk.earshot_told = None
        self._asking.discard(who.id)
        connection.tell(self._offering(who))
        if talk.state != "none":
            connection.tell(talk.told())
        connection.tell_packed(self._slots_of(who.slot))

    def expire(self, who: Participant, lost_for_s: float) -> None:
        """Somebody's control line is lost: voice goes on for a while only."""
        talk = self._talks[who.id]
        if lost_for_s >= KEPT_WITHOUT_LINE_S and talk.state != "none":
            self._drop(who, talk, "line_lost")

    def _drop(self, who: Participant, talk: Talk, reason: str) -> None:
        if self._line is not None:
            self._line.close(who.id, reason)
        self._set_state(who, talk, "none", "none", "")

    # --- what people say -------------------------------------------------------------------------

    def offer(self, connection: "Connection", who: Participant, message: VoiceOffer) -> None:
        """Somebody wants to set up voice; the worker answers later."""
        talk = self._talks[who.id]
        if self._line is None or not self.available:
            connection.refuse(message.rid, ErrorCode.VOICE_UNAVAILABLE, self._text)
        elif not talk.offers.take(self._shard.now_s()):
            connection.refuse(message.rid, ErrorCode.RATE_LIMITED)
        else:
            talk.asked[message.rid] = connection
            self._line.offer(who.id, message.rid, message.sdp)

    def close(self, who: Participant) -> None:
        """Somebody ends voice."""
        talk = self._talks[who.id]
        if talk.state != "none":
            self._drop(who, talk, "closed")

    def switch_mic(self, connection: "Connection", who: Participant, on: bool) -> None:
        """Somebody opens or closes their microphone. Closing is never refused."""
        talk = self._talks[who.id]
        if on and not talk.switches.take(self._shard.now_s()):
            connection.refuse(None, ErrorCode.RATE_LIMITED)
            return
        # Out of a quiet zone one is heard again as one wished to be: that is no refusal.
        if on and who.identity is not None and who.identity.silenced_by not in (None, "zone"):
            connection.refuse(None, ErrorCode.NOT_ALLOWED, SILENCED)
            return
        talk.wants_mic = on
        if on:  # a soft mute is lifted by whoever it was laid on
            self._shard.world.voice.set_soft_mute(who.slot, False)
            self._shard.gatherings.speak_again(who)
        self._show(who, talk)

    def close_mic(self, who: Participant) -> None:
        """Somebody's microphone is closed for them; they open it again themselves."""
        self._talks[who.id].wants_mic = False
        self.refresh(who)

    def wish(self, connection: "Connection", who: Participant, message: HearingWish) -> None:
        """Somebody says what they want to hear."""
        voice = self._shard.world.voice
        if message.deafened is not None:
            voice.set_deafened(who.slot, message.deafened)
        if message.earmuff_m is not None:
            voice.set_earmuffs(who.slot, message.earmuff_m or None)
        connection.ack(message.rid)

    def ask_earshot(self, who: Participant, on: bool) -> None:
        """Somebody wants to be told who hears them, or no longer."""
        (self._asking.add if on else self._asking.discard)(who.id)
        self._talks[who.id].earshot_told = None

    def may_caption(self, who: Participant) -> bool:
        """Count a caption; False when there are too many."""
        return self._talks[who.id].captions.take(self._shard.now_s())

    # --- what the worker says --------------------------------------------------------------------

    def ready(self) -> None:
        """A worker answers offers from now on; it knows nobody yet."""
        self.available, self._text = True, ""
        self._tell_everybody()

    def lost(self, text: str) -> None:
        """The worker is gone, and every connection with it."""
        self.available, self._text = False, text
        self.session += 1
        self._routes.clear()
        for who, talk in self._present():
            talk.asked.clear()
            if talk.state != "none":
                self._set_state(who, talk, "none", "none", "")
        self._tell_everybody()

    def answered(self, participant: int, rid: int, sdp: str) -> None:
        """The worker answered an offer."""
        connection = self._asker(participant, rid)
        if connection is not None:
            connection.answer(VoiceAnswer(rid=rid, sdp=sdp))

    def refused(self, participant: int, rid: int, code: str, text: str) -> None:
        """The worker cannot use an offer."""
        connection = self._asker(participant, rid)
        if connection is not None:
            self._shard.metrics.voice.add(f"offer_{code}")
            connection.refuse(rid, ErrorCode.VOICE_REFUSED, text)

    def peer_state(self, participant: int, state: str, path: str, reason: str) -> None:
        """A participant's sound connection came up, went weak, or ended."""
        who = self._shard.participants.get(participant)
        if who is None:
            return
        self._set_state(who, self._talks[who.id], state, path or "none", reason)

    def edges(self, participants: U32, talking: U8) -> None:
        """Some began or stopped talking."""
        voice = self._shard.world.voice
        for participant, on in zip(participants.tolist(), talking.tolist(), strict=True):
            who = self._shard.participants.get(participant)
            if who is not None:
                voice.set_talking(who.slot, bool(on))

    def levels(self, participants: U32, dbov: U8) -> None:
        """How loud some are."""
        here = self._shard.participants
        told = zip(participants.tolist(), dbov.tolist(), strict=True)
        found = [(here[who].slot, loud) for who, loud in told if who in here]
        if found:
            slots, loud = np.array(found).T
            level = np.clip((_SILENT_DBOV - loud) / _SILENT_DBOV, 0.0, 1.0)
            self._shard.world.voice.set_levels(slots.astype(np.int32), level.astype(np.float32))

    def acked(self, epoch: int) -> None:
        """The plane forwards by these routes now."""
        self._routes.in_force(epoch)

    def quality(self, participant: int, loss_pct: float) -> None:
        """How well somebody receives: those who lose much get fewer voices, the nearest ones."""
        who = self._shard.participants.get(participant)
        if who is not None:
            slots = self._talks[who.id].downlink.slots(loss_pct, self._shard.now_s())
            self._shard.world.voice.set_voice_slots(who.slot, slots)

    def _asker(self, participant: int, rid: int) -> "Connection | None":
        talk = self._talks.get(participant)
        connection = talk.asked.pop(rid, None) if talk is not None else None
        open_still = connection is not None and connection.participant is not None
        return connection if open_still else None

    # --- once a tick -----------------------------------------------------------------------------

    def tick(self, now_s: float) -> None:
        """After a step: send the routes that changed, and tell people."""
        changed = self._shard.world.voice.changed
        if changed.size:
            self._route(changed)
        # Whom these want to hear changed, not whom they could: no route, and no epoch.
        wishing = self.mutes.take_due(set(changed.tolist()))
        if wishing.size:
            with_sound = wishing[self._media[wishing]]
            self._forward(with_sound, self._rows(with_sound))
        connections = self._shard.seats.connection
        for slot in (*changed.tolist(), *wishing.tolist()):
            connection = connections[slot]
            if connection is not None and VOICE_FEATURE in connection.session.features:
                connection.tell_packed(self._slots_of(slot))
        if now_s >= self._next_earshot_s:
            self._next_earshot_s = now_s + EARSHOT_EVERY_S
            self._tell_earshot()

    def _route(self, slots: npt.NDArray[np.int32]) -> None:
        """Send the rows of those whom sound reaches."""
        slots = slots[self._media[slots]]
        if self._line is None or not slots.size:
            return
        rows = self._rows(slots)
        self._epoch = (self._epoch + 1) & 0xFFFFFFFF
        self._routes.sent(self._epoch, slots, rows, self._shard.world.voice.reason[slots])
        self._forward(slots, rows)

    def _rows(self, slots: npt.NDArray[np.integer]) -> U32:
        talker = self._shard.world.voice.talker[slots]
        rows: U32 = np.where(talker >= 0, self._who[talker], 0).astype(np.uint32)
        return rows

    def _forward(self, slots: npt.NDArray[np.integer], rows: U32) -> None:
        if self._line is not None and slots.size:
            listeners = self._who[slots]
            self._line.route(self._epoch, listeners, self.mutes.without(listeners, rows))

    def _tell_earshot(self) -> None:
        for participant in self._asking:
            who, talk = self._shard.participants[participant], self._talks[participant]
            connection = self._shard.seats.connection[who.slot]
            if connection is None:
                continue
            slots, reasons = self._routes.listeners_of(who.id)
            hears = self._media[slots] & bool(self._media[who.slot])
            apart = self._shard.apart.of(who)
            if apart:  # a route on its way out is nothing to be told of
                hears &= ~np.isin(self._who[slots], list(apart))
            told = (tuple(self._who[slots[hears]].tolist()), tuple(reasons[hears].tolist()))
            if told == talk.earshot_told:
                continue
            talk.earshot_told = told
            connection.tell(earshot(*told, self._routes.epoch))

    # --- the state of one person -----------------------------------------------------------------

    def _set_state(self, who: Participant, talk: Talk, state: str, path: str, reason: str) -> None:
        was_connected = talk.connected
        talk.state = "none" if state == "closed" else state
        talk.path = path if talk.connected else "none"
        self._media[who.slot] = talk.connected
        if talk.connected and not was_connected:
            self._route(np.array([who.slot], np.int32))
        if was_connected and not talk.connected:
            self._routes.forget(who.slot)
            self._shard.world.voice.set_talking(who.slot, False)
        self._show(who, talk)
        connection = self._shard.seats.connection[who.slot]
        if connection is not None and VOICE_FEATURE in connection.session.features:
            text = CLOSED_TEXT.get(reason, "") if state == "closed" else ""
            connection.tell(talk.told().model_copy(update={"connection": state, "text": text}))

    def refresh(self, who: Participant) -> None:
        """Somebody else muted this person or took that back: tell them and the others."""
        self._show(who, self._talks[who.id])

    def _show(self, who: Participant, talk: Talk) -> None:
        """Let the sim and the others know whether this microphone is open."""
        muted = int(self._shard.world.voice.muted[who.slot])
        if not talk.connected:
            mic: Mic = "none"
        elif muted:
            mic = "hard_muted" if muted & (MUTED_HARD | HUSHED_HARD) else "soft_muted"
        else:
            mic = "on" if talk.wants_mic else "off"
        by = muted_by(who, muted) if mic == "hard_muted" else None
        open_now = talk.connected and talk.wants_mic
        if open_now != talk.mic_open:
            talk.mic_open = open_now
            self._shard.world.voice.set_mic(who.slot, open_now)
        if (mic, by) == (talk.mic, talk.muted_by):
            return
        if mic != talk.mic:
            self._shard.room_of(who).update(who, who.person.model_copy(update={"mic": mic}))
        # Why is told to the person alone: of the safe place or a mute nobody else learns by it.
        talk.mic, talk.muted_by = mic, by
        connection = self._shard.seats.connection[who.slot]
        if connection is not None and VOICE_FEATURE in connection.session.features:
            connection.tell(talk.told())

    # --- words -----------------------------------------------------------------------------------

    def _present(self) -> Iterator[tuple[Participant, Talk]]:
        for participant, talk in self._talks.items():
            yield self._shard.participants[participant], talk

    def _tell_everybody(self) -> None:
        """Say anew whether there is voice."""
        for who, _ in self._present():
            connection = self._shard.seats.connection[who.slot]
            if connection is None or connection.needs_roster:
                continue
            if VOICE_FEATURE in connection.session.features:
                connection.tell(self._offering(who))

    def _offering(self, who: Participant) -> Voice:
        line = self._line
        return Voice(
            available=self.available,
            session=self.session,
            text=self._text,
            spread_ms=SPREAD_MS if self.session else 0,
            ice_servers=line.ice_servers(who.id) if line is not None else [],
            shape=earshape(self._shard.world.settings.hearing.acoustics),
            mic=self._talks[who.id].mic,
            muted_by=self._talks[who.id].muted_by,
        )

    def _slots_of(self, slot: int) -> bytes:
        voice = self._shard.world.voice
        talkers = [int(self._who[talker]) if talker >= 0 else 0 for talker in voice.talker[slot]]
        muted = self.mutes.of(int(self._who[slot]))
        if muted:
            talkers = [0 if talker in muted else talker for talker in talkers]
        return slots_frame(talkers, voice.reason[slot].tolist())
