"""Two people may lift the boundary between them: it takes both, and either takes it back."""

from dataclasses import replace

from hearth_protocol.control import Ack, ErrorMessage
from hearth_protocol.group_room import BoundaryWish, Faded, NearWish, SafePlace, Ties
from hearth_protocol.limits import NEAR_MAX
from tests.support.gathering import ROOM, Gathering, Visitor, account

ANN, BOB, CEM = account("Ann"), account("Bob"), account("Cem")


def near(gathering: Gathering, who: Visitor, whom: int, *, on: bool = True) -> str | None:
    """Say it; return the code of a refusal."""
    rid = who.rid()
    who.send(NearWish(rid=rid, participant=whom, on=on))
    gathering.settle(2)
    answers = [each for each in who.told if isinstance(each, Ack | ErrorMessage)]
    last = answers[-1]
    assert last.rid == rid
    return last.code if isinstance(last, ErrorMessage) else None


def lists(who: Visitor) -> tuple[list[int], list[int], list[int]]:
    told = who.all(Ties)
    return (told[-1].near, told[-1].near_asked, told[-1].near_asks) if told else ([], [], [])


def faded(who: Visitor) -> list[int]:
    told = who.all(Faded)
    return told[-1].people if told else []


def apart(gathering: Gathering, *visitors: Visitor) -> None:
    for place, visitor in enumerate(visitors):
        visitor.at = (0.0, 1.6, 4.0 * place - 4.0)
        visitor.send(BoundaryWish(rid=visitor.rid(), mode="all", radius_m=1.0))
    gathering.settle(20)


def walk_into(gathering: Gathering, mover: Visitor, whom: Visitor) -> None:
    x, y, z = whom.at
    for step in range(60):
        mover.at = (x, y, z + max(0.1, 3.0 - step * 0.06))
        gathering.settle(1)


def test_both_have_to_agree_before_one_may_come_near() -> None:
    gathering = Gathering()
    ann, bob = gathering.enter(ANN), gathering.enter(BOB)
    apart(gathering, ann, bob)
    assert near(gathering, ann, bob.id) is None
    assert lists(ann) == ([], [bob.id], [])
    assert lists(bob) == ([], [], [ann.id])
    # One alone lifts nothing.
    walk_into(gathering, bob, ann)
    gathering.settle(40)
    assert (faded(ann), faded(bob)) == ([bob.id], [ann.id])
    bob.at = (0.0, 1.6, 0.0)
    gathering.settle(40)
    assert faded(ann) == faded(bob) == []

    assert near(gathering, bob, ann.id) is None
    assert lists(ann) == ([bob.id], [], [])
    assert lists(bob) == ([ann.id], [], [])
    walk_into(gathering, bob, ann)
    gathering.settle(40)
    assert faded(ann) == faded(bob) == []
    shard = gathering.shard
    heads = shard.world.pose[[shard.participants[each.id].slot for each in (ann, bob)]]
    assert abs(heads[0, 2] - heads[1, 2]) < 0.3, "somebody was held back who may come near"

    # Who takes it back has their distance at once, and the other is not moved.
    assert near(gathering, ann, bob.id, on=False) is None
    assert lists(ann) == lists(bob) == ([], [], [])
    assert (faded(ann), faded(bob)) == ([bob.id], [ann.id])


def test_who_was_asked_may_decline_and_who_asked_may_think_better() -> None:
    gathering = Gathering()
    ann, bob = gathering.enter(ANN), gathering.enter(BOB)
    apart(gathering, ann, bob)
    near(gathering, ann, bob.id)
    assert near(gathering, bob, ann.id, on=False) is None
    assert lists(ann) == lists(bob) == ([], [], [])
    near(gathering, ann, bob.id)
    near(gathering, ann, bob.id, on=False)
    assert lists(ann) == lists(bob) == ([], [], [])


def test_a_block_and_the_safe_place_end_it_for_good_and_tell_nothing_more() -> None:
    for end in ("block", "safe"):
        gathering = Gathering()
        ann, bob = gathering.enter(ANN), gathering.enter(BOB)
        apart(gathering, ann, bob)
        near(gathering, ann, bob.id)
        near(gathering, bob, ann.id)
        if end == "block":
            gathering.relations.block(ANN.id, BOB.id, True)
            gathering.live.related(ANN.id, BOB.id)
        else:
            ann.send(SafePlace(rid=ann.rid(), on=True))
        gathering.settle(2)
        assert lists(ann) == lists(bob) == ([], [], [])
        assert near(gathering, bob, ann.id) == "no_such_participant"
        if end == "block":
            gathering.relations.block(ANN.id, BOB.id, False)
            gathering.live.related(ANN.id, BOB.id)
        else:
            ann.send(SafePlace(rid=ann.rid(), on=False))
        gathering.settle(2)
        assert lists(ann) == lists(bob) == ([], [], [])
        walk_into(gathering, bob, ann)
        gathering.settle(40)
        assert faded(ann) == [bob.id]


def test_it_ends_with_the_visit_and_those_who_stay_are_told() -> None:
    gathering = Gathering()
    ann, bob, cem = gathering.enter(ANN), gathering.enter(BOB), gathering.enter(CEM)
    apart(gathering, ann, bob, cem)
    near(gathering, ann, bob.id)
    near(gathering, bob, ann.id)
    near(gathering, cem, ann.id)
    assert lists(ann) == ([bob.id], [], [cem.id])
    gathering.shard.leave(gathering.shard.participants[ann.id])
    gathering.settle(2)
    assert lists(bob) == lists(cem) == ([], [], [])
    assert near(gathering, bob, ann.id) == "no_such_participant"


def test_nobody_agrees_with_too_many_or_with_themselves() -> None:
    gathering = Gathering(replace(ROOM, capacity=NEAR_MAX + 2))
    ann = gathering.enter(ANN)
    refusals, others = [], []
    for number in range(NEAR_MAX + 1):
        others.append(other := gathering.enter(account(f"Guest{number}")))
        gathering.settle(2)
        refusals.append(near(gathering, ann, other.id))
        gathering.settle(60)  # as slowly as one may
    assert refusals == [None] * NEAR_MAX + ["list_full"]
    assert near(gathering, ann, ann.id) == "no_such_participant"
    assert near(gathering, ann, others[0].id, on=False) is None
    gathering.settle(60)
    assert near(gathering, ann, others[-1].id) is None
