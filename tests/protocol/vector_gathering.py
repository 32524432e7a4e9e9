"""Examples of the messages of gatherings, for `control.json`."""

from hearth_protocol import gathering
from hearth_protocol.fields import WireModel

_EVENT = "jjjjkkkkllllmmmm"
_OCCURRENCE = "20261201T183000"
_WARRIOR = gathering.Cue(
    id="warrior-right",
    from_ms=60_000,
    ms=120_000,
    text="Step back with your right foot.",
    side="right",
    pose="warrior-two",
    breath=gathering.Breath(in_s=4, hold_s=0.5, out_s=6, rest_s=0),
    music="waves",
    light="dawn",
    silence=True,
    alternatives=[
        gathering.Alternative(posture="seated", pose="chair-twist", text="Turn to the right."),
        gathering.Alternative(posture="lying"),
    ],
)
_GATHERING = gathering.Gathering(
    event=_EVENT,
    occurrence=_OCCURRENCE,
    title="Slow mornings",
    template="class",
    state="live",
    starts_ms=1_796_149_800_000,
    ends_ms=1_796_153_400_000,
    stage=gathering.Anchor(x=0, z=-4.25, yaw_deg=180),
    lead="host",
    people=[
        gathering.Staged(id=7, role="host"),
        gathering.Staged(id=9, role="co_host", megaphone=True),
        gathering.Staged(id=11, megaphone=True),
    ],
    audience="near",
    stage_only=False,
    silence=False,
    plan=3,
    me=gathering.MyPart(role="host", attends=True),
    waiting=2,
    late=1,
)

CLIENT_MESSAGES: list[WireModel] = [
    gathering.LeadAction(rid=20, act="hold", version=4),
    gathering.LeadAction(rid=21, act="jump", version=5, cue="warrior-right"),
    gathering.RaiseHand(rid=22, on=True),
    gathering.GiveFloor(rid=23, act="next"),
    gathering.GiveFloor(rid=24, act="give", participant=11, seconds=60),
    gathering.GiveRole(rid=25, participant=9, role="co_host"),
    gathering.Megaphone(rid=26, participant=11, on=True),
    gathering.HushSomebody(rid=27, participant=11, kind="soft"),
    gathering.SpeakAgain(rid=28),
    gathering.VoiceRule(rid=29, audience="nobody"),
    gathering.VoiceRule(rid=30, stage_only=True, silence=False),
    gathering.Form(rid=31, kind="arc"),
    gathering.AnswerAsk(rid=32, ask=5, yes=True),
    gathering.CheckMe(rid=33, on=True),
    gathering.Attend(rid=34, on=True),
    gathering.PromptAll(rid=35, kind="recentre"),
    gathering.Admit(rid=36, account="eeeeffffgggghhhh", yes=True, seconds=90),
]
SERVER_MESSAGES: list[WireModel] = [
    _GATHERING,
    _GATHERING.model_copy(
        update={
            "state": "ended",
            "lead": "nobody",
            "people": [],
            "me": gathering.MyPart(role="audience", hush="soft", check=True, late=True),
            "waiting": None,
            "late": None,
        }
    ),
    gathering.Cues(
        plan=3,
        title="Slow mornings",
        total=2,
        first=0,
        cues=[gathering.Cue(id="arrive", from_ms=0, ms=60_000, music="none"), _WARRIOR],
    ),
    gathering.Timeline(
        version=4,
        plan=3,
        segments=[
            gathering.Segment(
                from_ms=4_294_967_295, run="holding", plan_ms=90_000, breath_ms=45_000, music_ms=0
            ),
            gathering.Segment(
                from_ms=1_500, run="running", plan_ms=180_000, breath_ms=0, music_ms=120_000
            ),
        ],
    ),
    gathering.Hands(
        hands=[gathering.Hand(id=11, at_ms=50_000), gathering.Hand(id=12, at_ms=50_010)],
        total=2,
        mine=1,
        floor=[gathering.Floor(id=9), gathering.Floor(id=13, until_ms=110_000)],
    ),
    gathering.Applause(
        counts=[
            gathering.ReactionCount(kind="clap", count=17),
            gathering.ReactionCount(kind="heart", count=1),
        ]
    ),
    gathering.Formation(
        version=2,
        kind="arc",
        mats=[
            gathering.Mat(id="r1-1", x=0, z=-1.5, yaw_deg=0),
            gathering.Mat(id="r1-2", x=2.5, z=-1.25, yaw_deg=45),
        ],
    ),
    gathering.Ask(ask=5, kind="co_host", text="Be a co-host?", from_=7, until_ms=80_000),
    gathering.Ask(ask=6, kind="mat", text="Go there?", until_ms=1_250_000, mat="r1-2"),
    gathering.AskOver(ask=5, end="taken", text="Somebody else leads now."),
    gathering.Attendees(
        reset=True,
        people=[
            gathering.Attendee(id=11, mat="r1-2", check=True, hush="soft", late=True),
            gathering.Attendee(id=12),
        ],
    ),
    gathering.Attendees(people=[], gone=[12]),
    gathering.WaitingRoom(
        people=[
            gathering.Waiting(
                account="eeeeffffgggghhhh",
                name="Eve",
                since_ms=1_796_149_700_000,
                asks=True,
                late=True,
            )
        ],
        total=3,
    ),
]
