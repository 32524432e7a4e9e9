"""Whoever comes first has a place, and there are never more than fit: the rules over random lives.

The book below keeps answers in a list, as obviously as can be; the rules decide.
"""

from dataclasses import replace
from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hearth_server.community.events.attending import (
    FAR_MS,
    NO_SHOW_MS,
    OFFER_AT_DOOR_MS,
    OFFER_FAR_MS,
    OFFER_NEAR_MS,
    Places,
    Wish,
    accept,
    answer,
    enter,
    no_shows,
    offer,
    offer_until,
    ran_out,
    release,
)
from hearth_server.community.events.records import Rsvp, RsvpCount
from hearth_server.community.spans import DAY_MS, HOUR_MS, MINUTE_MS
from hearth_server.errors import Refusal

STARTS_MS: Final = 10 * DAY_MS
DOORS_MS: Final = STARTS_MS - 15 * MINUTE_MS
NAMES: Final = tuple("abcdefgh")
people = st.sampled_from(NAMES)


class Book(RuleBasedStateMachine):
    """One occurrence from ten days before to an hour after its start."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, Rsvp] = {}
        self.capacity = 0
        self.promised = 0
        self.now_ms = 0
        self.inside: set[str] = set()

    @initialize(capacity=st.integers(1, 4))
    def plan(self, capacity: int) -> None:
        self.capacity = self.promised = capacity

    def count(self) -> RsvpCount:
        states = [each.state for each in self.kept.values()]
        return RsvpCount(states.count("going"), states.count("offered"), states.count("waiting"))

    def places(self) -> Places:
        return Places(self.capacity, self.count())

    def mine(self, who: str) -> Rsvp:
        return self.kept.get(who) or Rsvp("e", "o", who, "released", 0, 0)

    def turn(self) -> int:
        return 1 + max((each.turn for each in self.kept.values()), default=0)

    def settle(self) -> None:
        for who, each in list(self.kept.items()):
            if each.state == "offered" and ran_out(each, self.now_ms):
                self.kept[who] = release(each)
        until_ms = offer_until(self.now_ms, STARTS_MS, DOORS_MS)
        waiting = [each for each in self.kept.values() if each.state == "waiting"]
        waiting.sort(key=lambda each: each.turn)
        for each in waiting[: self.places().due]:
            self.kept[each.account_id] = offer(each, until_ms)

    @rule(who=people, front=st.booleans())
    def going(self, who: str, front: bool) -> None:
        before, places = self.mine(who), self.places()
        said = answer(before, places, Wish(front, attendance=True), self.turn(), self.now_ms)
        assert said.access == front
        if before.state == "released":
            assert said.state == (
                "going" if places.free and not places.count.waiting else "waiting"
            )
        if before.state == "offered":
            assert said.state == "going"
        if before.state in ("going", "waiting"):
            assert (said.state, said.turn) == (before.state, before.turn)
        self.kept[who] = said
        self.settle()

    @rule(who=people)
    def take_back(self, who: str) -> None:
        self.kept.pop(who, None)
        self.inside.discard(who)
        self.settle()

    @rule(who=people)
    def accept(self, who: str) -> None:
        before = self.kept.get(who)
        taken = accept(before, self.now_ms)
        kept = before is not None and before.state in ("going", "offered")
        late = before is not None and before.state == "offered" and ran_out(before, self.now_ms)
        assert isinstance(taken, Refusal) == (not kept or late)
        if not isinstance(taken, Refusal):
            self.kept[who] = taken
        self.settle()

    @rule(who=people)
    def come(self, who: str) -> None:
        before, places = self.mine(who), self.places()
        came = enter(before, places, self.turn(), self.now_ms)
        if before.state == "going":
            assert came == before
        if isinstance(came, Refusal):
            assert not places.open or before.state == "waiting"
        else:
            assert came.state == "going"
            self.kept[who] = came
            self.inside.add(who)

    @rule(minutes=st.sampled_from([1, 10, 60, 720, 3000]))
    def pass_time(self, minutes: int) -> None:
        self.now_ms = min(self.now_ms + minutes * MINUTE_MS, STARTS_MS + HOUR_MS)
        self.settle()

    @rule()
    def look_who_is_there(self) -> None:
        gone = no_shows(self.kept.values(), self.inside, STARTS_MS, self.now_ms)
        if self.now_ms < STARTS_MS + NO_SHOW_MS:
            assert gone == []
        assert not {each.account_id for each in gone} & self.inside
        for each in gone:
            self.kept[each.account_id] = release(each)
        self.settle()

    @rule(capacity=st.integers(1, 6))
    def another_capacity(self, capacity: int) -> None:
        """Whoever was promised a place keeps it, also where there is less room now."""
        self.capacity = capacity
        count = self.count()
        self.promised = max(capacity, count.going + count.offered)
        self.settle()

    @invariant()
    def never_too_many(self) -> None:
        count = self.count()
        assert count.going + count.offered <= max(self.promised, self.capacity)
        self.promised = max(self.capacity, count.going + count.offered)

    @invariant()
    def nobody_waits_before_a_free_place(self) -> None:
        assert not (self.places().free and self.count().waiting)

    @invariant()
    def the_first_are_first(self) -> None:
        waiting = [each.turn for each in self.kept.values() if each.state == "waiting"]
        offered = [each.turn for each in self.kept.values() if each.state == "offered"]
        assert not waiting or not offered or max(offered) < min(waiting)


Book.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestBook = Book.TestCase


def rsvp(state: str = "going", until_ms: int | None = None) -> Rsvp:
    return replace(Rsvp("e", "o", "a", "going", 1, 0), state=state, offer_until_ms=until_ms)  # type: ignore[arg-type]


def test_an_offer_is_kept_the_longer_the_farther_the_start() -> None:
    far = STARTS_MS - FAR_MS - 1
    assert offer_until(far, STARTS_MS, DOORS_MS) == far + OFFER_FAR_MS == far + 12 * HOUR_MS
    day = STARTS_MS - FAR_MS
    assert offer_until(day, STARTS_MS, DOORS_MS) == day + OFFER_NEAR_MS == day + 10 * MINUTE_MS
    last = DOORS_MS - 1
    assert offer_until(last, STARTS_MS, DOORS_MS) == last + OFFER_NEAR_MS
    assert offer_until(DOORS_MS, STARTS_MS, DOORS_MS) == DOORS_MS + OFFER_AT_DOOR_MS
    assert offer_until(STARTS_MS + 1, STARTS_MS, DOORS_MS) == STARTS_MS + 1 + 60_000


def test_an_offer_that_ran_out_is_none() -> None:
    kept = rsvp("offered", until_ms=1_000)
    assert accept(kept, 999) == rsvp("going")
    late = accept(kept, 1_000)
    assert isinstance(late, Refusal)
    assert late.code == "no_offer"
    full = Places(1, RsvpCount(going=1))
    assert isinstance(enter(kept, full, 2, 1_000), Refusal)


def test_no_shows_go_five_minutes_after_the_start_and_not_before() -> None:
    everybody = [rsvp(), replace(rsvp(), account_id="b"), replace(rsvp("waiting"), account_id="c")]
    before = no_shows(everybody, {"b"}, STARTS_MS, STARTS_MS + NO_SHOW_MS - 1)
    assert before == []
    gone = no_shows(everybody, {"b"}, STARTS_MS, STARTS_MS + NO_SHOW_MS)
    assert [each.account_id for each in gone] == ["a"]
