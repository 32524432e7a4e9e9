"""A ticket leads only where it was made for, and whoever was put out was not there."""

from dataclasses import replace

from hearth_protocol.control import Closing
from hearth_server.community.events.doors import DoorPass
from tests.server.realtime.conftest import ANN, BOB, CEM
from tests.support.gathering import ROOM, Gathering, Visitor, account
from tests.support.runs import run_of

Three = tuple[Visitor, Visitor, Visitor]


def come(gathering: Gathering, passed: DoorPass | None) -> Visitor:
    """Somebody comes with a ticket that was made when `passed` went on."""
    visitor = gathering.visitor()
    visitor.hello(ticket=gathering.ticket(replace(gathering.grant(CEM), passed=passed)))
    gathering.settle(2)
    return visitor


def test_a_ticket_from_before_the_doors_counted_opens_nothing_any_more(
    gathering: Gathering,
) -> None:
    run = run_of(ANN, BOB)
    gathering.live.begin_gathering(run)
    late = come(gathering, None)
    assert late.last(Closing).reason == "ticket_unknown"
    assert not late.open
    other = come(gathering, DoorPass("another-event", run.original))
    assert other.last(Closing).reason == "ticket_unknown"
    assert come(gathering, DoorPass(run.event_id, run.original)).open


def test_when_it_is_over_the_room_is_a_room_again(gathering: Gathering) -> None:
    run = run_of(ANN, BOB)
    gathering.live.begin_gathering(run)
    gathering.live.end_gathering(run.event_id, run.original, "It is over.")
    assert come(gathering, None).open


def test_the_doors_know_who_leads_and_is_there(gathering: Gathering, three: Three) -> None:
    ann, bob, _ = three
    room = gathering.facts.room.id
    gathering.live.begin_gathering(run_of(ANN, BOB))
    gathering.settle(6)

    def leader() -> str | None:
        now = gathering.live.gathering_in(room)
        assert now is not None
        return now.leader.name if now.leader is not None else None

    assert leader() == "Ann"
    ann.drop()
    gathering.settle(20)
    assert leader() == "Bob"
    bob.drop()
    gathering.settle(20)
    assert leader() is None


def test_it_is_known_who_was_in_also_after_a_restart_but_not_who_was_put_out(
    gathering: Gathering, three: Three
) -> None:
    run = run_of(ANN, BOB)
    room = gathering.facts.room.id
    gathering.live.begin_gathering(run)
    gathering.settle(6)
    now = gathering.live.gathering_in(room)
    assert now is not None
    assert now.came == {ANN.id, BOB.id, CEM.id}
    # His moment is over: from here on he is outside like anybody.
    gathering.live.put_out(CEM.id, [room], "Your moment inside is over.", waits=True)
    gathering.settle(6)
    assert three[2].last(Closing).reason == "at_the_door"
    assert three[2].last(Closing).text == "Your moment inside is over."
    now = gathering.live.gathering_in(room)
    assert now is not None
    assert now.came == {ANN.id, BOB.id}
    kept = gathering.runs.kept[-1]
    anew = Gathering(gathering.facts.room)
    anew.live.begin_gathering(replace(run, state=kept.state, live=kept.live))
    again = anew.live.gathering_in(room)
    assert again is not None
    assert again.came == {ANN.id, BOB.id}


def test_whoever_has_a_place_at_an_event_sits_on_the_last_seats_too_and_on_no_more() -> None:
    small = Gathering(replace(ROOM, capacity=3))
    passed = DoorPass("an-event", "20270301T183000")
    people = []
    for letter in "abcdef":
        grant = replace(small.grant(account(f"Mem{letter}")), passed=passed)
        people.append(small.visitor())
        people[-1].hello(ticket=small.ticket(grant))
    small.settle()
    assert [person.open for person in people] == [True] * 5 + [False]
    assert people[5].last(Closing).reason == "room_full"
