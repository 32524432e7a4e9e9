"""What becomes void is known for as long as a ticket may be on its way, and no longer."""

from hearth_protocol.control import Closing
from hearth_server.realtime.voided import REMEMBERED_S, Voided
from hearth_server.tokens import TICKET_TTL_S
from tests.server.realtime.conftest import ANN
from tests.support.clock import ManualClock
from tests.support.gathering import ROOM, Gathering


def test_only_what_came_after_a_stamp_counts() -> None:
    book = Voided(ManualClock())
    book.put("ann")
    stamp = book.stamp()
    assert not book.since(stamp, ("ann", "study"))
    book.put("bob")
    assert not book.since(stamp, ("ann", "study"))
    book.put("study")
    assert book.since(stamp, ("ann", "study"))
    assert not book.since(book.stamp(), ("ann", "study"))


def test_names_are_forgotten_once_no_ticket_can_be_as_old() -> None:
    clock = ManualClock()
    book = Voided(clock)
    old = book.stamp()
    for number in range(100):
        book.put(f"account {number}")
        book.put("study")
    assert len(book) == 101
    clock.advance(REMEMBERED_S / 2)
    book.put("ann")
    stamp = book.stamp()
    clock.advance(REMEMBERED_S / 2)
    book.forget_old()
    assert len(book) == 1
    # A stamp from before is worth nothing, whatever it stands on; a later one still is.
    assert book.since(old, ("somebody",))
    assert book.since(stamp - 1, ("ann",))
    assert not book.since(stamp, ("ann", "study"))
    clock.advance(REMEMBERED_S)
    book.forget_old()
    assert len(book) == 0
    assert not book.since(book.stamp(), ("ann", "study"))


def test_a_node_forgets_and_tickets_go_on_opening_rooms(gathering: Gathering) -> None:
    assert REMEMBERED_S > TICKET_TTL_S
    stale = gathering.grant(ANN)
    for number in range(50):
        gathering.live.put_out(f"account{number:09}", [ROOM.id], "Out.")
    assert len(gathering.live._voided) == 50
    gathering.clock.advance(REMEMBERED_S)
    ticket = gathering.ticket(gathering.grant(ANN))
    gathering.settle()
    assert len(gathering.live._voided) == 0
    late, ann = gathering.visitor(), gathering.visitor()
    late.hello(ticket=gathering.ticket(stale))
    ann.hello(ticket=ticket)
    gathering.settle(2)
    assert late.last(Closing).reason == "ticket_unknown"
    assert ann.open
    assert ann.people == {ann.id: "Ann"}
