"""What is kept of reports, sanctions, and who did what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hearth_server.community.moderation import AuditLine, Report
from hearth_server.community.sanctions import Sanction


@dataclass(frozen=True, slots=True)
class Said:
    """A line as it stands now, for a report about it."""

    author_id: str | None
    room_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Queue:
    """Which reports to list.

    Attributes:
        states: in which states.
        not_about: leave out reports about this account; None leaves out none.
        after: time and id of the last one shown.
        limit: how many at most.
    """

    states: frozenset[str]
    not_about: str | None
    after: tuple[str | int, ...] | None
    limit: int


class Moderation(Protocol):
    """Reports, sanctions and the audit table."""

    async def sanctions_in_force(self, now_ms: int, /) -> Sequence[Sanction]:
        """Return every sanction that counts now, devices of the banned included."""
        ...

    async def devices_of(self, account_id: str, /) -> frozenset[bytes]:
        """Return the hashes of the browsers in which somebody is or was signed in."""
        ...

    async def add_sanction(self, sanction: Sanction, /) -> None:
        """Keep a new sanction, with its devices."""
        ...

    async def sanction(self, sanction_id: str, /) -> Sanction | None:
        """Return a sanction, devices included."""
        ...

    async def lift_sanction(self, sanction: Sanction, /) -> None:
        """Keep that a sanction was lifted, when and by whom."""
        ...

    async def sanctions(
        self, group_id: str, after: tuple[str | int, ...] | None, limit: int, /
    ) -> Sequence[Sanction]:
        """Return a group's sanctions, newest first, without devices."""
        ...

    async def add_report(self, report: Report, /) -> None:
        """Keep a new report."""
        ...

    async def report(self, report_id: str, /) -> Report | None:
        """Return a report."""
        ...

    async def save_report(self, report: Report, /) -> None:
        """Keep what became of a report."""
        ...

    async def reports(self, group_id: str, queue: Queue, /) -> Sequence[Report]:
        """Return reports, oldest first."""
        ...

    async def count_reports(self, group_id: str, not_about: str | None, /) -> int:
        """Return how many reports are not closed, those about one account left out."""
        ...

    async def line_said(self, group_id: str, line_id: int, /) -> Said | None:
        """Return a line of a group's channel that has not been taken away."""
        ...

    async def note(
        self,
        action: str,
        actor_id: str | None,
        group_id: str | None,
        subject_id: str | None,
        details: Mapping[str, object],
        now_ms: int,
    ) -> None:
        """Write a line into the audit table, in the same transaction as what it is about."""
        ...

    async def audit(self, group_id: str, before: int | None, limit: int, /) -> Sequence[AuditLine]:
        """Return what was done in a group, newest first."""
        ...

    async def audit_about(
        self, group_id: str, action: str, subject_id: str, limit: int, /
    ) -> Sequence[AuditLine]:
        """Return acts of one kind about one person, newest first."""
        ...
