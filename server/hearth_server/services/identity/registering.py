"""How accounts begin: the operator's by a set-up link, everybody else's by an invite."""

from dataclasses import dataclass
from typing import Final

from hearth_server.community.accounts import Account
from hearth_server.community.groups import Group
from hearth_server.community.membership import Invite
from hearth_server.community.passwords import password_refusal
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.services.identity.links import OpenLink, SetupLinks
from hearth_server.services.identity.refusals import DISABLED
from hearth_server.services.identity.signed_in import Doorstep, SignedIn, new_codes, open_session
from hearth_server.services.identity.undo import Undo
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx
from hearth_server.tokens import digest_of

TAKEN: Final = Refusal("handle_taken", "Somebody else has this handle. Choose another one.")
_UNKNOWN: Final = Refusal(
    "invite_unknown", "This invite does not work here. Ask whoever sent it for another one."
)
_EXPIRED: Final = Refusal(
    "invite_expired", "This invite has expired. Ask whoever sent it for another one."
)
USED_UP: Final = Refusal(
    "invite_used", "This invite is used up. Ask whoever sent it for another one."
)
_FOR_GUESTS: Final = Refusal(
    "invite_unknown", "This link lets guests in; it makes no account. Come in as a guest with it."
)
_INCOMPLETE: Final = Refusal(
    "invalid_input", "An owner needs a name and a handle. Give both, and try again."
)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """How somebody who registers wishes to be known, checked already."""

    name: str
    handle: str
    password: str
    primary: str = "#ff9a4d"
    secondary: str = "#8fb8de"
    pattern: int = 0


@dataclass(frozen=True, slots=True)
class OpenInvite:
    """An invite that still works: to this node alone, or to a group."""

    invite: Invite
    group: Group | None


class Registering:
    """Makes accounts."""

    def __init__(self, parts: ServiceParts, links: SetupLinks) -> None:
        self._parts = parts
        self._links = links

    async def find_invite(
        self, tx: Tx, token: str, viewer: str | None = None
    ) -> OpenInvite | Refusal:
        """Return an invite that still lets somebody in.

        Args:
            tx: a transaction.
            token: the link's.
            viewer: account of who holds it; what was counted for them is not used up for them.
        """
        invite = await tx.groups.invite(digest_of(token))
        if invite is None or invite.revoked_ms is not None:
            return _UNKNOWN
        if invite.expires_ms <= self._parts.now_ms():
            return _EXPIRED
        if invite.uses_left < 1 and not (
            viewer is not None and await tx.identity.used_invite(invite.id, viewer)
        ):
            return USED_UP
        group = await tx.groups.group(invite.group_id) if invite.group_id else None
        if invite.kind != "account" and (group is None or group.archived):
            return _UNKNOWN
        return OpenInvite(invite, group)

    async def register(
        self, token: str, person: NewPerson, doorstep: Doorstep
    ) -> SignedIn | Refusal:
        """Make an account by an invite, whose use counts now; joining its group comes after."""
        parts = self._parts
        async with parts.store.reading() as tx:
            found = await self.find_invite(tx, token)
            if isinstance(found, Refusal):
                return found
            if found.invite.kind == "guest":
                return _FOR_GUESTS
            if await tx.identity.by_handle(person.handle) is not None:
                return TAKEN
        hashed = await self._hashed(person)
        if isinstance(hashed, Refusal):
            return hashed
        account = _account(person, parts.now_ms(), operator=False)
        try:
            async with parts.store.writing() as tx:
                return await self._begin(tx, account, hashed, doorstep, found.invite)
        except Undo as undo:
            return undo.refusal

    async def set_up(
        self, token: str, person: NewPerson | None, password: str, doorstep: Doorstep
    ) -> SignedIn | Refusal:
        """Spend a set-up link: on an operator's account, or on a new password for one.

        Args:
            token: the link's.
            person: who becomes the operator; a reset does not need it.
            password: the new password.
            doorstep: where this comes from.
        """
        found = await self._links.look(token)
        if isinstance(found, Refusal):
            return found
        if found.purpose == "reset":
            return await self._reset(token, found, password, doorstep)
        if person is None:
            return _INCOMPLETE
        hashed = await self._hashed(person)
        if isinstance(hashed, Refusal):
            return hashed
        parts = self._parts
        account = _account(person, parts.now_ms(), operator=True)
        try:
            async with parts.store.writing() as tx:
                if (refusal := await self._links.spend(tx, token)) is not None:
                    raise Undo(refusal)
                signed_in = await self._begin(tx, account, hashed, doorstep, None)
                await tx.identity.void_owner_links(parts.now_ms())
                await tx.moderation.note(
                    "operator_made", account.id, None, account.id, {}, parts.now_ms()
                )
                return signed_in
        except Undo as undo:
            return undo.refusal

    async def _reset(
        self, token: str, link: OpenLink, password: str, doorstep: Doorstep
    ) -> SignedIn | Refusal:
        parts, account = self._parts, link.account
        assert account is not None
        assert account.handle is not None
        refusal = password_refusal(password, account.handle, account.name)
        if account.disabled_ms is not None:
            refusal = DISABLED
        if refusal is not None:
            return refusal
        hashed = await parts.passwords.hash(password)
        if isinstance(hashed, Refusal):
            return hashed
        now_ms = parts.now_ms()
        async with parts.store.writing() as tx:
            if (refusal := await self._links.spend(tx, token)) is not None:
                return refusal
            await tx.identity.set_password(account.id, hashed)
            await tx.identity.end_sessions(account.id, now_ms)
            opened = await open_session(parts, tx, account, doorstep)
            await tx.moderation.note("password_reset", account.id, None, account.id, {}, now_ms)
        parts.live.sign_off(account.id, None, "Your password was reset. Sign in again.")
        return SignedIn(account, opened)

    async def _begin(
        self,
        tx: Tx,
        account: Account,
        hashed: str,
        doorstep: Doorstep,
        invite: Invite | None,
    ) -> SignedIn:
        """Keep a new account, count its invite, and sign it in.

        Raises:
            Undo: somebody else was faster.
        """
        if not await tx.identity.register(account, hashed):
            raise Undo(TAKEN)
        now_ms = self._parts.now_ms()
        if invite is not None and not await tx.groups.use_invite(invite.id, account.id, now_ms):
            raise Undo(USED_UP)
        codes = await new_codes(tx, account.id)
        opened = await open_session(self._parts, tx, account, doorstep)
        return SignedIn(account, opened, codes)

    async def _hashed(self, person: NewPerson) -> str | Refusal:
        refusal = password_refusal(person.password, person.handle, person.name)
        return refusal or await self._parts.passwords.hash(person.password)


def _account(person: NewPerson, now_ms: int, *, operator: bool) -> Account:
    return Account(
        id=new_id(),
        name=person.name,
        handle=person.handle,
        operator=operator,
        primary=person.primary,
        secondary=person.secondary,
        pattern=person.pattern,
        created_ms=now_ms,
    )
