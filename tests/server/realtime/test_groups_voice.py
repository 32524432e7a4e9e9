"""Whoever is parted is not heard of from that moment on, whatever routes are still in force."""

import pytest

from hearth_protocol.voice import Caption, CaptionLine, Earshot, EarshotAsk, MicState
from tests.server.realtime.conftest import ANN, BOB
from tests.support.gathering import Gathering, Visitor


@pytest.fixture
def talking(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> tuple[Visitor, Visitor, Visitor]:
    for _ in range(3):
        for one in three:
            gathering.talk(one)
            one.send(MicState(on=True))
        gathering.settle(4)
    ann, bob, cem = three
    assert gathering.wires.rows[ann.id] == {bob.id, cem.id}
    assert gathering.wires.rows[bob.id] == {ann.id, cem.id}
    return three


def captions(visitor: Visitor) -> list[tuple[int, str]]:
    return [(each.from_, each.text) for each in visitor.all(Caption)]


def hearers(visitor: Visitor) -> set[int]:
    return {each.id for each in visitor.last(Earshot).hearers}


def test_a_caption_does_not_reach_whom_one_was_parted_from_this_very_tick(
    gathering: Gathering, talking: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = talking
    ann.send(CaptionLine(text="before"))
    gathering.settle()
    assert captions(bob) == captions(cem) == [(ann.id, "before")]
    gathering.relations.block(BOB.id, ANN.id, True)
    gathering.live.related(BOB.id, ANN.id)
    ann.send(CaptionLine(text="after"))
    bob.send(CaptionLine(text="and back"))
    gathering.settle()
    assert captions(bob) == [(ann.id, "before")]
    assert captions(ann) == []
    assert captions(cem) == [(ann.id, "before"), (ann.id, "after"), (bob.id, "and back")]


def test_earshot_leaves_out_whom_a_route_on_its_way_out_still_reaches(
    gathering: Gathering, talking: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = talking
    ann.send(EarshotAsk(on=True))
    gathering.settle(15)
    assert hearers(ann) == {bob.id, cem.id}
    # From now on the plane takes its time: what it forwards by is as old as its last word.
    gathering.wires.acknowledge = lambda _: None
    gathering.relations.block(BOB.id, ANN.id, True)
    gathering.live.related(BOB.id, ANN.id)
    for one in (ann, bob):
        one.send(EarshotAsk(on=True))
    told = len(ann.all(Earshot))
    gathering.settle(15)
    assert len(ann.all(Earshot)) > told
    assert all(
        bob.id not in {each.id for each in message.hearers} for message in ann.all(Earshot)[told:]
    )
    assert hearers(ann) == hearers(bob) == {cem.id}
