"""The API against its own OpenAPI document: made-up input, right and wrong, to every endpoint.

No answer is a fault, every answer is documented and has the shape it is documented with, and
input that the document forbids does not pass. The app is the real one, in this process.
"""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from hearth_server.api.answers import NO_NUL
from hearth_server.api.limits import RATES, Rate
from tests.support.api import ShellOptions
from tests.support.events import ORIGINAL, keep, record
from tests.support.groups import API, Town, town
from tests.support.node import free_port

EXAMPLES: Final = 3
#: A stream that does not end.
ELSEWHERE: Final = frozenset({"GET /live"})
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@dataclass(frozen=True)
class Stage:
    """Somebody with a group of their own, and what paths may name of it."""

    token: str
    names: dict[str, Any]


class Host:
    """Runs the app on a loop in a thread of its own; requests come by HTTP."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = AsyncExitStack()
        self.here: Town | None = None
        self.url = f"http://127.0.0.1:{free_port()}"
        self._server: uvicorn.Server | None = None
        self._count = 0

    def do(self, work: Any) -> Any:
        """Run something on the app's loop, and wait for it."""
        done: Future[Any] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return done.result(60)

    def open(self) -> None:
        """Start serving."""
        self._thread.start()
        self.do(self._open())

    async def _open(self) -> None:
        # Nothing is limited: it is the endpoints' turn.
        options = ShellOptions(rates={budget: Rate(1e9, 1e9) for budget in RATES})
        self.here = await self._stack.enter_async_context(town(self._folder, options=options))
        port = int(self.url.rpartition(":")[2])
        config = uvicorn.Config(
            self.here.node.app, "127.0.0.1", port, log_level="critical", ws="none"
        )
        self._server = server = uvicorn.Server(config)
        self._serving = asyncio.ensure_future(server.serve())  # noqa: TID251  # ended in _close
        while not server.started:  # noqa: ASYNC110  # a few ms, once
            await asyncio.sleep(0.01)

    def close(self) -> None:
        """Stop serving."""
        self.do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        assert self._server is not None
        self._server.should_exit = True
        await self._serving
        await self._stack.aclose()

    async def stage(self) -> Stage:
        """Let somebody new start a group, say something, and have a member."""
        here = self.here
        assert here is not None
        self._count += 1
        owner, member = f"owner{self._count}", f"member{self._count}"
        await here.person(owner, operator=True)
        await here.person(member)
        made = await here.start(owner, name=f"Group {self._count}")
        group = made["group"]["slug"]
        await here.join(member, group)
        line = await here.do(owner, "POST", f"/groups/{group}/lines", {"key": "k", "text": "Hi"})
        room_id = made["room"]["id"]
        event = record(made["group"]["id"], room_id, here.id(member), co_hosts=(here.id(owner),))
        await keep(here.node.services.store, event)
        plan = await here.do(owner, "POST", f"/groups/{group}/plans", {"starter": "body-scan"})
        names = {
            "group": group,
            "room_id": room_id,
            "event": event.id,
            "original": ORIGINAL,
            "account": here.id(member),
            "line_id": line["id"],
            "plan_id": plan["id"],
            "number": 1,
        }
        return Stage(here.tokens[owner], names)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    running = Host(tmp_path_factory.mktemp("api"))
    running.open()
    yield running
    running.close()


def operations(host: Host) -> dict[str, Any]:
    """Return every operation of the document, by method and path."""
    schema = schemathesis.openapi.from_url(f"{host.url}{API}/openapi.json")
    found = {}
    for result in schema.get_all_operations():
        operation = result.ok()
        name = f"{operation.method.upper()} {operation.path.removeprefix(API)}"
        found[name] = operation
    return found


def can_be_wrong(operation: Any) -> bool:
    """Say whether input can break the document: not where there is none, nor only plain names.

    Whatever stands in a path is a string, and one that is too long or has a NUL in it is not made
    up: of the names of groups, rooms and people every one that can be sent has the right form.
    """
    if list(operation.body) or list(operation.query):
        return True
    for parameter in operation.path_parameters:
        schema = parameter.definition["schema"]
        plain = schema.get("type") == "string" and schema.get("pattern", NO_NUL) == NO_NUL
        if not plain or "enum" in schema or "format" in schema:
            return True
    return False


def faults(host: Host, operation: Any, mode: GenerationMode) -> list[str]:
    """Try an operation with made-up input; return what was wrong.

    Whatever can be asked rightly was, at least once, and its answer held against the document.
    """
    stage: Stage = host.do(host.stage())
    found: list[str] = []
    validated = 0
    checks = [*CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE else CHECKS

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: Any) -> None:
        nonlocal validated
        if mode is GenerationMode.POSITIVE:
            given_names = case.path_parameters or {}
            known = {name: stage.names[name] for name in given_names if name in stage.names}
            case.path_parameters = {**given_names, **known}
        response = case.call(headers={"cookie": f"hearth_session={stage.token}"})
        if response.status_code == 400 and response.json()["code"] == "not_json":
            return  # what is no JSON is refused before any endpoint is asked
        validated += 1
        # Too large is refused, too; the check does not know that status as a refusal.
        refused = response.status_code == 413
        held = [each for each in checks if not (refused and each is negative_data_rejection)]
        try:
            case.validate_response(response, checks=held)
        except (Failure, FailureGroup) as fault:  # collected, and told all at once
            causes = getattr(fault, "exceptions", (fault,))
            sent = f"{case.method} {case.formatted_path} {case.query} {case.body!r:.200}"
            what = "; ".join(str(cause)[:300] for cause in causes)
            found.append(f"{operation.label}: {sent} -> {response.status_code}: {what}")

    try:
        tried()
    except Unsatisfiable:
        if mode is GenerationMode.POSITIVE or can_be_wrong(operation):
            found.append(f"{operation.label}: nothing could be made up for it")
    if mode is GenerationMode.POSITIVE and not validated:
        found.append(f"{operation.label}: no answer was held against the document")
    return found


# A hundred endpoints, each asked a few dozen times: longer than a test may take otherwise.
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_endpoint_keeps_to_its_document(host: Host, mode: GenerationMode) -> None:
    found = []
    for name, operation in operations(host).items():
        if name not in ELSEWHERE:
            found += faults(host, operation, mode)
    assert not found, "\n\n".join(found)
