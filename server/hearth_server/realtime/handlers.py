"""What each control message does: one function per kind, applied between two ticks."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, cast

from hearth_protocol.control import (
    Away,
    ChatLine,
    Hide,
    Leave,
    ProfileChange,
    React,
)
from hearth_protocol.errors import CloseCode, ErrorCode
from hearth_protocol.group_room import (
    BoundaryWish,
    DropObject,
    Grab,
    LockObject,
    MoveObject,
    NearWish,
    OfferObject,
    PlaceClaim,
    SafePlace,
)
from hearth_protocol.voice import (
    VOICE_FEATURE,
    CaptionLine,
    EarshotAsk,
    HearingWish,
    MicState,
    Mute,
    VoiceClose,
    VoiceOffer,
)
from hearth_server.community.permissions import Right
from hearth_server.realtime.commons_desk import SAFE_TEXT
from hearth_server.realtime.gathering_acts import MESSAGES
from hearth_server.realtime.voice_captions import caption
from hearth_server.rooms.participant import Participant
from hearth_server.services.standing import refused

if TYPE_CHECKING:
    from hearth_protocol.gathering import GatheringClientMessage
    from hearth_server.realtime.connection import Connection
    from hearth_server.realtime.shard import Shard


def handle(shard: "Shard", connection: "Connection", who: Participant, message: object) -> None:
    """Carry out a message of a participant who is in a room.

    `hello` and `ping` do not come this far: the session answers them.
    """
    kind = type(message)
    if kind in _OF_VOICE and VOICE_FEATURE not in connection.session.features:
        connection.refuse(getattr(message, "rid", None), ErrorCode.VOICE_UNAVAILABLE)
        return
    if kind in _OF_GROUPS | MESSAGES and who.identity is None:
        text = "This is for rooms of groups."
        connection.refuse(getattr(message, "rid", None), ErrorCode.NOT_ALLOWED, text)
        return
    if kind in MESSAGES:
        shard.gathering_acts.handle(connection, who, cast("GatheringClientMessage", message))
    else:
        _HANDLERS[kind](shard, connection, who, message)


def _leave(shard: "Shard", connection: "Connection", who: Participant, _: Leave) -> None:
    shard.leave(who)
    connection.close(CloseCode.NORMAL)


def _chat(shard: "Shard", connection: "Connection", who: Participant, message: ChatLine) -> None:
    if not who.chat_rate.take(shard.now_s()):
        connection.refuse(message.rid, ErrorCode.RATE_LIMITED)
        return
    if who.identity is not None:
        shard.channels.say(connection, who, message)
        return
    shard.room_of(who).say(who, message.text, shard.now_ms())
    connection.ack(message.rid)


def _react(shard: "Shard", connection: "Connection", who: Participant, message: React) -> None:
    identity = who.identity
    if identity is not None and (identity.safe or not identity.may(Right.REACT)):
        text = SAFE_TEXT if identity.safe else refused(identity.standing, Right.REACT).text
        connection.refuse(message.rid, ErrorCode.NOT_ALLOWED, text)
        return
    if not who.reaction_rate.take(shard.now_s()):
        connection.refuse(message.rid, ErrorCode.RATE_LIMITED)
        return
    if not shard.gatherings.claps(who, message.kind):
        shard.room_of(who).react(who, message.kind)
    if message.rid is not None:
        connection.ack(message.rid)


def _hide(shard: "Shard", connection: "Connection", who: Participant, message: Hide) -> None:
    outcome = shard.apart.hide(who, message.participant, message.on)
    if outcome is not None:
        connection.refuse(message.rid, outcome)
        return
    connection.ack(message.rid)


def _away(shard: "Shard", _: "Connection", who: Participant, message: Away) -> None:
    if message.on == who.said_away:
        return
    # Never refused: it costs at most one change note a tick, however often it flips.
    who.said_away = message.on
    shard.show_away(who)


def _profile(
    shard: "Shard", connection: "Connection", who: Participant, message: ProfileChange
) -> None:
    if who.identity is not None:
        text = "Here you look as your account says. Change it in your account."
        connection.refuse(message.rid, ErrorCode.NOT_ALLOWED, text)
        return
    if not who.change_rate.take(shard.now_s()):
        connection.refuse(message.rid, ErrorCode.RATE_LIMITED)
        return
    fields = message.model_dump(exclude={"t", "rid"}, exclude_none=True)
    shard.room_of(who).update(who, who.person.model_copy(update=fields))
    connection.ack(message.rid)


_OF_VOICE: Final = frozenset(
    {VoiceOffer, VoiceClose, MicState, Mute, HearingWish, EarshotAsk, CaptionLine}
)
_OF_GROUPS: Final = frozenset(
    {
        PlaceClaim,
        Grab,
        MoveObject,
        DropObject,
        OfferObject,
        LockObject,
        BoundaryWish,
        NearWish,
        SafePlace,
    }
)
_HANDLERS: Final[dict[type, Callable[[Any, Any, Participant, Any], None]]] = {
    Away: _away,
    ChatLine: _chat,
    Hide: _hide,
    Leave: _leave,
    ProfileChange: _profile,
    React: _react,
    VoiceOffer: lambda shard, *args: shard.voice.offer(*args),
    VoiceClose: lambda shard, _, who, __: shard.voice.close(who),
    MicState: lambda shard, connection, who, m: shard.voice.switch_mic(connection, who, m.on),
    Mute: lambda shard, *args: shard.voice.mutes.wish(*args),
    HearingWish: lambda shard, *args: shard.voice.wish(*args),
    EarshotAsk: lambda shard, _, who, message: shard.voice.ask_earshot(who, message.on),
    CaptionLine: caption,
    PlaceClaim: lambda shard, *args: shard.commons.place(*args),
    Grab: lambda shard, *args: shard.commons.grab(*args),
    MoveObject: lambda shard, _, who, message: shard.commons.move(who, message),
    DropObject: lambda shard, *args: shard.commons.drop(*args),
    OfferObject: lambda shard, *args: shard.commons.offer(*args),
    LockObject: lambda shard, *args: shard.commons.lock(*args),
    BoundaryWish: lambda shard, *args: shard.safety.wish(*args),
    NearWish: lambda shard, *args: shard.near.wish(*args),
    SafePlace: lambda shard, *args: shard.safety.go_safe(*args),
}
