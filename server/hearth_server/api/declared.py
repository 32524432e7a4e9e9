"""Routes as the parts of the API declare them; the framework makes each once, at the end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Declared:
    """One route: where, what answers, and what the framework is to know of it."""

    path: str
    endpoint: Callable[..., Any]
    options: dict[str, Any]


class Routes:
    """The routes of one part.

    A router of the framework would work out inputs and outputs of every route, and so would the
    application that takes them over: it is most of what a node's API takes to start.

    Args:
        tag: under what they stand in the OpenAPI document.
        prefix: of their paths.
    """

    def __init__(self, tag: str, prefix: str = "") -> None:
        self._tag = tag
        self._prefix = prefix
        self._declared: list[Declared] = []

    def add(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:  # noqa: ANN401
        """Declare a route; `options` are those of the framework's `add_api_route`."""
        self._declared.append(
            Declared(self._prefix + path, endpoint, {"tags": [self._tag], **options})
        )

    def __iter__(self) -> Iterator[Declared]:
        return iter(self._declared)
