"""Being taken apart and coming back: told at once to all it concerns, and out of reach."""

import pytest

from hearth_protocol.control import (
    Ack,
    ErrorMessage,
    HiddenPerson,
    Hide,
    Leave,
    React,
    Reaction,
    Roster,
)
from hearth_protocol.group_room import (
    Grab,
    Objects,
    OfferObject,
    PlaceClaim,
    Places,
    SafePlace,
)
from hearth_protocol.voice import Mute
from tests.server.realtime.conftest import ANN, BOB
from tests.support.gathering import Gathering, Visitor, account


def rosters(visitor: Visitor, gathering: Gathering) -> list[Roster]:
    """What one tick tells somebody of who is there."""
    before = len(visitor.all(Roster))
    gathering.settle()
    return visitor.all(Roster)[before:]


def test_who_goes_to_the_safe_place_is_told_of_all_at_once(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = three
    cem.send(Grab(rid=1, id="lamp"))
    cem.send(PlaceClaim(rid=2, id="mat-1", on=True))
    gathering.settle()
    ann.send(SafePlace(rid=1, on=True))
    (gone,) = rosters(ann, gathering)
    assert [each.id for each in gone.left] == [bob.id, cem.id]
    assert bob.people == cem.people == {bob.id: "Bob", cem.id: "Cem"}
    assert (ann.last(Objects).objects[0].held_by, ann.last(Places).places[0].by) == (None, 0)
    ann.send(SafePlace(rid=2, on=False))
    (back,) = rosters(ann, gathering)
    assert [each.id for each in back.joined] == [bob.id, cem.id]
    assert set(bob.people) == set(cem.people) == {ann.id, bob.id, cem.id}
    assert ann.last(Objects).objects[0].held_by == cem.id
    assert ann.last(Places).places[0].by == cem.id


def test_the_list_of_the_hidden_is_told_once(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = three
    dee = gathering.enter(account("Dee"))
    gathering.settle(2)
    ann.send(Hide(rid=1, participant=bob.id, on=True))
    lists = [each.hidden for each in rosters(ann, gathering) if each.hidden is not None]
    assert lists == [[HiddenPerson(id=bob.id, name="Bob")]]
    ann.send(Hide(rid=2, participant=cem.id, on=True))
    gathering.settle()
    # The two hidden are out of reach now for another reason, so the list is empty meanwhile.
    ann.send(SafePlace(rid=3, on=True))
    lists = [each.hidden for each in rosters(ann, gathering) if each.hidden is not None]
    assert lists == [[]]
    assert set(dee.people) == {bob.id, cem.id, dee.id}
    ann.send(SafePlace(rid=4, on=False))
    told = rosters(ann, gathering)
    assert [[each.id for each in roster.joined] for roster in told if roster.joined] == [[dee.id]]
    lists = [each.hidden for each in told if each.hidden is not None]
    assert [[each.id for each in hidden] for hidden in lists] == [[bob.id, cem.id]]
    ann.send(Hide(rid=5, participant=bob.id, on=False))
    lists = [each.hidden for each in rosters(ann, gathering) if each.hidden is not None]
    assert [[each.id for each in hidden] for hidden in lists] == [[cem.id]]
    assert gathering.live.met(ANN.id, gathering.facts.room.id, bob.id) is not None
    assert gathering.live.met(BOB.id, gathering.facts.room.id, ann.id) is not None


@pytest.mark.parametrize("parted_by", ["block", "hide"])
def test_nobody_can_mute_or_offer_a_thing_to_somebody_they_are_kept_apart_from(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor], parted_by: str
) -> None:
    ann, bob, cem = three
    bob.send(Grab(rid=1, id="lamp"))
    gathering.settle()
    assert bob.last(Ack).rid == 1
    if parted_by == "block":
        gathering.relations.block(ANN.id, BOB.id, True)
        gathering.live.related(ANN.id, BOB.id)
    else:
        ann.send(Hide(rid=1, participant=bob.id, on=True))
    gathering.settle()
    bob.send(Mute(rid=2, participant=ann.id, on=True))
    bob.send(OfferObject(rid=3, id="lamp", to=ann.id))
    bob.send(Mute(rid=4, participant=1234, on=True))
    gathering.settle()
    refused = bob.all(ErrorMessage)
    assert [(each.rid, each.code) for each in refused] == [
        (rid, "no_such_participant") for rid in (2, 3, 4)
    ]
    # Word for word what is said of somebody who never was.
    assert len({each.text for each in refused}) == 1
    assert [each.rid for each in bob.all(Ack)] == [1]
    assert not gathering.keeper.mutes
    assert not gathering.relations.muted(BOB.id, ANN.id)
    bob.send(Mute(rid=5, participant=cem.id, on=True))
    bob.send(OfferObject(rid=6, id="lamp", to=cem.id))
    gathering.settle()
    assert [each.rid for each in bob.all(Ack)] == [1, 5, 6]
    assert cem.last(Objects).objects[0].offered_to == cem.id


def test_what_somebody_did_just_before_they_left_is_told_to_whom_it_may_be(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = three
    gathering.relations.block(BOB.id, ANN.id, True)
    gathering.live.related(ANN.id, BOB.id)
    ann.send(PlaceClaim(rid=1, id="mat-1", on=True))
    gathering.settle()
    told = len(bob.told)
    ann.send(React(rid=2, kind="wave"))
    ann.send(Leave())
    gathering.settle()
    assert cem.last(Reaction).from_ == ann.id
    assert [(place.id, place.by) for place in cem.last(Places).places] == [("mat-1", 0)]
    assert [gone.id for gone in cem.last(Roster).left] == [ann.id]
    assert bob.told[told:] == []
    # One who comes after them is somebody else.
    dee = gathering.enter(account("Dee"))
    gathering.settle(2)
    dee.send(React(rid=1, kind="wave"))
    gathering.settle()
    assert bob.last(Reaction).from_ == cem.last(Reaction).from_ == dee.id
