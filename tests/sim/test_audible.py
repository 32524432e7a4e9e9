import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_sim.reasons import Hearing
from hearth_sim.settings import RoomShape, WorldSettings
from tests.sim import naive
from tests.sim.stage import Person, Stage, body

HALL = RoomShape((-40.0, 0.0, -40.0), (40.0, 8.0, 40.0), 40)


def _heard(stage: Stage, listener: Person) -> dict[int, tuple[float, int]]:
    audible = stage.world.audible
    rows = range(int(audible.count[listener.slot]))
    return {
        int(audible.talker[listener.slot, at]): (
            float(audible.gain[listener.slot, at]),
            int(audible.reason[listener.slot, at]),
        )
        for at in rows
    }


class Hall:
    """Two rooms in which some talk, hide, stand on stage or are kept apart."""

    def __init__(self, seed: int, people: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.stage = Stage(WorldSettings(capacity=64), HALL, HALL)
        self.talking, self.hidden, self.staged = (set[int]() for _ in range(3))
        self.apart: set[tuple[int, int]] = set()
        world = self.stage.world
        for index in range(people):
            person = self.stage.join(room=index % 2)
            self.stage.pose(person, body(*self.rng.uniform(-25, 25, 2)))
            for flagged, switch, share in (
                (self.talking, world.set_talking, 0.4),
                (self.hidden, world.set_hidden, 0.1),
                (self.staged, world.set_stage, 0.1),
            ):
                if self.rng.random() < share:
                    flagged.add(person.slot)
                    switch(person.slot, True)
        for a, b in itertools.combinations(self.stage.people, 2):
            if self.rng.random() < 0.05:
                world.set_excluded(a.slot, b.slot, True)
                self.apart |= {(a.slot, b.slot), (b.slot, a.slot)}

    def gain(self, talker: Person, listener: Person, heard_before: bool) -> float | None:
        """How loud, or None for not at all."""
        a, b = talker.slot, listener.slot
        if a not in self.talking or a == b or talker.room != listener.room:
            return None
        if {a, b} & self.hidden or (a, b) in self.apart:
            return None
        if a in self.staged:
            return 1.0
        d = naive.distance_m(self.stage.world.pose.astype(np.float64), a, b)
        return naive.gain(d) if d <= (24.0 if heard_before else 20.0) else None

    def walk(self) -> None:
        for person in self.stage.people:
            moved = self.stage.world.pose[person.slot].copy()
            moved[[0, 2]] += self.rng.uniform(-0.4, 0.4, 2).astype(np.float32)
            self.stage.pose(person, moved)


@given(seed=st.integers(0, 2**32 - 1), people=st.integers(1, 30))
def test_who_is_heard_is_who_the_rules_name(seed: int, people: int) -> None:
    hall = Hall(seed, people)
    stage = hall.stage
    before: dict[int, set[int]] = {p.slot: set() for p in stage.people}
    for _ in range(3):
        stage.step()
        for listener in stage.people:
            kept = before[listener.slot]
            gains = {
                talker.slot: gain
                for talker in stage.people
                if (gain := hall.gain(talker, listener, talker.slot in kept)) is not None
            }
            ranks = {a: gain * (1.2 if a in kept else 1.0) for a, gain in gains.items()}
            got = _heard(stage, listener)
            assert set(got) <= set(gains)
            assert len(got) == min(8, len(gains))
            best = sorted(ranks.values(), reverse=True)[: len(got)]
            assert [ranks[a] for a in got] == pytest.approx(best, abs=1e-4)
            for a, (gain, reason) in got.items():
                assert gain == pytest.approx(gains[a], abs=1e-4)
                assert reason == (Hearing.STAGE if a in hall.staged else Hearing.NEAR)
            before[listener.slot] = set(got)
        hall.walk()


def test_the_edge_of_earshot_does_not_flutter() -> None:
    stage = Stage(WorldSettings(capacity=4), HALL)
    listener, talker = stage.join(), stage.join()
    stage.world.set_talking(talker.slot, True)
    heard = []
    away = (21.0, 20.5, 20.1, 19.9, 20.4, 20.9, 21.4, 21.9, 22.4, 22.9, 23.4, 23.9, 24.2, 23.8)
    for distance in away:
        stage.pose(listener, body(0, 0))
        stage.pose(talker, body(0, distance))
        stage.step()
        heard.append(bool(_heard(stage, listener)))
    assert heard == [False] * 3 + [True] * 9 + [False] * 2


def test_a_recycled_slot_is_not_kept_on_beyond_earshot() -> None:
    stage = Stage(WorldSettings(capacity=4), HALL)
    listener, talker = stage.join(), stage.join()
    stage.world.set_talking(talker.slot, True)
    stage.pose(talker, body(0, 20.0))
    stage.step()
    stage.pose(talker, body(0, 20.5))
    stage.step()
    assert _heard(stage, listener)
    stage.leave(talker)
    other = stage.join(0.0, 22.0)
    assert other.slot == talker.slot
    stage.world.set_talking(other.slot, True)
    stage.step()
    assert not _heard(stage, listener)


def test_silence_reports_no_pairs() -> None:
    stage = Stage(WorldSettings(capacity=4))
    talker, listener = stage.join(), stage.join()
    stage.world.set_talking(talker.slot, True)
    assert stage.step().audible_pairs == 1
    stage.world.set_talking(talker.slot, False)
    assert stage.step().audible_pairs == 0
    assert not _heard(stage, listener)
