"""Seats while an event goes on: what is promised stays free, and the room is never too full."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hearth_server.community.events.records import EventRecord
from hearth_server.community.events.seats import Seats, beyond_reserved, places_beside, seat_for
from hearth_server.community.spaces import RESERVED_SEATS
from tests.support.events import record

EVENT = record("g", "r", "host")
#: Who comes: people with an answer, those who lead, those who may put people out, and answers.
ARRIVALS = st.lists(
    st.sampled_from(["answer", "placed", "host", "co 0", "co 1", "co 2", "mod"]), max_size=40
)


def with_co_hosts(count: int) -> EventRecord:
    return replace(EVENT, co_hosts=tuple(f"co {number}" for number in range(count)))


def seats(capacity: int, promised: int, *others: str) -> Seats:
    return Seats(capacity, promised, frozenset(), frozenset(others))


def test_a_room_has_a_seat_for_each_who_leads_beside_its_places() -> None:
    assert places_beside(replace(EVENT, host_id=None), 20) == 19
    assert places_beside(EVENT, 20) == 19
    assert places_beside(with_co_hosts(3), 20) == 16
    assert places_beside(with_co_hosts(3), 2) == 0


def test_who_may_put_people_out_has_the_reserved_seats_and_then_a_place_like_anybody() -> None:
    assert seat_for("mod", EVENT, seats(20, 4)) == "own"
    assert seat_for("mod", EVENT, seats(20, 4, "host", "one")) == "own"
    assert seat_for("mod", EVENT, seats(20, 4, "host", "one", "two")) == "place"
    # On another device, or with a lost line, they are there already.
    assert seat_for("mod", EVENT, seats(20, 4, "host", "one", "mod")) == "own"
    assert beyond_reserved(EVENT, seats(20, 4, "host", "c", "b", "a")) == {"c"}


def test_nobody_who_leads_sits_on_a_seat_that_is_promised() -> None:
    # More is promised than there should be: the room was made smaller, or co-hosts were named.
    led = with_co_hosts(3)
    assert seat_for("co 0", led, seats(4, 3)) == "own"
    assert seat_for("co 1", led, seats(4, 3, "host", "co 0")) == "own"
    assert seat_for("co 2", led, seats(4, 3, "host", "co 0", "co 1")) == "none"
    assert seat_for("mod", led, seats(4, 3, "host", "co 0", "co 1")) == "none"
    # The host's own seat is kept, and they have none of the places.
    assert seat_for("co 2", led, seats(4, 3, "co 0", "co 1")) == "none"
    assert seat_for("host", led, seats(4, 3, "co 0", "co 1")) == "own"


@given(capacity=st.integers(2, 8), co_hosts=st.integers(0, 3), arrivals=ARRIVALS)
def test_whoever_has_a_place_finds_a_seat_in_whatever_order_people_come(
    capacity: int, co_hosts: int, arrivals: Sequence[str]
) -> None:
    event = with_co_hosts(co_hosts)
    places, most = places_beside(event, capacity), capacity + RESERVED_SEATS
    placed: list[str] = []
    inside: set[str] = set()
    for number, what in enumerate(arrivals):
        if what == "answer":
            if len(placed) < places:
                placed.append(f"guest {number}")
        elif what == "placed":
            inside.update(each for each in placed[:1] if each not in inside)
            placed = placed[1:] + placed[:1]
        elif what.startswith("co") and what not in event.co_hosts:
            continue
        else:
            who = f"mod {number}" if what == "mod" else what
            own = frozenset(placed)
            seat = seat_for(who, event, Seats(capacity, len(placed), own, frozenset(inside) - own))
            if seat == "place" and len(placed) < places:
                placed.append(who)
                seat = "own"
            if seat == "own":
                inside.add(who)
        # Also if all who have a place come in now, and the host.
        assert len(inside | set(placed) | {"host"}) <= most
