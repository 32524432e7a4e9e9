"""What was done in a group by those who may do more than others."""

from dataclasses import dataclass

from hearth_server.community.accounts import Account, Caller
from hearth_server.community.moderation import AuditLine
from hearth_server.community.permissions import Right
from hearth_server.errors import Refusal
from hearth_server.services.paging import Page, cut, pack, unpack
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import entitled


@dataclass(frozen=True, slots=True)
class AuditView:
    """A line of the audit table with the people in it."""

    line: AuditLine
    people: dict[str, Account]


class Auditing:
    """Shows the audit table of a group."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def listing(
        self, ref: str, cursor: str | None, limit: int, caller: Caller
    ) -> Page[AuditView] | Refusal:
        """List what was done, newest first."""
        before = unpack(cursor, int)
        if isinstance(before, Refusal):
            return before
        async with self._parts.store.reading() as tx:
            standing = await entitled(self._parts, tx, ref, caller, Right.SEE_AUDIT)
            if isinstance(standing, Refusal):
                return standing
            key = int(before[0]) if before else None
            found = await tx.moderation.audit(standing.group.id, key, limit + 1)
            items, more = cut(found, limit)
            named = {each for line in items for each in (line.actor_id, line.subject_id) if each}
            people = await tx.identity.accounts(named)
        return Page(
            [AuditView(each, people) for each in items], pack(items[-1].id) if more else None
        )
