"""Who is held back, by how much, and when two people vanish for each other."""

import math

import numpy as np
import pytest

from hearth_sim.boundary_arrays import BLIND, HOLD_M
from hearth_sim.reasons import Correction
from hearth_sim.settings import RoomShape, WorldSettings
from hearth_sim.slots import WorldFullError
from tests.sim.stage import Person, Stage, body

ROOM = RoomShape((-5.0, 0.0, -5.0), (5.0, 4.0, 5.0), 16)
EDGE_M = 0.6 + HOLD_M


def _two(x: float = 2.0, *, mode: str = "non_friends") -> tuple[Stage, Person, Person]:
    """Somebody with a boundary in the middle of the room, somebody without at x."""
    stage = Stage(WorldSettings(capacity=16), ROOM)
    me, other = stage.join(0.0, 0.0), stage.join(x, 0.0)
    stage.world.set_boundary(me.slot, "all" if mode == "all" else "non_friends", 0.6)
    _stand(stage, (me, 0.0), (other, x))
    return stage, me, other


def _stand(stage: Stage, *where: tuple[Person, float]) -> None:
    for person, x in where:
        stage.pose(person, body(x, 0.0))
    stage.tick_all()


def _x(stage: Stage, person: Person) -> float:
    return float(stage.world.pose[person.slot, 0])


def _apart(stage: Stage, a: Person, b: Person) -> float:
    return math.dist(stage.world.pose[a.slot, 0:3:2], stage.world.pose[b.slot, 0:3:2])


def test_who_comes_nearer_is_held_at_the_edge_and_told() -> None:
    stage, me, other = _two(0.8)
    _stand(stage, (me, 0.0), (other, 0.4))
    assert _x(stage, me) == 0.0
    assert _x(stage, other) == pytest.approx(EDGE_M)
    assert stage.world.pose[other.slot, 14] == pytest.approx(EDGE_M + 0.3)
    assert other.frame is not None
    assert other.frame.correction is not None
    assert int(other.frame.correction.reason) == Correction.BOUNDARY
    assert other.frame.correction.seq == other.seq
    assert other.frame.correction.position[0] == pytest.approx(EDGE_M)
    assert me.frame is not None
    assert me.frame.correction is None


def test_who_has_the_boundary_yields_when_it_is_they_who_come() -> None:
    stage, me, other = _two(0.9)
    _stand(stage, (me, 0.5), (other, 0.9))
    assert _x(stage, me) == pytest.approx(0.9 - EDGE_M)
    assert _x(stage, other) == pytest.approx(0.9)


def test_each_goes_back_their_own_share() -> None:
    stage, me, other = _two(1.0)
    _stand(stage, (me, 0.1), (other, 0.7))
    # I came 0.1 nearer, the other 0.3: a quarter of the way back is mine.
    back = EDGE_M - 0.6
    assert _x(stage, me) == pytest.approx(0.1 - back / 4, abs=1e-5)
    assert _x(stage, other) == pytest.approx(0.7 + back * 3 / 4, abs=1e-5)


def test_a_newcomer_is_put_at_the_edge_of_who_stands_there() -> None:
    stage, me, _ = _two()
    late = stage.join(0.0, 0.0)
    stage.tick_all()
    assert _apart(stage, me, late) == pytest.approx(EDGE_M, abs=1e-5)
    assert _x(stage, me) == 0.0
    assert late.id in stage.told(me) | stage.coarse(me)


def test_the_wider_wish_holds_and_friends_may_come_near() -> None:
    stage, me, other = _two(2.0)
    stage.world.set_boundary(other.slot, "all", 1.0)
    for x in (1.5, 1.2, 0.9):
        _stand(stage, (other, x))
    assert _x(stage, other) == pytest.approx(1.0 + HOLD_M)
    stage.world.set_friends(me.slot, other.slot, True)
    _stand(stage, (other, 0.9))
    assert _x(stage, other) == pytest.approx(1.0 + HOLD_M)
    stage.world.set_boundary(other.slot, "non_friends", 1.0)
    for x in (0.6, 0.2):
        _stand(stage, (other, x))
    assert _x(stage, other) == pytest.approx(0.2)
    assert stage.world.faded_with(me.slot) == []


def test_after_two_seconds_of_pushing_both_vanish_until_well_apart() -> None:
    stage, me, other = _two(0.65)
    ticks = 0
    while not stage.world.faded_with(me.slot):
        _stand(stage, (other, 0.4))
        ticks += 1
        assert ticks < 60
    assert ticks == 41
    assert stage.world.faded_pairs().tolist() == [[me.slot, other.slot, 1]]
    for x in (0.4, 0.0, -0.4, 0.1, 0.6, 0.7):
        _stand(stage, (other, x), (me, 0.0))
        assert _x(stage, other) == pytest.approx(x), "walks through like air"
        for observer in (me, other):
            assert (stage.told(observer), stage.coarse(observer)) == (set(), set())
            assert stage.in_lanes(observer) == set()
    _stand(stage, (other, 0.73), (me, 0.0))
    assert stage.world.faded_pairs().tolist() == [[me.slot, other.slot, 0]]
    assert stage.told(me) == {other.id}


def test_swaying_at_the_edge_is_no_pushing() -> None:
    stage, me, other = _two(EDGE_M)
    for tick in range(200):
        _stand(stage, (other, EDGE_M - 0.01 * (tick % 2)))
    assert stage.world.faded_with(me.slot) == []
    assert _apart(stage, me, other) >= 0.6


def test_a_new_wish_moves_nobody() -> None:
    stage = Stage(WorldSettings(capacity=4), ROOM)
    me, other = stage.join(0.0, 0.0), stage.join(0.3, 0.0)
    _stand(stage, (me, 0.0), (other, 0.3))
    stage.world.set_boundary(me.slot, "all", 0.6)
    _stand(stage, (other, 0.31))
    assert _x(stage, me) == 0.0
    assert _x(stage, other) == pytest.approx(0.31)
    assert stage.world.faded_with(other.slot) == [me.slot]
    assert stage.told(me) == set()
    stage.world.set_boundary(me.slot, "off", 0.6)
    _stand(stage, (other, 0.3))
    assert stage.told(me) == {other.id}
    stage.tick_all()
    assert stage.world.faded_pairs().tolist() == []


def test_consent_lets_two_be_near_until_one_takes_it_back() -> None:
    stage, me, other = _two(0.8, mode="all")
    stage.world.set_consent(me.slot, other.slot, True)
    _stand(stage, (other, 0.2))
    assert _x(stage, other) == pytest.approx(0.2)
    assert stage.told(me) == {other.id}
    stage.world.set_consent(other.slot, me.slot, False)
    _stand(stage, (other, 0.21))
    assert stage.world.faded_with(me.slot) == [other.slot]


def test_who_leaves_takes_consent_and_wish_along() -> None:
    stage, me, other = _two(0.8)
    stage.world.set_consent(me.slot, other.slot, True)
    stage.leave(other)
    again = stage.join(0.8, 0.0)
    assert again.slot == other.slot
    _stand(stage, (again, 0.8), (me, 0.0))
    _stand(stage, (again, 0.3), (me, 0.0))
    assert _apart(stage, me, again) == pytest.approx(EDGE_M, abs=1e-5)


def test_at_neighbouring_places_nobody_is_held_back() -> None:
    stage, me, other = _two(2.2, mode="all")
    stage.world.set_place(me.slot, True, (0.0, 0.0))
    stage.world.set_place(other.slot, True, (2.2, 0.0))
    for x in (1.9, 1.5, 1.2):
        _stand(stage, (other, x), (me, 2.2 - x))
    assert _x(stage, other) == pytest.approx(1.2)
    assert _x(stage, me) == pytest.approx(1.0)
    assert stage.told(me) == {other.id}
    # Beyond the reach of one's place it shields no longer, and a neighbour's is no way in.
    _stand(stage, (other, 0.9), (me, 1.0))
    assert stage.world.faded_with(me.slot) == [other.slot]


def test_a_place_shields_from_being_held_back_but_not_the_other_from_bytes() -> None:
    stage, me, other = _two(0.7)
    stage.world.set_place(me.slot, True, (0.0, 0.0))
    _stand(stage, (me, 0.0), (other, 0.5))
    assert _x(stage, other) == pytest.approx(EDGE_M)
    _stand(stage, (me, 0.2), (other, EDGE_M))
    assert _x(stage, me) == pytest.approx(0.2)
    assert _x(stage, other) == pytest.approx(EDGE_M)
    assert stage.told(other) == set()


def test_a_wall_is_no_way_out() -> None:
    stage = Stage(WorldSettings(capacity=4), ROOM)
    me = stage.join(4.7, 4.7)
    stage.world.set_boundary(me.slot, "all", 1.0)
    stage.tick_all()
    late = stage.join(5.0, 5.0)
    stage.tick_all()
    assert stage.world.pose[me.slot, 0:3:2] == pytest.approx((4.7, 4.7))
    assert stage.world.pose[late.slot, 0:3:2] == pytest.approx((5.0, 5.0))
    assert stage.world.faded_with(me.slot) == [late.slot]
    assert (stage.told(me), stage.coarse(me)) == (set(), set())


def test_people_kept_apart_do_not_bump_into_each_other() -> None:
    stage, me, other = _two(0.8)
    stage.world.set_excluded(me.slot, other.slot, True)
    _stand(stage, (other, 0.2))
    assert _x(stage, other) == pytest.approx(0.2)


def test_only_the_pair_kept_apart_passes_through_each_other() -> None:
    """Slots a multiple of 64 apart share a bit of the hint who may be in a list."""
    stage = Stage(WorldSettings(capacity=200), ROOM)
    people = [stage.join(4.0, 4.0) for _ in range(193)]
    me, other, third, fourth = people[0], people[64], people[128], people[192]
    for person in people:
        if person not in (me, other, third, fourth):
            stage.leave(person)
    world = stage.world
    assert {one.slot % 64 for one in (me, other, third, fourth)} == {0}
    world.set_boundary(me.slot, "all", 0.6)
    world.set_excluded(me.slot, third.slot, True)
    world.set_excluded(other.slot, fourth.slot, True)
    _stand(stage, (me, 0.0), (other, 0.8), (third, -0.8), (fourth, 4.0))
    _stand(stage, (me, 0.0), (other, 0.4), (third, -0.4))
    assert _x(stage, other) == pytest.approx(EDGE_M)
    assert _x(stage, third) == pytest.approx(-0.4)
    _stand(stage, (third, -0.8))
    world.set_excluded(me.slot, third.slot, False)
    _stand(stage, (third, -0.4))
    assert _x(stage, third) == pytest.approx(-EDGE_M)


def test_between_several_one_stands_still() -> None:
    """Pushing into a gap that is too narrow ends at one spot and does not tremble."""
    stage = Stage(WorldSettings(capacity=8), ROOM)
    posts = [stage.join(0.0, z) for z in (-0.4, 0.4, 1.6, -1.6)]
    walker = stage.join(2.0, 0.0)
    for person in posts:
        stage.world.set_boundary(person.slot, "all", 0.6)
        stage.world.set_consent(person.slot, posts[0].slot, person is not posts[0])
    stage.world.set_consent(posts[1].slot, posts[2].slot, True)
    spots = []
    for tick in range(30):
        stage.pose(walker, body(max(2.0 - 0.1 * tick, 0.3), 0.0))
        stage.tick_all()
        for post in posts:
            if post.slot not in stage.world.faded_with(walker.slot):
                assert _apart(stage, walker, post) >= 0.6
        spots.append(stage.world.pose[walker.slot, 0:3:2].copy())
    settled = np.array(spots[20:])
    assert np.ptp(settled, axis=0).max() < 0.002


def test_a_crowd_that_no_room_is_left_to_note_is_told_of_nobody() -> None:
    stage = Stage(WorldSettings(capacity=64), ROOM)
    people = [stage.join(0.001 * index, 0.0) for index in range(64)]
    stage.tick_all(2)
    for person in people:
        stage.world.set_boundary(person.slot, "all", 1.5)
    stage.tick_all()
    assert (stage.world._boundary.arrays.withheld_first == BLIND).any()
    for person in people:
        assert (stage.told(person), person.frame and stage.coarse(person)) in (
            (set(), None),
            (set(), set()),
        )
    for person in people:
        stage.world.set_boundary(person.slot, "off", 1.5)
    stage.tick_all(3)
    assert all(stage.in_lanes(person) for person in people)


@pytest.mark.parametrize("radius_m", [-0.1, 1.6, math.nan, math.inf])
def test_a_radius_that_is_none_is_refused(radius_m: float) -> None:
    stage, me, _ = _two()
    with pytest.raises(ValueError, match="radius"):
        stage.world.set_boundary(me.slot, "all", radius_m)


def test_consents_are_limited() -> None:
    stage = Stage(WorldSettings(capacity=20), ROOM)
    me, *others = [stage.join() for _ in range(18)]
    for other in others[:16]:
        stage.world.set_consent(me.slot, other.slot, True)
    with pytest.raises(WorldFullError):
        stage.world.set_consent(me.slot, others[16].slot, True)
