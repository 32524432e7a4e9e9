"""Headsets signed in from another device: a code is shown there and approved here.

Nobody types a password with a ray. The headset keeps a secret and asks with it; the code is for
people only and opens nothing by itself. (Compare RFC 8628, the device authorization grant.)
"""

from dataclasses import dataclass, replace
from typing import Final, Literal

from hearth_server.community.accounts import Caller
from hearth_server.community.codes import fresh_code, normalise
from hearth_server.community.ways_in import Pairing
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.services.identity.backoff import Backoff
from hearth_server.services.identity.signed_in import Doorstep, SignedIn, open_session
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx
from hearth_server.tokens import digest_of, fresh_token

LIFE_MS: Final = 600_000
POLL_EVERY_S: Final = 3.0
#: How much earlier than asked a headset may come again: its timers are not exact.
_EARLY: Final = 0.7
_POLLERS: Final = 10_000
_UNKNOWN: Final = Refusal(
    "pairing_unknown", "No headset shows this code. Check it, or ask for a new one there."
)
_EXPIRED: Final = Refusal(
    "pairing_expired", "This code has expired. Ask for a new one in the headset."
)
_TOO_OFTEN: Final = Refusal(
    "too_many_attempts", f"Ask every {POLL_EVERY_S:.0f} s, not more often.", POLL_EVERY_S
)


@dataclass(frozen=True, slots=True)
class Started:
    """What a headset gets: a code to show, and a secret to ask with."""

    code: str
    secret: str


@dataclass(frozen=True, slots=True)
class PollAnswer:
    """How far it is; `signed_in` is there once, when it was approved."""

    state: Literal["waiting", "approved", "refused", "expired"]
    signed_in: SignedIn | None = None


class PairingDesk:
    """Requests of headsets."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._backoff = Backoff(parts.clock, "codes")
        self._polled: dict[bytes, float] = {}

    async def start(self, label: str) -> Started | Refusal:
        """Keep a headset's request, for ten minutes."""
        now_ms = self._parts.now_ms()
        secret = fresh_token()
        plain = Pairing(new_id(), None, label, "waiting", now_ms, now_ms + LIFE_MS)
        async with self._parts.store.writing() as tx:
            for _ in range(8):
                code = fresh_code()
                if await tx.identity.add_pairing(plain, digest_of(code), digest_of(secret)):
                    return Started(code, secret)
        return Refusal("busy", "There is no free code right now. Try again in a moment.", 3.0)

    async def poll(self, secret: str, doorstep: Doorstep) -> PollAnswer | Refusal:
        """Tell a headset how far it is; sign it in if it was approved, once."""
        hashed = digest_of(secret)
        if self._too_often(hashed):
            return _TOO_OFTEN
        parts = self._parts
        async with parts.store.reading() as tx:
            pairing = await tx.identity.pairing_by_secret(hashed)
        if pairing is None:
            return _UNKNOWN
        self._polled[hashed] = parts.clock.monotonic_s()
        if pairing.expires_ms <= parts.now_ms() or pairing.state == "spent":
            return PollAnswer("expired")
        if pairing.state != "approved" or pairing.account_id is None:
            return PollAnswer("refused" if pairing.state == "refused" else "waiting")
        async with parts.store.writing() as tx:
            return await self._let_in(tx, pairing, pairing.account_id, doorstep)

    async def look(self, caller: Caller, code: str) -> Pairing | Refusal:
        """Return the request that shows a code, for its owner to recognise."""
        async with self._parts.store.reading() as tx:
            return await self._found(tx, caller, code)

    async def decide(self, caller: Caller, code: str, *, approve: bool) -> Refusal | None:
        """Let a headset in as the caller, or send it away; a code is answered once."""
        parts, account_id = self._parts, caller.account.id
        async with parts.store.writing() as tx:
            pairing = await self._found(tx, caller, code)
            if isinstance(pairing, Refusal):
                return pairing
            to: Literal["approved", "refused"] = "approved" if approve else "refused"
            if not await tx.identity.turn_pairing(pairing.id, "waiting", to, account_id):
                return _UNKNOWN
            await tx.moderation.note(
                f"headset_{to}",
                account_id,
                None,
                account_id,
                {"label": pairing.label},
                parts.now_ms(),
            )
        return None

    async def _found(self, tx: Tx, caller: Caller, code: str) -> Pairing | Refusal:
        key = caller.account.id
        if (refusal := self._backoff.attempt(key)) is not None:
            return refusal
        pairing = await tx.identity.pairing_by_code(digest_of(normalise(code)))
        if pairing is None or pairing.state != "waiting":
            return _UNKNOWN
        # A code known to be right must not buy more guesses at others.
        self._backoff.forgive(key)
        return _EXPIRED if pairing.expires_ms <= self._parts.now_ms() else pairing

    async def _let_in(
        self, tx: Tx, pairing: Pairing, account_id: str, doorstep: Doorstep
    ) -> PollAnswer:
        account = await tx.identity.account(account_id)
        if account is None or not account.usable:
            return PollAnswer("refused")
        if not await tx.identity.turn_pairing(pairing.id, "approved", "spent", account_id):
            return PollAnswer("expired")
        facts = replace(doorstep.facts, kind="headset", label=pairing.label)
        opened = await open_session(self._parts, tx, account, replace(doorstep, facts=facts))
        return PollAnswer("approved", SignedIn(account, opened))

    def _too_often(self, hashed: bytes) -> bool:
        last_s = self._polled.pop(hashed, None)
        if last_s is None:
            while len(self._polled) >= _POLLERS:
                del self._polled[next(iter(self._polled))]
            return False
        self._polled[hashed] = last_s
        return self._parts.clock.monotonic_s() - last_s < POLL_EVERY_S * _EARLY
