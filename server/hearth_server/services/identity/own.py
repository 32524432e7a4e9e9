"""One's own account: how one appears, everything kept about one, and leaving for good."""

from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.accounts import Account, Caller
from hearth_server.errors import Refusal
from hearth_server.services.events.places import give_on
from hearth_server.services.identity.passkeys import Asked, Credential, Passkeys, RelyingParty
from hearth_server.services.identity.signing_in import SigningIn
from hearth_server.services.parts import ServiceParts
from hearth_server.services.talk.viewing import for_rooms

#: More than rooms and pages have of a channel at once.
RECENT_LINES: Final = 100
_GONE: Final = "Your account was deleted."


@dataclass(frozen=True, slots=True)
class Changes:
    """What somebody changes about themselves; None leaves it as it is."""

    name: str | None = None
    primary: str | None = None
    secondary: str | None = None
    pattern: int | None = None
    language: str | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """That it is really them: a password, a recovery code, or a passkey's fresh answer."""

    password: str | None = None
    recovery_code: str | None = None
    challenge_id: str | None = None
    credential: Credential | None = None


class OwnAccount:
    """What somebody does with their own account."""

    def __init__(self, parts: ServiceParts, signing_in: SigningIn, passkeys: Passkeys) -> None:
        self._parts = parts
        self._signing_in = signing_in
        self._passkeys = passkeys

    async def change(self, caller: Caller, changes: Changes) -> Account:
        """Change how somebody appears."""
        given = {
            name: value
            for name in Changes.__slots__
            if (value := getattr(changes, name)) is not None
        }
        async with self._parts.store.writing() as tx:
            account = await tx.identity.account(caller.account.id)
            assert account is not None
            account = replace(account, **given)
            await tx.identity.change_own(account)
        self._parts.live.look_changed(account)
        return account

    async def ask_passkey(
        self, caller: Caller, proof: Proof, party: RelyingParty
    ) -> Asked | Refusal:
        """Return the question that makes an authenticator keep a new passkey.

        A passkey is a way in that outlives the sign-in it was made in: whoever finds a headset or
        a laptop signed in must not be able to make one of their own.
        """
        if (refusal := await self._proved(caller, proof)) is not None:
            return refusal
        return await self._passkeys.ask_new(caller, party)

    async def export(self, caller: Caller) -> dict[str, object]:
        """Return everything that is kept about somebody, secrets left out."""
        async with self._parts.store.reading() as tx:
            kept = await tx.identity.everything(caller.account.id)
            kept["recovery_codes_left"] = await tx.identity.recovery_codes_left(caller.account.id)
        return {"exported_ms": self._parts.now_ms(), **kept}

    async def delete(self, caller: Caller, proof: Proof) -> Refusal | None:
        """Delete somebody's account; a group that would be left without an owner comes first."""
        parts, account = self._parts, caller.account
        if (refusal := await self._owns_alone(account)) is not None:
            return refusal
        # A guest's session is all there is of them.
        guest = account.kind == "guest"
        if not guest and (refusal := await self._proved(caller, proof)) is not None:
            return refusal
        now_ms = parts.now_ms()
        async with parts.store.writing() as tx:
            # Again, in the transaction that decides, and with the groups held: another owner may
            # be leaving just now.
            for place in await tx.identity.places(account.id):
                await tx.groups.held(place.group.id)
            alone = await tx.identity.sole_ownerships(account.id)
            if alone:
                return _last_owner(alone[0])
            await give_on(parts, tx, account.id)
            await tx.events.leave_hosting(account.id)
            recent = await tx.identity.recent_lines(account.id, RECENT_LINES)
            await tx.identity.erase(account.id, now_ms)
            emptied = await tx.talk.lines(recent)
            await tx.moderation.note("account_deleted", account.id, None, account.id, {}, now_ms)
        book = parts.relations
        friends = book.friends_of(account.id)
        related = book.apart_from(account.id) | friends
        parts.waiting.put_out(account.id)
        parts.live.sign_off(account.id, None, _GONE)
        book.forget(account.id)
        for other in related:
            parts.live.related(account.id, other)
        parts.announcer.friends(*friends)
        for line in emptied.values():
            # Rooms have the newest lines in memory, and open pages show them.
            parts.live.say_line(for_rooms(line))
            parts.announcer.line(line)
        return None

    async def _owns_alone(self, account: Account) -> Refusal | None:
        async with self._parts.store.reading() as tx:
            alone = await tx.identity.sole_ownerships(account.id)
        return _last_owner(alone[0]) if alone else None

    async def _proved(self, caller: Caller, proof: Proof) -> Refusal | None:
        if proof.password is not None:
            return await self._signing_in.confirm(caller, proof.password)
        if proof.recovery_code is not None:
            return await self._signing_in.confirm_code(caller, proof.recovery_code)
        if proof.challenge_id is None or proof.credential is None:
            return Refusal("wrong_password", "Give your password, so that it is really you.")
        shown = await self._passkeys.prove(proof.challenge_id, proof.credential)
        if isinstance(shown, Refusal):
            return shown
        if shown.id != caller.account.id:
            return Refusal("passkey_refused", "This passkey is not yours. Use one of your own.")
        return None


def _last_owner(name: str) -> Refusal:
    return Refusal(
        "last_owner",
        f"You are the only owner of {name}. Hand it over to somebody, or archive it, first.",
    )
