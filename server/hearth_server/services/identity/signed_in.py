"""What every way of signing in ends with: a session, and what the person has to write down."""

from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.accounts import Account, Session
from hearth_server.community.recovery import CODES, fresh_code, normal_code
from hearth_server.services.parts import ServiceParts
from hearth_server.services.sessions import DeviceFacts, NewSession, Sessions
from hearth_server.services.store import Tx
from hearth_server.tokens import digest_of

_SOMEBODY_ELSE: Final = "Somebody else signed in on this device."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who has just signed in. Recovery codes are shown this one time."""

    account: Account
    opened: NewSession
    recovery_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doorstep:
    """Where a sign-in comes from. `previous` is the session this browser had until now."""

    facts: DeviceFacts
    previous: Session | None = None


async def open_session(
    parts: ServiceParts, tx: Tx, account: Account, doorstep: Doorstep
) -> NewSession:
    """Begin a session in place of the one that this browser had.

    The same person's new session has the id of the old one: what the browser has open in a room
    belongs to it, and ends with it.
    """
    old, facts = doorstep.previous, doorstep.facts
    if old is not None and old.account_id == account.id:
        facts = replace(facts, session_id=old.id)
    elif old is not None:
        await tx.identity.end_sessions(old.account_id, parts.now_ms(), only=old.id)
        # What this browser has open as somebody else ends with that.
        parts.live.sign_off(old.account_id, (old.id,), _SOMEBODY_ELSE)
    return await Sessions(parts).open(tx, account, facts)


async def new_codes(tx: Tx, account_id: str) -> tuple[str, ...]:
    """Make recovery codes in place of the old ones; only hashes of them are kept."""
    codes = tuple(fresh_code() for _ in range(CODES))
    await tx.identity.set_recovery_codes(account_id, [hash_of(code) for code in codes])
    return codes


def hash_of(code: str) -> bytes:
    """Return the 32 bytes under which a recovery code is kept."""
    return digest_of(normal_code(code))
