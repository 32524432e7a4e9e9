"""Several who plan at once, over HTTP and in both databases: nothing is promised twice, or lost."""

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from hearth_server.community.permissions import Role
from tests.support.groups import group_of, town

pytestmark = pytest.mark.asyncio

FIRST = "20270119T183000"
FAR_MS = int(datetime(2027, 3, 10, tzinfo=UTC).timestamp() * 1000)


def yoga(room: str, **changes: object) -> dict[str, object]:
    return {
        "title": "Yoga",
        "room": room,
        "starts": "2027-01-19T18:30",
        "zone": "Europe/Berlin",
        "rule": "FREQ=WEEKLY;BYDAY=TU",
        "capacity": 5,
        "state": "scheduled",
        **changes,
    }


async def test_of_many_who_want_one_room_at_once_one_has_it(
    database_url: str | None, tmp_path: Path
) -> None:
    async with town(tmp_path, "Robin", "Ada", url=database_url) as here:
        group, room = await group_of(here, "Ada")
        await here.give(group, "Ada", Role.HOST)
        path = f"/groups/{group}/events"
        asked = [
            here.ask(who, "POST", path, yoga(room, starts=f"2027-01-19T18:{minute}"))
            for who in ("Robin", "Ada")
            for minute in (30, 35, 40)
        ]
        codes = [answer.status_code for answer in await asyncio.gather(*asked)]
        assert sorted(codes) == [201, *[409] * 5]
        classes = [here.ask("Ada", "POST", f"/groups/{group}/class-now", {}) for _ in range(4)]
        codes = [answer.status_code for answer in await asyncio.gather(*classes)]
        assert sorted(codes) == [201, 409, 409, 409]


async def test_of_a_plan_and_a_move_to_the_same_hours_one_holds(
    database_url: str | None, tmp_path: Path
) -> None:
    async with town(tmp_path, "Robin", "Ada", url=database_url) as here:
        group, room = await group_of(here, "Ada")
        await here.give(group, "Ada", Role.HOST)
        path, daily = f"/groups/{group}/events", {"rule": "FREQ=DAILY", "minutes": 30}
        morning = yoga(room, starts="2027-01-19T10:00", **daily)
        event = await here.do("Robin", "POST", path, morning)
        moved = {"version": 1, "starts": "2027-01-19T18:30"}
        evening = yoga(room, starts="2027-01-19T18:45", **daily)
        once = yoga(room, starts="2027-02-19T18:40", rule="")
        asked = [
            here.ask("Ada", "POST", path, once),
            here.ask("Robin", "PATCH", f"/events/{event['id']}", moved),
            here.ask("Ada", "POST", path, evening),
        ]
        codes = [answer.status_code for answer in await asyncio.gather(*asked)]
        assert codes.count(409) == 2
        # Whatever held, no two of the days that are planned now need the room at once.
        listed = await here.get("Ada", f"{path}?until_ms={FAR_MS}&limit=200")
        times = sorted((each["starts_ms"], each["ends_ms"]) for each in listed["items"])
        assert len(times) > 30
        assert all(end <= start for (_, end), (start, _) in pairwise(times))


async def test_of_many_who_change_one_version_one_does(
    database_url: str | None, tmp_path: Path
) -> None:
    async with town(tmp_path, "Robin", "Ada", url=database_url) as here:
        group, room = await group_of(here, "Ada")
        event = await here.do("Robin", "POST", f"/groups/{group}/events", yoga(room))
        path = f"/events/{event['id']}"
        asked = [
            here.ask("Robin", "PATCH", path, {"version": 1, "title": f"Yoga {number}"})
            for number in range(5)
        ]
        asked.append(here.ask("Robin", "POST", f"{path}/cancel", {"version": 1}))
        codes = [answer.status_code for answer in await asyncio.gather(*asked)]
        assert sorted(codes) == [200, *[409] * 5]
        copy = await here.do("Robin", "POST", f"{path}/clone")
        day = f"/events/{copy['id']}/occurrences/{FIRST}"
        asked = [
            here.ask("Robin", "PATCH", day, {"change_version": 0, "minutes": 30 + number})
            for number in range(5)
        ]
        answers = await asyncio.gather(*asked)
        assert sorted(answer.status_code for answer in answers) == [200, *[409] * 4]
        (kept,) = [answer.json() for answer in answers if answer.status_code == 200]
        found = await here.get("Robin", day)
        assert (found["ends_ms"], found["change_version"]) == (kept["ends_ms"], 1)


async def test_answers_come_along_while_the_series_moves(
    database_url: str | None, tmp_path: Path
) -> None:
    names = [f"P{number}" for number in range(6)]
    async with town(tmp_path, "Robin", *names, url=database_url) as here:
        group, room = await group_of(here, *names)
        event = await here.do("Robin", "POST", f"/groups/{group}/events", yoga(room))
        path = f"/events/{event['id']}"
        later = "20270119T190000"
        move = {"version": 1, "starts": "2027-01-19T19:00"}
        answers = await asyncio.gather(
            *(here.ask(name, "PUT", f"{path}/occurrences/{FIRST}/rsvp", {}) for name in names[:3]),
            here.ask("Robin", "PATCH", path, move),
            *(here.ask(name, "PUT", f"{path}/occurrences/{FIRST}/rsvp", {}) for name in names[3:]),
        )
        moved = answers.pop(3)
        assert moved.status_code == 200
        # Whoever came before it moved along; the others were told that the day is another one.
        assert {each.status_code for each in answers} <= {200, 404}
        came = sum(each.status_code == 200 for each in answers)
        day = await here.get("Robin", f"{path}/occurrences/{later}")
        assert day["going"] + day["waiting"] == came
        gone = await here.ask("Robin", "GET", f"{path}/occurrences/{FIRST}")
        assert gone.status_code == 404
