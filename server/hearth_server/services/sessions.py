"""Who is calling: opens sessions, and finds the person behind a token."""

from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.accounts import Account, Caller, Session, SessionKind
from hearth_server.community.membership import GUEST_MS
from hearth_server.community.spans import DAY_MS, MINUTE_MS
from hearth_server.ids import new_id
from hearth_server.services.memory import Memory
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx
from hearth_server.tokens import digest_of, fresh_token

#: How stale "last used" may be.
TOUCH_MS: Final = 5 * MINUTE_MS
#: How long an ended session is remembered: a ban, and the next sign-in, know its device.
REMEMBER_MS: Final = 90 * DAY_MS
LIFE_MS: Final[dict[SessionKind, int]] = {
    "browser": 90 * DAY_MS,
    "headset": 180 * DAY_MS,
    "guest": GUEST_MS,
}


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session as it begins, with the only copy of its token."""

    session: Session
    token: str


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What a sign-in tells of its device.

    Attributes:
        session_id: of a session being replaced.
        until_ms: Unix epoch; until then it lasts at least, though no longer than a browser's.
    """

    kind: SessionKind = "browser"
    label: str = ""
    device: str | None = None
    room_id: str | None = None
    session_id: str | None = None
    until_ms: int = 0


class Sessions:
    """Sessions of accounts."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._known: Memory[bytes, Caller] = Memory(parts.store, parts.clock)

    async def open(self, tx: Tx, account: Account, facts: DeviceFacts) -> NewSession:
        """Begin a session; its token is known to the device alone."""
        now_ms = self._parts.now_ms()
        token = fresh_token()
        session = Session(
            id=facts.session_id or new_id(),
            account_id=account.id,
            kind=facts.kind,
            label=facts.label,
            created_ms=now_ms,
            seen_ms=now_ms,
            expires_ms=max(
                now_ms + LIFE_MS[facts.kind], min(facts.until_ms, now_ms + LIFE_MS["browser"])
            ),
            room_id=facts.room_id,
            device_hash=digest_of(facts.device) if facts.device else None,
        )
        digest = digest_of(token)
        if facts.session_id is None or not await tx.identity.replace_session(session, digest):
            session = replace(session, id=new_id())
            await tx.identity.add_session(session, digest)
        return NewSession(session, token)

    async def caller(self, token: str) -> Caller | None:
        """Return who holds this token, None if it opens nothing (any more)."""
        now_ms = self._parts.now_ms()
        digest = digest_of(token)
        known = self._known.get(digest)
        if known is not None and now_ms < min(
            known.session.expires_ms, known.session.seen_ms + TOUCH_MS
        ):
            return known
        epoch = self._parts.store.epoch
        async with self._parts.store.reading() as tx:
            session = await tx.identity.session(digest)
            if session is None or session.expires_ms <= now_ms:
                return None
            account = await tx.identity.account(session.account_id)
        if account is None or not account.usable:
            return None
        if now_ms - session.seen_ms >= TOUCH_MS:
            # Now and then only: a write for every request would be one fsync each.
            async with self._parts.store.writing() as tx:
                await tx.identity.touch_session(session.id, now_ms)
            return Caller(account, session)
        caller = Caller(account, session)
        self._known.put(epoch, digest, caller)
        return caller
