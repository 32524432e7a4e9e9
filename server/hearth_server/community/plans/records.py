"""What is kept of session plans."""

from dataclasses import dataclass
from typing import Final

from hearth_protocol import limits as L
from hearth_protocol.design import Light
from hearth_protocol.gathering import Alternative, Breath, Cue, Side, Track

TITLE_LENGTH: Final = 80
CUES_MAX: Final = L.CUES_MAX
NOTE_LENGTH: Final = 120
PLANS_MAX: Final = 200
#: With those that are archived.
PLANS_EVER_MAX: Final = 1000
VERSIONS_KEPT: Final = 30


@dataclass(frozen=True, slots=True)
class CueDraft:
    """A step of a plan as its author wrote it.

    Attributes:
        at_s: seconds from the start of the plan; None: right after the one before.
        seconds: how long it lasts.
        side: from the student's view.
        music: a track, "none" for silence, None to go on as it was.
    """

    id: str
    at_s: float | None
    seconds: float
    text: str = ""
    side: Side | None = None
    pose: str | None = None
    breath: Breath | None = None
    music: Track | None = None
    light: Light | None = None
    silence: bool = False
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """A session plan as it is kept.

    Attributes:
        ms: how long it lasts.
    """

    id: str
    group_id: str
    title: str
    version: int
    cues: tuple[CueDraft, ...]
    created_by: str | None
    created_ms: int
    archived_ms: int | None = None
    ms: int = 0


@dataclass(frozen=True, slots=True)
class PlanCard:
    """What a list needs to know of a plan."""

    id: str
    group_id: str
    title: str
    version: int
    ms: int
    cue_count: int
    created_ms: int
    archived_ms: int | None = None

    @property
    def minutes(self) -> int:
        """How long it lasts, in whole minutes, one at least."""
        return max(1, round(self.ms / 60_000))


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One version of a plan.

    Attributes:
        parent: the version that undoing this one leads back to; None: there is none.
    """

    version: int
    parent: int | None
    title: str
    cues: tuple[CueDraft, ...]
    note: str
    created_by: str | None
    created_ms: int


@dataclass(frozen=True, slots=True)
class VersionCard:
    """What a list needs to know of a version."""

    version: int
    parent: int | None
    title: str
    note: str
    created_by: str | None
    created_ms: int
    cue_count: int


@dataclass(frozen=True, slots=True, weakref_slot=True)
class CompiledPlan:
    """A plan with its times worked out: cues follow each other without overlap.

    Attributes:
        version: of the plan; 0 for a gathering without one.
        cues: [n], `from_ms` strictly ascending; the last ends the plan.
    """

    version: int
    title: str
    cues: tuple[Cue, ...]

    @property
    def ms(self) -> int:
        """How long the whole plan lasts."""
        return self.cues[-1].from_ms + self.cues[-1].ms if self.cues else 0


NO_PLAN: Final = CompiledPlan(0, "", ())
