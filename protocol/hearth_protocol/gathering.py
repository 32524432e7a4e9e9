"""The control messages of a gathering: an event while it happens in its group's room.

Who leads and who speaks, the session plan and the server's timeline through it, hands, formations,
and what is asked of people with their consent. Only sent where the feature `gathering` is in use.
"""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from hearth_protocol import limits as L
from hearth_protocol.design import PartId
from hearth_protocol.fields import U32, Milliseconds, Participant, Rid, Text, WireModel
from hearth_protocol.gathering_parts import (
    Alternative,
    Anchor,
    AnyRole,
    AskEnd,
    AskKind,
    Attendee,
    Audience,
    BodyPosture,
    Breath,
    BreathS,
    Cue,
    CueId,
    CueText,
    EventTitle,
    Floor,
    FloorAct,
    FormationKind,
    GatheringState,
    Hand,
    Hush,
    Lead,
    LeadAct,
    Mat,
    MyPart,
    OccurrenceKey,
    PlanMs,
    PoseId,
    ReactionCount,
    Run,
    Segment,
    Side,
    Staged,
    StageRole,
    Template,
    Track,
    Waiting,
)
from hearth_protocol.group_room import AccountId, RoomId

__all__ = [
    "GATHERING_FEATURE",
    "Admit",
    "Alternative",
    "Anchor",
    "AnswerAsk",
    "AnyRole",
    "Applause",
    "Ask",
    "AskEnd",
    "AskKind",
    "AskOver",
    "Attend",
    "Attendee",
    "Attendees",
    "Audience",
    "BodyPosture",
    "Breath",
    "BreathS",
    "CheckMe",
    "Cue",
    "CueId",
    "CueText",
    "Cues",
    "EventTitle",
    "Floor",
    "FloorAct",
    "Form",
    "Formation",
    "FormationKind",
    "Gathering",
    "GatheringClientMessage",
    "GatheringServerMessage",
    "GatheringState",
    "GiveFloor",
    "GiveRole",
    "Hand",
    "Hands",
    "Hush",
    "HushSomebody",
    "Lead",
    "LeadAct",
    "LeadAction",
    "Mat",
    "Megaphone",
    "MyPart",
    "OccurrenceKey",
    "PlanMs",
    "PoseId",
    "PromptAll",
    "RaiseHand",
    "ReactionCount",
    "Run",
    "Segment",
    "Side",
    "SpeakAgain",
    "StageRole",
    "Staged",
    "Template",
    "Timeline",
    "Track",
    "VoiceRule",
    "Waiting",
    "WaitingRoom",
]

GATHERING_FEATURE: Final = "gathering"


# --- client to server -----------------------------------------------------------------------


class LeadAction(WireModel):
    """Lead the plan; `version` is that of the timeline one saw, `cue` where to jump to."""

    t: Literal["lead"] = "lead"
    rid: Rid
    act: LeadAct
    version: U32
    cue: CueId | None = None


class RaiseHand(WireModel):
    """Raise one's hand, or lower it."""

    t: Literal["hand"] = "hand"
    rid: Rid
    on: bool


class GiveFloor(WireModel):
    """Give the floor to the next in the queue or to somebody, or tidy the queue."""

    t: Literal["floor"] = "floor"
    rid: Rid
    act: FloorAct
    participant: Participant | None = None
    seconds: Annotated[int, Field(ge=5, le=600)] | None = None


class GiveRole(WireModel):
    """Ask somebody to be something on stage, or put them back into the audience.

    `host` hands the lead over: it passes when they say yes, both lead until then.
    """

    t: Literal["stage_role"] = "stage_role"
    rid: Rid
    participant: Participant
    role: AnyRole


class Megaphone(WireModel):
    """Switch a megaphone: one's own off, or somebody's on, who is asked first."""

    t: Literal["megaphone"] = "megaphone"
    rid: Rid
    participant: Participant
    on: bool


class HushSomebody(WireModel):
    """Mute somebody for this gathering: softly, which they may undo, or hard."""

    t: Literal["hush"] = "hush"
    rid: Rid
    participant: Participant
    kind: Hush


class SpeakAgain(WireModel):
    """Undo one's own soft mute."""

    t: Literal["unhush"] = "unhush"
    rid: Rid


class VoiceRule(WireModel):
    """Say whom the audience hears; a field that is absent stays."""

    t: Literal["voice_rule"] = "voice_rule"
    rid: Rid
    audience: Audience | None = None
    stage_only: bool | None = None
    silence: bool | None = None


class Form(WireModel):
    """Lay the mats out and offer everybody one, or take the formation away."""

    t: Literal["form"] = "form"
    rid: Rid
    kind: FormationKind


class AnswerAsk(WireModel):
    """Say yes or no to what one was asked."""

    t: Literal["answer"] = "answer"
    rid: Rid
    ask: U32
    yes: bool


class CheckMe(WireModel):
    """Ask those who lead or may, and nobody else, to have a look at one."""

    t: Literal["check"] = "check"
    rid: Rid
    on: bool


class Attend(WireModel):
    """Let the leaders keep that one was here, or not."""

    t: Literal["attend"] = "attend"
    rid: Rid
    on: bool


class PromptAll(WireModel):
    """Ask everybody to do something for themselves."""

    t: Literal["prompt"] = "prompt"
    rid: Rid
    kind: Literal["recentre"]


class Admit(WireModel):
    """Let somebody in from the waiting room, for a while if `seconds` is there, or turn away."""

    t: Literal["admit"] = "admit"
    rid: Rid
    account: AccountId
    yes: bool
    seconds: Annotated[int, Field(ge=30, le=600)] | None = None


# --- server to client -----------------------------------------------------------------------


class Gathering(WireModel):
    """The gathering in this room as it is now, whole; `state` "ended" is its last word."""

    t: Literal["gathering"] = "gathering"
    event: RoomId
    occurrence: OccurrenceKey
    title: EventTitle
    template: Template
    state: GatheringState
    starts_ms: Milliseconds
    ends_ms: Milliseconds
    stage: Anchor
    lead: Lead
    people: Annotated[list[Staged], Field(max_length=L.STAGED_MAX)]
    audience: Audience
    stage_only: bool
    silence: bool
    plan: U32
    me: MyPart
    waiting: U32 | None = None
    late: U32 | None = None


class Cues(WireModel):
    """The session plan, in pages; `plan` is its version, and another version replaces all."""

    t: Literal["cues"] = "cues"
    plan: U32
    title: Text
    total: Annotated[int, Field(ge=0, le=L.CUES_MAX)]
    first: Annotated[int, Field(ge=0, le=L.CUES_MAX)]
    cues: Annotated[list[Cue], Field(max_length=L.CUES_PAGE)]


class Timeline(WireModel):
    """Where the plan is: the segment in force, and perhaps the one that will be."""

    t: Literal["timeline"] = "timeline"
    version: U32
    plan: U32
    segments: Annotated[list[Segment], Field(min_length=1, max_length=2)]


class Hands(WireModel):
    """The queue of hands from its front, how many there are, and one's own place from 1."""

    t: Literal["hands"] = "hands"
    hands: Annotated[list[Hand], Field(max_length=L.HANDS_SHOWN)]
    total: U32
    mine: U32
    floor: Annotated[list[Floor], Field(max_length=L.STAGED_MAX)]


class Applause(WireModel):
    """Reactions of those present since the last count, oneself included."""

    t: Literal["applause"] = "applause"
    counts: Annotated[list[ReactionCount], Field(min_length=1, max_length=8)]


class Formation(WireModel):
    """How the mats lie; with kind "none" the room's own places count again."""

    t: Literal["formation"] = "formation"
    version: U32
    kind: FormationKind
    mats: Annotated[list[Mat], Field(max_length=L.MATS_MAX)]


class Ask(WireModel):
    """The receiver is asked something; unanswered it ends by itself."""

    t: Literal["ask"] = "ask"
    ask: U32
    kind: AskKind
    text: Text
    from_: Annotated[Participant | None, Field(alias="from")] = None
    until_ms: U32
    mat: PartId | None = None


class AskOver(WireModel):
    """What was asked is settled; also told to who asked."""

    t: Literal["ask_over"] = "ask_over"
    ask: U32
    end: AskEnd
    text: Text = ""


class Attendees(WireModel):
    """What the leaders see of those present, and how it changes."""

    t: Literal["attendees"] = "attendees"
    reset: bool = False
    people: Annotated[list[Attendee], Field(max_length=L.ROSTER_PAGE)]
    gone: Annotated[list[Participant], Field(max_length=L.ROSTER_PAGE)] = Field(
        default_factory=list
    )


class WaitingRoom(WireModel):
    """Who waits to be let in; for the leaders."""

    t: Literal["waiting_room"] = "waiting_room"
    people: Annotated[list[Waiting], Field(max_length=L.WAITING_SHOWN)]
    total: U32


GatheringClientMessage: TypeAlias = (
    LeadAction
    | RaiseHand
    | GiveFloor
    | GiveRole
    | Megaphone
    | HushSomebody
    | SpeakAgain
    | VoiceRule
    | Form
    | AnswerAsk
    | CheckMe
    | Attend
    | PromptAll
    | Admit
)
GatheringServerMessage: TypeAlias = (
    Gathering
    | Cues
    | Timeline
    | Hands
    | Applause
    | Formation
    | Ask
    | AskOver
    | Attendees
    | WaitingRoom
)
