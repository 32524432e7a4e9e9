"""Session plans over HTTP: made, saved, undone, put away, shared with who may come, refused."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from hearth_server.api.guard import MAX_PLAN_BYTES
from hearth_server.community.plans.records import (
    CUES_MAX,
    PLANS_MAX,
    PlanRecord,
    PlanVersion,
)
from hearth_server.services.plans.reading import compiled_plan
from tests.server.api.plans.conftest import cue
from tests.support.events import keep, record
from tests.support.groups import API, JSON, Town
from tests.support.roles import cast

pytestmark = pytest.mark.asyncio
BOX = {"in_s": 4.0, "hold_s": 4.0, "out_s": 4.0, "rest_s": 4.0}


@pytest_asyncio.fixture
async def plan(here: Town, group: str) -> JSON:
    """A plan of Bo's with two cues."""
    cues = [cue("arrive", 32, breath=BOX, pose="mountain"), cue("rest", 60, music="bowls")]
    return await here.do("Bo", "POST", f"/groups/{group}/plans", {"title": "Morning", "cues": cues})


def written(plan: JSON, **changes: Any) -> JSON:
    return {
        "version": plan["version"],
        "title": plan["title"],
        "cues": plan["cues"],
        "note": "",
        **changes,
    }


async def test_a_plan_is_made_and_shows_its_times(here: Town, group: str, plan: JSON) -> None:
    assert plan["version"] == 1
    assert plan["ms"] == 92_000
    assert plan["may_edit"]
    assert plan["hints"] == []
    assert plan["group"]["slug"] == group
    assert [(each["from_ms"], each["ms"]) for each in plan["compiled"]] == [
        (0, 32_000),
        (32_000, 60_000),
    ]
    assert plan["cues"][0]["breath"] == BOX
    assert await here.get("Ada", f"/plans/{plan['id']}") == plan
    (card,) = (await here.get("Bo", f"/groups/{group}/plans"))["items"]
    assert (card["id"], card["title"], card["ms"], card["cues"]) == (
        plan["id"],
        "Morning",
        92_000,
        2,
    )


async def test_starters_are_there_to_begin_with(here: Town, group: str) -> None:
    starters = (await here.get(None, "/plan-starters"))["items"]
    assert len(starters) >= 4
    for starter in starters:
        path = f"/groups/{group}/plans"
        made = await here.do("Bo", "POST", path, {"starter": starter["id"]})
        assert made["title"] == starter["title"]
        assert made["cues"] == starter["cues"]
        assert made["ms"] == starter["ms"]
        assert made["hints"] == []
    own = await here.do("Bo", "POST", path, {"starter": "body-scan", "title": "Mine"})
    assert own["title"] == "Mine"
    empty = await here.do("Bo", "POST", path, {"title": "From nothing"})
    assert (empty["cues"], empty["ms"]) == ([], 0)
    assert await here.refused("Bo", "POST", path, {"starter": "x"}) == (422, "starter_unknown")
    both = {"title": "x", "starter": "body-scan", "cues": []}
    assert await here.refused("Bo", "POST", path, both) == (422, "invalid_input")
    assert await here.refused("Bo", "POST", path, {}) == (422, "invalid_input")


async def test_only_who_saw_the_newest_version_saves(here: Town, plan: JSON) -> None:
    path = f"/plans/{plan['id']}"
    saved = await here.do("Bo", "PUT", path, written(plan, title="Evening", note="Renamed"))
    assert (saved["version"], saved["title"]) == (2, "Evening")
    response = await here.ask("Ada", "PUT", path, written(plan, title="Night"))
    assert response.status_code == 409
    assert response.json()["code"] == "stale_version"
    assert "load the plan again" in response.json()["detail"]
    assert await here.get("Bo", path) == saved
    # The same once more changes nothing, and makes no version.
    again = await here.do("Bo", "PUT", path, written(saved))
    assert again["version"] == 2
    versions = (await here.get("Bo", f"{path}/versions"))["items"]
    assert [(each["version"], each["parent"], each["note"], each["cues"]) for each in versions] == [
        (2, 1, "Renamed", 2),
        (1, None, "", 2),
    ]


async def test_of_many_who_save_at_once_one_does_and_the_others_are_told(
    here: Town, plan: JSON
) -> None:
    path = f"/plans/{plan['id']}"
    wanted = [(who, written(plan, title=f"{who} {n}")) for n in range(6) for who in ("Ada", "Bo")]
    answers = await asyncio.gather(*(here.ask(who, "PUT", path, body) for who, body in wanted))
    assert sorted(each.status_code for each in answers) == [200] + [409] * 11
    (saved,) = [each.json() for each in answers if each.status_code == 200]
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"stale_version"}
    assert await here.get("Bo", path) == saved
    assert len((await here.get("Bo", f"{path}/versions"))["items"]) == 2


async def test_undo_leads_back_step_by_step_and_keeps_what_it_undid(here: Town, plan: JSON) -> None:
    path = f"/plans/{plan['id']}"
    for version, title in ((1, "Two"), (2, "Three")):
        await here.do("Bo", "PUT", path, written({**plan, "version": version}, title=title))
    third = await here.refused("Bo", "POST", f"{path}/undo", {"version": 2})
    assert third == (409, "stale_version")
    once = await here.do("Bo", "POST", f"{path}/undo", {"version": 3})
    assert (once["version"], once["title"]) == (4, "Two")
    twice = await here.do("Bo", "POST", f"{path}/undo", {"version": 4})
    assert (twice["version"], twice["title"], twice["cues"]) == (5, "Morning", plan["cues"])
    assert await here.refused("Bo", "POST", f"{path}/undo", {"version": 5}) == (
        409,
        "nothing_to_undo",
    )
    versions = (await here.get("Bo", f"{path}/versions"))["items"]
    assert [each["title"] for each in versions] == ["Morning", "Two", "Three", "Two", "Morning"]
    # After that one goes on from there.
    onward = await here.do("Bo", "PUT", path, written(twice, title="Other"))
    back = await here.do("Bo", "POST", f"{path}/undo", {"version": onward["version"]})
    assert back["title"] == "Morning"


async def test_a_plan_is_put_away_and_brought_back(here: Town, group: str, plan: JSON) -> None:
    path = f"/plans/{plan['id']}"
    await here.do("Bo", "DELETE", path)
    await here.do("Bo", "DELETE", path)
    assert (await here.get("Bo", f"/groups/{group}/plans"))["items"] == []
    shown = await here.get("Bo", path)
    assert shown["archived"]
    assert await here.refused("Bo", "PUT", path, written(plan)) == (409, "plan_archived")
    back = await here.do("Bo", "POST", f"{path}/undo", {"version": 1})
    assert back == plan
    assert len((await here.get("Bo", f"/groups/{group}/plans"))["items"]) == 1


async def test_hints_are_told_and_not_refused(here: Town, plan: JSON) -> None:
    cues = [
        cue("uneven", 40, breath=BOX),
        cue("sided", 30, pose="tree"),
        cue("cut", 30),
        cue("end", 30, at_s=80),
    ]
    saved = await here.do("Bo", "PUT", f"/plans/{plan['id']}", written(plan, cues=cues))
    assert [(each["cue"], each["code"]) for each in saved["hints"]] == [
        ("uneven", "breath_uneven"),
        ("sided", "side_needed"),
        ("cut", "cut_short"),
    ]
    assert all(each["text"].endswith(".") for each in saved["hints"])


async def test_a_plan_is_for_hosts_and_for_who_may_come_to_an_event_with_it(
    here: Town, group: str, plan: JSON
) -> None:
    path = f"/plans/{plan['id']}"
    assert await here.refused("Cleo", "GET", path) == (403, "not_allowed")
    assert await here.refused("Dara", "GET", path) == (403, "not_a_member")
    assert await here.refused(None, "GET", path) == (401, "sign_in_needed")
    info = await here.get("Ada", f"/groups/{group}")
    room = info["rooms"][0]["id"]
    await keep(
        here.node.services.store,
        record(plan["group"]["id"], room, here.id("Bo"), plan_id=plan["id"]),
    )
    seen = await here.get("Cleo", path)
    assert seen["compiled"] == plan["compiled"]
    assert not seen["may_edit"]
    assert await here.refused("Dara", "GET", path) == (403, "not_a_member")
    assert await here.refused(None, "GET", path) == (401, "sign_in_needed")
    assert await here.refused("Cleo", "PUT", path, written(plan)) == (403, "not_allowed")
    assert await here.refused("Cleo", "GET", f"{path}/versions") == (403, "not_allowed")
    # A room that does not open to members: nor does the plan.
    shut = {"version": 1, "access": "hosts"}
    await here.do("Ada", "PATCH", f"/rooms/{room}", shut)
    assert await here.refused("Cleo", "GET", path) == (403, "not_allowed")


async def test_a_gathering_gets_the_version_it_began_with(here: Town, plan: JSON) -> None:
    await here.do("Bo", "PUT", f"/plans/{plan['id']}", written(plan, title="Evening"))
    async with here.node.services.store.reading() as tx:
        newest = await compiled_plan(tx, plan["id"])
        first = await compiled_plan(tx, plan["id"], 1)
        assert (newest.version, newest.title, newest.ms) == (2, "Evening", 92_000)
        assert (first.version, first.title, first.ms) == (1, "Morning", 92_000)
        assert (await compiled_plan(tx, plan["id"], 77)).version == 2
        assert (await compiled_plan(tx, None)).cues == ()
        assert (await compiled_plan(tx, "nothing")).cues == ()


#: Cues that make no plan, and what that is called.
WRONG: Any = [
    ("cue_twice", [cue("a"), cue("a")]),
    ("cue_time", [cue("a"), cue("b", at_s=0)]),
    ("cue_time", [cue("a", at_s=5)]),
    ("cue_length", [cue("a", 0.5)]),
    ("plan_too_long", [cue("a", 40_000), cue("b", 40_000)]),
    ("cue_breath", [cue("a", breath={"in_s": 0, "out_s": 4})]),
    ("pose_unknown", [cue("a", pose="handstand-on-one-finger")]),
    ("pose_unknown", [cue("a", alternatives=[{"posture": "seated", "pose": "none-such"}])]),
    ("invalid_input", [cue("a", -5)]),
    ("invalid_input", [cue("a", 1e300)]),
    ("invalid_input", [cue("a", "30")]),
    ("invalid_input", [cue("A b")]),
    ("invalid_input", [cue("a", text="x" * 301)]),
    ("invalid_input", [cue("a", text="x" * 20_000)]),
    ("invalid_input", [cue("a", side="front")]),
    ("invalid_input", [cue("a", music="trumpets")]),
    ("invalid_input", [cue("a", alternatives=[{"posture": "seated"}] * 5)]),
    ("invalid_input", [cue("a", more="fields")]),
    ("invalid_input", [cue(f"c{n}", 1) for n in range(CUES_MAX + 1)]),
    ("invalid_input", {"a": 1}),
]


async def test_what_makes_no_plan_is_refused_by_name_and_nothing_is_lost(
    here: Town, group: str, plan: JSON
) -> None:
    path, plans = f"/plans/{plan['id']}", f"/groups/{group}/plans"
    here.node.clock.advance(600.0)
    for code, cues in WRONG:
        here.node.clock.advance(10.0)
        assert await here.refused("Bo", "PUT", path, written(plan, cues=cues)) == (422, code), cues
        made = {"title": "New", "cues": cues}
        assert await here.refused("Bo", "POST", plans, made) == (422, code), cues
    assert await here.get("Bo", path) == plan
    assert len((await here.get("Bo", plans))["items"]) == 1


async def test_a_plan_of_ten_thousand_cues_is_told_how_many_there_may_be(
    here: Town, plan: JSON
) -> None:
    cues = [cue(f"c{n}", 1) for n in range(10_000)]
    response = await here.ask("Bo", "PUT", f"/plans/{plan['id']}", written(plan, cues=cues))
    assert response.status_code == 422
    assert "500 cues at most, and this one has 10000" in response.json()["detail"]


async def test_a_body_has_a_ceiling_above_what_a_whole_plan_takes(here: Town, plan: JSON) -> None:
    path = f"/plans/{plan['id']}"
    most = [
        cue(f"cue-{n}", 20, text="Wörter und Wörter, " * 15, side="left", breath=BOX)
        for n in range(CUES_MAX)
    ]
    saved = await here.do("Bo", "PUT", path, written(plan, cues=most))
    assert len(saved["cues"]) == CUES_MAX
    huge = {**written(saved), "note": "x" * MAX_PLAN_BYTES}
    assert await here.refused("Bo", "PUT", path, huge) == (413, "too_large")
    # Elsewhere the ceiling is lower.
    assert await here.refused("Bo", "POST", f"{path}/undo", {"x": "y" * 70_000}) == (
        413,
        "too_large",
    )
    assert (await here.get("Bo", path))["version"] == 2


async def test_numbers_that_are_none_are_refused(here: Town, plan: JSON) -> None:
    headers = {
        "content-type": "application/json",
        "cookie": f"hearth_session={here.tokens['Bo']}",
    }
    for number in ("NaN", "Infinity", "-Infinity", "1e999", "[]", "true"):
        for field in ("seconds", "at_s"):
            told = {"seconds": "30", "at_s": "null", field: number}
            body = (
                f'{{"version":1,"title":"x","cues":[{{"id":"a","seconds":{told["seconds"]},'
                f'"at_s":{told["at_s"]}}}]}}'
            )
            response = await here.client.put(
                f"{API}/plans/{plan['id']}", content=body, headers=headers
            )
            assert response.status_code == 422, (field, number, response.text)
            assert response.json()["code"] == "invalid_input"
    assert await here.get("Bo", f"/plans/{plan['id']}") == plan


async def test_markup_is_text_and_what_cannot_be_seen_is_taken_out(here: Town, plan: JSON) -> None:
    text = "<script>alert(1)</script> \u202eturned\u200b around\u0000\n twice"
    cues = [cue("a", text=text, alternatives=[{"posture": "seated", "text": "\u2066sit\u2069"}])]
    body = written(plan, title="\u202e<b>Bold</b>", cues=cues)
    saved = await here.do("Bo", "PUT", f"/plans/{plan['id']}", body)
    assert saved["title"] == "<b>Bold</b>"
    assert saved["cues"][0]["text"] == "<script>alert(1)</script> turned around twice"
    assert saved["compiled"][0]["text"] == saved["cues"][0]["text"]
    assert saved["cues"][0]["alternatives"][0]["text"] == "sit"


async def test_half_a_character_does_not_break_anything(here: Town, plan: JSON) -> None:
    raw = json.dumps(written(plan, cues=[cue("a", text="half \ud83c of one")]))
    response = await here.client.put(
        f"{API}/plans/{plan['id']}",
        content=raw,
        headers={
            "content-type": "application/json",
            "cookie": f"hearth_session={here.tokens['Bo']}",
        },
    )
    assert response.status_code in (200, 422)
    shown = await here.get("Bo", f"/plans/{plan['id']}")
    assert "\ud83c" not in json.dumps(shown, ensure_ascii=False)


async def test_a_group_has_a_bounded_number_of_plans(here: Town, group: str) -> None:
    path = f"/groups/{group}/plans"
    info = await here.get("Ada", f"/groups/{group}")
    async with here.node.services.store.writing() as tx:
        for n in range(PLANS_MAX):
            await tx.plans.add(
                PlanRecord(f"plan-{n}", info["id"], "x", 1, (), None, n),
                PlanVersion(1, None, "x", (), "", None, n),
            )
    assert await here.refused("Bo", "POST", path, {"title": "x"}) == (409, "too_many_plans")
    await here.do("Bo", "DELETE", "/plans/plan-0")
    await here.do("Bo", "POST", path, {"title": "x"})
    assert await here.refused("Bo", "POST", "/plans/plan-0/undo", {"version": 1}) == (
        409,
        "too_many_plans",
    )


async def test_saving_very_often_is_slowed_down(here: Town, group: str) -> None:
    codes = set()
    for _ in range(60):
        response = await here.ask("Bo", "POST", f"/groups/{group}/plans", {"title": "x"})
        codes.add(response.status_code)
    assert codes == {201, 429}


async def test_a_guest_reads_the_plan_of_an_event_in_their_room(tmp_path: Path) -> None:
    async with cast(tmp_path, "listed") as stage:
        here = stage.here
        path = f"/plans/{stage.plan}"
        assert await here.refused("guest", "GET", path) == (403, "not_allowed")
        attic = await here.do(
            "owner",
            "POST",
            f"/groups/{stage.group}/rooms",
            {"name": "Attic", "template": "studio"},
        )
        store, host = here.node.services.store, here.id("owner")
        await keep(store, record(stage.group, attic["id"], host, plan_id=stage.plan))
        # Members may come there; a guest has a link to another room.
        assert (await here.get("member", path))["id"] == stage.plan
        assert await here.refused("guest", "GET", path) == (403, "not_allowed")
        await keep(store, record(stage.group, stage.room, host, plan_id=stage.plan))
        assert (await here.get("guest", path))["may_edit"] is False
        for who, refused in (
            ("listener", (403, "not_a_member")),
            ("banned", (403, "banned")),
            (None, (401, "sign_in_needed")),
        ):
            assert await here.refused(who, "GET", path) == refused


async def test_what_somebody_made_is_in_their_export(here: Town, plan: JSON) -> None:
    kept = await here.get("Bo", "/me/export")
    (version,) = kept["plan_versions"]
    assert (version["plan_id"], version["title"]) == (plan["id"], "Morning")
    assert kept["group_poses"] == []
