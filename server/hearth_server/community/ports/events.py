"""What is kept of events: records, what is different about single days, and calendar links."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from hearth_server.community.events.calendar import Known
from hearth_server.community.events.records import EventRecord, OccurrenceChange


class EventRecords(Protocol):
    """Events, and when something of them is due."""

    async def add(self, event: EventRecord, due_ms: int | None, /) -> None:
        """Keep a new event, and when the next doors of it open (`occurring.due_ms`)."""
        ...

    async def event(self, event_id: str, /) -> EventRecord | None:
        """Return an event."""
        ...

    async def held(self, event_id: str, /) -> EventRecord | None:
        """Return an event, and let nobody else change it or its answers until the end."""
        ...

    async def events(self, event_ids: Collection[str], /) -> Mapping[str, EventRecord]:
        """Return those of these events that there are, by id."""
        ...

    async def save(self, event: EventRecord, expected_version: int, due_ms: int | None, /) -> bool:
        """Keep an event as it is now; False if it is not at the version expected any more."""
        ...

    async def drop(self, event_id: str, /) -> None:
        """Let go of an event, with everything of it."""
        ...

    async def of_group(self, group_id: str, from_ms: int, limit: int, /) -> Sequence[EventRecord]:
        """Return a group's events of which anything may be after a moment, oldest first."""
        ...

    async def of_account(
        self, account_id: str, from_ms: int, limit: int, /
    ) -> Sequence[EventRecord]:
        """Return the same of events that somebody hosts, co-hosts or has answered to."""
        ...

    async def due(self, before_ms: int, limit: int, /) -> Sequence[EventRecord]:
        """Return scheduled events of living groups whose next doors open before a moment.

        Whoever opens them says by `wait` when the next ones are; until then they are due again.
        """
        ...

    async def wait(self, event_id: str, due_ms: int | None, /) -> None:
        """Note when the next doors of an event open; the version stays as it is."""
        ...

    async def leave_hosting(self, account_id: str, /) -> Sequence[str]:
        """Take somebody out of hosts and co-hosts for good; return the events."""
        ...


class EventDays(Protocol):
    """What is kept of single occurrences, by their original start."""

    async def known(self, event_ids: Collection[str], /) -> Mapping[str, Known]:
        """Return changes and runs of each of these events; of every one something is returned."""
        ...

    async def put_change(self, change: OccurrenceChange, by: str | None, now_ms: int, /) -> None:
        """Keep what is different about an occurrence, in place of what was."""
        ...

    async def drop_days(self, event_id: str, originals: Collection[str], /) -> int:
        """Forget changes and answers of occurrences that are no more; return how many answers."""
        ...

    async def rename_days(self, event_id: str, names: Mapping[str, str], /) -> None:
        """Let changes and answers of occurrences go on under other names, from old to new."""
        ...

    async def answered_days(self, event_id: str, /) -> frozenset[str]:
        """Return the occurrences that somebody has answered to."""
        ...


class CalendarLinks(Protocol):
    """The private feeds of accounts; only the hash of a link's secret is kept."""

    async def link_made_ms(self, account_id: str, /) -> int | None:
        """Return when somebody's link was made; None if they have none."""
        ...

    async def put_link(self, account_id: str, token_hash: bytes, now_ms: int, /) -> None:
        """Keep a link in place of the one before."""
        ...

    async def drop_link(self, account_id: str, /) -> None:
        """Forget somebody's link."""
        ...

    async def linked(self, token_hash: bytes, /) -> str | None:
        """Return whose link this is."""
        ...


class Events(EventRecords, EventDays, CalendarLinks, Protocol):
    """Everything about when events are."""
