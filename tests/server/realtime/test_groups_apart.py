"""Being taken apart and coming back: each is told once of all it concerns."""

from hearth_protocol.control import HiddenPerson, Hide, Roster
from hearth_protocol.group_room import Grab, Objects, PlaceClaim, Places, SafePlace
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
