"""Somebody, and a group, as others may see them: the JSON that several parts of the API show."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from hearth_server.community.accounts import Card
from hearth_server.community.groups import Joining, Visibility
from hearth_server.services.groups.page import Counted

PERSON_EXAMPLE: JsonDict = {
    "id": "k3jq5yw2mzr7ahtc",
    "name": "Robin",
    "primary": "#ff9a4d",
    "secondary": "#8fb8de",
    "pattern": 2,
}
GROUP_EXAMPLE: JsonDict = {
    "id": "c5hv3lq7yra2tnpe",
    "slug": "morning-yoga",
    "name": "Morning Yoga",
    "purpose": "Slow stretches before the day begins.",
    "tags": ["yoga", "slow"],
    "language": "en",
    "time_zone": "Europe/Berlin",
    "visibility": "listed",
    "joining": "request",
    "question": "What brings you here?",
    "members": 12,
    "size_limit": 150,
    "present": 3,
    "archived": False,
}


class CardOut(BaseModel):
    """A person as others see them."""

    model_config = ConfigDict(json_schema_extra={"examples": [PERSON_EXAMPLE]})

    id: str
    name: str
    primary: str
    secondary: str
    pattern: int

    @classmethod
    def of(cls, card: Card) -> Self:
        """Show a person."""
        return cls(
            id=card.id,
            name=card.name,
            primary=card.primary,
            secondary=card.secondary,
            pattern=card.pattern,
        )


class GroupCardOut(BaseModel):
    """A group in a list. Headcounts leave out who is kept apart from the viewer."""

    model_config = ConfigDict(json_schema_extra={"examples": [GROUP_EXAMPLE]})

    id: str
    slug: str
    name: str
    purpose: str
    tags: list[str]
    language: str
    time_zone: str
    visibility: Visibility
    joining: Joining
    question: str | None
    members: int
    size_limit: int
    present: int
    archived: bool

    @classmethod
    def of(cls, counted: Counted) -> Self:
        """Show a group."""
        return cls(**card_fields(counted))


def card_fields(counted: Counted, *, closed: bool = False) -> dict[str, Any]:
    """Return what a group's card has; of a closed one only what a stranger at the door may know."""
    group = counted.group
    return {
        "id": group.id,
        "slug": group.slug,
        "name": group.name,
        "purpose": group.purpose,
        "tags": [] if closed else list(group.tags),
        "language": "" if closed else group.language,
        "time_zone": "" if closed else group.time_zone,
        "visibility": group.visibility,
        "joining": group.joining,
        "question": group.question,
        "members": 0 if closed else counted.members,
        "size_limit": 0 if closed else group.size_limit,
        "present": 0 if closed else counted.present,
        "archived": group.archived,
    }
