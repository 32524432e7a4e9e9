"""Events that are changed over HTTP: as a whole, day by day, and by whom."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hearth_server.community.events.calendar import CHANGES_MAX
from hearth_server.community.events.records import OccurrenceChange
from hearth_server.community.events.runs import RunKept
from hearth_server.community.permissions import Role
from tests.support.planning import FIRST, SECOND, THIRD, Stage, planned

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with planned(tmp_path) as made:
        yield made


async def test_of_two_who_change_an_event_the_second_is_told(stage: Stage) -> None:
    event = await stage.plan()
    path = f"/events/{event['id']}"
    done = await stage.here.do("Robin", "PATCH", path, {"version": 1, "title": "Slow yoga"})
    assert (done["title"], done["version"]) == ("Slow yoga", 2)
    stale = (409, "stale_version")
    assert await stage.here.refused("Robin", "PATCH", path, {"version": 1, "title": "x"}) == stale
    assert await stage.here.refused("Robin", "POST", f"{path}/cancel", {"version": 1}) == stale
    day = f"{path}/occurrences/{FIRST}"
    await stage.here.do("Robin", "PATCH", day, {"change_version": 0, "title": "By candles"})
    change = {"change_version": 0, "title": "x"}
    assert await stage.here.refused("Robin", "PATCH", day, change) == stale
    assert (
        await stage.here.refused("Robin", "POST", f"{day}/cancel", {"change_version": 0}) == stale
    )
    assert (await stage.here.get("Bo", day))["title"] == "By candles"


async def test_hosts_change_what_they_lead_and_leaders_everything(stage: Stage) -> None:
    event = await stage.plan()
    path = f"/events/{event['id']}"
    change = {"version": 1, "title": "x"}
    assert await stage.here.refused("Bo", "PATCH", path, change) == (403, "not_allowed")
    assert await stage.here.refused("Ada", "PATCH", path, change) == (403, "not_allowed")
    with_ada = {"version": 1, "co_hosts": [stage.here.id("Ada")]}
    done = await stage.here.do("Robin", "PATCH", path, with_ada)
    assert [each["name"] for each in done["co_hosts"]] == ["Ada"]
    await stage.here.do("Ada", "PATCH", path, {"version": 2, "title": "Together"})
    mine = await stage.plan("Ada", starts="2027-01-20T18:30", rule="")
    await stage.here.do("Robin", "PATCH", f"/events/{mine['id']}", {"version": 1, "title": "y"})
    # The host can be somebody else from then on, if they may host.
    unfit = (422, "not_a_host")
    to_bo = {"version": 3, "host": stage.here.id("Bo")}
    assert await stage.here.refused("Robin", "PATCH", path, to_bo) == unfit
    to_ada = {"version": 3, "host": stage.here.id("Ada"), "co_hosts": [stage.here.id("Robin")]}
    assert (await stage.here.do("Robin", "PATCH", path, to_ada))["host"]["name"] == "Ada"


async def test_a_host_who_left_or_lost_the_role_is_followed_by_the_next(stage: Stage) -> None:
    here = stage.here
    event = await stage.plan("Ada", co_hosts=[here.id("Robin")])
    path = f"/events/{event['id']}"
    await here.give(stage.group, "Ada", Role.MEMBER)
    found = await here.get("Bo", path)
    assert (found["host"]["name"], found["troubles"]) == ("Robin", ["host_gone"])
    assert (await stage.listed())[0]["host"]["name"] == "Robin"
    assert await here.refused("Ada", "PATCH", path, {"version": 1}) == (403, "not_allowed")
    await here.give(stage.group, "Ada", Role.HOST)
    assert (await here.get("Bo", path))["troubles"] == []
    await here.do("Ada", "POST", f"/groups/{stage.group}/leave")
    await here.do("Robin", "PATCH", path, {"version": 1, "co_hosts": []})
    assert (await here.get("Bo", path))["host"] is None
    assert (await here.get("Bo", path))["troubles"] == ["nobody_leads"]


async def test_an_account_that_was_deleted_leads_nothing(stage: Stage) -> None:
    here = stage.here
    hosted = await stage.plan("Ada")
    helped = await stage.plan(starts="2027-01-20T18:30", rule="", co_hosts=[here.id("Ada")])
    kept = await here.get("Ada", "/me/export")
    assert [each["title"] for each in kept["events_led"]] == ["Yoga", "Yoga"]
    assert here.id("Robin") not in str(kept["events_led"])
    async with here.node.services.store.writing() as tx:
        await tx.events.leave_hosting(here.id("Ada"))
        await tx.identity.erase(here.id("Ada"), here.node.now_ms)
    assert (await here.get("Robin", f"/events/{hosted['id']}"))["host"] is None
    assert (await here.get("Robin", f"/events/{helped['id']}"))["co_hosts"] == []


async def test_an_archived_room_is_said_and_can_not_be_planned_for(stage: Stage) -> None:
    event = await stage.plan()
    await stage.here.do("Robin", "POST", f"/rooms/{stage.room}/archive", {"on": True})
    assert (await stage.here.get("Bo", f"/events/{event['id']}"))["troubles"] == ["room_archived"]
    assert (await stage.listed())[0]["room"]["archived"] is True
    assert await stage.refused(starts="2027-01-20T18:30", rule="") == (409, "room_archived")
    # What has nothing to do with the room can be mended meanwhile.
    await stage.here.do("Robin", "PATCH", f"/events/{event['id']}", {"version": 1, "title": "x"})


async def test_an_archived_group_can_be_read_only(stage: Stage) -> None:
    event = await stage.plan()
    await stage.here.do("Robin", "POST", f"/groups/{stage.group}/archive", {"on": True})
    resting = (409, "group_archived")
    assert await stage.refused() == resting
    path = f"/events/{event['id']}"
    assert await stage.here.refused("Robin", "PATCH", path, {"version": 1}) == resting


async def test_a_series_that_moves_keeps_answers_of_days_that_remain(stage: Stage) -> None:
    event = await stage.plan()
    path = f"/events/{event['id']}"
    for original in (FIRST, SECOND, THIRD):
        await stage.going("Bo", event, original)
    change = {"change_version": 0, "title": "By candles"}
    await stage.here.do("Robin", "PATCH", f"{path}/occurrences/{SECOND}", change)
    stage.heard.news.clear()
    # Half an hour later: the same days, under other names.
    later = await stage.here.do(
        "Robin", "PATCH", path, {"version": 1, "starts": "2027-01-19T19:00"}
    )
    assert later["dropped"] == []
    renamed = "20270126T190000"
    day = await stage.here.get("Bo", f"{path}/occurrences/{renamed}")
    assert (day["title"], day["mine"]["state"], day["change_version"]) == ("By candles", "going", 1)
    old = await stage.here.refused("Bo", "GET", f"{path}/occurrences/{SECOND}")
    assert old == (404, "occurrence_not_found")
    bo, robin = stage.here.id("Bo"), stage.here.id("Robin")
    days = ["20270119T190000", renamed, "20270202T190000"]
    assert stage.heard.news == [("moved", each, {bo, robin}) for each in days]
    # Every second week: one of three days is no more, with its answer and its change.
    stage.heard.news.clear()
    rule = {"version": 2, "rule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"}
    fewer = await stage.here.do("Robin", "PATCH", path, rule)
    assert fewer["dropped"] == [renamed]
    assert stage.heard.news == [("cancelled", renamed, {bo, robin})]
    left = await stage.listed("Bo", "?limit=3")
    assert [each["going"] for each in left] == [1, 1, 0]


async def test_one_day_is_moved_shortened_and_let_be_again(stage: Stage) -> None:
    event = await stage.plan()
    day = f"/events/{event['id']}/occurrences/{FIRST}"
    await stage.going("Bo", event)
    stage.heard.news.clear()
    change = {"change_version": 0, "starts": "2027-01-20T09:00", "minutes": 30, "capacity": 3}
    moved = await stage.here.do("Robin", "PATCH", day, change)
    assert (moved["host_starts"], moved["moved"]) == ("2027-01-20T09:00+01:00", True)
    assert (moved["original"], moved["capacity"]) == (FIRST, 3)
    both = {stage.here.id("Bo"), stage.here.id("Robin")}
    assert stage.heard.news == [("moved", FIRST, both)]
    assert [each["moved"] for each in await stage.listed("Bo", "?limit=2")] == [True, False]
    as_before = {"change_version": 1, "starts": None, "minutes": None, "capacity": None}
    back = await stage.here.do("Robin", "PATCH", day, as_before)
    assert (back["moved"], back["capacity"], back["change_version"]) == (False, 5, 2)
    for bad, refusal in (
        ({"starts": "2030-01-20T09:00"}, (422, "invalid_input")),
        ({"starts": "2026-12-20T09:00"}, (409, "event_over")),
        ({"room": "attic"}, (404, "room_not_found")),
        ({"capacity": 200}, (422, "room_small")),
        ({"plan": "no-such"}, (404, "plan_not_found")),
    ):
        body = {"change_version": 2, **bad}
        assert await stage.here.refused("Robin", "PATCH", day, body) == refusal, bad


async def test_a_day_is_cancelled_with_a_reason_and_takes_place_after_all(stage: Stage) -> None:
    event = await stage.plan()
    day = f"/events/{event['id']}/occurrences/{FIRST}"
    await stage.going("Bo", event)
    stage.heard.news.clear()
    gone = {"change_version": 0, "note": "I am ill."}
    found = await stage.here.do("Robin", "POST", f"{day}/cancel", gone)
    assert (found["state"], found["note"]) == ("cancelled", "I am ill.")
    assert stage.heard.news[-1][:2] == ("cancelled", FIRST)
    change = {"change_version": 1, "title": "x"}
    assert await stage.here.refused("Robin", "PATCH", day, change) == (409, "event_cancelled")
    back = {"change_version": 1, "on": False}
    found = await stage.here.do("Robin", "POST", f"{day}/cancel", back)
    assert (found["state"], found["note"], found["going"]) == ("scheduled", "", 1)
    assert stage.heard.news[-1][:2] == ("restored", FIRST)
    # Another room is news by its name, and the hour alone names none.
    hall = {"name": "Hall", "template": "studio"}
    room = await stage.here.do("Robin", "POST", f"/groups/{stage.group}/rooms", hall)
    stage.heard.rooms.clear()
    for change in ({"room": room["id"]}, {"starts": "2027-01-19T19:00"}):
        version = (await stage.here.get("Robin", day))["change_version"]
        await stage.here.do("Robin", "PATCH", day, {"change_version": version, **change})
    assert stage.heard.rooms == ["Hall", ""]
    assert [each["state"] for each in await stage.listed("Bo", "?limit=2")] == ["scheduled"] * 2


async def test_what_is_over_stays_as_it_was(stage: Stage) -> None:
    event = await stage.plan()
    stage.here.node.clock.advance(5 * 86_400)
    day = f"/events/{event['id']}/occurrences/{FIRST}"
    over = (409, "event_over")
    change = {"change_version": 0, "title": "x"}
    assert await stage.here.refused("Robin", "PATCH", day, change) == over
    assert await stage.here.refused("Robin", "POST", f"{day}/cancel", {"change_version": 0}) == over
    assert (await stage.here.get("Bo", day))["state"] == "ended"


async def test_so_many_days_of_an_event_can_be_different(stage: Stage) -> None:
    event = await stage.plan()
    async with stage.here.node.services.store.writing() as tx:
        kept = await tx.events.event(event["id"])
        assert kept is not None
        for number in range(CHANGES_MAX):
            change = OccurrenceChange(kept.id, f"2000{number:04}T000000", version=1)
            await tx.events.put_change(change, None, 0)
    day = f"/events/{event['id']}/occurrences/{FIRST}"
    change = {"change_version": 0, "title": "x"}
    assert await stage.here.refused("Robin", "PATCH", day, change) == (409, "list_full")


async def test_a_cancelled_event_stays_to_be_seen_and_can_be_copied(stage: Stage) -> None:
    event = await stage.plan(starts="2027-12-07T18:30")
    path = f"/events/{event['id']}"
    await stage.going("Bo", event, "20271207T183000")
    stage.heard.news.clear()
    note = {"version": 1, "note": "The studio is being painted."}
    gone = await stage.here.do("Robin", "POST", f"{path}/cancel", note)
    assert (gone["state"], gone["note"]) == ("cancelled", note["note"])
    assert [each[:2] for each in stage.heard.news] == [("cancelled", "20271207T183000")]
    start = 1_827_000_000_000
    found = await stage.listed("Bo", f"?from_ms={start}&limit=1")
    assert (found[0]["state"], found[0]["note"]) == ("cancelled", note["note"])
    is_gone = (409, "event_cancelled")
    assert await stage.here.refused("Robin", "POST", f"{path}/cancel", {"version": 2}) == is_gone
    change = {"version": 2, "title": "x"}
    assert await stage.here.refused("Robin", "PATCH", path, change) == is_gone
    copy = await stage.here.do("Ada", "POST", f"{path}/clone")
    assert (copy["state"], copy["host"]["name"], copy["title"]) == ("draft", "Ada", "Yoga")
    assert (copy["note"], copy["version"], copy["rule"]) == ("", 1, event["rule"])
    await stage.here.do("Ada", "DELETE", f"/events/{copy['id']}")
    missing = (404, "event_not_found")
    assert await stage.here.refused("Ada", "GET", f"/events/{copy['id']}") == missing


async def test_who_did_what_is_kept(stage: Stage) -> None:
    event = await stage.plan()
    path = f"/events/{event['id']}"
    day = f"{path}/occurrences/{FIRST}"
    await stage.here.do("Robin", "PATCH", path, {"version": 1, "title": "Slow"})
    await stage.here.do("Robin", "PATCH", day, {"change_version": 0, "title": "x"})
    await stage.here.do("Robin", "POST", f"{day}/cancel", {"change_version": 1})
    await stage.here.do("Robin", "POST", f"{path}/cancel", {"version": 2})
    lines = (await stage.here.get("Robin", f"/groups/{stage.group}/audit"))["items"]
    acts = [
        each["action"] for each in lines if "event" in each["action"] or "occ" in each["action"]
    ]
    assert acts == [
        "event_cancelled", "occurrence_cancelled", "occurrence_changed", "event_changed",
        "event_made",
    ]  # fmt: skip
    assert lines[0]["details"]["title"] == "Slow"


async def test_a_day_that_was_held_does_not_come_again_when_the_series_moves(stage: Stage) -> None:
    event = await stage.plan()
    path = f"/events/{event['id']}"
    await stage.going("Bo", event, FIRST)
    async with stage.here.node.services.store.writing() as tx:
        now_ms = stage.here.node.now_ms
        ended = RunKept(event["id"], FIRST, stage.room, "ended", {}, now_ms, now_ms, now_ms)
        await tx.runs.put(ended)
    later = {"version": 1, "starts": "2027-01-19T20:00"}
    assert (await stage.here.do("Robin", "PATCH", path, later))["dropped"] == []
    again = await stage.here.refused("Bo", "GET", f"{path}/occurrences/20270119T200000")
    assert again == (404, "occurrence_not_found")
    held = await stage.here.get("Bo", f"{path}/occurrences/{FIRST}")
    assert (held["state"], held["mine"]["state"]) == ("ended", "going")
    listed = [each["original"] for each in await stage.listed("Bo", "?limit=3")]
    assert next(name for name in listed if name != FIRST) == "20270126T200000"
