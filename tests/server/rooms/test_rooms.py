"""Rooms as pure rules: seats, arrivals, rosters, hiding, rates."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_protocol.codec import decode_server
from hearth_protocol.control import HiddenPerson, Person, PersonChange, Roster
from hearth_protocol.design import Design
from hearth_protocol.limits import ROSTER_PAGE
from hearth_server.rooms.admission import load_room, may_enter
from hearth_server.rooms.hiding import HIDDEN_MAX, HideBook
from hearth_server.rooms.outbox import OUTBOX_BYTES_MAX, Outbox
from hearth_server.rooms.participant import Participant
from hearth_server.rooms.ratelimit import TokenBucket
from hearth_server.rooms.registry import Registry
from hearth_server.rooms.room import CHAT_KEPT, Room
from hearth_server.rooms.roster import Changes, Pages
from hearth_server.rooms.spawn import CLEAR_M, choose_spot, spot_under
from hearth_server.settings import RoomSettings, SpawnPoint

CAMPFIRE = RoomSettings(id="campfire", capacity=3)
NOBODY = np.zeros((0, 2), np.float32)


def person(number: int, name: str = "Ann") -> Person:
    return Person(
        id=number, name=name, primary="#ff0000", secondary="#00ff00", pattern=0, device="vr"
    )


def participant(number: int) -> Participant:
    return Participant(number, number, person(number), "campfire")


def payload(frame: bytes) -> Roster:
    """Take a packed frame apart again."""
    length = frame[1]
    at = 2 if length < 126 else 4 if length == 126 else 10
    message = decode_server(frame[at:])
    assert isinstance(message, Roster)
    return message


# --- seats ----------------------------------------------------------------------------------


def test_a_full_room_refuses_and_says_when_to_try_again() -> None:
    assert may_enter(CAMPFIRE, 2, 2, 100) is None
    refusal = may_enter(CAMPFIRE, 3, 3, 100)
    assert refusal is not None
    assert refusal.code == "room_full"
    assert "full" in refusal.text
    assert refusal.retry_after_s is not None


def test_a_full_node_refuses_even_an_empty_room() -> None:
    refusal = may_enter(CAMPFIRE, 0, 100, 100)
    assert refusal is not None
    assert refusal.code == "room_full"


@pytest.mark.parametrize("name", ["load-", "load-x", "load--1", "load-01", "xload-1", "load-1x"])
def test_only_load_rooms_of_the_plain_form_open_on_demand(name: str) -> None:
    assert load_room(name) is None


def registry() -> Registry:
    opened: list[RoomSettings] = []

    def open_in_world(room: RoomSettings, _: Design | None) -> int:
        opened.append(room)
        return len(opened) - 1

    return Registry((CAMPFIRE,), 100, open_in_world)


def test_a_room_opens_when_entered_and_closes_when_empty_for_a_minute() -> None:
    rooms = registry()
    assert len(rooms) == 0
    assert [door.settings.id for door in rooms.doors()] == ["campfire"]
    room = rooms.open("campfire")
    ann = participant(1)
    room.enter(ann)
    assert rooms.close_idle(1e6) == []
    room.leave(ann, frozenset(), 10.0)
    assert rooms.close_idle(69.9) == []
    assert rooms.close_idle(70.0) == [room]
    assert rooms.open("campfire") is not room


def test_load_rooms_exist_once_opened_and_are_not_listed() -> None:
    rooms = registry()
    assert rooms.find("load-7") is None
    refusal = rooms.may_admit("load-7")
    assert refusal is not None
    assert refusal.code == "room_not_found"
    door = rooms.open_for_load("load-7", 0.0)
    assert door is not None
    assert door.settings.capacity == 5000
    assert rooms.may_admit("load-7") is None
    assert [door.settings.id for door in rooms.doors()] == ["campfire"]
    assert rooms.open_for_load("campfire", 0.0) is None


# --- arrivals -------------------------------------------------------------------------------


def test_the_first_ones_take_the_spawn_points_in_turn() -> None:
    spots = [choose_spot(CAMPFIRE, NOBODY, arrivals) for arrivals in range(12)]
    assert len({(spot.x, spot.z) for spot in spots}) == 12
    for spot in spots:
        assert math.hypot(spot.x, spot.z) == pytest.approx(4.0, abs=0.01)
        # -z turned by yaw points to the fire in the middle
        assert -math.sin(spot.yaw) * spot.x - math.cos(spot.yaw) * spot.z < 0


@given(st.integers(0, 400), st.integers(0, 2**32 - 1))
def test_nobody_arrives_inside_anybody(people: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    standing = chance.uniform(-8, 8, (people, 2)).astype(np.float32)
    spot = choose_spot(CAMPFIRE, standing, people)
    low, high = CAMPFIRE.bounds.min, CAMPFIRE.bounds.max
    assert low[0] <= spot.x <= high[0]
    assert low[2] <= spot.z <= high[2]
    if people <= 20:
        gaps = np.hypot(standing[:, 0] - spot.x, standing[:, 1] - spot.z)
        assert people == 0 or gaps.min() >= CLEAR_M - 1e-3


def test_a_room_that_fills_up_keeps_people_apart() -> None:
    taken = NOBODY
    for arrivals in range(60):
        spot = choose_spot(CAMPFIRE, taken, arrivals)
        if arrivals:
            assert np.hypot(taken[:, 0] - spot.x, taken[:, 1] - spot.z).min() >= CLEAR_M
        taken = np.vstack([taken, np.array([[spot.x, spot.z]], np.float32)])


@given(st.floats(-3.1, 3.1))
def test_where_somebody_stands_is_read_from_their_pose(yaw: float) -> None:
    pose = np.zeros(21, np.float32)
    pose[:3] = (2.0, 1.6, -3.0)
    pose[4], pose[6] = math.sin(yaw / 2), math.cos(yaw / 2)
    spot = spot_under(pose)
    assert (spot.x, spot.z) == (2.0, -3.0)
    assert spot.yaw == pytest.approx(yaw, abs=1e-4)


def test_one_spawn_point_is_enough_for_many() -> None:
    room = RoomSettings(id="nook", capacity=20, spawn_points=(SpawnPoint(x=0, z=0),))
    taken = np.zeros((1, 2), np.float32)
    spot = choose_spot(room, taken, 1)
    assert math.hypot(spot.x, spot.z) >= CLEAR_M


# --- rosters --------------------------------------------------------------------------------


def test_pages_are_encoded_once_and_again_only_after_a_change() -> None:
    pages = Pages()
    for number in range(1, ROSTER_PAGE + 11):
        pages.put(person(number))
    first = list(pages.frames())
    assert len(first) == 2
    assert all(a is b for a, b in zip(first, pages.frames(), strict=True))
    pages.put(person(ROSTER_PAGE + 5, "Bea"))
    again = list(pages.frames())
    assert again[0] is first[0]
    assert again[1] is not first[1]


def test_pages_together_name_everybody_once() -> None:
    pages = Pages()
    for number in range(1, 601):
        pages.put(person(number))
    for number in range(1, 301):
        pages.drop(number)
    messages = [payload(frame) for frame in pages.frames()]
    assert sorted(p.id for message in messages for p in message.joined) == list(range(301, 601))
    assert [message.reset for message in messages] == [True] + [False] * (len(messages) - 1)
    assert [message.last_page for message in messages][-1]
    assert sum(message.last_page for message in messages) == 1


def test_an_empty_page_still_resets() -> None:
    messages = [payload(frame) for frame in Pages().frames()]
    assert [(m.reset, m.last_page, m.joined) for m in messages] == [(True, True, [])]


def test_pages_for_one_person_leave_out_whom_they_may_not_see() -> None:
    pages = Pages()
    for number in (1, 2, 3):
        pages.put(person(number))
    hidden = [HiddenPerson(id=2, name="Ann")]
    (message,) = [payload(frame) for frame in pages.frames_without({2}, hidden)]
    assert [p.id for p in message.joined] == [1, 3]
    assert message.hidden == hidden


def test_who_comes_and_goes_within_a_tick_was_never_there() -> None:
    changes = Changes()
    changes.join(person(1))
    changes.change(PersonChange(id=1, name="Anna"))
    changes.leave(1, frozenset())
    assert not changes
    assert changes.messages() == []


def test_several_changes_become_one() -> None:
    changes = Changes()
    changes.change(PersonChange(id=1, name="Anna"))
    changes.change(PersonChange(id=1, away=True))
    (message,) = changes.messages()
    assert message.changed == [PersonChange(id=1, name="Anna", away=True)]


def test_nobody_is_told_that_somebody_left_whom_they_did_not_see() -> None:
    changes = Changes()
    changes.leave(1, frozenset({7}))
    assert changes.concerns(7)
    assert not changes.concerns(8)
    assert changes.messages(7) == []
    assert [gone.id for gone in changes.messages(8)[0].left] == [1]


def test_a_great_coming_is_cut_into_messages_that_fit() -> None:
    changes = Changes()
    for number in range(1, 601):
        changes.join(person(number))
    messages = changes.messages()
    assert [len(message.joined) for message in messages] == [256, 256, 88]


def test_a_room_tells_of_a_change_once_and_of_no_change_never() -> None:
    room = Room(CAMPFIRE, 0)
    ann = participant(1)
    room.enter(ann)
    room.take_news()
    room.update(ann, ann.person)
    assert not room.changes
    ann.said_away = True
    room.show_away(ann)
    changes, _ = room.take_news()
    assert changes.changed == {1: PersonChange(id=1, away=True)}
    assert not room.changes


def test_the_last_lines_are_kept_until_the_room_is_empty() -> None:
    room = Room(CAMPFIRE, 0)
    ann = participant(1)
    room.enter(ann)
    for number in range(CHAT_KEPT + 5):
        room.say(ann, f"line {number}", number)
    assert len(room.history) == CHAT_KEPT
    room.leave(ann, frozenset(), 0.0)
    assert len(room.history) == 0


# --- hiding ---------------------------------------------------------------------------------


def test_hiding_holds_both_ways_until_both_wishes_are_taken_back() -> None:
    book = HideBook()
    book.hide(1, 2)
    book.hide(2, 1)
    book.show(1, 2)
    assert book.apart(1, 2)
    assert book.apart(2, 1)
    book.show(2, 1)
    assert not book.apart(1, 2)


def test_a_visit_that_ends_takes_its_wishes_and_those_about_it_along() -> None:
    book = HideBook()
    book.hide(1, 2)
    book.hide(3, 1)
    book.forget(1)
    assert not any(book.apart(a, b) for a, b in ((1, 2), (1, 3)))
    assert book.hiders_of(2) == book.hidden_by(3) == frozenset()


def test_the_list_of_either_side_can_be_full() -> None:
    book = HideBook()
    assert all(book.hide(1, other) for other in range(2, 2 + HIDDEN_MAX))
    assert not book.hide(1, 500)
    assert not book.hide(600, 1)
    assert book.hide(1, 2)  # is in already


pairs = st.tuples(st.sampled_from(("hide", "show", "forget")), st.integers(1, 5), st.integers(1, 5))


@given(st.lists(pairs, max_size=40))
def test_the_book_agrees_with_a_plain_set_of_pairs(steps: list[tuple[str, int, int]]) -> None:
    book, wishes = HideBook(), set[tuple[int, int]]()
    for verb, a, b in steps:
        if a == b:
            continue
        if verb == "hide":
            book.hide(a, b)
            wishes.add((a, b))
        elif verb == "show":
            book.show(a, b)
            wishes.discard((a, b))
        else:
            book.forget(a)
            wishes = {pair for pair in wishes if a not in pair}
    for a in range(1, 6):
        others = {b for x, b in wishes if x == a} | {x for x, b in wishes if b == a}
        assert all(book.apart(a, b) == book.apart(b, a) == (b in others) for b in range(1, 6))


# --- rates and outboxes -----------------------------------------------------------------------


def test_a_burst_then_the_rate() -> None:
    bucket = TokenBucket(rate_per_s=2.0, burst=3.0)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert bucket.wait_s() == pytest.approx(0.5)
    assert bucket.take(0.5)
    assert not bucket.take(0.5)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]


def test_an_outbox_keeps_order_and_refuses_what_does_not_fit() -> None:
    outbox = Outbox()
    assert outbox.put(b"a")
    assert outbox.put(b"b")
    assert not outbox.put(bytes(OUTBOX_BYTES_MAX))
    assert outbox.take() == b"ab"
    assert not outbox
    assert outbox.size == 0
