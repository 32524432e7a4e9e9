"""What every control message is made of: the base model and the types of single fields.

Unknown fields are ignored, numbers are never guessed from text, and every text and list has a
limit.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hearth_protocol import limits as L

U32 = Annotated[int, Field(ge=0, le=L.U32_MAX)]
Participant = Annotated[int, Field(ge=1, le=L.U32_MAX)]
Rid = Annotated[int, Field(ge=0, le=L.U32_MAX)]
Milliseconds = Annotated[int, Field(ge=0, le=L.SAFE_INTEGER_MAX)]
Metres = Annotated[float, Field(ge=-131.0, le=131.0)]
#: No control characters, no characters that turn the writing direction of what follows.
PLAIN = r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+$"
PLAIN_OR_EMPTY = r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$"
_PLAIN_LINES = r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+$"
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=L.NAME_LENGTH, pattern=PLAIN),
]
ChatText = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=L.CHAT_LENGTH, pattern=_PLAIN_LINES
    ),
]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
Pattern = Annotated[int, Field(ge=0, le=L.PATTERN_MAX)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=L.TOKEN_LENGTH)]
Text = Annotated[str, StringConstraints(max_length=L.TEXT_LENGTH)]
Code = Annotated[
    str, StringConstraints(min_length=1, max_length=L.CODE_LENGTH, pattern=r"^[a-z][a-z0-9_]*$")
]
Feature = Annotated[
    str, StringConstraints(min_length=1, max_length=L.FEATURE_LENGTH, pattern=r"^[a-z][a-z0-9-]*$")
]
Features = Annotated[list[Feature], Field(max_length=L.FEATURES_MAX)]
Device = Literal["vr", "desktop", "phone", "text"]
ReactionKind = Literal["wave", "clap", "heart", "laugh", "yes", "no", "hand", "sparkle"]
# msgpack knows arrays only, so the one place where a list stands for a tuple is said here.
Vec3 = Annotated[tuple[float, float, float], Field(strict=False)]


class WireModel(BaseModel):
    """Base of everything that travels: immutable, strict, deaf to unknown fields."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="ignore",
        allow_inf_nan=False,
        populate_by_name=True,
        # what is written has every field that has a default
        json_schema_serialization_defaults_required=True,
    )
