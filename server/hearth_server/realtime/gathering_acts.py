"""What people of a gathering do: each message to the rule that decides it, and its answer."""

from collections.abc import Callable, Collection
from random import Random
from typing import TYPE_CHECKING, Any, Final

from hearth_protocol import gathering as wire
from hearth_protocol.errors import ErrorCode
from hearth_server.community.permissions import Right
from hearth_server.community.plans.leading import Edit
from hearth_server.errors import Refusal
from hearth_server.realtime.commons_desk import SAFE_TEXT
from hearth_server.realtime.gathering_held import Held
from hearth_server.realtime.gathering_views import knows
from hearth_server.rooms.gathering import staging
from hearth_server.rooms.gathering.leading import Actor, lead, not_now
from hearth_server.rooms.participant import Participant
from hearth_server.services.standing import refused

if TYPE_CHECKING:
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard

_CODES: Final = {
    "stale_timeline": ErrorCode.STALE,
    "not_running": ErrorCode.NOT_RUNNING,
    "already_running": ErrorCode.NOT_RUNNING,
    "no_plan": ErrorCode.NOT_RUNNING,
    "cue_unknown": ErrorCode.NO_SUCH_THING,
    "no_such_thing": ErrorCode.NO_SUCH_THING,
    "no_such_ask": ErrorCode.NO_SUCH_ASK,
    "no_such_participant": ErrorCode.NO_SUCH_PARTICIPANT,
    "nobody_waits": ErrorCode.NO_SUCH_PARTICIPANT,
    "list_full": ErrorCode.LIST_FULL,
    "taken": ErrorCode.TAKEN,
}
NOBODY: Final = Refusal("no_such_participant", "Nobody with this id is in the room.")
MAT_TAKEN: Final = Refusal("taken", "Somebody is on this mat now. Take another one.")
NOT_WAITING: Final = Refusal("nobody_waits", "They do not wait any more. Look at the list again.")
NO_FLOOR: Final = Refusal("list_full", "No mat fits on this floor. Clear some of it first.")
MUTED: Final = Refusal("not_allowed", "They may not speak in this group, so not on its stage.")
SKIPPED: Final = "{} may not speak in this group right now, so the next hand was looked for."
#: Who decides these: nobody is kept from looking after themselves.
_ALWAYS: Final = (wire.SpeakAgain, wire.Attend)


class GatheringActs:
    """Handlers of the gathering's messages.

    Args:
        shard: whose rooms.
        chance: mixes queues.
    """

    def __init__(self, shard: "Shard", chance: Random | None = None) -> None:
        self._shard = shard
        self._chance = chance or Random()  # who speaks first is no secret

    def handle(
        self, connection: "Connection", who: Participant, message: wire.GatheringClientMessage
    ) -> None:
        """Carry out a message, or say why not."""
        held = self._shard.gatherings.of(who)
        if held is None or not knows(connection):
            connection.refuse(message.rid, ErrorCode.NO_GATHERING)
            return
        identity = who.identity
        assert identity is not None
        if identity.safe and not isinstance(message, _ALWAYS):
            connection.refuse(message.rid, ErrorCode.NOT_ALLOWED, SAFE_TEXT)
            return
        if not who.gathering_rate.take(self._shard.now_s()):
            connection.refuse(message.rid, ErrorCode.RATE_LIMITED)
            return
        refusal = _ACTS[type(message)](self, held, who, message)
        if refusal is None:
            connection.ack(message.rid)
        else:
            code = _CODES.get(refusal.code, ErrorCode.NOT_ALLOWED)
            connection.refuse(message.rid, code, refusal.text)

    # --- the plan --------------------------------------------------------------------------------

    def _lead(self, held: Held, who: Participant, message: wire.LeadAction) -> Refusal | None:
        edit = Edit(message.act, message.version, message.cue)
        gathering, before = held.gathering, held.gathering.state
        refusal = lead(gathering, _actor(who), edit, self._now_ms())
        if refusal is None and before == "doors" and gathering.state == "live":
            held.mats.begin(self._shard.room_of(who), self._now_ms())
            held.rows_due = True
        return refusal

    # --- hands and the stage ---------------------------------------------------------------------

    def _hand(self, held: Held, who: Participant, message: wire.RaiseHand) -> Refusal | None:
        identity = who.identity
        assert identity is not None
        if message.on and not identity.may(Right.REACT):
            return refused(identity.standing, Right.REACT)
        return staging.raise_hand(held.gathering, _account(who), message.on, self._now_ms())

    def _floor(self, held: Held, who: Participant, message: wire.GiveFloor) -> Refusal | None:
        whom = None
        if message.participant is not None:
            other = self._other(who, message.participant)
            if other is None:
                return NOBODY
            if message.act == "give" and (muted := _muted(other)):
                return muted
            whom = _account(other)
        unseen, barred = self._unseen(who), self._barred(who)
        wish = staging.FloorWish(message.act, whom, message.seconds, unseen, tuple(barred))
        before = [account for account, _ in held.gathering.hands.queue()]
        refusal = staging.floor(
            held.gathering, _actor(who), wish, self._now_ms(), self._chance.shuffle
        )
        if refusal is None and message.act == "next":
            self._say_skipped(held, who, before, [each for each in barred if each not in unseen])
        return refusal

    def _barred(self, who: Participant) -> dict[str, Participant]:
        """Return those present who may not speak here, by account."""
        people = self._shard.room_of(who).people.values()
        return {
            each.identity.account_id: each
            for each in people
            if each.identity is not None and not each.identity.may(Right.SPEAK)
        }

    def _say_skipped(
        self, held: Held, who: Participant, before: list[str], barred: Collection[str]
    ) -> None:
        """Tell whoever called the next one who was passed over: they cannot know it otherwise."""
        floor, present = held.gathering.stage.floor, held.views.present
        called = next((at for at, each in enumerate(before) if each in floor), len(before))
        here = [present(each) for each in before[:called] if each in barred]
        names = [each.person.name for each in here if each is not None]
        if names:
            self._shard.company.notice(who, "gathering", SKIPPED.format(", ".join(names)))

    def _role(self, held: Held, who: Participant, message: wire.GiveRole) -> Refusal | None:
        other = self._other(who, message.participant)
        if other is None:
            return NOBODY
        if message.role != "audience" and (muted := _muted(other)):
            return muted
        actor, whom = _actor(who), _account(other)
        return staging.give_role(held.gathering, actor, whom, message.role, self._now_ms())

    def _megaphone(self, held: Held, who: Participant, message: wire.Megaphone) -> Refusal | None:
        other = self._other(who, message.participant)
        if other is None:
            return NOBODY
        if message.on and (muted := _muted(other)):
            return muted
        actor, whom = _actor(who), _account(other)
        return staging.megaphone(held.gathering, actor, whom, message.on, self._now_ms())

    def _hush(self, held: Held, who: Participant, message: wire.HushSomebody) -> Refusal | None:
        other = self._other(who, message.participant)
        if other is None:
            return NOBODY
        return staging.hush(held.gathering, _actor(who), _account(other), message.kind)

    def _unhush(self, held: Held, who: Participant, _: wire.SpeakAgain) -> Refusal | None:
        return staging.unhush(held.gathering, _account(who))

    def _voice_rule(self, held: Held, who: Participant, message: wire.VoiceRule) -> Refusal | None:
        wish = staging.VoiceWish(message.audience, message.stage_only, message.silence)
        return staging.voice_rule(held.gathering, _actor(who), wish, self._now_ms())

    # --- mats and asks ---------------------------------------------------------------------------

    def _form(self, held: Held, who: Participant, message: wire.Form) -> Refusal | None:
        refusal = not_now(held.gathering, _actor(who))
        if refusal is not None:
            return refusal
        lie = held.mats.form(self._shard.room_of(who), message.kind, self._now_ms())
        held.rows_due = True
        return NO_FLOOR if message.kind != "none" and not lie else None

    def _answer(self, held: Held, who: Participant, message: wire.AnswerAsk) -> Refusal | None:
        gathering, account = held.gathering, _account(who)
        found = staging.answer(gathering, account, message.ask, message.yes, self._now_ms())
        if isinstance(found, Refusal):
            return found
        if found.kind != "mat" or found.mat is None or not message.yes:
            return None
        if held.mats.sit(who, self._shard.room_of(who), found.mat) is None:
            return None
        held.mats.left(account)
        return MAT_TAKEN

    def _prompt(self, held: Held, who: Participant, _: wire.PromptAll) -> Refusal | None:
        everybody = [
            _account(each)
            for each in self._shard.room_of(who).people.values()
            if each.identity is not None and not each.identity.safe
        ]
        unseen = self._unseen(who)
        return staging.prompt(held.gathering, _actor(who), everybody, self._now_ms(), unseen)

    # --- for oneself -----------------------------------------------------------------------------

    def _check(self, held: Held, who: Participant, message: wire.CheckMe) -> None:
        staging.check_me(held.gathering, _account(who), message.on)

    def _attend(self, held: Held, who: Participant, message: wire.Attend) -> None:
        account, keeper = _account(who), self._shard.gatherings.keeper
        staging.attend(held.gathering, account, message.on)
        if keeper is not None:
            keeper.attends(*held.gathering.key, account, message.on)

    # --- the doors -------------------------------------------------------------------------------

    def _admit(self, held: Held, who: Participant, message: wire.Admit) -> Refusal | None:
        refusal = not_now(held.gathering, _actor(who))
        keeper = self._shard.gatherings.keeper
        if refusal is not None:
            return refusal
        if keeper is None or not held.leaders.knows_outside(who, message.account):
            return NOT_WAITING
        key = held.gathering.key
        return keeper.admit(*key, message.account, message.yes, message.seconds)

    # --- inside ----------------------------------------------------------------------------------

    def _now_ms(self) -> int:
        return self._shard.gatherings.now().ms

    def _unseen(self, who: Participant) -> list[str]:
        """Return the accounts of those present whom somebody may not know of."""
        here = self._shard.participants
        return [_account(here[each]) for each in self._shard.apart.of(who) if each in here]

    def _other(self, who: Participant, participant: int) -> Participant | None:
        """Return somebody, oneself included, whom `who` may know of."""
        if participant == who.id:
            return who
        other = self._shard.apart.seen(who, participant)
        return other if other is not None and other.identity is not None else None


def _account(who: Participant) -> str:
    assert who.identity is not None, "only rooms of groups have gatherings"
    return who.identity.account_id


def _actor(who: Participant) -> Actor:
    assert who.identity is not None
    return Actor(who.identity.account_id, who.identity.may(Right.EDIT_GROUP))


def _muted(who: Participant) -> Refusal | None:
    assert who.identity is not None
    return None if who.identity.may(Right.SPEAK) else MUTED


_Act = Callable[[GatheringActs, Held, Participant, Any], Refusal | None]
_ACTS: Final[dict[type, _Act]] = {
    wire.LeadAction: GatheringActs._lead,
    wire.RaiseHand: GatheringActs._hand,
    wire.GiveFloor: GatheringActs._floor,
    wire.GiveRole: GatheringActs._role,
    wire.Megaphone: GatheringActs._megaphone,
    wire.HushSomebody: GatheringActs._hush,
    wire.SpeakAgain: GatheringActs._unhush,
    wire.VoiceRule: GatheringActs._voice_rule,
    wire.Form: GatheringActs._form,
    wire.AnswerAsk: GatheringActs._answer,
    wire.CheckMe: GatheringActs._check,
    wire.Attend: GatheringActs._attend,
    wire.PromptAll: GatheringActs._prompt,
    wire.Admit: GatheringActs._admit,
}
MESSAGES: Final = frozenset(_ACTS)
