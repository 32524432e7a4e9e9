"""Who is calling: opens sessions, and finds the person behind a token."""

from dataclasses import dataclass
from typing import Final

from hearth_server.community.accounts import Account, Caller, Session, SessionKind
from hearth_server.ids import new_id
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx
from hearth_server.tokens import digest_of, fresh_token

DAY_MS: Final = 86_400_000
LIFE_MS: Final[dict[SessionKind, int]] = {
    "browser": 90 * DAY_MS,
    "headset": 180 * DAY_MS,
    "guest": DAY_MS // 2,
}


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session as it begins, with the only copy of its token."""

    session: Session
    token: str


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What a sign-in tells of its device."""

    kind: SessionKind = "browser"
    label: str = ""
    device: str | None = None
    room_id: str | None = None


class Sessions:
    """Sessions of accounts."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def open(self, tx: Tx, account: Account, facts: DeviceFacts) -> NewSession:
        """Begin a session; its token is known to the device alone."""
        now_ms = self._parts.now_ms()
        token = fresh_token()
        session = Session(
            id=new_id(),
            account_id=account.id,
            kind=facts.kind,
            label=facts.label,
            created_ms=now_ms,
            seen_ms=now_ms,
            expires_ms=now_ms + LIFE_MS[facts.kind],
            room_id=facts.room_id,
            device_hash=digest_of(facts.device) if facts.device else None,
        )
        await tx.identity.add_session(session, digest_of(token))
        return NewSession(session, token)

    async def caller(self, token: str) -> Caller | None:
        """Return who holds this token, None if it opens nothing (any more)."""
        async with self._parts.store.reading() as tx:
            session = await tx.identity.session(digest_of(token))
            if session is None or session.expires_ms <= self._parts.now_ms():
                return None
            account = await tx.identity.account(session.account_id)
        return Caller(account, session) if account is not None and account.usable else None
