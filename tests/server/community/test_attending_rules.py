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
    awaits,
    bring_in,
    due,
    enter,
    no_shows,
    offer,
    offer_until,
    ran_out,
    release,
    without_missing,
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
        taken = {"going": 0, "offered": 0, "waiting": 0, "released": 0}
        for each in self.kept.values():
            taken[each.state] += 1 + each.guests
        return RsvpCount(taken["going"], taken["offered"], taken["waiting"])

    def here(self, who: str) -> int:
        came = [each for each in self.kept.values() if each.brought_by == who]
        return sum(each.state == "going" for each in came)

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
        # As obviously as can be: the first who waits and could ever fit, as long as they fit.
        for each in self.queue():
            if each.guests + 1 > self.places().free:
                break
            assert due(self.queue(), self.places())[0] == each
            self.kept[each.account_id] = offer(each, until_ms)
        assert due(self.queue(), self.places()) == []

    def queue(self) -> list[Rsvp]:
        """Those who wait and would fit if everybody went, the first first."""
        waiting = [each for each in self.kept.values() if each.state == "waiting"]
        waiting = [each for each in waiting if each.guests + 1 <= self.capacity]
        return sorted(waiting, key=lambda each: each.turn)

    @rule(who=people, front=st.booleans(), guests=st.none() | st.integers(0, 3))
    def going(self, who: str, front: bool, guests: int | None) -> None:
        before, places, here = self.mine(who), self.places(), self.here(who)
        wish = Wish(front, attendance=True, guests=guests)
        said = answer(before, places, wish, self.turn(), self.now_ms, here)
        if isinstance(said, Refusal):
            assert guests is not None, "as before is never refused"
            more = guests - here - before.guests
            if said.code == "guests_here":
                assert guests < here
            elif said.code == "party_large":
                assert 1 + guests - here > self.capacity
                assert more > 0
            else:
                assert said.code == "party_full"
                assert before.state != "released"
                assert more > 0
                assert before.state == "waiting" or places.free < places.count.waiting + more
            return
        assert said.access == front
        assert guests is None or said.guests == guests - here
        if before.state == "released":
            fits = places.free >= said.guests + 1 and not places.count.waiting
            assert said.state == ("going" if fits else "waiting")
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

    @rule(who=people, by=people)
    def bring(self, who: str, by: str) -> None:
        """A guest comes in on the places of who brings them: nobody has one more or less."""
        if who == by or self.mine(who).state == "going" or not awaits(self.kept.get(by)):
            return
        before = self.count()
        host, guest = bring_in(self.kept[by], self.mine(who), self.turn(), self.now_ms)
        waited = self.mine(who).places if self.mine(who).state == "waiting" else 0
        offered = self.mine(who).places if self.mine(who).state == "offered" else 0
        self.kept[by], self.kept[who] = host, guest
        self.inside.add(who)
        assert guest.brought_by == by
        assert self.count() == RsvpCount(
            before.going, before.offered - offered, before.waiting - waited
        )
        self.settle()

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
        if self.now_ms >= STARTS_MS + NO_SHOW_MS:
            for who, each in self.kept.items():
                self.kept[who] = without_missing(each, 0) if each.state == "going" else each
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
    def nobody_waits_before_places_enough(self) -> None:
        queue = self.queue()
        assert not queue or self.places().free < queue[0].guests + 1

    @invariant()
    def the_first_are_first(self) -> None:
        waiting = [each.turn for each in self.queue()]
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


def party(turn: int, guests: int, state: str = "waiting") -> Rsvp:
    return replace(rsvp(state), account_id=f"p{turn}", turn=turn, guests=guests)


def test_a_small_party_does_not_overtake_a_large_one() -> None:
    waiting = [party(1, 2), party(2, 0), party(3, 0)]
    assert due(waiting, Places(10, RsvpCount(going=8, waiting=5))) == []
    assert due(waiting, Places(10, RsvpCount(going=7, waiting=5))) == waiting[:1]
    assert due(waiting, Places(10, RsvpCount(going=5, waiting=5))) == waiting
    # Nor does anybody who comes now.
    assert not Places(10, RsvpCount(going=8, waiting=5)).open
    # What never fits is in nobody's way.
    never = [party(1, 3), party(2, 0)]
    assert due(never, Places(3, RsvpCount(going=2, waiting=5))) == never[1:]


def test_more_guests_only_while_there_is_room_and_fewer_at_once() -> None:
    mine, full = party(1, 1, "going"), Places(3, RsvpCount(going=3))
    fewer = answer(mine, full, Wish(guests=0), 9, 0)
    assert fewer == replace(mine, guests=0)
    more = answer(mine, full, Wish(guests=2), 9, 0)
    assert isinstance(more, Refusal)
    assert more.code == "party_full"
    assert answer(mine, Places(4, RsvpCount(going=3)), Wish(guests=2), 9, 0) == party(1, 2, "going")
    # Somebody waits for that one place.
    queue = Places(4, RsvpCount(going=3, waiting=2))
    assert isinstance(answer(mine, queue, Wish(guests=2), 9, 0), Refusal)
    # Who is in already is not sent away by a number.
    gone = answer(mine, full, Wish(guests=0), 9, 0, here=1)
    assert isinstance(gone, Refusal)
    assert gone.code == "guests_here"
