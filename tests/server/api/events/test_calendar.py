"""A group's calendar over HTTP: planning, who sees what of it, and classes on the spot."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from hearth_server.community.spans import DAY_MS
from hearth_server.services.events.calendar import EVENTS_MAX
from tests.support.events import record
from tests.support.groups import JSON, token_of
from tests.support.planning import FIRST, SECOND, Stage, planned

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with planned(tmp_path) as made:
        yield made


async def test_an_announced_event_is_in_everybodys_calendar(stage: Stage) -> None:
    event = await stage.plan()
    assert (event["state"], event["version"], event["may_edit"]) == ("scheduled", 1, True)
    assert event["host"]["name"] == "Robin"
    for who in (None, "Eve", "Bo", "Robin"):
        found = await stage.listed(who, "?limit=2")
        assert [each["original"] for each in found] == [FIRST, SECOND]
        first = found[0]
        assert first["host_starts"] == "2027-01-19T18:30+01:00"
        assert first["ends_ms"] - first["starts_ms"] == 3_600_000
        assert first["doors_ms"] == first["starts_ms"] - 900_000
        assert (first["recurring"], first["state"]) == (True, "scheduled")
        assert first["may_host"] == (who == "Robin")


async def test_a_draft_is_for_hosts_alone_until_it_is_announced(stage: Stage) -> None:
    draft = await stage.plan(state="draft")
    day = f"/events/{draft['id']}/occurrences/{FIRST}"
    for path in (f"/events/{draft['id']}", day, f"/events/{draft['id']}/event.ics"):
        for who in (None, "Eve", "Bo"):
            assert await stage.here.refused(who, "GET", path) == (404, "event_not_found")
        assert (await stage.here.ask("Ada", "GET", path)).status_code == 200
    gone = (404, "event_not_found")
    assert await stage.here.refused("Bo", "PATCH", f"/events/{draft['id']}", {"version": 1}) == gone
    assert await stage.listed("Bo") == []
    assert (await stage.listed("Ada"))[0]["state"] == "draft"
    ics = await stage.here.ask(None, "GET", f"/groups/{stage.group}/events.ics")
    assert "VEVENT" not in ics.text
    told = {"version": 1, "state": "scheduled"}
    await stage.here.do("Robin", "PATCH", f"/events/{draft['id']}", told)
    assert (await stage.listed("Bo"))[0]["state"] == "scheduled"
    back = {"version": 2, "state": "draft"}
    announced = (409, "event_announced")
    assert await stage.here.refused("Robin", "PATCH", f"/events/{draft['id']}", back) == announced
    assert await stage.here.refused("Robin", "DELETE", f"/events/{draft['id']}") == announced


REFUSED: Final[list[tuple[JSON, tuple[int, str]]]] = [
    ({"rule": "FREQ=SECONDLY"}, (422, "bad_rule")),
    ({"rule": "FREQ=WEEKLY;BYDAY=MO"}, (422, "bad_rule")),
    ({"rule": "A" * 1500}, (422, "bad_rule")),
    ({"rule": "A" * 5000}, (422, "invalid_input")),
    ({"starts": "2027-02-30T18:30"}, (422, "invalid_input")),
    ({"starts": "2027-01-19T25:30"}, (422, "invalid_input")),
    ({"starts": "1027-01-19T18:30", "rule": ""}, (422, "invalid_input")),
    ({"zone": "Mars/Base"}, (422, "invalid_input")),
    ({"zone": "localtime"}, (422, "invalid_input")),
    ({"minutes": 4}, (422, "invalid_input")),
    ({"minutes": 24 * 60}, (422, "invalid_input")),
    ({"capacity": 0}, (422, "invalid_input")),
    ({"capacity": 100}, (422, "room_small")),
    ({"room": "attic"}, (404, "room_not_found")),
    ({"plan": "no-such-plan"}, (404, "plan_not_found")),
    ({"co_hosts": ["aaaaaaaaaaaaaaaa"]}, (422, "not_a_host")),
    ({"co_hosts": ["a"] * 9}, (422, "invalid_input")),
    ({"starts": "2026-01-19T18:30", "rule": ""}, (409, "event_over")),
    ({"title": " \u200b\u202e "}, (422, "invalid_input")),
    ({"title": "x" * 81}, (422, "invalid_input")),
    ({"description": "x" * 2001}, (422, "invalid_input")),
    ({"doors": {"mode": "magic"}}, (422, "invalid_input")),
    ({"doors": {"open_min": 121}}, (422, "invalid_input")),
    ({"state": "cancelled"}, (422, "invalid_input")),
    ({"host": "me"}, (422, "invalid_input")),
]


async def test_what_cannot_be_planned_is_refused_with_a_reason(stage: Stage) -> None:
    for changes, refusal in REFUSED:
        assert await stage.refused(**changes) == refusal, changes
    assert await stage.listed("Robin") == []


async def test_words_are_cleaned_and_script_stays_words(stage: Stage) -> None:
    script = "<script>alert(1)</script>\u202e\u0000 Yoga"
    raw = json.dumps(stage.body(title=script, description="One\r\n\r\n\r\nTwo\ud800"))
    path = f"/api/v1/groups/{stage.group}/events"
    headers = {
        "cookie": f"hearth_session={stage.here.tokens['Robin']}",
        "content-type": "application/json",
    }
    answer = await stage.here.client.post(path, content=raw, headers=headers)
    assert answer.status_code in (201, 400, 422), answer.text
    event = await stage.plan(title=script.replace("\u0000", ""), description="One\r\n\r\n\r\nTwo")
    assert event["title"] == "<script>alert(1)</script> Yoga"
    assert event["description"] == "One\n\nTwo"


async def test_without_a_capacity_it_is_what_the_room_holds_besides_its_host(stage: Stage) -> None:
    room = await stage.here.get("Robin", f"/rooms/{stage.room}")
    event = await stage.plan(capacity=None)
    assert event["capacity"] == room["capacity"] - 1


async def test_a_room_is_promised_once(stage: Stage) -> None:
    await stage.plan()
    # Weeks later, an hour that touches the other.
    other = {"title": "Talk", "starts": "2027-03-09T19:00", "rule": ""}
    path = f"/groups/{stage.group}/events"
    answer = await stage.here.ask("Ada", "POST", path, stage.body(**other))
    assert (answer.status_code, answer.json()["code"]) == (409, "room_taken")
    assert "“Yoga” is there from 18:30 to 19:30" in answer.json()["detail"]
    after = await stage.plan("Ada", **{**other, "starts": "2027-03-09T19:30"})
    # Moving it there later is no other thing.
    moved = {"version": 1, "starts": "2027-03-09T19:29"}
    taken = (409, "room_taken")
    assert await stage.here.refused("Ada", "PATCH", f"/events/{after['id']}", moved) == taken
    day = f"/events/{after['id']}/occurrences/20270309T193000"
    assert (
        await stage.here.refused(
            "Ada", "PATCH", day, {"change_version": 0, "starts": "2027-03-16T18:00"}
        )
        == taken
    )
    # Nor is a longer one, of the same series.
    daily = {"rule": "FREQ=DAILY", "starts": "2027-01-20T08:00", "title": "Sit"}
    event = await stage.plan("Ada", **daily, minutes=30)
    one = f"/events/{event['id']}/occurrences/20270120T080000"
    there = {"change_version": 0, "starts": "2027-01-21T08:15"}
    assert await stage.here.refused("Ada", "PATCH", one, there) == taken
    # A draft takes no room, and neither does what was cancelled.
    draft = await stage.plan("Ada", **{**other, "starts": "2027-03-09T18:00", "state": "draft"})
    told = {"version": 1, "state": "scheduled"}
    assert await stage.here.refused("Ada", "PATCH", f"/events/{draft['id']}", told) == taken
    day = f"/events/{(await stage.listed())[0]['event']}/occurrences/20270309T183000"
    await stage.here.do("Robin", "POST", f"{day}/cancel", {"change_version": 0})
    await stage.here.do("Ada", "PATCH", f"/events/{draft['id']}", told)
    # And now it cannot take place after all.
    back = {"change_version": 1, "on": False}
    assert await stage.here.refused("Robin", "POST", f"{day}/cancel", back) == taken


async def test_a_group_has_so_many_events_at_once(stage: Stage) -> None:
    async with stage.here.node.services.store.writing() as tx:
        for _ in range(EVENTS_MAX):
            event = record(stage.group, stage.room, None, state="draft", until_ms=None)
            await tx.events.add(event, None)
    assert await stage.refused() == (409, "too_many_events")


async def test_a_window_is_bounded(stage: Stage) -> None:
    await stage.plan(rule="FREQ=DAILY")
    now = stage.here.node.now_ms
    path = f"/groups/{stage.group}/events"
    for bad in (
        f"?from_ms={now}&until_ms={now + 401 * DAY_MS}",
        f"?from_ms={now}&until_ms={now - 1}",
        "?limit=201",
        "?limit=0",
        "?from_ms=-5",
        "?from_ms=99999999999999999999",
    ):
        assert await stage.here.refused("Bo", "GET", path + bad) == (422, "invalid_input"), bad
    whole = await stage.listed("Bo", f"?from_ms={now}&until_ms={now + 400 * DAY_MS}&limit=200")
    assert len(whole) == 200
    far = 7_258_118_399_999
    assert await stage.listed("Bo", f"?from_ms={far - DAY_MS}&until_ms={far}") != []


async def test_a_long_window_is_whole_however_it_is_worked_out(stage: Stage) -> None:
    # Twelve hours each, over midnight: some go on where one part ends and the next begins.
    daily = {"rule": "FREQ=DAILY", "starts": "2027-01-15T20:00", "zone": "UTC", "minutes": 720}
    event = await stage.plan(**daily)
    monthly = {"rule": "FREQ=MONTHLY", "starts": "2027-01-16T12:00", "zone": "UTC"}
    other = await stage.plan(**monthly, minutes=30)
    now = stage.here.node.now_ms
    whole = await stage.listed("Bo", f"?from_ms={now}&until_ms={now + 150 * DAY_MS}&limit=200")
    keys = [(each["event"], each["original"]) for each in whole]
    assert len(set(keys)) == len(keys) == 150 + 5
    assert [each["starts_ms"] for each in whole] == sorted(each["starts_ms"] for each in whole)
    assert sum(key[0] == other["id"] for key in keys) == 5
    # One that is going on when the window begins is in it, once.
    later = whole[20]["starts_ms"] + 60_000
    window = f"?from_ms={later}&until_ms={later + 30 * DAY_MS}&limit=200"
    rest = [each["original"] for each in await stage.listed("Bo", window)]
    assert rest.count(whole[20]["original"]) == 1
    assert len(rest) == len(set(rest))
    assert event["id"] == whole[0]["event"]


# --- who sees what ----------------------------------------------------------------------------


async def test_a_guest_knows_of_what_is_in_their_room_alone(stage: Stage) -> None:
    here = stage.here
    attic = await here.do(
        "Robin", "POST", f"/groups/{stage.group}/rooms", {"name": "Attic", "template": "studio"}
    )
    here_too = await stage.plan()
    elsewhere = await stage.plan(room=attic["id"], title="Secret")
    made = await here.do(
        "Robin", "POST", f"/groups/{stage.group}/invites", {"kind": "guest", "room": stage.room}
    )
    body = {"invite": token_of(made["link"]), "name": "Gast"}
    came = await here.client.post("/api/v1/guests", json=body)
    here.tokens["Gast"] = came.cookies["hearth_session"]
    here.client.cookies.clear()
    await here.do(
        "Gast",
        "POST",
        f"/groups/{stage.group}/norms/sign",
        await here.signature("Gast", stage.group),
    )
    assert {each["event"] for each in await stage.listed("Gast")} == {here_too["id"]}
    hidden = (404, "event_not_found")
    assert await here.refused("Gast", "GET", f"/events/{elsewhere['id']}") == hidden
    ics = await here.ask("Gast", "GET", f"/groups/{stage.group}/events.ics")
    assert "Secret" not in ics.text
    # On one day it is where they do not go.
    day = f"/events/{here_too['id']}/occurrences/{FIRST}"
    change = {"change_version": 0, "room": attic["id"], "starts": "2027-01-19T10:00"}
    await here.do("Robin", "PATCH", day, change)
    assert (await here.ask("Gast", "GET", day)).status_code == 404
    text = (await here.ask("Gast", "GET", f"/events/{here_too['id']}/event.ics")).text
    assert f"EXDATE;TZID=Europe/Berlin:{FIRST}" in text
    assert "T100000" not in text


async def test_whoever_is_apart_from_the_host_does_not_see_who_it_is(stage: Stage) -> None:
    event = await stage.plan("Ada")
    await stage.here.do("Ada", "POST", "/me/blocks", {"account": stage.here.id("Bo")})
    assert (await stage.here.get("Bo", f"/events/{event['id']}"))["host"] is None
    found = (await stage.listed("Bo"))[0]
    assert found["host"] is None
    assert "Ada" not in json.dumps(found)
    assert (await stage.listed("Eve"))[0]["host"]["name"] == "Ada"


async def test_what_concerns_one_is_what_one_leads_and_answered_to(stage: Stage) -> None:
    event = await stage.plan("Ada")
    other = await stage.plan(starts="2027-01-20T18:30", rule="", title="Talk")
    await stage.going("Bo", event)
    mine = (await stage.here.get("Bo", "/me/events"))["items"]
    assert [(each["event"], each["original"]) for each in mine] == [(event["id"], FIRST)]
    assert mine[0]["mine"]["state"] == "going"
    led = (await stage.here.get("Ada", "/me/events"))["items"]
    assert [each["original"] for each in led] == [FIRST, SECOND]
    assert {each["event"] for each in (await stage.here.get("Robin", "/me/events"))["items"]} == {
        other["id"]
    }
    assert (await stage.here.get("Eve", "/me/events"))["items"] == []
    # Nothing of it concerns who was put out of the group.
    await stage.here.do("Robin", "PATCH", f"/groups/{stage.group}", {
        "version": 1, "visibility": "private",
    })  # fmt: skip
    await stage.here.do("Robin", "DELETE", f"/groups/{stage.group}/members/{stage.here.id('Bo')}")
    assert (await stage.here.get("Bo", "/me/events"))["items"] == []


# --- now --------------------------------------------------------------------------------------


async def test_a_class_begins_on_the_spot_with_its_doors_open(stage: Stage) -> None:
    path = f"/groups/{stage.group}/class-now"
    begun = await stage.here.do("Ada", "POST", path, {"title": "Stretch"})
    assert (begun["state"], begun["host"]["name"], begun["may_host"]) == ("doors", "Ada", True)
    assert begun["ends_ms"] - begun["starts_ms"] == 3_600_000
    assert begun["doors_ms"] <= stage.here.node.now_ms
    async with stage.here.node.services.store.reading() as tx:
        due = await tx.events.due(stage.here.node.now_ms + 1, 5)
    assert [each.id for each in due] == [begun["event"]]
    assert await stage.here.refused("Bo", "POST", path, {}) == (403, "not_allowed")
    # The only room is taken now.
    assert await stage.here.refused("Robin", "POST", path, {}) == (409, "room_taken")


async def test_it_ends_before_the_next_begins(stage: Stage) -> None:
    await stage.plan(starts="2027-01-15T09:40", zone="UTC", rule="")
    path = f"/groups/{stage.group}/class-now"
    stage.here.node.clock.advance(3_600)
    begun = await stage.here.do("Ada", "POST", path, {"room": stage.room})
    assert begun["ends_ms"] - begun["starts_ms"] == 40 * 60_000
