"""Names for things that are kept: short random ids, and slugs for links. Owns no state."""

import base64
import re
import secrets
import unicodedata
from collections.abc import Callable
from typing import Final

ID_LENGTH: Final = 16
ID_PATTERN: Final = r"^[a-z2-7]{16}$"
SLUG_MAX: Final = 32
_TAIL_LENGTH: Final = 6
_PLAIN = re.compile(r"[^a-z0-9]+")


def new_id(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Return 16 characters of a-z and 2-7: 80 random bits, safe in links and file names."""
    return base64.b32encode(random_bytes(10)).decode("ascii").lower()


def slug_of(name: str, longest: int = SLUG_MAX, otherwise: str = "group") -> str:
    """Return the part of a link that a name suggests: lower-case letters, digits, hyphens.

    Accents are dropped; a name in another script gives `otherwise`.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    return _PLAIN.sub("-", plain).strip("-")[:longest].strip("-") or otherwise


def link_id(name: str, otherwise: str = "room") -> str:
    """Return a lasting id for a link that nobody else has: the slug and six random characters."""
    return f"{slug_of(name, SLUG_MAX - _TAIL_LENGTH - 1, otherwise)}-{new_id()[:_TAIL_LENGTH]}"
