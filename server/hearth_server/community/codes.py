"""Codes that a person reads aloud and types in a headset: six characters, none like another."""

import secrets
from collections.abc import Callable
from typing import Final

#: No vowels (no words by accident), nothing that looks like another.
ALPHABET: Final = "BCDFGHJKMNPQRSTVWXYZ23456789"
LENGTH: Final = 6


def fresh_code(choose: Callable[[str], str] = secrets.choice) -> str:
    """Return a code at random: one of 28^6, 481 million."""
    return "".join(choose(ALPHABET) for _ in range(LENGTH))


def normalise(typed: str) -> str:
    """Return what was typed as codes are kept."""
    return "".join(char for char in typed.upper() if char.isalnum())[:32]
