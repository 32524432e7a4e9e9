"""Signing in with a handle: by password, or by a recovery code; and changing either."""

from typing import Final

from hearth_server.community.accounts import Account, Caller
from hearth_server.community.passwords import password_refusal
from hearth_server.errors import Refusal
from hearth_server.services.identity.backoff import Backoff
from hearth_server.services.identity.refusals import DISABLED
from hearth_server.services.identity.signed_in import (
    Doorstep,
    SignedIn,
    hash_of,
    new_codes,
    open_session,
)
from hearth_server.services.identity.undo import Undo
from hearth_server.services.parts import ServiceParts
from hearth_server.services.sessions import REMEMBER_MS
from hearth_server.tokens import digest_of

_WRONG: Final = Refusal(
    "wrong_sign_in", "The handle or the password is wrong. Check both, or use a recovery code."
)
_WRONG_CODE: Final = Refusal(
    "wrong_sign_in", "The handle or the recovery code is wrong. Each code works once."
)
_WRONG_PASSWORD: Final = Refusal("wrong_password", "This is not your password. Try again.")


class SigningIn:
    """Checks passwords and recovery codes."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._backoff = Backoff(parts.clock, "passwords or codes for this account")

    async def by_password(
        self, handle: str, password: str, doorstep: Doorstep
    ) -> SignedIn | Refusal:
        """Sign somebody in.

        An unknown handle gets the same answer, after the same work, as a wrong password.
        """
        parts = self._parts
        async with parts.store.reading() as tx:
            account = await tx.identity.by_handle(handle)
            kept = await tx.identity.password_hash(account.id if account else "")
        key = await self._key(handle, account, doorstep.facts.device)
        if (refusal := self._backoff.attempt(key)) is not None:
            return refusal
        right = await parts.passwords.verify(kept, password)
        if isinstance(right, Refusal):
            return right
        if not right or account is None or kept is None:
            return _WRONG
        self._backoff.succeeded(key)
        fresh = None
        if parts.passwords.outdated(kept):
            made = await parts.passwords.hash(password)
            fresh = None if isinstance(made, Refusal) else made
        async with parts.store.writing() as tx:
            # Asked again: hashing took a while, and nobody switched off gets in meanwhile.
            current = await tx.identity.account(account.id)
            if current is None or not current.usable:
                return DISABLED
            if fresh is not None:
                await tx.identity.set_password(account.id, fresh)
            opened = await open_session(parts, tx, current, doorstep)
            await tx.identity.forget_ended(parts.now_ms() - REMEMBER_MS)
        return SignedIn(current, opened)

    async def by_recovery_code(
        self, handle: str, code: str, password: str, doorstep: Doorstep
    ) -> SignedIn | Refusal:
        """Spend a recovery code on a new password; every other device is signed out."""
        parts = self._parts
        async with parts.store.reading() as tx:
            account = await tx.identity.by_handle(handle)
        # Their name is compared later: to strangers it must not tell whether there is one.
        refusal = password_refusal(password, handle, "")
        if refusal is not None:
            return refusal
        key = await self._key(handle, account, doorstep.facts.device)
        if (refusal := self._backoff.attempt(key)) is not None:
            return refusal
        # Before the code is looked up, so that the work is the same for every answer.
        hashed = await parts.passwords.hash(password)
        if isinstance(hashed, Refusal):
            return hashed
        now_ms = parts.now_ms()
        try:
            async with parts.store.writing() as tx:
                known = account is not None and await tx.identity.use_recovery_code(
                    account.id, hash_of(code), now_ms
                )
                if account is None or not known:
                    raise Undo(_WRONG_CODE)
                current = await tx.identity.account(account.id)
                if current is None or not current.usable:
                    raise Undo(DISABLED)
                weak = password_refusal(password, handle, current.name)
                if weak is not None:
                    raise Undo(weak)
                await tx.identity.set_password(account.id, hashed)
                await tx.identity.end_sessions(account.id, now_ms)
                opened = await open_session(parts, tx, current, doorstep)
                await tx.moderation.note(
                    "recovery_code_used", account.id, None, account.id, {}, now_ms
                )
        except Undo as undo:
            return undo.refusal
        self._backoff.succeeded(key)
        parts.live.sign_off(account.id, None, "Your password was changed. Sign in again.")
        return SignedIn(current, opened)

    async def confirm(self, caller: Caller, password: str) -> Refusal | None:
        """Say why this is not the caller's own password, None if it is."""
        parts = self._parts
        key = f"own {caller.account.id}"
        if (refusal := self._backoff.attempt(key)) is not None:
            return refusal
        async with parts.store.reading() as tx:
            kept = await tx.identity.password_hash(caller.account.id)
        right = await parts.passwords.verify(kept, password)
        if isinstance(right, Refusal):
            return right
        if not right:
            return _WRONG_PASSWORD
        self._backoff.succeeded(key)
        return None

    async def confirm_code(self, caller: Caller, code: str) -> Refusal | None:
        """Spend one of the caller's recovery codes; say why it is none."""
        key = f"own {caller.account.id}"
        if (refusal := self._backoff.attempt(key)) is not None:
            return refusal
        async with self._parts.store.writing() as tx:
            known = await tx.identity.use_recovery_code(
                caller.account.id, hash_of(code), self._parts.now_ms()
            )
        if not known:
            return Refusal("wrong_password", "This is none of your recovery codes. Try again.")
        self._backoff.succeeded(key)
        return None

    async def change_password(self, caller: Caller, current: str, password: str) -> Refusal | None:
        """Keep another password; every other device is signed out."""
        parts, account = self._parts, caller.account
        refusal = await self.confirm(caller, current) or password_refusal(
            password, account.handle or "", account.name
        )
        if refusal is not None:
            return refusal
        hashed = await parts.passwords.hash(password)
        if isinstance(hashed, Refusal):
            return hashed
        now_ms = parts.now_ms()
        async with parts.store.writing() as tx:
            await tx.identity.set_password(account.id, hashed)
            ended = await tx.identity.end_sessions(account.id, now_ms, but=caller.session.id)
            await tx.moderation.note("password_changed", account.id, None, account.id, {}, now_ms)
        if ended:
            parts.live.sign_off(account.id, ended, "Your password was changed. Sign in again.")
        return None

    async def renew_codes(self, caller: Caller, password: str) -> tuple[str, ...] | Refusal:
        """Make recovery codes in place of the old ones."""
        if (refusal := await self.confirm(caller, password)) is not None:
            return refusal
        account_id, now_ms = caller.account.id, self._parts.now_ms()
        async with self._parts.store.writing() as tx:
            codes = await new_codes(tx, account_id)
            await tx.moderation.note("codes_renewed", account_id, None, account_id, {}, now_ms)
        return codes

    async def _key(self, handle: str, account: Account | None, device: str | None) -> str:
        """Return what failures count by: a device the account knows counts by itself.

        Whoever guesses from elsewhere then cannot keep its owner out. Asked of unknown handles,
        too: the work is the same.
        """
        hashed = digest_of(device or "")
        async with self._parts.store.reading() as tx:
            known = await tx.identity.knows_device(account.id if account else "", hashed)
        return f"{handle} {hashed.hex()}" if known and device else handle
