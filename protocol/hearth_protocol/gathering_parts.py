"""What the messages of a gathering are made of: kinds, limits, and parts."""

from typing import Annotated, Literal

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
    WireModel,
)
from hearth_protocol.group_room import AccountId

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
FloorAct = Literal["next", "give", "lower", "skip", "clear", "shuffle"]
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
    check_seen: bool = False
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
    late: bool = False
