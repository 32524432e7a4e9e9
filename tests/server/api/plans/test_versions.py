"""The versions of a plan over HTTP: who saved them, what they said, what is brought back."""

import asyncio

import pytest
import pytest_asyncio

from hearth_server.community.plans.records import VERSIONS_KEPT
from tests.server.api.plans.conftest import cue
from tests.support.groups import JSON, Town

pytestmark = pytest.mark.asyncio
POSE: JSON = {
    "id": "tall-heron",
    "name": "Tall heron",
    "text": "On one foot.",
    "posture": "standing",
    "keys": [{"at": 0, "root": [0, 0.92, 0], "bones": {}}],
}


@pytest_asyncio.fixture
async def path(here: Town, group: str) -> str:
    """A plan in three versions: of Bo, of Ada, of Bo."""
    made = await here.do(
        "Bo", "POST", f"/groups/{group}/plans", {"title": "Morning", "cues": [cue("arrive", 32)]}
    )
    path = f"/plans/{made['id']}"
    two = [cue("arrive", 32), cue("rest", 60)]
    for who, version, cues, note in (("Ada", 1, two, "A rest"), ("Bo", 2, two[1:], "")):
        body = {"version": version, "title": f"Number {version + 1}", "cues": cues, "note": note}
        await here.do(who, "PUT", path, body)
    return path


async def listed(here: Town, path: str, who: str = "Bo") -> list[JSON]:
    return list((await here.get(who, f"{path}/versions"))["items"])


async def test_a_list_says_who_saved_what_and_when(here: Town, path: str) -> None:
    versions = await listed(here, path)
    assert [(each["version"], each["by"]["name"], each["title"]) for each in versions] == [
        (3, "Bo", "Number 3"),
        (2, "Ada", "Number 2"),
        (1, "Bo", "Morning"),
    ]
    assert [each["cues"] for each in versions] == [1, 2, 1]
    assert {each["created_ms"] for each in versions} == {here.node.now_ms}


async def test_one_version_is_read_as_it_was(here: Town, path: str) -> None:
    second = await here.get("Bo", f"{path}/versions/2")
    assert (second["version"], second["title"], second["note"]) == (2, "Number 2", "A rest")
    assert second["by"]["name"] == "Ada"
    assert [each["id"] for each in second["cues"]] == ["arrive", "rest"]
    assert [(each["from_ms"], each["ms"]) for each in second["compiled"]] == [
        (0, 32_000),
        (32_000, 60_000),
    ]
    assert second["ms"] == 92_000
    # To look is not to change anything.
    assert (await here.get("Bo", path))["version"] == 3
    third = await here.get("Ada", f"{path}/versions/3")
    assert third["cues"] == (await here.get("Ada", path))["cues"]
    missing = await here.refused("Bo", "GET", f"{path}/versions/9")
    assert missing == (404, "version_not_found")
    assert await here.refused("Bo", "GET", f"{path}/versions/0") == (422, "invalid_input")


async def test_a_version_is_brought_back_as_a_new_one_and_undo_leads_back(
    here: Town, path: str
) -> None:
    first = await here.get("Bo", f"{path}/versions/1")
    third = await here.get("Bo", path)
    back = await here.do("Ada", "POST", f"{path}/versions/1/bring-back", {"version": 3})
    assert (back["version"], back["title"], back["cues"]) == (4, "Morning", first["cues"])
    assert back["ms"] == 32_000
    newest = (await listed(here, path))[0]
    assert (newest["version"], newest["parent"], newest["note"]) == (4, 3, "As version 1")
    assert newest["by"]["name"] == "Ada"
    assert [each["version"] for each in await listed(here, path)] == [4, 3, 2, 1]
    # What was there before is not lost: it is one undo away.
    undone = await here.do("Bo", "POST", f"{path}/undo", {"version": 4})
    assert (undone["title"], undone["cues"]) == (third["title"], third["cues"])


async def test_bringing_back_what_is_there_already_makes_no_version(here: Town, path: str) -> None:
    same = await here.do("Bo", "POST", f"{path}/versions/3/bring-back", {"version": 3})
    assert same == await here.get("Bo", path)
    assert len(await listed(here, path)) == 3


async def test_nobody_brings_anything_back_over_what_they_did_not_see(
    here: Town, path: str
) -> None:
    stale = await here.refused("Bo", "POST", f"{path}/versions/1/bring-back", {"version": 2})
    assert stale == (409, "stale_version")
    wishes = [(who, number) for number in (1, 2) for who in ("Ada", "Bo") for _ in range(3)]
    answers = await asyncio.gather(
        *(
            here.ask(who, "POST", f"{path}/versions/{number}/bring-back", {"version": 3})
            for who, number in wishes
        )
    )
    assert sorted(each.status_code for each in answers) == [200] + [409] * 11
    assert len(await listed(here, path)) == 4


async def test_what_is_put_away_or_kept_no_more_is_not_brought_back(here: Town, path: str) -> None:
    for version in range(3, VERSIONS_KEPT + 3):
        body = {"version": version, "title": f"Number {version + 1}", "cues": [], "note": ""}
        await here.do("Bo", "PUT", path, body)
    versions = [each["version"] for each in await listed(here, path)]
    assert versions == list(range(VERSIONS_KEPT + 3, 3, -1))
    assert await here.refused("Bo", "GET", f"{path}/versions/3") == (404, "version_not_found")
    gone = f"{path}/versions/3/bring-back"
    now = {"version": VERSIONS_KEPT + 3}
    assert await here.refused("Bo", "POST", gone, now) == (404, "version_not_found")
    await here.do("Bo", "DELETE", path)
    away = await here.refused("Bo", "POST", f"{path}/versions/9/bring-back", now)
    assert away == (409, "plan_archived")


async def test_a_version_with_a_pose_that_is_gone_comes_back_and_says_so(
    here: Town, group: str, path: str
) -> None:
    pose = f"/groups/{group}/poses/tall-heron"
    await here.do("Bo", "PUT", pose, POSE)
    for version, cues in ((3, [cue("stand", pose="tall-heron")]), (4, [])):
        body = {"version": version, "title": "Heron", "cues": cues, "note": ""}
        await here.do("Bo", "PUT", path, body)
    await here.do("Bo", "DELETE", pose)
    old = await here.get("Bo", f"{path}/versions/4")
    assert [each["code"] for each in old["hints"]] == ["pose_gone"]
    back = await here.do("Bo", "POST", f"{path}/versions/4/bring-back", {"version": 5})
    assert back["cues"][0]["pose"] == "tall-heron"
    assert [each["code"] for each in back["hints"]] == ["pose_gone"]


async def test_whoever_is_kept_apart_is_not_named(here: Town, path: str) -> None:
    await here.do("Bo", "POST", "/me/blocks", {"account": here.id("Ada")})
    assert [each["by"] and each["by"]["name"] for each in await listed(here, path)] == [
        "Bo",
        None,
        "Bo",
    ]
    assert (await here.get("Bo", f"{path}/versions/2"))["by"] is None
