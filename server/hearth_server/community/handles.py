"""Handles: the name to sign in with and to be mentioned by; unlike a display name it is unique."""

import re
from typing import Final

HANDLE_MIN: Final = 3
HANDLE_MAX: Final = 24
_PATTERN: Final = re.compile(r"[a-z0-9_.-]{3,24}")
HANDLE_RULE: Final = (
    "Choose a handle of 3 to 24 characters: a to z, digits, hyphens, dots and underscores."
)


def clean_handle(typed: str) -> str | None:
    """Return a handle as it is kept, whatever the case it was typed in; None if it is none."""
    handle = typed.strip().removeprefix("@").lower()
    return handle if _PATTERN.fullmatch(handle) else None
