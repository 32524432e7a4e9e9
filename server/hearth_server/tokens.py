"""Secrets that let someone in once: tickets and resume tokens. Owns no clock and no socket.

Both are 256 random bits. Only their SHA-256 is kept, so a memory dump lets nobody in, and a
look-up by digest leaks nothing through timing.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Literal, TypeVar

TICKET_TTL_S = 30.0
RESUME_TTL_S = 30.0
TOKEN_BYTES = 32
# A spent or expired token is remembered this long, so its second use is named for what it is.
REMEMBER_S = 120.0
BOOK_CAPACITY = 65_536

Device = Literal["vr", "desktop", "phone", "text"]
GrantT = TypeVar("GrantT")


@dataclass(frozen=True, slots=True)
class Profile:
    """How a participant wishes to appear: chosen by the person, checked by the API."""

    name: str
    primary: str = "#ff9a4d"
    secondary: str = "#8fb8de"
    pattern: int = 0
    device: Device = "desktop"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a ticket opens: one room, as one profile."""

    room_id: str
    profile: Profile


class TicketRefusal(StrEnum):
    """Why a token opened nothing."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REPLAYED = "replayed"


@dataclass(slots=True)
class _Entry(Generic[GrantT]):
    grant: GrantT | None  # None once spent
    expires_s: float


def digest_of(token: str) -> bytes:
    """Return the 32 bytes under which a token is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


class TicketBook(Generic[GrantT]):
    """One-time tokens that expire, in bounded memory.

    Args:
        ttl_s: seconds a token stays valid after `issue`.
        capacity: tokens remembered at most; beyond it the oldest are forgotten first.
        random_bytes: source of entropy, `n -> n bytes`; replaced in tests only.
    """

    def __init__(
        self,
        ttl_s: float = TICKET_TTL_S,
        capacity: int = BOOK_CAPACITY,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.ttl_s = ttl_s
        self._capacity = capacity
        self._random_bytes = random_bytes
        # Insertion order is expiry order, because every entry lives equally long.
        self._entries: dict[bytes, _Entry[GrantT]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def issue(self, grant: GrantT, now_s: float) -> str:
        """Return a fresh token (43 URL-safe characters) that opens `grant` once."""
        token = fresh_token(self._random_bytes)
        self.keep(digest_of(token), grant, now_s)
        return token

    def keep(self, digest: bytes, grant: GrantT, now_s: float) -> None:
        """Make a token known by its digest only valid from now on."""
        self._forget_old(now_s)
        while len(self._entries) >= self._capacity:
            del self._entries[next(iter(self._entries))]
        self._entries[digest] = _Entry(grant, now_s + self.ttl_s)

    def redeem(self, token: str, now_s: float) -> GrantT | TicketRefusal:
        """Spend a token: its grant the first time within its life, else the refusal."""
        self._forget_old(now_s)
        entry = self._entries.get(digest_of(token))
        if entry is None:
            return TicketRefusal.UNKNOWN
        if entry.grant is None:
            return TicketRefusal.REPLAYED
        if now_s >= entry.expires_s:
            return TicketRefusal.EXPIRED
        grant, entry.grant = entry.grant, None
        return grant

    def revoke(self, token: str) -> None:
        """Forget a token; afterwards it is unknown. Unknown tokens are no error."""
        self._entries.pop(digest_of(token), None)

    def _forget_old(self, now_s: float) -> None:
        while self._entries:
            digest = next(iter(self._entries))
            if now_s < self._entries[digest].expires_s + REMEMBER_S:
                return
            del self._entries[digest]


class ResumeBook(Generic[GrantT]):
    """Single-use resume tokens: valid while connected and for a while after the drop.

    A client may come back before the server has noticed that it left, so a token does not age
    while its connection lives; `drop` starts its clock. Redeeming spends it: the welcome of the
    resumed connection carries the next one (rotation).
    """

    def __init__(
        self,
        ttl_s: float = RESUME_TTL_S,
        capacity: int = BOOK_CAPACITY,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.ttl_s = ttl_s
        self._random_bytes = random_bytes
        self._held: dict[bytes, GrantT] = {}
        self._aging: TicketBook[GrantT] = TicketBook(ttl_s, capacity, random_bytes)

    def __len__(self) -> int:
        return len(self._held) + len(self._aging)

    def issue(self, grant: GrantT) -> str:
        """Return a fresh token that stays valid until `drop` plus `ttl_s`, or `revoke`."""
        token = fresh_token(self._random_bytes)
        self._held[digest_of(token)] = grant
        return token

    def drop(self, token: str, now_s: float) -> None:
        """The token's connection was lost: it is valid for `ttl_s` seconds from now."""
        digest = digest_of(token)
        grant = self._held.pop(digest, None)
        if grant is not None:
            self._aging.keep(digest, grant, now_s)

    def redeem(self, token: str, now_s: float) -> GrantT | TicketRefusal:
        """Spend a token: its grant the first time, else the refusal."""
        if digest_of(token) in self._held:
            self.drop(token, now_s)
        return self._aging.redeem(token, now_s)

    def revoke(self, token: str) -> None:
        """The person left on purpose: the token opens nothing any more."""
        self._held.pop(digest_of(token), None)
        self._aging.revoke(token)


def fresh_token(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Return 256 random bits as 43 URL-safe characters."""
    return base64.urlsafe_b64encode(random_bytes(TOKEN_BYTES)).rstrip(b"=").decode("ascii")
