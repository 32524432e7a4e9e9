"""What one account is to everything else: to be shown, taken away, or taken along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hearth_server.community.accounts import Account
from hearth_server.community.groups import Group, Membership


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in one group."""

    group: Group
    membership: Membership


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account in the operator's list."""

    account: Account
    groups: int
    seen_ms: int | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in the operator's list."""

    group: Group
    rooms: int
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A line of the audit table."""

    id: int
    action: str
    actor_id: str | None
    subject_id: str | None
    details: Mapping[str, object]
    created_ms: int


class Leaving(Protocol):
    """Everything about one account, and what the operator oversees."""

    async def places(self, account_id: str, /) -> Sequence[Place]:
        """Return somebody's groups by name."""
        ...

    async def sole_ownerships(self, account_id: str, /) -> Sequence[str]:
        """Return the names of living groups that have no other owner."""
        ...

    async def everything(self, account_id: str, /) -> dict[str, object]:
        """Return what is kept about an account, secrets left out, as JSON has it."""
        ...

    async def recent_lines(self, account_id: str, per_group: int, /) -> Sequence[int]:
        """Return which of the newest lines of each group are an account's."""
        ...

    async def erase(self, account_id: str, now_ms: int, /) -> None:
        """Take away everything of an account but its id, and the text of its lines."""
        ...

    async def counts(self, now_ms: int, /) -> dict[str, int]:
        """Return how many there are of what an operator oversees."""
        ...

    async def account_page(
        self, text: str, after: tuple[int, str] | None, limit: int, /
    ) -> Sequence[AccountRow]:
        """Return accounts whose name or handle contains a text, the newest first."""
        ...

    async def group_page(self, after: tuple[int, str] | None, limit: int, /) -> Sequence[GroupRow]:
        """Return groups, the newest first."""
        ...

    async def audit_page(self, before_id: int | None, limit: int, /) -> Sequence[AuditRow]:
        """Return acts of operators and on accounts, the newest first; none inside groups."""
        ...
