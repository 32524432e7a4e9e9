"""What a calendar costs: a full room planned once more, and a gathering read anew after a write.

`python -m tests.benchmarks.bench_events [--quick]` writes Markdown and JSON. One room has a daily
event in every quarter of an hour but the last, which is planned; every day of 400 is looked at.
Each row stands beside the long way of the same run: all days one by one, all cues anew.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from hearth_loadtest.environment import describe
from hearth_server.community.events import hours
from hearth_server.community.events.calendar import (
    NOTHING,
    Window,
    first_overlap,
    occurrences,
)
from hearth_server.community.events.records import EventRecord
from hearth_server.community.plans.records import CueDraft, PlanRecord, PlanVersion
from hearth_server.community.spans import DAY_MS
from hearth_server.services.events.rooms import AHEAD_DAYS, foresee, taken
from hearth_server.services.gatherings.bundle import Gatherings
from hearth_server.services.plans.reading import compiled_plan
from tests.support.events import STARTS_MS, GatheringRooms, go_to, keep, record
from tests.support.groups import Town, group_of, town

OUT: Final = Path(__file__).parents[2] / "artifacts" / "bench"
EVENTS: Final = 96
CUES: Final = (30, 500)
WINDOW: Final = Window(STARTS_MS, STARTS_MS + AHEAD_DAYS * DAY_MS)


def quarter(group: str, room: str, host: str, number: int) -> EventRecord:
    """Return a daily event of one quarter of an hour."""
    starts = f"2027-02-01T{number // 4:02}:{number % 4 * 15:02}:00"
    return record(
        group, room, host, starts=starts, rule="FREQ=DAILY", minutes=15, until_ms=None,
        zone="Europe/Berlin", title=f"Quarter {number}",
    )  # fmt: skip


async def spent_ms(work: Callable[[], Awaitable[object]], rounds: int) -> float:
    """Return the CPU time of the loop's thread, the middle of some rounds."""
    found = []
    for _ in range(rounds):
        began = time.thread_time()
        await work()
        found.append((time.thread_time() - began) * 1000.0)
    return round(statistics.median(found), 2)


async def planning(here: Town, group: str, room: str, rounds: int) -> list[dict[str, Any]]:
    """Measure whether the room is taken, and planning over HTTP with all that belongs to it."""
    store, robin = here.node.services.store, here.id("Robin")
    kept = [quarter(group, room, robin, number) for number in range(EVENTS)]
    last = kept.pop()
    for event in kept:
        await keep(store, event)

    async def long_way() -> None:
        async with store.reading() as tx:
            others = await tx.events.of_group(group, STARTS_MS, 1_000)
            days = await tx.events.known([each.id for each in others])
            mine = occurrences(last, NOTHING, WINDOW, STARTS_MS)
            assert first_overlap(mine, mine) is None
            for other in others:
                theirs = occurrences(other, days[other.id], WINDOW, STARTS_MS)
                assert first_overlap(mine, theirs) is None

    async def short_way() -> None:
        async with store.reading() as tx:
            assert await taken(tx, last, NOTHING, STARTS_MS) is None

    async def anew() -> None:
        hours._stretch.cache_clear()
        await foresee(kept, STARTS_MS)

    async def over_http() -> None:
        body = {
            "title": "Last", "room": room, "starts": last.starts[:16], "zone": last.zone,
            "minutes": 15, "rule": last.rule, "capacity": 5, "state": "scheduled",
        }  # fmt: skip
        made = await here.do("Robin", "POST", f"/groups/{group}/events", body)
        async with store.writing() as tx:
            await tx.events.drop(made["id"])

    few = max(3, rounds // 5)
    before, ahead = await spent_ms(long_way, few), await spent_ms(anew, few)
    asked, planned = await spent_ms(short_way, rounds), await spent_ms(over_http, rounds)
    return [
        {"what": f"room taken by the {EVENTS}th?", "ms": asked, "long way ms": before},
        {"what": "its days worked out, before the lock", "ms": ahead, "long way ms": before},
        {"what": "planned over HTTP, and dropped", "ms": planned, "long way ms": ""},
    ]


async def reading_anew(
    here: Town, group: str, room: str, count: int, rounds: int
) -> dict[str, Any]:
    """Measure what a write costs a gathering that goes on with a plan of so many cues."""
    services, robin = here.node.services, here.id("Robin")
    store, plan_id = services.store, f"plan-{count:011}"
    cues = tuple(CueDraft(f"c{n}", None, 20.0, f"Breathe in, number {n}.") for n in range(count))
    plan = PlanRecord(plan_id, group, "Long", 1, cues, None, 0)
    async with store.writing() as tx:
        await tx.plans.add(plan, PlanVersion(1, None, plan.title, cues, "", None, 0))
    event = await keep(store, replace(record(group, room, robin), plan_id=plan_id))
    rooms = GatheringRooms()
    begun: list[Any] = []
    rooms.begin_gathering = begun.append  # type: ignore[method-assign, assignment]
    here.node.talk.open_rooms(rooms)
    gatherings = Gatherings(services)
    await gatherings.load()
    gatherings.open_rooms()
    await go_to(here, 0)
    look = gatherings._lifecycle.look
    await look()
    assert [len(each.plan.cues) for each in begun] == [count]

    async def after_a_write() -> None:
        store.facts_epoch += 1  # type: ignore[misc]  # as any transaction that writes does
        await gatherings._lifecycle.refresh()

    async def cues_anew() -> None:
        async with store.reading() as tx:
            await compiled_plan(tx, plan_id)
        await after_a_write()

    row = {
        "what": f"read anew, a plan of {count} cues",
        "ms": await spent_ms(after_a_write, rounds),
        "long way ms": await spent_ms(cues_anew, rounds),
    }
    async with store.writing() as tx:
        await tx.events.drop(event.id)
    return row


async def measure(folder: Path, rounds: int) -> list[dict[str, Any]]:
    """Measure everything in one town."""
    async with town(folder, "Robin") as here:
        group, room = await group_of(here)
        rows = [await reading_anew(here, group, room, count, rounds) for count in CUES]
        await go_to(here, 0)
        return [*rows, *await planning(here, group, room, rounds)]


def main() -> None:
    """Measure all, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5 rounds instead of 30")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(measure(Path(folder), 5 if options.quick else 30))
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0])]
    lines += ["| " + " | ".join(str(cell) for cell in each.values()) + " |" for each in rows]
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "events.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = {"machine": describe(), "rows": rows}
    (OUT / "events.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
