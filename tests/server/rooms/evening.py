"""A gathering of four by its rules alone: time is a number, nobody has a line."""

from typing import Any

from hearth_protocol.gathering import LeadAct
from hearth_server.community.plans.leading import Edit
from hearth_server.community.plans.records import CompiledPlan
from hearth_server.rooms.gathering.asks import Ask
from hearth_server.rooms.gathering.gathering import Gathering, Now, begin
from hearth_server.rooms.gathering.leading import Actor, lead
from tests.support.gathering import account
from tests.support.runs import PLAN, STARTS_MS, run_of

ANN, BOB, CEM, DEE = (account(name) for name in ("Ann", "Bob", "Cem", "Dee"))
EVERYBODY = [each.id for each in (ANN, BOB, CEM, DEE)]
TO_WALL_MS = STARTS_MS - 600_000


def now_at(ms: int) -> Now:
    return Now(ms, ms + TO_WALL_MS)


def opened(plan: CompiledPlan = PLAN, ms: int = 0, **changes: Any) -> Gathering:
    """Ann hosts, Bob takes over, everybody is here."""
    gathering = begin(run_of(ANN, BOB, plan=plan, **changes), now_at(ms))
    for each in EVERYBODY:
        gathering.arrive(each)
    gathering.look(EVERYBODY, ms)
    return gathering


def act(gathering: Gathering, who: str, what: LeadAct, ms: int, cue: str | None = None) -> None:
    edit = Edit(what, gathering.timeline.version, cue)
    assert lead(gathering, Actor(who), edit, ms) is None


def live(plan: CompiledPlan = PLAN, **changes: Any) -> Gathering:
    gathering = opened(plan, **changes)
    act(gathering, ANN.id, "start", 0)
    return gathering


def pass_time(gathering: Gathering, here: list[str], until_ms: int, from_ms: int = 0) -> None:
    """Let time pass the way a shard does, a few looks a second."""
    for ms in range(from_ms, until_ms + 1, 250):
        gathering.look(here, ms)


def asked(gathering: Gathering, who: str) -> Ask:
    (ask,) = gathering.asks.of(who)
    return ask
