"""What is never sent, and that what is sent is the truth: on outgoing bytes, decoded."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_protocol.snapshot import coarse_of
from hearth_sim.reasons import Overload
from hearth_sim.settings import RoomShape, WorldSettings
from hearth_sim.slots import WorldFullError
from tests.sim import naive
from tests.sim.stage import BOTH_HANDS, Person, Stage, body

HALL = RoomShape((-30.0, 0.0, -30.0), (30.0, 8.0, 30.0), 24)
LEFT_HAND = 0b0100


class Walk:
    """People come, go, hide, exclude each other, stall and return, at random."""

    def __init__(self, seed: int, settings: WorldSettings) -> None:
        self.rng = np.random.default_rng(seed)
        self.stage = Stage(settings, HALL, HALL)
        self.apart: set[frozenset[int]] = set()
        self.hidden: set[int] = set()
        self.ever_hidden: dict[tuple[int, int], bool] = {}
        for _ in range(8):
            self._come()

    def _come(self) -> None:
        if len(self.stage.people) < 16:
            x, z = self.rng.uniform(-12, 12, 2)
            self.stage.join(float(x), float(z), 0.0, int(self.rng.integers(2)))

    def _anybody(self) -> Person | None:
        people = self.stage.people
        return people[self.rng.integers(len(people))] if people else None

    def events(self) -> None:
        rng, stage, world = self.rng, self.stage, self.stage.world
        if rng.random() < 0.15:
            self._come()
        who, whom = self._anybody(), self._anybody()
        if who is None or whom is None:
            return
        if rng.random() < 0.1:
            stage.leave(who)
            self.hidden.discard(who.id)
            self.apart = {pair for pair in self.apart if who.id not in pair}
            if rng.random() < 0.7:
                self._come()  # often into the slot just left
        elif rng.random() < 0.2 and who is not whom:
            pair = frozenset((who.id, whom.id))
            world.set_excluded(who.slot, whom.slot, pair not in self.apart)
            self.apart ^= {pair}
        elif rng.random() < 0.1:
            world.set_hidden(who.slot, who.id not in self.hidden)
            self.hidden ^= {who.id}
        elif rng.random() < 0.1:
            stage.resume(who)
        elif rng.random() < 0.1:
            world.set_stage(who.slot, bool(rng.random() < 0.5))
        for person in stage.people:
            world.may_write[person.slot] = rng.random() < 0.7

    def move(self) -> None:
        rng, stage = self.rng, self.stage
        for person in stage.people:
            if rng.random() < 0.25:
                continue
            if rng.random() < 0.2 and stage.world.last_seq[person.slot]:
                pose = stage.world.pose[person.slot].copy()  # stands quite still
            else:
                x, _, z = stage.world.pose[person.slot, :3]
                step = rng.normal(0.0, 0.05 if rng.random() < 0.8 else 3.0, 2)
                pose = body(
                    float(x + step[0]),
                    float(z + step[1]),
                    float(rng.uniform(-3, 3)),
                    y=float(rng.uniform(0.5, 2.0)),
                    hands=float(rng.uniform(0.1, 0.9)),
                )
            hands = (BOTH_HANDS, BOTH_HANDS, LEFT_HAND, 0)[rng.integers(4)]
            stage.pose(person, pose, state=hands | int(rng.integers(4)))

    def check(self, observer: Person) -> None:
        """Every record is about somebody who may be told, and true."""
        if observer.frame is None:
            return
        world = self.stage.world
        visible = {
            p.id: p
            for p in self.stage.people
            if p is not observer
            and p.room == observer.room
            and p.id not in self.hidden
            and frozenset((p.id, observer.id)) not in self.apart
        }
        for update in observer.updates:
            assert update.id in visible
            slot = visible[update.id].slot
            lane = observer.table.lanes[update.lane]
            assert lane is not None
            head, left, right = naive.parts(world.pose[slot])
            assert lane.head == head
            assert lane.state == world.state[slot]
            if update.code >> 2:
                assert lane.hands == (left, right)
            assert 0 <= self.stage.now_ms - update.captured_ms <= 510
        for one in observer.frame.coarse or ():
            assert one.id in visible
            slot = visible[one.id].slot
            head, _, _ = naive.parts(world.pose[slot])
            assert one == coarse_of(one.id, head, int(world.state[slot]))
        told = [update.id for update in observer.updates]
        coarse = [one.id for one in observer.frame.coarse or ()]
        assert len(told) == len(set(told))
        assert len(coarse) == len(set(coarse))
        assert not set(told) & set(coarse)


@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**32 - 1),
    lanes=st.sampled_from([1, 3, 32]),
    tiers=st.sampled_from(["on", "off"]),
    radius_m=st.sampled_from([4.0, 20.0]),
)
def test_frames_tell_the_truth_and_only_what_may_be_told(
    seed: int, lanes: int, tiers: str, radius_m: float
) -> None:
    knobs = WorldSettings(
        capacity=16,
        lanes=lanes,
        tiers="on" if tiers == "on" else "off",
        tier_full=2,
        tier_half=2,
        interest_radius_m=radius_m,
        budget_bytes=4096 if seed % 2 else 512,
    )
    walk = Walk(seed, knobs)
    for _ in range(40):
        walk.move()
        walk.stage.step()
        if walk.rng.random() < 0.3:
            walk.events()  # also between a step and its encode
        if walk.rng.random() < 0.02:
            walk.stage.world.overload = Overload(int(walk.rng.integers(5)))
        walk.stage.encode()
        for observer in walk.stage.people:
            walk.check(observer)
            assert observer.frame_bytes <= knobs.budget_bytes + 4
        walk.events()


def test_with_tiers_off_everybody_near_is_told_every_tick() -> None:
    rng = np.random.default_rng(8)
    stage = Stage(WorldSettings(capacity=64, tiers="off", interest_radius_m=6.0), HALL)
    people = [stage.join(float(x), float(z)) for x, z in rng.uniform(-9, 9, (40, 2))]
    stage.tick_all()
    for _ in range(20):
        for person in people:
            x, _, z = stage.world.pose[person.slot, :3]
            dx, dz = rng.normal(0, 0.05, 2)
            stage.pose(person, body(float(x + dx), float(z + dz)))
        stage.tick_all()
        pose = stage.world.pose.astype(np.float64)
        for observer in people:
            others = [p for p in people if p is not observer]
            away_m = {p.id: naive.distance_m(pose, observer.slot, p.slot) for p in others}
            told = stage.told(observer)
            assert told >= {one for one, m in away_m.items() if m <= 6.0}
            # Until the next refresh one is told of somebody who just stepped out.
            assert told <= {one for one, m in away_m.items() if m <= 7.0}


def _told_counts(stage: Stage, observer: Person, others: list[Person], ticks: int) -> list[int]:
    """How often each of the others was told within so many ticks, all moving a little."""
    counts = dict.fromkeys((p.id for p in others), 0)
    for _ in range(ticks):
        for person in others:
            pose = stage.world.pose[person.slot].copy()
            pose[1] = 1.6 + 0.01 * (stage.tick % 7)
            stage.pose(person, pose)
        stage.tick_all()
        for told in stage.told(observer):
            counts[told] += 1
    return [counts[p.id] for p in others]


def _line(settings: WorldSettings, count: int, apart_m: float = 0.5) -> tuple[Stage, list[Person]]:
    """Somebody, and a row of others ahead, nearest first."""
    stage = Stage(settings, HALL)
    people = [stage.join(0.0, -apart_m * index) for index in range(count + 1)]
    stage.world.may_write[[p.slot for p in people[1:]]] = False  # decoding them takes time
    stage.tick_all(2)
    return stage, people


def test_tiers_have_the_documented_rates() -> None:
    stage, (me, *others) = _line(WorldSettings(capacity=64), 30)
    assert _told_counts(stage, me, others, 40) == [40] * 12 + [20] * 12 + [10] * 6


def test_the_turns_of_a_tier_are_spread_over_the_ticks() -> None:
    stage, (me, *others) = _line(WorldSettings(capacity=64), 32)
    sizes = []
    for _ in range(8):
        _told_counts(stage, me, others, 1)
        sizes.append(len(stage.told(me)))
    assert max(sizes) - min(sizes) <= 2


def test_talkers_and_the_stage_are_told_in_full_wherever_they_are() -> None:
    stage, (me, *others) = _line(WorldSettings(capacity=64, lanes=10, tier_full=2, tier_half=2), 20)
    stage.talk(others[9])
    stage.world.set_stage(others[19].slot, True)
    stage.tick_all(5)
    counts = _told_counts(stage, me, others, 20)
    assert counts[9] == 20
    assert counts[19] == 20
    assert counts[:2] == [20, 20]


@pytest.mark.parametrize(
    ("rung", "rates"),
    [
        (Overload.NORMAL, [40, 20, 10]),
        (Overload.FAR_RATES, [40, 10, 10]),
        (Overload.FAR_HANDS, [40, 10, 10]),
        (Overload.FAR_DROPPED, [40, 10, 0]),
        (Overload.MIDDLE_DROPPED, [40, 0, 0]),
    ],
)
@pytest.mark.parametrize("tiers", ["on", "off"])
def test_overload_takes_from_the_far_first(rung: Overload, rates: list[int], tiers: str) -> None:
    stage, (me, *others) = _line(
        WorldSettings(
            capacity=64, tier_full=4, tier_half=4, tiers="on" if tiers == "on" else "off"
        ),
        12,
    )
    stage.world.overload = rung
    stage.tick_all(5)
    counts = _told_counts(stage, me, others, 40)
    if tiers == "off" and rung is Overload.NORMAL:
        rates = [40, 40, 40]
    assert counts == [rates[0]] * 4 + [rates[1]] * 4 + [rates[2]] * 4
    # Who is not told in full comes round coarsely.
    coarse = set()
    for _ in range(10):
        stage.tick_all()
        coarse |= stage.coarse(me)
    expected = {p.id for p, rate in zip(others, counts, strict=True) if rate == 0}
    assert coarse == expected


def test_from_the_second_rung_on_only_the_nearest_have_hands() -> None:
    stage, (me, *others) = _line(WorldSettings(capacity=64, tier_full=4), 8)
    stage.world.overload = Overload.FAR_HANDS
    hands: dict[int, int] = {}
    for tick in range(16):
        for person in others:
            _, _, z = stage.world.pose[person.slot, :3]
            stage.pose(person, body(0.01 * tick, float(z)))
        stage.tick_all()
        for update in me.updates:
            hands[update.id] = hands.get(update.id, 0) + (update.code >> 2 > 0)
    assert [hands[p.id] > 0 for p in others] == [True] * 4 + [False] * 4


def test_what_does_not_fit_the_budget_goes_first_next_time() -> None:
    stage, (me, *others) = _line(
        WorldSettings(capacity=64, tiers="off", budget_bytes=512, coarse_per_frame=4), 32
    )
    rng = np.random.default_rng(2)
    counts = dict.fromkeys((p.id for p in others), 0)
    for _ in range(60):
        for person in others:
            _, _, z = stage.world.pose[person.slot, :3]
            stage.pose(person, body(float(rng.normal(0, 0.2)), float(z), float(rng.uniform(0, 6))))
        stage.tick_all()
        assert me.frame_bytes <= 512 + 4
        for told in stage.told(me):
            counts[told] += 1
    assert min(counts.values()) >= 15
    assert max(counts.values()) - min(counts.values()) <= 6


def test_the_rest_of_the_room_comes_round_coarsely() -> None:
    stage = Stage(WorldSettings(capacity=128, lanes=8, interest_radius_m=5.0), HALL)
    me = stage.join(0, 0)
    far = [stage.join(float(x), 25.0) for x in np.linspace(-25, 25, 60)]
    stage.tick_all()
    seen: dict[int, int] = {}
    for _ in range(20):
        stage.tick_all()
        assert len(stage.coarse(me)) <= 16
        for one in stage.coarse(me):
            seen[one] = seen.get(one, 0) + 1
    assert set(seen) == {p.id for p in far}
    assert set(seen.values()) <= {3, 4, 5}, "four times a second"


def test_a_stalled_observer_gets_the_newest_in_one_piece() -> None:
    stage = Stage(WorldSettings(capacity=4))
    me, other = stage.join(), stage.join(0.0, -2.0)
    stage.tick_all()
    for skipped, repeat in itertools.product(range(12), range(2)):
        stage.world.may_write[me.slot] = False
        for step in range(skipped):
            stage.pose(other, body(0.01 * step + repeat, -2.0))
            stage.tick_all()
            assert me.frame is None
        stage.world.may_write[me.slot] = True
        stage.pose(other, body(0.5 * repeat, -2.0, yaw=0.1 * skipped))
        stage.tick_all()
        [update] = me.updates
        assert update.code & 3 == (3 if skipped >= 7 else 2), skipped
        [lane] = [lane for lane in me.table.lanes if lane]
        head, left, right = naive.parts(stage.world.pose[other.slot])
        assert (lane.head, lane.hands) == (head, (left, right))


def test_standing_still_costs_no_bytes() -> None:
    stage = Stage(WorldSettings(capacity=4))
    me, other = stage.join(), stage.join(0.0, -2.0)
    pose = body(0.0, -2.0)
    stage.pose(other, pose)
    stage.tick_all()
    stage.pose(other, pose)
    stage.tick_all()
    [update] = me.updates
    assert update.code == 1
    assert me.frame_bytes == 2 + 16 + 1
    stage.tick_all()
    assert me.updates == []
    assert me.frame_bytes == 2 + 16 + 1


def test_the_header_tells_the_round_trip() -> None:
    stage = Stage(WorldSettings(capacity=4))
    me = stage.join()
    stage.tick_all()
    assert me.frame is not None
    assert (me.frame.last_seq, me.frame.hold_ms) == (0, 0xFFFF)
    stage.pose(me, body(0, 0), seq=40, arrived_ms=stage.now_ms + 50 - 13)
    stage.tick_all()
    assert (me.frame.last_seq, me.frame.hold_ms) == (40, 13)
    stage.tick_all(2)
    assert (me.frame.last_seq, me.frame.hold_ms) == (40, 113)


def test_two_rooms_know_nothing_of_each_other() -> None:
    stage = Stage(WorldSettings(capacity=8), HALL, HALL)
    here, there = stage.join(room=0), stage.join(room=1)
    for tick in range(8):
        stage.pose(there, body(0.1 * tick, 0))
        stage.tick_all()
        assert here.frame is not None
        assert (stage.told(here), stage.coarse(here)) == (set(), set())
    stage.world.close_room(stage.rooms[1])
    stage.people.remove(there)
    assert stage.world.people == 1
    stage.tick_all()


def test_a_full_world_says_so() -> None:
    stage = Stage(WorldSettings(capacity=2, rooms=1, exclusions_per_slot=1))
    a, b = stage.join(), stage.join()
    with pytest.raises(WorldFullError):
        stage.join()
    with pytest.raises(WorldFullError):
        stage.world.open_room(RoomShape())
    stage.world.set_excluded(a.slot, b.slot, True)
    stage.world.set_excluded(a.slot, b.slot, True)
    stage.leave(b)
    c = stage.join()
    stage.world.set_excluded(a.slot, c.slot, True)
    stage.world.set_excluded(a.slot, c.slot, False)


def test_lists_that_are_full_refuse_and_change_nothing() -> None:
    stage = Stage(WorldSettings(capacity=4, exclusions_per_slot=1, friends_per_slot=1))
    a, b, c = stage.join(), stage.join(), stage.join()
    stage.world.set_excluded(a.slot, b.slot, True)
    with pytest.raises(WorldFullError):
        stage.world.set_excluded(c.slot, a.slot, True)
    stage.world.set_friends(a.slot, b.slot, True)
    with pytest.raises(WorldFullError):
        stage.world.set_friends(c.slot, b.slot, True)
    stage.world.set_friends(a.slot, b.slot, False)
    stage.world.set_friends(c.slot, b.slot, True)
    stage.tick_all()
    assert stage.told(c) == {a.id, b.id}
    assert stage.told(a) == {c.id}
