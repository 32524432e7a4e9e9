"""What is kept of gatherings while they happen, so that they go on after a restart."""

from collections.abc import Sequence
from typing import Protocol

from hearth_server.community.events.runs import RunKept
from hearth_server.community.ports.rsvps import Key


class Runs(Protocol):
    """Gatherings by event and occurrence."""

    async def put(self, run: RunKept, /) -> None:
        """Keep a gathering as it is now; when its doors opened stays as it was."""
        ...

    async def get(self, key: Key, /) -> RunKept | None:
        """Return a gathering, ended or not."""
        ...

    async def going_on(self) -> Sequence[RunKept]:
        """Return those that have not ended, oldest first."""
        ...
