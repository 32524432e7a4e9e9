"""The JSON of groups, with examples for its OpenAPI page."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from hearth_server.api.answers import ShortId, example
from hearth_server.api.cards import GROUP_EXAMPLE, GroupCardOut, card_fields
from hearth_server.api.groups.norms_models import NormsOut, SignatureIn, Version
from hearth_server.api.texts import Language, TimeZone, line_of, text_of
from hearth_server.community.groups import Joining, SanctionKind, Visibility
from hearth_server.community.membership import SIZE_MAX
from hearth_server.community.permissions import Role
from hearth_server.community.spaces import Access, RoomRecord
from hearth_server.community.templates import GroupTemplate
from hearth_server.services.groups.doors import RoomDoor
from hearth_server.services.groups.page import GroupView, State

TAGS_MAX: Final = 5
TAG_LONGEST: Final = 24
NAME_LONGEST: Final = 64
PURPOSE_LONGEST: Final = 280
QUESTION_LONGEST: Final = 200
ANSWER_LONGEST: Final = 500

GroupName = Annotated[
    str, Field(max_length=256, examples=["Evening Yoga"]), AfterValidator(line_of(NAME_LONGEST))
]
Purpose = Annotated[str, Field(max_length=1200), AfterValidator(text_of(PURPOSE_LONGEST))]
Question = Annotated[str, Field(max_length=800), AfterValidator(line_of(QUESTION_LONGEST, 0))]
Answer = Annotated[str, Field(max_length=2000), AfterValidator(text_of(ANSWER_LONGEST))]
Token = Annotated[str, Field(min_length=16, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")]
_tag_line = line_of(TAG_LONGEST)


def _tags(given: list[str]) -> list[str]:
    """Return tags as they are kept: small letters, each once, in the order given."""
    clean = dict.fromkeys(_tag_line(tag).casefold() for tag in given)
    if any(len(tag) > TAG_LONGEST for tag in clean):
        raise PydanticCustomError("tag", "should have tags of at most 24 characters")
    return list(clean)


Tags = Annotated[
    list[Annotated[str, Field(max_length=96)]],
    Field(max_length=TAGS_MAX, examples=[["yoga", "evening"]]),
    AfterValidator(_tags),
]


class RoomCardOut(BaseModel):
    """A room from outside; nobody kept apart from the viewer is counted or shown."""

    id: str
    name: str
    description: str
    template: str
    link: str
    present: int
    faces: list[dict[str, str | int]]
    capacity: int
    access: Access
    may_enter: bool

    @classmethod
    def of(cls, door: RoomDoor) -> Self:
        """Show a door."""
        room = door.room
        return cls(
            id=room.id,
            name=room.name,
            description=room.description,
            template=room.design.template,
            link=f"/r/{room.id}",
            present=door.present,
            faces=[
                {
                    "name": card.name,
                    "primary": card.primary,
                    "secondary": card.secondary,
                    "pattern": card.pattern,
                }
                for card in door.faces
            ],
            capacity=room.capacity,
            access=room.access,
            may_enter=door.may_enter,
        )


class OwnSanctionOut(BaseModel):
    """What is in force against the viewer, and until when; null is for good."""

    kind: SanctionKind
    until_ms: int | None
    reason: str


class StandingOut(BaseModel):
    """What the viewer is to the group, and may do."""

    role: Role | None
    state: State
    signed: bool
    sign_needed: bool
    rights: list[str]
    sanction: OwnSanctionOut | None
    declined_ms: int | None = Field(
        description="When the viewer's request to join was declined, for two weeks after."
    )

    @classmethod
    def of(cls, view: GroupView) -> Self:
        """Show a viewer's standing."""
        standing, sanction = view.standing, view.sanction
        return cls(
            role=standing.role,
            state=view.state,
            signed=standing.signed,
            sign_needed=standing.role is not None and not standing.signed,
            rights=sorted(standing.rights),
            sanction=OwnSanctionOut(
                kind=sanction.kind, until_ms=sanction.expires_ms, reason=sanction.reason
            )
            if sanction is not None
            else None,
            declined_ms=view.declined_ms,
        )


class CountsOut(BaseModel):
    """What waits for the viewer; null where they have not the right to answer."""

    requests: int | None
    reports: int | None


class GroupPageOut(GroupCardOut):
    """A group's page for one viewer. A closed one shows name, purpose and norms only."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **GROUP_EXAMPLE,
                    "version": 1,
                    "norms": None,
                    "standing": {
                        "role": None,
                        "state": "none",
                        "signed": False,
                        "sign_needed": False,
                        "rights": ["enter_rooms", "see_group"],
                        "sanction": None,
                        "declined_ms": None,
                    },
                    "rooms": [],
                    "guests_allowed": True,
                    "counts": {"requests": None, "reports": None},
                }
            ]
        }
    )

    version: int
    norms: NormsOut | None
    standing: StandingOut
    rooms: list[RoomCardOut]
    guests_allowed: bool
    counts: CountsOut

    @classmethod
    def shown(cls, view: GroupView) -> Self:
        """Show a group's page."""
        return cls(
            **card_fields(view.counted, closed=view.closed),
            version=view.group.version,
            norms=NormsOut.of(view.norms) if view.norms else None,
            standing=StandingOut.of(view),
            rooms=[RoomCardOut.of(door) for door in view.rooms],
            guests_allowed=view.group.guests_allowed,
            counts=CountsOut(requests=view.waiting.requests, reports=view.waiting.reports),
        )


class StartIn(BaseModel):
    """The eight answers that start a group."""

    model_config = example(
        name="Evening Yoga",
        purpose="An hour of quiet movement after work.",
        tags=["yoga"],
        language="en",
        time_zone="Europe/Berlin",
        visibility="listed",
        joining="open",
        template="studio",
    )

    name: GroupName
    template: GroupTemplate
    purpose: Purpose = ""
    tags: Tags = []
    language: Language = ""
    time_zone: TimeZone = ""
    visibility: Visibility = "unlisted"
    joining: Joining = "invite"


class FirstRoomOut(BaseModel):
    """The room that a new group begins with."""

    id: str
    name: str
    description: str
    template: str
    link: str
    capacity: int

    @classmethod
    def of(cls, room: RoomRecord) -> Self:
        """Show a room."""
        return cls(
            id=room.id,
            name=room.name,
            description=room.description,
            template=room.design.template,
            link=f"/r/{room.id}",
            capacity=room.capacity,
        )


class LinkOut(BaseModel):
    """A link with its secret after the #, where browsers keep it to themselves."""

    link: str


class StartedOut(BaseModel):
    """A new group, its room, and a link to invite the first people with."""

    group: GroupPageOut
    room: FirstRoomOut
    invite: LinkOut


class EditIn(BaseModel):
    """What is to change; fields left out stay. `version` is the one that was changed."""

    model_config = example(version=3, purpose="Quiet movement, for beginners too.", size_limit=80)

    version: Version
    name: GroupName | None = None
    purpose: Purpose | None = None
    tags: Tags | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None
    visibility: Visibility | None = None
    joining: Joining | None = None
    question: Question | None = None
    size_limit: Annotated[int, Field(ge=2, le=SIZE_MAX)] | None = None
    guests_allowed: bool | None = None

    def changes(self) -> dict[str, Any]:
        """Return the fields that were given. An empty question is none."""
        given = self.model_dump(exclude_unset=True, exclude={"version"})
        changes = {
            name: value for name, value in given.items() if value is not None or name == "question"
        }
        if "tags" in changes:
            changes["tags"] = tuple(changes["tags"])
        if "question" in changes:
            changes["question"] = changes["question"] or None
        return changes


class SwitchIn(BaseModel):
    """On or off."""

    model_config = example(on=True)

    on: bool


class JoinIn(BaseModel):
    """What somebody brings who wants to join; all of it depends on the group."""

    model_config = example(answer="I used to practise, and miss it.")

    invite: Token | None = None
    answer: Answer = ""
    signature: SignatureIn | None = None


class PersonIn(BaseModel):
    """Whom it is about."""

    model_config = example(account="k7qf2mwdx5abzr4c")

    account: ShortId


class RoleIn(BaseModel):
    """A role to give."""

    model_config = example(role="host")

    role: Literal["owner", "leader", "moderator", "host", "member"]
