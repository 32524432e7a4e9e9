"""The gatherings that go on now, as they were last handed to the rooms."""

from collections.abc import Iterator

from hearth_server.community.events.runs import RunFacts
from hearth_server.community.ports.rsvps import Key


class RunBook:
    """Gatherings that have not ended, by event and occurrence."""

    def __init__(self) -> None:
        self._runs: dict[Key, RunFacts] = {}

    def put(self, run: RunFacts) -> None:
        """A gathering goes on, or is known anew."""
        self._runs[run.event_id, run.original] = run

    def get(self, key: Key) -> RunFacts | None:
        """Return a gathering that goes on."""
        return self._runs.get(key)

    def drop(self, key: Key) -> None:
        """A gathering is over."""
        self._runs.pop(key, None)

    def __iter__(self) -> Iterator[RunFacts]:
        return iter(tuple(self._runs.values()))
