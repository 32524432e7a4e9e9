"""Answers everything that went wrong as RFC 9457 problems, and counts them.

The `code` of a problem is stable; its `detail` is for the person.
"""

import re
from typing import TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, Response

from hearth_server.api import pages
from hearth_server.errors import Overloaded, Problem, Refusal, to_problem
from hearth_server.logs import logger
from hearth_server.metrics import Metrics

MEDIA_TYPE = "application/problem+json"
T = TypeVar("T")
_log = logger("hearth.api")

#: The address of somebody's own calendar is its key, and in no log.
_SECRET = re.compile(r"(/calendars)/.*")
#: What the framework says of a body that is not even UTF-8.
_OVERLOADED = Refusal("busy", "Many people ask at once. Nothing was done. Try again.", 5.0)
_NOT_PARSED = "There was an error parsing the body"
_FIELD_TEXT = {
    "name": "Choose a name of 1 to 32 characters.",
    "primary": "Give a colour as #rrggbb, for example #ff9a4d.",
    "secondary": "Give a colour as #rrggbb, for example #8fb8de.",
    "pattern": "Choose a pattern from 0 to 7.",
    "device": "Say one of: vr, desktop, phone, text.",
}


class Refused(Exception):  # no error: a decision on its way to the answer
    """Carries a refusal out of a handler; answered like one that was returned."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def ok(result: T | Refusal) -> T:
    """Return what a use case brought, or leave the handler with its refusal.

    Raises:
        Refused: it is a refusal.
    """
    if isinstance(result, Refusal):
        raise Refused(result)
    return result


class Problems:
    """Makes problem responses; one per application, so that it can count them."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def refuse(self, refusal: Refusal) -> Response:
        """Answer with a refusal."""
        problem = to_problem(refusal)
        headers = {}
        if refusal.retry_after_s is not None:
            headers["retry-after"] = str(max(1, round(refusal.retry_after_s)))
        if problem.status == 401:
            headers["www-authenticate"] = "Bearer"
        return self.answer(problem, headers)

    def answer(self, problem: Problem, headers: dict[str, str] | None = None) -> Response:
        """Answer with a problem."""
        self._metrics.refusals.add(problem.code)
        return JSONResponse(
            problem.body(),
            problem.status,
            {**(headers or {}), "cache-control": "no-store"},
            MEDIA_TYPE,
        )

    def install(self, app: FastAPI) -> None:
        """Take over every way in which the framework reports an error."""
        app.add_exception_handler(HTTPException, self._on_http)
        app.add_exception_handler(Refused, self._on_refused)
        app.add_exception_handler(Overloaded, self._on_overload)
        app.add_exception_handler(RequestValidationError, self._on_invalid)
        app.add_exception_handler(Exception, self._on_fault)

    async def _on_refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return self.refuse(error.refusal)

    async def _on_overload(self, _request: Request, _error: Exception) -> Response:
        return self.refuse(_OVERLOADED)

    async def _on_http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        path = request.url.path
        match error.status_code:
            case 404 if _wants_page(request):
                self._metrics.refusals.add("not_found")
                return HTMLResponse(pages.not_found(), 404)
            case 404:
                refusal = Refusal("not_found", f"There is nothing at {path}.")
            case 405:
                allow = (error.headers or {}).get("Allow", "")
                text = f"{request.method} does not work at {path}. Use {allow}."
                problem = to_problem(Refusal("method_not_allowed", text))
                return self.answer(problem, {"allow": allow})
            case 413:
                refusal = Refusal("too_large", "The request is too large. Send less.")
            case 400 if str(error.detail) == _NOT_PARSED:
                refusal = Refusal("not_json", "The body is not valid JSON. Correct it.")
            case status if status < 500:
                refusal = Refusal("bad_request", str(error.detail))
            case _:
                refusal = Refusal("internal_error", "The server could not do this. Try again.")
        return self.refuse(refusal)

    async def _on_invalid(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        details = error.errors()
        if any(detail["type"] == "json_invalid" for detail in details):
            return self.refuse(Refusal("not_json", "The body is not valid JSON. Correct it."))
        errors = []
        for detail in details:
            field = ".".join(str(part) for part in detail["loc"][1:]) or "body"
            if detail["type"] == "missing" and field == "body":
                text = "Send a JSON object with content-type application/json."
            else:
                own = detail["type"] == "text"  # says what is wrong with this very field
                text = f"{detail['msg']}."
                text = text if own else _FIELD_TEXT.get(field, text)
            errors.append({"field": field, "detail": text})
        problem = to_problem(Refusal("invalid_input", errors[0]["detail"]))
        return self.answer(
            Problem(problem.status, problem.code, problem.title, problem.detail, tuple(errors))
        )

    async def _on_fault(self, request: Request, error: Exception) -> Response:
        path = _SECRET.sub(r"\1/…", request.url.path)
        _log.error("fault in a request", path=path, exc_info=error)
        return self.refuse(Refusal("internal_error", "Something broke here. Try again."))


def _wants_page(request: Request) -> bool:
    if request.url.path.startswith("/api/") or request.method not in ("GET", "HEAD"):
        return False
    return "text/html" in request.headers.get("accept", "")
