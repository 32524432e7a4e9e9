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


@given(seed=st.integers(0, 2**32 - 1), people=st.integers(1, 30))
def test_who_is_heard_is_who_the_rules_name(seed: int, people: int) -> None:
    rng = np.random.default_rng(seed)
    stage = Stage(WorldSettings(capacity=64), HALL, HALL)
    world = stage.world
    for index in range(people):
        person = stage.join(room=index % 2)
        stage.pose(person, body(*rng.uniform(-25, 25, 2)))
        world.set_talking(person.slot, bool(rng.random() < 0.4))
        world.set_hidden(person.slot, bool(rng.random() < 0.1))
        world.set_stage(person.slot, bool(rng.random() < 0.1))
    talking = {p.slot for p in stage.people if world._slots.talking[p.slot]}
    hidden = {p.slot for p in stage.people if world._slots.hidden[p.slot]}
    staged = {p.slot for p in stage.people if world._slots.stage[p.slot]}
    apart = set()
    for a in stage.people:
        for b in stage.people:
            if a.slot < b.slot and rng.random() < 0.05:
                world.set_excluded(a.slot, b.slot, True)
                apart |= {(a.slot, b.slot), (b.slot, a.slot)}
    before: dict[int, set[int]] = {p.slot: set() for p in stage.people}

    for _ in range(3):
        stage.step()
        pose = world.pose.astype(np.float64)
        for listener in stage.people:
            gains, ranks = {}, {}
            for talker in stage.people:
                a, b = talker.slot, listener.slot
                if a not in talking or a == b or talker.room != listener.room:
                    continue
                if {a, b} & hidden or (a, b) in apart:
                    continue
                d = naive.distance_m(pose, a, b)
                if a in staged:
                    gains[a] = 1.0
                elif d <= 20.0 or (d <= 24.0 and a in before[b]):
                    gains[a] = naive.gain(d)
                else:
                    continue
                ranks[a] = gains[a] * (1.2 if a in before[b] else 1.0)
            got = _heard(stage, listener)
            assert set(got) <= set(gains)
            assert len(got) == min(8, len(gains))
            best = sorted(ranks.values(), reverse=True)[: len(got)]
            assert [ranks[a] for a in got] == pytest.approx(best, abs=1e-4)
            for a, (gain, reason) in got.items():
                assert gain == pytest.approx(gains[a], abs=1e-4)
                assert reason == (Hearing.STAGE if a in staged else Hearing.NEAR)
            before[listener.slot] = set(got)
        for person in stage.people:
            moved = world.pose[person.slot].copy()
            moved[[0, 2]] += rng.uniform(-0.4, 0.4, 2).astype(np.float32)
            stage.pose(person, moved)


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
