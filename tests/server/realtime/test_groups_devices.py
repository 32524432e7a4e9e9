"""Whoever needs the safe place has it from the device at hand, and keeps it on the next one."""

import struct
from dataclasses import replace

import pytest

from hearth_protocol import gathering as wire
from hearth_protocol.control import Ack, Closing, HiddenPerson, Hide, Roster
from hearth_protocol.group_room import BoundaryWish, NearWish, SafePlace, Safety, Ties
from hearth_protocol.voice import Mute
from hearth_server.community.entering import RoomFacts
from hearth_server.community.permissions import Role
from tests.server.realtime.conftest import ANN, BOB, CEM
from tests.support.gathering import GROUP, ROOM, Gathering, Visitor

Three = tuple[Visitor, Visitor, Visitor]


def written_to(gathering: Gathering, *visitors: Visitor, ticks: int) -> bytes:
    """Everything that was sent to these in some ticks."""
    got = bytearray()
    for _ in range(ticks):
        gathering.tick()
        for visitor in gathering.visitors:
            if visitor in visitors:
                got += visitor.transport.written
            visitor.take()
    return bytes(got)


def marks(visitor: Visitor) -> list[bytes]:
    """A participant's number, however it is written."""
    return [struct.pack(">I", visitor.id), struct.pack("<I", visitor.id)]


# --- a companion looks after the avatar's person --------------------------------------------------


def test_a_companion_takes_both_devices_to_the_safe_place_and_back(
    gathering: Gathering, three: Three
) -> None:
    ann, bob, cem = three
    phone = gathering.enter(ANN, how="companion")
    gathering.settle(2)
    phone.send(SafePlace(rid=1, on=True))
    gathering.settle(2)
    assert phone.last(Ack).rid == 1
    for device in (ann, phone):
        assert device.last(Safety).safe
        assert device.people == {ann.id: "Ann"}
    assert ann.id not in bob.people
    got = written_to(gathering, bob, cem, ticks=5)
    assert not any(mark in got for mark in marks(ann))
    phone.send(SafePlace(rid=2, on=False))
    gathering.settle(2)
    assert [device.last(Safety).safe for device in (ann, phone)] == [False, False]
    assert ann.id in bob.people


def test_a_companion_sets_the_boundary_mutes_hides_and_answers_who_asks_to_be_near(
    gathering: Gathering, three: Three
) -> None:
    ann, bob, cem = three
    # Without voice: a mute lies between two accounts.
    phone = gathering.enter(ANN, how="companion", features=("channel", "gathering"))
    gathering.settle(2)
    phone.send(BoundaryWish(rid=1, mode="all", radius_m=1.2))
    phone.send(Mute(rid=2, participant=bob.id, on=True))
    phone.send(Hide(rid=3, participant=cem.id, on=True))
    bob.send(NearWish(rid=1, participant=ann.id, on=True))
    gathering.settle(2)
    phone.send(NearWish(rid=4, participant=bob.id, on=False))
    gathering.settle(2)
    assert [ack.rid for ack in phone.all(Ack)] == [1, 2, 3, 4]
    for device in (ann, phone):
        told = device.last(Safety).boundary
        assert (told.mode, told.radius_m) == ("all", 1.2)
        assert device.last(Ties).muted == [bob.id]
        assert device.last(Ties).near_asks == []
        assert set(device.people) == {ann.id, bob.id}
    assert gathering.keeper.mutes == [(ANN.id, BOB.id, True)]
    assert ann.id not in cem.people


# --- a second device takes the visit over -----------------------------------------------------


@pytest.mark.parametrize("how", ["move", "enter"])
def test_who_changes_devices_in_the_safe_place_is_still_there(
    gathering: Gathering, three: Three, how: str
) -> None:
    ann, bob, _ = three
    boss = gathering.enter(CEM, gathering.standing(CEM, Role.OWNER), how="move")
    gathering.settle(2)
    ann.send(SafePlace(rid=1, on=True))
    gathering.settle(2)
    if how == "enter":
        ann.drop()  # the headset's line is lost, and the phone knows no token
    phone = gathering.enter(ANN, how=how)  # type: ignore[arg-type]
    got = written_to(gathering, bob, boss, ticks=8)
    assert phone.open
    assert how == "enter" or ann.last(Closing).reason == "replaced"
    assert phone.id != ann.id
    assert phone.last(Safety).safe
    assert phone.last(Safety).boundary.radius_m == 1.5
    assert phone.people == {phone.id: "Ann"}
    assert phone.welcome.room.present == 1
    assert not any(mark in got for mark in (*marks(phone), b"Ann", ANN.id.encode()))
    assert gathering.live.where(ANN.id) is None
    phone.send(SafePlace(rid=1, on=False))
    gathering.settle(2)
    assert phone.id in bob.people
    assert not phone.last(Safety).safe


def test_whoever_comes_into_a_class_by_the_safe_place_is_given_no_mat(
    gathering: Gathering, held: Three
) -> None:
    ann, bob, cem = held
    cem.send(SafePlace(rid=1, on=True))
    ann.send(wire.Form(rid=ann.rid(), kind="rows"))
    gathering.settle(10)
    phone = gathering.enter(CEM, how="move")
    got = written_to(gathering, ann, bob, ticks=8)
    assert phone.last(Safety).safe
    assert not [each for each in phone.all(wire.Ask) if each.kind == "mat"]
    assert not any(mark in got for mark in marks(phone))


def test_hides_of_either_side_outlast_a_change_of_devices(
    gathering: Gathering, three: Three
) -> None:
    ann, bob, cem = three
    ann.send(Hide(rid=1, participant=bob.id, on=True))
    cem.send(Hide(rid=1, participant=ann.id, on=True))
    gathering.settle(2)
    phone = gathering.enter(ANN, how="move")
    got = written_to(gathering, bob, ticks=6)
    assert not any(mark in got for mark in marks(phone))
    assert phone.people == {phone.id: "Ann"}
    assert phone.all(Roster)[0].hidden == [HiddenPerson(id=bob.id, name="Bob")]
    assert phone.id not in cem.people
    hidden = [each.hidden for each in cem.all(Roster) if each.hidden is not None]
    assert hidden[-1] == [HiddenPerson(id=phone.id, name="Ann")]
    # What was a wish for the visit can be taken back by whoever made it.
    cem.send(Hide(rid=2, participant=phone.id, on=False))
    phone.send(Hide(rid=2, participant=bob.id, on=False))
    gathering.settle(2)
    assert set(phone.people) == {phone.id, bob.id, cem.id}


def test_the_boundary_of_a_visit_and_who_may_be_near_outlast_it_too(
    gathering: Gathering, three: Three
) -> None:
    ann, bob, cem = three
    ann.send(BoundaryWish(rid=1, mode="all", radius_m=1.1))
    ann.send(NearWish(rid=2, participant=bob.id, on=True))
    bob.send(NearWish(rid=1, participant=ann.id, on=True))
    cem.send(NearWish(rid=1, participant=ann.id, on=True))
    gathering.settle(2)
    phone = gathering.enter(ANN, how="move")
    gathering.settle(3)
    told = phone.last(Safety).boundary
    assert (told.mode, told.radius_m) == ("all", 1.1)
    ties = phone.last(Ties)
    assert (ties.near, ties.near_asks) == ([bob.id], [cem.id])
    assert bob.last(Ties).near == [phone.id]
    # And it is so: Bob stands where only who agreed may.
    x, _, z = gathering.shard.world.pose[gathering.shard.participants[phone.id].slot][:3].tolist()
    phone.at, bob.at, cem.at = (x, 1.6, z), (x, 1.6, z + 0.3), (x, 1.6, z - 3.0)
    gathering.settle(20)
    slot = gathering.shard.participants[bob.id].slot
    assert abs(float(gathering.shard.world.pose[slot][2]) - (z + 0.3)) < 0.05


def test_another_room_is_another_visit(gathering: Gathering, three: Three) -> None:
    ann, bob, _ = three
    ann.send(BoundaryWish(rid=1, mode="all", radius_m=1.1))
    ann.send(SafePlace(rid=2, on=True))
    gathering.settle(2)
    gathering.facts = RoomFacts(replace(ROOM, id="garden-aaaaaa"), GROUP, frozenset())
    phone = gathering.enter(ANN, how="move")
    gathering.settle(2)
    told = phone.last(Safety)
    assert (told.safe, told.boundary.mode) == (False, ANN.boundary.mode)
    assert bob.people.keys().isdisjoint({ann.id, phone.id})
