"""The control messages of voice: only sent where the feature `voice` is in use.

The sound itself travels over WebRTC; here is what sets it up, says who hears whom, and what each
person wants to hear. Offers and answers are SDP (RFC 8829) of the shape that WIRE section 11 fixes.
"""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, StringConstraints

from hearth_protocol import limits as L
from hearth_protocol.fields import U32, Participant, Rid, Text, WireModel

VOICE_FEATURE: Final = "voice"

Sdp = Annotated[str, StringConstraints(min_length=1, max_length=L.SDP_LENGTH)]
CaptionText = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        min_length=1,
        max_length=L.CAPTION_LENGTH,
        pattern=r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+$",
    ),
]
Url = Annotated[str, StringConstraints(min_length=1, max_length=L.URL_LENGTH)]
Credential = Annotated[str, StringConstraints(max_length=L.TOKEN_LENGTH)]
#: Why somebody is heard.
HearingReason = Literal["near", "stage", "zone", "bubble", "moderator"]
#: A microphone as the server sees it; the last two are not the person's own doing.
Mic = Literal["none", "off", "on", "soft_muted", "hard_muted"]
#: Why a microphone is `hard_muted`: told to its owner alone.
MutedBy = Literal["zone", "safe", "unsigned", "group", "rights", "gathering"]


# --- parts ----------------------------------------------------------------------------------


class IceServer(WireModel):
    """A TURN or STUN server, as WebRTC's `RTCIceServer`."""

    urls: Annotated[list[Url], Field(min_length=1, max_length=8)]
    username: Credential | None = None
    credential: Credential | None = None


class Earshape(WireModel):
    """How voices fall off, so that ears hear what the routes mean.

    Gain is `ref_m / (ref_m + rolloff * (d - ref_m))` at the distance `d` in metres, and softer
    outside the talker's cone.
    """

    ref_m: Annotated[float, Field(gt=0)]
    rolloff: Annotated[float, Field(ge=0)]
    enter_m: Annotated[float, Field(gt=0)]
    leave_m: Annotated[float, Field(gt=0)]
    cone_inner_deg: Annotated[float, Field(ge=0, le=360)]
    cone_outer_deg: Annotated[float, Field(ge=0, le=360)]
    cone_outer_gain: Annotated[float, Field(ge=0, le=1)]


class SlotTalker(WireModel):
    """Who is heard in one voice slot, and why."""

    slot: Annotated[int, Field(ge=0, le=L.VOICE_SLOTS - 1)]
    participant: Participant
    reason: HearingReason


class Hearer(WireModel):
    """Somebody who hears one, and why."""

    id: Participant
    reason: HearingReason


# --- client to server -----------------------------------------------------------------------


class VoiceOffer(WireModel):
    """Set voice up, set it up anew, or move it to another network path (ICE restart)."""

    t: Literal["voice_offer"] = "voice_offer"
    rid: Rid
    sdp: Sdp


class VoiceClose(WireModel):
    """End voice; the person stays in the room."""

    t: Literal["voice_close"] = "voice_close"


class MicState(WireModel):
    """Open or close one's own microphone."""

    t: Literal["mic"] = "mic"
    on: bool


class Mute(WireModel):
    """Stop hearing a person, or hear them again; they are not told, and it survives resume.

    In a group's room it is kept by account, for every device and every later visit.
    """

    t: Literal["mute"] = "mute"
    rid: Rid
    participant: Participant
    on: bool


class HearingWish(WireModel):
    """Say what one wants to hear; a field that is absent stays."""

    t: Literal["hearing"] = "hearing"
    rid: Rid
    deafened: bool | None = None
    earmuff_m: Annotated[float, Field(ge=0, le=L.EARMUFF_MAX_M)] | None = None


class EarshotAsk(WireModel):
    """Begin or stop being told who hears one."""

    t: Literal["earshot"] = "earshot"
    on: bool


class CaptionLine(WireModel):
    """Say in text what is being spoken; it goes to exactly those who hear one."""

    t: Literal["caption"] = "caption"
    text: CaptionText
    final: bool = True


# --- server to client -----------------------------------------------------------------------


class Voice(WireModel):
    """Whether there is voice here and how to reach it.

    Comes after `welcome` and whenever it changes. A `session` other than the one before means
    that older connections are dead.
    """

    t: Literal["voice"] = "voice"
    available: bool
    session: U32
    text: Text = ""
    spread_ms: Annotated[int, Field(ge=0, le=60_000)] = 0
    ice_servers: Annotated[list[IceServer], Field(max_length=8)] = Field([])
    shape: Earshape
    mic: Mic = "none"
    muted_by: MutedBy | None = None


class VoiceAnswer(WireModel):
    """The answer to an offer; it settles the request."""

    t: Literal["voice_answer"] = "voice_answer"
    rid: Rid
    sdp: Sdp


class VoiceState(WireModel):
    """One's own voice as the server sees it."""

    t: Literal["voice_state"] = "voice_state"
    connection: Literal["none", "connecting", "connected", "weak", "closed"]
    path: Literal["none", "udp", "tcp"] = "none"
    mic: Mic
    muted_by: MutedBy | None = None
    text: Text = ""


class VoiceSlots(WireModel):
    """Who is heard in which slot from now on, the whole list."""

    t: Literal["voice_slots"] = "voice_slots"
    slots: Annotated[list[SlotTalker], Field(max_length=L.VOICE_SLOTS)]


class Earshot(WireModel):
    """Who hears one, by the routes in force: at most twice a second, and only after asking."""

    t: Literal["earshot"] = "earshot"
    hearers: Annotated[list[Hearer], Field(max_length=L.EARSHOT_MAX)]
    more: U32 = 0
    epoch: U32


class Caption(WireModel):
    """Somebody within earshot says this; an unfinished line is replaced by the next of theirs."""

    t: Literal["caption"] = "caption"
    from_: Annotated[Participant, Field(alias="from")]
    text: CaptionText
    final: bool
    at_ms: U32


VoiceClientMessage: TypeAlias = (
    VoiceOffer | VoiceClose | MicState | Mute | HearingWish | EarshotAsk | CaptionLine
)
VoiceServerMessage: TypeAlias = Voice | VoiceAnswer | VoiceState | VoiceSlots | Earshot | Caption
