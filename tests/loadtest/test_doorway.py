"""The queue at the door, against a real server that takes its time."""

from collections.abc import Callable, Iterator

import pytest

from hearth_loadtest import clock, doorway
from hearth_loadtest.admission import Guest, Target, TicketOffice
from hearth_loadtest.doorway import Doorway
from hearth_loadtest.opening import Arrival, Failure
from tests.loadtest.slow_node import SlowNode

GUESTS = 12


@pytest.fixture
def node() -> Iterator[SlowNode]:
    with SlowNode() as running:
        yield running


@pytest.fixture
def door(node: SlowNode, monkeypatch: pytest.MonkeyPatch) -> Iterator[Doorway]:
    """Twelve guests, all due now, four at the door at once."""
    monkeypatch.setattr(doorway, "AT_THE_DOOR", 4)
    now_s = clock.monotonic_s()
    guests = [Guest(bot, "load-1", now_s) for bot in range(GUESTS)]
    rows = {bot: bot for bot in range(GUESTS)}
    office = TicketOffice(Target("127.0.0.1", node.ticket_port), guests, clock.monotonic_s)
    queue = Doorway(Target("127.0.0.1", node.port), guests, rows, office, clock.monotonic_s)
    yield queue
    queue.close()


def step_until(
    door: Doorway, done: Callable[[list[Arrival | Failure]], bool]
) -> list[Arrival | Failure]:
    """Let the door work until something is so; half a minute at most."""
    outcomes: list[Arrival | Failure] = []
    give_up_s = clock.monotonic_s() + 30.0
    while not done(outcomes):
        assert clock.monotonic_s() < give_up_s, outcomes
        outcomes += door.step(clock.monotonic_s() + 0.01)
        clock.sleep_s(0.001)
    return outcomes


def close(outcomes: list[Arrival | Failure]) -> None:
    for outcome in outcomes:
        if isinstance(outcome, Arrival):
            outcome.sock.close()


def test_a_slow_node_makes_a_queue_and_everybody_gets_in(node: SlowNode, door: Doorway) -> None:
    assert step_until(door, lambda _: len(node.hellos) == 4) == []
    for _ in range(50):
        assert door.step(clock.monotonic_s() + 0.01) == []
    assert len(node.hellos) == 4
    node.let_in.set()
    outcomes = step_until(door, lambda all_: len(all_) == GUESTS)
    assert {type(outcome) for outcome in outcomes} == {Arrival}
    assert {outcome.row for outcome in outcomes} == set(range(GUESTS))
    assert len({o.participant for o in outcomes if isinstance(o, Arrival)}) == GUESTS
    assert door.queueing.joined == len(door.waited_s) == GUESTS
    assert 0 < min(door.waited_s) <= max(door.waited_s)
    assert door.queueing.last_in_s - door.queueing.first_due_s == pytest.approx(max(door.waited_s))
    close(outcomes)


def test_an_expired_ticket_is_replaced_not_held_against_anybody(
    node: SlowNode, door: Doorway
) -> None:
    node.expired = {f"ticket-{n}" for n in range(3)}
    node.let_in.set()
    outcomes = step_until(door, lambda all_: len(all_) == GUESTS)
    assert {type(outcome) for outcome in outcomes} == {Arrival}
    assert len(node.hellos) == GUESTS + 3
    close(outcomes)


def test_few_are_at_the_door_without_having_said_hello(
    node: SlowNode, door: Doorway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorway, "SPEECHLESS", 1)
    node.let_in.set()
    outcomes = []
    give_up_s = clock.monotonic_s() + 30.0
    while len(outcomes) < GUESTS and clock.monotonic_s() < give_up_s:
        outcomes += door.step(clock.monotonic_s())
        assert door.speechless <= 1
    assert {type(outcome) for outcome in outcomes} == {Arrival}
    assert len(outcomes) == GUESTS
    close(outcomes)


def test_a_ticket_that_always_expires_is_a_failure_in_the_end(
    node: SlowNode, door: Doorway
) -> None:
    node.expired = {f"ticket-{n}" for n in range(1000)}
    outcomes = step_until(door, lambda all_: len(all_) == GUESTS)
    assert {o.reason for o in outcomes if isinstance(o, Failure)} == {"ticket_expired"}
    assert len(outcomes) == GUESTS
    assert len(node.hellos) == GUESTS * doorway.TRIES


def test_who_said_hello_is_still_known_after_the_door_is_shut(
    node: SlowNode, door: Doorway
) -> None:
    step_until(door, lambda _: len(node.hellos) == 4)
    door.shut()
    node.let_in.set()
    outcomes = step_until(door, lambda all_: len(all_) == 4)
    assert sorted(1000 + int(ticket.removeprefix("ticket-")) for ticket in node.hellos) == sorted(
        o.participant for o in outcomes if isinstance(o, Arrival)
    )
    for _ in range(20):
        assert door.step(clock.monotonic_s() + 0.01) == []
    assert len(node.hellos) == 4
    close(outcomes)
