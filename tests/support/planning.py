"""A group whose events are planned over HTTP, for tests of calendars."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hearth_server.community.permissions import Role
from hearth_server.services.announcer import EventNews
from tests.support.groups import JSON, Town, group_of, town

#: The town's clock begins on Friday, 15 January 2027, at 8 in the morning of UTC.
FIRST: Final = "20270119T183000"
SECOND: Final = "20270126T183000"
THIRD: Final = "20270202T183000"


class Heard:
    """Remembers what open pages were told of events."""

    def __init__(self, before: Any) -> None:
        self._before = before
        self.news: list[tuple[str, str, frozenset[str]]] = []
        self.rooms: list[str] = []

    def event(self, news: EventNews, account_ids: Any, /) -> None:
        self.news.append((news.what, news.original, frozenset(account_ids)))
        self.rooms.append(news.room)

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


@asynccontextmanager
async def planned(folder: Path) -> AsyncIterator[Stage]:
    """Open a town with Robin's group, and hear what its pages are told."""
    async with town(folder, "Robin", "Ada", "Bo", "Eve") as here:
        group, room = await group_of(here, "Ada", "Bo")
        await here.give(group, "Ada", Role.HOST)
        heard = Heard(here.node.services.announcer)
        here.node.services.announcer = heard  # type: ignore[assignment]
        yield Stage(here, group, room, heard)
