"""Poses over HTTP: the library once, a group's own besides."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from hearth_server.community.permissions import Role
from hearth_server.community.poses import GROUP_POSES_MAX
from hearth_server.services.plans.library import library
from tests.support.groups import API, JSON, Town, town

pytestmark = pytest.mark.asyncio

HERON: JSON = {
    "id": "heron",
    "name": "Heron",
    "posture": "standing",
    "sided": True,
    "level": "steady",
    "text": "On one leg, the other foot at its ankle.",
    "steps": ["Lean on your left foot."],
    "care": ["Stay near a wall."],
    "keys": [
        {
            "at": 0.0,
            "root": [0.0, 0.92, 0.0],
            "bones": {"upper_leg_r": [40.0, 0.0, 20.0], "lower_leg_r": [-80.0, 0.0, 0.0]},
        }
    ],
    "breathes": False,
}


@pytest_asyncio.fixture
async def here(tmp_path: Path) -> AsyncIterator[Town]:
    async with town(tmp_path, "Ada", "Bo", "Cleo") as built:
        yield built


@pytest_asyncio.fixture
async def poses(here: Town) -> str:
    """Where the poses of Ada's group are; Bo hosts there, Cleo is a member."""
    started = await here.start("Ada")
    group = started["group"]
    for name in ("Bo", "Cleo"):
        await here.join(name, group["slug"])
    await here.give(group["id"], "Bo", Role.HOST)
    return f"/groups/{group['slug']}/poses"


async def test_the_library_is_sent_once(here: Town) -> None:
    first = await here.client.get(f"{API}/poses")
    assert first.status_code == 200
    items = first.json()["items"]
    assert [each["id"] for each in items] == list(library().poses)
    mountain = next(each for each in items if each["id"] == "mountain")
    assert (mountain["family"], mountain["own"], mountain["sided"]) == ("yoga", False, False)
    tag = first.headers["etag"]
    for known in (tag, f'W/{tag}, "other"', f'"other", {tag}'):
        again = await here.client.get(f"{API}/poses", headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    other = await here.client.get(f"{API}/poses", headers={"if-none-match": '"other"'})
    assert other.status_code == 200


async def test_a_group_adds_poses_of_its_own(here: Town, poses: str) -> None:
    before = await here.ask("Cleo", "GET", poses)
    kept = await here.do("Bo", "PUT", f"{poses}/heron", HERON)
    assert kept == {**HERON, "family": "", "own": True}
    after = await here.ask("Cleo", "GET", poses)
    assert after.headers["etag"] != before.headers["etag"]
    assert after.json()["items"] == [*before.json()["items"], kept]
    # Whoever may see the group sees them: a class needs them.
    assert (await here.get(None, poses))["items"] == after.json()["items"]
    renamed = await here.do("Bo", "PUT", f"{poses}/heron", {**HERON, "name": "Crane"})
    assert renamed["name"] == "Crane"
    group = poses.removesuffix("/poses")
    cues = [{"id": "a", "seconds": 30, "pose": "heron", "side": "right"}]
    plan = await here.do("Bo", "POST", f"{group}/plans", {"title": "Lake", "cues": cues})
    assert plan["hints"] == []
    await here.do("Bo", "DELETE", f"{poses}/heron")
    assert await here.refused("Bo", "DELETE", f"{poses}/heron") == (404, "pose_not_found")
    # The plan is still whole, and says what is missing.
    shown = await here.get("Bo", f"/plans/{plan['id']}")
    assert [each["code"] for each in shown["hints"]] == ["pose_gone"]
    assert (await here.ask("Cleo", "GET", poses)).headers["etag"] == before.headers["etag"]


async def test_poses_of_one_group_are_not_those_of_another(here: Town, poses: str) -> None:
    await here.do("Bo", "PUT", f"{poses}/heron", HERON)
    other = (await here.start("Cleo", name="Lake"))["group"]["slug"]
    items = (await here.get("Cleo", f"/groups/{other}/poses"))["items"]
    assert [each["id"] for each in items] == list(library().poses)
    cues = [{"id": "a", "seconds": 30, "pose": "heron"}]
    made = {"title": "x", "cues": cues}
    assert await here.refused("Cleo", "POST", f"/groups/{other}/plans", made) == (
        422,
        "pose_unknown",
    )


def key(**changes: Any) -> list[JSON]:
    return [{**HERON["keys"][0], **changes}]


async def test_what_is_no_pose_is_refused_by_name(here: Town, poses: str) -> None:
    path = f"{poses}/heron"
    for code, broken in (
        ("pose_refused", {"id": "stork"}),
        ("pose_refused", {"posture": "lying"}),
        ("pose_refused", {"keys": key(root=[0.0, 0.4, 0.0])}),
        ("pose_refused", {"keys": key(bones={"lower_leg_r": [90.0, 0.0, 0.0]})}),
        ("invalid_input", {"keys": []}),
        ("invalid_input", {"keys": key() * 2}),
        ("invalid_input", {"keys": [{**key()[0], "at": n / 20} for n in range(17)]}),
        ("invalid_input", {"keys": key(root=[0.0, "1", 0.0])}),
        ("invalid_input", {"keys": key(bones={"tail": [0.0, 0.0, 0.0]})}),
        ("invalid_input", {"name": "\u202e"}),
        ("invalid_input", {"text": "x" * 2000}),
        ("invalid_input", {"steps": ["x"] * 13}),
        ("invalid_input", {"more": 1}),
    ):
        here.node.clock.advance(10.0)
        told = await here.refused("Bo", "PUT", path, {**HERON, **broken})
        assert told == (422, code), broken
    taken = {**HERON, "id": "mountain"}
    assert await here.refused("Bo", "PUT", f"{poses}/mountain", taken) == (409, "pose_taken")
    assert await here.refused("Bo", "PUT", f"{poses}/..%2F", HERON) in (
        (404, "not_found"),
        (422, "invalid_input"),
    )
    items = (await here.get("Bo", poses))["items"]
    assert not any(each["own"] for each in items)


async def test_markup_is_text(here: Town, poses: str) -> None:
    told = {**HERON, "name": "<b>Heron\u200b</b>", "steps": ["<img src=x>\u202e"]}
    kept = await here.do("Bo", "PUT", f"{poses}/heron", told)
    assert (kept["name"], kept["steps"]) == ("<b>Heron</b>", ["<img src=x>"])


async def test_a_group_has_a_bounded_number_of_poses(here: Town, poses: str) -> None:
    await here.do("Bo", "PUT", f"{poses}/heron", HERON)
    group = await here.get("Bo", poses.removesuffix("/poses"))
    async with here.node.services.store.writing() as tx:
        (heron,) = await tx.plans.poses(group["id"])
        for n in range(GROUP_POSES_MAX - 1):
            one = heron.model_copy(update={"id": f"heron-{n}"})
            await tx.plans.put_pose(group["id"], one, None, n)
    stork = {**HERON, "id": "stork"}
    assert await here.refused("Bo", "PUT", f"{poses}/stork", stork) == (409, "too_many_poses")
    # One that is there already may still be changed.
    await here.do("Bo", "PUT", f"{poses}/heron", {**HERON, "name": "Crane"})
