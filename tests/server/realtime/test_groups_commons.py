"""Lines, places and objects of a group's room, as people on the wire have them."""

from dataclasses import replace

import pytest

from hearth_protocol.control import Ack, Chat, ChatLine, Closing, ErrorMessage, React, Reaction
from hearth_protocol.design import DesignObject, DesignPlace, DesignSpawn, DesignZone
from hearth_protocol.group_room import (
    DropObject,
    Grab,
    Line,
    LockObject,
    MoveObject,
    Notice,
    Objects,
    ObjectState,
    OfferObject,
    PlaceClaim,
    Places,
)
from hearth_protocol.voice import MicState
from hearth_server.community.permissions import Role
from hearth_server.community.spaces import ObjectKept
from hearth_server.errors import Refusal
from hearth_server.realtime.channels import FORGOTTEN_AFTER_S
from hearth_server.services.live import RoomLine, Said, SaidIn, SayAnswer
from tests.support.gathering import GROUP, ROOM, Gathering, Visitor, account

ANN, BOB, CEM = account("Ann"), account("Bob"), account("Cem")
NOOK = DesignZone(id="nook", name="Nook", kind="private", x0=3, z0=-3, x1=6, z1=3)
STAGE = DesignZone(id="stage", name="Stage", kind="stage", x0=-9, z0=-9, x1=-5, z1=-5)
QUIET = DesignZone(id="corner", name="Corner", kind="quiet", x0=-9, z0=5, x1=-5, z1=9)
DESIGN = ROOM.design.model_copy(
    update={
        "places": [
            DesignPlace(id="mat-1", kind="mat", x=0, z=1, yaw_deg=0),
            DesignPlace(id="mat-2", kind="mat", x=1.5, z=1, yaw_deg=0),
            DesignPlace(id="far", kind="seat", x=-8, z=-8, yaw_deg=0),
        ],
        "zones": [NOOK, STAGE, QUIET],
        "objects": [
            DesignObject(id="lamp", kind="lantern", x=0, y=0.5, z=0.5, yaw_deg=0, colour="#ffcc66")
        ],
    }
)


@pytest.fixture
def gathering() -> Gathering:
    return Gathering(replace(ROOM, design=DESIGN))


@pytest.fixture
def three(gathering: Gathering) -> tuple[Visitor, Visitor, Visitor]:
    people = tuple(gathering.enter(each) for each in (ANN, BOB, CEM))
    for index, person in enumerate(people):
        person.at = (0.3 * index, 1.6, 1.0)
    gathering.settle()  # welcomed
    gathering.settle(2)  # and standing there
    return people  # type: ignore[return-value]


def lamp(visitor: Visitor) -> ObjectState:
    return visitor.last(Objects).objects[0]


def places(visitor: Visitor) -> dict[str, int]:
    """Who has which place, as somebody was told."""
    told: dict[str, int] = {}
    for message in visitor.all(Places):
        told.update({place.id: place.by for place in message.places})
    return told


# --- lines ------------------------------------------------------------------------------------


def test_a_line_is_told_once_it_is_kept(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, _ = three
    waiting: list[tuple[Said, SayAnswer]] = []
    gathering.lines.say = lambda said, answer: waiting.append((said, answer))  # type: ignore[method-assign]
    ann.send(ChatLine(rid=4, text="good evening", key="k1"))
    gathering.settle(2)
    assert not ann.all(Ack)
    assert not bob.all(Line)
    said, answer = waiting[0]
    assert (said.account_id, said.key, said.text) == (ANN.id, "k1", "good evening")
    answer(_line(7, author_id=ANN.id, key="k1", text="good evening", mentions={BOB.id}))
    gathering.settle()
    assert ann.last(Ack).rid == 4
    told = bob.last(Line)
    assert (told.id, told.from_, told.key, told.mentions_me) == (7, ann.id, None, True)
    assert ann.last(Line).key == "k1"
    ann.send(ChatLine(rid=5, text="too much", key="k2"))
    gathering.settle()
    waiting[1][1](Refusal("busy", "Try again in a moment."))
    gathering.settle()
    assert (ann.last(ErrorMessage).rid, ann.last(ErrorMessage).code) == (5, "unavailable")


def _line(number: int, **changes: object) -> RoomLine:
    base = {
        "id": number,
        "group_id": GROUP.id,
        "key": f"key-{number}",
        "author_id": None,
        "name": "Somebody",
        "text": f"line {number}",
        "at_ms": 1_800_000_000_000,
    }
    changes = {
        key: frozenset(value) if isinstance(value, set) else value  # type: ignore[arg-type]
        for key, value in changes.items()
    }
    return RoomLine(**{**base, **changes})  # type: ignore[arg-type]


def test_older_clients_get_chat_from_those_present_only(gathering: Gathering) -> None:
    old, ann = gathering.enter(BOB, features=()), gathering.enter(ANN)
    gathering.settle(2)
    gathering.live.say_line(_line(1))
    gathering.live.say_line(_line(2, author_id=ANN.id, text="hello"))
    gathering.live.say_line(_line(2, author_id=ANN.id, text="hello!", edited=True))
    gathering.settle()
    assert [(chat.from_, chat.text) for chat in old.all(Chat)] == [(ann.id, "hello")]
    assert not old.all(Line)
    assert [line.id for line in ann.all(Line)] == [1, 2, 2]
    assert ann.last(Line).text == "hello!"


def test_newcomers_read_the_last_lines_as_far_as_they_may(gathering: Gathering) -> None:
    assert gathering.live.begin_channel(GROUP.id)
    here = SaidIn(ROOM.id, "Study", "everyone")
    lines = [_line(number) for number in range(1, 60)]
    lines.append(_line(60, room=here))
    lines.append(_line(61, room=SaidIn("office-bbbbbb", "Office", "leaders")))
    lines.append(_line(62, author_id=CEM.id, room=here))
    gathering.live.fill_channel(GROUP.id, lines)
    assert not gathering.live.begin_channel(GROUP.id)
    gathering.relations.block(CEM.id, ANN.id, True)
    member = gathering.enter(ANN)
    guest = gathering.enter(BOB, gathering.standing(BOB, Role.GUEST))
    leader = gathering.enter(account("Lea"), gathering.standing(account("Lea"), Role.LEADER))
    visitor = gathering.enter(account("Vis"), gathering.standing(account("Vis"), None))
    gathering.settle(2)
    assert [line.id for line in member.all(Line)] == list(range(13, 61))
    assert [line.id for line in guest.all(Line)] == [60, 62]
    assert [line.id for line in leader.all(Line)] == list(range(13, 63))
    assert not visitor.all(Line)
    for each in (member, guest, leader, visitor):
        each.drop()
    gathering.clock.advance(40)
    gathering.tick(2)
    gathering.clock.advance(61)
    gathering.tick(2)
    gathering.clock.advance(FORGOTTEN_AFTER_S)
    gathering.tick(2)
    assert gathering.live.begin_channel(GROUP.id)


def test_reactions_count_whom_one_may_know_of(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, _ = three
    gathering.relations.block(ANN.id, CEM.id, True)
    gathering.live.related(ANN.id, CEM.id)
    gathering.live.say_line(
        _line(3, author_id=BOB.id, reactions={"heart": frozenset({CEM.id, BOB.id, ANN.id})})
    )
    gathering.live.say_line(_line(4, author_id=BOB.id, reactions={"yes": frozenset({CEM.id})}))
    gathering.settle()
    heart, yes = ann.all(Line)
    assert [(each.kind, each.count, each.mine) for each in heart.reactions] == [("heart", 2, True)]
    assert yes.reactions is None
    assert bob.all(Line)[0].reactions[0].count == 3


def test_what_is_said_in_a_private_zone_stays_there(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = three
    ann.at, bob.at = (4.0, 1.6, 0.0), (4.5, 1.6, 1.0)
    gathering.settle(30)
    ann.send(ChatLine(rid=1, text="between us"))
    gathering.settle()
    assert ann.last(Ack).rid == 1
    assert [chat.text for chat in bob.all(Chat)] == ["between us"]
    assert not cem.all(Chat)
    assert not cem.all(Line)
    assert not gathering.lines.kept
    late = gathering.enter(account("Dee"))
    gathering.settle(2)
    assert not late.all(Chat)


def test_voices_stay_in_a_private_zone_too(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = three
    ann.at, bob.at = (4.0, 1.6, 0.0), (4.5, 1.6, 1.0)
    for one in three:
        gathering.talk(one)
        one.send(MicState(on=True))
    gathering.settle(30)
    for one in three:
        gathering.talk(one)
    gathering.settle(10)
    assert gathering.wires.rows[bob.id] == {ann.id}
    assert not gathering.wires.rows.get(cem.id)


def test_a_quiet_corner_and_a_stage(gathering: Gathering) -> None:
    host = gathering.enter(ANN, gathering.standing(ANN, Role.HOST))
    member, quiet = gathering.enter(BOB), gathering.enter(CEM)
    gathering.settle(2)
    host.at, member.at, quiet.at = (-7, 1.6, -7), (-6, 1.6, -7), (-7, 1.6, 7)
    for one in (host, member, quiet):
        gathering.talk(one)
        one.send(MicState(on=True))
    gathering.settle(40)
    for one in (host, member, quiet):
        gathering.talk(one)
    gathering.settle(10)
    stage = gathering.shard.world._slots.stage
    slots = {each.id: each.slot for each in gathering.shard.participants.values()}
    assert stage[slots[host.id]]
    assert not stage[slots[member.id]]
    heard = set().union(*gathering.wires.rows.values())
    assert quiet.id not in heard
    assert host.id in heard
    quiet.at, host.at = (0, 1.6, 2), (0, 1.6, 0)
    gathering.settle(60)
    gathering.talk(quiet)
    gathering.settle(10)
    assert not stage[slots[host.id]]
    assert quiet.id in set().union(*gathering.wires.rows.values())


# --- places -----------------------------------------------------------------------------------


def test_a_mat_is_one_persons_until_they_leave_it(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = three
    assert places(ann) == {"mat-1": 0, "mat-2": 0, "far": 0}
    ann.send(PlaceClaim(rid=1, id="mat-1", on=True))
    bob.send(PlaceClaim(rid=1, id="mat-1", on=True))
    bob.send(PlaceClaim(rid=2, id="far", on=True))
    bob.send(PlaceClaim(rid=3, id="roof", on=True))
    gathering.settle()
    assert ann.last(Ack).rid == 1
    assert [each.code for each in bob.all(ErrorMessage)] == ["taken", "too_far", "no_such_thing"]
    assert places(cem) == {"mat-1": ann.id, "mat-2": 0, "far": 0}
    ann.send(PlaceClaim(rid=2, id="mat-2", on=True))
    gathering.settle()
    assert places(cem) == {"mat-1": 0, "mat-2": ann.id, "far": 0}
    ann.drop()
    gathering.settle()
    assert places(cem)["mat-2"] == ann.id
    gathering.clock.advance(31)
    gathering.settle()
    assert places(cem)["mat-2"] == 0


# --- objects ----------------------------------------------------------------------------------


def test_an_object_is_carried_handed_over_put_down_and_kept(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = three
    ann.send(Grab(rid=1, id="lamp"))
    ann.send(MoveObject(id="lamp", position=(0.5, 1.0, 0.5), yaw=7.0))
    bob.send(Grab(rid=1, id="lamp"))
    bob.send(MoveObject(id="lamp", position=(5, 1, 5), yaw=0))
    gathering.settle()
    assert bob.last(ErrorMessage).code == "taken"
    assert (lamp(cem).held_by, lamp(cem).position) == (ann.id, (0.5, 1.0, 0.5))
    # Out of reach is as far as the arm goes, and never through the walls.
    ann.send(MoveObject(id="lamp", position=(100, -50, 0.5), yaw=0))
    gathering.settle()
    x, y, _ = lamp(cem).position
    assert x < 2.6
    assert y >= 0
    ann.send(OfferObject(rid=2, id="lamp", to=bob.id))
    gathering.settle()
    assert lamp(bob).offered_to == bob.id
    bob.send(Grab(rid=2, id="lamp"))
    gathering.settle()
    assert (lamp(cem).held_by, lamp(cem).offered_to) == (bob.id, None)
    assert not gathering.keeper.kept
    bob.send(DropObject(rid=3, id="lamp", position=(1, 0.2, 1), yaw=0.5))
    gathering.settle()
    assert (lamp(cem).held_by, lamp(cem).position) == (None, (1.0, 0.2, 1.0))
    assert gathering.keeper.kept == [ObjectKept("lamp", (1.0, 0.2, 1.0), 0.5, False)]


def test_only_those_with_the_right_lock_and_nobody_grabs_what_is_locked(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, _ = three
    gathering.live.standing_changed(gathering.standing(ANN, Role.HOST))
    bob.send(LockObject(rid=1, id="lamp", on=True))
    ann.send(LockObject(rid=1, id="lamp", on=True))
    gathering.settle()
    assert bob.last(ErrorMessage).code == "not_allowed"
    assert lamp(bob).locked
    bob.send(Grab(rid=2, id="lamp"))
    gathering.settle()
    assert bob.last(ErrorMessage).code == "locked"


def test_whoever_leaves_drops_what_they_carry(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, _ = three
    ann.send(Grab(rid=1, id="lamp"))
    ann.send(MoveObject(id="lamp", position=(0.5, 1.5, 0.5), yaw=0))
    gathering.settle()
    gathering.live.put_out(ANN.id, [ROOM.id], "Bye.")
    gathering.settle()
    assert (lamp(bob).held_by, lamp(bob).position) == (None, (0.5, 0.0, 0.5))


def test_to_those_kept_apart_a_carried_lamp_stands_where_it_stood(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = three
    gathering.relations.block(BOB.id, ANN.id, True)
    gathering.live.related(ANN.id, BOB.id)
    gathering.settle()
    before = len(bob.all(Objects))
    ann.send(Grab(rid=1, id="lamp"))
    ann.send(PlaceClaim(rid=2, id="mat-1", on=True))
    ann.send(MoveObject(id="lamp", position=(1, 1, 1), yaw=0))
    gathering.settle()
    assert lamp(cem).held_by == ann.id
    assert len(bob.all(Objects)) == before
    assert places(bob)["mat-1"] == 0
    bob.send(Grab(rid=1, id="lamp"))
    gathering.settle()
    assert bob.last(ErrorMessage).code == "taken"
    gathering.relations.block(BOB.id, ANN.id, False)
    gathering.live.related(ANN.id, BOB.id)
    gathering.settle()
    assert (lamp(bob).held_by, places(bob)["mat-1"]) == (ann.id, ann.id)


def test_a_room_opens_as_it_was_left(gathering: Gathering) -> None:
    gathering.objects = (ObjectKept("lamp", (3.0, 0.0, 99.0), 1.5, True),)
    ann = gathering.enter(ANN)
    gathering.settle(2)
    assert (lamp(ann).position, lamp(ann).yaw, lamp(ann).locked) == ((3.0, 0.0, 10.0), 1.5, True)


def test_rearranging_holds_at_once(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, _ = three
    ann.send(PlaceClaim(rid=1, id="mat-1", on=True))
    bob.send(PlaceClaim(rid=1, id="mat-2", on=True))
    ann.at = (8.0, 1.6, 8.0)
    gathering.settle(40)
    design = DESIGN.model_copy(
        update={
            "places": DESIGN.places[1:],
            "objects": [],
            "size": "small",
            "zones": [],
            "spawn": [DesignSpawn(x=0, z=4, yaw_deg=0)],
        }
    )
    room = replace(gathering.facts.room, design=design, version=2)
    gathering.live.refreshed(ROOM.id, replace(gathering.facts, room=room))
    gathering.settle(3)
    assert ann.last(Notice).code == "room_changed"
    assert {place.id: place.by for place in ann.last(Places).places} == {"mat-2": bob.id, "far": 0}
    assert ann.last(Objects).objects == []
    (slot,) = [each.slot for each in gathering.shard.participants.values() if each.id == ann.id]
    x, _, z = gathering.shard.world.pose[slot][:3].tolist()
    assert max(x, z) <= 6.0


# --- companions -------------------------------------------------------------------------------


def test_a_companion_reads_and_writes_beside_the_avatar(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, _ = three
    beside = gathering.enter(ANN, how="companion")
    gathering.settle(2)
    assert beside.welcome.you is not None
    assert beside.welcome.you.companion
    assert beside.id == ann.id
    assert beside.welcome.features == ["channel"]
    assert beside.people == ann.people
    assert beside.all(Objects)
    assert len(gathering.shard.participants) == 3
    beside.send(ChatLine(rid=1, text="from the desk"))
    beside.send(React(rid=2, kind="wave"))
    beside.send(Grab(rid=3, id="lamp"))
    gathering.settle()
    assert bob.last(Line).from_ == ann.id
    assert beside.last(Line).text == "from the desk"
    assert bob.last(Reaction).from_ == ann.id
    assert [ack.rid for ack in beside.all(Ack)] == [1, 2]
    assert beside.last(ErrorMessage).rid == 3
    gathering.tick(5)
    assert all(snapshot[0] != 0xC1 for snapshot in beside.take()[1])
    gathering.live.put_out(ANN.id, [ROOM.id], "Out.")
    gathering.settle()
    assert beside.last(Closing).reason == "normal"
    assert not ann.open


def test_a_silent_companion_is_closed_like_anybody(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    beside = gathering.enter(ANN, how="companion")
    gathering.settle(2)
    for _ in range(25):
        gathering.clock.advance(1.0)
        gathering.settle()
    assert beside.last(Closing).reason == "idle_timeout"
    assert three[0].open
