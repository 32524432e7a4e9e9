"""Who vanishes for whom by a personal boundary is told to both, and again to who comes back."""

from hearth_protocol.control import Ack
from hearth_protocol.group_room import BoundaryWish, Faded, PersonalBoundary, Safety
from hearth_protocol.snapshot import decode_snapshot
from hearth_server.realtime.fading import faded_of
from tests.support.gathering import Gathering, Visitor, account

ANN, BOB, CEM = account("Ann"), account("Bob"), account("Cem")


def told(visitor: Visitor) -> list[int]:
    messages = visitor.all(Faded)
    return messages[-1].people if messages else []


def press(gathering: Gathering, mover: Visitor, towards: tuple[float, float, float]) -> None:
    """Push against somebody's edge for three seconds."""
    x, y, z = towards
    for step in range(60):
        mover.at = (x, y, z + max(0.05, 1.5 - step * 0.05))
        gathering.settle(1)


def test_pushing_against_somebody_makes_both_vanish_until_they_part() -> None:
    gathering = Gathering()
    ann, bob = gathering.enter(ANN), gathering.enter(BOB)
    ann.at, bob.at = (0.0, 1.6, -3.0), (0.0, 1.6, 3.0)
    gathering.settle(10)
    assert told(ann) == told(bob) == []
    press(gathering, bob, ann.at)
    assert (told(ann), told(bob)) == ([bob.id], [ann.id])
    bob.at = (0.0, 1.6, 3.0)
    gathering.settle(20)
    assert told(ann) == told(bob) == []


def seen(gathering: Gathering, *pair: Visitor) -> list[bool]:
    """Whether each of two, alone in the room, gets anything of the other in a tick's snapshot."""
    gathering.tick()
    found = []
    for one in pair:
        (payload,) = one.take()[1]
        snapshot = decode_snapshot(payload)
        found.append(any(lane.code for lane in snapshot.lanes) or bool(snapshot.coarse))
    return found


def pair(gathering: Gathering, apart_m: float) -> tuple[Visitor, Visitor]:
    ann, bob = gathering.enter(ANN), gathering.enter(BOB)
    ann.at, bob.at = (0.0, 1.6, 0.0), (0.0, 1.6, apart_m)
    gathering.settle(20)
    assert told(ann) == told(bob) == []
    return ann, bob


def test_a_wish_holds_at_once_and_until_it_is_taken_back() -> None:
    gathering = Gathering()
    ann, bob = pair(gathering, 1.2)
    assert seen(gathering, ann, bob) == [True, True]
    for one in (ann, bob):
        one.send(BoundaryWish(rid=1, mode="all", radius_m=1.5))
    gathering.settle(2)
    for one, other in ((ann, bob), (bob, ann)):
        assert one.last(Ack).rid == 1
        assert one.last(Safety).boundary == PersonalBoundary(mode="all", radius_m=1.5)
        assert told(one) == [other.id]
    for _ in range(10):
        assert seen(gathering, ann, bob) == [False, False]
    # The wider of the two wishes holds.
    ann.send(BoundaryWish(rid=2, mode="off", radius_m=1.5))
    gathering.settle(2)
    assert ann.last(Safety).boundary.mode == "off"
    assert seen(gathering, ann, bob) == [False, False]
    bob.send(BoundaryWish(rid=2, mode="off", radius_m=1.5))
    gathering.settle(2)
    assert bob.last(Safety).boundary.mode == "off"
    assert told(ann) == told(bob) == []
    assert seen(gathering, ann, bob) == [True, True]


def test_friends_come_as_near_as_they_like_while_they_are_friends() -> None:
    gathering = Gathering()
    gathering.relations.befriend(ANN.id, BOB.id, True)
    ann, bob = pair(gathering, 2.0)
    press(gathering, bob, ann.at)
    assert told(ann) == told(bob) == []
    assert seen(gathering, ann, bob) == [True, True]
    gathering.relations.befriend(ANN.id, BOB.id, False)
    gathering.live.related(ANN.id, BOB.id)
    gathering.settle(2)
    assert (told(ann), told(bob)) == ([bob.id], [ann.id])
    assert seen(gathering, ann, bob) == [False, False]
    # Who becomes a friend while both are there is one from the next tick on.
    gathering.relations.befriend(ANN.id, BOB.id, True)
    gathering.live.related(BOB.id, ANN.id)
    gathering.settle(2)
    assert told(ann) == told(bob) == []
    assert seen(gathering, ann, bob) == [True, True]


def test_whom_one_is_kept_apart_from_is_not_among_those_who_faded() -> None:
    gathering = Gathering()
    ann, bob = pair(gathering, 2.0)
    press(gathering, bob, ann.at)
    assert (told(ann), told(bob)) == ([bob.id], [ann.id])
    gathering.relations.block(ANN.id, BOB.id, True)
    gathering.live.related(ANN.id, BOB.id)
    # Before the next step the simulation still has the two as faded.
    mine, theirs = gathering.live.by_account[ANN.id], gathering.live.by_account[BOB.id]
    assert gathering.shard.world.faded_with(mine.slot) == [theirs.slot]
    assert faded_of(gathering.shard, mine).people == []
    cem = gathering.enter(CEM)
    cem.at = (0.0, 1.6, -1.2)
    for _ in range(20):
        gathering.settle()
    before = len(ann.all(Faded))
    ann.send(BoundaryWish(rid=1, mode="all", radius_m=1.5))
    gathering.settle(2)
    assert len(ann.all(Faded)) > before
    assert (told(ann), told(cem)) == ([cem.id], [ann.id])
    # Nor when one comes back on another line, which is told the list anew.
    ann.drop()
    back = gathering.visitor()
    back.hello(resume=ann.welcome.resume)
    back.at = ann.at
    gathering.settle(2)
    assert [message.people for message in back.all(Faded)] == [[cem.id]]
