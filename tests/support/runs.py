"""A class with a short plan, as services hand it to the live rooms."""

from dataclasses import replace
from typing import Any

from hearth_protocol.gathering import Breath, Cue
from hearth_server.community.accounts import Account
from hearth_server.community.events.records import Doors
from hearth_server.community.events.runs import RunFacts
from hearth_server.community.plans.records import CompiledPlan
from tests.support.gathering import GROUP, ROOM

STARTS_MS = 1_800_000_600_000
PLAN = CompiledPlan(
    version=3,
    title="Slow mornings",
    cues=(
        Cue(id="arrive", from_ms=0, ms=60_000, text="Sit down.", music="rain"),
        Cue(
            id="warrior",
            from_ms=60_000,
            ms=120_000,
            text="Step back with your right foot.",
            side="right",
            pose="warrior-two",
            breath=Breath(in_s=4.0, out_s=6.0),
        ),
        Cue(id="rest", from_ms=180_000, ms=600_000, text="Lie down."),
    ),
)


def run_of(host: Account | None, *co_hosts: Account, **changes: Any) -> RunFacts:
    """Return a class in the room of `tests.support.gathering`."""
    run = RunFacts(
        event_id="event-aaaaaaaaaa",
        original="20270115T080000",
        group_id=GROUP.id,
        room_id=ROOM.id,
        title="Morning class",
        template="class",
        state="doors",
        starts_ms=STARTS_MS,
        ends_ms=STARTS_MS + 3_600_000,
        host_id=host.id if host is not None else None,
        co_hosts=tuple(each.id for each in co_hosts),
        doors=Doors(),
        audience="near",
        capacity=20,
        plan=PLAN,
    )
    return replace(run, **changes)
