"""What those who run a node do: see how it is, invite people, switch accounts off and on.

Nothing here reads what groups say: an operator has no right inside them.
"""

from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.membership import Invite
from hearth_server.community.ports.leaving import AccountRow, AuditRow, GroupRow
from hearth_server.community.spans import DAY_MS
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.services.paging import Page, cut, pack, unpack
from hearth_server.services.parts import ServiceParts
from hearth_server.tokens import digest_of, fresh_token

_SWITCHED_OFF: Final = "Your account was switched off. Ask those who run this server."


@dataclass(frozen=True, slots=True)
class AccountInvite:
    """An invite to the node, with the only copy of its link."""

    invite: Invite
    link: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An act, with the names of who did it and to whom, as they are now."""

    row: AuditRow
    actor: str | None
    subject: str | None


class Admin:
    """The operator's desk. Whoever calls has been checked to be one."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def counts(self) -> dict[str, int]:
        """Return how many there are of everything."""
        async with self._parts.store.reading() as tx:
            return await tx.identity.counts(self._parts.now_ms())

    async def accounts(
        self, text: str, cursor: str | None, limit: int
    ) -> Page[AccountRow] | Refusal:
        """List accounts, the newest first."""
        after = _after(cursor)
        if isinstance(after, Refusal):
            return after
        async with self._parts.store.reading() as tx:
            found = await tx.identity.account_page(text, after, limit + 1)
        items, more = cut(found, limit)
        last = items[-1].account if more else None
        return Page(items, pack(last.created_ms, last.id) if last else None)

    async def groups(self, cursor: str | None, limit: int) -> Page[GroupRow] | Refusal:
        """List groups, the newest first."""
        after = _after(cursor)
        if isinstance(after, Refusal):
            return after
        async with self._parts.store.reading() as tx:
            found = await tx.identity.group_page(after, limit + 1)
        items, more = cut(found, limit)
        last = items[-1].group if more else None
        return Page(items, pack(last.created_ms, last.id) if last else None)

    async def audit(self, cursor: str | None, limit: int) -> Page[AuditLine] | Refusal:
        """List acts of operators and on accounts, the newest first."""
        before = unpack(cursor, int)
        if isinstance(before, Refusal):
            return before
        before_id = int(before[0]) if before else None
        async with self._parts.store.reading() as tx:
            found = await tx.identity.audit_page(before_id, limit + 1)
            ids = {who for row in found for who in (row.actor_id, row.subject_id) if who}
            people = await tx.identity.accounts(sorted(ids))
        names = {each.id: each.name for each in people.values()}
        items, more = cut(found, limit)
        lines = [
            AuditLine(row, names.get(row.actor_id or ""), names.get(row.subject_id or ""))
            for row in items
        ]
        return Page(lines, pack(items[-1].id) if more else None)

    async def invite(self, caller: Caller, uses: int, days: int) -> AccountInvite:
        """Make a link by which so many people make accounts here."""
        now_ms, token = self._parts.now_ms(), fresh_token()
        invite = Invite(
            id=new_id(),
            kind="account",
            group_id=None,
            room_id=None,
            created_by=caller.account.id,
            uses_left=uses,
            created_ms=now_ms,
            expires_ms=now_ms + days * DAY_MS,
        )
        async with self._parts.store.writing() as tx:
            await tx.groups.add_invite(invite, digest_of(token))
            details = {"invite": invite.id, "uses": uses, "days": days}
            await tx.moderation.note(
                "accounts_invited", caller.account.id, None, None, details, now_ms
            )
        return AccountInvite(invite, f"/invite#{token}")

    async def switch(self, caller: Caller, account_id: str, *, on: bool) -> Refusal | None:
        """Switch an account off, which ends all its sessions now, or on again.

        Args:
            caller: the operator.
            account_id: whose account.
            on: whether it is to be off, as the API says: disabled, on.
        """
        parts, now_ms = self._parts, self._parts.now_ms()
        if account_id == caller.account.id:
            return Refusal("not_oneself", "This is your own account. Ask another operator.")
        async with parts.store.writing() as tx:
            account = await tx.identity.account(account_id)
            if account is None or account.deleted_ms is not None:
                return Refusal(
                    "account_not_found", "There is no such account. Load the list again."
                )
            if on == (account.disabled_ms is not None):
                return None
            changed = replace(account, disabled_ms=now_ms if on else None)
            await tx.identity.change_account(changed)
            if on:
                await tx.identity.end_sessions(account_id, now_ms)
            action = "account_disabled" if on else "account_enabled"
            await tx.moderation.note(action, caller.account.id, None, account_id, {}, now_ms)
        if on:
            parts.live.sign_off(account_id, None, _SWITCHED_OFF)
        return None


def _after(cursor: str | None) -> tuple[int, str] | Refusal | None:
    key = unpack(cursor, int, str)
    if key is None or isinstance(key, Refusal):
        return key
    return int(key[0]), str(key[1])
