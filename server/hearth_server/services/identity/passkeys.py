"""Passkeys: made, listed, dropped, and signed in with. What they prove is checked by `webauthn`.

A passkey here is a whole way in, so the authenticator must have verified its owner (a finger, a
face, a PIN), and must keep the account's id itself: nobody types a handle.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hearth_server.community.accounts import Account, Caller
from hearth_server.community.ways_in import Passkey
from hearth_server.errors import Refusal
from hearth_server.logs import logger
from hearth_server.services.identity.refusals import DISABLED
from hearth_server.services.identity.signed_in import Doorstep, SignedIn, open_session
from hearth_server.services.parts import ServiceParts
from hearth_server.tokens import TicketBook, TicketRefusal

CHALLENGE_TTL_S: Final = 300.0
CHALLENGES: Final = 4096
PASSKEYS_MAX: Final = 20
_TRANSPORTS: Final = frozenset({"usb", "nfc", "ble", "smart-card", "internal", "cable", "hybrid"})
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,1400}")
_REFUSED: Final = Refusal(
    "passkey_refused", "This passkey was not accepted. Try again, or use your password."
)
_STALE: Final = Refusal("passkey_refused", "This took too long, or was sent twice. Start again.")
_log = logger("hearth.identity")
Credential = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """For whom an authenticator answers: a domain, and the origin that the browser shows."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class _Challenge:
    """What an authenticator was asked. `account_id` is None at a sign-in: it says who it is."""

    bytes: bytes
    party: RelyingParty
    account_id: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for an authenticator, as browsers take it, and the name to answer under."""

    options: dict[str, Any]
    challenge_id: str


class Passkeys:
    """Challenges live in memory, five minutes and for one answer; credentials in the store."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._challenges: TicketBook[_Challenge] = TicketBook(CHALLENGE_TTL_S, CHALLENGES)

    async def ask_new(self, caller: Caller, party: RelyingParty) -> Asked | Refusal:
        """Return the question that makes an authenticator keep a new passkey."""
        # Imported late: most people never make one, and it loads half of X.509.
        import webauthn  # noqa: PLC0415
        from webauthn.helpers import base64url_to_bytes, structs  # noqa: PLC0415

        account = caller.account
        async with self._parts.store.reading() as tx:
            own = await tx.identity.passkeys(account.id)
        if len(own) >= PASSKEYS_MAX:
            return Refusal(
                "list_full", f"You have {PASSKEYS_MAX} passkeys. Take one away before the next."
            )
        options = webauthn.generate_registration_options(
            rp_id=party.id,
            rp_name="Hearth",
            user_id=account.id.encode(),
            user_name=account.handle or account.name,
            user_display_name=account.name,
            timeout=round(CHALLENGE_TTL_S * 1000),
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.REQUIRED,
                user_verification=structs.UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                structs.PublicKeyCredentialDescriptor(
                    id=base64url_to_bytes(passkey.id),
                    # Where to look for it: without this a browser may ask for every kind of key.
                    transports=[structs.AuthenticatorTransport(how) for how in passkey.transports],
                )
                for passkey in own
            ],
        )
        return self._asked(options, _Challenge(options.challenge, party, account.id))

    async def keep(
        self, caller: Caller, challenge_id: str, credential: Credential, name: str
    ) -> Passkey | Refusal:
        """Check the answer to `ask_new`, and keep the passkey."""
        import webauthn  # noqa: PLC0415
        from webauthn.helpers import bytes_to_base64url  # noqa: PLC0415

        challenge = self._spend(challenge_id)
        if challenge is None or challenge.account_id != caller.account.id:
            return _STALE
        try:
            made = webauthn.verify_registration_response(
                credential=dict(credential),
                expected_challenge=challenge.bytes,
                expected_rp_id=challenge.party.id,
                expected_origin=challenge.party.origin,
                require_user_verification=True,
            )
        except Exception as error:  # hostile bytes in CBOR, COSE and X.509 fail in many ways
            return _failed(error)
        parts, now_ms, account_id = self._parts, self._parts.now_ms(), caller.account.id
        passkey = Passkey(
            id=bytes_to_base64url(made.credential_id),
            account_id=account_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name or caller.session.label or "Passkey",
            transports=_transports(credential),
            created_ms=now_ms,
        )
        async with parts.store.writing() as tx:
            if not await tx.identity.add_passkey(passkey):
                return _REFUSED
            await tx.moderation.note("passkey_added", account_id, None, account_id, {}, now_ms)
        return passkey

    async def listing(self, caller: Caller) -> Sequence[Passkey]:
        """Return the caller's passkeys, the oldest first."""
        async with self._parts.store.reading() as tx:
            return await tx.identity.passkeys(caller.account.id)

    async def drop(self, caller: Caller, credential_id: str) -> Refusal | None:
        """Forget one of the caller's passkeys."""
        account_id, now_ms = caller.account.id, self._parts.now_ms()
        async with self._parts.store.writing() as tx:
            if not await tx.identity.drop_passkey(account_id, credential_id):
                return Refusal(
                    "passkey_not_found", "You have no such passkey. Load the list again."
                )
            await tx.moderation.note("passkey_dropped", account_id, None, account_id, {}, now_ms)
        return None

    def ask(self, party: RelyingParty) -> Asked:
        """Return the question that any passkey for this address answers."""
        import webauthn  # noqa: PLC0415
        from webauthn.helpers import structs  # noqa: PLC0415

        options = webauthn.generate_authentication_options(
            rp_id=party.id,
            timeout=round(CHALLENGE_TTL_S * 1000),
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        )
        return self._asked(options, _Challenge(options.challenge, party, None))

    async def sign_in(
        self, challenge_id: str, credential: Credential, doorstep: Doorstep
    ) -> SignedIn | Refusal:
        """Check the answer to `ask`, and sign its owner in."""
        account = await self.prove(challenge_id, credential)
        if isinstance(account, Refusal):
            return account
        async with self._parts.store.writing() as tx:
            current = await tx.identity.account(account.id)
            if current is None or not current.usable:
                return DISABLED
            return SignedIn(current, await open_session(self._parts, tx, current, doorstep))

    async def prove(self, challenge_id: str, credential: Credential) -> Account | Refusal:
        """Check the answer to `ask`, and return whose passkey gave it."""
        import webauthn  # noqa: PLC0415

        challenge = self._spend(challenge_id)
        if challenge is None or challenge.account_id is not None:
            return _STALE
        credential_id = credential.get("id")
        if not isinstance(credential_id, str) or not _ID.fullmatch(credential_id):
            return _REFUSED
        async with self._parts.store.reading() as tx:
            passkey = await tx.identity.passkey(credential_id)
            account = await tx.identity.account(passkey.account_id) if passkey else None
        if passkey is None or account is None:
            return _REFUSED
        try:
            proof = webauthn.verify_authentication_response(
                credential=dict(credential),
                expected_challenge=challenge.bytes,
                expected_rp_id=challenge.party.id,
                expected_origin=challenge.party.origin,
                credential_public_key=passkey.public_key,
                # The counter is compared where it is kept, in one statement.
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except Exception as error:  # see `keep`
            return _failed(error)
        now_ms = self._parts.now_ms()
        async with self._parts.store.writing() as tx:
            if not await tx.identity.use_passkey(passkey.id, proof.new_sign_count, now_ms):
                _log.warning("a passkey's counter went back: it may have been copied")
                await tx.moderation.note(
                    "passkey_counter_went_back", None, None, account.id, {}, now_ms
                )
                return _REFUSED
        return account

    def _asked(self, options: Any, challenge: _Challenge) -> Asked:  # noqa: ANN401
        from webauthn.helpers import options_to_json_dict  # noqa: PLC0415

        now_s = self._parts.clock.monotonic_s()
        return Asked(options_to_json_dict(options), self._challenges.issue(challenge, now_s))

    def _spend(self, challenge_id: str) -> _Challenge | None:
        found = self._challenges.redeem(challenge_id, self._parts.clock.monotonic_s())
        return None if isinstance(found, TicketRefusal) else found


def _failed(error: Exception) -> Refusal:
    _log.info("passkey refused", reason=str(error)[:200])
    return _REFUSED


def _transports(credential: Credential) -> tuple[str, ...]:
    response = credential.get("response")
    said = response.get("transports") if isinstance(response, Mapping) else None
    if not isinstance(said, list):
        return ()
    return tuple(sorted({each for each in said if isinstance(each, str)} & _TRANSPORTS))
