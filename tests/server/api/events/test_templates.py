"""What a class and a talk begin with, said or not: kept, shown, and handed to their room."""

from pathlib import Path
from typing import Any

import pytest

from hearth_server.services.events.occurring import occurrence
from hearth_server.services.gatherings.facts import run_facts
from hearth_server.services.gatherings.plans import RunningPlans
from tests.support.evening import evening

pytestmark = pytest.mark.asyncio

TALK = {"title": "Stars", "template": "talk", "starts": "2027-03-02T18:30", "zone": "UTC"}
WAYS = ("audience", "formation", "guests_max")


def ways(event: dict[str, Any]) -> list[Any]:
    return [event[name] for name in WAYS]


async def test_a_template_says_what_nobody_said(tmp_path: Path) -> None:
    async with evening(tmp_path, "Ada") as it:
        path = f"/groups/{it.group}/events"
        talk = await it.here.do("Robin", "POST", path, {**TALK, "room": it.room})
        assert ways(talk) == ["nobody", "none", 0]
        yoga = {**TALK, "room": it.room, "template": "class", "starts": "2027-03-03T18:30"}
        made = await it.here.do("Robin", "POST", path, yoga)
        assert ways(made) == ["near", "rows", 0]
        said = {**yoga, "audience": "nobody", "formation": "circle", "guests_max": 2}
        said["starts"] = "2027-03-04T18:30"
        other = await it.here.do("Robin", "POST", path, said)
        assert ways(other) == ["nobody", "circle", 2]
        # Another template alone changes nothing else: what was chosen stays chosen.
        change = {"version": 1, "template": "talk", "formation": "arc"}
        changed = await it.here.do("Robin", "PATCH", f"/events/{other['id']}", change)
        assert (changed["template"], ways(changed)) == ("talk", ["nobody", "arc", 2])
        copied = await it.here.do("Robin", "POST", f"/events/{other['id']}/clone")
        assert ways(copied) == ["nobody", "arc", 2]


async def test_what_begins_now_begins_likewise_with_the_doors_that_are_wanted(
    tmp_path: Path,
) -> None:
    async with evening(tmp_path, "Ada", capacity=4, guests_max=1) as it:
        here, path = it.here, f"/groups/{it.group}/class-now"
        body = {"template": "talk", "title": "Stars", "doors": {"mode": "admit_each"}}
        day = await here.do("Robin", "POST", path, body)
        event = await here.get("Robin", f"/events/{day['event']}")
        assert ways(event) == ["nobody", "none", 0]
        # Whatever was said, they are open at once.
        assert event["doors"] == {
            "mode": "admit_each",
            "open_min": 0,
            "late_min": None,
            "roles": [],
        }
        assert day["doors_ms"] == day["starts_ms"]


async def test_the_room_is_handed_what_it_begins_with(tmp_path: Path) -> None:
    async with evening(
        tmp_path, "Ada", "Bo", template="talk", audience="nobody", formation="arc", guests_max=2
    ) as it:
        rsvp = f"/events/{it.event.id}/occurrences/{it.key[1]}/rsvp"
        await it.here.do("Ada", "PUT", rsvp, {"guests": 2})
        services = it.here.node.services
        async with services.store.reading() as tx:
            found = await occurrence(tx, *it.key, services.now_ms())
            facts = await run_facts(tx, found, RunningPlans())  # type: ignore[arg-type]
        assert (facts.audience, facts.formation, facts.expected) == ("nobody", "arc", 3)
