"""The JSON of a channel, with examples for its OpenAPI page."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearth_protocol.limits import LINE_KEY_LENGTH, LINE_LENGTH
from hearth_server.api.answers import example
from hearth_server.api.cards import CardOut
from hearth_server.community.talk import LineRoom
from hearth_server.community.text import SLACK
from hearth_server.services.talk.news import RoomPresence
from hearth_server.services.talk.viewing import ShownLine

_KEY = "0b6b6a0e-5d0a-4c57-9d0b-2f0d8f3f6a11"
_LINE: JsonDict = {
    "id": 1042,
    "key": _KEY,
    "author": {
        "id": "k3jq5yw2mzr7ahtc",
        "name": "Robin",
        "primary": "#ff9a4d",
        "secondary": "#8fb8de",
        "pattern": 2,
    },
    "room": None,
    "text": "Mats are rolled out. See you at seven, @bo!",
    "created_ms": 1793170800000,
    "edited_ms": None,
    "deleted": False,
    "mentions": [{"id": "p4fa6xq2ndw7bkzs", "name": "Bo"}],
    "mentions_me": False,
    "reactions": [{"kind": "heart", "count": 2, "mine": True}],
}

Key = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LINE_KEY_LENGTH,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="The client's own name for the line: the same key again is the same line.",
        examples=[_KEY],
    ),
]
#: Longer input is let in: what nobody can see does not count.
Words = Annotated[str, Field(max_length=LINE_LENGTH * SLACK)]


class LineIn(BaseModel):
    """Something to say."""

    model_config = example(key=_KEY, text="Mats are rolled out. See you at seven, @bo!")

    key: Key
    text: Words


class LineEditIn(BaseModel):
    """Another text for a line."""

    model_config = example(text="Mats are rolled out. See you at eight, @bo!")

    text: Words


class ReadIn(BaseModel):
    """How far one read."""

    model_config = example(line=1042)

    line: int = Field(ge=0, le=2**53 - 1)


class FaceOut(BaseModel):
    """Somebody present, without who they are."""

    name: str
    primary: str
    secondary: str
    pattern: int


class SaidInOut(BaseModel):
    """The room a line was said in."""

    id: str
    name: str

    @classmethod
    def of(cls, room: LineRoom) -> Self:
        """Show a room."""
        return cls(id=room.id, name=room.name)


class MentionOut(BaseModel):
    """Somebody a line names."""

    id: str
    name: str


class ReactionOut(BaseModel):
    """A reaction to a line."""

    kind: str
    count: int
    mine: bool


class LineOut(BaseModel):
    """A line of a channel, as the one who asks may see it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_LINE]})

    id: int
    key: str
    author: CardOut | None = Field(description="null once the account is gone")
    room: SaidInOut | None = Field(description="the room it was said in, if it was in one")
    text: str
    created_ms: int
    edited_ms: int | None
    deleted: bool
    mentions: list[MentionOut]
    mentions_me: bool
    reactions: list[ReactionOut]

    @classmethod
    def of(cls, shown: ShownLine) -> Self:
        """Show a line."""
        line = shown.line
        return cls(
            id=line.id,
            key=line.key,
            author=CardOut.of(line.author) if line.author else None,
            room=SaidInOut.of(line.room) if line.room else None,
            text=line.text,
            created_ms=line.created_ms,
            edited_ms=line.edited_ms,
            deleted=line.deleted,
            mentions=[MentionOut(id=i, name=name) for i, name in shown.mentions],
            mentions_me=shown.mentions_me,
            reactions=[
                ReactionOut(kind=each.kind, count=each.count, mine=each.mine)
                for each in shown.reactions
            ],
        )


class LinesOut(BaseModel):
    """Some lines of a channel, the oldest first."""

    items: list[LineOut]
    more_before: bool
    read: int = Field(description="the last line one had read before")


class RoomPresenceOut(BaseModel):
    """Who is in a room, as the one who asks may know it."""

    id: str
    name: str
    present: int
    faces: list[FaceOut]

    @classmethod
    def of(cls, room: RoomPresence) -> Self:
        """Show who is in a room."""
        faces = [
            FaceOut(name=c.name, primary=c.primary, secondary=c.secondary, pattern=c.pattern)
            for c in room.faces
        ]
        return cls(id=room.id, name=room.name, present=room.present, faces=faces)


class PresenceOut(BaseModel):
    """Who is in a group's rooms."""

    rooms: list[RoomPresenceOut]
