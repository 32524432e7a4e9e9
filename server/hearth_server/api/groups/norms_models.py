"""The JSON of norms and signatures, with examples for its OpenAPI page."""

from typing import Annotated, Final, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hearth_server.api.answers import example
from hearth_server.api.texts import line_of
from hearth_server.community.norms import ITEM_LONGEST, ITEMS_MAX, NOTE_LONGEST, Mechanism, Norms

Note = Annotated[str, Field(max_length=800), AfterValidator(line_of(NOTE_LONGEST, 0))]
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]
_HASH: Final = "9b8c1f0a6f0f4b6e0d3c7a5e2b1d4f6a8c0e2d4b6a8f0c1e3d5b7a9f1c3e5d70"


class NormItemModel(BaseModel):
    """One norm. A mechanism is what the server itself does to keep it."""

    model_config = example(text="Nobody records.", mechanism="no_recording")

    text: Annotated[str, Field(max_length=800), AfterValidator(line_of(ITEM_LONGEST))]
    mechanism: Mechanism | None = None


class NormsOut(BaseModel):
    """One version of a group's norms. `hash` is SHA-256 of the canonical JSON of all items."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "version": 2,
                    "hash": _HASH,
                    "items": [{"text": "Nobody records.", "mechanism": "no_recording"}],
                    "material": True,
                    "note": "Recordings are out.",
                    "created_ms": 1_800_000_000_000,
                }
            ]
        }
    )

    version: int
    hash: str
    items: list[NormItemModel]
    material: bool
    note: str
    created_ms: int

    @classmethod
    def of(cls, norms: Norms) -> Self:
        """Show norms; they were cleaned as they came in."""
        return cls(
            version=norms.version,
            hash=norms.hash,
            items=[
                NormItemModel.model_construct(text=item.text, mechanism=item.mechanism)
                for item in norms.items
            ],
            material=norms.material,
            note=norms.note,
            created_ms=norms.created_ms,
        )


class SignatureIn(BaseModel):
    """What somebody agrees to: this version, with this hash."""

    model_config = example(version=2, hash=_HASH)

    version: Version
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class NormsIn(BaseModel):
    """New norms. `version` is the one that was changed."""

    model_config = example(
        version=1,
        items=[{"text": "Nobody records.", "mechanism": "no_recording"}],
        material=True,
        note="Recordings are out.",
    )

    version: Version
    items: Annotated[list[NormItemModel], Field(max_length=ITEMS_MAX)]
    material: bool
    note: Note = ""
