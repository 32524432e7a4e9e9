"""When an event would be, asked before anybody plans it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hearth_server.errors import Refusal
from hearth_server.services.events.previewing import Dates, next_dates
from tests.support.groups import group_of, town

LONG_AGO_MS = 0
BERLIN = "Europe/Berlin"


def utc(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]


def test_the_wall_clock_stays_when_clocks_change() -> None:
    # Berlin's clocks go back in the night to 25 October 2026.
    found = next_dates(Dates("2026-10-18T18:30", BERLIN, 60, "FREQ=WEEKLY;COUNT=3"), LONG_AGO_MS)
    assert not isinstance(found, Refusal)
    assert [span.starts_ms for span in found] == [
        utc(2026, 10, 18, 16, 30),
        utc(2026, 10, 25, 17, 30),
        utc(2026, 11, 1, 17, 30),
    ]
    assert {span.ends_ms - span.starts_ms for span in found} == {3_600_000}


def test_days_that_are_over_are_not_among_the_next() -> None:
    wanted = Dates("2026-12-01T18:30", "UTC", 45, "FREQ=DAILY")
    found = next_dates(wanted, utc(2026, 12, 4, 12, 0))
    assert not isinstance(found, Refusal)
    assert len(found) == 5
    assert found[0].starts_ms == utc(2026, 12, 4, 18, 30)


def test_without_a_rule_there_is_one() -> None:
    found = next_dates(Dates("2026-12-01T18:30", "UTC", 45, ""), LONG_AGO_MS)
    assert not isinstance(found, Refusal)
    assert len(found) == 1


@pytest.mark.asyncio
async def test_hosts_are_told_and_what_cannot_be_is_named(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Ada") as here:
        group, _ = await group_of(here, "Ada")
        path = f"/groups/{group}/events/preview"
        body = {"starts": "2030-01-01T18:30", "zone": BERLIN, "rule": "FREQ=WEEKLY;BYDAY=TU"}
        found = await here.do("Robin", "POST", path, body)
        assert len(found["items"]) == 5
        assert found["items"][0]["starts_ms"] == utc(2030, 1, 1, 17, 30)
        hostile = {**body, "rule": "FREQ=SECONDLY"}
        assert await here.refused("Robin", "POST", path, hostile) == (422, "bad_rule")
        nowhere = {**body, "zone": "Mars/Olympus"}
        assert (await here.refused("Robin", "POST", path, nowhere))[0] == 422
        assert await here.refused("Ada", "POST", path, body) == (403, "not_allowed")
