"""The lite end of ICE for every peer: passwords, and judgement of connectivity checks.

RFC 8445: a lite agent is always controlled, sends no checks and reads no candidates. A check that
knows the password of a user name fragment proves that its sender may use that fragment's peer from
where it comes. Owns no socket and no clock.
"""

import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from hearth_server.voice import stun
from hearth_server.voice.limits import SourceLimits

#: After a restart, checks of the old fragment count for so long: they may be under way.
OLD_CREDENTIALS_S: Final = 30.0
CHECKS_PER_S: Final = 1_000.0
CHECKS_BURST: Final = 4_000.0
CHECKS_TOTAL_PER_S: Final = 10_000.0

Owner = TypeVar("Owner")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What our side of a peer's ICE is called, and the password that signs its checks."""

    ufrag: str
    password: str


@dataclass(frozen=True, slots=True)
class Check(Generic[Owner]):
    """An authentic check.

    Attributes:
        owner: whose fragment it names.
        reply: bytes to send back to where it came from.
        valid: the path works for the owner (false for a role conflict, say).
        nominated: the owner wants to use this path.
    """

    owner: Owner
    reply: bytes
    valid: bool
    nominated: bool


@dataclass(slots=True)
class _Entry(Generic[Owner]):
    owner: Owner
    password: bytes
    until_s: float | None  # None while current


class IceBook(Generic[Owner]):
    """Knows all fragments in use.

    Args:
        counts: where refusals are counted by name.
        now_s: the time.
    """

    def __init__(self, counts: Counter[str], now_s: float) -> None:
        self._counts = counts
        self._entries: dict[str, _Entry[Owner]] = {}
        self._limits = SourceLimits(CHECKS_PER_S, CHECKS_BURST, CHECKS_TOTAL_PER_S, now_s)

    def issue(self, owner: Owner) -> Credentials:
        """Return fresh credentials for an owner (48 and 144 random bits)."""
        ufrag = secrets.token_hex(6)
        password = secrets.token_hex(18)
        self._entries[ufrag] = _Entry(owner, password.encode(), None)
        return Credentials(ufrag, password)

    def retire(self, ufrag: str, now_s: float) -> None:
        """Let a fragment run out `OLD_CREDENTIALS_S` from now."""
        if ufrag in self._entries:
            self._entries[ufrag].until_s = now_s + OLD_CREDENTIALS_S

    def drop(self, owner: Owner) -> None:
        """Forget all fragments of an owner."""
        for ufrag in [key for key, entry in self._entries.items() if entry.owner is owner]:
            del self._entries[ufrag]

    def sweep(self, now_s: float) -> None:
        """Forget fragments that have run out."""
        for ufrag in [
            key
            for key, entry in self._entries.items()
            if entry.until_s is not None and entry.until_s <= now_s
        ]:
            del self._entries[ufrag]

    def __len__(self) -> int:
        return len(self._entries)

    def check(self, data: bytes, ip: bytes, port: int, now_s: float) -> Check[Owner] | None:
        """Judge a datagram that may be a check; None (and a count) if it is to be ignored.

        Args:
            data: the datagram.
            ip: 4 or 16 bytes it came from.
            port: the port it came from.
            now_s: the time.
        """
        if not self._limits.take(ip, now_s):
            self._counts["stun_rate"] += 1
            return None
        request = stun.scan(data)
        if request is None:
            self._counts["stun_bad"] += 1
            return None
        entry = self._entries.get(request.local_ufrag)
        if entry is None or (entry.until_s is not None and entry.until_s <= now_s):
            self._counts["stun_unknown"] += 1
            return None
        if not request.signed_with(entry.password):
            self._counts["stun_forged"] += 1
            return None
        return self._judge(request, entry, ip, port)

    def _judge(
        self, request: stun.BindingRequest, entry: _Entry[Owner], ip: bytes, port: int
    ) -> Check[Owner]:
        transaction, password = request.transaction, entry.password
        if request.unknown:
            self._counts["stun_bad"] += 1
            reply = stun.unknown_attributes(transaction, request.unknown, password)
        elif request.controlled:
            self._counts["stun_conflict"] += 1
            reply = stun.role_conflict(transaction, password)
        else:
            reply = stun.success(transaction, ip, port, password)
            return Check(entry.owner, reply, valid=True, nominated=request.use_candidate)
        return Check(entry.owner, reply, valid=False, nominated=False)
