"""What starters are made of."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from hearth_protocol.gathering import Alternative, BodyPosture, Breath, Side
from hearth_server.community.plans.compile import compiled
from hearth_server.community.plans.records import CompiledPlan, CueDraft
from hearth_server.errors import Refusal

#: Ten seconds, longer out than in.
CALM: Final = Breath(in_s=4.0, out_s=6.0)
#: Eight seconds.
EVEN: Final = Breath(in_s=4.0, out_s=4.0)


@dataclass(frozen=True, slots=True)
class Starter:
    """A plan that people may begin with."""

    id: str
    title: str
    text: str
    template: Literal["class", "talk"]
    cues: tuple[CueDraft, ...]

    @property
    def plan(self) -> CompiledPlan:
        """The plan with its times.

        Raises:
            ValueError: it cannot be worked out, which is a fault of ours.
        """
        made = compiled(1, self.title, self.cues)
        if isinstance(made, Refusal):
            raise ValueError(made.text)
        return made


def cue(name: str, seconds: float, text: str, **rest: Any) -> CueDraft:  # noqa: ANN401
    """Return a cue that begins after the one before; `rest` as in `CueDraft`."""
    return CueDraft(name, None, seconds, text, **rest)


def instead(posture: BodyPosture, pose: str | None, text: str = "") -> Alternative:
    """Return what to do in another posture of the body."""
    return Alternative(posture=posture, pose=pose, text=text)


def both_sides(
    name: str,
    seconds: float,
    texts: tuple[str, str],
    **rest: Any,  # noqa: ANN401
) -> tuple[CueDraft, CueDraft]:
    """Return a cue for the right side and one for the left, in this order."""
    sides: tuple[Side, Side] = ("right", "left")
    right, left = (
        cue(f"{name}-{side}", seconds, text, side=side, **rest)
        for side, text in zip(sides, texts, strict=True)
    )
    return right, left
