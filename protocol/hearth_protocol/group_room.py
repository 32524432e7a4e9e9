"""The control messages of groups' rooms: lines of the channel, places, shared objects, safety.

None of them is sent in rooms without a group. `line` comes where the feature `channel` is in use.
"""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, StringConstraints

from hearth_protocol import limits as L
from hearth_protocol.design import ObjectKind, PartId
from hearth_protocol.fields import (
    U32,
    Code,
    Colour,
    Name,
    Participant,
    ReactionKind,
    Rid,
    Text,
    Vec3,
    WireModel,
)

CHANNEL_FEATURE: Final = "channel"

Role = Literal["owner", "leader", "moderator", "host", "member", "guest", "listener"]
BoundaryMode = Literal["off", "non_friends", "all"]
AccountId = Annotated[str, StringConstraints(min_length=1, max_length=L.ROOM_ID_LENGTH)]
LineKey = Annotated[str, StringConstraints(min_length=1, max_length=L.LINE_KEY_LENGTH)]
LineId = Annotated[int, Field(ge=1, le=L.SAFE_INTEGER_MAX)]
LineText = Annotated[str, StringConstraints(max_length=L.LINE_LENGTH)]
RoomId = Annotated[str, StringConstraints(min_length=1, max_length=L.ROOM_ID_LENGTH)]
RoomName = Annotated[str, StringConstraints(min_length=1, max_length=L.ROOM_NAME_LENGTH)]
RightName = Annotated[str, StringConstraints(min_length=1, max_length=L.CODE_LENGTH)]


# --- parts ----------------------------------------------------------------------------------


class GroupRef(WireModel):
    """The group a room belongs to."""

    id: RoomId
    slug: RoomId
    name: RoomName


class PersonalBoundary(WireModel):
    """Towards whom somebody keeps a distance, and how much: who comes closer fades and stops."""

    mode: BoundaryMode
    radius_m: Annotated[float, Field(ge=L.BOUNDARY_MIN_M, le=L.BOUNDARY_MAX_M)]


class You(WireModel):
    """What the receiver is in this room."""

    account: AccountId
    role: Role
    rights: Annotated[list[RightName], Field(max_length=L.RIGHTS_MAX)]
    companion: bool
    listener: bool
    boundary: PersonalBoundary


class LineRoom(WireModel):
    """The room in which a line was said."""

    id: RoomId
    name: RoomName


class LineReaction(WireModel):
    """How often a reaction was given to a line, and whether the receiver gave it."""

    kind: ReactionKind
    count: U32
    mine: bool = False


class PlaceState(WireModel):
    """Who has claimed a place; 0 for nobody that the receiver may know of."""

    id: PartId
    by: U32


class ObjectState(WireModel):
    """A shared object as it is now."""

    id: PartId
    kind: ObjectKind
    colour: Colour
    position: Vec3
    yaw: float
    held_by: Participant | None = None
    offered_to: Participant | None = None
    locked: bool
    rev: U32


# --- client to server -----------------------------------------------------------------------


class PlaceClaim(WireModel):
    """Claim a mat or a seat, or leave it; who claims one leaves the one before."""

    t: Literal["place"] = "place"
    rid: Rid
    id: PartId
    on: bool


class Grab(WireModel):
    """Take an object into the hand, or take over the one that is offered."""

    t: Literal["grab"] = "grab"
    rid: Rid
    id: PartId


class MoveObject(WireModel):
    """Carry the object one holds; not answered, the newest holds."""

    t: Literal["move"] = "move"
    id: PartId
    position: Vec3
    yaw: float


class DropObject(WireModel):
    """Put down the object one holds."""

    t: Literal["drop"] = "drop"
    rid: Rid
    id: PartId
    position: Vec3
    yaw: float


class OfferObject(WireModel):
    """Hold the object out to somebody, who takes it with `grab`; 0 takes the offer back."""

    t: Literal["offer"] = "offer"
    rid: Rid
    id: PartId
    to: U32


class LockObject(WireModel):
    """Fix an object in its place, or free it."""

    t: Literal["lock"] = "lock"
    rid: Rid
    id: PartId
    on: bool


class BoundaryWish(WireModel):
    """Choose one's personal boundary for this visit."""

    t: Literal["boundary"] = "boundary"
    rid: Rid
    mode: BoundaryMode
    radius_m: Annotated[float, Field(ge=L.BOUNDARY_MIN_M, le=L.BOUNDARY_MAX_M)]


class NearWish(WireModel):
    """Let somebody stand as near as they like, once they let me too; or take that back."""

    t: Literal["near"] = "near"
    rid: Rid
    participant: Participant
    on: bool


class SafePlace(WireModel):
    """Go to the safe place, apart from everybody at once, or come back."""

    t: Literal["safe"] = "safe"
    rid: Rid
    on: bool


# --- server to client -----------------------------------------------------------------------


class Line(WireModel):
    """A line of the group's channel; the same `id` again replaces it."""

    t: Literal["line"] = "line"
    id: LineId
    key: LineKey | None = None
    author: AccountId | None = None
    name: Name
    text: LineText
    at_ms: Annotated[int, Field(ge=0, le=L.SAFE_INTEGER_MAX)]
    from_: Annotated[Participant | None, Field(alias="from")] = None
    room: LineRoom | None = None
    edited: bool | None = None
    deleted: bool | None = None
    mentions_me: bool | None = None
    reactions: Annotated[list[LineReaction], Field(max_length=L.LINE_REACTIONS_MAX)] | None = None


class Places(WireModel):
    """Who has which place: all after `welcome`, later only what changed."""

    t: Literal["places"] = "places"
    places: Annotated[list[PlaceState], Field(max_length=L.PLACES_MAX)]


class Objects(WireModel):
    """The shared objects: all with `reset`, later only what changed."""

    t: Literal["objects"] = "objects"
    reset: bool = False
    objects: Annotated[list[ObjectState], Field(max_length=L.OBJECTS_MAX)]


class Safety(WireModel):
    """The receiver's own safety as it is in force."""

    t: Literal["safety"] = "safety"
    safe: bool
    boundary: PersonalBoundary
    forced: bool


class YouNow(WireModel):
    """What the receiver is in this room changed: their role, their rights, their boundary."""

    t: Literal["you"] = "you"
    you: You


class Ties(WireModel):
    """What those present are to the receiver; the whole lists."""

    t: Literal["ties"] = "ties"
    friends: Annotated[list[Participant], Field(max_length=L.TIES_MAX)] = Field(
        default_factory=list
    )
    muted: Annotated[list[Participant], Field(max_length=L.TIES_MAX)] = Field(default_factory=list)
    near: Annotated[list[Participant], Field(max_length=L.NEAR_MAX)] = Field(default_factory=list)
    near_asked: Annotated[list[Participant], Field(max_length=L.NEAR_MAX)] = Field(
        default_factory=list
    )
    near_asks: Annotated[list[Participant], Field(max_length=L.TIES_MAX)] = Field(
        default_factory=list
    )


class Faded(WireModel):
    """Whom a personal boundary took out of the receiver's sight, and them out of theirs."""

    t: Literal["faded"] = "faded"
    people: Annotated[list[Participant], Field(max_length=L.TIES_MAX)]


class Notice(WireModel):
    """Something changed that the person should know."""

    t: Literal["notice"] = "notice"
    code: Code
    text: Text


GroupClientMessage: TypeAlias = (
    PlaceClaim
    | Grab
    | MoveObject
    | DropObject
    | OfferObject
    | LockObject
    | BoundaryWish
    | NearWish
    | SafePlace
)
GroupServerMessage: TypeAlias = Line | Places | Objects | Safety | YouNow | Ties | Faded | Notice
