"""Who is put on stage, given the floor, a megaphone or a mute; and the answers to asks. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from hearth_protocol.gathering import AnyRole, Audience, FloorAct, Hush
from hearth_server.errors import Refusal
from hearth_server.rooms.gathering.asks import Ask
from hearth_server.rooms.gathering.gathering import Gathering
from hearth_server.rooms.gathering.hands import Mix
from hearth_server.rooms.gathering.leading import NOT_YOURS, OVER, Actor, not_now
from hearth_server.rooms.gathering.roles import FULL, LAST_HOST, MEGAPHONES_MAX, TOO_LOUD
from hearth_server.rooms.gathering.speaking import let_speak, take_voice

#: The same whether the host is here or not: somebody they are kept apart from learns nothing.
HOSTS_OWN: Final = Refusal(
    "not_allowed",
    "That is the host's to decide. Co-hosts decide it once the host was gone for half a minute.",
)
GONE: Final = Refusal("no_such_participant", "They are not here at the moment.")
NO_HAND: Final = Refusal("no_such_thing", "No hand is up.")
NO_VOICE: Final = Refusal(
    "no_such_thing", "Nobody whose hand is up may speak in this group right now."
)
ANSWERED: Final = Refusal("no_such_ask", "This was answered already.")
NOT_ASKED: Final = Refusal("no_such_ask", "You were not asked that.")
TOO_LATE: Final = Refusal("no_such_ask", "This is not asked any more.")
TAKEN: Final = Refusal("taken", "Somebody else leads now.")
HARD: Final = Refusal("not_allowed", "Those who lead muted you. Ask them to undo it.")
_TEXTS: Final = {
    "host": "Lead this from now on?",
    "co_host": "Be a co-host: lead beside the host and take over if they lose their line?",
    "speaker": "Come on stage, so that the whole room hears you?",
    "megaphone": "Take a megaphone, so that the whole room hears you from where you stand?",
    "recentre": "Sit or lie as you want to be, then say yes to make this your middle.",
}


# --- roles ---------------------------------------------------------------------------------------


def give_role(
    gathering: Gathering, actor: Actor, whom: str, role: AnyRole, now_ms: int
) -> Refusal | None:
    """Ask somebody to be something, or put them back; oneself without asking."""
    stage, own = gathering.stage, whom == actor.account
    steps_down = own and role == "audience" and gathering.state != "ended"
    refusal = None if steps_down else not_now(gathering, actor)
    if refusal is None and role == "host":
        return _hand_over(gathering, actor, whom, now_ms)
    refusal = refusal or _kept_from(gathering, actor, whom, role)
    if refusal is not None:
        return refusal
    if role == "audience" or own or (role == "speaker" and stage.role_of(whom) == "co_host"):
        return _put(gathering, whom, role)
    if stage.role_of(whom) == role and whom not in stage.floor:
        return None
    return _ask(gathering, role, whom, actor, now_ms)


def _kept_from(gathering: Gathering, actor: Actor, whom: str, role: AnyRole) -> Refusal | None:
    stage, own = gathering.stage, whom == actor.account
    if whom == stage.host:
        return LAST_HOST
    touches_co_host = role == "co_host" or stage.role_of(whom) == "co_host"
    if touches_co_host and not (own or _hosts(gathering, actor)):
        return HOSTS_OWN
    return FULL if role != "audience" and stage.full(whom) else None


def _hosts(gathering: Gathering, actor: Actor) -> bool:
    """Say whether somebody decides what the host decides.

    A co-host does by what everybody is told of the lead, never by whether the host is here:
    of that, somebody who is kept apart from the host must not learn by trying.
    """
    stage, gone = gathering.stage, gathering.ladder.lead in ("successor_asked", "autopilot")
    own = actor.account == stage.host
    return actor.edits or own or (gone and stage.leads(actor.account))


def _put(gathering: Gathering, whom: str, role: AnyRole) -> Refusal | None:
    for kind in ("co_host", "speaker"):
        gathering.asks.withdraw(to=whom, kind=kind)
    led = gathering.stage.leads(whom)
    refusal = gathering.stage.put(whom, role)
    if refusal is None:
        if led and not gathering.stage.leads(whom):
            gathering.asks.withdraw(by=whom)  # nobody gets anything from whom it is not to give
            gathering.asks.withdraw(to=whom, kind="take_over")
        gathering.touch(whom)
        gathering.tell("gathering", "hands")
    return refusal


def _hand_over(gathering: Gathering, actor: Actor, whom: str, now_ms: int) -> Refusal | None:
    stage = gathering.stage
    if whom == stage.host:
        return None
    if not _hosts(gathering, actor):
        return HOSTS_OWN
    if whom == actor.account:
        gathering.lead_by(whom)
        return None
    if stage.full(whom):
        return FULL
    return _ask(gathering, "host", whom, actor, now_ms)


def _ask(
    gathering: Gathering,
    kind: AnyRole,
    whom: str,
    actor: Actor,
    now_ms: int,
    seconds: int | None = None,
) -> Refusal | None:
    if whom not in gathering.here:
        return GONE
    assert kind != "audience", "nobody is asked to go back"
    gathering.asks.put(kind, whom, actor.account, _TEXTS[kind], now_ms, seconds=seconds)
    return None


# --- hands and the floor -------------------------------------------------------------------------


def raise_hand(gathering: Gathering, account: str, on: bool, now_ms: int) -> Refusal | None:
    """Somebody raises their hand, or lowers it."""
    if gathering.state == "ended":
        return OVER
    hands = gathering.hands
    if hands.up(account, now_ms) if on else hands.down(account):
        gathering.tell("hands")
    return None


@dataclass(frozen=True, slots=True)
class FloorWish:
    """What a leader does with the queue.

    Attributes:
        whom: of `give`, `lower` and `skip`.
        seconds: how long the floor is given for; None: until it is taken back.
        unseen: accounts that the leader may not know of, and so does not call.
        barred: accounts here that may not speak in the group, to whom no floor gives a voice.
    """

    act: FloorAct
    whom: str | None = None
    seconds: int | None = None
    unseen: Collection[str] = ()
    barred: Collection[str] = ()


def floor(
    gathering: Gathering, actor: Actor, wish: FloorWish, now_ms: int, mix: Mix
) -> Refusal | None:
    """Give the floor, or tidy the queue."""
    refusal = not_now(gathering, actor)
    if refusal is not None:
        return refusal
    if wish.act == "next":
        return _call_next(gathering, wish, now_ms)
    if wish.act in ("clear", "shuffle"):
        _tidy(gathering, wish.act, mix)
        return None
    return GONE if wish.whom is None else _for_one(gathering, actor, wish.whom, wish, now_ms)


def _tidy(gathering: Gathering, act: FloorAct, mix: Mix) -> None:
    if act == "clear":
        gathering.hands.clear()
    else:
        gathering.hands.shuffle(mix)
    gathering.tell("hands")


def _for_one(
    gathering: Gathering, actor: Actor, whom: str, wish: FloorWish, now_ms: int
) -> Refusal | None:
    if wish.act in ("lower", "skip"):
        hands = gathering.hands
        if hands.down(whom) if wish.act == "lower" else hands.skip(whom):
            gathering.tell("hands")
        return None
    if whom in gathering.hands:
        return _give(gathering, whom, wish.seconds, now_ms)
    if gathering.stage.role_of(whom) != "audience":
        return None
    return _ask(gathering, "speaker", whom, actor, now_ms, wish.seconds)


def _call_next(gathering: Gathering, wish: FloorWish, now_ms: int) -> Refusal | None:
    """The floor goes to the first who is there and may speak; whoever had it steps back."""
    waiting = [who for who, _ in gathering.hands.queue() if who in gathering.here]
    waiting = [who for who in waiting if who not in wish.unseen]
    called = next((who for who in waiting if who not in wish.barred), None)
    had = list(gathering.stage.floor)
    if called is None and not had:
        return NO_VOICE if waiting else NO_HAND
    for who in had:
        del gathering.stage.floor[who]
        gathering.touch(who)
    gathering.tell("gathering", "hands")
    return _give(gathering, called, wish.seconds, now_ms) if called is not None else None


def _give(gathering: Gathering, whom: str, seconds: int | None, now_ms: int) -> Refusal | None:
    until_ms = None if seconds is None else now_ms + seconds * 1000
    refusal = gathering.stage.give_floor(whom, until_ms)
    if refusal is None:
        let_speak(gathering, whom)
        gathering.hands.down(whom)
        gathering.touch(whom)
        gathering.tell("gathering", "hands")
    return refusal


# --- voices --------------------------------------------------------------------------------------


def megaphone(
    gathering: Gathering, actor: Actor, whom: str, on: bool, now_ms: int
) -> Refusal | None:
    """Switch one's own megaphone off; as a leader anybody's, on only when they agree."""
    if gathering.state == "ended":
        return OVER
    own = whom == actor.account
    if not actor.leads(gathering) and (on or not own):
        return NOT_YOURS
    if not on:
        gathering.asks.withdraw(to=whom, kind="megaphone")
    elif not own:
        return _offer_megaphone(gathering, actor, whom, now_ms)
    refusal = gathering.stage.megaphone(whom, on)
    if refusal is None:
        gathering.tell("gathering")
    return refusal


def _offer_megaphone(gathering: Gathering, actor: Actor, whom: str, now_ms: int) -> Refusal | None:
    stage = gathering.stage
    if whom in stage.megaphones:
        return None
    if whom not in gathering.here:
        return GONE
    if len(stage.megaphones) >= MEGAPHONES_MAX:
        return TOO_LOUD
    if stage.full(whom):
        return FULL
    gathering.asks.put("megaphone", whom, actor.account, _TEXTS["megaphone"], now_ms)
    return None


def hush(gathering: Gathering, actor: Actor, whom: str, kind: Hush) -> Refusal | None:
    """Mute somebody for this gathering; nobody mutes those who lead but the host."""
    refusal = not_now(gathering, actor)
    if refusal is not None:
        return refusal
    stage, own = gathering.stage, whom == actor.account
    if stage.leads(whom) and not _hosts(gathering, actor):
        if not own:
            return HOSTS_OWN
        if stage.hushes.get(whom) == "hard":
            return HARD
    stage.hush(whom, kind)
    if kind == "hard":
        take_voice(gathering, whom)
    gathering.touch(whom)
    return None


def unhush(gathering: Gathering, account: str) -> Refusal | None:
    """Somebody undoes their own soft mute."""
    if not gathering.stage.unhush(account):
        return HARD
    gathering.touch(account)
    return None


@dataclass(frozen=True, slots=True)
class VoiceWish:
    """Whom the audience hears; None stays."""

    audience: Audience | None
    stage_only: bool | None
    silence: bool | None


def voice_rule(gathering: Gathering, actor: Actor, wish: VoiceWish, now_ms: int) -> Refusal | None:
    """Say whom the audience hears; taking silence back lifts that of the cue, too."""
    refusal = not_now(gathering, actor)
    if refusal is not None:
        return refusal
    stage = gathering.stage
    stage.audience = wish.audience or stage.audience
    stage.stage_only = stage.stage_only if wish.stage_only is None else wish.stage_only
    stage.silence = stage.silence if wish.silence is None else wish.silence
    if wish.silence is False and gathering.resting:
        # By now the plan may be another one, or none.
        cue = gathering.position(now_ms).cue
        gathering.lifted = gathering.plan.cues[cue].id if cue >= 0 else ""
        gathering.rest(now_ms)
    gathering.tell("gathering")
    return None


# --- for oneself, and asked of all ---------------------------------------------------------------


def check_me(gathering: Gathering, account: str, on: bool) -> None:
    """Somebody asks the leaders to have a look at them, or needs it no more."""
    (gathering.checks.add if on else gathering.checks.discard)(account)
    gathering.touch(account)


def attend(gathering: Gathering, account: str, on: bool) -> None:
    """Somebody lets it be kept that they were here, or not."""
    (gathering.attends.add if on else gathering.attends.discard)(account)
    gathering.touch(account)


def prompt(
    gathering: Gathering,
    actor: Actor,
    whom: Collection[str],
    now_ms: int,
    unseen: Collection[str] = (),
) -> Refusal | None:
    """Ask these people, all at once, to make where they are their middle.

    Those whom the leader may not know of are asked too, but not by them: what they answer, and
    that there was an answer, is not told.
    """
    refusal = not_now(gathering, actor)
    if refusal is not None:
        return refusal
    for each in whom:
        if each != actor.account:
            by = None if each in unseen else actor.account
            gathering.asks.put("recentre", each, by, _TEXTS["recentre"], now_ms)
    return None


def answer(
    gathering: Gathering, account: str, ask_id: int, yes: bool, now_ms: int
) -> Refusal | Ask:
    """Somebody answers what they were asked; what they agree to holds at once."""
    found = gathering.asks.answered(ask_id, account, yes)
    if found is None:
        return NOT_ASKED
    if isinstance(found, str):
        return {"taken": TAKEN, "yes": ANSWERED, "no": ANSWERED}.get(found, TOO_LATE)
    if not yes:
        gathering.unsaved = True
        if found.kind == "mat":
            gathering.mats.offered.pop(account, None)
        return found
    return _agreed(gathering, found, now_ms) or found


def _heard(gathering: Gathering, who: str, refusal: Refusal | None) -> Refusal | None:
    if refusal is None:
        let_speak(gathering, who)
    return refusal


def _agreed(gathering: Gathering, ask: Ask, now_ms: int) -> Refusal | None:
    who = ask.to
    match ask.kind:
        case "host" | "take_over":
            gathering.lead_by(who)
        case "co_host":
            return _put(gathering, who, "co_host")
        case "speaker" if ask.seconds is not None:
            return _give(gathering, who, ask.seconds, now_ms)
        case "speaker":
            refusal = _put(gathering, who, "speaker")
            return _heard(gathering, who, refusal)
        case "megaphone":
            refusal = gathering.stage.megaphone(who, True)
            if refusal is None:
                gathering.tell("gathering")
            return _heard(gathering, who, refusal)
        case "mat" if ask.mat is not None:
            gathering.mats.take(who, ask.mat)
            gathering.touch(who)
        case _:
            pass
    return None
