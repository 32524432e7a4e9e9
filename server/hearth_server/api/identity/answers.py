"""How answers about people are written: never cached, and with their refusals documented."""

from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from hearth_server.api.models import ProblemOut
from hearth_server.api.problems import MEDIA_TYPE


def answer(model: BaseModel, status: int = 200) -> JSONResponse:
    """Answer with a model."""
    return JSONResponse(model.model_dump(), status, {"cache-control": "no-store"})


def done() -> Response:
    """Answer that it is done, and nothing more."""
    return Response(status_code=204, headers={"cache-control": "no-store"})


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of what may be refused."""
    content = {MEDIA_TYPE: {"schema": ProblemOut.model_json_schema()}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in statuses
    }
