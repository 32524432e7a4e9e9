"""A thousand people who answer, take back and come in at once: nobody gets a place that is not."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from hearth_server.api.limits import RATES, Rate
from hearth_server.community.accounts import Account
from hearth_server.community.events.records import EventRecord, RsvpState
from hearth_server.services.events.offers import Offers
from tests.support.api import ShellOptions
from tests.support.events import ORIGINAL, crowd, day, go_to, keep, record, rooms_of
from tests.support.groups import Town, group_of, town

pytestmark = pytest.mark.asyncio

PEOPLE: Final = 1_000
CAPACITY: Final = 60
#: Nothing is limited: everybody comes from one address, and answers again and again.
OPTIONS: Final = ShellOptions(rates={budget: Rate(1e9, 1e9) for budget in RATES})


async def states(store: Any, event_id: str) -> Counter[RsvpState]:
    async with store.reading() as tx:
        kept = await tx.rsvps.answers(
            (event_id, ORIGINAL), ("going", "waiting", "offered", "released")
        )
    return Counter(each.state for each in kept)


async def wanted_by(
    here: Town, people: int, capacity: int, guests_max: int = 0
) -> tuple[EventRecord, Sequence[Account]]:
    """Keep an event, and the members of its group who would all like to come."""
    group, room = await group_of(here)
    await here.do("Robin", "PATCH", f"/groups/{group}", {"version": 1, "size_limit": 2000})
    async with here.node.services.store.writing() as tx:
        kept = await tx.rooms.get(room)
        assert kept is not None
        large = replace(kept, capacity=2 * CAPACITY, version=kept.version + 1)
        assert await tx.rooms.save(large, kept.version)
    made = replace(record(group, room, here.id("Robin"), capacity=capacity), guests_max=guests_max)
    event = await keep(here.node.services.store, made)
    return event, await crowd(here, group, people)


async def answer(here: Town, name: str, event: EventRecord, guests: int = 0) -> Any:
    """Say yes, again while the store is busy: then nothing was done."""
    while True:
        said = await here.ask(name, "PUT", day(event, "/rsvp"), {"guests": guests})
        if said.status_code != 503:
            assert said.status_code == 200, said.text
            return said.json()


@pytest.mark.timeout(300)
async def test_a_thousand_answers_at_once_are_all_right(
    tmp_path: Path, database_url: str | None
) -> None:
    async with town(tmp_path, "Robin", options=OPTIONS, url=database_url) as here:
        store = here.node.services.store
        event, people = await wanted_by(here, PEOPLE, CAPACITY)

        answers = await asyncio.gather(*(answer(here, each.name, event) for each in people))
        going = [said for said in answers if said["state"] == "going"]
        waiting = [said for said in answers if said["state"] == "waiting"]
        assert len(going) == CAPACITY
        assert all(said["position"] == 0 for said in going)
        # Each was told a position of their own, and together these are the list without a gap.
        assert sorted(said["position"] for said in waiting) == list(range(1, PEOPLE - CAPACITY + 1))
        assert await states(store, event.id) == {"going": CAPACITY, "waiting": PEOPLE - CAPACITY}


@pytest.mark.timeout(300)
async def test_hundreds_of_parties_at_once_are_promised_whole_and_never_too_many_places(
    tmp_path: Path, database_url: str | None
) -> None:
    async with town(tmp_path, "Robin", options=OPTIONS, url=database_url) as here:
        store = here.node.services.store
        event, people = await wanted_by(here, 150, CAPACITY, guests_max=3)
        most = 0

        async def look() -> tuple[int, int]:
            async with store.reading() as tx:
                count = await tx.rsvps.count((event.id, ORIGINAL))
            return count.going + count.offered, count.waiting

        async def watch() -> None:
            nonlocal most
            while True:
                most = max(most, (await look())[0])
                await asyncio.sleep(0)

        async def say(name: str, number: int) -> None:
            assert (await answer(here, name, event, number % 4))["guests"] == number % 4
            if number % 5 == 0:
                # Fewer is always possible; one more only where there is room.
                assert (await answer(here, name, event, 0))["guests"] == 0
                await here.ask(name, "PUT", day(event, "/rsvp"), {"guests": 1})
            if number % 7 == 0:
                await here.ask(name, "DELETE", day(event, "/rsvp"))

        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(watch())
            await asyncio.gather(*(say(each.name, n) for n, each in enumerate(people)))
            watching.cancel()
        taken, _ = await look()
        assert max(most, taken) <= CAPACITY
        async with store.reading() as tx:
            first = (await tx.rsvps.waiting((event.id, ORIGINAL), CAPACITY, 1))[0]
        # Whole or not at all: the first who waits is more than what is left.
        assert taken > CAPACITY - 4
        assert taken + first.places > CAPACITY


@pytest.mark.timeout(300)
async def test_whatever_hundreds_do_at_once_there_are_never_too_many(
    tmp_path: Path, database_url: str | None
) -> None:
    async with town(tmp_path, "Robin", options=OPTIONS, url=database_url) as here:
        services = here.node.services
        event, people = await wanted_by(here, 200, 20)
        most = 0

        async def watch() -> None:
            nonlocal most
            while True:
                async with services.store.reading() as tx:
                    count = await tx.rsvps.count((event.id, ORIGINAL))
                most = max(most, count.going + count.offered)
                await asyncio.sleep(0)

        async def hesitate(name: str, number: int) -> None:
            await answer(here, name, event)
            if number % 3 == 0:
                await here.do(name, "DELETE", day(event, "/rsvp"))
            if number % 3 == 1:
                await here.ask(name, "POST", day(event, "/rsvp/accept"))
            if number % 6 == 0:
                await answer(here, name, event)

        offers = Offers(services)
        async with asyncio.TaskGroup() as tasks:
            watching = tasks.create_task(watch())
            giving = tasks.create_task(offers.run())
            await asyncio.gather(*(hesitate(each.name, n) for n, each in enumerate(people)))
            watching.cancel()
            giving.cancel()
        await offers.look()
        found = await states(services.store, event.id)
        assert most == 20
        # What is free is offered: nobody waits before an empty place.
        assert found["going"] + found["offered"] == 20


@pytest.mark.timeout(300)
async def test_whoever_comes_in_at_once_never_comes_to_more_than_the_capacity(
    tmp_path: Path, database_url: str | None
) -> None:
    async with town(tmp_path, "Robin", options=OPTIONS, url=database_url) as here:
        rooms = rooms_of(here)
        group, room = await group_of(here)
        people = await crowd(here, group, 60)
        services = here.node.services
        event = await keep(services.store, record(group, room, here.id("Robin"), capacity=12))
        for each in people[:5]:
            await here.do(each.name, "PUT", day(event, "/rsvp"), {})
        await go_to(here, 600)
        rooms.begin(event)
        names = [each.name for each in people]
        # Those with a place ask last, and others answer meanwhile.
        late = [*names[5:], *names[:5]]
        answers = await asyncio.gather(
            *(here.ask(name, "POST", f"/rooms/{room}/join", {}) for name in late),
            *(here.ask(name, "PUT", day(event, "/rsvp"), {}) for name in names[40:]),
        )
        joins = dict(zip(late, answers, strict=False))
        let_in = {name for name, answer in joins.items() if answer.status_code == 200}
        found = await states(services.store, event.id)
        assert found["going"] == 12
        assert len(let_in) <= 12
        assert {each.name for each in people[:5]} <= let_in
        for answer in joins.values():
            if answer.status_code != 200:
                problem = answer.json()
                assert (answer.status_code, problem["code"]) == (409, "gathering_waits")
                assert (problem["event"], problem["original"]) == (event.id, ORIGINAL)
