"""Formations: far enough apart, in sight of the stage, fair to legs, friends and the blocked."""

import itertools
import math
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hearth_protocol.design import HALF_WIDTH_M, Design, DesignSpawn, DesignZone, Size, Template
from hearth_protocol.gathering import Anchor, FormationKind
from hearth_server.community.furnishing import default_design
from hearth_server.rooms.gathering.formation import (
    MATS_AT_ONCE,
    Floor,
    Laying,
    Mats,
    People,
    assign,
    floor_of,
    hidden_by_others,
    late,
    lay_out,
    stage_of,
)

F64 = NDArray[np.float64]
KINDS = [kind for kind in get_args(FormationKind) if kind != "none"]
SIZES: list[Size] = list(get_args(Size))
TEMPLATES: list[Template] = list(get_args(Template))


def room(size: Size, template: Template = "studio", *, stage: bool = True) -> Design:
    far_m = HALF_WIDTH_M[size]
    zone = {"id": "front", "name": "Front", "kind": "stage"}
    box = {"x0": -2.5, "x1": 2.5, "z0": -far_m + 0.4, "z1": -far_m + 3.4}
    return Design(
        template=template,
        size=size,
        light="day",
        places=[],
        zones=[DesignZone.model_validate(zone | box)] if stage else [],
        spawn=[DesignSpawn(x=0.0, z=far_m - 2.0, yaw_deg=0.0)],
        objects=[],
    )


def laid(kind: str, count: int, design: Design) -> Mats:
    return lay_out(kind, count, floor_of(design), stage_of(design))  # type: ignore[arg-type]


def gaps_m(xz: F64) -> F64:
    """The plain twin: every pair's distance."""
    pairs = itertools.combinations(xz.tolist(), 2)
    return np.array([math.dist(a, b) for a, b in pairs])


def hidden(mats: Mats) -> list[int]:
    """The plain twin: mats whose line to the stage passes somebody nearer within 20 cm."""
    stage = (mats.stage.x, mats.stage.z)
    found = []
    for mine, here in enumerate(mats.xz.tolist()):
        length = math.dist(here, stage)
        ux, uz = (stage[0] - here[0]) / length, (stage[1] - here[1]) / length
        for other, there in enumerate(mats.xz.tolist()):
            dx, dz = there[0] - here[0], there[1] - here[1]
            along = dx * ux + dz * uz
            if other != mine and 0 < along < length and abs(dx * uz - dz * ux) < 0.2:
                found.append(mine)
                break
    return found


# --- how mats lie --------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    count=st.integers(1, 120),
    size=st.sampled_from(SIZES),
    template=st.sampled_from(TEMPLATES),
    box=st.tuples(*[st.floats(-0.9, 0.9)] * 2, st.floats(1, 8), st.floats(1, 8)),
    turn=st.none() | st.floats(-180, 180),
)
def test_mats_lie_apart_inside_the_floor_and_off_the_stage(
    kind: str,
    count: int,
    size: Size,
    template: Template,
    box: tuple[float, float, float, float],
    turn: float | None,
) -> None:
    half_m = HALF_WIDTH_M[size]
    x, z, wide, deep = box[0] * half_m, box[1] * half_m, box[2] / 2, box[3] / 2
    zone = DesignZone(
        id="s", name="S", kind="stage",
        x0=max(x - wide, -half_m), x1=min(x + wide, half_m),
        z0=max(z - deep, -half_m), z1=min(z + deep, half_m),
    )  # fmt: skip
    design = room(size, template).model_copy(update={"zones": [zone]})
    stage = stage_of(design)
    if turn is not None:
        stage = stage.model_copy(update={"yaw_deg": turn})
    mats = lay_out(kind, count, floor_of(design), stage)  # type: ignore[arg-type]
    assert len(mats) <= count
    if len(mats) > 1:
        assert gaps_m(mats.xz).min() >= 2.2 - 1e-6
    assert bool((np.abs(mats.xz) <= half_m - 1.0).all())
    for mat_x, mat_z in mats.xz.tolist():
        assert not (zone.x0 < mat_x < zone.x1 and zone.z0 < mat_z < zone.z1)
        if template == "campfire":
            assert math.hypot(mat_x, mat_z) >= 3.4 - 1e-6
    assert hidden_by_others(mats.xz, stage).nonzero()[0].tolist() == hidden(mats)
    assert (np.diff(mats.row) >= 0).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("size", "count"), [("small", 8), ("medium", 20), ("large", 40), ("great", 40)]
)
def test_everybody_of_a_class_sees_the_stage(kind: str, size: Size, count: int) -> None:
    mats = laid(kind, count, room(size))
    assert len(mats) == count
    assert hidden(mats) == []


@pytest.mark.parametrize("kind", KINDS)
def test_of_sixty_in_a_large_room_hardly_anybody_is_hidden(kind: str) -> None:
    mats = laid(kind, 60, room("large"))
    assert len(mats) == 60
    assert len(hidden(mats)) <= 3
    # A plain grid of rows, one mat straight behind the other, hides all but the front one.
    grid = np.array([(x * 2.2, -8.0 + z * 2.2) for z in range(6) for x in range(-5, 5)])
    assert len(hidden(Mats("rows", grid, grid[:, 0], grid[:, 0], mats.stage))) >= 10


@pytest.mark.parametrize(("kind", "most"), [("rows", 0.66), ("arc", 0.7), ("circle", 0.66)])
def test_three_hundred_fit_into_a_great_room(kind: str, most: float) -> None:
    mats = laid(kind, 300, room("great"))
    assert len(mats) == 300
    assert len(hidden(mats)) <= most * 300


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [5, 60, 375])
def test_laid_out_a_part_at_a_time_it_is_the_same(kind: FormationKind, count: int) -> None:
    design = room("great")
    laying = Laying(kind, count, floor_of(design), stage_of(design))
    turns = 1
    while (mats := laying.go_on()) is None:
        assert laying.least > 0
        turns += 1
    assert (turns > 2) == (count > MATS_AT_ONCE)
    whole = laid(kind, count, design)
    assert np.array_equal(mats.xz, whole.xz)
    assert np.array_equal(mats.yaw_deg, whole.yaw_deg)
    assert laying.go_on() is mats
    assert laying.least == len(mats) == count


def test_where_nothing_fits_that_is_known_at_once() -> None:
    nowhere = Floor(reach_m=2.0, clear_m=9.0)
    laying = Laying("rows", 375, nowhere, stage_of(room("small")))
    laying.go_on()
    assert laying.mats is not None
    assert len(laying.mats) == laying.least == 0


def test_rows_look_ahead_arcs_at_the_stage_and_a_circle_into_its_middle() -> None:
    design = room("medium")
    assert set(laid("rows", 12, design).yaw_deg.tolist()) == {0.0}
    arc = laid("arc", 12, design)
    for (x, z), yaw in zip(arc.xz.tolist(), np.radians(arc.yaw_deg).tolist(), strict=True):
        to_stage = np.array([arc.stage.x - x, arc.stage.z - z])
        assert np.array([-math.sin(yaw), -math.cos(yaw)]) @ to_stage == pytest.approx(
            float(np.hypot(*to_stage))
        )
    ring = laid("circle", 9, design)
    middle = ring.xz.mean(axis=0)
    ahead = np.stack([-np.sin(np.radians(ring.yaw_deg)), -np.cos(np.radians(ring.yaw_deg))], axis=1)
    assert bool(((middle - ring.xz) * ahead).sum(axis=1).min() > 0)


def test_the_front_of_a_studio_is_the_stage_it_was_furnished_with() -> None:
    design = default_design("studio")
    stage = stage_of(design)
    assert (stage.x, stage.z, stage.yaw_deg) == (0.0, -5.3, 180.0)
    assert stage_of(room("medium", stage=False)).yaw_deg == 180.0
    east = DesignZone(id="s", name="S", kind="stage", x0=6.0, x1=9.0, z0=-2.0, z1=2.0)
    turned = stage_of(design.model_copy(update={"zones": [east]}))
    assert turned.yaw_deg == 90.0  # looks to -x, into the room
    mats = lay_out("rows", 8, floor_of(design.model_copy(update={"zones": [east]})), turned)
    assert bool((mats.xz[:, 0] < 5.0).all())


def test_people_gather_around_a_stage_in_the_middle() -> None:
    zone = DesignZone(id="s", name="S", kind="stage", x0=-1.0, x1=1.0, z0=-1.0, z1=1.0)
    design = room("medium").model_copy(update={"zones": [zone]})
    mats = laid("circle", 10, design)
    assert len(mats) == 10
    turn = np.sort(np.arctan2(mats.xz[:, 0], mats.xz[:, 1]))
    assert float(np.diff(turn).max()) < math.pi * 0.75


def test_a_formation_comes_back_from_what_was_told_of_it() -> None:
    mats = laid("rows", 14, room("medium"))
    told = mats.wire()
    assert len({mat.id for mat in told}) == 14
    again = Mats.of("rows", told, mats.stage)
    assert np.array_equal(again.xz, mats.xz)
    assert np.array_equal(again.row, mats.row)
    assert laid("none", 14, room("medium")).wire() == []


# --- who gets which ------------------------------------------------------------------------------


def walked_m(mats: Mats, people: People, mat: NDArray[np.int64]) -> float:
    return sum(
        math.dist(people.xz[who], mats.xz[at]) for who, at in enumerate(mat.tolist()) if at >= 0
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 6), kind=st.sampled_from(KINDS))
def test_nobody_could_walk_less(seed: int, count: int, kind: str) -> None:
    mats = laid(kind, count + 3, room("medium"))
    people = People(np.random.default_rng(seed).uniform(-9, 9, (count, 2)))
    mat = assign(mats, people)
    assert sorted(mat.tolist()) == list(range(count))
    least = min(
        walked_m(mats, people, np.array(order)) for order in itertools.permutations(range(count))
    )
    assert walked_m(mats, people, mat) == pytest.approx(least)


def crowd(seed: int, count: int, half_m: float = 9.0) -> People:
    rng = np.random.default_rng(seed)

    def pairs(most: int) -> tuple[tuple[int, int], ...]:
        return tuple(
            (int(a), int(b)) for a, b in rng.integers(0, count, (int(rng.integers(0, most)), 2))
        )

    apart = tuple(pair for pair in pairs(count) if pair[0] != pair[1])
    friends = tuple(pair for pair in pairs(count) if pair not in apart and pair[::-1] not in apart)
    some = rng.choice(count, int(rng.integers(0, count // 4 + 1)), replace=False)
    return People(
        rng.uniform(-half_m, half_m, (count, 2)), frozenset(some.tolist()), friends, apart
    )


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(2, 30),
    spare=st.integers(-4, 8),
    kind=st.sampled_from(KINDS),
)
def test_the_blocked_are_never_within_two_mats(
    seed: int, count: int, spare: int, kind: str
) -> None:
    mats, people = laid(kind, max(1, count + spare), room("large")), crowd(seed, count, 15.0)
    mat = assign(mats, people)
    given_out = mat[mat >= 0].tolist()
    assert len(set(given_out)) == len(given_out)
    for a, b in people.apart:
        if mat[a] >= 0 and mat[b] >= 0:
            assert math.dist(mats.xz[mat[a]], mats.xz[mat[b]]) >= 4.4 - 1e-6
    assert np.array_equal(mat, assign(mats, people))
    if not people.apart:
        assert len(given_out) == min(count, len(mats))
    # Whoever got none would have been too near to somebody on every mat that is left.
    for who in np.flatnonzero(mat < 0).tolist():
        kept = {b if a == who else a for a, b in people.apart if who in (a, b)}
        held = [mats.xz[mat[other]] for other in kept if mat[other] >= 0]
        for free in set(range(len(mats))) - set(given_out):
            assert any(math.dist(mats.xz[free], other) < 4.4 for other in held)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(8, 40))
def test_who_asked_to_be_in_front_is(seed: int, count: int) -> None:
    mats, people = laid("rows", count, room("large")), crowd(seed, count, 15.0)
    people = People(people.xz, people.access, people.friends)
    mat = assign(mats, people)
    if people.access:
        front = mats.row[len(people.access) - 1]
        assert all(mats.row[mat[who]] <= front for who in people.access)


def test_friends_who_come_from_two_sides_sit_beside_each_other() -> None:
    mats = laid("rows", 20, room("large"))
    rng = np.random.default_rng(7)
    xz = rng.uniform(-14, 14, (20, 2))
    friends = ((0, 1), (2, 3), (4, 5))
    together = assign(mats, People(xz, friends=friends))
    alone = assign(mats, People(xz))

    def beside(mat: NDArray[np.int64]) -> int:
        return sum(math.dist(mats.xz[mat[a]], mats.xz[mat[b]]) <= 3.3 for a, b in friends)

    assert beside(together) == 3 > beside(alone)
    extra_m = walked_m(mats, People(xz), together) - walked_m(mats, People(xz), alone)
    assert 0 <= extra_m <= 3 * 40.0


def test_friends_never_push_somebody_out_of_the_front_or_the_blocked_together() -> None:
    mats = laid("rows", 30, room("large"))
    rng = np.random.default_rng(3)
    people = People(
        rng.uniform(-14, 14, (30, 2)),
        access=frozenset(range(5)),
        friends=tuple((10 + n, 20 + n) for n in range(8)),
        apart=((10, 21), (11, 20), (0, 1)),
    )
    mat = assign(mats, people)
    assert all(mats.row[mat[who]] == 0 for who in range(5))
    for a, b in people.apart:
        assert math.dist(mats.xz[mat[a]], mats.xz[mat[b]]) >= 4.4


# --- late ----------------------------------------------------------------------------------------


def test_a_late_comer_gets_a_free_mat_at_the_rear_or_the_edge() -> None:
    mats = laid("rows", 20, room("large"))
    in_use = set(range(13))  # the last row in use is not full
    mat = late(mats, in_use)
    assert mat is not None
    assert mat not in in_use
    assert int(mats.row[mat]) in (int(mats.row[12]), int(mats.row[12]) + 1)
    hole = late(mats, in_use - {2}, at=tuple(mats.xz[2]))
    assert hole != 2  # nobody walks through the class into a hole in front
    assert late(mats, set(range(20)) - {2}) == 2
    assert late(mats, range(20)) is None


@settings(max_examples=60, deadline=None)
@given(data=st.data(), count=st.integers(1, 24), kind=st.sampled_from(KINDS))
def test_late_comers_keep_apart_and_disturb_nobody(data: Any, count: int, kind: str) -> None:
    mats = laid(kind, count, room("medium"))
    in_use = data.draw(st.sets(st.integers(0, count - 1)))
    apart = data.draw(
        st.lists(st.sampled_from(sorted(in_use)), max_size=3) if in_use else st.just([])
    )
    mat = late(mats, in_use, apart, (0.0, 8.0))
    fits = [
        free
        for free in set(range(count)) - in_use
        if all(math.dist(mats.xz[free], mats.xz[other]) >= 4.4 for other in apart)
    ]
    assert mat in fits if fits else mat is None


def test_anchor_of_a_ring_is_part_of_the_circle() -> None:
    ring = laid("circle", 7, room("medium"))
    stage = np.array([ring.stage.x, ring.stage.z])
    middle = ring.xz[np.argmax(np.hypot(*(ring.xz - stage).T))] / 2 + stage / 2
    away = np.hypot(*(np.vstack([ring.xz, stage]) - middle).T)
    assert float(np.ptp(away)) < 0.25
    assert isinstance(ring.stage, Anchor)
