"""The JSON of session plans."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from hearth_protocol import limits as L
from hearth_protocol.design import Light
from hearth_protocol.gathering import (
    Alternative,
    BodyPosture,
    Breath,
    Cue,
    CueId,
    PoseId,
    Side,
    Track,
)
from hearth_server.api.answers import example
from hearth_server.api.cards import PERSON_EXAMPLE, CardOut
from hearth_server.api.models import GroupRefOut
from hearth_server.api.texts import line_of
from hearth_server.community.plans.compile import Hint
from hearth_server.community.plans.records import (
    CUES_MAX,
    NOTE_LENGTH,
    TITLE_LENGTH,
    CueDraft,
    PlanCard,
)
from hearth_server.community.plans.starters import Starter
from hearth_server.services.plans.reading import PlanView
from hearth_server.services.plans.versions import Listed, VersionView

#: Longer input than fits is let in: what is invisible does not count.
Title = Annotated[
    str,
    Field(max_length=4 * TITLE_LENGTH, examples=["Morning yoga"]),
    AfterValidator(line_of(TITLE_LENGTH)),
]
Note = Annotated[str, Field(max_length=4 * NOTE_LENGTH), AfterValidator(line_of(NOTE_LENGTH, 0))]
CueText = Annotated[
    str,
    Field(max_length=4 * L.CUE_TEXT_LENGTH),
    AfterValidator(line_of(L.CUE_TEXT_LENGTH, 0)),
]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Seconds = Annotated[float, Field(ge=0.0, le=L.PLAN_MS_MAX / 1000, allow_inf_nan=False)]
_CUE: Final[JsonDict] = {
    "id": "arrive",
    "at_s": None,
    "seconds": 48.0,
    "text": "Stand tall. Let the shoulders sink.",
    "side": None,
    "pose": None,
    "breath": {"in_s": 4.0, "hold_s": 0.0, "out_s": 4.0, "rest_s": 0.0},
    "music": "rain",
    "light": "dawn",
    "silence": False,
    "alternatives": [],
}


_COMPILED: Final[JsonDict] = {
    name: value for name, value in _CUE.items() if name not in ("at_s", "seconds")
}
_VERSION: Final[JsonDict] = {
    "version": 3,
    "parent": 2,
    "title": "Morning yoga",
    "note": "A longer rest at the end",
    "by": PERSON_EXAMPLE,
    "created_ms": 1_800_000_000_000,
}


class AlternativeIn(BaseModel):
    """What to do instead in another posture of the body."""

    model_config = example(posture="seated", pose=None, text="Do this on a chair")

    posture: BodyPosture
    pose: PoseId | None = None
    text: CueText = ""


class CueIn(BaseModel):
    """A step of a plan; `side` is meant from the student's view."""

    model_config = example(**_CUE)

    id: CueId
    at_s: Seconds | None = Field(None, description="null: right after the one before")
    seconds: Seconds
    text: CueText = ""
    side: Side | None = None
    pose: PoseId | None = None
    breath: Breath | None = None
    music: Track | None = Field(None, description="null: as before; none: silence")
    light: Light | None = Field(None, description="null: as before")
    silence: bool = False
    alternatives: Annotated[list[AlternativeIn], Field(max_length=L.ALTERNATIVES_MAX)] = Field(
        default_factory=list
    )

    def draft(self) -> CueDraft:
        """Return it as it is kept."""
        return CueDraft(
            id=self.id,
            at_s=self.at_s,
            seconds=self.seconds,
            text=self.text,
            side=self.side,
            pose=self.pose,
            breath=self.breath,
            music=self.music,
            light=self.light,
            silence=self.silence,
            alternatives=tuple(
                Alternative(posture=each.posture, pose=each.pose, text=each.text)
                for each in self.alternatives
            ),
        )


def _not_too_many(given: Any) -> Any:  # noqa: ANN401  # before it is known what it is
    # Before anything is read of them, and in words.
    if isinstance(given, list) and len(given) > CUES_MAX:
        raise PydanticCustomError(
            "text",
            "A plan has {most} cues at most, and this one has {count}. Make two plans of it",
            {"most": CUES_MAX, "count": len(given)},
        )
    return given


Cues = Annotated[list[CueIn], Field(max_length=CUES_MAX), BeforeValidator(_not_too_many)]


class NewPlanIn(BaseModel):
    """A plan to be made: from cues, or from one of the starters."""

    model_config = example(title="Morning yoga", starter="morning-yoga")

    title: Title | None = Field(None, description="a starter brings one")
    cues: Cues | None = None
    starter: Annotated[str, Field(max_length=48)] | None = None

    @model_validator(mode="after")
    def _one_beginning(self) -> Self:
        if self.cues is not None and self.starter is not None:
            raise PydanticCustomError("text", "Send cues or name a starter, not both")
        if self.title is None and self.starter is None:
            raise PydanticCustomError("text", "Give the plan a title")
        return self


class PlanIn(BaseModel):
    """A plan in place of that of `version`."""

    model_config = example(
        version=3, title="Morning yoga", cues=[_CUE], note="A longer rest at the end"
    )

    version: Version
    title: Title
    cues: Cues
    note: Note = ""


class PlanUndoIn(BaseModel):
    """Which version is to be undone."""

    model_config = example(version=4)

    version: Version


class PlanBackIn(BaseModel):
    """Which version the plan is at now, as whoever brings an earlier one back saw it."""

    model_config = example(version=4)

    version: Version


class CueDraftOut(BaseModel):
    """A step of a plan as it was written."""

    id: str
    at_s: float | None
    seconds: float
    text: str
    side: Side | None
    pose: str | None
    breath: Breath | None
    music: Track | None
    light: Light | None
    silence: bool
    alternatives: list[Alternative]

    @classmethod
    def of(cls, draft: CueDraft) -> Self:
        """Show a cue."""
        return cls(
            id=draft.id,
            at_s=draft.at_s,
            seconds=draft.seconds,
            text=draft.text,
            side=draft.side,
            pose=draft.pose,
            breath=draft.breath,
            music=draft.music,
            light=draft.light,
            silence=draft.silence,
            alternatives=list(draft.alternatives),
        )


class HintOut(BaseModel):
    """Something of a plan that works, and may not be meant."""

    cue: str
    code: str
    text: str

    @classmethod
    def of(cls, hint: Hint) -> Self:
        """Show a hint."""
        return cls(cue=hint.cue, code=hint.code, text=hint.text)


class PlanOut(BaseModel):
    """A plan as written, and with its times worked out."""

    id: str
    group: GroupRefOut
    title: str
    version: int
    cues: list[CueDraftOut]
    compiled: list[Cue]
    ms: int
    hints: list[HintOut]
    may_edit: bool
    archived: bool
    created_ms: int

    @classmethod
    def of(cls, view: PlanView) -> Self:
        """Show a plan to whoever `view` was made for."""
        plan, group = view.plan, view.group
        return cls(
            id=plan.id,
            group=GroupRefOut(id=group.id, slug=group.slug, name=group.name),
            title=plan.title,
            version=plan.version,
            cues=[CueDraftOut.of(draft) for draft in plan.cues],
            compiled=list(view.compiled.cues),
            ms=view.compiled.ms,
            hints=[HintOut.of(hint) for hint in view.hints],
            may_edit=view.may_edit,
            archived=plan.archived_ms is not None,
            created_ms=plan.created_ms,
        )


class PlanCardOut(BaseModel):
    """A plan in a list; `cues` counts them."""

    id: str
    title: str
    version: int
    ms: int
    cues: int
    created_ms: int

    @classmethod
    def of(cls, card: PlanCard) -> Self:
        """Show a plan in a list."""
        return cls(
            id=card.id,
            title=card.title,
            version=card.version,
            ms=card.ms,
            cues=card.cue_count,
            created_ms=card.created_ms,
        )


class PlanVersionOut(BaseModel):
    """A version in a list; undoing it leads back to `parent`, and `cues` counts them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_VERSION, "cues": 12}]})

    version: int
    parent: int | None
    title: str
    note: str
    cues: int
    by: CardOut | None = Field(description="who saved it; null if they are gone or kept apart")
    created_ms: int

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """Show a version."""
        kept = listed.card
        return cls(
            version=kept.version,
            parent=kept.parent,
            title=kept.title,
            note=kept.note,
            cues=kept.cue_count,
            by=CardOut.of(listed.by) if listed.by is not None else None,
            created_ms=kept.created_ms,
        )


class OldPlanOut(BaseModel):
    """A plan as it was in one version, with its times worked out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_VERSION,
                    "cues": [_CUE],
                    "compiled": [{**_COMPILED, "from_ms": 0, "ms": 48_000}],
                    "ms": 48_000,
                    "hints": [],
                }
            ]
        }
    )

    version: int
    parent: int | None
    title: str
    note: str
    by: CardOut | None = Field(description="who saved it; null if they are gone or kept apart")
    created_ms: int
    cues: list[CueDraftOut]
    compiled: list[Cue]
    ms: int
    hints: list[HintOut]

    @classmethod
    def of(cls, view: VersionView) -> Self:
        """Show a version whole."""
        kept, plan = view.version, view.plan
        return cls(
            version=kept.version,
            parent=kept.parent,
            title=kept.title,
            note=kept.note,
            by=CardOut.of(view.by) if view.by is not None else None,
            created_ms=kept.created_ms,
            cues=[CueDraftOut.of(draft) for draft in kept.cues],
            compiled=list(plan.compiled.cues),
            ms=plan.compiled.ms,
            hints=[HintOut.of(hint) for hint in plan.hints],
        )


class StarterOut(BaseModel):
    """A plan to begin with."""

    id: str
    title: str
    text: str
    template: Literal["class", "talk"]
    ms: int
    cues: list[CueDraftOut]

    @classmethod
    def of(cls, starter: Starter) -> Self:
        """Show a starter."""
        return cls(
            id=starter.id,
            title=starter.title,
            text=starter.text,
            template=starter.template,
            ms=starter.plan.ms,
            cues=[CueDraftOut.of(draft) for draft in starter.cues],
        )
