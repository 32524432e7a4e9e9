"""Friends and mutes of those present: looked up for whom they concern, however many are there."""

from hearth_protocol.group_room import Ties
from tests.server.realtime.conftest import ANN, BOB, CEM
from tests.support.gathering import ROOM, Gathering, Visitor, account


def due(gathering: Gathering) -> set[str]:
    """Whose ties are looked up anew at the next tick."""
    return {who.person.name for who in gathering.live.ties_due}


def test_an_arrival_is_looked_up_for_those_it_concerns_only(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    dee, eve, stranger = account("Dee"), account("Eve"), account("Fay")
    gathering.relations.befriend(ANN.id, dee.id, True)
    gathering.relations.mute(BOB.id, dee.id, True)
    gathering.relations.mute(dee.id, CEM.id, True)
    gathering.relations.mute(ANN.id, eve.id, True)
    gathering.enter(dee)
    assert due(gathering) == {"Ann", "Bob", "Cem", "Dee"}
    gathering.tick()
    gathering.enter(stranger)
    assert due(gathering) == {"Fay"}
    gathering.tick()
    gathering.enter(eve)
    assert due(gathering) == {"Ann", "Eve"}


def test_who_leaves_is_nobodys_friend_there_any_more(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = three
    gathering.relations.befriend(ANN.id, BOB.id, True)
    gathering.relations.mute(CEM.id, BOB.id, True)
    for other in (ANN, CEM):
        gathering.live.related(BOB.id, other.id)
    gathering.settle()
    assert (ann.last(Ties).friends, cem.last(Ties).muted) == ([bob.id], [bob.id])
    gathering.live.put_out(BOB.id, [ROOM.id], "Out.")
    gathering.settle()
    assert (ann.last(Ties).friends, cem.last(Ties).muted) == ([], [])
    told = len(ann.all(Ties))
    bob = gathering.enter(BOB)
    gathering.settle(2)
    assert (ann.last(Ties).friends, cem.last(Ties).muted) == ([bob.id], [bob.id])
    assert len(ann.all(Ties)) == told + 1


def test_who_is_kept_apart_is_told_nothing_by_a_friends_leaving(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann = three[0]
    gathering.relations.befriend(ANN.id, BOB.id, True)
    gathering.relations.block(BOB.id, ANN.id, True)
    gathering.live.related(ANN.id, BOB.id)
    gathering.settle()
    told = len(ann.all(Ties))
    gathering.live.put_out(BOB.id, [ROOM.id], "Out.")
    gathering.settle(2)
    assert len(ann.all(Ties)) == told
