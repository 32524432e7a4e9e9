"""What is kept of session plans."""

from dataclasses import dataclass
from typing import Final

from hearth_protocol import limits as L
from hearth_protocol.design import Light
from hearth_protocol.gathering import Alternative, Breath, Cue, Side, Track

TITLE_LENGTH: Final = 80
CUES_MAX: Final = L.CUES_MAX
PLANS_MAX: Final = 200


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
    """A session plan as it is kept."""

    id: str
    group_id: str
    title: str
    version: int
    cues: tuple[CueDraft, ...]
    created_by: str | None
    created_ms: int
    archived_ms: int | None = None


@dataclass(frozen=True, slots=True)
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
