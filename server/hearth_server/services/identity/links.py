"""One-time links: to become the node's operator, or to get back into an account."""

from dataclasses import dataclass
from typing import Final

from hearth_server.community.accounts import Account
from hearth_server.community.spans import DAY_MS
from hearth_server.community.ways_in import SetupLink, SetupPurpose
from hearth_server.errors import Refusal
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Store, Tx
from hearth_server.tokens import digest_of, fresh_token

LIFE_MS: Final = DAY_MS
_UNKNOWN: Final = Refusal(
    "link_unknown", "This link does not work here. Ask who runs this server for another one."
)
_USED: Final = Refusal("link_used", "This link was used already. Sign in, or ask for another one.")
_EXPIRED: Final = Refusal(
    "link_expired", "This link has expired. Ask who runs this server for another one."
)


@dataclass(frozen=True, slots=True)
class OpenLink:
    """What a link that still works is for; a reset link has the account it resets."""

    purpose: SetupPurpose
    account: Account | None


class SetupLinks:
    """Looks at links; spending one is part of what it is spent on."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def look(self, token: str) -> OpenLink | Refusal:
        """Return what a link is for, without spending it."""
        async with self._parts.store.reading() as tx:
            return await self.find(tx, token)

    async def find(self, tx: Tx, token: str) -> OpenLink | Refusal:
        """Return what a link is for, in a transaction that may spend it."""
        link = await tx.identity.setup_link(digest_of(token))
        if link is None:
            return _UNKNOWN
        if link.used_ms is not None:
            return _USED
        if link.expires_ms <= self._parts.now_ms():
            return _EXPIRED
        account = await tx.identity.account(link.account_id) if link.account_id else None
        if link.purpose == "reset" and (account is None or account.deleted_ms is not None):
            return _UNKNOWN
        return OpenLink(link.purpose, account)

    async def spend(self, tx: Tx, token: str) -> Refusal | None:
        """Use a link up; refuses if somebody else was faster."""
        used = await tx.identity.use_setup_link(digest_of(token), self._parts.now_ms())
        return None if used else _USED


async def make_owner_link(store: Store, now_ms: int) -> str:
    """Return the token of a link that makes an operator's account, once, within a day."""
    token = fresh_token()
    async with store.writing() as tx:
        link = SetupLink("owner", None, now_ms, now_ms + LIFE_MS)
        await tx.identity.add_setup_link(link, digest_of(token))
        await tx.moderation.note("owner_link_made", None, None, None, {}, now_ms)
    return token


async def make_first_link(store: Store, now_ms: int) -> str | None:
    """Return the token of an owner's link if nobody runs this node yet."""
    async with store.reading() as tx:
        if await tx.identity.has_operator():
            return None
    return await make_owner_link(store, now_ms)


async def make_reset_link(store: Store, handle: str, now_ms: int) -> str | Refusal:
    """Return the token of a link that gives an account a new password, once, within a day."""
    token = fresh_token()
    async with store.writing() as tx:
        account = await tx.identity.by_handle(handle)
        if account is None:
            return Refusal("account_not_found", f"There is no account with the handle {handle}.")
        link = SetupLink("reset", account.id, now_ms, now_ms + LIFE_MS)
        await tx.identity.add_setup_link(link, digest_of(token))
        await tx.moderation.note("reset_link_made", None, None, account.id, {}, now_ms)
    return token
