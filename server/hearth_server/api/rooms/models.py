"""The JSON of groups' rooms."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, Field
from pydantic.config import JsonDict

from hearth_protocol.design import Design, Template
from hearth_server.api.answers import example
from hearth_server.api.models import GroupRefOut, RoomOut
from hearth_server.api.texts import line_of, text_of
from hearth_server.community.spaces import (
    CAPACITY_MAX,
    CAPACITY_MIN,
    DESCRIPTION_LONGEST,
    NAME_LONGEST,
    NOTE_LONGEST,
    Access,
    DesignVersion,
)
from hearth_server.services.rooms.viewing import RoomView

RoomName = Annotated[
    str, Field(max_length=256, examples=["Studio"]), AfterValidator(line_of(NAME_LONGEST))
]
Description = Annotated[str, Field(max_length=1200), AfterValidator(text_of(DESCRIPTION_LONGEST))]
Note = Annotated[str, Field(max_length=480), AfterValidator(line_of(NOTE_LONGEST, 0))]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
_DESIGN: Final[JsonDict] = {
    "template": "studio",
    "size": "small",
    "light": "day",
    "places": [{"id": "mat-1", "kind": "mat", "x": 0.0, "z": 0.0, "yaw_deg": 0.0}],
    "zones": [],
    "spawn": [{"x": 0.0, "z": 4.0, "yaw_deg": 0.0}],
    "objects": [],
}


class NewRoomIn(BaseModel):
    """A room to be made; its template furnishes it."""

    model_config = example(name="Studio", description="Mats and light.", template="studio")

    name: RoomName
    description: Description = ""
    template: Template


class DoorIn(BaseModel):
    """What changes at a room's door; what is left out stays."""

    model_config = example(version=3, name="Quiet studio", access="members", capacity=16)

    version: Version
    name: RoomName | None = None
    description: Description | None = None
    access: Access | None = None
    capacity: int | None = Field(None, ge=CAPACITY_MIN, le=CAPACITY_MAX)


class DesignIn(BaseModel):
    """A design in place of the one of `version`."""

    model_config = example(version=3, design=_DESIGN, note="More room between the mats")

    version: Version
    design: Design
    note: Note = ""


class UndoIn(BaseModel):
    """Which version is to be undone."""

    model_config = example(version=4)

    version: Version


class ArchiveIn(BaseModel):
    """Whether it is archived from now on."""

    model_config = example(on=True)

    on: bool


class DesignVersionOut(BaseModel):
    """One version of a room's design."""

    version: int
    design: Design
    note: str
    created_by: str | None
    created_ms: int

    @classmethod
    def of(cls, kept: DesignVersion) -> Self:
        """Show a version."""
        return cls(
            version=kept.version,
            design=kept.design,
            note=kept.note,
            created_by=kept.created_by,
            created_ms=kept.created_ms,
        )


def room_out(view: RoomView) -> RoomOut:
    """Show a group's room to whoever `view` was made for."""
    room, group = view.room, view.standing.group
    settings = room.settings()
    return RoomOut(
        id=room.id,
        name=room.name,
        description="" if view.closed else room.description,
        space=room.design.template,
        bounds=settings.bounds,
        capacity=room.capacity,
        present=view.present,
        link=f"/r/{room.id}",
        group=GroupRefOut(id=group.id, slug=group.slug, name=group.name),
        design=None if view.closed else room.design,
        access=room.access,
        version=room.version,
        mechanisms=sorted(view.mechanisms),
        may_enter=view.may_enter,
        listener=view.standing.listener,
        archived=room.archived,
    )
