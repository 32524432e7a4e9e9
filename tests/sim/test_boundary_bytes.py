"""Nobody is told of a body within a boundary: on outgoing bytes of seeded crowds, decoded."""

import math
from dataclasses import dataclass, field

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_protocol.pieces import HeadFull
from hearth_protocol.quantize import Part
from hearth_sim.boundary import BoundaryMode
from hearth_sim.boundary_arrays import HANDS, INSIDE_M, PLACE_REACH_M
from hearth_sim.settings import RoomShape, WorldSettings
from tests.sim import naive
from tests.sim.stage import BOTH_HANDS, Person, Stage, body
from tests.support.crowds import Crowd

SMALL = RoomShape((-2.5, 0.0, -2.5), (2.5, 4.0, 2.5), 16)
MODES: tuple[BoundaryMode, ...] = ("off", "non_friends", "all")


@dataclass
class Rules:
    """What was asked of the world, and the boundary that follows from it, in plain words."""

    wish: dict[int, tuple[str, float]] = field(default_factory=dict)
    friends: set[frozenset[int]] = field(default_factory=set)
    consents: set[frozenset[int]] = field(default_factory=set)
    apart: set[frozenset[int]] = field(default_factory=set)
    spot: dict[int, tuple[float, float]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)

    def radius_m(self, a: Person, b: Person, seated: set[int]) -> float:
        pair = frozenset((a.id, b.id))
        if a.room != b.room or pair in self.consents or pair in self.apart or pair <= seated:
            return 0.0
        if pair & self.hidden:
            return 0.0
        wishes = [self.wish.get(one.id, ("off", 0.0)) for one in (a, b)]
        return max(
            radius if mode == "all" or (mode == "non_friends" and pair not in self.friends) else 0.0
            for mode, radius in wishes
        )

    def forget(self, one: int) -> None:
        self.wish.pop(one, None)
        self.spot.pop(one, None)
        self.hidden.discard(one)
        for pairs in (self.friends, self.consents, self.apart):
            pairs -= {pair for pair in pairs if one in pair}


def _xz(part: Part) -> tuple[float, float]:
    return part.position.x / 1000.0, part.position.z / 1000.0


class Squeeze:
    """Too many people in a small room who walk through each other, with all that may change."""

    def __init__(self, seed: int, knobs: WorldSettings) -> None:
        self.rng = np.random.default_rng(seed)
        self.stage = Stage(knobs, SMALL, SMALL)
        self.rules = Rules()
        self.told_hands = 0
        self.bare = 0
        for _ in range(knobs.capacity - 2):
            self.come()

    def come(self) -> None:
        rng = self.rng
        x, z = rng.uniform(-2.4, 2.4, 2)
        person = self.stage.join(float(x), float(z), 0.0, int(rng.integers(4) == 0))
        self.wish(person)

    def wish(self, person: Person) -> None:
        mode = MODES[self.rng.integers(3)]
        radius_m = float(np.float32(self.rng.choice([0.05, 0.3, 0.6, 0.6, 1.0, 1.5])))
        self.stage.world.set_boundary(person.slot, mode, radius_m)
        self.rules.wish[person.id] = (mode, radius_m)

    def change(self) -> None:
        rng, world, rules = self.rng, self.stage.world, self.rules
        a, b = (self.stage.people[i] for i in rng.integers(len(self.stage.people), size=2))
        if a is b:
            return
        pair = frozenset((a.id, b.id))
        links = (
            (world.set_friends, rules.friends),
            (world.set_consent, rules.consents),
            (world.set_excluded, rules.apart),
        )
        match rng.integers(12):
            case 0 | 1:
                self.wish(a)
            case 2 | 3 | 4 as kind:
                link, pairs = links[kind - 2]
                link(a.slot, b.slot, pair not in pairs)
                pairs ^= {pair}
            case 5 | 6:
                x, z = (float(number) for number in world.pose[a.slot, 0:3:2])
                on = a.id not in rules.spot
                world.set_place(a.slot, on, (x, z))
                rules.spot = {k: v for k, v in rules.spot.items() if k != a.id}
                if on:
                    rules.spot[a.id] = (x, z)
            case 7:
                world.set_hidden(a.slot, a.id not in rules.hidden)
                rules.hidden ^= {a.id}
            case 8:
                self.stage.leave(a)
                rules.forget(a.id)
                self.come()
            case 9:
                self.stage.resume(a)

    def move(self) -> None:
        rng, stage = self.rng, self.stage
        for person in stage.people:
            if rng.random() < 0.2:
                continue
            x, _, z = stage.world.pose[person.slot, :3]
            far = 1.5 if rng.random() < 0.1 else 0.08
            dx, dz = rng.normal(0.0, far, 2) - 0.02 * np.array([x, z])
            pose = body(float(x + dx), float(z + dz), hands=float(rng.uniform(0.1, 0.9)))
            hands = (BOTH_HANDS, BOTH_HANDS, 0b0100, 0)[rng.integers(4)]
            stage.pose(person, pose, state=hands)

    def seated(self) -> set[int]:
        """Who was at their place as the last poses came in, give or take the clamping."""
        pose = self.stage.world.pose
        return {
            p.id
            for p in self.stage.people
            if p.id in self.rules.spot
            and math.dist(pose[p.slot, 0:3:2], self.rules.spot[p.id]) <= PLACE_REACH_M
        }

    def check(self, observer: Person) -> None:
        """No head and no hand that this observer was told of now is within a boundary."""
        if observer.frame is None:
            return
        people = {p.id: p for p in self.stage.people}
        seated = self.seated()
        here = _xz(naive.parts(self.stage.world.pose[observer.slot])[0])
        for one in observer.frame.coarse or ():
            wide = self.rules.radius_m(observer, people[one.id], seated)
            assert math.dist(here, (one.x / 1000.0, one.z / 1000.0)) >= wide
        for update in observer.updates:
            lane = observer.table.lanes[update.lane]
            assert lane is not None
            wide = self.rules.radius_m(observer, people[update.id], seated)
            assert math.dist(here, _xz(lane.head)) >= wide
            tracked = lane.state >> 2 & 3
            if lane.hands is None:
                continue
            for bit, hand in zip((1, 2), lane.hands, strict=True):
                if tracked & bit:
                    self.told_hands += 1
                    assert math.dist(here, _xz(hand)) >= wide


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), lanes=st.sampled_from([3, 32]))
def test_no_pose_within_a_boundary_is_told(seed: int, lanes: int) -> None:
    squeeze = Squeeze(seed, WorldSettings(capacity=16, lanes=lanes, tier_full=8, tier_half=4))
    for _ in range(60):
        squeeze.move()
        squeeze.stage.step()
        squeeze.stage.encode()
        world = squeeze.stage.world
        inside = (world.pose[:, :3] >= (-2.5, 0.0, -2.5)) & (world.pose[:, :3] <= (2.5, 4.0, 2.5))
        assert inside.all()
        for observer in squeeze.stage.people:
            squeeze.check(observer)
        for person in squeeze.stage.people:
            world.may_write[person.slot] = squeeze.rng.random() < 0.8
        squeeze.change()
    assert squeeze.told_hands > 0


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_what_is_withheld_is_what_the_twin_says(seed: int) -> None:
    squeeze = Squeeze(seed, WorldSettings(capacity=16))
    stage, world = squeeze.stage, squeeze.stage.world
    faded: set[tuple[int, int]] = set()
    for _ in range(40):
        squeeze.move()
        stage.step()
        people = {p.slot: p for p in stage.people}
        seated = squeeze.seated()
        for a, b, on in world.faded_pairs().tolist():
            assert a < b
            assert ((a, b) in faded) != bool(on)
            faded ^= {(a, b)}
        faded = {pair for pair in faded if pair[0] in people and pair[1] in people}
        held = world._boundary.arrays
        for slot, person in people.items():
            assert world.faded_with(slot) == sorted(
                b if a == slot else a for a, b in faded if slot in (a, b)
            )
            hands: set[int] = set()
            whole: set[int] = set()
            at = int(held.withheld_first[slot])
            assert at >= -1
            while at >= 0:
                kind = hands if held.withheld_kind[at] == HANDS else whole
                kind.add(int(held.withheld[at]))
                at = int(held.withheld_next[at])
            assert whole == set(world.faded_with(slot))
            for other in people.keys() - {slot}:
                wide = squeeze.rules.radius_m(person, people[other], seated)
                head = world.pose[slot, 0:3:2].astype(np.float64)
                away = math.dist(head, world.pose[other, 0:3:2])
                if wide > 0.0 and away < wide + INSIDE_M:
                    assert other in whole
                tracked = int(world.state[other]) >> 2 & 3
                near = min(
                    (
                        math.dist(head, world.pose[other, part : part + 3 : 2])
                        for bit, part in ((1, 7), (2, 14))
                        if tracked & bit
                    ),
                    default=math.inf,
                )
                if wide == 0.0 or near > wide + 0.0021:
                    assert other not in hands
                elif near < wide + 0.0019 and other not in whole:
                    assert other in hands
        leaving = {p.slot: p.id for p in stage.people}
        squeeze.change()
        now = {p.slot: p.id for p in stage.people}
        gone = {slot for slot, one in leaving.items() if now.get(slot) != one}
        faded = {pair for pair in faded if not gone & set(pair)}


def test_a_hand_that_reaches_in_is_taken_away_and_given_back() -> None:
    stage = Stage(WorldSettings(capacity=4))
    me, other = stage.join(0.0, 0.0), stage.join(1.2, 0.0)
    stage.world.set_boundary(me.slot, "all", 0.6)
    for reach, seen in ((0.3, True), (0.7, False), (0.7, False), (0.3, True)):
        stage.pose(other, body(1.2, 0.0, hands=reach))
        stage.tick_all()
        [update] = me.updates
        lane = me.table.lanes[update.lane]
        assert lane is not None
        assert (lane.state & BOTH_HANDS == BOTH_HANDS) == seen
        assert (update.code >> 2 != 0) == seen
        if seen:
            assert lane.hands == naive.parts(stage.world.pose[other.slot])[1:]
    # Without a new sample nothing is told again.
    stage.pose(other, body(1.2, 0.0, hands=0.7))
    stage.tick_all(2)
    assert me.updates == []
    # I come nearer to a hand that stays where it is: it goes as well.
    stage.pose(other, body(1.2, 0.0, hands=0.5))
    stage.pose(me, body(0.0, 0.0))
    stage.tick_all()
    assert [update.code for update in me.updates] == [15]
    stage.pose(me, body(0.2, 0.0))
    stage.tick_all()
    assert [update.code for update in me.updates] == [3]
    record = me.frame.lanes[me.updates[0].lane] if me.frame else None
    assert record is not None
    assert isinstance(record.head, HeadFull)


def test_twenty_blocks_each_hold_among_five_thousand() -> None:
    """Everybody blocks 20 of those around them; what 500 of them get names none of these."""
    count, half_m = 5000, 55.0
    rng = np.random.default_rng(11)
    crowd = Crowd(count, half_m, rng)
    hall = RoomShape((-60.0, 0.0, -60.0), (60.0, 8.0, 60.0), count)
    stage = Stage(WorldSettings(capacity=count, rooms=1, interest_radius_m=5.0), hall)
    people = [stage.join(float(x), float(z)) for x, z in crowd.position]
    blocked: dict[int, set[int]] = {slot: set() for slot in range(count)}
    for slot in range(count):
        stage.world.set_boundary(slot, "non_friends", 0.6)
        away = np.linalg.norm(crowd.position - crowd.position[slot], axis=1)
        for other in np.argsort(away)[1:41].tolist():
            if len(blocked[slot]) < 20 and len(blocked[other]) < 20:
                blocked[slot].add(other)
                blocked[other].add(slot)
                stage.world.set_excluded(slot, other, True)
    observers = people[::10]
    stage.people = observers
    told = 0
    for _ in range(6):
        crowd.walk(0.05)
        crowd.frames(np.arange(1, count + 1, dtype=np.uint32), stage.now_ms + 30, stage.world.inbox)
        stage.world.arrived_ms[:] = stage.now_ms + 40
        stage.tick_all()
        for observer in observers:
            known = {one - 1 for one in stage.told(observer) | stage.coarse(observer)}
            told += len(known)
            assert not known & blocked[observer.slot]
    assert told > 20_000
    assert np.mean([len(others) for others in blocked.values()]) > 18
