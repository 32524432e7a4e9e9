"""Recovery codes: the way back in for whoever lost their password, written down on paper."""

import base64
import secrets
from collections.abc import Callable
from typing import Final

CODES: Final = 10
_BYTES: Final = 10
_LENGTH: Final = 16
_GROUP: Final = 4


def fresh_code(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Return 80 random bits as four groups of four letters and digits."""
    plain = base64.b32encode(random_bytes(_BYTES)).decode("ascii").lower()
    return "-".join(plain[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def normal_code(typed: str) -> str:
    """Return a code as it is hashed: case, spaces and hyphens do not matter."""
    return "".join(char for char in typed.lower() if char.isascii() and char.isalnum())[:64]
