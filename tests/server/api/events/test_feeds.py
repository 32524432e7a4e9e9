"""Calendars for other programs: what they read is what we show, and whose secret opens what."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import icalendar
import pytest
import pytest_asyncio
import recurring_ical_events
from sqlalchemy import select

from hearth_server.api.limits import RATES, Budget
from hearth_server.community.permissions import Role
from hearth_server.community.spans import DAY_MS
from hearth_server.services.events.feeds import Feeds
from hearth_server.store.tables_events import calendar_links
from tests.support.community import BASE_URL
from tests.support.groups import JSON, Town, group_of, town

pytestmark = pytest.mark.asyncio

FIRST: Final = "20270323T183000"
SECOND: Final = "20270330T183000"
THIRD: Final = "20270406T183000"
MEDIA: Final = "text/calendar; charset=utf-8"


@dataclass
class Stage:
    """Robin's group with Ada, a host, and Bo, a member; yoga over the end of winter time."""

    here: Town
    group: str
    room: str
    event: JSON

    @property
    def path(self) -> str:
        return f"/events/{self.event['id']}"

    async def read(self, path: str, who: str | None = None) -> icalendar.Calendar:
        answer = await self.here.ask(who, "GET", path)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == MEDIA
        found = icalendar.Calendar.from_ical(answer.text)
        assert isinstance(found, icalendar.Calendar)
        return found

    async def link(self, who: str = "Bo") -> str:
        made = await self.here.do(who, "POST", "/me/calendar")
        return str(made["link"]).removeprefix("/api/v1")

    async def plan(self, **changes: object) -> JSON:
        body = {
            "title": "Yoga; <b>, \\ „früh“",
            "description": "Slow.\n\nBring a mat.",
            "room": self.room,
            "starts": "2027-03-23T18:30",
            "zone": "Europe/Berlin",
            "rule": "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270430",
            "capacity": 5,
            "state": "scheduled",
            **changes,
        }
        return await self.here.do("Robin", "POST", f"/groups/{self.group}/events", body)


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with town(tmp_path, "Robin", "Ada", "Bo", "Eve") as here:
        group, room = await group_of(here, "Ada", "Bo")
        await here.give(group, "Ada", Role.HOST)
        made = Stage(here, group, room, {})
        made.event = await made.plan()
        yield made


def spans(calendar: icalendar.Calendar) -> list[tuple[int, int, str]]:
    """Return what a program would show of a calendar: beginning, end and title."""
    begin, end = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    found = recurring_ical_events.of(calendar).between(begin, end)
    return sorted(
        (round(each.start.timestamp() * 1000), round(each.end.timestamp() * 1000), each["summary"])
        for each in found
    )


async def shown(stage: Stage, event_id: str | None = None) -> list[tuple[int, int, str]]:
    """Return what we show ourselves."""
    query = f"?from_ms={stage.here.node.now_ms}&until_ms={stage.here.node.now_ms + 300 * DAY_MS}"
    found = (await stage.here.get("Bo", f"/groups/{stage.group}/events{query}"))["items"]
    return [
        (each["starts_ms"], each["ends_ms"], each["title"])
        for each in found
        if each["state"] != "cancelled" and event_id in (None, each["event"])
    ]


async def changed(stage: Stage) -> None:
    """Move the first day behind the second and shorten it, cancel the second."""
    day = f"{stage.path}/occurrences"
    moved = {"change_version": 0, "starts": "2027-04-01T20:00", "minutes": 45, "title": "Late"}
    await stage.here.do("Robin", "PATCH", f"{day}/{FIRST}", moved)
    await stage.here.do("Robin", "POST", f"{day}/{SECOND}/cancel", {"change_version": 0})


async def test_what_is_read_back_is_what_we_show(stage: Stage) -> None:
    assert len(await shown(stage)) == 6
    assert spans(await stage.read(f"{stage.path}/event.ics")) == await shown(stage)
    await changed(stage)
    ours = await shown(stage)
    assert len(ours) == 5
    for path in (f"{stage.path}/event.ics", f"/groups/{stage.group}/events.ics"):
        assert spans(await stage.read(path)) == ours


async def test_an_entry_says_what_it_is_and_where(stage: Stage) -> None:
    await changed(stage)
    calendar = await stage.read(f"{stage.path}/event.ics")
    master, override = calendar.events
    assert str(master["uid"]) == str(override["uid"]) == f"{stage.event['id']}@hearth"
    assert str(master["summary"]) == stage.event["title"]
    assert str(master["status"]) == "CONFIRMED"
    assert str(master["location"]) == "Studio"
    assert "Slow.\n\nBring a mat." in str(master["description"])
    assert str(override["url"]) == f"{BASE_URL}/e/{stage.event['id']}/{FIRST}"
    assert override["recurrence-id"].dt.strftime("%Y%m%dT%H%M%S") == FIRST
    assert override["sequence"] > master["sequence"]
    assert [tz.tz_name for tz in calendar.timezones] == ["Europe/Berlin"]
    assert calendar.get_missing_tzids() == set()


async def test_no_text_of_ours_begins_a_line_of_its_own(stage: Stage) -> None:
    # What somebody types cannot add a property: every line is one of those we write.
    evil = "x\\nATTACH:http://evil\\, BEGIN:VEVENT"
    event = await stage.plan(title=evil, rule="", starts="2027-06-01T10:00")
    calendar = await stage.read(f"/events/{event['id']}/event.ics")
    (only,) = calendar.events
    assert str(only["summary"]) == evil
    assert "attach" not in only


async def test_a_cancelled_event_is_told_as_cancelled(stage: Stage) -> None:
    await stage.here.do("Robin", "POST", f"{stage.path}/cancel", {"version": 1, "note": "Paint."})
    (entry,) = (await stage.read(f"/groups/{stage.group}/events.ics")).events
    assert str(entry["status"]) == "CANCELLED"
    assert "Paint." in str(entry["description"])


async def test_calendars_of_a_group_are_for_those_who_may_know_of_it(stage: Stage) -> None:
    here = stage.here
    group = {"version": 1, "visibility": "private"}
    await here.do("Robin", "PATCH", f"/groups/{stage.group}", group)
    for path in (f"/groups/{stage.group}/events.ics", f"{stage.path}/event.ics"):
        for who in (None, "Eve"):
            assert (await here.ask(who, "GET", path)).status_code == 404
        assert (await here.ask("Bo", "GET", path)).status_code == 200


async def test_ones_own_calendar_has_what_one_answered_to_and_leads(stage: Stage) -> None:
    here = stage.here
    link = await stage.link()
    assert (await stage.read(link)).events == []
    await here.do("Bo", "PUT", f"{stage.path}/occurrences/{THIRD}/rsvp", {})
    (entry,) = (await stage.read(link)).events
    assert entry.start.isoformat() == "2027-04-06T18:30:00+02:00"
    assert str(entry["status"]) == "CONFIRMED"
    assert str(entry["url"]).endswith(f"/e/{stage.event['id']}/{THIRD}")
    await here.do(
        "Robin", "POST", f"{stage.path}/occurrences/{THIRD}/cancel", {"change_version": 0}
    )
    (entry,) = (await stage.read(link)).events
    assert str(entry["status"]) == "CANCELLED"
    led = await stage.link("Robin")
    assert len((await stage.read(led)).events) == 6


async def test_the_secret_is_kept_as_a_hash_replaced_and_taken_away(stage: Stage) -> None:
    here = stage.here
    assert await here.get("Bo", "/me/calendar") == {"made_ms": None}
    link = await stage.link()
    secret = link.removeprefix("/calendars/").removesuffix(".ics")
    assert len(secret) == 43
    async with here.node.services.store.database.reading() as connection:  # type: ignore[attr-defined]
        kept = (await connection.execute(select(calendar_links))).mappings().all()
    assert [each["token_hash"] for each in kept] == [hashlib.sha256(secret.encode()).digest()]
    assert await here.get("Bo", "/me/calendar") == {"made_ms": here.node.now_ms}
    export = await here.get("Bo", "/me/export")
    assert export["calendar_links"][0].keys() == {"account_id", "created_ms"}
    other = await stage.link()
    unknown = (404, "calendar_not_found")
    assert await here.refused(None, "GET", link) == unknown
    await stage.read(other)
    await here.do("Bo", "DELETE", "/me/calendar")
    assert await here.refused(None, "GET", other) == unknown


async def test_a_secret_opens_nothing_but_the_calendar_and_nothing_of_who_is_gone(
    stage: Stage,
) -> None:
    here = stage.here
    link = await stage.link()
    await here.do("Bo", "PUT", f"{stage.path}/occurrences/{THIRD}/rsvp", {})
    secret = link.removeprefix("/calendars/").removesuffix(".ics")
    cookie = {"cookie": f"hearth_session={secret}"}
    me = await here.client.get("/api/v1/me", headers=cookie)
    assert me.json()["account"] is None
    # Who may not see the group any more has nothing of it in the calendar.
    group = {"version": 1, "visibility": "private"}
    await here.do("Robin", "PATCH", f"/groups/{stage.group}", group)
    ban = {"account": here.id("Bo"), "kind": "ban", "reason": "Enough."}
    await here.do("Robin", "POST", f"/groups/{stage.group}/sanctions", ban)
    assert (await stage.read(link)).events == []
    await here.person("root", operator=True)
    await here.do("root", "POST", f"/admin/accounts/{here.id('Bo')}/disable", {"on": True})
    assert await here.refused(None, "GET", link) == (404, "calendar_not_found")


async def test_a_secret_is_in_no_log_whatever_breaks(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    link = await stage.link()

    async def broken(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(Feeds, "of_account", broken)
    with pytest.raises(OSError, match="disk"):
        await stage.here.ask(None, "GET", link)
    told = "".join(capfd.readouterr())
    assert "fault in a request" in told
    assert link.removeprefix("/calendars/").removesuffix(".ics") not in told


async def test_guessing_and_reading_are_limited_and_a_right_secret_still_works(
    stage: Stage,
) -> None:
    here = stage.here
    link = await stage.link()
    codes = set()
    for number in range(int(RATES[Budget.BAD_LINK].burst) + 1):
        here.node.clock.advance(3.0)  # reading itself is within its limit
        codes.add((await here.ask(None, "GET", f"/calendars/guess{number}.ics")).status_code)
    assert 404 in codes
    await stage.read(link)
    for _ in range(int(RATES[Budget.CALENDAR_FEED].burst)):
        answer = await here.ask(None, "GET", link)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("name", "status"), [("..%2F..%2Fetc%2Fpasswd", 404), ("%00", 422), ("a" * 65, 422), ("ü", 404)]
)
async def test_odd_secrets_are_none(stage: Stage, name: str, status: int) -> None:
    answer = await stage.here.ask(None, "GET", f"/calendars/{name}.ics")
    assert answer.status_code == status


async def test_links_lead_where_the_calendar_was_read(stage: Stage) -> None:
    ask: Any = stage.here.client.get
    for host, begins in (
        ("hearth.example:8443", "http://hearth.example:8443/e/"),
        ("evil.example/x?y", "http://127.0.0.1"),
        ("a b", "http://127.0.0.1"),
    ):
        answer = await ask(f"/api/v1{stage.path}/event.ics", headers={"host": host})
        if answer.status_code == 200:
            calendar = icalendar.Calendar.from_ical(answer.text)
            assert str(calendar.events[0]["url"]).startswith(begins), host  # type: ignore[union-attr]
