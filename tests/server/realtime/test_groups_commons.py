"""Places, objects, rearranging and companions in a group's room, on the wire."""

from dataclasses import replace

from hearth_protocol.control import Ack, ChatLine, Closing, ErrorMessage, React, Reaction
from hearth_protocol.design import DesignSpawn
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
from hearth_server.community.permissions import Role
from hearth_server.community.spaces import ObjectKept
from tests.server.realtime.conftest import ANN, BOB, DESIGN
from tests.support.gathering import ROOM, Gathering, Visitor


def lamp(visitor: Visitor) -> ObjectState:
    return visitor.last(Objects).objects[0]


def places(visitor: Visitor) -> dict[str, int]:
    """Who has which place, as somebody was told."""
    told: dict[str, int] = {}
    for message in visitor.all(Places):
        told.update({place.id: place.by for place in message.places})
    return told


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
    assert beside.welcome.features == ["channel", "gathering"]
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
