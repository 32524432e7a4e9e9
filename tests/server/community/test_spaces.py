"""Designs of rooms, and who may enter them: pure rules."""

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_protocol.design import Design, DesignPlace, DesignSpawn, DesignZone, Template
from hearth_server.community.furnishing import default_capacity, default_design
from hearth_server.community.groups import Group, Membership, Standing, standing_of
from hearth_server.community.permissions import Role
from hearth_server.community.spaces import (
    CAPACITY_MAX,
    RESERVED_SEATS,
    Access,
    RoomRecord,
    check_design,
    is_full,
    may_enter,
)

BASE = default_design("classroom")
GROUP = Group(id="g", slug="readers", name="Readers", visibility="listed", norms_version=1)


def _standing(role: Role | None, signed: bool = True, group: Group = GROUP) -> Standing:
    if role is None:
        return standing_of(group, "a", None)
    return standing_of(group, "a", Membership(group.id, "a", role, 0, 1 if signed else None))


def _room(access: Access = "members", **changes: object) -> RoomRecord:
    return RoomRecord("study-aaaaaa", "g", "Study", BASE, access=access, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("template", get_args(Template))
def test_every_template_begins_with_a_room_that_can_be_used(template: Template) -> None:
    design = default_design(template)
    assert check_design(design) is None
    assert design.template == template
    settings = RoomRecord("a-bcdefg", "g", "Room", design).settings()
    assert settings.bounds.max[0] == design.half_width_m
    assert 2 <= default_capacity(template) <= CAPACITY_MAX


def test_a_fresh_studio_lets_arms_be_stretched() -> None:
    mats = [place for place in default_design("studio").places if place.kind == "mat"]
    assert len(mats) >= default_capacity("studio")
    for index, mat in enumerate(mats):
        for other in mats[index + 1 :]:
            assert math.hypot(mat.x - other.x, mat.z - other.z) >= 2.2 - 1e-9


def _with(**changes: object) -> Design:
    return BASE.model_copy(update=changes)


def _seat(name: str, x: float, z: float, kind: str = "seat") -> DesignPlace:
    return DesignPlace.model_validate({"id": name, "kind": kind, "x": x, "z": z, "yaw_deg": 0})


def _zone(name: str, kind: str, *box: float) -> DesignZone:
    x0, z0, x1, z1 = box
    return DesignZone.model_validate(
        {"id": name, "name": name, "kind": kind, "x0": x0, "z0": z0, "x1": x1, "z1": z1}
    )


@pytest.mark.parametrize(
    ("changes", "code", "names"),
    [
        ({"places": [_seat("a", 1, 1), _seat("a", 3, 3)]}, "design_twice", "'a'"),
        ({"places": [_seat("far", 9.9, 1)]}, "design_outside", "far"),
        ({"spawn": [DesignSpawn(x=0, z=-9.8, yaw_deg=0)]}, "design_outside", "Arrival point 1"),
        ({"zones": [_zone("thin", "quiet", 0, 0, 0.5, 4)]}, "design_zone", "thin"),
        ({"zones": [_zone("turned", "quiet", 4, 0, 0, 4)]}, "design_zone", "turned"),
        (
            {"zones": [_zone("a", "private", 0, 0, 3, 3), _zone("b", "quiet", 2, 2, 5, 5)]},
            "design_zone",
            "overlap",
        ),
        ({"places": [_seat("a", 1, 1), _seat("b", 1.5, 1)]}, "design_close", "0.6 m"),
        (
            {"places": [_seat("a", 1, 1, "mat"), _seat("b", 2.1, 1, "mat")]},
            "design_close",
            "1.2 m",
        ),
        ({"places": [_seat("a", 0.3, 7.5)]}, "design_arrival", "'a'"),
        ({"zones": [_zone("nook", "private", -1, 7, 1, 9)]}, "design_arrival", "nook"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    changes: dict[str, object], code: str, names: str
) -> None:
    refusal = check_design(_with(**changes))
    assert refusal is not None
    assert refusal.code == code
    assert names in refusal.text


def test_a_zone_may_be_a_metre_wide_wherever_it_lies() -> None:
    """1.13 - 0.13 is less than 1 in floating point."""
    assert check_design(_with(zones=[_zone("thin", "quiet", 0.13, 0.29, 1.13, 1.29)])) is None
    refusal = check_design(_with(zones=[_zone("thin", "quiet", 0.13, 0.29, 1.12, 1.29)]))
    assert refusal is not None
    assert refusal.code == "design_zone"


def test_seats_may_be_as_close_as_shoulders() -> None:
    assert check_design(_with(places=[_seat("a", 1, 1), _seat("b", 1.6, 1)])) is None


@given(
    st.lists(
        st.tuples(st.floats(-24, 24), st.floats(-24, 24), st.sampled_from(["mat", "seat"])),
        max_size=12,
    ),
    st.sampled_from(["small", "medium", "large", "great"]),
)
def test_whatever_passes_lies_inside_and_apart(
    spots: list[tuple[float, float, str]], size: str
) -> None:
    places = [_seat(f"p-{n}", x, z, kind) for n, (x, z, kind) in enumerate(spots)]
    design = _with(
        places=places, size=size, zones=[], objects=[], spawn=[DesignSpawn(x=0, z=0, yaw_deg=0)]
    )
    if check_design(design) is not None:
        return
    assert all(abs(p.x) < design.half_width_m and abs(p.z) < design.half_width_m for p in places)
    for a in places:
        for b in places:
            gap_m = ((a.x - b.x) ** 2 + (a.z - b.z) ** 2) ** 0.5
            assert a is b or gap_m >= (1.2 if a.kind == b.kind == "mat" else 0.6) - 1e-3


@pytest.mark.parametrize(
    ("access", "let_in"),
    [
        ("everyone", {None, *Role}),
        ("members", {*Role}),
        ("hosts", {Role.HOST, Role.MODERATOR, Role.LEADER, Role.OWNER}),
        # Moderators reach every room.
        ("leaders", {Role.MODERATOR, Role.LEADER, Role.OWNER}),
    ],
)
def test_a_door_knows_its_people(access: Access, let_in: set[Role | None]) -> None:
    for role in (None, *Role):
        refusal = may_enter(_room(access), _standing(role))
        assert (refusal is None) == (role in let_in), role


def test_nobody_enters_what_is_archived() -> None:
    for room, group in ((_room(archived_ms=5), GROUP), (_room(), Group("g", "s", "S"))):
        standing = _standing(Role.OWNER, group=group)
        if group is not GROUP:
            standing = _standing(Role.OWNER, group=Group("g", "s", "S", archived_ms=5))
        refusal = may_enter(room, standing)
        assert refusal is not None
        assert refusal.code.endswith("_archived")


def test_the_unsigned_are_asked_to_sign_where_nobody_may_listen() -> None:
    hidden = Group(id="g", slug="r", name="R", visibility="private", norms_version=1)
    refusal = may_enter(_room(), _standing(Role.MEMBER, signed=False, group=hidden))
    assert refusal is not None
    assert refusal.code == "norms_unsigned"
    assert may_enter(_room(), _standing(Role.MEMBER, signed=False)) is None


def test_a_full_room_has_two_seats_for_those_who_help() -> None:
    room = _room(capacity=4)
    assert is_full(room, _standing(Role.MEMBER), 3) is None
    for present in (4, 5):
        assert is_full(room, _standing(Role.MEMBER), present) is not None
        assert is_full(room, _standing(Role.MODERATOR), present) is None
        assert is_full(room, _standing(Role.MEMBER), present, promised=True) is None
    for who in (Role.MEMBER, Role.OWNER):
        assert is_full(room, _standing(who), 4 + RESERVED_SEATS, promised=True) is not None
    refusal = is_full(room, _standing(Role.OWNER), 4 + RESERVED_SEATS)
    assert refusal is not None
    assert refusal.code == "room_full"
