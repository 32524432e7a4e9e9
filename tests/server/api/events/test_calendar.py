"""A group's calendar over HTTP: planning, changing, cancelling, and who sees what of it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from hearth_server.community.events.calendar import CHANGES_MAX
from hearth_server.community.events.records import OccurrenceChange
from hearth_server.community.permissions import Role
from hearth_server.community.spans import DAY_MS
from hearth_server.services.announcer import EventNews
from hearth_server.services.events.calendar import EVENTS_MAX
from tests.support.events import record
from tests.support.groups import JSON, Town, group_of, token_of, town

pytestmark = pytest.mark.asyncio

#: The town's clock begins on Friday, 15 January 2027, at 8 in the morning of UTC.
FIRST: Final = "20270119T183000"
SECOND: Final = "20270126T183000"
THIRD: Final = "20270202T183000"


class Heard:
    """Remembers what open pages were told of events."""

    def __init__(self, before: Any) -> None:
        self._before = before
        self.news: list[tuple[str, str, frozenset[str]]] = []

    def event(self, news: EventNews, account_ids: Any, /) -> None:
        self.news.append((news.what, news.original, frozenset(account_ids)))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._before, name)


@dataclass
class Stage:
    """Robin's group with Ada, a host, and Bo, a member."""

    here: Town
    group: str
    room: str
    heard: Heard

    async def plan(self, who: str = "Robin", **changes: object) -> JSON:
        """Announce yoga on Tuesdays, unless told otherwise."""
        return await self.here.do(who, "POST", f"/groups/{self.group}/events", self.body(**changes))

    async def refused(self, who: str = "Robin", **changes: object) -> tuple[int, str]:
        path = f"/groups/{self.group}/events"
        return await self.here.refused(who, "POST", path, self.body(**changes))

    def body(self, **changes: object) -> JSON:
        return {
            "title": "Yoga",
            "room": self.room,
            "starts": "2027-01-19T18:30",
            "zone": "Europe/Berlin",
            "rule": "FREQ=WEEKLY;BYDAY=TU",
            "capacity": 5,
            "state": "scheduled",
            **changes,
        }

    async def listed(self, who: str | None = "Bo", query: str = "") -> list[JSON]:
        found = await self.here.get(who, f"/groups/{self.group}/events{query}")
        return list(found["items"])

    async def going(self, who: str, event: JSON, original: str = FIRST) -> None:
        path = f"/events/{event['id']}/occurrences/{original}/rsvp"
        await self.here.do(who, "PUT", path, {})


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with town(tmp_path, "Robin", "Ada", "Bo", "Eve") as here:
        group, room = await group_of(here, "Ada", "Bo")
        await here.give(group, "Ada", Role.HOST)
        heard = Heard(here.node.services.announcer)
        here.node.services.announcer = heard  # type: ignore[assignment]
        yield Stage(here, group, room, heard)


# --- planning ---------------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
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
    ],
)
async def test_what_cannot_be_planned_is_refused_with_a_reason(
    stage: Stage, changes: JSON, refusal: tuple[int, str]
) -> None:
    assert await stage.refused(**changes) == refusal
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


# --- changing ---------------------------------------------------------------------------------


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
