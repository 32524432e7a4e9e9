"""From a gathering to the voices of its room: stage, silence, hushes, megaphones, who lies where.

Everything is looked at before a step, so that what leaders decide holds on the next tick's bytes.
Who hears whom by it is decided by `hearth_sim.voice`; the rules stand in docs/tiers.md.
"""

from typing import TYPE_CHECKING, Final

from hearth_server.community.permissions import Right
from hearth_server.rooms.gathering.gathering import Gathering
from hearth_server.rooms.gathering.speaking import lose_voice
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.room import Room
from hearth_sim.voice_arrays import HUSHED_HARD, HUSHED_SOFT
from hearth_sim.voice_modes import MEGAPHONE_QUIET_MS, Hush, VoiceLimitError, VoiceRule

if TYPE_CHECKING:
    from hearth_server.realtime.shard import Shard

#: Who has which mat is looked at this often.
LOOKED_AT_EVERY_S: Final = 0.25
MEGAPHONE_OFF: Final = "Your megaphone went off: nobody spoke into it for 90 seconds."
#: A megaphone is on until it is switched off or unused, and no longer than any gathering.
_MEGAPHONE_MS: Final = 24 * 3600 * 1000
_U32: Final = 0xFFFF_FFFF
_HUSHES: Final[dict[int, Hush]] = {0: "none", HUSHED_SOFT: "soft", HUSHED_HARD: "hard"}


class GatheringVoice:
    """The voices of one gathering.

    Args:
        shard: whose room it is in.
        gathering: what is decided there.
    """

    def __init__(self, shard: "Shard", gathering: Gathering) -> None:
        self._shard = shard
        self._gathering = gathering
        self._said: tuple[object, ...] = ()
        self._next_look_s = 0.0
        #: Whose megaphone was switched on, by account.
        self._on: dict[str, Participant] = {}

    def rule(self) -> VoiceRule:
        """Return who is heard besides the stage.

        Before the start and after the end people may talk with each other, unless they are asked
        not to.
        """
        stage = self._gathering.stage
        return VoiceRule(
            audience=self._gathering.audience if self._gathering.state == "live" else "all",
            stage_only=stage.stage_only,
            silence=self._gathering.silent,
        )

    def staged(self, account: str) -> bool:
        """Say whether the whole room hears somebody: they have a role, or the floor."""
        return self._gathering.stage.role_of(account) != "audience"

    def settle(self, room: Room, now_s: float) -> None:
        """Before a step: bring the room's voices to what the gathering says."""
        said = self._everything(room)
        if said == self._said and now_s < self._next_look_s:
            return
        self._said, self._next_look_s = said, now_s + LOOKED_AT_EVERY_S
        self._shard.world.voice.modes.set_rule(room.index, self.rule())
        for who in list(room.people.values()):
            self._look(who, room)
        self._look_at_megaphones(room)

    def arrived(self, who: Participant, room: Room) -> None:
        """Somebody came in: what they are holds from the first tick on."""
        self._look(who, room)

    def close(self, room: Room) -> None:
        """It is over: the room is as it was before."""
        voice = self._shard.world.voice
        voice.modes.set_rule(room.index, VoiceRule())
        for who in room.people.values():
            voice.modes.forget(who.slot)
            self._hush(who, "none")
            self._keep_apart(who, calm=False, no_touch=False)
            self._shard.safety.restage(who)
        for who in self._on.values():
            self._switch_off(who)
        self._on.clear()

    def speak_again(self, who: Participant) -> None:
        """Somebody opens their microphone: a soft mute is lifted by whoever it was laid on."""
        identity, gathering = who.identity, self._gathering
        if identity is None or gathering.stage.hushes.get(identity.account_id) != "soft":
            return
        gathering.stage.unhush(identity.account_id)
        gathering.touch(identity.account_id)
        self._hush(who, "none")

    # --- one person ------------------------------------------------------------------------------

    def _look(self, who: Participant, room: Room) -> None:
        identity, modes = who.identity, self._shard.world.voice.modes
        if identity is None:
            return
        account, stage = identity.account_id, self._gathering.stage
        if not identity.may(Right.SPEAK):
            lose_voice(self._gathering, account)  # they were muted, or their standing changed
        modes.set_leader(who.slot, stage.leads(account))
        modes.set_mat(who.slot, self._mat_of(who, room))
        self._hush(who, stage.hushes.get(account, "none"))
        no_touch = self._gathering.facts.template == "class"
        self._keep_apart(who, calm=self._gathering.silent, no_touch=no_touch)
        self._shard.safety.restage(who)

    @staticmethod
    def _mat_of(who: Participant, room: Room) -> tuple[float, float] | None:
        """Return the middle of the place somebody has."""
        place = room.commons.places.has(who.id) if room.commons is not None else None
        return (place.x, place.z) if place is not None else None

    def _hush(self, who: Participant, kind: Hush) -> None:
        voice = self._shard.world.voice
        if _HUSHES[int(voice.muted[who.slot]) & (HUSHED_SOFT | HUSHED_HARD)] != kind:
            voice.modes.set_hush(who.slot, kind)
            self._shard.voice.refresh(who)

    def _keep_apart(self, who: Participant, *, calm: bool, no_touch: bool) -> None:
        """Keep people who exercise from each other's bodies, and further while nobody speaks."""
        identity = who.identity
        if identity is not None and (identity.calm, identity.no_touch) != (calm, no_touch):
            identity.calm, identity.no_touch = calm, no_touch
            self._shard.safety.apply(who)

    # --- megaphones ------------------------------------------------------------------------------

    def _look_at_megaphones(self, room: Room) -> None:
        stage, voice = self._gathering.stage, self._shard.world.voice
        for account, who in list(self._on.items()):
            if who.id not in room.people:
                del self._on[account]  # they have it again when they come back
            elif account not in stage.megaphones:
                self._switch_off(self._on.pop(account))
            elif not voice.megaphone[who.slot]:
                del self._on[account]
                self._take(account)
                self._shard.company.notice(who, "gathering", MEGAPHONE_OFF)
        for account in [each for each in stage.megaphones if each not in self._on]:
            self._switch_on(account, room)

    def _switch_on(self, account: str, room: Room) -> None:
        found = self._shard.company.by_account.get(account)
        if found is None or found.id not in room.people:
            return
        until_ms = (self._shard.now_ms() + _MEGAPHONE_MS) & _U32
        try:
            self._shard.world.voice.set_megaphone(found.slot, until_ms, MEGAPHONE_QUIET_MS)
        except VoiceLimitError:
            self._take(account)
        else:
            self._on[account] = found

    def _switch_off(self, who: Participant) -> None:
        if self._shard.participants.get(who.id) is who:
            self._shard.world.voice.set_megaphone(who.slot, None)

    def _take(self, account: str) -> None:
        """Nobody has a megaphone that is off."""
        self._gathering.stage.megaphone(account, False)
        self._gathering.tell("gathering")

    def _everything(self, room: Room) -> tuple[object, ...]:
        """Return all that voices depend on and the gathering decides."""
        stage = self._gathering.stage
        return (
            room.index,
            self.rule(),
            stage.host,
            *stage.co_hosts,
            None,
            *stage.speakers,
            None,
            *stage.floor,
            None,
            *stage.megaphones,
            None,
            *stage.hushes.items(),
        )
