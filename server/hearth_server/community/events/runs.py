"""An occurrence while it happens: what the live room needs to hold it without asking the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from hearth_server.community.events.records import Audience, Doors, EventTemplate, Formation
from hearth_server.community.plans.records import NO_PLAN, CompiledPlan

RunState = Literal["doors", "live", "winding_down", "ended"]


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A gathering as services hand it to the live rooms.

    Attributes:
        original: the occurrence's name.
        starts_ms, ends_ms: Unix epoch.
        host_id: who leads; the account may be gone.
        co_hosts: accounts, in the order in which they take over.
        access: accounts who would like to be in front.
        attendance: accounts who let it be kept that they came.
        formation: which mats are offered when it begins.
        expected: how many have a place, guests included.
        live: what the room last kept of it (`RunKept.live`); empty at first.
    """

    event_id: str
    original: str
    group_id: str
    room_id: str
    title: str
    template: EventTemplate
    state: RunState
    starts_ms: int
    ends_ms: int
    host_id: str | None
    co_hosts: tuple[str, ...]
    doors: Doors
    audience: Audience
    capacity: int
    plan: CompiledPlan = NO_PLAN
    access: frozenset[str] = frozenset()
    attendance: frozenset[str] = frozenset()
    formation: Formation = "none"
    expected: int = 0
    live: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunKept:
    """What is kept of a running gathering, so that it goes on after a restart."""

    event_id: str
    original: str
    room_id: str
    state: RunState
    live: Mapping[str, Any]
    opened_ms: int
    ended_ms: int | None
    kept_ms: int


@dataclass(frozen=True, slots=True)
class LeaderHere:
    """Who leads a gathering and is there."""

    account_id: str
    name: str


@dataclass(frozen=True, slots=True)
class GatheringNow:
    """What doors and pages need to know of a gathering in a room.

    Attributes:
        host_here: somebody who may lead is in the room.
        began_ms: Unix epoch at which it went live; None before.
        came: accounts who were in it, also before a restart; whoever was put out is none of them.
        leader: the host if they are there, else the first co-host who is.
        leads: accounts of the host and the co-hosts, those included who were made it in the room.
    """

    event_id: str
    original: str
    room_id: str
    state: RunState
    doors: Doors
    starts_ms: int
    host_here: bool
    began_ms: int | None
    present: int
    came: frozenset[str] = frozenset()
    leader: LeaderHere | None = None
    leads: frozenset[str] = frozenset()
