"""What a class and a talk begin with in a real shard: who is heard, which mats are offered."""

from dataclasses import replace

from hearth_protocol import gathering as wire
from hearth_server.community.events.records import EventTemplate
from hearth_server.community.events.templates import USUAL
from tests.server.realtime.class_room import Three, done, now, start
from tests.server.realtime.conftest import ANN, BOB
from tests.support.gathering import Gathering, account
from tests.support.runs import run_of


def begin(gathering: Gathering, template: EventTemplate, expected: int = 0) -> None:
    usual = USUAL[template]
    run = run_of(ANN, BOB, template=template, audience=usual.audience, formation=usual.formation)
    gathering.live.begin_gathering(replace(run, expected=expected))
    gathering.settle(6)


def test_a_class_begins_with_mats_in_rows_and_neighbours_who_hear_each_other(
    gathering: Gathering, three: Three
) -> None:
    ann, bob, cem = three
    begin(gathering, "class")
    assert now(cem).audience == "near"
    # While people come in, they stand where they like.
    assert not cem.all(wire.Ask)
    start(gathering, ann)
    gathering.settle(6)
    assert cem.last(wire.Formation).kind == "rows"
    offered = {who.id: who.last(wire.Ask) for who in (bob, cem)}
    assert {each.kind for each in offered.values()} == {"mat"}
    assert len({each.mat for each in offered.values()}) == 2
    assert not ann.all(wire.Ask)
    # Who comes after the beginning is offered one, too.
    dee = gathering.enter(account("Dee"))
    gathering.settle(6)
    assert dee.last(wire.Ask).kind == "mat"


def test_there_are_mats_for_all_who_have_a_place_and_some_to_spare(
    gathering: Gathering, three: Three
) -> None:
    ann, _, cem = three
    begin(gathering, "class", expected=9)
    start(gathering, ann)
    gathering.settle(6)
    assert len(cem.last(wire.Formation).mats) >= 9


def test_a_talk_begins_with_a_stage_that_is_heard_alone_and_hands_that_go_up(
    gathering: Gathering, three: Three
) -> None:
    ann, bob, cem = three
    begin(gathering, "talk")
    start(gathering, ann)
    gathering.settle(6)
    for who in three:
        assert now(who).audience == "nobody"
        assert who.last(wire.Formation).kind == "none"
        assert not who.all(wire.Ask)
    done(gathering, cem, wire.RaiseHand(rid=cem.rid(), on=True))
    assert [each.id for each in bob.last(wire.Hands).hands] == [cem.id]


def test_whoever_leads_chooses_before_the_beginning_and_that_holds(
    gathering: Gathering, three: Three
) -> None:
    ann, _, cem = three
    begin(gathering, "class")
    done(gathering, ann, wire.Form(rid=ann.rid(), kind="circle"))
    start(gathering, ann)
    gathering.settle(6)
    assert cem.last(wire.Formation).kind == "circle"


def test_mats_that_were_taken_away_before_the_beginning_stay_away(
    gathering: Gathering, three: Three
) -> None:
    ann, _, cem = three
    begin(gathering, "class")
    done(gathering, ann, wire.Form(rid=ann.rid(), kind="circle"))
    done(gathering, ann, wire.Form(rid=ann.rid(), kind="none"))
    start(gathering, ann)
    gathering.settle(6)
    assert cem.last(wire.Formation).kind == "none"
