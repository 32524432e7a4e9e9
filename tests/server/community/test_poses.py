"""The body, where it comes to lie, and which poses nobody could take."""

import json
import math
from importlib import resources
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hearth_server.community.poses import (
    AFLOAT_M,
    FLOOR_M,
    KEYS_MAX,
    POSE_BYTES,
    Pose,
    PoseKey,
    bodies,
    impossible,
    mirrored,
)
from hearth_server.community.skeleton import from_euler, laid_out, other_side, slerp, torso_deg
from hearth_server.services.plans.library import FAMILIES, library

SKELETON = library().skeleton
POSES = list(library().poses.values())
STANDING = (0.0, 0.92, 0.0)


def pose(*keys: dict[str, Any], posture: Any = "standing", **rest: Any) -> Pose:
    made = [{"at": 0.0, "root": STANDING, **key} for key in keys or ({},)]
    return Pose(id="test", name="Test", posture=posture, text="A test.", keys=made, **rest)


def why_not(*keys: dict[str, Any], posture: Any = "standing") -> str:
    refusal = impossible(SKELETON, pose(*keys, posture=posture))
    assert refusal is not None
    assert refusal.code == "pose_refused"
    return refusal.text


def test_at_rest_one_stands_with_hanging_arms() -> None:
    body = laid_out(SKELETON, STANDING, {})
    assert body.joints["head"] == pytest.approx((0.0, 1.52, 0.0))
    assert body.joints["hand_r"] == pytest.approx((0.17, 0.84, 0.0))
    assert body.joints["foot_l"] == pytest.approx((-0.09, 0.08, 0.0))
    assert torso_deg(body) == pytest.approx(90.0)
    assert body.lowest[1][1] == pytest.approx(0.0)


def test_a_turn_carries_along_what_hangs_from_it() -> None:
    # The right arm raised to the side, then bent at the elbow so that the forearm points up.
    turns = {
        "upper_arm_r": from_euler((0.0, 0.0, 90.0)),
        "lower_arm_r": from_euler((0.0, 0.0, 90.0)),
    }
    body = laid_out(SKELETON, STANDING, turns)
    assert body.joints["lower_arm_r"] == pytest.approx((0.46, 1.39, 0.0))
    assert body.joints["hand_r"] == pytest.approx((0.46, 1.65, 0.0))
    # Both thighs forward and both shins back down: sitting on a chair, knees ahead (-z).
    turns = {name: from_euler((90.0, 0.0, 0.0)) for name in ("upper_leg_r", "upper_leg_l")}
    turns |= {name: from_euler((-90.0, 0.0, 0.0)) for name in ("lower_leg_r", "lower_leg_l")}
    body = laid_out(SKELETON, (0.0, 0.5, 0.0), turns)
    assert body.joints["lower_leg_r"] == pytest.approx((0.09, 0.48, -0.42))
    assert body.joints["foot_r"] == pytest.approx((0.09, 0.08, -0.42))


_ANGLES = st.floats(-180, 180)
_TURNS = st.dictionaries(
    st.sampled_from([bone.name for bone in SKELETON.bones]), st.tuples(*[_ANGLES] * 3)
)


def _matrix(degrees: Any) -> Any:
    x, y, z = np.radians(degrees)
    about_x = [[1, 0, 0], [0, math.cos(x), -math.sin(x)], [0, math.sin(x), math.cos(x)]]
    about_y = [[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]]
    about_z = [[math.cos(z), -math.sin(z), 0], [math.sin(z), math.cos(z), 0], [0, 0, 1]]
    return np.array(about_x) @ about_y @ about_z


@given(_TURNS)
def test_everything_lies_where_matrices_say(turns: dict[Any, Any]) -> None:
    body = laid_out(SKELETON, STANDING, {name: from_euler(turn) for name, turn in turns.items()})
    placed: dict[Any, Any] = {}
    for bone in SKELETON.bones:
        turn = _matrix(turns.get(bone.name, (0, 0, 0)))
        if bone.parent is None:
            placed[bone.name] = (np.array(STANDING) + bone.offset, turn)
        else:
            at, frame = placed[bone.parent]
            placed[bone.name] = (at + frame @ bone.offset, frame @ turn)
    for name, joint in body.joints.items():
        assert joint == pytest.approx(tuple(placed[name][0]), abs=1e-9)
    for name, point in body.skin:
        at, frame = placed[name]
        ends = [tuple(at + frame @ end) for end in SKELETON.ends[name]]
        assert any(point == pytest.approx(end, abs=1e-9) for end in ends)


@given(_TURNS)
def test_the_mirror_image_is_the_mirror_image(turns: dict[Any, Any]) -> None:
    one = pose({"bones": turns, "root": (0.2, 0.9, -0.1)})
    other = mirrored(one)
    assert mirrored(other) == one
    (_, here), (_, there) = next(bodies(SKELETON, one)), next(bodies(SKELETON, other))
    for name, (x, y, z) in here.joints.items():
        assert there.joints[other_side(name)] == pytest.approx((-x, y, z), abs=1e-9)


def test_between_two_keys_a_turn_goes_the_shorter_way() -> None:
    right = from_euler((0.0, 90.0, 0.0))
    half = slerp(from_euler((0.0, 0.0, 0.0)), right, 0.5)
    assert half == pytest.approx(from_euler((0.0, 45.0, 0.0)))
    assert slerp(right, (-right[0], -right[1], -right[2], -right[3]), 0.5) == pytest.approx(right)


@pytest.mark.parametrize(
    ("said", "keys", "posture"),
    [
        ("upper_arm_r", [{"bones": {"upper_arm_r": (0.0, 0.0, -120.0)}}], "standing"),
        ("lower_arm_l", [{"bones": {"lower_arm_l": (-30.0, 0.0, 0.0)}}], "standing"),
        ("lower_leg_l", [{"bones": {"lower_leg_l": (40.0, 0.0, 0.0)}}], "standing"),
        ("below the floor", [{"root": (0.0, 0.85, 0.0)}], "standing"),
        ("floats", [{"root": (0.0, 1.3, 0.0)}], "standing"),
        ("off the mat", [{"root": (9.0, 0.92, 0.0)}], "standing"),
        ("too steep for somebody who lies", [{}], "lying"),
        ("too high for somebody who sits", [{}], "seated"),
        ("too high for somebody who kneels", [{}], "kneeling"),
        # Each key stands on the floor; on the way from one to the other the feet go through it.
        (
            "below the floor",
            [
                {"root": (0.0, 0.92, 0.0)},
                {
                    "at": 1.0,
                    "root": (0.0, 0.5, 0.0),
                    "bones": {
                        name: (sign * 90.0, 0.0, 0.0)
                        for sign, part in ((1, "upper_leg"), (-1, "lower_leg"))
                        for name in (f"{part}_l", f"{part}_r")
                    },
                },
            ],
            "standing",
        ),
    ],
)
def test_what_nobody_could_do_is_refused_by_name(
    said: str, keys: list[dict[str, Any]], posture: Any
) -> None:
    assert said in why_not(*keys, posture=posture)


def test_the_left_side_bends_as_the_right_does_mirrored() -> None:
    out_to_the_side = {"upper_arm_l": (0.0, 0.0, -170.0)}
    assert impossible(SKELETON, pose({"bones": out_to_the_side})) is None
    assert "upper_arm_l" in why_not({"bones": {"upper_arm_l": (0.0, 0.0, 120.0)}})


@pytest.mark.parametrize(
    "broken",
    [
        {"keys": []},
        {"keys": [{"at": 0.0, "root": STANDING}] * (KEYS_MAX + 1)},
        {"keys": [{"at": 0.5, "root": STANDING}, {"at": 0.5, "root": STANDING}]},
        {"keys": [{"at": 1.5, "root": STANDING}]},
        {"keys": [{"at": 0.0, "root": (0.0, math.nan, 0.0)}]},
        {"keys": [{"at": 0.0, "root": (0.0, math.inf, 0.0)}]},
        {"keys": [{"at": 0.0, "root": STANDING, "bones": {"tail": (0.0, 0.0, 0.0)}}]},
        {"keys": [{"at": 0.0, "root": STANDING, "bones": {"head": (0.0, math.nan, 0.0)}}]},
        {"keys": [{"at": 0.0, "root": STANDING, "bones": {"head": (0.0, 0.0)}}]},
        {"posture": "flying"},
        {"id": "../mountain"},
        {"name": ""},
        {"text": "turned \u202e around"},
    ],
)
def test_what_is_no_pose_is_not_read(broken: dict[str, Any]) -> None:
    told = {"id": "test", "name": "Test", "posture": "standing", "text": "A test."}
    told["keys"] = [{"at": 0.0, "root": STANDING}]  # type: ignore[assignment]
    assert Pose.model_validate(told)
    with pytest.raises(ValidationError):
        Pose.model_validate({**told, **broken})


def test_a_pose_has_a_bounded_size() -> None:
    names = [bone.name for bone in SKELETON.bones]
    key = {"bones": dict.fromkeys(names, (0.1234567890123456, 0.1234567890123456, 0.123456789))}
    keys = [{**key, "at": n / KEYS_MAX} for n in range(KEYS_MAX)]
    assert len(pose(*keys).model_dump_json()) > POSE_BYTES
    assert "KiB" in why_not(*keys)


@pytest.mark.parametrize("each", POSES, ids=lambda each: each.id)
def test_poses_of_the_library_can_be_taken_on_both_sides(each: Pose) -> None:
    for one in (each, mirrored(each)):
        assert impossible(SKELETON, one) is None
        for _, body in bodies(SKELETON, one):
            assert FLOOR_M <= body.lowest[1][1] <= AFLOAT_M
            if one.posture == "lying":
                assert abs(torso_deg(body)) <= 45.0
                assert body.joints["chest"][1] > 0.0
    assert each.steps
    assert each.care
    if not each.sided and len(each.keys) == 1:
        # What has no sides is its own mirror image, near enough to stand for both.
        here, there = each.keys[0], mirrored(each).keys[0]
        assert here.root[0] == pytest.approx(0.0, abs=0.05)
        assert set(here.bones) == set(there.bones)


def test_the_library_has_every_family_and_posture() -> None:
    families = library().families
    assert set(families.values()) == set(FAMILIES)
    assert {each.posture for each in POSES} == {"standing", "seated", "kneeling", "lying"}
    assert len(POSES) >= 20


def test_the_files_of_the_library_are_within_their_limits() -> None:
    for family in FAMILIES:
        text = (resources.files("hearth_server") / "poses" / f"{family}.json").read_text("utf-8")
        for each in json.loads(text)["poses"]:
            assert len(json.dumps(each)) <= POSE_BYTES
            assert set(each) <= set(Pose.model_fields), each["id"]
            for key in each["keys"]:
                assert set(key) <= set(PoseKey.model_fields)
