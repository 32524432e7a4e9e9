"""How the community's answers are written: never cached, and with their refusals documented."""

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Path, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from hearth_server.api.models import ProblemOut
from hearth_server.api.problems import MEDIA_TYPE
from hearth_server.services.paging import Page

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

#: PostgreSQL keeps no NUL, so nothing is looked up by one.
NO_NUL: Final = r"^[^\x00]*$"
#: An account, a room, a report in a body.
ShortId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$", examples=["k7qf2mwdx5abzr4c"])]
GroupRef = Annotated[
    str,
    Path(
        description="A group's id or slug.",
        examples=["evening-yoga"],
        max_length=64,
        pattern=NO_NUL,
    ),
]
Id = Annotated[
    str,
    Path(description="An id.", examples=["k7qf2mwdx5abzr4c"], max_length=64, pattern=NO_NUL),
]
Cursor = Annotated[str | None, Query(description="`next` of the answer before.", max_length=512)]


class PageOut(BaseModel, Generic[M]):
    """A part of a list. `next` is the cursor of the part after it, null at the end."""

    items: list[M]
    next: str | None


class ItemsOut(BaseModel, Generic[M]):
    """A whole list."""

    items: list[M]


def answer(model: BaseModel, status: int = 200) -> JSONResponse:
    """Answer with a model."""
    return JSONResponse(model.model_dump(), status, {"cache-control": "no-store"})


def paged(page: Page[T], show: Callable[[T], BaseModel]) -> JSONResponse:
    """Answer with a part of a list."""
    items = [show(item).model_dump() for item in page.items]
    return JSONResponse({"items": items, "next": page.next}, 200, {"cache-control": "no-store"})


def done() -> Response:
    """Answer that it is done, and nothing more."""
    return Response(status_code=204, headers={"cache-control": "no-store"})


@cache
def _problem_schema() -> dict[str, Any]:
    # Every route says the same: made for each, it was a third of what it takes to start.
    return ProblemOut.model_json_schema()


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of what may be refused."""
    content = {MEDIA_TYPE: {"schema": _problem_schema()}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }


#: What any change may be refused with: not JSON, no sign-in, another site's page, bad input.
CHANGING: Final = (400, 401, 403, 404, 409, 422)


def example(**values: Any) -> ConfigDict:  # noqa: ANN401  # any JSON
    """Return the configuration of an input, with one example: nothing unknown, nothing guessed."""
    return ConfigDict(json_schema_extra={"examples": [values]}, extra="forbid", strict=True)
