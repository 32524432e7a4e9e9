"""What is kept of reports, sanctions, and who did what."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from hearth_server.community.sanctions import Sanction


class Moderation(Protocol):
    """Reports, sanctions and the audit table."""

    async def sanctions_in_force(self, now_ms: int, /) -> Sequence[Sanction]:
        """Return every sanction that counts now, devices of the banned included."""
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
