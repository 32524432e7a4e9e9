"""An evening's event in a town, for tests of who comes and how they come in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hearth_server.api.limits import RATES, Rate
from hearth_server.community.events.records import EventRecord
from hearth_server.services.events.offers import Offers
from tests.support.api import ShellOptions
from tests.support.events import ORIGINAL, GatheringRooms, day, go_to, keep, record, rooms_of, run
from tests.support.groups import Town, group_of, town


@dataclass
class Evening:
    """Robin's event, and people who are members of its group."""

    here: Town
    rooms: GatheringRooms
    group: str
    event: EventRecord
    offers: Offers

    @property
    def key(self) -> tuple[str, str]:
        return self.event.id, ORIGINAL

    @property
    def room(self) -> str:
        return self.event.room_id

    async def go(self, who: str, **wish: bool) -> dict[str, Any]:
        """Say that somebody is going."""
        return await self.here.do(who, "PUT", day(self.event, "/rsvp"), wish)

    async def state(self, who: str) -> str:
        """Return what is kept of somebody's answer."""
        async with self.here.node.services.store.reading() as tx:
            kept = await tx.rsvps.get(self.key, self.here.id(who))
        return kept.state if kept is not None else "none"

    async def states(self, *names: str) -> list[str]:
        return [await self.state(name) for name in names]

    async def begin(self, seconds_before_start: float = 600, **changes: Any) -> None:
        """Open the doors, so long before the start."""
        await go_to(self.here, seconds_before_start)
        services = self.here.node.services
        await run(services.store, self.event, "doors", services.now_ms())  # type: ignore[arg-type]
        self.rooms.begin(self.event, **changes)

    async def wait(self, who: str, **body: bool) -> dict[str, Any]:
        """Say that somebody waits; return how the doors stand."""
        return await self.here.do(who, "PUT", day(self.event, "/waiting"), body)

    async def stands(self, who: str, **body: bool) -> tuple[str, str]:
        door = await self.wait(who, **body)
        return door["state"], door["reason"]

    async def join(self, who: str) -> str:
        """Ask for a ticket and be in the room if there is one; return what was answered."""
        response = await self.here.ask(who, "POST", f"/rooms/{self.room}/join", {})
        if response.status_code != 200:
            return str(response.json()["code"])
        if self.rooms.where(self.here.id(who)) is None:
            self.rooms.put(self.room, self.here.people[who])
        return "in"

    async def admit(self, who: str, by: str = "Robin", **body: Any) -> int:
        path = day(self.event, f"/waiting/{self.here.id(who)}")
        response = await self.here.ask(by, "POST", path, {"admit": True, **body})
        return response.status_code

    def leave(self, who: str) -> None:
        """Somebody goes out."""
        self.rooms.leave(self.room, self.here.id(who))


@asynccontextmanager
async def evening(
    folder: Path, *members: str, url: str | None = None, **changes: Any
) -> AsyncIterator[Evening]:
    """Open a town with an event on an evening six weeks from now."""
    options = ShellOptions(rates={budget: Rate(1e6, 1e6) for budget in RATES})
    async with town(folder, "Robin", *members, options=options, url=url) as here:
        rooms = rooms_of(here)
        group, room = await group_of(here, *members)
        services = here.node.services
        event = await keep(services.store, record(group, room, here.id("Robin"), **changes))
        yield Evening(here, rooms, group, event, Offers(services))
