"""The JSON the API speaks, with examples for its OpenAPI page."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearth_protocol.design import Design
from hearth_server.api.ports import RoomInfo
from hearth_server.api.texts import Name
from hearth_server.community.entering import How
from hearth_server.community.norms import Mechanism
from hearth_server.community.spaces import Access
from hearth_server.settings import Bounds
from hearth_server.tokens import Device, Profile

MAX_BULK_TICKETS = 1_000
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$", examples=["#ff9a4d"])]

_ROOM_EXAMPLE: JsonDict = {
    "id": "campfire",
    "name": "Campfire",
    "description": "A clearing with a fire. Sit down, say hello.",
    "space": "campfire",
    "bounds": {"min": [-16.0, -0.5, -16.0], "max": [16.0, 6.0, 16.0]},
    "capacity": 50,
    "present": 3,
    "link": "/r/campfire",
    "join_code": "KHT4WQ",
}


class JoinRequest(BaseModel):
    """How somebody wishes to appear. In a group's room name and look are the account's."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Robin",
                    "primary": "#ff9a4d",
                    "secondary": "#8fb8de",
                    "pattern": 2,
                    "device": "vr",
                }
            ]
        }
    )

    name: Name | None = Field(None, description="Needed where no account is.")
    primary: Colour = "#ff9a4d"
    secondary: Colour = "#8fb8de"
    pattern: int = Field(0, ge=0, le=7)
    device: Device = "desktop"
    how: How = Field("enter", description="With an account that is here on another device.")

    def profile(self) -> Profile:
        """Return the profile a ticket carries.

        Raises:
            ValueError: there is no name.
        """
        if self.name is None:
            raise ValueError("name is needed")
        return Profile(
            name=self.name,
            primary=self.primary.lower(),
            secondary=self.secondary.lower(),
            pattern=self.pattern,
            device=self.device,
        )


class GroupRefOut(BaseModel):
    """The group a room belongs to."""

    id: str
    slug: str
    name: str


class RoomOut(BaseModel):
    """A room as its door shows it. What follows `join_code` is set for groups' rooms."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ROOM_EXAMPLE]})

    id: str
    name: str
    description: str
    space: str
    bounds: Bounds
    capacity: int
    present: int
    link: str
    join_code: str | None = None
    group: GroupRefOut | None = None
    design: Design | None = None
    access: Access | None = None
    version: int | None = None
    mechanisms: list[Mechanism] = []
    may_enter: bool = True
    listener: bool = False
    archived: bool = False

    @classmethod
    def of(cls, room: RoomInfo, join_code: str | None) -> Self:
        """Describe a live room."""
        settings = room.settings
        return cls(
            id=settings.id,
            name=settings.title,
            description=settings.description,
            space=settings.space,
            bounds=settings.bounds,
            capacity=settings.capacity,
            present=room.present,
            link=f"/r/{settings.id}",
            join_code=join_code,
        )


class RoomsOut(BaseModel):
    """The rooms with a door on the lobby page."""

    rooms: list[RoomOut]


class JoinOut(BaseModel):
    """A way in: say hello with the ticket on the WebSocket at `url` within `expires_in_s`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "ticket": "b2N4h0o1v5kq0qv0m8X2c3V9c0Z6tq1bX7rH3aYwTgE",
                    "url": "/rt",
                    "room": _ROOM_EXAMPLE,
                    "expires_in_s": 30,
                }
            ]
        }
    )

    ticket: str
    url: str
    room: RoomOut
    expires_in_s: int


class BulkRequest(BaseModel):
    """Tickets for a load test, asked for with the operator key."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"room": "load-1", "count": 200, "name": "Bot"}]}
    )

    room: str = Field(max_length=64)
    count: int = Field(1, ge=1, le=MAX_BULK_TICKETS)
    name: Annotated[Name, Field(max_length=24)] = "Bot"
    device: Device = "desktop"


class BulkOut(BaseModel):
    """As many tickets as asked for; each works once."""

    tickets: list[str]
    url: str
    room: RoomOut
    expires_in_s: int


class InfoOut(BaseModel):
    """What this node is and can do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Hearth",
                    "version": "0.1.0",
                    "protocol": "hearth.v1",
                    "features": ["guests", "rooms", "chat", "reactions"],
                    "secure": True,
                    "vr_url": None,
                    "tick_rate": 20,
                }
            ]
        }
    )

    name: str
    version: str
    protocol: str
    features: list[str]
    secure: bool = Field(description="Whether the browser regards this address as secure.")
    vr_url: str | None = Field(description="Where VR works, when it cannot here.")
    tick_rate: int


class ProblemOut(BaseModel):
    """An RFC 9457 problem.

    `gathering_waits` says whose doors those are, `already_here` in which room one is.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:hearth:problem:room_not_found",
                    "title": "No such room",
                    "status": 404,
                    "code": "room_not_found",
                    "detail": "There is no room 'attic' here. Choose one from the lobby.",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict[str, str]] | None = None
    event: str | None = None
    original: str | None = None
    room: str | None = None
