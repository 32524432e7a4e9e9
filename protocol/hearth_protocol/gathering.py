"""The control messages of a gathering: an event while it happens in its group's room.

Who leads and who speaks, the session plan and the server's timeline through it, hands, formations,
and what is asked of people with their consent. Only sent where the feature `gathering` is in use.
"""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field, StringConstraints

from hearth_protocol import limits as L
from hearth_protocol.design import Across, Degrees, Light, PartId
from hearth_protocol.fields import (
    PLAIN_OR_EMPTY,
    U32,
    Milliseconds,
    Name,
    Participant,
    ReactionKind,
    Rid,
    Text,
    WireModel,
)
from hearth_protocol.group_room import AccountId, RoomId

GATHERING_FEATURE: Final = "gathering"

Template = Literal["class", "talk"]
GatheringState = Literal["doors", "live", "winding_down", "ended"]
#: Who leads now: the host; nobody for a moment; a successor was asked; the plan by itself.
Lead = Literal["host", "host_away", "successor_asked", "autopilot", "nobody"]
StageRole = Literal["host", "co_host", "speaker"]
AnyRole = Literal["host", "co_host", "speaker", "audience"]
#: Whom the audience hears besides the stage.
Audience = Literal["near", "nobody"]
FormationKind = Literal["none", "rows", "arc", "circle"]
Side = Literal["left", "right", "both"]
BodyPosture = Literal["standing", "seated", "kneeling", "lying"]
Track = Literal["none", "rain", "waves", "bowls", "drone", "pulse"]
Hush = Literal["none", "soft", "hard"]
AskKind = Literal["host", "take_over", "co_host", "speaker", "megaphone", "mat", "recentre"]
AskEnd = Literal["yes", "no", "expired", "withdrawn", "taken"]
LeadAct = Literal[
    "start", "hold", "next", "pause", "resume", "skip", "back", "forward", "jump",
    "wind_down", "end",
]  # fmt: skip
FloorAct = Literal["next", "give", "lower", "clear", "shuffle"]
#: How the plan moves: it waits for the start, goes on, stays in its cue, stands still, is over.
Run = Literal["waiting", "running", "holding", "paused", "over"]

CueId = Annotated[
    str,
    StringConstraints(min_length=1, max_length=L.PART_ID_LENGTH, pattern=r"^[a-z0-9][a-z0-9-]*$"),
]
PoseId = Annotated[
    str, StringConstraints(min_length=1, max_length=L.POSE_ID_LENGTH, pattern=r"^[a-z][a-z0-9-]*$")
]
CueText = Annotated[str, StringConstraints(max_length=L.CUE_TEXT_LENGTH, pattern=PLAIN_OR_EMPTY)]
PlanMs = Annotated[int, Field(ge=0, le=L.PLAN_MS_MAX)]
BreathS = Annotated[float, Field(ge=0.0, le=30.0)]
EventTitle = Annotated[str, StringConstraints(min_length=1, max_length=L.EVENT_TITLE_LENGTH)]
OccurrenceKey = Annotated[str, StringConstraints(pattern=r"^\d{8}T\d{6}$")]


# --- parts ----------------------------------------------------------------------------------


class Breath(WireModel):
    """A breath pattern: seconds in, held, out, rested; what is 0 is left out."""

    in_s: BreathS
    hold_s: BreathS = 0.0
    out_s: BreathS
    rest_s: BreathS = 0.0


class Alternative(WireModel):
    """What to do instead in another posture of the body."""

    posture: BodyPosture
    pose: PoseId | None = None
    text: CueText = ""


class Cue(WireModel):
    """One step of a session plan, with its times already worked out.

    `side` is meant from the student's view. Absent `music` and `light` go on as they were.
    """

    id: CueId
    from_ms: PlanMs
    ms: PlanMs
    text: CueText = ""
    side: Side | None = None
    pose: PoseId | None = None
    breath: Breath | None = None
    music: Track | None = None
    light: Light | None = None
    silence: bool = False
    alternatives: Annotated[list[Alternative], Field(max_length=L.ALTERNATIVES_MAX)] = Field(
        default_factory=list
    )


class Segment(WireModel):
    """How the plan moves from a moment of server time on.

    `plan_ms`, `breath_ms` and `music_ms` are as at `from_ms`: the place in the plan, and how long
    the current cue's breath and the current music have gone on, holds included.
    """

    from_ms: U32
    run: Run
    plan_ms: PlanMs
    breath_ms: Milliseconds
    music_ms: Milliseconds


class Staged(WireModel):
    """Somebody on stage, or with a megaphone and then perhaps without a role."""

    id: Participant
    role: StageRole | None = None
    megaphone: bool = False


class Anchor(WireModel):
    """The middle of the stage, and where it faces: the frame that every mat shows the host in."""

    x: Across
    z: Across
    yaw_deg: Degrees


class MyPart(WireModel):
    """What the receiver is in the gathering."""

    role: AnyRole
    hush: Hush = "none"
    check: bool = False
    attends: bool = False
    late: bool = False


class Mat(WireModel):
    """A place of a formation."""

    id: PartId
    x: Across
    z: Across
    yaw_deg: Degrees


class Hand(WireModel):
    """A raised hand, and when it was raised (server time)."""

    id: Participant
    at_ms: U32


class Floor(WireModel):
    """Somebody who was given the floor, and until when if not for good (server time)."""

    id: Participant
    until_ms: U32 | None = None


class ReactionCount(WireModel):
    """How many reactions of a kind there were since the last count."""

    kind: ReactionKind
    count: Annotated[int, Field(ge=1, le=L.U32_MAX)]


class Attendee(WireModel):
    """What the leaders see of somebody; `mat` is theirs, `check` asks to be looked at."""

    id: Participant
    mat: PartId | None = None
    check: bool = False
    hush: Hush = "none"
    late: bool = False


class Waiting(WireModel):
    """Somebody in the waiting room; `asks` to step in for a moment."""

    account: AccountId
    name: Name
    since_ms: Milliseconds
    asks: bool = False


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
    """Ask the leaders, and nobody else, to have a look at one."""

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
