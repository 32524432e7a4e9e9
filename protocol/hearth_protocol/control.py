"""The control messages (section 5): what each may hold, and its limits.

Unknown fields are ignored, numbers are never guessed from text, and every text and list has a
limit. The byte form is the codec's business.
"""

from typing import Annotated, Final, Literal, TypeAlias, get_args

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, model_validator

from hearth_protocol import limits as L
from hearth_protocol.design import Design
from hearth_protocol.fields import (
    U32,
    ChatText,
    Code,
    Colour,
    Device,
    Features,
    Milliseconds,
    Name,
    Participant,
    Pattern,
    ReactionKind,
    Rid,
    Text,
    Token,
    Vec3,
    WireModel,
)
from hearth_protocol.gathering import GatheringClientMessage, GatheringServerMessage
from hearth_protocol.group_room import (
    GroupClientMessage,
    GroupRef,
    GroupServerMessage,
    LineKey,
    Role,
    You,
)
from hearth_protocol.version import VERSION
from hearth_protocol.voice import Mic, VoiceClientMessage, VoiceServerMessage

# --- parts ----------------------------------------------------------------------------------


class ClientInfo(WireModel):
    """Which program a client is; for logs only."""

    name: Annotated[str, StringConstraints(max_length=L.CLIENT_NAME_LENGTH)]
    version: Annotated[str, StringConstraints(max_length=L.CLIENT_VERSION_LENGTH)]


class Bounds(WireModel):
    """The box a head has to stay in, metres."""

    min: Vec3
    max: Vec3


class RoomInfo(WireModel):
    """A room as people see it; also in the answers of the HTTP API."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=L.ROOM_ID_LENGTH)]
    name: Annotated[str, StringConstraints(min_length=1, max_length=L.ROOM_NAME_LENGTH)]
    description: Annotated[str, StringConstraints(max_length=L.DESCRIPTION_LENGTH)] = ""
    space: Annotated[str, StringConstraints(min_length=1, max_length=L.ROOM_ID_LENGTH)]
    bounds: Bounds
    capacity: Annotated[int, Field(ge=1, le=L.U32_MAX)]
    present: U32 = 0
    group: GroupRef | None = None
    design: Design | None = None
    version: U32 | None = None
    mechanisms: Annotated[list[Code], Field(max_length=L.MECHANISMS_MAX)] | None = None


class Spawn(WireModel):
    """Where to appear: floor position in metres and yaw in radians about +y (0 looks at -z)."""

    position: Vec3
    yaw: float


class Tier(WireModel):
    """So many of the nearest lanes get every n-th tick."""

    lanes: Annotated[int, Field(ge=1, le=L.MAX_LANES)]
    every: Annotated[int, Field(ge=1, le=255)]


class Interest(WireModel):
    """What the server will tell of others: lanes, their radius, and the rates by nearness."""

    lanes: Annotated[int, Field(ge=0, le=L.MAX_LANES)]
    radius_m: Annotated[float, Field(gt=0)]
    tiers: Annotated[list[Tier], Field(max_length=L.TIERS_MAX)]


class Limits(WireModel):
    """The limits in force in this room, so that a client need not run into them."""

    chat_length: Annotated[int, Field(ge=1)] = L.CHAT_LENGTH
    name_length: Annotated[int, Field(ge=1)] = L.NAME_LENGTH
    message_bytes: Annotated[int, Field(ge=1)] = L.MAX_UP
    teleport_m: Annotated[float, Field(gt=0)] = L.TELEPORT_MAX_M
    teleports_per_s: Annotated[float, Field(gt=0)] = L.TELEPORTS_MAX_PER_S
    speed_m_s: Annotated[float, Field(gt=0)] = L.SPEED_MAX_M_S
    reach_m: Annotated[float, Field(gt=0)] = L.REACH_MAX_M


class Person(WireModel):
    """A participant as the roster tells of them."""

    id: Participant
    name: Name
    primary: Colour
    secondary: Colour
    pattern: Pattern
    device: Device
    away: bool = False
    mic: Mic = "none"
    role: Role | None = None
    new: bool | None = None


class PersonChange(WireModel):
    """What is new about a participant; a field that is absent stays."""

    id: Participant
    name: Name | None = None
    primary: Colour | None = None
    secondary: Colour | None = None
    pattern: Pattern | None = None
    device: Device | None = None
    away: bool | None = None
    mic: Mic | None = None
    role: Role | None = None
    new: bool | None = None


class PersonGone(WireModel):
    """A participant who left, or who may no longer be seen."""

    id: Participant


class HiddenPerson(WireModel):
    """A participant the receiver hides; named so that they can be shown again."""

    id: Participant
    name: Name


# --- client to server -----------------------------------------------------------------------


class Hello(WireModel):
    """The first message: a ticket or a resume token, exactly one of them."""

    # `v` has a default for those who write a hello; on the wire it has to be there.
    model_config = ConfigDict(json_schema_extra={"required": ["t", "v", "client", "device"]})

    t: Literal["hello"] = "hello"
    v: Annotated[int, Field(ge=1, le=65535)] = VERSION
    ticket: Token | None = None
    resume: Token | None = None
    client: ClientInfo
    features: Features = Field([])
    device: Device

    @model_validator(mode="after")
    def _one_way_in(self) -> "Hello":
        if (self.ticket is None) == (self.resume is None):
            raise ValueError("give either `ticket` or `resume`")
        return self


class Leave(WireModel):
    """Go for good: the seat is freed at once and the resume token dies."""

    t: Literal["leave"] = "leave"


class ChatLine(WireModel):
    """Say something to the room."""

    t: Literal["chat"] = "chat"
    rid: Rid
    text: ChatText
    key: LineKey | None = None


class React(WireModel):
    """Show a short reaction over one's head."""

    t: Literal["react"] = "react"
    rid: Rid | None = None
    kind: ReactionKind


class Hide(WireModel):
    """Hide oneself and another from each other, both ways, for this visit."""

    t: Literal["hide"] = "hide"
    rid: Rid
    participant: Participant
    on: bool


class Away(WireModel):
    """Say that nobody is in the headset or at the page."""

    t: Literal["away"] = "away"
    on: bool


class Ping(WireModel):
    """Ask for the server's time, and prove that the line is alive."""

    t: Literal["ping"] = "ping"
    id: U32
    client_ms: Milliseconds


class ProfileChange(WireModel):
    """Change how one looks; a field that is absent stays."""

    t: Literal["profile"] = "profile"
    rid: Rid
    name: Name | None = None
    primary: Colour | None = None
    secondary: Colour | None = None
    pattern: Pattern | None = None


# --- server to client -----------------------------------------------------------------------


class Welcome(WireModel):
    """The answer to `hello`: who one is, where, and by which rules."""

    t: Literal["welcome"] = "welcome"
    v: Annotated[int, Field(ge=1, le=65535)] = VERSION
    participant: Participant
    room: RoomInfo
    tick_hz: Annotated[float, Field(ge=1, le=120)]
    tick: U32
    server_ms: U32
    resume: Token
    resume_ttl_s: Annotated[int, Field(ge=0, le=3600)] = L.RESUME_TTL_S
    features: Features = Field([])
    limits: Limits = Limits()
    spawn: Spawn
    interest: Interest
    you: You | None = None


class Roster(WireModel):
    """Who is here, in pages after `welcome`, later only what changed."""

    t: Literal["roster"] = "roster"
    reset: bool = False
    last_page: bool = True
    joined: Annotated[list[Person], Field(max_length=L.ROSTER_PAGE)] = Field([])
    changed: Annotated[list[PersonChange], Field(max_length=L.ROSTER_PAGE)] = Field([])
    left: Annotated[list[PersonGone], Field(max_length=L.ROSTER_PAGE)] = Field([])
    hidden: Annotated[list[HiddenPerson], Field(max_length=L.ROSTER_PAGE)] | None = None


class Chat(WireModel):
    """Somebody said something; `at_ms` is server time."""

    t: Literal["chat"] = "chat"
    id: U32
    from_: Annotated[Participant, Field(alias="from")]
    name: Name
    text: ChatText
    at_ms: U32


class Reaction(WireModel):
    """Somebody reacted."""

    t: Literal["reaction"] = "reaction"
    from_: Annotated[Participant, Field(alias="from")]
    kind: ReactionKind


class Pong(WireModel):
    """The answer to `ping`."""

    t: Literal["pong"] = "pong"
    id: U32
    client_ms: Milliseconds
    server_ms: U32


class Ack(WireModel):
    """A request was carried out."""

    t: Literal["ack"] = "ack"
    rid: Rid


class ErrorMessage(WireModel):
    """A request, or something else the client sent, was not carried out; the line stays up."""

    t: Literal["error"] = "error"
    code: Code
    text: Text
    rid: Rid | None = None


class Overload(WireModel):
    """The server sends less than usual; level 0 is normal again."""

    t: Literal["overload"] = "overload"
    level: Annotated[int, Field(ge=0, le=7)]
    text: Text


class Closing(WireModel):
    """Last message before the server closes, with the close code's name."""

    t: Literal["closing"] = "closing"
    reason: Code
    text: Text
    retry_after_s: Annotated[float, Field(ge=0, le=86400)] | None = None


class ResumeToken(WireModel):
    """A fresh resume token; the one before it is void."""

    t: Literal["resume"] = "resume"
    token: Token
    ttl_s: Annotated[int, Field(ge=0, le=3600)]


AnyClientMessage: TypeAlias = (
    Hello
    | Leave
    | ChatLine
    | React
    | Hide
    | Away
    | Ping
    | ProfileChange
    | VoiceClientMessage
    | GroupClientMessage
    | GatheringClientMessage
)
AnyServerMessage: TypeAlias = (
    Welcome
    | Roster
    | Chat
    | Reaction
    | Pong
    | Ack
    | ErrorMessage
    | Overload
    | Closing
    | ResumeToken
    | VoiceServerMessage
    | GroupServerMessage
    | GatheringServerMessage
)
ClientMessage: TypeAlias = Annotated[AnyClientMessage, Field(discriminator="t")]
ServerMessage: TypeAlias = Annotated[AnyServerMessage, Field(discriminator="t")]

CLIENT_ADAPTER: Final[TypeAdapter[AnyClientMessage]] = TypeAdapter(ClientMessage)
SERVER_ADAPTER: Final[TypeAdapter[AnyServerMessage]] = TypeAdapter(ServerMessage)


def _by_kind(union: object) -> dict[str, type[WireModel]]:
    return {model.model_fields["t"].default: model for model in get_args(union)}


CLIENT_MESSAGES: Final = _by_kind(AnyClientMessage)
SERVER_MESSAGES: Final = _by_kind(AnyServerMessage)
