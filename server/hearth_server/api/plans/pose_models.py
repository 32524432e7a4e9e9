"""The JSON of poses."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, Field
from pydantic.config import JsonDict

from hearth_protocol.gathering import BodyPosture, PoseId
from hearth_server.api.answers import example
from hearth_server.api.texts import line_of
from hearth_server.community.poses import (
    NAME_LENGTH,
    STEP_LENGTH,
    STEPS_MAX,
    TEXT_LENGTH,
    Keys,
    Level,
    Pose,
    PoseKey,
)

Step = Annotated[str, Field(max_length=4 * STEP_LENGTH), AfterValidator(line_of(STEP_LENGTH))]
Steps = Annotated[list[Step], Field(max_length=STEPS_MAX)]
_POSE: Final[JsonDict] = {
    "id": "tall-heron",
    "name": "Tall heron",
    "posture": "standing",
    "sided": True,
    "level": "steady",
    "text": "One foot rests at the other ankle.",
    "steps": ["Lean on your left foot.", "Lay the right foot at the left ankle."],
    "care": ["Stay near a wall."],
    "keys": [
        {
            "at": 0.0,
            "root": [0.0, 0.92, 0.0],
            "bones": {"upper_leg_r": [30.0, 0.0, 20.0], "lower_leg_r": [-60.0, 0.0, 0.0]},
        }
    ],
    "breathes": False,
}


class PoseIn(BaseModel):
    """A pose of a group's own, told with the right side leading."""

    model_config = example(**_POSE)

    id: PoseId
    name: Annotated[str, Field(max_length=4 * NAME_LENGTH), AfterValidator(line_of(NAME_LENGTH))]
    posture: BodyPosture
    sided: bool = False
    level: Level = "gentle"
    text: Annotated[str, Field(max_length=4 * TEXT_LENGTH), AfterValidator(line_of(TEXT_LENGTH))]
    steps: Steps = Field(default_factory=list)
    care: Steps = Field(default_factory=list)
    keys: Keys
    breathes: bool = False

    def pose(self) -> Pose:
        """Return it as it is kept."""
        return Pose(**{name: getattr(self, name) for name in type(self).model_fields})


class PoseOut(BaseModel):
    """A pose; `family` is "" for one of the group's own."""

    id: str
    name: str
    family: str
    posture: BodyPosture
    sided: bool
    level: Level
    text: str
    steps: list[str]
    care: list[str]
    keys: list[PoseKey]
    breathes: bool
    own: bool

    @classmethod
    def of(cls, pose: Pose, family: str, *, own: bool) -> Self:
        """Show a pose."""
        fields = {name: getattr(pose, name) for name in type(pose).model_fields}
        return cls(**fields, family=family, own=own)
