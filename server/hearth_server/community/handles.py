"""Handles: the name to sign in with and to be mentioned by; unlike a display name it is unique."""

import re
from typing import Final

HANDLE_MAX: Final = 24
#: Letters and digits at both ends, so that a mention ends where its sentence goes on.
HANDLE: Final = r"[a-z0-9][a-z0-9_.-]{1,22}[a-z0-9]"
HANDLE_RULE: Final = (
    "3 to 24 characters: a to z, digits, and between them hyphens, dots and underscores"
)
_WHOLE: Final = re.compile(HANDLE)


def clean_handle(typed: str) -> str | None:
    """Return a handle as it is kept, whatever the case it was typed in; None if it is none."""
    handle = typed.strip().removeprefix("@").lower()
    return handle if _WHOLE.fullmatch(handle) else None
