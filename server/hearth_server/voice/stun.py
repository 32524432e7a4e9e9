"""Reads STUN Binding requests and writes the answers, without exceptions for hostile bytes.

RFC 8489 (STUN) and RFC 8445 section 7.3 (ICE's attributes). Owns no socket, no clock and no
password: the caller finds the password by the username that `scan` returns.
"""

import functools
import hashlib
import hmac
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MAGIC_COOKIE: Final = 0x2112A442
HEADER_BYTES: Final = 20
MAX_REQUEST_BYTES: Final = 1280

_BINDING_REQUEST: Final = 0x0001
_BINDING_SUCCESS: Final = 0x0101
_BINDING_ERROR: Final = 0x0111

_USERNAME: Final = 0x0006
_MESSAGE_INTEGRITY: Final = 0x0008
_ERROR_CODE: Final = 0x0009
_UNKNOWN_ATTRIBUTES: Final = 0x000A
_XOR_MAPPED_ADDRESS: Final = 0x0020
_PRIORITY: Final = 0x0024
_USE_CANDIDATE: Final = 0x0025
_FINGERPRINT: Final = 0x8028
_ICE_CONTROLLED: Final = 0x8029
_ICE_CONTROLLING: Final = 0x802A

_KNOWN_REQUIRED: Final = frozenset({_USERNAME, _MESSAGE_INTEGRITY, _PRIORITY, _USE_CANDIDATE})
_FINGERPRINT_XOR: Final = 0x5354554E
_INTEGRITY_BYTES: Final = 24
_FINGERPRINT_BYTES: Final = 8
_MAX_ATTRIBUTES: Final = 32
_BLOCK_BYTES: Final = 64

_HEADER = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")


@dataclass(frozen=True, slots=True)
class BindingRequest:
    """A well-formed Binding request whose sender is not proven yet.

    Attributes:
        transaction: the 12 bytes that the answer repeats.
        local_ufrag: the part of USERNAME before the colon: ours.
        use_candidate: the sender nominates this path.
        controlled: the sender believes to be controlled, as we are (a role conflict).
        unknown: comprehension-required attributes that mean nothing to us.
        signed: what MESSAGE-INTEGRITY covers, with the length field set for the check.
        signature: the 20 bytes of MESSAGE-INTEGRITY.
    """

    transaction: bytes
    local_ufrag: str
    use_candidate: bool
    controlled: bool
    unknown: tuple[int, ...]
    signed: bytes
    signature: bytes

    def signed_with(self, password: bytes) -> bool:
        """Say whether the sender knows the password."""
        return hmac.compare_digest(_hmac_sha1(password, self.signed), self.signature)


def scan(data: bytes) -> BindingRequest | None:
    """Return the Binding request in a datagram, or None if it is anything else or malformed.

    Requires USERNAME, MESSAGE-INTEGRITY and a right FINGERPRINT at the end, as RFC 8445
    section 7.1 does of every check.
    """
    size = len(data)
    if not HEADER_BYTES + _FINGERPRINT_BYTES <= size <= MAX_REQUEST_BYTES or size % 4:
        return None
    kind, length, cookie, transaction = _HEADER.unpack_from(data)
    if kind != _BINDING_REQUEST or cookie != MAGIC_COOKIE or length != size - HEADER_BYTES:
        return None
    found = _attributes(data)
    if found is None or _USERNAME not in found or _MESSAGE_INTEGRITY not in found:
        return None
    at, length = found[_MESSAGE_INTEGRITY]
    username_at, username_length = found[_USERNAME]
    ufrag, colon, _ = data[username_at : username_at + username_length].partition(b":")
    if length != 20 or not colon or not ufrag.isascii():
        return None
    signed_end = at - _ATTRIBUTE.size
    covered = signed_end - HEADER_BYTES + _INTEGRITY_BYTES
    return BindingRequest(
        transaction=transaction,
        local_ufrag=ufrag.decode(),
        use_candidate=_USE_CANDIDATE in found,
        controlled=_ICE_CONTROLLED in found,
        unknown=tuple(kind for kind in found if kind < 0x8000 and kind not in _KNOWN_REQUIRED),
        signed=b"".join((data[:2], covered.to_bytes(2, "big"), data[4:signed_end])),
        signature=data[at : at + 20],
    )


def _attributes(data: bytes) -> dict[int, tuple[int, int]] | None:
    """Return offset and length of each attribute's value by type, or None if malformed.

    What follows MESSAGE-INTEGRITY is not authenticated and left out (RFC 8489 section 14.5).
    """
    found: dict[int, tuple[int, int]] = {}
    size = len(data)
    at = HEADER_BYTES
    signed = False
    for _ in range(_MAX_ATTRIBUTES):
        if at + 4 > size:
            return None
        kind, length = _ATTRIBUTE.unpack_from(data, at)
        value_at = at + 4
        end = value_at + (length + 3 & ~3)
        if end > size:
            return None
        if kind == _FINGERPRINT:
            right = zlib.crc32(data[:at]) ^ _FINGERPRINT_XOR
            fits = length == 4 and end == size
            # The length field already counts the fingerprint, since it is the last attribute.
            return found if fits and data[value_at:end] == right.to_bytes(4, "big") else None
        if not signed:
            found.setdefault(kind, (value_at, length))
            signed = kind == _MESSAGE_INTEGRITY
        at = end
    return None


def success(transaction: bytes, ip: bytes, port: int, password: bytes) -> bytes:
    """Return a Binding success response.

    Args:
        transaction: of the request.
        ip: 4 or 16 bytes, the address the request came from.
        port: the port it came from.
        password: ours, which signs it.
    """
    pad = MAGIC_COOKIE.to_bytes(4, "big") + transaction
    hidden = bytes(a ^ b for a, b in zip(ip, pad, strict=False))
    family = 1 if len(ip) == 4 else 2
    value = struct.pack("!xBH", family, port ^ (MAGIC_COOKIE >> 16)) + hidden
    return _signed(_BINDING_SUCCESS, transaction, _attribute(_XOR_MAPPED_ADDRESS, value), password)


def role_conflict(transaction: bytes, password: bytes) -> bytes:
    """Return the 487 that makes a peer take the controlling role (RFC 8445 section 7.3.1.1)."""
    return _error(transaction, 487, b"Role Conflict", b"", password)


def unknown_attributes(transaction: bytes, kinds: Sequence[int], password: bytes) -> bytes:
    """Return the 420 that names attributes nobody here understands (RFC 8489 section 6.3.1)."""
    listed = b"".join(kind.to_bytes(2, "big") for kind in kinds)
    extra = _attribute(_UNKNOWN_ATTRIBUTES, listed)
    return _error(transaction, 420, b"Unknown Attribute", extra, password)


def _error(transaction: bytes, code: int, reason: bytes, extra: bytes, password: bytes) -> bytes:
    value = struct.pack("!HBB", 0, code // 100, code % 100) + reason
    body = _attribute(_ERROR_CODE, value) + extra
    return _signed(_BINDING_ERROR, transaction, body, password)


def _attribute(kind: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(kind, len(value)) + value + bytes(-len(value) % 4)


def _signed(kind: int, transaction: bytes, body: bytes, password: bytes) -> bytes:
    """Add MESSAGE-INTEGRITY and FINGERPRINT; each is computed with its own length field."""
    head = _HEADER.pack(kind, len(body) + _INTEGRITY_BYTES, MAGIC_COOKIE, transaction)
    digest = _hmac_sha1(password, head + body)
    body += _attribute(_MESSAGE_INTEGRITY, digest)
    head = _HEADER.pack(kind, len(body) + _FINGERPRINT_BYTES, MAGIC_COOKIE, transaction)
    print_ = zlib.crc32(head + body) ^ _FINGERPRINT_XOR
    return head + body + _attribute(_FINGERPRINT, print_.to_bytes(4, "big"))


def _hmac_sha1(password: bytes, data: bytes) -> bytes:
    """Return HMAC-SHA1 (RFC 2104); the library's own sets itself up anew for each message."""
    inner, outer = (half.copy() for half in _halves(password))
    inner.update(data)
    outer.update(inner.digest())
    return outer.digest()


@functools.lru_cache(maxsize=1_024)
def _halves(password: bytes) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    """Return both hashes of an HMAC with the key in them."""
    key = password if len(password) <= _BLOCK_BYTES else hashlib.sha1(password).digest()
    key = key.ljust(_BLOCK_BYTES, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in key) for pad in (0x36, 0x5C))
    return hashlib.sha1(inner), hashlib.sha1(outer)
