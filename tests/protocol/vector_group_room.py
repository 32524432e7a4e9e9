"""Examples of the messages of groups' rooms, for `control.json`."""

from hearth_protocol import control, design, group_room
from hearth_protocol.fields import WireModel

DESIGN = design.Design(
    template="classroom",
    size="small",
    light="day",
    places=[design.DesignPlace(id="seat-1", kind="seat", x=-1.5, z=0.5, yaw_deg=90)],
    zones=[design.DesignZone(id="nook", name="Nook", kind="private", x0=3, z0=3, x1=5.5, z1=5.5)],
    spawn=[design.DesignSpawn(x=0, z=4, yaw_deg=0)],
    objects=[
        design.DesignObject(id="lamp", kind="lantern", x=1, y=0, z=-1, yaw_deg=0, colour="#ffcc66")
    ],
)
_BOUNDARY = group_room.PersonalBoundary(mode="all", radius_m=0.75)
_YOU = group_room.You(
    account="eeeeffffgggghhhh",
    role="member",
    rights=["enter_rooms", "speak"],
    companion=False,
    listener=False,
    boundary=_BOUNDARY,
)
_LAMP = group_room.ObjectState(
    id="lamp",
    kind="lantern",
    colour="#ffcc66",
    position=(1, 0, -1),
    yaw=0,
    locked=False,
    rev=3,
)

CLIENT_MESSAGES: list[WireModel] = [
    control.ChatLine(rid=8, text="shall we begin?", key="0d3c7c5e-1"),
    group_room.PlaceClaim(rid=9, id="seat-1", on=True),
    group_room.Grab(rid=10, id="lamp"),
    group_room.MoveObject(id="lamp", position=(1.25, 1, -1), yaw=0.5),
    group_room.DropObject(rid=11, id="lamp", position=(1.25, 0, -1), yaw=0.5),
    group_room.OfferObject(rid=12, id="lamp", to=9),
    group_room.LockObject(rid=13, id="lamp", on=True),
    group_room.BoundaryWish(rid=14, mode="non_friends", radius_m=0.75),
    group_room.SafePlace(rid=15, on=True),
    group_room.NearWish(rid=16, participant=9, on=True),
]
SERVER_MESSAGES: list[WireModel] = [
    control.Welcome(
        participant=7,
        room=control.RoomInfo(
            id="study-k3t4wq",
            name="Study",
            space="classroom",
            bounds=control.Bounds(min=(-6, -0.5, -6), max=(6, 6, 6)),
            capacity=20,
            present=1,
            group=group_room.GroupRef(id="aaaabbbbccccdddd", slug="readers", name="Readers"),
            design=DESIGN,
            version=4,
            mechanisms=["boundary_all", "no_recording"],
        ),
        tick_hz=20,
        tick=1000,
        server_ms=50_000,
        resume="rsm_99cc",
        features=["channel"],
        spawn=control.Spawn(position=(0, 0, 4), yaw=0),
        interest=control.Interest(lanes=32, radius_m=20, tiers=[control.Tier(lanes=32, every=1)]),
        you=_YOU,
    ),
    control.Roster(
        joined=[
            control.Person(
                id=9,
                name="Gróa 🔥",
                primary="#112233",
                secondary="#445566",
                pattern=0,
                device="vr",
                role="listener",
                new=True,
            )
        ],
        changed=[control.PersonChange(id=7, role="host")],
    ),
    group_room.Line(
        id=9_007_199_254_740_991,
        key="0d3c7c5e-1",
        author="eeeeffffgggghhhh",
        name="Ada",
        text="shall we begin?",
        at_ms=1_800_000_000_000,
        from_=7,
        room=group_room.LineRoom(id="study-k3t4wq", name="Study"),
        mentions_me=True,
        reactions=[group_room.LineReaction(kind="yes", count=2, mine=True)],
    ),
    group_room.Line(id=5, name="Bo", text="", at_ms=1_800_000_000_000, edited=True, deleted=True),
    group_room.Places(places=[group_room.PlaceState(id="seat-1", by=9)]),
    group_room.Objects(reset=True, objects=[_LAMP]),
    group_room.Objects(
        objects=[_LAMP.model_copy(update={"held_by": 9, "offered_to": 7, "rev": 4})]
    ),
    group_room.Safety(safe=False, boundary=_BOUNDARY, forced=True),
    group_room.YouNow(you=_YOU),
    group_room.Ties(friends=[9], muted=[], near=[9], near_asked=[], near_asks=[12]),
    group_room.Faded(people=[9, 12]),
    group_room.Notice(code="room_changed", text="Somebody rearranged this room."),
]
